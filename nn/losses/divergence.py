"""The Kullback-Leibler divergence as a loss."""

from typing import Any

import autograd_lite as ag
from nn import functional
from nn.arguments import made_without_data
from nn.functional.divergence import DIVERGENCE_REDUCTIONS
from nn.losses.base import Loss


class KLDivLoss(Loss):
    """The Kullback-Leibler divergence, L = Σ t (log t − x) of log-probabilities x, so that ∂L/∂x = −t.

    Parameters
    ----------
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" divides the sum by the number of examples, which is the divergence; "mean" by the number of
        elements, as in PyTorch; "none" gives one summand an element.
    log_target : bool
        Whether the target is given as logarithms.

    Shapes
    ------
    prediction, target : any, but the same
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.kl_div`, where the source is.

    Examples
    --------
    >>> nn.KLDivLoss("batchmean")(ag.log_softmax(np.zeros((1, 2))), [[1.0, 0.0]]).item().__round__(4)
    0.6931
    """

    formula = "t (log t − x)"
    reductions = DIVERGENCE_REDUCTIONS

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean", *, log_target: bool = False) -> None:
        super().__init__(reduction)
        self.log_target = bool(log_target)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.kl_div(prediction, target, self.reduction, log_target=self.log_target)

    def options(self) -> dict[str, Any]:
        return {"log_target": True} if self.log_target else {}
