"""The numbers of a matrix as a page has them: all when they are few, else the first and the last with dots between."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd_lite.matrices import LARGEST_SHOWN, Array, numbers
from nn.telling.parts import Matrix

ACROSS, DOWN, ASLANT = "⋯", "⋮", "⋱"
FEWEST_SHOWN = 3


class Grid(NamedTuple):
    """Cells row by row, and the shape where it cannot be seen, as 32×64."""

    cells: tuple[tuple[str, ...], ...]
    shape: str = ""


def grid(part: Matrix, decimals: int = 4, *, columns: int = LARGEST_SHOWN) -> Grid:
    """Write out a matrix; of more than six rows or `columns` columns the first ones and the last.

    A vector stands as a column unless it lies as a row. An array of more than two axes shows its shape only.

    Examples
    --------
    >>> grid(Matrix(np.arange(9.0), row=True), 1)
    Grid(cells=(('0.0', '1.0', '2.0', '⋯', '8.0'),), shape='1×9')
    """
    values = np.asarray(part.values)
    if values.ndim > 2 or not values.size:
        return Grid((), "×".join(map(str, values.shape)))
    if values.ndim < 2:
        values = values.reshape((1, -1) if part.row else (-1, 1))
    rows, across = _shown(len(values), LARGEST_SHOWN), _shown(values.shape[1], columns)
    texts = numbers(values[np.ix_(*(_places(each) for each in (rows, across)))], decimals, given=part.given)
    written = iter(texts)
    cells = tuple(_row(across, DOWN, ASLANT) if row is None else _filled(across, next(written)) for row in rows)
    is_whole = None not in rows and None not in across
    return Grid(cells, "" if is_whole else "×".join(map(str, values.shape)))


def _shown(count: int, most: int) -> list[int | None]:
    """Return which of the rows or columns are shown, with None for the dots."""
    if count <= most:
        return list(range(count))
    return [*range(max(1, min(most, LARGEST_SHOWN - 1) - 2)), None, count - 1]


def _places(shown: list[int | None]) -> Array:
    return np.array([each for each in shown if each is not None])


def _filled(across: list[int | None], texts: list[str]) -> tuple[str, ...]:
    written = iter(texts)
    return tuple(ACROSS if each is None else next(written) for each in across)


def _row(across: list[int | None], dots: str, between: str) -> tuple[str, ...]:
    return tuple(between if each is None else dots for each in across)
