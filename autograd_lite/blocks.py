"""Large arrays: elementwise work in blocks that a core's cache holds, spread over threads; memory that is kept.

NumPy's functions leave the interpreter's lock while they compute, so plain threads run side by side.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Array = Any

# Elements. Long formulas take a tenth to a quarter less time in such blocks; a single multiplication takes more.
BLOCK = 64 * 1024

# Once glibc has freed an array of this size, it keeps freed memory of up to twice that for the next arrays instead
# of handing it back to the system: a step over 1e6 elements took 42 ms without this line, 24 of them in the system,
# and takes 16. Elsewhere the line does nothing.
np.empty(33_000_000, np.uint8)


@cache
def thread_count() -> int:
    """Return how many threads may compute: OMP_NUM_THREADS, or the processors of this process."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal():
        return max(1, int(wanted))
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def workers() -> ThreadPoolExecutor:
    """Return the threads that compute beside the caller's."""
    from concurrent.futures import ThreadPoolExecutor  # here, because its import takes longer than the whole table's

    return ThreadPoolExecutor(thread_count() - 1, thread_name_prefix="autograd_lite")


if hasattr(os, "register_at_fork"):
    # A child process inherits the pool, but not its threads.
    os.register_at_fork(after_in_child=workers.cache_clear)


def in_blocks(formula: Callable[..., Any], *operands: Array) -> Any:
    """Return ``formula(*operands)``, an elementwise formula, computed block by block where the operands are large.

    Parameters
    ----------
    formula : callable
        Takes the operands and returns an array of their shape, or a tuple of such arrays; the same for every block.
    *operands : array
        Of one shape. Large C-contiguous ndarrays are taken in blocks, everything else is taken whole.

    Returns
    -------
    array, or tuple of array
        What the formula returns.

    Notes
    -----
    Floating-point error handling (``np.errstate``) holds in every thread, and an exception reaches the caller.

    Examples
    --------
    >>> x = np.arange(100_000.0)
    >>> bool(np.all(in_blocks(lambda x: np.sqrt(x) + 1, x) == np.sqrt(x) + 1))
    True
    """
    if not all(_large(each) and each.shape == operands[0].shape for each in operands):
        return formula(*operands)
    flat = [each.reshape(-1) for each in operands]
    first = formula(*[each[:BLOCK] for each in flat])
    parts = first if isinstance(first, tuple) else (first,)
    results = tuple([np.empty(operands[0].shape, part.dtype) for part in parts])
    places = [result.reshape(-1) for result in results]

    def write(start: int, parts: tuple[Array, ...]) -> None:
        for place, part in zip(places, parts, strict=True):
            place[start : start + BLOCK] = part

    def compute(start: int) -> None:
        found = formula(*[each[start : start + BLOCK] for each in flat])
        write(start, found if isinstance(found, tuple) else (found,))

    write(0, parts)
    _spread(compute, range(BLOCK, operands[0].size, BLOCK))
    return results if isinstance(first, tuple) else results[0]


def _large(x: Array) -> bool:
    return type(x) is np.ndarray and x.size >= 2 * BLOCK and x.flags.c_contiguous


def _spread(compute: Callable[[int], None], starts: range) -> None:
    """Call `compute` with every start, over the caller's thread and the workers'."""
    left = iter(starts)

    def work() -> None:
        for start in left:
            compute(start)

    others: list[Future[None]] = []
    # A thread that outlives the main thread finds that an ending interpreter starts no threads: it computes alone.
    with suppress(RuntimeError):
        for _ in range(1, min(thread_count(), len(starts))):
            others.append(workers().submit(copy_context().run, work))
    try:
        work()
    finally:
        for other in others:
            if not other.cancel():
                other.result()
