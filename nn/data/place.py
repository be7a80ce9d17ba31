"""Where a stream of random numbers stands, as plain values that every file format keeps: JSON, for example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError


def plain_state(rng: np.random.Generator) -> dict[str, Any]:
    """Return a Generator's state as nested dicts of integers, strings and lists.

    Examples
    --------
    >>> plain_state(np.random.default_rng(0))["bit_generator"]
    'PCG64'
    """
    state: dict[str, Any] = _plain(rng.bit_generator.state)
    return state


def generator_at(rng: np.random.Generator, state: Any, owner: str) -> np.random.Generator:
    """Return a new Generator of the kind of another, in a state that `plain_state` gave.

    Raises
    ------
    ArgumentError
        When it is the state of another kind of Generator, or none.
    """
    kind = type(rng.bit_generator)
    given = state.get("bit_generator") if isinstance(state, Mapping) else None
    if given != kind.__name__:
        raise ArgumentError(
            f"The state does not fit {owner}: its Generator is {given or 'unknown'}, expected {kind.__name__}.",
            "Nothing was loaded. Give rng= the kind of Generator that the state was saved with.",
        )
    made = kind()
    try:
        made.state = state
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ArgumentError(
            f"The state does not fit {owner}: its Generator's numbers are damaged, {error!r}.",
            "Nothing was loaded. Pass what state_dict() returned.",
        ) from None
    return np.random.Generator(made)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value
