"""The steps of a telling as blocks for pictures: formulas in italics, numbers in columns, gradients slanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from autograd_lite import drawing
from autograd_lite.drawing import Block, Style, Theme, above, beside, padded, space, words
from autograd_lite.matrices import Array, is_large
from nn.passes import Pass
from nn.telling.parts import Group, Matrix, Stage, Step

# Whole points: the embedded renderer rounds the sizes of its letters.
FORMULA, SLOPE, NUMBER = 11.0, 10.0, 9.0
_LINE, _LEADING = 11, 4
_LEADED = 1.2
# A function's name or a word is upright, and so is what is lowered in e_y; all else is a name or a sign.
_LETTER = "A-Za-zÀ-ÖØ-öø-ž"
_PIECES = re.compile(
    rf"(?P<lowered>_[a-z])|(?P<upright>(?!Err)[{_LETTER}]{{2,}})|(?:Err|(?!_[a-z]|[{_LETTER}]{{2}}).)+"
)


@dataclass(frozen=True)
class Typesetter:
    """Sets formulas and numbers in the colours of a theme.

    Parameters
    ----------
    theme : Theme
    decimals : int
        Digits after the point of computed numbers.
    gradients : tuple of ndarray
        The arrays that are derivatives of the loss, wherever a step puts them in.
    """

    theme: Theme
    decimals: int
    gradients: tuple[Array, ...] = ()

    @classmethod
    def of(cls, told: Pass, theme: Theme, decimals: int) -> Typesetter:
        """Return one that knows the gradients of a pass."""
        found = [each for layer in told.layers for each in (layer.delta, layer.dL_da, layer.dW, layer.db)]
        return cls(theme, decimals, tuple(each for each in found if each is not None))

    def formula(self, text: str, *, colour: str | None = None, size: float = FORMULA, bold: bool = True) -> Block:
        """Return a formula in one line; what it defines is bold."""
        left, equals, right = text.partition(" = ")
        colour = colour or self.theme.ink
        runs = [*_runs(left, colour, size, bold=True), *_runs(f"{equals}{right}", colour, size)]
        if not bold:
            runs = _runs(text, colour, size)
        return beside([part for run, style in runs for part in _run(run, style, _height(size))])

    def chunks(self, step: Step, stages: Iterable[Stage] | None = None) -> list[Block]:
        """Return "= what is put in" for each stage, and "= the result"; stages with a large matrix are left out."""
        shown = [each for each in (step.stages if stages is None else stages) if not self._has_large(each)]
        return [*(self._equal(self.stage(each), step) for each in shown), self._equal(self.result(step), step)]

    def result(self, step: Step) -> Block:
        """Return what a step comes to; a gradient is bold."""
        return self.matrix(step.result, gradient=step.is_gradient, bold=step.is_gradient)

    def stage(self, stage: Stage) -> Block:
        """Return parts side by side, on one middle line."""
        blocks: list[Block] = []
        for k, part in enumerate(stage):
            before, after = stage[k - 1] if k else None, stage[k + 1] if k + 1 < len(stage) else None
            if isinstance(part, str):
                blocks += [space(3 if k else 0), self._sign(part), space(3)]
            elif isinstance(part, Group):
                blocks.append(self._between(self.stage(part.parts)))
            else:
                blocks.append(self._factor(part, before, after))
                if isinstance(after, Matrix):
                    blocks.append(space(2))
        return row(blocks)

    def matrix(self, part: Matrix, *, gradient: bool | None = None, bold: bool = False) -> Block:
        """Return the numbers of an array in brackets, or its shape, range and norm when it is large."""
        is_gradient = self.is_gradient(part) if gradient is None else gradient
        colour = self.theme.gradient if is_gradient else self.theme.ink
        style = Style(NUMBER, colour, bold=bold, italic=is_gradient, courier=True)
        values = np.asarray(part.values)
        if is_large(values):
            lines = [drawing.shape_text(values.shape), *drawing.summary(values, decimals=self.decimals)]
            return above(words(line.replace(" ", "\N{NO-BREAK SPACE}"), style, height=_LINE) for line in lines)
        if part.row and values.ndim == 1:
            values = values.reshape(1, -1)
        return drawing.matrix(drawing.rows(values, decimals=self.decimals, given=part.given), style, line=_LINE)

    def spoken(self, step: Step) -> str:
        """Return a step as running text: its formula and what it comes to."""
        values = np.asarray(step.result.values)
        if is_large(values):
            facts = ", ".join(" ".join(line.split()) for line in drawing.summary(values, decimals=self.decimals))
            return f"{step.formula} = [{drawing.shape_text(values.shape)}: {facts}]"
        lines = drawing.rows(values, decimals=self.decimals, given=step.result.given)
        if values.size == 1:
            return f"{step.formula} = {lines[0][0]}"
        between = "; " if values.ndim > 1 else ", "
        return f"{step.formula} = ({between.join(', '.join(line) for line in lines)})"

    def is_gradient(self, part: Matrix) -> bool:
        """Tell whether an array is one of the gradients, or one of them transposed."""
        return any(np.may_share_memory(part.values, each) for each in self.gradients)

    def muted(self, text: str, size: float = 9.0) -> Block:
        """Return words beside the mathematics."""
        return words(text, Style(size, self.theme.muted))

    def _equal(self, block: Block, step: Step) -> Block:
        sign = words("=", Style(FORMULA, self.theme.gradient if step.is_gradient else self.theme.ink))
        return row([sign, space(4), block])

    def _sign(self, text: str) -> Block:
        runs = _runs(text, self.theme.ink, FORMULA)
        return beside([part for run, style in runs for part in _run(run, style, _height(FORMULA))])

    def _factor(self, part: Matrix, before: object, after: object) -> Block:
        """Return a matrix; a single number is put in parentheses where it would run into its neighbour."""
        block = self.matrix(part)
        values = np.asarray(part.values)
        is_negative = values.size == 1 and float(values.ravel()[0]) < 0 and isinstance(before, str)
        if values.size == 1 and (isinstance(before, Matrix) or isinstance(after, Matrix) or is_negative):
            return self._between(block)
        return block

    def _between(self, block: Block) -> Block:
        """Return a block in parentheses of its height."""
        if block.height <= 1.5 * _LINE:
            left, right = (words(each, Style(FORMULA, self.theme.ink), height=block.height) for each in "()")
            return row([left, block, right])
        # A letter is lower than its line.
        height = round(_LEADED * block.height)
        left, right = (words(each, Style(block.height, self.theme.ink), height=height) for each in "()")
        return row([left, space(1, height), block, space(2, height), right])

    def _has_large(self, stage: Stage) -> bool:
        return any(
            is_large(part.values) if isinstance(part, Matrix) else self._has_large(part.parts)
            for part in stage
            if not isinstance(part, str)
        )


def row(blocks: Sequence[Block]) -> Block:
    """Put blocks in a row, their middles on one line."""
    height = max(block.height for block in blocks)
    return beside(
        [
            block if block.is_text or not block.markup else padded(block, top=(height - block.height) // 2)
            for block in blocks
        ]
    )


def in_lines(chunks: Sequence[Block], count: int) -> Block:
    """Break chunks into that many lines, the widest of them as narrow as can be."""
    whole = [row([part for each in chunks for part in (each, space(5))][:-1])]
    ways = combinations(range(1, len(chunks)), count - 1)
    broken = [[chunks[i:j] for i, j in pairwise((0, *cuts, len(chunks)))] for cuts in ways]
    lines = [[row([part for each in line for part in (each, space(5))][:-1]) for line in way] for way in broken]
    best = min(lines, key=lambda way: max(line.width for line in way)) if count > 1 else whole
    return above([part for line in best for part in (line, space(1, _LEADING))][:-1])


def in_width(parts: Sequence[Block], width: float) -> list[Block]:
    """Set parts in lines no wider than that."""
    lines: list[list[Block]] = [[]]
    for part in parts:
        if lines[-1] and sum(each.width for each in lines[-1]) + part.width > width:
            lines.append([])
        lines[-1].append(part)
    return [row(line) for line in lines]


def _runs(text: str, colour: str, size: float, *, bold: bool = False) -> list[tuple[str, Style]]:
    """Split a formula into runs of one face."""
    found = []
    for piece in _PIECES.finditer(text):
        if piece["lowered"]:
            found.append((piece[0], Style(size - 2, colour, italic=True)))
        else:
            found.append((piece[0], Style(size, colour, bold=bold, italic=not piece["upright"])))
    return found


def _run(text: str, style: Style, height: int) -> list[Block]:
    """Set a run; blanks at its ends are room, which renderers would drop as text."""
    inner = text.strip()
    before, after = (len(text) - len(each) for each in (text.lstrip(), text.rstrip()))
    if text.startswith("_"):
        low = words(text[1:], style, height=height - 4)
        return [above([space(low.width, 4), low])]
    if not inner:
        return [space(int(len(text) * style.size / 4), height)]
    parts = [space(int(blanks * style.size / 4), height) for blanks in (before, after)]
    return [parts[0], words(inner, style, height=height), parts[1]]


def _height(size: float) -> int:
    return round(size * 1.3)
