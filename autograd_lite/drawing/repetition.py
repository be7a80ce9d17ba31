"""Finds what repeats in a graph: stretches of operations that do the same again and again to the result before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.matrices import Array
from autograd_lite.snapshot import Entry, Snapshot

_FEWEST_ROUNDS = 3
_LONGEST_ROUND = 256
_SLOTS = 4
_DIGITS = re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+")


@dataclass(frozen=True)
class Repeat:
    """The rounds of a repetition, each the same operations in the same order."""

    rounds: tuple[tuple[Entry, ...], ...]

    @property
    def members(self) -> tuple[Entry, ...]:
        """All operations in the order of computation."""
        return tuple(entry for each in self.rounds for entry in each)


@dataclass(frozen=True)
class _Stretch:
    """Operations from `start` to before `stop`, each like the one `period` places before."""

    period: int
    start: int
    stop: int

    @property
    def saved(self) -> int:
        """How many operations are folded away."""
        return ((self.stop - self.start) // self.period - 1) * self.period


def repeats(graph: Snapshot) -> list[Repeat]:
    """Return the repetitions of a graph that do not overlap, those that shorten it most before others."""
    sequence = _Sequence(graph)
    taken = np.zeros(len(sequence.operations), dtype=bool)
    found = []
    for stretch in sorted(sequence.stretches(), key=lambda each: (-each.saved, each.period)):
        if taken[stretch.start : stretch.stop].any():
            continue
        start, rounds = sequence.aligned(stretch)
        if start >= stretch.period and not taken[start - stretch.period : start].any():
            earlier = sequence.begins(start, stretch.period)
            start, rounds = start - earlier * stretch.period, rounds + earlier
        stop = start + rounds * stretch.period
        taken[start : max(stop, stretch.stop)] = True
        cuts = range(start, stop, stretch.period)
        found.append(Repeat(tuple(tuple(sequence.operations[k : k + stretch.period]) for k in cuts)))
    return found


class _Sequence:
    """The operations of a graph in the order of computation, and what makes one like another."""

    def __init__(self, graph: Snapshot) -> None:
        self.operations = [entry for entry in graph.entries if entry.op is not None]
        self._places = {entry.id: place for place, entry in enumerate(self.operations)}
        self._leaves = {entry.id: entry for entry in graph.entries if entry.op is None}
        count = len(self.operations)
        self._kinds = np.empty(count, dtype=np.int32)
        # Where the first operands stand: how many places back, and absolutely.
        self._near: Array = np.zeros((_SLOTS, count), dtype=np.int32)
        self._far: Array = np.full((_SLOTS, count), -1, dtype=np.int32)
        known: dict[Any, int] = {}
        for place, entry in enumerate(self.operations):
            kind = (*self._kind(entry), *self._operands(place, entry))
            self._kinds[place] = known.setdefault(kind, len(known))

    def stretches(self) -> Iterator[_Stretch]:
        """Whatever repeats at least three times, for every length of a round."""
        count = len(self.operations)
        slots = [slot for slot in range(_SLOTS) if self._near[slot].any()]
        for period in range(1, min(_LONGEST_ROUND, count // _FEWEST_ROUNDS) + 1):
            alike = self._kinds[period:] == self._kinds[:-period]
            # An operand is the one of the round before moved along, or the very same.
            for slot in slots:
                near, far = self._near[slot], self._far[slot]
                alike &= (near[period:] == near[:-period]) | (far[period:] == far[:-period])
            edges = np.flatnonzero(np.diff(alike, prepend=False, append=False))
            lengths = edges[1::2] - edges[::2]
            for run in np.flatnonzero(lengths >= (_FEWEST_ROUNDS - 1) * period):
                yield _Stretch(period, int(edges[2 * run]), int(edges[2 * run + 1]) + period)

    def aligned(self, stretch: _Stretch) -> tuple[int, int]:
        """Return where the first round begins and how many there are: they begin with scopes, or else the last ends."""
        period, start, stop = stretch.period, stretch.start, stretch.stop
        rounds = (stop - start) // period
        if self.operations[start].scope:
            for first in range(start, start + period):
                entered = first == 0 or self.operations[first].scope != self.operations[first - 1].scope
                if entered and stop - first >= 2 * period:
                    return first, (stop - first) // period
        return stop - rounds * period, rounds

    def begins(self, start: int, period: int) -> bool:
        """Tell whether a first round stands before `start`, which gets from outside what others get handed on."""
        for place in range(start - period, start):
            one, next_one = self.operations[place], self.operations[place + period]
            if self._kind(one) != self._kind(next_one) or len(one.inputs) != len(next_one.inputs):
                return False
            for mine, its in zip(one.inputs, next_one.inputs, strict=True):
                handed_on = start - period <= self._places.get(its, -1) < start
                comes_from_outside = self._places.get(mine, -1) < start - period
                if not (handed_on and comes_from_outside) and not self._matches(mine, its, period):
                    return False
        return True

    def _matches(self, mine: int, its: int, period: int) -> bool:
        if mine == its:
            return True
        if mine in self._places and its in self._places:
            return self._places[mine] + period == self._places[its]
        return mine in self._leaves and its in self._leaves and self._leaf(mine) == self._leaf(its)

    def _kind(self, entry: Entry) -> tuple[Any, ...]:
        name = entry.op if entry.primitive is None else entry.primitive.__name__
        scope = tuple(_DIGITS.sub("#", each) for each in entry.scope)
        return name, entry.shape, entry.dtype, entry.name is None, scope

    def _operands(self, place: int, entry: Entry) -> Iterator[Any]:
        for slot, each in enumerate(entry.inputs):
            if each in self._leaves:
                yield self._leaf(each)
            elif slot < _SLOTS:
                yield None
                self._near[slot, place], self._far[slot, place] = place - self._places[each], each
            else:
                yield place - self._places[each]

    def _leaf(self, key: int) -> tuple[Any, ...]:
        leaf = self._leaves[key]
        return leaf.kind, leaf.shape, leaf.name is None
