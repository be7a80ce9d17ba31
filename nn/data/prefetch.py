"""Making the next items in a thread while the present one is used: the same items, in the same order."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, TypeVar, cast

T = TypeVar("T")


def ahead(items: Iterator[T], depth: int) -> Generator[T, None, None]:
    """Yield the items of an iterator, of which a thread makes up to `depth` in advance.

    The thread begins with the first item that is asked for, in the caller's context (grad mode, np.errstate), and has
    ended when this generator has: after the last item, an error or ``close()``.

    Parameters
    ----------
    items : iterator
        Used by the thread alone. What it raises is raised here, after the items before it.
    depth : int
        At least 1.

    Yields
    ------
    object

    Examples
    --------
    >>> list(ahead(iter("abc"), depth=2))
    ['a', 'b', 'c']
    """
    maker = _Maker(items, depth)
    try:
        while (made := maker.take()) is not None:
            yield made[0]
            # Or the item would stay in memory while the next one is waited for.
            del made
    finally:
        maker.stop()


class _Maker:
    """A thread that makes items as long as there is room for them."""

    def __init__(self, items: Iterator[Any], depth: int) -> None:
        self.items = items
        # These queues may be used by a finalizer that interrupts another use of them, which locks do not allow.
        self.made: SimpleQueue[Any] = SimpleQueue()
        self.room: SimpleQueue[None] = SimpleQueue()
        self.stopped = False
        for _ in range(depth):
            self.room.put(None)
        # A daemon: an iterator that a program still holds when it ends does not keep it from ending.
        self.thread = threading.Thread(target=copy_context().run, args=(self.work,), name="DataLoader", daemon=True)
        self.thread.start()

    def work(self) -> None:
        try:
            while True:
                self.room.get()
                if self.stopped:
                    return
                self.made.put((next(self.items),))
        except StopIteration:
            self.made.put(None)
        except BaseException as error:
            self.made.put(error)

    def take(self) -> tuple[Any] | None:
        """Return the next item in a tuple, None after the last."""
        made = self.made.get()
        self.room.put(None)
        try:
            if isinstance(made, BaseException):
                raise made
            return cast(tuple[Any] | None, made)
        finally:
            # The traceback of an error holds this frame, and would keep itself alive through it.
            del made

    def stop(self) -> None:
        """End the thread, and wait until it has ended."""
        self.stopped = True
        self.room.put(None)
        # A garbage collection in the thread itself may have come here; a program that ends stops it by force.
        if threading.current_thread() is not self.thread and not sys.is_finalizing():
            self.thread.join()
