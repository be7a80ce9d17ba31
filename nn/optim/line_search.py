"""Line search: how far to go along a direction, so that the strong Wolfe conditions hold."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

# Sufficient decrease, and how much of the slope may be left (Nocedal & Wright's values for quasi-Newton directions).
DECREASE, CURVATURE = 1e-4, 0.9
# The next trial lies between these multiples of the last stride and of the last place, until a minimum is bracketed.
LEAST, MOST = 0.01, 10.0
# A trial this near to an end of the bracket, as a share of its width, makes too little progress.
MARGIN = 0.1


class Point(NamedTuple):
    """A place θ + t d on the line: the value, the gradient, and the slope gᵀd there."""

    t: float
    value: float
    gradient: Array
    slope: float


def strong_wolfe(
    at: Callable[[float], Point], start: Point, t: float, *, largest: float, tolerance: float, trials: int
) -> tuple[Point, int]:
    """Return a point with f(t) ≤ f(0) + c₁ t f′(0) and |f′(t)| ≤ c₂ |f′(0)|, or the lowest found; and the evaluations.

    Parameters
    ----------
    at : callable
        Evaluates at t.
    start : Point
        At t = 0, where the slope is negative.
    t : float
        Where to look first.
    largest : float
        max |d|: the bracket is small enough when no parameter would move by `tolerance`.
    tolerance : float
    trials : int
        The most that may be made after the first.

    References
    ----------
    J. Nocedal, S. J. Wright: Numerical optimization. Springer 2006, algorithms 3.5 and 3.6, equation 3.59.
    """

    def is_low(point: Point) -> bool:
        return point.value <= start.value + DECREASE * point.t * start.slope

    def is_flat(point: Point) -> bool:
        return abs(point.slope) <= -CURVATURE * start.slope

    previous, new = start, at(t)
    for made in range(trials):
        if not is_low(new) or (made > 1 and new.value >= previous.value):
            break
        if is_flat(new):
            return new, made + 1
        if new.slope >= 0:
            break
        bounds = (new.t + LEAST * (new.t - previous.t), new.t * MOST)
        previous, new = new, at(cubic_minimum(previous, new, bounds))
    else:
        return (new if new.value < start.value else start), trials + 1
    return _narrowed(at, [previous, new], is_low, is_flat, range(made, trials), tolerance / largest)


def _narrowed(
    at: Callable[[float], Point],
    ends: list[Point],
    is_low: Callable[[Point], bool],
    is_flat: Callable[[Point], bool],
    trials: range,
    width: float,
) -> tuple[Point, int]:
    """Narrow a bracket of a minimum until the conditions hold, or down to a width."""
    low = _lower(ends)
    stalled = False
    for made in trials:
        left, right = sorted(each.t for each in ends)
        if right - left < width:
            return ends[low], made + 1
        t = cubic_minimum(ends[0], ends[1], (left, right))
        margin = MARGIN * (right - left)
        near_an_end = min(right - t, t - left) < margin
        if near_an_end and (stalled or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            near_an_end = False
        stalled = near_an_end
        trial = at(t)
        if not is_low(trial) or trial.value >= ends[low].value:
            ends[1 - low] = trial
            low = _lower(ends)
            continue
        if is_flat(trial):
            return trial, made + 2
        if trial.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = trial
    return ends[low], trials.stop + 1


def _lower(ends: list[Point]) -> int:
    """Return which end is the lower one; a value that is NaN is not."""
    return int(ends[1].value < ends[0].value)


def cubic_minimum(a: Point, b: Point, bounds: tuple[float, float]) -> float:
    """Return where the cubic through both points with their slopes is least, within bounds; the middle if nowhere."""
    low, high = bounds
    if a.t > b.t:
        a, b = b, a
    if a.t == b.t or not (math.isfinite(a.value) and math.isfinite(b.value)):
        return (low + high) / 2
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    divisor = b.slope - a.slope + 2 * math.sqrt(square) if square >= 0 else 0.0
    if not divisor:
        return (low + high) / 2
    return min(max(b.t - (b.t - a.t) * ((b.slope + math.sqrt(square) - d1) / divisor), low), high)
