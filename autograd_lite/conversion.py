"""Between the user's data, Tensors and the plain arrays that primitives compute with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_lite.errors import DtypeError, suggestion
from autograd_lite.variable import Variable

NUMBERS = "biufc"
# What messages call the kinds of data that are no numbers.
KINDS = {"U": "text", "S": "bytes", "O": "Python objects", "M": "dates", "m": "durations"}
DTYPES = ("float64", "float32", "float16", "int64", "int32", "bool", "complex128", "complex64")
PLAIN = (np.ndarray, float, int, np.generic, complex)


def copied(data: Any, dtype: Any = None) -> Any:
    """Return `data` as a fresh array of numbers.

    Raises
    ------
    DtypeError
        When it is ragged, or holds something else than numbers.
    """
    if isinstance(data, Variable):
        data = data._value
    if isinstance(data, np.ndarray):
        data = without_subclass(data)
    if isinstance(data, (list, tuple)) and any(each.requires_grad for each in tensors_in(data)):
        raise DtypeError(
            "A list of Tensors that require a gradient would lose it here.", "Join them: ag.stack([t1, t2])."
        )
    if hasattr(data, "toarray"):
        raise DtypeError(
            f"A sparse matrix of shape {data.shape} cannot become a Tensor.",
            "Write A.toarray(), or declare its product: ag.primitive(lambda x: A @ x, x=lambda g: A.T @ g).",
        )
    wanted = None if dtype is None else known_dtype(dtype)
    if wanted is not None and wanted.kind != "c" and isinstance(data, np.ndarray) and data.dtype.kind == "c":
        raise DtypeError(
            f"{data.dtype} data of shape {data.shape} cannot become {wanted}: the imaginary part would be lost.",
            "Give data.real or abs(data), or leave the dtype out.",
        )
    try:
        array = np.array(data, wanted)
    except (ValueError, TypeError) as problem:
        raise DtypeError(
            f"This is no array of numbers: {_ragged(data) or str(problem).splitlines()[0].rstrip('.')}.",
            "Give numbers in lists of equal lengths; join Tensors with ag.stack([t1, t2]).",
        ) from None
    if array.dtype.kind not in NUMBERS:
        raise DtypeError(
            f"A tensor holds numbers, got {KINDS.get(array.dtype.kind, 'data')} of dtype {array.dtype}.",
            "Convert the data first, for example with np.asarray(data, dtype=float).",
        )
    return array


def known_dtype(dtype: Any) -> np.dtype[Any]:
    """Return the dtype of numbers that an argument means.

    Raises
    ------
    DtypeError
        When there is none of that name, or it is not one of numbers.
    """
    try:
        known: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise DtypeError(f"There is no dtype {dtype!r}.", suggestion(dtype, DTYPES)) from None
    if known.kind not in NUMBERS:
        raise DtypeError(f"A tensor holds numbers, got dtype {known}.", f"Known: {', '.join(map(repr, DTYPES))}.")
    return known


def _ragged(data: Any) -> str | None:
    """Return how the rows of nested lists differ; None when they do not."""
    if not isinstance(data, (list, tuple)):
        return None
    rows = [each for each in data if isinstance(each, (list, tuple)) or getattr(each, "ndim", False)]
    lengths = list(dict.fromkeys(map(len, rows)))
    if len(lengths) > 1:
        return f"the rows have different lengths, such as {lengths[0]} and {lengths[1]}"
    if rows and len(rows) < len(data):
        return "a list and a number stand side by side"
    return next(filter(None, map(_ragged, rows)), None)


def plain(x: Any) -> Any:
    """Return the array behind a Tensor; a number or an array as it is, a list as an array."""
    if isinstance(x, Variable):
        return x._value
    if type(x) is np.ndarray:
        return x if x.dtype.kind in NUMBERS else copied(x)
    if type(x) in PLAIN or x is None:
        return x
    if isinstance(x, np.ndarray):
        return plain(without_subclass(x))
    if isinstance(x, PLAIN) or hasattr(x, "__array_function__"):
        return x
    return copied(x)


def without_subclass(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a matrix or memory map as a plain array; a mask would be lost, so it is refused."""
    if type(x) is np.ndarray:
        return x
    if hasattr(x, "mask"):
        raise DtypeError(
            f"A masked array of shape {x.shape} would lose its mask here.",
            "Fill it first, x.filled(0), or choose the elements: x.compressed().",
        )
    return np.asarray(x)


def plain_index(index: Any) -> Any:
    """Return an index without Tensors in it."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, Variable):
        return int(index._value) if index._value.ndim == 0 and index._value.dtype.kind in "iu" else index._value.copy()
    if isinstance(index, np.ndarray):
        return index.copy()
    if isinstance(index, list):
        return np.asarray(index, dtype=None if index else np.intp)
    return index


def tensors_in(structure: Any) -> Iterator[Variable]:
    """Yield the Tensors in nested tuples, lists and dicts."""
    if isinstance(structure, Variable):
        yield structure
    elif isinstance(structure, (tuple, list)):
        for each in structure:
            yield from tensors_in(each)
    elif isinstance(structure, dict):
        yield from tensors_in(list(structure.values()))


def without_tensors(structure: Any) -> Any:
    """Return the structure with read-only arrays in the place of Tensors."""
    if isinstance(structure, Variable):
        return read_only(np.asarray(structure._value))
    if isinstance(structure, (tuple, list)):
        return type(structure)(without_tensors(each) for each in structure)
    if isinstance(structure, dict):
        return {key: without_tensors(each) for key, each in structure.items()}
    return structure


def read_only(array: Any) -> Any:
    """Return a view of an array through which nobody can write; anything else as it is."""
    if type(array) is not np.ndarray:
        return array
    view = array.view()
    view.flags.writeable = False
    return view
