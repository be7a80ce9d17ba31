"""Lays out a chain of operations as text is laid out: from left to right in lines, each section in a panel of its own.

On the line stand the operations and their results; what an operation takes besides the result before it hangs below.
Everything is in points, with the y axis pointing down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

Point = tuple[float, float]

GAP = 14.0
PANEL_PADDING = 9.0
TITLE_HEIGHT = 17.0
_HANG = 13.0
_BETWEEN = 7.0
_LINE_GAP = 20.0
_PANEL_GAP = 22.0
_INDENT = 26.0
WIDEST = 540.0


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
    """Where everything is: the centre of each item, the arrows, the panels, and the size of the whole."""

    centres: dict[str, Point] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


@dataclass
class _Line:
    """Steps on one line, and the centre of each of their items along the x axis."""

    steps: list[Step]
    x: dict[str, float]
    right: float

    @property
    def spine_height(self) -> float:
        return max(item.height for step in self.steps for item in step.spine())

    @property
    def below_height(self) -> float:
        return max((_column_height(column) for step in self.steps for column in step.below), default=0.0)

    @property
    def height(self) -> float:
        return self.spine_height + (_HANG + self.below_height if self.below_height else 0.0)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.x)

    def exit(self) -> tuple[float, bool]:
        """Where the arrow to the next line leaves, and whether from the bottom of the last item or from its right."""
        last = self.steps[-1].last
        centre, half = self.x[last.key], last.width / 2
        hanging = [(self.x[each[0].key], _column_width(each) / 2) for step in self.steps for each in step.below]
        for x in (centre,) if last.is_round else (centre, centre + half - 8, centre - half + 8):
            if all(abs(x - place) > reach + 4 for place, reach in hanging):
                return x, True
        return max(self.right, centre + half) + 10, False


def lay_out(steps: Sequence[Step], *, widest: float = WIDEST, narrowest: float = 0.0) -> Layout:
    """Place a chain of steps in lines that are at most so wide, where the items allow it.

    Parameters
    ----------
    steps : sequence of Step
        In the order of computation, at least one.
    widest : float
        Points after which a line is broken.
    narrowest : float
        Width of the panels at least.

    Returns
    -------
    Layout

    Examples
    --------
    >>> lay_out([Step(Item("square", 20, 20), lead=Item("x", 40, 30))]).centres
    {'x': (20.0, 15.0), 'square': (64.0, 15.0)}
    """
    layout = Layout()
    lines = list(_lines(steps, widest))
    has_panels = any(step.section for step in steps)
    padding = PANEL_PADDING if has_panels else 0.0
    inner = max(max(line.right, line.exit()[0]) for line in lines)
    layout.width = max(inner + 2 * padding, narrowest)
    top, before = 0.0, None
    for section, group in groupby(lines, key=lambda line: line.steps[0].section):
        if before:
            top += _PANEL_GAP
        start = top
        top += (TITLE_HEIGHT if section else 0.0) if has_panels else 0.0
        members = list(group)
        for index, line in enumerate(members):
            top += _LINE_GAP if index else 0.0
            gutter = start - _PANEL_GAP / 2 if index == 0 else top - _LINE_GAP / 2
            _place(layout, line, padding, top)
            if before:
                layout.arrows.append(_turn(layout, before, line, padding, gutter))
            top, before = top + line.height, line
        if has_panels and section:
            top += PANEL_PADDING
            keys = tuple(key for line in members for key in line.keys)
            layout.panels.append(Panel(section, 0.0, start, layout.width, top - start, keys))
    layout.height = top
    return layout


def _lines(steps: Sequence[Step], widest: float) -> Iterator[_Line]:
    """Break the chain where a section ends, where a leaf stands at the left, and where a line would grow too wide."""
    pending: list[Step] = []
    first = True
    for step in steps:
        together = _line([*pending, step], first)
        breaks = pending and (step.section != pending[0].section or step.lead or together.right > widest)
        if breaks:
            yield _line(pending, first)
            pending, first = [], False
        pending.append(step)
    yield _line(pending, first)


def _line(steps: list[Step], first: bool) -> _Line:
    """Place the items of a line along the x axis, each as far left as its neighbours and what hangs below allow."""
    x: dict[str, float] = {}
    cursor = 0.0 if first or steps[0].lead else _INDENT
    free_below = 0.0
    for step in steps:
        if step.lead:
            x[step.lead.key] = cursor + step.lead.width / 2
            cursor += step.lead.width + GAP
        half = step.operation.width / 2
        centre = cursor + half
        if step.below:
            group = _group_width(step)
            centre = max(centre, free_below + min(group / 2, half + 4))
            start = max(free_below, centre - group / 2)
            for column in step.below:
                width = _column_width(column)
                x.update((item.key, start + width / 2) for item in column)
                start += width + _BETWEEN
            free_below = start
        x[step.operation.key] = centre
        cursor = centre + half + GAP
        if step.result:
            x[step.result.key] = cursor + step.result.width / 2
            cursor += step.result.width + GAP
    _centre_over_hanging(steps, x)
    return _Line(steps, x, max(cursor - GAP, free_below - _BETWEEN))


def _centre_over_hanging(steps: list[Step], x: dict[str, float]) -> None:
    """Move operations to the right, towards the middle of what hangs below them, where there is room."""
    limit = float("inf")
    for step in reversed(steps):
        operation = step.operation
        if step.result:
            limit = x[step.result.key] - step.result.width / 2
        if step.below:
            left = x[step.below[0][0].key] - _column_width(step.below[0]) / 2
            middle = left + _group_width(step) / 2
            furthest = limit - GAP - operation.width / 2
            x[operation.key] = max(x[operation.key], min(middle, furthest))
        limit = x[operation.key] - operation.width / 2


def _column_width(column: Sequence[Item]) -> float:
    return max(item.width for item in column)


def _column_height(column: Sequence[Item]) -> float:
    return sum(item.height for item in column) + _HANG * (len(column) - 1)


def _group_width(step: Step) -> float:
    return sum(map(_column_width, step.below)) + _BETWEEN * (len(step.below) - 1)


def _place(layout: Layout, line: _Line, left: float, top: float) -> None:
    """Give the items of a line their places, and draw the arrows along it and from below."""
    spine_y = top + line.spine_height / 2
    below_top = top + line.spine_height + _HANG
    previous: Item | None = None
    for step in line.steps:
        for item in step.spine():
            layout.centres[item.key] = (left + line.x[item.key], spine_y)
            if previous:
                start, end = left + line.x[previous.key], left + line.x[item.key]
                points = ((start + previous.width / 2, spine_y), (end - item.width / 2, spine_y))
                layout.arrows.append(Arrow(previous.key, item.key, points))
            previous = item
        for column in step.below:
            bottom, upper = below_top, step.operation
            for item in column:
                layout.centres[item.key] = (left + line.x[item.key], bottom + item.height / 2)
                layout.arrows.append(_rise(layout, item, upper))
                bottom, upper = bottom + item.height + _HANG, item


def _rise(layout: Layout, item: Item, operation: Item) -> Arrow:
    """The arrow from the top of a hanging item to the operation above it."""
    x, y = layout.centres[item.key]
    target_x, target_y = layout.centres[operation.key]
    reach = 0.0 if item.is_round else item.width / 2 - 6
    start = (min(max(target_x, x - reach), x + reach), y - item.height / 2)
    if not operation.is_round:
        half = operation.width / 2
        end = (min(max(start[0], target_x - half), target_x + half), target_y + operation.height / 2)
        return Arrow(item.key, operation.key, (start, end))
    across, down = start[0] - target_x, start[1] - target_y
    scale = ((across / (operation.width / 2)) ** 2 + (down / (operation.height / 2)) ** 2) ** -0.5
    return Arrow(item.key, operation.key, (start, (target_x + across * scale, target_y + down * scale)))


def _turn(layout: Layout, before: _Line, line: _Line, left: float, gutter: float) -> Arrow:
    """The arrow from the end of one line to the start of the next, through the gap between them."""
    last, step = before.steps[-1].last, line.steps[0]
    exit_x, downward = before.exit()
    exit_x += left
    x, y = layout.centres[last.key]
    start = [(exit_x, y + last.height / 2)] if downward else [(x + last.width / 2, y), (exit_x, y)]
    target, head_y = layout.centres[step.operation.key]
    if step.lead:
        end = [(target, gutter), (target, head_y - step.operation.height / 2)]
    else:
        enter_x = left + 5.0
        end = [(enter_x, gutter), (enter_x, head_y), (target - step.operation.width / 2, head_y)]
    return Arrow(last.key, step.operation.key, (*start, (exit_x, gutter), *end))
