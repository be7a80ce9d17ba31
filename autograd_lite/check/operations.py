"""Which operation of a graph has the wrong rule: each is checked by itself, at the values that it had there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.check.comparison import FIRST, Check, Fault
from autograd_lite.check.inputs import Inputs
from autograd_lite.check.outputs import Output
from autograd_lite.graph import Leaf, Node
from autograd_lite.primitives import Primitive
from autograd_lite.recording import record

# Beyond these a search would take longer than a reader waits.
OPERATIONS = 300
ELEMENTS = 100_000


class Step(NamedTuple):
    """One operation at one point.

    Attributes
    ----------
    op : Primitive
    values : tuple
        Of its operands.
    keywords : dict
    positions : tuple of int
        The operands that have a rule and a history.
    constants : tuple of int
        Those that have no history.
    unruled : tuple of int
        Those that have a history and no rule.
    """

    op: Primitive
    values: tuple[Any, ...]
    keywords: dict[str, Any]
    positions: tuple[int, ...]
    constants: tuple[int, ...]
    unruled: tuple[int, ...]

    def operand(self, position: int) -> str:
        """Return an operand's name; of one among any number its position."""
        return str(position) if self.op.variadic else self.op.operands[position]


class Culprit(NamedTuple):
    """An operation whose rule for one operand is wrong."""

    step: Step
    position: int
    check: Check
    fault: Fault


def steps_of(outputs: Sequence[Output]) -> list[Step]:
    """Return the operations that computed the outputs, in their order, with the values that they were given."""
    values: dict[Node, Any] = {}
    steps = []
    for node in nodes_of([each.tensor._node for each in outputs if each.tensor._node is not None]):
        if isinstance(node, Leaf) or node.op is None:
            values[node] = node.value  # type: ignore[attr-defined]
            continue
        operands = tuple([values[each] if isinstance(each, Node) else each for each in node.inputs])
        values[node] = node.op.fn(*operands, **node.keywords)
        known = {k for k, each in enumerate(node.inputs) if isinstance(each, Node)}
        constants = tuple([k for k in range(len(operands)) if k not in known])
        unruled = tuple(sorted(known.difference(node.plan.positions)))
        steps.append(Step(node.op, operands, node.keywords, node.plan.positions, constants, unruled))
    return steps


def nodes_of(roots: Sequence[Node]) -> list[Node]:
    """Return all nodes that had a part in the results, each after its operands; those without a gradient too."""
    found = dict.fromkeys(roots)
    waiting = list(found)
    while waiting:
        for each in waiting.pop().inputs:
            if isinstance(each, Node) and each not in found:
                found[each] = None
                waiting.append(each)
    return sorted(found, key=lambda node: node.stamp)


def culprit(outputs: Sequence[Output], order: int) -> Culprit | None:
    """Return the first operation whose rule differs from differences; None where each is right by itself."""
    try:
        steps = list(_distinct(steps_of(outputs)))
    except Exception:  # values that were freed or written over; a fused operation of the user's
        return None
    for step in steps:
        found = _checked(step, order)
        if found is not None:
            return found
    return None


def _distinct(steps: Sequence[Step]) -> Iterator[Step]:
    seen = set()
    for step in steps[:OPERATIONS]:
        shapes = tuple((np.shape(each), str(getattr(each, "dtype", ""))) for each in step.values)
        key = (step.op, shapes, step.positions, repr(step.keywords))
        if key not in seen and sum(int(np.prod(shape)) for shape, _ in shapes) <= ELEMENTS:
            seen.add(key)
            yield step


def as_function(step: Step) -> tuple[Any, tuple[Any, ...]]:
    """Return an operation as a function of the operands that it has rules for, and their values."""

    def f(*tensors: Any) -> Any:
        operands = list(step.values)
        for k, tensor in zip(step.positions, tensors, strict=True):
            operands[k] = tensor
        return record(step.op, tuple(operands), step.keywords)

    return f, tuple(np.asarray(step.values[k]) for k in step.positions)


def _checked(step: Step, order: int) -> Culprit | None:
    f, values = as_function(step)
    try:
        check = Check(f, Inputs(values))
        fault = check.first_order() or (check.second_order() if order != FIRST else None)
    except Exception:  # an operation that cannot be judged by itself, at this point
        return None
    return None if fault is None else Culprit(step, step.positions[fault.place], check, fault)
