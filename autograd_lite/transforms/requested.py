"""Derivatives asked for by name, which change no `.grad`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_lite.creation import zeros
from autograd_lite.differentiable import deliver, leaving, node_that_needs, owner_of, run_backward, tensors_of
from autograd_lite.errors import ArgumentError, GradientError
from autograd_lite.spelling import spelled
from autograd_lite.tensors import Tensor


@spelled
def gradients(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    *,
    create_graph: bool = False,
    retain_graph: bool | None = None,
    allow_unused: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Return the gradients of outputs with respect to inputs; `.grad` stays as it was.

    Only a computed tensor on the way that called `retain_grad` keeps its gradient, as in every backward pass.

    Parameters
    ----------
    outputs : Tensor or sequence of Tensor
        What to differentiate; their gradients are added up.
    inputs : Tensor or sequence of Tensor
        What to differentiate by; computed tensors too.
    grad_outputs : array_like or sequence, optional
        The incoming gradient of each output, of its shape; 1 for a scalar, or where it is None.
    create_graph : bool
        Record the backward pass, so that the gradients can be differentiated.
    retain_graph : bool, optional
        Keep the graph for a further backward pass; by default only with `create_graph`.
    allow_unused : bool
        Return None for an input that the outputs do not depend on, instead of an error.
    materialize_grads : bool
        Return zeros for it.

    Returns
    -------
    tuple of Tensor
        One gradient an input, of its shape and dtype.

    Raises
    ------
    GradientError
        When an input requires no gradient, or was not used; when an output is no scalar and has no incoming gradient,
        or an earlier backward pass freed its graph.
    ShapeError, DtypeError
        When an incoming gradient has another shape than its output, or is complex where that is real.
    ArgumentError
        When there are no inputs or outputs, or another number of incoming gradients than of outputs.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> x = ag.tensor(1.0, requires_grad=True)
    >>> (first,) = ag.gradients(np.log(x) ** 2, x, create_graph=True)
    >>> (second,) = ag.gradients(first, x)
    >>> second.item()
    2.0
    """
    outputs, inputs = tensors_of(outputs, "outputs"), tensors_of(inputs, "inputs")
    seeds = _seeds(outputs, grad_outputs)
    nodes = [node_that_needs(each) for each in inputs]
    release = not (create_graph if retain_graph is None else retain_graph)
    totals = run_backward(
        outputs, seeds, dict.fromkeys(nodes), create_graph=create_graph, release=release, caller="gradients()"
    )
    unused = [each for each, node in zip(inputs, nodes, strict=True) if node not in totals]
    if unused and not (allow_unused or materialize_grads):
        raise GradientError(
            f"The outputs do not depend on the input {unused[0].name or f'of shape {unused[0].shape}'!s}.",
            "Compute them from it, or pass allow_unused=True to get None.",
        )
    deliver(
        {node: g for node, g in totals.items() if node.parents and owner_of(node) is not None}, recorded=create_graph
    )
    found = dict(leaving({node: totals.pop(node) for node in nodes if node in totals}, recorded=create_graph))
    if materialize_grads:
        found |= {node: zeros(node.shape, dtype=node.dtype) for node in nodes if node not in found}
    return tuple(found.get(node) for node in nodes)


def _seeds(outputs: list[Tensor], grad_outputs: Any) -> list[Any]:
    """Return the incoming gradient of each output."""
    if grad_outputs is None:
        return [None] * len(outputs)
    seeds = [grad_outputs]
    if isinstance(grad_outputs, (tuple, list)) and (len(outputs) > 1 or _is_of_one(outputs[0], grad_outputs)):
        seeds = list(grad_outputs)
    if len(seeds) != len(outputs):
        raise ArgumentError(
            f"There are {len(outputs)} outputs and {len(seeds)} incoming gradients.", "Give one gradient an output."
        )
    return seeds


def _is_of_one(output: Tensor, given: Sequence[Any]) -> bool:
    """Return whether a sequence holds the gradient of one output, rather than being that itself, as numbers."""
    if len(given) != 1:
        return False
    return given[0] is None or isinstance(given[0], Tensor) or np.shape(given) != output.shape
