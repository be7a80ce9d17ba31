"""Convolution: the sums over windows that move across images (N, C, H, W), or signals (N, C, L), with weights.

A convolution is linear in the images and linear in the kernels, and so are the two transposes that give its
gradients: these three are one another's rules, to every order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import mT, shape_of
from autograd_lite.derivatives.windows import (
    DATA,
    Kernels,
    Windows,
    batch_first,
    batch_last,
    check_fit,
    columns,
    images,
    layout,
    margins,
    shape_of_data,
    sizes,
)
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, Canonical, Like, Primitive, primitive, unregistered

# Summed over long rows, a product of matrices is up to three times as fast in parts that the cache holds.
LONG_ROW = 4096


def by_group(matrix: Array, windows: Windows) -> Array:
    """Return the rows of a matrix as a stack of matrices, one a group."""
    return matrix.reshape(windows.groups, len(matrix) // windows.groups, math.prod(matrix.shape[1:]))


def long_product(a: Array, b: Array) -> Array:
    """Return a bᵀ for few and very long rows, matrix by matrix."""
    length = a.shape[-1]
    starts = range(0, length, LONG_ROW)
    if len(starts) < 3:
        return a @ mT(b)
    return np.sum([a[..., k : k + LONG_ROW] @ mT(b[..., k : k + LONG_ROW]) for k in starts], axis=0)


def _conv(x: Array, weight: Array, bias: Array | None, windows: Windows) -> Array:
    z = by_group(weight, windows) @ by_group(columns(x, windows), windows)
    z = z.reshape(len(weight), *layout(windows, x.shape[2:]).counts, len(x))
    if bias is not None:
        bias = bias.reshape(len(weight), *(1,) * (z.ndim - 1))
        z = np.add(z, bias, out=z) if z.dtype == bias.dtype else z + bias
    return batch_first(z)


def _conv_to_x(z: Array, weight: Array, like: Like, windows: Windows) -> Array:
    parts = mT(by_group(weight, windows)) @ by_group(batch_last(z), windows)
    return images(parts, like.shape, windows)


def _conv_to_weight(z: Array, x: Array, like: Like, windows: Windows) -> Array:
    seen = by_group(columns(x, windows), windows)
    return mT(long_product(seen, by_group(batch_last(z), windows))).reshape(like.shape)


def _call(axes: int) -> Canonical:
    """Return what brings the arguments into canonical form and checks that they fit together."""
    name, what = f"conv{axes}d", DATA[axes][0]
    window = {1: "length", 2: "rows, columns"}[axes]

    def call(
        x: Array,
        weight: Array,
        bias: Array | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        shape, kernels = shape_of_data(x, name, axes), shape_of(weight)
        (parts,) = sizes(groups, "groups", 1, 1)
        if len(kernels) == axes + 2 and (shape[1] % parts or kernels[0] % parts):
            raise ArgumentError(
                f"{name}: groups={parts} divides {shape[1]} channels in and {kernels[0]} out into unequal parts.",
                "Both numbers of channels are multiples of groups.",
            )
        if len(kernels) != axes + 2 or kernels[1] * parts != shape[1] or 0 in kernels:
            raise ShapeError(
                f"{name}: {what} of shape {shape} have {shape[1]} channels, the weight has shape {kernels}.",
                f"The weight has the shape (out, {shape[1] // parts}, {window}).",
            )
        biases = (kernels[0],) if bias is None else shape_of(bias)
        if biases != (kernels[0],):
            raise ShapeError(
                f"{name}: a weight of shape {kernels} makes {kernels[0]} channels, the bias has shape {biases}.",
                f"Give a bias of shape ({kernels[0]},), or None.",
            )
        steps, spread = sizes(stride, "stride", 1, axes), sizes(dilation, "dilation", 1, axes)
        windows = Kernels(kernels[2:], steps, margins(padding, kernels[2:], steps, spread), spread, parts)
        check_fit(windows, shape)
        return (x, weight, bias), {"windows": windows}

    return call


def _declared(axes: int, samples: Any, doc: str) -> Primitive:
    """Declare the convolution over this many axes."""
    name = f"conv{axes}d"
    return primitive(
        lambda x, weight, bias, windows: _conv(x, weight, bias, windows),
        x=lambda g, weight, like_x, windows: conv_to_x(g, weight, like_x, windows),
        weight=lambda g, x, like_weight, windows: conv_to_weight(g, x, like_weight, windows),
        bias=lambda g: g.sum(axis=(0, *range(2, g.ndim))),
        name=name,
        label="conv",
        canonical=_call(axes),
        keywords=("windows",),
        samples=samples,
        tex=(
            rf"\operatorname{{{name}}}^{{\mathsf T}}(g, weight)",
            rf"\operatorname{{{name}}}^{{\mathsf T}}(g, x)",
            r"\sum g",
        ),
        doc=doc,
    )


conv1d = _declared(
    1,
    samples=lambda x: [
        ((x(2, 3, 5), x(2, 3, 2), x(2)), {}),
        ((x(2, 2, 7), x(4, 1, 3), x(4)), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
        ((x(2, 1, 4), x(1, 1, 2)), {"padding": "same"}),
        ((x(0, 2, 4), x(1, 2, 3)), {}),
    ],
    doc="""Cross-correlate signals with kernels: z[n, o, i] = b[o] + Σ x[n, c, s i + d k] w[o, c, k].

    Parameters, result and errors are those of `conv2d`, with one axis (L) in the place of two (H, W).

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.conv1d(np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]])).tolist()
    [[[1.0, 2.0]]]
    """,
)
conv2d = _declared(
    2,
    samples=lambda x: [
        ((x(2, 3, 5, 4), x(2, 3, 3, 2), x(2)), {}),
        ((x(2, 1, 6, 5), x(3, 1, 2, 3), x(3)), {"stride": (2, 1), "padding": (0, 2)}),
        ((x(1, 2, 4, 4), x(1, 2, 3, 3)), {"stride": 2, "padding": 1}),
        ((x(2, 4, 5, 6), x(2, 2, 2, 3), x(2)), {"dilation": (3, 2), "groups": 2}),
        ((x(1, 2, 3, 4), x(4, 1, 2, 2)), {"padding": "same", "groups": 2}),
        ((x(0, 2, 4, 4), x(1, 2, 3, 3)), {}),
    ],
    doc="""Cross-correlate images with kernels: z[n, o, i, j] = b[o] + Σ x[n, c, s i + d k, s j + d l] w[o, c, k, l].

    Parameters
    ----------
    x : (N, C, H, W)
        A batch of images.
    weight : (O, C / groups, kh, kw)
        The kernels; as in PyTorch, they are not flipped.
    bias : (O,), optional
        Added to each channel.
    stride, dilation : int or pair of int
        The distances s between windows, and d between what one window sees; a pair is (rows, columns).
    padding : int, pair of int, "valid" or "same"
        The zeros on every side. "valid" is none; "same" as many as keep H and W, the odd one at the end.
    groups : int
        The channels in and out are divided into this many parts, each with its own convolution.

    Returns
    -------
    (N, O, (H + 2 padding − dilation (kh − 1) − 1) // stride + 1, the same of W)

    Raises
    ------
    ShapeError
        When the shapes do not fit together.
    ArgumentError
        When stride, padding, dilation or groups is no whole number, or too small, or groups does not divide the
        channels; when padding is "same" and stride is not 1.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.conv2d(np.ones((1, 2, 4, 4)), np.ones((3, 2, 3, 3))).shape
    (1, 3, 2, 2)
    >>> ag.conv2d(np.ones((1, 2, 4, 4)), np.ones((2, 1, 3, 3)), padding="same", groups=2).shape
    (1, 2, 4, 4)
    """,
)


def _transpose_call(a: Array, b: Array, like: Like, windows: Windows) -> Any:
    return (a, b), {"like": like, "windows": windows}


conv: Primitive = unregistered(
    lambda x, weight, windows: _conv(x, weight, None, windows),
    x=lambda g, weight, like_x, windows: conv_to_x(g, weight, like_x, windows),
    weight=lambda g, x, like_weight, windows: conv_to_weight(g, x, like_weight, windows),
    name="conv",
    canonical=lambda x, weight, windows: ((x, weight), {"windows": windows}),
    keywords=("windows",),
    doc="A convolution over any number of axes, without a bias.",
)
SAMPLE = Kernels((2, 3), (1, 1), ((0, 0), (1, 2)), (2, 1), 2)
conv_to_x: Primitive = unregistered(
    _conv_to_x,
    z=lambda g, weight, windows: conv(g, weight, windows),
    weight=lambda g, z, like_weight, windows: conv_to_weight(z, g, like_weight, windows),
    name="conv_to_x",
    canonical=_transpose_call,
    keywords=("like", "windows"),
    samples=lambda x: [((x(2, 4, 2, 5), x(4, 1, 2, 3), Like((2, 2, 4, 4), np.dtype(float)), SAMPLE), {})],
    doc="The transpose of a convolution as a function of the images.",
)
conv_to_weight: Primitive = unregistered(
    _conv_to_weight,
    z=lambda g, x, windows: conv(x, g, windows),
    x=lambda g, z, like_x, windows: conv_to_x(z, g, like_x, windows),
    name="conv_to_weight",
    canonical=_transpose_call,
    keywords=("like", "windows"),
    samples=lambda x: [((x(2, 4, 2, 5), x(2, 2, 4, 4), Like((4, 1, 2, 3), np.dtype(float)), SAMPLE), {})],
    doc="The transpose of a convolution as a function of the kernels.",
)
