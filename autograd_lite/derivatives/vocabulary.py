"""The words that rules are written in: functions of arrays and Tensors alike, differentiable themselves."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from contextvars import ContextVar
from numbers import Real
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd_lite.errors import ArgumentError, DtypeError
from autograd_lite.primitives import Array, Like, Primitive, unregistered

Axes = tuple[int, ...]

PLAIN = (np.ndarray, np.generic)


def canonical_axes(axis: int | tuple[int, ...] | None, ndim: int) -> Axes:
    """Return `axis` as a tuple of non-negative integers; None means all axes."""
    if axis is None:
        return tuple(range(ndim))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
    return normalize_axis_tuple(axis, ndim)


def canonical_axis(axis: int, ndim: int) -> int:
    """Return `axis` as a non-negative integer."""
    return normalize_axis_index(axis, ndim)


def mT(x: Array) -> Array:
    """Transpose the last two axes: the matrix transpose, for a stack of matrices too."""
    return x.swapaxes(-1, -2)


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an operand, a list or a number too; np.shape would go through a Tensor's protocols."""
    shape: tuple[int, ...] = x.shape if hasattr(x, "shape") else np.shape(x)
    return shape


def as_array(x: Any) -> Any:
    """Return a list or a number as an array, anything else as it is."""
    return x if hasattr(x, "ndim") else np.asarray(x)


def beside(x: Any, found: Any) -> Any:
    """Return a constant that was found with `x` as an array of its kind: a Tensor beside Tensors."""
    return found if hasattr(found, "__apply_primitive__") else np.asarray(found, like=x)


def one_number(operation: str, name: str, given: Any) -> float:
    """Return a parameter as a Python float, which leaves the dtype of arrays as it is."""
    if isinstance(given, Real) or (isinstance(given, np.ndarray) and given.ndim == 0 and given.dtype.kind in "iuf"):
        return float(given)
    got = f"shape {given.shape}" if getattr(given, "shape", ()) else repr(given)
    raise ArgumentError(
        f"{operation}: {name} must be one real number, got {got:.60}.", f"Write {operation}(x, {name}=0.2)."
    )


def whole(operation: str, name: str, given: Any) -> int:
    """Return a number of elements, of points or of places; 2.0 is none, as for NumPy.

    Raises
    ------
    ArgumentError
    """
    try:
        return operator.index(given)
    except TypeError:
        raise ArgumentError(
            f"{operation}: {name} is a whole number, got {given!r:.60}.", "Write 4 // 2 instead of 4 / 2, or int(n)."
        ) from None


def of_reals(operation: str, x: Array) -> None:
    """Raise for complex operands of a formula that needs their order or their sign.

    Raises
    ------
    DtypeError
    """
    dtype = getattr(x, "dtype", None)
    if dtype is not None and dtype.kind == "c":
        raise DtypeError(f"{operation} is a function of real numbers, got {dtype}.", "Take x.real, x.imag or abs(x).")


def conj(x: Array) -> Array:
    """Return the complex conjugate; a real array as it is."""
    return np.conjugate(x) if x.dtype.kind == "c" else x


def rows(x: Array) -> Array:
    """Return `x` as a matrix, one example a row: (..., n) becomes (N, n)."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def over_rows(x: Array) -> Array:
    """Return the sum over all rows, the transpose of adding one row to each: (..., n) becomes (n,)."""
    return x if x.ndim == 1 else rows(x).sum(axis=0)


def product(a: Array, b: Array) -> Array:
    """Return a @ b; of two plain matrices by ndarray.dot, which takes half a microsecond less."""
    if type(a) is type(b) is np.ndarray and a.ndim == b.ndim == 2:
        return a.dot(b)
    return a @ b


def outer_sum(a: Array, b: Array) -> Array:
    """Return aᵀ b, the sum over the rows of a and b of their outer products: how a weight sees a batch."""
    return product(a.T, b) if type(a) is type(b) is np.ndarray else _outer_sum(a, b)


# In place of a transposed view and a product, so that a recorded walk leaves one node behind and not two.
_outer_sum: Primitive = unregistered(
    lambda a, b: product(a.T, b),
    a=lambda g, b: product(b, g.T),
    b=lambda g, a: product(a, g),
    name="outer_sum",
    label=lambda a, b, size: f"{a}ᵀ {b}",
    tex=(r"b\,g^{\mathsf T}", r"a\,g"),
    samples=lambda x: [((x(4, 3), x(4, 2)), {}), ((x(1, 3), x(1, 1)), {}), ((x(0, 3), x(0, 2)), {})],
    doc="aᵀ b of two matrices with as many rows.",
)


def count(like: Like, axis: Axes) -> int:
    """Return how many elements a reduction over `axis` joins into one."""
    return math.prod(like.shape[k] for k in axis)


def kept(shape: tuple[int, ...], axis: Axes) -> tuple[int, ...]:
    """Return the shape that a reduction over `axis` leaves with keepdims."""
    return tuple(1 if k in axis else n for k, n in enumerate(shape))


def _fit(g: Array, like: Like) -> Array:
    if g.shape != like.shape:
        added = g.ndim - like.ndim
        stretched = tuple(k + added for k, n in enumerate(like.shape) if n == 1 and g.shape[k + added] != 1)
        g = g.sum(axis=(*range(added), *stretched))
        g = g if g.shape == like.shape else g.reshape(like.shape)
    return _recast(g, like.dtype)


def _recast(g: Array, dtype: Any) -> Array:
    """Return `g` in another dtype; of complex numbers that become real the real part."""
    if g.dtype == dtype:
        return g
    return (np.real(g) if dtype.kind != "c" else g).astype(dtype)


fit: Primitive = unregistered(
    _fit,
    x=lambda g, like_x: unfit(g, like_x),
    name="fit",
    canonical=lambda g, like: ((g,), {"like": like}),
    keywords=("like",),
    tex=r"\operatorname{broadcast}(g)",
    samples=lambda x: [((x(4, 2, 3), Like((2, 1), np.dtype(float))), {}), ((x(2, 3), Like((), np.dtype(float))), {})],
    doc="Sum a gradient over the axes that broadcasting stretched, and cast it to the operand's dtype.",
)

unfit: Primitive = unregistered(
    lambda g, like: _recast(np.broadcast_to(g, like.shape), np.dtype(like.dtype)).copy(),
    x=lambda g, like_x: fit(g, like_x),
    name="unfit",
    canonical=lambda g, like: ((g,), {"like": like}),
    keywords=("like",),
    tex=r"\sum g",
    samples=lambda x: [((x(2, 1), Like((4, 2, 3), np.dtype(float))), {})],
    doc="Broadcast to a shape and cast: the transpose of `fit`.",
)


def _spread(g: Array, like: Like, axis: Axes) -> Array:
    if isinstance(g, np.generic):  # what broadcast_to does, in a fifth of its time
        return np.ndarray(like.shape, g.dtype, g, strides=(0,) * like.ndim)
    return np.broadcast_to(g.reshape(kept(like.shape, axis)), like.shape)


spread: Primitive = unregistered(
    _spread,
    x=lambda g, like_x, axis: g.sum(axis=axis).reshape(like_x.shape),
    name="spread",
    canonical=lambda g, like, axis: ((g,), {"like": like, "axis": axis}),
    keywords=("like", "axis"),
    tex=r"\sum g",
    samples=lambda x: [
        ((x(3), Like((2, 3), np.dtype(float)), (0,)), {}),
        ((x(), Like((2, 3), np.dtype(float)), (0, 1)), {}),
    ],
    doc="Repeat along reduced axes: the transpose of a sum.",
)


def expand(g: Array, like: Like, axis: Axes) -> Array:
    """Repeat `g`, which a reduction over `axis` left, over the shape of `like`."""
    return spread(g, like, axis)


# What wants to know how many products `zmul` took as 0.
on_mask: ContextVar[Callable[[int], None] | None] = ContextVar("on_mask", default=None)


def _zmul(g: Array, d: Array, out: Array | None = None) -> Array:
    product = np.multiply(g, d, out=out) if out is not None else g * d
    if _surely_finite(product):
        return product
    masked = (g == 0) & ~np.isfinite(product)
    report = on_mask.get()
    if report is not None and masked.any():
        report(int(masked.sum()))
    return np.where(masked, np.zeros_like(product), product)


def _surely_finite(x: Array) -> bool:
    """Return True only if every element is finite; one dot product is the cheapest test that NumPy has."""
    if type(x) is np.ndarray:
        flat = x.ravel(order="K")
        return math.isfinite(abs(flat.dot(flat)))
    return isinstance(x, np.number) and math.isfinite(abs(x))


zmul: Primitive = unregistered(
    _zmul,
    a=lambda g, b: zmul(g, b),
    b=lambda g, a: zmul(g, a),
    name="zmul",
    infix="·",
    tex=(r"g \odot b", r"g \odot a"),
    domain=(-3, 3),
    doc="""g·d, and 0 where g is exactly 0 and the product is not finite.

    A gradient of 0 means that the branch was not taken (``np.where``, a mask, a zero seed): what the local
    derivative is there does not matter, even when it is infinite.
    """,
)


def zmul_slope(g: Array, d: Array, at: Array) -> Array:
    """Return zmul(g, d) for the slope `d` at `at`; in the memory of `d` where the slope was computed into its own.

    On large arrays fresh memory, which no cache holds, costs more than the product.
    """
    if isinstance(g, PLAIN) and isinstance(d, PLAIN):
        own = type(d) is np.ndarray and d is not at and d.base is None and d.dtype is g.dtype and d.shape == g.shape
        return _zmul(g, d, d if own else None)
    return zmul(g, d)


def _scatter(g: Array, like: Like, index: Any) -> Array:
    out = np.zeros(like.shape, g.dtype)
    if is_basic(index):
        out[index] = g
    else:
        np.add.at(out, index, g)
    return out


def is_basic(index: Any) -> bool:
    """Return whether NumPy answers this index with a view, so that no element is read twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or (isinstance(part, (int, slice, np.integer)) and not isinstance(part, bool))
        for part in parts
    )


scatter: Primitive = unregistered(
    _scatter,
    x=lambda g, index: g[index],
    name="scatter",
    canonical=lambda g, like, index: ((g,), {"like": like, "index": index}),
    keywords=("like", "index"),
    tex=r"\operatorname{gather}(g)",
    samples=lambda x: [
        ((x(3), Like((4,), np.dtype(float)), np.array([1, 1, 2])), {}),
        ((x(2), Like((4,), float), slice(2)), {}),
    ],
    doc="Zeros with `g` added at `index`, repeated indices adding up: the transpose of ``x[index]``.",
)


def _keep(g: Array, weight: Array) -> Array:
    product = g * weight
    return product if _surely_finite(product) else np.where(weight == 0, np.zeros_like(product), product)


keep: Primitive = unregistered(
    _keep,
    x=lambda g, weight: keep(g, weight),
    weight=None,
    name="keep",
    infix="·",
    tex=r"g \odot weight",
    samples=lambda x: [((x(3, 2), x(3, 2) > 0), {}), ((x(2), np.array([True, False])), {})],
    doc="g where a constant weight is 1, 0 where it is 0, even for an infinite g: how a mask passes a gradient.",
)


def winner(g: Array, a: Array, b: Array) -> Array:
    """Return g where a > b, half of it where they are equal, 0 elsewhere: how max shares its gradient."""
    return np.where(a > b, g, np.where(a == b, g / 2, 0))


def side(x: Array) -> Array:
    """Return √(1 − x²), as √(1 − x) √(1 + x).

    So it is right on both sides of the cuts of complex functions, which the sign of a zero tells apart; x + 1 loses it.
    """
    return np.sqrt(-(x - 1)) * np.sqrt(x - -1)


def power_slope(a: Array, b: Array) -> Array:
    """Return b·a^(b−1), the slope of a^b; 0 for b = 0, at a = 0 too."""
    if isinstance(b, (int, float)):
        return b * a ** (b - 1 if b else 1)
    return b * np.where((a == 0) & (b == 0), 1, a) ** (b - 1.0)


def inverse(b: Array) -> Array:
    """Return 1 / b; infinity for a Python 0, as NumPy has it."""
    return 1 / b if hasattr(b, "shape") or b else np.inf


def inverse_own(b: Array) -> Array:
    """Return 1 / b in the memory of `b`, which the caller has just computed and does not keep."""
    return np.divide(1, b, out=b) if type(b) is np.ndarray else 1 / b


def direction(x: Array) -> Array:
    """Return x / |x|, the sign of a real number; 0 at 0."""
    return np.sign(x) if x.dtype.kind != "c" else x / np.where(x == 0, 1, np.abs(x))


def log_or_zero(a: Array) -> Array:
    """Return log a, and 0 at a = 0: the slope of a^b in b is 0 there."""
    return np.log(np.where(a == 0, 1, a))


def part(g: Array, likes: tuple[Like, ...], i: int, axis: int) -> Array:
    """Return the slice of `g` that operand `i` of a concatenation along `axis` became."""
    start = sum(like.shape[axis] for like in likes[:i])
    return g[(slice(None),) * axis + (slice(start, start + likes[i].shape[axis]),)]


def matmul_left(g: Array, like_a: Like, b: Array) -> Array:
    """Return g bᵀ, the gradient of a @ b in a; a 1-D `a` is a row, a 1-D `b` a column."""
    if b.ndim == 1:
        return np.expand_dims(g, -1) * b
    if like_a.ndim == 1:
        return (np.expand_dims(g, -2) @ mT(b)).squeeze(-2)
    return product(g, mT(b))


def matmul_right(g: Array, a: Array, like_b: Like) -> Array:
    """Return aᵀ g, the gradient of a @ b in b; a 1-D `a` is a row, a 1-D `b` a column."""
    if a.ndim == 1:
        return a * g if like_b.ndim == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if like_b.ndim == 1:
        return (mT(a) @ np.expand_dims(g, -1)).squeeze(-1)
    return product(mT(a), g)


def nonzero(x: Array) -> Array:
    """Return `x` with 1 in the place of 0: for a quotient that is 0 / 0 there, and is to be 0."""
    return np.where(x == 0, 1, x)
