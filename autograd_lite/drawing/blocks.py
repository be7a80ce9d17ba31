"""Pieces of HTML-like labels whose sizes are known, put together side by side and on top of one another.

Every cell has a fixed size taken from the widths of the fonts, and text starts at its left edge: a renderer without
the fonts, or one that measures δ wrongly, still puts every letter where it belongs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

from autograd_lite.drawing.fonts import COURIER_WIDTH, text_width
from autograd_lite.drawing.numbers import BARS, RAISED

_TABLE = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE"'
_BRACKET = 3
# Courier lacks most raised digits, and most renderers' fonts the bars.
_UNLIKE_COURIER = re.compile(f"([{RAISED}]+|[{BARS}]+)")
_TIMES_FACES = {(False, False): "-Roman", (True, False): "-Bold", (False, True): "-Italic", (True, True): "-BoldItalic"}
_COURIER_FACES = {(False, False): "", (True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}


@dataclass(frozen=True)
class Style:
    """How a run of text looks: its size in points, its colour, and its face."""

    size: float
    colour: str
    bold: bool = False
    italic: bool = False
    courier: bool = False

    @property
    def face(self) -> str:
        """The font by its PostScript name; text in <I> or <B> would stand on another baseline."""
        if self.courier:
            return "Courier" + _COURIER_FACES[self.bold, self.italic]
        return "Times" + _TIMES_FACES[self.bold, self.italic]


@dataclass(frozen=True)
class Block:
    """The content of one table cell, and the size that the cell is given; both in points.

    Blocks are padded on the right and at the bottom when they are given more room than they need.
    """

    markup: str
    width: int
    height: int
    fill: str | None = None
    is_text: bool = False
    border: str = ""

    def cell(self) -> str:
        """Return the block as a table cell of exactly its size."""
        align = ' ALIGN="TEXT" BALIGN="LEFT"' if self.is_text else ""
        fill = f' BGCOLOR="{self.fill}"' if self.fill else ""
        size = f'FIXEDSIZE="TRUE" WIDTH="{self.width}" HEIGHT="{self.height}"'
        return f"<TD{self.border} {size}{align}{fill}>{self.markup}</TD>"

    def sized(self, width: int, height: int) -> "Block":
        """Return the same block with at least this size; a renderer would centre it, so the room is filled up."""
        if self.is_text or not self.markup:
            return replace(self, width=max(self.width, width), height=max(self.height, height))
        block = self
        if width > block.width:
            block = beside([replace(block, fill=None), space(width - block.width, block.height)])
        if height > block.height:
            block = above([replace(block, fill=None), space(block.width, height - block.height)])
        return replace(block, fill=self.fill)

    def filled(self, colour: str) -> "Block":
        """Return the same block on a coloured ground."""
        return replace(self, fill=colour)


def words(text: str, style: Style, *, height: int | None = None) -> Block:
    """Return one line of text as wide as its letters; in Courier, exponents are in Times, and bars are drawn.

    Examples
    --------
    >>> words("z¹", Style(11, "#0F172A", bold=True, italic=True)).width
    8
    """
    height = height or ceil(style.size * 1.25)
    if not text:
        return space(0, height)
    if style.courier and _UNLIKE_COURIER.search(text):
        return beside(_run(each, style, height) for each in _UNLIKE_COURIER.split(text) if each)
    width = text_width(text, style.size, bold=style.bold, italic=style.italic, courier=style.courier)
    font = f'FACE="{style.face}" POINT-SIZE="{style.size:g}" COLOR="{style.colour}"'
    markup = f'<FONT {font}>{escape(text)}<BR ALIGN="LEFT"/></FONT>'
    return Block(markup, ceil(width), height, is_text=True)


def _run(text: str, style: Style, height: int) -> Block:
    if text[0] in BARS:
        return beside(_bar(each, style, height) for each in text)
    return words(text, replace(style, courier=text[0] not in RAISED), height=height)


def _bar(sign: str, style: Style, height: int) -> Block:
    """Return one bar of a sparkline, as wide as a letter."""
    tall = max(1, round((height - 2) * (BARS.index(sign) + 1) / len(BARS)))
    bar = Block("", ceil(COURIER_WIDTH * style.size) - 1, tall, fill=style.colour)
    return padded(bar, right=1, top=height - 1 - tall, bottom=1)


def space(width: int, height: int = 1) -> Block:
    """Return an empty block."""
    return Block("", width, height)


def beside(blocks: Iterable[Block]) -> Block:
    """Put blocks in a row, all as tall as the tallest."""
    row = [block for block in blocks if block.width]
    if len(row) < 2:
        return row[0] if row else space(0)
    height = max(block.height for block in row)
    width = sum(block.width for block in row)
    cells = "".join(block.sized(0, height).cell() for block in row)
    return Block(_table(f"<TR>{cells}</TR>", width, height), width, height)


def above(blocks: Iterable[Block]) -> Block:
    """Put blocks on top of one another, all as wide as the widest."""
    column = list(blocks)
    if len(column) == 1:
        return column[0]
    width = max(block.width for block in column)
    height = sum(block.height for block in column)
    lines = "".join(f"<TR>{block.sized(width, 0).cell()}</TR>" for block in column)
    return Block(_table(lines, width, height), width, height)


def padded(block: Block, *, left: int = 0, right: int = 0, top: int = 0, bottom: int = 0) -> Block:
    """Put empty room around a block."""
    inner = beside([space(left, block.height), block, space(right, block.height)])
    return above([each for each in (space(inner.width, top), inner, space(inner.width, bottom)) if each.height])


def matrix(rows: list[list[str]], style: Style, *, line: int = 10) -> Block:
    """Write a matrix in columns aligned on the right, between brackets unless it is a single number.

    Parameters
    ----------
    rows : list of list of str
        The numbers as they are written.
    style : Style
        In Courier, in which all digits are equally wide.
    line : int
        Height of a row.
    """
    has_powers = any(_UNLIKE_COURIER.search(each) for row in rows for each in row)
    numbers = _set_apart(rows, style, line) if has_powers else _in_lines(rows, style, line)
    if len(rows) == len(rows[0]) == 1:
        return numbers
    slant = 1 if style.italic else 0
    left, right = (
        Block("", _BRACKET, numbers.height, border=f' BORDER="1" SIDES="{sides}" COLOR="{style.colour}"')
        for sides in ("LTB", "RTB")
    )
    return beside([left, space(1), numbers, space(1 + slant), right])


def _in_lines(rows: list[list[str]], style: Style, line: int) -> Block:
    """Write each row as one text, in which blanks align the columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = "\N{NO-BREAK SPACE}" * 2
    lines = (
        gap.join(each.rjust(width, "\N{NO-BREAK SPACE}") for each, width in zip(row, widths, strict=True))
        for row in rows
    )
    return above(words(each, style, height=line) for each in lines)


def _set_apart(rows: list[list[str]], style: Style, line: int) -> Block:
    """Write each number on its own, where raised digits are narrower than the others."""
    grid = [[words(each, style, height=line) for each in row] for row in rows]
    widths = [max(block.width for block in column) for column in zip(*grid, strict=True)]
    gap = ceil(2 * COURIER_WIDTH * style.size)
    return above(
        beside(
            padded(block, left=width - block.width + gap * bool(k))
            for k, (block, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in grid
    )


def card(block: Block, *, border: str, frame: int, fill: str, is_dashed: bool = False) -> Block:
    """Return a block as a whole label, on a ground and in a frame of that many points."""
    look = f'BORDER="{frame}" COLOR="{border}" BGCOLOR="{fill}"' + ' STYLE="dashed"' * is_dashed
    markup = f'<TABLE {look} CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{block.cell()}</TR></TABLE>'
    return Block(markup, block.width + 2 * frame, block.height + 2 * frame)


def escape(text: str) -> str:
    """Return a text as it is written inside an HTML-like label, in one line and without control characters.

    Examples
    --------
    >>> escape('a<b> & "c"')
    'a&lt;b&gt; &amp; &quot;c&quot;'
    """
    return "".join(_ENTITIES.get(each, each) for each in printable(text))


def printable(text: str) -> str:
    """Return a text with a blank for every line end, and U+FFFD for what XML and UTF-8 cannot carry or reorders text.

    Examples
    --------
    >>> printable("two\\nlines")
    'two lines'
    """
    return "".join(" " if each in _BREAKS else each if _is_carried(each) else _REPLACED for each in text)


def shortened(text: str, longest: int = 28) -> str:
    """Return a text cut to that many characters, with an ellipsis for what is missing.

    Examples
    --------
    >>> shortened("the gradient of the loss", 12)
    'the gradien…'
    """
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _table(lines: str, width: int, height: int) -> str:
    return f'<TABLE {_TABLE} WIDTH="{width}" HEIGHT="{height}">{lines}</TABLE>'


def _is_carried(character: str) -> bool:
    code = ord(character)
    if character in _REORDERING:
        return False
    return 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000


_BREAKS, _REPLACED = "\t\n\r\u2028\u2029", "\N{REPLACEMENT CHARACTER}"
# They would turn around what stands after a name.
_REORDERING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# A backslash starts one of Graphviz's own escapes, such as \N for the name of the node; two are one backslash.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\\": "\\\\"}
