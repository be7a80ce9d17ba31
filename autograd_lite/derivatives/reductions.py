"""Reductions: the gradient of one result is spread over the elements that it was made from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import canonical_axes, canonical_axis, count, expand
from autograd_lite.errors import UsageError
from autograd_lite.primitives import Array, primitive


def reduction(x: Array, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """Bring the arguments of sum and mean into canonical form."""
    if dtype is not None or out is not None:
        raise UsageError(
            "A reduction of a Tensor takes axis and keepdims, got dtype= or out=.",
            "Cast with t.astype(dtype) first, and assign the result afterwards.",
        )
    return (x,), {"axis": canonical_axes(axis, x.ndim), "keepdims": bool(keepdims)}


def extremum(x: Array, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """Bring the arguments of max and min into canonical form: they have no dtype."""
    return reduction(x, axis, None, out, keepdims)


def along_one_axis(x: Array, axis: int = -1) -> Any:
    """Bring the arguments of softmax and log_softmax into canonical form."""
    return (x,), {"axis": canonical_axis(axis, x.ndim)}


def _sum(x: Array, axis: Any, keepdims: bool) -> Array:
    return x.sum(axis=axis, keepdims=keepdims)


def _mean(x: Array, axis: Any, keepdims: bool) -> Array:
    if x.dtype.char not in "fdFD" or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    return x.sum(axis=axis, keepdims=keepdims) / math.prod(x.shape[k] for k in axis)


def ties(x: Array, y: Array, axis: tuple[int, ...]) -> Array:
    """Return each element's share in the extremum `y`: elements that tie share equally."""
    chosen = x == y
    return chosen / chosen.sum(axis=axis, keepdims=True)


def top_of(x: Array, axis: Any) -> Array:
    """Return the largest element along `axis`, kept as an axis of length 1; 0 where it is infinite."""
    top = x.max(axis=axis, keepdims=True)
    return np.where(np.isfinite(top), top, 0)


def _logsumexp(x: Array, axis: Any, keepdims: bool) -> Array:
    """log Σ eˣ, with the largest x taken out of the sum so that nothing overflows."""
    top = top_of(x, axis)
    y = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return y if keepdims else y.squeeze(axis)


def _softmax(x: Array, axis: int) -> Array:
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Array, axis: int) -> Array:
    return x - _logsumexp(x, axis, keepdims=True)


def over_axes(x: Any) -> Any:
    """Return the sample calls of a reduction."""
    shapes: Any = ((), {}), ((4,), {}), ((3, 2), {"axis": 0}), ((2, 3, 2), {"axis": (0, -1)}), ((3, 2), {"axis": 1})
    return [((x(*shape),), {**axes, "keepdims": kept}) for shape, axes in shapes for kept in (False, True)]


def over_one_axis(x: Any) -> Any:
    """Return the sample calls of softmax and log_softmax."""
    return [((x(4),), {}), ((x(3, 4),), {}), ((x(3, 4),), {"axis": 0})]


OVER_AXES: dict[str, Any] = {
    "views": False,
    "canonical": reduction,
    "keywords": ("axis", "keepdims"),
    "samples": over_axes,
}

primitive(
    _sum,
    name="sum",
    answers_to=(np.sum,),
    doc=np.sum.__doc__,
    x=lambda g, like_x, axis: expand(g, like_x, axis),
    tex=r"\operatorname{broadcast}(g)",
    label="Σ",
    **OVER_AXES,
)
primitive(
    _mean,
    name="mean",
    answers_to=(np.mean,),
    doc=np.mean.__doc__,
    x=lambda g, like_x, axis: expand(g * (1 / max(count(like_x, axis), 1)), like_x, axis),
    tex=r"\frac{1}{n} \operatorname{broadcast}(g)",
    **OVER_AXES,
)
for extreme, old_name in ((np.max, np.amax), (np.min, np.amin)):
    primitive(
        extreme,
        x=lambda g, y, x, like_x, axis: expand(g, like_x, axis) * ties(x, expand(y, like_x, axis), axis),
        tex=r"\operatorname{broadcast}(g) \odot \frac{[x = y]}{\sum [x = y]}",
        answers_to=(old_name,),
        **{**OVER_AXES, "canonical": extremum},
    )

logsumexp = primitive(
    _logsumexp,
    x=lambda g, y, x, like_x, axis: expand(g, like_x, axis) * np.exp(x - expand(y, like_x, axis)),
    name="logsumexp",
    tex=r"g \odot e^{x-y}",
    doc="log Σ eˣ over `axis`, without overflow; its gradient is the softmax.",
    **OVER_AXES,
)
softmax = primitive(
    _softmax,
    x=lambda g, y, axis: y * (g - (g * y).sum(axis=axis, keepdims=True)),
    name="softmax",
    canonical=along_one_axis,
    keywords=("axis",),
    samples=over_one_axis,
    tex=r"y \odot (g - \sum g \odot y)",
    doc="eˣ / Σ eˣ along `axis`, without overflow.",
)
log_softmax = primitive(
    _log_softmax,
    x=lambda g, y, axis: g - np.exp(y) * g.sum(axis=axis, keepdims=True),
    name="log_softmax",
    canonical=along_one_axis,
    keywords=("axis",),
    samples=over_one_axis,
    tex=r"g - e^y \odot \sum g",
    doc="x − log Σ eˣ along `axis`, without overflow.",
)
