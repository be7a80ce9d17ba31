"""Products of vectors, matrices and arrays: linear in each factor, so that a rule multiplies g by the other one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.reductions import kept_dtype
from autograd_lite.derivatives.vocabulary import as_array, conj, matmul_left, matmul_right, mT, product, shape_of
from autograd_lite.errors import ShapeError
from autograd_lite.primitives import Array, Like, primitive


def _samples(x: Any) -> Any:
    shapes = (
        ((2, 3), (3, 4)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((3,), (3,)),
        ((5, 2, 3), (5, 3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 4)),
        ((1, 2, 3), (5, 3, 1)),
        ((0, 3), (3, 2)),
    )
    return [((x(*a), x(*b)), {}) for a, b in shapes]


# d(A B) = dA B + A dB
matmul = primitive(
    product,
    answers_to=(np.matmul, np.linalg.matmul),
    name="matmul",
    views=False,
    doc=np.matmul.__doc__,
    a=lambda g, like_a, b: matmul_left(g, like_a, b),
    b=lambda g, a, like_b: matmul_right(g, a, like_b),
    infix="@",
    samples=_samples,
    tex=(r"g\,b^{\mathsf T}", r"a^{\mathsf T}\,g"),
)


def fitting(function: Callable[..., Array], mend: str) -> Callable[..., Array]:
    """Return the product of two arrays, where shapes that do not fit are answered by what would fit."""

    def multiplied(a: Array, b: Array) -> Array:
        try:
            return function(a, b)
        except ValueError:
            shapes = f"the shapes {shape_of(a)} and {shape_of(b)} do not fit"
            raise ShapeError(f"{function.__name__}: {shapes}.", mend) from None

    return multiplied


def contraction(a: tuple[int, ...], b: tuple[int, ...], axis: int) -> tuple[list[int], list[int], list[int]]:
    """Return which axes of the result come from `a`, which from `b`, and the axes of b that are left.

    The last axis of `a` is summed with the given one of `b`.
    """
    ours = list(range(len(a) - 1))
    theirs = list(range(len(a) - 1, len(a) + len(b) - 2))
    summed = max(len(b) + axis, 0)
    return ours, theirs, [k for k in range(len(b)) if k != summed]


def contract_left(g: Array, like_a: Like, b: Array, axis: int) -> Array:
    """Return the gradient in `a` of the sum over the last axis of `a` and the given one of `b`."""
    shape = shape_of(b)
    if not like_a.shape or not shape:
        return g * b
    _, theirs, left = contraction(like_a.shape, shape, axis)
    return np.tensordot(g, b, (theirs, left))


def contract_right(g: Array, a: Array, like_b: Like, axis: int) -> Array:
    """Return the gradient in `b` of the sum over the last axis of `a` and the given one of `b`."""
    shape = shape_of(a)
    if not shape or not like_b.shape:
        return g * a
    ours, _, _ = contraction(shape, like_b.shape, axis)
    return np.moveaxis(np.tensordot(a, g, (ours, ours)), 0, max(like_b.ndim + axis, 0))


def _of_shapes(*shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Callable[[Any], Any]:
    """Return the sample calls on two arrays of these shapes."""
    return lambda x: [((x(*a), x(*b)), {}) for a, b in shapes]


primitive(
    fitting(np.dot, "The last axis of a must be as long as the last but one of b; of a vector b, as long as b."),
    name="dot",
    answers_to=(np.dot,),
    a=lambda g, like_a, b: contract_left(g, like_a, b, -2),
    b=lambda g, a, like_b: contract_right(g, a, like_b, -2),
    samples=_of_shapes(
        ((3,), (3,)), ((2, 3), (3, 2)), ((2, 3), (3,)), ((2, 2, 3), (2, 3, 1)), ((), (2,)), ((2, 0), (0,))
    ),
    views=False,
    label="·",
    tex=(r"g\,b^{\mathsf T}", r"a^{\mathsf T}\,g"),
    doc=np.dot.__doc__,
)
primitive(
    fitting(np.inner, "The last axes must be equally long."),
    name="inner",
    answers_to=(np.inner,),
    a=lambda g, like_a, b: contract_left(g, like_a, b, -1),
    b=lambda g, a, like_b: contract_right(g, a, like_b, -1),
    samples=_of_shapes(((3,), (3,)), ((2, 3), (2, 3)), ((2, 1, 3), (3,)), ((2,), ())),
    views=False,
    tex=(r"g\,b", r"g^{\mathsf T}\,a"),
    doc=np.inner.__doc__,
)
primitive(
    fitting(np.vdot, "Both must have the same number of elements."),
    name="vdot",
    answers_to=(np.vdot,),
    a=lambda g, like_a, b: conj(g * b.reshape(like_a.shape)),
    b=lambda g, a, like_b: g * conj(a.reshape(like_b.shape)),
    canonical=lambda a, b: ((as_array(a), as_array(b)), {}),
    samples=lambda x: [((x(3), x(3)), {}), ((x(2, 3), x(6)), {}), ((x(2) + 1j * x(2), x(2) - 2j * x(2)), {})],
    views=False,
    tex=(r"g \odot b", r"g \odot a"),
    doc=np.vdot.__doc__,
)
primitive(
    np.outer,
    a=lambda g, like_a, b: (g @ b.ravel()).reshape(like_a.shape),
    b=lambda g, a, like_b: (a.ravel() @ g).reshape(like_b.shape),
    canonical=lambda a, b: ((as_array(a), as_array(b)), {}),
    samples=_of_shapes(((3,), (2,)), ((2, 2), (3,)), ((), (2,)), ((0,), (2,))),
    views=False,
    label="⊗",
    tex=(r"g\,b", r"g^{\mathsf T}\,a"),
)


def _apart(like_a: Like, like_b: Like) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes with which a and b multiplied are their Kronecker product, every axis still in two."""
    ndim = max(like_a.ndim, like_b.ndim)
    a = (1,) * (ndim - like_a.ndim) + like_a.shape
    b = (1,) * (ndim - like_b.ndim) + like_b.shape
    return tuple(n for k in a for n in (k, 1)), tuple(n for k in b for n in (1, k))


def _in_two(g: Array, like_a: Like, like_b: Like) -> Array:
    a, b = _apart(like_a, like_b)
    return g.reshape(tuple(n * m for n, m in zip(a, b, strict=True)))


def _kron_left(g: Array, like_a: Like, b: Array) -> Array:
    like_b = Like.of(b)
    a, other = _apart(like_a, like_b)
    return (_in_two(g, like_a, like_b) * b.reshape(other)).sum(axis=tuple(range(1, len(a), 2))).reshape(like_a.shape)


def _kron_right(g: Array, a: Array, like_b: Like) -> Array:
    like_a = Like.of(a)
    other, b = _apart(like_a, like_b)
    return (_in_two(g, like_a, like_b) * a.reshape(other)).sum(axis=tuple(range(0, len(b), 2))).reshape(like_b.shape)


primitive(
    np.kron,
    a=lambda g, like_a, b: _kron_left(g, like_a, b),
    b=lambda g, a, like_b: _kron_right(g, a, like_b),
    canonical=lambda a, b: ((as_array(a), as_array(b)), {}),
    samples=_of_shapes(((2,), (3,)), ((2, 1), (2, 3)), ((2, 1, 2), (3,)), ((), (2,))),
    views=False,
    label="⊗",
    tex=(r"\sum g \odot b", r"\sum g \odot a"),
)


def _axis_last(a: Any, b: Any, axis: int = -1) -> Any:
    """Bring the arguments of vecdot into canonical form: the summed axis is the last one."""
    a, b = as_array(a), as_array(b)
    return (a, b) if axis == -1 else (np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)), {}


def _vecdot(a: Array, b: Array) -> Array:
    return np.vecdot(a, b)


primitive(
    fitting(_vecdot, "Both need vectors of the same length along axis; the other axes are broadcast."),
    name="vecdot",
    answers_to=(np.vecdot, np.linalg.vecdot),
    a=lambda g, b: conj(np.expand_dims(g, -1) * b),
    b=lambda g, a: np.expand_dims(g, -1) * conj(a),
    canonical=_axis_last,
    ready=True,
    samples=lambda x: [
        ((x(3), x(3)), {}),
        ((x(2, 3), x(3)), {}),
        ((x(3, 2), x(3, 2)), {"axis": 0}),
        ((x(2) + 1j * x(2), x(2) - 2j * x(2)), {}),
    ],
    views=False,
    label="·",
    tex=(r"g \odot b", r"g \odot a"),
    doc="The dot products of the vectors along `axis`, those of the first operand conjugated; np.vecdot.",
)
if hasattr(np, "matvec"):  # NumPy 2.2
    primitive(
        np.matvec,
        a=lambda g, b: np.expand_dims(g, -1) * np.expand_dims(b, -2),
        b=lambda g, a: np.matvec(mT(a), g),
        samples=_of_shapes(((2, 3), (3,)), ((2, 2, 3), (2, 3)), ((2, 3), (2, 3))),
        views=False,
        label="@",
        tex=(r"g\,b^{\mathsf T}", r"a^{\mathsf T}\,g"),
    )
    primitive(
        np.vecmat,
        a=lambda g, b: conj(np.matvec(b, g)),
        b=lambda g, a: np.expand_dims(conj(a), -1) * np.expand_dims(g, -2),
        samples=lambda x: [
            ((x(3), x(3, 2)), {}),
            ((x(2, 3), x(2, 3, 2)), {}),
            ((x(2) + 1j * x(2), x(2, 2) - 2j * x(2, 2)), {}),
        ],
        views=False,
        label="@",
        tex=(r"b\,g", r"a\,g^{\mathsf T}"),
    )


def _cross_call(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Bring the arguments of cross into canonical form: axes counted from the end, where broadcasting leaves them."""
    a, b = as_array(a), as_array(b)
    if axis is not None:
        axisa = axisb = axisc = axis
    ndim = max(a.ndim, b.ndim)
    axes = [k - n if k >= 0 else k for k, n in ((axisa, a.ndim), (axisb, b.ndim), (axisc, ndim))]
    lengths = [x.shape[k] if -x.ndim <= k < 0 else None for x, k in ((a, axes[0]), (b, axes[1]))]
    if lengths != [3, 3]:
        raise ShapeError(
            f"cross: the shapes {a.shape} and {b.shape} have no vectors of 3 elements along axisa and axisb.",
            "In the plane the cross product is a number: a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0].",
        )
    return (a, b), {"axisa": axes[0], "axisb": axes[1], "axisc": axes[2]}


def _cross(a: Array, b: Array, axisa: int, axisb: int, axisc: int) -> Array:
    return np.cross(a, b, axisa=axisa, axisb=axisb, axisc=axisc)


# g · (da × b) = da · (b × g) and g · (a × db) = db · (g × a)
primitive(
    _cross,
    name="cross",
    answers_to=(np.cross,),
    a=lambda g, b, axisa, axisb, axisc: np.cross(b, g, axisa=axisb, axisb=axisc, axisc=axisa),
    b=lambda g, a, axisa, axisb, axisc: np.cross(g, a, axisa=axisc, axisb=axisa, axisc=axisb),
    canonical=_cross_call,
    keywords=("axisa", "axisb", "axisc"),
    samples=lambda x: [
        ((x(3), x(3)), {}),
        ((x(2, 3), x(3)), {}),
        ((x(3, 2), x(2, 3)), {"axisa": 0, "axisc": 0}),
        ((x(3, 2), x(2, 3, 2)), {"axis": -2}),
    ],
    views=False,
    label="×",
    tex=(r"b \times g", r"g \times a"),
    doc=np.cross.__doc__,
)


def _trace_call(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """Bring the arguments of trace into canonical form."""
    x = as_array(x) if dtype is None else as_array(x).astype(dtype)
    if x.ndim < 2:
        raise ShapeError(f"trace of shape {x.shape}: a trace is of a matrix.", "For the sum of a vector write t.sum().")
    return (x,), {"offset": int(offset), "axis1": axis1 % x.ndim, "axis2": axis2 % x.ndim, **kept_dtype(x, dtype)}


def _trace_gradient(g: Array, like: Like, offset: int, axis1: int, axis2: int) -> Array:
    ones = np.eye(like.shape[axis1], like.shape[axis2], offset, dtype=like.dtype)
    return np.moveaxis(g.reshape((*g.shape, 1, 1)) * ones, (-2, -1), (axis1, axis2))


primitive(
    np.trace,
    x=lambda g, like_x, offset, axis1, axis2: _trace_gradient(g, like_x, offset, axis1, axis2),
    canonical=_trace_call,
    keywords=("offset", "axis1", "axis2"),
    samples=lambda x: [((x(3, 3),), {}), ((x(2, 3), 1), {}), ((x(3, 2, 2), -1, 0, 2), {})],
    views=False,
    label="tr",
    tex=r"g\,I",
)


@composite(np.linalg.trace, name="linalg.trace", samples=lambda x: [((x(2, 3, 3),), {"offset": 1})])
def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The sums along the diagonals of matrices, the last two axes."""
    return np.trace(x, offset, -2, -1, dtype)


@composite(np.linalg.cross, name="linalg.cross", samples=lambda x: [((x(2, 3), x(2, 3)), {})])
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The cross products of the vectors of 3 elements along `axis`."""
    return np.cross(x1, x2, axis=axis)


@composite(np.linalg.outer, name="linalg.outer", samples=lambda x: [((x(2), x(3)), {})])
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    """The outer product of two vectors."""
    if x1.ndim != 1 or x2.ndim != 1:
        raise ShapeError(
            f"linalg.outer of shapes {x1.shape} and {x2.shape}: it takes vectors.",
            "np.outer flattens what it is given.",
        )
    return np.outer(x1, x2)


@composite(np.linalg.diagonal, name="linalg.diagonal", samples=lambda x: [((x(2, 2, 3),), {"offset": 1})])
def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonals of matrices, the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.matrix_transpose, name="linalg.matrix_transpose", samples=lambda x: [((x(2, 2, 3),), {})])
def linalg_matrix_transpose(x: Any, /) -> Any:
    """The last two axes exchanged."""
    return mT(x)
