"""The functions behind the modules: the engine's own under one roof, and the losses with their checks.

A loss never broadcasts: prediction and target have one shape. Without a reduction it returns one loss an element
(cross_entropy: one an example).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

import autograd_lite as ag
from autograd_lite import (
    elu,
    gelu,
    leaky_relu,
    linear,
    log_softmax,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from autograd_lite.errors import DtypeError, ShapeError, refusing
from autograd_lite.spelling import spelled
from nn.arguments import as_tensor, choice

__all__ = [
    "bce",
    "bce_with_logits",
    "cross_entropy",
    "elu",
    "gelu",
    "half_sse",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mse",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "sse",
    "tanh",
]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.functional", __all__)

REDUCTIONS = ("sum", "mean", "none")


@spelled
def half_sse(prediction: Any, target: Any, reduction: str = "sum") -> ag.Tensor:
    """Half the sum of squared errors, L = ½ Σ (a − y)², so that ∂L/∂a = a − y.

    Parameters
    ----------
    prediction : array_like, any shape
        a.
    target : array_like of the same shape
        y; becomes the prediction's dtype.
    reduction : {"sum", "mean", "none"}
        "mean" divides by the number of elements; "none" gives ½(a − y)² for each.

    Returns
    -------
    Tensor
        A scalar, or with "none" of the prediction's shape.

    Raises
    ------
    ShapeError
        When the shapes differ, or the mean of nothing is asked for.
    DtypeError
        When the data are complex or no numbers.
    ArgumentError
        When the reduction is not known.

    Examples
    --------
    >>> nn.functional.half_sse([0.5374], [1.0]).item().__round__(4)
    0.107
    """
    return _squared_error(prediction, target, 0.5, reduction)


@spelled
def sse(prediction: Any, target: Any, reduction: str = "sum") -> ag.Tensor:
    """The sum of squared errors, Err = Σ (y − ŷ)², so that ∂Err/∂ŷ = −2(y − ŷ).

    Parameters, result and errors are those of `half_sse`.

    Examples
    --------
    >>> nn.functional.sse([1.0, 2.0], [0.0, 0.0]).item()
    5.0
    """
    return _squared_error(prediction, target, 1.0, reduction)


@spelled
def mse(prediction: Any, target: Any, reduction: str = "mean") -> ag.Tensor:
    """The mean squared error, L = (1/n) Σ (a − y)² over all n elements of the batch.

    Parameters, result and errors are those of `half_sse`, but for the default reduction.

    Examples
    --------
    >>> nn.functional.mse([[1.0, 2.0], [0.0, 0.0]], np.zeros((2, 2))).item()
    1.25
    """
    return _squared_error(prediction, target, 1.0, reduction)


@spelled
def bce(prediction: Any, target: Any, reduction: str = "mean") -> ag.Tensor:
    """The binary cross-entropy, L = −(y log a + (1 − y) log(1 − a)), so that ∂L/∂a = (a − y)/(a(1 − a)).

    0 log 0 is 0. Nothing is clamped: where a is exactly 0 or 1 and y is not, the loss is infinite and refused, since
    no finite number would be right. PyTorch takes −100 for log 0 and 0 for the gradient behind a sigmoid, so that the
    example is no longer learnt from. `bce_with_logits` has neither problem.

    Parameters
    ----------
    prediction : array_like, any shape
        Probabilities a, from 0 to 1.
    target : array_like of the same shape
        y, from 0 to 1; classes are 0 and 1. Becomes the prediction's dtype.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.

    Returns
    -------
    Tensor
        A scalar, or with "none" of the prediction's shape.

    Raises
    ------
    ShapeError
        When the shapes differ, or the mean of nothing is asked for.
    DtypeError
        When the data are complex or no numbers.
    ArgumentError
        When a or y lies outside, the loss is infinite, or the reduction is not known.

    References
    ----------
    C. M. Bishop: Pattern Recognition and Machine Learning. Springer 2006, equations 4.90 and 5.21.

    Examples
    --------
    >>> nn.functional.bce([0.5374], [1]).item().__round__(4)
    0.621
    """
    _check_reduction(reduction)
    loss: ag.Tensor = ag.binary_cross_entropy(*_alike(prediction, target))
    return _reduced(loss, reduction)


@spelled
def bce_with_logits(logits: Any, target: Any, reduction: str = "mean") -> ag.Tensor:
    """The binary cross-entropy of a = σ(z), L = max(z, 0) − z y + log(1 + e^−|z|), so that ∂L/∂z = σ(z) − y.

    The form is that of log(1 + e^z) − z y which neither overflows nor rounds small losses to 0.

    Parameters, result and errors are those of `bce`, but for `logits`, which may be any real numbers.

    Examples
    --------
    >>> nn.functional.bce_with_logits([1000.0, -1000.0], [1, 1], "none").tolist()
    [0.0, 1000.0]
    """
    _check_reduction(reduction)
    loss: ag.Tensor = ag.sigmoid_cross_entropy(*_alike(logits, target))
    return _reduced(loss, reduction)


@spelled
def cross_entropy(logits: Any, labels: Any, reduction: str = "mean") -> ag.Tensor:
    """The cross-entropy of softmax, L = −log p[label] with p = softmax(logits), so that ∂L/∂logits = p − e.

    e is 1 at the label, else 0, for each example.

    Parameters
    ----------
    logits : array_like, shape (N, C) or (C,)
        One row an example, one column a class; not yet through softmax.
    labels : array_like of int, shape (N,) or ()
        The number of each example's class, from 0 to C − 1.
    reduction : {"mean", "sum", "none"}
        "mean" divides by N; "none" gives one loss an example.

    Returns
    -------
    Tensor
        A scalar, or with "none" of the labels' shape.

    Raises
    ------
    ShapeError
        When there is not one label an example, or the mean of nothing is asked for.
    DtypeError
        When the labels are no integers, or the logits are complex or no numbers.
    ArgumentError
        When a label is no class, or the reduction is not known.

    Examples
    --------
    >>> nn.functional.cross_entropy([[0.0, 0.0]], [1]).item().__round__(4)
    0.6931
    """
    _check_reduction(reduction)
    logits = _real(as_tensor(logits))
    labels = _labels(labels, logits.shape)
    loss: ag.Tensor = ag.softmax_cross_entropy(logits, labels)
    return _reduced(loss, reduction)


def _squared_error(prediction: Any, target: Any, scale: float, reduction: str) -> ag.Tensor:
    _check_reduction(reduction)
    a, y = _alike(prediction, target)
    if reduction == "none":
        losses: ag.Tensor = (a - y) ** 2 * scale
        return losses
    if reduction == "mean":
        _refuse_empty(a)
        scale /= a.size
    loss: ag.Tensor = ag.squared_error(a, y, scale)
    return loss


def _reduced(losses: ag.Tensor, reduction: str) -> ag.Tensor:
    """Return one loss an element, their mean or their sum."""
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    _refuse_empty(losses)
    return losses.mean()


def _alike(prediction: Any, target: Any) -> tuple[ag.Tensor, ag.Tensor]:
    """Return both as real Tensors of one dtype, if they have one shape."""
    a = _real(as_tensor(prediction))
    y = as_tensor(target, a.dtype, name="y")
    if a.shape != y.shape:
        raise _shapes_differ(a.shape, y.shape)
    return a, y


def check_pairs(prediction: Any, target: Any) -> None:
    """Refuse what has no accuracy: predictions and targets that differ in shape, or none at all.

    Raises
    ------
    ShapeError, DtypeError
        As the loss of two classes does.

    Examples
    --------
    >>> nn.functional.check_pairs([0.5, 0.25], [1, 0])
    """
    a, _ = _alike(prediction, target)
    _refuse_no_predictions(a)


def check_labels(logits: Any, labels: Any) -> None:
    """Refuse what has no accuracy: labels that are not one class number an example, or none at all.

    Raises
    ------
    ShapeError, DtypeError
        As `cross_entropy` does.

    Examples
    --------
    >>> nn.functional.check_labels([[2.0, 0.0], [0.0, 2.0]], [0, 1])
    """
    z = as_tensor(logits)
    _labels(labels, z.shape)
    _refuse_no_predictions(z)


def _refuse_no_predictions(prediction: ag.Tensor) -> None:
    if not prediction.size:
        raise ShapeError(
            f"The accuracy of no predictions: the shape is {prediction.shape}.", "Leave empty batches out."
        )


def _check_reduction(reduction: str) -> None:
    if reduction not in REDUCTIONS:
        choice("reduction", reduction, REDUCTIONS)


def _real(prediction: ag.Tensor) -> ag.Tensor:
    if prediction.dtype.kind == "c":
        raise DtypeError(
            f"A loss is a real number, the prediction is {prediction.dtype}.",
            "Compare real numbers: abs(z), or the real and imaginary parts side by side.",
        )
    return prediction


def _shapes_differ(prediction: tuple[int, ...], target: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"The prediction has shape {prediction}, the target {target}; a loss never broadcasts.",
        f"Give the target as y.reshape{prediction}."
        if np.prod(prediction) == np.prod(target)
        else "Give one target for each predicted number.",
    )


def _refuse_empty(batch: ag.Tensor) -> None:
    if not batch.size:
        raise ShapeError(
            f"The mean of no losses: the shape is {batch.shape}.", 'Leave empty batches out, or use "sum".'
        )


def _labels(labels: Any, logits: tuple[int, ...]) -> ag.Tensor:
    """Return the labels as a Tensor of class numbers, one an example."""
    try:
        given = labels if isinstance(labels, ag.Tensor) else ag.tensor(labels, name="y")
    except DtypeError as error:
        raise DtypeError(
            f"Labels are class numbers. {str(error).splitlines()[0]}",
            "Number the classes from 0: names, y = np.unique(labels, return_inverse=True).",
        ) from None
    if len(logits) not in (1, 2):
        raise ShapeError(
            f"The logits have shape {logits}, expected (N, C) or (C,).", "Give one row an example, one column a class."
        )
    if given.shape != logits[:-1]:
        raise _no_label_each(given.shape, logits)
    if given.dtype.kind not in "iu":
        raise DtypeError(
            f"Labels are class numbers, integers from 0 to {logits[-1] - 1}, got dtype {given.dtype}.",
            "Convert them: y.astype(int).",
        )
    return given


def _no_label_each(labels: tuple[int, ...], logits: tuple[int, ...]) -> ShapeError:
    if labels == logits:
        mend = "These look like one column a class: pass their numbers, y.argmax(axis=-1)."
    elif np.prod(labels) == np.prod(logits[:-1]):
        mend = f"Give the labels as y.reshape({', '.join(map(str, logits[:-1]))})." if logits[:-1] else "Pass y.item()."
    else:
        mend = "Give one class number for each row of the logits."
    return ShapeError(f"The labels have shape {labels}, expected {logits[:-1]} for logits {logits}.", mend)
