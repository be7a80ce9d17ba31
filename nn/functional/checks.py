"""What losses check before they compute: shapes that are one, reductions that are known, predictions that are real."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from nn.arguments import as_tensor, choice

REDUCTIONS = ("sum", "mean", "none")


def check_reduction(reduction: str, known: Sequence[str] = REDUCTIONS) -> None:
    """Raise ArgumentError unless a reduction is known."""
    if reduction not in known:
        choice("reduction", reduction, known)


def reduced(losses: ag.Tensor, reduction: str) -> ag.Tensor:
    """Return one loss an element, their mean or their sum.

    Raises
    ------
    ShapeError
        When the mean of nothing is asked for.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    refuse_empty(losses)
    return losses.mean()


def real(prediction: ag.Tensor) -> ag.Tensor:
    """Return a prediction, if it is not complex.

    Raises
    ------
    DtypeError
    """
    if prediction.dtype.kind == "c":
        raise DtypeError(
            f"A loss is a real number, the prediction is {prediction.dtype}.",
            "Compare real numbers: abs(z), or the real and imaginary parts side by side.",
        )
    return prediction


def alike(prediction: Any, target: Any) -> tuple[ag.Tensor, ag.Tensor]:
    """Return both as real Tensors of one dtype, if they have one shape.

    Raises
    ------
    ShapeError, DtypeError
    """
    a = real(as_tensor(prediction))
    y = as_tensor(target, a.dtype, name="y")
    if a.shape != y.shape:
        raise _shapes_differ(a.shape, y.shape)
    return a, y


def check_pairs(prediction: Any, target: Any) -> None:
    """Refuse what has no accuracy: predictions and targets that differ in shape, or none at all.

    Raises
    ------
    ShapeError, DtypeError
        As the loss of two classes does.

    Examples
    --------
    >>> check_pairs([0.5, 0.25], [1, 0])
    """
    a, _ = alike(prediction, target)
    refuse_no_predictions(a.shape)


def refuse_no_predictions(shape: tuple[int, ...], counted: int | None = None) -> None:
    """Raise ShapeError when there is nothing to take an accuracy of."""
    if not (np.prod(shape) if counted is None else counted):
        raise ShapeError(f"The accuracy of no predictions: the shape is {shape}.", "Leave empty batches out.")


def refuse_empty(batch: ag.Tensor) -> None:
    """Raise ShapeError when the mean of nothing is asked for."""
    if not batch.size:
        raise ShapeError(
            f"The mean of no losses: the shape is {batch.shape}.", 'Leave empty batches out, or use "sum".'
        )


def weighing(title: str, weight: Any, shape: tuple[int, ...], dtype: Any, wanted: str) -> NDArray[Any]:
    """Return weights as an array, if they can be stretched to a shape and are at least 0.

    Parameters
    ----------
    title : str
        What messages call them.
    weight : array_like
    shape : tuple of int
        What they are to be broadcast to.
    dtype : dtype
    wanted : str
        Which shapes fit, in words.

    Raises
    ------
    ShapeError, ArgumentError, DtypeError
    """
    values = as_tensor(weight, dtype).numpy()
    try:
        fits = np.broadcast_shapes(values.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"{title} has shape {values.shape}, the prediction {shape}.", f"Give {wanted}.")
    check_not_negative(title, values)
    return values


def check_not_negative(title: str, weights: NDArray[Any]) -> None:
    """Raise ArgumentError unless weights are finite and at least 0."""
    if weights.size and not (weights.min() >= 0 and weights.max() < np.inf):
        raise ArgumentError(
            f"{title} must be at least 0 and finite, got values from {weights.min():.4g} to {weights.max():.4g}.",
            "Weigh examples that count more with numbers above 1, and those that count less with numbers below.",
        )


def _shapes_differ(prediction: tuple[int, ...], target: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"The prediction has shape {prediction}, the target {target}; a loss never broadcasts.",
        f"Give the target as y.reshape{prediction}."
        if np.prod(prediction) == np.prod(target)
        else "Give one target for each predicted number.",
    )
