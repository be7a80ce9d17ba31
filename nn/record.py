"""nn.backprop: one pass of a network on record, read from the engine's own graph and told as the lecture notes tell it.

The pass runs on a copy of the model, so that parameters, `.grad`, hooks and random state stay as they were.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TextIO

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from autograd_lite.messages import checked_language
from autograd_lite.writing import Writer
from nn.activations import Identity, key_of, label_of
from nn.arguments import check_loss, check_scalar
from nn.containers import Sequential
from nn.derivation import checked_notation, derivation
from nn.layers import Linear
from nn.losses import CrossEntropyLoss, HalfSSELoss, MSELoss, SSELoss
from nn.mlp import MLP
from nn.module import Module, locate
from nn.passes import LayerRecord, Pass

LOSS_KEYS = {HalfSSELoss: "half_sse", SSELoss: "sse", MSELoss: "mse", CrossEntropyLoss: "cross_entropy"}


@dataclass(frozen=True, eq=False, repr=False)
class BackpropRecord(Pass):
    """One pass of a network: x, y, the loss, and for every layer z, a, σ′(z), δ, ∂L/∂W and ∂L/∂b.

    Examples
    --------
    >>> record = nn.backprop(*nn.worked_example())
    >>> record.layer(2).delta.round(4)
    array([-0.115])
    >>> record
    BackpropRecord(2-3-1, L = 0.1070)
    """

    notation: str = "z-a"
    lang: str = "en"

    def text(
        self,
        notation: str | None = None,
        lang: str | None = None,
        decimals: int = 4,
        *,
        columns: int = 100,
        plain: bool = False,
    ) -> str:
        """Tell the pass step by step: formula, numbers put in, result.

        Parameters
        ----------
        notation : {"z-a", "u-o"}, optional
            The letters of the first note (z, a, W, L) or of the second (u, o, θ, Err); by default those that the
            record was made with, as is the language.
        lang : {"en", "es"}, optional
        decimals : int
            Digits after the point of computed numbers; given ones stay as they were given.
        columns : int
            Where a line would become wider, intermediate results are left out.
        plain : bool
            Spell everything in ASCII: delta2 for δ².

        Raises
        ------
        ArgumentError
            When the notation or the language is not known.

        Examples
        --------
        >>> told = nn.backprop(*nn.worked_example()).text(lang="es")
        >>> [line.strip() for line in told.splitlines() if "δ² =" in line]
        ['δ² = (a² − y) ⊙ σ′(z²) = ([0.5374] − [1]) ⊙ [0.2486] = [-0.1150]']
        """
        notation, lang = notation or self.notation, lang or self.lang
        return derivation(self, notation, lang, decimals, columns=columns, plain=plain)

    def write(
        self,
        stream: TextIO | None = None,
        *,
        notation: str | None = None,
        lang: str | None = None,
        decimals: int = 4,
    ) -> None:
        """Write the text to a stream, as wide and in the spelling that it can take; by default to standard output."""
        writer = Writer(stream)
        writer.write(self.text(notation, lang, decimals, columns=writer.columns, plain=writer.plain))

    def __str__(self) -> str:
        writer = Writer()
        return self.text(columns=writer.columns, plain=writer.plain)

    def __repr__(self) -> str:
        sizes = [self.layers[0].W.shape[1], *(len(layer.W) for layer in self.layers)]
        return f"BackpropRecord({'-'.join(map(str, sizes))}, L = {self.loss:.4f})"


def backprop(
    model: Module,
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    *,
    notation: str = "z-a",
    lang: str = "en",
) -> BackpropRecord:
    """Carry out one forward and one backward pass, and record every layer's part.

    Parameters
    ----------
    model : MLP or Sequential
        Linear layers, each followed by at most one activation.
    x : array_like, shape (in,) or (N, in)
        One example, or one a row.
    y : array_like
        Targets, as the loss takes them.
    loss : Loss or callable
        Called as ``loss(prediction, y)``; gives a scalar.
    notation : {"z-a", "u-o"}
        In which letters the record prints, those of the first note or of the second.
    lang : {"en", "es"}
        In which language it prints.

    Returns
    -------
    BackpropRecord
        δˡ = ∂L/∂zˡ and all other derivatives are those of the engine. Prints as the notes lay it out.

    Raises
    ------
    UsageError
        When the model is not made of Linear layers and activations, or the loss is no function.
    ShapeError
        When x does not fit the model; the message names the layer.
    ArgumentError
        When the notation or the language is not known.
    GradientError
        When the loss is no scalar.

    Examples
    --------
    >>> record = nn.backprop(*nn.worked_example())
    >>> record.layer(1).dW.round(4).tolist()
    [[-0.023, -0.046], [0.0115, 0.023], [0.0, 0.0]]
    """
    check_loss(loss)
    checked_notation(notation)
    checked_language(lang)
    copied = copy.deepcopy(model)
    layers = _layers(copied)
    with ag.enable_grad():
        try:
            steps = list(_forward(layers, _values(x)))
        except ShapeError as error:
            locate(error, copied)
            raise
        value = loss(steps[-1].a, _values(y))
        check_scalar(value, "nn.backprop")
        return replace(_recorded(steps, value, loss, _values(y)), notation=notation, lang=lang)


class _Layer(NamedTuple):
    path: str
    linear: Linear
    activation: Module


class _Step(NamedTuple):
    layer: _Layer
    before: ag.Tensor
    z: ag.Tensor
    a: ag.Tensor


def _values(data: Any) -> Any:
    """Return data apart from the graph that computed them."""
    return data.detach() if isinstance(data, ag.Tensor) else ag.tensor(data)


def _layers(model: Module) -> list[_Layer]:
    """Pair every Linear layer with the activation after it."""
    layers: list[_Layer] = []
    for path, module in _modules(model, ""):
        if isinstance(module, Linear):
            layers.append(_Layer(path, module, Identity()))
        elif not layers or not isinstance(layers[-1].activation, Identity) or any(True for _ in module.parameters()):
            raise UsageError(
                f"nn.backprop cannot record {module.title()} at {path!r}: it reads Linear layers and activations.",
                "Pass an nn.MLP, or an nn.Sequential of Linear layers, each followed by at most one activation.",
            )
        else:
            layers[-1] = layers[-1]._replace(activation=module)
    if not layers:
        raise UsageError(
            f"nn.backprop found no Linear layer in a {type(model).__name__}.",
            "Pass an nn.MLP, or an nn.Sequential of Linear layers and activations.",
        )
    return layers


def _modules(model: Any, path: str) -> Iterator[tuple[str, Module]]:
    """Yield a model's modules in the order in which they run."""
    prefix = f"{path}." if path else ""
    if isinstance(model, MLP):
        for k, (linear, activation) in enumerate(zip(model.layers, model.activations, strict=True)):
            yield f"{prefix}layers.{k}", linear
            yield f"{prefix}activations.{k}", activation
    elif isinstance(model, Sequential):
        for k, module in enumerate(model):
            yield from _modules(module, f"{prefix}{k}")
    elif isinstance(model, Module):
        yield path, model
    else:
        raise UsageError(
            f"nn.backprop records an nn.MLP or nn.Sequential, got {type(model).__name__}.", "Pass the model."
        )


def _forward(layers: list[_Layer], x: Any) -> Iterator[_Step]:
    before = x
    for layer in layers:
        for parameter in layer.linear.parameters():
            parameter.requires_grad = True
        z = layer.linear(before)
        a = layer.activation(z)
        yield _Step(layer, before, z, a)
        before = a


def _recorded(steps: list[_Step], value: ag.Tensor, loss: Any, y: ag.Tensor) -> BackpropRecord:
    wanted = [tensor for step in steps for tensor in (step.z, step.a, *step.layer.linear.parameters())]
    found = iter(ag.gradients(value, wanted, retain_graph=True, allow_unused=True))
    layers = []
    for number, (layer, before, z, a) in enumerate(steps, 1):
        weight, bias = layer.linear.weight, layer.linear.bias
        delta, dL_da, dW = _array(next(found), z), _array(next(found), a), _array(next(found), weight)
        layers.append(
            LayerRecord(
                number=number,
                path=layer.path,
                activation=key_of(layer.activation),
                label=label_of(layer.activation),
                W=np.array(weight.numpy()),
                b=None if bias is None else np.array(bias.numpy()),
                before=np.array(before.numpy()),
                z=_unsigned(z.numpy()),
                a=_unsigned(a.numpy()),
                derivative=_derivative(z, a, delta, dL_da),
                dL_da=dL_da,
                delta=delta,
                dW=dW,
                db=None if bias is None else _array(next(found), bias),
            )
        )
    return BackpropRecord(
        x=layers[0].before,
        y=np.array(y.numpy()),
        loss=float(value.item()),
        loss_key=LOSS_KEYS.get(type(loss), "custom"),
        reduction=getattr(loss, "reduction", "sum"),
        layers=tuple(layers),
    )


def _derivative(z: ag.Tensor, a: ag.Tensor, delta: Any, dL_da: Any) -> Any:
    """Return σ′(z) from the graph of the activation alone; None unless δ = ∂L/∂a ⊙ σ′(z), element by element."""
    if a is z:
        return np.ones_like(delta)
    if a.shape != z.shape:
        return None
    (slope,) = ag.gradients(a, z, np.ones(a.shape, a.dtype), retain_graph=True, allow_unused=True)
    derivative = _array(slope, z)
    return derivative if np.allclose(dL_da * derivative, delta, rtol=1e-5, atol=1e-12, equal_nan=True) else None


def _array(gradient: ag.Tensor | None, like: ag.Tensor) -> Any:
    return np.zeros(like.shape, like.dtype) if gradient is None else _unsigned(gradient.numpy())


def _unsigned(values: Any) -> Any:
    """Return a copy in which −0 is 0, as people write it."""
    return np.asarray(values + 0.0, values.dtype)
