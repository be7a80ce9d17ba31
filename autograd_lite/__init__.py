"""autograd-lite: reverse-mode automatic differentiation on NumPy.

The public names; the operations of the table of derivatives are public under NumPy's names.
"""

from importlib import import_module
from typing import Any

from autograd_lite import discrete, dtypes
from autograd_lite import fft as fft
from autograd_lite import linalg as linalg
from autograd_lite import special as special
from autograd_lite.creation import (
    arange,
    array,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
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
from autograd_lite.habits import NAMES
from autograd_lite.methods import aliases, public_composites, public_primitives
from autograd_lite.own import primitive
from autograd_lite.tensors import Tensor
from autograd_lite.transforms.requested import gradients

__version__ = "0.1.0"
__array_api_version__ = dtypes.API_VERSION
__array_namespace_info__ = dtypes.NamespaceInfo

OPERATIONS = public_primitives()
# The creation functions, which make Tensors of numbers too, stay as they are.
COMPOSITES = {name: each for name, each in {**public_composites(), **aliases()}.items() if name not in globals()}
# The dtypes, constants and functions without a derivative of the array API.
STANDARD = {name: vars(module)[name] for module in (dtypes, discrete) for name in module.__all__}
globals().update(OPERATIONS)
globals().update(COMPOSITES)
globals().update(STANDARD)

# Imported on first use: what training does not need does not slow the start.
LAZY = {
    "checkpoint": "autograd_lite.transforms.recomputation",
    "explain": "autograd_lite.explanation",
    "Explanation": "autograd_lite.explanation",
    "gradcheck": "autograd_lite.check",
    "check_formula": "autograd_lite.by_hand.formula_check",
    "check_primitive": "autograd_lite.check.primitive_check",
    "draw": "autograd_lite.drawing",
    "draw_dot": "autograd_lite.drawing",
    "make_dot": "autograd_lite.drawing",
    "Drawing": "autograd_lite.drawing",
    "graphviz_info": "autograd_lite.drawing",
    "supported": "autograd_lite.coverage",
    "elementwise_grad": "autograd_lite.transforms.scalars",
    "grad": "autograd_lite.transforms.scalars",
    "hessian": "autograd_lite.transforms.jacobians",
    "hvp": "autograd_lite.transforms.products",
    "jacobian": "autograd_lite.transforms.jacobians",
    "jvp": "autograd_lite.transforms.products",
    "value_and_grad": "autograd_lite.transforms.scalars",
    "vjp": "autograd_lite.transforms.products",
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
    "from_dlpack",
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
    "special",
    "tensor",
    "zeros",
    "zeros_like",
    *COMPOSITES,
    *OPERATIONS,
    *STANDARD,
    *LAZY,
]


def __getattr__(name: str) -> Any:
    if name in LAZY:
        value = globals()[name] = getattr(import_module(LAZY[name]), name)
        return value
    raise UnknownNameError("autograd_lite", name, lambda: __all__, namespace="ag", mend=NAMES.get(name, ""))


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__", "errors"})
