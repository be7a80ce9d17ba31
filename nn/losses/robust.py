"""Losses that outliers do not rule: the absolute error, and Huber's."""

from typing import Any

import autograd_lite as ag
from nn import functional
from nn.arguments import made_without_data, positive_number
from nn.losses.base import Loss


class L1Loss(Loss):
    """The mean absolute error, L = (1/n) Σ |a − y|, so that ∂L/∂a = sign(a − y)/n; 0 where a = y, at the kink.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "sum" does not divide; "none" gives |a − y| for each.

    Shapes
    ------
    prediction, target : any, but the same
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.l1_loss`.

    Examples
    --------
    >>> nn.L1Loss()([0.5, 1.0], [1.0, 1.0])
    tensor(0.25, name='L')
    """

    formula = "mean |a − y|"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.l1_loss(prediction, target, self.reduction)


class HuberLoss(Loss):
    """Huber's loss, ½ e² where |e| ≤ δ for the error e = a − y, and δ (|e| − δ/2) beyond; its slope is e, at most δ.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.
    delta : float
        δ, where the square becomes a line; positive.

    Shapes
    ------
    prediction, target : any, but the same
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.huber_loss`, where the source is.

    Examples
    --------
    >>> nn.HuberLoss()([0.5, 3.0], [0.0, 0.0]).item()
    1.3125
    """

    formula = "½ e² if |e| ≤ δ, else δ(|e| − δ/2)"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean", *, delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = positive_number("delta", delta, example=1.0)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.huber_loss(prediction, target, self.reduction, delta=self.delta)

    def options(self) -> dict[str, Any]:
        return {} if self.delta == 1 else {"delta": self.delta}
