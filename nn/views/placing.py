"""Where the cards of a row of the δ view stand: the wider of its two lanes is packed, the other follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nn.passes import LayerRecord
from nn.views.cards import Column
from nn.views.lanes import GAP, Card, Stop, extent, follow, packed, side_by_side

RISE, BETWEEN, DROP = 22.0, 38.0, 20.0
NARROWEST = 520.0
# Activations whose slope is worked out from a, not from z.
_FROM_A = ("sigmoid", "tanh", "elu")


class Row:
    """Some layers at their places: the forward lane, below it the lane of δ, and below that the gradients.

    Parameters
    ----------
    lanes : list of list of Stop
        The forward lane, layer by layer.
    columns : list of Column
        What stands below each layer.
    room : float
        Points that the columns may be wide before lines in them are broken.
    before, after : Card, optional
        What leads the δ lane back into the row above, and on from the row below.
    """

    def __init__(
        self,
        lanes: list[list[Stop]],
        columns: list[Column],
        room: float,
        *,
        before: Card | None = None,
        after: Card | None = None,
    ) -> None:
        self.stops = [stop for lane in lanes for stop in lane]
        self.columns, self.before, self.after = columns, before, after
        # Ways into other rows stand outside of all that is below a layer.
        self._left, self._right = (0.0 if each is None else each.width + GAP for each in (before, after))
        x = packed(self.stops)
        ends = [extent([card for stop in lane for card in (stop.card, *stop.over)], x) for lane in lanes]
        width = max(right for _, right in ends)
        self._narrow(max(width, room) - self._left - self._right)
        widths = [column.width for column in columns]
        self.total = max(width, sum(widths) + GAP * (len(widths) - 1) + self._left + self._right)
        low, high = self._left + widths[0] / 2, self.total - self._right - widths[-1] / 2
        goals = [(left + right) / 2 for left, right in ends]
        goals[-1] = high if after is None else goals[-1]
        middles = follow(goals, side_by_side(widths), low, high)
        wanted = [middle - (left + right) / 2 for middle, (left, right) in zip(middles, ends, strict=True)]
        wanted[-1] = self.total
        shifts = follow(wanted, [0.0] * (len(lanes) - 1), 0.0, self.total - width)
        if before is not None:
            shifts[0] = 0.0
        for lane, shift in zip(lanes, shifts, strict=True):
            for card in [card for stop in lane for card in (stop.card, *stop.over)]:
                x[card.key] += shift
        self.cards = self._stood(x)
        self.cards |= self._hung(middles)

    @property
    def bottom(self) -> float:
        """Where the row ends."""
        return max(card.bottom for card in self.cards.values())

    def lowered(self, by: float) -> None:
        """Move the row down."""
        self.cards = {key: card.at(card.x, card.y + by) for key, card in self.cards.items()}
        self.between += by

    def source(self, layer: LayerRecord, *, is_output: bool) -> Card | None:
        """Return the card that δ takes its values from: z or a for the slope, or the probabilities."""
        key = f"{'a' if layer.activation in _FROM_A else 'z'}{layer.number}"
        return self.cards.get("loss0" if is_output and "loss0" in self.cards else key)

    def _narrow(self, room: float) -> None:
        """Break lines in the widest column, until all columns fit or none gets narrower; then use up what is left."""
        left = list(self.columns)
        while left and self._spare(room) < 0:
            widest = max(left, key=lambda column: column.width)
            if not widest.narrow():
                left.remove(widest)
        for column in self.columns:
            column.widen(column.width + max(0.0, self._spare(room)))

    def _spare(self, room: float) -> float:
        return room - sum(column.width for column in self.columns) - GAP * (len(self.columns) - 1)

    def _stood(self, x: Mapping[str, float]) -> dict[str, Card]:
        """Return the cards of the forward lane, and those above it."""
        over = [card for stop in self.stops for card in stop.over]
        base = max(card.height for card in over)
        self.middle = base + RISE + max(stop.card.height for stop in self.stops) / 2
        placed = [card.at(x[card.key], base - card.height / 2) for card in over]
        placed += [stop.card.at(x[stop.card.key], self.middle) for stop in self.stops]
        return {card.key: card for card in placed}

    def _near(self, column: Column, middle: float) -> float:
        """Return where the card of δ stands in its column: below what leads to it."""
        is_output = "L" in self.cards and column is self.columns[-1]
        ends = [self.source(column.layer, is_output=is_output), self.cards["L"] if is_output else None]
        above = [card.x for card in ends if card is not None]
        reach = (column.width - column.delta.width) / 2
        goal = sum(above) / len(above) if above else middle
        return min(max(goal, middle - reach), middle + reach)

    def _hung(self, middles: Sequence[float]) -> dict[str, Card]:
        """Return the cards of the backward lane, and below it those of the gradients."""
        top = self.middle + max(stop.card.height for stop in self.stops) / 2 + BETWEEN
        self.between = top - BETWEEN / 2
        tall = max(column.delta.height for column in self.columns)
        placed = []
        for column, middle in zip(self.columns, middles, strict=True):
            placed.append(column.delta.at(self._near(column, middle), top + tall / 2))
            placed.append(column.gradient.at(middle, top + tall + DROP + column.gradient.height / 2))
        if self.before is not None:
            placed.append(self.before.at(self.before.width / 2, top + tall / 2))
        if self.after is not None:
            placed.append(self.after.at(self.total - self.after.width / 2, top + tall / 2))
        return {card.key: card for card in placed}
