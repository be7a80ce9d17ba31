"""Random numbers that are drawn again: Generators are set back to where they were when a function ran first."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

Source = np.random.Generator | np.random.RandomState

_noting: ContextVar[tuple[Draws, ...]] = ContextVar("_noting", default=())


class Draws:
    """Where the sources of random numbers stood when a function ran first."""

    __slots__ = ("_states",)

    def __init__(self) -> None:
        self._states: dict[int, tuple[Source, Any]] = {}

    def note(self, source: Source) -> None:
        """Keep the state of a source before something is drawn from it; the first time counts."""
        if id(source) not in self._states:
            self._states[id(source)] = source, _state(source)

    @contextmanager
    def noted(self, function: Callable[..., Any], arguments: Iterable[Any]) -> Iterator[None]:
        """Run a function with these arguments inside: note all that it draws from and that can be found."""
        self.note(_numpys())
        for source in _sources_of(function, arguments):
            self.note(source)
        token = _noting.set((*_noting.get(), self))
        try:
            yield
        finally:
            _noting.reset(token)
        self._states = {
            key: (source, state) for key, (source, state) in self._states.items() if not _is_at(source, state)
        }

    @contextmanager
    def again(self) -> Iterator[None]:
        """Set the sources back to where they stood, and at the end to where they are now."""
        now = [(source, _state(source)) for source, _ in self._states.values()]
        for source, state in self._states.values():
            _set(source, state)
        try:
            yield
        finally:
            for source, state in now:
                _set(source, state)


def about_to_draw(source: Source) -> None:
    """Tell whoever will run the present function again that it draws from this source."""
    for draws in _noting.get():
        draws.note(source)


def _numpys() -> np.random.RandomState:
    """Return the source from which ``np.random.normal`` draws."""
    source: np.random.RandomState = np.random.get_state.__self__  # type: ignore[attr-defined]
    return source


def _sources_of(function: Callable[..., Any], arguments: Iterable[Any]) -> Iterator[Source]:
    """Yield the sources among a function's arguments, what it closes over, and the attributes of both."""
    for each in (*arguments, *_closed_over(function)):
        if isinstance(each, Source):
            yield each
        elif not isinstance(each, (type, types.ModuleType, types.FunctionType)):
            yield from (value for value in getattr(each, "__dict__", {}).values() if isinstance(value, Source))


def _closed_over(function: Callable[..., Any]) -> Iterator[Any]:
    yield getattr(function, "__self__", function)
    plain = getattr(function, "__func__", function)
    for cell in getattr(plain, "__closure__", None) or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that is not bound yet
            continue
    code, names = getattr(plain, "__code__", None), getattr(plain, "__globals__", {})
    yield from (names[name] for name in getattr(code, "co_names", ()) if name in names)
    yield from getattr(plain, "__defaults__", None) or ()


def _state(source: Source) -> Any:
    if isinstance(source, np.random.Generator):
        return source.bit_generator.state
    return source.get_state(legacy=False)


def _set(source: Source, state: Any) -> None:
    if isinstance(source, np.random.Generator):
        source.bit_generator.state = state
    else:
        source.set_state(state)


def _is_at(source: Source, state: Any) -> bool:
    return _equal(_state(source), state)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Mapping):
        return all(_equal(a[key], b[key]) for key in a)
    return bool(np.array_equal(a, b))
