"""The activation functions σ as modules, and the names under which an MLP finds them."""

from typing import Any, ClassVar

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from nn import functional
from nn.arguments import as_tensor, choice, made_without_data
from nn.module import Module


class Activation(Module):
    """The base of activation functions: modules without parameters, applied to each element.

    Attributes
    ----------
    key : str
        The name by which `MLP` takes it, "relu".
    label : str
        What pictures and scopes call it, "ReLU".
    """

    key: ClassVar[str]
    label: ClassVar[str]

    @made_without_data("activation (z)")
    def __init__(self) -> None:
        """An activation has nothing to be made with."""


class ReLU(Activation):
    """max(0, z), with slope 1 where z > 0 and 0 where z ≤ 0.

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.ReLU()([0.8, 0.6, -0.8])
    tensor([0.8, 0.6, 0. ])
    """

    key = "relu"
    label = "ReLU"

    def forward(self, z: Any) -> ag.Tensor:
        a: ag.Tensor = functional.relu(as_tensor(z))
        return a


class Sigmoid(Activation):
    """σ(z) = 1 / (1 + e^(−z)), with slope σ(z)(1 − σ(z)).

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.Sigmoid()(0.0).item()
    0.5
    """

    key = "sigmoid"
    label = "sigmoid"

    def forward(self, z: Any) -> ag.Tensor:
        a: ag.Tensor = functional.sigmoid(as_tensor(z))
        return a


class Tanh(Activation):
    """tanh z = (e^z − e^(−z)) / (e^z + e^(−z)), with slope 1 − tanh² z.

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.Tanh()(0.0).item()
    0.0
    """

    key = "tanh"
    label = "tanh"

    def forward(self, z: Any) -> ag.Tensor:
        a: ag.Tensor = functional.tanh(as_tensor(z))
        return a


class Identity(Activation):
    """z itself, with slope 1: a layer without an activation.

    Examples
    --------
    >>> z = ag.tensor([1.0])
    >>> nn.Identity()(z) is z
    True
    """

    key = "identity"
    label = "linear"

    def forward(self, z: Any) -> ag.Tensor:
        return as_tensor(z)


ACTIVATIONS: dict[str, type[Activation]] = {each.key: each for each in (ReLU, Sigmoid, Tanh, Identity)}
NAMES: dict[str, type[Activation]] = {**ACTIVATIONS, Identity.label: Identity}


def activation_module(activation: str | Module | None) -> Module:
    """Return the module that an activation argument means: by name, a module as it is, None for the identity.

    Names are known in any case, and the identity by its label too.

    Raises
    ------
    ArgumentError
        When the name is not known.
    UsageError
        When it is neither a name nor a module.
    """
    if activation is None:
        return Identity()
    if isinstance(activation, Module):
        return activation
    if isinstance(activation, str):
        if (made := NAMES.get(activation.lower())) is not None:
            return made()
        if activation.lower() == "softmax":
            raise ArgumentError(
                "activation 'softmax' does not work on each element: it is part of the loss here.",
                "Leave it out and use nn.CrossEntropyLoss(); probabilities are ag.softmax(model(x)).",
            )
        choice("activation", activation, NAMES)
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
        f"Use one of {', '.join(map(repr, ACTIVATIONS))}, or an instance such as nn.ReLU().",
    )


def key_of(activation: Module) -> str:
    """Return the name of an activation; a module of the user's own goes by its class."""
    return getattr(activation, "key", type(activation).__name__.lower())


def label_of(activation: Module) -> str:
    """Return what pictures call an activation."""
    return getattr(activation, "label", type(activation).__name__)
