"""One way of understanding the answers so far: how each stands, the mistakes behind them, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.grading.mistakes import Mistake
from nn.grading.points import Point
from nn.grading.quantities import Quantity

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
RIGHT, FOLLOWED, WRONG, MISSHAPEN, FAILED = "right", "followed", "wrong", "misshapen", "failed"
TOO_FEW, KINK = "too few", "kink"
# A pair of mistakes explains better than no explanation, a single one better than a pair.
ROUNDED_COST, MISTAKE_COST, AGAIN_COST, UNEXPLAINED_COST, DISPROOF_COST = 0.5, 1.0, 0.02, 3.0, 100.0


class Cause(NamedTuple):
    """A mistake at a place, and the other names that it has there."""

    quantity: Quantity
    mistake: Mistake
    synonyms: tuple[Mistake, ...] = ()

    @property
    def what(self) -> tuple[str, str]:
        """Which mistake, whatever the place and the form of it."""
        return self.mistake.id, self.mistake.detail

    def to_dict(self) -> dict[str, Any]:
        """Return the mistake as plain data, with its other names under "also"."""
        names = [{"id": each.id, "detail": each.detail} for each in (self.mistake, *self.synonyms)]
        return {**names[0], "also": names[1:]}


@dataclass(frozen=True, eq=False)
class State:
    """One way of understanding the answers up to some step.

    Attributes
    ----------
    deltas : tuple of dict of int to ndarray
        For each point the δ of each layer that the author went on with.
    status : dict of Quantity to str
        How each given answer stands.
    causes : tuple of Cause
        The mistakes that explain the answers.
    cost : float
    rounded : int or None
        The decimals at which the author rounded on the way; −1 for the numbers as they were printed.
    hidden : bool
        Whether the last cause is in a δ that was not given, and no answer since has shown it.
    lost : bool
        Whether a step could not be explained: what comes after it gets no names, as they could not give every number.
    disputed : mapping of Quantity to ndarray of bool
        The elements that are not judged at the given point: autodiff and differences disagree there.
    copies : int
        How many of the points are the given one.
    """

    points: tuple[Point, ...]
    deltas: tuple[dict[int, Array], ...]
    status: dict[Quantity, str] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    cost: float = 0.0
    rounded: int | None = None
    hidden: bool = False
    lost: bool = False
    disputed: Mapping[Quantity, Mask] = field(default_factory=dict)
    copies: int = 1

    @property
    def is_off(self) -> bool:
        """Whether a mistake, or rounding, has made the values others than the right ones."""
        return bool(self.causes) or self.rounded is not None or not {*self.status.values()} <= {RIGHT, KINK}

    @property
    def supposes(self) -> bool:
        """Whether a mistake is supposed in a δ that was not given."""
        return any(cause.quantity not in self.status for cause in self.causes)

    def judged(self, quantity: Quantity, status: str, causes: Sequence[Cause] = (), cost: float = 0.0) -> State:
        """Return the state with one more answer understood."""
        return replace(
            self.blaming(causes),
            status={**self.status, quantity: status},
            cost=self.cost_with(causes) + cost,
            hidden=False,
        )

    def blaming(self, causes: Sequence[Cause]) -> State:
        """Return the state with more mistakes."""
        return replace(self, causes=(*self.causes, *causes), cost=self.cost_with(causes))

    def cost_with(self, causes: Sequence[Cause]) -> float:
        """Return the cost with more mistakes; one that is made again in another layer costs less than a new one."""
        known = {cause.what for cause in self.causes}
        return self.cost + sum(AGAIN_COST if cause.what in known else MISTAKE_COST for cause in causes)

    def believing(self, quantity: Quantity, deltas: Sequence[Array]) -> State:
        """Return the state with the δ of one more layer."""
        return replace(
            self,
            deltas=tuple({**known, quantity.layer: each} for known, each in zip(self.deltas, deltas, strict=True)),
        )
