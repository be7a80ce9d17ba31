"""Threads that compute side by side: how many there may be, and one function over many pieces of work on all of them.

NumPy's functions leave the interpreter's lock while they compute, so plain threads do.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Piece = TypeVar("Piece")


@cache
def thread_count() -> int:
    """Return how many threads may compute: OMP_NUM_THREADS, or the processors of this process."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal():
        return max(1, int(wanted))
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def workers() -> ThreadPoolExecutor:
    """Return the threads that compute beside the caller's."""
    from concurrent.futures import ThreadPoolExecutor  # here, because its import takes longer than the whole table's

    return ThreadPoolExecutor(thread_count() - 1, thread_name_prefix="autograd_lite")


if hasattr(os, "register_at_fork"):
    # A child process inherits the pool, but not its threads.
    os.register_at_fork(after_in_child=workers.cache_clear)


def on_all_threads(work: Callable[[Piece], Any], pieces: Iterable[Piece]) -> None:
    """Call `work` with every piece, on the caller's thread and the workers'; return when all are done.

    Floating-point error handling (``np.errstate``) holds in every thread. After an error, or Ctrl-C, no thread takes
    another piece, and the caller gets it when those that were begun are done.
    """
    left = deque(pieces)

    def run() -> None:
        try:
            for piece in _taken(left):
                work(piece)
        finally:
            left.clear()

    others: list[Future[None]] = []
    try:
        # An ending interpreter starts no threads: then the caller's computes alone.
        with suppress(RuntimeError):
            for _ in range(1, min(thread_count(), len(left))):
                others.append(workers().submit(copy_context().run, run))
        run()
    finally:
        left.clear()
        errors = [other.exception() for other in others if not other.cancel()]
    for error in errors:
        if error is not None:
            raise error


def _taken(pieces: deque[Piece]) -> Iterator[Piece]:
    """Take pieces until none is left; a deque gives each to one thread only."""
    while True:
        try:
            piece = pieces.popleft()
        except IndexError:
            return
        yield piece
