"""Normalisation: data with mean 0 and variance 1 over an example's features, or over a batch's examples.

Mean and variance are functions of the data, and the rules follow the gradient through them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import Axes, shape_of
from autograd_lite.errors import ShapeError
from autograd_lite.primitives import Array, primitive


def standardised(x: Array, axis: Axes, eps: float) -> tuple[Array, Array]:
    """Return (x − μ)/σ and 1/σ over some axes, σ² = mean (x − μ)² + eps."""
    d = x - x.mean(axis=axis, keepdims=True)
    r = 1 / np.sqrt((d * d).mean(axis=axis, keepdims=True) + eps)
    return d * r, r


def through_standardised(h: Array, n: Array, r: Array, axis: Axes) -> Array:
    """Return (h − mean h − n mean(h n)) / σ: what is left of h without its mean and its part along n."""
    along = (h * n).mean(axis=axis, keepdims=True)
    return r * (h - h.mean(axis=axis, keepdims=True) - n * along)


def scaled(n: Array, weight: Array | None, bias: Array | None) -> Array:
    """Return n · weight + bias; None is 1, or 0."""
    n = n if weight is None else n * weight
    return n if bias is None else n + bias


def last(axes: int) -> Axes:
    """Return the last few axes."""
    return tuple(range(-axes, 0))


def _layer_norm(x: Array, weight: Array | None, bias: Array | None, axes: int, eps: float) -> Array:
    return scaled(standardised(x, last(axes), eps)[0], weight, bias)


def _layer_norm_and_normalised(
    x: Array, weight: Array | None, bias: Array | None, axes: int, eps: float
) -> tuple[Array, Array, Array]:
    n, r = standardised(x, last(axes), eps)
    return scaled(n, weight, bias), n, r


def _layer_norm_to_x(g: Array, n: Array, r: Array, weight: Array | None, axes: int) -> Array:
    return through_standardised(g if weight is None else g * weight, n, r, last(axes))


def _layer_norm_call(
    x: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    normalized_shape: int | tuple[int, ...] | None = None,
    eps: float = 1e-5,
) -> Any:
    shape = shape_of(x)
    features = shape[-1:] if normalized_shape is None else normalized_shape
    features = (features,) if isinstance(features, (int, np.integer)) else tuple(features)
    if not features or shape[-len(features) :] != features:
        raise ShapeError(
            f"layer_norm: x has shape {shape}, normalized_shape is {features or '()'}.",
            "It works over the last axes of x: give their lengths, or nothing for the last axis alone.",
        )
    for name, given in (("weight", weight), ("bias", bias)):
        if given is not None and shape_of(given) != features:
            raise ShapeError(
                f"layer_norm: x has shape {shape}, the {name} {shape_of(given)}.",
                f"It works over the last axis of x; give a {name} of the shape {features}, or None."
                if len(features) == 1
                else f"Give a {name} of the shape {features}, over which it works, or None.",
            )
    return (x, weight, bias), {"axes": len(features), "eps": eps}


layer_norm = primitive(
    _layer_norm,
    x=lambda g, n, r, weight, axes: _layer_norm_to_x(g, n, r, weight, axes),
    weight=lambda g, n: g * n,
    bias=lambda g: g,
    canonical=_layer_norm_call,
    keywords=("axes", "eps"),
    residuals=_layer_norm_and_normalised,
    residual_names=("n", "r"),
    definition=_layer_norm,
    name="layer_norm",
    label="LN",
    samples=lambda x: [
        ((x(4, 5), x(5), x(5)), {}),
        ((x(2, 3, 4),), {"eps": 1e-3}),
        ((x(6), x(6)), {}),
        ((x(3, 4), None, x(4)), {}),
        ((x(2, 2, 3), x(2, 3), x(2, 3)), {"normalized_shape": (2, 3)}),
        ((x(0, 4), x(4), x(4)), {}),
    ],
    tex=(
        r"\frac{1}{\sigma} (h - \operatorname{mean}(h) - s \odot \operatorname{mean}(h \odot s)),"
        r"\; h = g \odot weight,\; s = \frac{x - \mu}{\sigma}",
        r"g \odot \frac{x - \mu}{\sigma}",
        "g",
    ),
    doc="""(x − μ)/σ · weight + bias over the last axis, with σ² = mean (x − μ)² + eps.

    After J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization" (2016).

    Parameters
    ----------
    x : (..., features)
        Normalised over the last axis, or over those that `normalized_shape` names.
    weight, bias : normalized_shape, optional
        Scale and shift.
    normalized_shape : int or tuple of int, optional
        The lengths of the last axes of x, over which it works; by default of the last one.
    eps : float
        Keeps the division from exploding where all features are equal.

    Raises
    ------
    ShapeError
        When weight or bias have another shape, or x does not end in `normalized_shape`.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.layer_norm(np.array([1.0, 2.0, 3.0]), eps=0.0).round(4).tolist()
    [-1.2247, 0.0, 1.2247]
    """,
)


def others(x: Array) -> Axes:
    """Return all axes but that of the channels, the second."""
    return (0, *range(2, x.ndim))


def per_channel(values: Array, x: Array) -> Array:
    """Return one number a channel, (C,), in a shape that stretches over x, (N, C, ...)."""
    return values.reshape(values.shape[0], *(1,) * (x.ndim - 2))


def over_channels(g: Array) -> Array:
    """Return the sum in each channel: the transpose of `per_channel`."""
    return g.sum(axis=others(g))


def _batch_norm(x: Array, weight: Array | None, bias: Array | None, eps: float) -> Array:
    return _batch_norm_and_normalised(x, weight, bias, eps)[0]


def _batch_norm_and_normalised(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    n, r = standardised(x, others(x), eps)
    factor, shift = (None if each is None else per_channel(each, x) for each in (weight, bias))
    return scaled(n, factor, shift), n, r


def _batch_norm_to_x(g: Array, n: Array, r: Array, weight: Array | None) -> Array:
    return through_standardised(g if weight is None else g * per_channel(weight, g), n, r, others(g))


def _check_channels(name: str, x: Array, **given: Array | None) -> None:
    """Refuse an x without channels, and whatever is not one number a channel."""
    shape = shape_of(x)
    if len(shape) < 2:
        raise ShapeError(
            f"{name} takes (N, C) or (N, C, ...), got {shape}.", "Give a batch, one example a row: x[None]."
        )
    for title, each in given.items():
        if each is not None and shape_of(each) != shape[1:2]:
            raise ShapeError(
                f"{name}: x of shape {shape} has {shape[1]} channels, the {title} has shape {shape_of(each)}.",
                f"Give a {title} of shape ({shape[1]},).",
            )


def _batch_norm_call(x: Array, weight: Array | None = None, bias: Array | None = None, *, eps: float = 1e-5) -> Any:
    _check_channels("batch_norm", x, weight=weight, bias=bias)
    return (x, weight, bias), {"eps": eps}


batch_norm = primitive(
    _batch_norm,
    x=lambda g, n, r, weight: _batch_norm_to_x(g, n, r, weight),
    weight=lambda g, n: over_channels(g * n),
    bias=lambda g: over_channels(g),
    canonical=_batch_norm_call,
    keywords=("eps",),
    residuals=_batch_norm_and_normalised,
    residual_names=("n", "r"),
    definition=_batch_norm,
    name="batch_norm",
    label="BN",
    samples=lambda x: [
        ((x(5, 3), x(3), x(3)), {}),
        ((x(3, 2, 4),), {"eps": 1e-3}),
        ((x(2, 3, 2, 2), None, x(3)), {}),
        ((x(2, 3, 2, 2), x(3)), {}),
    ],
    tex=(
        r"\frac{1}{\sigma} (h - \operatorname{mean}(h) - s \odot \operatorname{mean}(h \odot s)),"
        r"\; h = g \odot weight,\; s = \frac{x - \mu}{\sigma}",
        r"\sum g \odot \frac{x - \mu}{\sigma}",
        r"\sum g",
    ),
    doc="""(x − μ)/σ · weight + bias in each channel, with μ and σ² = variance + eps over the batch and all positions.

    After S. Ioffe and C. Szegedy, "Batch Normalization" (2015). The gradient flows through μ and σ.

    Parameters
    ----------
    x : (N, C) or (N, C, ...)
        Each channel is normalised by itself.
    weight, bias : (C,), optional
        Scale and shift.
    eps : float
        Keeps the division from exploding where a channel is constant.

    Raises
    ------
    ShapeError
        When x has no channels, or weight and bias are not one number a channel.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.batch_norm(np.array([[1.0, 10.0], [3.0, 30.0]]), eps=0.0).tolist()
    [[-1.0, -1.0], [1.0, 1.0]]
    """,
)


def _slope(variance: Array, weight: Array | None, eps: float) -> Array:
    """Return weight/σ, one number a channel."""
    sigma = np.sqrt(variance + eps)
    return 1 / sigma if weight is None else weight / sigma


def _fixed(x: Array, mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float) -> Array:
    slope = _slope(variance, weight, eps)
    shift = -mean * slope if bias is None else bias - mean * slope
    return x * per_channel(slope, x) + per_channel(shift, x)


def _fixed_definition(
    x: Array, mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float
) -> Array:
    n = (x - per_channel(mean, x)) / np.sqrt(per_channel(variance, x) + eps)
    return scaled(n, *(None if each is None else per_channel(each, x) for each in (weight, bias)))


def _fixed_to_variance(g: Array, x: Array, mean: Array, variance: Array, weight: Array | None, eps: float) -> Array:
    moved = over_channels(g * (x - per_channel(mean, x)))
    return -0.5 * moved * _slope(variance, weight, eps) / (variance + eps)


def _fixed_to_weight(g: Array, x: Array, mean: Array, variance: Array, eps: float) -> Array:
    return over_channels(g * (x - per_channel(mean, x))) * _slope(variance, None, eps)


def _fixed_call(
    x: Array,
    mean: Array,
    variance: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    eps: float = 1e-5,
) -> Any:
    _check_channels("fixed_batch_norm", x, mean=mean, variance=variance, weight=weight, bias=bias)
    return (x, mean, variance, weight, bias), {"eps": eps}


fixed_batch_norm = primitive(
    _fixed,
    x=lambda g, variance, weight, eps: g * per_channel(_slope(variance, weight, eps), g),
    mean=lambda g, variance, weight, eps: -over_channels(g) * _slope(variance, weight, eps),
    variance=lambda g, x, mean, variance, weight, eps: _fixed_to_variance(g, x, mean, variance, weight, eps),
    weight=lambda g, x, mean, variance, eps: _fixed_to_weight(g, x, mean, variance, eps),
    bias=lambda g: over_channels(g),
    canonical=_fixed_call,
    keywords=("eps",),
    definition=_fixed_definition,
    name="fixed_batch_norm",
    label="BN",
    samples=lambda x: [
        ((x(2, 3, 2, 2), x(3), abs(x(3)), x(3), x(3)), {}),
        ((x(4, 3), x(3), abs(x(3))), {"eps": 1e-2}),
        ((x(3, 2, 4), x(2), abs(x(2)), None, x(2)), {}),
        ((x(0, 3), x(3), abs(x(3)), x(3), x(3)), {}),
    ],
    tex=(
        r"g \odot \frac{weight}{\sigma}",
        r"-\sum g \odot \frac{weight}{\sigma}",
        r"-\frac{1}{2} \sum g \odot \frac{weight (x - mean)}{\sigma^3}",
        r"\sum g \odot \frac{x - mean}{\sigma}",
        r"\sum g",
    ),
    doc="""(x − mean)/σ · weight + bias in each channel, with a mean and a σ² = variance + eps that are given.

    What `batch_norm` is in evaluation, where those of past batches take the place of the batch's own.

    Parameters
    ----------
    x : (N, C) or (N, C, ...)
        Each channel is normalised by itself.
    mean, variance : (C,)
        Of what x is a sample of.
    weight, bias : (C,), optional
        Scale and shift.
    eps : float
        Keeps the division from exploding where a variance is 0.

    Raises
    ------
    ShapeError
        When x has no channels, or the others are not one number a channel.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.fixed_batch_norm(np.array([[1.0, 10.0]]), np.array([0.0, 6.0]), np.array([1.0, 4.0]), eps=0.0).tolist()
    [[1.0, 2.0]]
    """,
)
