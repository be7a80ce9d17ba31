"""scikit-learn's metrics, in the form of ours: they take the targets first, and classes in place of logits."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, cast

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError, suggestion
from autograd_lite.spelling import refuse_unknown
from nn.arguments import called, choice
from nn.metrics.pairs import ROUNDING, Array, as_classes, numbers, one_hot, warn_of_probabilities

Metric = Callable[[Any, Any], float]
TAKES = ("classes", "probabilities", "scores", "values")

# Metrics that take probabilities, whatever their argument is called.
OF_PROBABILITIES = ("log_loss", "d2_log_loss_score", "brier_score_loss", "d2_brier_score")


def from_sklearn(
    metric: str | Callable[..., Any], *, takes: str | None = None, logits: bool | None = None, **options: Any
) -> Metric:
    """Return a metric of scikit-learn as a function of the prediction and the target, in this order.

    Parameters
    ----------
    metric : str or callable
        ``"f1_score"`` or ``sklearn.metrics.f1_score``, for example.
    takes : {"classes", "probabilities", "scores", "values"}, optional
        What the metric compares the targets with. It is known of scikit-learn's: "probabilities" for `log_loss` and
        the Brier scores; "scores", which grow with the probability, for `roc_auc_score` and others with ``y_score``;
        "classes" for the other metrics of classification. For metrics of regression, and all others, it is
        "values": the predictions as they are.
    logits : bool, optional
        Whether one number an example, for two classes, is a logit z of σ(z), as it is unless False says that it is a
        probability. Left out, there is a warning when all the numbers might be probabilities.
    **options
        Given to scikit-learn: ``average="macro"``, for example.

    Predictions and targets have the shapes that `nn.metrics.accuracy` takes. Rows of (N, C) that are no probabilities
    become so by softmax.

    Returns
    -------
    callable
        ``metric(prediction, target) -> float``, with the name of scikit-learn's.

    Raises
    ------
    UsageError
        When scikit-learn is not installed, or the metric is none; from the metric, when it gives no number.
    ArgumentError
        When scikit-learn has no metric of that name.
    UnknownKeywordError
        When the metric does not take an option.

    Examples
    --------
    With scikit-learn installed::

        nn.fit(..., metrics=[nn.metrics.from_sklearn("f1_score", average="macro")])

    Any function that takes targets and classes in scikit-learn's order will do:

    >>> def recall(y_true, y_pred):
    ...     return y_pred[y_true == 1].mean()
    >>> measured = nn.metrics.from_sklearn(recall, takes="classes")
    >>> measured([[2.0, 0.0], [0.5, 1.0], [1.0, 0.0]], [0, 1, 1])
    0.5
    """
    function = _function(metric)
    name = str(getattr(function, "__name__", type(function).__name__))
    parameters = _parameters(function)
    if parameters:
        refuse_unknown(f"{name}()", options, parameters[2:])
    how = _how(function, name, parameters) if takes is None else choice("takes", takes, TAKES)

    def measured(prediction: Any, target: Any) -> float:
        value = function(*_as_taken(prediction, target, how, logits), **options)
        if np.size(value) != 1:
            raise UsageError(
                f"{name} gave an array of shape {np.shape(value)}, a metric is one number.",
                'Choose a mean, such as average="macro", or call scikit-learn\'s function itself.',
            )
        return float(np.asarray(value).item())

    measured.__name__ = name
    return measured


def _function(metric: Any) -> Callable[..., Any]:
    if isinstance(metric, str):
        try:
            module: Any = import_module("sklearn.metrics")
        except ImportError as error:
            raise UsageError(
                "from_sklearn() needs scikit-learn, which is not installed.", "Run pip install scikit-learn."
            ) from error
        found = getattr(module, metric, None)
        if not inspect.isfunction(found):
            functions = [name for name in module.__all__ if inspect.isfunction(getattr(module, name))]
            raise ArgumentError(
                f"scikit-learn has no metric {metric!r}.", suggestion(metric, functions, namespace="sklearn.metrics")
            )
        metric = found
    if isinstance(metric, type) or not callable(metric):
        raise UsageError(
            f"from_sklearn() takes a metric of scikit-learn, got {called(metric)}.",
            'Write nn.metrics.from_sklearn("f1_score", average="macro"), for example.',
        )
    return cast(Callable[..., Any], metric)


def _parameters(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters; none where it takes any, or does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [] if any(each.kind is each.VAR_KEYWORD for each in parameters) else [each.name for each in parameters]


def _how(function: Callable[..., Any], name: str, parameters: Iterable[str]) -> str:
    """Return what one of scikit-learn's metrics compares the targets with."""
    if name in OF_PROBABILITIES:
        return "probabilities"
    if "y_score" in parameters:
        return "scores"
    of_classes = (
        getattr(function, "__module__", "") == "sklearn.metrics._classification" and "pred_decision" not in parameters
    )
    return "classes" if of_classes else "values"


def _as_taken(prediction: Any, target: Any, takes: str, logits: bool | None) -> tuple[Array, Array]:
    """Return the target and the prediction as scikit-learn takes them, in its order."""
    a, y = numbers("prediction", prediction), numbers("target", target)
    if takes == "values":
        return y, a
    if takes == "classes":
        predicted, true, _ = as_classes(a, y, None if logits is None else 0.5 * (not logits))
        return true.ravel(), predicted.ravel()
    a = a.astype(np.float64)
    if a.ndim < 2 or a.shape[1] == 1:
        return y.ravel(), a.ravel() if takes == "scores" else _of_class_1(a.ravel(), logits)
    if a.shape == y.shape:
        y = one_hot(y).argmax(axis=1)
    if a.shape[1] > 2:
        return y, _rows_of_probabilities(a)
    return y, a[:, 1] - a[:, 0] if takes == "scores" else _rows_of_probabilities(a)[:, 1]


def _of_class_1(a: Array, logits: bool | None) -> Array:
    """Return probabilities: what is given, or its σ, without overflow."""
    if logits is None:
        warn_of_probabilities(a, "logits=False if they are probabilities, logits=True if they are logits")
    if logits is False:
        return a
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + e), e / (1 + e))


def _rows_of_probabilities(a: Array) -> Array:
    """Return rows that add up to 1: what is given if it does so but for rounding, or else its softmax."""
    if (a < 0).any() or (np.abs(a.sum(axis=1) - 1) > ROUNDING).any():
        a = np.exp(a - a.max(axis=1, keepdims=True))
    rows: Array = a / a.sum(axis=1, keepdims=True)
    return rows
