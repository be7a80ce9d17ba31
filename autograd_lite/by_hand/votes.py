"""A vote of three on one gradient at one point: by hand, by autodiff, by central differences.

Where the other two disagree there is a kink, or a fault of a rule, and the formula by hand is not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.by_hand.calls import Calls
from autograd_lite.by_hand.visits import Visit
from autograd_lite.mistakes import differing
from autograd_lite.mistakes.slopes import Break, Line, breaks, nearest_central

Index = tuple[int, ...]

# Elements at which differences are taken one by one, at the given point and at each random one.
LOOKED_AT = (64, 8)


@dataclass(frozen=True)
class Fault:
    """Autodiff and the differences disagree where nothing is broken."""

    index: Index
    autodiff: float
    differences: float


class Vote(NamedTuple):
    """Where a gradient by hand is wrong, and where that is left open.

    Attributes
    ----------
    disputed, wrong, open : ndarray of bool
        Where it differs from autodiff; where that makes it wrong; where it cannot be told. Of the shape of the
        gradient; of shape () when the one by hand has another shape.
    broken : sequence of (index, Break)
    faults : sequence of Fault
    """

    visit: Visit
    disputed: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    open: NDArray[np.bool_]
    broken: Sequence[tuple[Index, Break]] = ()
    faults: Sequence[Fault] = ()


def vote(calls: Calls, visit: Visit, k: int, *, rtol: float, atol: float) -> Vote:
    """Judge the gradient by hand with respect to input k."""
    found, right = visit.answers[k], visit.gradients[k]
    if found.shape != right.shape:
        return Vote(visit, np.True_, np.True_, np.False_)  # type: ignore[arg-type]
    disputed = differing(found, right, rtol=rtol, atol=atol)
    if disputed.any():
        return _looked_into(calls, visit, k, disputed)
    if _confirmed(calls, visit, k):
        return Vote(visit, disputed, disputed, disputed)
    looked = _looked_into(calls, visit, k, ~disputed)
    return looked._replace(disputed=disputed, wrong=disputed, open=disputed)


def line_of(calls: Calls, visit: Visit, k: int, direction: Any) -> Line:
    """Return f along a direction of input k; NaN where f is not defined."""

    def line(t: float) -> float:
        moved = list(visit.point)
        moved[k] = visit.point[k] + t * direction
        try:
            return calls.value(moved, visit.answers)
        except Exception:  # a step may leave the domain, and the user's code may raise anything
            return float("nan")

    return line


def difference_at(calls: Calls, visit: Visit, k: int, index: Index) -> tuple[float, bool, Line]:
    """Return the central difference in one element, whether it confirms autodiff, and f along that element."""
    right = visit.gradients[k]
    direction = np.zeros_like(visit.point[k])
    direction[index] = 1.0
    line = line_of(calls, visit, k, direction)
    slope, confirmed = nearest_central(
        line, float(visit.point[k][index]), float(right[index]), float(np.abs(right).max())
    )
    return slope, confirmed, line


def _confirmed(calls: Calls, visit: Visit, k: int) -> bool:
    """Tell whether the differences along one random direction confirm autodiff in all elements."""
    x, right = visit.point[k], visit.gradients[k]
    random = np.random.default_rng(visit.number)
    signs = random.uniform(0.5, 1.5, x.shape) * random.choice([-1.0, 1.0], x.shape)
    for least in (1.0, 0.0):
        size = np.abs(x)
        direction = signs * np.where(size > 0, np.maximum(size, least), 1.0)
        parts = right * direction
        line = line_of(calls, visit, k, direction)
        if nearest_central(line, 1.0, float(parts.sum()), float(np.linalg.norm(parts)))[1]:
            return True
    return False


def _looked_into(calls: Calls, visit: Visit, k: int, elements: NDArray[np.bool_]) -> Vote:
    found, right = visit.answers[k], visit.gradients[k]
    wrong, left_open = elements.copy(), np.zeros_like(elements)
    broken, faults = [], []
    worst_first = sorted(map(tuple, np.argwhere(elements).tolist()), key=lambda at: -_size(found[at] - right[at]))
    for index in worst_first[: LOOKED_AT[visit.number > 0]]:
        slope, confirmed, line = difference_at(calls, visit, k, index)
        broke = breaks(line, max(1.0, abs(float(visit.point[k][index]))))
        if broke is None and confirmed:
            continue
        wrong[index] = False
        left_open[index] = broke is not None or not abs(found[index] - slope) <= 1e-5 * abs(slope)
        if broke is not None:
            broken.append((index, broke))
        else:
            faults.append(Fault(index, float(right[index]), slope))
    if left_open.any() and len(worst_first) > LOOKED_AT[visit.number > 0]:
        for index in worst_first[LOOKED_AT[visit.number > 0] :]:
            wrong[index], left_open[index] = False, True
    return Vote(visit, elements, wrong, left_open, broken, faults)


def _size(difference: float) -> float:
    return abs(difference) if np.isfinite(difference) else np.inf
