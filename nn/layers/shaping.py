"""Flatten, which joins axes: what lies between convolutions and Linear layers."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from nn.arguments import as_tensor, called
from nn.module import Module, misfit


class Flatten(Module):
    """Join neighbouring axes into one, by default all but the first, which counts the examples.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last axis that are joined; negative ones count from the end.

    Shapes
    ------
    x : (N, ...)
    result : (N, the product of the others)

    Raises
    ------
    ShapeError
        When called, if x lacks one of the axes.
    UsageError
        When an axis is no integer.

    Examples
    --------
    >>> nn.Flatten()(np.ones((5, 2, 3, 3))).shape
    (5, 18)
    >>> nn.Flatten(0, 1)(np.ones((5, 2, 3, 3))).shape
    (10, 3, 3)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = _axis("start_dim", start_dim)
        self.end_dim = _axis("end_dim", end_dim)

    def forward(self, x: Any) -> ag.Tensor:
        x = as_tensor(x, name="x")
        shape = x.shape
        axes = [each + len(shape) if each < 0 else each for each in (self.start_dim, self.end_dim)]
        if not shape or not 0 <= axes[0] <= axes[1] < len(shape):
            raise self._misfit(shape)
        start, end = axes
        flat: ag.Tensor = x.reshape(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])
        return flat

    def title(self) -> str:
        usual = (self.start_dim, self.end_dim) == (1, -1)
        return "Flatten()" if usual else f"Flatten(start_dim={self.start_dim}, end_dim={self.end_dim})"

    def _misfit(self, shape: tuple[int, ...]) -> ShapeError:
        wanted = f"joins axes {self.start_dim} to {self.end_dim}, got shape {shape}."
        if self.start_dim == 1 == len(shape):
            return misfit(self, wanted, "Pass a batch, one example a row: x[np.newaxis]. Or write nn.Flatten(0).")
        if len(shape) > max(self.start_dim, self.end_dim, ~self.start_dim, ~self.end_dim):
            return misfit(self, wanted, "Give the first axis before the last: nn.Flatten(1, 2), for example.")
        return misfit(self, wanted, f"Pass x with more axes: it has {len(shape)}, counted from 0.")


def _axis(title: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        mend = f"Write {title}=1, for example."
        if isinstance(value, (np.ndarray, ag.Tensor)):
            mend = "Make the layer first, and call it with the data: nn.Flatten()(x)."
        raise UsageError(f"{title} must be an integer, got {called(value)}.", mend) from None
