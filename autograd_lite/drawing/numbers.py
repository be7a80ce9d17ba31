"""How numbers are written in pictures: short, with a true minus sign, and large arrays summed up in lines."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd_lite.matrices import Array, norm, numbers, superscript
from autograd_lite.messages import message

BARS = "▁▂▃▄▅▆▇█"
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_BINS = 5
_POWER = re.compile(r"e([+-]\d+)")


def rows(array: npt.ArrayLike, *, decimals: int = 4, given: bool = False) -> list[list[str]]:
    """Write out an array as rows of numbers, a vector as a column and a scalar as one number.

    Parameters
    ----------
    array : array of at most two dimensions
        Of booleans, integers, floats or complex numbers.
    decimals : int
        Digits after the point of every computed number.
    given : bool
        The numbers were typed, not computed: they are written as short as they were given, all with as many decimals
        as the longest of them. Typed numbers of more than six decimals count as computed.

    Returns
    -------
    list of list of str
        With powers of ten when the largest of the computed numbers would have less than two digits to show, or more
        than six before its point.

    Examples
    --------
    >>> rows([[0.1, 0.3], [-0.25, 0.0]], given=True)
    [['0.10', '0.30'], ['−0.25', '0.00']]
    >>> rows([0.5374298453, -0.0])
    [['0.5374'], ['0.0000']]
    >>> rows(5.7e-33)
    [['5.70×10⁻³³']]
    """
    array = np.asarray(array)
    grid = array.reshape(-1, 1) if array.ndim < 2 else array
    if grid.dtype.kind == "b":
        return [[str(each) for each in row] for row in grid.tolist()]
    return [[_typeset(each) for each in row] for row in numbers(grid, decimals, given=given, short=True)]


def number(value: Any, *, decimals: int = 4, given: bool = False) -> str:
    """Write one number as `rows` writes it.

    Examples
    --------
    >>> number(-0.02299), number(0.05, given=True), number(float("-inf"))
    ('−0.0230', '0.05', '−inf')
    """
    return rows(np.asarray(value).reshape(()), decimals=decimals, given=given)[0][0]


def summary(array: Array, *, decimals: int = 4, lang: str = "en") -> list[str]:
    """Say what is in an array too large to be written out: extremes, norm and distribution.

    Parameters
    ----------
    array : array of any shape
    decimals : int
    lang : {"en", "es"}

    Returns
    -------
    list of str
        Lines for range and norm, a `sparkline`, and a line for the entries that are not finite; one line when the
        array is empty.

    Examples
    --------
    >>> summary(np.arange(-7.0, 8.0))
    ['min  −7.0000', 'max   7.0000', '‖·‖  16.7332', '     █████']
    """
    if array.size == 0:
        return [message("draw.empty", lang)]
    if array.dtype.kind in "biu":
        extremes = rows(np.array([array.min(), array.max()]))
        return _facts([("min", extremes[0][0]), ("max", extremes[1][0]), ("", sparkline(array))])
    sizes = np.abs(array) if np.iscomplexobj(array) else np.asarray(array, dtype=np.float64)
    finite = sizes[np.isfinite(sizes)]
    facts: list[tuple[str, str]] = []
    if finite.size:
        (low,), (high,), (length,) = rows([finite.min(), finite.max(), norm(finite)], decimals=decimals)
        names = ("|min|", "|max|") if np.iscomplexobj(array) else ("min", "max")
        facts = [*zip(names, (low, high), strict=True), ("‖·‖", length), ("", sparkline(finite))]
    if finite.size < array.size:
        facts.append((message("draw.not_finite", lang), str(array.size - finite.size)))
    return _facts(facts)


def sparkline(array: Array) -> str:
    """Draw how real numbers are distributed: a bar for each of five bins of equal width, from smallest to largest.

    Parameters
    ----------
    array : array of any shape
        What is not finite is left out.

    Returns
    -------
    str
        Five bars as tall as their bins are full, relative to the fullest; an empty bin is the lowest bar, ▁, which no
        other has. Of equal numbers the middle bin is full. Empty when there is no number.

    Examples
    --------
    >>> sparkline(np.array([0.0, 1.0, 4.5, 4.9, 10.0])), sparkline(np.ones(9))
    ('█▁█▁▅', '▁▁█▁▁')
    """
    halves = array[np.isfinite(array)].astype(np.float64) / 2  # whose differences do not overflow
    if not halves.size:
        return ""
    above = halves - halves.min()
    span = above.max()
    places = np.minimum(above / span * _BINS, _BINS - 1).astype(int) if span > 0 else np.array([_BINS // 2])
    counts = np.bincount(places, minlength=_BINS)
    levels = np.where(counts > 0, np.maximum(1, np.rint((len(BARS) - 1) * counts / counts.max())), 0)
    return "".join(BARS[int(level)] for level in levels)


def scientific(value: float, digits: int = 2) -> str:
    """Write a number as running text does, mantissa times a power of ten.

    Examples
    --------
    >>> scientific(0.013), scientific(-5.7e-33), scientific(2.5), scientific(0.0)
    ('1.3×10⁻²', '−5.7×10⁻³³', '2.5', '0')
    """
    if value == 0:
        return "0"
    if not np.isfinite(value):
        return _minus(str(float(value)))
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return _minus(mantissa) + (f"×10{superscript(int(exponent))}" if int(exponent) else "")


def grouped(count: int) -> str:
    """Write a count in groups of three digits, kept together by no-break spaces.

    Examples
    --------
    >>> grouped(50688) == "50\\N{NO-BREAK SPACE}688"
    True
    """
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as its sizes; a single number has none.

    A vector of three, though written as a column, is not the matrix 3×1, and the two are not interchangeable.

    Examples
    --------
    >>> shape_text((3, 2)), shape_text((3, 1)), shape_text((3,)), shape_text(())
    ('3×2', '3×1', '3', '')
    """
    return "" if all(size == 1 for size in shape) else "×".join(map(str, shape))


def _facts(facts: list[tuple[str, str]]) -> list[str]:
    """Set names and numbers in two columns, the numbers on the right and a sparkline below where they start."""
    widest = max(map(_letters, (value for label, value in facts if label)))
    blanks = [round(widest - _letters(value)) if label else 0 for label, value in facts]
    return [f"{label:3}  {' ' * blank}{value}" for (label, value), blank in zip(facts, blanks, strict=True)]


def _letters(text: str) -> float:
    """Count the letters of a number; in pictures a raised digit is half as wide as another."""
    return len(text) - 0.5 * sum(each in RAISED for each in text)


def _typeset(text: str) -> str:
    """Write a number's exponent above the line, as books do."""
    return _minus(_POWER.sub(lambda found: f"×10{superscript(int(found[1]))}", text))


def _minus(text: str) -> str:
    return text.replace("-", "−")
