"""Repeating elements: the gradients of all repetitions are added up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import canonical_axis, scatter, whole
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, Like, primitive


def repeat_call(x: Array, repeats: Any, axis: int | None = None) -> Any:
    """Bring the arguments of repeat into canonical form; without an axis the elements are one row."""
    count = np.asarray(repeats)
    return (x,), {
        "repeats": int(count) if count.ndim == 0 else count,
        "axis": axis if axis is None else canonical_axis(axis, x.ndim),
    }


def tile_call(x: Array, reps: Any) -> Any:
    """Bring the arguments of tile into canonical form: a number for each axis of the result."""
    reps = tuple(whole("tile", "each of reps", n) for n in reps) if np.ndim(reps) else (whole("tile", "reps", reps),)
    return (x,), {"reps": (1,) * (x.ndim - len(reps)) + reps}


def unrepeat(g: Array, like: Like, repeats: Any, axis: int | None) -> Array:
    """Return the sum over the repetitions of each element."""
    shape, along = ((math.prod(like.shape),), 0) if axis is None else (like.shape, axis)
    if isinstance(repeats, int):
        together = g.reshape((*shape[: along + 1], repeats, *shape[along + 1 :])).sum(axis=along + 1)
    else:
        origin = np.repeat(np.arange(shape[along]), repeats)
        together = scatter(g, Like(shape, like.dtype), (*(slice(None),) * along, origin))
    return together.reshape(like.shape)


def untile(g: Array, like: Like, reps: tuple[int, ...]) -> Array:
    """Return the sum over the tiles."""
    shape = (1,) * (len(reps) - like.ndim) + like.shape
    tiles = g.reshape(tuple(n for pair in zip(reps, shape, strict=True) for n in pair))
    return tiles.sum(axis=tuple(range(0, 2 * len(reps), 2))).reshape(like.shape)


def _repeat(x: Array, repeats: Any, axis: int | None) -> Array:
    return np.repeat(x, repeats, axis)


primitive(
    _repeat,
    name="repeat",
    answers_to=(np.repeat,),
    views=False,
    doc=np.repeat.__doc__,
    x=lambda g, like_x, repeats, axis: unrepeat(g, like_x, repeats, axis),
    canonical=repeat_call,
    keywords=("repeats", "axis"),
    tex=r"\sum g",
    samples=lambda x: [
        ((x(2, 3), 2), {}),
        ((x(2, 3), 2, 1), {}),
        ((x(2, 3), [2, 0, 1], -1), {}),
        ((x(3), np.array([0, 1, 2])), {}),
        ((x(), 3), {}),
    ],
)
primitive(
    np.tile,
    x=lambda g, like_x, reps: untile(g, like_x, reps),
    canonical=tile_call,
    keywords=("reps",),
    views=False,
    tex=r"\sum g",
    samples=lambda x: [((x(2), 2), {}), ((x(2, 3), (2, 1)), {}), ((x(3), (2, 2)), {}), ((x(2, 1, 2), 2), {})],
)


@composite(np.resize, samples=lambda x: [((x(2, 3), (2, 4)), {}), ((x(3), 2), {}), ((x(2), (0, 2)), {})])
def resize(a: Any, new_shape: Any) -> Any:
    """The elements in another shape, repeated as often as it takes; ``np.resize``, not ndarray's method."""
    shape = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    size = math.prod(shape)
    if min(shape, default=0) < 0:
        raise ArgumentError(f"resize(): {shape} is no shape.", "Lengths are not negative.")
    if not a.size:
        return np.zeros_like(a, shape=shape)
    return np.tile(np.ravel(a), -(-size // a.size))[:size].reshape(shape)


@composite(np.broadcast_arrays, samples=lambda x: [((x(3), x(2, 1)), {}), ((x(), x(2)), {})])
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """Each array broadcast to the shape of all of them."""
    shape = np.broadcast_shapes(*(each.shape if hasattr(each, "shape") else np.shape(each) for each in args))
    return tuple(np.broadcast_to(each, shape) for each in args)


@composite(
    np.meshgrid,
    samples=lambda x: [
        ((x(2), x(3)), {}),
        ((x(2), x(3), x(2)), {"indexing": "ij"}),
        ((x(2), x(3)), {"sparse": True}),
        ((x(2),), {}),
    ],
)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Coordinate arrays of a grid from the coordinates along each axis."""
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid(): indexing={indexing!r}.", "It is 'xy' or 'ij'.")
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = [1, 0]
    grids = [
        np.reshape(each, (1,) * place + (-1,) + (1,) * (len(xi) - place - 1))
        for each, place in zip(xi, places, strict=True)
    ]
    return tuple(grids) if sparse else broadcast_arrays(*grids)
