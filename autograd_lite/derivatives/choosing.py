"""Choosing elements by index, by mask and by condition: only what was chosen gets a gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import along, constant
from autograd_lite.derivatives.indexing import Place, assign
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis
from autograd_lite.errors import ArgumentError, IndexingError, ShapeError, UsageError
from autograd_lite.spelling import refuse_unknown

MODES = ("raise", "wrap", "clip")


def within(index: Any, length: int, mode: str) -> Any:
    """Return indices that are all in range, as take and choose bring them there."""
    if mode not in MODES:
        raise ArgumentError(f"There is no mode {mode!r}.", "Known: 'raise', 'wrap', 'clip'.")
    if mode == "raise":
        return index
    return index % length if mode == "wrap" else np.clip(index, 0, length - 1)


@composite(
    np.take,
    method=True,
    samples=lambda x: [
        ((x(2, 3), [0, 4, 4]), {}),
        ((x(2, 3), np.array([[1, 1], [0, 2]]), 1), {}),
        ((x(3), 1), {}),
        ((x(3), [-4, 5]), {"mode": "clip"}),
        ((x(3), [-4, 5]), {"mode": "wrap"}),
    ],
)
def take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """The elements at `indices` along an axis; without an axis the array is a row."""
    a = array_of(a)
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = canonical_axis(axis, a.ndim)
    return a[along(axis, within(np.asarray(constant(indices)), a.shape[axis], mode))]


@composite(
    np.take_along_axis,
    samples=lambda x: [
        ((x(2, 3), np.array([[0, 0], [2, 1]]), 1), {}),
        ((x(2, 3), np.array([[1, 0, 1]]), 0), {}),
        ((x(2, 3), np.array([5, 0]), None), {}),
    ],
)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """For each line along an axis the elements that `indices` names, as ``argsort`` and ``argmax`` give them."""
    places = np.asarray(constant(indices))
    if axis is None:
        return np.ravel(arr)[places]
    axis = canonical_axis(axis, arr.ndim)
    if places.ndim != arr.ndim:
        raise ShapeError(
            f"take_along_axis(): indices of shape {places.shape} for an array of shape {arr.shape}.",
            "They have as many axes; np.expand_dims puts one to the result of argmax.",
        )
    index: list[Any] = list(np.ogrid[tuple(map(slice, arr.shape))])
    index[axis] = places
    return arr[tuple(index)]


@composite(
    np.compress,
    samples=lambda x: [(([True, False, True], x(3)), {}), (([False, True], x(3, 2), 1), {}), (([0, 1], x(2, 3)), {})],
)
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """The slices along an axis where the condition is true; without an axis the array is a row."""
    return take(a, np.flatnonzero(constant(condition)), axis)


@composite(np.extract, samples=lambda x: [((np.array([[True, False], [True, True]]), x(2, 2)), {})])
def extract(condition: Any, arr: Any) -> Any:
    """The elements where the condition is true, as a row."""
    return np.ravel(arr)[np.flatnonzero(constant(condition))]


@composite(
    np.choose,
    samples=lambda x: [
        ((np.array([0, 1, 1]), [x(3), x(3)]), {}),
        ((np.array([[0], [2]]), [x(3), x(), x(2, 1)]), {}),
        ((np.array([-1, 7]), [x(2), x(2)]), {"mode": "clip"}),
        ((np.array([1, 0]), x(2, 2)), {}),
    ],
)
def choose(a: Any, choices: Any, *, mode: str = "raise") -> Any:
    """At each place the element of the choice whose number stands in `a`."""
    chosen, options = np.asarray(constant(a)), [array_of(each) for each in choices]
    count = len(options)
    if mode == "raise" and chosen.size and not (chosen.min() >= 0 and chosen.max() < count):
        raise IndexingError(
            f"choose(): there are {count} choices, and the numbers go from {chosen.min()} to {chosen.max()}.",
            'Count choices from 0, or give mode="clip" or mode="wrap".',
        )
    chosen = within(chosen, count, mode)
    y = options[0]
    for k, option in enumerate(options[1:], 1):
        y = np.where(chosen == k, option, y)
    shape = np.broadcast_shapes(chosen.shape, *(each.shape for each in options))
    return y if y.shape == shape else np.broadcast_to(y, shape)


@composite(
    np.select,
    samples=lambda x: [
        (([np.array([True, False, False]), np.array([True, True, False])], [x(3), x()], 2.0), {}),
        (([np.array([[True], [False]])], [x(3)]), {}),
    ],
)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """At each place the element of the first choice whose condition is true; where none is, the default."""
    if len(condlist) != len(choicelist) or not condlist:
        raise ArgumentError(
            f"select(): {len(condlist)} conditions and {len(choicelist)} choices.", "Give one choice a condition."
        )
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(condition, choice, y)
    return y


@composite(
    np.piecewise,
    samples=lambda x: [
        ((x(4), [np.array([True, True, False, False])], [np.square, np.sin]), {}),
        ((x(2, 2), [np.array([[True, False], [False, False]])], [3.0, np.square]), {}),
    ],
)
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Functions of those elements of `x` where their condition is true; one more function is for all the others.

    Each function sees only its own elements, so that no NaN comes from where it is not used.
    """
    masks = _masks(condlist, x)
    if len(funclist) == len(masks) + 1:
        masks.append(~np.any(masks, axis=0))
    if len(funclist) != len(masks):
        raise ArgumentError(
            f"piecewise(): {len(masks)} conditions and {len(funclist)} functions.",
            "Give one function a condition, and perhaps one more for the rest.",
        )
    y = 0 * np.zeros_like(x)
    for mask, function in zip(masks, funclist, strict=True):
        if not mask.any():
            continue
        value = function(x[mask], *args, **kw) if callable(function) else function
        value = value.astype(x.dtype) if hasattr(value, "astype") else np.asarray(value, x.dtype)
        y = assign(y, value, Place(index=mask))
    return y


def _masks(condlist: Any, x: Any) -> list[Any]:
    """Return the conditions as masks of the shape of `x`, one given alone too."""
    given = constant(condlist)
    single = given.ndim == x.ndim if isinstance(given, np.ndarray) else not np.ndim(given[0]) and x.ndim > 0
    masks = [given] if single else [constant(each) for each in given]
    return [np.broadcast_to(np.asarray(each, bool), x.shape) for each in masks]


def _windows(x: Any) -> Any:
    return [((x(4), 2), {}), ((x(3, 3), (2, 2)), {}), ((x(2, 4), 3), {"axis": 1}), ((x(3), (2,), (0,)), {})]


@composite(np.lib.stride_tricks.sliding_window_view, samples=_windows)
def sliding_window_view(x: Any, window_shape: Any, axis: Any = None, **kwargs: Any) -> Any:
    """Every window of a shape, as further axes of the result; a copy, unlike NumPy's view."""
    if kwargs.pop("writeable", False):
        raise UsageError(
            "sliding_window_view() of a Tensor is a copy, so that writes into it would not reach the tensor.",
            "Leave writeable=True out, and write into the tensor.",
        )
    refuse_unknown("sliding_window_view()", set(kwargs) - {"subok"}, ["x", "window_shape", "axis", "writeable"])
    lengths = (window_shape,) if isinstance(window_shape, (int, np.integer)) else tuple(window_shape)
    axes = canonical_axes(axis, x.ndim)
    if len(lengths) != len(axes):
        raise ShapeError(
            f"sliding_window_view(): a window of {len(lengths)} lengths for {len(axes)} axes.",
            "Give one length for each axis, or name the axes: axis=.",
        )
    positions = np.lib.stride_tricks.sliding_window_view(
        np.arange(math.prod(x.shape)).reshape(x.shape), lengths, axis=axes
    )
    return np.ravel(x)[positions]
