"""Metrics of classes: how many predictions are right, and which classes are taken for which."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.spelling import spelled
from nn.arguments import positive_integer
from nn.metrics.pairs import as_classes, labels, numbers, one_hot, shapes_differ


@spelled
def accuracy(prediction: Any, target: Any, *, threshold: float | None = None) -> float:
    """Return the share of examples whose predicted class is the true one.

    Parameters
    ----------
    prediction : array_like, shape (N, C), (N,) or (N, 1)
        For each class a logit or a probability: the largest is the prediction, the first of several. Or for two
        classes one number an example. Or class numbers, as integers.
    target : array_like, shape (N,), or that of the prediction
        Class numbers; or one-hot rows.
    threshold : float, optional
        Above it, one number an example means class 1. It is 0, as for logits; for probabilities write 0.5. Left out,
        there is a warning when all the numbers might be probabilities.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When the shapes do not fit, the data are no numbers or NaN, or a label is not among the classes.

    Examples
    --------
    >>> nn.metrics.accuracy([[2.0, 0.0, 1.0], [0.1, 0.2, 0.7]], [0, 1])
    0.5
    >>> nn.metrics.accuracy([3.0, -1.0, 0.5, -2.0], [1, 0, 0, 0])
    0.75
    >>> nn.metrics.accuracy([0.9, 0.2], [1, 0], threshold=0.5)
    1.0
    """
    predicted, true, _ = as_classes(prediction, target, threshold)
    return float(np.mean(predicted == true))


@spelled
def top_k_accuracy(prediction: Any, target: Any, k: int = 5) -> float:
    """Return the share of examples whose true class is among the k that are predicted first.

    Of classes with equal numbers the first one comes first, so that k = 1 is `accuracy`.

    Parameters
    ----------
    prediction : array_like, shape (N, C)
        For each class a logit or a probability.
    target : array_like, shape (N,) or (N, C)
        Class numbers; or one-hot rows.
    k : int
        From 1 to C.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DtypeError, ArgumentError, UsageError
        As `accuracy`, and when k is no integer from 1 to C.

    Examples
    --------
    >>> scores = [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]
    >>> nn.metrics.top_k_accuracy(scores, [1, 2], k=2)
    0.5

    Within training: ``metrics={"top 3": functools.partial(nn.metrics.top_k_accuracy, k=3)}``.
    """
    a, y = numbers("prediction", prediction), numbers("target", target)
    k = positive_integer("k", k, "Write k=5, for example.")
    if a.ndim < 2:
        raise ShapeError(
            f"top_k_accuracy needs a number for each class, shape (N, C), got {a.shape}.",
            "For two classes use nn.metrics.accuracy.",
        )
    if k > a.shape[-1]:
        classes = a.shape[-1]
        raise ArgumentError(f"k must be at most the number of classes, {classes}, got {k}.", f"Write k={classes - 1}.")
    if y.shape == a.shape:
        y = one_hot(y).argmax(axis=-1)
    if y.shape != a.shape[:-1]:
        raise shapes_differ(a, y)
    true = labels(y, a.shape[-1])[..., np.newaxis]
    own = np.take_along_axis(a, true, axis=-1)
    earlier = np.arange(a.shape[-1]) < true
    rank = np.sum((a > own) | ((a == own) & earlier), axis=-1)
    return float(np.mean(rank < k))


@spelled
def confusion_matrix(
    prediction: Any, target: Any, classes: int | None = None, *, threshold: float | None = None
) -> NDArray[np.int64]:
    """Return how many examples of class i were predicted to be of class j: entry (i, j).

    Parameters
    ----------
    prediction, target, threshold
        As in `accuracy`.
    classes : int, optional
        How many there are; by default as many as predictions have columns, or as the highest number says.

    Returns
    -------
    ndarray, shape (classes, classes), int64
        The true class is the row, as in scikit-learn.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError, UsageError
        As `accuracy`, and when there are more classes than said.

    Examples
    --------
    >>> nn.metrics.confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 1, 1]])
    """
    predicted, true, count = as_classes(prediction, target, threshold)
    if classes is not None:
        wanted = positive_integer("classes", classes, f"Write classes={count}.")
        if wanted < count:
            raise ArgumentError(
                f"classes={wanted}, but there are classes up to {count - 1}.", f"Write classes={count}."
            )
        count = wanted
    if predicted.min() < 0:
        raise ArgumentError(f"The prediction holds the class {int(predicted.min())}.", "Number the classes from 0 on.")
    pairs = np.ravel(true) * count + np.ravel(predicted)
    return np.bincount(pairs, minlength=count * count).reshape(count, count).astype(np.int64)
