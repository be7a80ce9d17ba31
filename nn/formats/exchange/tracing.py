"""A forward pass as a list of steps, read from the graph that the engine recorded, and independent of its data.

Passes over different data, in batches of different sizes, are compared: what differs between them is the size of the
batch, or was computed from the data outside of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError

Array = np.ndarray[Any, Any]
# None is the size of the batch.
Shape = tuple[int | None, ...]
# A size that depends on the batch in another way.
VARIES = -1


class Operand(NamedTuple):
    """What a step takes.

    Attributes
    ----------
    source : int, str, ndarray or None
        The number of an earlier step, the name of an input or of an entry of the model's state, a constant, or nothing.
    shape : Shape
    dtype : dtype
    """

    source: Any
    shape: Shape
    dtype: Any


@dataclass(frozen=True)
class Step:
    """One operation of the forward pass, with its keywords and what its result is like."""

    operation: str
    operands: tuple[Operand, ...]
    keywords: Mapping[str, Any]
    shape: Shape
    dtype: Any


@dataclass(frozen=True)
class Trace:
    """The steps of a pass in order, and what it returned."""

    steps: tuple[Step, ...]
    results: tuple[Operand, ...]


def recorded(results: Sequence[ag.Tensor], inputs: Mapping[str, ag.Tensor], state: Mapping[str, Any]) -> Trace:
    """Return the pass that led from the inputs to the results.

    Parameters
    ----------
    results : sequence of Tensor
    inputs : mapping of str to Tensor
        Floating ones require a gradient, so that what is computed from them is recorded.
    state : mapping of str to Tensor
        Parameters and buffers by their paths.
    """
    names = {_place(each): name for name, each in {**state, **inputs}.items()}
    indices = {name: each.numpy() for name, each in inputs.items() if each.dtype.kind in "iu"}
    order = sorted(_nodes(each.grad_fn for each in results), key=lambda node: node.stamp)
    numbers = {id(node): number for number, node in enumerate(order)}

    def operand(entry: Any) -> Operand:
        if entry is None:
            return Operand(None, (), None)
        if id(entry) in numbers:
            return Operand(numbers[id(entry)], entry.shape, entry.dtype)
        array = np.asarray(getattr(entry, "value", entry))
        _check_not_cast(array, indices)
        return Operand(names.get(_place(array), array), array.shape, array.dtype)

    steps = tuple(
        Step(
            node.op.__name__,
            tuple(operand(entry) for entry in node.inputs),
            {name: _indexed(value, indices) for name, value in node.keywords.items()},
            node.shape,
            node.dtype,
        )
        for node in order
    )
    found = tuple(operand(each.numpy() if each.grad_fn is None else each.grad_fn) for each in results)
    return Trace(steps, found)


def common(traces: Sequence[Trace], rows: tuple[int, ...]) -> Trace:
    """Return what passes over different data have in common.

    Parameters
    ----------
    traces : sequence of Trace
    rows : tuple of int
        How many rows the data of each had: a size that goes with them is the batch's.

    Raises
    ------
    UsageError
        When they differ in anything else.
    """
    first = traces[0]
    if any([each.operation for each in other.steps] != [each.operation for each in first.steps] for other in traces):
        raise UsageError(
            "The model computes in another way for other data: its forward decides by their values or their number.",
            "An ONNX graph is one way for all data: choose by np.maximum, np.clip, nn.functional.relu and the like.",
        )
    steps = tuple(_common_step(each, rows) for each in zip(*(each.steps for each in traces), strict=True))
    return Trace(steps, _common_operands("its result", [each.results for each in traces], rows))


class IndexOf(NamedTuple):
    """Stands in a step's keywords for the input of integers that is the index."""

    name: str


def _common_step(steps: tuple[Step, ...], rows: tuple[int, ...]) -> Step:
    first = steps[0]
    return replace(
        first,
        operands=_common_operands(first.operation, [each.operands for each in steps], rows),
        keywords={
            name: _common_keyword(first.operation, name, [each.keywords[name] for each in steps], rows)
            for name in first.keywords
        },
        shape=_common_shape([each.shape for each in steps], rows),
    )


def _common_operands(
    operation: str, operands: Sequence[tuple[Operand, ...]], rows: tuple[int, ...]
) -> tuple[Operand, ...]:
    merged = []
    for each in zip(*operands, strict=True):
        first = each[0]
        if not all(_same(first.source, other.source) for other in each):
            raise _from_data(operation, f"an array of shape {first.shape}")
        merged.append(first._replace(shape=_common_shape([one.shape for one in each], rows)))
    return tuple(merged)


def _common_keyword(operation: str, name: str, values: list[Any], rows: tuple[int, ...]) -> Any:
    first = values[0]
    # A mask is as large as what it chooses from, and no form takes one: theirs is the error.
    if name == "where" or all(_same(first, other) for other in values):
        return first
    if name == "shape" and len({len(each) for each in values}) == 1:
        return _common_shape(values, rows)
    raise _from_data(operation, name if isinstance(first, np.ndarray) else f"{name}={first!r}")


def _common_shape(shapes: Sequence[Shape], rows: tuple[int, ...]) -> Shape:
    return tuple(
        sizes[0] if len(set(sizes)) == 1 else None if sizes == rows else VARIES for sizes in zip(*shapes, strict=True)
    )


def _from_data(operation: str, what: str) -> UsageError:
    return UsageError(
        f"The model's forward takes {what} for {operation} from the data, in a way that no gradient passes through.",
        "An ONNX graph would keep it as a constant: compute it from Tensors, by differentiable operations.",
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        arrays = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        return arrays and one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _indexed(value: Any, indices: Mapping[str, Array]) -> Any:
    """Return a keyword with the inputs of integers in it by name."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_indexed(each, indices) for each in value)
    if isinstance(value, (np.ndarray, ag.Tensor)):
        array = np.asarray(value.numpy() if isinstance(value, ag.Tensor) else value)
        return next((IndexOf(name) for name, each in indices.items() if np.array_equal(array, each)), array)
    return value


def _check_not_cast(array: Array, indices: Mapping[str, Array]) -> None:
    """Raise for an input of integers that the model made floats of, of which no gradient tells."""
    for name, each in indices.items():
        if array.dtype.kind == "f" and array.shape == each.shape and each.size and np.array_equal(array, each):
            raise UsageError(
                f"The input {name!r} is {each.dtype}, and the model computes with it as {array.dtype}.",
                f"Pass it as floats: {name}.astype(np.{array.dtype}).",
            )


def _nodes(roots: Iterable[Any]) -> list[Any]:
    """Return the operations that led to the results."""
    found = {id(node): node for node in roots if node is not None}
    waiting = list(found.values())
    while waiting:
        for entry in waiting.pop().inputs:
            if id(entry) not in found and getattr(entry, "op", None) is not None:
                found[id(entry)] = entry
                waiting.append(entry)
    return list(found.values())


def _place(data: Any) -> tuple[Any, ...]:
    """Return what tells arrays apart: where they lie, and how."""
    array = data.numpy() if isinstance(data, ag.Tensor) else data
    return (array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str)
