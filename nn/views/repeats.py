"""What repeats in a chain of layers: equal stretches that follow one another, to be drawn once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

FEWEST, _LONGEST = 3, 12


class Stretch(NamedTuple):
    """From where to where one round of a repetition goes, and how many rounds there are."""

    start: int
    stop: int
    rounds: int

    @property
    def end(self) -> int:
        """Where what follows the last round begins."""
        return self.start + (self.stop - self.start) * self.rounds


def repeated(kinds: Sequence[Hashable]) -> list[Stretch]:
    """Divide a chain into stretches, of which those that repeat often enough are told once.

    A first or last element that is like its neighbours stands alone, so that both ends of the chain are seen.

    Examples
    --------
    >>> [(each.start, each.stop, each.rounds) for each in repeated("xabababy")]
    [(0, 1, 1), (1, 3, 3), (7, 8, 1)]
    >>> [(each.start, each.stop, each.rounds) for each in repeated("aaaaaa")]
    [(0, 1, 1), (1, 2, 4), (5, 6, 1)]
    """
    found: list[Stretch] = []
    start = 0
    while start < len(kinds):
        best = max((_rounds(kinds, start, size) for size in range(1, _LONGEST + 1)), key=_covered)
        if best.rounds < FEWEST:
            best = Stretch(start, start + 1, 1)
        found.append(best)
        start = best.end
    return found


def _covered(stretch: Stretch) -> tuple[int, int]:
    """Return how many elements a repetition covers; of equals, the shorter round is the better."""
    size = stretch.stop - stretch.start
    return (size * stretch.rounds if stretch.rounds >= FEWEST else 0), -size


def _rounds(kinds: Sequence[Hashable], start: int, size: int) -> Stretch:
    """Return how often a stretch of that size repeats from a start on; both ends of a chain of equals are kept out."""
    end = len(kinds)
    if size == 1:
        end -= 1
        if start == 0:
            return Stretch(0, 1, 1)
    kind, count = kinds[start : start + size], 1
    if any(size % part == 0 and kind[part:] == kind[:-part] for part in range(1, size)):
        return Stretch(start, start + size, 1)
    while start + size * (count + 1) <= end and kinds[start + size * count : start + size * (count + 1)] == kind:
        count += 1
    return Stretch(start, start + size, count)
