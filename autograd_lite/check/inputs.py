"""The inputs of a function under check: what they are, and how the function is called with others in their place.

A point is a list of real arrays, one for each input that is differentiated by. A complex input is its two parts, along
a last axis of length 2: the gradient of a real function by both is PyTorch's complex gradient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite.conversion import copied
from autograd_lite.errors import UsageError
from autograd_lite.mistakes.wording import bracketed
from autograd_lite.structures import flatten
from autograd_lite.tensors import Tensor, wrap

Arrays = list[Any]

# What users write to reach the parts of a complex number.
PARTS = (".real", ".imag")


class Inputs:
    """The inputs at their own point, and at others.

    A leaf that requires a gradient is moved in its own memory, so that a function may use it without taking it. That is
    no write as the graph knows them: whoever looks finds the same bits as before.

    Parameters
    ----------
    given : array_like, Tensor or structure
        A tuple holds the arguments; anything else is the only one.
    caller : str
        Who asks, for messages.

    Attributes
    ----------
    values : list of ndarray
        The values of all leaves of the structure.
    differentiated : list of int
        The positions of those to differentiate by.
    points : list of ndarray
        The values of these, as real arrays.
    own : dict of int to Tensor
        The leaves that are moved where they lie, by position.
    written : str or None
        The input that the function wrote into.

    Raises
    ------
    UsageError
        When there is nothing to differentiate by.
    """

    def __init__(self, given: Any, caller: str = "gradcheck") -> None:
        self.caller = caller
        self.given, self.structure = flatten(given)
        self.several = isinstance(given, tuple)
        self.names = self.structure.names("inputs")
        self.values: Arrays = [copied(each) for each in self.given]
        self.differentiated = [
            k
            for k, (each, value) in enumerate(zip(self.given, self.values, strict=True))
            if value.dtype.kind in "fc" and (not isinstance(each, Tensor) or each.requires_grad)
        ]
        if not any(self.values[k].size for k in self.differentiated):
            raise self._nothing()
        self._refuse_not_finite()
        self.points: Arrays = [as_real(self.values[k]) for k in self.differentiated]
        self.own = _movable(self.given, self.differentiated)
        self.written: str | None = None

    def _nothing(self) -> UsageError:
        if self.differentiated:
            names = ", ".join(self.names[k] for k in self.differentiated)
            return UsageError(
                f"{self.caller}: nothing to compare: {names} holds no elements.", "Pass data with at least one element."
            )
        return UsageError(
            f"{self.caller}: nothing to compare: no input is a floating array, or a Tensor that requires a gradient.",
            "Pass float data, or ag.tensor(data, requires_grad=True).",
        )

    def _refuse_not_finite(self) -> None:
        for k in self.differentiated:
            wrong = np.argwhere(~np.isfinite(self.values[k]))
            if len(wrong):
                index = tuple(wrong[0].tolist())
                raise UsageError(
                    f"{self.caller}: {self.names[k]}{bracketed(index)} is {self.values[k][index]}, where no difference "
                    "can be taken.",
                    "Pass finite numbers; what is no variable, such as a mask, as ag.tensor(mask).",
                )

    @property
    def size(self) -> int:
        """How many real numbers are differentiated by."""
        return sum(each.size for each in self.points)

    def place(self, place: int, index: tuple[int, ...]) -> str:
        """Return what users write to reach one number, such as inputs[1]['w'][2, 0]."""
        k = self.differentiated[place]
        if self.values[k].dtype.kind != "c":
            return f"{self.names[k]}{bracketed(index)}"
        return f"{self.names[k]}{bracketed(index[:-1])}{PARTS[index[-1]]}"

    def name(self, place: int) -> str:
        """Return the name of one of the inputs that are differentiated by."""
        return self.names[self.differentiated[place]]

    def is_complex(self, place: int) -> bool:
        """Tell whether a point's last axis holds real and imaginary parts."""
        return bool(self.values[self.differentiated[place]].dtype.kind == "c")

    @contextmanager
    def at(self, points: Arrays, *, recorded: bool) -> Iterator[tuple[list[Tensor], tuple[Any, ...]]]:
        """Give the Tensors to differentiate by, and f's arguments, at another point.

        Inside, the leaves of the user's have its values, and afterwards their own again.
        """
        values = list(self.values)
        for k, point in zip(self.differentiated, points, strict=True):
            values[k] = from_real(point, self.values[k].dtype)
        try:
            for k, leaf in self.own.items():
                leaf._memory()[...] = values[k]
            tensors = [self._tensor(k, value, recorded) for k, value in enumerate(values)]
            whole = self.structure.unflatten(tensors)
            yield [tensors[k] for k in self.differentiated], whole if self.several else (whole,)
            self._look_for_writes(tensors, values)
        finally:
            for k, leaf in self.own.items():
                leaf._memory()[...] = self.values[k]

    def _tensor(self, k: int, value: Any, recorded: bool) -> Tensor:
        if k in self.own:
            return self.own[k]
        if recorded and k in self.differentiated:
            return Tensor(value, requires_grad=True)
        constant: Tensor = wrap(value.copy(), None)
        return constant

    def _look_for_writes(self, tensors: Sequence[Tensor], values: Arrays) -> None:
        for k, (tensor, value) in enumerate(zip(tensors, values, strict=True)):
            if tensor._memory().tobytes() != value.tobytes():
                self.written = self.names[k]

    def in_double(self) -> Inputs:
        """Return the same point in double precision, as arrays of its own."""
        leaves = [
            each.astype(np.complex128 if each.dtype.kind == "c" else np.float64)
            if k in self.differentiated
            else wrap(each, None)
            for k, each in enumerate(self.values)
        ]
        return Inputs(self.structure.unflatten(leaves), self.caller)


def as_real(value: Any) -> Any:
    """Return a complex array as its two parts along a last axis; a real one copied.

    Examples
    --------
    >>> as_real(np.array(1 + 2j)).tolist(), as_real(np.array([3.0])).tolist()
    ([1.0, 2.0], [3.0])
    """
    return np.stack([value.real, value.imag], -1) if value.dtype.kind == "c" else np.array(value)


def from_real(point: Any, dtype: Any) -> Any:
    """Return the array of which `as_real` gave a point."""
    if dtype.kind != "c":
        return point.astype(dtype)
    value = np.empty(point.shape[:-1], dtype)
    value.real, value.imag = point[..., 0], point[..., 1]
    return value


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
