"""Medians and quantiles: the gradient goes to the one or two elements of the sorted data that they are read off.

Of elements that tie it is the one that the sort put at the place; equal elements keep their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import in_line, refuse_out
from autograd_lite.derivatives.sorting import picked
from autograd_lite.derivatives.vocabulary import Axes, canonical_axes, kept
from autograd_lite.errors import ArgumentError, DtypeError, UnsupportedError, closest
from autograd_lite.primitives import Array

METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)


def _samples_of_median(x: Any) -> Any:
    return [
        ((x(5),), {}),
        ((x(4),), {"keepdims": True}),
        ((x(3, 2),), {"axis": 0}),
        ((x(2, 3, 2),), {"axis": (0, -1), "keepdims": True}),
        ((x(1, 3),), {"axis": 0}),
    ]


@composite(np.median, samples=_samples_of_median, method=True)
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle element over `axis`, or the mean of the two in the middle, which get half of the gradient each."""
    refuse_out(out)
    a, axes = asked(a, axis)
    line = np.sort(in_line(a, axes), axis=-1)
    count = line.shape[-1]
    if not count:
        return np.mean(a, axis=axes, keepdims=keepdims)
    middle = line[..., count // 2]
    y = middle if count % 2 else (line[..., count // 2 - 1] + middle) / 2
    y = y if y.dtype.kind in "fc" else y.astype(float)
    return finished(with_nan(y, line), a, axes, keepdims)


def asked(a: Any, axis: Any) -> tuple[Array, Axes]:
    """Return an operand as an array, and its axes to work over."""
    a = array_of(a)
    a = a.astype(float) if a.dtype.kind == "b" else a
    return a, canonical_axes(axis, a.ndim)


def with_nan(y: Array, line: Array) -> Array:
    """Return y, and NaN for lines that hold one: sorting puts it last."""
    last = line[..., -1]
    return np.where(np.isnan(last), last, y)


def finished(y: Array, a: Array, axes: Axes, keepdims: bool, leading: tuple[int, ...] = ()) -> Array:
    """Return results in the shape that a reduction leaves, after the axes that `leading` names."""
    rest = kept(a.shape, axes) if keepdims else tuple(n for k, n in enumerate(a.shape) if k not in axes)
    return y.reshape((*leading, *rest))


def _samples_of_quantile(x: Any) -> Any:
    return [
        ((x(5), 0.3), {}),
        ((x(3, 2), [0.1, 0.75]), {"axis": 0}),
        ((x(2, 2, 3), np.float64(0.4)), {"axis": (0, -1), "keepdims": True}),
        ((x(4), [[0.0, 0.2], [0.5, 1.0]]), {"keepdims": True}),
        ((x(6), 0.35), {"method": "median_unbiased"}),
        ((x(6), 0.35), {"method": "inverted_cdf"}),
        ((x(6), 0.5), {"method": "nearest"}),
    ]


def _samples_of_percentile(x: Any) -> Any:
    return [((x(5), 30), {}), ((x(3, 2), [10.0, 75.0]), {"axis": 0, "keepdims": True})]


@composite(np.quantile, samples=_samples_of_quantile, method=True)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """The q-th quantile over `axis`: the gradient goes to the one or two elements that it is read off."""
    a, axes = asked(a, axis)
    refuse_unsupported(a, out, q, weights)
    line = np.sort(in_line(a, axes), axis=-1)
    if not line.shape[-1]:
        return np.mean(a, axis=axes, keepdims=keepdims)
    place = places(line.shape[-1], np.asarray(q), method)
    low, high = np.floor(place).astype(int), np.ceil(place).astype(int)
    if not place.ndim:
        low, high = int(low), int(high)
    y = between(line[..., low], line[..., high], share(place - low, a, q))
    return finished(with_nan(moved_to_front(y, place), line), a, axes, keepdims, place.shape)


@composite(np.percentile, samples=_samples_of_percentile, method=True)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """The q-th percentile over `axis`, the quantile of q/100."""
    a, _ = asked(a, axis)
    return quantile(a, hundredths(a, q), axis, out, False, method, keepdims, weights=weights)


@composite(np.nanquantile, samples=lambda x: [((x(3, 4), 0.3), {"axis": 0}), ((x(5), [0.2, 0.9]), {})])
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """The q-th quantile over `axis` of what is not NaN; of nothing it is NaN."""
    a, axes = asked(a, axis)
    refuse_unsupported(a, out, q, weights)
    line = np.sort(in_line(a, axes), axis=-1)
    if not line.shape[-1]:
        return np.mean(a, axis=axes, keepdims=keepdims)
    q_values = np.asarray(q)
    counts = np.asarray(~np.isnan(line)).sum(axis=-1)
    known, which = np.unique(counts, return_inverse=True)
    table = np.stack([places(max(int(n), 1), q_values, method).ravel() for n in known])
    place = table[which.reshape(counts.shape)]
    low = np.floor(place).astype(int)
    last = line.ndim - 1
    high = np.ceil(place).astype(int)
    y = between(line[picked(low, last)], line[picked(high, last)], share(place - low, a, q))
    y = y.reshape((*counts.shape, *q_values.shape))
    return finished(moved_to_front(y, q_values), a, axes, keepdims, q_values.shape)


@composite(np.nanpercentile, samples=lambda x: [((x(3, 4), 30), {"axis": 0})])
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    """The q-th percentile over `axis` of what is not NaN."""
    a, _ = asked(a, axis)
    return nanquantile(a, hundredths(a, q), axis, out, False, method, keepdims, weights=weights)


@composite(np.nanmedian, samples=lambda x: [((x(3, 4),), {"axis": 0}), ((x(5),), {"keepdims": True})])
def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle element over `axis` of what is not NaN; of nothing it is NaN."""
    return nanquantile(a, 0.5, axis, out, keepdims=keepdims)


def refuse_unsupported(a: Array, out: Any, q: Any, weights: Any) -> None:
    """Raise for what a quantile does not take."""
    refuse_out(out)
    if a.dtype.kind == "c":
        raise DtypeError(f"quantile: {a.dtype} data of shape {a.shape} have no order.", "Take a.real, or abs(a).")
    if weights is not None:
        raise UnsupportedError(
            "A quantile with weights= has no derivative here.",
            "Leave weights= out, or pass t.detach().numpy() for the value.",
        )
    if getattr(q, "requires_grad", False):
        raise UnsupportedError(
            "A quantile has no derivative here in the probability q.", "Pass q.detach(), or q as a number."
        )


def hundredths(a: Array, q: Any) -> Any:
    """Return percentages as probabilities; a number takes on the precision of the data."""
    return np.true_divide(q, a.dtype.type(100) if a.dtype.kind == "f" else 100)


def places(count: int, q: Array, method: str) -> Array:
    """Return where in sorted data quantiles stand: 1.5 is halfway between the elements at 1 and 2.

    By the quantiles of 0, 1, 2, ...: a quantile is the same combination of neighbours for all data.
    """
    wrong = q[~((q >= 0) & (q <= 1))]
    if wrong.size:
        raise ArgumentError(
            f"quantile: q is {wrong.flat[0]}, which does not lie between 0 and 1.",
            "np.percentile takes numbers from 0 to 100.",
        )
    if method not in METHODS:
        meant = closest(method, METHODS)
        raise ArgumentError(
            f"quantile: there is no method {method!r}.",
            f"{f'Did you mean {meant!r}? ' if meant else ''}help(np.quantile) lists them; 'linear' is the default.",
        )
    named: Any = method
    return np.asarray(np.quantile(np.arange(count, dtype=float), q, method=named))


def share(part: Any, a: Array, q: Any) -> Array:
    """Return a part of the way between two elements, in the precision that NumPy gives the result."""
    precision = a.dtype if a.dtype.kind == "f" else np.dtype(float)
    given = np.asarray(q).dtype
    if given.kind == "f" and type(q) is not float:
        precision = np.result_type(precision, given)
    return np.asarray(part, precision)


def between(low: Array, high: Array, part: Any) -> Array:
    """Return the point at a part of the way from low to high, exact at both ends and in the middle."""
    way = high - low
    y = np.where(part < 0.5, low + part * way, high - (1 - part) * way)
    return np.where(part == 0, low, np.where(part == 0.5, part * low + part * high, y))


def moved_to_front(y: Array, place: Array) -> Array:
    """Return quantiles with the axes of their probabilities first."""
    return np.moveaxis(y, tuple(range(-place.ndim, 0)), tuple(range(place.ndim))) if place.ndim else y
