"""What explains the answers: the smallest sets of known mistakes that give every number, each step from one's own.

The steps are gone through in the order in which people compute them. A state is one way of understanding the answers
so far; it holds the δ that its author went on with. Where an answer is neither right nor what follows from the
author's own earlier values, every known mistake that gives it leads to a state of its own; where δ was not given, every
mistake that could have been made there does. In the end the cheapest states stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.mistakes import agree
from nn.grading.hand import Answer, Answers, Failed, Misshapen
from nn.grading.mistakes import SYNONYMS, Mistake, of_kind, pairs, prediction, together
from nn.grading.points import Point
from nn.grading.printed import DIGITS_FOR_NAMES, Figures
from nn.grading.quantities import Quantity, in_order
from nn.grading.states import (
    AGAIN_COST,
    DISPROOF_COST,
    FAILED,
    FOLLOWED,
    KINK,
    MISSHAPEN,
    RIGHT,
    ROUNDED_COST,
    TOO_FEW,
    UNEXPLAINED_COST,
    WRONG,
    Cause,
    Mask,
    State,
)
from nn.grading.steps import Step

Array = NDArray[np.float64]
MOST_STATES, MARGIN = 256, 2.0
# Numbers with fewer digits than these in all are met by some mistake, or pair of mistakes, by chance.
DIGITS_FOR_PAIRS = 6
# Copies of a point, on which those who go on with rounded numbers show how far these may lead them off.
SHADOWS = 6


def understood(
    given: Sequence[Answers], points: Sequence[Point], disputed: Mapping[Quantity, Mask] | None = None
) -> list[State]:
    """Return the cheapest ways of understanding the answers.

    Parameters
    ----------
    given : sequence of dict
        The answers at each point.
    points : sequence of Point
    disputed : mapping of Quantity to ndarray of bool, optional
        The elements that are not judged at the first point.
    """
    printed = any(isinstance(answer, Figures) for answer in given[0].values())
    copies = 1 + SHADOWS if printed else 1
    if printed:
        points, given = [points[0]] * copies, [given[0]] * copies
    states = [replace(each, disputed=disputed or {}, copies=copies) for each in _beginnings(given, points)]
    with np.errstate(all="ignore"):
        for quantity in in_order(points[0].depth):
            if quantity in points[0].truth:
                states = _cheapest(new for state in states for new in _next(state, quantity, given))
    best = min(state.cost for state in states)
    return [state for state in states if state.cost < best + AGAIN_COST / 2 or _is_one_rule(state, best, given[0])]


def _is_one_rule(state: State, best: float, given: Answers) -> bool:
    """Tell whether a state needs no more mistakes than the best, one of them made in every layer."""
    kinds = {cause.quantity.kind for cause in state.causes}
    places = {cause.quantity for cause in state.causes}
    throughout = places == {quantity for quantity in given if quantity.kind in kinds}
    return (
        throughout and len({cause.what for cause in state.causes}) == 1 and state.cost < best + AGAIN_COST * len(places)
    )


def _beginnings(given: Sequence[Answers], points: Sequence[Point]) -> Iterator[State]:
    """Yield the state of one who computes exactly, and of those who round on the way."""
    deltas: tuple[dict[int, Array], ...] = tuple({} for _ in points)
    yield State(tuple(points), deltas)
    units = {answer.unit for answer in given[0].values() if isinstance(answer, Figures)}
    for decimals in sorted({round(-np.log10(unit)) for unit in units}):
        try:
            rounding = tuple(point.following({}, decimals=decimals) for point in points)
        except (ValueError, KeyError):
            return
        yield State(rounding, deltas, cost=ROUNDED_COST, rounded=decimals)
    if units:
        yield State(tuple(points), deltas, cost=ROUNDED_COST, rounded=-1)


def _cheapest(states: Iterable[State]) -> list[State]:
    ordered = sorted(states, key=lambda state: state.cost)[:MOST_STATES]
    return [state for state in ordered if state.cost <= ordered[0].cost + MARGIN]


def _next(state: State, quantity: Quantity, given: Sequence[Answers]) -> Iterator[State]:
    steps = [Step(*each) for each in zip(state.points, [quantity] * len(state.points), state.deltas, strict=True)]
    answers = [each.get(quantity) for each in given]
    if answers[0] is None:
        yield from _not_given(state, quantity, steps)
        return
    expected = [_kept(state, step.right) for step in steps]
    for new, values in _judged(state, quantity, steps, answers, expected):
        yield _went_on(new, quantity, _own(state, answers, values))


def _not_given(state: State, quantity: Quantity, steps: list[Step]) -> Iterator[State]:
    """A δ that was not given may hide a mistake, which its gradients then show."""
    if quantity.kind != "delta":
        yield state
        return
    right = [step.right for step in steps]
    yield state.believing(quantity, [_kept(state, each) for each in right])
    if state.hidden or state.lost:
        return
    found = [(mistake, values) for mistake in of_kind(steps[0].kind) if (values := _predicted(mistake, steps))]
    shaped = [(mistake, values) for mistake, values in found if values[0].shape == right[0].shape]
    for cause, values in _different([each for each in shaped if not _same(each[1], right)], quantity):
        yield replace(state.blaming([cause]), hidden=True).believing(quantity, values)


def _same(some: Sequence[Array], others: Sequence[Array]) -> bool:
    return all(agree(one, other) for one, other in zip(some, others, strict=True))


def _judged(
    state: State, quantity: Quantity, steps: list[Step], answers: list[Any], expected: list[Array]
) -> Iterator[tuple[State, list[Array]]]:
    """Yield each way of understanding an answer, with the values that its author then has."""
    truth = [step.point.truth[quantity] for step in steps]
    if isinstance(answers[0], Failed):
        yield from _as(state, quantity, FAILED, [((), expected)])
        return
    if isinstance(answers[0], Misshapen):
        found = [] if state.lost or state.hidden else _explanations(steps, answers)
        explained = [(causes, expected) for causes, _ in found]
        yield from _as(state, quantity, MISSHAPEN, explained or [((), expected)])
        return
    if _fits(answers, truth):
        enough = not isinstance(answers[0], Figures) or answers[0].are_enough(truth[0])
        follows = _fits(answers, expected)
        # What is right speaks against a mistake that was only supposed.
        cost = 0.0 if follows or not state.supposes else DISPROOF_COST
        yield state.judged(quantity, RIGHT if enough else TOO_FEW, cost=cost), expected if follows else truth
        return
    own = list(_as_given(answers, expected))
    if isinstance(answers[0], np.ndarray) and not np.all(np.isfinite(answers[0])):
        yield from _as(state, quantity, WRONG, [((), own)])
        return
    if quantity in state.disputed and _fits(answers, _but_for_kinks(state, quantity, truth, own)):
        yield state.judged(quantity, KINK), own
        return
    if _fits(answers, expected):
        yield state.judged(quantity, FOLLOWED if state.is_off else KINK), expected
        return
    # A supposed mistake that the next answer does not bear out is dropped.
    explained = [] if state.lost or state.hidden else list(_explanations(steps, answers, singly=state.supposes))
    yield from _as(state, quantity, WRONG, explained or [((), own)])


def _but_for_kinks(state: State, quantity: Quantity, truth: list[Array], own: list[Array]) -> list[Array]:
    kinks, n = state.disputed[quantity], state.copies
    return [*(np.where(kinks, mine, right) for mine, right in zip(own[:n], truth[:n], strict=True)), *truth[n:]]


def _as(
    state: State, quantity: Quantity, status: str, explained: list[tuple[tuple[Cause, ...], list[Array]]]
) -> Iterator[tuple[State, list[Array]]]:
    for causes, values in explained:
        # What is only supposed has to explain everything.
        cost = 0.0 if causes else DISPROOF_COST if state.supposes else UNEXPLAINED_COST
        yield replace(state.judged(quantity, status, causes, cost), lost=state.lost or not causes), values


def _as_given(answers: list[Any], expected: list[Array]) -> Iterator[Array]:
    """Yield the numbers that were given, in the shadows of a point off by up to half a unit of printed ones."""
    for shadow, (answer, right) in enumerate(zip(answers, expected, strict=True)):
        if isinstance(answer, Figures):
            off = np.random.default_rng(shadow).choice([-0.5, 0.5], right.shape) * answer.unit
            yield answer.values + (off if shadow else 0.0)
        else:
            yield answer if isinstance(answer, np.ndarray) else right


def _explanations(
    steps: list[Step], answers: list[Any], *, singly: bool = False
) -> Iterator[tuple[tuple[Cause, ...], list[Array]]]:
    """Yield the mistakes that give an answer at every point; only if none does, and not `singly`, two at once."""
    kind, quantity = steps[0].kind, steps[0].quantity
    digits = answers[0].digits(steps[0].right) if isinstance(answers[0], Figures) else np.inf
    if digits < DIGITS_FOR_NAMES:
        return
    found = [(mistake, values) for mistake in of_kind(kind) if (values := _explained([mistake], steps, answers))]
    if isinstance(answers[0], Misshapen):
        found = [(mistake, values) for mistake, values in found if values[0].shape != steps[0].right.shape]
    for cause, values in _different(found, quantity):
        yield (cause,), values
    if found or singly or isinstance(answers[0], Misshapen) or digits < DIGITS_FOR_PAIRS:
        return
    seen = set()
    for first, second in pairs(kind):
        combined = _explained([first, second], steps, answers)
        names = frozenset({(first.id, first.detail), (second.id, second.detail)})
        if combined is not None and names not in seen:
            seen.add(names)
            yield (Cause(quantity, first), Cause(quantity, second)), combined


def _different(found: Sequence[tuple[Mistake, list[Array]]], quantity: Quantity) -> Iterator[tuple[Cause, list[Array]]]:
    """Yield mistakes as causes: of several forms of one mistake the first, of several names the one that says more."""
    seen: list[tuple[tuple[str, str], list[Array]]] = []
    for mistake, values in found:
        again = any((mistake.id, mistake.detail) == name and _same(values, its) for name, its in seen)
        swallowed = any(mistake.id in SYNONYMS.get(other.id, ()) and _same(values, its) for other, its in found)
        if again or swallowed:
            continue
        seen.append(((mistake.id, mistake.detail), values))
        synonyms = [m for m, its in found if m.id in SYNONYMS.get(mistake.id, ()) and _same(its, values)]
        yield Cause(quantity, mistake, tuple(synonyms)), values


def _predicted(mistake: Mistake, steps: Sequence[Step]) -> list[Array] | None:
    """Return what a mistake makes of a step at every point, None where it makes no sense."""
    found = []
    for step in steps:
        values = prediction(mistake, step)
        if values is None:
            return None
        found.append(values)
    return found


def _explained(mistakes: Sequence[Mistake], steps: Sequence[Step], answers: Sequence[Any]) -> list[Array] | None:
    """Return what one or two mistakes make of a step at every point, if it is what was given."""
    found = []
    for step, answer in zip(steps, answers, strict=True):
        values = prediction(mistakes[0], step) if len(mistakes) == 1 else together(mistakes[0], mistakes[1], step)
        # How far rounding leads is known only when all shadows are; anything else can be ruled out at once.
        if values is None or not (isinstance(answer, Figures) or _matches(answer, values)):
            return None
        found.append(values)
    return found if _fits(answers, found) else None


def _fits(answers: Sequence[Any], values: Sequence[Array]) -> bool:
    slack: Any = 0.0
    if answers and isinstance(answers[0], Figures):
        slack = np.sum([np.abs(each - values[0]) for each in values], axis=0)
    return all(_matches(answer, value, slack) for answer, value in zip(answers, values, strict=True))


def _matches(answer: Answer | None, value: Array, slack: Any = 0.0) -> bool:
    """Tell whether an answer is what a formula gives; in another shape than expected, element by element."""
    if isinstance(answer, Figures):
        return answer.values.size == value.size and answer.agrees(value, slack)
    if isinstance(answer, Misshapen):
        forms = (value, value.T)
        if answer.unit:
            return any(Figures(answer.values, answer.unit).agrees(form) for form in forms)
        return any(agree(answer.values, form) for form in forms)
    return isinstance(answer, np.ndarray) and agree(answer, value)


def _kept(state: State, values: Array) -> Array:
    return values if state.rounded is None or state.rounded < 0 else np.round(values, state.rounded)


def _own(state: State, answers: list[Any], values: list[Array]) -> list[Array]:
    """Return what the author goes on with: one who rounds, with the numbers that were printed."""
    if state.rounded is None or not isinstance(answers[0], Figures):
        return values
    return [answers[0].values.reshape(values[0].shape)] * len(values)


def _went_on(state: State, quantity: Quantity, values: list[Array]) -> State:
    """Take an answer over into what the later steps start from."""
    if quantity.kind == "delta":
        return state.believing(quantity, values)
    if quantity.kind not in ("z", "a"):
        return state
    if state.status[quantity] in (RIGHT, TOO_FEW) and state.rounded is None:
        return state
    decimals = None if state.rounded is None or state.rounded < 0 else state.rounded
    try:
        points = [
            point.following({**_forward(point, quantity), quantity: each}, decimals=decimals)
            for point, each in zip(state.points, values, strict=True)
        ]
    except (ValueError, KeyError):
        return state
    return replace(state, points=tuple(points))


def _forward(point: Point, until: Quantity) -> dict[Quantity, Array]:
    """Return z and a of the layers before a quantity, as they stand at a point."""
    found = {}
    for layer in point.told.layers[: until.layer]:
        found[Quantity("z", layer.number)] = point.column(layer.z)
        if layer.number < until.layer:
            found[Quantity("a", layer.number)] = point.column(layer.a)
    return found
