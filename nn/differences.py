"""Central differences, ∂f/∂x ≈ (f(x + h) − f(x − h)) / 2h: derivatives that need no formula."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Near the cube root of the rounding unit, where the errors of truncation and of rounding are equally small.
STEP = 6e-6


def central_differences(value: Callable[[], float], arrays: Sequence[Array]) -> list[Array]:
    """Return the slope of a number in every element of the arrays that it is computed from.

    Parameters
    ----------
    value : callable
        Computes the number from the arrays as they are.
    arrays : sequence of ndarray of float64
        Changed one element at a time by h = 6·10⁻⁶ max(1, |x|), and set back.

    Returns
    -------
    list of ndarray
        The slopes, in the shape of each array.

    Examples
    --------
    >>> from nn.differences import central_differences
    >>> x = np.array([1.0, 2.0])
    >>> central_differences(lambda: float((x**3).sum()), [x])[0].round(6).tolist()
    [3.0, 12.0]
    """
    return [
        np.array([_slope(value, array, at) for at in np.ndindex(array.shape)]).reshape(array.shape) for array in arrays
    ]


def _slope(value: Callable[[], float], array: Array, at: tuple[int, ...]) -> float:
    kept = float(array[at])
    h = STEP * max(1.0, abs(kept))
    try:
        array[at] = ahead = kept + h
        above = value()
        array[at] = behind = kept - h
        return (above - value()) / (ahead - behind)
    finally:
        array[at] = kept
