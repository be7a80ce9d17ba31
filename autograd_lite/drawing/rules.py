"""The lines of an explanation for a page: each formula with its names, then with the numbers put in, and the result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite.drawing import numbers
from autograd_lite.drawing.blocks import printable
from autograd_lite.drawing.kept import Brief, is_written_out, line
from autograd_lite.explanation.notation import Formula, Name, place
from autograd_lite.explanation.telling import Line, Sign, Values

# Where the number for the name with this index is to be put in: characters that no name has.
_FIRST_NUMBER = 0xF0000
_NUMBER = "[\U000f0000-\U000ffffd]"
_FORMULA_IN_PARENTHESES = re.compile(rf"(?<![\w)])\(({_NUMBER})\)")
_WRITTEN_NUMBER = re.compile(r"\(?[-−]?\d[\d.]*\)?")
_PLACES = tuple(map(place, range(2)))


@dataclass(frozen=True)
class Piece:
    """A piece of a line: words, a formula or a sign; or a matrix in rows, of numbers or of gradients."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Known:
    """The numbers behind a name, and how they are written: as given or as computed, as a value or a gradient."""

    array: Any
    given: bool = False
    is_gradient: bool = False


@dataclass(frozen=True)
class Rules:
    """Sets lines with the numbers of a graph.

    Parameters
    ----------
    known : mapping of str to Known
        By name: W¹, and ∂L/∂W¹.
    decimals : int
    """

    known: Mapping[str, Known]
    decimals: int

    def line(self, told: Line, *, is_gradient: bool = False) -> tuple[Piece, ...]:
        """Return a line with the numbers put into its formulas; its own values may be gradients."""
        return tuple(self._parts(told, is_gradient))

    def _parts(self, told: Line, is_gradient: bool) -> Iterator[Piece]:
        before: object = None
        for part in told:
            if isinstance(part, Values):
                yield self._numbers(Known(part.array, is_gradient=is_gradient))
            elif isinstance(part, Formula):
                yield Piece("formula", printable(part.text()))
                if isinstance(before, Sign) and part.template not in _PLACES:
                    yield from self._calculated(part)
            else:
                yield Piece("sign" if isinstance(part, Sign) else "words", printable(part.text))
            before = part

    def _calculated(self, formula: Formula) -> Iterator[Piece]:
        """Yield the formula with numbers for its names, if all of them are known and small."""
        names = formula.names
        found = [None if _is_number(name) else self.known.get(name.text) for name in names]
        pieces = [self._numbers(each) if each and is_written_out(each.array) else None for each in found]
        unknown = {name for name, piece in zip(names, pieces, strict=True) if piece is None and not _is_number(name)}
        if unknown or not any(pieces):
            return
        marks = [Name(_mark(k), _mark(k)) if piece else names[k] for k, piece in enumerate(pieces)]
        text = Formula(formula.template, tuple(marks)).text()
        text = _FORMULA_IN_PARENTHESES.sub(lambda each: _without_parentheses(each, pieces), text)
        yield Piece("sign", "=")
        before = ""
        for piece in filter(None, re.split(f"({_NUMBER})", text)):
            filling = pieces[ord(piece) - _FIRST_NUMBER] if len(piece) == 1 and ord(piece) >= _FIRST_NUMBER else None
            yield _signed(filling, before) if filling else Piece("formula", printable(piece))
            before = piece

    def _numbers(self, known: Known) -> Piece:
        kind = "gradient" if known.is_gradient else "value"
        if isinstance(known.array, Brief):
            return Piece(kind, known.array.line)
        if not is_written_out(known.array):
            return Piece(kind, line(known.array, self.decimals))
        rows = numbers.rows(known.array, decimals=self.decimals, given=known.given)
        if len(rows) == len(rows[0]) == 1:
            return Piece(kind, rows[0][0])
        return Piece(kind, rows=tuple(map(tuple, rows)))


def _is_number(name: Name) -> bool:
    return bool(_WRITTEN_NUMBER.fullmatch(name.text))


def _mark(index: int) -> str:
    return chr(_FIRST_NUMBER + index)


def _without_parentheses(found: re.Match[str], pieces: list[Piece | None]) -> str:
    """A matrix has its brackets."""
    piece = pieces[ord(found[1]) - _FIRST_NUMBER]
    return found[1] if piece and piece.rows else found[0]


def _signed(number: Piece, before: str) -> Piece:
    """Return a negative number in parentheses where it follows something else."""
    if number.text.startswith("−") and before and not before.endswith("("):
        return replace(number, text=f"({number.text})")
    return number
