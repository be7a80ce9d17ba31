"""The graph that the forward pass leaves behind: nodes, whether to record them, and their topological order.

An edge runs from a node to the nodes of its operands, never through the Tensor that the user holds. So nothing is
cyclic, and a graph is freed at once when its last result is dropped.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from itertools import count
from operator import attrgetter
from threading import RLock
from typing import Any, NoReturn, TypeVar, cast

import numpy as np

from autograd_lite.errors import UsageError
from autograd_lite.primitives import NO_PLAN, Plan, Primitive
from autograd_lite.source import Line
from autograd_lite.spelling import spelled

Cotangent = Any
_Function = TypeVar("_Function", bound=Callable[..., Any])
Hook = Callable[[Cotangent], Cotangent]


@dataclass(slots=True, eq=False)
class Mode:
    """What recording depends on: whether gradients are wanted, the scope, and whether every number is checked.

    And who changed it: the innermost block that is open in this thread or task, and the mode around that.
    """

    recording: bool = True
    scope: tuple[str, ...] = ()
    anomaly: bool = False
    block: Any = None
    around: Any = None


RECORDING = Mode()
current_mode: ContextVar[Mode] = ContextVar("current_mode", default=RECORDING)

# Held while threads change what they share: a leaf's gradient, a node's hooks, the log of writes.
LOCK = RLock()
if hasattr(os, "register_at_fork"):
    # A child process would inherit the lock as it is, without the thread that was to release it.
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)

# Counts what happens, in the order in which it happens.
clock = count(1).__next__


class Notes:
    """What only few nodes carry.

    Attributes
    ----------
    owner : weakref or None
        The Tensor that wants this node's gradient: a leaf, or one that called retain_grad().
    hooks : tuple of callable
        What to do with the gradient before it is passed on.
    line : Line or None
        The user's line that recorded it, known inside `detect_anomaly`.
    """

    __slots__ = ("hooks", "line", "owner")

    def __init__(self) -> None:
        self.line: Line | None = None
        self.owner: weakref.ref[Any] | None = None
        self.hooks: tuple[Hook, ...] = ()


class Node:
    """One operation of the forward pass: its operands' nodes and what its rules saved.

    Attributes
    ----------
    plan : Plan
        The operation, and the rules of the operands that need a gradient.
    inputs : tuple
        One entry an operand: its Node, or the value itself of a constant (Departed once freed).
    parents : tuple of Node
        The inputs that need a gradient, in the order of the plan's rules.
    saved : tuple or None
        For each rule its arguments after g; where a recorded walk goes through a definition, the operands' values
        as well. None once freed.
    keywords : dict
        The operation's keywords in canonical form.
    shape, dtype
        Of the result.
    scope : tuple of str
        The scopes around the operation, outermost first.
    stamp : int
        When it was recorded, by the clock: after all that it was computed from.
    name : str or None
        The user's name for the result.
    notes : Notes or None
        Owner and hooks, where there are any.
    """

    __slots__ = ("dtype", "inputs", "keywords", "name", "notes", "parents", "plan", "saved", "scope", "shape", "stamp")

    plan: Plan
    inputs: tuple[Any, ...]
    parents: tuple[Node, ...]
    saved: tuple[Any, ...] | None
    keywords: dict[str, Any]
    shape: tuple[int, ...]
    dtype: Any
    scope: tuple[str, ...]
    stamp: int
    name: str | None
    notes: Notes | None

    requires_grad = True

    @property
    def op(self) -> Primitive | None:
        """The operation; None for a leaf."""
        return self.plan.op

    def note(self) -> Notes:
        """Return the notes to write into."""
        if self.notes is None:
            self.notes = Notes()
        return self.notes

    def succeed(self, former: Node | None) -> None:
        """Take over name and owner from the node of a value that was overwritten by this one's."""
        if former is None:
            return
        self.name = former.name
        if former.notes is not None and former.notes.owner is not None:
            self.note().owner, former.notes.owner = former.notes.owner, None

    def release(self) -> None:
        """Free what the forward pass saved; the structure stays."""
        self.saved = None
        if self.parents is not self.inputs:
            self.inputs = tuple([each if type(each) is Node else _departed(each) for each in self.inputs])
        if self.keywords and "index" in self.keywords:
            self.keywords = {**self.keywords, "index": _departed_index(self.keywords["index"])}


def fill(
    node: Node,
    plan: Plan,
    inputs: tuple[Any, ...],
    parents: tuple[Node, ...],
    saved: tuple[Any, ...] | None,
    keywords: dict[str, Any],
    y: Any,
    scope: tuple[str, ...],
) -> Node:
    """Write what was recorded into a new node and return it.

    As a plain function, because a class with an ``__init__`` takes three times as long to call.
    """
    node.plan = plan
    node.inputs = inputs
    node.parents = parents
    node.saved = saved
    node.keywords = keywords
    node.shape = y.shape
    node.dtype = y.dtype
    node.scope = scope
    node.stamp = clock()
    node.name = None
    node.notes = None
    return node


class Leaf(Node):
    """A Tensor that the user made: the end of the graph.

    Attributes
    ----------
    value : ndarray
        The Tensor's own memory, so that the graph shows it as it is now.
    """

    __slots__ = ("requires_grad", "value")

    def __init__(self, value: Any) -> None:
        fill(self, NO_PLAN, (), (), (), {}, value, ())
        self.value = value
        self.requires_grad = False

    def release(self) -> None:
        """Keep the value: it is the user's."""


class Departed(weakref.ref[Any]):
    """A constant operand of a freed graph: shown for as long as the user holds it, then only its shape and dtype."""

    __slots__ = ("dtype", "name", "shape")

    shape: tuple[int, ...]
    dtype: Any
    name: str | None


def _departed(entry: Any, name: str | None = None) -> Any:
    """Return what a freed node keeps of an operand or keyword: of constants, no more than the user does."""
    if type(entry) is np.ndarray:
        departed = Departed(entry)
        departed.shape, departed.dtype, departed.name = entry.shape, entry.dtype, name
        return departed
    if type(entry) is Leaf and not entry.requires_grad:
        return _departed(entry.value, entry.name)
    return entry


def _departed_index(index: Any) -> Any:
    """Return what a freed node keeps of an index: a mask stays, because it alone tells the shape of the result."""
    if type(index) is tuple:
        return tuple([_departed_index(each) for each in index])
    return _departed(index) if type(index) is np.ndarray and index.dtype.kind in "iu" else index


_stamp = attrgetter("stamp")


def topological_order(roots: Iterable[Node], *, since: int = 0) -> list[Node]:
    """Return the nodes that receive a gradient, every node before its parents; none recorded before `since`.

    A node is younger than its parents, so that sorting by age is a topological sort; a search first finds the nodes.
    """
    order = list(dict.fromkeys(roots))
    found = set(order)
    for node in order:  # which grows on the way
        for parent in node.parents:
            if parent not in found and parent.stamp >= since:
                found.add(parent)
                order.append(parent)
    order.sort(key=_stamp, reverse=True)
    return order


class _ModeChange(ContextDecorator):
    """A change of mode for the length of a with block, or of each call of a decorated function."""

    def __call__(self, function: _Function) -> _Function:
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
            raise UsageError(
                f"@{type(self).__name__} would end before the body of {function.__name__}() runs: it is a generator "
                "or coroutine.",
                f"Write `with ag.{type(self).__name__}(...):` inside of it.",
            )
        return super().__call__(function)

    def _changed(self, mode: Mode) -> Mode:
        raise TypeError(f"{type(self).__name__} changes no mode.")

    def __enter__(self) -> None:
        current_mode.set(self._changed(current_mode.get()))

    def __exit__(self, *exception: object) -> None:
        mode = current_mode.get()
        if mode.block is self:
            current_mode.set(mode.around)
            return
        inner, around = _nearest(self, mode)
        current_mode.set(around)
        # Blocks within this one that stay open, as when two generators end in turns.
        for block in inner:
            block.__enter__()


def _nearest(block: _ModeChange, mode: Mode) -> tuple[list[_ModeChange], Mode]:
    """Return the open blocks within this one, outermost first, and the mode around it."""
    inner: list[_ModeChange] = []
    while mode.block is not None:
        if mode.block is block:
            return inner[::-1], mode.around
        inner.append(mode.block)
        mode = mode.around
    raise UsageError(
        f"A block of {type(block).__name__}() ends in another thread or task than it began in.",
        "A generator that others move on: open the block around the work, not around the yield.",
    )


class _Uncalled(type):
    """What ``with ag.no_grad:`` finds, the class in the place of an object that it makes."""

    def __enter__(cls) -> NoReturn:
        raise UsageError(
            f"`with ag.{cls.__name__}:` lacks the parentheses that make an object of the class.",
            f"Write `with ag.{cls.__name__}():`.",
        )

    def __exit__(cls, *exception: object) -> None: ...


class _Switch(_ModeChange, metaclass=_Uncalled):
    """A change of mode that takes no arguments."""

    def __init__(self, *given: Any) -> None:
        if given:
            name = type(self).__name__
            raise UsageError(
                f"{name} takes no arguments, got {given[0]!r:.60}.", f"Write @ag.{name}() above a function."
            )


class no_grad(_Switch):
    """Record nothing: results inside need no gradient.

    Use it as ``with ag.no_grad():`` or as the decorator ``@ag.no_grad()``.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> w = ag.tensor(2.0, requires_grad=True)
    >>> with ag.no_grad():
    ...     (w * w).requires_grad
    False
    """

    def _changed(self, mode: Mode) -> Mode:
        return Mode(False, mode.scope, mode.anomaly, self, mode)

    def _recreate_cm(self) -> no_grad:
        return type(self)()


class enable_grad(_Switch):
    """Record again inside a `no_grad` block.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> w = ag.tensor(2.0, requires_grad=True)
    >>> with ag.no_grad(), ag.enable_grad():
    ...     (w * w).requires_grad
    True
    """

    def _changed(self, mode: Mode) -> Mode:
        return Mode(True, mode.scope, mode.anomaly, self, mode)

    def _recreate_cm(self) -> enable_grad:
        return type(self)()


class detect_anomaly(_Switch):
    """Raise at the first NaN or infinity, in a forward or a backward pass, with the line that computed it.

    Every recorded operation is checked, and its line in your code is kept: this is slow, and for finding a fault.
    Where a rule meets 0 times an infinite derivative, which counts as 0, it warns.

    Raises
    ------
    AnomalyError
        With the operation, the shapes, the values' range and the line.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> x = ag.tensor([1.0, 0.0], requires_grad=True)
    >>> with np.errstate(divide="ignore"), ag.detect_anomaly():
    ...     y = np.log(x)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd_lite.errors.AnomalyError: log gave 1 inf and values from 0 to 0, of shape (2,), from operands (2,) ...
    """

    def _changed(self, mode: Mode) -> Mode:
        return Mode(mode.recording, mode.scope, True, self, mode)

    def _recreate_cm(self) -> detect_anomaly:
        return type(self)()


class scope(_ModeChange):
    """Name the part of the model that is running; pictures draw it as a box.

    Parameters
    ----------
    name : str
        The name, ``"layer 1: ReLU"`` for example. Scopes nest.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> w = ag.tensor(2.0, requires_grad=True)
    >>> with ag.scope("square"):
    ...     y = w * w
    >>> y.grad_fn.scope
    ('square',)
    """

    @spelled
    def __init__(self, name: str) -> None:
        self.name = name

    def _changed(self, mode: Mode) -> Mode:
        return Mode(mode.recording, (*mode.scope, self.name), mode.anomaly, self, mode)

    def _recreate_cm(self) -> scope:
        return type(self)(self.name)


class set_grad_enabled:
    """Turn recording on or off, from now on, or for the length of a with block.

    Parameters
    ----------
    mode : bool
        True to record.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> with ag.set_grad_enabled(False):
    ...     ag.is_grad_enabled()
    False
    >>> ag.is_grad_enabled()
    True
    """

    @spelled
    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, (bool, np.bool_)):
            raise UsageError(f"set_grad_enabled() takes True or False, got {mode!r}.", "Write set_grad_enabled(False).")
        self._mode = bool(mode)
        self._before = current_mode.get().recording
        self.__enter__()

    def __call__(self, function: _Function) -> _Function:
        self.__exit__()

        @wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            with set_grad_enabled(self._mode):
                return function(*args, **kwargs)

        return cast(_Function, switched)

    def __enter__(self) -> None:
        current_mode.set(replace(current_mode.get(), recording=self._mode))

    def __exit__(self, *exception: object) -> None:
        current_mode.set(replace(current_mode.get(), recording=self._before))


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded in this thread or task.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.is_grad_enabled()
    True
    """
    return current_mode.get().recording
