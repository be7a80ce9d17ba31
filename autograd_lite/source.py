"""The user's own line: where in the code outside of these packages something is happening."""

from __future__ import annotations

import linecache
import sys
from typing import Any, NamedTuple

# The packages whose frames are not the user's.
OURS = frozenset({"autograd_lite", "nn", "numpy", "contextlib"})


class Line(NamedTuple):
    """A line of code."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"

    def quoted(self) -> str:
        """Return the place with what is written there."""
        source = linecache.getline(self.file, self.number).strip()
        return f"{self}, `{source}`" if source else str(self)


def users_line() -> Line | None:
    """Return the line that is running now; None when there is none, in a callback from the interpreter."""
    frame: Any = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in OURS:
        frame = frame.f_back
    return None if frame is None else Line(frame.f_code.co_filename, frame.f_lineno)
