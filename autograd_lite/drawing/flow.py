"""The gradients on their way back: what each operation gives to each of its operands, and by which rule.

The rules are those of `ag.explain`, in shorter names: δ² for ∂L/∂z², and the gradient of a tensor without a name that
an operation passes on as it is goes by the name that it came with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd_lite.drawing import numbers
from autograd_lite.drawing.blocks import Block, Style, above, matrix, printable, shortened, words
from autograd_lite.drawing.cards import Look, gradient_name
from autograd_lite.explanation.notation import Formula, derivative, named, place
from autograd_lite.explanation.steps import Contribution
from autograd_lite.explanation.walkthrough import explained, names_of
from autograd_lite.matrices import is_large, norm
from autograd_lite.messages import message
from autograd_lite.snapshot import Entry, Snapshot

RULE_SIZE, _SMALL_SIZE = 8.5, 8.0
_LONGEST_NAME, _LONGEST_RULE = 20, 72
_MOST_ROWS, _MOST_COLUMNS = 4, 4
# A raised ᵀ cannot be taken for a part of the number of a layer.
_TRANSPOSED = re.compile("\\(([^\\W\\d_][⁰¹²³⁴⁵⁶⁷⁸⁹]*)\\)(?=ᵀ)")
_COUNTED = re.compile(r"c\d+")
# What the letters of a rule stand for: each on a line of its own.
_DEFINITION = re.compile(r", (?=\w+ = )")


@dataclass(frozen=True)
class Flow:
    """What an operation passes back to one operand.

    Attributes
    ----------
    text : str
        The rule, ``'∂L/∂W² = δ² a¹ᵀ'``; empty from the card of a result to its operation.
    note : str
        What there is to say besides: over which axes it was summed.
    value : ndarray or None
        The numbers, where no card at the arrow's end shows them.
    """

    text: str = ""
    note: str = ""
    value: Any = None

    @property
    def said(self) -> str:
        """The rule and what there is to say besides, in one line."""
        return f"{self.text} ({self.note})" if self.note else self.text

    def label(self, look: Look) -> Block | None:
        """Return what stands at the arrow: the rule, and under it the note and the numbers."""
        if not self.text:
            return None
        small = Style(_SMALL_SIZE, look.theme.gradient, italic=True)
        style = Style(RULE_SIZE, look.theme.gradient, italic=True)
        lines = [words(shortened(line, _LONGEST_RULE), style) for line in _DEFINITION.split(self.text)]
        lines += [words(self.note, small)] if self.note else []
        return above([*lines, *([] if self.value is None else [_numbers(self.value, look)])])


class Backward:
    """The gradient flow of a graph.

    Parameters
    ----------
    graph : Snapshot
        With the contributions of each operation; it may be folded.
    look : Look

    Attributes
    ----------
    names : dict of int to str
        What the rules call the tensors, by their ids: all those that a rule names.
    flows : dict of (int, int) to Flow
        By the id of the operation and the place of the operand in `Entry.inputs`.
    remarks : tuple of str
        What holds for all of them.
    """

    def __init__(self, graph: Snapshot, look: Look) -> None:
        self._entries, self._look = graph.entries, look
        self._is_freed = graph.is_freed
        self._all_names = names_of(graph)
        self._root = graph.root
        self._told = dict(self._contributions(graph))
        self._terms = Counter(self._entries[key].inputs[k] for key, k in self._receivers())
        self._same_as = self._passed_on()
        self.names = {key: self._all_names[key] for key in sorted(self._mentioned())}
        self._shown = dict(self._short_names())
        self.flows = {(key, k): self._flow(self._entries[key], k) for key, k in self._receivers()}
        self.remarks = tuple(self._remarks(graph))

    def passes_through(self, entry: Entry) -> bool:
        """Tell whether an operation gets a gradient to pass on."""
        return any((entry.id, k) in self.flows for k in range(len(entry.inputs)))

    def _contributions(self, graph: Snapshot) -> Iterator[tuple[tuple[int, int], Contribution]]:
        operations = [entry for entry in reversed(graph.entries) if entry.primitive is not None]
        steps = explained(graph, decimals=self._look.decimals, lang=self._look.lang).steps
        for entry, step in zip(operations, steps, strict=True):
            places = [k for k, part in enumerate(entry.parts) if part is not None]
            yield from (((entry.id, k), each) for k, each in zip(places, step.outgoing, strict=True))

    def _receivers(self) -> Iterator[tuple[int, int]]:
        """Yield the operands that are given something; of a folded operation, all those that have a gradient."""
        for entry in self._entries:
            for k, key in enumerate(entry.inputs):
                if (entry.id, k) in self._told or (entry.primitive is None and self._has_gradient(self._entries[key])):
                    yield entry.id, k

    def _has_gradient(self, entry: Entry) -> bool:
        """Tell whether a tensor has a gradient; one that stands for several, or in a freed graph, has no numbers."""
        is_unknown = self._is_freed or entry.value is None
        return entry.gradient is not None or (is_unknown and entry.kind not in ("input", "constant"))

    def _passed_on(self) -> dict[int, int]:
        """Return whose gradient is the same, for tensors without a name that have it from one operation unchanged."""
        givers = {self._entries[key].inputs[k]: (key, each) for (key, k), each in self._told.items()}
        same: dict[int, int] = {}
        for entry in reversed(self._entries):
            if entry.op is None or entry.name or self._terms[entry.id] != 1 or entry.id not in givers:
                continue
            giver, told = givers[entry.id]
            is_unchanged = told.formula is not None and told.formula.template == place(0) and not told.axes
            if is_unchanged and self._entries[giver].shape == entry.shape:
                same[entry.id] = same.get(giver, giver)
        return same

    def _mentioned(self) -> Iterator[int]:
        """Yield the tensors that a rule names, by their value or by their gradient; numbers are no names."""
        operands = (self._entries[self._entries[key].inputs[k]] for key, k in self._receivers())
        yield from (operand.id for operand in operands if operand.op is None)
        keys = {name: key for key, name in self._all_names.items() if not self._is_number(self._entries[key])}
        gradients = {self._derivative(key): self._same_as.get(key, key) for key in self._all_names}
        for each in self._told.values():
            for name in each.formula.names if each.formula else ():
                key = gradients.get(name.text, keys.get(name.text))
                if key is not None:
                    yield key

    def _is_number(self, entry: Entry) -> bool:
        return entry.kind == "constant" and not entry.name and not _COUNTED.fullmatch(self._all_names[entry.id])

    def _derivative(self, key: int) -> str:
        return derivative(named(self._all_names[self._root]), named(self._all_names[key])).text

    def _short_names(self) -> Iterator[tuple[str, str]]:
        """Yield the names in the rules of `ag.explain`, and how they are written at an arrow."""
        for key, name in self._all_names.items():
            if not self._is_number(self._entries[key]):
                yield name, _cut(name)
            yield self._derivative(key), self._gradient(self._same_as.get(key, key))

    def _gradient(self, key: int) -> str:
        delta = self._entries[key].delta
        return gradient_name(_cut(self._all_names[key]), _cut(self._all_names[self._root]), delta)

    def _flow(self, entry: Entry, k: int) -> Flow:
        operand = self._entries[entry.inputs[k]]
        has_card = operand.op is None or bool(operand.name) or operand.id in self.names
        target = self._gradient(operand.id if has_card else self._same_as.get(operand.id, operand.id))
        adds = self._terms[operand.id] > 1
        told = self._told.get((entry.id, k))
        rule = self._rule(told.formula) if told and told.formula else "…"
        text = target if rule == target and not adds else f"{target} {'+=' if adds else '='} {rule}"
        is_shown_elsewhere = not adds and (has_card or operand.id in self._same_as)
        whole = None if adds or self._is_freed else operand.gradient
        given = told.value if told else whole
        value = None if is_shown_elsewhere or not self._look.grads else given
        return Flow(printable(text), self._note(entry, told), value)

    def _rule(self, formula: Formula) -> str:
        names = (each._replace(text=self._shown.get(each.text, each.text.replace("-", "−"))) for each in formula.names)
        return _TRANSPOSED.sub(r"\1", Formula(formula.template, tuple(names)).text())

    def _note(self, entry: Entry, told: Contribution | None) -> str:
        lang = self._look.lang
        if told is None:
            return message("draw.through", lang, count=entry.keywords.get("operations", 1))
        if told.formula is None:
            assert entry.primitive is not None
            return message("draw.rule_of", lang, operation=entry.primitive.__name__)
        return message("draw.summed", lang, axes=", ".join(map(str, told.axes))) if told.axes else ""

    def _remarks(self, graph: Snapshot) -> Iterator[str]:
        if any(getattr(entry.dtype, "kind", "") == "c" for entry in graph.entries):
            yield message("explain.complex", self._look.lang)
        if graph.has_hooks and not self._is_freed:
            yield message("explain.hooks", self._look.lang)


def _cut(name: str) -> str:
    return shortened(printable(name), _LONGEST_NAME)


def _numbers(array: Any, look: Look) -> Block:
    """The numbers of a small array; of any other its shape and norm."""
    style = Style(_SMALL_SIZE, look.theme.gradient, courier=True, italic=True)
    rows = [] if is_large(array) else numbers.rows(array, decimals=look.decimals)
    if rows and len(rows) <= _MOST_ROWS and len(rows[0]) <= _MOST_COLUMNS:
        return matrix(rows, style)
    shape = numbers.shape_text(array.shape) or "0"
    return words(f"{shape}, ‖·‖ {numbers.number(norm(array), decimals=look.decimals)}", style)
