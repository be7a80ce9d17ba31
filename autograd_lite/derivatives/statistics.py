"""Spread and weighted means: variance, standard deviation, average, covariance, correlation and counts with weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import MASK, chosen, given, joined, mask_over, over_some, refuse_out
from autograd_lite.derivatives.vocabulary import Axes, canonical_axes, conj, expand, inverse
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UnsupportedError
from autograd_lite.primitives import Array, Like, primitive


def spread_call(
    x: Array,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = True,
    correction: float | None = None,
) -> Any:
    """Bring the arguments of var and std into canonical form; `correction` is the array API's name for ddof."""
    refuse_out(out)
    x = x if dtype is None else x.astype(dtype)
    return (x,), {
        "axis": canonical_axes(axis, x.ndim),
        "keepdims": bool(keepdims),
        "ddof": ddof if correction is None else correction,
        "where": None if where is True else mask_over(x, where),
    }


def _var(x: Array, axis: Axes, keepdims: bool, ddof: float, where: Any) -> Array:
    return np.var(x, axis=axis, ddof=ddof, keepdims=keepdims, **given(where=where))


def _std(x: Array, axis: Axes, keepdims: bool, ddof: float, where: Any) -> Array:
    return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims, **given(where=where))


def deviations(x: Array, axis: Axes, where: Any) -> Array:
    """Return x less its mean, 0 where left out.

    Of what rounding left of the mean, it is taken out again: equal elements deviate by nothing.
    """
    options = {"axis": axis, "keepdims": True, **given(where=where)}
    d = chosen(x - np.mean(x, **options), where)
    return chosen(d - np.mean(d, **options), where)


def freedom(like: Like, axis: Axes, ddof: float, where: Any) -> Any:
    """Return n − ddof, the degrees of freedom, not below 0."""
    n = joined(like, axis, where)
    return max(n - ddof, 0) if where is None else np.maximum(n - ddof, 0)


def var_to_x(g: Array, x: Array, like: Like, axis: Axes, ddof: float, where: Any) -> Array:
    """Return g · 2 (x − mean) / (n − ddof)."""
    return expand(g, like, axis) * (2 * inverse(freedom(like, axis, ddof, where))) * conj(deviations(x, axis, where))


def std_to_x(g: Array, y: Array, x: Array, like: Like, axis: Axes, ddof: float, where: Any) -> Array:
    """Return g · (x − mean) / ((n − ddof) y), and 0 where nothing varies."""
    share = g / np.where(y == 0, 1, y)
    return expand(share, like, axis) * inverse(freedom(like, axis, ddof, where)) * conj(deviations(x, axis, where))


def _samples_of_spread(x: Any) -> Any:
    return [
        ((x(4),), {"correction": 1}),
        ((x(3, 2),), {"axis": 0, "ddof": 1, "where": MASK | MASK[::-1]}),
        *over_some(x)[2:],
    ]


SPREAD: dict[str, Any] = {
    "views": False,
    "canonical": spread_call,
    "keywords": ("axis", "keepdims", "ddof", "where"),
    "samples": _samples_of_spread,
}

primitive(
    _var,
    name="var",
    answers_to=(np.var,),
    x=lambda g, x, like_x, axis, ddof, where: var_to_x(g, x, like_x, axis, ddof, where),
    tex=r"\frac{2}{n - ddof} \operatorname{broadcast}(g) \odot (x - \operatorname{mean}(x))",
    doc="The mean of (x − mean)² over `axis`, with n − ddof in the place of n.",
    **SPREAD,
)
primitive(
    _std,
    name="std",
    answers_to=(np.std,),
    x=lambda g, y, x, like_x, axis, ddof, where: std_to_x(g, y, x, like_x, axis, ddof, where),
    tex=r"\frac{1}{n - ddof} \operatorname{broadcast}(\frac{g}{y}) \odot (x - \operatorname{mean}(x))",
    doc="The square root of the variance over `axis`; where nothing varies the gradient is 0, as that of norm(0).",
    **SPREAD,
)


def _samples_of_ptp(x: Any) -> Any:
    return [((x(4),), {}), ((x(3, 2),), {"axis": 0, "keepdims": True}), ((x(2, 1, 2),), {"axis": (0, 1)})]


@composite(np.ptp, samples=_samples_of_ptp, method=True)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """The largest element less the smallest over `axis`; elements that tie share the gradient equally."""
    refuse_out(out)
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _samples_of_average(x: Any) -> Any:
    return [
        ((x(4),), {}),
        ((x(2, 3), 0, x(2) + 4), {"returned": True}),
        ((x(2, 3), (0, 1), x(2, 3) + 4), {"keepdims": True}),
        ((x(2, 3), None, x(2, 3) + 4), {}),
    ]


@composite(np.average, samples=_samples_of_average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """The mean over `axis`, or Σ w a / Σ w with weights; differentiable in both."""
    a = array_of(a)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (mean, np.zeros_like(mean) + a.size / max(mean.size, 1)) if returned else mean
    w = weights_over(a, array_of(weights), axis)
    total = np.sum(w, axis=axis, keepdims=keepdims)
    if (total == 0).any():
        raise ArgumentError(
            f"average: weights of shape {np.shape(weights)} sum to 0.", "Give weights with another sum."
        )
    mean = np.sum(a * w, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def weights_over(a: Array, weights: Array, axis: Any) -> Array:
    """Return weights, of the shape of `a` or one for each place along `axis`, in the shape of `a`."""
    if weights.shape == a.shape:
        return weights
    axes = canonical_axes(axis, a.ndim)
    if axis is None or weights.shape != tuple(a.shape[k] for k in axes):
        raise ShapeError(
            f"average: the weights have shape {weights.shape}, a {a.shape}.",
            "Give one weight an element, or one for each place along axis.",
        )
    order = tuple(int(k) for k in np.argsort(axes))
    spread = tuple(n if k in axes else 1 for k, n in enumerate(a.shape))
    return np.broadcast_to(np.transpose(weights, order).reshape(spread), a.shape)


def _samples_of_cov(x: Any) -> Any:
    return [
        ((x(2, 4),), {}),
        ((x(4), x(4)), {"bias": True}),
        ((x(4, 2),), {"rowvar": False, "ddof": 0}),
        ((x(4),), {}),
        ((x(2, 3),), {"fweights": [1, 2, 1], "aweights": [0.5, 1.0, 2.0]}),
    ]


@composite(np.cov, samples=_samples_of_cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """The covariance matrix of variables, one a row: (X − mean)(X − mean)ᴴ / (n − ddof)."""
    x = variables(m, y, rowvar, dtype)
    n = x.shape[1]
    ddof = int(not bias) if ddof is None else ddof
    w, total = None, n
    if fweights is not None or aweights is not None:
        repeats = 1 if fweights is None else np.asarray(fweights)
        w = repeats if aweights is None else repeats * array_of(aweights)
        total = np.sum(w)
        ddof = ddof if aweights is None else ddof * np.sum(w * aweights) / total
    d = x - (np.mean(x, axis=1, keepdims=True) if w is None else np.sum(x * w, axis=1, keepdims=True) / total)
    c = d @ conj(d if w is None else d * w).T / (total - ddof)
    return c.squeeze()


def variables(m: Any, y: Any, rowvar: bool, dtype: Any) -> Array:
    """Return the variables of a covariance as rows."""
    parts = [array_of(each) for each in (m, y) if each is not None]
    if any(each.ndim > 2 for each in parts):
        raise ShapeError(
            f"cov: the data have the shapes {', '.join(str(each.shape) for each in parts)}.",
            "Give one variable a row, and at most two axes.",
        )
    kind = np.result_type(*(each.dtype for each in parts), np.float64) if dtype is None else dtype
    x, *more = [rows_of(each, rowvar, first=k == 0) for k, each in enumerate(parts)]
    x = np.concatenate([x, *more], axis=0) if more else x
    return x if x.dtype == kind else x.astype(kind)


def rows_of(x: Array, rowvar: bool, *, first: bool) -> Array:
    """Return data with one variable a row; a vector is one variable."""
    x = x.reshape((1, -1)) if x.ndim < 2 else x
    return x.T if not rowvar and x.shape[0] != 1 else x


@composite(np.corrcoef, samples=lambda x: [((x(3, 4),), {}), ((x(4), x(4)), {}), ((x(4, 2),), {"rowvar": False})])
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """The correlation matrix of variables, one a row: their covariances divided by their standard deviations."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    d = np.sqrt(np.real(np.diagonal(c)))
    return c / d[:, None] / d[None, :]


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
    if getattr(a, "requires_grad", False):
        raise UnsupportedError(
            f"np.histogram has no derivative in its data, of shape {a.shape}: counts are piecewise constant.",
            "Pass a.detach(); the gradient goes through weights=.",
        )
    data = np.ravel(np.asarray(a))
    edges = np.histogram_bin_edges(data, np.asarray(bins) if hasattr(bins, "ndim") else bins, range)
    inside = (data >= edges[0]) & (data <= edges[-1])
    which = np.minimum(np.searchsorted(edges, data[inside], side="right"), len(edges) - 1) - 1
    w = None if weights is None else array_of(weights).reshape(-1)[inside]
    counts = np.bincount(which, w, minlength=len(edges) - 1)
    edges = np.zeros_like(counts, shape=edges.shape, dtype=edges.dtype) + edges  # a Tensor beside Tensors
    return (counts / (edges[1:] - edges[:-1]) / np.sum(counts) if density else counts), edges
