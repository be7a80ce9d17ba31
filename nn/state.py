"""Loading saved state: compared as a whole first, written only when every entry fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, UsageError

Array = np.ndarray[Any, Any]
# More names than this say no more than their number does.
LISTED = 8
# Entries of a model that count something.
COUNTS = frozenset({"num_batches_tracked"})


class IncompatibleKeys(NamedTuple):
    """What a state and a model did not have in common.

    Attributes
    ----------
    missing_keys, unexpected_keys : list of str
        Names that the state lacked, and names that the model lacks.
    """

    missing_keys: list[str]
    unexpected_keys: list[str]


def fitted(state: Mapping[str, Any], wanted: Mapping[str, ag.Tensor], *, owner: str) -> dict[str, Array]:
    """Return the saved arrays in the wanted dtypes, if there is exactly one of the right shape for each tensor.

    Raises
    ------
    ArgumentError
        With everything that is missing, unexpected or of another shape; or for a number of batches that is none.
    DtypeError
        When an entry is not numbers of a kind that fits, or too large for the wanted dtype.
    UsageError
        When the state is no mapping.
    """
    return compared(state, wanted, owner=owner)[0]


def compared(
    state: Mapping[str, Any],
    wanted: Mapping[str, ag.Tensor],
    *,
    owner: str,
    strict: bool = True,
    other_names: Mapping[str, str] | None = None,
) -> tuple[dict[str, Array], IncompatibleKeys]:
    """Return the saved arrays in the wanted dtypes, and the names that only one side has.

    Parameters
    ----------
    state, wanted : mapping
        What was saved, and the tensors that it is for.
    owner : str
        Whose state it is, in messages.
    strict : bool
        Raise for names that only one side has; other shapes are refused in any case.
    other_names : mapping of str to str, optional
        Further names of wanted tensors, under which a state may hold them too, or instead.

    Raises
    ------
    ArgumentError, DtypeError, UsageError
        As `fitted`.
    """
    if not isinstance(state, Mapping):
        raise UsageError(
            f"{owner}: a state is a dict of names and arrays, got {type(state).__name__}.",
            "Pass what state_dict() returned.",
        )
    present = {name: name for name in wanted if name in state}
    further = {name: first for name, first in (other_names or {}).items() if name in state}
    for name, first in further.items():
        present.setdefault(first, name)
    arrays = {first: _array(name, state[name], wanted[first].dtype) for first, name in present.items()}
    misshapen = [
        f"{present[first]!r} has shape {array.shape}, expected {wanted[first].shape}"
        for first, array in arrays.items()
        if array.shape != wanted[first].shape
    ]
    differing = [
        f"{present[first]!r} and {name!r}"
        for name, first in further.items()
        if not np.array_equal(_array(name, state[name], wanted[first].dtype), arrays[first], equal_nan=True)
    ]
    missing = [name for name in wanted if name not in present]
    unexpected = [name for name in state if name not in wanted and name not in further]
    faults = [
        *(_listed("missing", map(repr, missing)) if strict else ()),
        *(_listed("unexpected", map(repr, unexpected)) if strict else ()),
        *_listed("wrong shape:", misshapen),
        *_listed("different values for one shared parameter:", differing),
    ]
    if faults:
        raise ArgumentError(
            f"The state does not fit {owner}: {'; '.join(faults)}.",
            "Nothing was loaded. Build it with the sizes and names that the state was saved from.",
        )
    for first, array in arrays.items():
        if first.rpartition(".")[2] in COUNTS:
            count(present[first], array)
    return arrays, IncompatibleKeys(missing, unexpected)


def count(name: str, array: Array) -> Array:
    """Return an entry that counts something.

    Raises
    ------
    ArgumentError
        When a number in it is negative or not whole.
    """
    wrong = (array < 0) | (array != np.floor(array))
    if wrong.any():
        raise ArgumentError(
            f"{name!r} of the state counts something, got {array[wrong][0]:g}.",
            "Nothing was loaded. Pass what state_dict() gave.",
        )
    return array


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
    if array.dtype.kind == "f" and dtype.kind not in "fc" and not _is_whole(array, dtype):
        raise DtypeError(
            f"{name!r} of the state is {array.dtype} and not whole, expected {dtype}.",
            "Nothing was loaded. Save it as it was, in integers.",
        )
    with np.errstate(over="ignore"):
        converted = array.astype(dtype, copy=False)
    if array.dtype.itemsize > dtype.itemsize or array.dtype.kind in "iu":
        _check_finite(name, array, converted)
    return converted


def _check_finite(name: str, array: Array, converted: Array) -> None:
    """Raise when a finite number became infinite."""
    lost = np.isfinite(array) & ~np.isfinite(converted)
    if lost.any():
        larger = array.dtype if array.dtype.kind in "fc" else "float64"
        raise DtypeError(
            f"{name!r} of the state holds {array[lost][0]:.3g}, which {converted.dtype} cannot: it would be infinite.",
            f"Nothing was loaded. Convert the model first: model.to(np.{larger}).",
        )


def _is_whole(array: Array, dtype: np.dtype[Any]) -> bool:
    """Return whether floating numbers are integers that a dtype can hold."""
    with np.errstate(invalid="ignore"):
        return bool(np.array_equal(array.astype(dtype).astype(array.dtype), array))


def _listed(fault: str, entries: Iterable[str]) -> list[str]:
    """Return the fault with its entries as one phrase, or nothing when there are none."""
    found = list(entries)
    if not found:
        return []
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return [f"{fault} {', '.join(found[:LISTED])}{more}"]
