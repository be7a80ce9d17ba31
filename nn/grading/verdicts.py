"""How one answer stands: right, wrong, right given what its author had before, or not to be judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn.grading.hand import Answer
from nn.grading.printed import Figures
from nn.grading.quantities import Quantity
from nn.grading.states import FAILED, FOLLOWED, MISSHAPEN, WRONG

Array = NDArray[np.float64]
ERRORS = (WRONG, MISSHAPEN, FAILED)


@dataclass(frozen=True, eq=False)
class Verdict:
    """How one quantity that was given stands.

    Attributes
    ----------
    quantity : Quantity
    status : {"right", "followed", "kink", "wrong", "misshapen", "failed", "too few"}
        "followed": right given the author's own earlier values. "kink": not judged, as the loss has a kink there.
    answer : ndarray, or another kind of answer
        What was given, in columns.
    right : ndarray
        What autodiff gives, in columns.
    numeric : float or None
        The worst element by a central difference.
    """

    quantity: Quantity
    status: str
    answer: Answer
    right: Array
    numeric: float | None = None

    @property
    def is_error(self) -> bool:
        """Whether the step itself is wrong."""
        return self.status in ERRORS

    @property
    def is_idle(self) -> bool:
        """Whether the step is 0 throughout because an earlier one is, and should not be."""
        return self.status == FOLLOWED and self.given is not None and not self.given.any() and bool(self.right.any())

    @property
    def given(self) -> Array | None:
        """The numbers that were given, where they have the right shape."""
        values = self.answer.values if isinstance(self.answer, Figures) else self.answer
        return values if isinstance(values, np.ndarray) and values.shape == self.right.shape else None

    @property
    def worst(self) -> tuple[int, ...] | None:
        """The element that is farthest from right; None without numbers to compare."""
        if self.given is None or not self.right.size:
            return None
        away = np.where(np.isfinite(self.given), np.abs(self.given - self.right), np.inf)
        return tuple(map(int, np.unravel_index(int(away.argmax()), away.shape)))
