"""Operations with several results: one row that holds them all is recorded, and each result is a part of it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.conversion import plain
from autograd_lite.errors import UsageError
from autograd_lite.graph import current_mode
from autograd_lite.own.guards import protected
from autograd_lite.primitives import Primitive, parameters_of, unregistered
from autograd_lite.recording import record
from autograd_lite.variable import wrap


class Part(NamedTuple):
    """Where one result lies in the row; `start` is None of one that is not floating, and has no gradient."""

    start: int | None
    shape: tuple[int, ...]
    dtype: Any


Layout = tuple[Part, ...]


def layout_of(results: Sequence[Any]) -> Layout:
    """Return where each result lies in the row that `packed` makes."""
    parts, start = [], 0
    for each in results:
        floating = each.dtype.kind in "fc"
        parts.append(Part(start if floating else None, each.shape, each.dtype))
        start += each.size * floating
    return tuple(parts)


def packed(results: Sequence[Any]) -> Any:
    """Return all floating results in one row.

    Examples
    --------
    >>> packed([np.ones((2, 1)), np.array(3), np.array(0.5)]).tolist()
    [1.0, 1.0, 0.5]
    """
    floating = [np.ravel(each) for each in results if each.dtype.kind in "fc"]
    return np.concatenate(floating) if floating else np.zeros(0)


def unpacked(row: Any, layout: Layout) -> tuple[Any, ...]:
    """Return the results in a row, arrays or Tensors; zeros for those that are not floating."""
    return tuple(
        np.zeros(part.shape) if part.start is None else output(row, number=k, part=part)
        for k, part in enumerate(layout)
    )


def _output(row: Any, number: int, part: Part) -> Any:
    assert part.start is not None
    found = row[part.start : part.start + math.prod(part.shape)].reshape(part.shape)
    return (np.real(found) if part.dtype.kind != "c" else found).astype(part.dtype)


def _in_row(g: Any, size: int, part: Part) -> Any:
    assert part.start is not None
    before, count = np.zeros(part.start, g.dtype), math.prod(part.shape)
    after = np.zeros(size - part.start - count, g.dtype)
    return np.concatenate([before, g.reshape(-1), after])


output: Primitive = unregistered(
    _output,
    row=lambda g, like_row, part: _in_row(g, like_row.shape[0], part),
    name="output",
    canonical=lambda row, number, part: ((row,), {"number": number, "part": part}),
    keywords=("number", "part"),
    label=lambda row, number, part, size: f"output {number}",
    tex=r"\operatorname{placed}(g)",
    samples=lambda x: [((x(7),), {"number": 1, "part": Part(2, (2, 2), np.dtype(float))})],
    doc="One of the results that an operation packed into a row.",
)


def on_row(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Return a rule of several results as one of the row: it takes g and y apart."""
    names = parameters_of(rule)

    def unpacking(g: Any, *rest: Any) -> Any:
        *saved, layout = rest
        arguments = [
            unpacked(each, layout) if name == "y" else each for name, each in zip(names[1:], saved, strict=True)
        ]
        return rule(unpacked(g, layout), *map(protected, arguments))

    # By which the names of what a rule needs are read.
    unpacking.__wrapped__ = rule  # type: ignore[attr-defined]
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in (*names, "layout")]
    unpacking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return unpacking


class Results:
    """The call of an operation with several results.

    Parameters
    ----------
    name : str
    compute : callable
        The user's function on arrays: compute(*operands, **settings).
    count : int
        How many results it has.
    """

    def __init__(self, name: str, compute: Callable[..., Any], count: int) -> None:
        self.name = name
        self.compute = compute
        self.count = count

    def row(self, *operands: Any, layout: Layout, **settings: Any) -> Any:
        """Return the row on arrays, as pictures and checks compute it again."""
        return packed(self._results(operands, settings))

    def __call__(self, primitive: Primitive, operands: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        """Run the operation on Tensors and return its results, in the kind of tuple that the function returns."""
        values = tuple([each if each is None else plain(each) for each in operands])
        results = self._results(values, settings)
        layout = layout_of(results)
        row = record(primitive, operands, {**settings, "layout": layout}, result=packed(results))
        found = [
            wrap(each, None)
            if part.start is None or not current_mode.get().recording
            else output(row, number=k, part=part)
            for k, (each, part) in enumerate(zip(results, layout, strict=True))
        ]
        made = type(results)
        return made(*found) if hasattr(made, "_fields") else made(found)

    def _results(self, operands: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        results = self.compute(*operands, **settings)
        given = len(results) if isinstance(results, (tuple, list)) else None
        if given != self.count:
            got = f"{given} results" if given is not None else f"one result, {type(results).__name__}"
            raise UsageError(
                f"{self.name}() returned {got}, declared with outputs={self.count}.",
                "Return a tuple of so many arrays, or declare another number.",
            )
        arrays = [np.asarray(plain(each)) for each in results]
        return type(results)(*arrays) if hasattr(results, "_fields") else type(results)(arrays)
