"""The table of an operation's ONNX form: what each step of a forward pass becomes, found by the operation's name."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.errors import UnsupportedError
from nn.formats.exchange.graph import Graph
from nn.formats.exchange.tracing import Operand, Step


class Call(NamedTuple):
    """A step about to be written: its graph, itself, and the names of its operands there, None for one left out."""

    graph: Graph
    step: Step
    names: tuple[str | None, ...]

    @property
    def x(self) -> str:
        """The first operand."""
        return self.name(0)

    @property
    def dtype(self) -> Any:
        """That of the result."""
        return self.step.dtype

    @property
    def ndim(self) -> int:
        """How many axes the first operand has."""
        return len(self.step.operands[0].shape)

    @property
    def native(self) -> bool:
        """Whether runtimes have the less usual operations in this dtype: in float64 they have the basic ones alone."""
        return bool(np.dtype(self.dtype) != np.float64)

    def name(self, position: int) -> str:
        """Return an operand's name, '' for one left out."""
        return self.names[position] or ""

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add a node."""
        return self.graph.add(operation, *inputs, **attributes)

    def number(self, value: float) -> str:
        """Return a constant in the dtype of the result."""
        return self.graph.constant(value, self.dtype)


Form = Callable[..., str]
FORMS: dict[str, Form] = {}


def form(*operations: str) -> Callable[[Form], Form]:
    """Enter a function into the table: it takes the call and the step's keywords, adds nodes, and returns the result.

    Examples
    --------
    >>> from nn.formats.exchange.forms import FORMS, form
    >>> @form("doubled")
    ... def doubled(call):
    ...     return call.add("Add", call.x, call.x)
    >>> FORMS.pop("doubled") is doubled
    True
    """

    def enter(function: Form) -> Form:
        FORMS.update(dict.fromkeys(operations, function))
        return function

    return enter


def written(step: Step, graph: Graph, results: list[str]) -> str:
    """Write a step into the graph, and return the name of its result.

    Raises
    ------
    UnsupportedError
        When the table has no form for it.
    """
    known = FORMS.get(step.operation)
    if known is None:
        raise UnsupportedError(
            f"nn.export_onnx has no ONNX form for {step.operation}, which gave shape {step.shape}.".replace(
                "None", "N"
            ),
            "Write that part of forward with other operations, or leave it out of the exported model.",
        )
    names = tuple(_named(each, step, graph, results) for each in step.operands)
    return known(Call(graph, step, names), **_taken(known, step))


def _taken(known: Form, step: Step) -> dict[str, Any]:
    """Return the step's keywords; those that the form does not know must have been left out.

    Raises
    ------
    UnsupportedError
        When one of these was given.
    """
    names = signature(known).parameters
    for name, value in step.keywords.items():
        if name not in names and value is not None:
            raise UnsupportedError(
                f"nn.export_onnx has no ONNX form for {step.operation} with {name}=.",
                "Write it without, by other operations: np.where(mask, x, 0).sum() for x.sum(where=mask).",
            )
    return {name: value for name, value in step.keywords.items() if name in names}


def _named(operand: Operand, step: Step, graph: Graph, results: list[str]) -> str | None:
    """Return the name of an operand, in the dtype of the result when it is a number."""
    if operand.source is None:
        return None
    if operand.dtype.kind not in "fiu" or np.dtype(step.dtype).kind not in "fiu":
        return reference(operand, graph, results)
    if isinstance(operand.source, np.ndarray):
        return graph.constant(operand.source, step.dtype)
    return graph.cast(reference(operand, graph, results), operand.dtype, step.dtype)


def reference(operand: Operand, graph: Graph, results: list[str]) -> str:
    """Return the name of an earlier result, an input, an entry of the state, or a constant."""
    if isinstance(operand.source, int):
        return results[operand.source]
    if isinstance(operand.source, str):
        return graph.held(operand.source)
    return graph.constant(operand.source, operand.dtype)
