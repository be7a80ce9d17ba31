"""Joining arrays, along an axis that they have or a new one: each gets its part of the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import canonical_axis, part
from autograd_lite.errors import DtypeError
from autograd_lite.primitives import Array, primitive


def join_call(arrays: Any, /, axis: int | None = 0, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Bring the arguments of concatenate into canonical form: every array an operand."""
    operands = of_dtype([array_of(each) for each in arrays], dtype, casting)
    if axis is None:
        operands, axis = tuple(np.ravel(each) for each in operands), 0
    ndim = operands[0].ndim if operands else 1
    return operands, {"axis": canonical_axis(axis, ndim)}


def stack_call(arrays: Any, axis: int = 0, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Bring the arguments of stack into canonical form: every array an operand."""
    operands = of_dtype([array_of(each) for each in arrays], dtype, casting)
    ndim = operands[0].ndim if operands else 0
    return operands, {"axis": canonical_axis(axis, ndim + 1)}


def of_dtype(arrays: list[Any], dtype: Any, casting: Any) -> tuple[Any, ...]:
    """Return the arrays in the dtype of the result, where one is asked for."""
    if dtype is None:
        return tuple(arrays)
    refused = [each.dtype for each in arrays if not np.can_cast(each.dtype, dtype, casting)]
    if refused:
        raise DtypeError(
            f"Joining {refused[0]} as {np.dtype(dtype)} is not casting of the {casting} kind.",
            "Convert the array first: t.astype(dtype).",
        )
    return tuple(each.astype(dtype) for each in arrays)


def _concatenate(*arrays: Array, axis: int) -> Array:
    return np.concatenate(arrays, axis=axis)


def _stack(*arrays: Array, axis: int) -> Array:
    return np.stack(arrays, axis=axis)


concatenate = primitive(
    _concatenate,
    each=lambda g, i, likes, axis: part(g, likes, i, axis),
    name="concatenate",
    canonical=join_call,
    keywords=("axis",),
    tex=r"\operatorname{part}_i(g)",
    samples=lambda x: [(([x(2, 3), x(4, 3)],), {}), (([x(2, 3), x(2, 1), x(2, 2)],), {"axis": -1})],
    answers_to=(np.concatenate,),
    doc="Join arrays along an axis; np.concatenate.",
)
stack = primitive(
    _stack,
    each=lambda g, i, likes, axis: g[(slice(None),) * axis + (i,)],
    name="stack",
    canonical=stack_call,
    keywords=("axis",),
    tex=r"\operatorname{part}_i(g)",
    samples=lambda x: [(([x(2, 3), x(2, 3)],), {}), (([x(2), x(2), x(2)],), {"axis": -1})],
    answers_to=(np.stack,),
    doc="Join arrays along a new axis; np.stack.",
)


def array_of(each: Any) -> Any:
    """Return a Tensor or an array as it is, a number or a list as an array."""
    return each if hasattr(each, "ndim") else np.asarray(each)


def each_at_least(arrays: Any, ndim: int) -> list[Any]:
    """Return the arrays with axes of length 1 put to those that have fewer than `ndim`."""
    given = [array_of(each) for each in arrays]
    return [each if each.ndim >= ndim else at_least(each, ndim) for each in given]


def at_least(x: Any, ndim: int) -> Any:
    """Return `x` with `ndim` axes, the new ones of length 1 where NumPy puts them."""
    if x.ndim >= ndim:
        return x
    if ndim < 3:
        return np.reshape(x, (1,) * (ndim - x.ndim) + x.shape)
    return np.reshape(x, {0: (1, 1, 1), 1: (1, *x.shape, 1), 2: (*x.shape, 1)}[x.ndim])


def _one_or_several(arrays: tuple[Any, ...], ndim: int) -> Any:
    made = tuple(at_least(array_of(each), ndim) for each in arrays)
    return made[0] if len(made) == 1 else made


@composite(np.atleast_1d, samples=lambda x: [((x(),), {}), ((x(2), x(2, 2)), {})])
def atleast_1d(*arys: Any) -> Any:
    """Arrays of at least one axis."""
    return _one_or_several(arys, 1)


@composite(np.atleast_2d, samples=lambda x: [((x(3),), {}), ((x(), x(2, 2)), {})])
def atleast_2d(*arys: Any) -> Any:
    """Arrays of at least two axes; a vector becomes a row."""
    return _one_or_several(arys, 2)


@composite(np.atleast_3d, samples=lambda x: [((x(2),), {}), ((x(), x(2, 2), x(1, 2, 1)), {})])
def atleast_3d(*arys: Any) -> Any:
    """Arrays of at least three axes; a vector (n,) becomes (1, n, 1), a matrix (m, n, 1)."""
    return _one_or_several(arys, 3)


@composite(np.hstack, samples=lambda x: [(([x(2), x(3)],), {}), (([x(2, 1), x(2, 2)],), {}), (([x(), x(2)],), {})])
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Join side by side: vectors along their axis, all else along the second."""
    arrays = each_at_least(tup, 1)
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1, dtype=dtype, casting=casting)


@composite(np.vstack, samples=lambda x: [(([x(2), x(2)],), {}), (([x(1, 2), x(2)],), {})])
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Join one below the other; vectors are rows."""
    return concatenate(each_at_least(tup, 2), 0, dtype=dtype, casting=casting)


@composite(np.dstack, samples=lambda x: [(([x(2), x(2)],), {}), (([x(2, 2), x(2, 2, 2)],), {})])
def dstack(tup: Any) -> Any:
    """Join along the third axis."""
    return concatenate(each_at_least(tup, 3), 2)


@composite(np.column_stack, samples=lambda x: [(([x(2), x(2, 2)],), {}), (([x(3), x(3)],), {})])
def column_stack(tup: Any) -> Any:
    """Join side by side; vectors are columns."""
    arrays = [array_of(each) for each in tup]
    return concatenate([each if each.ndim >= 2 else np.reshape(each, (-1, 1)) for each in arrays], 1)


def _blocks(x: Any) -> Any:
    return [
        (([[x(2, 2), x(2, 1)], [x(1, 2), x(1, 1)]],), {}),
        (([x(2), x(3)],), {}),
        ((x(2),), {}),
        (([[x()], [3]],), {}),
    ]


@composite(np.block, samples=_blocks)
def block(arrays: Any) -> Any:
    """A matrix put together from blocks in nested lists."""
    depth, ndim = _extent(arrays)
    return _block(arrays, max(depth, ndim), depth)


def _extent(arrays: Any) -> tuple[int, int]:
    """Return how deep the lists are nested, and the most axes that a block has."""
    if not isinstance(arrays, list):
        return 0, np.ndim(arrays)
    inner = [_extent(each) for each in arrays]
    return 1 + max(depth for depth, _ in inner), max(ndim for _, ndim in inner)


def _block(arrays: Any, ndim: int, depth: int) -> Any:
    if not isinstance(arrays, list):
        x = array_of(arrays)
        return np.reshape(x, (1,) * (ndim - x.ndim) + x.shape)
    return concatenate([_block(each, ndim, depth - 1) for each in arrays], axis=ndim - depth)


@composite(np.append, samples=lambda x: [((x(2), x(3)), {}), ((x(2, 2), x()), {}), ((x(1, 2), x(2, 2)), {"axis": 0})])
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """`values` put behind `arr`; without an axis both are rows."""
    return concatenate([array_of(arr), array_of(values)], axis=axis)
