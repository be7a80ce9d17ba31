"""The cross-entropy of two classes: of a probability, or of its logit."""

from typing import Any

import autograd_lite as ag
from autograd_lite.spelling import spelled
from nn.functional.checks import alike, check_reduction, reduced, weighing

_ELEMENTS = "one weight for each predicted number, or one an example as a column (N, 1)"


@spelled
def bce(prediction: Any, target: Any, reduction: str = "mean", *, weight: Any = None) -> ag.Tensor:
    """The binary cross-entropy, L = −(y log a + (1 − y) log(1 − a)), so that ∂L/∂a = (a − y)/(a(1 − a)).

    0 log 0 is 0. Nothing is clamped: where a is exactly 0 or 1 and y is not, the loss is infinite and refused, since
    no finite number would be right. PyTorch takes −100 for log 0 and 0 for the gradient behind a sigmoid, so that the
    example is no longer learnt from. `bce_with_logits` has neither problem.

    Parameters
    ----------
    prediction : array_like, any shape
        Probabilities a, from 0 to 1.
    target : array_like of the same shape
        y, from 0 to 1; classes are 0 and 1. Becomes the prediction's dtype.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the number of elements; "none" gives one loss an element.
    weight : array_like, optional
        How much each element counts, of a shape that is broadcast to the prediction's: (N, 1) one weight an example.
        The mean still divides by the number of elements.

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
        When a or y lies outside, the loss is infinite, a weight is negative, or the reduction is not known.

    References
    ----------
    C. M. Bishop: Pattern Recognition and Machine Learning. Springer 2006, equations 4.90 and 5.21.

    Examples
    --------
    >>> nn.functional.bce([0.5374], [1]).item().__round__(4)
    0.621
    """
    check_reduction(reduction)
    loss: ag.Tensor = ag.binary_cross_entropy(*alike(prediction, target))
    return _weighed(loss, weight, reduction)


@spelled
def bce_with_logits(
    logits: Any, target: Any, reduction: str = "mean", *, weight: Any = None, pos_weight: Any = None
) -> ag.Tensor:
    """The binary cross-entropy of a = σ(z), L = log(1 + e^z) − z y, so that ∂L/∂z = σ(z) − y.

    It is computed as (1 − y) max(z, 0) + y max(−z, 0) + log(1 + e^−|z|), which neither overflows nor rounds small
    losses to 0, and at z = ±∞ is 0 for the right class and ∞ for the wrong one.

    Parameters, result and errors are those of `bce`, but for `logits`, which may be any real numbers, and:

    Parameters
    ----------
    pos_weight : array_like, optional
        p, one number or one a column, by which the class 1 counts: L = −(p y log a + (1 − y) log(1 − a)). With
        p = (number of 0s) / (number of 1s) both classes count the same.

    Examples
    --------
    >>> nn.functional.bce_with_logits([1000.0, -1000.0], [1, 1], "none").tolist()
    [0.0, 1000.0]
    >>> nn.functional.bce_with_logits([-1000.0], [1], pos_weight=3.0).item()
    3000.0
    """
    check_reduction(reduction)
    z, y = alike(logits, target)
    if pos_weight is None:
        loss: ag.Tensor = ag.sigmoid_cross_entropy(z, y)
    else:
        p = weighing("pos_weight", pos_weight, z.shape, z.dtype, "one number, or one for each column of the logits")
        loss = ag.weighted_sigmoid_cross_entropy(z, y, p)
    return _weighed(loss, weight, reduction)


def _weighed(losses: ag.Tensor, weight: Any, reduction: str) -> ag.Tensor:
    if weight is not None:
        losses = losses * weighing("weight", weight, losses.shape, losses.dtype, _ELEMENTS)
    return reduced(losses, reduction)
