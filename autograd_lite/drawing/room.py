"""How far the parts of a chain stand apart, and how much room their arrows and labels need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd_lite.drawing.steps import APART, Ends, Item, Size, Step

GAP = 14.0
BETWEEN = 7.0
# From the way back to its label, and around the label.
CLEAR, AROUND = 3.0, 5.0
_HANG = 13.0
_BARE_GAP, _HEAD = 24.0, 14.0
_INDENT = 26.0


@dataclass(frozen=True)
class Room:
    """How much room arrows need: more where there is a way back, with a label of a size that may be 0."""

    back: Mapping[Ends, Size]

    def label(self, tail: str, head: str) -> Size:
        """The size of the label of a way back."""
        return self.back.get((tail, head), (0.0, 0.0))

    @property
    def turned(self) -> float:
        """From the left edge of a line to where the arrow from the line before comes down."""
        return 5.0 + (2 * APART if self.back else 0.0)

    def indent(self, entrance: Ends) -> float:
        """Before the first operation of a line that an arrow from the line before leads to."""
        if entrance not in self.back:
            return _INDENT
        return max(_INDENT, self.turned + APART + self.label(*entrance)[0] + 2 * AROUND)

    def gap(self, left: Item, right: Item) -> float:
        """Between two neighbours on a line."""
        size = self.back.get((left.key, right.key))
        return GAP if size is None else max(_BARE_GAP, size[0] + 2 * AROUND)

    def hang(self, item: Item, upper: Item) -> float:
        """Between an item and the one above it."""
        size = self.back.get((item.key, upper.key))
        return _HANG if size is None else max(_BARE_GAP, size[1] + _HEAD)

    def reach(self, column: Sequence[Item], operation: Item) -> float:
        """How far a column goes to the right from its left edge, with the labels beside its arrows."""
        width = column_width(column)
        labels = [self.label(item.key, upper.key)[0] for upper, item in pairwise((operation, *column))]
        return max([width, *(width / 2 + APART + AROUND + label for label in labels if label)])

    def column_height(self, column: Sequence[Item]) -> float:
        """How tall a column is, without what is above it."""
        return sum(item.height for item in column) + sum(self.hang(item, upper) for upper, item in pairwise(column))

    def below(self, operation: Item, column: Sequence[Item]) -> float:
        """How far a column goes down from the line."""
        return self.hang(column[0], operation) + self.column_height(column)

    def group_width(self, step: Step) -> float:
        """How wide all columns of a step are."""
        reaches = [self.reach(column, step.operation) for column in step.below]
        return sum(reaches[:-1]) + column_width(step.below[-1]) + BETWEEN * (len(reaches) - 1)


def column_width(column: Sequence[Item]) -> float:
    """How wide the widest item of a column is."""
    return max(item.width for item in column)
