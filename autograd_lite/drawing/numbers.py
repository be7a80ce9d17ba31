"""How numbers are written in pictures: one count of decimals a matrix, a true minus sign, and no negative zero."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LARGEST_SHOWN = 6
_MOST_GIVEN_DECIMALS = 6
_LARGEST_PLAIN = 1e6
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


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
        In exponent notation when the largest of the computed numbers would have less than two digits to show, or more
        than six before its point.

    Examples
    --------
    >>> rows([[0.1, 0.3], [-0.25, 0.0]], given=True)
    [['0.10', '0.30'], ['−0.25', '0.00']]
    >>> rows([0.5374298453, -0.0])
    [['0.5374'], ['0.0000']]
    >>> rows(5.7e-33)
    [['5.70e−33']]
    """
    array = np.asarray(array)
    grid = array.reshape(-1, 1) if array.ndim < 2 else array
    if np.iscomplexobj(grid):
        real, imaginary = (
            rows(grid.real, decimals=decimals, given=given),
            rows(grid.imag, decimals=decimals, given=given),
        )
        return [[_complex(*pair) for pair in zip(*each, strict=True)] for each in zip(real, imaginary, strict=True)]
    if grid.dtype.kind in "biu":
        return [[_minus(str(each)) for each in row] for row in grid.tolist()]
    pattern = _pattern(grid, decimals, given)
    return [[_float(each, pattern) for each in row] for row in grid.tolist()]


def number(value: Any, *, decimals: int = 4, given: bool = False) -> str:
    """Write one number as `rows` writes it.

    Examples
    --------
    >>> number(-0.02299), number(0.05, given=True), number(float("-inf"))
    ('−0.0230', '0.05', '−inf')
    """
    return rows(np.asarray(value).reshape(()), decimals=decimals, given=given)[0][0]


def summary(array: Array, *, decimals: int = 4) -> list[str]:
    """Say what is in an array too large to be written out: the smallest and the largest number, and the norm.

    Parameters
    ----------
    array : array of any shape
    decimals : int

    Returns
    -------
    list of str
        Lines for range and norm, and one for the entries that are not finite; one line when the array is empty.

    Examples
    --------
    >>> summary(np.arange(-7.0, 8.0))
    ['min  −7.0000', 'max   7.0000', '‖·‖  16.7332']
    """
    if array.size == 0:
        return ["empty"]
    if array.dtype.kind in "biu":
        extremes = rows(np.array([array.min(), array.max()]))
        return _facts([("min", extremes[0][0]), ("max", extremes[1][0])])
    numbers = np.abs(array) if np.iscomplexobj(array) else np.asarray(array, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    facts: list[tuple[str, str]] = []
    if finite.size:
        low, high, norm = rows(np.array([finite.min(), finite.max(), _norm(finite)]), decimals=decimals)
        names = ("|min|", "|max|") if np.iscomplexobj(array) else ("min", "max")
        facts = [*zip(names, (low[0], high[0]), strict=True), ("‖·‖", norm[0])]
    if finite.size < array.size:
        facts.append(("not finite", str(array.size - finite.size)))
    return _facts(facts)


def is_large(shape: tuple[int, ...]) -> bool:
    """Tell whether a shape is summed up instead of written out.

    Examples
    --------
    >>> is_large((6, 6)), is_large((7,)), is_large((2, 2, 2))
    (False, True, True)
    """
    return len(shape) > 2 or any(size > LARGEST_SHOWN or size == 0 for size in shape)


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


def superscript(value: int) -> str:
    """Write an integer above the line.

    Examples
    --------
    >>> superscript(-12)
    '⁻¹²'
    """
    return str(value).translate(_RAISED)


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
    widest = max(len(value) for _, value in facts)
    return [f"{label:3}  {value:>{widest}}" for label, value in facts]


def _pattern(grid: Array, decimals: int, given: bool) -> str:
    """Choose the one format that every number of a matrix is written in."""
    finite = np.abs(grid[np.isfinite(grid)]).astype(np.float64)
    largest = float(finite.max()) if finite.size else 0.0
    if given and largest < _LARGEST_PLAIN and (needed := _decimals_of(grid)) <= _MOST_GIVEN_DECIMALS:
        return f".{needed}f"
    least_readable = 10.0 ** (1 - decimals) if decimals > 1 else 0.5 * 10.0**-decimals
    if largest >= _LARGEST_PLAIN or 0.0 < largest < least_readable:
        return f".{min(max(decimals - 1, 0), 2)}e"
    return f".{decimals}f"


def _decimals_of(grid: Array) -> int:
    """Count the decimals of the longest number, each as short as its dtype allows."""
    finite = grid[np.isfinite(grid)].ravel()
    texts = [np.format_float_positional(each, unique=True, trim="-") for each in finite]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def _float(value: float, pattern: str) -> str:
    if not np.isfinite(value):
        return _minus(str(value))
    if value == 0.0 and pattern.endswith("e"):
        return "0"
    text = format(value, pattern)
    is_zero = float(text) == 0.0
    return _minus(text.removeprefix("-") if is_zero else text)


def _complex(real: str, imaginary: str) -> str:
    sign = "" if imaginary.startswith("−") else "+"
    return f"{real}{sign}{imaginary}i"


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _norm(numbers: Array) -> float:
    """The root of the sum of squares, scaled so that it neither overflows nor vanishes."""
    scale = float(np.abs(numbers).max())
    return scale * float(np.sqrt(np.sum(np.square(numbers / scale)))) if scale else 0.0
