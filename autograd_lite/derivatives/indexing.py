"""Indexing: the gradient of what was picked goes back to where it was picked from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd_lite.derivatives.vocabulary import is_basic, keep, scatter
from autograd_lite.primitives import REGISTRY, Array, Primitive, unregistered


def _getitem_call(x: Array, index: Any) -> Any:
    return (x,), {"index": index}


def _getitem(x: Array, index: Any) -> Array:
    return x[index]


getitem = unregistered(
    _getitem,
    x=lambda g, like_x, index: scatter(g, like_x, index),
    name="getitem",
    canonical=_getitem_call,
    keywords=("index",),
    label="[ ]",
    views=True,
    samples=lambda x: [
        ((x(4), 1), {}),
        ((x(4, 3), slice(None, None, -2)), {}),
        ((x(4, 3), (Ellipsis, None, 1)), {}),
        ((x(4), np.array([0, 2, 2, 0])), {}),
        ((x(4, 3), (np.array([0, 1]), np.array([2, 2]))), {}),
        ((x(4), np.array([True, False, True, True])), {}),
        ((x(4, 3), ([1, 1], slice(0, 2))), {}),
    ],
    tex=r"\operatorname{scatter}(g)",
    doc="x[index], for basic, advanced and boolean indices.",
)


class Place(NamedTuple):
    """A part of an array: views of views of it, and an index into the last of them.

    Attributes
    ----------
    steps : tuple of (Primitive, dict)
        The operations that give the views, with their keywords.
    index : index
        By default the whole.
    """

    steps: tuple[tuple[Primitive, dict[str, Any]], ...] = ()
    index: Any = Ellipsis

    def view(self, x: Array) -> Array:
        """Return the last view."""
        for operation, keywords in self.steps:
            x = operation(x, **keywords)
        return x

    def read(self, x: Array) -> Array:
        """Return the part."""
        x = self.view(x)
        return x if self.index is Ellipsis else x[self.index]

    def gradient(self, g: Array) -> Array:
        """Return the part of a gradient; where an index is named twice, only its last value was kept."""
        view = self.view(g)
        if self.index is Ellipsis or is_basic(self.index):
            return view[self.index]
        order = np.full(view.shape, -1)
        numbers = np.arange(order[self.index].size).reshape(order[self.index].shape)
        order[self.index] = numbers
        return keep(view[self.index], order[self.index] == numbers)


def _assign(base: Array, value: Array, place: Place) -> Array:
    y = np.array(base, order="C")
    if not place.steps:
        y[place.index] = value
        return y
    # A reshaping step that gave a view of the base may give a copy here, where the memory has another order.
    where = place.view(np.arange(y.size).reshape(y.shape))[place.index]
    y.reshape(-1)[where] = value
    return y


def _assign_call(base: Array, value: Array, place: Place) -> Any:
    return (base, value), {"place": place}


assign: Primitive = unregistered(
    _assign,
    base=lambda g, place: assign(g, 0, place),
    value=lambda g, place: place.gradient(g),
    name="assign",
    canonical=_assign_call,
    keywords=("place",),
    label="[ ] =",
    tex=(r"\operatorname{assign}(g, 0)", r"\operatorname{gather}(g)"),
    samples=lambda x: [
        ((x(4, 3), x(3), Place(index=1)), {}),
        ((x(4, 3), x(), Place(index=(slice(None, None, 2), 1))), {}),
        ((x(4), x(3), Place(index=np.array([1, 3, 1]))), {}),
        ((x(4, 3), x(2, 4), Place(((REGISTRY[np.swapaxes], {"axis1": 0, "axis2": 1}),), slice(1, 3))), {}),
    ],
    doc="The base with a part of it replaced by `value`.",
)
