"""Adding up what an epoch gives: the loss of its batches, and metrics over all of its predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError, suggestion
from nn.arguments import called
from nn.metrics import __all__ as METRICS
from nn.metrics import accuracy, from_sklearn
from nn.training.checked import check_call
from nn.training.history import History

# What the history calls its own.
RESERVED = {each.name for each in fields(History)}

Metrics = Mapping[str, Callable[[Any, Any], float]]


class Total:
    """Adds up the losses of batches as the loss itself would over all of them: a sum, or a weighted mean."""

    def __init__(self, loss: Any) -> None:
        self.sums = getattr(loss, "reduction", "mean") == "sum"
        self.total = 0.0
        self.weight = 0.0

    def add(self, value: float, weight: float) -> None:
        self.total += value if self.sums else value * weight
        self.weight += weight

    @property
    def value(self) -> float:
        return self.total if self.sums else self.total / self.weight

    def clear(self) -> None:
        self.total, self.weight = 0.0, 0.0

    def state_dict(self) -> dict[str, float]:
        return {"total": self.total, "weight": self.weight}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.total, self.weight = state["total"], state["weight"]


def weight_of(loss: Any, target: Any) -> float:
    """Return how much a batch counts in the mean over an epoch: its examples, or what the loss itself divides by."""
    divisor = getattr(loss, "divisor", None)
    return float(rows_of(target) if divisor is None else divisor(target))


def counted_of(loss: Any, target: Any) -> float:
    """Return how many labels of a batch count in its accuracy."""
    counted = getattr(loss, "counted", None)
    return float(rows_of(target) if counted is None else counted(target))


def rows_of(target: Any) -> int:
    """Return the number of examples that targets belong to."""
    shape = np.shape(target)
    return shape[0] if shape else 1


class Gathered:
    """Keeps the predictions and targets of an epoch until the metrics are computed from all of them."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.predictions: list[Any] = []
        self.targets: list[Any] = []

    def add(self, prediction: Any, target: Any) -> None:
        if self.metrics:
            self.predictions.append(_values(prediction))
            self.targets.append(_values(target))

    def measured(self) -> dict[str, float]:
        """Return every metric over what was added."""
        if not self.metrics:
            return {}
        prediction, target = np.concatenate(self.predictions), np.concatenate(self.targets)
        return {name: _number(name, metric(prediction, target)) for name, metric in self.metrics.items()}

    def clear(self) -> None:
        self.predictions, self.targets = [], []

    def state_dict(self) -> dict[str, list[Any]]:
        if not self.predictions:
            return {"predictions": [], "targets": []}
        return {"predictions": [np.concatenate(self.predictions)], "targets": [np.concatenate(self.targets)]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.predictions, self.targets = state["predictions"], state["targets"]


def as_metrics(given: Any) -> Metrics:
    """Return metrics by name; of a list, each is called as its function is.

    Raises
    ------
    UsageError
        When one cannot be called, or two have one name.
    """
    if callable(given):
        given = [given]
    if isinstance(given, str):
        mend = f"Write metrics=nn.metrics.{given}." if given in METRICS else suggestion(given, METRICS)
        raise UsageError(f"metrics are functions, got {given!r}.", mend)
    pairs = given.items() if isinstance(given, Mapping) else [(_name(each), each) for each in given]
    named: dict[str, Any] = {}
    for name, metric in pairs:
        if not callable(metric):
            raise UsageError(
                f"A metric is a function of the predictions and the targets, got {called(metric)}.",
                "Write metrics=[nn.metrics.accuracy].",
            )
        if name in RESERVED or (name == "accuracy" and metric is not accuracy):
            raise UsageError(
                f"A metric cannot be called {name!r}: the history has that already.",
                f'Name it: metrics={{"my_{name}": ...}}.',
            )
        check_call(metric, ["predictions", "targets"], "A metric")
        if name in named:
            raise UsageError(
                f"Two metrics are called {name!r}.", f'Name them: metrics={{"{name}": ..., "other": ...}}.'
            )
        named[name] = _ours(metric)
    return named


def check_measured(monitor: str, loss: Any, metrics: Metrics, *, validated: bool) -> None:
    """Raise when nothing of that name will be measured, before the first epoch rather than after it.

    Raises
    ------
    ArgumentError
    """
    known = ["loss", "learning_rate", *metrics]
    of_validation = ["validation_loss", *(f"validation_{name}" for name in metrics)]
    if hasattr(loss, "accuracy"):
        of_validation.append("validation_accuracy")
    if monitor in (known + of_validation if validated else known):
        return
    meant = monitor.replace("val_", "validation_", 1) if monitor.startswith("val_") else monitor
    if meant in of_validation and not validated:
        mend = "Pass the data to measure it on: validation=(x, y)."
    else:
        mend = suggestion(meant, known + of_validation)
    raise ArgumentError(f"early_stopping watches {monitor!r}, which is not measured.", mend)


def _name(metric: Any) -> str:
    function = metric.func if isinstance(metric, partial) else metric
    return str(getattr(function, "__name__", type(function).__name__))


def _ours(metric: Any) -> Any:
    """Return a metric that takes the predictions first; scikit-learn's take the targets first."""
    return from_sklearn(metric) if str(getattr(metric, "__module__", "")).startswith("sklearn.") else metric


def _values(data: Any) -> Any:
    return np.array(data.numpy()) if isinstance(data, ag.Tensor) else np.asarray(data)


def _number(name: str, value: Any) -> float:
    if np.size(value) != 1:
        raise UsageError(
            f"The metric {name!r} gave an array of shape {np.shape(value)}, expected a number.",
            "Take its mean, or another number of it.",
        )
    return float(np.asarray(value).item())
