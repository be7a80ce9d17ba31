"""ag.check_formula: a gradient derived by hand against autodiff and central differences, a vote of three.

Where autodiff and the differences disagree there is a kink, or a fault of a rule, never one of the formula. At random
points near the given one a formula cannot be right by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.by_hand.calls import Calls, arguments_of
from autograd_lite.by_hand.report import Finding, FormulaReport, Judged, Note, Verdict, WrongElement, WrongShape
from autograd_lite.by_hand.visits import Visit, given_point, random_points
from autograd_lite.by_hand.votes import Vote, difference_at, vote
from autograd_lite.errors import ArgumentError
from autograd_lite.messages import checked_language
from autograd_lite.mistakes import common, diagnose
from autograd_lite.mistakes.nearby import is_of_one_sign, is_symmetric
from autograd_lite.mistakes.slips import Probe, lengths_of
from autograd_lite.mistakes.wording import bracketed
from autograd_lite.spelling import spelled


@spelled
def check_formula(
    f: Callable[..., Any],
    hand_gradient: Callable[..., Any],
    *inputs: Any,
    names: Sequence[str] | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    probes: int = 5,
    seed: int = 0,
    lang: str = "en",
) -> FormulaReport:
    """Check a gradient derived by hand, and name the mistake where there is one.

    Parameters
    ----------
    f : callable
        The scalar function: f(*inputs), of Tensors where a gradient is asked for.
    hand_gradient : callable
        The formula in plain NumPy: hand_gradient(*inputs), of arrays of float64, returns the gradient; of several
        inputs a tuple of gradients, or those of some as a dict by the input's name.
    *inputs : array_like
        The point. Floating arrays can be differentiated by (of Tensors, if any requires a gradient, only those).
    names : sequence of str, optional
        The inputs' names; by default f's parameters.
    atol, rtol : float, optional
        An element is right within atol + rtol·|element|; by default 1e-6, and a rounding's worth of atol.
    probes : int
        Random points near the given one, of the same shapes and structure: what is positive, symmetric or of whole
        numbers stays so.
    seed : int
        Of the random points.
    lang : {"en", "es"}

    Returns
    -------
    FormulaReport
        `.ok`, `.first_error`, `.diagnosis`, `.score`, `.raise_if_wrong()`, `.to_dict()`; print it to read it.

    Raises
    ------
    UsageError
        When the answers are Tensors, are no numbers, or leave open which input they belong to; when f gives no scalar.

    Examples
    --------
    >>> def half_square(w, X, y):
    ...     return ((X @ w - y) ** 2).sum() / 2
    >>> X, y = np.array([[1.0, 2.5], [0.5, 3.0], [2.0, 1.5]]), np.array([1.0, 0.0, 2.5])
    >>> ag.check_formula(half_square, lambda w, X, y: {"w": X.T @ (X @ w - y)}, np.array([0.5, -1.0]), X, y).ok
    True
    >>> wrong = ag.check_formula(half_square, lambda w, X, y: {"w": X.T @ (X @ w - y) / 3}, np.array([0.5, -1.0]), X, y)
    >>> wrong.diagnosis
    'w: divided by 3 (X.shape[0] = y.shape[0]): a mean in place of a sum.'
    """
    checked_language(lang)
    if isinstance(probes, bool) or not isinstance(probes, int) or probes < 0:
        raise ArgumentError(f"check_formula: probes={probes!r}.", "Give the number of random points, 5 for example.")
    for name, tolerance in (("atol", atol), ("rtol", rtol)):
        if tolerance is not None and not 0 <= tolerance < np.inf:
            raise ArgumentError(
                f"check_formula: {name}={tolerance!r}.", "Give a small positive number, or leave it out."
            )
    calls = Calls(f, hand_gradient, arguments_of(f, inputs, names))
    given = given_point(calls)
    others, dropped = random_points(calls, given, probes, np.random.default_rng(seed))
    check = _Check(calls, [given, *others], 1e-6 if rtol is None else rtol, atol)
    gradients = {k: check.judged(k) for k in given.answers}
    blamed = [k for k, each in gradients.items() if each.verdict == "wrong"]
    return FormulaReport(
        tuple(gradients.values()),
        check.first_error(blamed[0]) if blamed else None,
        check.findings(blamed),
        tuple(check.notes(dropped)),
        lang,
    )


class _Check:
    """One check: the votes on every gradient, and what follows from them."""

    def __init__(self, calls: Calls, visits: list[Visit], rtol: float, atol: float | None) -> None:
        self.calls = calls
        self.names = [each.name for each in calls.arguments]
        self.rtol = rtol
        self.votes: dict[int, list[Vote]] = {}
        self.atol = {k: _rounding(visits, k) if atol is None else atol for k in visits[0].answers}
        for k in visits[0].answers:
            self.votes[k] = [vote(calls, visit, k, rtol=rtol, atol=self.atol[k]) for visit in visits]

    def judged(self, k: int) -> Judged:
        """Return the verdict on one gradient."""
        votes = self.votes[k]
        wrong = sum(bool(each.wrong.any()) for each in votes)
        left_open = bool(np.logical_and.reduce([each.open for each in votes]).any())
        verdict: Verdict = "wrong" if wrong else "undecided" if left_open or self._is_zero(k, 1) else "right"
        return Judged(self.names[k], verdict, sum(not each.open.all() for each in votes), wrong)

    def findings(self, blamed: list[int]) -> tuple[Finding, ...]:
        """Return what explains the wrong gradients: all of them together, or else each by itself."""
        found = {k: diagnose(self._probes(k), rtol=self.rtol, atol=self.atol[k]) for k in blamed}
        shared = common(list(found.values())) if found else ()
        if shared:
            return (Finding(tuple(self.names[k] for k in blamed), shared),)
        return tuple(Finding((self.names[k],), found[k].causes) for k in blamed)

    def first_error(self, k: int) -> WrongElement | WrongShape:
        """Return the worst element of a wrong gradient, at the first point where it is wrong."""
        first = next(each for each in self.votes[k] if each.wrong.any())
        visit = first.visit
        found, right = visit.answers[k], visit.gradients[k]
        if found.shape != right.shape:
            return WrongShape(self.names[k], found.shape, right.shape)
        gaps = np.where(first.wrong, np.nan_to_num(np.abs(found - right), nan=np.inf), -1.0)
        index = tuple(int(each) for each in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
        by_hand, autodiff = float(found[index]), float(right[index])
        return WrongElement(
            name=self.names[k],
            index=index,
            by_hand=by_hand,
            autodiff=autodiff,
            differences=difference_at(self.calls, visit, k, index)[0],
            ratio=by_hand / autodiff if autodiff else float("nan"),
            point=visit.number,
            inputs=dict(zip(self.names, visit.point, strict=True)),
        )

    def notes(self, dropped: Mapping[str, int]) -> Iterator[Note]:
        """Yield what could not be judged, and what was not tried."""
        for k, votes in self.votes.items():
            yield from _doubts(self.names[k], votes)
            if self._is_zero(k, 1):
                yield Note("zero_here", (("name", self.names[k]),))
            elif self._is_zero(k, 2):
                yield Note("zero", (("name", self.names[k]),))
            wrong = [each.visit for each in votes if each.wrong.any()]
            if wrong and all(each.data_moved for each in wrong):
                yield Note("data", (("name", self.names[k]),))
        for what, count in dropped.items():
            yield Note("dropped", (("what", what), ("count", count)))
        kept = [
            each.name
            for each in self.calls.arguments
            if not each.is_float
            or (np.array_equal(each.value, np.round(each.value)) and each.name not in self._asked())
        ]
        if kept:
            yield Note("kept", (("names", ", ".join(kept)),))
        for key, holds in (("signs", is_of_one_sign), ("symmetry", is_symmetric)):
            if names := [self.names[k] for k, votes in self.votes.items() if holds(votes[0].visit.point[k])]:
                yield Note(key, (("names", ", ".join(names)),))
        yield Note("shapes")

    def _asked(self) -> list[str]:
        return [self.names[k] for k in self.votes]

    def _is_zero(self, k: int, points: int) -> bool:
        """Tell whether the right gradient is zero at all points, one of them or several."""
        votes = self.votes[k]
        number = min(len(votes), 2)
        return number == points and not any((np.abs(each.visit.gradients[k]) > self.atol[k]).any() for each in votes)

    def _probes(self, k: int) -> list[Probe]:
        lengths = lengths_of(self.names, self.votes[k][0].visit.point)
        telling = [each.visit for each in self.votes[k] if not (each.disputed & ~each.wrong).any()]
        return [Probe(each.answers[k], each.gradients[k], lengths) for each in telling]


def _rounding(visits: Sequence[Visit], k: int) -> float:
    """Return what rounding alone may leave where a gradient is zero."""
    usual = float(np.median([np.abs(each.gradients[k]).max(initial=0.0) for each in visits]))
    steepness = abs(visits[0].value) / (float(np.abs(visits[0].point[k]).max(initial=0.0)) or 1.0)
    return max(1e-10 * usual, 1e-13 * steepness)


def _doubts(name: str, votes: Sequence[Vote]) -> Iterator[Note]:
    """Yield the first kink and the first fault that stood in the way."""
    for each in votes:
        for index, broke in each.broken[:1]:
            values = (("place", name + bracketed(index)), ("broken", broke), ("number", each.visit.number))
            yield Note("broken" if each.visit.number == 0 else "broken_elsewhere", values)
            return
    for each in votes:
        for fault in each.faults[:1]:
            numbers = (("autodiff", f"{fault.autodiff:.6g}"), ("differences", f"{fault.differences:.6g}"))
            yield Note("fault", (("place", name + bracketed(fault.index)), *numbers))
            return
