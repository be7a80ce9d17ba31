"""Why a derivative differs from differences: chance, coarse numbers, a kink, or a mistake that has a name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograd_lite.check.comparison import FIRST, Check, Fault, Gradient, Value
from autograd_lite.check.inputs import Arrays
from autograd_lite.errors import GradientCheckError, UsageError
from autograd_lite.mistakes import common, diagnose
from autograd_lite.mistakes.nearby import nearby
from autograd_lite.mistakes.slips import Probe, lengths_of
from autograd_lite.mistakes.slopes import breaks
from autograd_lite.mistakes.wording import bracketed

# Elements up to which a mistake is looked for by name, at a cost of some evaluations each.
EXPLAINED = 1000


def explained(check: Check, fault: Fault) -> GradientCheckError:
    """Return the error that names an element, both numbers, and what is wrong."""
    k = check.differentiated[fault.place]
    found, slope = (float(each[fault.place][fault.index]) for each in (fault.analytic, fault.numeric))
    guess = (
        _unsteady(check, fault.value)
        or _coarse(check, fault.what)
        or _broken(check, fault.value, k, fault.index)
        or _named(check, fault)
    )
    return GradientCheckError(
        f"gradcheck: {fault.what} at input {k}{bracketed(fault.index)} is {found:.8g} by autodiff, {slope:.8g} "
        f"by central differences; they differ by {abs(found - slope):.2g}, allowed {check.bound(slope):.2g}.",
        guess or "Check the rule of that operation; at a kink move the point; in float32 pass float64 data, or atol=.",
    )


def _unsteady(check: Check, value: Value) -> str | None:
    """Call the function twice at a point a step away from the one given, which may be 0."""
    points = [
        each + each.dtype.type(0.01) if k in check.differentiated else each for k, each in enumerate(check.points)
    ]
    first, second = _defined(value, points), _defined(value, points)
    if first == second or np.isnan(first):
        return None
    return (
        f"Called twice at one point the function gives {first:.6g} and {second:.6g}: fix its random numbers "
        "before checking it."
    )


def _coarse(check: Check, what: str) -> str | None:
    """Check in float64 what does not pass in less; what fails there too is explained there."""
    coarse = [check.points[k].dtype for k in check.differentiated if check.points[k].dtype != np.float64]
    if not coarse:
        return None
    finer = Check(check.f, check.inputs.in_double(), None, None, None)
    try:
        fault = finer.first_order() if what == FIRST else finer.second_order()
    except UsageError:  # f uses the inputs without taking them
        return None
    if finer.unused != check.unused:
        return None
    if fault is not None:
        return str(explained(finer, fault)).partition("\n")[2]
    return f"{coarse[0]} is too coarse here, in float64 they agree: pass float64 data, or allow more by atol=."


def _broken(check: Check, value: Value, k: int, index: tuple[int, ...]) -> str | None:
    def line(t: float) -> float:
        moved = list(check.points)
        moved[k] = check.points[k].copy()
        moved[k][index] += t
        return _defined(value, moved)

    found = breaks(line, max(1.0, abs(float(check.points[k][index]))))
    return None if found is None else f"This is {found.text()}. Move the point."


def _named(check: Check, fault: Fault) -> str | None:
    """Name the mistake, when it is the same at other points close by."""
    analytic, numeric = fault.analytic, fault.numeric
    if sum(each.size for each in analytic) > EXPLAINED:
        return None
    lengths = lengths_of([f"inputs[{k}]" for k in range(len(check.points))], check.points)
    pairs = [(analytic, numeric), *_close_by(check, fault.value, fault.gradient)]
    probes = [[Probe(found[place], right[place], lengths) for found, right in pairs] for place in range(len(analytic))]
    wrong = [k for k, each in enumerate(probes) if not all(check.passes(*probe[:2]) for probe in each)]
    causes = common([diagnose(probes[place], rtol=check.rtol) for place in wrong]) if wrong else ()
    if not causes:
        return None
    names = " and ".join(f"{check.differentiated[place]}" for place in wrong)
    said = " or ".join(each.text() for each in causes[:2])
    return f"By autodiff input{'s' * (len(wrong) > 1)} {names}: {said}. Check the rule of that operation."


def _close_by(check: Check, value: Value, gradient: Gradient) -> Iterator[tuple[Arrays, Arrays]]:
    """Yield the derivatives by autodiff and by differences at points where both are finite."""
    for _ in range(2):
        points = [
            nearby(each, check.random, 0.1) if k in check.differentiated else each
            for k, each in enumerate(check.points)
        ]
        try:
            analytic = gradient(points)
            numeric = check.numeric(value, points, analytic)
        except Exception:  # the point may be outside of the domain, and the user's code may raise anything
            continue
        if all(np.isfinite(each).all() for each in (*analytic, *numeric)):
            yield analytic, numeric


def _defined(value: Value, points: Arrays) -> float:
    """Return a value; NaN outside of the domain, where the user's code may raise anything."""
    try:
        return value(points)
    except Exception:
        return float("nan")
