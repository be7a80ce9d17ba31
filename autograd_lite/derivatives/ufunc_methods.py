"""The methods of ufuncs that are made of operations: np.multiply.outer, np.add.reduce, np.maximum.accumulate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives import elementwise, two_operands
from autograd_lite.derivatives.choosing import take_along_axis
from autograd_lite.derivatives.composition import COMPOSITES, composite
from autograd_lite.derivatives.joining import array_of, stack
from autograd_lite.derivatives.reductions import logsumexp
from autograd_lite.derivatives.vocabulary import canonical_axis
from autograd_lite.primitives import REGISTRY

REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logaddexp: logsumexp,
}


def _outer(ufunc: np.ufunc) -> Callable[..., Any]:
    def outer(A: Any, B: Any, /, **kwargs: Any) -> Any:
        a, b = array_of(A), array_of(B)
        return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **kwargs)

    outer.__doc__ = f"np.{ufunc.__name__} of every element of A with every element of B."
    return outer


def _reduce(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduce(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False, **kw: Any) -> Any:
        if dtype is not None:
            array = array.astype(dtype)
        return REDUCTIONS[ufunc](array, axis=axis, keepdims=keepdims, **kw)

    reduce.__doc__ = f"np.{ufunc.__name__} of all elements along the axes, by default the first."
    return reduce


def _accumulate(ufunc: np.ufunc) -> Callable[..., Any]:
    def accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        x = array if dtype is None else array.astype(dtype)
        return ACCUMULATIONS[ufunc](x, canonical_axis(axis, x.ndim))

    accumulate.__doc__ = f"np.{ufunc.__name__} of all elements up to each one along an axis."
    return accumulate


def _running_extreme(extreme: Callable[..., Any], x: Any, axis: int) -> Any:
    """Return the extreme up to each element; of elements that tie the last one gets the gradient."""
    values = x.detach().numpy()
    reached = values == extreme(values, axis=axis)
    positions = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    latest = np.maximum.accumulate(np.where(reached, positions, 0), axis=axis)
    return take_along_axis(x, latest, axis)


def _running_logaddexp(x: Any, axis: int) -> Any:
    """Return log Σ eˣ up to each element, one step after the other."""
    if x.shape[axis] == 0:
        return x[...]
    before = (slice(None),) * axis
    steps = [x[(*before, 0)]]
    for k in range(1, x.shape[axis]):
        steps.append(np.logaddexp(steps[-1], x[(*before, k)]))
    return stack(steps, axis=axis)


ACCUMULATIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda x, axis: np.cumsum(x, axis=axis),
    np.multiply: lambda x, axis: np.cumprod(x, axis=axis),
    np.maximum: lambda x, axis: _running_extreme(np.maximum.accumulate, x, axis),
    np.minimum: lambda x, axis: _running_extreme(np.minimum.accumulate, x, axis),
    np.logaddexp: _running_logaddexp,
}

# What declares the ufuncs is imported before they are counted.
PAGES = (elementwise, two_operands)
for _ufunc in [each for each in (*REGISTRY, *COMPOSITES) if isinstance(each, np.ufunc)]:
    if _ufunc.nin == 2 and _ufunc.nout == 1 and _ufunc.signature is None:
        composite(
            _ufunc.outer,
            name=f"{_ufunc.__name__}.outer",
            samples=(lambda x: [((x(2), x(2, 1)), {})]) if _ufunc is np.multiply else (lambda x: []),
        )(_outer(_ufunc))
for _ufunc in REDUCTIONS:
    composite(
        _ufunc.reduce,
        name=f"{_ufunc.__name__}.reduce",
        samples=lambda x: [((x(2, 3),), {}), ((x(2, 3),), {"axis": (0, 1), "keepdims": True})],
    )(_reduce(_ufunc))
    composite(
        _ufunc.accumulate,
        name=f"{_ufunc.__name__}.accumulate",
        samples=lambda x: [((x(2, 3),), {}), ((x(2, 3), 1), {})],
    )(_accumulate(_ufunc))
