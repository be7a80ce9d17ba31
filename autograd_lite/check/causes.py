"""Known mistakes that explain a wrong derivative, when they do so at the point given and at others close by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.check.comparison import Check, Fault
from autograd_lite.check.differences import Value, judge
from autograd_lite.check.inputs import Arrays
from autograd_lite.mistakes import common, diagnose
from autograd_lite.mistakes.nearby import nearby
from autograd_lite.mistakes.slips import Probe

# Elements up to which all are compared, at a cost of some evaluations each; of more, so many of those of one input.
EXPLAINED, SAMPLED = 100, 40
# What differences may leave of large elements in small ones.
ROUNDING = 1e-7

Pair = tuple[Arrays, Arrays]


class Causes(NamedTuple):
    """What is wrong, in words, and with which of the inputs that are differentiated by."""

    wrong: list[int]
    text: str


def causes_of(check: Check, fault: Fault, lengths: Mapping[str, int]) -> Causes | None:
    """Return the mistakes that give the numbers found; None when none is known.

    Parameters
    ----------
    check : Check
    fault : Fault
    lengths : mapping of str to int
        What a sum or a mean may run over.
    """
    large = check.inputs.size > EXPLAINED
    pairs = [_sampled(check, fault)] if large else [_whole(check, fault), *_close_by(check, fault)]
    wrong = [
        place
        for place in range(len(check.points))
        if not all(_close(check, found[place], right[place]) for found, right in pairs)
    ]
    if not wrong:
        return None
    probes = [
        [Probe(*each, lengths) for pair in pairs for each in _parts(check, place, pair, large)] for place in wrong
    ]
    within = [ROUNDING * max(float(np.abs(probe.right).max(initial=0.0)) for probe in each) for each in probes]
    causes = common(
        [diagnose(each, rtol=check.tolerance().rtol, atol=atol) for each, atol in zip(probes, within, strict=True)]
    )
    if causes:
        return Causes(wrong, " or ".join(each.text() for each in causes[:2]))
    if not large and all(_is_conjugate(check, place) for place in wrong):
        return Causes(wrong, "the conjugate of what it should be")
    return None


def _parts(check: Check, place: int, pair: Pair, flat: bool) -> list[tuple[Any, Any]]:
    """Return a derivative found and the right one; of a complex input its two parts as two derivatives."""
    found, right = pair[0][place], pair[1][place]
    if flat or not check.inputs.is_complex(place):
        return [(found, right)]
    return [(found[..., part], right[..., part]) for part in (0, 1)]


def _whole(check: Check, fault: Fault) -> Pair:
    return fault.analytic, numeric_gradients(check, fault.value, check.points, fault.analytic)


def _close_by(check: Check, fault: Fault) -> Iterator[Pair]:
    """Yield the derivatives at points where both are finite."""
    for _ in range(2):
        points = [nearby(each, check.random, 0.1).astype(each.dtype) for each in check.points]
        try:
            analytic = fault.gradient(points)
            numeric = numeric_gradients(check, fault.value, points, analytic)
        except Exception:  # the point may be outside of the domain, and the user's code may raise anything
            continue
        if all(np.isfinite(each).all() for each in (*analytic, *numeric)):
            yield analytic, numeric


def _sampled(check: Check, fault: Fault) -> Pair:
    """Return some of the derivatives by one input, in a row."""
    place = fault.place
    count = check.points[place].size
    chosen = check.random.choice(count, min(count, SAMPLED), replace=False)
    rows: Pair = [np.zeros(0) for _ in check.points], [np.zeros(0) for _ in check.points]
    indices = [
        tuple(int(k) for k in np.unravel_index(number, check.points[place].shape)) for number in sorted(chosen.tolist())
    ]
    rows[0][place] = np.array([fault.analytic[place][index] for index in indices])
    rows[1][place] = np.array([_slope(check, fault.value, check.points, fault.analytic, place, k) for k in indices])
    return rows


def numeric_gradients(check: Check, value: Value, points: Arrays, analytic: Arrays) -> Arrays:
    """Return the derivatives by differences, element by element."""
    found = [np.zeros(each.shape) for each in points]
    for place, point in enumerate(points):
        for index in np.ndindex(point.shape):
            found[place][index] = _slope(check, value, points, analytic, place, index)
    return found


def _slope(check: Check, value: Value, points: Arrays, analytic: Arrays, place: int, index: tuple[int, ...]) -> float:
    within = check.tolerance(max((float(np.abs(each).max(initial=0.0)) for each in analytic), default=0.0))
    each = judge(value, points, analytic, check.unit_direction(place, index), within)
    return each.slope / (sum(float(np.sum(step)) for step in each.steps) or 1.0)


def _is_conjugate(check: Check, place: int) -> bool:
    """Tell whether a complex derivative is the right one's conjugate, for weights that are real."""
    if not check.inputs.is_complex(place):
        return False
    weights = [np.real(each) + 0j if np.iscomplexobj(each) else each for each in check.weights]
    analytic = check.gradient(weights)(check.points)
    right = numeric_gradients(check, check.value(weights), check.points, analytic)
    return _close(check, analytic[place] * np.array([1.0, -1.0]), right[place])


def _close(check: Check, found: Any, right: Any) -> bool:
    within = check.tolerance(float(np.abs(right).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        return bool((np.abs(found - right) <= within.atol * within.scale + within.rtol * np.abs(right)).all())
