"""A quantity four ways, element by element: by the engine, the δ recursion, central differences, and as printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.matrices import number
from autograd_lite.writing import Row
from nn.differences import central_differences
from nn.losses import Loss
from nn.mlp import MLP
from nn.passes import Pass
from nn.tour.stage import Stage, difference, mark

Array = NDArray[np.float64]

AGAINST_RECURSION = 1e-12
AGAINST_DIFFERENCES = 1e-8
DECIMALS = 8


@dataclass(frozen=True)
class Quantity:
    """One array of a pass, from every source that has it."""

    name: str
    autodiff: Array
    recursion: Array
    differences: Array | None = None
    printed: Sequence[Any] | None = None


def rows(stage: Stage, quantity: Quantity) -> Iterator[Row]:
    """Check a quantity, and yield a row for each element; the first also shows the largest difference."""
    against = [
        stage.checks.compare(f"{quantity.name}, recursion", quantity.autodiff, quantity.recursion, AGAINST_RECURSION)
    ]
    if quantity.differences is not None:
        subject = f"{quantity.name}, differences"
        against.append(stage.checks.compare(subject, quantity.autodiff, quantity.differences, AGAINST_DIFFERENCES))
    largest = max(check.largest for check in against)
    if quantity.printed is not None:
        against.append(stage.checks.compare_printed(f"{quantity.name}, note", quantity.autodiff, quantity.printed))
    texts = None if quantity.printed is None else np.asarray(quantity.printed)
    for at in np.ndindex(quantity.autodiff.shape):
        is_first = not any(at)
        yield [
            quantity.name if is_first else "",
            ",".join(str(k + 1) for k in at) if quantity.autodiff.size > 1 else "",
            number(quantity.autodiff[at], DECIMALS),
            number(quantity.recursion[at], DECIMALS),
            "" if quantity.differences is None else number(quantity.differences[at], DECIMALS),
            "" if texts is None else texts[at],
            mark(all(bool(check.marks[at]) for check in against)),
            difference(largest) if is_first else "",
        ]


def slopes_of_the_loss(told: Pass, loss: Loss) -> tuple[list[Array], list[Array]]:
    """Return central differences of the loss in every weight, and in every z.

    The loss is that of a network built anew from the changed arrays. A z is changed through its bias, with which it
    moves one to one; a network without biases gets zeros to change.
    """
    weights = [np.array(layer.W, dtype=np.float64) for layer in told.layers]
    biases = [
        np.zeros(len(layer.W)) if layer.b is None else np.array(layer.b, dtype=np.float64) for layer in told.layers
    ]
    hidden, output = told.layers[0].activation, told.layers[-1].activation

    def value() -> float:
        model = MLP.from_weights(weights, biases, activation=hidden, output_activation=output)
        return float(loss(model(told.x), told.y).item())

    slopes = central_differences(value, [*weights, *biases])
    return slopes[: len(weights)], slopes[len(weights) :]
