"""One step of the recursion, and what it starts from: the layer's values, and the δ that were worked out before.

z = W a + b      a = σ(z)      δᴸ = ∂L/∂a ⊙ σ′(z)      δˡ = Wᵀδ ⊙ σ′(z)      ∂L/∂W = δ aᵀ      ∂L/∂b = Σₙ δ
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nn.grading.points import Point
from nn.grading.quantities import Quantity

Array = NDArray[np.float64]
SUM, ACTIVATION, LOSS, OUTPUT, HIDDEN, WEIGHT, BIAS = (
    "sum", "activation", "loss", "output", "hidden", "weight", "bias"
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Step:
    """What one step of the recursion starts from, at one point: the layer, and the δ that was worked out before.

    Attributes
    ----------
    point : Point
    quantity : Quantity
        What the step computes.
    deltas : dict of int to ndarray
        The δ of this layer and the later ones, as far as they are known.
    """

    point: Point
    quantity: Quantity
    deltas: dict[int, Array]

    @property
    def number(self) -> int:
        """The layer, counted from 1."""
        return self.quantity.layer

    @property
    def is_output(self) -> bool:
        """Whether this is the last layer."""
        return self.number == self.point.depth

    @property
    def outputs(self) -> int:
        """The number of the network's outputs."""
        return len(self.point.W(self.point.depth))

    @property
    def key(self) -> str:
        """The activation of this layer."""
        return self.point.layer(self.number).activation

    @cached_property
    def right(self) -> Array:
        """What the right formula gives."""
        if self.quantity.kind == "z":
            return self.z
        if self.quantity.kind == "a":
            return self.a
        if self.quantity.kind == "L":
            return np.full((1, 1), self.point.told.loss)
        if self.quantity.kind == "dW":
            return np.asarray(self.d @ self.before.T)
        if self.quantity.kind == "db":
            return np.asarray(self.d.sum(axis=1, keepdims=True))
        if not self.has_slope:
            return self.point.truth[self.quantity]
        return self.front * self.sp

    @property
    def d(self) -> Array:
        """δ of this layer, for the gradients of its parameters."""
        return self.deltas[self.number]

    @cached_property
    def front(self) -> Array:
        """∂L/∂a: what δ is before the factor σ′."""
        if self.is_output:
            return self.point.column(self.point.layer(self.number).dL_da)
        return self.W_next.T @ self.deltas[self.number + 1]

    @property
    def W_next(self) -> Array:
        """The weights of the next layer."""
        return self.point.W(self.number + 1)

    @property
    def d_next(self) -> Array:
        """δ of the next layer."""
        return self.deltas[self.number + 1]

    @property
    def has_slope(self) -> bool:
        """Whether the activation works element by element; softmax does not."""
        return self.point.layer(self.number).derivative is not None

    @cached_property
    def sp(self) -> Array:
        """σ′(z); 1 for an activation that has none."""
        slope = self.slope_of(self.number)
        return np.ones_like(self.z) if slope is None else slope

    def slope_of(self, number: int) -> Array | None:
        """Return σ′(z) of any layer, None where there is none."""
        if not 1 <= number <= self.point.depth:
            return None
        slope = self.point.layer(number).derivative
        return None if slope is None else self.point.column(slope)

    @cached_property
    def z(self) -> Array:
        return self.point.column(self.point.layer(self.number).z)

    @cached_property
    def a(self) -> Array:
        return self.point.column(self.point.layer(self.number).a)

    @cached_property
    def before(self) -> Array:
        """What the layer takes."""
        return self.point.column(self.point.layer(self.number).before)

    @property
    def kind(self) -> str:
        """Which rule computes the quantity."""
        kinds = {"z": SUM, "a": ACTIVATION, "L": LOSS, "dW": WEIGHT, "db": BIAS}
        return kinds.get(self.quantity.kind, OUTPUT if self.is_output else HIDDEN)

    def assuming(self, **values: Array) -> Step:
        """Return the step with other values of right, front or sp."""
        changed = replace(self)
        changed.__dict__.update(values)
        return changed
