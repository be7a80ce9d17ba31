"""Shaping: the elements are moved, and their gradients moved back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis, whole
from autograd_lite.errors import ArgumentError, ShapeError, UsageError, quoted
from autograd_lite.primitives import Array, Like, primitive


def reshape_call(x: Array, /, *shape: Any, **keywords: Any) -> Any:
    """Bring reshape(x, (2, 3)) and x.reshape(2, -1) into canonical form: a shape without −1."""
    wanted = keywords.pop("shape", shape[0] if len(shape) == 1 else shape)
    order = known_order("reshape", keywords.pop("order", "C"))
    copy = keywords.pop("copy", None)
    if keywords:
        raise UsageError(
            f"reshape() of a Tensor does not take {quoted(list(keywords))}.", "It takes a shape and order=."
        )
    wanted = (wanted,) if isinstance(wanted, (int, float, np.number)) else tuple(wanted)
    wanted = tuple([n if type(n) is int else whole("reshape", "a length", n) for n in wanted])
    known = -math.prod(wanted)
    full = tuple(x.size // known if n == -1 and known > 0 else n for n in wanted)
    if math.prod(full) != x.size or min(full, default=0) < 0:
        raise ShapeError(
            f"reshape: {x.size} elements of shape {x.shape} do not fill the shape {wanted}.",
            "The product of the new shape must be the same; one entry may be -1.",
        )
    if copy is False and x.size and not np.shares_memory(x, x.reshape(full, order=order)):
        raise ArgumentError(
            f"reshape: shape {x.shape} cannot become {full} without a copy, for it does not lie so in memory.",
            "Leave copy=False out.",
        )
    return (x.copy() if copy else x,), {"shape": full, "order": order}


def reshape_signature(x: Array, /, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    """Take a shape as one argument; as several, ``x.reshape(2, -1)``, it is taken too."""


def transpose_call(x: Array, /, *axes: Any, **keywords: Any) -> Any:
    """Bring transpose(x), x.transpose(1, 0) and transpose(x, (1, 0)) into canonical form: every axis named."""
    order = keywords.get("axes", axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None)
    order = tuple(reversed(range(x.ndim))) if order is None else canonical_axes(tuple(order), x.ndim)
    return (x,), {"axes": order}


def transpose_signature(x: Array, /, axes: Any = None) -> Any:
    """Take the axes as one argument; as several, ``x.transpose(1, 0)``, they are taken too."""


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


def ravel_call(x: Array, order: str = "C") -> Any:
    """Bring the arguments of ravel into canonical form."""
    return (x,), {"order": known_order("ravel", order)}


def known_order(operation: str, order: str) -> str:
    """Return "C" or "F"; the other orders depend on how an array happens to lie in memory."""
    if order not in ("C", "F"):
        raise UsageError(
            f"{operation}() of a Tensor with order={order!r}.", "Give 'C' for rows first, 'F' for columns."
        )
    return order


def moveaxis_call(x: Array, source: Any, destination: Any) -> Any:
    """Bring the arguments of moveaxis into canonical form."""
    return (x,), {"source": canonical_axes(source, x.ndim), "destination": canonical_axes(destination, x.ndim)}


def _reshape(x: Array, shape: tuple[int, ...], order: str) -> Array:
    return x.reshape(shape) if order == "C" else x.reshape(shape, order=order)


def reshape_back(g: Array, like: Like, order: str) -> Array:
    """Return g in the shape that was reshaped, read in the same order."""
    return g.reshape(like.shape) if order == "C" else g.reshape(like.shape, order=order)


primitive(
    _reshape,
    x=lambda g, like_x, order: reshape_back(g, like_x, order),
    name="reshape",
    answers_to=(np.reshape,),
    canonical=reshape_call,
    signature=reshape_signature,
    keywords=("shape", "order"),
    doc="The same elements in another shape; one entry of the shape may be -1.",
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [
        ((x(2, 3), (3, 2)), {}),
        ((x(6), (2, -1)), {}),
        ((x(), (1, 1)), {}),
        ((x(2, 3), (3, 2)), {"order": "F"}),
    ],
)
primitive(
    np.ravel,
    x=lambda g, like_x, order: reshape_back(g, like_x, order),
    canonical=ravel_call,
    keywords=("order",),
    tex=r"\operatorname{reshape}(g)",
    samples=lambda x: [((x(2, 3),), {}), ((x(),), {}), ((x(2, 3),), {"order": "F"})],
)
primitive(
    np.transpose,
    x=lambda g, axes: g.transpose(inverse(axes)),
    canonical=transpose_call,
    signature=transpose_signature,
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
