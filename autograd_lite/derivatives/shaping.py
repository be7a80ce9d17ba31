"""Shaping and joining: the elements are moved, and their gradients moved back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis, part
from autograd_lite.errors import ShapeError, UsageError
from autograd_lite.primitives import Array, primitive


def reshape_call(x: Array, /, *shape: Any, **keywords: Any) -> Any:
    """Bring reshape(x, (2, 3)) and x.reshape(2, -1) into canonical form: a shape without −1."""
    wanted = keywords.pop("shape", shape[0] if len(shape) == 1 else shape)
    if keywords.pop("order", "C") != "C" or keywords:
        raise UsageError(
            "reshape() of a Tensor takes a shape, in C order.", "For Fortran order write x.T.reshape(...).T."
        )
    wanted = (wanted,) if isinstance(wanted, (int, np.integer)) else tuple(wanted)
    known = -math.prod(wanted)
    full = tuple(x.size // known if n == -1 and known > 0 else int(n) for n in wanted)
    if math.prod(full) != x.size or min(full, default=0) < 0:
        raise ShapeError(
            f"reshape: {x.size} elements of shape {x.shape} do not fill the shape {wanted}.",
            "The product of the new shape must be the same; one entry may be -1.",
        )
    return (x,), {"shape": full}


def transpose_call(x: Array, /, *axes: Any, **keywords: Any) -> Any:
    """Bring transpose(x), x.transpose(1, 0) and transpose(x, (1, 0)) into canonical form: every axis named."""
    order = keywords.get("axes", axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None)
    order = tuple(reversed(range(x.ndim))) if order is None else canonical_axes(tuple(order), x.ndim)
    return (x,), {"axes": order}


def inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the permutation that undoes `axes`."""
    return tuple(int(k) for k in np.argsort(axes))


def swapaxes_call(x: Array, axis1: int, axis2: int) -> Any:
    """Bring the arguments of swapaxes into canonical form."""
    return (x,), {"axis1": canonical_axis(axis1, x.ndim), "axis2": canonical_axis(axis2, x.ndim)}


def expand_dims_call(x: Array, axis: Any = 0) -> Any:
    """Bring the arguments of expand_dims into canonical form."""
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    return (x,), {"axis": canonical_axes(axes, x.ndim + len(axes))}


def squeeze_call(x: Array, axis: Any = None) -> Any:
    """Bring the arguments of squeeze into canonical form: the axes of length 1 that go."""
    if axis is None:
        return (x,), {"axis": tuple(k for k, n in enumerate(x.shape) if n == 1)}
    return (x,), {"axis": canonical_axes(axis, x.ndim)}


def broadcast_call(x: Array, shape: Any) -> Any:
    """Bring the arguments of broadcast_to into canonical form."""
    return (x,), {"shape": (shape,) if isinstance(shape, int) else tuple(shape)}


def ravel_call(x: Array) -> Any:
    """Take ravel's operand; the order is always C."""
    return (x,), {}


def moveaxis_call(x: Array, source: Any, destination: Any) -> Any:
    """Bring the arguments of moveaxis into canonical form."""
    return (x,), {"source": canonical_axes(source, x.ndim), "destination": canonical_axes(destination, x.ndim)}


def join_call(arrays: Any, /, axis: int | None = 0) -> Any:
    """Bring the arguments of concatenate into canonical form: every array an operand."""
    operands = tuple(each if hasattr(each, "ndim") else np.asarray(each) for each in arrays)
    if axis is None:
        operands, axis = tuple(np.ravel(each) for each in operands), 0
    ndim = operands[0].ndim if operands else 1
    return operands, {"axis": canonical_axis(axis, ndim)}


def stack_call(arrays: Any, axis: int = 0) -> Any:
    """Bring the arguments of stack into canonical form: every array an operand."""
    operands = tuple(each if hasattr(each, "ndim") else np.asarray(each) for each in arrays)
    ndim = operands[0].ndim if operands else 0
    return operands, {"axis": canonical_axis(axis, ndim + 1)}


def _reshape(x: Array, shape: tuple[int, ...]) -> Array:
    return x.reshape(shape)


def _concatenate(*arrays: Array, axis: int) -> Array:
    return np.concatenate(arrays, axis=axis)


def _stack(*arrays: Array, axis: int) -> Array:
    return np.stack(arrays, axis=axis)


primitive(
    _reshape,
    x=lambda g, like_x: g.reshape(like_x.shape),
    name="reshape",
    answers_to=(np.reshape,),
    canonical=reshape_call,
    keywords=("shape",),
    doc="The same elements in another shape; one entry of the shape may be -1.",
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [((x(2, 3), (3, 2)), {}), ((x(6), (2, -1)), {}), ((x(), (1, 1)), {})],
)
primitive(
    np.ravel,
    x=lambda g, like_x: g.reshape(like_x.shape),
    canonical=ravel_call,
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [((x(2, 3),), {}), ((x(),), {})],
)
primitive(
    np.transpose,
    x=lambda g, axes: g.transpose(inverse(axes)),
    canonical=transpose_call,
    keywords=("axes",),
    label="ᵀ",
    tex=r"g^{\mathsf T}",
    samples=lambda x: [((x(2, 3),), {}), ((x(2, 3, 4), (2, 0, 1)), {}), ((x(3),), {})],
)
primitive(
    np.swapaxes,
    x=lambda g, axis1, axis2: g.swapaxes(axis1, axis2),
    canonical=swapaxes_call,
    keywords=("axis1", "axis2"),
    label="ᵀ",
    tex=r"g^{\mathsf T}",
    samples=lambda x: [((x(2, 3, 4), 0, -1), {})],
)
primitive(
    np.moveaxis,
    x=lambda g, source, destination: np.moveaxis(g, destination, source),
    canonical=moveaxis_call,
    keywords=("source", "destination"),
    tex=r"\operatorname{moveaxis}(g)",
    samples=lambda x: [((x(2, 3, 4), 0, -1), {}), ((x(2, 3, 4), (0, 1), (2, 0)), {})],
)
primitive(
    np.expand_dims,
    x=lambda g, like_x: g.reshape(like_x.shape),
    canonical=expand_dims_call,
    keywords=("axis",),
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [((x(2, 3), 1), {}), ((x(2), (0, 2)), {})],
)
primitive(
    np.squeeze,
    x=lambda g, like_x: g.reshape(like_x.shape),
    canonical=squeeze_call,
    keywords=("axis",),
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [((x(1, 3, 1),), {}), ((x(1, 3, 1), 0), {})],
)
primitive(
    np.broadcast_to,
    x=lambda g: g,
    canonical=broadcast_call,
    keywords=("shape",),
    tex="g",
    samples=lambda x: [((x(3), (2, 3)), {}), ((x(2, 1), (4, 2, 3)), {}), ((x(), (2,)), {})],
)
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
