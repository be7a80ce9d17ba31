"""Counts: how often whole numbers occur, and how many points lie in each bin.

A count does not change when a point moves a little, so that the gradient goes to the weights of the points.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import constant
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.vocabulary import beside, of_reals
from autograd_lite.errors import ArgumentError, DtypeError, UnsupportedError
from autograd_lite.primitives import Array, primitive


def _bincount(x: Array, weights: Array | None, minlength: int) -> Array:
    y = np.bincount(x, weights, minlength)
    return y if weights is None or weights.dtype.kind != "f" else y.astype(weights.dtype)


def _bincount_call(x: Array, weights: Any = None, minlength: int = 0) -> Any:
    x = array_of(x)
    if x.dtype.kind not in "iub":
        raise DtypeError(f"bincount counts whole numbers, got {x.dtype} of shape {x.shape}.", "Write x.astype(int).")
    return (x, weights if weights is None else array_of(weights)), {"minlength": minlength}


primitive(
    _bincount,
    name="bincount",
    answers_to=(np.bincount,),
    x=None,
    weights=lambda g, x: g[x],
    canonical=_bincount_call,
    keywords=("minlength",),
    views=False,
    tex=r"g_x",
    samples=lambda x: [((np.array([1, 0, 1, 3]), x(4)), {}), ((np.array([2, 2]), x(2)), {"minlength": 5})],
    doc="How often each whole number occurs in x, or the sum of its weights, in which it is differentiable.",
)


def _samples_of_histogram(x: Any) -> Any:
    data = np.array([1, 4, 4, 9, 15, 10])
    return [
        ((data, 3, None, None, x(6)), {}),
        ((data, [0, 4, 10], None, True, x(6) + 4), {}),
        ((data, 4, (0.0, 12.0), False, x(6)), {}),
    ]


@composite(np.histogram, samples=_samples_of_histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Counts between edges, and the edges; differentiable in the weights, for counts are piecewise constant in a."""
    data = np.ravel(points("np.histogram", a))
    if isinstance(bins, str) and weights is not None:
        raise ArgumentError(
            f"np.histogram: bins={bins!r} cannot count weights in.", "Say how many bins, or where: bins=10."
        )
    edges = np.histogram_bin_edges(data, points("np.histogram", bins), range)
    inside = (data >= edges[0]) & (data <= edges[-1])
    which = np.minimum(np.searchsorted(edges, data[inside], side="right"), len(edges) - 1) - 1
    w = None if weights is None else array_of(weights).reshape(-1)[inside]
    counts = summed(which, w, len(edges) - 1)
    edges = beside(counts, edges)
    return (counts / (edges[1:] - edges[:-1]) / np.sum(counts) if density else counts), edges


def points(name: str, given: Any) -> Any:
    """Return data or edges without Tensors.

    Raises
    ------
    UnsupportedError
        When they require a gradient.
    """
    if isinstance(given, (list, tuple)):
        return [points(name, each) for each in given]
    if getattr(given, "requires_grad", False):
        raise UnsupportedError(
            f"{name} has no derivative in its data and edges, got shape {given.shape}: counts are piecewise constant.",
            "Pass a.detach(); the gradient goes through weights=.",
        )
    return constant(given)


def summed(which: Any, w: Any, length: int) -> Any:
    """Return how many points lie in each bin, or the sum of their weights, complex ones too."""
    if w is None or w.dtype.kind != "c":
        return np.bincount(which, w, minlength=length)
    return np.bincount(which, np.real(w), minlength=length) + 1j * np.bincount(which, np.imag(w), minlength=length)


GRID = np.array([[1, 4], [3, 2], [2, 0], [0, 1], [3, 3]])


@composite(
    np.histogramdd,
    samples=lambda x: [
        ((GRID, 2), {"weights": x(5)}),
        ((GRID, ([0.0, 2.0, 3.0], 3), ((0, 3), (0, 4)), True), {"weights": x(5) + 4}),
    ],
)
def histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Counts in boxes of points with several coordinates, and the edges; differentiable in the weights."""
    sample = points("np.histogramdd", sample)
    data = sample if hasattr(sample, "ndim") else np.stack([np.asarray(each) for each in sample], axis=-1)
    data = data if data.ndim == 2 else data.reshape((-1, 1))
    _, edges = np.histogramdd(data, points("np.histogramdd", bins), range)
    which = [np.searchsorted(each, column, side="right") for each, column in zip(edges, data.T, strict=True)]
    which = [k - (column == each[-1]) for k, each, column in zip(which, edges, data.T, strict=True)]
    lengths = tuple(len(each) + 1 for each in edges)  # with those outside, on both sides
    w = None if weights is None else array_of(weights)
    of_reals("histogramdd", w)
    counts: Any = np.bincount(np.ravel_multi_index(which, lengths), w, minlength=int(np.prod(lengths)))
    counts = counts.reshape(lengths)[(slice(1, -1),) * len(lengths)].astype(float)
    if density:
        total = counts.sum()
        for k, each in enumerate(edges):
            counts = counts / np.diff(each).reshape([-1 if axis == k else 1 for axis in np.arange(len(edges))])
        counts = counts / total
    return counts, tuple(beside(counts, each) for each in edges)


@composite(
    np.histogram2d,
    samples=lambda x: [
        ((GRID[:, 0], GRID[:, 1], 2), {"weights": x(5)}),
        ((GRID[:, 0], GRID[:, 1], [0.0, 1.0, 4.0]), {"density": True, "weights": x(5) + 4}),
    ],
)
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """Counts in rectangles, and the edges in x and y; differentiable in the weights."""
    x, y, bins = (points("np.histogram2d", each) for each in (x, y, bins))
    same = hasattr(bins, "__len__") and len(bins) not in (1, 2)  # the edges in both
    counts, (in_x, in_y) = histogramdd([x, y], [bins, bins] if same else bins, range, density, weights)
    return counts, in_x, in_y
