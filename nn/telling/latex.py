r"""A telling in LaTeX: one align* a layer, each equation a formula with the numbers put in, broken to fit the page.

Needs amsmath, nothing else, and is pure ASCII, so that it goes through pdfLaTeX in anyone's document. What does not
fit \textwidth of an A4 article at 11 pt is broken before "=", then before an operation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograd_lite.matrices import LARGEST_SHOWN
from nn.telling import tex
from nn.telling.grids import ACROSS, ASLANT, DOWN, FEWEST_SHOWN, Grid, grid
from nn.telling.parts import Group, Matrix, Section, Stage, Step, Telling
from nn.telling.symbols import opening, symbols
from nn.telling.tex import Tex

LINE = 356.0  # of the 360 pt that \textwidth has
EQUALS = 14.7
OPERATION = 13.5
PARENTHESIS = 9.0
BRACKETS = 15.0
BETWEEN_COLUMNS = 10.0
LINE_END = r" \\[1ex]" + "\n"
_DOTS = {ACROSS: r"\cdots", DOWN: r"\vdots", ASLANT: r"\ddots"}
_OPERATIONS = frozenset("+−⊙·")
_OPERATION_SIGNS = frozenset(tex.formula(sign).code for sign in _OPERATIONS)

DOCUMENT = r"""\documentclass[11pt,a4paper]{article}
\usepackage{amsmath}
\begin{document}
%s\end{document}
"""


def as_latex(telling: Telling, decimals: int = 4, *, standalone: bool = False) -> str:
    """Set a telling in LaTeX.

    Parameters
    ----------
    telling : Telling
    decimals : int
        Digits after the point of computed numbers; given ones stay as they were given.
    standalone : bool
        Return a whole document, not a part to be put into one.
    """
    lines = [r"\begingroup\allowdisplaybreaks", _heading(telling.title)]
    given = Section("", tuple(Step(name, (), values) for name, values in telling.given))
    lines += _Align(given, decimals).lines()
    for chapter in telling.chapters:
        lines.append(_heading(chapter.heading))
        for section in chapter.sections:
            lines += [rf"\noindent {tex.words(section.heading)}", *_Align(section, decimals).lines()]
    text = "\n".join([*lines, r"\endgroup", ""])
    return DOCUMENT % text if standalone else text


def matrix(part: Matrix, decimals: int = 4, room: float = LINE) -> Tex:
    r"""Write a matrix, abbreviated where it has more than six rows or columns, or more columns than there is room for.

    Examples
    --------
    >>> print(matrix(Matrix(np.array([[0.5, -2.0]])), 1).code)
    \begin{bmatrix} 0.5 & -2.0 \end{bmatrix}
    """
    if part.values.ndim == 0:
        return tex.number(grid(part, decimals).cells[0][0])
    written = _written(grid(part, decimals))
    for columns in range(LARGEST_SHOWN - 1, FEWEST_SHOWN - 1, -1):
        if written.width <= room:
            break
        written = _written(grid(part, decimals, columns=columns))
    return written


def _written(shown: Grid) -> Tex:
    shape = shown.shape.replace("×", r" \times ")
    if not shown.cells:
        return Tex(rf"\left[ {shape} \right]", 60)
    cells = [[Tex(_DOTS[cell], 14) if cell in _DOTS else tex.number(cell) for cell in row] for row in shown.cells]
    lines = r" \\ ".join(" & ".join(cell.code for cell in row) for row in cells)
    size = sum(max(cell.width for cell in column) + BETWEEN_COLUMNS for column in zip(*cells, strict=True))
    index = f"_{{{shape}}}" if shape else ""
    return Tex(
        rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}{index}",
        size - BETWEEN_COLUMNS + BRACKETS + tex.SCRIPT * (6.5 * len(shown.shape) + 7 * bool(shape)),
    )


def _heading(text: str) -> str:
    return rf"\medskip\noindent\textbf{{{tex.words(text)}}}\par\nopagebreak"


@dataclass(frozen=True)
class _Piece:
    """What stays on one line, such as a matrix with the operation before it.

    Attributes
    ----------
    is_factor : bool
        It stands beside the piece before without a sign; at the beginning of a line it needs one.
    depth : int
        How many parentheses are open before it.
    """

    code: str
    width: float
    is_factor: bool = False
    depth: int = 0

    def followed_by(self, code: str, width: float) -> _Piece:
        return replace(self, code=self.code + code, width=self.width + width)


class _Align:
    """One align*: the equations of a section, their "=" one below the other."""

    def __init__(self, section: Section, decimals: int) -> None:
        self.section = section
        self.decimals = decimals
        self.room = LINE - max(tex.formula(step.sides[0]).width for step in section.steps)

    def lines(self) -> list[str]:
        return [r"\begin{align*}", LINE_END.join(map(self._equation, self.section.steps)), r"\end{align*}"]

    def _equation(self, step: Step) -> str:
        left, *formulas = step.sides
        sides = [self._pieces((side,)) for side in formulas] + [self._pieces(stage) for stage in step.spacious]
        result = self._pieces((step.result,))
        if step.note:
            note = tex.formula(f"({step.note})")
            result = [result[0].followed_by(rf" \quad {note.code}", 11 + note.width)]
        return f"{tex.formula(left).code} {self._filled([*sides, result])}"

    def _filled(self, sides: list[list[_Piece]]) -> str:
        """Fill lines with one side after the other; only one wider than a line is broken itself."""
        code, used = "", 0.0
        for side in sides:
            size = EQUALS + sum(piece.width for piece in side)
            if code and used + size > self.room:
                code, used = f"{code}{LINE_END}", 0.0
            sign = " = " if used else "&= "
            if size > self.room:
                part, used = self._broken(side)
            else:
                part, used = " ".join(piece.code for piece in side), used + size
            code += sign + part
        return code

    def _broken(self, side: list[_Piece]) -> tuple[str, float]:
        """Return a side over several lines, and how much of the last is used."""
        code, used = side[0].code, EQUALS + side[0].width
        for piece in side[1:]:
            if used + piece.width <= self.room:
                code, used = f"{code} {piece.code}", used + piece.width
                continue
            # Parentheses that grow with what they hold must be in pairs on each line; a point stands for none.
            closed, opened = r" \right." * piece.depth, r"\left. " * piece.depth
            sign = r"\cdot " if piece.is_factor else ""
            code += f"{closed}{LINE_END}&{opened}{{}} {sign}{piece.code}"
            used = piece.width + OPERATION * piece.is_factor
        return code, used

    def _pieces(self, stage: Stage, depth: int = 0, around: float = 0.0) -> list[_Piece]:
        """Return a stage as pieces; signs stay with the part after them, and what is raised with the part before.

        `around` is the room that is taken beside the first of them.
        """
        pieces: list[_Piece] = []
        before = Tex("", 0.0)
        is_factor = False
        for part, after in zip(stage, (*stage[1:], None), strict=True):
            if isinstance(part, str):
                read = opening(part) if isinstance(after, Group) else symbols(part)
                signs = tex.joined(read)
                if read[0].kind == "raised":
                    pieces[-1] = pieces[-1].followed_by(*signs)
                    continue
                is_first = not before.code
                before = Tex(f"{before.code}{signs.code} ", before.width + signs.width)
                is_factor = bool(pieces) and part not in _OPERATIONS if is_first else is_factor
                continue
            # At the beginning of a line an operation takes the place of "=".
            taken = around if not pieces else depth * PARENTHESIS
            found = self._part(part, depth, taken + (0 if before.code.strip() in _OPERATION_SIGNS else before.width))
            first = replace(
                found[0],
                code=before.code + found[0].code,
                width=before.width + found[0].width,
                is_factor=is_factor or bool(pieces and not before.code),
                depth=depth,
            )
            pieces += [first, *found[1:]]
            before, is_factor = Tex("", 0.0), False
        return [*pieces, _Piece(before.code.rstrip(), before.width)] if before.code else pieces

    def _part(self, part: Matrix | Group, depth: int, around: float) -> list[_Piece]:
        if isinstance(part, Matrix):
            return [_Piece(*matrix(part, self.decimals, self.room - EQUALS - around), depth=depth)]
        first, *rest = self._pieces(part.parts, depth + 1, around + (2 if len(part.parts) == 1 else 1) * PARENTHESIS)
        opened = replace(first, code=rf"\left( {first.code}", width=first.width + PARENTHESIS)
        *others, last = [opened, *rest]
        return [*others, last.followed_by(r" \right)", PARENTHESIS)]
