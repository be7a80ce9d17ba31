"""From a graph to its explanation: names for all that has none, and the rules with these names put in."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from autograd_lite.errors import ArgumentError, GradientError, UsageError
from autograd_lite.explanation.formulas import operation, rule
from autograd_lite.explanation.notation import Name, derivative, named
from autograd_lite.explanation.result import Explanation
from autograd_lite.explanation.steps import Contribution, Incoming, Source, Step
from autograd_lite.matrices import checked_decimals, number
from autograd_lite.messages import checked_language
from autograd_lite.own.declaration import OwnOperation
from autograd_lite.snapshot import Entry, Snapshot, in_language, snapshot
from autograd_lite.spelling import spelled
from autograd_lite.tensors import Tensor

MAX_STEPS = 200
LONGEST_NUMBER = 8


@spelled
def explain(
    t: Tensor,
    *,
    decimals: int = 4,
    lang: str = "en",
    names: Mapping[str, Tensor] | None = None,
    max_steps: int | None = MAX_STEPS,
) -> Explanation:
    """Tell the backward pass of a scalar in words: operation by operation, with the rules and all numbers.

    The walk is private: no `.grad` changes, no hook is called, and the graph stays as it is. What has no name is
    called v1, v2, ... if it was computed, p1, p2, ... if it is a leaf that requires a gradient, c1, c2, ... if not.

    Parameters
    ----------
    t : Tensor
        The result of a computation, of one element.
    decimals : int
        Digits after the point.
    lang : {"en", "es"}
    names : mapping of str to Tensor, optional
        Names for tensors that have none, for example ``locals()``.
    max_steps : int or None
        How many operations are told, from the result on; None for all.

    Returns
    -------
    Explanation
        Its text by ``print``; notebooks show it as a page, ``to_latex()`` gives it for a paper, and ``.steps`` as data.

    Raises
    ------
    UsageError
        When `t` is no Tensor.
    GradientError
        When `t` is no scalar, requires no gradient, or a leaf was changed since.
    ArgumentError
        When the language is not known, or a number makes no sense.

    Examples
    --------
    >>> x = ag.tensor(3.0, name="x", requires_grad=True)
    >>> print(ag.explain(x * x + 2 * x))
    Backward pass of L = 15.0000, from the result to the leaves
    <BLANKLINE>
    1. L = v1 + v2 = 15.0000
         ∂L/∂L = 1.0000
         ∂L/∂v1 += ∂L/∂L = 1.0000
         ∂L/∂v2 += ∂L/∂L = 1.0000
    <BLANKLINE>
    2. v2 = 2 · x = 6.0000
         ∂L/∂v2 = 1.0000
         ∂L/∂x += ∂L/∂v2 · 2 = 2.0000
         2 gets none: a constant.
    <BLANKLINE>
    3. v1 = x · x = 9.0000
         ∂L/∂v1 = 1.0000
         ∂L/∂x += ∂L/∂v1 · x = 3.0000
         ∂L/∂x += ∂L/∂v1 · x = 3.0000
    <BLANKLINE>
    Leaves: what backward() adds to .grad
      ∂L/∂x = 2.0000 (from v2) + 3.0000 (from v1) + 3.0000 (from v1) = 8.0000
    """
    _check(t, names, max_steps)
    graph = in_language(snapshot(t, names=names, parts=True), lang)
    return explained(graph, decimals=checked_decimals(decimals), lang=checked_language(lang), max_steps=max_steps)


def explained(graph: Snapshot, *, decimals: int = 4, lang: str = "en", max_steps: int | None = None) -> Explanation:
    """Return the explanation of a graph with the contributions of each operation; folded operations are passed over."""
    return _Walkthrough(graph).explanation(decimals, lang, max_steps)


def names_of(graph: Snapshot) -> dict[int, str]:
    """Return what an explanation calls each tensor of a graph, by the tensors' ids."""
    return {key: name.text for key, name in _named(graph)}


def _check(t: Any, names: Any, max_steps: Any) -> None:
    if not isinstance(t, Tensor):
        raise UsageError(
            f"explain() tells how a Tensor was computed, got {type(t).__name__}.",
            "Give the result of a computation: ag.explain(loss).",
        )
    if not t.requires_grad:
        raise GradientError(
            f"explain(): {t._title()} requires no gradient, so there is no backward pass to tell.",
            "Make an input with requires_grad=True, and compute outside of ag.no_grad().",
        )
    if t.size != 1:
        raise GradientError(f"explain() needs a scalar, got shape {t.shape}.", "Reduce it first: ag.explain(t.sum()).")
    if names is not None and not isinstance(names, Mapping):
        raise UsageError(
            f"names must map names to tensors, got {type(names).__name__}.", "Write names={'W': W} or names=locals()."
        )
    if max_steps is not None and (isinstance(max_steps, bool) or not isinstance(max_steps, int) or max_steps < 1):
        raise ArgumentError(
            f"max_steps must be a whole number of at least 1, got {max_steps!r}.", "Write max_steps=None for all."
        )


class _Walkthrough:
    """One graph, and what its tensors are called.

    Parameters
    ----------
    graph : Snapshot
        With the contributions of each operation.
    """

    def __init__(self, graph: Snapshot) -> None:
        self.graph = graph
        self.entries = graph.entries
        self.names = dict(_named(graph))
        self.result = self.names[graph.root]
        self.sources: defaultdict[int, list[Source]] = defaultdict(list)
        for entry in reversed(self.entries):
            for operand, part in zip(entry.inputs, entry.parts, strict=False):
                if part is not None:
                    self.sources[operand].append(Source(self.names[entry.id].text, part.value))

    def explanation(self, decimals: int, lang: str, max_steps: int | None) -> Explanation:
        operations = [entry for entry in reversed(self.entries) if entry.primitive is not None]
        told = operations[:max_steps]
        constants = [
            self.names[each.id].text
            for each in self.entries
            if each.kind in ("input", "constant") and _number_of(each) is None
        ]
        return Explanation(
            result=self.result.text,
            value=self.entries[self.graph.root].value,
            steps=tuple(map(self._step, told)),
            leaves=tuple(self._incoming(entry) for entry in self.entries if _is_leaf(entry)),
            constants=tuple(dict.fromkeys(constants)),
            left_out=len(operations) - len(told),
            freed=self.graph.note is not None,
            is_complex=any(entry.dtype.kind == "c" for entry in self.entries if hasattr(entry.dtype, "kind")),
            has_hooks=self.graph.has_hooks,
            decimals=decimals,
            lang=lang,
        )

    def _step(self, entry: Entry) -> Step:
        assert entry.primitive is not None
        operands = [self.names[each] for each in entry.inputs]
        shapes = [self.entries[each].shape for each in entry.inputs]
        parts = list(zip(entry.inputs, entry.parts, strict=True))
        return Step(
            operation=entry.primitive.__name__,
            scope=entry.scope,
            formula=operation(entry.primitive, operands, entry.keywords, shapes),
            result=self.names[entry.id].text,
            value=entry.value,
            inputs=tuple(each.text for each in operands),
            incoming=self._incoming(entry),
            outgoing=tuple(self._contribution(entry, k) for k, (_, part) in enumerate(parts) if part is not None),
            constants=tuple(dict.fromkeys(self.names[each].text for each, part in parts if part is None)),
            is_own=isinstance(entry.primitive, OwnOperation),
        )

    def _incoming(self, entry: Entry) -> Incoming:
        return Incoming(self.names[entry.id].text, tuple(self.sources[entry.id]), entry.gradient)

    def _contribution(self, entry: Entry, k: int) -> Contribution:
        part, operand = entry.parts[k], self.entries[entry.inputs[k]]
        assert entry.primitive is not None and part is not None
        given = {position: self.names[each] for position, each in zip(entry.positions, entry.inputs, strict=True)}
        count = len(entry.inputs) if entry.primitive.variadic else len(entry.primitive.operands)
        formula = rule(
            entry.primitive,
            entry.positions[k],
            gradient=derivative(self.result, self.names[entry.id]),
            result=self.names[entry.id],
            operands=[given.get(position) for position in range(count)],
            keywords=entry.keywords,
            joined=math.prod(operand.shape) // max(math.prod(entry.shape), 1),
            scalar=() in (entry.shape, *(self.entries[each].shape for each in entry.inputs)),
        )
        return Contribution(self.names[operand.id].text, formula, part.value, part.axes)


def _is_leaf(entry: Entry) -> bool:
    return entry.op is None and entry.kind in ("parameter", "root")


def _named(graph: Snapshot) -> Iterator[tuple[int, Name]]:
    """Yield each entry's name: the user's, a constant's number, or a letter and a count."""
    given = {entry.name for entry in graph.entries if entry.name}
    used: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for entry in graph.entries:
        if entry.name:
            name = "".join(each if each.isprintable() else " " for each in entry.name)
            used[name] += 1
            yield entry.id, named(name if used[name] == 1 else f"{name}:{used[name]}")
        elif (text := _number_of(entry)) is not None:
            yield entry.id, Name(text, text)
        elif entry.id == graph.root and "L" not in given:
            yield entry.id, named("L")
        else:
            letter = "v" if entry.op is not None else "p" if _is_leaf(entry) else "c"
            counts[letter] += 1
            while f"{letter}{counts[letter]}" in given:
                counts[letter] += 1
            yield entry.id, named(f"{letter}{counts[letter]}")


def _number_of(entry: Entry) -> str | None:
    """Return a constant as the number that it is, if it is a short one."""
    if entry.kind != "constant" or entry.value is None or entry.shape != ():
        return None
    text = number(entry.value, 6, given=True)
    if len(text) > LONGEST_NUMBER:
        return None
    return f"({text})" if text.startswith("-") else text
