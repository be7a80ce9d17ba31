"""Orthogonal initial weights: every layer turns the signal and keeps its length."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ShapeError
from autograd_lite.spelling import spelled
from nn.random import Rng, generator


@spelled
def orthogonal(shape: tuple[int, ...], gain: float = 1.0, *, dtype: Any = np.float64, rng: Rng = None) -> NDArray[Any]:
    """Draw a matrix with orthonormal rows (or columns, if there are fewer), every one as likely, times gain.

    Parameters
    ----------
    shape : tuple of int
        (out, in, ...): axes after the first are taken together as columns.
    gain : float
        Multiplies the matrix; `calculate_gain` gives that of an activation.
    dtype : dtype
    rng : int, Generator or None
        None is the Generator that `nn.manual_seed` seeds.

    Raises
    ------
    ShapeError
        When `shape` has fewer than two axes.

    Notes
    -----
    Q of the QR decomposition of a normal matrix, with the signs of R's diagonal, without which not every Q would be as
    likely (F. Mezzadri: How to generate random matrices from the classical compact groups. Notices of the AMS 54,
    2007, section 5).

    References
    ----------
    A. M. Saxe, J. L. McClelland, S. Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks. ICLR 2014, section 3.

    Examples
    --------
    >>> W = nn.init.orthogonal((2, 4), rng=0)
    >>> np.allclose(W @ W.T, np.eye(2))
    True
    """
    if len(shape) < 2:
        raise ShapeError(
            f"A shape of {len(shape)} axes, {shape}, is no matrix.",
            "Give a weight's shape (out, in); for a bias use nn.init.zeros.",
        )
    rows, columns = shape[0], math.prod(shape[1:])
    source = generator(rng)
    if not rows * columns:
        return np.zeros(shape, dtype)
    Q, R = np.linalg.qr(source.normal(size=(max(rows, columns), min(rows, columns))))
    Q = Q * np.where(np.diag(R) < 0, -1.0, 1.0)
    return (gain * (Q if rows >= columns else Q.T)).reshape(shape).astype(dtype)
