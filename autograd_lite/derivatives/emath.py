"""np.emath: functions that answer in complex numbers where the real ones have no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.primitives import Array


def beyond(outside: Callable[[Array], Array], x: Any) -> Array:
    """Return an operand, as complex numbers if one of its real elements lies outside of the function's domain."""
    x = array_of(x)
    if x.dtype.kind == "c" or not bool(np.any(outside(x))):
        return x
    return x.astype(np.result_type(x.dtype, np.complex64))


def negative(x: Array) -> Array:
    """Return where a root or a logarithm is complex."""
    return x < 0


def far(x: Array) -> Array:
    """Return where an arcsine is complex."""
    return np.abs(x) > 1


def _samples_around(low: float) -> Any:
    return lambda x: [((np.abs(x(3)) / 4 + 0.1,), {}), ((x(2, 2) / 4 + low,), {})]


OF_ONE: tuple[tuple[Callable[..., Any], Callable[..., Any], Callable[[Array], Array], float], ...] = (
    (np.emath.sqrt, np.sqrt, negative, -2.0),
    (np.emath.log, np.log, negative, -2.0),
    (np.emath.log2, np.log2, negative, -2.0),
    (np.emath.log10, np.log10, negative, -2.0),
    (np.emath.arccos, np.arccos, far, 2.5),
    (np.emath.arcsin, np.arcsin, far, 2.5),
    (np.emath.arctanh, np.arctanh, far, 2.5),
)


def _of_one(function: Callable[..., Any], outside: Callable[[Array], Array]) -> Callable[..., Any]:
    def of_one(x: Any) -> Any:
        return function(beyond(outside, x))

    of_one.__doc__ = f"np.{function.__name__}, complex where it has to be."
    return of_one


for _answering, _function, _outside, _low in OF_ONE:
    composite(_answering, name=f"emath.{_function.__name__}", samples=_samples_around(_low))(
        _of_one(_function, _outside)
    )


@composite(np.emath.logn, name="emath.logn", samples=lambda x: [((2.0, np.abs(x(3)) + 0.1), {}), ((3.0, x(2) - 4), {})])
def logn(n: Any, x: Any) -> Any:
    """The logarithm of x to the base n, complex where it has to be."""
    return np.log(beyond(negative, x)) / np.log(beyond(negative, n))


@composite(
    np.emath.power, name="emath.power", samples=lambda x: [((np.abs(x(3)) + 0.1, 2.5), {}), ((x(2) - 4, 0.5), {})]
)
def power(x: Any, p: Any) -> Any:
    """x to the power p, complex where it has to be."""
    p = array_of(p)
    return np.power(beyond(negative, x), p.astype(float) if p.dtype.kind in "iu" and bool(np.any(p < 0)) else p)
