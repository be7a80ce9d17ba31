"""The parts of a chain of operations: what is to be placed, and where everything is once it has been placed.

Everything is in points, with the y axis pointing down.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

Point = tuple[float, float]
Ends = tuple[str, str]
Size = tuple[float, float]

# Half of what is between an arrow and the way back beside it.
APART = 4.0


@dataclass(frozen=True)
class Item:
    """A node to be placed: its key, its size, and whether arrows end on an ellipse."""

    key: str
    width: float
    height: float
    is_round: bool = False


@dataclass(frozen=True)
class Step:
    """One operation of the chain, what it takes besides the step before, and the card of its result.

    Parameters
    ----------
    operation : Item
    lead : Item, optional
        A leaf at the left of the operation. The step before then comes in from above, on a new line.
    below : tuple of tuple of Item
        What hangs below the operation, in columns, each from the item next to the operation down to a leaf.
    result : Item, optional
    section : str
        The title of the panel that the step stands in; none when empty.
    """

    operation: Item
    lead: Item | None = None
    below: tuple[tuple[Item, ...], ...] = ()
    result: Item | None = None
    section: str = ""

    def spine(self) -> Iterator[Item]:
        """What stands on the line, from left to right."""
        yield from (item for item in (self.lead, self.operation, self.result) if item)

    @property
    def last(self) -> Item:
        """The item that the next step is reached from."""
        return self.result or self.operation


@dataclass(frozen=True)
class Arrow:
    """A link between two nodes, along these points."""

    tail: str
    head: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Panel:
    """The ground of a section: its title and its rectangle, from the upper left corner."""

    title: str
    left: float
    top: float
    width: float
    height: float
    keys: tuple[str, ...]


@dataclass
class Layout:
    """Where everything is: the centre of each item, the arrows, the panels, and the size of the whole.

    `labels` has the upper left corner of the label of each way back, by the ends of its arrow.
    """

    centres: dict[str, Point] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    labels: dict[Ends, Point] = field(default_factory=dict)
    panels: list[Panel] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
