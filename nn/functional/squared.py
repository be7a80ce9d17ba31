"""Squared errors: half their sum, their sum, their mean."""

from typing import Any

import autograd_lite as ag
from autograd_lite.spelling import spelled
from nn.functional.checks import alike, check_reduction, refuse_empty


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


def _squared_error(prediction: Any, target: Any, scale: float, reduction: str) -> ag.Tensor:
    check_reduction(reduction)
    a, y = alike(prediction, target)
    if reduction == "none":
        losses: ag.Tensor = (a - y) ** 2 * scale
        return losses
    if reduction == "mean":
        refuse_empty(a)
        scale /= a.size
    loss: ag.Tensor = ag.squared_error(a, y, scale)
    return loss
