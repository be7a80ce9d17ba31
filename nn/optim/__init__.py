"""Optimizers: how parameters follow their gradients downhill."""

from typing import TYPE_CHECKING

from autograd_lite.errors import refusing
from nn.optim.adam import Adam
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.optim", __all__)
