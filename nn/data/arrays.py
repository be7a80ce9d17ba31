"""Data as users give them, checked: one array, several of one length in a tuple, or a dict of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import DtypeError, ShapeError, UsageError
from nn.arguments import called

Array = np.ndarray[Any, Any]

NUMBERS = "biufc"
TEXT = "US"


class Aligned(NamedTuple):
    """Arrays of one length, the k-th rows of which belong together, and how their parts are given back.

    Attributes
    ----------
    arrays : tuple of ndarray
    names : tuple of str, optional
        The keys of a dict.
    make : callable
        Puts parts together as the data were given: in a tuple, or one alone.
    """

    arrays: tuple[Array, ...]
    names: tuple[str, ...] | None
    make: Callable[[Iterable[Any]], Any]

    @property
    def examples(self) -> int:
        return len(self.arrays[0])

    def form(self, parts: Iterable[Any]) -> Any:
        """Return something for each array as the data were given: alone, in a tuple or in a dict."""
        return self.make(parts) if self.names is None else dict(zip(self.names, parts, strict=True))


def aligned(owner: str, data: Any, kinds: str = NUMBERS) -> Aligned:
    """Return data as arrays of one length; an array is not copied.

    Parameters
    ----------
    owner : str
        What messages call the function that takes the data.
    data : array_like, tuple of array_like or dict of str to array_like
    kinds : str
        The kinds of dtypes that arrays may have.

    Raises
    ------
    ShapeError
        When the lengths differ, there are no examples, or an array has no axis of them.
    DtypeError
        When an array is of another kind.
    UsageError
        When there are no arrays, or something else is given for one.
    """
    names: tuple[str, ...] | None = None
    make: Callable[[Iterable[Any]], Any] = tuple
    if isinstance(data, Mapping):
        names, given = tuple(data), list(data.values())
        titles = [f"array {name!r} of {owner}" for name in names]
    elif isinstance(data, tuple):
        given, make = list(data), getattr(type(data), "_make", tuple)
        titles = [f"array {k} of {owner}" for k in range(1, len(data) + 1)]
    else:
        titles, given, make = [f"the array of {owner}"], [data], alone
    if not given:
        raise UsageError(f"{owner} got no arrays.", f"Give arrays with one example a row: {owner}(x, y).")
    arrays = tuple(_array(title, owner, each, kinds) for title, each in zip(titles, given, strict=True))
    _check_lengths(titles, arrays)
    return Aligned(arrays, names, make)


def alone(parts: Iterable[Any]) -> Any:
    """Return the one part that there is."""
    (part,) = parts
    return part


def _array(title: str, owner: str, data: Any, kinds: str) -> Array:
    _refuse_no_array(title, owner, data)
    if isinstance(data, np.ndarray) and not isinstance(data, np.ma.MaskedArray):
        array = np.asarray(data)
    else:
        array = _converted(title, data)
    if array.ndim == 0:
        raise ShapeError(f"{title} has shape (), expected one row an example.", "Give a batch of one as [value].")
    if array.dtype.kind not in kinds:
        raise DtypeError(
            f"{title} must hold numbers, got dtype {array.dtype}.",
            "Number the classes, np.unique(y, return_inverse=True)[1], or convert the numbers: x.astype(float).",
        )
    return array


def _converted(title: str, data: Any) -> Array:
    try:
        array: Array = ag.asarray(data).numpy()
    except DtypeError as error:
        what, _, mend = str(error).partition("\n")
        raise DtypeError(f"{title}: {what[0].lower()}{what[1:]}", mend) from None
    return array


def _refuse_no_array(title: str, owner: str, data: Any) -> None:
    """Answer what is given in place of arrays: PyTorch's data sets, iterators, a batch size, lists of pairs."""
    if isinstance(data, int) and owner == "DataLoader":
        raise UsageError(f"{title} is the number {data!r}.", f"Give options by name: batch_size={data!r}.")
    if isinstance(data, list) and data and isinstance(data[0], tuple) and np.ndim(data[0][0]) > 0:
        raise UsageError(
            f"{title} is a list of {len(data[0])}-tuples, one an example.",
            f"Give arrays with one example a row: x, y = map(np.stack, zip(*examples)), then {owner}(x, y).",
        )
    arrays = isinstance(data, list) and all(isinstance(each, (np.ndarray, ag.Tensor)) for each in data)
    if arrays and len({each.shape for each in data}) > 1:
        mend = "Write DataLoader(x, y)." if owner == "DataLoader" else "Give several arrays as a tuple: (x, y)."
        raise UsageError(f"{title} is a list of {len(data)} arrays of different shapes.", mend)
    if isinstance(data, (np.ndarray, ag.Tensor, list, tuple, str, np.generic)) or hasattr(data, "__array__"):
        return
    if hasattr(data, "toarray"):
        raise UsageError(f"{title} is sparse, {called(data)}.", "Write x.toarray(), a batch at a time if it is large.")
    if isinstance(getattr(data, "arrays", None), tuple):
        raise UsageError(f"{title} is {called(data)}, not an array.", f"Give the arrays in it: {owner}(loader.arrays).")
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, (bytes, range)):
        raise UsageError(
            f"{title} is {called(data)}, a data set with one example after another.",
            "Give arrays instead: x, y = map(np.stack, zip(*(dataset[k] for k in range(len(dataset))))).",
        )
    if isinstance(data, Iterable) and not isinstance(data, (bytes, range, Mapping)):
        raise UsageError(f"{title} is {called(data)}, not an array.", "Collect it first: x = np.stack(list(examples)).")


def _check_lengths(titles: list[str], arrays: tuple[Array, ...]) -> None:
    first = arrays[0]
    for title, array in zip(titles, arrays, strict=True):
        if len(array) != len(first):
            raise ShapeError(
                f"{titles[0]} holds {len(first)} examples, shape {first.shape}; "
                f"{title.partition(' of ')[0]} holds {len(array)}, shape {array.shape}.",
                "Give one row an example in every array, in the same order.",
            )
    if not len(first):
        raise ShapeError(f"{titles[0]} is empty, shape {first.shape}.", "Give at least one example.")
