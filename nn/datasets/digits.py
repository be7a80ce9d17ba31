"""Handwritten digits: 1,797 images of 8×8 pixels with their labels, by E. Alpaydin and C. Kaynak (CC BY 4.0)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.spelling import spelled
from nn.datasets.parts import drawn_apart
from nn.random import Rng

# How dark a pixel can be: each counts the dark ones among 4×4 of the scan.
DARKEST = 16


class Digits(NamedTuple):
    """Images with their labels; unpacks as ``x, y = digits``.

    Attributes
    ----------
    images : ndarray, shape (N, 64), float64
        One image a row, 8 rows of 8 pixels from the top left; 0 is white, 1 is black.
    labels : ndarray, shape (N,), int64
        Which digit it shows, 0 to 9.
    """

    images: NDArray[np.float64]
    labels: NDArray[np.int64]

    @property
    def x(self) -> NDArray[np.float64]:
        """The images, by the name that all data sets know."""
        return self.images

    @property
    def y(self) -> NDArray[np.int64]:
        """The labels, by the name that all data sets know."""
        return self.labels

    @spelled
    def split(self, fraction: float = 0.2, rng: Rng = None) -> tuple[Digits, Digits]:
        """Return the images in two parts, drawn at random: the rest, and the given fraction of them.

        Parameters
        ----------
        fraction : float
            Between 0 and 1; how much is held out. Both parts get at least one image.
        rng : int, Generator or None
            What draws; None is the Generator that `nn.manual_seed` seeds.

        Returns
        -------
        (Digits, Digits)
            To train on, and to test on.

        Raises
        ------
        ArgumentError
            When the fraction leaves one part empty.

        Examples
        --------
        >>> train, test = nn.datasets.load_digits().split(0.2, rng=0)
        >>> len(train.labels), len(test.labels)
        (1438, 359)
        """
        return drawn_apart(self, fraction, rng, "images")

    def __repr__(self) -> str:
        return f"Digits({len(self.labels):,} images of {self.images.shape[1]} pixels, labels 0 to 9)"


def load_digits() -> Digits:
    """Return the 1,797 images of the UCI data set "Optical Recognition of Handwritten Digits", its test part.

    Each of the 8×8 pixels counts, from 0 to 16, the dark pixels in a 4×4 block of the scan; here divided by 16.

    Returns
    -------
    Digits
        images of shape (1797, 64), float64 in [0, 1]; labels of shape (1797,), int64 from 0 to 9. New arrays each time.

    References
    ----------
    E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998.
    https://doi.org/10.24432/C50P49, licensed under CC BY 4.0.

    Examples
    --------
    >>> x, y = nn.datasets.load_digits()
    >>> x.shape, y.shape
    ((1797, 64), (1797,))
    """
    with (files(__package__) / "digits.npz").open("rb") as packed, np.load(packed) as arrays:
        stored: dict[str, NDArray[Any]] = dict(arrays)
    return Digits(stored["images"] / float(DARKEST), stored["labels"].astype(np.int64))
