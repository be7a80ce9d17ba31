"""Metrics: how good predictions are, as plain functions ``metric(prediction, target) -> float`` of whole arrays."""

from typing import TYPE_CHECKING

from autograd_lite.errors import refusing
from nn.habits import METRICS
from nn.metrics.borrowed import from_sklearn
from nn.metrics.classification import accuracy, confusion_matrix, top_k_accuracy
from nn.metrics.regression import mean_absolute_error, mean_squared_error, r2_score

__all__ = [
    "accuracy",
    "confusion_matrix",
    "from_sklearn",
    "mean_absolute_error",
    "mean_squared_error",
    "r2_score",
    "top_k_accuracy",
]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.metrics", __all__, METRICS)
