"""How the weights of a layer start: drawn as its `init` argument says, in the shape that the layer has."""

from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from nn.init import Initializer, initializer
from nn.random import Rng


def drawn(init: str | float | Initializer, shape: tuple[int, ...], dtype: Any, rng: Rng) -> Any:
    """Return the initial weights of a layer.

    Raises
    ------
    ShapeError
        When a user's function gives another shape.
    ArgumentError, UsageError
        When `init` is unknown.
    """
    weight = initializer(init, activation="")(shape, dtype=dtype, rng=rng)
    if np.shape(weight) != shape:
        raise ShapeError(
            f"init gave an array of shape {np.shape(weight)}, expected {shape}.",
            "Return an array of the shape that init is called with.",
        )
    return weight
