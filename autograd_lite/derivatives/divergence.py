"""The summands of the Kullback-Leibler divergence, t (log t − x), and of the cross-entropy of whole distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.reductions import log_softmax, softmax, top_of
from autograd_lite.derivatives.vocabulary import canonical_axis, expand, shape_of, zmul
from autograd_lite.errors import ShapeError
from autograd_lite.primitives import Array, primitive


def _of_one_shape(name: str, prediction: Array, target: Array) -> tuple[Array, Array]:
    if shape_of(prediction) != shape_of(target):
        raise ShapeError(
            f"{name}: the prediction has shape {shape_of(prediction)}, the target {shape_of(target)}.",
            "Give one target for each predicted number; nothing is broadcast.",
        )
    return prediction, target


def _kl_divergence(x: Array, target: Array) -> Array:
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # log 0, times a target of 0
        return zmul(target, np.log(target) - x)


kl_divergence = primitive(
    _kl_divergence,
    x=lambda g, target: -g * target,
    target=lambda g, target, x: zmul(g, np.log(target) - x + 1),
    canonical=lambda x, target: (_of_one_shape("kl_divergence", x, target), {}),
    name="kl_divergence",
    label="KL",
    views=False,
    samples=lambda x: [((x(3, 2), 4 + x(3, 2)), {}), ((x(4), 4 + x(4)), {}), ((x(0, 2), x(0, 2)), {})],
    tex=(r"-g \odot target", r"g \odot (\ln target - x + 1)"),
    doc="""t (log t − x) for each probability t and the log-probability x that stands for it; 0 where t is 0.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """,
)


def _kl_divergence_of_logs(x: Array, log_target: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):  # −∞ − (−∞), times a target of 0
        return zmul(np.exp(log_target), log_target - x)


kl_divergence_of_logs = primitive(
    _kl_divergence_of_logs,
    x=lambda g, log_target: -g * np.exp(log_target),
    log_target=lambda g, log_target, x: g * zmul(np.exp(log_target), log_target - x + 1),
    canonical=lambda x, log_target: (_of_one_shape("kl_divergence_of_logs", x, log_target), {}),
    name="kl_divergence_of_logs",
    label="KL",
    views=False,
    samples=lambda x: [((x(3, 2), x(3, 2)), {}), ((x(4), x(4)), {}), ((x(0, 2), x(0, 2)), {})],
    tex=(r"-g \odot e^{log\_target}", r"g \odot e^{log\_target} \odot (log\_target - x + 1)"),
    doc="""eˢ (s − x) for log-probabilities s and x; 0 where s is −∞.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """,
)


def _soft_cross_entropy(logits: Array, target: Array, axis: int) -> Array:
    """Return Σ t (log Σ eᶻ − z), with the largest z taken out, so that nothing overflows and −∞ may be masked."""
    shifted = logits - top_of(logits, axis)
    with np.errstate(over="ignore", invalid="ignore"):
        surprise = np.log(np.exp(shifted).sum(axis=axis, keepdims=True)) - shifted
        return zmul(target, surprise).sum(axis=axis)


def _soft_cross_entropy_call(logits: Array, target: Array, axis: int = -1) -> Any:
    return _of_one_shape("soft_cross_entropy", logits, target), {"axis": canonical_axis(axis, logits.ndim)}


soft_cross_entropy = primitive(
    _soft_cross_entropy,
    logits=lambda g, logits, target, axis, like_logits: (
        expand(g, like_logits, (axis,)) * (softmax(logits, axis) * target.sum(axis=axis, keepdims=True) - target)
    ),
    target=lambda g, logits, axis, like_logits: -zmul(expand(g, like_logits, (axis,)), log_softmax(logits, axis)),
    canonical=_soft_cross_entropy_call,
    keywords=("axis",),
    definition=lambda logits, target, axis: -zmul(target, log_softmax(logits, axis)).sum(axis=axis),
    name="soft_cross_entropy",
    label="−Σ t log p",
    views=False,
    samples=lambda x: [
        ((x(5, 3), 4 + x(5, 3)), {}),
        ((x(4), 4 + x(4)), {}),
        ((x(2, 3, 4), x(2, 3, 4)), {"axis": 1}),
    ],
    tex=(
        r"g \odot (p \sum target - target),\; p = \operatorname{softmax}(logits)",
        r"-g \odot \operatorname{log\_softmax}(logits)",
    ),
    doc="""−Σ t log softmax(z) along `axis`, the cross-entropy of a whole distribution t; 0 log 0 is 0.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """,
)
