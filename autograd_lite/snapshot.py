"""A graph as data: every operation with its value and gradient, found without leaving a trace.

A live graph is replayed from its leaves, fused operations in their parts, and walked privately: `.grad`, hooks and
saved values stay as they were. Of a freed graph there remain the structure, the values of those leaves that are still
there and not written into since, and their `.grad`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from autograd_lite import writes
from autograd_lite.backward import silent
from autograd_lite.derivatives.vocabulary import conj, fit
from autograd_lite.differentiable import node_that_needs, owner_of, run_backward
from autograd_lite.errors import GradientError, UsageError
from autograd_lite.graph import Departed, Leaf, Node, topological_order
from autograd_lite.messages import Phrase
from autograd_lite.primitives import Like, Primitive
from autograd_lite.replaying import replayed
from autograd_lite.tensors import Tensor

FREED = "intermediate values freed: draw before backward(), or retain_graph=True"


class Part(NamedTuple):
    """What an operation contributes to the gradient of one operand.

    Attributes
    ----------
    value : ndarray or None
        Of the operand's shape; None where freed.
    axes : tuple of int
        The axes of the result over which it was summed, because the operand was repeated along them.
    """

    value: Any
    axes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One node of the graph.

    Attributes
    ----------
    id : int
        Its place in `Snapshot.entries`; operands come before results.
    name : str or None
        The user's name, ``'W¹'``.
    op, title : str or None
        The operation's label, ``'@'``, and its long name with keywords, ``'sum(axis=(0,))'``; None for a leaf.
    inputs : tuple of int
        The operands' ids.
    kind : str
        ``'parameter'``, ``'input'``, ``'constant'``, ``'intermediate'`` or ``'root'``.
    value, gradient : ndarray or None
        None where freed, or where there is no gradient. In a freed graph, the gradient is what `.grad` holds.
    scope : tuple of str
        The scopes around the operation, outermost first.
    primitive : Primitive or None
        The operation itself; None for a leaf.
    keywords : mapping of str to value
        Its keywords.
    positions : tuple of int
        Which operand of the primitive each of `inputs` is: an operand that is None has no entry.
    parts : tuple of (Part or None)
        What each of `inputs` is given of the gradient, if that was asked for; None for what gets none.
    delta : str
        For the pre-activation of a layer that layer's raised number, ``'²'``, by which its gradient is called: δ².
    """

    id: int
    name: str | None
    op: str | None
    title: str | None
    inputs: tuple[int, ...]
    shape: tuple[int, ...]
    dtype: Any
    kind: str
    value: Any
    gradient: Any
    scope: tuple[str, ...]
    primitive: Primitive | None = None
    keywords: Mapping[str, Any] = field(default_factory=dict)
    positions: tuple[int, ...] = ()
    parts: tuple[Part | None, ...] = ()
    delta: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The entries of a graph, operands first; the root's id; what could not be shown; has it hooks, is it freed."""

    entries: tuple[Entry, ...]
    root: int
    note: str | None
    has_hooks: bool = False
    is_freed: bool = False


def snapshot(root: Tensor, *, names: Mapping[str, Tensor] | None = None, parts: bool = False) -> Snapshot:
    """Return the graph that computed `root`, with values and with the gradients of `root`.

    Parameters
    ----------
    root : Tensor
        The result; gradients are shown when it is a scalar.
    names : mapping of str to Tensor, optional
        Names for tensors, ``locals()`` for example; other values in it are ignored.
    parts : bool
        Tell also what each operation contributes to the gradient of each of its operands.

    Raises
    ------
    UsageError
        When `root` is no Tensor.
    GradientError
        When a leaf has been changed since the forward pass, so that the graph no longer explains the result.
    """
    if not isinstance(root, Tensor):
        raise UsageError(
            f"A graph belongs to a Tensor, got {type(root).__name__}.",
            "Draw the result of a computation: ag.draw(loss).",
        )
    if root._node is None or not root.requires_grad:
        value = root.numpy()
        return Snapshot(
            (Entry(0, root.name, None, None, (), root.shape, root.dtype, "root", value, None, ()),), 0, None
        )
    original = topological_order([root._node])
    live = all(node.saved is not None for node in original)
    again, origin = replayed(original)
    if live and not _same(again._value, root._value):
        raise GradientError(
            "A leaf was changed after the forward pass: the graph no longer explains this result.",
            "Draw before the optimizer's step, or compute the result again.",
        )
    order = topological_order([node_that_needs(again)])
    gradients = _gradients(again, order) if live else _kept_gradients(origin)
    entries = _entries(order, gradients, _names(names or {}, origin), None if live else _unchanged(original))
    if parts:
        entries = _with_parts(entries, order, gradients if live else None)
    entries = (*entries[:-1], replace(entries[-1], value=root.numpy()))
    hooked = any(node.notes is not None and node.notes.hooks for node in original)
    return Snapshot(entries, len(entries) - 1, None if live else FREED, hooked, not live)


def in_language(graph: Snapshot, lang: str) -> Snapshot:
    """Return a graph with the names of its scopes in a language, where they know it."""
    if lang == "en":
        return graph
    told = {
        scope: tuple(each.told(lang) if isinstance(each, Phrase) else each for each in scope)
        for scope in {entry.scope for entry in graph.entries}
    }
    return replace(graph, entries=tuple(replace(entry, scope=told[entry.scope]) for entry in graph.entries))


def _same(again: Any, before: Any) -> bool:
    """Return whether two results agree but for rounding: a fused operation and its parts may round differently."""
    tolerance = np.finfo(np.result_type(before, np.float16)).eps ** 0.5
    return bool(np.allclose(again, before, rtol=tolerance, atol=0, equal_nan=True))


def _unchanged(order: list[Node]) -> dict[int, Any]:
    """Return what a freed graph was computed from and still is as it was then, by identity."""
    kept: dict[int, Any] = {}
    changed = set()
    for node in order:
        for entry in node.inputs:
            value = entry() if type(entry) is Departed else entry.value if isinstance(entry, Leaf) else entry
            if not isinstance(value, np.ndarray):
                continue
            kept[id(value)] = value
            if writes.since(node.stamp, value) is not None:
                changed.add(id(value))
    return {key: value for key, value in kept.items() if key not in changed}


def _gradients(root: Tensor, order: list[Node]) -> dict[Node, Any]:
    if root.size != 1:
        return {}
    return run_backward([root], [None], dict.fromkeys(order), release=False, hooks=False)


def _kept_gradients(origin: Mapping[Node, Node]) -> dict[Node, Any]:
    """Return what backward() left in `.grad`."""
    kept = {}
    for new, old in origin.items():
        owner = owner_of(old)
        if owner is not None and owner.grad is not None:
            kept[new] = owner.grad.numpy()
    return kept


def _names(names: Mapping[str, Any], origin: Mapping[Node, Node]) -> dict[Any, str]:
    """Return the caller's names by what they name: a node of the replay, a leaf, or a constant's memory."""
    tensors = {name: each for name, each in names.items() if isinstance(each, Tensor)}
    by_key: dict[Any, str] = {each._node or id(each._value): name for name, each in tensors.items()}
    return by_key | {new: by_key[old] for new, old in origin.items() if old in by_key}


def _key(entry: Any, node: Node, position: int) -> Any:
    """Return what makes an operand the same one: its node or its memory; every number stands for itself."""
    if isinstance(entry, Node):
        return entry
    return id(entry) if isinstance(entry, np.ndarray) else (node, position)


def _entries(
    order: list[Node], gradients: Mapping[Node, Any], names: Mapping[Any, str], unchanged: Mapping[int, Any] | None
) -> tuple[Entry, ...]:
    """Return an entry for every node and constant, operands before results.

    Of a freed graph the values that are `unchanged` are shown, by identity, and numbers; None stands for a live graph.
    """
    ids: dict[Any, int] = {}
    values: list[Any] = []
    entries: list[Entry] = []

    def add(key: Any, computed: Any, **fields: Any) -> None:
        ids[key] = len(entries)
        values.append(computed)
        entries.append(Entry(id=ids[key], **fields))

    def shown(value: Any) -> Any:
        """Return a given value, unless it is gone or was written into since."""
        is_known = unchanged is None or id(value) in unchanged or not isinstance(value, np.ndarray)
        return np.asarray(value) if is_known else None

    for node in reversed(order):
        keys = [None if entry is None else _key(entry, node, k) for k, entry in enumerate(node.inputs)]
        for key, entry in zip(keys, node.inputs, strict=True):
            if entry is not None and key not in ids:
                value = entry.value if isinstance(entry, Leaf) else entry
                fields = _constant_fields(entry, np.asarray(value), names.get(key))
                add(key, np.asarray(value), value=shown(value), **fields)
        inputs = tuple(ids[key] for key in keys if key is not None)
        if isinstance(node, Leaf):
            value = node.value
        else:
            assert node.op is not None
            with silent():
                value = node.op.fn(*[None if key is None else values[ids[key]] for key in keys], **node.keywords)
        operand_names = [entries[k].name or "·" for k in inputs]
        add(
            node,
            value,
            name=names.get(node, node.name),
            op=None if node.op is None else _label(node.op, operand_names, node.keywords, [entries[k] for k in inputs]),
            title=None if node.op is None else _title(node.op, node.keywords),
            inputs=inputs,
            shape=node.shape,
            dtype=node.dtype,
            kind="root" if node is order[0] else "parameter" if node.op is None else "intermediate",
            value=shown(value) if node.op is None else np.asarray(value) if unchanged is None else None,
            gradient=np.asarray(conj(gradients[node])) if node in gradients else None,
            scope=node.scope,
            primitive=node.op,
            keywords=node.keywords,
            positions=tuple(k for k, key in enumerate(keys) if key is not None),
        )
    return tuple(entries)


def _with_parts(
    entries: tuple[Entry, ...], order: list[Node], gradients: Mapping[Node, Any] | None
) -> tuple[Entry, ...]:
    """Return the entries with what each operation contributes to the gradients; unknown without gradients."""
    computed = [entry for entry in entries if entry.primitive is not None]
    nodes = [node for node in reversed(order) if node.op is not None]
    told = list(entries)
    with silent():
        for entry, node in zip(computed, nodes, strict=True):
            if gradients is None:
                parts = dict.fromkeys(node.plan.positions, Part(None))
            else:
                parts = _parts(node, gradients[node]) if node in gradients else {}
            told[entry.id] = replace(entry, parts=tuple(parts.get(k) for k in entry.positions))
    return tuple(told)


def _parts(node: Node, g: Any) -> dict[int, Part]:
    """Return what a node contributes, by the operand's position, as the walk computes it."""
    parts = {}
    assert node.saved is not None
    # Without strict=: a fused operation has saved one entry more.
    for k, parent, rule, arguments in zip(node.plan.positions, node.parents, node.plan.rules, node.saved):  # noqa: B905
        given = np.asarray(rule(g, *arguments))
        value = fit.fn(given, Like(parent.shape, parent.dtype))
        parts[k] = Part(np.asarray(conj(value)), _repeated(parent.shape, given.shape))
    return parts


def _repeated(shape: tuple[int, ...], over: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes of `over` along which broadcasting repeats an array of the given shape."""
    added = len(over) - len(shape)
    return (*range(added), *(k + added for k, n in enumerate(shape) if n != over[k + added]))


def _constant_fields(entry: Any, value: Any, name: str | None) -> dict[str, Any]:
    return {
        "name": name or (entry.name if isinstance(entry, Leaf) else None),
        "op": None,
        "title": None,
        "inputs": (),
        "shape": value.shape,
        "dtype": value.dtype,
        "kind": "input" if isinstance(entry, (Leaf, np.ndarray)) else "constant",
        "gradient": None,
        "scope": (),
    }


def _label(op: Primitive, names: list[str], keywords: Mapping[str, Any], operands: list[Entry]) -> str:
    if callable(op.label):
        return op.label(*names, **keywords, size=math.prod(operands[0].shape))
    return op.label


def _title(op: Primitive, keywords: Mapping[str, Any]) -> str:
    told: dict[str, str] = {}
    for key, value in keywords.items():
        if hasattr(value, "options"):
            told |= value.options()
        elif value is not None and not isinstance(value, np.ndarray):
            told[key] = repr(value)
    written = ", ".join(f"{key}={value}" for key, value in told.items())
    return f"{op.__name__}({written})" if written else op.__name__


def shared_scope(scopes: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the innermost scope that several scopes lie in.

    Examples
    --------
    >>> from autograd_lite.snapshot import shared_scope
    >>> shared_scope([("net", "layer 1"), ("net", "layer 2")])
    ('net',)
    """
    common: list[str] = []
    for names in zip(*scopes, strict=False):
        if len(set(names)) > 1:
            break
        common.append(names[0])
    return tuple(common)
