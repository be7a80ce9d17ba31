"""Folds a large graph into one that can be read: what repeats becomes one operation, and so do long chains.

Whatever is put together stands next to each other in a topological order, so that no cycle can arise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograd_lite.drawing.cards import LEGIBLE, LONGEST_LABEL
from autograd_lite.drawing.contraction import Group, contracted, count
from autograd_lite.drawing.repetition import Repeat, repeats
from autograd_lite.messages import message
from autograd_lite.snapshot import Entry, Snapshot, shared_scope

FOLDED_FROM = 300
_MOST_PASSES = 6
_SHORTEST_CHAIN = 6
_LONGEST_TITLE = 120


def folded(graph: Snapshot, *, always: bool, most: int, lang: str = "en") -> Snapshot:
    """Return a graph with its repetitions folded.

    Parameters
    ----------
    graph : Snapshot
    always : bool
        Fold what can be folded; otherwise only a graph of more than 300 nodes or `most`, and chains only while it has
        so many.
    most : int
        Nodes above which whole scopes are folded too.
    lang : {"en", "es"}

    Returns
    -------
    Snapshot
        A folded operation has the label of what it stands for and the value and gradient of its last result.
    """
    enough = 0 if always else min(FOLDED_FROM, most)
    for find in (_repeated, _chains):
        for _ in range(_MOST_PASSES):
            if len(graph.entries) <= enough:
                break
            groups = list(find(graph, lang))
            if not groups:
                break
            graph = contracted(graph, groups)
    return graph if len(graph.entries) <= most else _by_scopes(graph, most)


def _repeated(graph: Snapshot, lang: str) -> Iterator[Group]:
    for repeat in repeats(graph):
        rounds = repeat.rounds
        body = [_common([each[place] for each in rounds]) for place in range(len(rounds[0]))]
        label = ", ".join(LEGIBLE.get(each, each) for each in body)
        if len(body) > 1:
            label = f"({label})"
        if len(f"{label} × {len(rounds)}") > LONGEST_LABEL:
            label = message("draw.operations", lang, count=sum(map(count, rounds[0])))
        title = message("draw.each", lang, operations=_listed(rounds[0]), count=len(rounds))
        yield Group(repeat.members, f"{label} × {len(rounds)}", title, _scope(repeat), rounds)


def _chains(graph: Snapshot, lang: str) -> Iterator[Group]:
    """Elementwise operations without names, each on the result of the one before and at most on numbers besides."""
    users: dict[int, list[int]] = {}
    for entry in graph.entries:
        for operand in entry.inputs:
            users.setdefault(operand, []).append(entry.id)
    chain: list[Entry] = []
    taken: set[int] = set()
    for entry in graph.entries:
        if entry.id in taken or not _can_stand_in_chain(entry, graph):
            continue
        chain = [entry]
        while len(users.get(chain[-1].id, ())) == 1:
            following = graph.entries[users[chain[-1].id][0]]
            if following.scope != entry.scope or not _can_stand_in_chain(following, graph):
                break
            chain.append(following)
        taken.update(each.id for each in chain)
        if len(chain) >= _SHORTEST_CHAIN:
            label = message("draw.operations", lang, count=sum(map(count, chain)))
            yield Group(tuple(chain), label, _listed(chain), entry.scope)


def _can_stand_in_chain(entry: Entry, graph: Snapshot) -> bool:
    rule = entry.primitive
    if entry.op is None or (rule is not None and rule.domain is None and rule.infix is None):
        return False
    operands = [graph.entries[each] for each in entry.inputs]
    others = [each for each in operands if each.kind != "constant" or each.name]
    return entry.id != graph.root and not entry.name and len(others) == 1 and others[0].shape == entry.shape


def _by_scopes(graph: Snapshot, most: int) -> Snapshot:
    """Fold scopes, the innermost first, until the picture is small enough."""
    for depth in range(max(len(entry.scope) for entry in graph.entries), 0, -1):
        groups = [
            Group(tuple(run), run[0].scope[depth - 1], run[0].scope[depth - 1], run[0].scope[: depth - 1], opaque=True)
            for run in _runs(graph, lambda entry, depth=depth: entry.scope[:depth])  # type: ignore[misc]
            if len(run) > 1 and len(run[0].scope) >= depth
        ]
        smaller = contracted(graph, groups)
        if len(smaller.entries) <= most:
            return smaller
    return graph


def _runs(graph: Snapshot, key: Callable[[Entry], tuple[str, ...]]) -> Iterator[list[Entry]]:
    """Operations next to each other for which the key is the same; the root is none of them."""
    run: list[Entry] = []
    for entry in graph.entries:
        if entry.op is None or entry.id == graph.root:
            continue
        if run and key(run[-1]) != key(entry):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _scope(repeat: Repeat) -> tuple[str, ...]:
    """The scope of all rounds; where each has one of its own, from the first to the last of them."""
    first, last = ({entry.scope for entry in each} for each in (repeat.rounds[0], repeat.rounds[-1]))
    if first == last and len(first) == 1:
        return first.pop()
    common = shared_scope([entry.scope for entry in repeat.members])
    depth = len(common)
    if len(first) == len(last) == 1:
        start, end = first.pop(), last.pop()
        if min(len(start), len(end)) > depth:
            return (*common, f"{start[depth]} … {end[depth]}")
    return common


def _common(entries: list[Entry]) -> str:
    """The label that operations have in common, or the name of their primitive."""
    labels = {entry.op or "" for entry in entries}
    primitive = entries[0].primitive
    return labels.pop() if len(labels) == 1 or primitive is None else primitive.__name__


def _listed(entries: list[Entry] | tuple[Entry, ...]) -> str:
    text = ", ".join(entry.title or entry.op or "" for entry in entries)
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
