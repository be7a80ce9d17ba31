"""Writes into memory: when each byte was last written to, so that a rule never computes with a value that has changed.

The write pays, not the read. A write notes its time, by the clock that also stamps the nodes of the graph, under the
array that owns the memory, with the range of bytes. The walk then sees at a glance whether anything was written since
a node was recorded, and only if so looks at what that node saved.
"""

from __future__ import annotations

import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd_lite.graph import LOCK, clock
from autograd_lite.source import Line

Array = np.ndarray[Any, Any]


# Beyond every address.
EVERYWHERE = 1 << 64

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

    def past(self) -> tuple[int, Line | str | None, list[int], list[int], list[Write]]:
        """Return a copy of what is noted now."""
        return self.time, self.line, self.starts[:], self.ends[:], self.writes[:]

    def _overlapped(self, start: int, end: int) -> tuple[int, int]:
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


# By the identity of the owner, for as long as it lives.
_logs: dict[int, Log] = {}
# The time of the last write anywhere.
latest = 0
# Into what memory this thread or task writes, noted for whoever wants to know.
_watching: ContextVar[tuple[list[weakref.ref[Array]], ...]] = ContextVar("_watching", default=())
# Which Tensors got another history by a write, with the node that each had before, noted for whoever wants to know.
_histories: ContextVar[list[tuple[Any, Any]] | None] = ContextVar("_histories", default=None)


def note(array: Array, line: Line | str | None = None) -> None:
    """Note that an array is written into."""
    global latest
    with LOCK:
        log = _logs.get(id(array))
        if log is None or log.owner() is not array:
            owner = owner_of(array)
            log = _log_of(owner) or _new_log(owner)
        latest = clock()
        for owners in _watching.get():
            owners.append(log.owner)
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


@contextmanager
def watched() -> Iterator[list[weakref.ref[Array]]]:
    """Collect the owners of the memory that is written into."""
    owners: list[weakref.ref[Array]] = []
    token = _watching.set((*_watching.get(), owners))
    try:
        yield owners
    finally:
        _watching.reset(token)


def note_history(tensor: Any, former: Any) -> None:
    """Note that a write gave a Tensor another node than `former`."""
    noted = _histories.get()
    if noted is not None:
        noted.append((tensor, former))


@contextmanager
def histories() -> Iterator[list[tuple[Any, Any]]]:
    """Collect the Tensors that get another history by a write, and the nodes that they had before."""
    noted: list[tuple[Any, Any]] = []
    token = _histories.set(noted)
    try:
        yield noted
    finally:
        _histories.reset(token)


@contextmanager
def undone(owners: Iterable[weakref.ref[Array]]) -> Iterator[None]:
    """Give this memory its values back at the end, and its log: what was written meanwhile was never written."""
    arrays = [array for array in (owner() for owner in owners) if array is not None]
    with LOCK:
        before = [(array, array.copy(), _log_of(array)) for array in arrays]
        pasts = [None if log is None else log.past() for _, _, log in before]
    try:
        yield
    finally:
        with LOCK:
            for (array, values, log), past in zip(before, pasts, strict=True):
                array[...] = values
                if log is not None and past is not None:
                    log.time, log.line, log.starts, log.ends, log.writes = past


class Extent(NamedTuple):
    """Where in whose memory an array lies; it does not hold the memory."""

    owner: weakref.ref[Array]
    start: int
    end: int

    @classmethod
    def of(cls, array: Array) -> Extent:
        """Return where an array lies."""
        if array.base is None and array.size:
            return cls(weakref.ref(array), 0, EVERYWHERE)
        return cls(weakref.ref(owner_of(array)), *byte_bounds(array))

    def written(self, time: int) -> Write | None:
        """Return the last write into it after `time`."""
        with LOCK:
            owner = self.owner()
            log = None if owner is None else _log_of(owner)
            if log is None or self.start == self.end:
                return None
            write = log.last(self.start, self.end)
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
