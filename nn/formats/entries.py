"""What a state holds: arrays of numbers under names, states within states as one flat mapping and back."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, UsageError

Array = np.ndarray[Any, Any]

# Between the names of a state within a state: "optimizer//lr".
WITHIN = "//"
KINDS = "biufc"


def flattened(state: Any) -> dict[str, Array]:
    """Return the arrays of a state, those of states within it under names joined by "//".

    Parameters
    ----------
    state : mapping, or object with state_dict()
        Of arrays, numbers, or further states.

    Raises
    ------
    UsageError
        When it is nothing that has a state, or a name is no text.
    ArgumentError
        When a name cannot stand in a file, or a state within is empty.
    DtypeError
        When an entry holds no numbers.

    Examples
    --------
    >>> from nn.formats.entries import flattened
    >>> flattened({"epoch": 3, "model": {"weight": [1.0]}})
    {'epoch': array(3), 'model//weight': array([1.])}
    """
    return {name: _array(name, value) for name, value in _entries(_state_of(state), "")}


def nested(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Return flat arrays as the state that they were: the inverse of `flattened`.

    Raises
    ------
    ArgumentError
        When a name stands for an array and for a state at once.
    """
    state: dict[str, Any] = {}
    for name, array in arrays.items():
        *outer, last = name.split(WITHIN)
        inside = state
        for each in outer:
            inside = inside.setdefault(each, {})
            if not isinstance(inside, dict):
                raise ArgumentError(
                    f"The state has both an array {each!r} and a state of that name.", "Nothing was loaded."
                )
        if last in inside:
            raise ArgumentError(
                f"The state has both an array {last!r} and a state of that name.", "Nothing was loaded."
            )
        inside[last] = array
    return state


def unusable(name: str) -> str | None:
    """Return what is wrong with a name for an array in a file; None when nothing is.

    Examples
    --------
    >>> from nn.formats.entries import unusable
    >>> unusable("layers.0/weight"), unusable("../weight")
    (None, 'leads out of the archive')
    """
    if "\0" in name or "\\" in name:
        return "has a backslash or a NUL in it"
    if name.startswith("/") or ".." in name.split("/"):
        return "leads out of the archive"
    if name == "__metadata__":
        return "is kept for the format itself"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "cannot be encoded in UTF-8"
    return None


def _state_of(state: Any) -> Mapping[Any, Any]:
    held = state.state_dict() if callable(getattr(state, "state_dict", None)) else state
    if not isinstance(held, Mapping):
        raise UsageError(
            f"A state is a model, or a dict of names and arrays, got {type(state).__name__}.",
            'Write nn.save(model, "model.npz"), or nn.save(model.state_dict(), "model.npz").',
        )
    return held


def _entries(state: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in state.items():
        _check_key(key)
        name = prefix + key
        if isinstance(value, Mapping) or callable(getattr(value, "state_dict", None)):
            inner = _state_of(value)
            if not inner:
                raise ArgumentError(f"The state {name!r} is empty: it would be lost.", "Leave it out.")
            yield from _entries(inner, name + WITHIN)
        else:
            yield name, value


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise UsageError(f"Names in a state are text, got {key!r}.", f"Write {str(key)!r}.")
    wrong = "has // in it" if WITHIN in key or key.endswith("/") else unusable(key)
    if wrong:
        raise ArgumentError(f"The name {key!r} {wrong}.", "Name what the model holds otherwise, and save again.")


def _array(name: str, value: Any) -> Array:
    try:
        array = value.numpy() if isinstance(value, ag.Tensor) else np.asarray(value)
    except (AutogradError, ValueError, TypeError):
        array = np.asarray(None)
    if array.dtype.kind not in KINDS:
        got = f"dtype {array.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
        raise DtypeError(
            f"{name!r} of the state holds no numbers, but {got}.",
            "Save arrays and numbers; leave text and objects out, or write them to a file of their own.",
        )
    return array
