"""How a wrong derivative differs from the right one: a factor, a sign, a transpose, a sum in place of a mean.

A known mistake says what would mend it, and survives when it mends every probe. The simplest survivors are named:
several cannot be told apart, and where none survives there is no guess, only the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.messages import message
from autograd_lite.mistakes.slips import SLIPS, VALUES, Probe, Slip, Values
from autograd_lite.mistakes.wording import Place, constant, place_of

Array = NDArray[Any]

RTOL, ATOL = 1e-6, 1e-9
# What a small element may carry of the rounding of large ones, in parts of the largest.
ROUNDING = 1e-10
# Numbers that are not all rounded alike by accident.
ENOUGH = 4


def agree(found: ArrayLike, right: ArrayLike, *, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Tell whether two arrays are the same but for rounding.

    |found − right| ≤ atol + rtol·|right| + 10⁻¹⁰·max|right|, element by element: what rounding leaves of large
    elements in small ones is forgiven, a small element that is wrong is not.

    Parameters
    ----------
    found, right : array_like
        Of one shape; arrays of different shapes, NaN and infinities never agree.
    rtol, atol : float
        The tolerance.

    Examples
    --------
    >>> agree([1.0, 1e-10], [1.0, 0.0]), agree([1.0], [1.0, 1.0]), agree([np.nan], [np.nan])
    (True, False, False)
    """
    found, right = np.asarray(found), np.asarray(right)
    return found.shape == right.shape and not differing(found, right, rtol=rtol, atol=atol).any()


def differing(found: ArrayLike, right: ArrayLike, *, rtol: float = RTOL, atol: float = ATOL) -> NDArray[np.bool_]:
    """Return where two arrays of one shape differ by more than `agree` allows.

    Examples
    --------
    >>> differing([1.0, 2.0, np.nan], [1.0, 3.0, 1.0]).tolist()
    [False, True, True]
    """
    found, right = np.asarray(found), np.asarray(right)
    sizes = np.where(np.isfinite(right), np.abs(right), 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(~(np.abs(found - right) <= atol + rtol * sizes + ROUNDING * sizes.max(initial=0.0)))


def ratio(found: ArrayLike, right: ArrayLike, *, rtol: float = RTOL, atol: float = ATOL) -> float | None:
    """Return the constant c with found = c·right, as `agree` compares; None where there is none.

    Of one element alone there is always one: only several elements, or several probes with the same c, mean something.

    Parameters
    ----------
    found, right : array_like
        Where `right` is nothing but zeros there is no c.
    rtol, atol : float
        The tolerance of `agree`.

    Examples
    --------
    >>> ratio([2.0, -6.0], [1.0, -3.0]), ratio([2.0, 6.0], [1.0, -3.0])
    (2.0, None)
    """
    found, right = np.asarray(found, float), np.asarray(right, float)
    scale = float(np.abs(right).max(initial=0.0))
    if found.shape != right.shape or not 0.0 < scale < np.inf or not np.isfinite(found).all():
        return None
    unit = right / scale
    factor = float(np.vdot(unit, found) / np.vdot(unit, unit)) / scale
    return factor if agree(found, factor * right, rtol=rtol, atol=atol) else None


class Part(NamedTuple):
    """One mistake of the table, with what it leaves open filled in."""

    id: str
    values: Values = ()

    def text(self, lang: str = "en") -> str:
        """Say what is wrong, without a subject."""
        return message(f"mistakes.{self.id}", lang, **dict(self.values))


class Cause(NamedTuple):
    """What gives exactly the numbers found: one mistake, or two at once; in all elements, or in some."""

    parts: tuple[Part, ...]
    place: Place | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The mistakes' names in the table."""
        return tuple(part.id for part in self.parts)

    def text(self, lang: str = "en") -> str:
        """Say what is wrong, without a subject.

        Examples
        --------
        >>> Cause((Part("sign"), Part("twice"))).text()
        'the sign is reversed, and twice as large as it should be'
        """
        said = message("mistakes.and", lang).join(part.text(lang) for part in self.parts)
        return said if self.place is None else message("mistakes.only", lang, place=self.place.text(lang), said=said)


class Diagnosis(NamedTuple):
    """The simplest causes of a wrong derivative.

    Attributes
    ----------
    causes : tuple of Cause
        One: that is it. Several: they cannot be told apart at these probes. None: nothing known gives these numbers.
    place : Place, optional
        The elements that are wrong, when the others are right at every probe.
    """

    causes: tuple[Cause, ...] = ()
    place: Place | None = None


def diagnose(probes: Sequence[Probe], *, rtol: float = RTOL, atol: float | None = None) -> Diagnosis:
    """Name what relates a wrong derivative to the right one, at one point or several.

    Parameters
    ----------
    probes : sequence of Probe
        Each of the same derivative, at another point.
    rtol, atol : float, optional
        The tolerance of `agree`; atol is by default 1e-9 of the largest number.

    Examples
    --------
    >>> right = np.array([0.3, -0.7, 0.2])
    >>> [each.text() for each in diagnose([Probe(right / 6, right, {"N": 6})]).causes]
    ['divided by 6 (N): a mean in place of a sum']
    """
    probes = [Probe(np.asarray(found), np.asarray(right), lengths) for found, right, lengths in probes]
    if atol is None:
        atol = 1e-9 * max((float(np.abs(each.right).max(initial=0.0)) for each in probes), default=0.0)
    within = _Tolerance(rtol, atol)
    found = tuple(dict.fromkeys(_simplest(probes, SLIPS, within)))
    if found or not probes or any(each.found.shape != probes[0].right.shape for each in probes):
        return Diagnosis(found)
    wrong = np.logical_or.reduce([differing(each.found, each.right, rtol=rtol, atol=atol) for each in probes])
    if wrong.all() or not wrong.any():
        return Diagnosis()
    place = place_of(wrong)
    there = [Probe(each.found[wrong], each.right[wrong], each.lengths) for each in probes]
    inside = dict.fromkeys(_simplest(there, SLIPS[:VALUES], within))
    return Diagnosis(tuple(each._replace(place=place) for each in inside), place)


def common(diagnoses: Sequence[Diagnosis]) -> tuple[Cause, ...]:
    """Return the causes that hold for each of several derivatives.

    Examples
    --------
    >>> twice, sign = Cause((Part("twice"),)), Cause((Part("sign"),))
    >>> common([Diagnosis((twice, sign)), Diagnosis((sign,))]) == (sign,)
    True
    """
    first, *others = diagnoses
    return tuple(each for each in first.causes if all(each in other.causes for other in others))


class _Tolerance(NamedTuple):
    rtol: float
    atol: float

    def same(self, found: ArrayLike, right: ArrayLike) -> bool:
        return agree(found, right, rtol=self.rtol, atol=self.atol)

    def ratio(self, found: ArrayLike, right: ArrayLike) -> float | None:
        return ratio(found, right, rtol=self.rtol, atol=self.atol)

    def nonzero(self, values: Array) -> int:
        """Count the numbers that say something."""
        return int(np.count_nonzero(np.abs(values) > self.atol))


def _simplest(probes: Sequence[Probe], slips: Sequence[Slip], within: _Tolerance) -> list[Cause]:
    """Return the surviving causes of the lowest level that has any; one number alone can prove only a fact."""
    if not probes:
        return []
    levels: list[Callable[[], Iterable[tuple[Part, ...]]]] = [lambda: _facts(probes, within)]
    if sum(within.nonzero(each.right) for each in probes) > 1:
        levels += [
            lambda: _slips(probes, slips, within, 1),
            lambda: _slips(probes, slips, within, 2),
            lambda: _fits(probes, within),
            lambda: _parallel(probes, within),
        ]
    for level in levels:
        found = [Cause(parts) for parts in level()]
        if found:
            return found
    return []


def _facts(probes: Sequence[Probe], within: _Tolerance) -> Iterator[tuple[Part, ...]]:
    if any(not np.isfinite(each.found).all() for each in probes):
        yield (Part("nan"),)
    elif (decimals := _rounded(probes)) is not None:
        yield (Part("rounded", (("decimals", decimals),)),)
    elif all(each.found.shape == each.right.shape and not within.nonzero(each.found) for each in probes):
        yield (Part("missing"),)
    for axis in range(probes[0].right.ndim):
        if probes[0].right.shape[axis] > 1 and all(
            each.found.shape != each.right.shape
            and any(within.same(each.found, each.right.sum(axis, keepdims=kept)) for kept in (False, True))
            for each in probes
        ):
            yield (Part("oversummed", (("axis", axis),)),)


def _rounded(probes: Sequence[Probe]) -> int | None:
    """Return to how many decimals the right numbers were rounded, when there are enough of them to tell."""
    if any(each.found.shape != each.right.shape for each in probes) or sum(each.right.size for each in probes) < ENOUGH:
        return None
    for decimals in range(1, 7):
        exact = [np.abs(each.found - each.right.round(decimals)) <= 1e-6 * 10.0**-decimals for each in probes]
        if all(each.all() for each in exact) and any(each.right.round(decimals).any() for each in probes):
            return decimals
    return None


def _slips(
    probes: Sequence[Probe], slips: Sequence[Slip], within: _Tolerance, number: int
) -> Iterator[tuple[Part, ...]]:
    made = [(slip, choice) for slip in slips for choice in slip.choices(probes[0])]
    for chosen in combinations(made, number):
        if all(_mends(chosen, probe, within) for probe in probes):
            yield tuple(Part(slip.id, slip.values(probes[0], *choice)) for slip, choice in chosen)


def _mends(chosen: Iterable[tuple[Slip, tuple[Any, ...]]], probe: Probe, within: _Tolerance) -> bool:
    mended = probe.found
    try:
        for slip, choice in chosen:
            mended = slip.mend(mended, probe, *choice)
    except (ValueError, np.exceptions.AxisError):  # the first of two has left no such shape
        return False
    return within.same(mended, probe.right)


def _fits(probes: Sequence[Probe], within: _Tolerance) -> Iterator[tuple[Part, ...]]:
    """Try the mistakes with one constant, the same at every probe."""
    if any(each.found.shape != each.right.shape for each in probes):
        return
    found = np.concatenate([each.found.ravel() for each in probes])
    right = np.concatenate([each.right.ravel() for each in probes])
    factor, offset = float(right @ found / (right @ right)), float(np.mean(found - right))
    if all(within.same(each.found, factor * each.right) for each in probes):
        yield (Part("factor", (("number", constant(factor)),)),)
    if all(within.same(each.found - offset, each.right) for each in probes):
        yield (Part("offset", (("number", constant(offset)),)),)


def _parallel(probes: Sequence[Probe], within: _Tolerance) -> Iterator[tuple[Part, ...]]:
    """Try a factor that depends on the point: it shows only where there are several numbers at several points."""
    telling = [each for each in probes if within.nonzero(each.right)]
    ratios = [each for probe in telling if (each := within.ratio(probe.found, probe.right)) is not None]
    changing = not any(within.same(each, kept) for each in ratios for kept in (0.0, 1.0))
    if len(telling) == len(ratios) > 1 and changing and min(within.nonzero(each.right) for each in telling) > 2:
        yield (Part("parallel", (("low", constant(min(ratios))), ("high", constant(max(ratios))))),)
