"""How the calls of a pass hang together: a chain of parts, with branches around blocks, read from the engine's graph.

What lies between two calls in the graph, such as the + of a residual block, becomes a part of its own. A module in
which the calls make no such chain stays one part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import autograd_lite as ag
from nn.views.calls import Call

# A walk through more operations than these between calls is given up.
_MOST_BETWEEN = 2_000
# A module with more operations a call, or branches within branches within branches, is told by its name alone.
_MOST_A_CALL = 2
_DEEPEST = 3


@dataclass(eq=False)
class Part:
    """One station of a chain: a call, or an operation between calls.

    Attributes
    ----------
    call : Call or None
        None for an operation.
    label : str
        What an operation is called.
    shape : tuple of int
        Of what it gives.
    parameters : dict of str to Tensor
        Those of the call and of all below it, or those that the operation takes, by their names.
    after : list of Part
        What is applied to the result and leaves its shape: activations, and operations without parameters.
    """

    call: Call | None
    label: str
    shape: tuple[int, ...]
    parameters: dict[str, ag.Tensor] = field(default_factory=dict)
    after: list[Part] = field(default_factory=list)

    @property
    def is_card(self) -> bool:
        """Whether it is a layer, not only a sign on the way."""
        return bool(self.parameters) or (self.call is not None and not self.keeps_shape)

    @property
    def keeps_shape(self) -> bool:
        """Whether it gives what it takes, in another guise, without parameters."""
        takes = self.call.takes[0].shape if self.call and len(self.call.takes) == 1 else None
        return not self.parameters and takes == self.shape


@dataclass(eq=False)
class Branch:
    """Ways that part before a block and meet again in one part behind it; the longest comes first."""

    join: Part
    ways: tuple[tuple[Element, ...], ...]


Element = Part | Branch


@dataclass(frozen=True, eq=False)
class Flow:
    """The chain of a pass; where it could not be found out, its calls in their order."""

    elements: tuple[Element, ...]
    is_known: bool = True


def flow_of(call: Call) -> Flow:
    """Return the chain of a model's call.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> from nn.views.calls import watched
    >>> model, x, y, loss = nn.worked_example()
    >>> run = watched(model, ag.tensor(x), lambda a: loss(a, y))
    >>> [(part.call.path, part.after[0].call.path) for part in flow_of(run.call).elements]
    [('layers.0', 'activations.0'), ('layers.1', 'activations.1')]
    """
    if not call.calls:
        return Flow((_part_of(call),))
    elements = _chain(call)
    if elements is not None:
        return Flow(tuple(_with_activations(elements)))
    apart = [each for child in call.calls for each in _chain(child) or [_part_of(child)]]
    return Flow(tuple(_with_activations(apart)), is_known=False)


def parts_of(elements: Sequence[Element]) -> Iterator[Part]:
    """Yield every part of a chain, those on branches too."""
    for each in elements:
        if isinstance(each, Part):
            yield each
            continue
        for way in each.ways:
            yield from parts_of(way)
        yield each.join


def _part_of(call: Call) -> Part:
    shape = call.gives[0].shape if call.gives else ()
    return Part(call, "", shape, dict(call.module.named_parameters()))


def _chain(call: Call) -> list[Element] | None:
    """Return what ran inside a call as a chain, or None where it is none, or nothing ran inside."""
    if not call.calls:
        return None
    web = _Web(call)
    try:
        chain = _Ways(web).chain()
    except _UnclearError:
        return None
    used = set(parts_of(chain))
    if any(part not in used for part in web.children.values()) or _depth(chain) > _DEEPEST:
        return None
    if call.path and len(used) - len(call.calls) > _MOST_A_CALL * len(call.calls):
        return None
    return [each for element in chain for each in _unfolded(element)]


def _unfolded(element: Element) -> list[Element]:
    """Return an element with every block in it replaced by what ran inside that block."""
    if isinstance(element, Part):
        inner = _chain(element.call) if element.call is not None else None
        return [element] if inner is None else inner
    ways = tuple(tuple(each for part in way for each in _unfolded(part)) for way in element.ways)
    return [Branch(element.join, ways)]


class _UnclearError(Exception):
    """The calls make no chain."""


class _Web:
    """Which part takes what of which others, inside one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.source = Part(None, "", ())
        self.children = {child.order: _part_of(child) for child in call.calls}
        self.before: dict[Part, list[Part]] = {self.source: []}
        self._of_node: dict[Any, Part] = {}
        self._of_tensor: dict[int, Part] = {}
        self._remember(call.takes, self.source)
        for child in call.calls:
            self._remember(child.gives, self.children[child.order])
        self._parameters = {each.name: each for each in call.module.parameters()}
        self._between = 0

    def _remember(self, tensors: Sequence[ag.Tensor], part: Part) -> None:
        for each in tensors:
            self._of_tensor[id(each)] = part
            if each.grad_fn is not None:
                self._of_node[each.grad_fn] = part

    def order(self) -> list[Part]:
        """Return the parts that lead to the result, the result last, each after those that it takes from."""
        found: dict[Part, None] = {self.source: None}
        (end,) = self._sources(self.call.gives) or [self.source]
        waiting = [(end, False)]
        while waiting:
            part, is_ready = waiting.pop()
            if part in found:
                continue
            if is_ready:
                found[part] = None
                continue
            waiting.append((part, True))
            waiting += [(each, False) for each in self._taken(part) if each not in found]
        return list(found)

    def _taken(self, part: Part) -> list[Part]:
        if part.call is not None and part not in self.before:
            self.before[part] = self._sources(part.call.takes)
        if not self.before[part] and part is not self.source:
            # What takes constants alone stands beside what takes the input.
            self.before[part] = [self.source]
        return self.before[part]

    def _sources(self, tensors: Sequence[ag.Tensor]) -> list[Part]:
        """Return the parts that tensors come from, each once; constants come from none."""
        found: dict[Part, None] = {}
        for each in tensors:
            if id(each) in self._of_tensor:
                found[self._of_tensor[id(each)]] = None
            elif each.grad_fn is not None:
                found[self._reached(each.grad_fn)] = None
        return list(found)

    def _reached(self, node: Any) -> Part:
        """Return the part of a node, after making parts of the operations between it and the calls."""
        waiting = [node]
        while waiting:
            current = waiting[-1]
            unknown = [each for each in current.parents if each.op is not None and each not in self._of_node]
            if unknown and current not in self._of_node:
                waiting += unknown
                continue
            waiting.pop()
            if current not in self._of_node:
                self._of_node[current] = self._operation(current)
        return self._of_node[node]

    def _operation(self, node: Any) -> Part:
        self._between += 1
        if self._between > _MOST_BETWEEN:
            raise _UnclearError
        part = Part(None, _label(node), tuple(node.shape))
        before: dict[Part, None] = {}
        for each in node.parents:
            if each.op is None:
                part.parameters |= {each.name: self._parameters[each.name]} if each.name in self._parameters else {}
                continue
            operand = self._of_node[each]
            if operand is not self.source and self.before.get(operand) == []:
                part.parameters |= operand.parameters
            else:
                before[operand] = None
        self.before[part] = list(before)
        return part


def _label(node: Any) -> str:
    label = node.op.label
    return label if isinstance(label, str) else str(node.op.__name__)


class _Ways:
    """Reads a web as chains: what every way to a part leads through stands on the chain, the rest on branches."""

    def __init__(self, web: _Web) -> None:
        self._web = web
        order = web.order()
        self._end = order[-1]
        self._rank = {part: rank for rank, part in enumerate(order)}
        self._gate: dict[Part, Part] = {}
        self._passed: set[Part] = set()
        for part in order[1:]:
            first, *others = web.before[part]
            for other in others:
                first = self._common(first, other)
            self._gate[part] = first

    def chain(self) -> list[Element]:
        return self._way(self._end, self._web.source)

    def _common(self, one: Part, other: Part) -> Part:
        """Return the last part that all ways to two parts lead through."""
        while one is not other:
            if self._rank[one] < self._rank[other]:
                one, other = other, one
            one = self._gate[one]
        return one

    def _way(self, end: Part, start: Part) -> list[Element]:
        found: list[Element] = []
        part = end
        while part is not start:
            if part in self._passed:
                raise _UnclearError
            self._passed.add(part)
            before = self._web.before[part]
            if len(before) == 1:
                found.append(part)
                part = before[0]
                continue
            gate = self._gate[part]
            ways = sorted((self._way(each, gate) for each in before), key=_weight, reverse=True)
            found.append(Branch(part, tuple(map(tuple, ways))))
            part = gate
        return found[::-1]


def _depth(elements: Sequence[Element]) -> int:
    """Return how many branches lie within one another."""
    ways = [way for each in elements if isinstance(each, Branch) for way in each.ways]
    return 1 + max(map(_depth, ways)) if ways else 0


def _weight(way: Sequence[Element]) -> tuple[int, int]:
    """Return how much stands on a way: calls first, then operations."""
    parts = list(parts_of(way))
    return sum(part.call is not None for part in parts), len(parts)


def _with_activations(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the chain with what leaves the shape as it is, and has no parameters, on the card before it."""
    last: Part | None = None
    for each in elements:
        if isinstance(each, Branch):
            yield Branch(each.join, tuple(tuple(_with_activations(way)) for way in each.ways))
            last = None
            continue
        unary = each.keeps_shape if each.call else not each.parameters and last is not None and each.shape == last.shape
        if last is not None and last.is_card and unary:
            last.after.append(each)
            continue
        yield each
        last = each
