"""Puts groups of operations together into one operation each, and leaves of the same place in every round into one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from autograd_lite.snapshot import Entry, Snapshot


@dataclass(frozen=True)
class Group:
    """Operations that become one.

    Parameters
    ----------
    members : tuple of Entry
        In the order of computation; the last one gives the result.
    label, title : str
        What stands in its circle, and its long name.
    scope : tuple of str
    rounds : tuple of tuple of Entry
        The same members as rounds of a repetition; empty when nothing repeats.
    opaque : bool
        The parameters that nobody else uses are part of it.
    """

    members: tuple[Entry, ...]
    label: str
    title: str
    scope: tuple[str, ...]
    rounds: tuple[tuple[Entry, ...], ...] = ()
    opaque: bool = False


@dataclass
class _Plan:
    """What becomes of entries: which operation takes them in, which leaf stands for them, what is left out."""

    groups: dict[int, Group] = field(default_factory=dict)
    stands_for: dict[int, int] = field(default_factory=dict)
    merged: dict[int, Entry] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)


def contracted(graph: Snapshot, groups: Sequence[Group]) -> Snapshot:
    """Return the graph in which each group is one operation, at the place of its last member.

    Parameters
    ----------
    graph : Snapshot
    groups : sequence of Group
        Without common members; nobody but the group itself uses a result before its last member is computed.
    """
    plan = _planned(graph, groups)
    ids: dict[int, int] = {}
    entries: list[Entry] = []
    for entry in graph.entries:
        group = plan.groups.get(entry.id)
        if entry.id in plan.dropped or (group is not None and group.members[-1].id != entry.id):
            continue
        if entry.id in plan.stands_for:
            ids[entry.id] = ids[plan.stands_for[entry.id]]
            continue
        new = len(entries)
        if group is None:
            ids[entry.id] = new
            kept = plan.merged.get(entry.id, entry)
            entries.append(replace(kept, id=new, inputs=tuple(ids[each] for each in entry.inputs)))
            continue
        inside = {member.id for member in group.members}
        outside = (each for member in group.members for each in member.inputs if each not in inside)
        inputs = tuple(dict.fromkeys(ids[each] for each in outside if each not in plan.dropped))
        ids.update(dict.fromkeys(inside, new))
        entries.append(_operation(entry, group, new, inputs))
    return Snapshot(tuple(entries), ids[graph.root], graph.note, graph.has_hooks, graph.is_freed)


def count(entry: Entry) -> int:
    """Return how many operations one stands for."""
    return int(entry.keywords["operations"]) if entry.op is not None and entry.primitive is None else 1


def _operation(last: Entry, group: Group, new: int, inputs: tuple[int, ...]) -> Entry:
    return replace(
        last,
        id=new,
        op=group.label,
        title=group.title,
        inputs=inputs,
        scope=group.scope,
        primitive=None,
        keywords={"operations": sum(map(count, group.members))},
        positions=(),
        parts=(),
    )


def _planned(graph: Snapshot, groups: Sequence[Group]) -> _Plan:
    plan = _Plan()
    for group in groups:
        plan.groups.update((member.id, group) for member in group.members)
    outsiders: dict[int, set[int]] = {}
    for entry in graph.entries:
        owner = plan.groups.get(entry.id)
        for each in entry.inputs:
            outsiders.setdefault(each, set()).add(id(owner) if owner else 0)
    for group in groups:
        own = {each: graph.entries[each] for member in group.members for each in member.inputs}
        own = {key: leaf for key, leaf in own.items() if leaf.op is None and outsiders[key] == {id(group)}}
        if group.rounds:
            for leaves in _alike(group, own):
                place = min(leaf.id for leaf in leaves)
                plan.merged[place] = _leaf(leaves, len(group.rounds))
                plan.stands_for.update((leaf.id, place) for leaf in leaves if leaf.id != place)
        else:
            kinds = ("parameter", "constant") if group.opaque else ("constant",)
            plan.dropped.update(key for key, leaf in own.items() if leaf.kind in kinds)
    return plan


def _alike(group: Group, own: dict[int, Entry]) -> Iterator[list[Entry]]:
    """The group's own leaves, those of the same place in each round together."""
    seen: set[int] = set()
    for operations in zip(*group.rounds, strict=True):
        for slot in range(min(len(entry.inputs) for entry in operations)):
            keys = dict.fromkeys(entry.inputs[slot] for entry in operations)
            leaves = [own[key] for key in keys if key in own and key not in seen]
            seen.update(leaf.id for leaf in leaves)
            if len(leaves) > 1:
                yield leaves


def _leaf(leaves: list[Entry], rounds: int) -> Entry:
    """One leaf for several: with their value when it is the same in all of them."""
    first, last = leaves[0], leaves[-1]
    if first.kind == "constant" and _is_same(leaf.value for leaf in leaves):
        return first
    name = f"{first.name} … {last.name}" if first.name and last.name else f"× {rounds}"
    return replace(first, name=name, value=None, gradient=None)


def _is_same(values: Iterable[object]) -> bool:
    first, *others = values
    return all(np.array_equal(first, each) for each in others)  # type: ignore[arg-type]
