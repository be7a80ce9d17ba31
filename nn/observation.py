"""One pass of a network, read from the engine's own graph.

The pass runs on a copy of the model, so that parameters, `.grad`, hooks and random state stay as they were.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from nn.activations import Activation, Identity, key_of, label_of
from nn.arguments import check_scalar
from nn.containers import Sequential
from nn.layers import Linear
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HalfSSELoss,
    HuberLoss,
    L1Loss,
    Loss,
    MSELoss,
    SSELoss,
)
from nn.mlp import MLP
from nn.module import Module
from nn.passes import LayerRecord, Pass
from nn.random import unmoved

_RUN_AS_A_WHOLE = 'Draw it with nn.draw(..., view="layers") or view="ops", which run the model itself.'

LOSS_KEYS = {
    HalfSSELoss: "half_sse",
    SSELoss: "sse",
    MSELoss: "mse",
    L1Loss: "l1",
    BCELoss: "bce",
    BCEWithLogitsLoss: "bce_logits",
    CrossEntropyLoss: "cross_entropy",
}


def loss_key(loss: Any, y: Any) -> str:
    """Return the name by which the hand formulas know a loss; 'custom' for one that they do not, as it was made.

    They do not know weights, smoothed labels, probabilities as targets, and labels that are ignored.

    Examples
    --------
    >>> loss_key(nn.MSELoss(), [1.0]), loss_key(nn.HuberLoss(delta=0.5), [1.0])
    ('mse', 'huber(0.5)')
    >>> loss_key(nn.CrossEntropyLoss(), [0]), loss_key(nn.CrossEntropyLoss(weight=[1, 2]), [0])
    ('cross_entropy', 'custom')
    """
    if type(loss) is HuberLoss:
        return "huber" if loss.delta == 1 else f"huber({loss.delta})"
    if not isinstance(loss, Loss) or loss.options():
        return "custom"
    if isinstance(loss, CrossEntropyLoss):
        labels = np.asarray(y)
        if labels.dtype.kind not in "iu" or (labels == loss.ignore_index).any():
            return "custom"
    return LOSS_KEYS.get(type(loss), "custom")


def observed(
    model: Module, x: Any, y: Any, loss: Callable[[Any, Any], ag.Tensor], owner: str = "nn.backprop", instead: str = ""
) -> Pass:
    """Run a copy of the model and its loss, and read every layer's part; arguments and errors as for `nn.backprop`.

    Messages name the owner, whom the user called, and what else to do with a model that cannot be recorded.

    Raises
    ------
    UsageError
        When the model as a whole gives something else than its layers in a row, as with a forward or hooks of its own.

    Examples
    --------
    >>> observed(*nn.worked_example()).layers[1].path
    'layers.1'
    """
    copied, loss = copy.deepcopy((model, loss)) if isinstance(loss, Module) else (copy.deepcopy(model), loss)
    layers = _layers(copied, owner, instead)
    output = _output(model, x)
    with ag.enable_grad(), unmoved():
        try:
            steps = list(_forward(layers, _values(x), owner))
        except ShapeError as error:
            raise _more_than_layers(owner) from error
        if not _is_same(output, steps[-1].a):
            raise _more_than_layers(owner)
        value = loss(steps[-1].a, _values(y))
        check_scalar(value, owner)
        return _recorded(steps, value, loss, _values(y))


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


def _layers(model: Module, owner: str, instead: str) -> list[_Layer]:
    """Pair every Linear layer with the activation after it."""
    layers: list[_Layer] = []
    for path, module in _modules(model, "", owner):
        if isinstance(module, Linear):
            layers.append(_Layer(path, module, Identity()))
        elif not layers or not isinstance(layers[-1].activation, Identity) or not _is_activation(module):
            place = f"{module.title()} at {path!r}" if path else module.title()
            raise UsageError(
                f"{owner} cannot record {place}: it reads Linear layers and activations.",
                "Pass an nn.MLP, or an nn.Sequential of Linear layers, each followed by at most one activation"
                f"{instead}.",
            )
        else:
            layers[-1] = layers[-1]._replace(activation=module)
    if not layers:
        raise UsageError(
            f"{owner} found no Linear layer in a {type(model).__name__}.",
            f"Pass an nn.MLP, or an nn.Sequential of Linear layers and activations{instead}.",
        )
    return layers


def _is_activation(module: Module) -> bool:
    """Tell whether a module works on what a layer gives, without weights that would need gradients of their own."""
    return isinstance(module, Activation) or not any(True for _ in module.parameters())


def _modules(model: Any, path: str, owner: str) -> Iterator[tuple[str, Module]]:
    """Yield a model's modules in the order in which they run."""
    prefix = f"{path}." if path else ""
    if isinstance(model, MLP):
        for k, (linear, activation) in enumerate(zip(model.layers, model.activations, strict=True)):
            yield f"{prefix}layers.{k}", linear
            yield f"{prefix}activations.{k}", activation
    elif isinstance(model, Sequential):
        for name, module in zip(model.paths(), model, strict=True):
            yield from _modules(module, f"{prefix}{name}", owner)
    elif isinstance(model, Module):
        yield path, model
    else:
        raise UsageError(f"{owner} records an nn.MLP or nn.Sequential, got {type(model).__name__}.", "Pass the model.")


def _output(model: Module, x: Any) -> Any:
    """Return what a copy of the model gives as a whole, with the random numbers that its layers will draw as well."""
    with ag.enable_grad(), unmoved():
        return copy.deepcopy(model)(_values(x))


def _forward(layers: list[_Layer], x: Any, owner: str) -> Iterator[_Step]:
    """Run the layers in a row, without hooks: those that change nothing have been called by the model as a whole."""
    before = x
    for layer in layers:
        for parameter in layer.linear.parameters():
            parameter.requires_grad = True
        z = layer.linear.forward(before)
        if not isinstance(z, ag.Tensor) or not _is_affine(layer.linear, before, z):
            raise UsageError(
                f"{owner} cannot record {layer.path!r}: a forward of its own gives something else than z = W x + b.",
                _RUN_AS_A_WHOLE,
            )
        a = layer.activation.forward(z)
        yield _Step(layer, before, z, a)
        before = a


def _is_affine(linear: Linear, before: ag.Tensor, z: ag.Tensor) -> bool:
    """Tell whether z is W x + b, up to what adding in another order makes of it."""
    weight, x = linear.weight.numpy(), before.numpy().astype(linear.weight.dtype, copy=False)
    bias = np.zeros(1, weight.dtype) if linear.bias is None else linear.bias.numpy()
    if x.shape[-1:] != weight.shape[1:]:
        return False
    with np.errstate(all="ignore"):
        return _is_near(z.numpy(), x @ weight.T + bias, np.abs(x) @ np.abs(weight).T + np.abs(bias), weight.shape[1])


def _is_same(output: Any, a: ag.Tensor) -> bool:
    """Tell whether the model gave what its last layer did; where an array lies in memory may change the last bits."""
    if not isinstance(output, ag.Tensor) or output.dtype != a.dtype:
        return False
    with np.errstate(all="ignore"):
        return _is_near(output.numpy(), a.numpy(), np.abs(a.numpy()), 1)


def _is_near(found: Any, expected: Any, size: Any, terms: int) -> bool:
    """Compare element by element, allowing for sums of so many terms the rounding of numbers of a size."""
    if found.shape != expected.shape:
        return False
    if np.array_equal(found, expected, equal_nan=True):
        return True
    allowed = 8 * (terms + 8) * np.finfo(expected.dtype).eps * size
    near = (np.abs(found - expected) <= allowed) | ~np.isfinite(allowed)
    return bool(np.all(near | (found == expected) | (np.isnan(found) & np.isnan(expected))))


def _more_than_layers(owner: str) -> UsageError:
    return UsageError(
        f"{owner}: the model's output is not what its layers give in a row; its forward, or a hook, does more.",
        _RUN_AS_A_WHOLE,
    )


def _recorded(steps: list[_Step], value: ag.Tensor, loss: Any, y: ag.Tensor) -> Pass:
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
    return Pass(
        x=layers[0].before,
        y=np.array(y.numpy()),
        loss=float(value.item()),
        loss_key=loss_key(loss, y.numpy()),
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
