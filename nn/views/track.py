"""Lays out a chain of cards with branches: boxes with a middle line on which they are strung, in lines as text is.

The x axis points right and the y axis down, in points; a box is put by its left end and the height of its middle line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autograd_lite.drawing import Node, Sheet, Style, words

GAP, LINE_GAP, INDENT, TURN = 16.0, 26.0, 24.0, 10.0
_LANE, _FORK = 12.0, 14.0
_PADDING, _TITLE = 9.0, 17.0
_BACK = 4.0


class Box(ABC):
    """Something on the middle line, which an arrow enters at the left and leaves at the right."""

    width: float
    # How far it reaches above and below the middle line.
    ascent: float
    descent: float
    # How far inside its ends the arrows end and begin, and the nodes there.
    entry: float = 0.0
    leave: float = 0.0
    first: str
    last: str

    @abstractmethod
    def put(self, sheet: Sheet, left: float, middle: float, before: str) -> None:
        """Draw it on a sheet; `before` is the node that its arrow comes from."""


class CardBox(Box):
    """A node, perhaps with frames behind it that make it a stack."""

    def __init__(self, key: str, node: Node, *, is_stack: bool = False) -> None:
        self.first = self.last = key
        self.node, self.is_stack = node, is_stack
        extra = 2 * _BACK if is_stack else 0.0
        self.width, self.ascent, self.descent = node.width + extra, node.height / 2 + extra, node.height / 2

    def put(self, sheet: Sheet, left: float, middle: float, before: str) -> None:
        if self.is_stack:
            paint = sheet.theme.kinds["parameter"]
            style = {"style": "filled", "fillcolor": sheet.theme.page, "color": paint.border, "penwidth": "1.2"}
            for shift in (2 * _BACK, _BACK):
                top = middle - self.node.height / 2 - shift
                sheet.box(left + shift, top, self.node.width, self.node.height, **style)
        sheet.put(self.first, self.node, (left + self.node.width / 2, middle))


class RowBox(Box):
    """Boxes one after the other."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self.width = sum(box.width for box in boxes) + GAP * (len(boxes) - 1)
        self.ascent, self.descent = max(box.ascent for box in boxes), max(box.descent for box in boxes)
        self.first, self.last = boxes[0].first, boxes[-1].last
        self.entry, self.leave = boxes[0].entry, boxes[-1].leave

    def put(self, sheet: Sheet, left: float, middle: float, before: str) -> None:
        places = []
        for box in self.boxes:
            places.append(left)
            box.put(sheet, left, middle, before)
            before, left = box.last, left + box.width + GAP
        for (one, start), (other, end) in pairwise(zip(self.boxes, places, strict=True)):
            points = [(start + one.width - one.leave, middle), (end + other.entry, middle)]
            sheet.arrow(one.last, other.first, points)


class BranchBox(Box):
    """A row, other ways above it that leave the line before it, and the node behind it in which all meet."""

    def __init__(self, main: RowBox, others: Sequence[RowBox | None], join: CardBox) -> None:
        self.main, self.others, self.join = main, others, join
        self.first, self.last = main.first, join.last
        widest = max((each.width + 2 * GAP for each in others if each), default=0.0)
        self.inner = max(main.width, widest)
        # The room that a wider way above leaves in the main row lies before and behind it.
        self.spare = (self.inner - main.width) / 2
        self.entry = _FORK + self.spare + main.entry
        self.width = _FORK + self.inner + GAP + join.width
        self.descent = max(main.descent, join.descent)
        self.lanes: list[float] = []
        self.ascent = max(main.ascent, join.ascent)
        for each in others:
            self.lanes.append(self.ascent + _LANE + (each.descent if each else 0.0))
            self.ascent = self.lanes[-1] + (each.ascent if each else 1.0)

    def put(self, sheet: Sheet, left: float, middle: float, before: str) -> None:
        start = left + _FORK + self.spare
        self.main.put(sheet, start, middle, before)
        place = left + _FORK + self.inner + GAP
        self.join.put(sheet, place, middle, self.main.last)
        end = start + self.main.width - self.main.leave
        sheet.arrow(self.main.last, self.join.first, [(end, middle), (place, middle)])
        fork, across = left + _FORK / 2, place + self.join.node.width / 2
        top = middle - self.join.node.height / 2
        for other, lane in zip(self.others, self.lanes, strict=True):
            height = middle - lane
            if other is None:
                sheet.arrow(before, self.join.first, [(fork, middle), (fork, height), (across, height), (across, top)])
                continue
            begin = left + _FORK + (self.inner - other.width) / 2
            other.put(sheet, begin, height, before)
            sheet.arrow(before, other.first, [(fork, middle), (fork, height), (begin + other.entry, height)])
            out = begin + other.width - other.leave
            sheet.arrow(other.last, self.join.first, [(out, height), (across, height), (across, top)])


class PanelBox(Box):
    """A row on a ground with a title, such as a block that repeats."""

    def __init__(self, row: RowBox, title: str) -> None:
        self.row, self.title = row, title
        self.first, self.last = row.first, row.last
        self.width = max(row.width + 2 * _PADDING, words(title, Style(10.5, "", bold=True)).width + 2 * _PADDING)
        self.ascent, self.descent = row.ascent + _PADDING / 2 + _TITLE, row.descent + _PADDING
        self.entry = (self.width - row.width) / 2 + row.entry
        self.leave = (self.width - row.width) / 2 + row.leave

    def put(self, sheet: Sheet, left: float, middle: float, before: str) -> None:
        theme = sheet.theme
        style = {"style": "rounded,filled", "fillcolor": theme.panel_fill, "color": theme.panel_border}
        top = middle - self.ascent
        for shift in (_BACK, 0.0):
            sheet.box(left + shift, top - shift, self.width - _BACK, self.ascent + self.descent, **style)
        heading = words(self.title, Style(10.5, theme.ink, bold=True))
        sheet.text(heading, left + _PADDING, top + 3)
        self.row.put(sheet, left + (self.width - self.row.width) / 2, middle, before)


def put_in_lines(sheet: Sheet, boxes: Sequence[Box], widest: float) -> tuple[float, float]:
    """String boxes on lines that are at most so wide where the boxes allow it; return the width and the height of all.

    Examples
    --------
    >>> from autograd_lite.drawing import Node, Sheet, theme_named
    >>> card = Node({"shape": "box"}, 100.0, 40.0)
    >>> put_in_lines(Sheet("three", theme_named("light")), [CardBox(each, card) for each in "abc"], 250.0)
    (226.0, 106.0)
    """
    top, right, right_end, before = 0.0, 0.0, 0.0, ""
    turn: tuple[float, float] | None = None
    for number, line in enumerate(_lines(boxes, widest)):
        row = RowBox(line)
        left = INDENT if number else 0.0
        middle = top + row.ascent
        row.put(sheet, left, middle, before)
        if turn is not None:
            (x, y), gutter = turn, top - LINE_GAP / 2
            end = left + row.entry
            points = [(x, y), (right_end + TURN, y), (right_end + TURN, gutter), (5.0, gutter), (5.0, middle)]
            sheet.arrow(before, row.first, [*points, (end, middle)])
        before, right_end = row.last, left + row.width
        turn = (right_end - row.leave, middle)
        top += row.ascent + row.descent + LINE_GAP
        right = max(right, right_end + (TURN if number or len(line) < len(boxes) else 0.0))
    return right, top - LINE_GAP


def _lines(boxes: Sequence[Box], widest: float) -> Iterator[list[Box]]:
    line: list[Box] = []
    for box in boxes:
        if line and sum(each.width + GAP for each in line) + box.width + INDENT > widest:
            yield line
            line = []
        line.append(box)
    yield line
