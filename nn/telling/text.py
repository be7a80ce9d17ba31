"""A telling as text, in columns: formulas to the left, and beside them matrices as on a blackboard."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.matrices import Block, Laid, beside, is_large, matrix, parenthesised
from autograd_lite.writing import to_ascii, width
from nn.telling.parts import Matrix, Part, Section, Stage, Step, Telling, matrices


def as_text(telling: Telling, decimals: int = 4, *, columns: int = 100, plain: bool = False) -> str:
    """Set a telling as text.

    Parameters
    ----------
    telling : Telling
    decimals : int
        Digits after the point of computed numbers; given ones stay as they were given.
    columns : int
        Stages that would make a line wider are left out, and so are those with matrices too large to be written out.
    plain : bool
        Spell everything in ASCII.
    """
    return "\n".join(_Text(decimals, columns, plain).lines(telling))


class _Text:
    def __init__(self, decimals: int, columns: int, plain: bool) -> None:
        self.decimals = decimals
        self.columns = columns
        self.plain = plain

    def lines(self, telling: Telling) -> Iterator[str]:
        yield self._spelled(telling.title)
        for name, values in telling.given:
            yield from beside(f"  {name} =", self._matrix(values._replace(row=values.values.ndim == 1)))
        for chapter in telling.chapters:
            yield from ("", self._spelled(chapter.heading))
            for section in chapter.sections:
                yield from self._section(section)

    def _section(self, section: Section) -> Iterator[str]:
        """Write a heading and its steps, those of several lines apart from their neighbours."""
        yield f"  {self._spelled(section.heading)}"
        formulas = [self._formula(step) for step in section.steps]
        longest = max(map(width, formulas))
        above = 1
        for formula, step in zip(formulas, section.steps, strict=True):
            laid = self._laid(f"    {formula}{' ' * (longest - width(formula))} =", step)
            if above > 1 or (len(laid) > 1 and formula is not formulas[0]):
                yield ""
            yield from laid
            above = len(laid)

    def _formula(self, step: Step) -> str:
        return self._spelled(f"{step.formula} ({step.note})" if step.note else step.formula)

    def _laid(self, formula: str, step: Step) -> list[str]:
        """Lay out as many stages as the line has room for; the result always stands."""
        too_large = any(is_large(each.values) for stage in step.stages for each in matrices(stage))
        for shown in range(0 if too_large else len(step.stages), 0, -1):
            stages = [part for stage in step.stages[:shown] for part in (*self._parts(stage), "=")]
            laid = beside(formula, *stages, self._matrix(step.result), plain=self.plain)
            if max(map(width, laid)) <= self.columns:
                return laid
        return beside(formula, self._matrix(step.result), plain=self.plain)

    def _parts(self, stage: Stage) -> list[Laid]:
        return [self._part(part) for part in stage]

    def _part(self, part: Part) -> Laid:
        if isinstance(part, str):
            return part
        if isinstance(part, Matrix):
            return self._matrix(part)
        return parenthesised(beside(*self._parts(part.parts), plain=self.plain))

    def _matrix(self, part: Matrix) -> Block:
        return matrix(part.values, self.decimals, given=part.given, row=part.row, plain=self.plain)

    def _spelled(self, text: str) -> str:
        return to_ascii(text) if self.plain else text
