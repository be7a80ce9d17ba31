"""A graph computed again from its leaves: fused operations in their parts, checkpoints with all that they compute.

Of a freed graph the structure comes out, with zeros where a constant is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.differentiable import node_that_needs
from autograd_lite.graph import Departed, Leaf, Mode, Node, current_mode, topological_order
from autograd_lite.tensors import Tensor, record, wrap
from autograd_lite.transforms.checkpointed import in_full
from autograd_lite.transforms.hubs import CHECKPOINT, call_of, is_hub


def replayed(order: list[Node]) -> tuple[Tensor, dict[Node, Node]]:
    """Compute the graph again, fused operations in their parts; return the result and which node came from which."""
    results: dict[Node, Tensor] = {}
    origin: dict[Node, Node] = {}
    inside: dict[Node, dict[int, Node]] = {}
    token = current_mode.set(Mode())
    try:
        with silent(), in_full():
            for node in reversed(order):
                steps = [node]
                if is_hub(node):
                    inside[node] = ends = _ends_inside(node)
                    below = reversed(topological_order(ends.values()))
                    steps = [each for each in below if each not in results and each not in inside]
                for each in steps:
                    results[each] = again = _recomputed(each, results, inside)
                    origin[node_that_needs(again)] = each
    finally:
        current_mode.reset(token)
    return results[order[0]], origin


def _ends_inside(hub: Node) -> dict[int, Node]:
    """Return the nodes of a checkpointed function's results, with all that it computes below; none where freed."""
    call = call_of(hub)
    if call is None:
        return {}
    found = call.again(dict(zip(call.origins, hub.parents, strict=True)))
    return {number: node_that_needs(each) for number, each in found.items()}


def _recomputed(node: Node, results: Mapping[Node, Tensor], inside: Mapping[Node, Mapping[int, Node]]) -> Tensor:
    if isinstance(node, Leaf):
        return wrap(node.value, node if node.requires_grad else _standing_for(node))
    assert node.op is not None
    current_mode.set(Mode(True, node.scope))
    if node.op is CHECKPOINT:
        return _result(node, results, inside[node.inputs[0]])
    operands = tuple(_operand(entry, results) for entry in node.inputs)
    keywords = {name: _present(value) for name, value in node.keywords.items()}
    if node.op.unfold and node.op.definition is not None:
        result: Tensor = node.op.definition(*operands, **keywords)
    else:
        result = record(node.op, operands, keywords)
    if node.name is not None:
        result.name = node.name
    return result


def _standing_for(variable: Leaf) -> Leaf:
    """Return a leaf in the place of one by which a finished transform differentiated, and nobody else can."""
    leaf = Leaf(variable.value)
    leaf.requires_grad = True
    leaf.name = variable.name
    return leaf


def _result(node: Node, results: Mapping[Node, Tensor], ends: Mapping[int, Node]) -> Tensor:
    """Return a result of a checkpointed function: what it computed, or once that is freed an operation of its own."""
    end = None if node.saved is None else ends.get(node.saved[0][0])
    if end is not None:
        result = results[end]
    else:
        result = record(CHECKPOINT, tuple(results[each] for each in node.inputs[0].inputs), node.keywords)
    if node.name is not None:
        result.name = node.name
    return result


def _operand(entry: Any, results: Mapping[Node, Tensor]) -> Any:
    if isinstance(entry, Leaf) and entry not in results:
        return wrap(entry.value, entry)
    if isinstance(entry, Node):
        return results[entry]
    if isinstance(entry, Departed):
        value = wrap(_present(entry), None)
        if entry.name is not None:
            value.name = entry.name
        return value
    return entry


def _present(kept: Any) -> Any:
    """Return a constant of a freed graph, or zeros once it is gone."""
    if type(kept) is Departed:
        value = kept()
        return np.zeros(kept.shape, kept.dtype) if value is None else value
    if type(kept) is tuple:
        return tuple(_present(each) for each in kept)
    return kept
