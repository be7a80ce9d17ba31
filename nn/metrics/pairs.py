"""What metrics are given, brought into one form: arrays of real numbers, and of classes where they are compared."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, ShapeError

Array = np.ndarray[Any, Any]

# How far the rows of one-hot targets and of probabilities may be from adding up to 1: float32's rounding over a row.
ROUNDING = 1e-3


class Classes(NamedTuple):
    """Predicted and true classes, as integers of one shape, and how many classes there are."""

    predicted: Array
    true: Array
    number: int


def numbers(title: str, data: Any) -> Array:
    """Return a prediction or a target as an array without NaN.

    Raises
    ------
    DtypeError
        When it is not made of real numbers.
    ShapeError
        When it holds none.
    ArgumentError
        When it holds a NaN.
    """
    try:
        array: Array = np.asarray(data if type(data) is np.ndarray else ag.asarray(data).numpy())
    except AutogradError as error:
        what, _, mend = str(error).partition("\n")
        raise DtypeError(f"The {title}: {what[0].lower()}{what[1:]}", mend) from None
    if array.dtype.kind not in "biuf":
        raise DtypeError(
            f"A metric compares real numbers, the {title} has dtype {array.dtype}.",
            "Number the classes: np.unique(y, return_inverse=True)[1]."
            if array.dtype.kind in "US"
            else "Convert it first, for example with np.asarray(data, dtype=float).",
        )
    if not array.size:
        raise ShapeError(f"The {title} of no examples: the shape is {array.shape}.", "Leave empty batches out.")
    if array.dtype.kind == "f" and np.isnan(array).any():
        wrong = np.argwhere(np.isnan(array))
        raise ArgumentError(
            f"The {title} holds {len(wrong)} NaN, the first at {[int(k) for k in wrong[0]]}.",
            "Look where they begin: with ag.detect_anomaly(): model(x)."
            if title == "prediction"
            else "Leave those examples out.",
        )
    return array


def shapes_differ(prediction: Array, target: Array) -> ShapeError:
    return ShapeError(
        f"The prediction has shape {prediction.shape}, the target {target.shape}; a metric never broadcasts.",
        f"Give the target as y.reshape{prediction.shape}."
        if prediction.size == target.size
        else "Give one target an example, and predictions of shape (N, C) for C classes, or of the target's shape.",
    )


def as_classes(prediction: Any, target: Any, threshold: float | None = None) -> Classes:
    """Return the predicted and the true classes.

    Parameters
    ----------
    prediction, target : array_like
        See `nn.metrics.accuracy`.
    threshold : float, optional
        Above it a prediction for two classes means 1.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
    """
    a, y = numbers("prediction", prediction), numbers("target", target)
    columns = a.shape[-1] if a.ndim else 1
    if a.ndim == y.ndim + 1 and a.shape[:-1] == y.shape and columns > 1:
        return Classes(a.argmax(axis=-1), labels(y, columns), columns)
    if a.shape != y.shape:
        raise shapes_differ(a, y)
    if a.dtype.kind in "biu":
        predicted, true = a.astype(np.int64), labels(y)
        return Classes(predicted, true, int(max(predicted.max(), true.max())) + 1)
    if a.ndim > 1 and columns > 1:
        return Classes(a.argmax(axis=-1), one_hot(y).argmax(axis=-1), columns)
    return Classes(above(a, threshold).astype(np.int64), labels(y, 2), 2)


def labels(y: Array, classes: int | None = None) -> Array:
    """Return class numbers as integers.

    Raises
    ------
    ArgumentError
        When one is not among 0 to `classes` − 1, or no whole number.
    """
    whole = y.astype(np.int64)
    wrong = (whole != y) | (whole < 0)
    if classes is not None:
        wrong |= whole >= classes
    if wrong.any():
        known = "whole numbers from 0 on" if classes is None else f"from 0 to {classes - 1}"
        mend = "Predictions of shape (N, C) have C classes; one of shape (N,) or (N, 1) has two, 0 and 1."
        if whole.min() == 1 and whole.max() == classes:
            mend = "Labels count from 0: write y - 1."
        raise ArgumentError(f"The target holds the label {y[wrong].flat[0].item()!r}; labels are {known}.", mend)
    return whole


def one_hot(y: Array) -> Array:
    """Return targets in the shape of the predictions, if every example has one class.

    Raises
    ------
    ArgumentError
    """
    if (y < 0).any() or (abs(y.sum(axis=-1) - 1) > ROUNDING).any():
        raise ArgumentError(
            f"The rows of the target, shape {y.shape}, do not add up to 1: they are no classes.",
            "For several labels an example compare each by itself: accuracy(prediction.ravel(), y.ravel()).",
        )
    return y


def above(prediction: Array, threshold: float | None) -> Array:
    """Return where predictions for two classes mean 1; of logits, as they are unless said otherwise, where z > 0."""
    if threshold is None:
        warn_of_probabilities(prediction, "threshold=0.5 if they are probabilities, threshold=0 if they are logits")
    positive: Array = prediction > (0.0 if threshold is None else threshold)
    return positive


def warn_of_probabilities(prediction: Array, mend: str) -> None:
    """Warn when what is taken for logits may be probabilities."""
    if prediction.min() >= 0 and prediction.max() <= 1:
        warnings.warn(
            f"All predictions lie from 0 to 1, and were taken for logits z of σ(z).\nWrite {mend}.",
            UserWarning,
            stacklevel=6,
        )
