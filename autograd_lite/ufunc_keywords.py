"""What NumPy's functions take besides their operands: out= and where=, and of ufuncs dtype=, casting= and the like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from numbers import Number
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, DtypeError, UsageError
from autograd_lite.inplace import InPlace
from autograd_lite.variable import Variable, wrap

# Of these order= and subok= mean nothing here: how a Tensor lies in memory is not for its user to see.
LOOP_KEYWORDS = frozenset({"dtype", "signature", "casting", "order", "subok"})


def converted(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call a ufunc on operands of the dtypes in which dtype=, signature= and casting= let it compute.

    Raises
    ------
    DtypeError
        When the operands cannot be cast to them.
    """
    rest = {name: value for name, value in kwargs.items() if name not in LOOP_KEYWORDS}
    options = {name: kwargs[name] for name in ("casting", "signature") if name in kwargs}
    if kwargs.get("dtype") is not None:
        options["signature"] = (*(None,) * ufunc.nin, *(np.dtype(kwargs["dtype"]),) * ufunc.nout)
    if not options:
        return ufunc(*args, **rest)
    try:
        dtypes = ufunc.resolve_dtypes((*map(_kind, args), *(None,) * ufunc.nout), **options)
    except (TypeError, ValueError) as problem:
        raise DtypeError(
            f"np.{ufunc.__name__}: {str(problem).splitlines()[0].rstrip('.')}.",
            "Convert the operands first, t.astype(dtype), or leave dtype= and casting= out.",
        ) from None
    return ufunc(*map(_as_dtype, args, dtypes), **rest)


def _kind(operand: Any) -> Any:
    """Return the dtype of an operand; of a Python number its class, which yields to the dtypes of arrays."""
    if type(operand) in (int, float, complex):
        return type(operand)
    return operand.dtype if hasattr(operand, "dtype") else np.asarray(operand).dtype


def _as_dtype(operand: Any, dtype: Any) -> Any:
    if isinstance(operand, Variable):
        return operand if operand.dtype == dtype else operand.astype(dtype)  # type: ignore[attr-defined]
    return np.asarray(operand, dtype)


def along_axes(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Do what ``np.matmul(a, b, axes=[...])`` and ``np.vecdot(a, b, keepdims=True)`` do, by moving axes there and back.

    Parameters
    ----------
    ufunc : ufunc
        One of vectors or matrices, which has a signature.
    args, kwargs : tuple, mapping
        With axes= or keepdims= among the keywords.
    """
    rest = {name: value for name, value in kwargs.items() if name not in ("axes", "keepdims")}
    if kwargs.get("axes") is None:
        y = ufunc(*args, **rest)
        return np.expand_dims(y, kwargs.get("axis", -1)) if kwargs.get("keepdims") else y
    groups = [group.split(",") if group else [] for group in re.findall(r"\(([^)]*)\)", ufunc.signature or "")]
    places = [tuple(range(-len(group), 0)) for group in groups]
    axes = [each if isinstance(each, tuple) else (each,) for each in kwargs["axes"]]
    if len(axes) < ufunc.nin or any(len(a) != len(b) for a, b in zip(axes, places, strict=False)):
        raise ArgumentError(
            f"np.{ufunc.__name__}: axes={kwargs['axes']} do not fit its signature {ufunc.signature}.",
            "Give a tuple of axes for each operand and for the result.",
        )
    moved = [np.moveaxis(x, a, place) for x, a, place in zip(args, axes, places, strict=False)]
    y = ufunc(*moved, **rest)
    return np.moveaxis(y, places[-1], axes[-1]) if len(axes) > ufunc.nin else y


def masked(ufunc: np.ufunc, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what ``ufunc(..., where=mask)`` does; elsewhere stands what out= held, and 0 without it."""
    options = dict(kwargs)
    mask, (out, *others) = options.pop("where"), options.pop("out", (None,))
    if others or ufunc.nout > 1:
        raise UsageError(f"np.{ufunc.__name__} has several results, and where= is for one.", "Call it without where=.")
    with np.errstate(all="ignore"):  # what is wrong where the mask is false concerns nobody
        everywhere = ufunc(*apart(args, out), **options)
    result = np.where(mask, everywhere, 0 if out is None else out)
    return result if out is None else into(out, result, ufunc.__name__)


def computed_into(
    out: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], name: str
) -> Any:
    """Do what ``f(..., out=out)`` does; of a function with several results each has a place of its own.

    Parameters
    ----------
    out : Tensor or tuple of Tensor
    function : callable
    args, kwargs : tuple, dict
        What it takes besides out=.
    name : str
        What messages call it.
    """
    places = out if isinstance(out, tuple) else (out,)
    found = args
    for each in places:
        found = apart(found, each)
    result = function(*found, **kwargs)
    results = result if isinstance(result, tuple) else (result,)
    if len(results) != len(places):
        raise UsageError(
            f"np.{name} has {len(results)} results, and out= names {len(places)}.", "Give a tuple of one for each."
        )
    written = [
        given if place is None else into(place, given, name) for given, place in zip(results, places, strict=True)
    ]
    return tuple(written) if isinstance(result, tuple) else written[0]


def apart(args: Any, out: Any) -> Any:
    """Return the operands, those in the memory of `out` copied: a rule may save them, and they are overwritten."""
    if not isinstance(out, Variable):
        return args
    if isinstance(args, (tuple, list)):
        return type(args)([apart(each, out) for each in args])
    if isinstance(args, Variable) and np.may_share_memory(args._value, out._value):
        return wrap(args._value.copy(), args._node)
    return args


def into(out: Any, result: Any, function: str) -> Any:
    """Write a result into the Tensor given as ``out=`` and return that."""
    if not isinstance(out, InPlace):
        raise UsageError(
            f"np.{function} cannot write a Tensor into existing memory: the gradient would be lost.",
            "Write `a = a + t` instead of `a += t`; as out= give a Tensor: ag.zeros(shape).",
        )
    result = np.asarray(result) if isinstance(result, Number) else result
    if out.shape != result.shape:
        raise UsageError(
            f"np.{function} gives shape {result.shape}, out= has {out.shape}.", "Give a Tensor of the result's shape."
        )
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        raise UsageError(
            f"np.{function} gives {result.dtype}, out= is of {out.dtype}.", "Give a Tensor of the result's dtype."
        )
    out._write(result, Ellipsis, f"np.{function}(out=t)", fresh=True)
    return out
