"""The names under which an MLP finds activations, and the names of those that it has."""

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError, closest
from nn.activations.base import Activation, Identity
from nn.activations.rectified import ELU, SELU, LeakyReLU, PReLU, ReLU
from nn.activations.saturating import Hardtanh, Sigmoid, Softsign, Tanh
from nn.activations.smooth import GELU, LogSigmoid, Mish, SiLU, Softplus
from nn.module import Module
from nn.recursion import called

ACTIVATIONS: dict[str, type[Activation]] = {
    each.key: each
    for each in (
        *(ReLU, Sigmoid, Tanh, Identity, LeakyReLU, PReLU, ELU, SELU, GELU, SiLU, Mish, Softplus),
        *(LogSigmoid, Softsign, Hardtanh),
    )
}
NAMES: dict[str, type[Activation]] = {**ACTIVATIONS, Identity.label: Identity}
_BY_LABEL = {each.label.lower(): each for each in ACTIVATIONS.values()}


def activation_module(activation: str | Module | None, dtype: Any = np.float64) -> Module:
    """Return the module that an activation argument means: by name, a module as it is, None for the identity.

    Names are known in any case, labels too, and what they are made with may stand behind: "elu(0.5)",
    "hardtanh(-2, 2)". What a new one learns is of `dtype`.

    Raises
    ------
    ArgumentError
        When the name is not known.
    UsageError
        When it is neither a name nor a module.

    Examples
    --------
    >>> activation_module("LeakyReLU"), activation_module("elu(0.5)"), activation_module("linear")
    (LeakyReLU(negative_slope=0.01), ELU(alpha=0.5), Identity())
    """
    if activation is None:
        return Identity()
    if isinstance(activation, Module):
        return activation
    if isinstance(activation, str):
        name, arguments = called(activation.lower())
        made: Any = NAMES.get(name) or _BY_LABEL.get(name)
        if made is PReLU and len(arguments) < 2:
            return PReLU(1, *map(float, arguments), dtype=dtype)
        if made is not None and len(arguments) <= len(made.made_with):
            return made(*arguments)  # type: ignore[no-any-return]
        if name in ("softmax", "log_softmax", "logsoftmax"):
            raise ArgumentError(
                f"activation {name!r} does not work on each element: it is part of the loss here.",
                "Leave it out and use nn.CrossEntropyLoss(); probabilities are ag.softmax(model(x)).",
            )
        raise _unknown(activation, name)
    raise _no_activation(activation)


def _no_activation(given: Any) -> UsageError:
    """Return the error for what is neither a name nor a module."""
    name = getattr(given, "__name__", repr(given))
    if isinstance(given, type) and issubclass(given, Activation) and given in ACTIVATIONS.values():
        return UsageError(
            f"An activation is a name or a Module, got the class {name}.", f"Write nn.{name}() or {given.key!r}."
        )
    if isinstance(given, type) and issubclass(given, Module):
        return UsageError(f"An activation is a name or a Module, got the class {name}.", f"Write {name}().")
    if name in NAMES:
        return UsageError(f"An activation is a name or a Module, got the function {name}.", f"Write {name!r}.")
    return UsageError(
        f"An activation is a name or a Module, got {name}.",
        "Write its name, 'relu' for example, or an instance such as nn.ReLU().",
    )


def _unknown(activation: str, name: str) -> ArgumentError:
    """Return the error for a name that is not known, or for one with what it does not take."""
    if name in NAMES:
        made_with = {"init": 0.25} if NAMES[name] is PReLU else NAMES[name].made_with
        taken = [f"{title}={usual!r}" for title, usual in made_with.items()]
        mend = f"It takes {', '.join(taken)}." if taken else f"Write {name!r}, which takes nothing."
    else:
        close = closest(name, NAMES)
        mend = (
            f"Known: {', '.join(NAMES)}." if close is None else f"Did you mean {close!r}? help(nn.MLP) lists them all."
        )
    return ArgumentError(f"activation {activation!r} is not known.", mend)


def key_of(activation: Module) -> str:
    """Return the name of an activation; a module of the user's own goes by its class."""
    if isinstance(activation, Activation):
        return activation.full_key()
    return getattr(activation, "key", type(activation).__name__.lower())


def label_of(activation: Module) -> str:
    """Return what pictures call an activation."""
    return getattr(activation, "label", type(activation).__name__)
