"""In-place writes: ``t[i] = value``, ``t += value``, and what of NumPy writes into its argument.

A write goes into the memory at once, as in NumPy. For the graph it is a new value of the tensor, computed by `assign`
from the old one; written through a view, it is a new value of the base, from which the base's views follow again.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograd_lite.conversion import plain, plain_index
from autograd_lite.derivatives.indexing import Place, assign
from autograd_lite.derivatives.vocabulary import is_basic
from autograd_lite.errors import AutogradError, DtypeError, GradientError, ShapeError, UnsupportedError, UsageError
from autograd_lite.graph import current_mode
from autograd_lite.primitives import REGISTRY, Primitive
from autograd_lite.recording import binary, no_element, record
from autograd_lite.source import users_line
from autograd_lite.spelling import spelled
from autograd_lite.variable import Variable, wrap
from autograd_lite.writes import note, note_history

ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, REMAINDER = (
    REGISTRY[each] for each in (np.add, np.subtract, np.multiply, np.divide, np.power, np.remainder)
)
# Who is in this module swaps elements, which for rows of a Tensor, as of an array, repeats some.
SHUFFLING = "random"
# For integers and booleans alone.
BITS = frozenset({np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift})


class InPlace(Variable):
    """The part of Tensor that is written into."""

    __slots__ = ()

    def __setitem__(self, index: Any, value: Any) -> None:
        if sys._getframe(1).f_globals.get("__name__") == SHUFFLING and self.ndim > 1:
            raise UsageError(
                f"random.shuffle() of shape {self.shape} swaps rows that are views: some would stand there twice.",
                "Write t = t[rng.permutation(len(t))], with rng = np.random.default_rng().",
            )
        try:
            self._write(value, plain_index(index), "t[...] = value")
        except IndexError as problem:
            raise no_element(self.shape, problem) from None

    def __iadd__(self, other: Any) -> Any:
        return self._update(ADD, np.add, other, "t += value")

    def __isub__(self, other: Any) -> Any:
        return self._update(SUBTRACT, np.subtract, other, "t -= value")

    def __imul__(self, other: Any) -> Any:
        return self._update(MULTIPLY, np.multiply, other, "t *= value")

    def __itruediv__(self, other: Any) -> Any:
        return self._update(DIVIDE, np.divide, other, "t /= value")

    def __ipow__(self, other: Any) -> Any:
        return self._update(POWER, np.power, other, "t **= value")

    def __imod__(self, other: Any) -> Any:
        return self._update(REMAINDER, np.remainder, other, "t %= value")

    def __ifloordiv__(self, other: Any) -> Any:
        return self._update(None, np.floor_divide, other, "t //= value")

    def __iand__(self, other: Any) -> Any:
        return self._update(None, np.bitwise_and, other, "t &= value")

    def __ior__(self, other: Any) -> Any:
        return self._update(None, np.bitwise_or, other, "t |= value")

    def __ixor__(self, other: Any) -> Any:
        return self._update(None, np.bitwise_xor, other, "t ^= value")

    def __ilshift__(self, other: Any) -> Any:
        return self._update(None, np.left_shift, other, "t <<= value")

    def __irshift__(self, other: Any) -> Any:
        return self._update(None, np.right_shift, other, "t >>= value")

    @spelled
    def sort(self, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> None:
        """Sort the elements along an axis in their memory, as ndarray.sort does; np.sort(t) gives a new tensor."""
        self._write(REGISTRY[np.sort](self, axis), Ellipsis, "t.sort()", fresh=True)

    @spelled
    def partition(self, kth: Any, axis: int = -1, kind: str = "introselect", order: Any = None) -> None:
        """Partition the elements along an axis in their memory, as ndarray.partition does."""
        self._write(REGISTRY[np.partition](self, kth, axis), Ellipsis, "t.partition()", fresh=True)

    def _root(self) -> tuple[InPlace, Place]:
        """Return the tensor whose memory this is, and where in it; a view has another than itself."""
        return self, Place()

    def _update(self, operation: Primitive | None, ufunc: np.ufunc, other: Any, code: str) -> Any:
        """Do ``t = operation(t, other)`` in the memory of t; without an operation the ufunc, which has no gradient."""
        tracked = self._is_tracked(other)
        if not tracked or operation is None:
            memory = np.array(self._value) if tracked else self._opened(code)
            try:
                ufunc(memory, plain(other), out=memory, casting="same_kind")
            except (ValueError, TypeError) as problem:
                if _broadcasts(np.shape(plain(other)), self.shape):
                    meant = "integers: t.astype(int)" if ufunc in BITS else "floats: t.astype(float)"
                    raise DtypeError(
                        f"{code}: the result does not fit into {self._title()} of {self.dtype}.",
                        f"Make the tensor of {meant}.",
                    ) from problem
                raise _unfit(self, plain(other), Ellipsis, code) from None
            if tracked:
                self._write(wrap(memory, None), Ellipsis, code, fresh=True)
            return self
        # The operation may save its operands, and these are about to be overwritten.
        before = wrap(self._value.copy(), self._node)
        if np.may_share_memory(plain(other), self._value):
            other = wrap(plain(other).copy(), other._node if isinstance(other, Variable) else None)
        self._write(binary(operation, ufunc, before, other), Ellipsis, code, fresh=True)
        return self

    def _write(self, value: Any, index: Any, code: str, *, fresh: bool = False) -> None:
        """Write a value into a part of the memory; the graph gets a node when a gradient passes.

        A `fresh` value is nobody else's: where it replaces all, its node becomes that of this tensor.
        """
        if not self._is_tracked(value):
            memory, new = self._opened(code, index), plain(value)
            try:
                memory[index] = new
            except (ValueError, TypeError):
                raise _unfit(self, new, index, code) from None
            return
        value = _fitting(value, self, index, code)
        root, place = self._root()
        if root.dtype.kind == "c" and self.dtype.kind != "c":
            raise UnsupportedError(
                f"{code} writes into the real or imaginary part of {root._title()}, which a gradient passes.",
                "Write the whole: z[...] = value + 1j * z.imag.",
            )
        replaced = root is self and index is Ellipsis
        before = root if root.requires_grad and not replaced else root._value.copy()
        self._opened(code, index)[index] = plain(value)
        if replaced and not _needs_gradient(value):
            after = wrap(root._value, None)
        elif replaced and fresh and value.shape == root.shape and value.dtype == root.dtype:
            after = value
        else:
            place = Place(place.steps, index)
            after = record(assign, (before, value), {"place": place}, result=root._value)
        former, root._node = root._node, after._node
        note_history(root, former)
        if former is not None and (root._node is not None or former.name is not None):
            (root._node or root._leaf()).succeed(former)

    def _is_tracked(self, value: Any) -> bool:
        """Return whether a write of this value is for the graph to know."""
        if not current_mode.get().recording:
            return False
        return self._root()[0].requires_grad or _needs_gradient(value)

    def _opened(self, code: str = "a write", index: Any = Ellipsis) -> Any:
        """Return the memory for a write into a part of it, which is noted.

        Raises
        ------
        GradientError
            When the write would change a leaf that the graph being recorded starts from, or belie a history.
        UsageError
            When the memory is read-only.
        """
        root, _ = self._root()
        recording = current_mode.get().recording
        if root.requires_grad and root.is_leaf == recording:
            raise GradientError(
                f"{code} writes into {root._title()}, which requires a gradient.",
                "Compute a new tensor, or update a leaf inside `with ag.no_grad():`."
                if recording
                else "It was computed, and no_grad() would hide the write from its history: write outside of it.",
            )
        memory = self._memory()
        if not memory.flags.writeable:
            raise UsageError(
                f"{code} writes into memory of {self._title()} that is read-only.",
                "Compute a new tensor instead: t = t * 2.",
            )
        note(_written(memory, index), users_line())
        return memory


def _needs_gradient(value: Any) -> bool:
    return isinstance(value, Variable) and value.requires_grad


def _written(memory: Any, index: Any) -> Any:
    """Return the part of the memory that an index means, or all of it where that is no view."""
    if index is Ellipsis or not is_basic(index):
        return memory
    parts = index if isinstance(index, tuple) else (index,)
    return memory[parts if Ellipsis in parts else (*parts, ...)]


def _fitting(value: Any, into: InPlace, index: Any, code: str) -> Any:
    """Return a value that `assign` can take: of a dtype that the memory holds, with no more axes than the part."""
    new = np.asarray(plain(value))
    shape = np.shape(into._value[index])
    added = max(new.ndim - len(shape), 0)
    fits = new.shape[added:]
    surplus = any(n != 1 for n in new.shape[:added])
    if not np.can_cast(new.dtype, into.dtype, "same_kind") or surplus or not _broadcasts(fits, shape):
        raise _unfit(into, new, index, code)
    return REGISTRY[np.reshape](value, fits) if added and isinstance(value, Variable) else value


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(shape[::-1], to[::-1], strict=False))


def _unfit(into: InPlace, value: Any, index: Any, code: str) -> AutogradError:
    """Return the error of a write of another kind of numbers, or of another shape."""
    dtype = np.asarray(value).dtype
    if not np.can_cast(dtype, into.dtype, "same_kind"):
        return DtypeError(
            f"{code} would write {dtype} into {into._title()} of {into.dtype}.",
            f"Make the tensor of {dtype}, or convert the value.",
        )
    return ShapeError(
        f"{code} would write shape {np.shape(value)} into a part of shape {np.shape(into._value[index])}.",
        "A value has the shape of what it replaces, or is broadcast to it.",
    )
