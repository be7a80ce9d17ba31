"""Examples with their targets, and how they are drawn apart into two parts."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import number_between
from nn.random import Rng, generator

Pair = TypeVar("Pair", bound=tuple[Any, ...])


class Points(NamedTuple):
    """Examples with their targets; unpacks as ``x, y = points``.

    Attributes
    ----------
    x : ndarray, shape (N, features), float64
        One example a row.
    y : ndarray, shape (N,)
        Class numbers, int64; or what is to be predicted, float64, of shape (N, targets) too.
    """

    x: NDArray[np.float64]
    y: NDArray[Any]

    @spelled
    def split(self, fraction: float = 0.2, rng: Rng = None) -> tuple[Points, Points]:
        """Return the examples in two parts, drawn at random: the rest, and the given fraction of them.

        Parameters
        ----------
        fraction : float
            Between 0 and 1; how much is held out. Both parts get at least one example.
        rng : int, Generator or None
            What draws; None is the Generator that `nn.manual_seed` seeds.

        Returns
        -------
        (Points, Points)
            To train on, and to test on.

        Raises
        ------
        ArgumentError
            When the fraction leaves one part empty.

        Examples
        --------
        >>> train, test = nn.datasets.make_moons(100, rng=0).split(0.25, rng=0)
        >>> len(train.y), len(test.y)
        (75, 25)
        """
        return drawn_apart(self, fraction, rng, "examples")

    def __repr__(self) -> str:
        kinds = len(np.unique(self.y)) if self.y.dtype.kind == "i" else 0
        targets = f"{kinds} classes" if kinds else f"targets {self.y.dtype}{list(self.y.shape[1:]) or ''}"
        return f"Points({len(self.y):,} examples of {self.x.shape[1]} features, {targets})"


class Images(NamedTuple):
    """Images with their labels; unpacks as ``x, y = images``.

    Attributes
    ----------
    images : ndarray, shape (N, pixels), float32
        One image a row, its rows of pixels one after another from the top left. For a convolution write
        ``images.reshape(-1, 1, height, width)``.
    labels : ndarray, shape (N,), int64
        What each one shows.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def x(self) -> NDArray[np.float32]:
        """The images, by the name that all data sets know."""
        return self.images

    @property
    def y(self) -> NDArray[np.int64]:
        """The labels, by the name that all data sets know."""
        return self.labels

    @spelled
    def split(self, fraction: float = 0.2, rng: Rng = None) -> tuple[Images, Images]:
        """Return the images in two parts, drawn at random: the rest, and the given fraction of them.

        Parameters
        ----------
        fraction : float
            Between 0 and 1; how much is held out. Both parts get at least one image.
        rng : int, Generator or None
            What draws; None is the Generator that `nn.manual_seed` seeds.

        Returns
        -------
        (Images, Images)
            To train on, and to test on.

        Raises
        ------
        ArgumentError
            When the fraction leaves one part empty.
        """
        return drawn_apart(self, fraction, rng, "images")

    def __repr__(self) -> str:
        labels = f"labels {self.labels.min()} to {self.labels.max()}" if len(self.labels) else "no labels"
        return f"Images({len(self.labels):,} images of {self.images.shape[1]} pixels, {labels})"


def drawn_apart(whole: Pair, fraction: Any, rng: Rng, title: str) -> tuple[Pair, Pair]:
    """Return two parts of arrays in a named tuple: the rest, and a fraction drawn at random.

    Raises
    ------
    ArgumentError
        When one would be empty; `title` is what messages call the rows.
    """
    count = len(whole[0])
    held_out = round(number_between("fraction", fraction, 0.0, 1.0, example=0.2) * count)
    if not 0 < held_out < count:
        raise ArgumentError(
            f"fraction={fraction!r} of {count} {title} leaves one part empty.", "Write fraction=0.2, for example."
        )
    order = generator(rng).permutation(count)
    kind: Any = type(whole)
    return kind(*(each[order[held_out:]] for each in whole)), kind(*(each[order[:held_out]] for each in whole))
