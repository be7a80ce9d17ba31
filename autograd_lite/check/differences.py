"""Central differences, (f(x + h v) − f(x − h v)) / 2h, and how far each can be trusted.

One step suits most points; close to a singularity only one in proportion to x does, close to a kink only a short one,
and a function that swings, such as sin at 10⁸, needs one that does not grow with x.
A derivative is right when a difference agrees with it, and wrong when every difference that can be trusted does not:
rounding weighs more in short steps and curvature in long ones, so differences that can be trusted resemble each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from autograd_lite.check.inputs import Arrays

Value = Callable[[Arrays], float]
Verdict = Literal["right", "wrong", "open"]

# What the step of an element is in proportion to: max(|x|, 1), |x|, 1. And lengths in parts of eps.
USUAL, RELATIVE, FIXED = "usual", "relative", "fixed"
LENGTHS = (1.0, 0.25, 4.0)
SHORT = 0.01
# Rounding units by which a value may be off: of a sum of some terms.
ROUNDING = 16.0
# A difference tells something when its doubt is less than this part of it, and is precise when less than that.
TELLING, PRECISE = 0.5, 0.1


class Tolerance(NamedTuple):
    """By how much a derivative may differ: atol·scale + rtol·|d|, and what differences depend on.

    Attributes
    ----------
    atol, rtol, scale : float
    unit : float
        The rounding unit of the dtype.
    eps : float
        The step for values of size 1.
    size : float
        Of what is added up in the function's value, whose rounding it carries.
    """

    atol: float
    rtol: float
    scale: float
    unit: float
    eps: float
    size: float = 0.0

    def bound(self, slope: float, length: float = 1.0) -> float:
        """Return the allowance for a derivative along a direction of some length."""
        return self.atol * self.scale * length + self.rtol * abs(slope)


class Difference(NamedTuple):
    """A central difference along a direction.

    Attributes
    ----------
    slope : float
        The rise by a unit of the step.
    steps : list of ndarray
        The step that was taken, by its unit: floating numbers do not take each.
    rounding : float
        How far rounding may have moved the slope.
    taken : bool
        Whether the steps are about those that were meant: far from 0 floating numbers lie apart.
    """

    slope: float
    steps: Arrays
    rounding: float
    taken: bool

    @property
    def length(self) -> float:
        """The Euclidean length of the step."""
        return _length(self.steps)


class Judgement(NamedTuple):
    """What differences say of a derivative along a direction.

    Attributes
    ----------
    verdict : str
        "right", "wrong", or "open" when no difference can tell.
    found, slope : float
        The derivative by autodiff and by differences, by a unit of the step.
    steps : list of ndarray
        The step.
    """

    verdict: Verdict
    found: float
    slope: float
    steps: Arrays

    @property
    def gap(self) -> float:
        """By how much they differ; infinite when one of them is no number."""
        gap = abs(self.found - self.slope)
        return gap if np.isfinite(gap) else np.inf


def dot(left: Arrays, right: Arrays) -> float:
    """Return Σ a·b over the elements where b is not 0: infinities elsewhere do not count."""
    with np.errstate(invalid="ignore", over="ignore"):
        return float(sum(np.sum(a * b, where=b != 0) for a, b in zip(left, right, strict=True)))


def difference(
    value: Value, points: Arrays, direction: Arrays, tolerance: Tolerance, kind: str, length: float
) -> Difference:
    """Return a central difference along a direction."""
    ahead, behind, steps = [], [], []
    unit, taken = 2 * tolerance.eps * length, True
    for point, v in zip(points, direction, strict=True):
        h = tolerance.eps * length * _sizes(point, kind) * v
        ahead.append((point + h).astype(point.dtype))
        behind.append((point - h).astype(point.dtype))
        steps.append((ahead[-1].astype(float) - behind[-1]) / unit)
        taken = taken and bool((np.abs(steps[-1] * unit - 2 * h) <= np.abs(h)).all())
    above, below = value(ahead), value(behind)
    rounding = ROUNDING * tolerance.unit * max(abs(above), abs(below), tolerance.size) / unit
    return Difference((above - below) / unit, steps, rounding, taken)


def _length(steps: Arrays) -> float:
    return float(np.sqrt(sum(float(np.sum(each * each)) for each in steps)))


def _sizes(point: Any, kind: str) -> Any:
    if kind == FIXED:
        return np.ones(point.shape)
    size = np.abs(point)
    return np.where(size > 0, np.maximum(size, 1.0) if kind == USUAL else size, 1.0)


def judge(value: Value, points: Arrays, analytic: Arrays, direction: Arrays, tolerance: Tolerance) -> Judgement:
    """Compare a gradient with differences along a direction."""
    tried: list[_Weighed] = []
    for kind in _kinds(points, direction):
        first = difference(value, points, direction, tolerance, kind, 1.0)
        found = dot(analytic, first.steps)
        if first.taken and abs(found - first.slope) <= tolerance.bound(first.slope, first.length):
            return Judgement("right", found, first.slope, first.steps)
        last = _weighed(value, points, analytic, direction, tolerance, kind, first)
        if last.judgement.verdict == "right" and not any(last.backs(each) for each in tried if each.is_wrong):
            return last.judgement
        tried.append(last)
    # The later ones have the shorter steps.
    decided = next((each for each in reversed(tried) if each.judgement.verdict != "open" or each.tells), None)
    wrong = min((each for each in tried if each.is_wrong), key=lambda each: each.doubt, default=None)
    if decided is not None and wrong is not None and (decided.is_wrong or decided.backs(wrong)):
        return wrong.judgement
    best = min(tried, key=lambda each: each.doubt).judgement
    return best._replace(verdict="right" if decided or any(each.is_within for each in tried) else "open")


class _Weighed(NamedTuple):
    """A judgement by steps of several lengths, and the doubt about it.

    Attributes
    ----------
    judgement : Judgement
    doubt : float
        For a step of length 1.
    tells : bool
        Whether it is open for lack of digits, but of about the size found.
    is_within : bool
        Whether it is open, and differs by less than is allowed where derivatives are as large as 1.
    """

    judgement: Judgement
    doubt: float
    tells: bool = False
    is_within: bool = False

    @property
    def is_wrong(self) -> bool:
        return self.judgement.verdict == "wrong"

    @property
    def derivative(self) -> float:
        """The slope for a step of length 1."""
        return self.judgement.slope / (_length(self.judgement.steps) or 1.0)

    def backs(self, other: _Weighed) -> bool:
        """Return whether this difference of one element is about the same as another, which is more precise."""
        alone = sum(np.count_nonzero(each) for each in self.judgement.steps) == 1
        certain = other.doubt <= self.doubt <= TELLING * abs(self.derivative)
        return bool(alone and certain and abs(self.derivative - other.derivative) <= self.doubt)


def _kinds(points: Arrays, direction: Arrays) -> Iterator[str]:
    """Yield the kinds of steps that differ from one another, for the elements that move."""
    yield USUAL
    moved = [np.abs(point)[v != 0] for point, v in zip(points, direction, strict=True)]
    if any(((each < 1) & (each > 0)).any() for each in moved):
        yield RELATIVE
    if any((each > 1).any() for each in moved):
        yield FIXED


def _weighed(
    value: Value,
    points: Arrays,
    analytic: Arrays,
    direction: Arrays,
    tolerance: Tolerance,
    kind: str,
    first: Difference,
) -> _Weighed:
    """Return the verdict of steps of several lengths."""
    found = dot(analytic, first.steps)
    others = [difference(value, points, direction, tolerance, kind, each) for each in (*LENGTHS[1:], SHORT)]
    compared = [first, *others[:-1]]
    slopes = [each.slope for each in compared]
    doubt = 2 * (max(slopes) - min(slopes)) + max(each.rounding for each in compared)
    for each in others:
        predicted = dot(analytic, each.steps)
        certain = each.taken and each.rounding <= PRECISE * max(abs(predicted), abs(each.slope))
        coarse = doubt < each.rounding and abs(each.slope - first.slope) <= each.rounding
        allowed = tolerance.bound(each.slope, each.length) + (doubt if coarse else each.rounding)
        if certain and abs(predicted - each.slope) <= allowed:
            return _Weighed(Judgement("right", predicted, each.slope, each.steps), each.rounding / (each.length or 1.0))
    if not np.isfinite(slopes).all() or not all(each.taken for each in compared):
        return _Weighed(Judgement("open", found, first.slope, first.steps), np.inf)
    if not np.isfinite(found):
        return _Weighed(Judgement("wrong", found, first.slope, first.steps), np.inf)
    gap = abs(found - first.slope)
    verdict: Verdict = "wrong" if gap > tolerance.bound(first.slope, first.length) + doubt else "open"
    tells = verdict == "open" and doubt <= TELLING * max(abs(found), abs(first.slope))
    loose = tolerance._replace(scale=1.0)
    is_within = verdict == "open" and any(
        abs(dot(analytic, each.steps) - each.slope) <= loose.bound(each.slope, each.length) for each in (first, *others)
    )
    judgement = Judgement(verdict, found, first.slope, first.steps)
    return _Weighed(judgement, doubt / (first.length or 1.0), tells, is_within)
