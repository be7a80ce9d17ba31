"""Windows that move across images (N, C, H, W), or signals (N, C, L): where they lie, and reading what they hold.

Windows are read and written with the batch last, (C, H, W, N), where a shifted window is long runs of memory; results
keep that order under their usual shape. How many axes lie behind the channels is left open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.derivatives.vocabulary import shape_of
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array

Sizes = tuple[int, ...]
Margins = tuple[tuple[int, int], ...]

# What the axes behind the channels are, by their number.
DATA = {1: ("signals", "(N, C, L)", "x[None]"), 2: ("images", "(N, C, H, W)", "x[None]")}


class Windows(NamedTuple):
    """Windows along the axes behind the channels: everything has one entry an axis.

    Attributes
    ----------
    size, stride, dilation : tuple of int
        How many elements a window sees, how far apart windows are, and the elements of one window.
    padding : tuple of (int, int)
        What is added before and after.
    groups : int
        Into how many parts the channels are divided, each with its own kernels.
    """

    size: Sizes
    stride: Sizes
    padding: Margins
    dilation: Sizes
    groups: int = 1

    def reach(self) -> Sizes:
        """Return from the first to the last element of a window, how many elements it spans."""
        return tuple([d * (k - 1) + 1 for k, d in zip(self.size, self.dilation, strict=True)])

    def sides(self) -> tuple[Any, ...]:
        """Return the padding, one number where both sides have the same."""
        return tuple([before if before == after else (before, after) for before, after in self.padding])

    def options(self) -> dict[str, str]:
        """Return what a call of a pooling writes, as it is written."""
        told = {"kernel_size": _written(self.size)}
        return told | self.other_options(usual_stride=self.size)

    def other_options(self, usual_stride: Sizes) -> dict[str, str]:
        """Return what is not as usual."""
        told = {} if self.stride == usual_stride else {"stride": _written(self.stride)}
        if any(map(any, self.padding)):
            told["padding"] = _written(
                tuple([before if before == after else (before, after) for before, after in self.padding])
            )
        if set(self.dilation) != {1}:
            told["dilation"] = _written(self.dilation)
        return told | ({} if self.groups == 1 else {"groups": str(self.groups)})


class Kernels(Windows):
    """The windows of a convolution, whose size is that of its weight."""

    def options(self) -> dict[str, str]:
        return self.other_options(usual_stride=(1,) * len(self.size))


def _written(each: tuple[Any, ...]) -> str:
    """Return one entry an axis as people write them: 3 for (3, 3)."""
    return str(each[0] if len(set(each)) == 1 else each)


class Layout(NamedTuple):
    """Where windows lie in images of one size.

    Attributes
    ----------
    padded : tuple of int
        How long the axes are with their padding.
    counts : tuple of int
        How many windows fit.
    inside : tuple of slice
        The index of what lies within the padding, in (C, ..., N).
    places : list of tuple of slice
        For each place in a window, the index that reads it from all windows of (C, ..., N) at once.
    """

    padded: Sizes
    counts: Sizes
    inside: tuple[slice, ...]
    places: list[tuple[slice, ...]]


@lru_cache(maxsize=512)
def layout(windows: Windows, lengths: Sizes) -> Layout:
    """Return where windows lie along axes of these lengths; a network asks for the same ones at every step."""
    padded = tuple(n + sum(both) for n, both in zip(lengths, windows.padding, strict=True))
    steps = list(zip(padded, windows.reach(), windows.stride, strict=True))
    count = tuple((n - span) // step + 1 for n, span, step in steps)
    inside = [slice(before, before + n) for n, (before, _) in zip(lengths, windows.padding, strict=True)]
    along = [
        [slice(k * d, k * d + step * (n - 1) + 1, step) for k in range(size)]
        for size, d, step, n in zip(windows.size, windows.dilation, windows.stride, count, strict=True)
    ]
    every = slice(None)
    return Layout(padded, count, (every, *inside), [(every, *place) for place in product(*along)])


def sizes(value: Any, name: str, least: int, axes: int) -> Sizes:
    """Return one number an axis from that many, or from one number for all of them."""
    if type(value) is int and value >= least:
        return (value,) * axes
    each = (value,) * axes if np.ndim(value) == 0 else tuple(value)
    if len(each) != axes or not all(isinstance(n, (int, np.integer)) and n >= least for n in each):
        example = max(least, 1)
        pairs, mend = "", f"Write {name}={example}."
        if axes == 2:
            pairs, mend = ", or a pair of them", f"{mend[:-1]}, or {name}=({example}, {example}) for rows and columns."
        raise ArgumentError(f"{name} is a whole number of at least {least}{pairs}, got {value!r}.", mend)
    return tuple(map(int, each))


def margins(padding: Any, size: Sizes, stride: Sizes, dilation: Sizes) -> Margins:
    """Return what is added before and after each axis; "same" gives as many windows as there are elements."""
    if not isinstance(padding, str):
        return tuple([(n, n) for n in sizes(padding, "padding", 0, len(size))])
    if padding == "valid":
        return ((0, 0),) * len(size)
    if padding != "same":
        raise ArgumentError(f"padding {padding!r} is not known.", 'Write "valid", "same" or a number.')
    if any(step != 1 for step in stride):
        raise ArgumentError(
            f'padding="same" keeps the size of the images, stride={stride} does not.',
            "Give the padding as a number, or leave the stride at 1.",
        )
    both = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    return tuple((n // 2, n - n // 2) for n in both)


def shape_of_data(x: Any, name: str, axes: int) -> tuple[int, ...]:
    """Return the shape of a batch, which has `axes` axes behind those of the batch and the channels."""
    shape = shape_of(x)
    if len(shape) != axes + 2:
        what, wanted, single = DATA[axes]
        raise ShapeError(
            f"{name} takes {what} of shape {wanted}, got {shape}.",
            f"Give one {what[:-1]} {wanted.replace('N, ', '')} as a batch of one: {single}."
            if len(shape) == axes + 1
            else f"Reshape the {what} first.",
        )
    return shape


def check_fit(windows: Windows, shape: tuple[int, ...]) -> None:
    """Refuse windows that are larger than the images with their padding."""
    if min(layout(windows, shape[2:]).counts) < 1:
        window = "×".join(map(str, windows.reach()))
        what = DATA[len(windows.size)][0]
        raise ShapeError(
            f"A window of {window} does not fit into {what} of shape {shape} with padding {windows.sides()}.",
            f"Make the window smaller, or the {what} larger.",
        )


def batch_last(x: Array) -> Array:
    """Return (N, C, ...) as (C, ..., N) in that order of memory; no copy of what a convolution gave."""
    moved = x.transpose(*range(1, x.ndim), 0)
    return moved.astype(moved.dtype, order="C", copy=False)


def batch_first(x: Array) -> Array:
    """Return (C, ..., N) as (N, C, ...), without a copy."""
    return x.transpose(-1, *range(x.ndim - 1))


def padded(x: Array, windows: Windows, fill: float = 0) -> Array:
    """Return (C, ..., N) with its padding."""
    if not any(map(any, windows.padding)):
        return x
    laid = layout(windows, x.shape[1:-1])
    around = np.full_like(x, fill, shape=(len(x), *laid.padded, x.shape[-1]))
    around[laid.inside] = x
    return around


def columns(x: Array, windows: Windows) -> Array:
    """Return the windows of (N, C, H, W) as the columns of a matrix, (C·kh·kw, H′·W′·N)."""
    laid = layout(windows, x.shape[2:])
    x = padded(batch_last(x), windows)
    seen = np.empty_like(x, shape=(len(x), len(laid.places), *laid.counts, x.shape[-1]))
    for k, place in enumerate(laid.places):
        seen[:, k] = x[place]
    return seen.reshape(len(x) * len(laid.places), math.prod(laid.counts) * x.shape[-1])


def added_up(parts: Iterator[Array], shape: tuple[int, ...], windows: Windows) -> Array:
    """Add up what each place of the windows receives, (C, H′, W′, N), to images of this shape."""
    laid = layout(windows, shape[2:])
    total = None
    for place, part in zip(laid.places, parts, strict=True):
        if total is None:
            total = np.zeros_like(part, shape=(shape[1], *laid.padded, shape[0]))
        total[place] += part
    assert total is not None
    return batch_first(total[laid.inside])


def images(parts: Array, shape: tuple[int, ...], windows: Windows) -> Array:
    """Add columns back to where `columns` read them: its transpose."""
    laid = layout(windows, shape[2:])
    parts = parts.reshape(shape[1], len(laid.places), *laid.counts, shape[0])
    return added_up((parts[:, k] for k in range(len(laid.places))), shape, windows)
