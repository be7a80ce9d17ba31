"""Composites: NumPy functions written in operations of the table, whose derivatives follow from those of their parts.

    @composite(np.fliplr, samples=lambda x: [((x(2, 3),), {})])
    def fliplr(m):
        return np.flip(m, 1)

The function below the decorator is run where a Tensor is among the arguments; on arrays NumPy's own is. Pictures and
`ag.explain` show the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.derivatives.further import whole_table
from autograd_lite.errors import AutogradError, IndexingError, ShapeError
from autograd_lite.primitives import enter, no_axis
from autograd_lite.spelling import spelled


class Composite(NamedTuple):
    """A NumPy function and the same in operations of the table.

    Attributes
    ----------
    name : str
        The public name; one with a dot, such as "linalg.cond" or "add.reduce", is no name of `ag` itself.
    fn : callable
        NumPy's function.
    call : callable
        The public function: `fn` on arrays, the operations on Tensors.
    samples : callable
        The calls that tests make: given a function that draws an array of a shape, a list of (args, kwargs).
    method : bool
        Whether Tensors have it as a method.
    note : str
        What the table of supported functions says about it.
    """

    name: str
    fn: Callable[..., Any]
    call: Callable[..., Any]
    samples: Callable[..., Any]
    method: bool
    note: str


COMPOSITES: dict[Any, Composite] = {}


def composite(
    fn: Callable[..., Any],
    *,
    samples: Callable[..., Any],
    name: str | None = None,
    method: bool = False,
    answers_to: Iterable[Callable[..., Any]] = (),
    note: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a NumPy function is the decorated one, which is written in operations of the table.

    Parameters
    ----------
    fn : callable
        NumPy's function, or one of our own on arrays.
    samples, method, note
        As `Composite` has them.
    name : str, optional
        The public name; by default that of the decorated function.
    answers_to : iterable of callable
        Further functions that mean the same.

    Returns
    -------
    callable
        The decorator, which returns the public function.

    Raises
    ------
    UsageError
        When the function has its derivative already.
    """

    def declare(definition: Callable[..., Any]) -> Callable[..., Any]:
        definition.__name__ = name or definition.__name__
        definition.__doc__ = _with_numpys(definition.__doc__, fn)
        call = _dispatched(fn, definition)
        made = Composite(definition.__name__, fn, call, samples, method, note)
        enter(COMPOSITES, (fn, *answers_to), made, "Declare it once.")
        return call

    return declare


def _with_numpys(doc: str | None, fn: Callable[..., Any]) -> str | None:
    """Return a docstring, followed by what NumPy says of the arguments; its examples are of arrays."""
    if not doc or not fn.__doc__ or not str(getattr(fn, "__module__", "numpy")).startswith("numpy"):
        return doc
    theirs = fn.__doc__.partition("Examples\n")[0]
    if ">>>" in theirs:
        theirs = theirs.partition(">>>")[0].rpartition("\n\n")[0]
    return f"{doc.rstrip()}\n\n    NumPy's documentation:\n\n    {theirs.strip()}\n    "


def _dispatched(fn: Callable[..., Any], definition: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that calls `definition` where a Tensor is among the arguments, and `fn` elsewhere."""

    @spelled
    @wraps(definition)
    def call(*args: Any, **kwargs: Any) -> Any:
        receiver = next(filter(_receives, tensors_among(kwargs["out"])), None) if "out" in kwargs else None
        if receiver is not None:
            return receiver.__compute_into__(call, args, kwargs)
        chosen = definition if any(True for _ in tensors_among((args, kwargs))) else fn
        if chosen is definition and kwargs.get("out", fn) is None:
            kwargs = {name: value for name, value in kwargs.items() if name != "out"}
        try:
            return chosen(*args, **kwargs)
        except np.exceptions.AxisError as problem:
            raise no_axis(definition.__name__, problem) from None
        except (ValueError, IndexError) as problem:
            if isinstance(problem, AutogradError) or chosen is fn:
                raise
            kind = IndexingError if isinstance(problem, IndexError) else ShapeError
            text = str(problem).splitlines()[0].rstrip(".")
            raise kind(f"{definition.__name__}(): {text}.", "Look at the shapes, and at the arguments.") from None

    return call


def _receives(given: Any) -> bool:
    return hasattr(given, "__compute_into__")


def tensors_among(structure: Any) -> Iterator[Any]:
    """Yield what records operations among the arguments of a call, in tuples, lists and dicts too."""
    if hasattr(structure, "__apply_primitive__"):
        yield structure
    elif isinstance(structure, (tuple, list)):
        for each in structure:
            yield from tensors_among(each)
    elif isinstance(structure, dict):
        yield from tensors_among(tuple(structure.values()))


def composites() -> dict[str, Composite]:
    """Return every composite of the whole table by its public name."""
    whole_table()
    return {each.name: each for each in COMPOSITES.values()}
