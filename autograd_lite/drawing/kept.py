"""What a picture keeps of the arrays of its graph, which may change before an interactive page is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd_lite.drawing import numbers
from autograd_lite.matrices import is_large, summary
from autograd_lite.snapshot import Part, Snapshot

MOST_NUMBERS = 400


@dataclass(frozen=True)
class Brief:
    """An array too large to be kept: its range and norm in lines, and the same in one line."""

    lines: tuple[str, ...]
    line: str


@dataclass(frozen=True)
class Slice:
    """A matrix as rows of written numbers, and where it stands in an array of more than two axes."""

    place: str
    rows: tuple[tuple[str, ...], ...]


def frozen(graph: Snapshot, decimals: int, lang: str) -> Snapshot:
    """Return a graph with copies of its small arrays, and a `Brief` in place of each large one."""

    def kept(array: Any) -> Any:
        return None if array is None else copied(array, decimals, lang)

    entries = (
        replace(
            entry,
            value=kept(entry.value),
            gradient=kept(entry.gradient),
            parts=tuple(part and Part(kept(part.value), part.axes) for part in entry.parts),
        )
        for entry in graph.entries
    )
    return replace(graph, entries=tuple(entries))


def copied(array: Any, decimals: int, lang: str) -> Any:
    """Return a copy of a small array, and a `Brief` of a large one."""
    array = np.asarray(array)
    if array.size and array.size <= MOST_NUMBERS:
        return array.copy()
    return Brief(tuple(numbers.summary(array, decimals=decimals, lang=lang)), line(array, decimals))


def slices(array: Any, decimals: int, *, given: bool = False) -> tuple[Slice, ...]:
    """Write out an array in full: one matrix, or one for each place along the axes before the last two.

    Examples
    --------
    >>> slices(np.array([1.0, -2.5]), 4, given=True)
    (Slice(place='', rows=(('1.0',), ('−2.5',))),)
    >>> [each.place for each in slices(np.zeros((2, 1, 3)), 4)]
    ['[0, :, :]', '[1, :, :]']
    """
    array = np.asarray(array)
    places = np.ndindex(array.shape[:-2]) if array.ndim > 2 else [()]
    return tuple(
        Slice(
            f"[{', '.join(map(str, place))}, :, :]" if place else "",
            tuple(map(tuple, numbers.rows(array[place], decimals=decimals, given=given))),
        )
        for place in places
    )


def line(array: Any, decimals: int) -> str:
    """Return what is in an array in one line.

    Examples
    --------
    >>> line(np.arange(-1.0, 7.0), 1)
    '[8: −1.0 … 6.0, ‖·‖ 9.6]'
    """
    return f"[{summary(np.asarray(array), decimals)}]".replace("-", "−")


def is_written_out(array: Any) -> bool:
    """Tell whether an array is small enough to stand within a line."""
    return array is not None and not isinstance(array, Brief) and not is_large(array)
