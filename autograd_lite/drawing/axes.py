"""Axes for charts: round ticks in steps of 1, 2 or 5, or powers of ten when the numbers span more than two decades."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from autograd_lite.matrices import superscript

_LOG_SPAN = 100.0
_MARGIN = 0.03
_MOST_DECIMALS = 5
_LARGEST = 1e6
_SMALLEST = 1e-290
_RESOLUTION = 1e-9


@dataclass(frozen=True)
class Axis:
    """A range of numbers, where they lie between its ends, and the ticks that are written beside it.

    On a logarithmic axis, `low` and `high` are exponents of ten.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool = False

    def place(self, value: float) -> float:
        """Return where a number lies, 0 at the low end and 1 at the high end.

        Examples
        --------
        >>> linear_axis([0.0, 4.0]).place(1.0)
        0.25
        """
        position = log10(value) if self.is_log else value
        return (position - self.low) / (self.high - self.low)


def axis_for(values: Iterable[float]) -> Axis:
    """Return the axis that shows numbers best: logarithmic when they are positive and span more than two decades.

    Examples
    --------
    >>> axis_for([0.001, 0.1, 2.0]).is_log, axis_for([0.1, 2.0]).is_log
    (True, False)
    """
    numbers = [value for value in values if isfinite(value)]
    spans = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) > _LOG_SPAN
    return log_axis(numbers) if spans else linear_axis(numbers)


def linear_axis(values: Sequence[float], count: int = 5) -> Axis:
    """Return an axis whose ends are ticks, with about so many steps between them.

    Examples
    --------
    >>> [label for _, label in linear_axis([0.12, 0.93]).ticks]
    ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    largest = max(abs(low), abs(high))
    if largest < _SMALLEST:
        low, high = 0.0, 1.0
    elif high - low <= largest * _RESOLUTION:
        low, high = min(low, 0.0), max(high, 0.0)
    step = round_step((high - low) / count)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    positions = [index * step for index in range(first, last + 1)]
    return Axis(positions[0], positions[-1], tuple(zip(positions, _labels(positions, step), strict=True)))


def log_axis(values: Sequence[float], count: int = 5) -> Axis:
    """Return an axis of powers of ten that holds the positive ones of the numbers, with a little room at its ends.

    Examples
    --------
    >>> [label for _, label in log_axis([0.002, 30.0]).ticks]
    ['10⁻²', '10⁻¹', '1', '10']
    """
    exponents = [log10(value) for value in values if value > 0 and isfinite(value)] or [0.0]
    low, high = min(exponents), max(exponents)
    if floor(high + 1e-9) - ceil(low - 1e-9) < 1:  # fewer than two powers of ten, so that there would be no scale
        low, high = floor(low + 1e-9), max(floor(low + 1e-9) + 1, ceil(high - 1e-9))
    else:
        low, high = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    step = max(1, ceil(round_step((high - low) / count)))
    ticks = [each for each in range(ceil(low), floor(high) + 1) if each % step == 0]
    return Axis(low, high, tuple((10.0**each, power_of_ten(each)) for each in ticks), is_log=True)


def round_step(width: float) -> float:
    """Return 1, 2 or 5 times a power of ten, the next one from `width` upwards.

    Examples
    --------
    >>> round_step(0.16), round_step(3), round_step(70)
    (0.2, 5.0, 100.0)
    """
    power = 10.0 ** floor(log10(width))
    return next(float(f"{factor * power:.12g}") for factor in (1, 2, 5, 10) if factor * power >= width * (1 - 1e-9))


def counted_ticks(count: int, most: int = 6) -> list[int]:
    """Return which of the first `count` numbers are written under an axis that counts them.

    Examples
    --------
    >>> counted_ticks(50), counted_ticks(3)
    ([1, 10, 20, 30, 40, 50], [1, 2, 3])
    """
    step = max(1, int(round_step(count / most)))
    return sorted({1, *range(step, count + 1, step)}) if step > 1 else list(range(1, count + 1))


def power_of_ten(exponent: int) -> str:
    """Write a power of ten: 1, 10 and 100 in full, the others with their exponent.

    Examples
    --------
    >>> power_of_ten(2), power_of_ten(-10)
    ('100', '10⁻¹⁰')
    """
    return str(10**exponent) if 0 <= exponent <= 2 else f"10{superscript(exponent)}"


def _labels(positions: Sequence[float], step: float) -> list[str]:
    """Write ticks with the decimals that their step needs, or in exponent notation far away from 1."""
    decimals = max(0, -floor(log10(step) + 1e-9))
    largest = max(map(abs, positions))
    texts = [f"{each:.{decimals}f}" for each in positions]
    if decimals > _MOST_DECIMALS or largest >= _LARGEST:
        digits = max(0, floor(log10(largest)) - floor(log10(step) + 1e-9))
        texts = [f"{each:.{digits}e}" for each in positions]
    return [text.replace("-", "−") for text in texts]
