"""Losses of squared errors.

The lecture notes call ½(a − y)² and Σ(y − ŷ)² "MSE"; the standard names are half the squared error and the sum of
squared errors. A factor in the loss is a factor in every gradient, so they are kept apart here.
"""

from typing import Any

import autograd_lite as ag
from nn import functional
from nn.arguments import made_without_data
from nn.losses.base import Loss


class HalfSSELoss(Loss):
    """Half the sum of squared errors, L = ½ Σ (a − y)², so that ∂L/∂a = a − y.

    Parameters
    ----------
    reduction : {"sum", "mean", "none"}
        "mean" divides by the number of elements; "none" gives ½(a − y)² for each.

    Shapes
    ------
    prediction, target : any, but the same
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.half_sse`.

    Examples
    --------
    >>> nn.HalfSSELoss()([0.5, 1.0], [1.0, 1.0])
    tensor(0.125, name='L')
    """

    formula = "½(a − y)²"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "sum") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.half_sse(prediction, target, self.reduction)


class SSELoss(Loss):
    """The sum of squared errors, Err = Σ (y − ŷ)², so that ∂Err/∂ŷ = −2(y − ŷ).

    Parameters
    ----------
    reduction : {"sum", "mean", "none"}
        "mean" divides by the number of elements; "none" gives (y − ŷ)² for each.

    Shapes
    ------
    prediction, target : any, but the same
    Err : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.sse`.

    Examples
    --------
    >>> nn.SSELoss()([0.5, 1.0], [1.0, 1.0])
    tensor(0.25, name='L')
    """

    formula = "Σ(y − ŷ)²"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "sum") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.sse(prediction, target, self.reduction)


class MSELoss(Loss):
    """The mean squared error, L = (1/n) Σ (a − y)² over all n elements of the batch.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "sum" does not divide; "none" gives (a − y)² for each.

    Shapes
    ------
    prediction, target : any, but the same
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.mse`.

    Examples
    --------
    >>> nn.MSELoss()([0.5, 1.0], [1.0, 1.0])
    tensor(0.125, name='L')
    """

    formula = "mean (a − y)²"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.mse(prediction, target, self.reduction)
