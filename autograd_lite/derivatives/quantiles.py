"""Medians and quantiles: the gradient goes to the one or two elements of the sorted data that they are read off.

Of elements that tie it is the one that the sort put at the place; equal elements keep their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import constant
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import finished, in_line, refuse_out
from autograd_lite.derivatives.sorting import picked
from autograd_lite.derivatives.vocabulary import Axes, canonical_axes
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, closest
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
# Those that give an element as it is, of its own dtype.
PICKING = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")

# α and β, by which methods place a quantile among sorted data: at n q + α + q (1 − α − β) − 1, from 0 on.
PARAMETERS = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "linear": (1.0, 1.0),
    "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}


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
    line = line if line.dtype.kind in "fc" else line.astype(float)  # the sum of two small integers may be too large
    middle = line[..., count // 2]
    y = middle if count % 2 else (line[..., count // 2 - 1] + middle) / 2
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


def _samples_of_quantile(x: Any) -> Any:
    return [
        ((x(5), 0.3), {}),
        ((x(3, 2), [0.1, 0.75]), {"axis": 0}),
        ((x(2, 2, 3), np.float64(0.4)), {"axis": (0, -1), "keepdims": True}),
        ((x(4), [[0.0, 0.2], [0.5, 1.0]]), {"keepdims": True}),
        ((x(6), 0.35), {"method": "median_unbiased"}),
        ((x(6), 0.35), {"method": "inverted_cdf"}),
        ((x(6), 0.5), {"method": "nearest"}),
        ((x(6), np.array([0.33, 0.61])), {"method": "hazen"}),
        ((x(4, 2), 0.6, 0), {"method": "inverted_cdf", "weights": np.array([2, 1, 1, 3])}),
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
    """The q-th quantile over `axis`: the gradient goes to the one or two elements that it is read off.

    In q it is how fast the place moves from one to the other; with weights, where it jumps, there is none.
    """
    a, axes = asked(a, axis)
    refuse_unsupported(a, out)
    line = np.sort(in_line(a, axes), axis=-1)
    if not line.shape[-1]:
        raise ShapeError(f"quantile of shape {a.shape}: there is nothing to read it off.", "Leave empty batches out.")
    if weights is not None:
        y = moved_to_front(weighted(np.quantile, a, axes, line, q, method, weights), np.asarray(constant(q)))
        return finished(with_nan(y, line), a, axes, keepdims, np.shape(constant(q)))
    place = places(line.shape[-1], np.asarray(constant(q)), method)
    low, high = np.floor(place).astype(int), np.ceil(place).astype(int)
    if not place.ndim:
        low, high = int(low), int(high)
    y = line[..., low]
    if method not in PICKING:
        y = between(y, line[..., high], share(place - low, a, constant(q)))
    if requires_gradient(q):
        low = np.clip(low, 0, max(line.shape[-1] - 2, 0))
        way = line[..., np.minimum(low + 1, line.shape[-1] - 1)] - line[..., low]
        y = y + moved(way, q, speed(line.shape[-1], constant(q), method))
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
    refuse_unsupported(a, out)
    line = np.sort(in_line(a, axes), axis=-1)
    if not line.shape[-1]:
        return np.mean(a, axis=axes, keepdims=keepdims)
    q_values = np.asarray(constant(q))
    if weights is not None:
        y = weighted(np.nanquantile, a, axes, line, q, method, weights)
        return finished(moved_to_front(y, q_values), a, axes, keepdims, q_values.shape)
    counts = np.asarray(~np.isnan(line)).sum(axis=-1)
    known, which = np.unique(counts, return_inverse=True)
    known = known if known.size else np.ones(1, int)
    table = np.stack([places(max(int(n), 1), q_values, method).ravel() for n in known])
    place = table[which.reshape(counts.shape)]
    low = np.floor(place).astype(int)
    last = line.ndim - 1
    high = np.ceil(place).astype(int)
    y = line[picked(low, last)]
    if method not in PICKING:
        y = between(y, line[picked(high, last)], share(place - low, a, constant(q)))
    if requires_gradient(q):
        low = np.clip(low, 0, np.maximum(counts[..., None] - 2, 0))
        way = line[picked(np.minimum(low + 1, np.maximum(counts[..., None] - 1, 0)), last)] - line[picked(low, last)]
        speeds = np.stack([speed(max(int(n), 1), q_values.ravel(), method) for n in known])
        y = y + moved(way, q.reshape((-1,)), speeds[which.reshape(counts.shape)])
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


def refuse_unsupported(a: Array, out: Any) -> None:
    """Raise for what a quantile does not take."""
    refuse_out(out)
    if a.dtype.kind == "c":
        raise DtypeError(f"quantile: {a.dtype} data of shape {a.shape} have no order.", "Take a.real, or abs(a).")


def requires_gradient(q: Any) -> bool:
    """Return whether the derivative in the probability is wanted."""
    return bool(getattr(q, "requires_grad", False))


def speed(count: int, q: Array, method: str) -> Array:
    """Return how fast the place of a quantile among sorted data moves with q: 0 where it jumps or stands still."""
    if method not in PARAMETERS:
        return np.zeros(np.shape(q))
    alpha, beta = PARAMETERS[method]
    slope = count + 1 - alpha - beta
    place = slope * np.asarray(q, float) + alpha - 1
    return slope * ((place >= 0) & (place <= count - 1))


def moved(way: Array, q: Array, slope: Array) -> Array:
    """Return 0, with the derivative of a quantile in q: the way to the next element times the speed of the place.

    Where q is right at an element it is the way to the next one; at the last it is that to it.
    """
    way = np.where(np.isfinite(way), way, 0)
    return way * (slope * (q - constant(q))).astype(way.dtype)


def weighted(quantile_of: Any, a: Array, axes: Axes, line: Array, q: Any, method: str, weights: Any) -> Array:
    """Return the elements of the sorted `line` at which the weights before them reach q, their axes last.

    In the weights and in q they are piecewise constant. NumPy finds them, among the numbers 0, 1, 2, ... of the sorted
    elements.
    """
    if method != "inverted_cdf":
        raise ArgumentError(
            f"quantile: method={method!r} takes no weights.", "Write method='inverted_cdf', as NumPy has it."
        )
    values = in_line(constant(a), axes)
    ranks = np.argsort(np.argsort(values, axis=-1, kind="stable"), axis=-1).astype(float)
    ranks[np.isnan(values)] = np.nan if quantile_of is np.nanquantile else 0
    lengths = tuple(a.shape[k] for k in axes)
    spread = np.moveaxis(ranks.reshape((*ranks.shape[:-1], *lengths)), tuple(range(-len(axes), 0)), axes)
    probabilities = np.asarray(constant(q))
    found = quantile_of(spread, probabilities.ravel(), axis=axes, method=method, weights=np.asarray(constant(weights)))
    order = np.moveaxis(np.nan_to_num(np.asarray(found)).astype(int), 0, -1)
    y = line[picked(order, line.ndim - 1)]
    return y.reshape((*order.shape[:-1], *probabilities.shape))


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
    given = np.asarray(q).dtype
    if given.kind == "f" and type(q) is not float:
        precision = np.result_type(a.dtype, given)
    else:
        precision = a.dtype if a.dtype.kind == "f" else np.dtype(float)
    return np.asarray(part, precision)


def between(low: Array, high: Array, part: Any) -> Array:
    """Return the point at a part of the way from low to high, exact at both ends and in the middle."""
    if low.dtype.kind not in "fc":  # the way between small integers may be too large for them
        low, high = low.astype(part.dtype), high.astype(part.dtype)
    way = high - low
    y = np.where(part < 0.5, low + part * way, high - (1 - part) * way)
    return np.where(part == 0, low, np.where(part == 0.5, part * low + part * high, y))


def moved_to_front(y: Array, place: Array) -> Array:
    """Return quantiles with the axes of their probabilities first."""
    return np.moveaxis(y, tuple(range(-place.ndim, 0)), tuple(range(place.ndim))) if place.ndim else y
