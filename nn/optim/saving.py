"""An optimizer's state under flat names: the options of its groups, and how a saved state is compared with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from nn.optim.groups import Group, Options, checked
from nn.state import count, fitted

Array = np.ndarray[Any, Any]
# What is counted, under whatever name an optimizer keeps it.
COUNTS = frozenset({"steps", "iterations"})
Buffers = Callable[[Mapping[str, Any]], Sequence[str]]


def saved(groups: Sequence[Group]) -> dict[str, Any]:
    """Return the options of all groups, and which parameters are in which of several."""
    entries: dict[str, Any] = {}
    first = 0
    for prefix, group in zip(_prefixes(groups), groups, strict=True):
        entries.update({prefix + name: _plain(value) for name, value in _numbers(group.options).items()})
        if prefix:
            entries[f"{prefix}params"] = np.arange(first, first + len(group.members))
        first += len(group.members)
    return entries


def restored(
    state: Mapping[str, Any], groups: Sequence[Group], likes: Mapping[str, Array]
) -> tuple[list[Options], dict[str, Array]]:
    """Return the options of every group that a state holds, and all of its arrays.

    Parameters
    ----------
    state : mapping
        What was saved.
    groups : sequence of Group
    likes : dict of str to ndarray
        What must be there beside the options, by shape and dtype.

    Raises
    ------
    ArgumentError
        With everything that is missing, unexpected or of another shape; or when an option is impossible.
    UsageError
        When the state is no mapping.
    """
    owner = groups[0].owner
    expected = {name: ag.tensor(np.asarray(value, dtype=float)) for name, value in saved(groups).items()}
    expected.update({name: ag.from_numpy(like) for name, like in likes.items()})
    arrays = fitted(state, expected, owner=owner.__name__)
    for name in COUNTS & likes.keys():
        count(name, arrays[name])
    options = []
    for prefix, group in zip(_prefixes(groups), groups, strict=True):
        _check_members(arrays, expected, prefix)
        given = {name: _like(value, arrays[prefix + name], name) for name, value in _numbers(group.options).items()}
        options.append(checked(owner, group.options, given))
    return options, arrays


def buffers_expected(
    state: Any, groups: Sequence[Group], buffers: Buffers, values: Sequence[Array]
) -> dict[str, Array]:
    """Return what the arrays of a complete state look like; a parameter that never had a step has none yet.

    Parameters
    ----------
    state : mapping
        Says how many steps were made, and with which options.
    groups : sequence of Group
    buffers : callable
        Returns the names of the arrays that are kept with these options.
    values : sequence of ndarray
        All parameters.
    """
    given: Mapping[str, Any] = state if isinstance(state, Mapping) else {}
    expected: dict[str, Array] = {"steps": np.zeros(len(values), int)}
    steps = np.asarray(given.get("steps", ()))
    place = 0
    for prefix, group in zip(_prefixes(groups), groups, strict=True):
        names = buffers({name: _said(given, prefix + name, value) for name, value in group.options.items()})
        for _ in group.members:
            if steps.shape != (len(values),) or steps[place]:
                expected.update({f"{name}.{place}": values[place] for name in names})
            place += 1
    return expected


def _prefixes(groups: Sequence[Group]) -> list[str]:
    return [""] if len(groups) == 1 else [f"groups.{k}." for k in range(len(groups))]


def _numbers(options: Mapping[str, Any]) -> Options:
    """Return the options that are numbers or tuples of numbers: an optimizer is made with the others."""
    return {name: value for name, value in options.items() if isinstance(value, (bool, int, float, tuple))}


def _plain(value: Any) -> Any:
    return np.array(value) if isinstance(value, tuple) else value


def _check_members(arrays: Mapping[str, Array], expected: Mapping[str, ag.Tensor], prefix: str) -> None:
    """Raise when a group was saved with other parameters than it has; one group alone has them all."""
    name = f"{prefix}params"
    if prefix and not np.array_equal(arrays[name], expected[name].numpy()):
        raise ArgumentError(
            f"{name!r} of the state is {arrays[name].astype(int).tolist()}, "
            f"expected {expected[name].numpy().astype(int).tolist()}.",
            "Nothing was loaded. Make the groups of the same parameters in the same order.",
        )


def _like(value: Any, array: Array, name: str) -> Any:
    """Return an option that was saved in the type that it had.

    Raises
    ------
    ArgumentError
        When it is no integer, or not True or False, and was one.
    """
    if isinstance(value, tuple):
        return tuple(array.tolist())
    given = array.item()
    if isinstance(value, (bool, int)) and type(value)(given) != given:
        kind = "True or False" if isinstance(value, bool) else "an integer"
        raise ArgumentError(
            f"{name!r} of the state must be {kind}, got {given:g}.", "Nothing was loaded. Pass what state_dict() gave."
        )
    return type(value)(given)


def _said(given: Mapping[str, Any], name: str, default: Any) -> Any:
    """Return an option of a state that may hold anything."""
    value = np.asarray(given.get(name, default))
    return value.item() if value.size == 1 and value.dtype.kind in "biuf" else default
