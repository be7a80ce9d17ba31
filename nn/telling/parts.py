"""What a telling is made of: formulas in Unicode, and matrices as arrays, which every way of setting them lays out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autograd_lite.matrices import Array


class Matrix(NamedTuple):
    """An array to be written out.

    Attributes
    ----------
    values : ndarray
    given : bool
        The numbers were typed, not computed.
    row : bool
        A vector lies as a row.
    """

    values: Array
    given: bool = False
    row: bool = False


class Group(NamedTuple):
    """Parts in parentheses."""

    parts: tuple[Part, ...]


Part = Matrix | Group | str
Stage = tuple[Part, ...]


class Step(NamedTuple):
    """A formula, the stages from numbers put in to numbers multiplied out, and the result.

    Attributes
    ----------
    formula : str
    stages : tuple of stages
    result : Matrix
    spelled : stage
        Numbers put in that a page has room for and a terminal leaves out.
    note : str
        What the symbol means, in words.
    is_gradient : bool
        The result is a derivative of the loss.
    """

    formula: str
    stages: tuple[Stage, ...]
    result: Matrix
    spelled: Stage = ()
    note: str = ""
    is_gradient: bool = False

    @property
    def sides(self) -> list[str]:
        """What is defined, and the formulas that it is equal to."""
        return self.formula.split(" = ")

    @property
    def spacious(self) -> tuple[Stage, ...]:
        """All stages, those too that only a page has room for."""
        return (self.spelled, *self.stages) if self.spelled else self.stages


class Section(NamedTuple):
    """The steps of one layer, or of the loss."""

    heading: str
    steps: tuple[Step, ...]


class Chapter(NamedTuple):
    """The forward or the backward pass."""

    heading: str
    sections: tuple[Section, ...]


class Telling(NamedTuple):
    """A whole pass: its title, what was given, and what was worked out."""

    title: str
    given: tuple[tuple[str, Matrix], ...]
    chapters: tuple[Chapter, ...]


def matrices(parts: Stage) -> Iterator[Matrix]:
    """Yield the matrices of a stage, those in parentheses too.

    Examples
    --------
    >>> [len(each.values) for each in matrices((Group((Matrix(np.ones(2)), "−", Matrix(np.ones(2)))), "²"))]
    [2, 2]
    """
    for part in parts:
        if isinstance(part, Matrix):
            yield part
        elif isinstance(part, Group):
            yield from matrices(part.parts)
