"""Initial weights: arrays whose spread keeps the signal's variance from layer to layer.

A weight has the shape (out, in): fan_in = in, fan_out = out; further axes (a convolution's window) multiply both.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ShapeError, UsageError, refusing
from autograd_lite.spelling import spelled
from nn.arguments import choice
from nn.random import Rng, generator
from nn.recursion import named

__all__ = ["constant", "he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "zeros"]

# Kept from type checkers, which find unknown names by themselves.
if not TYPE_CHECKING:
    __getattr__ = refusing("nn.init", __all__)

Array = NDArray[Any]
Initializer = Callable[..., Array]


@spelled
def zeros(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None) -> Array:
    """Return zeros; the usual start of biases.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
    rng : int, Generator or None
        Not used; taken so that every initializer is called in the same way.

    Examples
    --------
    >>> nn.init.zeros((3,))
    array([0., 0., 0.])
    """
    return np.zeros(shape, dtype)


@spelled
def constant(shape: tuple[int, ...], value: float, *, dtype: Any = np.float64, rng: Rng = None) -> Array:
    """Return an array filled with one value.

    Examples
    --------
    >>> nn.init.constant((2,), 0.01)
    array([0.01, 0.01])
    """
    return np.full(shape, value, dtype)


@spelled
def xavier_uniform(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None, gain: float = 1.0) -> Array:
    """Draw from U(−r, r) with r = gain·√(6 / (fan_in + fan_out)); for tanh, sigmoid and linear layers.

    Parameters
    ----------
    shape : tuple of int
        (out, in, ...).
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.
    gain : float
        Multiplies the spread.

    Raises
    ------
    ShapeError
        When `shape` has fewer than two axes.

    References
    ----------
    X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010,
    equation 16.

    Examples
    --------
    >>> weight = nn.init.xavier_uniform((3, 2), rng=0)
    >>> bool(abs(weight).max() <= (6 / 5) ** 0.5)
    True
    """
    return _uniform(shape, gain * math.sqrt(6 / sum(_fans(shape))), dtype, rng)


@spelled
def xavier_normal(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None, gain: float = 1.0) -> Array:
    """Draw from N(0, s²) with s = gain·√(2 / (fan_in + fan_out)); for tanh, sigmoid and linear layers.

    Parameters, errors and source are those of `xavier_uniform` (there equation 12).

    Examples
    --------
    >>> nn.init.xavier_normal((300, 100), rng=0).std().round(2)
    np.float64(0.07)
    """
    return _normal(shape, gain * math.sqrt(2 / sum(_fans(shape))), dtype, rng)


@spelled
def he_uniform(
    shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None, gain: float = math.sqrt(2)
) -> Array:
    """Draw from U(−r, r) with r = gain·√(3 / fan_in); for layers with ReLU and its relatives.

    Parameters
    ----------
    shape : tuple of int
        (out, in, ...).
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.
    gain : float
        √2 makes up for the half that ReLU sets to 0.

    Raises
    ------
    ShapeError
        When `shape` has fewer than two axes.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015,
    equation 10 (there for a normal distribution).

    Examples
    --------
    >>> weight = nn.init.he_uniform((3, 2), rng=0)
    >>> bool(abs(weight).max() <= 3**0.5)
    True
    """
    return _uniform(shape, gain * math.sqrt(3 / _fans(shape)[0]), dtype, rng)


@spelled
def he_normal(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None, gain: float = math.sqrt(2)) -> Array:
    """Draw from N(0, s²) with s = gain / √fan_in; for ReLU layers.

    Parameters, errors and source are those of `he_uniform`.

    Examples
    --------
    >>> nn.init.he_normal((300, 100), rng=0).std().round(2)
    np.float64(0.14)
    """
    return _normal(shape, gain / math.sqrt(_fans(shape)[0]), dtype, rng)


INITIALIZERS: dict[str, Initializer] = {
    each.__name__: each for each in (zeros, xavier_uniform, xavier_normal, he_uniform, he_normal)
}


def initializer(init: str | float | Initializer, activation: str) -> Initializer:
    """Return the initializer that an `init` argument means for a layer with this activation.

    "auto" is `he_uniform` under relu and its relatives, with the gain that each of them needs, and `xavier_uniform`
    elsewhere; a number is a constant.
    """
    if callable(init):
        return init
    if isinstance(init, (int, float)) and not isinstance(init, bool):
        return partial(constant, value=init)
    if not isinstance(init, str):
        raise UsageError(f"init must be a name, a number or a function, got {init!r}.", 'Write init="auto".')
    name = choice("init", init, ["auto", *INITIALIZERS])
    if name == "auto":
        gain = he_gain(activation)
        return xavier_uniform if gain is None else partial(he_uniform, gain=gain)
    return INITIALIZERS[name]


def he_gain(activation: str) -> float | None:
    """Return 1/√E[σ(z)²] for z from N(0, 1), by which a layer keeps the variance; None but for ReLU and its relatives.

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
    if name == "leaky_relu":
        return math.sqrt(2 / (1 + _number(parameter, 0.01) ** 2))
    if name == "elu":
        return 1 / math.sqrt(0.5 + _number(parameter, 1.0) ** 2 * _ELU_BELOW_0)
    return _HE_GAINS.get(name)


# E[(e^z − 1)²; z < 0] = e² Φ(−2) − 2 √e Φ(−1) + ½
_ELU_BELOW_0 = math.exp(2) * math.erfc(math.sqrt(2)) / 2 - math.exp(0.5) * math.erfc(math.sqrt(0.5)) + 0.5
_HE_GAINS = {
    "relu": math.sqrt(2),
    "gelu": 1 / math.sqrt(1 / 3 + 1 / (2 * math.pi * math.sqrt(3))),
    "silu": 1.676532470331,
    "softplus": 1.041866835535,
}


def _number(parameter: float | str | None, default: float) -> float:
    return default if parameter is None else float(parameter)


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) < 2:
        raise ShapeError(
            f"A shape of {len(shape)} axes, {shape}, has no fan-in and fan-out.",
            "Give a weight's shape (out, in); for a bias use nn.init.zeros.",
        )
    out_features, in_features, *window = shape
    # An empty weight has no spread to compute, but must not divide by zero.
    window_size = max(math.prod(window), 1)
    return max(in_features, 1) * window_size, max(out_features, 1) * window_size


def _uniform(shape: tuple[int, ...], limit: float, dtype: Any, rng: Rng) -> Array:
    return generator(rng).uniform(-limit, limit, shape).astype(dtype)


def _normal(shape: tuple[int, ...], deviation: float, dtype: Any, rng: Rng) -> Array:
    return generator(rng).normal(0.0, deviation, shape).astype(dtype)
