"""NumPy's functions that write into their first argument, on Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import plain, plain_index
from autograd_lite.derivatives.choosing import within
from autograd_lite.derivatives.vocabulary import scatter
from autograd_lite.errors import ShapeError, UsageError
from autograd_lite.inplace import ADD, SUBTRACT
from autograd_lite.primitives import Like


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
    """Write into the main diagonal; with more than two axes the elements whose indices are all equal."""
    if a.ndim < 2 or (a.ndim > 2 and len(set(a.shape)) > 1):
        raise ShapeError(
            f"fill_diagonal(): shape {a.shape} has no diagonal.",
            "Give a matrix, or an array whose axes are all of one length.",
        )
    if a.ndim > 2:
        a[(np.arange(a.shape[0]),) * a.ndim] = _repeated(val, a.shape[0])
        return
    columns = a.shape[1]
    places = np.arange(0, a.size if wrap else min(columns * columns, a.size), columns + 1)
    a[np.unravel_index(places, a.shape)] = _repeated(val, places.size)


def _repeated(values: Any, count: int) -> Any:
    """Return values as a row of a length, repeated as often as need be."""
    return values if np.ndim(values) == 0 else np.resize(values, count)


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


def at(ufunc: np.ufunc, t: Any, index: Any, *operand: Any) -> None:
    """Do what ``np.add.at`` does: compute with the element at every index, at repeated ones repeatedly."""
    place = plain_index(index)
    if not operand:
        _at_in_turns(ufunc, t, place)
        return
    (value,) = operand
    if ufunc not in (np.add, np.subtract):
        _at_in_turns(ufunc, t, place, value)
        return
    part = np.broadcast_to(value, np.shape(t._value[place]))
    change = scatter(part, Like.of(t._value), place)
    t._update(ADD if ufunc is np.add else SUBTRACT, ufunc, change, f"np.{ufunc.__name__}.at")


def _at_in_turns(ufunc: np.ufunc, t: Any, index: Any, *value: Any) -> None:
    """Compute at every index once, then at those named a second time, and so on."""
    flat = np.arange(t.size).reshape(t.shape)[index]
    places, values = np.ravel(flat), [np.ravel(np.broadcast_to(each, flat.shape)) for each in value]
    order = np.argsort(places, kind="stable")
    first = np.searchsorted(places[order], places[order])
    turns = np.empty_like(order)
    turns[order] = np.arange(places.size) - first
    for turn in range(int(turns.max(initial=-1)) + 1):
        now = np.flatnonzero(turns == turn)
        where = np.unravel_index(places[now], t.shape)
        t[where] = ufunc(t[where], *(each[now] for each in values))
