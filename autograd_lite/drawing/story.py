"""What an interactive page tells beside its picture: arrays in full, rules with numbers, and both passes in steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from autograd_lite.drawing.blocks import printable, shortened
from autograd_lite.drawing.cards import LONGEST_TOLD, Look, gradient_name, kept_name
from autograd_lite.drawing.kept import Brief, Slice, copied, frozen, is_written_out, slices
from autograd_lite.drawing.operations import card_key, operation_key
from autograd_lite.drawing.rules import Known, Piece, Rules
from autograd_lite.explanation.notation import derivative, named
from autograd_lite.explanation.telling import Section, sections
from autograd_lite.explanation.walkthrough import explained, names_of
from autograd_lite.messages import message
from autograd_lite.snapshot import Entry, Snapshot

FORWARD, BACKWARD = "forward", "backward"
_LONGEST_NAME, _MOST_NAMES = 60, 20


@dataclass(frozen=True)
class Numbers:
    """An array under its name: written out, or as lines of what is in it; a small one stands within lines too."""

    name: str
    is_gradient: bool
    slices: tuple[Slice, ...] = ()
    lines: tuple[str, ...] = ()
    is_small: bool = False


@dataclass(frozen=True)
class Detail:
    """What there is to say about a node: a heading, a line of facts, what it computes and passes back, its numbers."""

    title: str
    facts: str
    numbers: tuple[Numbers, ...]
    forward: tuple[Piece, ...] = ()
    backward: tuple[tuple[Piece, ...], ...] = ()
    remarks: tuple[tuple[Piece, ...], ...] = ()


@dataclass(frozen=True)
class Moment:
    """One step of the story.

    Attributes
    ----------
    phase : {'forward', 'backward'}
    node : str
        The node at work; empty for none.
    values, gradients : tuple of str
        The nodes whose values, and those whose gradients, are known from now on.
    said : str
        The step in words.
    """

    phase: str
    node: str
    values: tuple[str, ...]
    gradients: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Story:
    """The nodes by their keys in the picture, and the steps in their order."""

    nodes: Mapping[str, Detail]
    moments: tuple[Moment, ...] = ()
    lang: str = "en"


def numbers_of(
    name: str, array: Any, decimals: int, *, given: bool = False, is_gradient: bool = False, lang: str = "en"
) -> Numbers:
    """Write an array out, or tell in lines what is in it when it has more than 400 numbers."""
    array = array if isinstance(array, Brief) else copied(array, decimals, lang)
    if isinstance(array, Brief):
        return Numbers(name, is_gradient, lines=array.lines)
    return Numbers(name, is_gradient, slices(array, decimals, given=given), is_small=is_written_out(array))


def story_of(graph: Snapshot, look: Look, drawn: Collection[str]) -> Callable[[], Story]:
    """Keep what there is to tell of a graph, and return what tells it.

    Parameters
    ----------
    graph : Snapshot
        With the contributions of each operation; it may be folded.
    look : Look
    drawn : collection of str
        The keys of the nodes in the picture.
    """
    return partial(_told, frozen(graph, look.decimals, look.lang), look, frozenset(drawn))


def _told(graph: Snapshot, look: Look, drawn: frozenset[str]) -> Story:
    teller = _Teller(graph, look, drawn)
    return Story(dict(teller.details()), (*teller.forward(), *teller.backward()), look.lang)


class _Teller:
    def __init__(self, graph: Snapshot, look: Look, drawn: frozenset[str]) -> None:
        self.entries, self.look, self.drawn = graph.entries, look, drawn
        self.told = explained(graph, decimals=look.decimals, lang=look.lang)
        self.names = names_of(graph)
        operations = [entry.id for entry in reversed(graph.entries) if entry.primitive is not None]
        _, *lines = sections(self.told)
        self.sections: dict[int, Section] = dict(zip(operations, lines, strict=False))
        self.rules = Rules(dict(self._known()), look.decimals)

    def _known(self) -> Iterator[tuple[str, Known]]:
        for key, name in self.names.items():
            entry = self.entries[key]
            if entry.value is not None:
                yield name, Known(entry.value, given=entry.op is None)
            if entry.gradient is not None and not self.look.is_freed:
                yield self._derivative(name), Known(entry.gradient, is_gradient=True)

    def _derivative(self, name: str) -> str:
        return derivative(named(self.told.result), named(name)).text

    def details(self) -> Iterator[tuple[str, Detail]]:
        for entry in self.entries:
            if card_key(entry) in self.drawn:
                yield card_key(entry), self._card(entry)
            if operation_key(entry) in self.drawn:
                yield operation_key(entry), self._operation(entry)

    def _card(self, entry: Entry) -> Detail:
        lang = self.look.lang
        kind = message(f"draw.kind_{entry.kind}", lang)
        facts = message("draw.tensor", lang, kind=kind, shape=tuple(entry.shape), dtype=entry.dtype)
        if entry.title:
            facts += f" · {message('draw.by', lang, operation=entry.title)}"
        return Detail(self._name(entry), printable(facts), tuple(self._numbers(entry)))

    def _operation(self, entry: Entry) -> Detail:
        lang, section = self.look.lang, self.sections.get(entry.id)
        facts = message("page.result", lang, shape=tuple(entry.shape), dtype=entry.dtype)
        if entry.scope:
            facts += f" · {' / '.join(entry.scope)}"
        detail = Detail(
            printable(shortened(entry.title or entry.op or "", LONGEST_TOLD)),
            printable(facts),
            tuple(each for each in self._numbers(entry) if section is None or not each.is_small),
        )
        if section is None:
            return detail
        # The heading ends with the scopes, which the facts have told.
        heading = section.heading[:-1] if entry.scope else section.heading
        return replace(
            detail,
            forward=self.rules.line(heading),
            backward=tuple(self.rules.line(each, is_gradient=True) for each in section.calculations),
            remarks=tuple(map(self.rules.line, section.remarks)) if self._goes_back() else (),
        )

    def _numbers(self, entry: Entry) -> Iterator[Numbers]:
        decimals = self.look.decimals
        if entry.value is not None:
            yield numbers_of(self._name(entry), entry.value, decimals, given=entry.op is None)
        if entry.gradient is not None:
            given = entry.kind == "root"
            label = kept_name(self._name(entry)) if self.look.is_freed else self._label(entry)
            yield numbers_of(label, entry.gradient, decimals, given=given, is_gradient=True)

    def _name(self, entry: Entry) -> str:
        return shortened(printable(self.names[entry.id]), _LONGEST_NAME)

    def _gradient(self, entry: Entry) -> str:
        return gradient_name(self._name(entry), self._name(self.entries[-1]), entry.delta)

    def _label(self, entry: Entry) -> str:
        """The gradient's name, and where that is short, what it stands for."""
        short, full = self._gradient(entry), gradient_name(self._name(entry), self._name(self.entries[-1]))
        return full if short == full else f"{short} = {full}"

    def _drawn(self, *keys: str) -> tuple[str, ...]:
        return tuple(key for key in keys if key in self.drawn)

    def forward(self) -> Iterator[Moment]:
        """Yield the forward pass: what is given, then one operation after the other."""
        if all(entry.op is None for entry in self.entries):
            return
        leaves = [entry for entry in self.entries if entry.op is None and card_key(entry) in self.drawn]
        given = message("page.given", self.look.lang, names=self._listed(leaves))
        yield Moment(FORWARD, "", tuple(map(card_key, leaves)), (), given)
        for entry in self.entries:
            if entry.op is None:
                continue
            keys = self._drawn(operation_key(entry), card_key(entry))
            yield Moment(FORWARD, operation_key(entry), keys, (), printable(self._said(entry)))

    def _said(self, entry: Entry) -> str:
        section = self.sections.get(entry.id)
        if section is None:
            return entry.title or entry.op or ""
        name, sign, formula, *_ = section.heading
        return f"{name} {sign.text} {formula}"  # type: ignore[union-attr]

    def backward(self) -> Iterator[Moment]:
        """Yield the backward pass: 1 for the result, then what each operation passes on.

        A gradient is known once all of its parts are.
        """
        if not self._goes_back():
            return
        root = self.entries[-1]
        left = Counter(operand for entry in self.entries for operand in self._receivers(entry))
        start = f"{self._gradient(root)} = 1"
        yield Moment(BACKWARD, card_key(root), (), self._drawn(card_key(root), operation_key(root)), start)
        for entry in reversed(self.entries):
            if entry.op is None:
                continue
            receivers = self._receivers(entry)
            left.subtract(receivers)
            done = [self.entries[key] for key in dict.fromkeys(receivers) if left[key] == 0]
            keys = [key for each in done for key in (operation_key(each), card_key(each))]
            said = self._passed(entry, [self.entries[key] for key in dict.fromkeys(receivers)])
            yield Moment(BACKWARD, operation_key(entry), (), self._drawn(*keys), said)

    def _goes_back(self) -> bool:
        return any(self._receivers(entry) for entry in self.entries)

    def _receivers(self, entry: Entry) -> list[int]:
        """The operands that an operation gives a part of their gradient; a folded one gives it to all that have one."""
        if entry.op is None:
            return []
        if entry.primitive is None:
            return [key for key in entry.inputs if self.entries[key].gradient is not None]
        return [key for key, part in zip(entry.inputs, entry.parts, strict=False) if part is not None]

    def _passed(self, entry: Entry, receivers: list[Entry]) -> str:
        names, given = list(map(self._label, receivers)), self._label(entry)
        if not names:
            return message("page.ends", self.look.lang, gradient=given)
        return message("page.passes", self.look.lang, gradient=given, names=", ".join(names[:_MOST_NAMES]))

    def _listed(self, entries: list[Entry]) -> str:
        names = ", ".join(map(self._name, entries[:_MOST_NAMES]))
        rest = len(entries) - _MOST_NAMES
        return message("draw.more", self.look.lang, names=names, count=rest) if rest > 0 else names
