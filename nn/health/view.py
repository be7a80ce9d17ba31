"""The picture of a diagnosis: the size of δ by layer on a logarithmic scale, and which units do not learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.drawing import (
    Axis,
    Block,
    Drawing,
    Node,
    Sheet,
    Story,
    Style,
    Theme,
    axis_for,
    counted_ticks,
    scientific,
    theme_named,
    words,
)
from autograd_lite.messages import percent
from nn.health.measures import EXPLODING, VANISHING, Findings, LayerHealth
from nn.health.text import factor_text, power, sentences, title, verdict
from nn.messages import message

_WIDTH, _MARGIN = 470.0, 40.0
_HEIGHT, _STRIP = 150.0, 38.0
_FONT = 9.0
_LARGEST_DOT, _SMALLEST_DOT = 6.0, 2.5
# An arrow's line ends this far before its tip, where its head would be.
_HEAD = 6.0


@dataclass(frozen=True)
class _Frame:
    """Where the layers stand from left to right, in points."""

    left: float
    width: float
    count: int

    @property
    def pitch(self) -> float:
        return self.width / self.count

    def x(self, number: int) -> float:
        return self.left + (number - 0.5) * self.pitch


def draw_health(found: Findings, theme: str) -> Drawing:
    """Draw what was found, in the language that it is told in."""
    colours = theme_named(theme)
    heading = message("health.picture.title", found.lang)
    name = f"{heading}: {verdict(found)}"
    sheet = Sheet(name, colours)
    frame = _Frame(_MARGIN, _WIDTH - _MARGIN, len(found.layers))
    top = _put_heading(sheet, name, found)
    top = _put_sizes(sheet, found, frame, top)
    top = _put_numbers(sheet, frame, top, found.lang)
    if any(layer.saturated is not None or layer.dead is not None for layer in found.layers):
        _put_shares(sheet, found, frame, top + 12)
    story = Story({}, lang=found.lang)
    return Drawing(sheet.source(), title=name, description=_description(found), story=story)


def _put_heading(sheet: Sheet, name: str, found: Findings) -> float:
    theme = sheet.theme
    line = words(name, Style(12, theme.ink, bold=True))
    sheet.text(line, 0, 0)
    top = line.height + 2.0
    for each in _summary(found):
        sheet.text(words(each, Style(_FONT + 1, theme.gradient, italic=True)), 0, top)
        top += 14.0
    scale = words(message("health.picture.rms", found.lang), Style(_FONT, theme.muted))
    sheet.text(scale, 0, top)
    return top + scale.height + 8.0


def _summary(found: Findings) -> list[str]:
    if not found.factor or not found.total:
        return list(sentences(found))
    factor, total = factor_text(found.factor), factor_text(found.total)
    return [message("health.picture.summary", found.lang, factor=factor, total=total)]


def _put_sizes(sheet: Sheet, found: Findings, frame: _Frame, top: float) -> float:
    """Draw the axis, the band in which a gradient is healthy, and a point for each layer; return where it ends."""
    theme, floor = sheet.theme, top + _HEIGHT
    sizes = [layer.delta_rms for layer in found.layers]
    known = [size for size in sizes if 0 < size < math.inf]
    last = sizes[-1] if sizes[-1] in known else max(known, default=1.0)
    band = (last * VANISHING, last * EXPLODING)
    axis = axis_for([*known, *band])
    if found.not_finite is None:
        _put_band(sheet, axis, band, frame, floor, found.lang)
    for tick, label in axis.ticks:
        y = floor - axis.place(tick) * _HEIGHT
        _put_right(sheet, words(label, Style(_FONT, theme.muted)), frame.left - 5, y)
        sheet.box(frame.left, y - 0.25, frame.width, 0.5, **_plain(theme.grid))
    sheet.box(frame.left, floor, frame.width, 1, **_plain(theme.edge))
    dot = max(_SMALLEST_DOT, min(_LARGEST_DOT, frame.pitch * 0.45))
    before: tuple[str, float, float] | None = None
    for layer, size in zip(found.layers, sizes, strict=True):
        if not 0 < size < math.inf:
            before = None
            _put_outside(sheet, layer, frame, dot, floor if size == 0 else top, found.lang)
            continue
        key, place = f"delta{layer.number}", (frame.x(layer.number), floor - axis.place(size) * _HEIGHT)
        sheet.put(key, _dot(dot, theme.gradient, theme.gradient, _named(layer, found.lang)), place)
        if before:
            _put_line(sheet, (before[0], key), before[1:], place, theme)
        before = (key, *place)
    return floor + 4


def _put_outside(sheet: Sheet, layer: LayerHealth, frame: _Frame, dot: float, y: float, lang: str) -> None:
    """Draw a hollow point at the edge for a size that the scale does not reach: 0, infinity or NaN."""
    theme, x = sheet.theme, frame.x(layer.number)
    sheet.put(f"delta{layer.number}", _dot(dot, theme.page, theme.gradient, _named(layer, lang)), (x, y))
    size = layer.delta_rms
    name = "0" if size == 0 else "∞" if math.isinf(size) else "NaN"
    label = words(name, Style(_FONT - 1, theme.gradient, italic=True))
    if label.width < frame.pitch:
        sheet.text(label, x - label.width / 2, y - dot / 2 - label.height if size == 0 else y + dot / 2 + 1)


def _named(layer: LayerHealth, lang: str) -> str:
    return f"{message('health.layer', lang)} {layer.number}: RMS δ = {scientific(layer.delta_rms)}"


def _put_band(sheet: Sheet, axis: Axis, band: tuple[float, float], frame: _Frame, floor: float, lang: str) -> None:
    theme = sheet.theme
    low, high = (min(1.0, max(0.0, axis.place(each))) * _HEIGHT for each in band)
    sheet.box(frame.left, floor - high, frame.width, high - low, style="filled", fillcolor=theme.panel_fill,
              color=theme.panel_border, penwidth="0.5")  # fmt: skip
    text = message("health.picture.band", lang, low=power(VANISHING), high=power(EXPLODING))
    label = words(text, Style(_FONT - 1, theme.muted, italic=True))
    sheet.text(label, frame.left + 5, floor - high + 2)


def _put_numbers(sheet: Sheet, frame: _Frame, top: float, lang: str) -> float:
    """Write the numbers of the layers below, and which way the backward pass goes; return where they end."""
    theme = sheet.theme
    style = Style(_FONT, theme.muted)
    for tick in counted_ticks(frame.count, most=10 if frame.count <= 10 else 6):
        label = words(str(tick), style)
        sheet.text(label, frame.x(tick) - label.width / 2, top)
    name = words(message("health.layer", lang), Style(_FONT, theme.muted, italic=True))
    below = top + name.height + 1
    sheet.text(name, frame.left + (frame.width - name.width) / 2, below)
    back = words(f"← {message('health.picture.back', lang)}", Style(_FONT, theme.gradient, italic=True))
    sheet.text(back, frame.left + frame.width - back.width, below)
    return below + name.height


def _put_shares(sheet: Sheet, found: Findings, frame: _Frame, top: float) -> None:
    """Draw a bar for each layer's share of saturated units, and one of another look for its share of dead ones."""
    theme, lang = sheet.theme, found.lang
    series = (
        ("health.saturated", _look(theme.series[0], theme.page), [layer.saturated for layer in found.layers]),
        ("health.dead", _look(theme.series[1], theme.series[1]), [layer.dead for layer in found.layers]),
    )
    heading = words(message("health.picture.shares", lang), Style(_FONT, theme.muted))
    sheet.text(heading, 0, top)
    floor, place = top + heading.height + 8 + _STRIP, heading.width + 8.0
    for share in (0.5, 1.0):
        sheet.box(frame.left, floor - share * _STRIP - 0.25, frame.width, 0.5, **_plain(theme.grid))
    for share in (0.0, 0.5, 1.0):
        label = words(percent(share, 0, lang), Style(_FONT - 1, theme.muted))
        _put_right(sheet, label, frame.left - 5, floor - share * _STRIP)
    for key, look, shares in series:
        known = [share for share in shares if share is not None]
        if known:
            place = _put_legend(sheet, key, look, max(known), place, top, lang)
        for layer, value in zip(found.layers, shares, strict=True):
            if value:
                _put_share(sheet, key, look, layer, value, frame, floor, lang)
    sheet.box(frame.left, floor, frame.width, 1, **_plain(theme.edge))


def _put_legend(
    sheet: Sheet, key: str, look: dict[str, str], largest: float, place: float, top: float, lang: str
) -> float:
    """Say what a bar's look means and how high the highest bar is; return where the next may stand."""
    sheet.box(place, top + 3, 7, 7, **look)
    text = message("health.picture.share", lang, kind=message(key, lang), share=percent(largest, 0, lang))
    label = words(text, Style(_FONT, sheet.theme.ink))
    sheet.text(label, place + 11, top)
    return place + 11 + label.width + 14


def _put_share(
    sheet: Sheet,
    key: str,
    look: dict[str, str],
    layer: LayerHealth,
    share: float,
    frame: _Frame,
    floor: float,
    lang: str,
) -> None:
    height, width = max(0.75, share * _STRIP), min(frame.pitch * 0.72, 28)
    tooltip = f"{message('health.layer', lang)} {layer.number}: {percent(share, 0, lang)} {message(key, lang)}"
    sheet.box(frame.x(layer.number) - width / 2, floor - height, width, height, tooltip=tooltip, **look)


def _put_right(sheet: Sheet, label: Block, right: float, middle: float) -> None:
    sheet.text(label, right - label.width, middle - label.height / 2)


def _put_line(
    sheet: Sheet, keys: tuple[str, str], start: Sequence[float], end: tuple[float, float], theme: Theme
) -> None:
    """Draw a straight line from point to point: an arrow without its head, drawn out by the head's length."""
    across, down = end[0] - start[0], end[1] - start[1]
    beyond = 1 + _HEAD / math.hypot(across, down)
    tip = (start[0] + across * beyond, start[1] + down * beyond)
    style = {"color": theme.gradient, "penwidth": "1.2", "arrowhead": "none"}
    sheet.arrow(*keys, [(start[0], start[1]), tip], **style)


def _dot(size: float, fill: str, border: str, tooltip: str) -> Node:
    inches = f"{size / 72:.4f}"
    return Node(
        {"shape": "circle", "label": "", "tooltip": tooltip, "fixedsize": "true", "width": inches, "height": inches,
         "style": "filled", "fillcolor": fill, "color": border, "penwidth": "1", "class": "delta"},
        size,
        size,
    )  # fmt: skip


def _plain(colour: str) -> dict[str, str]:
    return {"style": "filled", "fillcolor": colour, "color": colour, "penwidth": "0"}


def _look(border: str, ground: str) -> dict[str, str]:
    """Return how a bar looks: hollow and full ones can be told apart without their colours."""
    return {"style": "filled", "fillcolor": ground, "color": border, "penwidth": "1"}


def _description(found: Findings) -> str:
    shown: Sequence[LayerHealth] = found.layers if len(found.layers) <= 12 else (found.layers[0], found.layers[-1])
    sizes = "; ".join(
        f"{message('health.layer', found.lang)} {layer.number}: RMS δ {layer.delta_rms:.2g}" for layer in shown
    )
    return f"{title(found)}. {sizes}."
