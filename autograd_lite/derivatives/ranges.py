"""Ranges and fillings that depend on numbers: they are differentiable in their end points and fill values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.joining import array_of
from autograd_lite.derivatives.vocabulary import canonical_axis, direction, of_reals
from autograd_lite.errors import ShapeError


def _steps(num: int, endpoint: bool, like: Any) -> Any:
    """Return the fractions of the way from start to stop, as the first axis, in the precision of an end."""
    steps = np.arange(num) / max(num - 1 if endpoint else num, 1)
    return steps.astype(np.empty(0, like.dtype).real.dtype).reshape((num,) + (1,) * like.ndim)


def _ends(start: Any, stop: Any) -> tuple[Any, Any]:
    """Return both ends in one dtype and of as many axes; a Python number takes on the precision of the other end."""
    arrays = [array_of(each) for each in (start, stop)]
    dtypes = [type(each)(0) if type(each) in (int, float, complex) else array_of(each).dtype for each in (start, stop)]
    dtype = np.result_type(*dtypes, 1.0)
    most = max(each.ndim for each in arrays)
    a, b = (each if each.dtype == dtype else each.astype(dtype) for each in arrays)
    return a.reshape((1,) * (most - a.ndim) + a.shape), b.reshape((1,) * (most - b.ndim) + b.shape)


@composite(
    np.linspace,
    samples=lambda x: [((x(), x(1)[0], 3), {}), ((x(2), x(2), 2), {"axis": -1}), ((x(), 3.0, 3), {"endpoint": False})],
)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """Evenly spaced numbers; differentiable in both ends."""
    start, stop = _ends(start, stop)
    steps = _steps(num, endpoint, start)
    y = start * (1 - steps) + stop * steps
    y = np.moveaxis(y, 0, canonical_axis(axis, start.ndim + 1))
    y = y if dtype is None else y.astype(dtype)
    return (y, (stop - start) / max(num - 1 if endpoint else num, 1)) if retstep else y


@composite(np.logspace, samples=lambda x: [((x(), x(1)[0], 3), {}), ((x(2) / 3, 1.5, 2), {"base": 2.0})])
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Numbers evenly spaced on a logarithmic scale, from baseˢᵗᵃʳᵗ to baseˢᵗᵒᵖ; differentiable in ends and base."""
    if np.ndim(base):
        most = max(map(np.ndim, (start, stop, base)))
        base = np.expand_dims(np.reshape(base, (1,) * (most - np.ndim(base)) + np.shape(base)), axis)
        start = np.reshape(start, (1,) * (most - np.ndim(start)) + np.shape(start))
    y = np.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else y.astype(dtype)


@composite(np.geomspace, samples=lambda x: [((np.array([4.5]), 9.0, 3), {}), ((x(2) + 4, x(2) + 5, 3), {"axis": -1})])
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Numbers in geometric progression; differentiable in both ends, which are of one sign, or complex."""
    start, stop = array_of(start), array_of(stop)
    dtype_of_ends = np.result_type(start.dtype, stop.dtype, float)
    start, stop = start.astype(dtype_of_ends), stop.astype(dtype_of_ends)
    sign = direction(start)
    y = linspace(np.log(start / sign), np.log(stop / sign), num, endpoint)
    y = np.moveaxis(sign * np.exp(y), 0, canonical_axis(axis, y.ndim))
    return y if dtype is None else y.astype(dtype)


@composite(np.full_like, samples=lambda x: [((np.zeros((2, 3)), x()), {}), ((x(2, 3), x(3)), {})])
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, **kwargs: Any) -> Any:
    """An array of the shape and dtype of `a`, filled with a value; differentiable in the value.

    ``np.full_like(array, t)`` does not reach a Tensor, ``ag.full_like(array, t)`` does.
    """
    shape = kwargs.pop("shape", None)
    filled = np.broadcast_to(array_of(fill_value), a.shape if shape is None else shape)
    return filled.astype(a.dtype if dtype is None else dtype)


@composite(np.full, samples=lambda x: [])
def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", **kwargs: Any) -> Any:
    """An array filled with a value; ``ag.full`` is differentiable in it, ``np.full`` does not reach a Tensor."""
    filled = np.broadcast_to(fill_value, shape).copy()
    return filled if dtype is None else filled.astype(dtype)


@composite(np.vander, samples=lambda x: [((x(3),), {}), ((x(2), 4), {"increasing": True}), ((x(2), 0), {})])
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of a vector as columns, the highest first: Vandermonde's matrix."""
    powers = np.arange(x.size if N is None else N)
    return np.expand_dims(x, 1) ** (powers if increasing else powers[::-1])


@composite(
    np.interp,
    samples=lambda x: [
        ((np.array([-1.3, 0.4, 2.9]), np.array([-1.0, 0.0, 2.0]), x(3)), {}),
        ((np.array([[0.3], [1.7]]), np.array([0.0, 1.0, 2.0]), x(3), x(), x(1)[0]), {}),
        ((0.7, np.array([0.0, 1.0, 2.5]), x(3)), {}),
        ((np.array([-4.2, 5.3]), np.array([0.5, 1.5, 2.5]), x(3)), {"period": 3.0}),
    ],
)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Straight lines between the points (xp, fp), at x; differentiable in x, xp and fp.

    At a point itself the slope is that of the line to its right; outside it is 0.
    """
    x, xp, fp = array_of(x), array_of(xp), array_of(fp)
    of_reals("interp", x)
    of_reals("interp", xp)
    xp, fp = (each if each.dtype.kind in "fc" else each.astype(float) for each in (xp, fp))
    if not xp.size:
        raise ShapeError("interp(): there are no points to draw lines between.", "Give xp and fp at least one each.")
    if period is not None:
        x, xp = np.mod(x, abs(period)), np.mod(xp, abs(period))
        order = np.argsort(xp)
        xp, fp = xp[order], fp[order]
        xp = np.concatenate([xp[-1:] - abs(period), xp, xp[:1] + abs(period)])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
        left = right = None
    last = xp.size - 1
    at = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(last - 1, 0))
    after = np.minimum(at + 1, last)
    width = np.where(at == after, 1, xp[after] - xp[at])
    y = fp[at] + (fp[after] - fp[at]) * ((x - xp[at]) / width)
    y = np.where(x < xp[0], fp[0] if left is None else left, y)
    return np.where(x > xp[-1], fp[-1] if right is None else right, np.where(x == xp[-1], fp[-1], y))
