"""Gains: by how much weights are to be larger than 1/√fan_in, because of the activation that follows."""

import math
from functools import lru_cache

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import number_between
from nn.recursion import forward, named


@spelled
def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the gain of an activation: PyTorch's for those that it knows, and for others that of `he_gain`.

    Parameters
    ----------
    nonlinearity : str
        An activation's name, as `MLP` takes it: "relu", "leaky_relu(0.2)"; or "linear", "conv1d", "conv2d".
    param : float, optional
        What may stand behind the name: the slope of leaky ReLU, α of ELU.

    Returns
    -------
    float
        1 for linear layers, sigmoid and softsign, 5/3 for tanh, √2 for ReLU, √(2 / (1 + s²)) for leaky ReLU, 3/4 for
        SELU, for which 1 is the value of its authors; 1/√E[σ(z)²] for ELU, GELU, SiLU, Mish and softplus.

    Raises
    ------
    ArgumentError
        When the activation has no gain.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015, equations 10 and 15.

    Examples
    --------
    >>> [round(nn.init.calculate_gain(name), 4) for name in ("relu", "tanh", "selu", "gelu")]
    [1.4142, 1.6667, 0.75, 1.5335]
    >>> nn.init.calculate_gain("leaky_relu", 0.2).__round__(4)
    1.3868
    """
    if not isinstance(nonlinearity, str):
        raise UsageError(f"nonlinearity is a name, got {nonlinearity!r}.", 'Write calculate_gain("relu").')
    key = nonlinearity.lower()
    if param is not None:
        key = f"{named(key)[0]}({number_between('param', param, -math.inf, example=0.01)!r})"
    fixed = _PYTORCH_GAINS.get(named(key)[0])
    gain = he_gain(key) if fixed is None else fixed
    if gain is None:
        known = ", ".join([*_PYTORCH_GAINS, "relu", "leaky_relu", "prelu", "elu", *_SMOOTH])
        raise ArgumentError(f"There is no gain for {nonlinearity!r}.", f"Known: {known}.")
    return gain


def he_gain(activation: str) -> float | None:
    """Return 1/√E[σ(z)²] for z from N(0, 1), by which a layer keeps the variance; None but for ReLU and its relatives.

    For SELU it is 1, by its making.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015, equations 7 to 10 with E[σ(z)²] in the
    place of ReLU's ½, and 15 for leaky ReLU.

    Examples
    --------
    >>> he_gain("relu").__round__(4), he_gain("leaky_relu(0.2)").__round__(4), he_gain("tanh")
    (1.4142, 1.3868, None)
    """
    name, parameter = named(activation)
    if name in ("leaky_relu", "prelu"):
        return math.sqrt(2 / (1 + _number(parameter, 0.25 if name == "prelu" else 0.01) ** 2))
    if name == "elu":
        return 1 / math.sqrt(0.5 + _number(parameter, 1.0) ** 2 * _ELU_BELOW_0)
    return _smooth_gain(activation) if name in _SMOOTH else _HE_GAINS.get(name)


@lru_cache(maxsize=64)
def _smooth_gain(activation: str) -> float:
    """Return 1/√E[σ(z)²] by the trapezoid rule, which for smooth functions is as precise as their values."""
    z = np.linspace(-12, 12, 1201)
    _, (a,) = forward(z[:, np.newaxis], [np.eye(1)], [None], [activation])
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(1 / np.sqrt((a[:, 0] ** 2 * density).sum() * (z[1] - z[0])))


# E[(e^z − 1)²; z < 0] = e² Φ(−2) − 2 √e Φ(−1) + ½
_ELU_BELOW_0 = math.exp(2) * math.erfc(math.sqrt(2)) / 2 - math.exp(0.5) * math.erfc(math.sqrt(0.5)) + 0.5
_SMOOTH = ("gelu", "silu", "mish", "softplus")
_HE_GAINS = {"relu": math.sqrt(2), "selu": 1.0}
_PYTORCH_GAINS = {
    **dict.fromkeys(["linear", "identity", "conv1d", "conv2d", "sigmoid", "softsign", "hardtanh"], 1.0),
    "tanh": 5 / 3,
    "selu": 3 / 4,
}


def _number(parameter: float | str | None, default: float) -> float:
    return default if parameter is None else float(parameter)
