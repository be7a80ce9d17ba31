"""autograd-lite: reverse-mode automatic differentiation on NumPy.

The public names; the operations of the table of derivatives are public under NumPy's names.
"""

from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any

from autograd_lite import discrete, dtypes
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
from autograd_lite.methods import aliases, public_composites, public_primitives, public_so_far
from autograd_lite.tensors import Tensor
from autograd_lite.transforms.requested import gradients

__version__ = "0.1.0"
__array_api_version__ = dtypes.API_VERSION
__array_namespace_info__ = dtypes.NamespaceInfo

# The functions and classes of the engine's own.
OURS = (
    Tensor,
    arange,
    array,
    asarray,
    detect_anomaly,
    empty,
    empty_like,
    enable_grad,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    geomspace,
    gradients,
    is_grad_enabled,
    linspace,
    logspace,
    no_grad,
    ones,
    ones_like,
    scope,
    set_grad_enabled,
    tensor,
    zeros,
    zeros_like,
)
globals().update({name: each for name, each in public_so_far().items() if name not in globals()})
# The dtypes, constants and functions without a derivative of the array API.
STANDARD = {name: vars(module)[name] for module in (dtypes, discrete) for name in module.__all__}
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
    "primitive": "autograd_lite.own",
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
NAMESPACES = ("fft", "linalg", "special")


def __getattr__(name: str) -> Any:
    if name in LAZY:
        value = globals()[name] = getattr(import_module(LAZY[name]), name)
        return value
    if name in NAMESPACES:
        return import_module(f"{__name__}.{name}")
    if not _is_no_operation(name):
        _read_whole_table()
    if name in globals():
        return globals()[name]
    raise UnknownNameError("autograd_lite", name, __dir__, namespace="ag", mend=NAMES.get(name, ""))


def __dir__() -> list[str]:
    _read_whole_table()
    return sorted({*globals()["__all__"], "__version__", "errors"})


def _is_no_operation(name: str) -> bool:
    """Return whether Python asks for a name, or a module of ours has it: for these no page is read."""
    if "__all__" in globals() or name == "__all__":
        return False
    return not name.isidentifier() or name.startswith("_") or bool(PathFinder.find_spec(f"{__name__}.{name}", __path__))


def _read_whole_table() -> None:
    """Make public what the further pages of the table declare too, and list it."""
    if "__all__" in globals():
        return
    ours = [each.__name__ for each in OURS]
    operations = public_primitives()
    # The creation functions, which make Tensors of numbers too, stay as they are.
    composites = {name: each for name, each in {**public_composites(), **aliases()}.items() if name not in ours}
    public = {**operations, **composites, "OPERATIONS": operations, "COMPOSITES": composites}
    globals().update({name: each for name, each in public.items() if name not in globals()})
    globals()["__all__"] = [*ours, *NAMESPACES, *composites, *operations, *STANDARD, *LAZY]
