"""MLP, the multilayer perceptron: zˡ = Wˡ aˡ⁻¹ + bˡ and aˡ = σ(zˡ), layer after layer.

The forward pass names what it computes (W¹, b¹, z¹, a¹) and runs each layer in a scope of its own, so that pictures,
records and messages speak the language of the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, ShapeError, UsageError
from autograd_lite.matrices import superscript
from autograd_lite.messages import LANGUAGES, Phrase
from autograd_lite.spelling import spelled
from nn.activations import activation_module, key_of, label_of
from nn.arguments import positive_integer
from nn.formulas import spoken
from nn.init import Initializer, initializer
from nn.layers import Linear
from nn.messages import message
from nn.module import Module
from nn.random import Rng, generator


class _Names(NamedTuple):
    """What one layer's forward pass writes into the graph: its scope, and its tensors' names."""

    scope: ag.scope
    z: str
    a: str


class MLP(Module):
    """A multilayer perceptron: Linear layers with an activation after each.

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, of neurons in each hidden layer, and of outputs: [2, 3, 1].
    activation : str or Module
        σ of the hidden layers: "relu", "sigmoid", "tanh", "identity" (or "linear"), "leaky_relu", "prelu", "elu",
        "selu", "gelu", "silu", "mish", "softplus", "log_sigmoid", "softsign", "hardtanh", in any case, with parameters
        "leaky_relu(0.2)", "gelu(tanh)", "hardtanh(-2, 2)"; or a module, which the layers share. "prelu" learns a slope
        a layer.
    output_activation : str, Module or None
        σ of the last layer; None for its z (regression, or logits for `CrossEntropyLoss`).
    bias : bool
        Whether the layers add b.
    init : str, float or function
        How the weights start. "auto" draws for layers with ReLU, leaky ReLU, PReLU, ELU, GELU, SiLU, Mish and softplus
        from He's uniform distribution with the gain that keeps this activation's variance (He et al., ICCV 2015,
        equations 7 to 15); for SELU from LeCun's normal one (Klambauer et al., NIPS 2017, section 3); for all others
        (tanh, sigmoid, softsign, hardtanh, no activation) from Glorot's uniform one (Glorot and Bengio, AISTATS 2010,
        equation 16). Else a name in `nn.init`, a constant, or a function called as ``init(shape, dtype=, rng=)``.
        Biases start at 0.
    dtype : dtype
        Of the parameters; data become it.
    rng : int, Generator or None
        Where the weights are drawn from; None is the Generator that `nn.manual_seed` seeds.

    Attributes
    ----------
    layers : list of Linear
    activations : list of Module, one a layer

    Shapes
    ------
    x : (N, sizes[0]) or (sizes[0],)
    result : (N, sizes[-1]) or (sizes[-1],)

    Raises
    ------
    ShapeError
        When called with data of another width.
    ArgumentError, UsageError
        When made with impossible sizes, an unknown activation or `init`.

    Examples
    --------
    >>> model = nn.MLP([2, 3, 1], output_activation="sigmoid", rng=0)
    >>> model([1, 2]).shape
    (1,)
    >>> model
    MLP([2, 3, 1]): 13 parameters
      layers.0: Linear(2, 3): weight (3, 2), bias (3,), 9 parameters; ReLU
      layers.1: Linear(3, 1): weight (1, 3), bias (1,), 4 parameters; sigmoid
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Module = "relu",
        output_activation: str | Module | None = None,
        *,
        bias: bool = True,
        init: str | float | Initializer = "auto",
        dtype: Any = np.float64,
        rng: Rng = None,
    ) -> None:
        widths = _widths(sizes)
        source = generator(rng)
        depth = len(widths) - 1
        hidden = [activation_module(activation, dtype) for _ in range(max(depth - 1, 1))][: depth - 1]
        activations = [*hidden, activation_module(output_activation, dtype)]
        self.layers = [
            Linear(fan_in, fan_out, bias=bias, init=initializer(init, key_of(σ)), dtype=dtype, rng=source)
            for fan_in, fan_out, σ in zip(widths, widths[1:], activations, strict=False)
        ]
        self.activations = activations
        for k, layer in enumerate(self.layers, 1):
            _name_parameters(layer, k)

    @classmethod
    @spelled
    def from_weights(
        cls,
        weights: Sequence[Any],
        biases: Sequence[Any] | None = None,
        *,
        activation: str | Module = "relu",
        output_activation: str | Module | None = None,
        dtype: Any = None,
    ) -> Self:
        """Make an MLP with given parameters, which are copied.

        Parameters
        ----------
        weights : sequence of array_like
            W¹, W², ..., each of shape (out, in).
        biases : sequence of array_like, or None
            b¹, b², ..., each of shape (out,); None for a network without biases.
        activation, output_activation : str, Module or None
            As for `MLP`.
        dtype : dtype, optional
            By default that of the weights; integers become float64.

        Returns
        -------
        MLP

        Raises
        ------
        ShapeError
            When the shapes do not make a chain, or a bias does not fit its weight.
        ArgumentError
            When there are no weights, or not as many biases.

        Examples
        --------
        >>> model = nn.MLP.from_weights([[[1, 2]]], [[3]])
        >>> model([10, 1])
        tensor([15.], name='z¹', requires_grad=True)
        """
        matrices = [ag.asarray(weight).numpy() for weight in weights]
        shifts = None if biases is None else [ag.asarray(bias).numpy() for bias in biases]
        _check_chain(matrices, shifts)
        common = np.result_type(*matrices, *(shifts or ()))
        model = cls(
            [matrices[0].shape[1], *(len(each) for each in matrices)],
            activation,
            output_activation,
            bias=shifts is not None,
            init="zeros",
            dtype=dtype or (common if common.kind in "fc" else np.float64),
        )
        for layer, weight in zip(model.layers, matrices, strict=True):
            layer.weight.data = weight
        for layer, bias in zip(model.layers, shifts or (), strict=False):
            assert layer.bias is not None
            layer.bias.data = bias
        return model

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, of neurons in each hidden layer, and of outputs."""
        return [self.layers[0].in_features, *(layer.out_features for layer in self.layers)]

    @property
    def activation_names(self) -> list[str]:
        """The name of each layer's activation, such as "relu", "identity", or "elu(0.5)"."""
        return [key_of(each) for each in self.activations]

    def forward(self, x: Any) -> ag.Tensor:
        a: ag.Tensor = x
        for k, (layer, activation) in enumerate(zip(self.layers, self.activations, strict=True), 1):
            scope, z_name, a_name = _names(k, label_of(activation))
            with scope:
                z = layer(a)
                z.name = z_name
                a = activation(z)
                if a is not z:
                    a.name = a_name
        return a

    def title(self) -> str:
        return f"MLP({self.sizes})"

    def __repr__(self) -> str:
        total = sum(each.size for each in self.parameters())
        rows = [
            f"  layers.{k}: {layer!r}; {label_of(activation)}"
            for k, (layer, activation) in enumerate(zip(self.layers, self.activations, strict=True))
        ]
        return "\n".join([f"{self.title()}: {total:,} parameters", *rows])


@lru_cache(maxsize=1024)
def _names(k: int, label: str) -> _Names:
    index = superscript(k)
    scope = Phrase(*(f"{message('views.layer', lang)} {k}: {spoken(label, lang)}" for lang in LANGUAGES))
    return _Names(ag.scope(scope), f"z{index}", f"a{index}")


def _name_parameters(layer: Linear, k: int) -> None:
    layer.weight.name = f"W{superscript(k)}"
    if layer.bias is not None:
        layer.bias.name = f"b{superscript(k)}"


def _widths(sizes: Sequence[int]) -> list[int]:
    if isinstance(sizes, (str, int)) or not hasattr(sizes, "__len__"):
        raise UsageError(f"sizes is a list of integers, got {sizes!r}.", "Write nn.MLP([2, 3, 1]), for example.")
    if len(sizes) < 2:
        raise ArgumentError(
            f"An MLP needs an input and an output size, got {list(sizes)}.", "Write nn.MLP([2, 3, 1]), for example."
        )
    return [
        positive_integer(f"sizes[{k}]", each, "Every layer has at least one neuron: nn.MLP([2, 3, 1]), for example.")
        for k, each in enumerate(sizes)
    ]


def _check_chain(weights: list[Any], biases: list[Any] | None) -> None:
    """Raise unless each weight takes what the one before gives, and each bias fits its weight."""
    if not weights:
        raise ArgumentError("from_weights() got no weights.", "Give a list of matrices, [W1, W2].")
    for k, weight in enumerate(weights, 1):
        if weight.ndim != 2:
            raise ShapeError(
                f"W{superscript(k)} has shape {weight.shape}, expected (out, in).",
                "Write a single neuron's weights as one row: [[0.2, -0.1, 0.3]].",
            )
        if k > 1 and weight.shape[1] != len(weights[k - 2]):
            raise ShapeError(
                f"W{superscript(k)} has shape {weight.shape}, but layer {k - 1} gives {len(weights[k - 2])} features.",
                f"Give it {len(weights[k - 2])} columns; weights have shape (out, in), as in z = W x + b.",
            )
    if biases is None:
        return
    if len(biases) != len(weights):
        raise ArgumentError(
            f"There are {len(weights)} weights and {len(biases)} biases.",
            "Give one bias a layer, or biases=None for a network without them.",
        )
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        if bias.shape != (len(weight),):
            raise ShapeError(
                f"b{superscript(k)} has shape {bias.shape}, expected ({len(weight)},), one a row of W{superscript(k)}.",
                "Give one number a neuron in a flat list; a column is b.ravel().",
            )
