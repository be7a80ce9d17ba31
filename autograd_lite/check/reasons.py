"""Why a derivative differs from differences: chance, coarse numbers, a kink, a wrong rule, a branch without history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from autograd_lite.check.causes import causes_of
from autograd_lite.check.comparison import FIRST, Check, Fault
from autograd_lite.check.differences import Value
from autograd_lite.check.inputs import Arrays
from autograd_lite.check.location import Found, located
from autograd_lite.check.operations import culprit, nodes_of, steps_of
from autograd_lite.check.rules import said_of_rule
from autograd_lite.errors import GradientCheckError, UsageError
from autograd_lite.mistakes.slips import lengths_of
from autograd_lite.mistakes.slopes import STEP, Break, breaks

CALLS = 4
DERIVATIVES = {1: "the gradient", 2: "the second derivative"}


class Guess(NamedTuple):
    """What is probably wrong.

    Attributes
    ----------
    kind : str
        "random", "written", "coarse", "kink", "rule", "detached", "hook", "mistake" or "unknown".
    text : str
        In words.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Mismatch:
    """What gradcheck found, as the attribute `mismatch` of its error.

    Attributes
    ----------
    order : {1, 2}
        Of the derivative.
    output : str or None
        What it is a derivative of; None when only all outputs together show it.
    inputs : tuple of str
        What it is by: one input's element, in second order two.
    analytic, numeric : float
        By autodiff, and by central differences.
    error, bound : float
        By how much they differ, and what is allowed.
    guess : str
        What is probably wrong.
    kind : str
        The kind of guess: "random", "written", "coarse", "kink", "rule", "detached", "hook", "mistake" or "unknown".
    gradients : list of ndarray
        All derivatives by autodiff of the outputs' weighted sum, one array an input; complex ones as two parts along a
        last axis.
    """

    order: int
    output: str | None
    inputs: tuple[str, ...]
    analytic: float
    numeric: float
    error: float
    bound: float
    guess: str
    kind: str
    gradients: Arrays


def explained(check: Check, fault: Fault) -> GradientCheckError:
    """Return the error that names an element, both numbers, and what is wrong."""
    found = located(check, fault)
    guess = guessed(check, fault, found)
    error = abs(found.analytic - found.numeric)
    of = f" of {found.output}" if found.output is not None and (fault.squared or _are_several(check)) else ""
    problem = GradientCheckError(
        f"{check.caller}: {DERIVATIVES[fault.order]}{of} at {' and '.join(found.inputs)} is {found.analytic:.7g} by "
        f"autodiff, {found.numeric:.7g} by differences; off by {error:.2g}, allowed {found.bound:.2g}.",
        guess.text,
    )
    problem.mismatch = Mismatch(
        fault.order,
        found.output,
        found.inputs,
        found.analytic,
        found.numeric,
        error,
        found.bound,
        guess.text,
        guess.kind,
        fault.analytic,
    )
    return problem


def _are_several(check: Check) -> bool:
    return len(check.outputs) > 1 or bool(check.outputs[0][1]) or check.outputs[0][2]


def guessed(check: Check, fault: Fault, found: Found) -> Guess:
    """Return the first reason that holds, from what falsifies every comparison to what only looks like a mistake."""
    return (
        _unsteady(check, fault.value)
        or _writing(check)
        or _coarse(check, fault.order)
        or _broken(check, found, fault)
        or _wrong_rule(check, fault.order)
        or _detached(check)
        or _hooked(check)
        or _named(check, fault)
        or _blurred(fault)
        or Guess("unknown", "Check the rule of that operation; at a kink move the point, or allow more by atol=.")
    )


def _unsteady(check: Check, value: Value) -> Guess | None:
    """Call the function several times at a point a step away from the one given, which may be 0."""
    points = [each + each.dtype.type(0.01) for each in check.points]
    for tried in (points, check.points):
        values = [_defined(value, tried) for _ in range(CALLS)]
        other = next((each for each in values if each != values[0]), None)
        if other is None or np.isnan(values[0]) or np.isnan(other):
            continue
        return Guess(
            "random",
            f"Called twice at one point the function gives {values[0]:.6g} and {other:.6g}: fix its random numbers "
            "before checking it.",
        )
    return None


def _writing(check: Check) -> Guess | None:
    name = check.inputs.written
    if name is None:
        return None
    return Guess("written", f"The function writes into {name}: compute with a copy of it, x = x.copy().")


def _coarse(check: Check, order: int) -> Guess | None:
    """Check in float64 what does not pass in less; what fails there too is explained there."""
    inputs = check.inputs
    dtypes = [inputs.values[k].dtype for k in inputs.differentiated]
    coarse = [each for each in dtypes if each not in (np.float64, np.complex128)]
    if not coarse:
        return None
    finer = Check(check.f, inputs.in_double())
    try:
        fault = finer.first_order() if order == FIRST else finer.second_order()
    except UsageError:  # f uses the inputs without taking them
        return None
    if finer.unused != check.unused:
        return None
    if fault is not None:
        return guessed(finer, fault, located(finer, fault))
    wide = "complex128" if coarse[0].kind == "c" else "float64"
    return Guess(
        "coarse", f"{coarse[0]} is too coarse here, in {wide} they agree: pass {wide} data, or allow more by atol=."
    )


def _broken(check: Check, found: Found, fault: Fault) -> Guess | None:
    """Look for a kink as near as the step with which the differences were taken; where they cannot tell, near x."""
    place, index = fault.place, fault.index
    nearest = abs(found.step) if fault.judgement.verdict == "wrong" else 1.0
    size = nearest if nearest < 1 else max(1.0, abs(float(check.points[place][index])))

    def line(t: float) -> float:
        moved = list(check.points)
        moved[place] = check.points[place].copy()
        moved[place][index] += t
        return _defined(found.value, moved)

    broken = breaks(line, size)
    if broken is None:
        return None
    if fault.order != FIRST and broken.kind == "jump":  # of the slope
        broken = Break("kink", line(-STEP * size), line(STEP * size))
    return Guess("kink", f"This is {broken.text()}. Move the point.")


def _wrong_rule(check: Check, order: int) -> Guess | None:
    """Check each operation by itself, and say what is wrong with the first that fails."""
    try:
        found = culprit(check.recorded(), order)
    except Exception:  # whatever the user's code raises, the mismatch is still to be told
        return None
    return None if found is None else Guess("rule", said_of_rule(found))


def _detached(check: Check) -> Guess | None:
    """Look for constants of the graph that are others at another point: they depend on the inputs without a history."""
    try:
        here = steps_of(check.recorded())
        with check.inputs.at(_moved(check), recorded=True) as (_, arguments):
            there = steps_of(check._called(arguments))
    except Exception:
        return None
    if [each.op for each in here] != [each.op for each in there]:
        return None
    for one, other in zip(here, there, strict=True):
        for k in (*one.constants, *one.unruled):
            left, right = np.asarray(one.values[k]), np.asarray(other.values[k])
            if left.dtype.kind in "fc" and left.shape == right.shape and not np.array_equal(left, right):
                why = "no history: .detach(), .data or .numpy()" if k in one.constants else "no rule there, but None"
                return Guess(
                    "detached",
                    f"A branch is missing: {one.operand(k)!r} of {one.op.__name__!r}, shape {left.shape}, changes with "
                    f"the inputs and has {why}.",
                )
    return None


def _hooked(check: Check) -> Guess | None:
    """Look for hooks, which may replace a gradient by another."""
    with check.inputs.at(check.points, recorded=True) as (_, arguments):
        outputs = check._called(arguments)
    for node in nodes_of([each.tensor._node for each in outputs if each.tensor._node is not None]):
        if node.notes is not None and node.notes.hooks:
            where = "an input" if node.op is None else f"the result of {node.op.__name__!r}"
            return Guess("hook", f"A hook on {where} may change the gradient: leave register_hook(...) out here.")
    return None


def _moved(check: Check) -> Arrays:
    return [each * (1 + 1e-3) + each.dtype.type(1e-3) for each in check.points]


def _named(check: Check, fault: Fault) -> Guess | None:
    """Name the mistake in the derivative as a whole."""
    names = [check.inputs.name(place) for place in range(len(check.points))]
    found = causes_of(check, fault, lengths_of(check.inputs.names, check.inputs.values))
    if found is None:
        return None
    wrong = " and ".join(names[place] for place in found.wrong)
    return Guess("mistake", f"By autodiff {wrong}: {found.text}. Check the rule of that operation.")


def _blurred(fault: Fault) -> Guess | None:
    if fault.judgement.verdict != "open":
        return None
    return Guess(
        "coarse",
        "Rounding blurs every difference here, so that they cannot tell: leave large constants out of f, or allow more "
        "by atol=.",
    )


def _defined(value: Value, points: Arrays) -> float:
    """Return a value; NaN outside of the domain, where the user's code may raise anything."""
    try:
        return value(points)
    except Exception:
        return float("nan")
