"""The hand formulas of backpropagation in plain NumPy: the δ recursion, knowing nothing of the engine.

The two notations of the lecture notes, side by side (layers count from 1, a⁰ = o⁰ = x):

==============================  ==========================================  ====================================
step                            z, a, W, b, L                               u, o, θ, Err
==============================  ==========================================  ====================================
weighted sum                    zˡ = Wˡ aˡ⁻¹ + bˡ                           u_i = Σ_ℓ θ_iℓ o_ℓ
activation                      aˡ = σ(zˡ)                                  o_i = σ(u_i)
error of the output layer       δᴸ = ∂L/∂aᴸ ⊙ σ′(zᴸ)                        δ_k = ∂Err/∂ŷ · σ′(u_k)
error of a hidden layer         δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)                  δ_i = σ′(u_i) Σ_j δ_j θ_ji
gradient of a weight            ∂L/∂Wˡ = δˡ (aˡ⁻¹)ᵀ                         ∂Err/∂θ_iℓ = δ_i o_ℓ
gradient of a bias              ∂L/∂bˡ = δˡ                                 (no biases)
==============================  ==========================================  ====================================

With some pairs of output and loss δᴸ is simpler than its factors (times 1/N or 1/size for a mean):

==========================================  ==============
softmax with 'cross_entropy'                δᴸ = p − e_y
sigmoid with 'bce'                          δᴸ = a − y
no activation with 'bce_logits'             δᴸ = σ(z) − y
==========================================  ==============

A batch holds one example a row, so that W a becomes a Wᵀ, Wᵀ δ becomes δ W, and the parameters' gradients are summed
over the rows. Everything is computed in float64.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LayerByHand:
    """One layer's part of the forward and the backward pass.

    Attributes
    ----------
    z, a : ndarray, shape (out,) or (N, out)
        Weighted sum and activation (u and o).
    derivative : ndarray of the same shape, or None
        σ′(z); None for softmax, whose derivative is no elementwise factor.
    delta : ndarray of the same shape
        δ = ∂L/∂z.
    dW : ndarray, shape (out, in)
        ∂L/∂W (∂Err/∂θ).
    db : ndarray, shape (out,)
        ∂L/∂b.
    """

    z: Array
    a: Array
    derivative: Array | None
    delta: Array
    dW: Array
    db: Array


@dataclass(frozen=True)
class PassByHand:
    """A whole pass: the loss and every layer, from the first hidden layer to the output."""

    loss: float
    layers: tuple[LayerByHand, ...]


def backpropagation(
    x: ArrayLike,
    y: ArrayLike,
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike | None] | None = None,
    *,
    activations: Sequence[str],
    loss: str = "half_sse",
    reduction: str | None = None,
) -> PassByHand:
    """Carry out one forward and one backward pass by the hand formulas.

    Parameters
    ----------
    x : array_like, shape (in,) or (N, in)
        One example, or one a row.
    y : array_like
        Targets, of the output's shape; for 'cross_entropy' the class numbers, shape () or (N,).
    weights : sequence of array_like, each of shape (out, in)
        W¹, W², ... (θ).
    biases : sequence of array_like of shape (out,), or None
        b¹, b², ...; None where a layer has none.
    activations : sequence of str
        One a layer: 'relu', 'sigmoid', 'tanh', 'identity', 'leaky_relu', 'prelu', 'elu', 'selu', 'gelu', 'silu',
        'mish', 'softplus', 'log_sigmoid', 'softsign', 'hardtanh'; with parameters 'leaky_relu(0.2)', 'elu(0.5)',
        'gelu(tanh)', 'softplus(2)', 'hardtanh(-2, 2)'; 'softmax' for the output under 'cross_entropy'.
    loss : str
        'half_sse' ½Σ(a − y)², 'sse' Σ(y − ŷ)², 'mse' their mean square, 'l1' Σ|a − y|, 'huber' and 'huber(0.5)' with
        its δ, 'bce' −Σ(y log a + (1 − y) log(1 − a)), 'bce_logits' the same of σ(a), 'cross_entropy' −log p[y] of the
        logits, with p = softmax(z).
    reduction : str, optional
        'sum' or 'mean'; by default the sum for 'half_sse' and 'sse', the mean over the batch for 'cross_entropy', and
        over all elements for the others.

    Returns
    -------
    PassByHand

    Raises
    ------
    ValueError
        For an unknown name, or shapes that do not fit.

    Examples
    --------
    >>> W1, b1 = [[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]], [0.1, 0.0, -0.1]
    >>> W2, b2 = [[0.2, -0.1, 0.3]], [0.05]
    >>> by_hand = backpropagation([1, 2], [1], [W1, W2], [b1, b2], activations=["relu", "sigmoid"])
    >>> round(by_hand.loss, 4), by_hand.layers[1].delta.round(4)
    (0.107, array([-0.115]))
    """
    matrices = [np.asarray(weight, dtype=np.float64) for weight in weights]
    shifts = _biases(biases, matrices)
    inputs = np.asarray(x, dtype=np.float64)
    _check(inputs, matrices, shifts, activations, loss)

    zs, outputs = forward(inputs, matrices, shifts, activations)
    logits_or_output = zs[-1] if activations[-1] == "softmax" else outputs[-1]
    value, slope_at_output = loss_and_slope(loss, logits_or_output, y, reduction)

    slopes = [derivative(activation, z) for activation, z in zip(activations, zs, strict=True)]
    deltas = [output_delta(slope_at_output, slopes[-1])]
    if (activations[-1], loss) == ("sigmoid", "bce"):
        deltas = [loss_and_slope("bce_logits", zs[-1], y, reduction)[1]]
    for weight_after, slope in zip(reversed(matrices[1:]), reversed(slopes[:-1]), strict=True):
        deltas.insert(0, hidden_delta(weight_after, deltas[0], slope))

    befores = [inputs, *outputs[:-1]]
    layers = [
        LayerByHand(z, a, slope, δ, weight_gradient(δ, before), bias_gradient(δ))
        for z, a, slope, δ, before in zip(zs, outputs, slopes, deltas, befores, strict=True)
    ]
    return PassByHand(value, tuple(layers))


def forward(
    x: Array, weights: Sequence[Array], biases: Sequence[Array | None], activations: Sequence[str]
) -> tuple[list[Array], list[Array]]:
    """Return every layer's z = W a + b and a = σ(z), with the layer before giving a.

    Examples
    --------
    >>> zs, outputs = forward(np.array([1.0, 2.0]), [np.array([[0.1, 0.3]])], [np.array([0.1])], ["identity"])
    >>> zs[0].round(4)
    array([0.8])
    """
    zs: list[Array] = []
    outputs: list[Array] = []
    a = x
    for W, b, activation in zip(weights, biases, activations, strict=True):
        z = a @ W.T if b is None else a @ W.T + b
        a = _value_and_slope(activation, z)[0]
        zs.append(z)
        outputs.append(a)
    return zs, outputs


def output_delta(slope_at_output: Array, slope: Array | None) -> Array:
    """δᴸ = ∂L/∂aᴸ ⊙ σ′(zᴸ); softmax with cross-entropy needs no factor, its p − e_y is already ∂L/∂z."""
    return slope_at_output if slope is None else slope_at_output * slope


def hidden_delta(weight_after: Array, delta_after: Array, slope: Array | None) -> Array:
    """δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ), with δ W for Wᵀ δ because an example is a row."""
    propagated = delta_after @ weight_after
    return propagated if slope is None else propagated * slope


def weight_gradient(delta: Array, before: Array) -> Array:
    """∂L/∂Wˡ = δˡ (aˡ⁻¹)ᵀ, summed over the batch."""
    return np.atleast_2d(delta).T @ np.atleast_2d(before)


def bias_gradient(delta: Array) -> Array:
    """∂L/∂bˡ = δˡ, summed over the batch."""
    return np.asarray(np.atleast_2d(delta).sum(axis=0))


def derivative(activation: str, z: Array) -> Array | None:
    """Return σ′(z), elementwise; None for softmax.

    ReLU's derivative is 1 where z > 0 and 0 where z ≤ 0.

    Examples
    --------
    >>> derivative("relu", np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return _value_and_slope(activation, z)[1]


def loss_and_slope(loss: str, output: Array, y: ArrayLike, reduction: str | None = None) -> tuple[float, Array]:
    """Return the loss and its slope at the output, ∂L/∂a.

    Parameters
    ----------
    loss, reduction : str
        As for `backpropagation`.
    output : ndarray, shape (out,) or (N, out)
        The output a; for 'cross_entropy' the logits z, whose slope is p − y with y as a row of 0 and one 1.
    y : array_like
        Targets.

    Examples
    --------
    >>> loss_and_slope("sse", np.array([0.5]), [1.0])
    (0.25, array([-1.]))
    """
    if reduction not in (None, "sum", "mean"):
        raise ValueError(f"unknown reduction {reduction!r}.\nUse 'sum' or 'mean'; 'none' leaves no number to derive.")
    if loss == "cross_entropy":
        target = _one_hot(y, output.shape)
        scale = 1.0 if reduction == "sum" else 1 / (len(output) if output.ndim == 2 else 1)
        return float(-scale * log_softmax(output)[target == 1].sum()), scale * (softmax(output) - target)

    target = np.asarray(y, dtype=np.float64)
    if target.shape != output.shape:
        raise ValueError(
            f"the targets have shape {target.shape}, the output {output.shape}.\nGive one target for each output."
        )
    mean = reduction == "mean" or (reduction is None and loss not in ("half_sse", "sse"))
    scale = (0.5 if loss == "half_sse" else 1.0) / (output.size if mean else 1)
    if loss in _TWO_CLASSES:
        _check_range("the targets", target)
        losses, slope = _TWO_CLASSES[loss](output, target)
        return float(scale * losses.sum()), scale * slope
    if loss == "l1":
        return float(scale * np.abs(output - target).sum()), scale * np.sign(output - target)
    if loss.startswith("huber"):
        losses, slope = _huber(output - target, *map(float, called(loss)[1]))
        return float(scale * losses.sum()), scale * slope
    return float(scale * ((output - target) ** 2).sum()), 2 * scale * (output - target)


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ).

    Examples
    --------
    >>> sigmoid(np.array([0.15])).round(4)
    array([0.5374])
    """
    with np.errstate(over="ignore"):  # e⁻ᶻ = ∞ gives 0, as it should
        return np.asarray(1 / (1 + np.exp(-z)))


def softmax(z: Array) -> Array:
    """Return pᵢ = e^zᵢ / Σⱼ e^zⱼ along the last axis.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    """
    return np.asarray(np.exp(log_softmax(z)))


def log_softmax(z: Array) -> Array:
    """Return log pᵢ = zᵢ − log Σⱼ e^zⱼ along the last axis.

    The largest z is subtracted first: p stays the same, and nothing overflows.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 0.0])).round(4)
    array([-0.6931, -0.6931])
    """
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def named(activation: str) -> tuple[str, float | str | None]:
    """Return an activation's name and the parameter that stands behind it.

    Examples
    --------
    >>> named("elu(0.5)"), named("gelu(tanh)"), named("relu")
    (('elu', 0.5), ('gelu', 'tanh'), ('relu', None))
    """
    name, parameters = called(activation)
    return name, parameters[0] if parameters else None


def called(activation: str) -> tuple[str, tuple[float | str, ...]]:
    """Return an activation's name and all that stands behind it, numbers as numbers.

    Examples
    --------
    >>> called("hardtanh(-2, 2)"), called("gelu(tanh)"), called("relu")
    (('hardtanh', (-2.0, 2.0)), ('gelu', ('tanh',)), ('relu', ()))
    """
    name, bracket, inside = activation.removesuffix(")").partition("(")
    return (name, tuple(map(_number_or_word, inside.split(",")))) if bracket else (activation, ())


def _number_or_word(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text.strip()


def _leaky_relu(z: Array, s: float = 0.01) -> tuple[Array, Array]:
    return np.where(z > 0, z, s * z), np.where(z > 0, 1.0, s)


def _elu(z: Array, α: float = 1.0) -> tuple[Array, Array]:
    below = np.minimum(z, 0)
    return np.where(z > 0, z, α * np.expm1(below)), np.where(z > 0, 1.0, α * np.exp(below))


def _gelu(z: Array, approximate: str = "none") -> tuple[Array, Array]:
    """Return z Φ(z) and Φ(z) + z φ(z), where φ = Φ′; in the approximation Φ = (1 + tanh u)/2."""
    if approximate == "tanh":
        root = math.sqrt(2 / math.pi)
        near = np.clip(z, -100, 100)  # beyond, Φ is 0 or 1 and φ is 0, and the powers could overflow
        Φ = (1 + np.tanh(root * (near + 0.044715 * near**3))) / 2
        φ = 2 * Φ * (1 - Φ) * root * (1 + 3 * 0.044715 * near**2)
    else:
        Φ = np.vectorize(math.erfc, [float])(-z / math.sqrt(2)) / 2
        φ = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return z * Φ, Φ + z * φ


def _silu(z: Array) -> tuple[Array, Array]:
    return z * sigmoid(z), sigmoid(z) * (1 + z * (1 - sigmoid(z)))


def _selu(z: Array) -> tuple[Array, Array]:
    λ, α = 1.0507009873554804934, 1.6732632423543772848
    value, slope = _elu(z, α)
    return λ * value, λ * slope


def _mish(z: Array) -> tuple[Array, Array]:
    t = np.tanh(np.logaddexp(0, z))
    return z * t, t + z * sigmoid(z) * (1 - t**2)


def _softplus(z: Array, β: float = 1.0) -> tuple[Array, Array]:
    return np.logaddexp(0, β * z) / β, sigmoid(β * z)


def _hardtanh(z: Array, low: float = -1.0, high: float = 1.0) -> tuple[Array, Array]:
    return np.clip(z, low, high), np.where((low < z) & (z < high), 1.0, 0.0)


# σ(z) and σ′(z).
_ACTIVATIONS: dict[str, Callable[..., tuple[Array, Array | None]]] = {
    "relu": lambda z: (np.maximum(0, z), np.where(z > 0, 1.0, 0.0)),
    "sigmoid": lambda z: (sigmoid(z), sigmoid(z) * (1 - sigmoid(z))),
    "tanh": lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2),
    "identity": lambda z: (z, np.ones_like(z)),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "gelu": _gelu,
    "silu": _silu,
    "softplus": _softplus,
    "prelu": lambda z, w=0.25: _leaky_relu(z, w),
    "selu": _selu,
    "mish": _mish,
    "log_sigmoid": lambda z: (-np.logaddexp(0, -z), sigmoid(-z)),
    "softsign": lambda z: (z / (1 + np.abs(z)), 1 / (1 + np.abs(z)) ** 2),
    "hardtanh": _hardtanh,
    "softmax": lambda z: (softmax(z), None),
}


# How many numbers may stand behind a name.
_NUMBERS = {"leaky_relu": 1, "prelu": 1, "elu": 1, "softplus": 1, "hardtanh": 2}


def _value_and_slope(activation: str, z: Array) -> tuple[Array, Array | None]:
    name, parameters = called(activation)
    return _ACTIVATIONS[name](z, *parameters)


def _is_known(activation: str) -> bool:
    name, parameters = called(activation)
    numbers = all(isinstance(each, float) for each in parameters) and len(parameters) <= _NUMBERS.get(name, 0)
    return name in _ACTIVATIONS and (numbers or activation == "gelu(tanh)")


def _huber(error: Array, δ: float = 1.0) -> tuple[Array, Array]:
    """Return e²/2 where |e| ≤ δ, else δ (|e| − δ/2); and the slope, which is e but never beyond ±δ."""
    size = np.abs(error)
    return np.where(size <= δ, error**2 / 2, δ * (size - δ / 2)), np.clip(error, -δ, δ)


def _bce(a: Array, y: Array) -> tuple[Array, Array]:
    """Return −(y log a + (1 − y) log(1 − a)) and (a − y)/(a(1 − a)) = (1 − y)/(1 − a) − y/a; 0 log 0 = 0/0 = 0."""
    _check_range("the output", a)
    if (((a == 0) & (y > 0)) | ((a == 1) & (y < 1))).any():
        raise ValueError(
            "the loss is infinite: an output is exactly 0 or 1, and its target differs.\n"
            "Give the logits without an activation to 'bce_logits'."
        )
    one, zero = np.where(y > 0, a, 1), np.where(y < 1, 1 - a, 1)
    return -(y * np.log(one) + (1 - y) * np.log(zero)), (1 - y) / zero - y / one


def _bce_logits(z: Array, y: Array) -> tuple[Array, Array]:
    """Return log(1 + e^z) − y z = max(z, 0) − y z + log(1 + e^−|z|), and σ(z) − y."""
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))), sigmoid(z) - y


_TWO_CLASSES = {"bce": _bce, "bce_logits": _bce_logits}
_LOSSES = ("half_sse", "sse", "mse", "l1", "huber", "bce", "bce_logits", "cross_entropy")


def _is_huber(loss: str) -> bool:
    name, parameters = called(loss)
    return name == "huber" and len(parameters) <= 1 and all(isinstance(δ, float) and δ > 0 for δ in parameters)


def _check_range(title: str, values: Array) -> None:
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"{title} must lie between 0 and 1, got {values.min():.4g} to {values.max():.4g}.\n"
            "Probabilities come from a sigmoid; logits go to the loss 'bce_logits'; the classes are 0 and 1."
        )


def _one_hot(y: ArrayLike, shape: tuple[int, ...]) -> Array:
    labels = np.asarray(y)
    if labels.shape != shape[:-1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"the labels have shape {labels.shape} and dtype {labels.dtype}, the output {shape}.\n"
            f"Give class numbers, integers of shape {shape[:-1]}."
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < shape[-1]:
        raise ValueError(
            f"a label is outside 0 … {shape[-1] - 1}.\nThe classes count from 0 to the number of outputs − 1."
        )
    return np.asarray(np.eye(shape[-1])[labels])


def _biases(biases: Sequence[ArrayLike | None] | None, weights: Sequence[Array]) -> list[Array | None]:
    given = [None] * len(weights) if biases is None else biases
    return [None if bias is None else np.asarray(bias, dtype=np.float64) for bias in given]


def _check(
    x: Array, weights: Sequence[Array], biases: Sequence[Array | None], activations: Sequence[str], loss: str
) -> None:
    if not weights or not len(weights) == len(biases) == len(activations):
        counts = f"{len(weights)} weights, {len(biases)} biases and {len(activations)} activations"
        raise ValueError(f"{counts} do not make layers.\nGive at least one layer, and one of each a layer.")
    if loss not in _LOSSES and not _is_huber(loss):
        raise ValueError(f"unknown loss {loss!r}.\nThe losses are {', '.join(map(repr, _LOSSES))}.")
    for layer, name in enumerate(activations, start=1):
        if not _is_known(name):
            known = ", ".join(map(repr, _ACTIVATIONS))
            raise ValueError(f"layer {layer} has the unknown activation {name!r}.\nThe activations are {known}.")
        if name == "softmax" and not (layer == len(activations) and loss == "cross_entropy"):
            raise ValueError(
                f"softmax in layer {layer} has no elementwise derivative.\n"
                "Use it for the output layer together with the loss 'cross_entropy'."
            )
    if x.ndim not in (1, 2):
        raise ValueError(f"x has shape {x.shape}.\nGive one example of shape (in,), or a batch of shape (N, in).")
    width = x.shape[-1]
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        if W.ndim != 2 or W.shape[1] != width:
            raise ValueError(
                f"W of layer {layer} has shape {W.shape}.\nIt takes {width} inputs: expected (out, {width})."
            )
        width = W.shape[0]
        if b is not None and b.shape != (width,):
            raise ValueError(
                f"b of layer {layer} has shape {b.shape}.\nThe layer has {width} outputs: expected ({width},)."
            )
