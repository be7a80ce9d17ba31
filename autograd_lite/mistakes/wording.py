"""How messages write a place in an array, the diagonal or one element, and a constant, 1/3 or ln 2."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.messages import message

CONSTANTS = {
    "π": np.pi, "2π": 2 * np.pi, "√2": 2**0.5, "1/√2": 0.5**0.5, "e": np.e,
    "ln 2": np.log(2), "1/ln 2": 1 / np.log(2), "ln 10": np.log(10), "1/ln 10": 1 / np.log(10),
}  # fmt: skip
DIGITS = 1e-6
LISTED = 3


class Place(NamedTuple):
    """Some elements of an array, by what they have in common."""

    kind: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, lang: str = "en") -> str:
        """Say where.

        Examples
        --------
        >>> place_of(np.eye(3, dtype=bool)).text(), place_of(np.array([False, True])).text("es")
        ('the diagonal', 'el elemento [1]')
        """
        return message(f"places.{self.kind}", lang, **dict(self.values))


def place_of(chosen: NDArray[np.bool_]) -> Place:
    """Describe the elements where an array of truth values is true."""
    if chosen.ndim == 2:
        for place, pattern in _patterns(*chosen.shape):
            if np.array_equal(chosen, pattern):
                return place
    indices = [bracketed(index) for index in np.argwhere(chosen).tolist()]
    if len(indices) == 1:
        return Place("element", (("index", indices[0]),))
    if len(indices) <= LISTED:
        return Place("elements", (("indices", ", ".join(indices)),))
    return Place("many", (("count", len(indices)), ("size", chosen.size), ("index", indices[0])))


def bracketed(index: Any) -> str:
    """Write an index as Python does; nothing for a scalar's.

    Examples
    --------
    >>> bracketed((0, 2)), bracketed(())
    ('[0, 2]', '')
    """
    return f"[{', '.join(map(str, index))}]" if len(index) else ""


def constant(number: float) -> str:
    """Write a constant as people do, 1/3 or ln 2, where it is one to six digits.

    Examples
    --------
    >>> constant(1 / 3), constant(-2.0), constant(np.log(10)), constant(0.1234567), constant(-np.pi)
    ('1/3', '-2', 'ln 10', '0.123457', '-π')
    """
    fraction = Fraction(number).limit_denominator(12) if np.isfinite(number) else Fraction(0)
    if abs(float(fraction) - number) <= DIGITS * abs(number):
        return str(fraction)
    for name, known in CONSTANTS.items():
        if abs(abs(number) - known) <= DIGITS * known:
            return name if number > 0 else f"-{name}"
    return f"{number:.6g}"


def _patterns(rows: int, columns: int) -> Iterator[tuple[Place, NDArray[np.bool_]]]:
    down, across = np.indices((rows, columns))
    if columns > 1:
        yield from ((Place("row", (("number", k),)), down == k) for k in range(rows))
    if rows > 1:
        yield from ((Place("column", (("number", k),)), across == k) for k in range(columns))
    if rows == columns:
        yield Place("diagonal"), down == across
        yield Place("off_diagonal"), down != across
        yield Place("above_diagonal"), down < across
        yield Place("below_diagonal"), down > across
