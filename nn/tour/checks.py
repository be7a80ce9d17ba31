"""The checks that the tour counts: two results for one quantity, how far apart they are, and how far they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes
    ----------
    subject : str
        What was compared, '∂L/∂W² against the recursion'.
    differences : ndarray
        Element by element, in absolute value.
    allowed : float
    """

    subject: str
    differences: Array
    allowed: float

    @property
    def largest(self) -> float:
        return float(self.differences.max(initial=0.0))

    @property
    def marks(self) -> NDArray[np.bool_]:
        """Which elements pass; one that is no number does not."""
        return np.asarray(self.differences <= self.allowed)

    @property
    def passed(self) -> bool:
        return bool(self.marks.all())


@dataclass
class Checks:
    """All checks of a tour, in the order in which they were made.

    Examples
    --------
    >>> from nn.tour.checks import Checks
    >>> checks = Checks()
    >>> checks.compare("δ²", [-0.11499], [-0.115], 1e-6).passed
    False
    >>> checks.compare_printed("δ²", [-0.11499], ["-0.1150"]).passed
    True
    >>> len(checks.failed)
    1
    """

    made: list[Check] = field(default_factory=list)

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.made if not check.passed]

    def compare(self, subject: str, found: ArrayLike, expected: ArrayLike, allowed: float) -> Check:
        """Check two arrays of one shape, element by element."""
        one, other = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
        differences = np.abs(one - other) if one.shape == other.shape else np.full(one.shape or (1,), np.nan)
        check = Check(subject, differences, allowed)
        self.made.append(check)
        return check

    def compare_printed(self, subject: str, found: ArrayLike, printed: Sequence[Any]) -> Check:
        """Check an array against numbers as they are printed: d decimals mean ±½·10⁻ᵈ.

        Parameters
        ----------
        found : array_like
        printed : sequence of str, nested like the array
            d is that of the number with the most decimals.
        """
        texts = np.asarray(printed)
        decimals = max(len(text.partition(".")[2]) for text in texts.ravel().tolist())
        # A number halfway between two printed ones may be rounded to either.
        return self.compare(subject, found, texts.astype(np.float64), 0.5 * 10.0**-decimals * (1 + 1e-9))

    def hold(self, subject: str, truth: bool) -> Check:
        """Check a statement."""
        return self.compare(subject, float(truth), 1.0, 0.0)
