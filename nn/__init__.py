"""nn: models, losses, optimizers and training on top of autograd_lite, and the hand formulas to check them against.

The public names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import UnknownNameError
from nn import datasets, functional, init, optim, recursion
from nn.activations import ELU, GELU, Activation, Identity, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh
from nn.containers import Sequential
from nn.examples import worked_example
from nn.layers import Linear
from nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HalfSSELoss, Loss, MSELoss, SSELoss
from nn.mlp import MLP
from nn.module import Module, Parameter
from nn.random import manual_seed
from nn.training import History, evaluate, fit

if TYPE_CHECKING:
    from nn import schedule as schedule
    from nn.averaging import EMA as EMA
    from nn.clipping import clip_grad_norm_ as clip_grad_norm_
    from nn.clipping import clip_grad_value_ as clip_grad_value_
    from nn.exercises.fresh import exercise as exercise
    from nn.grading.hand import Recursion as Recursion
    from nn.grading.printed import Printed as Printed
    from nn.grading.verification import verify as verify
    from nn.health.diagnosis import diagnose as diagnose
    from nn.record import backprop as backprop
    from nn.views.network import draw as draw

# Imported on first use: what training does not need does not slow the start.
_LAZY = {
    "EMA": "nn.averaging",
    "Printed": "nn.grading.printed",
    "Recursion": "nn.grading.hand",
    "backprop": "nn.record",
    "clip_grad_norm_": "nn.clipping",
    "clip_grad_value_": "nn.clipping",
    "diagnose": "nn.health.diagnosis",
    "draw": "nn.views.network",
    "exercise": "nn.exercises.fresh",
    "schedule": "nn.schedule",
    "verify": "nn.grading.verification",
}

__all__ = [
    "ELU",
    "EMA",
    "GELU",
    "MLP",
    "Activation",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HalfSSELoss",
    "History",
    "Identity",
    "LeakyReLU",
    "Linear",
    "Loss",
    "MSELoss",
    "Module",
    "Parameter",
    "Printed",
    "ReLU",
    "Recursion",
    "SSELoss",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "backprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "datasets",
    "diagnose",
    "draw",
    "evaluate",
    "exercise",
    "fit",
    "functional",
    "init",
    "manual_seed",
    "optim",
    "recursion",
    "schedule",
    "verify",
    "worked_example",
]


def _public_names() -> list[str]:
    """Return the names that may have been meant: those of the packages below too, nn.Adam for nn.optim.Adam."""
    parts = (optim, functional, init, import_module("nn.schedule"))
    below = [f"{part.__name__.removeprefix('nn.')}.{name}" for part in parts for name in part.__all__]
    return [*__all__, *below]


# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            module = import_module(_LAZY[name])
            value = globals()[name] = module if module.__name__ == f"nn.{name}" else getattr(module, name)
            return value
        raise UnknownNameError("nn", name, _public_names, namespace="nn")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
