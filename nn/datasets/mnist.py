"""MNIST, and what is distributed like it (Fashion-MNIST, KMNIST, EMNIST): images and labels in files of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, ShapeError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.datasets.idx import Path_, load_idx
from nn.datasets.parts import Images

# Where they lie below the folder that a user names; the last two are torchvision's.
FOLDERS = ("", "raw", "MNIST/raw")
WHITEST = 255


@spelled
def load_mnist(folder: Path_) -> tuple[Images, Images]:
    """Return MNIST from its four files in a folder: 60,000 images to train on and 10,000 to test on.

    The files are called ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
    ``t10k-labels-idx1-ubyte``, also with a dot before ``idx`` or with ``.gz`` at the end. They are looked for in the
    folder, and where torchvision puts them below it. Nothing is fetched from a network.

    Parameters
    ----------
    folder : str or PathLike

    Returns
    -------
    (Images, Images)
        To train on, and to test on; see `load_idx_pair`.

    Raises
    ------
    ArgumentError
        When files are missing, all of which are named, or damaged.
    ShapeError
        When there are not as many labels as images.
    UsageError
        When `folder` is no path.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits.

    Examples
    --------
    A user's own files::

        train, test = nn.datasets.load_mnist("~/data/mnist")
    """
    given = _folder(folder)
    names = [f"{part}-{kind}" for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    found = [_found(given, name) for name in names]
    missing = [name for name, file in zip(names, found, strict=True) if file is None]
    if missing:
        raise ArgumentError(
            f"{str(given)!r} lacks {', '.join(missing)}.",
            "Put MNIST's four files there, with .gz or without; nothing is fetched from a network.",
        )
    files = [file for file in found if file is not None]
    return load_idx_pair(files[0], files[1]), load_idx_pair(files[2], files[3])


@spelled
def load_idx_pair(images: Path_, labels: Path_) -> Images:
    """Return images and their labels from two files in IDX format.

    Parameters
    ----------
    images, labels : str or PathLike
        See `load_idx`.

    Returns
    -------
    Images
        images of shape (N, pixels), float32: bytes divided by 255, so from 0 to 1, and other numbers as they are.
        float64 would take twice the memory for 8 bits of grey. labels of shape (N,), int64.

    Raises
    ------
    ArgumentError, UsageError
        When a file cannot be read.
    ShapeError
        When there are not as many labels as images, or one file is no labels.

    Examples
    --------
    >>> import pathlib, struct, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     x, y = pathlib.Path(folder, "images"), pathlib.Path(folder, "labels")
    ...     _ = x.write_bytes(struct.pack(">BBBBIII", 0, 0, 8, 3, 2, 1, 3) + bytes([0, 255, 51, 255, 0, 0]))
    ...     _ = y.write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, 2) + bytes([5, 0]))
    ...     nn.datasets.load_idx_pair(x, y)
    Images(2 images of 3 pixels, labels 0 to 5)
    """
    pixels, classes = load_idx(images), load_idx(labels)
    if classes.ndim != 1 or classes.dtype.kind == "f" or pixels.ndim < 2:
        swapped = pixels.ndim == 1 and classes.ndim > 1
        raise ShapeError(
            f"The images have shape {pixels.shape}, the labels {classes.shape} {classes.dtype}; expected one integer "
            "an image.",
            "Give the images first, then the labels." if swapped else "Give the file of images, then that of labels.",
        )
    if len(classes) != len(pixels):
        raise ShapeError(
            f"{Path(images).name!r} holds {len(pixels)} images, {Path(labels).name!r} {len(classes)} labels.",
            "Give two files that belong together: train with train, t10k with t10k.",
        )
    pixels = pixels.reshape(len(pixels), int(np.prod(pixels.shape[1:])))
    grey = np.divide(pixels, WHITEST, dtype=np.float32) if pixels.dtype == np.uint8 else pixels.astype(np.float32)
    return Images(grey, classes.astype(np.int64))


def _folder(folder: Any) -> Path:
    if not isinstance(folder, (str, os.PathLike)) or isinstance(os.fspath(folder), bytes):
        raise UsageError(f"folder must be the name of a folder, got {called(folder)}.", 'Write "data/mnist".')
    given = Path(os.path.expanduser(folder))
    if not os.path.isdir(given):
        raise ArgumentError(f"There is no folder {str(given)!r}.", "Give the one that MNIST's four files are in.")
    return given


def _found(folder: Path, name: str) -> Path | None:
    """Return the file of that name in one of its spellings."""
    for below in FOLDERS:
        for spelling in (name, name.replace("-idx", ".idx")):
            for ending in ("", ".gz"):
                file = folder / below / (spelling + ending)
                if os.path.isfile(file):
                    return file
    return None
