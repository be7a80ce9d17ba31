"""Tensor's methods from the table of derivatives and from NumPy: ``t.tanh()``, ``t.sum(axis=0)``, ``t.argmax()``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from autograd_lite import derivatives as derivatives
from autograd_lite.derivatives.composition import COMPOSITES, Composite, composites
from autograd_lite.derivatives.further import whole_table
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


def public_primitives() -> dict[str, Primitive]:
    """Return every operation of the table by its name; what users declare later is theirs."""
    return _by_name(whole_table())


def _by_name(operations: Mapping[Any, Primitive]) -> dict[str, Primitive]:
    # Those of numpy.linalg and numpy.fft, "linalg.inv", have namespaces of their own.
    return {each.__name__: each for each in operations.values() if each.__name__.isidentifier()}


def method_primitives() -> dict[str, Primitive]:
    """Return the operations that are methods too: those of one operand."""
    return _methods_among(public_primitives())


def _methods_among(operations: Mapping[str, Primitive]) -> dict[str, Primitive]:
    return {
        name: each
        for name, each in operations.items()
        if (len(each.operands) == 1 or name in ALSO_METHODS) and name not in NOT_METHODS and not each.infix
    }


def namespace(module: ModuleType) -> dict[str, Any]:
    """Return the operations and composites of numpy.linalg or numpy.fft by their names there."""
    calls = _calls(whole_table())
    functions = {name: getattr(module, name) for name in sorted(module.__all__)}
    return {name: calls[each] for name, each in functions.items() if each in calls}


def _calls(operations: Mapping[Any, Primitive]) -> dict[Any, Callable[..., Any]]:
    """Return what is called in the place of each of NumPy's functions."""
    return {**{each: found.call for each, found in COMPOSITES.items()}, **operations}


def public_composites() -> dict[str, Callable[..., Any]]:
    """Return the composites' public functions by name; a name with a dot belongs to a part of the namespace."""
    return _public(composites())


def _public(named: Mapping[str, Composite]) -> dict[str, Callable[..., Any]]:
    return {name: each.call for name, each in named.items() if name.isidentifier()}


def aliases() -> dict[str, Callable[..., Any]]:
    """Return operations and composites by NumPy's other names for them: np.acos, np.concat, np.pow."""
    named = {**public_primitives(), **public_composites()}
    return {name: each for name, each in _by_numpys_names(_calls(whole_table())).items() if name not in named}


def _by_numpys_names(calls: Mapping[Any, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    functions = {name: each for name, each in vars(np).copy().items() if callable(each) and not name.startswith("_")}
    return {name: calls[each] for name, each in functions.items() if each in calls}


def public_so_far() -> dict[str, Callable[..., Any]]:
    """Return what the pages that are read by now make public, by all of its names."""
    read = {each.name: each for each in COMPOSITES.values()}
    return {**_by_numpys_names(_calls(REGISTRY)), **_by_name(REGISTRY), **_public(read)}


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


# None of the further pages has one.
for _name, _primitive in _methods_among(_by_name(REGISTRY)).items():
    setattr(TensorMethods, _name, _method(_primitive))
for _composite in [each for each in COMPOSITES.values() if each.method]:
    setattr(TensorMethods, _composite.name, _composite_method(_composite))
for _name in FROM_NUMPY:
    setattr(TensorMethods, _name, _numpy_method(_name))
