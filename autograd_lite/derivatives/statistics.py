"""Spread and weighted means: variance, standard deviation, average, covariance, correlation and counts with weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import constant
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import MASK, chosen, given, joined, mask_over, over_some, refuse_out
from autograd_lite.derivatives.vocabulary import Axes, canonical_axes, conj, expand, inverse
from autograd_lite.errors import ArgumentError, ShapeError
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
    mean: Any = None,
    correction: float | None = None,
) -> Any:
    """Bring the arguments of var and std into canonical form; `correction` is the array API's name for ddof."""
    refuse_out(out)
    x = x if dtype is None else x.astype(dtype)
    return (x, None if mean is None else mean_over(x, mean)), {
        "axis": canonical_axes(axis, x.ndim),
        "keepdims": bool(keepdims),
        "ddof": one_correction(ddof, correction),
        "where": None if where is True else mask_over(x, where),
    }


def one_correction(ddof: float, correction: float | None) -> float:
    """Return what is subtracted from the number of elements, by the one of its two names that was given."""
    if correction is not None and ddof != 0:
        raise ArgumentError(f"ddof={ddof} and correction={correction} are the same.", "Give one of them.")
    return ddof if correction is None else correction


def mean_over(x: Array, mean: Any) -> Array:
    """Return a mean computed before, as an array that is broadcast to the operand."""
    mean = array_of(mean)
    if mean.ndim > x.ndim or any(n not in (1, m) for n, m in zip(mean.shape[::-1], x.shape[::-1], strict=False)):
        raise ShapeError(
            f"mean= has shape {mean.shape}, the operand {x.shape}.", "Compute it with the axes kept: keepdims=True."
        )
    return mean


def _var(x: Array, mean: Array | None, axis: Axes, keepdims: bool, ddof: float, where: Any) -> Array:
    return np.var(x, axis=axis, ddof=ddof, keepdims=keepdims, **given(where=where, mean=mean))


def _std(x: Array, mean: Array | None, axis: Axes, keepdims: bool, ddof: float, where: Any) -> Array:
    return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims, **given(where=where, mean=mean))


def deviations(x: Array, mean: Array | None, axis: Axes, where: Any) -> Array:
    """Return x less its mean, 0 where left out.

    Of what rounding left of the mean, it is taken out again: equal elements deviate by nothing.
    """
    if mean is not None:
        return chosen(x - mean, where)
    options = {"axis": axis, "keepdims": True, **given(where=where)}
    d = chosen(x - np.mean(x, **options), where)
    return chosen(d - np.mean(d, **options), where)


def freedom(like: Like, axis: Axes, ddof: float, where: Any) -> Any:
    """Return n − ddof, the degrees of freedom, not below 0."""
    n = joined(like, axis, where)
    return max(n - ddof, 0) if where is None else np.maximum(n - ddof, 0)


def var_to_x(g: Array, x: Array, mean: Array | None, axis: Axes, ddof: float, where: Any) -> Array:
    """Return g · 2 (x − mean) / (n − ddof)."""
    like = Like.of(x)
    slope = 2 * inverse(freedom(like, axis, ddof, where))
    return expand(g, like, axis) * slope * conj(deviations(x, mean, axis, where))


def std_to_x(g: Array, y: Array, x: Array, mean: Array | None, axis: Axes, ddof: float, where: Any) -> Array:
    """Return g · (x − mean) / ((n − ddof) y), and 0 where nothing varies."""
    like, share = Like.of(x), g / np.where(y == 0, 1, y)
    slope = inverse(freedom(like, axis, ddof, where))
    return expand(share, like, axis) * slope * conj(deviations(x, mean, axis, where))


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
    x=lambda g, x, mean, axis, ddof, where: var_to_x(g, x, mean, axis, ddof, where),
    mean=lambda g, x, mean, axis, ddof, where: -var_to_x(g, x, mean, axis, ddof, where),
    tex=(
        r"\frac{2}{n - ddof} \operatorname{broadcast}(g) \odot (x - \operatorname{mean}(x))",
        r"-\frac{2}{n - ddof} \sum \operatorname{broadcast}(g) \odot (x - mean)",
    ),
    doc="The mean of (x − mean)² over `axis`, with n − ddof in the place of n.",
    **SPREAD,
)
primitive(
    _std,
    name="std",
    answers_to=(np.std,),
    x=lambda g, y, x, mean, axis, ddof, where: std_to_x(g, y, x, mean, axis, ddof, where),
    mean=lambda g, y, x, mean, axis, ddof, where: -std_to_x(g, y, x, mean, axis, ddof, where),
    tex=(
        r"\frac{1}{n - ddof} \operatorname{broadcast}(\frac{g}{y}) \odot (x - \operatorname{mean}(x))",
        r"-\frac{1}{n - ddof} \sum \operatorname{broadcast}(\frac{g}{y}) \odot (x - mean)",
    ),
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
    if ddof is not None and ddof != int(ddof):
        raise ArgumentError(f"cov: ddof={ddof!r}.", "It is a whole number.")
    ddof = int(not bias) if ddof is None else ddof
    w, total = None, n
    if fweights is not None or aweights is not None:
        repeats = 1 if fweights is None else np.asarray(constant(fweights))
        refuse_weights("fweights", fweights, n, whole=True)
        refuse_weights("aweights", aweights, n, whole=False)
        w = repeats if aweights is None else repeats * array_of(aweights)
        total = np.sum(w)
        ddof = ddof if aweights is None else ddof * np.sum(w * aweights) / total
    d = x - (np.mean(x, axis=1, keepdims=True) if w is None else np.sum(x * w, axis=1, keepdims=True) / total)
    left = np.maximum(total - ddof, 0)  # nothing is left: not a number, or infinite
    c = d @ conj(d if w is None else d * w).T * np.true_divide(1, left)
    return c.squeeze()


def refuse_weights(name: str, given: Any, n: int, *, whole: bool) -> None:
    """Raise for weights of a covariance that are not one number of 0 or more for each of n observations."""
    if given is None:
        return
    values = np.asarray(constant(given))
    if values.shape != (n,):
        raise ShapeError(f"cov: {name} has shape {values.shape}.", f"Give a vector of {n}, one for each observation.")
    if (values < 0).any() or (whole and (values != np.rint(values)).any()):
        raise ArgumentError(
            f"cov: {name} goes from {values.min()} to {values.max()}.",
            f"Give {'whole numbers' if whole else 'numbers'} of 0 or more.",
        )


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


# With rowvar=False a single row was one variable until NumPy 2.2, and is one still in the second argument.
TURNS_ROWS = np.lib.NumpyVersion(np.__version__) >= "2.2.0"


def rows_of(x: Array, rowvar: bool, *, first: bool) -> Array:
    """Return data with one variable a row; a vector is one variable."""
    table = x.reshape((1, -1)) if x.ndim < 2 else x
    turns = x.ndim != 1 if first and TURNS_ROWS else table.shape[0] != 1
    return table.T if turns and not rowvar else table


@composite(np.corrcoef, samples=lambda x: [((x(3, 4),), {}), ((x(4), x(4)), {}), ((x(4, 2),), {"rowvar": False})])
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """The correlation matrix of variables, one a row: their covariances divided by their standard deviations."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    d = np.sqrt(np.real(np.diagonal(c)))
    return c / d[:, None] / d[None, :]
