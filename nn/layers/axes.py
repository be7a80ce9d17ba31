"""What layers that move windows across images or signals share: arguments of one number an axis, checks of x."""

import math
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from nn.module import Module, misfit

Shape = tuple[int, ...]
Sizes = tuple[int, ...]

# What lies behind the batch and the channels, by the number of axes.
LETTERS = {1: "L", 2: "H, W"}
NOUNS = {1: "signals", 2: "images"}


def along_axes(title: str, value: Any, axes: int, least: int = 1) -> Sizes:
    """Return one number an axis, from that many or from one for all.

    Raises
    ------
    UsageError
        When they are no integers.
    ArgumentError
        When there are too many or too few, or one is too small.
    """
    example = {"kernel_size": 3}.get(title, max(least, 1))
    mend = f"Write {title}={example}, for example."
    if axes == 2:
        mend = f"Write {title}={example}, or {title}=({example}, {example}) for rows and columns."
    wanted = "an integer or a pair of them" if axes == 2 else "an integer"
    if isinstance(value, (np.ndarray, ag.Tensor)):
        mend = f"Make the layer first, with {title}={example}, and call it with the data."
        raise UsageError(f"{title} must be {wanted}, got an array of shape {value.shape}.", mend)
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if any(isinstance(each, bool) or not isinstance(each, (int, np.integer)) for each in given):
        raise UsageError(f"{title} must be {wanted}, got {value!r}.", mend)
    if len(given) != axes:
        raise ArgumentError(f"{title} must be {wanted}, got {len(given)}: {value!r}.", mend)
    if any(each < least for each in given):
        raise ArgumentError(f"{title} must be at least {least}, got {value!r}.", mend)
    return tuple(int(each) for each in given)


def shortest(sizes: Any) -> str:
    """Return one number an axis as people write them: 3 for (3, 3)."""
    return str(sizes[0] if isinstance(sizes, tuple) and len(set(sizes)) == 1 else sizes)


def reach(kernel_size: Sizes, dilation: Sizes) -> Sizes:
    """Return how many elements a window spans along each axis."""
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel_size, dilation, strict=True))


def check_batch(
    layer: Module, shape: Shape, axes: int, channels: int | None = None, spans: Sizes | None = None
) -> None:
    """Refuse what is no batch of images, or of signals, that a layer can take.

    Parameters
    ----------
    layer : Module
    shape : tuple of int
        Of what it got.
    axes : int
        1 for signals (N, C, L), 2 for images (N, C, H, W).
    channels : int, optional
        How many it takes; left out, any number.
    spans : tuple of int, optional
        The least lengths of the axes behind the channels.

    Raises
    ------
    ShapeError
        With what came, and how to bring it into form.
    """
    wanted = f"{NOUNS[axes]} (N, {channels or 'C'}, {LETTERS[axes]})"
    if len(shape) != axes + 2:
        raise misfit(layer, f"expects {wanted}, got {shape}.", _batched(shape, axes, channels))
    if channels is not None and shape[1] != channels:
        raise misfit(layer, f"expects {wanted}, got {shape}.", _with_channels(shape, axes, channels))
    if spans is not None and any(n < span for n, span in zip(shape[2:], spans, strict=True)):
        least = "×".join(str(max(span, 1)) for span in spans)
        raise misfit(layer, f"expects {NOUNS[axes]} of at least {least}, got {shape}.", _larger(shape, axes))


def _batched(shape: Shape, axes: int, channels: int | None) -> str:
    """Return how what lacks axes becomes a batch."""
    noun, one = NOUNS[axes][:-1], f"x[None]: a batch of one {NOUNS[axes][:-1]} (C, {LETTERS[axes]})"
    if len(shape) == axes + 1 and channels == 1 != shape[0]:
        return f"Pass x[:, None]: (N, 1, {LETTERS[axes]}), for {NOUNS[axes]} of one channel."
    if len(shape) == axes + 1 and channels is None:
        return f"Pass {one}; or x[:, None] for {NOUNS[axes]} of one channel."
    if len(shape) == axes + 1:
        return f"Pass {one}."
    if axes == 1 and len(shape) == 4:
        return "Use the layer for images, whose name ends in 2d; or reshape them to (N, C, L)."
    if axes == 2 and len(shape) == 2:
        side = math.isqrt(shape[1] // (channels or 1))
        if side > 1 and (channels or 1) * side * side == shape[1]:
            return f"Pass x.reshape(-1, {channels or 1}, {side}, {side}): {shape[1]} numbers a row are one image."
    if len(shape) == axes and channels in (None, 1):
        return f"Pass x[None, None]: a batch of one {noun} of one channel."
    return f"Pass x.reshape(N, C, {LETTERS[axes]}): a batch, the channels, and what lies in them."


def _with_channels(shape: Shape, axes: int, channels: int) -> str:
    """Return how other channels become those that are wanted."""
    if shape[-1] == channels:
        order = ", ".join(map(str, (0, axes + 1, *range(1, axes + 1))))
        return f"Pass x.transpose({order}): the channels come second, here they are last."
    return f"Make the layer for {shape[1]} channels, or let the one before give {channels}."


def _larger(shape: Shape, axes: int) -> str:
    if axes == 2 and shape[-1] in (1, 3) and shape[1] > 3 and shape[2] > 3:
        return "Pass x.transpose(0, 3, 1, 2) if the channels are last; or make the window smaller."
    return f"Make the window smaller, add padding, or shrink the {NOUNS[axes]} less before."


def check_half(padding: Sizes, kernel_size: Sizes) -> None:
    """Refuse padding that leaves windows with nothing else.

    Raises
    ------
    ArgumentError
        When it is more than half of the window.
    """
    if any(each > size // 2 for each, size in zip(padding, kernel_size, strict=True)):
        raise ArgumentError(
            f"padding must be at most half of kernel_size={shortest(kernel_size)}, got {shortest(padding)}.",
            "With more, some windows would see nothing but padding.",
        )
