"""A picture for a page of a given width: arranged so that its smallest text can still be read there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from autograd_lite.drawing.arrangement import arrange
from autograd_lite.drawing.operations import Operations
from autograd_lite.drawing.renderer import size
from autograd_lite.errors import ArgumentError

READABLE = 7.0
# The smallest text of this view before it is made smaller.
_WRITTEN = 8.0
_PAD = 0.12 * 72
_POINTS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0}
_WIDTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(cm|mm|in|pt)\s*")
_TEXT_SIZE = re.compile(r'POINT-SIZE="([\d.]+)"|\bfontsize="?([\d.]+)')
_SMALLEST, _LARGEST = 36.0, 14_400.0


class OnPaper(NamedTuple):
    """A picture as DOT, and the size of its smallest text in points on the page; None where it was not measured."""

    source: str
    text: float | None


def page_width(width: str) -> float:
    """Return a width in points.

    Raises
    ------
    ArgumentError
        When it is no width with a unit, or one that no page has.

    Examples
    --------
    >>> page_width("8.5 in"), round(page_width("17cm"), 1)
    (612.0, 481.9)
    """
    written = _WIDTH.fullmatch(width) if isinstance(width, str) else None
    points = float(written[1]) * _POINTS[written[2]] if written else 0.0
    if not _SMALLEST <= points <= _LARGEST:
        raise ArgumentError(
            f"width must be the width of a page, got {width!r}.", "Write width='17cm', '6.7in' or '480pt'."
        )
    return points


def on_paper(operations: Operations, title: str, rankdir: str | None, width: float, backend: str) -> OnPaper:
    """Return the first arrangement whose text can be read at a width, or else the one with the largest text.

    Parameters
    ----------
    operations : Operations
    title : str
    rankdir : str or None
        The only direction that is tried; left out, from left to right before from top to bottom.
    width : float
        In points. A wider picture is made smaller, none is made larger.
    backend : str
        The Graphviz that measures the picture.
    """
    best: OnPaper | None = None
    for source in _arrangements(operations, title, rankdir, width):
        natural = size(source, backend)
        if natural is None:
            return OnPaper(source, None)
        text = smallest_text(source) * min(1.0, width / (natural[0] + _PAD))
        if best is None or best.text is None or text > best.text:
            best = OnPaper(source, text)
        if text >= READABLE:
            break
    assert best is not None
    return best


def smallest_text(source: str) -> float:
    """Return the smallest font size of a picture in points.

    Examples
    --------
    >>> smallest_text('digraph { node [fontsize=10] x [fontsize="8.5"] }')
    8.5
    """
    return min((float(a or b) for a, b in _TEXT_SIZE.findall(source)), default=14.0)


def _arrangements(operations: Operations, title: str, rankdir: str | None, width: float) -> Iterator[str]:
    """The picture with lines as long as can be read, then the other directions."""
    longest = width * _WRITTEN / READABLE - _PAD
    # Room on paper is given by the width alone; of the height there is as much as need be.
    attributes = {"size": f"{width / 72:.4f},1000"}
    for direction in (rankdir,) if rankdir else ("LR", "TB"):
        yield arrange(operations, title, direction, widest=longest, attributes=attributes)
