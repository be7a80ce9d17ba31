"""Fused primitives: several operations in one, with one rule; `definition` is the same in plain primitives.

The first derivative runs the fused rule; higher ones differentiate the definition, the oracle of the tests too.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from autograd_lite.derivatives.reductions import logsumexp, softmax
from autograd_lite.derivatives.vocabulary import mT, rows
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, primitive


def _linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    z = x @ weight.T
    if bias is None:
        return z
    in_place = getattr(bias, "ndim", 0) == 1 and bias.dtype == z.dtype
    return np.add(z, bias, out=z) if in_place else z + bias


def _linear_definition(x: Array, weight: Array, bias: Array | None = None) -> Array:
    z = weight @ x if x.ndim == 1 else x @ mT(weight)
    return z if bias is None else z + bias


def _linear_call(x: Array, weight: Array, bias: Array | None = None) -> Any:
    return (x, weight, bias), {}


linear = primitive(
    _linear,
    x=lambda g, weight: g @ weight,
    weight=lambda g, x: mT(rows(g)) @ rows(x),
    bias=lambda g: g,
    canonical=_linear_call,
    definition=_linear_definition,
    name="linear",
    unfold=True,
    samples=lambda x: [
        ((x(5, 2), x(3, 2), x(3)), {}),
        ((x(2), x(3, 2), x(3)), {}),
        ((x(4, 5, 2), x(3, 2), None), {}),
        ((x(0, 2), x(3, 2), x(3)), {}),
    ],
    tex=r"g\,W, g^{\mathsf T} x, \textstyle\sum g",
    doc="z = x Wᵀ + b for x (N, in) or (in,), W (out, in), b (out,) or None.",
)


def _squared_error(a: Array, target: Array, scale: float) -> Array:
    d = (a - target).reshape(-1)
    return d.dot(d) * scale


def _squared_error_call(a: Array, target: Array, scale: float = 1.0) -> Any:
    if np.shape(a) != np.shape(target):
        raise ShapeError(
            f"squared_error: the prediction has shape {np.shape(a)}, the target {np.shape(target)}.",
            "Give one target for each predicted number; nothing is broadcast.",
        )
    return (a, target), {"scale": scale}


def _squared_error_label(a: str, target: str, *, scale: float, size: int) -> str:
    """Write ½(a − y)² for one number, and with a Σ for several."""
    part = Fraction(scale).limit_denominator(10**6)
    factor = {Fraction(1, 2): "½", Fraction(1): ""}.get(part, f"{part}·")
    return f"{factor}{'Σ' if size > 1 else ''}({a} − {target})²"


squared_error = primitive(
    _squared_error,
    a=lambda g, a, target, scale: (2 * scale * g) * (a - target),
    target=lambda g, a, target, scale: (2 * scale * g) * (target - a),
    canonical=_squared_error_call,
    keywords=("scale",),
    definition=lambda a, target, scale: np.sum((a - target) ** 2) * scale,
    name="squared_error",
    label=_squared_error_label,
    samples=lambda x: [((x(3, 2), x(3, 2)), {"scale": 0.5}), ((x(1), x(1)), {})],
    tex=r"2 s\,g\,(a - y)",
    doc="scale · Σ (a − y)², a scalar.",
)


def _picked(logits: Array, labels: Array) -> Array:
    """Return each example's logit at its label."""
    if logits.ndim == 1:
        return logits[labels]
    return logits[np.arange(len(labels)), labels]


def _cross_entropy(logits: Array, labels: Array) -> Array:
    return logsumexp(logits, axis=-1) - _picked(logits, labels)


def _cross_entropy_and_probabilities(logits: Array, labels: Array) -> tuple[Array, Array]:
    return _cross_entropy(logits, labels), softmax(logits)


def _cross_entropy_call(logits: Array, labels: Array) -> Any:
    """Check that there is one label an example, and that each is a class."""
    labels = labels if hasattr(labels, "ndim") else np.asarray(labels)
    classes = logits.shape[-1] if logits.ndim in (1, 2) else 0
    if not classes or labels.shape != logits.shape[:-1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"softmax_cross_entropy: logits {logits.shape} and labels {labels.shape} of {labels.dtype}.",
            "Give logits (N, C) and N integer labels, or logits (C,) and one label.",
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ArgumentError(
            f"softmax_cross_entropy: labels from {labels.min()} to {labels.max()}, but there are {classes} classes.",
            f"Number the classes from 0 to {classes - 1}.",
        )
    return (logits, labels), {}


def one_hot(labels: Array, classes: int) -> Array:
    """Return 1 at each label, 0 elsewhere, of shape labels.shape + (classes,)."""
    return np.expand_dims(labels, -1) == np.arange(classes)


softmax_cross_entropy = primitive(
    _cross_entropy,
    logits=lambda g, p, labels: np.expand_dims(g, -1) * (p - one_hot(labels, p.shape[-1])),
    labels=None,
    canonical=_cross_entropy_call,
    residuals=_cross_entropy_and_probabilities,
    residual_names=("p",),
    definition=_cross_entropy,
    name="softmax_cross_entropy",
    label="−log p",
    samples=lambda x: [((x(5, 3), np.array([0, 2, 1, 1, 0])), {}), ((x(4), np.array(2)), {})],
    tex=r"g\,(p - y)",
    doc="−log softmax(logits)[label], one loss an example: logits (N, C) and labels (N,), or (C,) and one label.",
)
