"""Prints of arrays: by few numbers it is told, later, whether an array came out again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import silent

# Of so many values, spread over all of the array, it is asked whether they are the same.
SAMPLE = 64


class Print(NamedTuple):
    """By what a result is known again: its shape, its dtype, its norm and a sample of its values."""

    shape: tuple[int, ...]
    dtype: Any
    numbers: Any

    @classmethod
    def of(cls, value: Any) -> Print:
        """Return the print of an array; of one that is not NumPy's no more than its shape and dtype."""
        if not isinstance(value, (np.ndarray, np.generic)):
            return cls(value.shape, value.dtype, np.zeros(0))
        flat = np.ravel(value)
        sample = flat[:: max(1, flat.size // SAMPLE)]
        with silent():
            return cls(value.shape, value.dtype, np.append(sample, np.sqrt(np.vdot(flat, flat).real)))

    def difference(self, before: Print) -> str:
        """Return how a result differs from the one before, in a sentence; nothing where it does not."""
        if self.shape != before.shape:
            return f"shape {self.shape} when it was computed again, and {before.shape} before"
        if self.dtype != before.dtype:
            return f"dtype {self.dtype} when it was computed again, and {before.dtype} before"
        if np.array_equal(self.numbers, before.numbers):
            return ""
        scale = np.abs(before.numbers[np.isfinite(before.numbers)]).max(initial=0)
        # Products may be summed up in another order than before.
        tolerance = float(np.finfo(self.dtype).eps) ** 0.75 * float(scale)
        same = np.allclose(self.numbers, before.numbers, rtol=0, atol=tolerance, equal_nan=True)
        return "" if same else "other values when it was computed again than before"
