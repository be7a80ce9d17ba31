"""A page of a given width: how much room a picture has on it if its smallest text is still to be read."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from autograd_lite import drawing
from autograd_lite.drawing import READABLE, page_width

_WRITTEN = 9.0
_PAD = 0.12 * 72
_PACKAGES = ("nn", "autograd_lite")
_TEXT_SIZE = re.compile(r'POINT-SIZE="([\d.]+)"')


@dataclass(frozen=True)
class Page:
    """A page as it was asked for.

    Parameters
    ----------
    width : str, optional
        '17cm', '6.7in' or '480pt'; without it, pictures are as wide as is good for them.

    Examples
    --------
    >>> Page("504pt").room
    639.36
    """

    width: str | None = None

    @property
    def room(self) -> float | None:
        """The points that a picture may be wide so that text of 9 pt has 7 pt on the page."""
        return None if self.width is None else page_width(self.width) * _WRITTEN / READABLE - _PAD

    @property
    def attributes(self) -> Mapping[str, str]:
        """What makes a wider picture smaller; of the height there is as much as need be."""
        return {} if self.width is None else {"size": f"{page_width(self.width) / 72:.4f},1000"}

    def checked(self, picture: drawing.Drawing, mend: str) -> drawing.Drawing:
        """Return the picture, after a warning where its text is too small on the page.

        Warns
        -----
        UserWarning
        """
        natural = None if self.width is None else drawing.size(picture.source)
        if self.width is None or natural is None:
            return picture
        smallest = min(map(float, _TEXT_SIZE.findall(picture.source)), default=_WRITTEN)
        text = smallest * min(1.0, page_width(self.width) / (natural[0] + _PAD))
        if text < READABLE - 0.005:
            what = f"at {self.width} the smallest text of this picture is {text:.1f} pt, less than {READABLE:g} pt."
            warnings.warn(f"{what}\n{mend}", UserWarning, stacklevel=_level_outside())
        return picture


def _level_outside() -> int:
    """Return how many frames up the code is that called this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _PACKAGES:
        frame, level = frame.f_back, level + 1
    return level
