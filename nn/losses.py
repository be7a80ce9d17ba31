"""The losses as modules: what is minimised, under its formula.

The lecture notes call ½(a − y)² and Σ(y − ŷ)² "MSE"; the standard names are half the squared error and the sum of
squared errors. A factor in the loss is a factor in every gradient, so they are kept apart here.
"""

from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn import functional
from nn.arguments import choice, made_without_data
from nn.module import Module


class Loss(Module):
    """The base of losses: called as ``loss(prediction, target)``, it runs in the scope "loss" and names its result L.

    Parameters
    ----------
    reduction : {"sum", "mean", "none"}
        What becomes of the batch.

    Attributes
    ----------
    formula : str
        What pictures write into the loss.
    """

    formula: ClassVar[str]

    def __init__(self, reduction: str) -> None:
        self.reduction = choice("reduction", reduction, functional.REDUCTIONS)

    def forward(self, prediction: Any, target: Any) -> ag.Tensor:
        with ag.scope("loss"):
            value = self.compute(prediction, target)
        value.name = "L"
        return value

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        """Return the loss of a batch; every subclass defines it."""
        raise UsageError(
            f"{type(self).__name__} has no compute method.", "Write `def compute(self, prediction, target): ...`."
        )

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float | None:
        """Return the share of right predictions; None for a loss that does not classify."""
        return None

    def title(self) -> str:
        return f"{type(self).__name__}(reduction={self.reduction!r})"


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


class BCELoss(Loss):
    """The binary cross-entropy, L = −(y log a + (1 − y) log(1 − a)), so that ∂L/∂a = (a − y)/(a(1 − a)).

    The model gives probabilities a: its output activation is the sigmoid, and so δ = ∂L/∂z = a − y. Nothing is clamped:
    see `nn.functional.bce`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.

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

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.bce(prediction, target, self.reduction)

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

    The model gives logits z: it needs no output activation. Precise however large |z| is.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.

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

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.bce_with_logits(prediction, target, self.reduction)

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


class CrossEntropyLoss(Loss):
    """The cross-entropy of softmax, L = −log p[label] with p = softmax(z), so that ∂L/∂z = p − e.

    e is 1 at the label, else 0. The model gives logits z: it needs no output activation.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of examples; "none" gives one loss an example.

    Shapes
    ------
    logits : (N, C) or (C,)
    labels : (N,) or (), integers from 0 to C − 1
    L : (), or with "none" that of the labels

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.cross_entropy`.

    Examples
    --------
    >>> round(nn.CrossEntropyLoss()([[2.0, 0.0], [0.0, 2.0]], [0, 1]).item(), 4)
    0.1269
    """

    formula = "−log p[y]"

    @made_without_data("loss (prediction, target)")
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.cross_entropy(prediction, target, self.reduction)

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float:
        """Return the share of examples whose largest logit is at their label.

        Raises
        ------
        ShapeError, DtypeError
            Where the shapes do not fit, as the loss does; of an empty batch.

        Examples
        --------
        >>> nn.CrossEntropyLoss().accuracy(ag.tensor([[2.0, 0.0], [1.0, 0.0]]), [0, 1])
        0.5
        """
        functional.check_labels(prediction, target)
        return float((prediction.numpy().argmax(axis=-1) == _values(target)).mean())


def _share_on_one_side(prediction: ag.Tensor, threshold: float, target: Any) -> float:
    """Return how often a prediction is above the threshold just where the target is above ½."""
    functional.check_pairs(prediction, target)
    return float(((prediction.numpy() > threshold) == (_values(target) > 0.5)).mean())


def _values(target: Any) -> Any:
    return target.numpy() if isinstance(target, ag.Tensor) else np.asarray(target)
