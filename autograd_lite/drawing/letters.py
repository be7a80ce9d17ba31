"""The letters of the two lecture notes: a layer's tensors are called z, a and W, or u, o and θ; the loss L, or Err.

Only names that a network's own structure gave are spelled anew: W¹ and a¹ of its first layer, not an a¹ of the user's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container
from dataclasses import replace

from autograd_lite.errors import ArgumentError, suggestion
from autograd_lite.snapshot import Entry, Snapshot

NOTATIONS = ("z-a", "u-o")
_LETTERS = {"z": "u", "a": "o", "W": "θ"}
_LOSS = "Err"
_LAYERED = re.compile("([zuaoWθ])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_LAYER = re.compile(r"layer (\d+)\b")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def checked_notation(notation: str) -> str:
    """Return a notation that there are letters in.

    Raises
    ------
    ArgumentError
        When it is not known.

    Examples
    --------
    >>> checked_notation("u-o")
    'u-o'
    """
    if not isinstance(notation, str) or notation not in NOTATIONS:
        raise ArgumentError(f"unknown notation {notation!r}.", suggestion(str(notation), NOTATIONS))
    return notation


def lettered(graph: Snapshot, notation: str, given: Container[str] = ()) -> Snapshot:
    """Return a graph with the names of layers' tensors, and of a loss that has none, in the letters of a notation.

    The pre-activations of layers are given their `Entry.delta`.

    Parameters
    ----------
    graph : Snapshot
    notation : {"z-a", "u-o"}
    given : container of str
        Names that the caller gave, which stay.
    """
    layers = _layers(graph)
    graph = replace(
        graph, entries=tuple(replace(each, delta=_delta(each, layers[each.id], given)) for each in graph.entries)
    )
    if checked_notation(notation) == "z-a":
        return graph
    taken = {entry.name for entry in graph.entries}
    names = {entry.id: _spelled(entry, layers[entry.id], given, taken) for entry in graph.entries}
    if _is_loss(graph.entries[graph.root], given) and _LOSS not in names.values():
        names[graph.root] = _LOSS
    entries = (
        replace(entry, name=names[entry.id], op=_label(entry, [names[each] for each in entry.inputs], graph))
        for entry in graph.entries
    )
    return replace(graph, entries=tuple(entries))


def _layers(graph: Snapshot) -> list[set[str]]:
    """Return the numbers of the layers that compute or use each tensor."""
    layers: list[set[str]] = [set() for _ in graph.entries]
    for entry in graph.entries:
        own = {number for part in entry.scope for number in _LAYER.findall(part)}
        layers[entry.id] |= own
        for each in entry.inputs:
            if graph.entries[each].op is None:
                layers[each] |= own
    return layers


def _named_by_layer(entry: Entry, layers: set[str], given: Container[str]) -> tuple[str, str]:
    """Return the letter and the raised number of a name that a layer gave, or nothing."""
    found = _LAYERED.fullmatch(entry.name or "")
    if not found or entry.name in given or found[2].translate(_RAISED) not in layers:
        return "", ""
    return found[1], found[2]


def _spelled(entry: Entry, layers: set[str], given: Container[str], taken: Container[str | None]) -> str | None:
    letter, number = _named_by_layer(entry, layers, given)
    spelled = _LETTERS.get(letter, "") + number
    return entry.name if letter not in _LETTERS or spelled in taken else spelled


def _delta(entry: Entry, layers: set[str], given: Container[str]) -> str:
    letter, number = _named_by_layer(entry, layers, given)
    return number if letter in ("z", "u") and entry.op is not None else ""


def _is_loss(root: Entry, given: Container[str]) -> bool:
    """Tell whether a result has no name, or the one that a loss of a network gives."""
    return root.op is not None and (not root.name or (root.name == "L" not in given and "loss" in root.scope))


def _label(entry: Entry, names: list[str | None], graph: Snapshot) -> str | None:
    """Return what stands in an operation's circle, which may name its operands: ½(o² − y)²."""
    if entry.primitive is None or not callable(entry.primitive.label):
        return entry.op
    size = math.prod(graph.entries[entry.inputs[0]].shape)
    return entry.primitive.label(*(name or "·" for name in names), **entry.keywords, size=size)
