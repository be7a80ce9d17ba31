"""Initial values that do not ask what they are for: constants, and draws from distributions given by their numbers."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import number_between, positive_number
from nn.random import Rng, generator

Array = NDArray[Any]
# So far beyond the likeliest value of an interval that no draw is ever accepted there: e^(−80/2) < 1e-17.
NEGLIGIBLE = 80.0


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
def ones(shape: tuple[int, ...], *, dtype: Any = np.float64, rng: Rng = None) -> Array:
    """Return ones; the usual start of a normalisation's scale.

    Parameters are those of `zeros`.

    Examples
    --------
    >>> nn.init.ones((2,))
    array([1., 1.])
    """
    return np.ones(shape, dtype)


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
def normal(
    shape: tuple[int, ...], mean: float = 0.0, std: float = 1.0, *, dtype: Any = np.float64, rng: Rng = None
) -> Array:
    """Draw from the normal distribution N(mean, std²).

    Parameters
    ----------
    shape : tuple of int
    mean, std : float
        The standard deviation is at least 0.
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.

    Raises
    ------
    ArgumentError, UsageError
        When the standard deviation is negative, or one of both is no number.

    Examples
    --------
    >>> nn.init.normal((10_000,), std=0.02, rng=0).std().round(3)
    np.float64(0.02)
    """
    mean = number_between("mean", mean, -math.inf, example=0.0)
    std = number_between("std", std, 0.0, example=0.02)
    return generator(rng).normal(mean, std, shape).astype(dtype)


@spelled
def uniform(
    shape: tuple[int, ...], a: float = 0.0, b: float = 1.0, *, dtype: Any = np.float64, rng: Rng = None
) -> Array:
    """Draw from the uniform distribution over [a, b).

    Parameters
    ----------
    shape : tuple of int
    a, b : float
        The bounds; a is at most b.
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.

    Raises
    ------
    ArgumentError, UsageError
        When the bounds are the wrong way round, or no numbers.

    Examples
    --------
    >>> abs(nn.init.uniform((10_000,), -0.1, 0.1, rng=0)).max().round(3)
    np.float64(0.1)
    """
    low, high = _bounds(a, b)
    return generator(rng).uniform(low, high, shape).astype(dtype)


@spelled
def truncated_normal(
    shape: tuple[int, ...],
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    *,
    dtype: Any = np.float64,
    rng: Rng = None,
) -> Array:
    """Draw from the normal distribution N(mean, std²) within [a, b], where it is as likely as there.

    As in PyTorch, a and b are values and no multiples of `std`, and `std` is that of the distribution before it is
    cut: within two of them the standard deviation is 0.88 `std`.

    Parameters
    ----------
    shape : tuple of int
    mean, std : float
        Of the whole distribution; the standard deviation is positive.
    a, b : float
        The bounds; infinity leaves a side open.
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.

    Raises
    ------
    ArgumentError, UsageError
        When the standard deviation is not positive, the bounds are the wrong way round, or one is no number.

    Notes
    -----
    Draws are rejected: of the normal distribution those outside, and where it mostly lies outside, of the uniform one
    over [a, b] as many as are too many (C. P. Robert: Simulation of truncated normal variables. Statistics and
    Computing 5, 1995, section 2).

    Examples
    --------
    >>> weight = nn.init.truncated_normal((10_000,), std=0.02, a=-0.04, b=0.04, rng=0)
    >>> abs(weight).max() <= 0.04, weight.std().round(4)
    (np.True_, np.float64(0.0176))
    """
    mean = number_between("mean", mean, -math.inf, example=0.0)
    std = positive_number("std", std, example=0.02)
    low, high = ((bound - mean) / std for bound in _bounds(a, b, finite=False))
    drawn = _standard_within(low, high, math.prod(np.atleast_1d(shape)), generator(rng))
    # Rounding must not lead out of the bounds, here and in a narrower dtype.
    values = np.clip(mean + std * drawn, a, b).reshape(shape).astype(dtype)
    return np.asarray(np.clip(values, _inwards(a, values.dtype, np.inf), _inwards(b, values.dtype, -np.inf)))


def _standard_within(low: float, high: float, count: int, source: np.random.Generator) -> Array:
    """Draw from the standard normal distribution between two bounds."""
    inside = _below(high) - _below(low)
    mode = min(max(0.0, low), high)
    far = math.sqrt(mode * mode + NEGLIGIBLE)
    left, right = max(low, -far), min(high, far)
    drawn = np.empty(0)
    while len(drawn) < count:
        wanted = 2 * (count - len(drawn)) + 16
        if inside > 0.25:
            draws = source.normal(size=wanted)
            accepted = (low <= draws) & (draws <= high)
        else:
            draws = source.uniform(left, right, wanted)
            accepted = source.uniform(size=wanted) <= np.exp((mode * mode - draws * draws) / 2)
        drawn = np.concatenate([drawn, draws[accepted]])
    return drawn[:count]


def _below(x: float) -> float:
    """Return Φ(x), how much of the standard normal distribution lies below x."""
    return math.erfc(-x / math.sqrt(2)) / 2


def _inwards(bound: float, dtype: Any, towards: float) -> Any:
    """Return the value of a dtype next to a bound, on its inner side."""
    if not math.isfinite(bound) or np.dtype(dtype).kind != "f":
        return bound
    rounded = np.asarray(bound).astype(dtype)
    outside = float(rounded) < bound if towards > 0 else float(rounded) > bound
    return np.nextafter(rounded, np.asarray(towards).astype(dtype)) if outside else rounded


def _bounds(a: Any, b: Any, *, finite: bool = True) -> tuple[float, float]:
    low, high = _bound("a", a, finite), _bound("b", b, finite)
    if not low < high and not (finite and low == high):
        raise ArgumentError(f"The bounds are a < b, got a={low:g} and b={high:g}.", "Write a=-2.0, b=2.0, for example.")
    return low, high


def _bound(title: str, value: Any, finite: bool) -> float:
    if not finite and value in (-math.inf, math.inf):
        return float(value)
    return number_between(title, value, -math.inf, example=2.0)
