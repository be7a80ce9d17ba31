"""nn: models, losses, optimizers and training on top of autograd_lite, and the hand formulas to check them against.

The public names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import UnknownNameError
from nn import datasets, functional, init, optim, recursion
from nn.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from nn.containers import Sequential
from nn.examples import worked_example
from nn.layers import Linear
from nn.losses import CrossEntropyLoss, HalfSSELoss, Loss, MSELoss, SSELoss
from nn.mlp import MLP
from nn.module import Module, Parameter
from nn.random import manual_seed
from nn.training import History, evaluate, fit

if TYPE_CHECKING:
    from nn.record import backprop as backprop
    from nn.views import draw as draw

# Imported on first use: what training does not need does not slow the start.
_LAZY = {"backprop": "nn.record", "draw": "nn.views"}

__all__ = [
    "MLP",
    "Activation",
    "CrossEntropyLoss",
    "HalfSSELoss",
    "History",
    "Identity",
    "Linear",
    "Loss",
    "MSELoss",
    "Module",
    "Parameter",
    "ReLU",
    "SSELoss",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "backprop",
    "datasets",
    "draw",
    "evaluate",
    "fit",
    "functional",
    "init",
    "manual_seed",
    "optim",
    "recursion",
    "worked_example",
]


def _public_names() -> list[str]:
    """Return the names that may have been meant: those of the packages below too, nn.Adam for nn.optim.Adam."""
    below = [
        f"{part.__name__.removeprefix('nn.')}.{name}" for part in (optim, functional, init) for name in part.__all__
    ]
    return [*__all__, *below]


# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            value = globals()[name] = getattr(import_module(_LAZY[name]), name)
            return value
        raise UnknownNameError("nn", name, _public_names, namespace="nn")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
