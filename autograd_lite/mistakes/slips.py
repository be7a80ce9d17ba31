"""The table of known mistakes with nothing to fit: a sign, a 2, a sum for a mean, numbers that were moved about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Values = tuple[tuple[str, object], ...]


class Probe(NamedTuple):
    """One point: the derivative found there, the right one, and by name the lengths that a sum may run over."""

    found: Array
    right: Array
    lengths: Mapping[str, int] = {}


def lengths_of(names: Sequence[str], point: Sequence[Any]) -> dict[str, int]:
    """Return what a sum or a mean may run over, and how many that is: equal numbers cannot be told apart.

    Examples
    --------
    >>> lengths_of(["X", "y"], [np.ones((6, 2)), np.ones(6)])
    {'X.shape[0] = y.shape[0]': 6, 'X.shape[1]': 2, 'X.size': 12}
    """
    found: dict[int, list[str]] = {}
    for name, each in zip(names, point, strict=True):
        shape = np.shape(each) if isinstance(each, (np.ndarray, list, tuple)) else ()
        for axis, length in enumerate(shape):
            found.setdefault(length, []).append(f"{name}.shape[{axis}]")
        if len(shape) > 1:
            found.setdefault(int(np.prod(shape)), []).append(f"{name}.size")
    return {" = ".join(same): length for length, same in found.items() if length > 1}


@dataclass(frozen=True)
class Slip:
    """A mistake with nothing to fit.

    Attributes
    ----------
    id : str
        Its message is "mistakes.<id>".
    mend : callable
        mend(found, probe, *choice) is the right derivative, had this mistake been made.
    choices : callable
        choices(probe) are the ways to make it; each is an cause of its own.
    values : callable
        values(probe, *choice) fills in the message.
    """

    id: str
    mend: Callable[..., Array]
    choices: Callable[[Probe], Iterable[tuple[Any, ...]]] = lambda probe: [()]
    values: Callable[..., Values] = lambda probe, *choice: ()


def _lengths(probe: Probe) -> list[tuple[str]]:
    return [(name,) for name, number in probe.lengths.items() if number > 1]


def _length(probe: Probe, name: str) -> Values:
    return ("name", name), ("number", probe.lengths[name])


def _matrix(probe: Probe) -> list[tuple[()]]:
    return [()] if probe.found.ndim == 2 else []


def _orders(probe: Probe) -> list[tuple[tuple[int, ...]]]:
    axes = range(probe.found.ndim)
    return [(order,) for order in permutations(axes) if order != tuple(axes)] if 3 <= len(axes) <= 4 else []


def _axes(probe: Probe) -> list[tuple[int]]:
    return [(axis,) for axis, length in enumerate(probe.found.shape) if length > 1]


def _axis(probe: Probe, axis: int) -> Values:
    return (("axis", axis),)


def _added_axes(probe: Probe) -> list[tuple[int, bool]]:
    """Return the axes that only `found` has, or has longer than 1, and whether the right one keeps them."""
    kept = probe.found.ndim == probe.right.ndim
    return [
        (axis, kept)
        for axis in range(probe.found.ndim)
        if (probe.right.shape[axis] == 1 < probe.found.shape[axis] if kept else probe.found.ndim > probe.right.ndim)
    ]


def _oblong(probe: Probe) -> list[tuple[str, str]]:
    shape = probe.found.shape
    return [("C", "F"), ("F", "C")] if len(shape) == 2 and len({1, *shape}) == 3 and shape == probe.right.shape else []


def _other_shape(probe: Probe) -> list[tuple[()]]:
    found, right = probe.found.shape, probe.right.shape
    return [()] if found not in (right, right[::-1]) and probe.found.size == probe.right.size else []


# fmt: off
SLIPS = (
    Slip("sign",      lambda found, at: -found),
    Slip("twice",     lambda found, at: found / 2),
    Slip("half",      lambda found, at: found * 2),
    Slip("sum",       lambda found, at, name: found / at.lengths[name],            _lengths, _length),
    Slip("mean",      lambda found, at, name: found * at.lengths[name],            _lengths, _length),
    Slip("transpose", lambda found, at: found.T,                                   _matrix),
    Slip("axes",      lambda found, at, order: found.transpose(order),             _orders,
         lambda probe, order: (("order", order),)),
    Slip("flipped",   lambda found, at, axis: np.flip(found, axis),                _axes, _axis),
    Slip("unsummed",  lambda found, at, axis, kept: found.sum(axis, keepdims=kept), _added_axes,
         lambda probe, axis, kept: (("axis", axis),)),
    Slip("filled",    lambda found, at, read, put: found.ravel(order=read).reshape(at.right.shape, order=put), _oblong),
    Slip("shape",     lambda found, at: found.reshape(at.right.shape),             _other_shape,
         lambda probe: (("found", probe.found.shape), ("right", probe.right.shape))),
)
# fmt: on
# The first rows mend each number by itself; the others move numbers about.
VALUES = 5
