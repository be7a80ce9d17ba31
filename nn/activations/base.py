"""Activation, the base of the functions σ, and the identity."""

from typing import Any, ClassVar

import autograd_lite as ag
from nn.arguments import as_tensor, made_without_data
from nn.module import Module


class Activation(Module):
    """The base of activation functions: modules that are applied to each element.

    Attributes
    ----------
    key : str
        The name by which `MLP` takes it, "relu".
    label : str
        What pictures and scopes call it, "ReLU".
    function : callable
        σ, which takes z and what the activation was made with.
    made_with : dict of str to object
        The attributes that the activation was made with, in order, and their usual values.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    function: ClassVar[Any]
    made_with: ClassVar[dict[str, Any]] = {}

    @made_without_data("activation (z)")
    def __init__(self) -> None:
        """An activation has nothing to be made with."""

    def forward(self, z: Any) -> ag.Tensor:
        a: ag.Tensor = type(self).function(as_tensor(z), *self.arguments())
        return a

    def arguments(self) -> list[Any]:
        """Return what the activation was made with."""
        return [getattr(self, name) for name in self.made_with]

    def full_key(self) -> str:
        """Return the key with what differs from the usual, as `MLP` and the hand formulas take it: "elu(0.5)"."""
        given, usual = self.arguments(), [*self.made_with.values()]
        while given and given[-1] == usual[len(given) - 1]:
            given.pop()
        return f"{self.key}({', '.join(map(str, given))})" if given else self.key

    def title(self) -> str:
        shown = (f"{name}={value!r}" for name, value in zip(self.made_with, self.arguments(), strict=True))
        return f"{type(self).__name__}({', '.join(shown)})"


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
