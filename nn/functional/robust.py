"""Errors that outliers do not rule: absolute ones, and Huber's, which are squared only near 0."""

from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.spelling import spelled
from nn.functional.checks import alike, check_reduction, reduced


@spelled
def l1_loss(prediction: Any, target: Any, reduction: str = "mean") -> ag.Tensor:
    """The mean absolute error, L = (1/n) Σ |a − y|, so that ∂L/∂a = sign(a − y)/n; 0 where a = y, at the kink.

    Parameters
    ----------
    prediction : array_like, any shape
        a.
    target : array_like of the same shape
        y; becomes the prediction's dtype.
    reduction : {"mean", "sum", "none"}
        "sum" does not divide; "none" gives |a − y| for each.

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
    >>> nn.functional.l1_loss([1.0, -2.0], [0.0, 0.0]).item()
    1.5
    """
    check_reduction(reduction)
    a, y = alike(prediction, target)
    losses: ag.Tensor = np.abs(a - y)
    return reduced(losses, reduction)


@spelled
def huber_loss(prediction: Any, target: Any, reduction: str = "mean", *, delta: float = 1.0) -> ag.Tensor:
    """Huber's loss, ½ e² where |e| ≤ δ for the error e = a − y, and δ (|e| − δ/2) beyond; its slope is e, at most δ.

    Parameters, result and errors are those of `l1_loss`, and:

    Parameters
    ----------
    delta : float
        δ, where the square becomes a line; positive.

    References
    ----------
    P. J. Huber: Robust estimation of a location parameter. Annals of Mathematical Statistics 35 (1964).

    Examples
    --------
    >>> nn.functional.huber_loss([0.5, 3.0], [0.0, 0.0], "none").tolist()
    [0.125, 2.5]
    """
    check_reduction(reduction)
    a, y = alike(prediction, target)
    losses: ag.Tensor = ag.huber(a - y, delta)
    return reduced(losses, reduction)
