"""Line charts of training as SVG: a loss over the epochs, and beside it a second series such as the accuracy."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from math import isfinite
from pathlib import Path
from xml.sax.saxutils import escape

from autograd_lite.drawing import Axis, Theme, axis_for, counted_ticks, linear_axis, number, printable, theme_named
from autograd_lite.errors import ArgumentError
from autograd_lite.writing import write_file

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 44, 48
_RIGHT_AXIS = 64
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
    second: Iterable[float] | None = None,
    second_label: str = "accuracy",
    theme: str = "light",
) -> str:
    """Draw a series of numbers as a line, and a second series on an axis of its own as a dashed line.

    Parameters
    ----------
    values : iterable of float
        One number a step; the first stands at 1. A line has gaps where numbers are not finite. The axis is logarithmic
        when the numbers are positive and span more than two decades.
    title, xlabel, ylabel : str
    second : iterable of float, optional
        As many numbers, or as many as there were measured; drawn on a linear axis at the right.
    second_label : str
    theme : {'light', 'dark', 'print'}

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
    right = WIDTH - (_RIGHT if other is None else _RIGHT_AXIS)
    frame = _Frame(_LEFT, right, _TOP, HEIGHT - _BOTTOM, max(len(first), len(other or ())))
    axis = axis_for(first)
    log = " (logarithmic)" if axis.is_log else ""
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.page}"/>',
        _text(title, WIDTH / 2, 24, colours.ink, size=16, anchor="middle", weight="bold"),
        *_grid(frame, axis, colours),
        *_steps(frame, xlabel, colours),
        _text(ylabel + log, 18, (_TOP + frame.bottom) / 2, colours.series[0], anchor="middle", turned=True),
        *_line(frame, axis, first, colours.series[0]),
    ]
    if other is not None:
        second_axis = linear_axis([value for value in other if isfinite(value)])
        parts += _right_axis(frame, second_axis, second_label, colours)
        parts += _line(frame, second_axis, other, colours.series[1], dashed=True)
    description = _description(first, xlabel, ylabel)
    if other is not None:
        description += " " + _description(other, xlabel, second_label)
    return _document(parts, title, description)


def write_curve(path: str | os.PathLike[str], values: Iterable[float], *, title: str, **options: object) -> Path:
    """Write a chart to an SVG file, completely or not at all.

    Parameters
    ----------
    path : path-like
        Ends with ``.svg``.
    values, title, **options
        As for `curve_svg`.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ArgumentError
        When the path has another suffix or its directory does not exist, and as `curve_svg`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from nn.curves import write_curve
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_curve(Path(folder, "loss.svg"), [1.0, 0.5], title="Training").name
    'loss.svg'
    """
    target = Path(path)
    if target.suffix.lower() != ".svg":
        raise ArgumentError(
            f"a chart is written as SVG, got {str(target)!r}.", f"Write {target.with_suffix('.svg').name!r}."
        )
    return write_file(target, curve_svg(values, title=title, **options))  # type: ignore[arg-type]


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
    return [*ticks, _text(f"{label} (dashed)", WIDTH - 14, middle, theme.series[1], anchor="middle", turned=True)]


def _line(frame: _Frame, axis: Axis, values: Sequence[float], colour: str, *, dashed: bool = False) -> list[str]:
    """One polyline for each run of finite numbers, with dots when there are few."""
    dash = ' stroke-dasharray="6 4"' if dashed else ""
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


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _carried(text: str) -> str:
    return escape(printable(text))


def _description(values: Sequence[float], xlabel: str, ylabel: str) -> str:
    """Say in words how a series begins, ends, and where it is lowest and highest."""
    finite = [value for value in values if isfinite(value)]
    first, last, low, high = (number(each) for each in (finite[0], finite[-1], min(finite), max(finite)))
    counted = f"{len(values)} {xlabel}{'' if len(values) == 1 else 's'}"
    return f"{ylabel} over {counted}: from {first} to {last}, lowest {low}, highest {high}."


def _document(parts: Sequence[str], title: str, description: str) -> str:
    body = "\n".join(parts)
    mark = blake2b(body.encode(), digest_size=4).hexdigest()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-labelledby="title-{mark} desc-{mark}" font-family="{_FONT}">\n'
        f'<title id="title-{mark}">{_carried(title)}</title>\n<desc id="desc-{mark}">{_carried(description)}</desc>\n'
        f"{body}\n</svg>\n"
    )
