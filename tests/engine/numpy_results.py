"""Numbers of every dtype, and whether a result is NumPy's."""

import math
from typing import Any

import numpy as np

import autograd_lite as ag

FLOATS, COMPLEX = ("float32", "float64"), ("complex64", "complex128")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
REAL, BITS = (*INTEGERS, *FLOATS), ("bool", *INTEGERS)
NUMERIC, ALL = (*REAL, *COMPLEX), ("bool", *REAL, *COMPLEX)
SHAPES: tuple[tuple[int, ...], ...] = ((), (0,), (3,), (2, 0), (2, 3), (2, 1, 3))
SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 2.5, -2.5, 0.5, 7.0)


def numbers(dtype: str, shape: tuple[int, ...], seed: int = 0) -> np.ndarray[Any, Any]:
    """Numbers of a dtype, with its limits and, of floats, infinities, NaN and signed zeros among them."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return np.asarray(rng.integers(0, 2, shape).astype(bool))
    if kind in "iu":
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        return np.asarray(rng.choice(np.array([0, 1, 2, 3, 7, low, high], dtype), shape))
    real = np.where(rng.random(shape) < 0.5, rng.choice(SPECIAL, shape), rng.standard_normal(shape))
    imag = rng.choice(SPECIAL, shape)
    values = real if kind == "f" else np.array(real) + 1j * np.where(np.isfinite(imag), imag, 1.5)
    return np.asarray(values.astype(dtype))


def assert_same(found: Any, expected: Any) -> None:
    """Assert that a result is NumPy's, as a Tensor or a tuple of Tensors, bit by bit but for rounding."""
    if isinstance(expected, (tuple, list)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
        return
    assert isinstance(found, ag.Tensor)
    assert (found.dtype, found.shape) == (np.asarray(expected).dtype, np.shape(expected))
    values = found.numpy()
    if found.dtype.kind in "fc":
        tiny = np.finfo(found.dtype).eps
        np.testing.assert_allclose(values, expected, rtol=64 * tiny, atol=64 * tiny)
    else:
        np.testing.assert_array_equal(values, expected)
    if found.dtype.kind == "f":
        number = ~np.isnan(values)
        np.testing.assert_array_equal(np.signbit(values)[number], np.signbit(np.asarray(expected))[number])


def tensors(arguments: Any) -> Any:
    """The same arguments with Tensors in the place of arrays."""
    if isinstance(arguments, np.ndarray):
        return ag.asarray(arguments)
    return type(arguments)(map(tensors, arguments)) if isinstance(arguments, (list, tuple)) else arguments
