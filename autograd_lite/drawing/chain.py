"""Lays out a chain of operations as text is laid out: from left to right in lines, each section in a panel of its own.

On the line stand the operations and their results; what an operation takes besides the result before it hangs below.
Beside an arrow there may be a way back, with a label. Everything is in points, with the y axis pointing down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from types import MappingProxyType

from autograd_lite.drawing.room import AROUND, BETWEEN, CLEAR, Room, column_width
from autograd_lite.drawing.steps import APART, Arrow, Ends, Item, Layout, Panel, Point, Size, Step

PANEL_PADDING = 9.0
TITLE_HEIGHT = 17.0
WIDEST = 540.0
_LINE_GAP = 20.0
_PANEL_GAP = 22.0
# From the corner of a card to where an arrow leaves it.
_INSET = 6.0


@dataclass
class _Line:
    """Steps on one line, and the centre of each of their items along the x axis."""

    steps: list[Step]
    x: dict[str, float]
    right: float
    room: Room
    entrance: Ends | None = None

    @property
    def spine_height(self) -> float:
        spine = [item for step in self.steps for item in step.spine()]
        labels = [self.room.label(left.key, right.key)[1] for left, right in pairwise(spine)]
        entered = self.room.label(*self.entrance)[1] if self.entrance and not self.steps[0].lead else 0.0
        below = max([entered, *labels])
        return max(*(item.height for item in spine), 2 * (APART + CLEAR + below) if below else 0.0)

    @property
    def below_height(self) -> float:
        columns = ((step.operation, column) for step in self.steps for column in step.below)
        return max((self.room.below(*each) for each in columns), default=0.0)

    @property
    def height(self) -> float:
        return self.spine_height + self.below_height

    @property
    def above(self) -> float:
        """Room for the label of an arrow that comes in from above."""
        height = self.room.label(*self.entrance)[1] if self.entrance and self.steps[0].lead else 0.0
        return height + CLEAR if height else 0.0

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.x)

    def exit(self) -> tuple[float, bool]:
        """Where the arrow to the next line leaves, and whether from the bottom of the last item or from its right."""
        last = self.steps[-1].last
        centre, half = self.x[last.key], last.width / 2
        hanging = [self._extent(step, column) for step in self.steps for column in step.below]
        clear = 4 + (APART if self.room.back else 0.0)
        for x in (centre,) if last.is_round else (centre, centre + half - 8, centre - half + 8):
            if not any(left - clear <= x <= right + clear for left, right in hanging):
                return x, True
        return max(self.right, centre + half) + clear + 6, False

    def _extent(self, step: Step, column: Sequence[Item]) -> tuple[float, float]:
        left = self.x[column[0].key] - column_width(column) / 2
        return left, left + self.room.reach(column, step.operation)


def lay_out(
    steps: Sequence[Step],
    *,
    widest: float = WIDEST,
    narrowest: float = 0.0,
    back: Mapping[Ends, Size] = MappingProxyType({}),
) -> Layout:
    """Place a chain of steps in lines that are at most so wide, where the items allow it.

    Parameters
    ----------
    steps : sequence of Step
        In the order of computation, at least one.
    widest : float
        Points after which a line is broken.
    narrowest : float
        Width of the panels at least.
    back : mapping of (str, str) to (float, float)
        The arrows beside which there is a way back, by tail and head, and the size of its label.

    Returns
    -------
    Layout

    Examples
    --------
    >>> lay_out([Step(Item("square", 20, 20), lead=Item("x", 40, 30))]).centres
    {'x': (20.0, 15.0), 'square': (64.0, 15.0)}
    """
    layout = Layout()
    lines = list(_lines(steps, widest, Room(back)))
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
            top += line.above
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


def _lines(steps: Sequence[Step], widest: float, room: Room) -> Iterator[_Line]:
    """Break the chain where a section ends, where a leaf stands at the left, and where a line would grow too wide."""
    pending: list[Step] = []
    before: Step | None = None
    for step in steps:
        together = _line([*pending, step], before, room)
        breaks = pending and (step.section != pending[0].section or step.lead or together.right > widest)
        if breaks:
            yield _line(pending, before, room)
            pending, before = [], pending[-1]
        pending.append(step)
    yield _line(pending, before, room)


def _line(steps: list[Step], before: Step | None, room: Room) -> _Line:
    """Place the items of a line along the x axis, each as far left as its neighbours and what hangs below allow."""
    x: dict[str, float] = {}
    entrance = (before.last.key, steps[0].operation.key) if before else None
    cursor = room.indent(entrance) if entrance and not steps[0].lead else 0.0
    free_below = 0.0
    previous: Item | None = None
    for step in steps:
        if step.lead:
            x[step.lead.key] = cursor + step.lead.width / 2
            cursor, previous = cursor + step.lead.width, step.lead
        half = step.operation.width / 2
        centre = cursor + (room.gap(previous, step.operation) if previous else 0.0) + half
        behind = 0.0
        if step.below:
            group = room.group_width(step)
            # Over several columns it stands in the middle, so that their arrows rise to it past nothing else.
            centre = max(centre, free_below + (group / 2 if len(step.below) > 1 else min(group / 2, half + 4)))
            start = max(free_below, centre - group / 2)
            for column in step.below:
                x.update((item.key, start + column_width(column) / 2) for item in column)
                start += room.reach(column, step.operation) + BETWEEN
            rises = [_rise_from(column[0], x[column[0].key], centre) for column in step.below]
            aside = max(0.0, cursor - min(rises))
            x.update((item.key, x[item.key] + aside) for column in step.below for item in column)
            centre, free_below, behind = centre + aside, start + aside, max(rises) + aside
        x[step.operation.key] = centre
        cursor, previous = max(centre + half, behind), step.operation
        if step.result:
            cursor += room.gap(step.operation, step.result)
            x[step.result.key] = cursor + step.result.width / 2
            cursor, previous = cursor + step.result.width, step.result
    _centre_over_hanging(steps, x, room)
    # Where a leaf leads the line, the arrow from the line before comes down to the operation, with its label beside.
    label = room.label(*entrance)[0] if entrance and steps[0].lead else 0.0
    beside = x[steps[0].operation.key] + APART + AROUND + label if label else 0.0
    return _Line(steps, x, max(cursor, free_below - BETWEEN, beside), room, entrance)


def _rise_from(item: Item, x: float, target: float) -> float:
    """Where along the top of a hanging item its arrow leaves for a target: as near to it as can be."""
    reach = 0.0 if item.is_round else item.width / 2 - _INSET
    return min(max(target, x - reach), x + reach)


def _centre_over_hanging(steps: list[Step], x: dict[str, float], room: Room) -> None:
    """Move operations to the right, towards the middle of what hangs below them, where there is room."""
    following: Item | None = None
    for step in reversed(steps):
        operation = step.operation
        following = step.result or following
        if step.below:
            left = x[step.below[0][0].key] - column_width(step.below[0]) / 2
            furthest = left + room.group_width(step) / 2
            if following:
                limit = x[following.key] - following.width / 2 - room.gap(operation, following)
                furthest = min(furthest, limit - operation.width / 2)
            x[operation.key] = max(x[operation.key], furthest)
        following = operation


def _place(layout: Layout, line: _Line, left: float, top: float) -> None:
    """Give the items of a line their places, and draw the arrows along it and from below."""
    spine_y = top + line.spine_height / 2
    room = line.room
    previous: Item | None = None
    for step in line.steps:
        for item in step.spine():
            layout.centres[item.key] = (left + line.x[item.key], spine_y)
            if previous:
                start, end = left + line.x[previous.key], left + line.x[item.key]
                points = ((start + previous.width / 2, spine_y), (end - item.width / 2, spine_y))
                layout.arrows.append(Arrow(previous.key, item.key, points))
                _label_below(layout, room, (previous.key, item.key), points)
            previous = item
        for column in step.below:
            bottom, upper = top + line.spine_height, step.operation
            for item in column:
                bottom += room.hang(item, upper)
                layout.centres[item.key] = (left + line.x[item.key], bottom + item.height / 2)
                layout.arrows.append(arrow := _rise(layout, item, upper))
                height = room.label(item.key, upper.key)[1]
                layout.labels[item.key, upper.key] = (arrow.points[0][0] + APART + AROUND, bottom - height - CLEAR)
                bottom, upper = bottom + item.height, item


def _label_below(layout: Layout, room: Room, ends: Ends, part: Sequence[Point]) -> None:
    """Put the label of a way back under a level part of its arrow."""
    (left, y), (right, _) = part
    layout.labels[ends] = ((left + right - room.label(*ends)[0]) / 2, y + APART + CLEAR)


def _rise(layout: Layout, item: Item, operation: Item) -> Arrow:
    """The arrow from the top of a hanging item to the operation above it."""
    x, y = layout.centres[item.key]
    target_x, target_y = layout.centres[operation.key]
    start = (_rise_from(item, x, target_x), y - item.height / 2)
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
    ends = last.key, step.operation.key
    if step.lead:
        end = [(target, gutter), (target, head_y - step.operation.height / 2)]
        layout.labels[ends] = (target + APART + AROUND, head_y - line.spine_height / 2 - line.above)
    else:
        enter_x = left + line.room.turned
        end = [(enter_x, gutter), (enter_x, head_y), (target - step.operation.width / 2, head_y)]
        _label_below(layout, line.room, ends, ((enter_x - APART, head_y), end[-1]))
    return Arrow(last.key, step.operation.key, (*start, (exit_x, gutter), *end))
