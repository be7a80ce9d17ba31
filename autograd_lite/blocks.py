"""Large arrays: elementwise work in blocks that a core's cache holds, spread over threads; memory that is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.threads import on_all_threads, thread_count

Array = Any

# Elements. A long formula over 1e6 float32 takes a tenth less time in such blocks than in one piece, because its
# temporaries stay small; in smaller ones Python's part of each call shows. What is not larger is taken whole.
BLOCK = 128 * 1024

# Once glibc has freed an array of this size, it keeps freed memory of up to twice that for the next arrays instead
# of handing it back to the system: a step over 1e6 elements took 42 ms without this line, 24 of them in the system,
# and takes 16. Elsewhere the line does nothing.
np.empty(33_000_000, np.uint8)


def in_blocks(formula: Callable[..., Any], *operands: Array) -> Any:
    """Return ``formula(*operands)``, an elementwise formula, computed block by block where the operands are large.

    Parameters
    ----------
    formula : callable
        Called as a ufunc is, ``formula(*operands)`` or ``formula(*operands, out=out)``: it returns an array of the
        operands' shape, or a tuple of such arrays, and may compute in `out`, an array or tuple of arrays for the
        result. It is the same for every block.
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
    >>> x = np.arange(200_000.0)
    >>> bool(np.all(in_blocks(lambda x, out=None: np.add(np.sqrt(x), 1, out=out), x) == np.sqrt(x) + 1))
    True
    """
    for each in operands:
        if not _divisible(each) or each.shape != operands[0].shape:
            return formula(*operands)
    flat = [each.reshape(-1) for each in operands]
    sample = formula(*[each[:1] for each in flat])
    several = isinstance(sample, tuple)
    results = tuple([np.empty(operands[0].shape, part.dtype) for part in (sample if several else (sample,))])
    places = [result.reshape(-1) for result in results]

    def compute(block: slice) -> None:
        out = tuple([place[block] for place in places])
        found = formula(*[each[block] for each in flat], out=out if several else out[0])
        for place, part in zip(out, found if several else (found,), strict=True):
            if part is not place:
                place[...] = part

    on_all_threads(compute, _cut(operands[0].size))
    return results if several else results[0]


def _cut(size: int) -> list[slice]:
    """Return blocks of equal size, as many for each thread."""
    threads = thread_count()
    count = threads * -(-size // (threads * BLOCK))
    length = -(-size // count)
    return [slice(start, start + length) for start in range(0, size, length)]


def _divisible(x: Array) -> bool:
    """Return whether `x` is more than a block and can be read in one row."""
    return type(x) is np.ndarray and x.size > BLOCK and x.flags.c_contiguous
