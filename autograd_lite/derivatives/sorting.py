"""Sorting: each gradient goes back to the element that the sort put there; equal elements keep their order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.primitives import Array, primitive


def sort_call(
    x: Array, axis: Any = -1, kind: Any = None, order: Any = None, *, descending: bool = False, stable: Any = None
) -> Any:
    """Bring the arguments of sort into canonical form; it is always stable, so that `kind` makes no difference."""
    x, axis = along_one(x, axis)
    return (x,), {"axis": axis, "descending": bool(descending)}


def partition_call(x: Array, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    """Bring the arguments of partition into canonical form."""
    x, axis = along_one(x, axis)
    return (x,), {"kth": kth if isinstance(kth, int) else tuple(np.ravel(kth).tolist()), "axis": axis}


def along_one(x: Array, axis: Any) -> tuple[Array, int]:
    """Return an array and the axis to sort along; without an axis the array is flattened."""
    return (x.reshape(-1), 0) if axis is None else (x, canonical_axis(axis, x.ndim))


def order_of(x: Array, axis: int, descending: bool) -> Array:
    """Return the places of the elements in order; equal ones keep theirs, in descending order too."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(backwards, axis)


def picked(order: Array, axis: int) -> tuple[Array, ...]:
    """Return the index that takes, in every line along an axis, the elements at the places in `order`."""
    lines = np.ogrid[tuple(slice(n) for n in order.shape)]
    return (*lines[:axis], order, *lines[axis + 1 :])


def put_back(g: Array, order: Array, axis: int) -> Array:
    """Return each element's gradient in the place that it came from."""
    place = np.empty_like(order)
    place[picked(order, axis)] = np.ogrid[tuple(slice(n) for n in order.shape)][axis]
    return g[picked(place, axis)]


def _sort(x: Array, axis: int, descending: bool) -> Array:
    return _sort_and_order(x, axis, descending)[0] if descending else np.sort(x, axis=axis, kind="stable")


def _sort_and_order(x: Array, axis: int, descending: bool) -> tuple[Array, Array]:
    order = order_of(x, axis, descending)
    return x[picked(order, axis)], order


def _partition(x: Array, kth: Any, axis: int) -> Array:
    return _partition_and_order(x, kth, axis)[0]


def _partition_and_order(x: Array, kth: Any, axis: int) -> tuple[Array, Array]:
    order = np.argpartition(x, kth, axis=axis)
    return x[picked(order, axis)], order


primitive(
    _sort,
    name="sort",
    answers_to=(np.sort,),
    x=lambda g, order, axis: put_back(g, order, axis),
    canonical=sort_call,
    keywords=("axis", "descending"),
    residuals=_sort_and_order,
    residual_names=("order",),
    constant_residuals=True,
    views=False,
    tex=r"\operatorname{unsort}(g)",
    samples=lambda x: [
        ((x(4),), {}),
        ((x(3, 2),), {"axis": 0}),
        ((x(2, 2, 2),), {"axis": 1}),
        ((x(2, 2),), {"axis": None}),
        ((x(0, 2),), {"axis": 0}),
    ],
    doc="""The elements in order along `axis`, NaN last; each element's gradient goes back to its place.

    Equal elements keep their order. `descending` sorts from the largest, as the array API has it.
    """,
)
primitive(
    _partition,
    name="partition",
    answers_to=(np.partition,),
    x=lambda g, order, axis: put_back(g, order, axis),
    canonical=partition_call,
    keywords=("kth", "axis"),
    residuals=_partition_and_order,
    residual_names=("order",),
    constant_residuals=True,
    views=False,
    tex=r"\operatorname{unsort}(g)",
    samples=lambda x: [((x(5), 2), {}), ((x(4, 2), (1, 2)), {"axis": 0})],
    doc="The element at `kth` in its sorted place, smaller ones before it; each gradient goes back to its element.",
)
