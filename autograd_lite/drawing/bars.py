"""A strip of bars on a logarithmic scale, one for each of many numbers, such as the gradient norms of the layers."""

from collections.abc import Sequence
from math import isfinite, log10

from autograd_lite.drawing.axes import counted_ticks, log_axis
from autograd_lite.drawing.blocks import Block, Style, words
from autograd_lite.drawing.numbers import scientific
from autograd_lite.drawing.sheet import Sheet

_MOST_BARS = 200
_FONT = 9.0


def draw_bars(
    sheet: Sheet, values: Sequence[float], *, heading: Block, unit: str, left: float, top: float, width: float
) -> float:
    """Draw bars on a sheet and return where they end at the bottom.

    Parameters
    ----------
    sheet : Sheet
    values : sequence of float
        Not negative. Zero and what is not finite has no bar; of more than 200 numbers, evenly spaced ones are drawn.
    heading : Block
        Stands above the bars.
    unit : str
        What the bars count, written under their axis.
    left, top, width : float
        The upper left corner and the width of the strip, in points.
    """
    theme = sheet.theme
    grid, base, fill = _plain(theme.grid), _plain(theme.edge), _plain(theme.gradient)
    style = Style(_FONT, theme.muted)
    sheet.text(heading, left, top)
    axis = log_axis([value for value in values if isfinite(value)])
    labels = {tick: words(label, style) for tick, label in axis.ticks}
    margin = max(label.width for label in labels.values()) + 6
    start, ceiling, height = left + margin, top + heading.height + 10, 100.0
    floor = ceiling + height
    room = width - margin
    for tick, label in labels.items():
        y = floor - axis.place(tick) * height
        sheet.text(label, start - 4 - label.width, y - label.height / 2)
        sheet.box(start, y - 0.25, room, 0.5, **grid)
    stride = -(-len(values) // _MOST_BARS)
    pitch = room / -(-len(values) // stride)
    for place, index in enumerate(range(0, len(values), stride)):
        value = values[index]
        if not isfinite(value) or value <= 0:
            continue
        bar = max(1.0, (log10(value) - axis.low) / (axis.high - axis.low) * height)
        tooltip = f"{unit} {index + 1}: {scientific(value)}"
        sheet.box(start + place * pitch + pitch * 0.12, floor - bar, pitch * 0.76, bar, tooltip=tooltip, **fill)
    sheet.box(start, floor, room, 1, **base)
    return _count(sheet, len(values), unit, style, start, floor + 3, pitch / stride)


def _plain(colour: str) -> dict[str, str]:
    return {"style": "filled", "fillcolor": colour, "color": colour, "penwidth": "0"}


def _count(sheet: Sheet, count: int, unit: str, style: Style, start: float, top: float, pitch: float) -> float:
    """Write the numbers of the bars under their axis, and on a line below what they count."""
    labels = {tick: words(str(tick), style) for tick in counted_ticks(count)}
    for tick, label in labels.items():
        sheet.text(label, start + (tick - 0.5) * pitch - label.width / 2, top)
    name = words(unit, Style(style.size, style.colour, italic=True))
    below = top + max(label.height for label in labels.values()) + 2
    sheet.text(name, start + (count * pitch - name.width) / 2, below)
    return below + name.height
