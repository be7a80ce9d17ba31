"""The functions behind the modules: the engine's own under one roof, and the losses with their checks.

A loss never broadcasts: prediction and target have one shape. Without a reduction it returns one loss an element
(cross_entropy and nll_loss: one an example). PyTorch's names of what is called otherwise here are known too.
"""

from typing import TYPE_CHECKING, Any

import autograd_lite as ag
from autograd_lite import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    linear,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softsign,
    tanh,
)
from autograd_lite.errors import refusing
from nn.functional.activations import prelu, softplus
from nn.functional.checks import REDUCTIONS as REDUCTIONS
from nn.functional.classes import cross_entropy, nll_loss
from nn.functional.divergence import kl_div
from nn.functional.robust import huber_loss, l1_loss
from nn.functional.squared import half_sse, mse, sse
from nn.functional.two_classes import bce, bce_with_logits
from nn.habits import FUNCTIONS

if TYPE_CHECKING:
    from autograd_lite import adaptive_avg_pool2d as adaptive_avg_pool2d
    from autograd_lite import avg_pool1d as avg_pool1d
    from autograd_lite import avg_pool2d as avg_pool2d
    from autograd_lite import conv1d as conv1d
    from autograd_lite import conv2d as conv2d
    from autograd_lite import max_pool1d as max_pool1d
    from autograd_lite import max_pool2d as max_pool2d

# The engine's own that it reads on first use.
_LAZY = frozenset({"adaptive_avg_pool2d", "avg_pool1d", "avg_pool2d", "conv1d", "conv2d", "max_pool1d", "max_pool2d"})

binary_cross_entropy = bce
binary_cross_entropy_with_logits = bce_with_logits
logsigmoid = log_sigmoid
mse_loss = mse

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "bce",
    "bce_with_logits",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "conv2d",
    "cross_entropy",
    "elu",
    "gelu",
    "half_sse",
    "hardtanh",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "logsigmoid",
    "max_pool1d",
    "max_pool2d",
    "mish",
    "mse",
    "mse_loss",
    "nll_loss",
    "prelu",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "sse",
    "tanh",
]

_refuse = refusing("nn.functional", __all__, FUNCTIONS)


def _missing(name: str) -> Any:
    if name not in _LAZY:
        _refuse(name)
    value = globals()[name] = getattr(ag, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = _missing
