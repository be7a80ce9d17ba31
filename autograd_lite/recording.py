"""Recording: where the forward pass meets the graph.

An operation runs on plain arrays; when an operand needs a gradient, a Node is left behind that holds what the chosen
rules will ask for. `record` does this for any primitive; `unary` and `binary` do the same for one and two operands
without keywords, written out because they run most often.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.anomaly import check_result
from autograd_lite.conversion import plain
from autograd_lite.errors import AutogradError, IndexingError, ShapeError, UsageError
from autograd_lite.graph import Node, current_mode, fill
from autograd_lite.primitives import REGISTRY, Plan, Primitive, no_axis
from autograd_lite.variable import Variable, wrap
from autograd_lite.writes import owner_of

NO_KEYWORDS: dict[str, Any] = {}


def record(primitive: Primitive, operands: tuple[Any, ...], keywords: dict[str, Any], *, result: Any = None) -> Any:
    """Run a primitive on its operands' arrays; leave a node behind if one of them needs a gradient.

    With `result` nothing is run: it is what the operation would give, computed already in some quicker way.
    """
    values: list[Any] = []
    inputs: list[Any] = []
    parents: list[Node] = []
    needed, bit, raw = 0, 1, False
    for operand in operands:
        if isinstance(operand, Variable):
            value, node = operand._value, operand._node
            if node is not None and node.requires_grad:
                needed |= bit
                parents.append(node)
            inputs.append(value if node is None else node)
        else:
            value = operand if operand is None else plain(operand)
            raw = raw or type(value) is np.ndarray
            inputs.append(value)
        values.append(value)
        bit <<= 1
    mode = current_mode.get()
    recording = needed and mode.recording
    residuals: Any = ()
    try:
        if result is not None:
            y = result
        elif recording and primitive.residuals is not None:
            y, *residuals = primitive.residuals(*values, **keywords)
        else:
            y = primitive.fn(*values, **keywords)
    except (ValueError, IndexError) as problem:
        raise misfit(primitive, operands, problem) from None
    wrapped: Callable[[Any, Node | None], Any] = wrap
    if primitive.views and type(y) is np.ndarray:
        y, wrapped = _apart_or_view(primitive, operands, values, keywords, y)
    if not recording:
        return wrapped(y, None)
    plan = primitive.plans.get(needed) or primitive.plan(needed, len(values))
    if not plan.positions:
        return wrapped(y, None)
    if raw:
        values = own_constants(plan, operands, values)
    pool = (*values, y)
    if primitive.keywords or residuals:
        pool = (*pool, *residuals, *[keywords[name] for name in primitive.keywords])
    saved = plan.save(pool)
    if primitive.through_definition:
        saved = (*saved, tuple(values))
    if len(parents) != len(plan.positions):  # one of them has no rule
        parents = [inputs[k] for k in plan.positions]
    held = tuple(inputs)
    through = held if len(parents) == len(held) else tuple(parents)
    node = fill(Node(), plan, held, through, saved, keywords, y, mode.scope)
    if mode.anomaly:
        check_result(node, values, y)
    return wrapped(y, node)


def unary(primitive: Primitive, operand: Any) -> Any:
    """Do what `record` does for one Tensor and no keywords."""
    x, node = operand._value, operand._node
    if not primitive.simple:
        return record(primitive, (operand,), NO_KEYWORDS)
    y = primitive.fn(x)
    if node is None or not node.requires_grad:
        return wrap(y, None)
    mode = current_mode.get()
    plan = primitive.plans.get(1) or primitive.plan(1, 1)
    if not mode.recording or not plan.positions:
        return wrap(y, None)
    parents = (node,)
    made = fill(Node(), plan, parents, parents, plan.save((x, y)), NO_KEYWORDS, y, mode.scope)
    if mode.anomaly:
        check_result(made, (x,), y)
    return wrap(y, made)


def binary(primitive: Primitive, compute: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Do what `record` does for an operator.

    `compute` is Python's operator: on the scalars that 0-dimensional results are, it is ten times as fast as the ufunc.
    """
    needed, raw = 0, False
    if isinstance(a, Variable):
        x, left = a._value, a._node
        if left is None:
            left = x
        elif left.requires_grad:
            needed = 1
    else:
        x = left = plain(a)
        raw = type(x) is np.ndarray
    if isinstance(b, Variable):
        z, right = b._value, b._node
        if right is None:
            right = z
        elif right.requires_grad:
            needed += 2
    else:
        z = right = plain(b)
        raw = type(z) is np.ndarray
    try:
        y = compute(x, z)
    except (ValueError, TypeError) as problem:
        raise misfit(primitive, (a, b), problem) from None
    if type(y) is complex:  # Python's own product of a complex number and a NumPy scalar
        y = np.complex128(y)
    if not needed:
        return wrap(y, None)
    mode = current_mode.get()
    if not mode.recording:
        return wrap(y, None)
    plan = primitive.plans.get(needed) or primitive.plan(needed, 2)
    inputs = (left, right)
    parents = inputs if needed == 3 else (inputs[needed - 1],)
    if raw:
        x, z = own_constants(plan, (a, b), [x, z])
    node = fill(Node(), plan, inputs, parents, plan.save((x, z, y)), NO_KEYWORDS, y, mode.scope)
    if mode.anomaly:
        check_result(node, (x, z), y)
    return wrap(y, node)


def own_constants(plan: Plan, operands: tuple[Any, ...], values: list[Any]) -> list[Any]:
    """Return the operands' values, those that a rule saves copied where they are the caller's arrays.

    What NumPy writes into an array is seen by nobody: a batch buffer filled again would falsify the gradient.
    """
    saved = {k for each in plan.sources for k in each}
    if plan.op is not None and plan.op.through_definition:
        saved.update(range(len(values)))
    return [
        value.copy() if k in saved and type(value) is np.ndarray and not isinstance(operands[k], Variable) else value
        for k, value in enumerate(values)
    ]


def _apart_or_view(
    primitive: Primitive, operands: tuple[Any, ...], values: list[Any], keywords: dict[str, Any], y: Any
) -> tuple[Any, Callable[[Any, Node | None], Any]]:
    """Return a result with what makes it a Tensor: a view, where it lies in the memory of the first operand.

    In the memory of anything else it is copied, so that no write into it goes unseen.
    """
    for k, value in enumerate(values):
        if shares_memory(y, value):
            if k or not isinstance(operands[0], Variable):
                return y.copy(), wrap
            return y, partial(Variable._view, operands[0], (primitive, keywords))
    return y, wrap


def shares_memory(y: Any, x: Any) -> bool:
    """Return whether a result lies in the memory of an operand."""
    return y is x or (y.base is not None and isinstance(x, np.ndarray) and owner_of(y) is owner_of(x))


def misfit(primitive: Primitive, operands: tuple[Any, ...], problem: Exception) -> AutogradError:
    """Return the error of operands that NumPy refuses, with their names and shapes."""
    if isinstance(problem, AutogradError):
        return problem
    if isinstance(problem, np.exceptions.AxisError):
        return no_axis(primitive.__name__, problem)
    if isinstance(problem, IndexError):
        return no_element(np.shape(operands[0]), problem)
    shown = " and ".join(
        f"{each.name!r} {each.shape}" if isinstance(each, Variable) and each.name else str(np.shape(each))
        for each in operands
        if each is not None
    )
    label = primitive.infix or primitive.__name__
    if len(operands) == 1 and isinstance(problem, ValueError):
        mend = "Leave empty batches out." if 0 in np.shape(operands[0]) else "Look at the shape, and at the arguments."
        return ShapeError(f"{label} of shape {shown}: {problem}.", mend)
    if isinstance(problem, TypeError):
        kinds = ", ".join(type(each).__name__ for each in operands)
        return UsageError(f"{label} does not take these operands: {kinds}.", "Use Tensors, arrays and numbers.")
    mend = "Transpose or reshape one: for a @ b the columns of a are as many as the rows of b."
    if primitive is not REGISTRY[np.matmul]:
        mend = "Shapes fit when, from the right, lengths are equal or 1; use reshape or np.expand_dims."
    return ShapeError(f"{label}: the shapes {shown} do not fit.", mend)


def no_element(shape: tuple[int, ...], problem: IndexError) -> IndexingError:
    """Return the error of an index that a tensor of this shape does not have."""
    if not shape:
        return IndexingError(
            "t[...] of shape (): one number has no elements.", "Use t itself, or give an array: [5.0]."
        )
    return IndexingError(
        f"t[...] of shape {shape}: {problem}.",
        "An index is an integer, a slice or a mask for each axis; integers count from 0, or back from -1.",
    )
