"""Metrics of numbers: how far predictions lie from their targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ShapeError
from autograd_lite.spelling import spelled
from nn.metrics.pairs import Array, numbers, shapes_differ


@spelled
def mean_absolute_error(prediction: Any, target: Any) -> float:
    """Return the mean of |a − y| over all elements.

    Parameters
    ----------
    prediction, target : array_like, shape (N, ...)
        Of one shape.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When the shapes differ, or the data are no numbers or NaN.

    Examples
    --------
    >>> nn.metrics.mean_absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    a, y = _alike(prediction, target)
    return float(np.mean(np.abs(a - y)))


@spelled
def mean_squared_error(prediction: Any, target: Any) -> float:
    """Return the mean of (a − y)² over all elements.

    Parameters
    ----------
    prediction, target : array_like, shape (N, ...)
        Of one shape.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When the shapes differ, or the data are no numbers or NaN.

    Examples
    --------
    >>> nn.metrics.mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    a, y = _alike(prediction, target)
    return float(np.mean((a - y) ** 2))


@spelled
def r2_score(prediction: Any, target: Any) -> float:
    """Return the coefficient of determination, R² = 1 − Σ(y − a)² / Σ(y − ȳ)², with ȳ the mean target.

    1 is perfect, 0 as good as the mean target. Of several outputs it is the mean of each one's R². Where all targets
    are equal it is 1 for perfect predictions, else 0, as in scikit-learn.

    Parameters
    ----------
    prediction, target : array_like, shape (N,) or (N, outputs)
        Of one shape, with two examples or more.

    Returns
    -------
    float

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When the shapes differ, there is one example only, or the data are no numbers or NaN.

    References
    ----------
    S. Wright: Correlation and causation. Journal of Agricultural Research 20, 1921.

    Examples
    --------
    >>> nn.metrics.r2_score([1.0, 2.0, 3.5], [1.0, 2.0, 3.0])
    0.875
    """
    a, y = _alike(prediction, target)
    if len(y) < 2:
        raise ShapeError(f"R² needs two examples or more, got shape {y.shape}.", "Compute it over the whole data set.")
    a, y = a.reshape(len(a), -1), y.reshape(len(y), -1)
    residual = np.sum((y - a) ** 2, axis=0)
    total = np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    constant = np.where(residual == 0, 1.0, 0.0)
    return float(np.mean(np.where(total == 0, constant, 1 - residual / np.where(total == 0, 1.0, total))))


def _alike(prediction: Any, target: Any) -> tuple[Array, Array]:
    """Return both in float64, if they have one shape."""
    a, y = numbers("prediction", prediction), numbers("target", target)
    if a.shape != y.shape:
        raise shapes_differ(a, y)
    if not a.ndim:
        a, y = a.reshape(1), y.reshape(1)
    return a.astype(np.float64), y.astype(np.float64)
