"""NumPy's functions that write into their first argument, on Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import plain, plain_index
from autograd_lite.derivatives.choosing import within
from autograd_lite.derivatives.vocabulary import scatter
from autograd_lite.errors import UnsupportedError, UsageError
from autograd_lite.inplace import ADD, SUBTRACT, InPlace
from autograd_lite.primitives import Like
from autograd_lite.variable import Variable, wrap


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Write `src` into `dst`, or into the elements where `where` is true."""
    if casting not in ("same_kind", "safe"):
        raise UsageError(f"copyto() into a Tensor with casting={casting!r}.", "Cast first: src.astype(dtype).")
    if where is True:
        dst[...] = src
    else:
        chosen = np.broadcast_to(plain(where), dst.shape)
        dst[chosen] = np.broadcast_to(src, dst.shape)[chosen]


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Write into the main diagonal of a matrix."""
    if a.ndim != 2 or wrap:
        raise UnsupportedError(
            f"fill_diagonal() writes into a matrix, got shape {a.shape}{' and wrap=True' if wrap else ''}.",
            "Write with an index: t[np.arange(n), np.arange(n), ...] = value.",
        )
    diagonal = np.arange(min(a.shape))
    a[diagonal, diagonal] = val


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    """Write `values` where `indices` say along an axis, as take_along_axis reads."""
    places = np.asarray(plain(indices))
    if axis is None:
        arr[np.unravel_index(places, arr.shape)] = values
        return
    index: list[Any] = list(np.ogrid[tuple(map(slice, arr.shape))])
    index[axis] = places
    arr[tuple(index)] = values


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Write values at indices into the tensor as one row; fewer values are repeated."""
    flat = np.asarray(plain(ind)).ravel()
    flat = within(flat, a.size, mode)
    if flat.size:
        a[np.unravel_index(flat % a.size if mode == "raise" else flat, a.shape)] = np.resize(v, flat.size)


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Write the first values where the mask is true, one after the other."""
    chosen = np.asarray(plain(mask), bool).reshape(arr.shape)
    arr[chosen] = np.resize(vals, int(chosen.sum()))


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Write where the mask is true the values that stand at the same places; fewer values are repeated."""
    chosen = np.asarray(plain(mask), bool).reshape(a.shape)
    a[chosen] = np.resize(values, a.shape)[chosen]


MUTATORS: dict[Any, Callable[..., None]] = {
    np.copyto: copyto,
    np.fill_diagonal: fill_diagonal,
    np.place: place,
    np.put: put,
    np.put_along_axis: put_along_axis,
    np.putmask: putmask,
}


def at(ufunc: np.ufunc, t: Any, index: Any, value: Any) -> None:
    """Do what ``np.add.at`` does: compute with the element at every index, at repeated ones repeatedly."""
    place = plain_index(index)
    if ufunc not in (np.add, np.subtract):
        _at_in_turns(ufunc, t, place, value)
        return
    part = np.broadcast_to(value, np.shape(t._value[place]))
    change = scatter(part, Like.of(t._value), place)
    t._update(ADD if ufunc is np.add else SUBTRACT, ufunc, change, f"np.{ufunc.__name__}.at")


def _at_in_turns(ufunc: np.ufunc, t: Any, index: Any, value: Any) -> None:
    """Compute at every index once, then at those named a second time, and so on."""
    flat = np.arange(t.size).reshape(t.shape)[index]
    places, values = np.ravel(flat), np.ravel(np.broadcast_to(value, flat.shape))
    order = np.argsort(places, kind="stable")
    first = np.searchsorted(places[order], places[order])
    turns = np.empty_like(order)
    turns[order] = np.arange(places.size) - first
    for turn in range(int(turns.max(initial=-1)) + 1):
        now = np.flatnonzero(turns == turn)
        where = np.unravel_index(places[now], t.shape)
        t[where] = ufunc(t[where], values[now])


def masked(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what ``ufunc(..., where=mask)`` does; elsewhere stands what out= held, and 0 without it."""
    options = dict(kwargs)
    mask, (out, *others) = options.pop("where"), options.pop("out", (None,))
    if others or ufunc.nout > 1:
        raise UsageError(f"np.{ufunc.__name__} has several results, and where= is for one.", "Call it without where=.")
    with np.errstate(all="ignore"):  # what is wrong where the mask is false concerns nobody
        everywhere = ufunc(*apart(args, out), **options)
    result = np.where(mask, everywhere, 0 if out is None else out)
    return result if out is None else into(out, result, ufunc.__name__)


def apart(args: tuple[Any, ...], out: Any) -> list[Any]:
    """Return the operands, those in the memory of `out` copied: a rule may save them, and they are overwritten."""
    memory = out._value if isinstance(out, Variable) else None
    return [
        wrap(each._value.copy(), each._node)
        if isinstance(each, Variable) and memory is not None and np.may_share_memory(each._value, memory)
        else each
        for each in args
    ]


def into(out: Any, result: Any, function: str) -> Any:
    """Write a result into the Tensor given as ``out=`` and return that."""
    if not isinstance(out, InPlace):
        raise UsageError(
            f"np.{function} cannot write a Tensor into existing memory: the gradient would be lost.",
            "Write `a = a + t` instead of `a += t` or out=a.",
        )
    if out.shape != result.shape:
        raise UsageError(
            f"np.{function} gives shape {result.shape}, out= has {out.shape}.", "Give a Tensor of the result's shape."
        )
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        raise UsageError(
            f"np.{function} gives {result.dtype}, out= is of {out.dtype}.", "Give a Tensor of the result's dtype."
        )
    out._write(result, Ellipsis, f"np.{function}(out=t)", fresh=True)
    return out
