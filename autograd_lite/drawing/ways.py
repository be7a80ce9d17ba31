"""Two arrows side by side in place of one: the way forth, and the way back beside it.

Arrows are lines along points, from the border of one node to that of another; the y axis points down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot, sqrt
from typing import NamedTuple

from autograd_lite.drawing.steps import APART, Arrow, Point


class Border(NamedTuple):
    """Where a node ends: its centre, its size, and whether it is an ellipse."""

    centre: Point
    width: float
    height: float
    is_round: bool


def side_by_side(arrow: Arrow, tail: Border, head: Border) -> tuple[list[Point], list[Point]]:
    """Return the points of the way forth and those of the way back, each from its start to its tip.

    On the way to the right, the way back is below; up and down, it is at the right.

    Examples
    --------
    >>> left, right = Border((0, 0), 20, 20, False), Border((100, 0), 20, 20, False)
    >>> side_by_side(Arrow("x", "square", ((10, 0), (90, 0))), left, right)
    ([(10.0, -4.0), (90.0, -4.0)], [(90.0, 4.0), (10.0, 4.0)])
    """
    before, tip = arrow.points[-2:]
    side = -APART if tip[1] - before[1] > abs(tip[0] - before[0]) else APART
    forth, back = (_ended(_shifted(arrow.points, by), arrow.points, tail, head) for by in (-side, side))
    return forth, back[::-1]


def _shifted(points: Sequence[Point], by: float) -> list[Point]:
    """Move a line to its right by a distance."""
    lines = []
    for start, end in pairwise(points):
        across, down = _direction(start, end)
        lines.append(((start[0] - down * by, start[1] + across * by), (across, down)))
    ends = (points[0], points[-1])
    last = _moved(ends[1], lines[-1][1], by)
    return [lines[0][0], *(_crossing(*each) for each in pairwise(lines)), last]


def _moved(point: Point, direction: Point, by: float) -> Point:
    return point[0] - direction[1] * by, point[1] + direction[0] * by


def _crossing(one: tuple[Point, Point], other: tuple[Point, Point]) -> Point:
    """Where two lines cross, each given by a point and a direction; parallel ones meet where the second starts."""
    (start, along), (end, beyond) = one, other
    turn = along[0] * beyond[1] - along[1] * beyond[0]
    if abs(turn) < 1e-9:
        return end
    way = ((end[0] - start[0]) * beyond[1] - (end[1] - start[1]) * beyond[0]) / turn
    return start[0] + way * along[0], start[1] + way * along[1]


def _ended(points: list[Point], before: Sequence[Point], tail: Border, head: Border) -> list[Point]:
    """Let a line that was moved end on the borders again on which it ended before."""
    start = _on_border(points[0], _direction(points[0], points[1]), before[0], tail)
    end = _on_border(points[-1], _direction(points[-2], points[-1]), before[-1], head)
    return [start, *points[1:-1], end]


def _on_border(point: Point, direction: Point, before: Point, border: Border) -> Point:
    """Move a point along a direction onto a border; on a rectangle onto the side on which it was before."""
    if border.is_round:
        return _on_ellipse(point, direction, border)
    is_on_top = abs(abs(before[1] - border.centre[1]) - border.height / 2) < 0.5
    axis = 1 if is_on_top and direction[1] else 0
    if not direction[axis]:
        return point
    way = (before[axis] - point[axis]) / direction[axis]
    return point[0] + way * direction[0], point[1] + way * direction[1]


def _on_ellipse(point: Point, direction: Point, border: Border) -> Point:
    half = border.width / 2, border.height / 2
    x, y = ((point[k] - border.centre[k]) / half[k] for k in range(2))
    across, down = (direction[k] / half[k] for k in range(2))
    a, b, c = across**2 + down**2, x * across + y * down, x**2 + y**2 - 1
    inside = b**2 - a * c
    if inside < 0:
        return point
    way = min(((-b + sign * sqrt(inside)) / a for sign in (-1, 1)), key=abs)
    return point[0] + way * direction[0], point[1] + way * direction[1]


def _direction(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length
