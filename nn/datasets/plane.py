"""Classes of points in the plane that no straight line parts: moons, circles, spirals and XOR."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import number_between, positive_integer
from nn.data.arrays import Array
from nn.datasets.parts import Points
from nn.optim.groups import flag
from nn.random import Rng, generator


@spelled
def make_moons(n_samples: int = 100, *, noise: float = 0.0, shuffle: bool = True, rng: Rng = None) -> Points:
    """Return two half circles that reach into each other.

    Class 0 is (cos t, sin t), class 1 is (1 − cos t, ½ − sin t), with t evenly from 0 to π; to both coordinates
    normal noise is added.

    Parameters
    ----------
    n_samples : int
        At least 2; half of them, rounded down, are of class 0.
    noise : float
        Its standard deviation.
    shuffle : bool
        Put the examples in random order, else class 0 comes first.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    Points
        x of shape (n_samples, 2), float64; y of shape (n_samples,), int64.

    Raises
    ------
    ArgumentError, UsageError
        For impossible numbers.

    References
    ----------
    scikit-learn: sklearn.datasets.make_moons, which gives the same points, but for noise and order.

    Examples
    --------
    >>> x, y = nn.datasets.make_moons(6, shuffle=False)
    >>> x.round(2) + 0.0
    array([[ 1. ,  0. ],
           [ 0. ,  1. ],
           [-1. ,  0. ],
           [ 0. ,  0.5],
           [ 1. , -0.5],
           [ 2. ,  0.5]])
    >>> y
    array([0, 0, 0, 1, 1, 1])
    """
    outer, inner = _halves(n_samples)
    t, s = np.linspace(0, np.pi, outer), np.linspace(0, np.pi, inner)
    classes = [np.column_stack([np.cos(t), np.sin(t)]), np.column_stack([1 - np.cos(s), 0.5 - np.sin(s)])]
    return _points(classes, noise, shuffle, rng)


@spelled
def make_circles(
    n_samples: int = 100, *, noise: float = 0.0, factor: float = 0.8, shuffle: bool = True, rng: Rng = None
) -> Points:
    """Return a circle within another.

    Class 0 is (cos t, sin t), class 1 the same times `factor`, with t evenly from 0 up to 2π; to both coordinates
    normal noise is added.

    Parameters
    ----------
    n_samples : int
        At least 2; half of them, rounded down, are of class 0.
    noise : float
        Its standard deviation.
    factor : float
        The radius of the inner circle, from 0 to below 1.
    shuffle : bool
        Put the examples in random order, else class 0 comes first.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    Points
        x of shape (n_samples, 2), float64; y of shape (n_samples,), int64.

    Raises
    ------
    ArgumentError, UsageError
        For impossible numbers.

    References
    ----------
    scikit-learn: sklearn.datasets.make_circles, which gives the same points, but for noise and order.

    Examples
    --------
    >>> x, y = nn.datasets.make_circles(200, factor=0.5, rng=0)
    >>> float(np.linalg.norm(x[y == 1], axis=1).mean().round(4))
    0.5
    """
    outer, inner = _halves(n_samples)
    radius = number_between("factor", factor, 0.0, 1.0, example=0.8)
    return _points([_circle(outer), radius * _circle(inner)], noise, shuffle, rng)


@spelled
def make_spirals(
    n_samples: int = 100,
    *,
    n_arms: int = 2,
    turns: float = 1.0,
    noise: float = 0.0,
    shuffle: bool = True,
    rng: Rng = None,
) -> Points:
    """Return spirals that turn around one another.

    Arm k of K is r (cos θ, sin θ) with θ = 2π (turns · r + k / K) and the radius r evenly up to 1: of m points
    1/m, 2/m, ..., 1. To both coordinates normal noise is added.

    Parameters
    ----------
    n_samples : int
        At least one an arm; the first arms get one more where it is no multiple of `n_arms`.
    n_arms : int
        How many classes there are.
    turns : float
        How often an arm goes round. More is harder: with two arms 3 is the classic.
    noise : float
        Its standard deviation.
    shuffle : bool
        Put the examples in random order, else the arms come one after another.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    Points
        x of shape (n_samples, 2), float64; y of shape (n_samples,), int64.

    Raises
    ------
    ArgumentError, UsageError
        For impossible numbers.

    References
    ----------
    K. J. Lang, M. J. Witbrock: Learning to tell two spirals apart. Proceedings of the 1988 Connectionist Models Summer
    School: two arms that go round three times.

    Examples
    --------
    >>> x, y = nn.datasets.make_spirals(300, n_arms=3, noise=0.02, rng=0)
    >>> np.bincount(y)
    array([100, 100, 100])
    """
    arms = positive_integer("n_arms", n_arms, "Write n_arms=2, for example.")
    count = _how_many(n_samples, arms)
    rounds = number_between("turns", turns, 0.0, example=1.0)
    classes = []
    for k in range(arms):
        points = count // arms + (k < count % arms)
        r = np.arange(1, points + 1) / points
        angle = 2 * np.pi * (rounds * r + k / arms)
        classes.append(np.column_stack([r * np.cos(angle), r * np.sin(angle)]))
    return _points(classes, noise, shuffle, rng)


@spelled
def make_xor(n_samples: int = 100, *, noise: float = 0.0, shuffle: bool = True, rng: Rng = None) -> Points:
    """Return the exclusive or: the corners of the unit square, of class 1 where one coordinate is 1 and not the other.

    Example k is (0, 0), (0, 1), (1, 0) or (1, 1), in turn; to both coordinates normal noise is added. Four examples
    without noise are the truth table.

    Parameters
    ----------
    n_samples : int
        At least 4.
    noise : float
        Its standard deviation; with 0.2, for example, the corners become clouds.
    shuffle : bool
        Put the examples in random order.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    Points
        x of shape (n_samples, 2), float64; y of shape (n_samples,), int64.

    Raises
    ------
    ArgumentError, UsageError
        For impossible numbers.

    References
    ----------
    M. Minsky, S. Papert: Perceptrons. MIT Press, 1969: no single layer computes it.

    Examples
    --------
    >>> x, y = nn.datasets.make_xor(4, shuffle=False)
    >>> np.column_stack([x, y]).astype(int)
    array([[0, 0, 0],
           [0, 1, 1],
           [1, 0, 1],
           [1, 1, 0]])
    """
    corners = np.arange(_how_many(n_samples, 4)) % 4
    bits = np.column_stack([corners // 2, corners % 2])
    return _drawn(bits.astype(np.float64), (bits[:, 0] ^ bits[:, 1]).astype(np.int64), noise, shuffle, rng)


def _circle(points: int) -> Array:
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.column_stack([np.cos(t), np.sin(t)])


def _halves(n_samples: Any) -> tuple[int, int]:
    count = _how_many(n_samples, 2)
    return count // 2, count - count // 2


def _how_many(n_samples: Any, least: int) -> int:
    mend = "Write n_samples=100, for example."
    count = positive_integer("n_samples", n_samples, mend)
    if count < least:
        raise ArgumentError(f"n_samples must be at least {least}, got {count}.", mend)
    return count


def _points(classes: list[Array], noise: Any, shuffle: Any, rng: Rng) -> Points:
    y = np.repeat(np.arange(len(classes), dtype=np.int64), [len(each) for each in classes])
    return _drawn(np.concatenate(classes), y, noise, shuffle, rng)


def _drawn(x: Array, y: Array, noise: Any, shuffle: Any, rng: Rng) -> Points:
    """Return points in random order, with noise."""
    spread = number_between("noise", noise, 0.0, example=0.1)
    draw = generator(rng)
    if flag("shuffle", shuffle):
        order = draw.permutation(len(x))
        x, y = x[order], y[order]
    return Points(x + draw.normal(scale=spread, size=x.shape) if spread else x, y)
