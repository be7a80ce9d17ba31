"""Loading saved state: compared as a whole first, written only when every entry fits."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, UsageError

Array = np.ndarray[Any, Any]
# More names than this say no more than their number does.
LISTED = 8


def fitted(state: Mapping[str, Any], wanted: Mapping[str, ag.Tensor], *, owner: str) -> dict[str, Array]:
    """Return the saved arrays in the wanted dtypes, if there is exactly one of the right shape for each tensor.

    Raises
    ------
    ArgumentError
        With everything that is missing, unexpected or of another shape.
    DtypeError
        When an entry is not numbers of a kind that fits.
    UsageError
        When the state is no mapping.
    """
    if not isinstance(state, Mapping):
        raise UsageError(
            f"{owner}: a state is a dict of names and arrays, got {type(state).__name__}.",
            "Pass what state_dict() returned.",
        )
    arrays = {name: _array(name, state[name], wanted[name].dtype) for name in wanted if name in state}
    misshapen = [
        f"{name!r} has shape {array.shape}, expected {wanted[name].shape}"
        for name, array in arrays.items()
        if array.shape != wanted[name].shape
    ]
    faults = [
        *_listed("missing", (repr(name) for name in wanted if name not in state)),
        *_listed("unexpected", (repr(name) for name in state if name not in wanted)),
        *_listed("wrong shape:", misshapen),
    ]
    if faults:
        raise ArgumentError(
            f"The state does not fit {owner}: {'; '.join(faults)}.",
            "Nothing was loaded. Build it with the sizes and names that the state was saved from.",
        )
    return arrays


def _array(name: str, values: Any, dtype: np.dtype[Any]) -> Array:
    try:
        array = ag.asarray(values).numpy()
    except AutogradError as error:
        raise DtypeError(f"{name!r} of the state: {str(error).splitlines()[0]}", "Save numbers.") from None
    if array.dtype.kind == "c" and dtype.kind != "c":
        raise DtypeError(
            f"{name!r} of the state is {array.dtype}, the parameter {dtype}.",
            "Nothing was loaded. Make the model complex, or save the real part.",
        )
    return array.astype(dtype, copy=False)


def _listed(fault: str, entries: Iterable[str]) -> list[str]:
    """Return the fault with its entries as one phrase, or nothing when there are none."""
    found = list(entries)
    if not found:
        return []
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return [f"{fault} {', '.join(found[:LISTED])}{more}"]
