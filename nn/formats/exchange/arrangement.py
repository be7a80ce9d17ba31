"""ONNX forms of what moves, joins, picks and reduces elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.errors import UnsupportedError
from nn.formats.exchange.forms import FORMS, Call, Form, form
from nn.formats.exchange.tracing import VARIES, IndexOf, Shape


@form("reshape")
def reshape(call: Call, shape: Shape, order: str) -> str:
    """In Fortran's order, columns first, it is that of the transposes."""
    if order == "F":
        return _reversed(call, _reshaped(call, _reversed(call, call.x, call.ndim), shape[::-1]), len(shape))
    return _reshaped(call, call.x, shape)


def _reshaped(call: Call, x: str, shape: Shape) -> str:
    """One size may follow from the others; the batch's is read from the input where another one does."""
    unknown = [n for n in shape if n is None or n == VARIES]
    if unknown.count(VARIES) > 1:
        raise UnsupportedError(
            "nn.export_onnx has no ONNX form for a reshape of which two sizes depend on the batch.",
            "Write it in two steps, with one such size in each.",
        )
    if len(unknown) > 1:
        return call.add("Reshape", x, call.graph.sizes(shape))
    sizes = [VARIES if n is None else n for n in shape]
    return call.add("Reshape", x, call.graph.integers(*sizes), allowzero=1 if 0 in sizes else None)


@form("ravel")
def ravel(call: Call, order: str) -> str:
    x = _reversed(call, call.x, call.ndim) if order == "F" else call.x
    return call.add("Reshape", x, call.graph.integers(-1))


def _reversed(call: Call, x: str, ndim: int) -> str:
    return call.add("Transpose", x, perm=list(range(ndim))[::-1])


@form("transpose")
def transpose(call: Call, axes: tuple[int, ...]) -> str:
    return call.add("Transpose", call.x, perm=list(axes))


@form("swapaxes")
def swapaxes(call: Call, axis1: int, axis2: int) -> str:
    order = list(range(call.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return call.add("Transpose", call.x, perm=order)


@form("moveaxis")
def moveaxis(call: Call, source: tuple[int, ...], destination: tuple[int, ...]) -> str:
    order = [k for k in range(call.ndim) if k not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return call.add("Transpose", call.x, perm=order)


@form("expand_dims")
def expand_dims(call: Call, axis: tuple[int, ...]) -> str:
    return call.add("Unsqueeze", call.x, call.graph.integers(*axis))


@form("squeeze")
def squeeze(call: Call, axis: tuple[int, ...]) -> str:
    return call.add("Squeeze", call.x, call.graph.integers(*axis)) if axis else call.add("Identity", call.x)


@form("broadcast_to")
def broadcast_to(call: Call, shape: Shape) -> str:
    if VARIES in shape:
        raise UnsupportedError(
            "nn.export_onnx has no ONNX form for a broadcast to a size that the batch decides with others.",
            "Let the operation that follows broadcast.",
        )
    return call.add("Expand", call.x, call.graph.sizes(shape))


@form("concatenate")
def concatenate(call: Call, axis: int) -> str:
    return call.add("Concat", *(call.name(k) for k in range(len(call.names))), axis=axis)


@form("stack")
def stack(call: Call, axis: int) -> str:
    place = call.graph.integers(axis)
    parts = [call.add("Unsqueeze", call.name(k), place) for k in range(len(call.names))]
    return call.add("Concat", *parts, axis=axis)


def _reduction(operation: str, joined: str | None) -> Form:
    """Return the form of a reduction; `joined` is the operation by which the number that it starts at comes in."""

    def reduced(call: Call, axis: tuple[int, ...], keepdims: bool) -> str:
        if not axis:
            return call.add("Identity", call.x)
        return call.add(operation, call.x, call.graph.integers(*axis), keepdims=int(keepdims))

    def started(call: Call, axis: tuple[int, ...], keepdims: bool, initial: float | None) -> str:
        result = reduced(call, axis, keepdims)
        return result if initial is None else call.add(str(joined), result, call.number(initial))

    return started if joined else reduced


REDUCTIONS = {"sum": ("ReduceSum", "Add"), "prod": ("ReduceProd", "Mul"), "max": ("ReduceMax", "Max"),
              "min": ("ReduceMin", "Min"), "mean": ("ReduceMean", None),
              "logsumexp": ("ReduceLogSumExp", None)}  # fmt: skip
FORMS.update({ours: _reduction(*theirs) for ours, theirs in REDUCTIONS.items()})


@form("var")
def var(call: Call, axis: tuple[int, ...], keepdims: bool, ddof: float) -> str:
    """Σ (x − μ)² / (n − ddof)."""
    if not axis:
        return call.add("Sub", call.x, call.x)
    sizes = [call.step.operands[0].shape[k] for k in axis]
    lengths = [n for n in sizes if n is not None and n != VARIES]
    if ddof and len(lengths) < len(sizes):
        raise UnsupportedError(
            f"nn.export_onnx has no ONNX form for {call.step.operation} over the batch with ddof={ddof:g}.",
            "Leave ddof out, or reduce the other axes alone.",
        )
    axes = call.graph.integers(*axis)
    d = call.add("Sub", call.x, call.add("ReduceMean", call.x, axes, keepdims=1))
    mean = call.add("ReduceMean", call.add("Mul", d, d), axes, keepdims=int(keepdims))
    n = math.prod(lengths)
    return call.add("Mul", mean, call.number(n / (n - ddof) if n > ddof else np.inf)) if ddof else mean


@form("std")
def std(call: Call, axis: tuple[int, ...], keepdims: bool, ddof: float) -> str:
    return call.add("Sqrt", var(call, axis, keepdims, ddof))


@form("softmax")
def softmax(call: Call, axis: int) -> str:
    return call.add("Softmax", call.x, axis=axis)


@form("log_softmax")
def log_softmax(call: Call, axis: int) -> str:
    return call.add("LogSoftmax", call.x, axis=axis)


@form("getitem")
def getitem(call: Call, index: Any) -> str:
    """Rows by an input of integers, as an embedding has them; or basic indices, and one list of positions at most."""
    if isinstance(index, IndexOf):
        return call.add("Gather", call.x, index.name, axis=0)
    result, axis, new_axes, gathered = call.x, 0, [], 0
    for each in _spelled_out(index, call.ndim):
        if each is None:
            new_axes.append(axis)
        elif isinstance(each, slice):
            result = _slice(call, result, each, axis)
        elif isinstance(each, (int, np.integer)):
            result = call.add("Gather", result, call.graph.constant(int(each), np.int64), axis=axis)
            gathered += 1
            continue
        elif isinstance(each, np.ndarray) and each.ndim == 1 and each.dtype.kind in "iu" and not gathered:
            result = call.add("Gather", result, call.graph.constant(each, np.int64), axis=axis)
        else:
            raise UnsupportedError(
                f"nn.export_onnx has no ONNX form for an index of {getattr(each, 'dtype', type(each).__name__)}.",
                "Use slices, integers, or a list of positions along one axis.",
            )
        axis += 1
    return call.add("Unsqueeze", result, call.graph.integers(*new_axes)) if new_axes else result


def _spelled_out(index: Any, ndim: int) -> list[Any]:
    """Return one entry an axis, and None for each new one."""
    entries = list(index) if type(index) is tuple else [index]
    taken = sum(each is not None and each is not Ellipsis for each in entries)
    place = next((k for k, each in enumerate(entries) if each is Ellipsis), len(entries))
    return [*entries[:place], *[slice(None)] * (ndim - taken), *entries[place + 1 :]]


def _slice(call: Call, x: str, part: slice, axis: int) -> str:
    if part == slice(None):
        return x
    step = 1 if part.step is None else int(part.step)
    far = np.iinfo(np.int64).max
    start = (0 if step > 0 else far) if part.start is None else int(part.start)
    stop = (far if step > 0 else -far) if part.stop is None else int(part.stop)
    integers = call.graph.integers
    return call.add("Slice", x, integers(start), integers(stop), integers(axis), integers(step))
