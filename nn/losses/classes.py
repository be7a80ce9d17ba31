"""Losses of several classes: the cross-entropy of logits, the negative log-likelihood of log-probabilities."""

from typing import Any, ClassVar

import autograd_lite as ag
from nn import functional
from nn.arguments import made_without_data
from nn.functional.classes import IGNORED, checked_smoothing
from nn.functional.labels import checked_index, share_of_hits, weight_of_labels
from nn.losses.base import Loss, given, kept


class CrossEntropyLoss(Loss):
    """The cross-entropy of softmax, L = −log p[label] with p = softmax(z), so that ∂L/∂z = p − e.

    e is 1 at the label, else 0. The model gives logits z: it needs no output activation. A target of floats of the
    logits' shape holds probabilities t, and L = −Σ t log p.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the sum of the labels' weights, without weights by the number of labels that are not ignored;
        for probabilities by the number of examples. "none" gives one loss an example.
    weight : array_like, shape (C,), optional
        How much each class counts.
    ignore_index : int
        A label that is left out of the loss.
    label_smoothing : float
        ε: the label counts 1 − ε + ε/C, every other class ε/C.

    Shapes
    ------
    logits : (N, C), (C,) or (N, C, d₁, ...)
    target : (N,), () or (N, d₁, ...), integers from 0 to C − 1; or floats of the logits' shape
    L : (), or with "none" that of the labels

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.cross_entropy`, where the sources are.

    Examples
    --------
    >>> round(nn.CrossEntropyLoss()([[2.0, 0.0], [0.0, 2.0]], [0, 1]).item(), 4)
    0.1269
    >>> nn.CrossEntropyLoss(weight=[1.0, 3.0])
    CrossEntropyLoss(reduction='mean', weight=[1.0, 3.0])
    """

    formula = "−log p[y]"

    doubled: ClassVar[dict[Any, str]] = {ag.softmax: "Softmax", ag.log_softmax: "LogSoftmax"}

    @made_without_data("loss (prediction, target)", also="; weights go by name, weight=")
    def __init__(
        self,
        reduction: str = "mean",
        *,
        weight: Any = None,
        ignore_index: int = IGNORED,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.ignore_index = checked_index(ignore_index)
        self.label_smoothing = checked_smoothing(label_smoothing)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.cross_entropy(
            prediction,
            target,
            self.reduction,
            weight=self.weight,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
        )

    def options(self) -> dict[str, Any]:
        ignored = None if self.ignore_index == IGNORED else self.ignore_index
        return given(weight=self.weight, ignore_index=ignored, label_smoothing=self.label_smoothing or None)

    def divisor(self, target: Any) -> float:
        return weight_of_labels(target, self.weight, self.ignore_index)

    def counted(self, target: Any) -> float:
        return weight_of_labels(target, None, self.ignore_index)

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float:
        """Return the share of examples whose largest logit is at their label; ignored ones do not count.

        Raises
        ------
        ShapeError, DtypeError
            Where the shapes do not fit, as the loss does; of an empty batch.

        Examples
        --------
        >>> nn.CrossEntropyLoss().accuracy(ag.tensor([[2.0, 0.0], [1.0, 0.0]]), [0, 1])
        0.5
        """
        return share_of_hits(prediction, target, self.ignore_index)


class NLLLoss(Loss):
    """The negative log-likelihood, L = −x[label] of log-probabilities x, so that ∂L/∂x = −e.

    The model gives log-probabilities: its output activation is `LogSoftmax`. `CrossEntropyLoss` is both in one.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        "mean" divides by the sum of the labels' weights, without weights by the number of labels that are not ignored.
    weight : array_like, shape (C,), optional
        How much each class counts.
    ignore_index : int
        A label that is left out of the loss.

    Shapes
    ------
    prediction : (N, C), (C,) or (N, C, d₁, ...)
    target : (N,), () or (N, d₁, ...), integers from 0 to C − 1
    L : (), or with "none" that of the target

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As `nn.functional.nll_loss`.

    Examples
    --------
    >>> nn.NLLLoss()(ag.log_softmax([[2.0, 0.0], [0.0, 2.0]]), [0, 1]).item().__round__(4)
    0.1269
    """

    formula = "−x[y]"

    @made_without_data("loss (prediction, target)", also="; weights go by name, weight=")
    def __init__(self, reduction: str = "mean", *, weight: Any = None, ignore_index: int = IGNORED) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.ignore_index = checked_index(ignore_index)

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        return functional.nll_loss(
            prediction, target, self.reduction, weight=self.weight, ignore_index=self.ignore_index
        )

    def options(self) -> dict[str, Any]:
        return given(weight=self.weight, ignore_index=None if self.ignore_index == IGNORED else self.ignore_index)

    def divisor(self, target: Any) -> float:
        return weight_of_labels(target, self.weight, self.ignore_index)

    def counted(self, target: Any) -> float:
        return weight_of_labels(target, None, self.ignore_index)

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float:
        """Return the share of examples whose largest log-probability is at their label, as `CrossEntropyLoss` does.

        Examples
        --------
        >>> nn.NLLLoss().accuracy(ag.log_softmax([[2.0, 0.0], [1.0, 0.0]]), [0, 1])
        0.5
        """
        return share_of_hits(prediction, target, self.ignore_index, soft=False)
