"""Optimizers: how parameters follow their gradients downhill."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import refusing
from nn.optim.adam import Adam, AdamW
from nn.optim.optimizer import Optimizer
from nn.optim.sgd import SGD

if TYPE_CHECKING:
    from nn.optim.adagrad import Adagrad as Adagrad
    from nn.optim.lbfgs import LBFGS as LBFGS
    from nn.optim.rmsprop import RMSprop as RMSprop

# Imported on first use: what most training does not need does not slow the start.
_LAZY = {"Adagrad": "nn.optim.adagrad", "LBFGS": "nn.optim.lbfgs", "RMSprop": "nn.optim.rmsprop"}

__all__ = ["LBFGS", "SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            value = globals()[name] = getattr(import_module(_LAZY[name]), name)
            return value
        return refusing("nn.optim", __all__)(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
