"""autograd-lite: reverse-mode automatic differentiation on NumPy.

The public names; the operations of the table of derivatives are public under NumPy's names.
"""

from importlib import import_module
from typing import Any

from autograd_lite import fft as fft
from autograd_lite import linalg as linalg
from autograd_lite.creation import (
    arange,
    array,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    geomspace,
    linspace,
    logspace,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from autograd_lite.errors import UnknownNameError
from autograd_lite.graph import detect_anomaly, enable_grad, is_grad_enabled, no_grad, scope, set_grad_enabled
from autograd_lite.methods import aliases, public_composites, public_primitives
from autograd_lite.primitives import primitive
from autograd_lite.tensors import Tensor
from autograd_lite.transforms import gradients

__version__ = "0.1.0"

OPERATIONS = public_primitives()
# The creation functions, which make Tensors of numbers too, stay as they are.
COMPOSITES = {name: each for name, each in {**public_composites(), **aliases()}.items() if name not in globals()}
globals().update(OPERATIONS)
globals().update(COMPOSITES)

# Imported on first use: what training does not need does not slow the start.
LAZY = {
    "explain": "autograd_lite.explanation",
    "Explanation": "autograd_lite.explanation",
    "gradcheck": "autograd_lite.check",
    "check_formula": "autograd_lite.by_hand.formula_check",
    "draw": "autograd_lite.drawing",
    "draw_dot": "autograd_lite.drawing",
    "make_dot": "autograd_lite.drawing",
    "Drawing": "autograd_lite.drawing",
    "graphviz_info": "autograd_lite.drawing",
    "supported": "autograd_lite.coverage",
}

__all__ = [
    "Tensor",
    "arange",
    "array",
    "asarray",
    "detect_anomaly",
    "empty",
    "empty_like",
    "enable_grad",
    "eye",
    "fft",
    "from_numpy",
    "full",
    "full_like",
    "geomspace",
    "gradients",
    "is_grad_enabled",
    "linalg",
    "linspace",
    "logspace",
    "no_grad",
    "ones",
    "ones_like",
    "primitive",
    "scope",
    "set_grad_enabled",
    "tensor",
    "zeros",
    "zeros_like",
    *COMPOSITES,
    *OPERATIONS,
    *LAZY,
]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        value = globals()[name] = getattr(import_module(LAZY[name]), name)
        return value
    raise UnknownNameError("autograd_lite", name, lambda: __all__, namespace="ag")


def __dir__() -> list[str]:
    return sorted({*globals(), *LAZY})
