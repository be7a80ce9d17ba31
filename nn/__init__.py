"""nn: models, losses, optimizers and training on top of autograd_lite, and the hand formulas to check them against.

The public names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import UnknownNameError
from nn import functional, init, optim, recursion
from nn.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from nn.containers import ModuleList, Sequential
from nn.examples import worked_example
from nn.layers import (
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Residual,
)
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HalfSSELoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    Loss,
    MSELoss,
    NLLLoss,
    SSELoss,
)
from nn.mlp import MLP
from nn.module import Buffer, Module, Parameter
from nn.module_dict import ModuleDict
from nn.random import manual_seed

if TYPE_CHECKING:
    from nn import datasets as datasets
    from nn import differences as differences
    from nn import metrics as metrics
    from nn import schedule as schedule
    from nn.averaging import EMA as EMA
    from nn.clipping import clip_grad_norm_ as clip_grad_norm_
    from nn.clipping import clip_grad_value_ as clip_grad_value_
    from nn.data.loader import DataLoader as DataLoader
    from nn.data.splitting import k_fold as k_fold
    from nn.data.splitting import random_split as random_split
    from nn.exercises.fresh import exercise as exercise
    from nn.formats.exchange.export import export_onnx as export_onnx
    from nn.formats.state_files import load as load
    from nn.formats.state_files import save as save
    from nn.grading.hand import Recursion as Recursion
    from nn.grading.printed import Printed as Printed
    from nn.grading.verification import verify as verify
    from nn.health.diagnosis import diagnose as diagnose
    from nn.record import backprop as backprop
    from nn.training import Callback as Callback
    from nn.training import Checkpoint as Checkpoint
    from nn.training import EarlyStopping as EarlyStopping
    from nn.training import History as History
    from nn.training import evaluate as evaluate
    from nn.training import fit as fit
    from nn.views.network import draw as draw

# Imported on first use: what training does not need does not slow the start.
_LAZY = {
    "Callback": "nn.training",
    "Checkpoint": "nn.training",
    "EarlyStopping": "nn.training",
    "History": "nn.training",
    "evaluate": "nn.training",
    "fit": "nn.training",
    "DataLoader": "nn.data.loader",
    "EMA": "nn.averaging",
    "Printed": "nn.grading.printed",
    "Recursion": "nn.grading.hand",
    "backprop": "nn.record",
    "clip_grad_norm_": "nn.clipping",
    "clip_grad_value_": "nn.clipping",
    "datasets": "nn.datasets",
    "diagnose": "nn.health.diagnosis",
    "differences": "nn.differences",
    "draw": "nn.views.network",
    "exercise": "nn.exercises.fresh",
    "export_onnx": "nn.formats.exchange.export",
    "k_fold": "nn.data.splitting",
    "load": "nn.formats.state_files",
    "metrics": "nn.metrics",
    "random_split": "nn.data.splitting",
    "save": "nn.formats.state_files",
    "schedule": "nn.schedule",
    "verify": "nn.grading.verification",
}

__all__ = [
    "ELU",
    "EMA",
    "GELU",
    "MLP",
    "SELU",
    "Activation",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Buffer",
    "Callback",
    "Checkpoint",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "DataLoader",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Flatten",
    "HalfSSELoss",
    "Hardtanh",
    "History",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "Loss",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "Printed",
    "ReLU",
    "Recursion",
    "Residual",
    "SSELoss",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "backprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "datasets",
    "diagnose",
    "differences",
    "draw",
    "evaluate",
    "exercise",
    "export_onnx",
    "fit",
    "functional",
    "init",
    "k_fold",
    "load",
    "manual_seed",
    "metrics",
    "optim",
    "random_split",
    "recursion",
    "save",
    "schedule",
    "verify",
    "worked_example",
]


def _public_names() -> list[str]:
    """Return the names that may have been meant: those of the packages below too, nn.Adam for nn.optim.Adam."""
    parts = (optim, functional, init, *(import_module(f"nn.{name}") for name in ("datasets", "schedule", "metrics")))
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
