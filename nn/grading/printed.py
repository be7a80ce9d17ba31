"""Numbers as somebody printed them: read from text, each with the half unit of its last decimal that it may be off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled

Array = NDArray[np.float64]
_NUMBER = re.compile(r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?", re.IGNORECASE)
_POWER = re.compile(r"\s*(?:×|\*|·|\\times|\\cdot|x)\s*10\s*(?:\^|\*\*)?\s*\{?([+-]?\d+)\}?")
_PLAIN = str.maketrans("−–⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "--" + "-+0123456789")
_DECIMAL_COMMA = re.compile(r"(?<![\d,])\d+,\d{2,}(?![\d,])")
# With fewer significant digits than these, too many wrong formulas print the same.
SIGNIFICANT, DECIMALS_OF_ZERO, DIGITS_FOR_NAMES = 2, 3, 2


@dataclass(frozen=True, eq=False)
class Figures:
    """An array of printed numbers.

    Attributes
    ----------
    values : ndarray
    unit : float
        One in the last decimal printed: each number stands for values ± half a unit.
    """

    values: Array
    unit: float

    def agrees(self, right: Array, slack: Array | float = 0.0) -> bool:
        """Tell whether these are the numbers, correctly rounded; slack is what they may be off before that.

        Where the shapes differ, the numbers are compared in the order in which they are read.
        """
        if self.values.size != right.size:
            return False
        off = np.abs(self.values - right.reshape(self.values.shape))
        # The values are decimals: the tiny share lets 0.5 units, computed in binary, count as half a unit.
        return bool(np.all(off <= self.unit * (0.5 + 1e-6) + np.reshape(slack, np.shape(slack) and off.shape)))

    def digits(self, right: Array) -> float:
        """Return how many digits there are in all, without leading zeros, but with those of zeros that are wrong."""
        sizes = np.abs(self.values)
        if right.size == sizes.size:
            sizes = np.maximum(sizes, np.abs(right).reshape(sizes.shape))
        return float(np.log10(sizes / self.unit + 1).sum())

    def are_enough(self, right: Array) -> bool:
        """Tell whether the largest number that should stand there shows two significant digits, or has no more."""
        largest = float(np.abs(right).max(initial=0.0))
        if largest == 0.0:
            return self.unit <= 10.0**-DECIMALS_OF_ZERO * (1 + 1e-9)
        is_whole = bool(np.all(np.abs(self.values - right.reshape(self.values.shape)) <= 1e-9 * largest))
        return is_whole or largest >= 10.0 ** (SIGNIFICANT - 1) * self.unit * (1 - 1e-9)


class Printed:
    """Numbers as printed, in place of a formula: `nn.verify` judges them to the digits that are there.

    Parameters
    ----------
    numbers : mapping of str to str
        For each quantity its numbers as they stand on paper, with or without brackets: "-0.1150",
        "[-0.092 -0.069 0]", "[[0.5, 1], [2, 3]]", "1.2×10⁻³". A matrix is read row by row.

    Raises
    ------
    ArgumentError
        When a value is no text, or holds something that is no number.

    Notes
    -----
    With d decimals (the largest number in an array) a number stands for an interval of ± ½·10⁻ᵈ. At least two
    significant digits of the array's largest true entry are needed, where it has so many (three decimals if all are
    0): a 0 for everything is no answer.

    Examples
    --------
    >>> nn.verify(*nn.worked_example(), hand=nn.Printed({"delta2": "-0.1150", "dW2": "[-0.092 -0.069 0]"})).ok
    True
    """

    @spelled
    def __init__(self, numbers: Mapping[str, str]) -> None:
        if not isinstance(numbers, Mapping):
            raise ArgumentError(
                f"Printed takes names and numbers, got {type(numbers).__name__}.",
                'Write nn.Printed({"delta2": "-0.1150"}).',
            )
        if not numbers:
            raise ArgumentError("Printed got no numbers.", 'Write nn.Printed({"delta2": "-0.1150"}).')
        self.numbers = {str(name): read(str(name), text) for name, text in numbers.items()}

    def __repr__(self) -> str:
        return f"Printed({', '.join(self.numbers)})"


def read(name: str, text: Any) -> Figures:
    """Read the numbers of one quantity.

    Raises
    ------
    ArgumentError
        When the value is no text, or is not made of numbers.

    Examples
    --------
    >>> figures = read("dW2", "[-0.092  −0.069  0]")
    >>> figures.values, figures.unit
    (array([-0.092, -0.069,  0.   ]), 0.001)
    >>> read("delta1", "2.3×10⁻²").values
    array([0.023])
    """
    if not isinstance(text, str):
        raise ArgumentError(
            f"Printed takes numbers as text, got {type(text).__name__} for {name!r}.",
            'The digits count: write "-0.1150", not -0.115.',
        )
    if "." not in text and _DECIMAL_COMMA.search(text):
        raise ArgumentError(
            f"a comma in {name!r} could be a decimal point or stand between two numbers: {text.strip()!r}.",
            "Write -0.1150 for a decimal number, and a space between numbers.",
        )
    plain = _POWER.sub(r"e\1", text.translate(_PLAIN))
    words = re.sub(r"[\[\](){},;|&\\]+", " ", plain).split()
    matches = [_NUMBER.fullmatch(word) for word in words]
    if not words or None in matches:
        wrong = next((word for word, match in zip(words, matches, strict=True) if match is None), text)
        raise ArgumentError(
            f"{wrong!r} in {name!r} is no number.", "Write numbers with a decimal point, separated by spaces or commas."
        )
    decimals = [len(m[1] or m[2] or "") - int(m[3] or 0) for m in matches if m is not None]
    return Figures(np.array([float(word) for word in words]), 10.0 ** -max(decimals))
