"""Tensor's methods from the table of derivatives and from NumPy: ``t.tanh()``, ``t.sum(axis=0)``, ``t.argmax()``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd_lite import derivatives as derivatives
from autograd_lite.primitives import REGISTRY, Primitive
from autograd_lite.spelling import refuse

# Operations whose first operand is not "the tensor itself", and operators, are no methods.
NOT_METHODS = frozenset(
    """
    where concatenate stack broadcast_to moveaxis expand_dims real imag
    max_pool1d max_pool2d avg_pool1d avg_pool2d adaptive_avg_pool2d gelu erf erfc
    softplus silu mish log_sigmoid softsign leaky_relu elu selu hardtanh huber
    """.split()  # noqa: SIM905
)
FROM_NUMPY = ("all", "any", "argmax", "argmin", "argsort", "nonzero", "round")


_PUBLIC = {each.__name__: each for each in REGISTRY.values()}


def public_primitives() -> dict[str, Primitive]:
    """Return every operation of the table by its name; what users declare later is theirs."""
    return dict(_PUBLIC)


def method_primitives() -> dict[str, Primitive]:
    """Return the operations that are methods too: those of one operand."""
    return {
        name: each
        for name, each in public_primitives().items()
        if len(each.operands) == 1 and name not in NOT_METHODS and not each.infix
    }


def _method(primitive: Primitive) -> Callable[..., Any]:
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self.__apply_primitive__(primitive, (self, *args), kwargs)

    method.__name__ = primitive.__name__
    method.__doc__ = primitive.__doc__
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
for _name in FROM_NUMPY:
    setattr(TensorMethods, _name, _numpy_method(_name))
