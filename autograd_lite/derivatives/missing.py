"""Reductions and scans that pass over NaN: those of the elements that are numbers; NaN gets no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.reductions import refuse_out
from autograd_lite.derivatives.statistics import one_correction
from autograd_lite.primitives import Array


def _some(x: Any) -> Any:
    return [((x(4),), {}), ((x(3, 2),), {"axis": 0, "keepdims": True}), ((x(2, 2, 2),), {"axis": (0, -1)})]


def _along(x: Any) -> Any:
    return [((x(4),), {}), ((x(3, 2),), {"axis": 0})]


def numbers(a: Array, where: Any = True) -> Array:
    """Return which elements are numbers, among those that a mask chooses."""
    return ~np.isnan(a) & where


@composite(np.nansum, samples=_some)
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The sum over `axis` of what is not NaN."""
    refuse_out(out)
    a = array_of(a)
    return np.sum(filled(a, 0), axis=axis, dtype=dtype, keepdims=keepdims, **options(initial, where))


@composite(np.nanprod, samples=_some)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The product over `axis` of what is not NaN."""
    refuse_out(out)
    a = array_of(a)
    return np.prod(filled(a, 1), axis=axis, dtype=dtype, keepdims=keepdims, **options(initial, where))


def filled(a: Array, value: float) -> Array:
    """Return a number in the place of every NaN."""
    return np.where(np.isnan(a), value, a)


def options(initial: Any, where: Any) -> dict[str, Any]:
    """Return the options of a reduction that were given."""
    start = {} if initial is None else {"initial": initial}
    return start if where is True else {**start, "where": where}


@composite(np.nanmean, samples=_some)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """The mean over `axis` of what is not NaN; of nothing it is NaN."""
    refuse_out(out)
    a = array_of(a)
    return np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims, where=numbers(a, where))


@composite(np.nanvar, samples=lambda x: [*_some(x), ((x(4),), {"ddof": 1}), ((x(3, 2),), {"axis": 0, "mean": x(1, 2)})])
def nanvar(
    a: Any,
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
    """The variance over `axis` of what is not NaN."""
    refuse_out(out)
    a, ddof = array_of(a), one_correction(ddof, correction)
    given_mean = {} if mean is None else {"mean": mean}
    return np.var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=numbers(a, where), **given_mean)


@composite(np.nanstd, samples=_some)
def nanstd(
    a: Any,
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
    """The standard deviation over `axis` of what is not NaN."""
    refuse_out(out)
    a, ddof = array_of(a), one_correction(ddof, correction)
    given_mean = {} if mean is None else {"mean": mean}
    return np.std(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=numbers(a, where), **given_mean)


@composite(np.nanmax, samples=_some)
def nanmax(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The largest element over `axis` that is not NaN; elements that tie share the gradient equally."""
    refuse_out(out)
    return farthest(array_of(a), -np.inf, np.max, axis, keepdims, initial, where)


@composite(np.nanmin, samples=_some)
def nanmin(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The smallest element over `axis` that is not NaN; elements that tie share the gradient equally."""
    refuse_out(out)
    return farthest(array_of(a), np.inf, np.min, axis, keepdims, initial, where)


def farthest(a: Array, lost: float, extreme: Any, axis: Any, keepdims: bool, initial: Any, where: Any) -> Array:
    """Return an extremum of what is not NaN; NaN where there is nothing else."""
    if a.dtype.kind not in "fc":
        return extreme(a, axis=axis, keepdims=keepdims, **options(initial, where))
    y = extreme(filled(a, lost), axis=axis, keepdims=keepdims, **options(initial, where))
    empty = np.all(np.isnan(a), axis=axis, keepdims=keepdims)
    return np.where(empty if initial is None else False, np.nan, y)


@composite(np.nancumsum, samples=_along)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """The sums up to each place along `axis`, NaN counting as 0."""
    return np.cumsum(filled(array_of(a), 0), axis=axis, dtype=dtype, out=out)


@composite(np.nancumprod, samples=_along)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """The products up to each place along `axis`, NaN counting as 1."""
    return np.cumprod(filled(array_of(a), 1), axis=axis, dtype=dtype, out=out)
