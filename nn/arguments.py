"""What users pass in, checked and brought into one form: data as Tensors, sizes as ints, rates as floats."""

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, UsageError, nearest


def as_tensor(data: Any, dtype: Any = None, *, name: str | None = None) -> ag.Tensor:
    """Return data as a Tensor of a dtype; a Tensor that has it already is returned as it is, an array is copied.

    Parameters
    ----------
    data : array_like
        A list, an array or a Tensor.
    dtype : dtype, optional
        Left out, integers become float64 and the other dtypes stay.
    name : str, optional
        The name of a Tensor that is made here.

    Raises
    ------
    DtypeError
        When the data are no numbers, or complex where a real dtype is wanted.
    """
    if isinstance(data, ag.Tensor):
        if data.dtype == dtype or (dtype is None and data.dtype.kind in "fc"):
            return data
        return _cast(data, dtype or np.float64)
    made = ag.tensor(data)
    if dtype is not None or made.dtype.kind not in "fc":
        made = _cast(made, dtype or np.float64)
    if name is not None:
        made.name = name
    return made


def _cast(data: ag.Tensor, dtype: Any) -> ag.Tensor:
    wanted = np.dtype(dtype)
    if data.dtype == wanted:
        return data
    if data.dtype.kind == "c" and wanted.kind != "c":
        raise DtypeError(
            f"{data.dtype} data of shape {data.shape} cannot become {wanted}: the imaginary part would be lost.",
            "Pass x.real or abs(x), or make the model complex: dtype=complex.",
        )
    cast = data.astype(wanted)
    if data.name is not None and not data.requires_grad:
        cast.name = data.name
    return cast


def positive_integer(title: str, value: Any) -> int:
    """Return a size as an int.

    Raises
    ------
    UsageError
        When it is no integer.
    ArgumentError
        When it is not positive.
    """
    try:
        size = operator.index(value)
    except TypeError:
        raise UsageError(f"{title} must be an integer, got {value!r}.", f"Write {title}=32, for example.") from None
    if isinstance(value, bool) or size < 1:
        raise ArgumentError(f"{title} must be at least 1, got {value!r}.", f"Write {title}=32, for example.")
    return size


def number_between(title: str, value: Any, low: float, high: float = math.inf, *, example: float) -> float:
    """Return a number with low ≤ number < high as a float.

    Raises
    ------
    UsageError
        When it is no real number.
    ArgumentError
        When it lies outside.
    """
    mend = f"Write {title}={example:g}, for example."
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or np.ndim(value):
        raise UsageError(f"{title} must be a number, got {value!r}.", mend)
    number = float(value)
    if low <= number < high:
        return number
    wanted = f"at least {low:g}" if high == math.inf else f"in [{low:g}, {high:g})"
    raise ArgumentError(f"{title} must be {wanted} and finite, got {value!r}.", mend)


def choice(title: str, value: Any, known: Iterable[str]) -> str:
    """Return one of the known names.

    Raises
    ------
    ArgumentError
        When the value is none of them; the message gives the nearest.
    """
    names = list(known)
    if isinstance(value, str) and value in names:
        return value
    mend = nearest(value, names) if isinstance(value, str) else ", ".join(map(repr, names))
    raise ArgumentError(f"{title} {value!r} is not known.", f"Write {title}= one of {mend}.")
