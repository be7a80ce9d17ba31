"""An explanation as text for terminals."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.explanation.notation import Formula
from autograd_lite.explanation.steps import BackwardPass
from autograd_lite.explanation.telling import Line, Section, Sign, Values, sections
from autograd_lite.matrices import Laid, beside, matrix
from autograd_lite.writing import to_ascii, width


def as_text(told: BackwardPass, *, columns: int = 100, plain: bool = False) -> str:
    """Set an explanation as text: lines longer than `columns` are broken before a sign, `plain` spells in ASCII."""
    setter = _Setter(told.decimals, columns, plain)
    return "\n".join(line for section in sections(told) for line in setter.section(section)).strip("\n")


class _Setter:
    def __init__(self, decimals: int, columns: int, plain: bool) -> None:
        self.decimals = decimals
        self.columns = columns
        self.plain = plain

    def section(self, section: Section) -> Iterator[str]:
        yield ""
        number = f"{section.number}. " if section.number else ""
        yield from self._laid(section.heading, number)
        indent = "     " if section.number else "  "
        for line in section.calculations:
            yield from self._laid(line, indent)
        for line in section.remarks:
            yield from self._laid(line, indent if section.calculations else "")

    def _laid(self, line: Line, start: str) -> list[str]:
        """Set the pieces side by side, as many as a row has room for."""
        rows: list[list[Laid]] = [[]]
        for piece in self._pieces(line):
            row = [*rows[-1], *piece]
            if rows[-1] and len(start) + self._width(row) > self.columns:
                rows.append(["  ", *piece])
            else:
                rows[-1] = row
        laid: list[str] = []
        for k, row in enumerate(rows):
            lines = beside(*row, plain=self.plain)
            middle = (len(lines) - 1) // 2
            first = start if k == 0 else " " * len(start)
            laid += [(first if at == middle else " " * len(start)) + each for at, each in enumerate(lines)]
        return [each.rstrip() for each in laid]

    def _width(self, row: list[Laid]) -> int:
        return max(map(width, beside(*row, plain=self.plain)))

    def _pieces(self, line: Line) -> Iterator[list[Laid]]:
        """Yield what may not be parted: a sign with what follows it."""
        piece: list[Laid] = []
        for part in line:
            if isinstance(part, Sign) and piece:
                yield piece
                piece = []
            if isinstance(part, Values):
                block = matrix(part.array, self.decimals, row=True, plain=self.plain)
                # A single row reads on in the sentence, and takes its comma without a space.
                self._add(piece, block[0] if len(block) == 1 else block)
            elif isinstance(part, Sign):
                piece.append(f"{part.text} ")
            elif isinstance(part, Formula):
                self._add(piece, part.text(plain=self.plain))
            else:
                self._add(piece, to_ascii(part.text) if self.plain else part.text)
        if piece:
            yield piece

    def _add(self, piece: list[Laid], text: Laid) -> None:
        """Add text to the text before it, and a block beside it."""
        if isinstance(text, str) and piece and isinstance(piece[-1], str):
            piece[-1] += text
        elif isinstance(text, str) and piece:
            piece.append(text.removeprefix(" "))
        else:
            if piece and isinstance(piece[-1], str):
                piece[-1] = piece[-1].rstrip()
            piece.append(text)
