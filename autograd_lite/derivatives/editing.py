"""Elements taken out of an array, or put between those that are there."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.indexing import Place, assign
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.errors import ArgumentError


def along(axis: int, index: Any) -> Any:
    """Return the index that means `index` along an axis, and all along those before it."""
    return (*(slice(None),) * axis, index)


def constant(index: Any) -> Any:
    """Return an index without Tensors; slices and numbers stay."""
    return index.detach().numpy() if hasattr(index, "__apply_primitive__") else index


@composite(
    np.delete,
    samples=lambda x: [
        ((x(4), 1), {}),
        ((x(2, 3), [0, 2], 1), {}),
        ((x(5), slice(0, 4, 2)), {}),
        ((x(2, 2), 0), {}),
        ((x(3), np.array([True, False, True])), {}),
    ],
)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """The array without some of its elements along an axis; without an axis it is a row."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis = canonical_axis(axis, arr.ndim)
    return arr[along(axis, np.delete(np.arange(arr.shape[axis]), constant(obj)))]


@composite(
    np.insert,
    samples=lambda x: [
        ((x(3), 1, x()), {}),
        ((x(3), [0, 2, 3], x(3)), {}),
        ((x(3), [3, -2, 0, 1], x(4)), {}),
        ((x(2, 3), 1, x(2)), {"axis": 1}),
        ((x(2, 3), [0, 2], x(2, 2), 1), {}),
        ((x(2, 2), -1, x(4)[:1]), {}),
        ((x(3), slice(0, 2), x()), {}),
    ],
)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """`values` put before the elements that `obj` names along an axis; without an axis the array is a row."""
    arr, values = array_of(arr), array_of(values)
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis = canonical_axis(axis, arr.ndim)
    length, indices = arr.shape[axis], _indices(obj, arr.shape[axis])
    values = np.reshape(values, (1,) * (arr.ndim - values.ndim) + values.shape)
    if indices.ndim == 0:  # NumPy's rule: one number takes the values with their first axis along this one
        values = np.moveaxis(values, 0, axis)
    new = np.full(values.shape[axis], -1) if indices.size == 1 else -1
    origins = np.insert(np.arange(length), indices, new)
    if length:
        made = arr[along(axis, np.maximum(origins, 0))]
    else:
        made = np.zeros_like(arr, shape=(*arr.shape[:axis], len(origins), *arr.shape[axis + 1 :]))
    places = np.flatnonzero(origins < 0)
    if indices.size > 1:  # the values come in the order of their indices, which need not rise
        places = places[np.argsort(np.argsort(np.where(indices < 0, indices + length, indices), kind="stable"))]
    return assign(made, values.astype(arr.dtype), Place(index=along(axis, places)))


def _indices(obj: Any, length: int) -> Any:
    """Return a slice, a mask, a number or a list as an array of indices."""
    if isinstance(obj, slice):
        return np.arange(length)[obj]
    indices = np.asarray(constant(obj))
    return np.flatnonzero(indices) if indices.dtype == bool else indices


@composite(
    np.trim_zeros,
    samples=lambda x: [((x(3),), {}), ((x(2), "f"), {})],
)
def trim_zeros(filt: Any, trim: str = "fb", **kwargs: Any) -> Any:
    """The array without the zeros at its front and back; which ones these are is a constant."""
    if kwargs or filt.ndim != 1:
        raise ArgumentError(
            f"trim_zeros() of a Tensor takes a vector, got shape {filt.shape}.", "Write t[start:stop] for other shapes."
        )
    kept = np.flatnonzero(filt != 0)
    start = int(kept[0]) if kept.size and "f" in trim.lower() else 0
    stop = int(kept[-1]) + 1 if kept.size and "b" in trim.lower() else filt.size
    return filt[start:stop] if kept.size else filt[:0]
