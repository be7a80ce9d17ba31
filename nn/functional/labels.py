"""What several classes are told by: class numbers, or a probability for each class, checked against the logits."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError
from nn.arguments import as_tensor
from nn.functional.checks import check_not_negative, refuse_no_predictions

Array = NDArray[Any]
# How far from 1 rounding may leave a sum of probabilities, in half precision too.
ROUNDING = 1e-2


def class_axis(shape: tuple[int, ...]) -> int:
    """Return the axis of the classes: 1 in a batch, 0 of a single example."""
    return 1 if len(shape) > 1 else 0


def labels_of(target: Any, logits: tuple[int, ...], *, soft: bool = True) -> ag.Tensor:
    """Return class numbers as a Tensor, one an example; or, where they may be, probabilities of the logits' shape.

    Raises
    ------
    ShapeError, DtypeError
    """
    try:
        given = target if isinstance(target, ag.Tensor) else ag.tensor(target, name="y")
    except DtypeError as error:
        raise DtypeError(
            f"Labels are class numbers. {str(error).splitlines()[0]}",
            "Number the classes from 0: names, y = np.unique(labels, return_inverse=True).",
        ) from None
    shape = given.shape
    if len(logits) == 2 and shape == logits[:1] and given.dtype.kind in "iu" and logits[1]:
        return given
    if not logits or 0 in logits[1:2]:
        raise ShapeError(
            f"The logits have shape {logits}, expected (N, C) or (C,).", "Give one row an example, one column a class."
        )
    if soft and is_soft(given, logits):
        return given
    wanted = logits[:1] + logits[2:] if len(logits) > 1 else ()
    if given.shape != wanted:
        raise _no_label_each(given, logits, wanted)
    if given.dtype.kind not in "iu":
        last = logits[class_axis(logits)] - 1
        raise DtypeError(
            f"Labels are class numbers, integers from 0 to {last}, got dtype {given.dtype}.",
            "Convert them: y.astype(int).",
        )
    return given


def is_soft(target: ag.Tensor, logits: tuple[int, ...]) -> bool:
    """Tell whether a target holds probabilities: floating numbers of the logits' shape."""
    return target.shape == logits and target.dtype.kind == "f"


def probabilities_of(target: ag.Tensor, logits: ag.Tensor) -> ag.Tensor:
    """Return probabilities in the logits' dtype.

    Raises
    ------
    ArgumentError
        Unless they are at least 0, and sum to 1 for each example.
    """
    t = as_tensor(target, logits.dtype)
    values = t.numpy()
    if not values.size:
        return t
    sums = values.sum(axis=class_axis(values.shape))
    if not values.min() >= 0:
        raise ArgumentError(
            f"Probabilities of classes are at least 0; the least is {values.min():.4g}.",
            "Pass them through a softmax, or give class numbers as integers.",
        )
    if not abs(sums - 1).max() <= ROUNDING:
        raise ArgumentError(
            f"Probabilities of classes sum to 1 for each example; got sums from {sums.min():.4g} to {sums.max():.4g}.",
            "Divide by the sums; for several classes at once use nn.BCEWithLogitsLoss().",
        )
    return t


def checked_index(ignore_index: Any) -> int:
    """Return the label that is left out as an int.

    Raises
    ------
    UsageError
        When it is no integer.
    """
    if isinstance(ignore_index, bool) or not isinstance(ignore_index, (int, np.integer)):
        raise UsageError(
            f"ignore_index must be an integer, got {ignore_index!r}.",
            "Leave it out, or write ignore_index=-1 for example.",
        )
    return int(ignore_index)


def check_ignored(labels: Array, classes: int, ignore_index: int) -> tuple[Array, Array]:
    """Return the labels with 0 in the place of those that are ignored, and where they are not.

    Raises
    ------
    ArgumentError
        When another label is no class.
    """
    kept = np.asarray(labels != ignore_index)
    stray = labels[kept & ((labels < 0) | (labels >= classes))]
    if stray.size and classes == 1:
        raise ArgumentError(
            f"Label {stray[0]} is no class: one logit is one class, 0.",
            "Give the model one output a class; for yes or no from one logit use nn.BCEWithLogitsLoss().",
        )
    if stray.size:
        raise ArgumentError(
            f"Label {stray[0]} is no class: {classes} logits mean labels from 0 to {classes - 1}.",
            f"Count classes from 0 (y - 1 if yours start at 1), or write ignore_index={stray[0]} to leave it out.",
        )
    return np.where(kept, labels, 0), kept


def class_weights(weight: Any, classes: int, dtype: Any) -> Array:
    """Return one weight a class; 1 for each if there are none.

    Raises
    ------
    ShapeError, ArgumentError, DtypeError
    """
    if weight is None:
        return np.ones(classes, dtype)
    values: Array = as_tensor(weight, dtype).numpy()
    if values.shape != (classes,):
        raise ShapeError(
            f"weight has shape {values.shape}, expected ({classes},) for {classes} classes.",
            "Give one weight a class; weights of examples multiply a loss with reduction='none'.",
        )
    check_not_negative("weight", values)
    return values


def weight_of_labels(target: Any, weight: Array | None, ignore_index: int) -> float:
    """Return what the mean over a batch divides by: the labels that count, or the sum of their classes' weights.

    Of probabilities it is the number of examples. Labels that are none are left to the loss.

    Examples
    --------
    >>> weight_of_labels([0, 1, -100], np.array([1.0, 3.0]), -100)
    4.0
    """
    labels = target.numpy() if isinstance(target, ag.Tensor) else np.asarray(target)
    if labels.dtype.kind not in "iu":
        return float(len(labels)) if labels.ndim else 1.0
    counting = labels[labels != ignore_index]
    if weight is None or not weight.size:
        return float(counting.size)
    return float(weight[np.clip(counting, 0, weight.size - 1)].sum())


def share_of_hits(prediction: Any, target: Any, ignore_index: int, *, soft: bool = True) -> float:
    """Return how often the largest prediction of an example is at its label; ignored examples do not count.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As the loss does; of an empty batch.

    Examples
    --------
    >>> share_of_hits([[2.0, 0.0], [0.0, 2.0]], [0, 0], -100)
    0.5
    """
    z = as_tensor(prediction).numpy()
    axis = class_axis(z.shape)
    given = labels_of(target, z.shape, soft=soft)
    if is_soft(given, z.shape):
        labels, kept = given.numpy().argmax(axis=axis), np.ones(z.shape[:axis] + z.shape[axis + 1 :], bool)
    else:
        labels, kept = check_ignored(given.numpy(), z.shape[axis], ignore_index)
    refuse_no_predictions(z.shape, int(kept.sum()))
    return float((z.argmax(axis=axis) == labels)[kept].mean())


def _no_label_each(labels: ag.Tensor, logits: tuple[int, ...], wanted: tuple[int, ...]) -> ShapeError:
    classes_last = len(logits) > 2 and labels.shape == logits[:-1]
    if labels.shape == logits:
        mend = f"These look like one column a class: pass their numbers, y.argmax(axis={class_axis(logits) or -1})"
        mend += "." if labels.dtype.kind == "f" else ", or as probabilities y.astype(float)."
    elif classes_last:
        mend = f"The classes lie on axis 1: pass logits.reshape(-1, {logits[-1]}) and y.ravel()."
    elif np.prod(labels.shape) == np.prod(wanted):
        mend = f"Give the labels as y.reshape({', '.join(map(str, wanted))})." if wanted else "Pass y.item()."
    else:
        mend = "Give one class number for each row of the logits."
    return ShapeError(f"The labels have shape {labels.shape}, expected {wanted} for logits {logits}.", mend)
