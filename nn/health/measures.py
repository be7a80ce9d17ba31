"""What a pass shows of each layer's health: how large its error δ is, which units are saturated, and which are dead.

An error δ is measured by the root mean square of its elements, so that layers of different widths compare.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.matrices import norm, superscript
from nn.activations import ACTIVATIONS
from nn.init import he_gain
from nn.passes import LayerRecord, Pass
from nn.recursion import named

Array = NDArray[Any]

# A factor of a thousand between the first layer and the last: no one learning rate fits both. Glorot and Bengio
# (AISTATS 2010, section 4.2) ask for a factor of 1; He et al. (ICCV 2015, section 2.2) trace the diminishing gradients
# of their ten-layer network to one of 1 / 17,000. Well-initialised networks of 20 layers stay within about 100.
VANISHING = 1e-3
EXPLODING = 1e3
# A unit with so small a slope (at best it is ¼ for the sigmoid, 1 for tanh) is on the flat part of its curve: |z| > 4.6
# for the sigmoid, |z| > 3 for tanh. Glorot and Bengio (AISTATS 2010, section 3) see such units stall the layers below.
SATURATED_SLOPE = 0.01
SATURATING = ("sigmoid", "tanh")
# A user's own activation may be as flat as ReLU; of the others here, only hardtanh is.
NEVER_FLAT = frozenset(ACTIVATIONS) - {"relu", "hardtanh"}


@dataclass(frozen=True)
class LayerHealth:
    """One layer's part of a diagnosis.

    Attributes
    ----------
    number : int
        Counted from 1.
    path : str
        Where the layer is in the model, 'layers.0'.
    activation, label : str
        The key of its activation, 'relu', and the name that people read, 'ReLU'.
    units : int
    delta_norm : float
        ‖δ‖, over the whole batch.
    delta_rms : float
        √(mean of δ²), which does not grow with the layer's width.
    gradient_norm : float
        ‖∂L/∂W‖.
    factor : float or None
        The RMS of δ here divided by that of the layer after; None for the last layer, and after a δ of 0.
    weight_ratio : float
        The RMS of W divided by what fits the activation: √(2 / fan_in) for ReLU (He et al., ICCV 2015, equation 10)
        and `nn.init`'s gain for its relatives, √(2 / (fan_in + fan_out)) for the others (Glorot and Bengio, AISTATS
        2010, equation 12).
    saturated : float or None
        The share of units with σ′ < 0.01, averaged over the batch; None unless the activation is sigmoid or tanh.
    dead : float or None
        The share of units with σ′ = 0 for every example; None for a single example, from which it cannot be
        judged, and for activations without a flat side.
    """

    number: int
    path: str
    activation: str
    label: str
    units: int
    delta_norm: float
    delta_rms: float
    gradient_norm: float
    factor: float | None
    weight_ratio: float
    saturated: float | None
    dead: float | None


@dataclass(frozen=True)
class NotFinite:
    """Where a NaN or an infinity first appears.

    Attributes
    ----------
    place : str
        'x', 'y', 'W²', 'z³', 'L', 'δ¹' ...
    step : {'data', 'parameters', 'forward', 'loss', 'backward'}
    layer : int or None
        None for data and for the loss.
    path : str
        Where that layer is in the model.
    is_nan : bool
        Whether there is a NaN; else it is an infinity.
    """

    place: str
    step: str
    layer: int | None
    path: str
    is_nan: bool


@dataclass(frozen=True, eq=False)
class Findings:
    """What one pass showed.

    Attributes
    ----------
    verdict : {'vanishing', 'exploding', 'healthy', 'not finite'}
    layers : tuple of LayerHealth
        From the first hidden layer to the output.
    factor : float or None
        By how much the RMS of δ changes from a layer to the one before it, as a geometric mean: the slope of a line
        through log RMS δ. None for less than two layers with an error.
    total : float or None
        The RMS of δ¹ divided by that of the last δ, on which the verdict rests. None when there is no error at all.
    examples : int
        How many the pass held.
    input_rms : float
        The root mean square of x.
    stuck : float
        The share of outputs that are saturated although they are more than one half away from their target.
    not_finite : NotFinite or None
        Where a NaN or an infinity first appears.
    lang : {'en', 'es'}
    """

    verdict: str
    layers: tuple[LayerHealth, ...]
    factor: float | None
    total: float | None
    examples: int
    input_rms: float
    stuck: float
    not_finite: NotFinite | None
    lang: str = "en"


def measured(told: Pass) -> tuple[LayerHealth, ...]:
    """Measure every layer of a pass, from the first hidden layer to the output."""
    sizes = [rms(layer.delta) for layer in told.layers]
    after = [*sizes[1:], 0.0]
    examples = count_of_examples(told)
    return tuple(
        LayerHealth(
            number=layer.number,
            path=layer.path,
            activation=layer.activation,
            label=layer.label,
            units=len(layer.W),
            delta_norm=norm(layer.delta),
            delta_rms=here,
            gradient_norm=norm(layer.dW),
            factor=here / later if later else None,
            weight_ratio=rms(layer.W) / _fitting_rms(layer),
            saturated=_saturated(layer),
            dead=_dead(layer) if examples > 1 else None,
        )
        for layer, here, later in zip(told.layers, sizes, after, strict=True)
    )


def count_of_examples(told: Pass) -> int:
    """Return how many examples a pass holds."""
    return len(told.x) if told.is_batch else 1


def fitted_factor(sizes: Sequence[float]) -> float | None:
    """Return the factor by which sizes change from one layer to the layer before it: a line through their logarithms.

    Layers whose size is 0 are left out; None when less than two are left.

    Examples
    --------
    >>> round(fitted_factor([0.125, 0.25, 0.5, 1.0]), 12)
    0.5
    """
    points = [(number, math.log(size)) for number, size in enumerate(sizes) if 0 < size < math.inf]
    if len(points) < 2:
        return None
    numbers, logs = (np.array(each) for each in zip(*points, strict=True))
    centred = numbers - numbers.mean()
    with np.errstate(over="ignore"):
        return float(np.exp(-(centred @ logs) / (centred @ centred)))


def first_not_finite(told: Pass) -> NotFinite | None:
    """Return where a NaN or an infinity first appears, in the order in which a pass computes; None for nowhere."""
    for place, step, layer, values in _in_order(told):
        if values is not None and not np.isfinite(values).all():
            is_nan = bool(np.isnan(values).any())
            number, path = (layer.number, layer.path) if layer else (None, "")
            return NotFinite(place, step, number, path, is_nan)
    return None


def rms(values: Array) -> float:
    """Return the root mean square, ‖v‖ / √n.

    Examples
    --------
    >>> rms(np.array([1.0, 7.0]))
    5.0
    """
    return norm(values) / math.sqrt(max(values.size, 1))


def can_die(activation: str) -> bool:
    """Tell whether an activation may have slope 0 on a whole side, by its key.

    Examples
    --------
    >>> can_die("relu"), can_die("leaky_relu(0.2)"), can_die("my_own")
    (True, False, True)
    """
    return named(activation)[0] not in NEVER_FLAT


def _fitting_rms(layer: LayerRecord) -> float:
    fan_out, fan_in = layer.W.shape
    gain = he_gain(layer.activation)
    return math.sqrt(2 / (fan_in + fan_out)) if gain is None else gain / math.sqrt(fan_in)


def _saturated(layer: LayerRecord) -> float | None:
    if layer.derivative is None or layer.activation not in SATURATING:
        return None
    return float(np.mean(layer.derivative < SATURATED_SLOPE))


def _dead(layer: LayerRecord) -> float | None:
    if layer.derivative is None or not can_die(layer.activation):
        return None
    return float(np.mean((layer.derivative == 0).all(axis=0)))


def _in_order(told: Pass) -> Iterator[tuple[str, str, LayerRecord | None, Array | None]]:
    yield "x", "data", None, told.x
    for layer in told.layers:
        k = superscript(layer.number)
        yield f"W{k}", "parameters", layer, layer.W
        yield f"b{k}", "parameters", layer, layer.b
        yield f"z{k}", "forward", layer, layer.z
        yield f"a{k}", "forward", layer, layer.a
    yield "y", "data", None, told.y
    yield "L", "loss", None, np.asarray(told.loss)
    for layer in reversed(told.layers):
        k = superscript(layer.number)
        yield f"∂L/∂a{k}", "backward", layer, layer.dL_da
        yield f"δ{k}", "backward", layer, layer.delta
        yield f"∂L/∂W{k}", "backward", layer, layer.dW
        yield f"∂L/∂b{k}", "backward", layer, layer.db
