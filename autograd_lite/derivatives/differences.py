"""Differences and what they are made for: slopes, areas under curves, angles without jumps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.scans import at
from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, primitive

_MISSING: Any = np._NoValue


def _samples_of_diff(x: Any) -> Any:
    return [
        ((x(4),), {}),
        ((x(3, 4),), {"n": 2}),
        ((x(3, 2), 1, 0, x(2, 2), x()), {}),
        ((x(1, 3),), {"axis": 0}),
        ((x(3), 0), {}),
    ]


@composite(np.diff, samples=_samples_of_diff, method=True)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = _MISSING, append: Any = _MISSING) -> Any:
    """The differences of neighbours along `axis`, n times over."""
    a = array_of(a)
    if n < 0 or not a.ndim:
        raise ArgumentError(f"diff: n is {n}, a of shape {a.shape}.", "Give n of 0 or more, and an array with an axis.")
    if n == 0:
        return a.copy()
    axis = canonical_axis(axis, a.ndim)
    ends = [beside(prepend, a, axis), a, beside(append, a, axis)]
    parts = [each for each in ends if each is not None]
    a = np.concatenate(parts, axis=axis) if len(parts) > 1 else a
    for _ in range(n):
        after, before = a[at(slice(1, None), axis)], a[at(slice(None, -1), axis)]
        a = after != before if a.dtype == bool else after - before
    return a


def beside(end: Any, a: Array, axis: int) -> Any:
    """Return what is put before or after `a`: an array, or one number for every line; None for nothing."""
    if end is _MISSING or end is None:
        return None
    end = array_of(end)
    return end if end.ndim else np.broadcast_to(end, (*a.shape[:axis], 1, *a.shape[axis + 1 :]))


@composite(np.ediff1d, samples=lambda x: [((x(4),), {}), ((x(2, 2), x(2), x(1)), {}), ((x(1),), {})])
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours in a flattened array, between what `to_begin` and `to_end` put around them."""
    flat = np.ravel(array_of(ary))
    parts = [np.ravel(array_of(each)) for each in (to_begin, to_end) if each is not None]
    between = flat[1:] - flat[:-1]
    if not parts:
        return between
    begin, end = (() if each is None else (np.ravel(array_of(each)).astype(flat.dtype),) for each in (to_begin, to_end))
    return np.concatenate([*begin, between, *end])


def _samples_of_trapezoid(x: Any) -> Any:
    return [
        ((x(4),), {"dx": 0.5}),
        ((x(3, 2), x(3)), {"axis": 0}),
        ((x(2, 3), x(2, 3)), {}),
        ((x(1, 2),), {"axis": 0}),
    ]


@composite(np.trapezoid, samples=_samples_of_trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The area under a curve through points, ∑ (xₖ₊₁ − xₖ) (yₖ + yₖ₊₁)/2; differentiable in y and x."""
    y = array_of(y)
    axis = canonical_axis(axis, y.ndim)
    width = dx
    if x is not None:
        x = array_of(x)
        width = diff(x, axis=0 if x.ndim == 1 else axis)
        width = width.reshape(tuple(-1 if k == axis else 1 for k in range(y.ndim))) if x.ndim == 1 else width
    return np.sum(width * (y[at(slice(1, None), axis)] + y[at(slice(None, -1), axis)]) / 2, axis=axis)


def _samples_of_gradient(x: Any) -> Any:
    places = np.cumsum(np.abs(x(4)) + 0.5)
    return [
        ((x(4),), {}),
        ((x(3, 4), 0.5), {"edge_order": 2}),
        ((x(3, 4), 2.0, places), {}),
        ((x(4, 2), places), {"axis": 0, "edge_order": 2}),
        ((x(2, 3),), {"axis": (1,)}),
    ]


@composite(np.gradient, samples=_samples_of_gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The slopes of sampled data along each axis, by central differences of second order, one-sided at the edges.

    Differentiable in the samples, and in the distances or places that `varargs` names.
    """
    f = array_of(f)
    f = f if f.dtype.kind in "fc" else f.astype(float)
    axes = canonical_axes(axis, f.ndim)
    if len(varargs) not in (0, 1, len(axes)) or edge_order not in (1, 2):
        raise ArgumentError(
            f"gradient: {len(varargs)} distances for {len(axes)} axes, edge_order={edge_order}.",
            "Give no distance, one, or one for each axis; edge_order is 1 or 2.",
        )
    steps = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    slopes = [slope(f, array_of(step), k, edge_order) for k, step in zip(axes, steps, strict=True)]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def slope(f: Array, step: Array, axis: int, edge_order: int) -> Array:
    """Return the slopes of f along one axis; `step` is one distance, or the places of all samples."""
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(
            f"gradient: {n} samples along axis {axis} of shape {f.shape}.", f"It needs {edge_order + 1} or more."
        )
    if step.ndim and step.shape != (n,):
        raise ShapeError(
            f"gradient: places of shape {step.shape} for {n} samples along axis {axis}.", "Give one place a sample."
        )
    places = step if step.ndim else step * np.arange(n, dtype=f.dtype)
    widths = places[1:] - places[:-1]
    widths = widths.reshape(tuple(-1 if k == axis else 1 for k in range(f.ndim)))
    left, right = widths[at(slice(None, -1), axis)], widths[at(slice(1, None), axis)]
    rises = (f[at(slice(1, None), axis)] - f[at(slice(None, -1), axis)]) / widths
    before, after = rises[at(slice(None, -1), axis)], rises[at(slice(1, None), axis)]
    first, last = rises[at(slice(0, 1), axis)], rises[at(slice(-1, None), axis)]
    if step.ndim:
        inner = (right * before + left * after) / (left + right)
    else:
        inner = (f[at(slice(2, None), axis)] - f[at(slice(None, -2), axis)]) / (2 * step)
    if edge_order == 2:
        bend = (after - before) / (left + right)
        first = first - widths[at(slice(0, 1), axis)] * bend[at(slice(0, 1), axis)]
        last = last + widths[at(slice(-1, None), axis)] * bend[at(slice(-1, None), axis)]
    y = np.concatenate([first, inner, last], axis=axis)
    return y if y.dtype == f.dtype else y.astype(f.dtype)


def _unwrap_call(p: Array, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    return (p,), {"discont": discont, "axis": canonical_axis(axis, p.ndim), "period": period}


def _unwrap(p: Array, discont: float | None, axis: int, period: float) -> Array:
    return np.unwrap(p, discont, axis, period=period)


primitive(
    _unwrap,
    name="unwrap",
    answers_to=(np.unwrap,),
    p=lambda g: g,
    canonical=_unwrap_call,
    keywords=("discont", "axis", "period"),
    views=False,
    tex="g",
    samples=lambda x: [((x(5) * 4,), {}), ((x(4, 2) * 3,), {"axis": 0, "period": 4.0})],
    doc="Angles along `axis` without jumps: whole periods are added, which are piecewise constant.",
)
