"""Losses of two classes: the binary cross-entropy of probabilities, and of logits."""

from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from nn import functional
from nn.arguments import as_tensor, made_without_data
from nn.functional.checks import check_pairs
from nn.losses.base import Loss, given, kept


class BCELoss(Loss):
    """The binary cross-entropy, L = −(y log a + (1 − y) log(1 − a)), so that ∂L/∂a = (a − y)/(a(1 − a)).

    The model gives probabilities a: its output activation is the sigmoid, and so δ = ∂L/∂z = a − y. Nothing is clamped:
    see `nn.functional.bce`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.
    weight : array_like, optional
        How much each element counts, of a shape that is broadcast to the prediction's.

    Shapes
    ------
    prediction, target : any, but the same; both from 0 to 1
    L : (), or with "none" that of the prediction

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.bce`.

    Examples
    --------
    >>> round(nn.BCELoss()([0.5, 0.25], [1, 0]).item(), 4)
    0.4904
    """

    formula = "−[y log a + (1 − y) log(1 − a)]"

    @made_without_data("loss (prediction, target)", also="; weights go by name, weight=")
    def __init__(self, reduction: str = "mean", *, weight: Any = None) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.bce(prediction, target, self.reduction, weight=self.weight)

    def options(self) -> dict[str, Any]:
        return given(weight=self.weight)

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float:
        """Return the share of elements where the likelier of the classes 0 and 1 is the target's: 1 where a > ½.

        Raises
        ------
        ShapeError, DtypeError
            Where the shapes do not fit, as the loss does; of an empty batch.

        Examples
        --------
        >>> nn.BCELoss().accuracy(ag.tensor([0.9, 0.2, 0.7]), [1, 0, 0]).__round__(4)
        0.6667
        """
        return _share_on_one_side(prediction, 0.5, target)


class BCEWithLogitsLoss(Loss):
    """The binary cross-entropy of a = σ(z), L = log(1 + e^z) − z y, so that ∂L/∂z = σ(z) − y.

    The model gives logits z: it needs no output activation. Precise however large |z| is,
    also where it is infinite.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.
    weight : array_like, optional
        How much each element counts, of a shape that is broadcast to the logits'.
    pos_weight : array_like, optional
        How much the class 1 counts, one number or one a column: (number of 0s) / (number of 1s) makes up for their
        being unequally many.

    Shapes
    ------
    logits, target : any, but the same; the target from 0 to 1
    L : (), or with "none" that of the logits

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.bce_with_logits`.

    Examples
    --------
    >>> nn.BCEWithLogitsLoss()([1000.0, -1000.0], [1, 1]).item()
    500.0
    """

    formula = "−[y log σ(a) + (1 − y) log(1 − σ(a))]"

    doubled: ClassVar[dict[Any, str]] = {ag.sigmoid: "Sigmoid"}

    @made_without_data("loss (prediction, target)", also="; weights go by name, weight=")
    def __init__(self, reduction: str = "mean", *, weight: Any = None, pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.pos_weight = kept(pos_weight)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.bce_with_logits(
            prediction, target, self.reduction, weight=self.weight, pos_weight=self.pos_weight
        )

    def options(self) -> dict[str, Any]:
        return given(weight=self.weight, pos_weight=self.pos_weight)

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float:
        """Return the share of elements where the likelier of the classes 0 and 1 is the target's: 1 where z > 0.

        Raises
        ------
        ShapeError, DtypeError
            Where the shapes do not fit, as the loss does; of an empty batch.

        Examples
        --------
        >>> nn.BCEWithLogitsLoss().accuracy(ag.tensor([3.0, -0.1]), [1, 1])
        0.5
        """
        return _share_on_one_side(prediction, 0.0, target)


def _share_on_one_side(prediction: ag.Tensor, threshold: float, target: Any) -> float:
    """Return how often a prediction is above the threshold just where the target is above ½."""
    check_pairs(prediction, target)
    wanted = as_tensor(target).numpy() > 0.5
    return float(np.mean((as_tensor(prediction).numpy() > threshold) == wanted))
