"""What hand-written work runs on: aligned buffers, lists of calls, and blocks spread over threads."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tests.benchmarks.works import Arrays

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
BLOCK = 64 * 1024
Calls = list[Callable[[], Any]]

pool = ThreadPoolExecutor(THREADS)


def empty(*shape: int, dtype: Any) -> np.ndarray:
    """An uninitialised array that begins on a cache line."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size].view(dtype).reshape(shape)


def aligned(array: np.ndarray) -> np.ndarray:
    """A copy that begins on a cache line."""
    copy = empty(*array.shape, dtype=array.dtype)
    copy[...] = array
    return copy


def run(calls: Calls) -> None:
    """Make every call in turn."""
    for call in calls:
        call()


def in_blocks(work: Callable[[slice], None], size: int) -> None:
    """Do the work on each block of `size` elements, on all threads when there are several blocks."""
    blocks = [slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
    if THREADS == 1 or len(blocks) == 1:
        for block in blocks:
            work(block)
    else:
        list(pool.map(work, blocks))


class Flat:
    """The parameters and their gradients in two flat buffers, with one view an array."""

    def __init__(self, arrays: Arrays) -> None:
        dtype = arrays[0].dtype
        ends = np.cumsum([array.size for array in arrays])
        self.values, self.gradients = empty(ends[-1], dtype=dtype), empty(ends[-1], dtype=dtype)
        self.views, self.slopes = [], []
        for array, end in zip(arrays, ends, strict=True):
            part = slice(end - array.size, end)
            self.views.append(self.values[part].reshape(array.shape))
            self.slopes.append(self.gradients[part].reshape(array.shape))
            self.views[-1][...] = array
