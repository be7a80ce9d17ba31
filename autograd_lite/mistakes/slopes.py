"""The slope of a function of one number by differences: central, and on either side, where there may be a kink."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from autograd_lite.messages import message

Line = Callable[[float], float]

# Near the cube root of the rounding unit, where the errors of truncation and of rounding are equally small.
STEP = 6e-6
LADDER = (1.0, 3.0, 10.0, 30.0)


class Central(NamedTuple):
    """A central difference, (f(h) − f(−h)) / 2h, and how far rounding may have moved it."""

    slope: float
    rounding: float


class Break(NamedTuple):
    """What keeps a function from having a derivative at a point: a kink, a jump, or the edge of its domain."""

    kind: str
    behind: float
    ahead: float

    def text(self, lang: str = "en") -> str:
        """Say what there is, with both one-sided slopes.

        Examples
        --------
        >>> breaks(abs).text()
        'a kink: the slope is -1 on one side and 1 on the other'
        """
        return message(f"slopes.{self.kind}", lang, behind=f"{self.behind:.5g}", ahead=f"{self.ahead:.5g}")


def central(line: Line, h: float) -> Central:
    """Return the central difference with step h at 0."""
    above, below = line(h), line(-h)
    # 64 rounding units: of a sum of some thousand terms.
    return Central((above - below) / (2 * h), 64 * np.finfo(float).eps * max(abs(above), abs(below)) / h)


def nearest_central(line: Line, x: float, derivative: float, scale: float) -> tuple[float, bool]:
    """Return a central difference at x, and whether it confirms the derivative.

    The usual step suits most points, one in proportion to |x| those close to a singularity, a short one those close
    to a kink.
    """
    first = np.nan
    steps = dict.fromkeys([STEP * max(1.0, abs(x)), STEP * (abs(x) or 1.0), STEP * max(1.0, abs(x)) / 100])
    for h in steps:
        slope, rounding = central(line, h)
        if abs(slope - derivative) <= 1e-5 * abs(derivative) + 1e-6 * scale + rounding:
            return slope, True
        first = slope if np.isnan(first) else first
    return first, False


def breaks(line: Line, size: float = 1.0) -> Break | None:
    """Return what breaks a function at 0; None where it looks smooth.

    Parameters
    ----------
    line : callable
        The function, of the distance from the point.
    size : float
        Of the point; steps are in proportion to it.

    Examples
    --------
    >>> breaks(lambda t: max(t, 0.0)).kind, breaks(lambda t: float(t > 0)).kind, breaks(lambda t: t * t)
    ('kink', 'jump', None)
    """
    steps = [STEP * size * each for each in LADDER]
    here = line(0.0)
    rises = np.array([line(h) - here for h in steps])
    falls = np.array([here - line(-h) for h in steps])
    ahead, behind = rises / steps, falls / steps
    found = float(behind[0]), float(ahead[0])
    if not np.isfinite(here) or np.isnan(rises).all() or np.isnan(falls).all():
        return Break("edge", *found) if np.isnan(rises).all() != np.isnan(falls).all() else None
    rounding = 64 * np.finfo(float).eps * max(abs(here), float(np.abs(rises).max()), float(np.abs(falls).max()))
    gap, jump = abs(ahead[0] - behind[0]), abs(rises[0] + falls[0])
    if gap > 10 * rounding / steps[0] and max(np.ptp(ahead), np.ptp(behind)) <= 0.1 * gap:
        return Break("kink", *found)
    if jump > 10 * rounding and np.ptp(rises + falls) <= 0.1 * jump:
        return Break("jump", *found)
    return None
