"""Scans: every result is made of the elements up to its place, so that a gradient is summed from the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import before, kept_dtype, refuse_out
from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, Primitive, primitive, unregistered


def scan_call(x: Array, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Bring the arguments of cumsum and cumprod into canonical form: without an axis the array is flattened."""
    refuse_out(out)
    x = x if dtype is None else x.astype(dtype)
    if axis is None:
        return (x if x.ndim == 1 else x.reshape(-1),), {"axis": 0, **kept_dtype(x, dtype)}
    return (x,), {"axis": canonical_axis(axis, x.ndim), **kept_dtype(x, dtype)}


def along(x: Any) -> Any:
    """Return the sample calls of a scan."""
    shapes: Any = (
        ((4,), {}),
        ((3, 2), {"axis": 0}),
        ((2, 3), {"axis": -1}),
        ((2, 2), {}),
        ((), {}),
        ((0, 2), {"axis": 0}),
    )
    return [((x(*shape),), axes) for shape, axes in shapes]


def at(k: int | slice, axis: int) -> tuple[Any, ...]:
    """Return the index of what stands at `k` along an axis."""
    return (slice(None),) * axis + (k,)


def reverse(x: Array, axis: int) -> Array:
    """Return x read from the end along an axis."""
    return x[at(slice(None, None, -1), axis)]


def shifted(x: Array, axis: int) -> Array:
    """Return x moved on by one place along an axis, with 0 in the first."""
    head = np.zeros_like(x[at(slice(0, 1), axis)])
    return np.concatenate([head, x[at(slice(0, -1), axis)]], axis=axis)


def _recurrence(a: Array, b: Array, axis: int) -> Array:
    y = np.array(np.moveaxis(b, axis, 0), order="C")
    steps = np.moveaxis(a, axis, 0)
    for k in range(1, len(y)):
        y[k] += steps[k] * y[k - 1]
    return np.moveaxis(y, 0, axis)


def adjoint(g: Array, a: Array, axis: int) -> Array:
    """Return λₖ = gₖ + aₖ₊₁ λₖ₊₁: the recurrence from the end."""
    return reverse(recurrence(shifted(reverse(a, axis), axis), reverse(g, axis), axis), axis)


recurrence: Primitive = unregistered(
    _recurrence,
    a=lambda g, y, a, axis: adjoint(g, a, axis) * shifted(y, axis),
    b=lambda g, a, axis: adjoint(g, a, axis),
    name="recurrence",
    canonical=lambda a, b, axis: ((a, b), {"axis": axis}),
    keywords=("axis",),
    samples=lambda x: [((x(4), x(4), 0), {}), ((x(2, 3), x(2, 3), 1), {}), ((x(1, 2), x(1, 2), 0), {})],
    tex=(
        r"\lambda \odot y_{k-1},\; \lambda_k = g_k + a_{k+1} \lambda_{k+1}",
        r"\lambda_k = g_k + a_{k+1} \lambda_{k+1}",
    ),
    doc="yₖ = aₖ yₖ₋₁ + bₖ along an axis, from y₀ = b₀.",
)


def _cumsum(x: Array, axis: int, dtype: Any = None) -> Array:
    return np.cumsum(x, axis=axis, dtype=dtype)


def _cumprod(x: Array, axis: int, dtype: Any = None) -> Array:
    return np.cumprod(x, axis=axis, dtype=dtype)


def cumprod_to_x(g: Array, x: Array, axis: int) -> Array:
    """Return (product before k) · λₖ with λₖ = gₖ + xₖ₊₁ λₖ₊₁; no division, so that zeros do no harm."""
    earlier = np.moveaxis(before(np.moveaxis(x, axis, -1)), -1, axis)
    return earlier * adjoint(g, x, axis)


SCAN: dict[str, Any] = {"views": False, "canonical": scan_call, "keywords": ("axis",), "samples": along}

primitive(
    _cumsum,
    name="cumsum",
    answers_to=(np.cumsum,),
    doc=np.cumsum.__doc__,
    x=lambda g, axis: reverse(np.cumsum(reverse(g, axis), axis=axis), axis),
    tex=r"\sum_{j \ge i} g_j",
    **SCAN,
)
primitive(
    _cumprod,
    name="cumprod",
    answers_to=(np.cumprod,),
    doc="The products of the elements up to each place; the gradient is right for zeros too.",
    x=lambda g, x, axis: cumprod_to_x(g, x, axis),
    tex=r"\operatorname{before}(x) \odot \lambda,\; \lambda_k = g_k + x_{k+1} \lambda_{k+1}",
    **SCAN,
)


def _samples_of_cumulative(x: Any) -> Any:
    return [((x(4),), {}), ((x(3, 2),), {"axis": 0, "include_initial": True})]


def cumulative(scan: Any, start: int, x: Any, axis: int | None, dtype: Any, out: Any, include_initial: bool) -> Array:
    """Return a scan as the array API has it: with an axis unless there is only one, and a start if it is wanted."""
    x = array_of(x)
    if axis is None and x.ndim != 1:
        raise ArgumentError(f"A cumulative scan of shape {x.shape} needs an axis.", "Write axis=0, or x.ravel().")
    y = scan(x, axis=axis, dtype=dtype, out=out)
    if not include_initial:
        return y
    axis = canonical_axis(axis or 0, x.ndim)
    head = np.full((*x.shape[:axis], 1, *x.shape[axis + 1 :]), start, y.dtype)
    return np.concatenate([head, y], axis=axis)


# NumPy has them from 2.1 on.
if hasattr(np, "cumulative_sum"):

    @composite(np.cumulative_sum, samples=_samples_of_cumulative)
    def cumulative_sum(
        x: Any, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
    ) -> Any:
        """The sums up to each place along `axis`, from 0 on if `include_initial`."""
        return cumulative(np.cumsum, 0, x, axis, dtype, out, include_initial)

    @composite(np.cumulative_prod, samples=_samples_of_cumulative)
    def cumulative_prod(
        x: Any, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
    ) -> Any:
        """The products up to each place along `axis`, from 1 on if `include_initial`."""
        return cumulative(np.cumprod, 1, x, axis, dtype, out, include_initial)
