"""Convolution and pooling: sums, maxima and means over windows that move across images (N, C, H, W).

A convolution is linear in the images and linear in the kernels, and so are the two transposes that give its
gradients: these three are one another's rules, to every order. Windows are read and written with the batch last,
(C, H, W, N), where a shifted window is long runs of memory; results keep that order under their usual shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import shape_of
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, Like, Primitive, primitive, unregistered

Pair = tuple[int, int]

# Summed over long rows, a product of matrices is up to three times as fast in parts that the cache holds.
LONG_ROW = 4096


def pair(value: Any, name: str, least: int) -> Pair:
    """Return (rows, columns) from a pair, or from one number for both."""
    both = (value, value) if isinstance(value, (int, np.integer)) else tuple(value)
    if len(both) != 2 or not all(isinstance(each, (int, np.integer)) and each >= least for each in both):
        raise ArgumentError(
            f"{name} is a whole number of at least {least}, or a pair of them, got {value!r}.",
            f"Write {name}={max(least, 1)}, or {name}=({max(least, 1)}, {max(least, 1)}) for rows and columns.",
        )
    return int(both[0]), int(both[1])


def shape_of_images(x: Any, name: str) -> tuple[int, ...]:
    """Return the shape of a batch of images, which has four axes."""
    shape = shape_of(x)
    if len(shape) != 4:
        raise ShapeError(
            f"{name} takes images of shape (N, C, H, W), got {shape}.",
            "Give one image (C, H, W) as a batch of one: x[None]." if len(shape) == 3 else "Reshape the images first.",
        )
    return shape


def windows_along(n: int, size: int, stride: int) -> int:
    """Return how many windows of `size` fit into `n` elements, `stride` apart."""
    return (n - size) // stride + 1


def windows_that_fit(shape: tuple[int, ...], size: Pair, stride: Pair, padding: Pair = (0, 0)) -> Pair:
    """Return the numbers of windows in the rows and the columns of images."""
    height, width = shape[2] + 2 * padding[0], shape[3] + 2 * padding[1]
    if size[0] > height or size[1] > width:
        raise ShapeError(
            f"A window of {size[0]}×{size[1]} does not fit into images of shape {shape} with padding {padding}.",
            "Make the window smaller, or the images larger.",
        )
    return windows_along(height, size[0], stride[0]), windows_along(width, size[1], stride[1])


def batch_last(x: Array) -> Array:
    """Return (N, C, H, W) as (C, H, W, N) in that order of memory; no copy of what a convolution gave."""
    moved = x.transpose(1, 2, 3, 0)
    return moved.astype(moved.dtype, order="C", copy=False)


def batch_first(x: Array) -> Array:
    """Return (C, H, W, N) as (N, C, H, W), without a copy."""
    return x.transpose(3, 0, 1, 2)


def offsets(size: Pair, count: Pair, stride: Pair) -> Iterator[tuple[slice, slice, slice]]:
    """Yield, for each place in a window, the index that reads it from all windows of (C, H, W, N) at once."""
    every = slice(None)
    for i in range(size[0]):
        rows = slice(i, i + stride[0] * (count[0] - 1) + 1, stride[0])
        for j in range(size[1]):
            yield every, rows, slice(j, j + stride[1] * (count[1] - 1) + 1, stride[1])


def columns(x: Array, size: Pair, count: Pair, stride: Pair, padding: Pair) -> Array:
    """Return the windows of (N, C, H, W) as the columns of a matrix, (C·kh·kw, H′·W′·N)."""
    x = batch_last(x)
    if any(padding):
        x = np.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)))
    seen = np.empty_like(x, shape=(len(x), math.prod(size), *count, x.shape[-1]))
    for k, place in enumerate(offsets(size, count, stride)):
        seen[:, k] = x[place]
    return seen.reshape(len(x) * math.prod(size), math.prod(count) * x.shape[-1])


def images(parts: Array, like: Like, size: Pair, count: Pair, stride: Pair, padding: Pair) -> Array:
    """Add columns back to where `columns` read them: its transpose."""
    n, channels, height, width = like.shape
    parts = parts.reshape(channels, math.prod(size), *count, n)
    padded = (channels, height + 2 * padding[0], width + 2 * padding[1], n)
    total = np.zeros_like(parts, shape=padded)
    for k, place in enumerate(offsets(size, count, stride)):
        total[place] += parts[:, k]
    inside = total[:, padding[0] : padding[0] + height, padding[1] : padding[1] + width]
    return batch_first(inside)


def long_product(a: Array, b: Array) -> Array:
    """Return a bᵀ for few and very long rows."""
    length = a.shape[1]
    starts = range(0, length, LONG_ROW)
    if len(starts) < 3:
        return a @ b.T
    return np.sum([a[:, k : k + LONG_ROW] @ b[:, k : k + LONG_ROW].T for k in starts], axis=0)


def _conv2d(x: Array, weight: Array, bias: Array | None, stride: Pair, padding: Pair) -> Array:
    out, *_, kh, kw = weight.shape
    count = windows_that_fit(x.shape, (kh, kw), stride, padding)
    z = weight.reshape(out, math.prod(weight.shape[1:])) @ columns(x, (kh, kw), count, stride, padding)
    if bias is not None:
        z = z + bias.reshape(out, 1) if z.dtype != bias.dtype else np.add(z, bias.reshape(out, 1), out=z)
    return batch_first(z.reshape(out, *count, len(x)))


def _conv2d_to_x(g: Array, weight: Array, like: Like, stride: Pair, padding: Pair) -> Array:
    _, out, *count = g.shape
    parts = weight.reshape(out, math.prod(weight.shape[1:])).T @ batch_last(g).reshape(out, -1)
    return images(parts, like, weight.shape[2:], (count[0], count[1]), stride, padding)


def _conv2d_to_weight(g: Array, x: Array, like: Like, stride: Pair, padding: Pair) -> Array:
    out, _, kh, kw = like.shape
    seen = columns(x, (kh, kw), g.shape[2:], stride, padding)
    return long_product(seen, batch_last(g).reshape(out, seen.shape[1])).T.reshape(like.shape)


def _conv2d_call(x: Array, weight: Array, bias: Array | None = None, *, stride: Any = 1, padding: Any = 0) -> Any:
    """Bring the arguments into canonical form and check that they fit together."""
    shape = shape_of_images(x, "conv2d")
    kernels = shape_of(weight)
    if len(kernels) != 4 or kernels[1] != shape[1] or 0 in kernels:
        raise ShapeError(
            f"conv2d: images of shape {shape} have {shape[1]} channels, the weight has shape {kernels}.",
            f"The weight has the shape (out, {shape[1]}, rows, columns).",
        )
    biases = (kernels[0],) if bias is None else shape_of(bias)
    if biases != (kernels[0],):
        raise ShapeError(
            f"conv2d: a weight of shape {kernels} makes {kernels[0]} channels, the bias has shape {biases}.",
            f"Give a bias of shape ({kernels[0]},), or None.",
        )
    steps, margins = pair(stride, "stride", 1), pair(padding, "padding", 0)
    windows_that_fit(shape, (kernels[2], kernels[3]), steps, margins)
    return (x, weight, bias), {"stride": steps, "padding": margins}


conv2d: Primitive = primitive(
    _conv2d,
    x=lambda g, weight, like_x, stride, padding: conv2d_to_x(g, weight, like_x, stride, padding),
    weight=lambda g, x, like_weight, stride, padding: conv2d_to_weight(g, x, like_weight, stride, padding),
    bias=lambda g: g.sum(axis=(0, 2, 3)),
    name="conv2d",
    canonical=_conv2d_call,
    keywords=("stride", "padding"),
    samples=lambda x: [
        ((x(2, 3, 5, 4), x(2, 3, 3, 2), x(2)), {}),
        ((x(2, 1, 6, 5), x(3, 1, 2, 3), x(3)), {"stride": (2, 1), "padding": (0, 2)}),
        ((x(1, 2, 4, 4), x(1, 2, 3, 3)), {"stride": 2, "padding": 1}),
        ((x(0, 2, 4, 4), x(1, 2, 3, 3)), {}),
    ],
    tex=(r"\operatorname{conv2d}^{\mathsf T}(g, weight)", r"\operatorname{conv2d}^{\mathsf T}(g, x)", r"\sum g"),
    doc="""Cross-correlate images with kernels: z[n, o, i, j] = b[o] + Σ x[n, c, s i + k, s j + l] w[o, c, k, l].

    Parameters
    ----------
    x : (N, C, H, W)
        A batch of images.
    weight : (O, C, kh, kw)
        The kernels; as in PyTorch, they are not flipped.
    bias : (O,), optional
        Added to each channel.
    stride, padding : int or pair of int
        The distance between windows, and the zeros on every side; a pair is (rows, columns).

    Returns
    -------
    (N, O, (H + 2 padding − kh) // stride + 1, (W + 2 padding − kw) // stride + 1)

    Raises
    ------
    ShapeError
        When the shapes do not fit together.
    ArgumentError
        When stride or padding is no whole number, or too small.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.conv2d(np.ones((1, 2, 4, 4)), np.ones((3, 2, 3, 3))).shape
    (1, 3, 2, 2)
    """,
)


def _transpose_call(a: Array, b: Array, like: Like, stride: Pair, padding: Pair) -> Any:
    return (a, b), {"like": like, "stride": stride, "padding": padding}


conv2d_to_x: Primitive = unregistered(
    _conv2d_to_x,
    z=lambda g, weight, stride, padding: conv2d(g, weight, stride=stride, padding=padding),
    weight=lambda g, z, like_weight, stride, padding: conv2d_to_weight(z, g, like_weight, stride, padding),
    name="conv2d_to_x",
    canonical=_transpose_call,
    keywords=("like", "stride", "padding"),
    samples=lambda x: [((x(2, 3, 3, 2), x(3, 2, 2, 3), Like((2, 2, 4, 4), np.dtype(float)), (1, 1), (0, 0)), {})],
    doc="The transpose of conv2d as a function of the images.",
)
conv2d_to_weight: Primitive = unregistered(
    _conv2d_to_weight,
    z=lambda g, x, stride, padding: conv2d(x, g, stride=stride, padding=padding),
    x=lambda g, z, like_x, stride, padding: conv2d_to_x(z, g, like_x, stride, padding),
    name="conv2d_to_weight",
    canonical=_transpose_call,
    keywords=("like", "stride", "padding"),
    samples=lambda x: [((x(2, 3, 3, 2), x(2, 2, 4, 4), Like((3, 2, 2, 3), np.dtype(float)), (1, 1), (0, 0)), {})],
    doc="The transpose of conv2d as a function of the kernels.",
)


def _pool_call(x: Array, size: Any, stride: Any = None) -> Any:
    """Bring the arguments of pooling into canonical form; by default the windows lie side by side."""
    sizes = pair(size, "size", 1)
    steps = sizes if stride is None else pair(stride, "stride", 1)
    windows_that_fit(shape_of_images(x, "pooling"), sizes, steps)
    return (x,), {"size": sizes, "stride": steps}


def places(x: Array, size: Pair, stride: Pair) -> list[Array]:
    """Return, for each place in a window, a view of what all windows hold there, as (C, H′, W′, N)."""
    count = windows_that_fit(x.shape, size, stride)
    moved = x.transpose(1, 2, 3, 0)
    return [moved[place] for place in offsets(size, count, stride)]


def _max_pool2d(x: Array, size: Pair, stride: Pair) -> Array:
    return batch_first(reduce(np.maximum, places(x, size, stride)))


def _max_pool2d_and_place(x: Array, size: Pair, stride: Pair) -> tuple[Array, Array]:
    """Return the maxima, and in which place of its window each was found first."""
    first, *others = places(x, size, stride)
    number = np.min_scalar_type(len(others)).type
    largest, place = first, np.zeros_like(first, dtype=number)
    for k, other in enumerate(others, 1):
        place = np.maximum(place, (other > largest) * number(k))
        largest = np.maximum(largest, other)
    return batch_first(largest), batch_first(place)


def spread_out(parts: Iterator[Array], like: Like, size: Pair, stride: Pair) -> Array:
    """Add up what each place of the windows receives, (C, H′, W′, N), to images of the shape of `like`."""
    n, channels, height, width = like.shape
    count = windows_that_fit(like.shape, size, stride)
    total = None
    for place, part in zip(offsets(size, count, stride), parts, strict=True):
        if total is None:
            total = np.zeros_like(part, shape=(channels, height, width, n))
        total[place] += part
    assert total is not None
    return batch_first(total)


def _unpool(z: Array, place: Array, like: Like, size: Pair, stride: Pair) -> Array:
    g, chosen = z.transpose(1, 2, 3, 0), place.transpose(1, 2, 3, 0)
    return spread_out((g * (chosen == k) for k in range(math.prod(size))), like, size, stride)


def _pick(x: Array, place: Array, size: Pair, stride: Pair) -> Array:
    first, *others = places(x, size, stride)
    chosen, picked = place.transpose(1, 2, 3, 0), first
    for k, other in enumerate(others, 1):
        picked = np.where(chosen == k, other, picked)
    return batch_first(picked)


max_pool2d: Primitive = primitive(
    _max_pool2d,
    x=lambda g, place, like_x, size, stride: unpool(g, place, like_x, size, stride),
    name="max_pool2d",
    canonical=_pool_call,
    keywords=("size", "stride"),
    residuals=_max_pool2d_and_place,
    residual_names=("place",),
    constant_residuals=True,
    samples=lambda x: [
        ((x(2, 2, 4, 4), 2), {}),
        ((x(1, 2, 5, 6), (3, 2)), {"stride": (1, 2)}),
        ((x(2, 1, 5, 5), 2), {"stride": 3}),
        ((x(0, 1, 4, 4), 2), {}),
    ],
    tex=r"\operatorname{unpool}(g)",
    doc="""The largest element of each window of images (N, C, H, W); `stride` is the window's size unless given.

    The gradient goes to the maximum; where several tie, to the first in the order of rows, as in PyTorch. What is
    left over on the right and at the bottom is in no window.

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
    z=lambda g, place, size, stride: pick(g, place, size, stride),
    place=None,
    name="unpool",
    canonical=lambda z, place, like, size, stride: ((z, place), {"like": like, "size": size, "stride": stride}),
    keywords=("like", "size", "stride"),
    doc="Zeros, with each window's number added at the chosen place of the window.",
)
pick: Primitive = unregistered(
    _pick,
    x=lambda g, place, like_x, size, stride: unpool(g, place, like_x, size, stride),
    place=None,
    name="pick",
    canonical=lambda x, place, size, stride: ((x, place), {"size": size, "stride": stride}),
    keywords=("size", "stride"),
    doc="The element at the chosen place of each window: the transpose of `unpool`.",
)


def _avg_pool2d(x: Array, size: Pair, stride: Pair) -> Array:
    first, *others = places(x, size, stride)
    return batch_first(sum(others, start=first) / math.prod(size))


def _share_out(z: Array, like: Like, size: Pair, stride: Pair) -> Array:
    count = math.prod(size)
    share = z.transpose(1, 2, 3, 0) / count
    return spread_out((share for _ in range(count)), like, size, stride)


avg_pool2d: Primitive = primitive(
    _avg_pool2d,
    x=lambda g, like_x, size, stride: share_out(g, like_x, size, stride),
    name="avg_pool2d",
    canonical=_pool_call,
    keywords=("size", "stride"),
    samples=lambda x: [
        ((x(2, 2, 4, 4), 2), {}),
        ((x(1, 2, 5, 6), (3, 2)), {"stride": (1, 2)}),
        ((x(2, 1, 5, 5), 2), {"stride": 3}),
        ((x(0, 1, 4, 4), 2), {}),
    ],
    tex=r"\frac{1}{k_h k_w} \operatorname{unpool}(g)",
    doc="""The mean of each window of images (N, C, H, W); `stride` is the window's size unless given.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2).tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """,
)
share_out: Primitive = unregistered(
    _share_out,
    z=lambda g, size, stride: avg_pool2d(g, size, stride),
    name="share_out",
    canonical=lambda z, like, size, stride: ((z,), {"like": like, "size": size, "stride": stride}),
    keywords=("like", "size", "stride"),
    doc="Each window's number, divided equally among the window's elements: the transpose of avg_pool2d.",
)
