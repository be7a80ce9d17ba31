"""The dtypes and constants of the array API, and what one can ask about them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy import (
    bool,
    complex64,
    complex128,
    e,
    euler_gamma,
    float16,
    float32,
    float64,
    inf,
    int8,
    int16,
    int32,
    int64,
    nan,
    newaxis,
    pi,
    uint8,
    uint16,
    uint32,
    uint64,
)

from autograd_lite.conversion import known_dtype
from autograd_lite.devices import DEVICE, on_cpu
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError
from autograd_lite.spelling import spelled

API_VERSION = "2025.12"
DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "complex64", "complex128"),
)


class FloatInfo(NamedTuple):
    """The limits of a floating dtype; those of a complex one are the limits of its parts.

    Attributes
    ----------
    bits : int
        How many bits one number takes.
    eps : float
        The distance from 1 to the next larger number.
    max, min : float
        The largest finite number, and the negative of it.
    smallest_normal : float
        The smallest positive number that has all its digits.
    dtype : dtype
    """

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: np.dtype[Any]


class IntInfo(NamedTuple):
    """The limits of an integer dtype.

    Attributes
    ----------
    bits : int
        How many bits one number takes.
    max, min : int
        The largest and the smallest number.
    dtype : dtype
    """

    bits: int
    max: int
    min: int
    dtype: np.dtype[Any]


@spelled
def finfo(type: Any, /) -> FloatInfo:
    """Return the limits of a floating or complex dtype, or of the dtype of an array, as Python numbers.

    Raises
    ------
    DtypeError
        When it is no floating dtype.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.finfo(ag.float32).eps
    1.1920928955078125e-07
    """
    dtype = _dtype_of(type)
    if dtype.kind not in "fc":
        raise DtypeError(f"finfo() is about floating dtypes, got {dtype}.", "For integers there is ag.iinfo(dtype).")
    found = np.finfo(dtype)
    eps, largest, least, normal = map(float, (found.eps, found.max, found.min, found.smallest_normal))
    return FloatInfo(int(found.bits), eps, largest, least, normal, np.dtype(found.dtype))


@spelled
def iinfo(type: Any, /) -> IntInfo:
    """Return the limits of an integer dtype, or of the dtype of an array.

    Raises
    ------
    DtypeError
        When it is no integer dtype.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.iinfo(ag.int8).max
    127
    """
    dtype = _dtype_of(type)
    if dtype.kind not in "iu":
        raise DtypeError(f"iinfo() is about integer dtypes, got {dtype}.", "For floats there is ag.finfo(dtype).")
    found = np.iinfo(dtype)
    return IntInfo(found.bits, found.max, found.min, dtype)


@spelled
def isdtype(dtype: Any, kind: Any) -> Any:
    """Return whether a dtype is of a kind: "bool", "signed integer", "integral", "real floating", "numeric" ...

    Raises
    ------
    ArgumentError
        When there is no such kind.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.isdtype(ag.float32, "real floating"), ag.isdtype(ag.bool, (ag.bool, "integral"))
    (True, True)
    """
    try:
        return np.isdtype(_dtype_of(dtype), kind)
    except (ValueError, TypeError):
        raise ArgumentError(
            f"isdtype(): there is no kind {kind!r}.",
            "A kind is a dtype, 'bool', 'signed integer', 'unsigned integer', 'integral', 'real floating', "
            "'complex floating', 'numeric', or a tuple of them.",
        ) from None


@spelled
def can_cast(from_: Any, to: Any, /, casting: Any = "safe") -> Any:
    """Return whether a dtype, or that of an array, can be converted to another by the rules of promotion.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.can_cast(ag.float32, ag.float64), ag.can_cast(ag.float64, ag.float32)
    (True, False)
    """
    return np.can_cast(_dtype_of(from_), known_dtype(to), casting)


@spelled
def result_type(*arrays_and_dtypes: Any) -> np.dtype[Any]:
    """Return the dtype of a result computed from these arrays, numbers and dtypes.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.result_type(ag.ones(2, dtype=ag.float32), 1.0)
    dtype('float32')
    """
    return np.result_type(*arrays_and_dtypes)


@spelled
def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """Return the shape to which these shapes are broadcast together.

    Raises
    ------
    ShapeError
        When they do not fit.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.broadcast_shapes((3, 1), (4,))
    (3, 4)
    """
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        shown = " and ".join(map(str, shapes))
        raise ShapeError(
            f"broadcast_shapes(): the shapes {shown} do not fit.",
            "Shapes fit when, from the right, lengths are equal or 1.",
        ) from None


class NamespaceInfo:
    """What there is: devices, dtypes, and what arrays can do; ``ag.__array_namespace_info__()`` makes one.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.__array_namespace_info__().default_dtypes()["real floating"]
    dtype('float64')
    """

    def capabilities(self) -> dict[str, Any]:
        """Return whether results may have shapes that depend on values, and how many axes there can be."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Return the device on which arrays are made."""
        return DEVICE

    def devices(self) -> list[str]:
        """Return all devices."""
        return [DEVICE]

    @spelled
    def default_dtypes(self, *, device: Any = None) -> dict[str, np.dtype[Any]]:
        """Return the dtypes of floats, complex numbers, integers and indices where none is asked for."""
        on_cpu("default_dtypes()", device)
        return {
            "real floating": np.dtype(np.float64),
            "complex floating": np.dtype(np.complex128),
            "integral": np.dtype(np.int_),
            "indexing": np.dtype(np.intp),
        }

    @spelled
    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, np.dtype[Any]]:
        """Return the standard's dtypes of a kind, or of a tuple of kinds, by their names; by default all."""
        on_cpu("dtypes()", device)
        return {name: np.dtype(name) for name in DTYPES if kind is None or isdtype(np.dtype(name), kind)}


def _dtype_of(given: Any) -> np.dtype[Any]:
    """Return a dtype, or that of an array."""
    dtype = getattr(given, "dtype", None)
    return known_dtype(dtype if isinstance(dtype, np.dtype) else given)


__all__ = [
    "bool",
    "broadcast_shapes",
    "can_cast",
    "complex64",
    "complex128",
    "e",
    "euler_gamma",
    "finfo",
    "float16",
    "float32",
    "float64",
    "iinfo",
    "inf",
    "int8",
    "int16",
    "int32",
    "int64",
    "isdtype",
    "nan",
    "newaxis",
    "pi",
    "result_type",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]
