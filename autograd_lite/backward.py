"""The reverse walk: every node receives the sum of the contributions of the nodes that used it, and passes it on.

Cotangents are opaque: plain arrays for a first derivative; for `create_graph`, objects that record the very same rules.
The layer recursion δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ) is nowhere written down: it is what this walk does on an MLP's graph.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Any, Protocol

import numpy as np

from autograd_lite import writes
from autograd_lite.anomaly import check_gradient, reported_masks
from autograd_lite.errors import GradientError, ShapeError, StaleValueError
from autograd_lite.graph import Cotangent, Node, Notes, current_mode, topological_order
from autograd_lite.ownership import alone
from autograd_lite.primitives import Like, Rule


class Recorder(Protocol):
    """What a walk needs so that the walk itself is recorded (`create_graph`)."""

    def lift(self, value: Any, node: Any) -> Any:
        """Return `value` as an operand whose history is `node`; a constant when that is no Node."""

    def separate(self, operand: Any) -> Any:
        """Return the operand behind an identity operation: a point at which an inner walk can stop."""

    def node(self, operand: Any) -> Node:
        """Return the node of an operand that has one."""


Fit = Callable[[Cotangent, Like], Cotangent]
# One operand's part of a node's backward pass: its node, its rule, and the rule's arguments after g.
Part = tuple[Node, Rule, tuple[Any, ...]]


def backward(
    seeds: Mapping[Node, Cotangent],
    fit: Fit,
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
    fit : callable
        Undoes broadcasting: called as ``fit(contribution, like)``.
    targets : collection of Node, optional
        The nodes whose cotangents are wanted; by default all that an owner waits for. Computed ones on the way for
        which an owner waits are returned besides.
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
    passing: set[Node] = set()
    if targets is not None:
        # What is older than all targets leads to none.
        oldest = min((node.stamp for node in targets), default=0)
        passing = towards(targets, topological_order(seeds, since=oldest))
    reached = passing.union(targets or ())
    cotangents = dict(seeds)
    # What used a node is younger than the node: the youngest that waits has received all that it will.
    waiting = [(-node.stamp, node) for node in seeds if node.parents]
    heapify(waiting)
    sums: set[Node] = set()
    wanted: dict[Node, Cotangent] = {}
    watched = current_mode.get().anomaly
    while waiting:
        _, node = heappop(waiting)
        g = cotangents.pop(node)
        notes = node.notes
        if notes is not None:
            g = _hooked(notes, g) if hooks else g
            if notes.owner is not None:
                wanted[node] = g
        if targets is not None:
            if node in targets:
                wanted[node] = g
            if node not in passing:
                continue
        if node.saved is None:
            raise freed(node)
        if node.stamp < writes.latest:
            refuse_stale(node, recorded=recorder is not None)
        # Without strict=, which costs as much as a small rule: a fused operation has saved one entry more.
        parts: Iterable[Part] = zip(node.parents, node.plan.rules, node.saved)  # noqa: B905
        if recorder is not None:
            parts = recorded_parts(node, g, recorder, fit)
        for parent, rule, arguments in parts:
            if targets is not None and parent not in reached:
                continue
            contribution = rule(g, *arguments) if not watched else checked_rule(node, parent, rule, g, arguments)
            try:
                fits = contribution.shape == parent.shape and contribution.dtype is parent.dtype
            except AttributeError:
                if contribution is None:  # nothing that was computed from this operand has a cotangent
                    continue
                fits = False  # a Python number
            if not fits:
                contribution = fit(_checked(contribution, node, parent), Like(parent.shape, parent.dtype))
            total = cotangents.get(parent)
            if total is None:
                cotangents[parent] = contribution
                if parent.parents:
                    heappush(waiting, (-parent.stamp, parent))
            elif parent in sums:  # made here, so that nobody else sees it change
                total += contribution
                cotangents[parent] = total
            elif recorder is not None:
                cotangents[parent] = total + contribution
            else:
                # In memory that is still in the cache, where that is the rule's own.
                if alone(contribution) and contribution.flags.writeable:
                    contribution += total
                else:
                    contribution = total + contribution
                cotangents[parent] = contribution
                sums.add(parent)
        if release:
            node.release()
    for leaf, g in cotangents.items():
        if hooks and leaf.notes is not None:
            g = _hooked(leaf.notes, g)
        if targets is None or leaf in targets:
            wanted[leaf] = g
    return wanted


def _hooked(notes: Notes, g: Cotangent) -> Cotangent:
    """Return what a node's hooks make of its cotangent."""
    for hook in notes.hooks:
        g = hook(g)
    return g


def checked_rule(node: Node, parent: Node, rule: Rule, g: Cotangent, arguments: tuple[Any, ...]) -> Cotangent:
    """Return what a rule gives, and raise unless it is finite."""
    with reported_masks(node):
        contribution = rule(g, *arguments)
    check_gradient(node, parent, g, contribution)
    return contribution


def _checked(contribution: Cotangent, node: Node, parent: Node) -> Cotangent:
    """Return a contribution that broadcasting explains; a rule that gave anything else is named."""
    if not hasattr(contribution, "shape"):
        contribution = np.asarray(contribution)
    shape, of = contribution.shape, parent.shape
    if len(shape) < len(of) or any(n not in (1, m) for n, m in zip(of[::-1], shape[::-1], strict=False)):
        raise ShapeError(
            f"A rule of {_named(node)} gave a gradient of shape {shape} for an operand of {of}.",
            f"A gradient has the shape of its operand, or the shape that it was broadcast to{_likely(shape, of)}.",
        )
    return contribution


def _likely(shape: tuple[int, ...], of: tuple[int, ...]) -> str:
    """Return by what a gradient of one shape would get the other."""
    if shape == of[::-1]:
        return ": transposed it would fit"
    fits = len(shape) <= len(of) and all(n in (1, m) for n, m in zip(shape[::-1], of[::-1], strict=False))
    return ": np.broadcast_to(g, like_x.shape) for a sum" if fits else ""


def recorded_parts(node: Node, g: Cotangent, recorder: Recorder, fit: Fit) -> Iterator[Part]:
    """Yield each parent with its rule and the saved values lifted to operands with a history."""
    assert node.saved is not None
    if node.op is not None and node.op.through_definition:
        yield from _parts_of_definition(node, g, recorder, fit)
        return
    histories = (*node.inputs, node)
    for parent, rule, saved, sources in zip(node.parents, node.plan.rules, node.saved, node.plan.sources, strict=True):
        lifted = [
            value if source is None else recorder.lift(value, histories[source])
            for value, source in zip(saved, sources, strict=True)
        ]
        yield parent, rule, tuple(lifted)


def _parts_of_definition(node: Node, g: Cotangent, recorder: Recorder, fit: Fit) -> Iterator[Part]:
    """Yield the contributions of a fused operation, found by walking the graph of its definition."""
    assert node.op is not None and node.op.definition is not None and node.saved is not None
    operands = list(node.saved[-1])
    stops = []
    for position in node.plan.positions:
        operands[position] = recorder.separate(recorder.lift(operands[position], node.inputs[position]))
        stops.append(recorder.node(operands[position]))
    result = recorder.node(node.op.definition(*operands, **node.keywords))
    totals = backward({result: g}, fit, targets=stops, recorder=recorder, release=False, hooks=False)
    for parent, stop in zip(node.parents, stops, strict=True):
        if stop in totals:
            yield parent, lambda g, total: total, (totals[stop],)


def towards(targets: Collection[Node], order: list[Node]) -> set[Node]:
    """Return the nodes of `order` that a cotangent passes through on its way to a target."""
    reached, passing = set(targets), set()
    for node in reversed(order):
        if not reached.isdisjoint(node.parents):
            reached.add(node)
            passing.add(node)
    return passing


def freed(node: Node) -> GradientError:
    """Return the error of a second walk over the same graph."""
    name = "the graph" if node.op is None else f"the operation {_named(node)}"
    return GradientError(
        f"backward() through a graph that an earlier backward() freed: {name} no longer has its saved values.",
        "Compute the result again, or pass retain_graph=True to the earlier backward().",
    )


def refuse_stale(node: Node, *, recorded: bool) -> None:
    """Raise when something was written into what a node saved, after it was recorded."""
    assert node.saved is not None
    # The operands that follow are for a recorded walk.
    for arguments in node.saved if recorded else node.saved[: len(node.parents)]:
        for each in arguments:
            write = writes.since(node.stamp, each) if type(each) is np.ndarray else None
            if write is not None:
                # Between the elements of a column lie those of others: the log of writes does not tell them apart.
                dense = each.flags.c_contiguous or each.flags.f_contiguous
                raise StaleValueError(
                    f"backward() needs a value of shape {each.shape} that {_named(node)} saved; it"
                    f"{'' if dense else ', or memory between its elements,'} was overwritten{write.where}.",
                    "Write into a copy, t = t.copy(), or write after backward(); t = t + 1 makes a new tensor.",
                )


def _named(node: Node) -> str:
    return "the start" if node.op is None else repr(node.op.__name__)


def silent() -> np.errstate:
    """Return the context in which a walk runs: an infinite local derivative is not the user's division by zero."""
    return np.errstate(all="ignore")
