"""The cross-entropy of two classes, −(y log a + (1 − y) log(1 − a)): of a probability a, or of its logit."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.elementwise import sigmoid
from autograd_lite.derivatives.smooth import softplus
from autograd_lite.derivatives.vocabulary import of_reals, shape_of, zmul
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, primitive


def _of_one_shape(a: Array, target: Array) -> Any:
    if shape_of(a) != shape_of(target):
        raise ShapeError(
            f"Binary cross-entropy: the prediction has shape {shape_of(a)}, the target {shape_of(target)}.",
            "Give one target for each predicted number; nothing is broadcast.",
        )
    of_reals("Binary cross-entropy", a)
    of_reals("Binary cross-entropy", target)
    return (a, target), {}


def _binary_cross_entropy_definition(a: Array, target: Array) -> Array:
    return -(zmul(target, np.log(a)) + zmul(1 - target, np.log1p(-a)))


def _binary_cross_entropy(a: Array, target: Array) -> Array:
    _check_targets(target)
    _check_probabilities(a, target)
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0, times a target of 0
        return _binary_cross_entropy_definition(a, target)


binary_cross_entropy = primitive(
    _binary_cross_entropy,
    a=lambda g, a, target: zmul(g, zmul(1 - target, 1 / (1 - a)) - zmul(target, 1 / a)),
    target=lambda g, a: zmul(g, np.log1p(-a) - np.log(a)),
    canonical=_of_one_shape,
    definition=_binary_cross_entropy_definition,
    name="binary_cross_entropy",
    label="BCE",
    views=False,
    samples=lambda x: [((sigmoid(x(3, 2)), sigmoid(x(3, 2))), {}), ((sigmoid(x(4)), sigmoid(x(4))), {})],
    tex=(r"g \odot (\frac{1 - target}{1 - a} - \frac{target}{a})", r"g \odot \ln \frac{1 - a}{a}"),
    doc="""−(y log a + (1 − y) log(1 − a)) for probabilities a and targets y from 0 to 1 of one shape; 0 log 0 is 0.

    Raises
    ------
    ShapeError
        When the shapes differ.
    ArgumentError
        When a or y lies outside, or the loss is infinite: a is 0 or 1, and y is not.
    """,
)


def _sigmoid_cross_entropy(logits: Array, target: Array) -> Array:
    """Return max(z, 0) − z y + log(1 + e^−|z|); where z is infinite the first two terms are (1 − y) ∞ or y ∞."""
    _check_targets(target)
    size = np.abs(logits)
    small = np.log1p(np.exp(-size))
    if size.max(initial=0) < np.inf:
        return np.maximum(logits, 0) - logits * target + small
    with np.errstate(invalid="ignore"):  # ∞, times a factor of 0
        return zmul(1 - target, np.maximum(logits, 0)) + zmul(target, np.maximum(-logits, 0)) + small


sigmoid_cross_entropy = primitive(
    _sigmoid_cross_entropy,
    logits=lambda g, logits, target: g * (sigmoid(logits) - target),
    target=lambda g, logits: -zmul(g, logits),
    canonical=_of_one_shape,
    definition=lambda logits, target: softplus(logits) - logits * target,
    name="sigmoid_cross_entropy",
    label="BCE(σ)",
    views=False,
    samples=lambda x: [((x(3, 2), sigmoid(x(3, 2))), {}), ((x(4), sigmoid(x(4))), {})],
    tex=(r"g \odot (\operatorname{sigmoid}(logits) - target)", r"-g \odot logits"),
    doc="""log(1 + eᶻ) − y z, the cross-entropy of σ(z) with targets y from 0 to 1, precise for large |z| too.

    Raises
    ------
    ShapeError
        When the shapes differ.
    ArgumentError
        When y lies outside.
    """,
)


def _weighted_sigmoid_cross_entropy(logits: Array, target: Array, weight: Array) -> Array:
    _check_targets(target)
    with np.errstate(over="ignore", invalid="ignore"):  # ∞, times a factor of 0
        return _weighted_definition(logits, target, weight)


def _weighted_definition(logits: Array, target: Array, weight: Array) -> Array:
    return zmul(weight * target, softplus(-logits)) + zmul(1 - target, softplus(logits))


def _weighted_call(logits: Array, target: Array, weight: Array) -> Any:
    (logits, target), _ = _of_one_shape(logits, target)
    shape = shape_of(logits)
    if not _stretches(shape_of(weight), shape):
        raise ShapeError(
            f"weighted_sigmoid_cross_entropy: the logits have shape {shape}, the weight {shape_of(weight)}.",
            f"Give one number, or one a column: shape {shape[-1:]}.",
        )
    return (logits, target, weight), {}


def _stretches(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Tell whether broadcasting makes one shape into the other."""
    lengths = zip(reversed(given), reversed(wanted), strict=False)
    return len(given) <= len(wanted) and all(n in (1, m) for n, m in lengths)


weighted_sigmoid_cross_entropy = primitive(
    _weighted_sigmoid_cross_entropy,
    logits=lambda g, logits, target, weight: g * ((1 - target) * sigmoid(logits) - weight * target * sigmoid(-logits)),
    target=lambda g, logits, weight: zmul(g, weight * softplus(-logits) - softplus(logits)),
    weight=lambda g, logits, target: zmul(g, zmul(target, softplus(-logits))),
    canonical=_weighted_call,
    definition=_weighted_definition,
    name="weighted_sigmoid_cross_entropy",
    label="BCE(σ)",
    views=False,
    samples=lambda x: [
        ((x(3, 2), sigmoid(x(3, 2)), 4 + x(2)), {}),
        ((x(4), sigmoid(x(4)), 4 + x(4)), {}),
    ],
    tex=(
        r"g \odot ((1 - target) \operatorname{sigmoid}(logits) - weight\,target\,\operatorname{sigmoid}(-logits))",
        r"g \odot (weight\,\operatorname{softplus}(-logits) - \operatorname{softplus}(logits))",
        r"g \odot target \odot \operatorname{softplus}(-logits)",
    ),
    doc="""−(w y log σ(z) + (1 − y) log(1 − σ(z))): the class 1 counts w times as much.

    The weight is one number, one a column, or one an element.

    Raises
    ------
    ShapeError
        When the shapes of logits and target differ, or the weight does not fit.
    ArgumentError
        When y lies outside.
    """,
)


def _check_probabilities(a: Array, target: Array) -> None:
    """Raise unless every a is a probability under which its target is possible."""
    if not a.size:
        return
    low, high = a.min(), a.max()
    if not (low >= 0 and high <= 1):
        raise ArgumentError(
            f"BCELoss takes probabilities; got {_range(a)}.",
            "Pass them through a sigmoid, or use nn.BCEWithLogitsLoss() on the logits."
            if np.isfinite(low + high)
            else "Look for the first NaN or infinity: with ag.detect_anomaly(): ...",
        )
    if low == 0 or high == 1:
        impossible = ((a == 0) & (target > 0)) | ((a == 1) & (target < 1))
        if impossible.any():
            raise ArgumentError(
                f"BCELoss is infinite: {int(impossible.sum())} of {a.size} probabilities are exactly 0 or 1, "
                "and the target differs.",
                "Use nn.BCEWithLogitsLoss() on the logits: a sigmoid rounds to 1 where the logit is large.",
            )


def _check_targets(target: Any) -> None:
    """Raise unless every target lies between 0 and 1."""
    y = target if hasattr(target, "dtype") else np.asarray(target)
    if not y.size or (y.min() >= 0 and y.max() <= 1):
        return
    if not np.isfinite(y.min() + y.max()):
        mend = "Leave examples without a target out: np.isfinite(y) says which have one."
    elif ((y == 1) | (y == -1)).all():
        mend = "Write (y + 1) / 2 for classes -1 and 1."
    elif (y == np.floor(y)).all() and y.min() >= 0:
        mend = "For more than two classes use nn.CrossEntropyLoss(), with one output a class."
    else:
        mend = "Scale the targets to it, or use nn.MSELoss() for numbers of any size."
    raise ArgumentError(f"Targets of two classes are from 0 to 1; got {_range(y)}.", mend)


def _range(values: Array) -> str:
    """Return the smallest and the largest value, exactly where rounding would hide what is wrong; or how many NaNs."""
    low, high = float(values.min()), float(values.max())
    if low != low:
        return f"{int(np.isnan(values).sum())} NaN among {values.size} values"
    shown = [f"{each:.4g}" for each in (low, high)]
    if all(0 <= float(each) <= 1 for each in shown):
        shown = [repr(low), repr(high)]
    return f"values from {shown[0]} to {shown[1]}"
