"""Initial weights whose spread follows from how many inputs and outputs a layer has, so that a signal keeps its size.

A weight has the shape (out, in): fan_in = in, fan_out = out; further axes (a convolution's window) multiply both.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ShapeError
from autograd_lite.spelling import spelled
from nn.arguments import choice
from nn.random import Rng, generator

Array = NDArray[Any]


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
    shape: tuple[int, ...],
    *,
    dtype: Any = np.float64,
    rng: Rng = None,
    gain: float = math.sqrt(2),
    mode: str = "fan_in",
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
        √2 makes up for the half that ReLU sets to 0; `calculate_gain` gives that of others.
    mode : {"fan_in", "fan_out"}
        "fan_in" keeps the variance of the signal, "fan_out" that of the gradient.

    Raises
    ------
    ShapeError
        When `shape` has fewer than two axes.
    ArgumentError
        When the mode is not known.

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
    return _uniform(shape, gain * math.sqrt(3 / _fan(shape, mode)), dtype, rng)


@spelled
def he_normal(
    shape: tuple[int, ...],
    *,
    dtype: Any = np.float64,
    rng: Rng = None,
    gain: float = math.sqrt(2),
    mode: str = "fan_in",
) -> Array:
    """Draw from N(0, s²) with s = gain / √fan_in; for ReLU layers.

    Parameters, errors and source are those of `he_uniform`.

    Examples
    --------
    >>> nn.init.he_normal((300, 100), rng=0).std().round(2)
    np.float64(0.14)
    """
    return _normal(shape, gain / math.sqrt(_fan(shape, mode)), dtype, rng)


@spelled
def lecun_uniform(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None) -> Array:
    """Draw from U(−r, r) with r = √(3 / fan_in): the variance 1/fan_in, for SELU and linear layers.

    Parameters, errors and source are those of `lecun_normal`.

    Examples
    --------
    >>> bool(abs(nn.init.lecun_uniform((3, 2), rng=0)).max() <= 1.5**0.5)
    True
    """
    return he_uniform(shape, dtype=dtype, rng=rng, gain=1.0)


@spelled
def lecun_normal(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None) -> Array:
    """Draw from N(0, 1/fan_in), for SELU and linear layers.

    Parameters
    ----------
    shape : tuple of int
        (out, in, ...).
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.

    Raises
    ------
    ShapeError
        When `shape` has fewer than two axes.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Müller: Efficient backprop. 1998, equation 16. For SELU: G. Klambauer et al.:
    Self-normalizing neural networks. NIPS 2017, section 3.

    Examples
    --------
    >>> nn.init.lecun_normal((300, 100), rng=0).std().round(2)
    np.float64(0.1)
    """
    return he_normal(shape, dtype=dtype, rng=rng, gain=1.0)


def _fan(shape: tuple[int, ...], mode: str) -> int:
    fan_in, fan_out = _fans(shape)
    return fan_in if choice("mode", mode, ("fan_in", "fan_out")) == "fan_in" else fan_out


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
