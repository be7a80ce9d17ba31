"""The memory that optimizers write into: complex numbers as pairs of real ones, and large arrays in blocks."""

from typing import Any

import numpy as np

import autograd_lite as ag

Array = np.ndarray[Any, Any]

# Elements updated at a time: what one update reads and writes of them stays in the processor's cache.
BLOCK = 1 << 16
# Below this many elements NumPy's calls cost more than what they compute.
SMALL = 1 << 12


def memory_of(tensor: ag.Tensor) -> Array:
    """Return the array behind a tensor, to be read."""
    memory: Array = np.asarray(tensor._value)
    return memory


def as_real(array: Array) -> Array:
    """Return complex numbers as pairs of real ones on the same memory: each part follows its own gradient."""
    return array[..., np.newaxis].view(array.real.dtype) if array.dtype.kind == "c" else array


def blocks(value: Array, *others: Array) -> list[tuple[Array, ...]]:
    """Return a parameter with its gradient and state in pieces: views of the parameter's memory and of the state's."""
    if not value.flags.c_contiguous:
        return [(value, *others)]
    flat = [each.reshape(-1) for each in (value, *others)]
    starts = range(0, value.size, BLOCK)
    return [tuple([each[start : start + BLOCK] for each in flat]) for start in starts]
