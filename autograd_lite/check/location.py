"""Which output a wrong derivative is of, and in second order which other input: found by halving what is weighted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.check.comparison import FIRST, Check, Fault
from autograd_lite.check.differences import Judgement, Value, judge
from autograd_lite.check.inputs import Arrays
from autograd_lite.check.outputs import as_row, from_row, place_in

Measured = Callable[[Any], tuple[Judgement, Value]]


class Found(NamedTuple):
    """One derivative that is wrong, of one number by one or two others.

    Attributes
    ----------
    output : str or None
        What it is a derivative of; None when only the weighted sum of all outputs shows it.
    inputs : tuple of str
        What it is by.
    analytic, numeric : float
    bound : float
        What they may differ by.
    value : callable
        What differences were taken of, as a function of the point.
    step : float
        That of the element, for a step of 1.
    """

    output: str | None
    inputs: tuple[str, ...]
    analytic: float
    numeric: float
    bound: float
    value: Value
    step: float


def located(check: Check, fault: Fault) -> Found:
    """Return the wrong derivative of one output, where one alone is wrong enough to show."""
    if fault.squared:
        names = (check.inputs.place(fault.place, fault.index),)
        return _found(check, "the outputs' squares", names, fault.judgement, fault.value)
    row = as_row(check.weights)
    direction = check.unit_direction(fault.place, fault.index)
    other = check.random_direction() if fault.order != FIRST else None

    def by_weights(weights: Any) -> tuple[Judgement, Value]:
        return _measured(check, direction, from_row(weights, check.weights), other)

    number = _worst(row, by_weights)
    weights = row if number is None else _one(row.size, number)
    output = None if number is None else place_in(check.outputs, number)
    names = (check.inputs.place(fault.place, fault.index),)
    if other is None:
        judgement, value = by_weights(weights)
        return _found(check, output, names, judgement, value)
    flat = np.concatenate([each.ravel() for each in other])
    shaped = from_row(weights, check.weights)

    def by_direction(chosen: Any) -> tuple[Judgement, Value]:
        return _measured(check, direction, shaped, from_row(chosen, other))

    second = _worst(flat, by_direction)
    if second is None:
        judgement, value = by_weights(weights)
        return _found(check, output, names, judgement, value)
    judgement, value = by_direction(_one(flat.size, second))
    return _found(check, output, (*names, _named(check, second)), judgement, value)


def _measured(check: Check, direction: Arrays, weights: Any, other: Arrays | None) -> tuple[Judgement, Value]:
    """Judge one element's derivative for other weights of the outputs, or another direction of the gradient."""
    if other is None:
        value, gradient = check.value(weights), check.gradient(weights)
    else:
        value, gradient = check.slope(other, weights), check.slope_gradient(other, weights)
    analytic = gradient(check.points)
    scale = max((float(np.abs(each).max(initial=0.0)) for each in analytic), default=0.0)
    return judge(value, check.points, analytic, direction, check.tolerance(scale)), value


def _worst(row: Any, measured: Measured) -> int | None:
    """Return the number without which the rest would be right, as far as halving finds it; None if there is none."""
    chosen = np.arange(row.size)
    while chosen.size > 1:
        halves = np.array_split(chosen, 2)
        gaps = []
        for half in halves:
            masked = np.zeros(row.size)
            masked[half] = row[half]
            judgement, _ = measured(masked)
            gaps.append((judgement.verdict == "wrong", judgement.gap))
        chosen = halves[int(gaps[1] > gaps[0])]
    number = int(chosen[0])
    judgement, _ = measured(_one(row.size, number))
    return number if judgement.verdict == "wrong" else None


def _one(size: int, number: int) -> Any:
    row = np.zeros(size)
    row[number] = 1.0
    return row


def _found(check: Check, output: str | None, names: tuple[str, ...], judgement: Judgement, value: Value) -> Found:
    """Return a derivative by one element itself, not by the unit of its step."""
    step = sum(float(np.sum(each)) for each in judgement.steps) or 1.0
    analytic, numeric = judgement.found / step, judgement.slope / step
    return Found(output, names, analytic, numeric, check.tolerance().bound(numeric), value, step)


def _named(check: Check, number: int) -> str:
    for place, each in enumerate(check.points):
        if number < each.size:
            return check.inputs.place(place, tuple(int(k) for k in np.unravel_index(number, each.shape)))
        number -= each.size
    raise IndexError(number)
