"""Padding, in every mode of np.pad: axis after axis, as NumPy does, so that corners are padding of padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.errors import ArgumentError, ShapeError, UnsupportedError, quoted
from autograd_lite.primitives import Array, Primitive, unregistered

Pair = tuple[Any, Any]

# What each mode takes besides the widths, with its default.
OPTIONS: dict[str, dict[str, Any]] = {
    "constant": {"constant_values": 0},
    "edge": {},
    "linear_ramp": {"end_values": 0},
    "maximum": {"stat_length": None},
    "mean": {"stat_length": None},
    "median": {"stat_length": None},
    "minimum": {"stat_length": None},
    "reflect": {"reflect_type": "even"},
    "symmetric": {"reflect_type": "even"},
    "wrap": {},
    "empty": {},
}
# Their elements are elements of the array itself.
PICKING = ("edge", "wrap", "reflect", "symmetric")
STATISTICS: dict[str, Any] = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}


def _inside(x: Array, widths: tuple[tuple[int, int], ...]) -> tuple[slice, ...]:
    return tuple(slice(before, n - after) for n, (before, after) in zip(x.shape, widths, strict=True))


def _pad_zeros(x: Array, widths: tuple[tuple[int, int], ...]) -> Array:
    return np.pad(x, widths)


pad_zeros: Primitive = unregistered(
    _pad_zeros,
    x=lambda g, widths: g[_inside(g, widths)],
    name="pad",
    canonical=lambda x, widths: ((x,), {"widths": widths}),
    keywords=("widths",),
    tex=r"\operatorname{part}(g)",
    samples=lambda x: [((x(2, 3), ((1, 0), (0, 2))), {})],
    doc="Zeros around an array.",
)


def _samples(x: Any) -> Any:
    plain: list[Any] = [((x(3), (2, 1), mode), {}) for mode in OPTIONS if mode != "empty"]
    return [
        *plain,
        ((x(2, 3), ((1, 0), (2, 4)), "reflect"), {}),
        ((x(2, 3), 1, "mean"), {}),
        ((x(3), (5, 4), "symmetric"), {"reflect_type": "odd"}),
        ((x(4), (2, 6), "reflect"), {"reflect_type": "odd"}),
        ((x(2, 2), 1, "constant"), {"constant_values": ((1.0, 2.0), (3.0, 4.0))}),
        ((x(2, 2), ((1, 2), (0, 1)), "linear_ramp"), {"end_values": 4.0}),
        ((x(4), (1, 2), "maximum"), {"stat_length": 2}),
        *([((x(2, 3), {-1: (1, 0)}), {})] if np.lib.NumpyVersion(np.__version__) >= "2.2.0" else []),
    ]


@composite(np.pad, samples=_samples)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """Elements put before and behind an array along each axis.

    The gradient of what an element was copied to comes back to it. Ties of "maximum" and "minimum" share equally,
    as in ``np.max``; "empty" pads with zeros.

    Parameters
    ----------
    array : array_like
    pad_width : int, sequence or dict
        How many elements before and behind, for each axis, as in ``np.pad``.
    mode : str
        Any of NumPy's; no function.
    **kwargs
        constant_values, end_values (numbers or Tensors), stat_length, reflect_type.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.pad(ag.tensor([1.0, 2.0, 3.0]), 2, "reflect")
    tensor([3., 2., 1., 2., 3., 2., 1.])
    """
    if callable(mode):
        raise UnsupportedError(
            "pad() of a Tensor takes no function as its mode.", "Name a mode, or use ag.concatenate."
        )
    if mode not in OPTIONS:
        raise ArgumentError(f"pad(): there is no mode {mode!r}.", f"Known: {quoted(list(OPTIONS))}.")
    unknown = [name for name in kwargs if name not in OPTIONS[mode]]
    if unknown:
        known = quoted(list(OPTIONS[mode])) if OPTIONS[mode] else "none"
        raise ArgumentError(f"pad(): mode {mode!r} does not take {unknown[0]!r}.", f"It takes {known}.")
    widths = widths_of(pad_width, array.ndim)
    of_nothing = any(not n and any(width) for n, width in zip(array.shape, widths, strict=True))
    if of_nothing and mode not in ("constant", "empty"):
        raise ShapeError(
            f"pad() of shape {array.shape} by mode {mode!r}: there is nothing to repeat along an axis of length 0.",
            "Pad with a constant, mode='constant', or leave empty batches out.",
        )
    ((_, option),) = {**(OPTIONS[mode] or {"": None}), **kwargs}.items()
    if mode == "empty" or (mode == "constant" and isinstance(option, (int, float)) and option == 0):
        return pad_zeros(array, widths)
    if mode in PICKING and option != "odd":
        return picked(array, widths, mode)
    for axis, (width, given) in enumerate(zip(widths, options_of(option, array.ndim), strict=True)):
        if any(width):
            array = padded_along(array, axis, width, mode, given)
    return array


def widths_of(pad_width: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """Return how many elements go before and behind, for each axis."""
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            widths[axis] = (width, width) if isinstance(width, (int, np.integer)) else tuple(width)
    else:
        try:
            widths = np.broadcast_to(pad_width, (ndim, 2)).tolist()
        except ValueError:
            raise ShapeError(
                f"pad(): widths of shape {np.shape(pad_width)} do not fit an array of {ndim} axes.",
                "Give one number, one pair, or a pair for each axis.",
            ) from None
    if any(int(n) != n or n < 0 for pair in widths for n in pair):
        raise ArgumentError(
            f"pad(): widths are whole numbers from 0 on, got {pad_width!r:.60}.", "Cut with a slice: t[1:]."
        )
    return tuple((int(before), int(after)) for before, after in widths)


def options_of(option: Any, ndim: int) -> list[Pair]:
    """Return the option of both sides of each axis, from one for all, a pair, or a pair for each axis."""
    if option is None or isinstance(option, str) or not np.ndim(option):
        return [(option, option)] * ndim
    rows = list(option)
    if np.ndim(rows[0]):
        pairs = [tuple(row) if len(row) == 2 else (row[0], row[0]) for row in rows]
        return [*pairs] * ndim if len(pairs) == 1 else [*pairs]
    return [(rows[0], rows[-1])] * ndim


def picked(x: Any, widths: tuple[tuple[int, int], ...], mode: Any) -> Any:
    """Return the padded array where the padding is elements of the array itself."""
    for axis, width in enumerate(widths):
        if any(width):
            x = x[(*(slice(None),) * axis, np.pad(np.arange(x.shape[axis]), width, mode))]
    return x


def padded_along(x: Any, axis: int, width: tuple[int, int], mode: str, given: Pair) -> Any:
    """Return `x` padded before and behind along one axis."""
    if mode in PICKING:
        return _mirrored_oddly(x, axis, width, mode)
    sides = [
        _side(x, axis, n, behind, mode, option) for behind, (n, option) in enumerate(zip(width, given, strict=True))
    ]
    return np.concatenate([sides[0], x, sides[1]], axis=axis)


def _slab(x: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return x[(*(slice(None),) * axis, slice(start, stop))]


def _side(x: Any, axis: int, n: int, behind: int, mode: str, option: Any) -> Any:
    """Return what stands on one side of the padded array."""
    shape = (*x.shape[:axis], n, *x.shape[axis + 1 :])
    if mode == "constant":
        value = option.astype(x.dtype) if hasattr(option, "astype") else np.asarray(option, x.dtype)
        return np.broadcast_to(value, shape)
    edge = _slab(x, axis, -1, None) if behind else _slab(x, axis, 0, 1)
    if mode == "linear_ramp" and x.dtype.kind in "iub":
        ramp = np.asarray(_side(x.astype(float), axis, n, behind, mode, option))
        return (ramp if x.dtype.kind == "b" else np.floor(ramp)).astype(x.dtype)
    if mode == "linear_ramp":
        weight = np.arange(n)[:: -1 if behind else 1] / max(n, 1)
        weight = weight.astype(x.dtype).reshape((n,) + (1,) * (x.ndim - axis - 1))
        return option * (1 - weight) + edge * weight
    length = x.shape[axis] if option is None else min(int(option), x.shape[axis])
    chunk = _slab(x, axis, x.shape[axis] - length, None) if behind else _slab(x, axis, 0, length)
    value = STATISTICS[mode](chunk, axis=axis, keepdims=True)
    if value.dtype != x.dtype:  # the mean of integers is rounded, as NumPy does
        value = (np.rint(value) if x.dtype.kind in "iu" else value).astype(x.dtype)
    return np.broadcast_to(value, shape)


def _mirrored_oddly(x: Any, axis: int, width: tuple[int, int], mode: Any) -> Any:
    """Return `x` with its mirror image subtracted from twice the edge, by the matrix that this is."""
    n = x.shape[axis]
    ways = np.pad(np.eye(n, dtype=x.dtype), (width, (0, 0)), mode, reflect_type="odd")
    return np.moveaxis(np.moveaxis(x, axis, -1) @ ways.T, -1, axis)
