"""What an explanation says, line by line, before it is set as text, as a page or in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.explanation.notation import FIRST_PLACE, Formula, derivative, kept, named, place
from autograd_lite.explanation.steps import BackwardPass, Contribution, Incoming, Source, Step
from autograd_lite.messages import message

# A sum of more terms is told by its first ones.
MOST_TERMS = 6
FIRST_TERMS = 3
MOST_NAMES = 30


class Words(NamedTuple):
    """A piece of a sentence, with the spaces around it."""

    text: str


class Sign(NamedTuple):
    """What stands between the parts of a calculation: =, += or +."""

    text: str


class Values(NamedTuple):
    """An array or a number to be written out."""

    array: Any


Part = Words | Sign | Values | Formula
Line = tuple[Part, ...]


class Section(NamedTuple):
    """One operation: what it computed, the gradients, and what gets none; its number, or 0 for what has none."""

    number: int
    heading: Line
    calculations: tuple[Line, ...] = ()
    remarks: tuple[Line, ...] = ()


def sections(told: BackwardPass) -> Iterator[Section]:
    """Yield what there is to say, from the title to the last constant."""
    yield _Teller(told).opening()
    yield from map(_Teller(told).step, range(len(told.steps)))
    yield from _Teller(told).closing()


class _Teller:
    def __init__(self, told: BackwardPass) -> None:
        self.told = told
        self.result = named(told.result)

    def opening(self) -> Section:
        title = self._said("explain.title", name=self._name(self.told.result), value=Values(self.told.value))
        remarks = [self._said("explain.freed")] if self.told.freed else []
        remarks += [self._said("explain.complex")] if self.told.is_complex else []
        remarks += [self._said("explain.hooks")] if self.told.has_hooks and not self.told.freed else []
        return Section(0, title, (), tuple(remarks))

    def step(self, index: int) -> Section:
        step = self.told.steps[index]
        heading: Line = (self._name(step.result), Sign("="), step.formula)
        if step.value is not None:
            heading = (*heading, Sign("="), Values(step.value))
        if step.scope:
            heading = (*heading, Words(f"   ({' / '.join(step.scope)})"))
        incoming = [self._sum(step.incoming)] if step.incoming.value is not None else []
        calculations = (*incoming, *(self._contribution(each, step) for each in step.outgoing))
        remarks = [self._constants(step)] if step.constants else []
        return Section(index + 1, heading, calculations, tuple(remarks))

    def closing(self) -> Iterator[Section]:
        if self.told.left_out:
            yield Section(0, self._said("explain.left_out", count=self.told.left_out))
        heading = self._said("explain.kept" if self.told.freed else "explain.leaves")
        shown = self.told.leaves if not self.told.left_out else self.told.leaves[: len(self.told.steps)]
        more = len(self.told.leaves) - len(shown)
        remarks = [self._said("explain.more", count=more)] if more else []
        if self.told.constants:
            remarks.append((*self._said("explain.constants"), *self._listed(self.told.constants), Words(".")))
        yield Section(0, heading, tuple(map(self._leaf, shown)), tuple(remarks))

    def _leaf(self, leaf: Incoming) -> Line:
        if leaf.value is None:
            return (self._total(leaf.name), *self._said("explain.none"))
        return self._sum(leaf)

    def _sum(self, incoming: Incoming) -> Line:
        """Write a gradient; with its summands where there are several."""
        start, total = self._total(incoming.name), Values(incoming.value)
        known = [each for each in incoming.sources if each.value is not None]
        if len(known) < 2:
            return start, Sign("="), total
        shown = known if len(known) <= MOST_TERMS else known[:FIRST_TERMS]
        terms = [part for each in shown for part in (Sign("+"), *self._term(each))][1:]
        rest = len(known) - len(shown)
        if rest:
            terms += [Sign("+"), *self._said("explain.terms", count=rest)]
        return (start, Sign("="), *terms, Sign("="), total)

    def _term(self, source: Source) -> Line:
        return Values(source.value), *self._said("explain.from", name=self._name(source.result))

    def _contribution(self, contribution: Contribution, step: Step) -> Line:
        if contribution.formula is None:
            given: Line = self._said("explain.own" if step.is_own else "explain.table", operation=step.operation)
        else:
            given = (contribution.formula,)
        line: Line = (self._gradient(contribution.to), Sign("+="), *given)
        if contribution.value is not None:
            line = (*line, Sign("="), Values(contribution.value))
        if contribution.axes:
            axes = ", ".join(map(str, contribution.axes))
            line = (*line, *self._said("explain.summed", axes=axes, name=self._name(contribution.to)))
        return line

    def _constants(self, step: Step) -> Line:
        key = "explain.constant" if len(step.constants) == 1 else "explain.several_constants"
        return (*self._listed(step.constants), *self._said(key))

    def _listed(self, names: tuple[str, ...]) -> Iterator[Part]:
        for k, name in enumerate(names[:MOST_NAMES]):
            yield from (Words(", "), self._name(name)) if k else (self._name(name),)
        if len(names) > MOST_NAMES:
            yield Words(", ")
            yield from self._said("explain.more", count=len(names) - MOST_NAMES)

    def _gradient(self, name: str) -> Formula:
        return Formula(place(0), (derivative(self.result, named(name)),))

    def _total(self, name: str) -> Formula:
        """Write what a gradient adds up to; a freed graph knows only what `.grad` holds."""
        return Formula(place(0), (kept(named(name)),)) if self.told.freed else self._gradient(name)

    def _name(self, name: str) -> Formula:
        return Formula(place(0), (named(name),))

    def _said(self, key: str, **parts: object) -> Line:
        """Return a message with formulas and numbers in their places."""
        inserted = [each for each in parts.values() if isinstance(each, (Formula, Values))]
        fillings = {
            name: place(inserted.index(each)) if isinstance(each, (Formula, Values)) else _counted(each)
            for name, each in parts.items()
        }
        pieces = re.split("([\ue000-\uf8ff])", message(key, self.told.lang, **fillings))
        line: list[Part] = []
        for piece in pieces:
            if len(piece) == 1 and ord(piece) >= FIRST_PLACE:
                line.append(inserted[ord(piece) - FIRST_PLACE])
            elif piece:
                line.append(Words(piece))
        return tuple(line)


def _counted(value: object) -> object:
    return f"{value:,}" if isinstance(value, (int, np.integer)) else value
