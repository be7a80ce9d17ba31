"""Reductions: the gradient of one result is spread over the elements that it was made from."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import Axes, canonical_axes, canonical_axis, count, expand, kept
from autograd_lite.errors import ArgumentError, ShapeError, UsageError
from autograd_lite.primitives import Array, Like, primitive


def reduction(
    x: Array,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """Bring the arguments of sum and prod into canonical form."""
    if out is not None:
        refuse_out(out)
    x = x if dtype is None else x.astype(dtype)
    return (x,), {
        "axis": canonical_axes(axis, x.ndim),
        "keepdims": bool(keepdims),
        "initial": None if initial is None else start_of(initial),
        "where": None if where is True else mask_over(x, where),
        **kept_dtype(x, dtype),
    }


def kept_dtype(x: Array, dtype: Any) -> dict[str, Any]:
    """Return the option that keeps a dtype of integers which NumPy would widen; no gradient passes them."""
    return {} if dtype is None or x.dtype.kind in "fc" else {"dtype": x.dtype}


def extremum(
    x: Array, axis: Any = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """Bring the arguments of max and min into canonical form: they have no dtype."""
    if where is not True and initial is None:
        raise ArgumentError(
            "The extremum of what a mask chooses has to start at a number, for it may choose nothing.",
            "Write x.max(where=mask, initial=-np.inf), or x.min(where=mask, initial=np.inf).",
        )
    return reduction(x, axis, None, out, keepdims, initial, where)


def mean_call(
    x: Array, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """Bring the arguments of mean into canonical form."""
    refuse_out(out)
    x = x if dtype is None else x.astype(dtype)
    return (x,), {
        "axis": canonical_axes(axis, x.ndim),
        "keepdims": bool(keepdims),
        "where": None if where is True else mask_over(x, where),
    }


def axes_call(x: Array, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Bring the arguments of logsumexp into canonical form."""
    return (x,), {"axis": canonical_axes(axis, x.ndim), "keepdims": bool(keepdims)}


def refuse_out(out: Any) -> None:
    """Raise when a reduction is to write into an array, where the history would be lost."""
    if out is not None:
        raise UsageError(
            f"A reduction of a Tensor cannot write into out= of type {type(out).__name__}: the gradient would be lost.",
            "Give a Tensor by name, np.sum(x, axis=0, out=t), or assign afterwards: t[...] = x.sum(axis=0).",
        )


def start_of(initial: Any) -> Any:
    """Return the number at which a reduction starts."""
    if isinstance(initial, Number):
        return initial
    if isinstance(initial, np.ndarray) and initial.ndim == 0:
        return initial.item()
    raise ArgumentError(
        f"A reduction starts at one number, got initial of type {type(initial).__name__}.",
        "Write x.sum() + initial where it is a Tensor; np.maximum(x.max(), initial) for a maximum.",
    )


def mask_over(x: Array, where: Any) -> Any:
    """Return which elements of `x` a reduction takes, in memory of its own."""
    mask = np.asarray(where)
    if mask.dtype != bool:
        raise ArgumentError(
            f"where= says by True and False which elements count, got dtype {mask.dtype}.", "Write where=x > 0."
        )
    if mask.ndim > x.ndim or any(n not in (1, m) for n, m in zip(mask.shape[::-1], x.shape[::-1], strict=False)):
        raise ShapeError(
            f"where= has shape {mask.shape}, the operand {x.shape}.", "Give a mask that broadcasts to the operand."
        )
    return np.broadcast_to(mask, x.shape).copy()


def given(**options: Any) -> dict[str, Any]:
    """Return the options that are not None, as NumPy takes them."""
    return {name: value for name, value in options.items() if value is not None}


def along_one_axis(x: Array, axis: int = -1) -> Any:
    """Bring the arguments of softmax and log_softmax into canonical form."""
    return (x,), {"axis": canonical_axis(axis, x.ndim)}


def _sum(x: Array, axis: Any, keepdims: bool, initial: Any, where: Any, dtype: Any = None) -> Array:
    if initial is None and where is None and dtype is None:
        return x.sum(axis=axis, keepdims=keepdims)
    return x.sum(axis=axis, keepdims=keepdims, **given(initial=initial, where=where, dtype=dtype))


def _mean(x: Array, axis: Any, keepdims: bool, where: Any) -> Array:
    if where is not None:
        return np.mean(x, axis=axis, keepdims=keepdims, where=where)
    if x.dtype.char not in "fdFD" or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    return x.sum(axis=axis, keepdims=keepdims) / math.prod(x.shape[k] for k in axis)


def _prod(x: Array, axis: Any, keepdims: bool, initial: Any, where: Any, dtype: Any = None) -> Array:
    return np.prod(x, axis=axis, keepdims=keepdims, dtype=dtype, **given(initial=initial, where=where))


def _max(x: Array, axis: Any, keepdims: bool, initial: Any, where: Any) -> Array:
    return np.max(x, axis=axis, keepdims=keepdims, **given(initial=initial, where=where))


def _min(x: Array, axis: Any, keepdims: bool, initial: Any, where: Any) -> Array:
    return np.min(x, axis=axis, keepdims=keepdims, **given(initial=initial, where=where))


def chosen(g: Array, where: Any) -> Array:
    """Return g where an element counts, 0 elsewhere."""
    return g if where is None else np.where(where, g, 0)


def joined(like: Like, axis: Axes, where: Any) -> Any:
    """Return how many elements become one: a number, or where a mask chooses, one for each result."""
    return count(like, axis) if where is None else where.sum(axis=axis, keepdims=True)


def mean_to_x(g: Array, like: Like, axis: Axes, where: Any) -> Array:
    """Return g / n for each of the n elements of a mean."""
    if where is None:
        return expand(g * (1 / max(count(like, axis), 1)), like, axis)
    return chosen(expand(g, like, axis) / np.maximum(joined(like, axis, where), 1), where)


def ties(x: Array, y: Array, axis: Axes, initial: Any, where: Any) -> Array:
    """Return each element's share in the extremum `y`: what ties, with the initial number too, shares equally."""
    y = y.reshape(kept(x.shape, axis))
    tied = x == y if where is None else (x == y) & where
    shares = tied.sum(axis=axis, keepdims=True)
    return tied / (shares if initial is None else shares + (y == initial))


def others(x: Array, axis: Axes) -> Array:
    """Return for each element the product of the others that a product over `axis` joins it with.

    Those before it times those after it; no division, so that zeros do no harm.
    """
    line = in_line(x, axis)
    product = before(line) * before(line[..., ::-1])[..., ::-1]
    lengths = tuple(x.shape[k] for k in axis)
    return np.moveaxis(product.reshape((*line.shape[:-1], *lengths)), last(axis), axis)


def in_line(x: Array, axis: Axes) -> Array:
    """Return what a reduction over `axis` makes one result of as a line, the last axis."""
    lengths = tuple(x.shape[k] for k in axis)
    rest = tuple(n for k, n in enumerate(x.shape) if k not in axis)
    x = x if axis == tuple(range(len(rest), x.ndim)) else np.moveaxis(x, axis, last(axis))
    return x if len(axis) == 1 else x.reshape((*rest, math.prod(lengths)))


def finished(y: Array, a: Array, axes: Axes, keepdims: bool, leading: tuple[int, ...] = ()) -> Array:
    """Return results in the shape that a reduction leaves, after the axes that `leading` names."""
    rest = kept(a.shape, axes) if keepdims else tuple(n for k, n in enumerate(a.shape) if k not in axes)
    return y.reshape((*leading, *rest))


def last(axis: Axes) -> Axes:
    """Return as many axes, the last ones."""
    return tuple(range(-len(axis), 0))


def before(x: Array) -> Array:
    """Return for each element the product of those before it along the last axis; 1 for the first."""
    return np.concatenate([np.ones_like(x[..., :1]), np.cumprod(x[..., :-1], axis=-1)], axis=-1)


def prod_to_x(g: Array, x: Array, like: Like, axis: Axes, initial: Any, where: Any) -> Array:
    """Return g times the product of all other factors."""
    factors = x if where is None else np.where(where, x, 1)
    slope = others(factors, axis)
    return chosen(expand(g, like, axis) * (slope if initial is None else slope * initial), where)


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
    return [((x(*shape),), {**axes, "keepdims": flag}) for shape, axes in shapes for flag in (False, True)]


MASK = np.array([[True, False], [True, True], [False, True]])


def over_some(x: Any) -> Any:
    """Return the sample calls of a reduction that takes a mask."""
    return [*over_axes(x), ((x(3, 2),), {"axis": 0, "where": MASK}), ((x(3, 2),), {"where": MASK[:, :1]})]


def from_a_start(x: Any) -> Any:
    """Return the sample calls of a reduction that takes a mask and a number to start at."""
    several = [((x(3, 2),), {"axis": k, "initial": 1.25, "where": m}) for k, m in ((0, MASK), (None, MASK[:, :1]))]
    return [*over_axes(x), *several, ((x(0, 2),), {"axis": 0, "initial": 0.5}), ((x(2, 0),), {"initial": 0.5})]


def over_one_axis(x: Any) -> Any:
    """Return the sample calls of softmax and log_softmax."""
    return [((x(4),), {}), ((x(3, 4),), {}), ((x(3, 4),), {"axis": 0})]


FROM_A_START: dict[str, Any] = {
    "views": False,
    "canonical": reduction,
    "keywords": ("axis", "keepdims", "initial", "where"),
    "samples": from_a_start,
}

primitive(
    _sum,
    name="sum",
    answers_to=(np.sum,),
    doc=np.sum.__doc__,
    x=lambda g, like_x, axis, where: chosen(expand(g, like_x, axis), where),
    tex=r"\operatorname{broadcast}(g)",
    label="Σ",
    **FROM_A_START,
)
primitive(
    _prod,
    name="prod",
    answers_to=(np.prod,),
    doc="""The product over `axis`; the gradient of a factor is the product of the others, right for zeros too.""",
    x=lambda g, x, like_x, axis, initial, where: prod_to_x(g, x, like_x, axis, initial, where),
    tex=r"\operatorname{broadcast}(g) \odot \operatorname{others}(x)",
    label="Π",
    **FROM_A_START,
)
primitive(
    _mean,
    name="mean",
    answers_to=(np.mean,),
    doc=np.mean.__doc__,
    x=lambda g, like_x, axis, where: mean_to_x(g, like_x, axis, where),
    tex=r"\frac{1}{n} \operatorname{broadcast}(g)",
    views=False,
    canonical=mean_call,
    keywords=("axis", "keepdims", "where"),
    samples=over_some,
)
for extreme, function, names in ((_max, "largest", (np.max, np.amax)), (_min, "smallest", (np.min, np.amin))):
    primitive(
        extreme,
        name=names[0].__name__,
        answers_to=names,
        x=lambda g, y, x, like_x, axis, initial, where: expand(g, like_x, axis) * ties(x, y, axis, initial, where),
        tex=r"\operatorname{broadcast}(g) \odot \frac{[x = y]}{\sum [x = y]}",
        doc=f"The {function} element over `axis`; elements that tie share the gradient equally.",
        **{**FROM_A_START, "canonical": extremum},
    )

logsumexp = primitive(
    _logsumexp,
    x=lambda g, y, x, like_x, axis: expand(g, like_x, axis) * np.exp(x - expand(y, like_x, axis)),
    name="logsumexp",
    tex=r"g \odot e^{x-y}",
    doc="log Σ eˣ over `axis`, without overflow; its gradient is the softmax.",
    views=False,
    canonical=axes_call,
    keywords=("axis", "keepdims"),
    samples=over_axes,
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
