"""A user's function applied along axes, and copies: written in what it is applied to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of, stack
from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.errors import ShapeError


@composite(
    np.apply_along_axis,
    samples=lambda x: [((np.sum, 0, x(2, 3)), {}), ((np.sin, 1, x(2, 2)), {}), ((np.diagflat, -1, x(1, 2)), {})],
)
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """The results of a function of a vector, called for each line along an axis, whose place they take."""
    axis = canonical_axis(axis, arr.ndim)
    lines = np.moveaxis(arr, axis, -1)
    lead = lines.shape[:-1]
    if not math.prod(lead):
        raise ShapeError(f"apply_along_axis(): there are no lines in shape {arr.shape}.", "Leave empty batches out.")
    results = [array_of(func1d(lines[each], *args, **kwargs)) for each in np.ndindex(*lead)]
    y = stack(results).reshape((*lead, *results[0].shape))
    return np.moveaxis(y, tuple(range(len(lead), y.ndim)), tuple(range(axis, axis + results[0].ndim)))


@composite(np.apply_over_axes, samples=lambda x: [((np.sum, x(2, 3), (0, 1)), {}), ((np.mean, x(2, 3), 1), {})])
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """A reduction over one axis after the other, each kept with length 1."""
    for axis in np.atleast_1d(axes):
        reduced = func(a, int(axis))
        a = reduced if reduced.ndim == a.ndim else np.expand_dims(reduced, canonical_axis(int(axis), a.ndim))
    return a


@composite(np.copy, name="copy", samples=lambda x: [((x(2),), {})])
def copied(a: Any, order: str = "K", subok: bool = False) -> Any:
    """The same values in memory of their own."""
    return a.copy()


@composite(np.astype, samples=lambda x: [((x(2), np.float64), {})])
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """A copy of another dtype; differentiable between floating dtypes.

    Without `copy` an array that has the dtype is returned as it is.
    """
    x = x if device is None else x.to_device(device)
    return x if not copy and x.dtype == dtype else x.astype(dtype)


def _flatten(x: Any, order: Any = "C") -> Any:
    return np.array(x).flatten(order)


@composite(
    _flatten, name="flatten", method=True, samples=lambda x: [((x(2, 2),), {}), ((x(),), {}), ((x(2, 3), "F"), {})]
)
def flatten(x: Any, order: Any = "C") -> Any:
    """The elements as one row, in memory of their own."""
    return np.ravel(x, order).copy()
