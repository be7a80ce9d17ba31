"""Tensor's methods from the table of derivatives and from NumPy: ``t.tanh()``, ``t.sum(axis=0)``, ``t.argmax()``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from autograd_lite import derivatives as derivatives
from autograd_lite.derivatives.composition import COMPOSITES, Composite, composites
from autograd_lite.primitives import REGISTRY, Primitive
from autograd_lite.spelling import refuse

# Operations whose first operand is not "the tensor itself", and operators, are no methods.
NOT_METHODS = frozenset(
    """
    where sort partition concatenate stack broadcast_to moveaxis expand_dims real imag diagflat
    max_pool1d max_pool2d avg_pool1d avg_pool2d adaptive_avg_pool2d gelu erf erfc
    softplus silu mish log_sigmoid log1mexp softsign leaky_relu elu selu hardtanh huber
    """.split()  # noqa: SIM905
)
FROM_NUMPY = (
    *("all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "conj", "nonzero", "put", "round"),
    "searchsorted",
)
# Those of several operands that ndarray has as methods too.
ALSO_METHODS = frozenset({"clip", "dot", "std", "var"})

# Those of numpy.linalg and numpy.fft, "linalg.inv", have namespaces of their own.
_PUBLIC = {each.__name__: each for each in REGISTRY.values() if each.__name__.isidentifier()}


def public_primitives() -> dict[str, Primitive]:
    """Return every operation of the table by its name; what users declare later is theirs."""
    return dict(_PUBLIC)


def method_primitives() -> dict[str, Primitive]:
    """Return the operations that are methods too: those of one operand."""
    return {
        name: each
        for name, each in public_primitives().items()
        if (len(each.operands) == 1 or name in ALSO_METHODS) and name not in NOT_METHODS and not each.infix
    }


def namespace(module: ModuleType) -> dict[str, Any]:
    """Return the operations and composites of numpy.linalg or numpy.fft by their names there."""
    functions = {name: getattr(module, name) for name in sorted(module.__all__)}
    calls = {each: found.call for each, found in COMPOSITES.items()}
    return {
        name: REGISTRY.get(each) or calls[each] for name, each in functions.items() if each in {**REGISTRY, **calls}
    }


def public_composites() -> dict[str, Callable[..., Any]]:
    """Return the composites' public functions by name; a name with a dot belongs to a part of the namespace."""
    return {name: each.call for name, each in composites().items() if name.isidentifier()}


def aliases() -> dict[str, Callable[..., Any]]:
    """Return operations and composites by NumPy's other names for them: np.acos, np.concat, np.pow."""
    named: dict[str, Any] = {**public_primitives(), **public_composites()}
    calls = {**REGISTRY, **{each: found.call for each, found in COMPOSITES.items()}}
    functions = {name: each for name, each in vars(np).items() if callable(each) and not name.startswith("_")}
    return {name: calls[each] for name, each in functions.items() if name not in named and each in calls}


def method_composites() -> dict[str, Composite]:
    """Return the composites that are methods too."""
    return {name: each for name, each in composites().items() if each.method}


def _method(primitive: Primitive) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self.__apply_primitive__(primitive, (self, *args), kwargs)

    method.__name__ = primitive.__name__
    method.__doc__ = primitive.__doc__
    return method


def _composite_method(composite: Composite) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return composite.call(self, *args, **kwargs)

    method.__name__ = composite.name
    method.__doc__ = composite.call.__doc__
    return method


def _numpy_method(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(self, *args, **kwargs)
        except TypeError:
            refuse(f"{name}()", partial(function, self), args, kwargs)
            raise

    method.__name__ = name
    method.__doc__ = function.__doc__
    return method


class TensorMethods:
    """The base of Tensor that the table fills; its stub lists what it holds."""

    __slots__ = ()


for _name, _primitive in method_primitives().items():
    setattr(TensorMethods, _name, _method(_primitive))
for _name, _composite in method_composites().items():
    setattr(TensorMethods, _name, _composite_method(_composite))
for _name in FROM_NUMPY:
    setattr(TensorMethods, _name, _numpy_method(_name))
