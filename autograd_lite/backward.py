"""The reverse walk: every node receives the sum of the contributions of the nodes that used it, and passes it on.

Cotangents are opaque: plain arrays for a first derivative; for `create_graph`, objects that record the very same rules.
The layer recursion δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ) is nowhere written down: it is what this walk does on an MLP's graph.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from autograd_lite.errors import GradientError
from autograd_lite.graph import Cotangent, Node, topological_order
from autograd_lite.primitives import Like, Primitive


class Recorder(Protocol):
    """What a walk needs so that the walk itself is recorded (`create_graph`)."""

    def lift(self, value: Any, node: Any) -> Any:
        """Return `value` as an operand whose history is `node`; a constant when that is no Node."""

    def separate(self, operand: Any) -> Any:
        """Return the operand behind an identity operation: a point at which an inner walk can stop."""

    def node(self, operand: Any) -> Node:
        """Return the node of an operand that has one."""


Contributions = Iterator[tuple[Node, Cotangent]]
PullBack = Callable[[Node, Cotangent, Collection[Node] | None], Contributions]


def backward(
    seeds: Mapping[Node, Cotangent],
    fit: Primitive,
    *,
    targets: Collection[Node] | None = None,
    recorder: Recorder | None = None,
    release: bool = True,
    hooks: bool = True,
) -> dict[Node, Cotangent]:
    """Visit the nodes in reverse topological order, handing each its total cotangent.

    Parameters
    ----------
    seeds : mapping of Node to cotangent
        The gradients at the results.
    fit : Primitive
        Undoes broadcasting: called as ``fit(contribution, like)``.
    targets : collection of Node, optional
        The nodes whose cotangents are wanted; by default all that an owner waits for.
    recorder : Recorder, optional
        Record the walk, so that its results can be differentiated again.
    release : bool
        Free what each node saved as soon as it has been used.
    hooks : bool
        Call the nodes' hooks.

    Returns
    -------
    dict of Node to cotangent

    Raises
    ------
    GradientError
        When an earlier walk has freed the graph.
    """
    pull_back: PullBack = plain_pull_back if recorder is None else recorded_pull_back(recorder, fit)
    order = topological_order(seeds)
    useful = None if targets is None else towards(targets, order)
    cotangents = dict(seeds)
    wanted = {}
    for node in order:
        if useful is not None and node not in useful:
            continue
        g = cotangents.pop(node)
        if hooks and node.hooks:
            for hook in node.hooks:
                g = hook(g)
        if node.owner is not None if targets is None else node in targets:
            wanted[node] = g
        if node.saved is None:
            raise freed(node)
        for parent, contribution in pull_back(node, g, useful):
            if contribution.shape != parent.shape or contribution.dtype is not parent.dtype:
                contribution = fit(contribution, Like(parent.shape, parent.dtype))
            earlier = cotangents.get(parent)
            cotangents[parent] = contribution if earlier is None else earlier + contribution
        if release:
            node.release()
    return wanted


def plain_pull_back(node: Node, g: Cotangent, useful: Collection[Node] | None) -> Contributions:
    """Yield each useful parent's contribution: its rule applied to what the forward pass saved."""
    assert node.saved is not None
    for parent, rule, saved in zip(node.parents, node.rules, node.saved, strict=False):
        if useful is None or parent in useful:
            yield parent, rule(g, *saved)


def recorded_pull_back(recorder: Recorder, fit: Primitive) -> PullBack:
    """Return the pull-back that runs the same rules on operands with a history."""

    def pull_back(node: Node, g: Cotangent, useful: Collection[Node] | None) -> Contributions:
        if node.op is None:
            return
        if node.op.definition is not None:
            yield from _through_definition(node, g, recorder, fit)
            return
        assert node.saved is not None
        histories = (*node.inputs, node)
        for parent, step, saved in zip(node.parents, node.steps(), node.saved, strict=True):
            if useful is None or parent in useful:
                lifted = [
                    value if source is None else recorder.lift(value, histories[source])
                    for value, source in zip(saved, step.sources, strict=True)
                ]
                yield parent, step.rule(g, *lifted)

    return pull_back


def _through_definition(node: Node, g: Cotangent, recorder: Recorder, fit: Primitive) -> Contributions:
    """Yield the contributions of a fused operation by walking the graph of its definition."""
    assert node.op is not None and node.op.definition is not None and node.saved is not None
    operands = list(node.saved[-1])
    stops = []
    for position, entry in enumerate(node.inputs):
        if isinstance(entry, Node) and entry.requires_grad:
            operands[position] = recorder.separate(recorder.lift(operands[position], entry))
            stops.append(recorder.node(operands[position]))
    result = recorder.node(node.op.definition(*operands, **node.keywords))
    totals = backward({result: g}, fit, targets=stops, recorder=recorder, release=False, hooks=False)
    for parent, stop in zip(node.parents, stops, strict=True):
        if stop in totals:
            yield parent, totals[stop]


def towards(targets: Collection[Node], order: list[Node]) -> set[Node]:
    """Return the nodes of `order` from which some target can be reached, and the targets themselves."""
    useful = set(targets)
    for node in reversed(order):
        if any(parent in useful for parent in node.parents):
            useful.add(node)
    return useful


def freed(node: Node) -> GradientError:
    """Return the error of a second walk over the same graph."""
    name = "the graph" if node.op is None else f"the operation {node.op.__name__!r}"
    return GradientError(
        f"backward() through a graph that an earlier backward() freed: {name} no longer has its saved values.",
        "Compute the result again, or pass retain_graph=True to the earlier backward().",
    )


def silent() -> np.errstate:
    """Return the context in which a walk runs: an infinite local derivative is not the user's division by zero."""
    return np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")
