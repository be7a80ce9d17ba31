"""The operations view as data: which nodes and arrows a graph has, and whether it is one chain of operations."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from autograd_lite.drawing.blocks import printable, shortened
from autograd_lite.drawing.cards import LEGIBLE, LONGEST_TOLD, Look, Node, operation_circle, tensor_card
from autograd_lite.drawing.flow import Backward, Flow
from autograd_lite.drawing.numbers import number
from autograd_lite.drawing.steps import Item, Step
from autograd_lite.explanation.walkthrough import names_of
from autograd_lite.messages import message
from autograd_lite.snapshot import Entry, Snapshot

_POWER = {"^", "**"}
_ORDER_MATTERS = {"−", "-", "/", "÷", "mod", "//", "%", *_POWER}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONGEST_TITLE = 60
_LONGEST_BRANCH = 2
_MOST_BELOW = 3
_LONGEST_IN_LABEL = 8


class Link(NamedTuple):
    """An arrow from one node to another.

    Attributes
    ----------
    tail, head : str
    place : str
        Which operand the tail is; empty where the order does not matter or can be read from the label.
    flow : Flow or None
        What comes back along it, if the gradients are drawn.
    """

    tail: str
    head: str
    place: str = ""
    flow: Flow | None = None


class Operations:
    """A graph as nodes that can be drawn, and the arrows between them.

    Operations are circles. Leaves, named tensors and the root have cards; arrows pass other results by.

    Parameters
    ----------
    snapshot : Snapshot
    look : Look

    Attributes
    ----------
    names : dict of int to str
        What each tensor is called where it has to be told from all others, by its id.
    nodes : dict of str to Node
        In the order of computation.
    backward : Backward or None
        The way of the gradients, if it is drawn.
    """

    def __init__(self, snapshot: Snapshot, look: Look) -> None:
        self.entries = {entry.id: entry for entry in snapshot.entries}
        self.root = self.entries[snapshot.root]
        self.look = look
        self.note = snapshot.note
        self.backward = Backward(snapshot, look) if look.backward else None
        self.names = names_of(snapshot)
        self.uses = Counter(operand for entry in snapshot.entries for operand in entry.inputs)
        self._told = {operand.id for entry in snapshot.entries for operand in self._told_by_label(entry)}
        self._places = message("draw.first", look.lang), message("draw.second", look.lang)
        self.nodes: dict[str, Node] = {}
        for entry in snapshot.entries:
            if entry.op is not None:
                self.nodes[operation_key(entry)] = self._circle(entry)
            if self.has_card(entry):
                self.nodes[card_key(entry)] = tensor_card(entry, self.name(entry), look)

    def operands(self, entry: Entry) -> list[Entry]:
        """What an operation takes, but for the numbers that its label tells."""
        return [operand for operand in self._all_operands(entry) if operand.id not in self._told]

    def name(self, entry: Entry) -> str | None:
        """The name of a tensor; the root has one always, and so has whatever a rule names."""
        if self.backward and entry.id in self.backward.names:
            return self.backward.names[entry.id]
        return self.names[entry.id] if entry.name or entry is self.root else None

    def has_card(self, entry: Entry) -> bool:
        """Tell whether a tensor is shown, not only the operation that computes it."""
        return entry.id not in self._told and (entry.op is None or self.name(entry) is not None)

    def keys(self, entry: Entry) -> list[str]:
        """The nodes of an entry: its operation, its card, or both."""
        circle = [operation_key(entry)] if entry.op is not None else []
        return [*circle, card_key(entry)] if self.has_card(entry) else circle

    def arrows(self) -> Iterator[Link]:
        """The arrows from operands to operation, and on to the card of its result."""
        for entry in self.entries.values():
            places = self._places if self._has_unclear_order(entry) else ()
            for k, operand in enumerate(self._all_operands(entry)):
                if operand.id not in self._told:
                    flow = self.backward.flows.get((entry.id, k)) if self.backward else None
                    place = places[k] if places else ""
                    yield Link(self.keys(operand)[-1], operation_key(entry), place, flow)
            if len(self.keys(entry)) == 2:
                goes_back = self.backward is not None and self.backward.passes_through(entry)
                yield Link(operation_key(entry), card_key(entry), "", Flow() if goes_back else None)

    def spine(self) -> list[Entry]:
        """The longest way through the operations that ends at the root."""
        length: dict[int, int] = {}
        longest: dict[int, Entry | None] = {}
        for entry in self.entries.values():
            computed = [operand for operand in self.operands(entry) if operand.op is not None]
            best = max(computed, key=lambda each: length[each.id], default=None)
            length[entry.id], longest[entry.id] = 1 + (length[best.id] if best else 0), best
        way: list[Entry] = []
        current = self.root if self.root.op is not None else None
        while current is not None:
            way.append(current)
            current = longest[current.id]
        return way[::-1]

    def chain(self) -> list[Step] | None:
        """The graph as one chain of operations, or None when it branches or uses a value twice.

        What an operation takes besides the result before it may be a leaf, or a leaf after operations of one operand,
        such as the transpose of a weight.
        """
        if self.root.op is None or any(count > 1 for count in self.uses.values()):
            return None
        steps: list[tuple[Entry, Entry | None, list[Entry]]] = []
        current: Entry | None = self.root
        while current is not None:
            operands = self.operands(current)
            before = self._before(operands)
            others = [operand for operand in operands if operand is not before]
            if self._has_unclear_order(current) or len(others) > (1 if self.backward else _MOST_BELOW):
                return None
            if not all(self._branch(other) for other in others):
                return None
            steps.append((current, before, others))
            current = before if before is not None and before.op is not None else None
        steps.reverse()
        scopes = [None, *(entry.scope for entry, _, _ in steps)]
        return [self._step(*step, scopes[place]) for place, step in enumerate(steps)]

    def _all_operands(self, entry: Entry) -> list[Entry]:
        return [self.entries[each] for each in entry.inputs]

    def _told_by_label(self, entry: Entry) -> Iterator[Entry]:
        """The unnamed numbers that stand in the label of an operation in full, such as an exponent."""
        operands = self._all_operands(entry)
        if entry.op not in _ORDER_MATTERS or len(operands) != 2:
            return
        for operand in operands:
            spelled = None if self.name(operand) else self._spelled(operand)
            if spelled and len(spelled) <= _LONGEST_IN_LABEL and self.uses[operand.id] == 1:
                yield operand

    def _has_unclear_order(self, entry: Entry) -> bool:
        """Tell whether the label cannot say which operand comes first, because neither has a name."""
        operands = self._all_operands(entry)
        return entry.op in _ORDER_MATTERS and len(operands) == 2 and not any(map(self._spelled, operands))

    def _before(self, operands: list[Entry]) -> Entry | None:
        """Which operand the chain comes from: a result of several operands, or else the data, or else a parameter."""

        def rank(operand: Entry) -> tuple[bool, bool, bool]:
            branch = self._branch(operand)
            leaf = branch[-1] if branch else operand
            return not branch, leaf.kind not in ("parameter", "constant"), leaf.kind == "parameter"

        return max(operands, key=rank, default=None)

    def _branch(self, entry: Entry) -> list[Entry]:
        """The way from an operand through operations of one operand to a leaf; empty when it is no such way."""
        way = [entry]
        while way[-1].op is not None:
            operands = self.operands(way[-1])
            if len(operands) != 1 or len(way) > _LONGEST_BRANCH:
                return []
            way += operands
        return way

    def _step(self, entry: Entry, before: Entry | None, others: list[Entry], scope: tuple[str, ...] | None) -> Step:
        lead = before if before is not None and before.op is None else None
        if lead is None and scope != entry.scope and len(others) == 1 and _is_data(others[0]):
            lead = others.pop()
        return Step(
            operation=self._item(operation_key(entry)),
            lead=self._item(card_key(lead)) if lead else None,
            below=tuple(self._column(other) for other in others),
            result=self._item(card_key(entry)) if self.has_card(entry) else None,
            section=scope_title(entry.scope),
        )

    def _column(self, operand: Entry) -> tuple[Item, ...]:
        keys = [key for entry in self._branch(operand) for key in reversed(self.keys(entry))]
        return tuple(map(self._item, keys))

    def _item(self, key: str) -> Item:
        node = self.nodes[key]
        return Item(key, node.width, node.height, node.is_round)

    def _circle(self, entry: Entry) -> Node:
        names = [self._spelled(operand) for operand in self._all_operands(entry)]
        tooltip = message(
            "draw.call",
            self.look.lang,
            operation=entry.title or entry.op,
            operands=shortened(", ".join(name or "·" for name in names), LONGEST_TOLD),
            shape=tuple(entry.shape),
            dtype=entry.dtype,
        )
        return operation_circle(_label(entry.op or "", names), tooltip, self.look.theme)

    def _spelled(self, operand: Entry) -> str | None:
        """The name of an operand, or the number that an unnamed constant is."""
        name = self.name(operand)
        if name or operand.kind != "constant" or operand.value is None or operand.value.size != 1:
            return name
        return number(operand.value, decimals=self.look.decimals, given=True)


def _label(operation: str, names: list[str | None]) -> str:
    """What stands in the circle; where the order of the operands matters, with their names."""
    if len(names) != 2 or operation not in _ORDER_MATTERS or not any(names):
        return LEGIBLE.get(operation, operation)
    left, right = (name and shortened(name, _LONGEST_IN_LABEL) for name in names)
    if operation in _POWER and right and right.isdecimal():
        base = left or "·"
        return f"{base if base.isalpha() else f'({base})'}{right.translate(_RAISED)}"
    return f"{left or '·'} {operation} {right or '·'}"


def _is_data(entry: Entry) -> bool:
    return entry.op is None and entry.kind != "parameter"


def operation_key(entry: Entry) -> str:
    """The node of an operation."""
    return f"operation{entry.id}"


def card_key(entry: Entry) -> str:
    """The node of a tensor."""
    return f"tensor{entry.id}"


def scope_title(scope: tuple[str, ...]) -> str:
    """The title of the panel for a scope.

    Examples
    --------
    >>> scope_title(("encoder", "layer 1: ReLU"))
    'encoder / layer 1: ReLU'
    """
    return shortened(printable(" / ".join(scope)), _LONGEST_TITLE)
