"""What is wrong with the rule of one operation: a known mistake, a transposed operand, a broadcast counted wrongly."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from autograd_lite.check.causes import causes_of, numeric_gradients
from autograd_lite.check.comparison import FIRST, Check
from autograd_lite.check.inputs import Inputs
from autograd_lite.check.operations import Culprit
from autograd_lite.mistakes import agree
from autograd_lite.mistakes.slips import lengths_of
from autograd_lite.primitives import parameters_of
from autograd_lite.tensors import wrap


def said_of_rule(found: Culprit) -> str:
    """Say what is wrong with the rule of one operation."""
    step, again = found.step, "" if found.fault.order == FIRST else ", differentiated again"
    start = f"The rule of {step.op.__name__!r} for {step.operand(found.position)!r}{again}"
    causes = causes_of(found.check, found.fault, _lengths(found))
    said = _without_g(found)
    if said is None:
        said = causes.text if causes is not None else _mended_by_transposing(found) or _miscounted(found)
    return f"{start} is wrong; no known mistake gives these numbers." if said is None else f"{start}: {said}."


def _without_g(found: Culprit) -> str | None:
    """Say that a rule gives the same whatever the incoming gradient is."""
    check, fault = found.check, found.fault
    given = fault.analytic[fault.place]
    if fault.order != FIRST or not np.any(given) or not np.isfinite(given).all():
        return None
    doubled = check.gradient([2 * each for each in check.weights])(check.points)
    same = np.array_equal(doubled[fault.place], given)
    return "it does not depend on g; multiply by the incoming gradient" if same else None


def _lengths(found: Culprit) -> dict[str, int]:
    """Return what a sum or a mean may run over: nothing where the result has the operand's shape."""
    step = found.step
    result = np.shape(step.op.fn(*step.values, **step.keywords))
    if result == np.shape(step.values[found.position]):
        return {}
    return lengths_of([step.operand(k) for k in range(len(step.values))], step.values)


def _mended_by_transposing(found: Culprit) -> str | None:
    """Try the rule with each square matrix that it saved transposed."""
    step, place = found.step, found.step.positions.index(found.position)
    weights = found.check.weights
    if found.fault.order != FIRST or len(weights) != 1 or step.op.variadic:
        return None
    plan = step.op.plan(1 << found.position, len(step.values))
    y = np.asarray(step.op.fn(*step.values, **step.keywords))
    names = parameters_of(plan.rules[0])[1:]
    try:
        (arguments,) = plan.save((*step.values, y, *(step.keywords[name] for name in step.op.keywords)))
        numeric = numeric_gradients(found.check, found.fault.value, found.check.points, found.fault.analytic)[place]
        for k, (name, each) in enumerate(zip(names, arguments, strict=True)):
            if isinstance(each, np.ndarray) and each.ndim == 2 and each.shape[0] == each.shape[1]:
                mended = plan.rules[0](weights[0], *arguments[:k], each.T, *arguments[k + 1 :])
                if agree(mended, numeric, rtol=1e-5, atol=1e-7):
                    return f"right with {name!r} transposed"
    except Exception:  # residuals, or a rule that takes no other shape
        return None
    return None


def _miscounted(found: Culprit) -> str | None:
    """Say how the gradient of a broadcast operand was added up wrongly; None where that explains nothing."""
    step, position = found.step, found.position
    given, place = np.asarray(step.values[position]), step.positions.index(position)
    result = np.shape(step.op.fn(*step.values, **step.keywords))
    try:
        broadcast = np.broadcast_shapes(given.shape, result) == result != given.shape
    except ValueError:
        return None
    if not broadcast or given.dtype.kind != "f":
        return None
    parts = _contributions(found, place, result)
    if parts is None:
        return None
    analytic = found.fault.analytic[place]
    added = tuple(range(len(result) - given.ndim))
    stretched = tuple(k for k in range(len(result)) if k in added or given.shape[k - len(added)] != result[k])
    for end, said in ((0, "first"), (-1, "last")):
        one = parts[tuple(slice(None) if k not in stretched else end for k in range(len(result)))]
        if agree(analytic.ravel(), one.ravel(), rtol=1e-5, atol=1e-7):
            return f"only the {said} of the places it was broadcast to is counted; sum over axis {_axes(stretched)}"
    for count in range(1, len(result) + 1):
        for axes in combinations(range(len(result)), count):
            total = parts.sum(axis=axes)
            if (
                axes != stretched
                and total.size == analytic.size
                and agree(analytic.ravel(), total.ravel(), rtol=1e-5, atol=1e-7)
            ):
                return (
                    f"summed over axis {_axes(axes)} in place of axis {_axes(stretched)}, along which it was broadcast"
                )
    return None


def _contributions(found: Culprit, place: int, result: tuple[int, ...]) -> Any:
    """Return the gradient of the operand as if it had been given in full, by differences; None where that fails."""
    check = found.check
    full = [np.array(each) for each in check.points]
    full[place] = np.broadcast_to(check.points[place], result).copy()
    others = tuple(wrap(each, None) if k != place else each for k, each in enumerate(full))
    try:
        whole = Check(check.f, Inputs(others))
        value = whole.value(check.weights)
        h = 1e-6
        parts = np.zeros(result)
        for index in np.ndindex(result):
            moved = full[place].copy()
            moved[index] += h
            ahead = value([moved])
            moved[index] -= 2 * h
            parts[index] = (ahead - value([moved])) / (2 * h)
    except Exception:  # an operation that takes no such operand
        return None
    return parts


def _axes(axes: tuple[int, ...]) -> str:
    return str(axes[0]) if len(axes) == 1 else str(axes)
