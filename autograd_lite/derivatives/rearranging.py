"""Rearranging: reversing, rolling, rotating, triangles and diagonals. The gradient takes the same way back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis, whole
from autograd_lite.errors import ShapeError, UsageError
from autograd_lite.primitives import Array, primitive


def flip_call(x: Array, axis: Any = None) -> Any:
    """Bring the arguments of flip into canonical form: the axes that are reversed."""
    return (x,), {"axis": canonical_axes(axis, x.ndim)}


def roll_call(x: Array, shift: Any, axis: Any = None) -> Any:
    """Bring the arguments of roll into canonical form; without an axis the elements are rolled as one row."""
    shift = tuple(shift) if isinstance(shift, (tuple, list)) else int(shift)
    axes = axis if axis is None else normalize_axis_tuple(axis, x.ndim, allow_duplicate=True)
    return (x,), {"shift": shift, "axis": axes}


def triangle_call(x: Array, k: int = 0) -> Any:
    """Bring the arguments of tril and triu into canonical form."""
    return (x,), {"k": int(k)}


def _diagflat_call(v: Array, k: int = 0) -> Any:
    return (v,), {"k": whole("diag", "k", k)}


def backwards(shift: Any) -> Any:
    """Return the shift that undoes another."""
    return tuple(-each for each in shift) if isinstance(shift, tuple) else -shift


def _roll(x: Array, shift: Any, axis: Any) -> Array:
    return np.roll(x, shift, axis)


primitive(
    np.flip,
    x=lambda g, axis: np.flip(g, axis),
    canonical=flip_call,
    keywords=("axis",),
    tex=r"\operatorname{flip}(g)",
    samples=lambda x: [((x(2, 3),), {}), ((x(2, 3), 1), {}), ((x(2, 1, 3), (0, -1)), {}), ((x(),), {})],
)
primitive(
    _roll,
    name="roll",
    answers_to=(np.roll,),
    views=False,
    doc=np.roll.__doc__,
    x=lambda g, shift, axis: np.roll(g, backwards(shift), axis),
    canonical=roll_call,
    keywords=("shift", "axis"),
    tex=r"\operatorname{roll}(g, -shift)",
    samples=lambda x: [
        ((x(4), 1), {}),
        ((x(2, 3), -2), {}),
        ((x(2, 3), (1, 2), (0, 1)), {}),
        ((x(2, 3), 1, -1), {}),
        ((x(2, 3), (1, 1), (1, 1)), {}),
    ],
)
for _triangle in (np.tril, np.triu):
    primitive(
        _triangle,
        x=(lambda g, k: np.tril(g, k)) if _triangle is np.tril else (lambda g, k: np.triu(g, k)),
        canonical=triangle_call,
        keywords=("k",),
        views=False,
        tex=rf"\operatorname{{{_triangle.__name__}}}(g)",
        samples=lambda x: [((x(3, 3),), {}), ((x(2, 3), 1), {}), ((x(2, 2, 2),), {"k": -1}), ((x(3),), {})],
    )
primitive(
    np.diagflat,
    v=lambda g, like_v, k: np.diagonal(g, k).reshape(like_v.shape),
    canonical=_diagflat_call,
    keywords=("k",),
    views=False,
    tex=r"\operatorname{diagonal}(g)",
    samples=lambda x: [((x(3),), {}), ((x(2, 2),), {}), ((x(2), -1), {}), ((x(), 1), {})],
)


@composite(
    np.diagonal,
    method=True,
    samples=lambda x: [((x(2, 3),), {}), ((x(3, 2), -1), {}), ((x(2, 3, 2), 1, 0, -1), {}), ((x(2, 2), 5), {})],
)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal of two axes, as the last axis of the result; a copy, unlike NumPy's."""
    if a.ndim < 2:
        raise ShapeError(f"diagonal() takes a matrix or more axes, got shape {a.shape}.", "Write np.diag(v) for v.")
    axes = canonical_axis(axis1, a.ndim), canonical_axis(axis2, a.ndim)
    if axes[0] == axes[1]:
        raise UsageError(f"diagonal(): axis1 and axis2 are both {axes[0]}.", "Name two different axes.")
    last = np.moveaxis(a, axes, (-2, -1))
    rows, columns = last.shape[-2:]
    start_row, start_column = max(-offset, 0), max(offset, 0)
    length = max(min(rows - start_row, columns - start_column), 0)
    steps = np.arange(length)
    return last[..., steps + start_row, steps + start_column]


@composite(np.diag, samples=lambda x: [((x(3), 1), {}), ((x(2, 3),), {}), ((x(3, 2),), {"k": -1})])
def diag(v: Any, k: int = 0) -> Any:
    """A matrix with the vector on its diagonal, or the diagonal of a matrix."""
    if v.ndim not in (1, 2):
        raise ShapeError(
            f"diag() takes a vector or a matrix, got shape {v.shape}.", "For stacks write np.diagonal(t, 0, -2, -1)."
        )
    return np.diagflat(v, k) if v.ndim == 1 else np.diagonal(v, k)


@composite(np.fliplr, samples=lambda x: [((x(2, 3),), {})])
def fliplr(m: Any) -> Any:
    """The columns in reverse: ``np.flip(m, 1)``."""
    return np.flip(m, 1)


@composite(np.flipud, samples=lambda x: [((x(2, 3),), {})])
def flipud(m: Any) -> Any:
    """The rows in reverse: ``np.flip(m, 0)``."""
    return np.flip(m, 0)


@composite(np.rot90, samples=lambda x: [((x(2, 3), k), {}) for k in range(4)] + [((x(2, 1, 3), 1, (2, 0)), {})])
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Rotated by k quarter turns, from the first of two axes towards the second."""
    first, second = canonical_axes(tuple(axes), m.ndim)
    if k % 4 == 0:
        return m[...]
    if k % 4 == 2:
        return np.flip(m, (first, second))
    if k % 4 == 1:
        return np.swapaxes(np.flip(m, second), first, second)
    return np.flip(np.swapaxes(m, first, second), second)


@composite(np.rollaxis, samples=lambda x: [((x(2, 3, 4), 2), {}), ((x(2, 3, 4), 0, 2), {}), ((x(2, 3, 4), 0, 3), {})])
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """An axis moved before the axis `start`."""
    source = canonical_axis(axis, a.ndim)
    before = start if start == a.ndim else canonical_axis(start, a.ndim)
    return np.moveaxis(a, source, before - (source < before))


@composite(np.matrix_transpose, samples=lambda x: [((x(2, 3),), {}), ((x(2, 3, 4),), {})])
def matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged."""
    if x.ndim < 2:
        raise ShapeError(f"matrix_transpose() takes a matrix or a stack, got shape {x.shape}.", "Reshape it first.")
    return np.swapaxes(x, -1, -2)
