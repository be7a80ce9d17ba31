"""nn.verify: a hand formula judged by autodiff and differences, each step from the author's own earlier values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.messages import checked_language
from autograd_lite.mistakes import agree
from autograd_lite.spelling import spelled
from nn.arguments import check_loss
from nn.grading.diagnosis import understood
from nn.grading.hand import Answers, answers_of, uses_the_net
from nn.grading.mistakes import of_kind, prediction
from nn.grading.points import Network, Point
from nn.grading.quantities import Quantity, in_order, named
from nn.grading.report import Report
from nn.grading.states import FOLLOWED, RIGHT, WRONG, Cause, State
from nn.grading.steps import Step
from nn.grading.verdicts import Verdict
from nn.grading.vote import disagreements, slope_at
from nn.module import Module
from nn.telling.derivation import checked_notation


@spelled
def verify(
    model: Module,
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    hand: Any,
    *,
    required: Iterable[str] | None = None,
    probes: int = 4,
    seed: int = 0,
    notation: str = "z-a",
    lang: str = "en",
    decimals: int = 4,
) -> Report:
    """Judge a hand formula of backpropagation: which step is wrong first, and which known mistake explains it.

    Parameters
    ----------
    model : MLP or Sequential
        Linear layers, each followed by at most one activation. It stays as it is.
    x : array_like, shape (in,) or (N, in)
        One example, or one a row.
    y : array_like
        Targets, as the loss takes them.
    loss : Loss or callable
    hand : callable, nn.Recursion or nn.Printed
        A function whose parameters name what it takes (x, y, W1, b1, z1, a1, sp1 = σ′(z1), ...; one parameter of
        another name gets all of them as attributes) and which returns any of {"delta2": ..., "dW2": ..., "db2": ...};
        four rules on columns; or numbers as printed.
    required : iterable of str, optional
        What must be given; by default what is.
    probes : int
        At how many random points of the same network, with other parameters and data, a formula is tried too.
    seed : int
        Of these points.
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    decimals : int
        Of the numbers in the report.

    Returns
    -------
    Report
        ``.ok``, ``.first_error``, ``.diagnosis``, ``.score``; prints as a table.

    Raises
    ------
    UsageError
        When `hand` is none of the three forms, raises, or returns no named arrays.
    ArgumentError
        When it names a quantity that the network does not have.
    ShapeError, GradientError
        As `nn.backprop`.

    Notes
    -----
    Three vote: autodiff, differences and the hand. Where the first two disagree the point is at fault. A step that
    follows from a wrong one is not wrong itself: each is judged from the author's own earlier values. A known mistake
    is named only when it gives every number, at every point.

    Examples
    --------
    >>> def hand(x, y, W2, a1, a2, sp1):
    ...     delta2 = a2 - y
    ...     delta1 = W2.T @ delta2 * sp1
    ...     return {"delta2": delta2, "dW2": np.outer(delta2, a1), "dW1": np.outer(delta1, x)}
    >>> report = nn.verify(*nn.worked_example(), hand=hand)
    >>> print(report.first_error, round(report.score, 2))
    delta2 0.67
    >>> print(report.diagnosis.splitlines()[1][:27])
    δ² lacks the factor σ′(z²).
    """
    check_loss(loss)
    checked_notation(notation)
    checked_language(lang)
    for title, value, example in (("probes", probes, 4), ("seed", seed, 0), ("decimals", decimals, 4)):
        _check_count(title, value, example)
    network = Network(model, loss)
    here = network.at(x, y)
    if not np.isfinite(here.told.loss):
        raise ArgumentError(
            f"the loss is {here.told.loss} here: nothing can be compared.",
            "Check x, y and the parameters for NaN and inf.",
        )
    points = [here, *network.elsewhere(here, probes, seed)]
    given = answers_at(hand, points)
    return judged(network, points, given, required=required, notation=notation, lang=lang, decimals=decimals)


def answers_at(hand: Any, points: Sequence[Point]) -> list[Answers | None]:
    """Return what a hand formula gives at each point; numbers and functions without parameters give the first only.

    Raises
    ------
    UsageError, ArgumentError
        As `answers_of`, at the first point; None stands for another where the formula cannot be carried out.
    """
    first = answers_of(hand, points[0])
    others = points[1:] if uses_the_net(hand) else ()
    return [first, *(_elsewhere(hand, point) for point in others)]


def judged(
    network: Network,
    points: Sequence[Point],
    given: Sequence[Answers | None],
    *,
    required: Iterable[str] | None = None,
    notation: str = "z-a",
    lang: str = "en",
    decimals: int = 4,
) -> Report:
    """Judge answers that are known already, wherever they were worked out.

    Parameters
    ----------
    network : Network
    points : sequence of Point
        The given one, and random ones.
    given : sequence of dict
        The answers at the first points; None, or other quantities than at the first, leave a point out.
    required, notation, lang, decimals
        As for `verify`.

    Raises
    ------
    ArgumentError
        When `required` names a quantity that there is not.
    """
    here, first = points[0], given[0] or {}
    tried = [
        (point, answers)
        for point, answers in zip(points, given, strict=False)
        if answers is not None and answers.keys() == first.keys()
    ]
    left_out = len(given) - len(tried)
    points, answered = [point for point, _ in tried], [answers for _, answers in tried]
    vote = disagreements(network, here)
    states = understood(answered, points, {each.quantity: each.where for each in vote})
    verdicts, explanations = _verdicts(states, first, network, here)
    wanted = [each for each in in_order(here.depth) if each in here.truth]
    names = [required] if isinstance(required, str) else required
    asked = set(first) if names is None else {named(name, wanted) for name in names}
    return Report(
        point=here,
        probes=len(points) - 1,
        verdicts=verdicts,
        required=tuple(each for each in wanted if each in asked),
        explanations=explanations,
        rounded=all(state.rounded is not None for state in states),
        vote=tuple(vote),
        unrepeatable=len(tried) == 1 < len(given),
        untested=tuple(_untested(points, first, other_counts=not left_out or here.count == 1)),
        notation=notation,
        lang=lang,
        decimals=decimals,
    )


def _check_count(title: str, value: Any, example: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
        raise ArgumentError(f"{title} must be an integer, 0 or more, got {value!r}.", f"Write {title}={example}.")


def _elsewhere(hand: Any, point: Point) -> Answers | None:
    """Return the answers at a random point; None where the formula cannot be carried out there."""
    try:
        with np.errstate(all="ignore"):
            return answers_of(hand, point)
    except UsageError:
        return None


def _verdicts(
    states: Sequence[State], given: Answers, network: Network, here: Point
) -> tuple[tuple[Verdict, ...], tuple[tuple[Cause, ...], ...]]:
    """Return how each answer stands, and the different explanations.

    A mistake in a δ that was not given is wrong where it first shows.
    """
    status = dict(states[0].status)
    if states[0].rounded is not None:
        # Rounded on the way, the first number that shows it is wrong; the others follow from it.
        status |= dict.fromkeys([each for each in given if status.get(each) == FOLLOWED][:1], WRONG)
    for cause in states[0].causes:
        if cause.quantity not in status:
            after = (each for each in given if _comes_after(each, cause.quantity))
            first_shown = next((each for each in after if status.get(each) == FOLLOWED), None)
            status |= {} if first_shown is None else {first_shown: WRONG}
    verdicts = []
    for quantity, answer in given.items():
        if quantity in status:
            verdict = Verdict(quantity, status[quantity], answer, here.truth[quantity])
            shown = None if verdict.status == RIGHT else verdict.worst
            numeric = None if shown is None else slope_at(network, here, quantity, shown)
            verdicts.append(replace(verdict, numeric=numeric))
    different = {tuple((cause.quantity, cause.what) for cause in state.causes): state.causes for state in states}
    return tuple(verdicts), tuple(causes for causes in different.values() if causes)


def _comes_after(quantity: Quantity, delta: Quantity) -> bool:
    return quantity.kind in ("delta", "dW", "db") and quantity.layer <= delta.layer


def _untested(points: Sequence[Point], given: Answers, *, other_counts: bool) -> list[tuple[str, dict[str, Any]]]:
    """Return what these points could not show."""
    here = points[0]
    found: list[tuple[str, dict[str, Any]]] = []
    if len(points) == 1:
        found.append(("verify.untested_point", {}))
    if here.count == 1:
        found.append(("verify.untested_batch", {}))
    elif len(points) > 1 and not other_counts:
        found.append(("verify.untested_count", {}))
    if len(here.W(here.depth)) == 1:
        found.append(("verify.untested_outputs", {}))
    deltas = tuple(
        {layer.number: point.truth[Quantity("delta", layer.number)] for layer in point.told.layers} for point in points
    )
    same_slope: list[int] = []
    for quantity in in_order(here.depth):
        if quantity.kind != "delta" or not any(each.kind in ("delta", "dW", "db") for each in given):
            continue
        steps = [Step(point, quantity, known) for point, known in zip(points, deltas, strict=True)]
        layer = here.layer(quantity.layer)
        same = {m.id for m in of_kind(steps[0].kind) if all(_is_right(prediction(m, step), step) for step in steps)}
        if all(not np.any(step.right) for step in steps):
            found.append(("verify.zero", {"name": quantity}))
        elif "slope_at_a" in same and layer.activation == "relu":
            same_slope.append(quantity.layer)
        if "missing_slope" in same and layer.activation != "identity":
            found.append(("verify.untested_slope", {"name": quantity}))
    if same_slope:
        places = {kind: [Quantity(kind, layer) for layer in sorted(same_slope)] for kind in ("a", "z")}
        found.append(("verify.equivalent", places))
    return found


def _is_right(values: Any, step: Step) -> bool:
    return values is not None and agree(values, step.right)
