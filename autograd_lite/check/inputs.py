"""The inputs of a function under check: what they are, and how the function is called with others in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite.errors import UsageError
from autograd_lite.tensors import Tensor, wrap

Arrays = list[Any]


class Inputs:
    """The inputs at their own point, and at others.

    A leaf that requires a gradient is moved in its own memory, so that a function may use it without taking it. That is
    no write as the graph knows them: whoever looks finds the same bits as before.

    Parameters
    ----------
    given : array_like, Tensor or tuple of these

    Attributes
    ----------
    points : list of ndarray
        Their values.
    differentiated : list of int
        The positions of those to differentiate by.
    own : dict of int to Tensor
        The leaves that are moved where they lie, by position.

    Raises
    ------
    UsageError
        When there is nothing to differentiate by.
    """

    def __init__(self, given: Any) -> None:
        each_given = list(given) if isinstance(given, tuple) else [given]
        self.points: Arrays = [np.array(each.numpy() if isinstance(each, Tensor) else each) for each in each_given]
        self.differentiated = [
            k
            for k, (each, point) in enumerate(zip(each_given, self.points, strict=True))
            if point.dtype.kind == "f" and (not isinstance(each, Tensor) or each.requires_grad)
        ]
        if not any(self.points[k].size for k in self.differentiated):
            raise UsageError(
                "gradcheck: nothing to compare: no input is a floating array, or a Tensor that requires a gradient.",
                "Pass float data, or ag.tensor(data, requires_grad=True).",
            )
        self.own = _movable(each_given, self.differentiated)

    @property
    def size(self) -> int:
        """How many elements are differentiated by."""
        return sum(self.points[k].size for k in self.differentiated)

    @contextmanager
    def at(self, points: Arrays, *, recorded: bool) -> Iterator[list[Tensor]]:
        """Give the inputs at another point; inside, their leaves have its values, and afterwards their own again."""
        try:
            for k, leaf in self.own.items():
                leaf._memory()[...] = points[k]
            yield [self._tensor(k, point, recorded) for k, point in enumerate(points)]
        finally:
            for k, leaf in self.own.items():
                leaf._memory()[...] = self.points[k]

    def _tensor(self, k: int, point: Any, recorded: bool) -> Tensor:
        if k in self.own:
            return self.own[k]
        if recorded and k in self.differentiated:
            return Tensor(point, requires_grad=True)
        constant: Tensor = wrap(point, None)
        return constant

    def in_double(self) -> Inputs:
        """Return the same point in double precision, as arrays of its own."""
        return Inputs(
            tuple(
                each.astype(np.float64) if k in self.differentiated else wrap(each, None)
                for k, each in enumerate(self.points)
            )
        )


def _movable(given: Sequence[Any], differentiated: Sequence[int]) -> dict[int, Tensor]:
    """Return the leaves that can be moved in their own memory, which no other of them shares."""
    found: dict[int, Tensor] = {}
    for k in differentiated:
        leaf = given[k]
        if not isinstance(leaf, Tensor) or not leaf.is_leaf:
            continue
        memory = leaf._memory()
        if type(memory) is not np.ndarray or not memory.flags.writeable:
            continue
        if not any(np.may_share_memory(memory, other._memory()) for other in found.values()):
            found[k] = leaf
    return found
