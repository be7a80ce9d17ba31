"""Writes into memory: when each byte was last written to, so that a rule never computes with a value that has changed.

The write pays, not the read. A write notes its time, by the clock that also stamps the nodes of the graph, under the
array that owns the memory, with the range of bytes. The walk then sees at a glance whether anything was written since
a node was recorded, and only if so looks at what that node saved.
"""

from __future__ import annotations

import os
import sys
import weakref
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd_lite.graph import clock

Array = np.ndarray[Any, Any]

HERE = os.path.dirname(__file__) + os.sep


class Write(NamedTuple):
    """A write: its time, and the user's line, "file.py:12", where that is known."""

    time: int
    line: str | None


class Log:
    """The writes into one piece of memory: the last one into each of several ranges of bytes that do not overlap."""

    __slots__ = ("ends", "owner", "starts", "writes")

    def __init__(self, owner: weakref.ref[Array]) -> None:
        self.owner = owner
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.writes: list[Write] = []

    def add(self, start: int, end: int, write: Write) -> None:
        """Note a write; what is left of earlier ranges that it overlaps keeps its own."""
        i, j = self._overlapped(start, end)
        pieces = [(start, end, write)]
        if i < j and self.starts[i] < start:
            pieces.insert(0, (self.starts[i], start, self.writes[i]))
        if i < j and self.ends[j - 1] > end:
            pieces.append((end, self.ends[j - 1], self.writes[j - 1]))
        self.starts[i:j], self.ends[i:j], self.writes[i:j] = map(list, zip(*pieces, strict=True))

    def last(self, start: int, end: int) -> Write | None:
        """Return the last write into a range."""
        i, j = self._overlapped(start, end)
        return max(self.writes[i:j], default=None, key=lambda write: write.time)

    def _overlapped(self, start: int, end: int) -> tuple[int, int]:
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


# By the identity of the owner, for as long as it lives.
_logs: dict[int, Log] = {}
# The time of the last write anywhere.
latest = 0


def note(array: Array, line: str | None = None) -> None:
    """Note that an array is written into."""
    global latest
    owner = owner_of(array)
    log = _logs.get(id(owner))
    if log is None or log.owner() is not owner:
        log = _logs[id(owner)] = Log(weakref.ref(owner, _forgetter(id(owner))))
    latest = clock()
    if array is owner:
        log.starts, log.ends, log.writes = [0], [sys.maxsize], [Write(latest, line)]
    else:
        log.add(*byte_bounds(array), Write(latest, line))


def since(time: int, array: Array) -> Write | None:
    """Return the last write into an array's memory, if that was after `time`."""
    owner = owner_of(array)
    log = _logs.get(id(owner))
    if log is None or log.owner() is not owner:
        return None
    write = log.last(*byte_bounds(array)) if array.size else None
    return write if write is not None and write.time > time else None


def owner_of(array: Array) -> Array:
    """Return the array that owns an array's memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def users_line() -> str | None:
    """Return the line outside of the engine that is running now, "file.py:12"."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(HERE):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def _forgetter(key: int) -> Any:
    def forget(dead: weakref.ref[Array]) -> None:
        if key in _logs and _logs[key].owner is dead:
            del _logs[key]

    return forget
