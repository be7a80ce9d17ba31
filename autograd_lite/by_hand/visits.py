"""The points at which a formula is tried: the one given, and random ones near it where all is defined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.by_hand.calls import Calls, Point
from autograd_lite.errors import UsageError
from autograd_lite.mistakes.nearby import nearby

# A point where something is not defined is tried again closer to the given one.
SPREADS = (1.0, 0.5, 0.2, 0.05)


class Visit(NamedTuple):
    """What f, the formula and autodiff gave at a point: number 0 is the one given."""

    number: int
    point: Point
    value: float
    answers: dict[int, Any]
    gradients: dict[int, Any]
    data_moved: bool = False


def given_point(calls: Calls) -> Visit:
    """Return the visit to the point as it was given.

    Raises
    ------
    UsageError
        When f is not finite there, or f or the formula gives something else when it is called again.
    """
    point = [each.value for each in calls.arguments]
    answers, repeated = calls.answers(point), calls.answers(point)
    if not answers:
        raise UsageError(
            "check_formula: hand_gradient returned no gradient.",
            "Return an array for at least one input, w for example.",
        )
    for k, each in answers.items():
        if not np.array_equal(each, repeated[k], equal_nan=True):
            raise UsageError(
                "check_formula: hand_gradient, called twice with the same inputs, gave two answers for "
                f"{calls.arguments[k].name}.",
                "A formula has no random numbers: draw them beforehand, and pass them as an input.",
            )
    return Visit(0, point, _steady_value(calls, point, answers), answers, calls.gradient(point, answers))


def _steady_value(calls: Calls, point: Point, wanted: Iterable[int]) -> float:
    value, again = calls.value(point, wanted), calls.value(point, wanted)
    if not np.isfinite(value):
        raise UsageError(
            f"check_formula: f is {value} at the inputs given.", "Give inputs at which it is a finite number."
        )
    if value != again:
        raise UsageError(
            f"check_formula: f, called twice with the same inputs, gave {value:.8g} and {again:.8g}.",
            "Draw its random numbers beforehand, and pass them as an input.",
        )
    return value


def random_points(
    calls: Calls, given: Visit, count: int, random: np.random.Generator
) -> tuple[list[Visit], Counter[str]]:
    """Return visits to random points, and how many were dropped because of "f" and because of "hand_gradient".

    At every second one the data move too, the floating arrays that are not differentiated by.
    """
    visits: list[Visit] = []
    dropped: Counter[str] = Counter()
    for number in range(1, count + 1):
        for spread in SPREADS:
            point = _near(calls, given, spread, random, data=number % 2 == 0)
            tried = _tried(calls, given, point, number)
            if isinstance(tried, Visit):
                visits.append(tried)
                break
        if isinstance(tried, str):
            dropped[tried] += 1
    return visits, dropped


def _near(calls: Calls, given: Visit, spread: float, random: np.random.Generator, *, data: bool) -> Point:
    return [
        nearby(value, random, spread, data=k not in given.answers)
        if argument.is_float and (k in given.answers or data)
        else value
        for k, (argument, value) in enumerate(zip(calls.arguments, given.point, strict=True))
    ]


def _tried(calls: Calls, given: Visit, point: Point, number: int) -> Visit | str:
    """Return the visit, or the name of what is not defined there. Anything may go wrong in the user's code."""
    try:
        value = calls.value(point, given.answers)
        gradients = calls.gradient(point, given.answers)
    except Exception:
        return "f"
    if not np.isfinite(value) or not all(np.isfinite(each).all() for each in gradients.values()):
        return "f"
    try:
        with silent():
            answers = calls.answers(point)
    except Exception:
        return "hand_gradient"
    if answers.keys() != given.answers.keys() or not all(np.isfinite(each).all() for each in answers.values()):
        return "hand_gradient"
    moved = any(
        k not in given.answers and argument.is_float and not np.array_equal(point[k], given.point[k])
        for k, argument in enumerate(calls.arguments)
    )
    return Visit(number, point, value, answers, gradients, moved)
