"""Which initial weights an `init` argument means: a name, a number, a function, or what suits the activation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError, UsageError, suggestion
from nn.init.fans import he_normal, he_uniform, lecun_normal, lecun_uniform, xavier_normal, xavier_uniform
from nn.init.gains import he_gain
from nn.init.orthogonality import orthogonal
from nn.init.plain import constant, normal, ones, truncated_normal, uniform, zeros
from nn.recursion import named

Initializer = Callable[..., NDArray[Any]]

INITIALIZERS: dict[str, Initializer] = {
    each.__name__: each
    for each in (
        *(zeros, ones, normal, uniform, truncated_normal),
        *(xavier_uniform, xavier_normal, he_uniform, he_normal, lecun_uniform, lecun_normal, orthogonal),
    )
}


def initializer(init: str | float | Initializer, activation: str) -> Initializer:
    """Return the initializer that an `init` argument means for a layer with this activation.

    "auto" is `he_uniform` under relu and its relatives, with the gain that each of them needs, `lecun_normal` under
    selu, and `xavier_uniform` elsewhere; a number is a constant.
    """
    if callable(init):
        return init
    if isinstance(init, (int, float)) and not isinstance(init, bool):
        return partial(constant, value=init)
    if not isinstance(init, str):
        raise UsageError(f"init must be a name, a number or a function, got {init!r}.", 'Write init="auto".')
    if init == "auto":
        return _fitting(activation)
    if init not in INITIALIZERS:
        names = ["auto", *INITIALIZERS]
        raise ArgumentError(f"init {init!r} is not known.", suggestion(init, names, namespace="nn.init"))
    return INITIALIZERS[init]


def _fitting(activation: str) -> Initializer:
    if named(activation)[0] == "selu":
        return lecun_normal
    gain = he_gain(activation)
    return xavier_uniform if gain is None else partial(he_uniform, gain=gain)
