"""Pooling: the maximum or the mean of each window that moves across images (N, C, H, W), or signals (N, C, L)."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from autograd_lite.derivatives.windows import (
    Windows,
    added_up,
    batch_first,
    check_fit,
    layout,
    padded,
    shape_of_data,
    sizes,
)
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered


def _windows(x: Array, name: str, axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> Windows:
    """Return the windows that are asked for, if they fit; by default they lie side by side."""
    shape = shape_of_data(x, name, axes)
    size = sizes(kernel_size, "kernel_size", 1, axes)
    step = size if stride is None else sizes(stride, "stride", 1, axes)
    around = tuple([(n, n) for n in sizes(padding, "padding", 0, axes)])
    if any(before > n // 2 for (before, _), n in zip(around, size, strict=True)):
        raise ArgumentError(
            f"padding must be at most half of kernel_size={kernel_size}, got {padding!r}.",
            "With more, some windows would see nothing but padding.",
        )
    windows = Windows(size, step, around, sizes(dilation, "dilation", 1, axes))
    check_fit(windows, shape)
    return windows


def places(x: Array, windows: Windows, fill: float = 0) -> list[Array]:
    """Return, for each place in a window, a view of what all windows hold there, as (C, H′, W′, N)."""
    moved = padded(_batch_last(x), windows, fill)
    return [moved[place] for place in layout(windows, x.shape[2:]).places]


def _batch_last(x: Array) -> Array:
    """Return (N, C, ...) as (C, ..., N), in whatever order of memory."""
    return x.transpose(*range(1, x.ndim), 0)


def _least(x: Array) -> float:
    """Return what no element is less than."""
    if x.dtype.kind == "i":
        return int(np.iinfo(x.dtype).min)
    return 0 if x.dtype.kind in "bu" else -math.inf


def _max_pool(x: Array, windows: Windows) -> Array:
    return batch_first(reduce(np.maximum, places(x, windows, _least(x))))


def _max_pool_and_place(x: Array, windows: Windows) -> tuple[Array, Array]:
    """Return the maxima, and in which place of its window each was found first."""
    first, *others = places(x, windows, _least(x))
    number = np.min_scalar_type(len(others)).type
    largest, place = first, np.zeros_like(first, dtype=number)
    for k, other in enumerate(others, 1):
        place = np.maximum(place, (other > largest) * number(k))
        largest = np.maximum(largest, other)
    return batch_first(largest), batch_first(place)


def _unpool(z: Array, place: Array, like: Like, windows: Windows) -> Array:
    g, chosen = _batch_last(z), _batch_last(place)
    return added_up((g * (chosen == k) for k in range(math.prod(windows.size))), like.shape, windows)


def _pick(x: Array, place: Array, windows: Windows) -> Array:
    first, *others = places(x, windows)
    chosen, picked = _batch_last(place), first
    for k, other in enumerate(others, 1):
        picked = np.where(chosen == k, other, picked)
    return batch_first(picked)


def _max_pool_declared(axes: int, samples: Any, doc: str) -> Primitive:
    """Declare max pooling over this many axes."""
    name = f"max_pool{axes}d"

    def call(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1) -> Any:
        return (x,), {"windows": _windows(x, name, axes, kernel_size, stride, padding, dilation)}

    return primitive(
        lambda x, windows: _max_pool(x, windows),
        x=lambda g, place, like_x, windows: unpool(g, place, like_x, windows),
        name=name,
        label="max pool",
        canonical=call,
        keywords=("windows",),
        residuals=_max_pool_and_place,
        residual_names=("place",),
        constant_residuals=True,
        samples=samples,
        tex=r"\operatorname{unpool}(g)",
        doc=doc,
    )


max_pool1d = _max_pool_declared(
    1,
    samples=lambda x: [((x(2, 2, 5), 2), {}), ((x(1, 2, 6), 3), {"stride": 2, "padding": 1}), ((x(0, 1, 4), 2), {})],
    doc="""The largest element of each window of signals (N, C, L); as `max_pool2d`, with one axis.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.max_pool1d(np.array([[[1.0, 3.0, 2.0, 5.0]]]), 2).tolist()
    [[[3.0, 5.0]]]
    """,
)
max_pool2d = _max_pool_declared(
    2,
    samples=lambda x: [
        ((x(2, 2, 4, 4), 2), {}),
        ((x(1, 2, 5, 6), (3, 2)), {"stride": (1, 2)}),
        ((x(2, 1, 5, 5), 2), {"stride": 3}),
        ((x(1, 2, 5, 5), (3, 2)), {"padding": (1, 0), "dilation": (1, 2)}),
        ((x(0, 1, 4, 4), 2), {}),
    ],
    doc="""The largest element of each window of images (N, C, H, W); `stride` is the window's size unless given.

    The gradient goes to the maximum; where several tie, to the first in the order of rows, as in PyTorch. What is
    left over on the right and at the bottom is in no window.

    Parameters
    ----------
    x : (N, C, H, W)
        A batch of images.
    kernel_size : int or pair of int
        The window; a pair is (rows, columns).
    stride, dilation : int or pair of int
        The distances between windows, and between the elements of one window.
    padding : int or pair of int
        What is added on every side, at most half of the window; it is never the largest.

    Raises
    ------
    ShapeError
        When x has other axes, or is smaller than a window.
    ArgumentError
        When an argument is no whole number, too small, or the padding too large.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> x = ag.tensor([[[[1.0, 3.0], [3.0, 2.0]]]], requires_grad=True)
    >>> ag.max_pool2d(x, 2).sum().backward()
    >>> x.grad.tolist()
    [[[[0.0, 1.0], [0.0, 0.0]]]]
    """,
)
unpool: Primitive = unregistered(
    _unpool,
    z=lambda g, place, windows: pick(g, place, windows),
    place=None,
    name="unpool",
    canonical=lambda z, place, like, windows: ((z, place), {"like": like, "windows": windows}),
    keywords=("like", "windows"),
    doc="Zeros, with each window's number added at the chosen place of the window.",
)
pick: Primitive = unregistered(
    _pick,
    x=lambda g, place, like_x, windows: unpool(g, place, like_x, windows),
    place=None,
    name="pick",
    canonical=lambda x, place, windows: ((x, place), {"windows": windows}),
    keywords=("windows",),
    doc="The element at the chosen place of each window: the transpose of `unpool`.",
)


def _divisor(like: Like, windows: Windows, count_include_pad: bool) -> Any:
    """Return by what the sums over windows are divided: their size, or how many of their elements are no padding."""
    if count_include_pad or not any(map(any, windows.padding)):
        return math.prod(windows.size)
    ones = np.ones((1, 1, *like.shape[2:]), like.dtype if like.dtype.kind in "fc" else float)
    return sum(places(ones, windows))


def _avg_pool(x: Array, windows: Windows, count_include_pad: bool) -> Array:
    first, *others = places(x, windows)
    return batch_first(sum(others, start=first) / _divisor(Like.of(x), windows, count_include_pad))


def _share_out(z: Array, like: Like, windows: Windows, count_include_pad: bool) -> Array:
    share = _batch_last(z) / _divisor(like, windows, count_include_pad)
    return added_up((share for _ in range(math.prod(windows.size))), like.shape, windows)


def _avg_pool_declared(axes: int, samples: Any, doc: str) -> Primitive:
    """Declare average pooling over this many axes."""
    name = f"avg_pool{axes}d"

    def call(
        x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0, *, count_include_pad: bool = True
    ) -> Any:
        windows = _windows(x, name, axes, kernel_size, stride, padding, 1)
        padded_too = bool(count_include_pad) and any(map(any, windows.padding))
        return (x,), {"windows": windows, "count_include_pad": padded_too}

    return primitive(
        lambda x, windows, count_include_pad: _avg_pool(x, windows, count_include_pad),
        x=lambda g, like_x, windows, count_include_pad: share_out(g, like_x, windows, count_include_pad),
        name=name,
        label="avg pool",
        canonical=call,
        keywords=("windows", "count_include_pad"),
        samples=samples,
        tex=r"\frac{1}{k} \operatorname{unpool}(g)",
        doc=doc,
    )


avg_pool1d = _avg_pool_declared(
    1,
    samples=lambda x: [
        ((x(2, 2, 5), 2), {}),
        ((x(1, 2, 6), 3, 2, 1), {"count_include_pad": False}),
        ((x(0, 1, 4), 2), {}),
    ],
    doc="""The mean of each window of signals (N, C, L); as `avg_pool2d`, with one axis.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.avg_pool1d(np.array([[[1.0, 3.0, 2.0, 5.0]]]), 2).tolist()
    [[[2.0, 3.5]]]
    """,
)
avg_pool2d = _avg_pool_declared(
    2,
    samples=lambda x: [
        ((x(2, 2, 4, 4), 2), {}),
        ((x(1, 2, 5, 6), (3, 2)), {"stride": (1, 2)}),
        ((x(2, 1, 5, 5), 2), {"stride": 3}),
        ((x(1, 2, 5, 4), (3, 2)), {"padding": (1, 1)}),
        ((x(1, 2, 5, 4), (3, 2)), {"stride": 1, "padding": (1, 1), "count_include_pad": False}),
        ((x(0, 1, 4, 4), 2), {}),
    ],
    doc="""The mean of each window of images (N, C, H, W); `stride` is the window's size unless given.

    Parameters
    ----------
    x : (N, C, H, W)
        A batch of images.
    kernel_size, stride : int or pair of int
        The window, and the distance between windows; a pair is (rows, columns).
    padding : int or pair of int
        The zeros on every side, at most half of the window.
    count_include_pad : bool
        Whether the zeros count: the mean is over the whole window, or over what lies in the image.

    Raises
    ------
    ShapeError, ArgumentError
        As `max_pool2d`.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2).tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """,
)
share_out: Primitive = unregistered(
    _share_out,
    z=lambda g, windows, count_include_pad: avg_pool(g, windows, count_include_pad),
    name="share_out",
    canonical=lambda z, like, windows, count_include_pad: (
        (z,),
        {"like": like, "windows": windows, "count_include_pad": count_include_pad},
    ),
    keywords=("like", "windows", "count_include_pad"),
    doc="Each window's number, divided equally among the window's elements: the transpose of an average pooling.",
)
avg_pool: Primitive = unregistered(
    _avg_pool,
    x=lambda g, like_x, windows, count_include_pad: share_out(g, like_x, windows, count_include_pad),
    name="avg_pool",
    canonical=lambda x, windows, count_include_pad: (
        (x,),
        {"windows": windows, "count_include_pad": count_include_pad},
    ),
    keywords=("windows", "count_include_pad"),
    doc="An average pooling whose windows are known.",
)


def averaging(n: int, parts: int, dtype: Any) -> Array:
    """Return the matrix that takes the means of `parts` parts of `n` elements, which overlap unless parts divides n."""
    starts = np.arange(parts)[:, np.newaxis] * n // parts
    ends = -(-(np.arange(parts)[:, np.newaxis] + 1) * n // parts)
    within = (np.arange(n) >= starts) & (np.arange(n) < ends)
    return (within / (ends - starts)).astype(dtype)


def _adaptive_avg_pool2d(x: Array, output_size: tuple[int, int]) -> Array:
    if output_size == (1, 1):
        return x.mean(axis=(2, 3), keepdims=True)
    rows, columns = (averaging(n, parts, _floating(x)) for n, parts in zip(x.shape[2:], output_size, strict=True))
    return rows @ x @ columns.T


def _adaptive_to_x(g: Array, like: Like, output_size: tuple[int, int]) -> Array:
    rows, columns = (averaging(n, parts, like.dtype) for n, parts in zip(like.shape[2:], output_size, strict=True))
    return rows.T @ g @ columns


def _floating(x: Array) -> Any:
    return x.dtype if x.dtype.kind in "fc" else float


def _adaptive_call(x: Array, output_size: Any) -> Any:
    shape = shape_of_data(x, "adaptive_avg_pool2d", 2)
    both = (output_size, output_size) if output_size is None or np.ndim(output_size) == 0 else output_size
    wanted = [n if given is None else given for n, given in zip(shape[2:], both, strict=True)]
    return (x,), {"output_size": sizes(wanted, "output_size", 1, 2)}


adaptive_avg_pool2d = primitive(
    _adaptive_avg_pool2d,
    x=lambda g, like_x, output_size: _adaptive_to_x(g, like_x, output_size),
    name="adaptive_avg_pool2d",
    label="avg pool",
    canonical=_adaptive_call,
    keywords=("output_size",),
    samples=lambda x: [
        ((x(2, 3, 4, 5), 1), {}),
        ((x(2, 2, 5, 4), (3, 2)), {}),
        ((x(1, 1, 4, 3), (2, None)), {}),
        ((x(0, 1, 4, 4), 2), {}),
    ],
    tex=r"\frac{1}{k} \operatorname{unpool}(g)",
    doc="""The means of images (N, C, H, W) over as many parts of rows and columns as are wanted; with 1, over all.

    Part i of n elements in m parts goes from ⌊i n/m⌋ to ⌈(i + 1) n/m⌉: the parts overlap unless m divides n.

    Parameters
    ----------
    x : (N, C, H, W)
        A batch of images.
    output_size : int, None, or pair of them
        How many (rows, columns) come out; None is as many as there are.

    Raises
    ------
    ShapeError
        When x has other axes.
    ArgumentError
        When output_size is no whole number, or too small.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.adaptive_avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 1).tolist()
    [[[[7.5]]]]
    """,
)
