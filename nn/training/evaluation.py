"""evaluate: the loss of a model on a data set, its accuracy, and any metrics over all predictions together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import check_loss, check_scalar
from nn.data.loader import DataLoader
from nn.module import Module
from nn.training.checked import Array, check_model, examples_and_targets
from nn.training.measuring import Gathered, Metrics, Total, as_metrics, counted_of, weight_of
from nn.training.modes import modes_kept

LossFunction = Callable[[Any, Any], ag.Tensor]
HeldOut = tuple[Array, Array] | DataLoader

# Examples, and numbers in them, evaluated at a time: enough to keep NumPy busy, few enough to stay small in memory.
EVALUATION_BATCH = 1024
EVALUATED = 2**18


class Evaluation(NamedTuple):
    """A model's loss on a data set, its accuracy where the loss classifies, and the metrics that were asked for."""

    loss: float
    accuracy: float | None
    metrics: Mapping[str, float] = {}


@spelled
def evaluate(model: Module, x: Any, y: Any, loss: LossFunction, metrics: Any = ()) -> Evaluation:
    """Return a model's loss on a data set, in evaluation mode and without recording a graph.

    Parameters
    ----------
    model : Module
    x, y : array_like, shape (N, ...)
        Or a `DataLoader` and None: its batches, with what its transform makes of them.
    loss : Loss or callable
    metrics : callable, list of callables, or dict of str to callable
        Each called once, as ``metric(predictions, y)`` over all examples; gives a number.

    Returns
    -------
    Evaluation
        (loss, accuracy, metrics): the mean over the examples, or the sum for a loss that sums; the share of right
        predictions for a loss that classifies, else None; and a dict.

    Raises
    ------
    ShapeError, ArgumentError, UsageError
        As `fit`.

    Examples
    --------
    >>> digits = nn.datasets.load_digits()
    >>> nn.evaluate(nn.MLP([64, 10], init="zeros"), *digits, nn.CrossEntropyLoss()).loss.__round__(4)
    2.3026
    """
    check_model(model, "evaluate")
    check_loss(loss)
    held_out = x if isinstance(x, DataLoader) and y is None else examples_and_targets("x", x, y)
    return evaluated(model, held_out, loss, as_metrics(metrics))


def evaluated(model: Module, held_out: HeldOut, loss: LossFunction, metrics: Metrics) -> Evaluation:
    """Return what `evaluate` does, of data that were checked before."""
    total, gathered = Total(loss), Gathered(metrics)
    accuracy = getattr(loss, "accuracy", None)
    shares: list[float | None] = []
    labelled = 0.0
    modules = [each for each in (model, loss) if isinstance(each, Module)]
    with modes_kept(*modules), ag.no_grad():
        for each in modules:
            each.eval()
        for x, y in held_out if isinstance(held_out, DataLoader) else _parts(*held_out):
            weight, counted = weight_of(loss, y), counted_of(loss, y)
            prediction = model(x)
            gathered.add(prediction, y)
            if not weight:  # no label of it counts
                continue
            value = loss(prediction, y)
            if getattr(value, "size", None) != 1:
                check_scalar(value, "evaluate")
            total.add(value.item(), weight)
            share = accuracy(prediction, y) if accuracy else None
            shares.append(None if share is None else share * counted)
            labelled += counted
    known = [share for share in shares if share is not None]
    if not total.weight:
        raise ArgumentError("There is no label that counts: all are ignored.", "Evaluate on data with labels.")
    right = float(np.sum(known)) / labelled if len(known) == len(shares) else None
    return Evaluation(total.value, right, gathered.measured())


def _parts(x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    size = max(1, min(EVALUATION_BATCH, EVALUATED // max(1, x[0].size)))
    for start in range(0, len(x), size):
        yield x[start : start + size], y[start : start + size]
