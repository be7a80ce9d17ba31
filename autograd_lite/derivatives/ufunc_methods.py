"""The methods of ufuncs that are made of operations: np.multiply.outer, np.add.reduce, np.maximum.accumulate.

Sums, products and extremes have rules of their own; every other ufunc is applied to one element after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives import elementwise, two_operands
from autograd_lite.derivatives.choosing import take_along_axis
from autograd_lite.derivatives.composition import COMPOSITES, composite
from autograd_lite.derivatives.editing import constant
from autograd_lite.derivatives.joining import array_of, stack
from autograd_lite.derivatives.reductions import finished, in_line, logsumexp, mask_over, start_of
from autograd_lite.derivatives.vocabulary import Axes, beside, canonical_axes, canonical_axis, count, of_reals
from autograd_lite.errors import ArgumentError, IndexingError, ShapeError
from autograd_lite.primitives import REGISTRY, Like, known_functions

REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
}
# Of these, and of those that have an identity, the elements may be taken in any order.
IN_ANY_ORDER = (np.maximum, np.minimum, np.fmax, np.fmin)


def _outer(ufunc: np.ufunc) -> Callable[..., Any]:
    def outer(A: Any, B: Any, /, **kwargs: Any) -> Any:
        a, b = array_of(A), array_of(B)
        return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **kwargs)

    outer.__doc__ = f"np.{ufunc.__name__} of every element of A with every element of B."
    return outer


def _reduce(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduce(
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        x = array_of(array)
        x = x if dtype is None else x.astype(dtype)
        if ufunc in REDUCTIONS:
            return REDUCTIONS[ufunc](x, axis=axis, keepdims=keepdims, initial=initial, where=where)
        axes = canonical_axes(axis, x.ndim)
        if ufunc is np.logaddexp:
            of_reals("logaddexp.reduce", x)
        if ufunc is np.logaddexp and initial is None and where is True and count(Like.of(x), axes):
            return logsumexp(x, axis=axes, keepdims=keepdims)
        y = _in_steps(ufunc, x, axes, None if initial is None else start_of(initial), where)
        return finished(y, x, axes, keepdims)

    reduce.__doc__ = f"np.{ufunc.__name__} of all elements along the axes, by default the first."
    return reduce


def _in_steps(ufunc: np.ufunc, x: Any, axes: Axes, initial: Any, where: Any) -> Any:
    """Return what is left when a ufunc joins the elements along `axes`, one after the other."""
    if len(axes) > 1 and ufunc.identity is None and ufunc not in IN_ANY_ORDER:
        raise ArgumentError(
            f"{ufunc.__name__}.reduce over the axes {axes}: the order of its operands matters.", "Name one axis."
        )
    line = in_line(x, axes)
    mask = None if where is True else in_line(mask_over(x, where), axes)
    first = 0
    if initial is None and ufunc.identity is None and mask is None and line.shape[-1]:
        y, first = line[..., 0], 1
    else:
        y = beside(x, np.full(line.shape[:-1], _start(ufunc, x, initial), x.dtype))
    for k in range(first, line.shape[-1]):
        following = ufunc(y, line[..., k])
        y = following if mask is None else np.where(mask[..., k], following, y)
    return y


def _start(ufunc: np.ufunc, x: Any, initial: Any) -> Any:
    """Return the number at which a reduction starts that may have nothing to join.

    Raises
    ------
    ShapeError
        When there is none.
    """
    if initial is None and ufunc.identity is None:
        raise ShapeError(
            f"{ufunc.__name__}.reduce of shape {x.shape} may have nothing to join, and has no number to start at.",
            "Give initial=.",
        )
    return ufunc.identity if initial is None else initial


def _accumulate(ufunc: np.ufunc) -> Callable[..., Any]:
    def accumulate(array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        x = array_of(array)
        x = x if dtype is None else x.astype(dtype)
        axis = canonical_axis(axis, x.ndim)
        return ACCUMULATIONS[ufunc](x, axis) if ufunc in ACCUMULATIONS else _every_step(ufunc, x, axis)

    accumulate.__doc__ = f"np.{ufunc.__name__} of all elements up to each one along an axis."
    return accumulate


def _every_step(ufunc: np.ufunc, x: Any, axis: int) -> Any:
    if x.shape[axis] == 0:
        return x[...]
    before = (slice(None),) * axis
    steps = [x[(*before, 0)]]
    for k in range(1, x.shape[axis]):
        steps.append(ufunc(steps[-1], x[(*before, k)]))
    return stack(steps, axis=axis)


def _reduceat(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduceat(array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        x = array_of(array)
        x = x if dtype is None else x.astype(dtype)
        axis = canonical_axis(axis, x.ndim)
        n, starts = x.shape[axis], np.asarray(constant(indices)).tolist()
        before = (slice(None),) * axis
        if any(not 0 <= start < n for start in starts):
            raise IndexingError(
                f"{ufunc.__name__}.reduceat: the indices {starts} are for an axis of length {n}.",
                "Each names where a part starts, from 0 on.",
            )
        parts = [
            ufunc.reduce(x[(*before, slice(start, stop))], axis=axis) if start + 1 < stop else x[(*before, start)]
            for start, stop in zip(starts, [*starts[1:], n], strict=True)
        ]
        return stack(parts, axis=axis) if parts else x[(*before, slice(0))]

    reduceat.__doc__ = f"np.{ufunc.__name__}.reduce of the parts of an axis that start at the indices."
    return reduceat


def _running_extreme(extreme: Callable[..., Any], x: Any, axis: int) -> Any:
    """Return the extreme up to each element; of elements that tie the last one gets the gradient."""
    values = x.detach().numpy()
    reached = values == extreme(values, axis=axis)
    positions = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    latest = np.maximum.accumulate(np.where(reached, positions, 0), axis=axis)
    return take_along_axis(x, latest, axis)


ACCUMULATIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda x, axis: np.cumsum(x, axis=axis),
    np.multiply: lambda x, axis: np.cumprod(x, axis=axis),
    np.maximum: lambda x, axis: _running_extreme(np.maximum.accumulate, x, axis),
    np.minimum: lambda x, axis: _running_extreme(np.minimum.accumulate, x, axis),
}
MADE = {"outer": _outer, "reduce": _reduce, "accumulate": _accumulate, "reduceat": _reduceat}
# Nobody joins elements by these; NumPy's arctan2.reduce gives another result along the last axis than along others.
ONLY_OUTER = frozenset({np.arctan2, np.copysign, np.heaviside, np.ldexp, np.nextafter})
# Those whose methods are tested, one of each way in which they are made.
TESTED = (*REDUCTIONS, np.logaddexp, np.hypot, np.fmax)
SOME = np.array([[True, False, True], [True, True, True]])


def _samples(ufunc: np.ufunc, method: str) -> Callable[..., Any]:
    """Return the calls by which a method is tested."""
    if method == "outer":
        return (lambda x: [((x(2), x(2, 1)), {})]) if ufunc is np.multiply else (lambda x: [])
    if ufunc not in (*TESTED, np.subtract):
        return lambda x: []
    if method == "accumulate":
        return lambda x: [((x(2, 3),), {}), ((x(2, 3), 1), {})]
    if method == "reduceat":
        return lambda x: [((x(4), [0, 2, 1]), {}), ((x(2, 3), [0, 1], 1), {})]
    if ufunc is np.subtract:
        return lambda x: [((x(2, 3),), {}), ((x(2, 3),), {"axis": 1, "initial": 0.5, "keepdims": True})]
    return lambda x: [
        ((x(2, 3),), {}),
        ((x(2, 3),), {"axis": (0, 1), "keepdims": True}),
        ((x(2, 3),), {"axis": 1, "where": SOME, "initial": -4.0 if ufunc is np.maximum else 4.0}),
    ]


# What declares the ufuncs is imported before they are counted.
PAGES = (elementwise, two_operands)
for _ufunc in [
    each for each in (*known_functions(REGISTRY), *known_functions(COMPOSITES)) if isinstance(each, np.ufunc)
]:
    if _ufunc.nin == 2 and _ufunc.nout == 1 and _ufunc.signature is None:
        for _method, _make in MADE.items():
            if _method != "outer" and _ufunc in ONLY_OUTER:
                continue
            composite(
                getattr(_ufunc, _method),
                name=f"{_ufunc.__name__}.{_method}",
                samples=_samples(_ufunc, _method),
            )(_make(_ufunc))
