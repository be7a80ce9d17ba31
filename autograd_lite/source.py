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

    def source(self) -> str:
        """Return what is written there; nothing where it is not known."""
        return linecache.getline(self.file, self.number).strip()

    def quoted(self) -> str:
        """Return the place with what is written there."""
        source = self.source()
        return f"{self}, `{source}`" if source else str(self)


def line_that_raised(error: BaseException) -> Line | None:
    """Return the innermost of the user's lines that an error came through; None when it came through none."""
    found, at = None, error.__traceback__
    while at is not None:
        if not _is_ours(at.tb_frame):
            found = Line(at.tb_frame.f_code.co_filename, at.tb_lineno)
        at = at.tb_next
    return found


def _is_ours(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in OURS


def users_line() -> Line | None:
    """Return the line that is running now; None when there is none, in a callback from the interpreter."""
    frame: Any = sys._getframe(1)
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    return None if frame is None else Line(frame.f_code.co_filename, frame.f_lineno)
