"""Line charts of training as SVG: losses over the epochs, and a second series such as the accuracy on its own axis."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from math import isfinite
from xml.sax.saxutils import escape

from autograd_lite.drawing import Axis, Theme, axis_for, counted_ticks, linear_axis, number, printable, theme_named
from autograd_lite.errors import ArgumentError
from nn.messages import message

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 44, 48
_RIGHT_AXIS = 64
# What a line between title and chart needs, that says which line is which.
_KEY = 22
_DOTTED, _DASHED = "2 4", "6 4"
_FONT = "Times New Roman, Times, Liberation Serif, serif"
_MOST_MARKED = 20


@dataclass(frozen=True)
class _Frame:
    """The rectangle that the lines are drawn in, and how many numbers it is wide."""

    left: float
    right: float
    top: float
    bottom: float
    count: int

    def x(self, index: float) -> float:
        """Where the number of that index stands, counting from 0."""
        if self.count == 1:
            return (self.left + self.right) / 2
        return self.left + index / (self.count - 1) * (self.right - self.left)

    def y(self, axis: Axis, value: float) -> float:
        """Where a value stands on an axis."""
        return self.bottom - axis.place(value) * (self.bottom - self.top)


def curve_svg(
    values: Iterable[float],
    *,
    title: str,
    xlabel: str = "epoch",
    ylabel: str = "loss",
    others: Mapping[str, Iterable[float]] | None = None,
    second: Iterable[float] | None = None,
    second_label: str = "accuracy",
    theme: str = "light",
    lang: str = "en",
) -> str:
    """Draw a series of numbers as a line, and a second series on an axis of its own as a dashed line.

    Parameters
    ----------
    values : iterable of float
        One number a step; the first stands at 1. A line has gaps where numbers are not finite. The axis is logarithmic
        when the numbers are positive and span more than two decades.
    title, xlabel, ylabel : str
    others : mapping of str to iterable of float, optional
        Further series on the same axis, by name; drawn dotted, and named above the chart.
    second : iterable of float, optional
        As many numbers, or as many as there were measured; drawn on a linear axis at the right.
    second_label : str
    theme : {'light', 'dark', 'print'}
    lang : {'en', 'es'}

    Returns
    -------
    str
        An SVG document with title, description and an opaque ground.

    Raises
    ------
    ArgumentError
        When there is no finite number to draw, or for an unknown theme.

    Examples
    --------
    >>> from nn.curves import curve_svg
    >>> curve_svg([1.0, 0.5, 0.25], title="Training")[:4]
    '<svg'
    """
    colours = theme_named(theme)
    first, other = _numbers(values, "values"), None if second is None else _numbers(second, "second")
    dotted = {name: _numbers(series, name) for name, series in (others or {}).items()}
    right = WIDTH - (_RIGHT if other is None else _RIGHT_AXIS)
    longest = max(map(len, (first, other or (), *dotted.values())))
    frame = _Frame(_LEFT, right, _TOP + (_KEY if dotted else 0), HEIGHT - _BOTTOM, longest)
    axis = axis_for([*first, *(value for series in dotted.values() for value in series)])
    on_the_left = message("curve.logarithmic", lang, name=ylabel) if axis.is_log else ylabel
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.page}"/>',
        _text(title, WIDTH / 2, 24, colours.ink, size=16, anchor="middle", weight="bold"),
        *_grid(frame, axis, colours),
        *_steps(frame, xlabel, colours),
        _text(on_the_left, 18, (frame.top + frame.bottom) / 2, colours.series[0], anchor="middle", turned=True),
        *_key({ylabel: "", **dict.fromkeys(dotted, _DOTTED)} if dotted else {}, colours),
        *_line(frame, axis, first, colours.series[0]),
    ]
    for series in dotted.values():
        parts += _line(frame, axis, series, colours.series[0], dash=_DOTTED)
    if other is not None:
        second_axis = linear_axis([value for value in other if isfinite(value)])
        parts += _right_axis(frame, second_axis, message("curve.dashed", lang, name=second_label), colours)
        parts += _line(frame, second_axis, other, colours.series[1], dash=_DASHED)
    told = {ylabel: first, **dotted} | ({} if other is None else {second_label: other})
    return _document(parts, title, " ".join(_described(series, xlabel, name, lang) for name, series in told.items()))


def _numbers(values: Iterable[float], name: str) -> list[float]:
    numbers = [float(value) for value in values]
    if not any(map(isfinite, numbers)):
        raise ArgumentError(
            f"{name} holds no finite number to draw, got {len(numbers)} numbers.",
            "Pass at least one number a step, such as the loss of each epoch.",
        )
    return numbers


def _grid(frame: _Frame, axis: Axis, theme: Theme) -> list[str]:
    """Horizontal lines with their numbers at the left."""
    parts = []
    for tick, label in axis.ticks:
        y = frame.y(axis, tick)
        parts += [
            _rule(frame.left, y, frame.right, y, theme.grid),
            _text(label, frame.left - 8, y + 4, theme.muted, anchor="end"),
        ]
    return parts


def _steps(frame: _Frame, label: str, theme: Theme) -> list[str]:
    """The axis below, which counts the numbers from 1."""
    parts = [_rule(frame.left, frame.bottom, frame.right, frame.bottom, theme.edge)]
    for tick in counted_ticks(frame.count):
        x = frame.x(tick - 1)
        parts += [
            _rule(x, frame.bottom, x, frame.bottom + 4, theme.edge),
            _text(number(tick), x, frame.bottom + 18, theme.muted, anchor="middle"),
        ]
    middle = (frame.left + frame.right) / 2
    return [*parts, _text(label, middle, HEIGHT - 10, theme.muted, anchor="middle", style="italic")]


def _right_axis(frame: _Frame, axis: Axis, label: str, theme: Theme) -> list[str]:
    ticks = [
        _text(name, frame.right + 8, frame.y(axis, tick) + 4, theme.muted, anchor="start") for tick, name in axis.ticks
    ]
    middle = (frame.top + frame.bottom) / 2
    return [*ticks, _text(label, WIDTH - 14, middle, theme.series[1], anchor="middle", turned=True)]


def _key(dashes: Mapping[str, str], theme: Theme) -> list[str]:
    """Name the lines of the left axis, each beside a piece of itself."""
    parts, x, y = [], float(_LEFT), _TOP
    for name, dash in dashes.items():
        parts.append(_rule(x, y, x + 28, y, theme.series[0], dash=dash))
        parts.append(_text(name, x + 34, y + 4, theme.muted))
        x += 34 + 7.5 * len(name) + 20
    return parts


def _line(frame: _Frame, axis: Axis, values: Sequence[float], colour: str, *, dash: str = "") -> list[str]:
    """One polyline for each run of finite numbers, with dots when there are few."""
    dash = _dashed(dash)
    parts = []
    points = list(enumerate(values))
    for is_drawn, run in groupby(points, key=lambda point: isfinite(point[1]) and (not axis.is_log or point[1] > 0)):
        if not is_drawn:
            continue
        places = _thinned([(frame.x(index), frame.y(axis, value)) for index, value in run])
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if len(values) <= _MOST_MARKED or len(places) == 1:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    return parts


def _thinned(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep of each half pixel along the x axis the first, the highest, the lowest and the last point."""
    kept: list[tuple[float, float]] = []
    for _, column in groupby(places, key=lambda place: round(place[0] * 2)):
        points = list(column)
        lowest, highest = (choose(range(len(points)), key=lambda k: points[k][1]) for choose in (min, max))
        kept += [points[k] for k in sorted({0, lowest, highest, len(points) - 1})]
    return kept


def _text(
    words: str,
    x: float,
    y: float,
    colour: str,
    *,
    size: int = 13,
    anchor: str = "start",
    weight: str = "normal",
    style: str = "normal",
    turned: bool = False,
) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    face = f'font-size="{size}" font-weight="{weight}" font-style="{style}"'
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}" {face}{turn}>{_carried(words)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, *, dash: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{_dashed(dash)}/>'


def _dashed(dash: str) -> str:
    return f' stroke-dasharray="{dash}"' if dash else ""


def _carried(text: str) -> str:
    return escape(printable(text))


def _described(values: Sequence[float], xlabel: str, name: str, lang: str) -> str:
    """Say in words how a series begins, ends, and where it is lowest and highest."""
    finite = [value for value in values if isfinite(value)]
    steps = xlabel if len(values) == 1 else f"{xlabel}s"
    ends = {"first": finite[0], "last": finite[-1], "low": min(finite), "high": max(finite)}
    numbers = {where: number(value) for where, value in ends.items()}
    return message("curve.described", lang, name=name, count=len(values), steps=steps, **numbers)


def _document(parts: Sequence[str], title: str, description: str) -> str:
    body = "\n".join(parts)
    mark = blake2b(body.encode(), digest_size=4).hexdigest()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-labelledby="title-{mark} desc-{mark}" font-family="{_FONT}">\n'
        f'<title id="title-{mark}">{_carried(title)}</title>\n<desc id="desc-{mark}">{_carried(description)}</desc>\n'
        f"{body}\n</svg>\n"
    )
