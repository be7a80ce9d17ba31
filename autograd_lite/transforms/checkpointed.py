"""Checkpointed, what `checkpoint` returns: a function, and in which way it is called.

It stands apart from what runs it, so that others can ask cheaply whether they hold one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import update_wrapper
from types import MethodType
from typing import TYPE_CHECKING, Any

from autograd_lite.errors import UnknownNameError

# Whether functions are recorded as they stand, with nothing thrown away: for whoever looks at a graph.
_in_full: ContextVar[bool] = ContextVar("_in_full", default=False)


class Checkpointed:
    """What `checkpoint` returns: a function whose graph is thrown away and made again.

    Parameters
    ----------
    function : callable
    call : callable
        Makes a call: takes the function, its positional arguments and its keywords.

    Attributes
    ----------
    __wrapped__ : callable
        The function as it stands.
    """

    __wrapped__: Callable[..., Any]
    __qualname__: str

    def __init__(self, function: Callable[..., Any], call: Callable[..., Any]) -> None:
        # Not its attributes: those of a module are its parameters.
        update_wrapper(self, function, updated=())
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self.__wrapped__, args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    # Kept from type checkers, which find unknown names by themselves.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise UnknownNameError("checkpoint(f)", name, mend="It is a function like f: call it, ag.checkpoint(f)(x).")

    def __repr__(self) -> str:
        return f"checkpoint({self.__wrapped__!r})"

    def __reduce__(self) -> Any:
        if _is_global(self):  # a decorated function is known by its name, as functions are
            return self.__qualname__
        return Checkpointed, (self.__wrapped__, self._call)


def _is_global(function: Any) -> bool:
    """Return whether this is what its own name stands for in its module."""
    found: Any = sys.modules.get(getattr(function, "__module__", ""))
    for name in getattr(function, "__qualname__", "<locals>").split("."):
        found = getattr(found, name, None)
    return found is function


@contextmanager
def in_full() -> Iterator[None]:
    """Let checkpointed functions leave their whole graph, for whoever looks at it."""
    token = _in_full.set(True)
    try:
        yield
    finally:
        _in_full.reset(token)


def is_in_full() -> bool:
    """Return whether checkpointed functions leave their whole graph."""
    return _in_full.get()
