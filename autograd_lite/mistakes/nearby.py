"""Other points near a given one, for trying a formula: random, of the same scale, and of the same structure.

A formula may hold only for positive, symmetric or normalised arrays; what the given array is, the others are too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def nearby(x: Array, random: np.random.Generator, spread: float = 1.0, *, data: bool = False) -> Array:
    """Return a random array near x, of its shape and structure.

    Parameters
    ----------
    x : ndarray of float64
    random : Generator
    spread : float
        How far away, in units of x's own size.
    data : bool
        The array is data and not a variable: whole numbers are labels and stay, and so do zeros.

    Examples
    --------
    >>> bool((nearby(np.array([0.1, 3.0, 20.0]), np.random.default_rng(0)) > 0).all())
    True
    >>> nearby(np.eye(3)[[0, 2]], np.random.default_rng(0), data=True).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if data and np.array_equal(x, np.round(x)):
        return x.copy()
    moved = np.asarray(_moved(x, spread * random.standard_normal(x.shape)))
    if np.ptp(x) if x.size else 0:
        for holds, restore in STRUCTURES:
            if holds(x):
                moved = restore(moved)
    return np.where(x == 0, 0.0, moved) if data else moved


def _moved(x: Array, steps: Array) -> Array:
    """Move within the open interval that x shows: (0, 1), or the numbers of its sign; otherwise anywhere."""
    if x.size > 1 and (x > 0).all() and (x < 1).all():
        return 1 / (1 + (1 / x - 1) * np.exp(-steps))
    if (x > 0).all() or (x < 0).all():
        return x * np.exp(steps)
    return x + steps * (np.sqrt(np.mean(np.square(x))) or 1.0)


def is_of_one_sign(x: Array) -> bool:
    """Tell whether all elements are positive, or all negative: those of arrays nearby are too."""
    return x.size > 0 and bool((x > 0).all() or (x < 0).all())


def is_symmetric(x: Array) -> bool:
    """Tell whether x is a symmetric or antisymmetric matrix: arrays nearby are too."""
    return _is_square(x) and bool(np.ptp(x)) and (_close(x, x.T) or _close(x, -x.T))


def _close(left: Any, right: Any) -> bool:
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9))


def _is_centred(x: Array) -> bool:
    return x.ndim > 0 and len(x) > 2 and _close(x.mean(0), 0.0)


def _is_standard(x: Array) -> bool:
    return _is_centred(x) and _close(x.std(0), 1.0)


def _is_orthogonal(x: Array) -> bool:
    return x.ndim == 2 and len(x) >= x.shape[1] > 1 and _close(x.T @ x, np.eye(x.shape[1]))


def _is_unit(x: Array) -> bool:
    return x.ndim > 0 and x.shape[-1] > 1 and _close(np.sum(x * x, -1), 1.0)


def _is_simplex(x: Array) -> bool:
    return x.ndim > 0 and x.shape[-1] > 1 and bool((x >= 0).all()) and _close(x.sum(-1), 1.0)


def _is_square(x: Array) -> bool:
    return x.ndim == 2 and x.shape[0] == x.shape[1] > 1


# fmt: off
STRUCTURES: tuple[tuple[Callable[[Array], bool], Callable[[Array], Array]], ...] = (
    (_is_centred,    lambda x: x - x.mean(0)),
    (_is_standard,   lambda x: x / x.std(0)),
    (_is_orthogonal, lambda x: np.linalg.qr(x)[0]),
    (_is_unit,       lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True)),
    (_is_simplex,    lambda x: np.abs(x) / np.abs(x).sum(-1, keepdims=True)),
    (lambda x: _is_square(x) and _close(x, -x.T), lambda x: (x - x.T) / 2),
    (lambda x: _is_square(x) and _close(x, x.T),  lambda x: (x + x.T) / 2),
)
# fmt: on
