"""Numbers and arrays as text, set side by side as on a blackboard.

A block is a list of lines of equal width. Arrays above 6×6 are summed up by their shape, range and norm.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import to_ascii, width

Block = list[str]
Laid = Block | str
Array = NDArray[Any]

LARGEST_SHOWN = 6
MOST_DECIMALS = 17
MOST_GIVEN_DECIMALS = 6
LARGEST_FIXED = 1e6
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def checked_decimals(decimals: int) -> int:
    """Return a count of decimals that numbers can be written with.

    Raises
    ------
    ArgumentError
        When it is none.
    """
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= MOST_DECIMALS:
        raise ArgumentError(
            f"decimals must be a whole number from 0 to {MOST_DECIMALS}, got {decimals!r}.", "Leave it out for 4."
        )
    return decimals


def matrix(
    values: ArrayLike, decimals: int = 4, *, given: bool = False, row: bool = False, plain: bool = False
) -> Block:
    """Set an array in brackets.

    Parameters
    ----------
    values : array_like
        A vector stands as a column; a single number without an axis has no brackets.
    decimals : int
        Digits after the point of computed numbers.
    given : bool
        The numbers were typed, not computed: as short as they were given, with as many decimals as the longest.
    row : bool
        A vector lies as a row, and a matrix of one row has two brackets to tell it from a vector.
    plain : bool
        Use ASCII brackets.

    Examples
    --------
    >>> print("\\n".join(matrix([[0.1, 0.3], [-0.2, 0.4]], given=True)))
    ⎡ 0.1  0.3⎤
    ⎣-0.2  0.4⎦
    >>> matrix([-0.0, 2.5], 2, row=True), matrix([[-0.0, 2.5]], 2, row=True)
    (['[0.00  2.50]'], ['[[0.00  2.50]]'])
    """
    array = np.asarray(values)
    if array.ndim == 0:
        return [numbers(array, decimals, given=given)[0][0]]
    if is_large(array):
        return _spelled([f"[{summary(array, decimals)}]"], plain)
    grid = array.reshape(-1, 1) if array.ndim == 1 and not row else array
    lines = _bracketed(rows(grid, decimals, given=given))
    if row and array.shape[:-1] == (1,):
        lines = [f"[{lines[0]}]"]
    return _spelled(lines, plain)


def rows(array: Array, decimals: int = 4, *, given: bool = False) -> Block:
    """Write an array of at most two axes in columns, without brackets; a vector lies as a row."""
    texts = numbers(array, decimals, given=given)
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return ["  ".join(text.rjust(size) for text, size in zip(each, widths, strict=True)) for each in texts]


def beside(*parts: Laid, plain: bool = False) -> Block:
    """Set blocks and words side by side, centred on one line.

    Examples
    --------
    >>> print("\\n".join(beside("W =", matrix([[1], [2]]), "= V")))
    W = ⎡1⎤ = V
        ⎣2⎦
    """
    blocks = [_spelled([part], plain) if isinstance(part, str) else part for part in parts]
    height = max(map(len, blocks))
    above = (height - 1) // 2
    columns = []
    for block in blocks:
        size, top = width(block[0]), above - (len(block) - 1) // 2
        columns.append([" " * size] * top + block + [" " * size] * (height - top - len(block)))
    return [" ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def parenthesised(block: Block) -> Block:
    """Set a block in parentheses of its height.

    Examples
    --------
    >>> print("\\n".join(parenthesised(["a", "b"])))
    (a)
    (b)
    """
    if len(block) == 1:
        return [f"({block[0]})"]
    left, right = ("(((", ")))") if all(line.isascii() for line in block) else ("⎛⎜⎝", "⎞⎟⎠")
    size = max(map(width, block))
    ends = [0, *[1] * (len(block) - 2), 2]
    return [f"{left[end]}{line}{' ' * (size - width(line))}{right[end]}" for end, line in zip(ends, block, strict=True)]


def is_large(values: ArrayLike) -> bool:
    """Tell whether an array is summed up instead of written out.

    Examples
    --------
    >>> is_large(np.zeros((6, 6))), is_large(np.zeros(7))
    (False, True)
    """
    array = np.asarray(values)
    return array.ndim > 2 or any(size > LARGEST_SHOWN or size == 0 for size in array.shape)


def summary(array: Array, decimals: int = 4) -> str:
    """Return an array's shape, and the range and norm of its finite elements; whole numbers have no norm.

    Examples
    --------
    >>> summary(np.arange(8.0), 1), summary(np.arange(8)), summary(np.zeros((2, 0)))
    ('8: 0.0 … 7.0, ‖·‖ 11.8', '8: 0 … 7', '2×0')
    """
    shape = "×".join(map(str, array.shape))
    finite = array[np.isfinite(array)]
    stray = f", {array.size - finite.size} × nan/inf" if finite.size < array.size else ""
    if not finite.size:
        return f"{shape}{stray}"
    facts = [] if finite.dtype.kind == "c" else [" … ".join(number(f(finite), decimals) for f in (np.min, np.max))]
    facts += [] if finite.dtype.kind in "biu" else [f"‖·‖ {number(norm(finite), decimals)}"]
    return f"{shape}: {', '.join(facts)}{stray}"


def norm(values: Array) -> float:
    """Return ‖v‖ in float64, scaled so that the squares neither overflow nor vanish.

    Examples
    --------
    >>> norm(np.array([3e-200, 4e-200]))
    5e-200
    """
    sizes = np.abs(values).astype(np.float64).ravel()
    largest = float(sizes.max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * float(np.sqrt(np.sum(np.square(sizes / largest))))


def number(value: ArrayLike, decimals: int = 4, *, given: bool = False) -> str:
    """Write one number as `matrix` writes it; a given one as short as it was given.

    Examples
    --------
    >>> number(-0.1149944810), number(3e-9), number(-0.0), number(0.05, given=True)
    ('-0.1150', '3.000e-09', '0.0000', '0.05')
    """
    return numbers(np.asarray(value), decimals, given=given)[0][0]


def numbers(values: Array, decimals: int, *, given: bool = False, short: bool = False) -> list[list[str]]:
    """Write all numbers of an array in one format, row by row: with powers of ten where decimals would hide them.

    Parameters
    ----------
    values : ndarray
        A vector lies as a row.
    decimals : int
    given : bool
        As short as they were given; those of more than six decimals count as computed.
    short : bool
        Where there is little room: at most three digits before a power of ten, and 0 for zero beside them.

    Examples
    --------
    >>> numbers(np.array([5.7e-33, 0]), 4), numbers(np.array([5.7e-33, 0]), 4, short=True)
    ([['5.700e-33', '0.000e+00']], [['5.70e-33', '0']])
    """
    grid = values.reshape(1, -1) if values.ndim < 2 else values
    if grid.dtype.kind == "c":
        parts = [numbers(each, decimals, given=given, short=short) for each in (grid.real, grid.imag)]
        return [[_complex(*pair) for pair in zip(*each, strict=True)] for each in zip(*parts, strict=True)]
    if grid.dtype.kind in "biu":
        return [[str(int(each)) for each in row] for row in grid]
    pattern = _pattern(grid, decimals, given, short)
    zero = "0" if short and pattern.endswith("e") else format(0.0, pattern)
    return [[_or_zero(format(float(each), pattern), zero) for each in row] for row in grid]


def superscript(value: int) -> str:
    """Write an integer above the line: the number of a layer, ², or an exponent.

    Examples
    --------
    >>> superscript(-12)
    '⁻¹²'
    """
    return str(value).translate(_RAISED)


def _complex(real: str, imaginary: str) -> str:
    return f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}i"


def _pattern(grid: Array, decimals: int, given: bool, short: bool) -> str:
    """Choose the one format that every number of a matrix is written in."""
    sizes = np.abs(grid[np.isfinite(grid)])
    largest = float(sizes.max(initial=0.0))
    if given and largest < LARGEST_FIXED and (needed := _decimals_of(grid)) <= MOST_GIVEN_DECIMALS:
        return f".{needed}f"
    # Less than two digits would be left to read, or with few decimals none.
    hidden = 0 < largest < (10.0 ** (1 - decimals) if decimals > 1 else 0.5 * 10.0**-decimals)
    if hidden or largest >= LARGEST_FIXED:
        return f".{min(max(decimals - 1, 0), 2 if short else MOST_DECIMALS)}e"
    return f".{decimals}f"


def _decimals_of(grid: Array) -> int:
    """Count the decimals of the longest number, each as short as its dtype allows."""
    texts = [np.format_float_positional(each, trim="-") for each in grid.ravel() if np.isfinite(each)]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def _or_zero(text: str, zero: str) -> str:
    return zero if float(text) == 0 else text


def _bracketed(lines: Block) -> Block:
    if len(lines) == 1:
        return [f"[{lines[0]}]"]
    middle = [f"⎢{line}⎥" for line in lines[1:-1]]
    return [f"⎡{lines[0]}⎤", *middle, f"⎣{lines[-1]}⎦"]


def _spelled(block: Block, plain: bool) -> Block:
    return [to_ascii(line) for line in block] if plain else block
