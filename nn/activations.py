"""The activation functions σ as modules, and the names under which an MLP finds them."""

from typing import Any, ClassVar

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from nn import functional
from nn.arguments import as_tensor, choice, made_without_data, number_between
from nn.module import Module
from nn.recursion import named


class Activation(Module):
    """The base of activation functions: modules without parameters, applied to each element.

    Attributes
    ----------
    key : str
        The name by which `MLP` takes it, "relu".
    label : str
        What pictures and scopes call it, "ReLU".
    function : callable
        σ, which takes z and the parameter.
    parameter : (str, object) or None
        The attribute that the activation was made with, and its usual value.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    function: ClassVar[Any]
    parameter: ClassVar[tuple[str, Any] | None] = None

    @made_without_data("activation (z)")
    def __init__(self) -> None:
        """An activation has nothing to be made with."""

    def forward(self, z: Any) -> ag.Tensor:
        made_with = () if self.parameter is None else (getattr(self, self.parameter[0]),)
        a: ag.Tensor = type(self).function(as_tensor(z), *made_with)
        return a

    def full_key(self) -> str:
        """Return the key with the parameter, as `MLP` and the hand formulas take it: "elu(0.5)"."""
        if self.parameter is None or getattr(self, self.parameter[0]) == self.parameter[1]:
            return self.key
        return f"{self.key}({getattr(self, self.parameter[0])})"

    def title(self) -> str:
        made_with = "" if self.parameter is None else f"{self.parameter[0]}={getattr(self, self.parameter[0])!r}"
        return f"{type(self).__name__}({made_with})"


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
    function = functional.relu


class LeakyReLU(Activation):
    """z where z > 0, and s z where z ≤ 0, with slope 1 and s: no neuron is ever quite dead.

    Parameters
    ----------
    negative_slope : float
        s, at least 0.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When s is no such number.

    References
    ----------
    A. L. Maas, A. Y. Hannun, A. Y. Ng: Rectifier nonlinearities improve neural network acoustic models. ICML 2013.

    Examples
    --------
    >>> nn.LeakyReLU(0.1)([-2.0, 0.0, 2.0])
    tensor([-0.2,  0. ,  2. ])
    """

    key = "leaky_relu"
    label = "LeakyReLU"
    function = functional.leaky_relu
    parameter = ("negative_slope", 0.01)

    @made_without_data("activation (z)", number=True)
    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = number_between("negative_slope", negative_slope, 0.0, example=0.01)


class ELU(Activation):
    """z where z > 0, and α(e^z − 1) where z ≤ 0, with slope 1 and α e^z.

    Parameters
    ----------
    alpha : float
        α, at least 0; −α is the least value.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When α is no such number.

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter: Fast and accurate deep network learning by exponential linear units
    (ELUs). ICLR 2016, equation 14.

    Examples
    --------
    >>> nn.ELU()([-1000.0, 0.0, 2.0])
    tensor([-1.,  0.,  2.])
    """

    key = "elu"
    label = "ELU"
    function = functional.elu
    parameter = ("alpha", 1.0)

    @made_without_data("activation (z)", number=True)
    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = number_between("alpha", alpha, 0.0, example=1.0)


class GELU(Activation):
    """z Φ(z), with slope Φ(z) + z φ(z): Φ and φ are the standard normal distribution and its density.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        "tanh" is z/2 · (1 + tanh(√(2/π) (z + 0.044715 z³))), quicker, and off by less than 0.0005.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError
        When `approximate` is something else.

    References
    ----------
    D. Hendrycks, K. Gimpel: Gaussian error linear units (GELUs). 2016, section 2.

    Examples
    --------
    >>> nn.GELU()([-1.0, 0.0, 1.0]).round(4)
    tensor([-0.1587,  0.    ,  0.8413])
    """

    key = "gelu"
    label = "GELU"
    function = functional.gelu
    parameter = ("approximate", "none")

    @made_without_data("activation (z)")
    def __init__(self, approximate: str = "none") -> None:
        self.approximate = choice("approximate", approximate, ("none", "tanh"))


class SiLU(Activation):
    """z s(z) with s the sigmoid, also called swish; its slope is s(z) + a (1 − s(z)).

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    S. Elfwing, E. Uchibe, K. Doya: Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning. Neural Networks 107 (2018), equations 10 and 11.

    Examples
    --------
    >>> nn.SiLU()([-1.0, 0.0, 1.0]).round(4)
    tensor([-0.2689,  0.    ,  0.7311])
    """

    key = "silu"
    label = "SiLU"
    function = functional.silu


class Softplus(Activation):
    """log(1 + e^z), a smooth ReLU, whose slope is the sigmoid of z.

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia: Incorporating second-order functional knowledge for better
    option pricing. NIPS 2000.

    Examples
    --------
    >>> nn.Softplus()([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """

    key = "softplus"
    label = "softplus"
    function = functional.softplus


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
    function = functional.sigmoid


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
    function = functional.tanh


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


ACTIVATIONS: dict[str, type[Activation]] = {
    each.key: each for each in (ReLU, Sigmoid, Tanh, Identity, LeakyReLU, ELU, GELU, SiLU, Softplus)
}
NAMES: dict[str, type[Activation]] = {**ACTIVATIONS, Identity.label: Identity}
_BY_LABEL = {each.label.lower(): each for each in ACTIVATIONS.values()}


def activation_module(activation: str | Module | None) -> Module:
    """Return the module that an activation argument means: by name, a module as it is, None for the identity.

    Names are known in any case, labels too, and the parameter may stand behind: "elu(0.5)".

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
        name, parameter = named(activation.lower())
        made: Any = NAMES.get(name) or _BY_LABEL.get(name)
        if made is not None and (parameter is None or made.parameter is not None):
            return made() if parameter is None else made(parameter)  # type: ignore[no-any-return]
        if name == "softmax":
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
    if isinstance(activation, Activation):
        return activation.full_key()
    return getattr(activation, "key", type(activation).__name__.lower())


def label_of(activation: Module) -> str:
    """Return what pictures call an activation."""
    return getattr(activation, "label", type(activation).__name__)
