"""Which numbers leave the graph while a function is differentiated: t.item() and gradients that are not recorded.

Printing them is no fault. A function whose result has no gradient at all, after some have left, is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Meant as a constant where the result is a Tensor; where it is an array, the rest was computed past the graph.
DETACHED = "t.detach()"

_watched: ContextVar[list[str] | None] = ContextVar("watched", default=None)


def depart(call: str) -> None:
    """Note that a call such as "t.item()" gave numbers that no gradient passes."""
    calls = _watched.get()
    if calls is not None and call not in calls:
        calls.append(call)


@contextmanager
def departures() -> Iterator[list[str]]:
    """Give the list into which the calls are noted inside of this block."""
    calls: list[str] = []
    token = _watched.set(calls)
    try:
        yield calls
    finally:
        _watched.reset(token)
        for call in calls:
            depart(call)
