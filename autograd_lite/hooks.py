"""Hooks on gradients: functions that look at what passes a node on the way back, or put something in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import NUMBERS, plain, read_only
from autograd_lite.derivatives.vocabulary import conj
from autograd_lite.errors import DtypeError, ShapeError
from autograd_lite.graph import LOCK, Node
from autograd_lite.variable import Variable, wrap


class RemovableHook:
    """The handle of a hook; `remove` takes the hook off again, as does the end of a ``with`` block.

    Parameters
    ----------
    node : Node
        Whose gradient it is called with.
    hook : callable
        The user's function of the gradient.
    """

    def __init__(self, node: Node, hook: Callable[[Any], Any]) -> None:
        def on_cotangent(g: Any) -> Any:
            value, history = (g._value, g._node) if isinstance(g, Variable) else (g, None)
            seen = conj(wrap(read_only(value), history))
            replaced = hook(seen)
            if replaced is None:
                return g
            new = conj(_replacing(seen, replaced))
            return new if isinstance(g, Variable) else new._value

        self._node = node
        self._hook = on_cotangent
        with LOCK:
            notes = node.note()
            notes.hooks = (*notes.hooks, on_cotangent)

    def remove(self) -> None:
        """Take the hook off; a second time does nothing."""
        with LOCK:
            notes = self._node.note()
            notes.hooks = tuple(each for each in notes.hooks if each is not self._hook)

    def __enter__(self) -> RemovableHook:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def _replacing(gradient: Any, replaced: Any) -> Any:
    """Return as a Tensor what a hook put in the place of a gradient."""
    weak = type(replaced) in (int, float, complex)
    new: Any = replaced if isinstance(replaced, Variable) else wrap(np.asarray(plain(replaced)), None)
    if new.shape != gradient.shape:
        raise ShapeError(
            f"A hook replaced a gradient of shape {gradient.shape} by one of shape {new.shape}.",
            "Return a gradient of the same shape, or None.",
        )
    if new.dtype != gradient.dtype and not weak:
        raise DtypeError(
            f"A hook replaced a gradient of dtype {gradient.dtype} by one of {new.dtype}.",
            "Return a gradient of the same dtype, g.astype(...), or None.",
        )
    return of_dtype(new, gradient.dtype)


def of_dtype(gradient: Any, dtype: Any) -> Any:
    """Return a gradient in its tensor's dtype; an imaginary part is never dropped."""
    if gradient.dtype == dtype:
        return gradient
    if gradient.dtype.kind not in NUMBERS or (gradient.dtype.kind == "c" and dtype.kind != "c"):
        raise DtypeError(
            f"A gradient of dtype {gradient.dtype} cannot be that of a tensor of {dtype}.",
            "A gradient is of the dtype of its tensor: take g.real, or make the tensor complex.",
        )
    return gradient.astype(dtype)
