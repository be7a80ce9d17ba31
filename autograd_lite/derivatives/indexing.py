"""Indexing: the gradient of what was picked goes back to where it was picked from."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import scatter
from autograd_lite.primitives import Array, unregistered


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
    samples=lambda x: [
        ((x(4), 1), {}),
        ((x(4, 3), slice(None, None, -2)), {}),
        ((x(4, 3), (Ellipsis, None, 1)), {}),
        ((x(4), np.array([0, 2, 2, 0])), {}),
        ((x(4, 3), (np.array([0, 1]), np.array([2, 2]))), {}),
        ((x(4), np.array([True, False, True, True])), {}),
        ((x(4, 3), ([1, 1], slice(0, 2))), {}),
    ],
    tex=r"g \text{ at the index, 0 elsewhere}",
    doc="x[index], for basic, advanced and boolean indices.",
)
