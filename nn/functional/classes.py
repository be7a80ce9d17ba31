"""The losses of several classes: the cross-entropy of logits, and the negative log-likelihood of log-probabilities.

The classes lie on axis 1, or of a single example on axis 0. Whatever the options, a loss is −Σ t log p with a table t
of what each class counts: a label's weight at the label, smoothed over the others, 0 for an example that is ignored.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import as_tensor, number_between
from nn.functional.checks import check_reduction, real, reduced, refuse_empty
from nn.functional.divergence import check_log_probabilities
from nn.functional.labels import (
    check_ignored,
    checked_index,
    class_axis,
    class_weights,
    labels_of,
    probabilities_of,
)

IGNORED = -100


@spelled
def cross_entropy(
    logits: Any,
    target: Any,
    reduction: str = "mean",
    *,
    weight: Any = None,
    ignore_index: int = IGNORED,
    label_smoothing: float = 0.0,
) -> ag.Tensor:
    """The cross-entropy of softmax, L = −log p[label] with p = softmax(logits), so that ∂L/∂logits = p − e.

    e is 1 at the label, else 0, for each example. With class weights w the label counts w[label] times as much. With
    label smoothing ε it is 1 − ε + ε/C at the label and ε/C elsewhere. A target of the logits' shape holds a
    probability t for each class: L = −Σ w t log p.

    Parameters
    ----------
    logits : array_like, shape (N, C), (C,) or (N, C, d₁, ...)
        One row an example, one column a class; not yet through softmax.
    target : array_like of int, shape (N,), () or (N, d₁, ...); or of float, of the logits' shape
        The number of each example's class, from 0 to C − 1; or the probability of each class.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the sum of the labels' weights, without weights by the number of labels that are not ignored;
        for probabilities always by the number of examples. "none" gives one loss an example, 0 for an ignored one.
    weight : array_like, shape (C,), optional
        How much each class counts.
    ignore_index : int
        A label that is left out of the loss.
    label_smoothing : float
        ε, from 0 to 1.

    Returns
    -------
    Tensor
        A scalar, or with "none" of the labels' shape.

    Raises
    ------
    ShapeError
        When there is not one label an example or one weight a class, or the mean of nothing is asked for.
    DtypeError
        When the labels are no integers, or the logits are complex or no numbers.
    ArgumentError
        When a label is no class, probabilities do not sum to 1, weights are negative, all labels are ignored, or an
        option makes no sense.

    References
    ----------
    C. M. Bishop: Pattern Recognition and Machine Learning. Springer 2006, equations 4.108 and 4.109. Label smoothing:
    C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna: Rethinking the Inception architecture for computer vision.
    CVPR 2016, section 7.

    Examples
    --------
    >>> nn.functional.cross_entropy([[0.0, 0.0]], [1]).item().__round__(4)
    0.6931
    >>> nn.functional.cross_entropy([[2.0, 0.0]], [[0.5, 0.5]]).item().__round__(4)
    1.1269
    """
    check_reduction(reduction)
    z = real(as_tensor(logits))
    given = labels_of(target, z.shape)
    smoothing = checked_smoothing(label_smoothing) if label_smoothing else 0.0
    if type(ignore_index) is not int:
        ignore_index = checked_index(ignore_index)
    if given.ndim == z.ndim:
        return _of_probabilities(z, given, reduction, weight, ignore_index, smoothing)
    if weight is None and not smoothing and z.ndim < 3 and not 0 <= ignore_index < z.shape[-1]:
        try:
            return reduced(ag.softmax_cross_entropy(z, given), reduction)
        except ArgumentError:  # a label that is no class: perhaps one to be ignored
            if not (given.numpy() == ignore_index).any():
                raise
    table, total = _table(z, given, weight, ignore_index, smoothing)
    t = ag.from_numpy(table)
    t.name = "t"
    return _averaged(ag.soft_cross_entropy(z, t, class_axis(z.shape)), total, reduction)


@spelled
def nll_loss(
    prediction: Any, target: Any, reduction: str = "mean", *, weight: Any = None, ignore_index: int = IGNORED
) -> ag.Tensor:
    """The negative log-likelihood, L = −x[label] of log-probabilities x, so that ∂L/∂x = −e.

    With `log_softmax` before it, it is `cross_entropy`. Parameters, result and errors are those of that function
    without label smoothing, but for:

    Parameters
    ----------
    prediction : array_like, shape (N, C), (C,) or (N, C, d₁, ...)
        Log-probabilities: none is above 0, or they are refused.

    Examples
    --------
    >>> nn.functional.nll_loss(ag.log_softmax([[0.0, 0.0]]), [1]).item().__round__(4)
    0.6931
    """
    check_reduction(reduction)
    x = real(as_tensor(prediction))
    given = labels_of(target, x.shape, soft=False)
    check_log_probabilities("NLLLoss", x)
    ignore_index = checked_index(ignore_index)
    table, total = _table(x, given, weight, ignore_index, 0.0)
    likely: ag.Tensor = np.where(table == 0, 0, x) * -table
    return _averaged(likely.sum(axis=class_axis(x.shape)), total, reduction)


def checked_smoothing(label_smoothing: Any) -> float:
    """Return ε as a float.

    Raises
    ------
    ArgumentError, UsageError
        Unless it is a number from 0 to 1.
    """
    smoothing = number_between("label_smoothing", label_smoothing, 0.0, example=0.1)
    if smoothing <= 1:
        return smoothing
    raise ArgumentError(f"label_smoothing is from 0 to 1, got {label_smoothing!r}.", "Write label_smoothing=0.1.")


def _table(
    z: ag.Tensor, labels: ag.Tensor, weight: Any, ignore_index: int, smoothing: float
) -> tuple[NDArray[Any], float]:
    """Return what each class of each example counts, and what a mean divides by."""
    axis = class_axis(z.shape)
    classes = z.shape[axis]
    numbers, kept = check_ignored(labels.numpy(), classes, ignore_index)
    w = class_weights(weight, classes, z.dtype)
    along = (classes,) + (1,) * (z.ndim - 1 - axis)
    table = (np.expand_dims(numbers, axis) == np.arange(classes).reshape(along)).astype(z.dtype)
    if smoothing:
        table = table * (1 - smoothing) + smoothing / classes
    return table * w.reshape(along) * np.expand_dims(kept, axis), float(w[numbers][kept].sum())


def _of_probabilities(
    z: ag.Tensor, target: ag.Tensor, reduction: str, weight: Any, ignore_index: int, smoothing: float
) -> ag.Tensor:
    if ignore_index >= 0:
        raise ArgumentError(
            f"ignore_index={ignore_index} is a label, but the target holds probabilities of classes.",
            "Leave ignore_index out, and the examples too that do not count.",
        )
    axis = class_axis(z.shape)
    classes = z.shape[axis]
    t = probabilities_of(target, z)
    if smoothing:
        t = t * (1 - smoothing) + smoothing / classes
    if weight is not None:
        t = t * class_weights(weight, classes, z.dtype).reshape((classes,) + (1,) * (z.ndim - 1 - axis))
    return reduced(ag.soft_cross_entropy(z, t, axis), reduction)


def _averaged(losses: ag.Tensor, total: float, reduction: str) -> ag.Tensor:
    if reduction != "mean":
        return reduced(losses, reduction)
    refuse_empty(losses)
    if not total:
        raise ArgumentError(
            f"The mean of no losses: all {losses.size} labels are ignored, or of classes with the weight 0.",
            'Leave such batches out, or use "sum".',
        )
    mean: ag.Tensor = losses.sum() * (1 / total)
    return mean
