"""Hyper-dual arrays: NumPy arrays whose every element carries two directional derivatives and the mixed second one.

An element is x + x₁ε₁ + x₂ε₂ + x₁₂ε₁ε₂ with ε₁² = ε₂² = 0, which gives exact derivatives without any graph. The four
numbers lie side by side in one structured array, so that views and writes in place are NumPy's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

Array = np.ndarray[Any, Any]

PARTS = ("value", "d1", "d2", "d12")
NUMBER = np.dtype([(part, float) for part in PARTS])

# f′ and f″ of f.
DERIVATIVES: dict[Any, tuple[Callable[[Array], Any], Callable[[Array], Any]]] = {
    np.exp: (np.exp, np.exp),
    np.log: (lambda x: 1 / x, lambda x: -1 / x**2),
    np.sin: (np.cos, lambda x: -np.sin(x)),
    np.sqrt: (lambda x: 0.5 * x**-0.5, lambda x: -0.25 * x**-1.5),
    np.square: (lambda x: 2 * x, lambda x: 2.0),
    np.tanh: (lambda x: 1 - np.tanh(x) ** 2, lambda x: -2 * np.tanh(x) * (1 - np.tanh(x) ** 2)),
    np.reciprocal: (lambda x: -1 / x**2, lambda x: 2 / x**3),
}
LINEAR = {np.add, np.subtract, np.negative, np.positive, np.sum, np.mean, np.concatenate, np.stack, np.where}
BILINEAR = {np.multiply, np.matmul}
VIEWS = {
    *(np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis),
    *(np.squeeze, np.expand_dims, np.broadcast_to, np.real),
}

_recording = True


@contextmanager
def no_grad() -> Iterator[None]:
    """Make all results inside constants."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


class Memory:
    """What all views of one piece of memory know: whether it depends on a leaf, and whether it is a leaf's own."""

    def __init__(self, tracked: bool, leaf: bool = False) -> None:
        self.tracked = tracked
        self.leaf = leaf


class HyperDual(NDArrayOperatorsMixin):
    """A structured array of hyper-dual numbers; a constant one is read as if it had no derivatives."""

    def __init__(self, array: Array, memory: Memory, constant: bool = False) -> None:
        self.array = array
        self.memory = memory
        self.constant = constant

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.array.shape

    @property
    def tracked(self) -> bool:
        """Whether this depends on a leaf."""
        return self.memory.tracked and not self.constant

    @property
    def T(self) -> HyperDual:
        """All axes reversed."""
        return np.transpose(self)  # type: ignore[call-overload,no-any-return]

    def sum(self) -> Any:
        """The sum of all elements."""
        return np.sum(self)  # type: ignore[call-overload]

    def reshape(self, shape: Any) -> Any:
        """The same elements in another shape."""
        return np.reshape(self, shape)  # type: ignore[call-overload]

    def copy(self) -> HyperDual:
        """The same numbers in memory of their own."""
        return fresh([part.copy() for part in parts(self)], [self])

    def detach(self) -> HyperDual:
        """The same memory, read as a constant."""
        return HyperDual(self.array[...], self.memory, constant=True)

    def __getitem__(self, index: Any) -> HyperDual:
        picked = self.array[index]
        # A single element is a copy in NumPy, but not when it is a structure.
        return self._view(np.array(picked).copy() if isinstance(picked, np.void) else picked)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[index] = self._received(value)

    def _view(self, array: Array) -> HyperDual:
        shared = owner_of(array) is owner_of(self.array)
        return HyperDual(array, self.memory if shared else Memory(self.tracked), self.constant or not _recording)

    def _received(self, value: Any) -> Array:
        made = fresh(parts(value), [value])
        self.memory.tracked |= made.tracked
        return made.array

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, out: Any = None) -> Any:
        if method == "at":
            target, index, value = operands
            received = target._received(value)
            for part in PARTS:
                ufunc.at(target.array[part], index, received[part])
            return None
        result = fresh(differentiated(ufunc, operands), operands)
        if out is None:
            return result
        out[0][...] = result
        return out[0]

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        if function in VIEWS:
            return self._view(function(self.array, *args[1:], **keywords))
        if function in LINEAR:
            operands = args[0] if isinstance(args[0], list) else args
            return fresh([function(*_part(args, part), **keywords) for part in range(4)], operands)
        return function(self.array, *[self._received(x) if isinstance(x, HyperDual) else x for x in args[1:]])


def variable(value: Array, d1: Array, d2: Array) -> HyperDual:
    """Return a leaf that moves along two directions."""
    made = HyperDual(np.zeros(value.shape, NUMBER), Memory(tracked=True, leaf=True))
    made.array["value"], made.array["d1"], made.array["d2"] = value, d1, d2
    return made


def owner_of(array: Array) -> Array:
    """Return the array that owns an array's memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def parts(x: Any) -> list[Array]:
    """Return value, d1, d2 and d12; the derivatives of a constant are 0."""
    if isinstance(x, HyperDual) and not x.constant:
        return [x.array[part] for part in PARTS]
    value = x.array["value"] if isinstance(x, HyperDual) else np.asarray(x, float)
    return [value, *[np.zeros_like(value)] * 3]


def fresh(computed: Sequence[Any], operands: Sequence[Any]) -> HyperDual:
    """Return a result in memory of its own, laid out as NumPy laid out its value."""
    tracked = _recording and any(isinstance(x, HyperDual) and x.tracked for x in operands)
    array = np.empty_like(np.asarray(computed[0]), NUMBER)
    for part, numbers in zip(PARTS, computed, strict=True):
        array[part] = numbers if tracked or part == "value" else 0.0
    return HyperDual(array, Memory(tracked))


def differentiated(ufunc: Any, operands: Sequence[Any]) -> list[Any]:
    """Return the four parts of a ufunc's result."""
    if ufunc in LINEAR:
        return [ufunc(*each) for each in zip(*map(parts, operands), strict=True)]
    if ufunc is np.divide:
        return differentiated(np.multiply, [operands[0], np.reciprocal(1.0 * operands[1])])
    if ufunc in BILINEAR:
        (a, a1, a2, a12), (b, b1, b2, b12) = map(parts, operands)
        mixed = ufunc(a12, b) + ufunc(a1, b2) + ufunc(a2, b1) + ufunc(a, b12)
        return [ufunc(a, b), ufunc(a1, b) + ufunc(a, b1), ufunc(a2, b) + ufunc(a, b2), mixed]
    x, x1, x2, x12 = parts(operands[0])
    slope, curvature = (derivative(x) for derivative in DERIVATIVES[ufunc])
    return [ufunc(x), slope * x1, slope * x2, slope * x12 + curvature * x1 * x2]


def _part(args: Any, part: int) -> list[Any]:
    """Return arguments with one part of each hyper-dual array in its place."""
    return [_part(x, part) if isinstance(x, list) else parts(x)[part] if isinstance(x, HyperDual) else x for x in args]
