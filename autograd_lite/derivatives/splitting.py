"""Splitting an array into several, each a view of its part."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.errors import ArgumentError, ShapeError


def parts(x: Any, edges: list[int], axis: int) -> list[Any]:
    """Return the slices of `x` between neighbouring edges."""
    before = (slice(None),) * axis
    return [x[(*before, slice(start, stop))] for start, stop in pairwise(edges)]


@composite(np.array_split, samples=lambda x: [((x(5), 3), {}), ((x(2, 5), [1, 4], 1), {}), ((x(3), [2, 9]), {})])
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """A list of views: so many sections, the first ones longer by 1 where needed, or cut at indices."""
    axis = canonical_axis(axis, ary.ndim)
    length = ary.shape[axis]
    if np.ndim(indices_or_sections):
        return parts(ary, [0, *(int(k) for k in indices_or_sections), length], axis)
    sections = int(indices_or_sections)
    if sections <= 0:
        raise ArgumentError(f"split(): {sections} sections.", "Give at least 1, or a list of indices to cut at.")
    size, longer = divmod(length, sections)
    return parts(ary, [k * size + min(k, longer) for k in range(sections + 1)], axis)


@composite(np.split, samples=lambda x: [((x(4), 2), {}), ((x(2, 4), 2), {"axis": -1}), ((x(4), [1]), {})])
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """A list of views: so many sections of one length, or cut at indices."""
    length = ary.shape[canonical_axis(axis, ary.ndim)]
    if not np.ndim(indices_or_sections) and indices_or_sections > 0 and length % indices_or_sections:
        raise ShapeError(
            f"split(): an axis of length {length} has no {indices_or_sections} equal sections.",
            "Use np.array_split for sections of different lengths.",
        )
    return array_split(ary, indices_or_sections, axis)


@composite(np.hsplit, samples=lambda x: [((x(2, 4), 2), {}), ((x(3), [1]), {})])
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the second axis, a vector along its own."""
    _need_axes("hsplit", ary, 1)
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@composite(np.vsplit, samples=lambda x: [((x(4, 2), 2), {})])
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the first axis."""
    _need_axes("vsplit", ary, 2)
    return split(ary, indices_or_sections, 0)


@composite(np.dsplit, samples=lambda x: [((x(1, 2, 4), [3]), {})])
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """Split along the third axis."""
    _need_axes("dsplit", ary, 3)
    return split(ary, indices_or_sections, 2)


if hasattr(np, "unstack"):

    @composite(np.unstack, samples=lambda x: [((x(2, 3),), {}), ((x(2, 3),), {"axis": -1})])
    def unstack(x: Any, /, *, axis: int = 0) -> Any:
        """A tuple of the slices along an axis, which they no longer have."""
        _need_axes("unstack", x, 1)
        axis = canonical_axis(axis, x.ndim)
        return tuple(x[(*(slice(None),) * axis, k)] for k in range(x.shape[axis]))


def _need_axes(name: str, x: Any, ndim: int) -> None:
    if x.ndim < ndim:
        raise ShapeError(
            f"{name}() takes at least {ndim} {'axis' if ndim == 1 else 'axes'}, got shape {x.shape}.",
            "Use np.split with another axis, or reshape first.",
        )
