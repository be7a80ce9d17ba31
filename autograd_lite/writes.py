"""Writes into memory: when each byte was last written to, so that a rule never computes with a value that has changed.

The write pays, not the read. A write notes its time, by the clock that also stamps the nodes of the graph, under the
array that owns the memory, with the range of bytes. The walk then sees at a glance whether anything was written since
a node was recorded, and only if so looks at what that node saved.
"""

from __future__ import annotations

import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd_lite.graph import LOCK, clock
from autograd_lite.source import Line

Array = np.ndarray[Any, Any]


# What stands in the place of a line, where an optimizer wrote.
STEP = "an optimizer's step"


class Write(NamedTuple):
    """A write: its time, and the user's line where that is known."""

    time: int
    line: Line | str | None

    @property
    def where(self) -> str:
        """What a message says of it: " at file.py:12", " by an optimizer's step", or nothing."""
        if self.line is None:
            return ""
        return f" by {self.line}" if self.line is STEP else f" at {self.line}"


class Log:
    """The writes into one piece of memory: the last one into all of it, and those into parts of it since.

    Parts are ranges of bytes that do not overlap, in their order.
    """

    __slots__ = ("ends", "line", "owner", "starts", "time", "writes")

    def __init__(self, owner: weakref.ref[Array]) -> None:
        self.owner = owner
        self.time = 0
        self.line: Line | str | None = None
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.writes: list[Write] = []

    def add(self, start: int, end: int, write: Write) -> None:
        """Note a write into a part; what is left of earlier parts that it overlaps keeps its own."""
        i, j = self._overlapped(start, end)
        pieces = [(start, end, write)]
        if i < j and self.starts[i] < start:
            pieces.insert(0, (self.starts[i], start, self.writes[i]))
        if i < j and self.ends[j - 1] > end:
            pieces.append((end, self.ends[j - 1], self.writes[j - 1]))
        self.starts[i:j], self.ends[i:j], self.writes[i:j] = map(list, zip(*pieces, strict=True))

    def clear(self) -> None:
        """Forget the parts: all of the memory was written into."""
        self.starts, self.ends, self.writes = [], [], []

    def last(self, start: int, end: int) -> Write:
        """Return the last write into a range."""
        i, j = self._overlapped(start, end)
        return max(self.writes[i:j], default=Write(self.time, self.line), key=lambda write: write.time)

    def _overlapped(self, start: int, end: int) -> tuple[int, int]:
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


# By the identity of the owner, for as long as it lives.
_logs: dict[int, Log] = {}
# The time of the last write anywhere.
latest = 0


def note(array: Array, line: Line | str | None = None) -> None:
    """Note that an array is written into."""
    global latest
    with LOCK:
        log = _logs.get(id(array))
        if log is None or log.owner() is not array:
            owner = owner_of(array)
            log = _log_of(owner) or _new_log(owner)
        latest = clock()
        if log.owner() is not array:
            log.add(*byte_bounds(array), Write(latest, line))
            return
        log.time = latest
        log.line = line
        if log.starts:
            log.clear()


def note_all(arrays: Iterable[Array]) -> None:
    """Note one write into all of several arrays, an optimizer's step."""
    global latest
    with LOCK:
        latest = clock()
        for array in arrays:
            log = _logs.get(id(array))
            if log is None or log.owner() is not array or log.starts:
                note(array, STEP)
            else:
                log.time = latest
                log.line = STEP


def since(time: int, array: Array) -> Write | None:
    """Return the last write into an array's memory, if that was after `time`."""
    with LOCK:
        log = _log_of(owner_of(array))
        if log is None or not array.size:
            return None
        write = log.last(*byte_bounds(array))
    return write if write.time > time else None


def _log_of(owner: Array) -> Log | None:
    log = _logs.get(id(owner))
    return log if log is not None and log.owner() is owner else None


def _new_log(owner: Array) -> Log:
    key = id(owner)

    def forget(dead: weakref.ref[Array]) -> None:
        with LOCK:
            if key in _logs and _logs[key].owner is dead:
                del _logs[key]

    _logs[key] = log = Log(weakref.ref(owner, forget))
    return log


def owner_of(array: Array) -> Array:
    """Return the array that owns an array's memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
