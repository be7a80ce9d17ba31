"""Where cards stand: a lane packed from left to right, and a second lane that follows it as closely as it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from autograd_lite.drawing import Node

GAP, BESIDE, INSET = 17.0, 7.0, 6.0


@dataclass(frozen=True)
class Card:
    """A card on the sheet: its key, its node, and where its middle is; y points down."""

    key: str
    node: Node
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return self.node.width

    @property
    def height(self) -> float:
        return self.node.height

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    def at(self, x: float, y: float) -> Card:
        """Return the card at another place."""
        return replace(self, x=x, y=y)


@dataclass(frozen=True)
class Stop:
    """A card on a lane, and the cards that hang above it."""

    card: Card
    over: tuple[Card, ...] = ()

    @property
    def over_width(self) -> float:
        return sum(each.width for each in self.over) + BESIDE * max(0, len(self.over) - 1)

    def places_over(self, x: float) -> dict[str, float]:
        """Return the middles of the cards above, side by side around x, the last one in reach of a straight arrow."""
        found: dict[str, float] = {}
        left, right = x - self.over_width / 2, x + self.card.width / 2
        if self.over:
            last = left + self.over_width - self.over[-1].width
            left -= max(0.0, last + 2 * INSET - right)
        for each in self.over:
            found[each.key] = left + each.width / 2
            left += each.width + BESIDE
        return found


def packed(stops: Sequence[Stop]) -> dict[str, float]:
    """Return the middle of every card, as far to the left as they stand beside one another.

    What hangs above a card may reach over its neighbours on the lane, but not over what hangs above those.
    """
    x: dict[str, float] = {}
    right, over_right = -GAP, -float("inf")
    for stop in stops:
        middle = right + GAP + stop.card.width / 2
        if stop.over:
            over_left, _ = extent(stop.over, stop.places_over(middle))
            middle += max(0.0, over_right + 2 * BESIDE - over_left)
            _, over_right = extent(stop.over, stop.places_over(middle))
        x |= {stop.card.key: middle, **stop.places_over(middle)}
        right = middle + stop.card.width / 2
    cards = [card for stop in stops for card in (stop.card, *stop.over)]
    first = min(x[card.key] - card.width / 2 for card in cards)
    return {key: middle - first for key, middle in x.items()}


def extent(cards: Sequence[Card], x: Mapping[str, float]) -> tuple[float, float]:
    """Return the left and the right end of some cards."""
    lefts, rights = zip(*((x[card.key] - card.width / 2, x[card.key] + card.width / 2) for card in cards), strict=True)
    return min(lefts), max(rights)


def follow(goals: Sequence[float], apart: Sequence[float], low: float, high: float) -> list[float]:
    """Return numbers near their goals, in order, at least so far apart, between low and high.

    Examples
    --------
    >>> follow([0, 1, 10], [2, 2], 1, 9)
    [1, 3, 9]
    """
    places: list[float] = []
    for goal, distance in zip(goals, [None, *apart], strict=True):
        least = low if distance is None else places[-1] + distance
        places.append(max(goal, least))
    for k in reversed(range(len(places))):
        high = min(high, places[k])
        places[k] = high
        high -= apart[k - 1] if k else 0
    return places


def side_by_side(widths: Sequence[float], gap: float = GAP) -> list[float]:
    """Return the distances that cards of these widths keep on a lane."""
    return [(one + other) / 2 + gap for one, other in pairwise(widths)]
