"""Matrices as blocks of text, to be set side by side as on a blackboard.

A block is a list of lines of equal width. Matrices above 6×6 are summed up by their shape, range and norm.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd_lite.writing import to_ascii, width

Block = list[str]
Part = Block | str

LARGEST_SHOWN = 6
MOST_GIVEN_DECIMALS = 6
LARGEST_FIXED = 1e6


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
        A vector lies as a row.
    plain : bool
        Use ASCII brackets.

    Examples
    --------
    >>> print("\\n".join(matrix([[0.1, 0.3], [-0.2, 0.4]], given=True)))
    ⎡ 0.1  0.3⎤
    ⎣-0.2  0.4⎦
    >>> matrix([-0.0, 2.5], 2, row=True)
    ['[0.00  2.50]']
    """
    array = np.asarray(values)
    if array.ndim == 0:
        return [numbers(array, decimals, given=given)[0][0]]
    if is_large(array):
        return _spelled([summary(array, decimals)], plain)
    grid = array.reshape(1, -1) if array.ndim == 1 and row else array.reshape(len(array), -1)
    texts = numbers(grid, decimals, given=given)
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = ["  ".join(text.rjust(size) for text, size in zip(each, widths, strict=True)) for each in texts]
    return _spelled(_bracketed(lines), plain)


def beside(*parts: Part, plain: bool = False) -> Block:
    """Set blocks and words side by side, centred on one line.

    Examples
    --------
    >>> print("\\n".join(beside("x =", matrix([1, 2], given=True), "= y")))
    x = ⎡1⎤ = y
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


def summary(array: NDArray[Any], decimals: int = 4) -> str:
    """Return an array's shape and range, and its norm unless it holds whole numbers.

    Examples
    --------
    >>> summary(np.arange(8.0), 1)
    '[8: 0.0 … 7.0, ‖·‖ 11.8]'
    """
    shape = "×".join(map(str, array.shape))
    if not array.size:
        return f"[{shape}]"
    low, high = number(array.min(), decimals), number(array.max(), decimals)
    norm = "" if array.dtype.kind in "biu" else f", ‖·‖ {number(np.linalg.norm(array.ravel()), decimals)}"
    return f"[{shape}: {low} … {high}{norm}]"


def number(value: ArrayLike, decimals: int = 4, *, given: bool = False) -> str:
    """Write one number as `matrix` writes it.

    Examples
    --------
    >>> number(-0.1149944810), number(3e-9), number(-0.0)
    ('-0.1150', '3.000e-09', '0.0000')
    """
    return numbers(np.asarray(value), decimals, given=given)[0][0]


def numbers(values: NDArray[Any], decimals: int, *, given: bool = False) -> list[list[str]]:
    """Write all numbers of an array in one format, row by row: with powers of ten where decimals would hide them."""
    grid = values.reshape(1, -1) if values.ndim < 2 else values
    if grid.dtype.kind in "biu":
        return [[str(int(each)) for each in row] for row in grid]
    pattern = _pattern(grid, decimals, given)
    return [[_unsigned_zero(format(float(each), pattern)) for each in row] for row in grid]


def _pattern(grid: NDArray[Any], decimals: int, given: bool) -> str:
    sizes = np.abs(grid[np.isfinite(grid)])
    largest = float(sizes.max(initial=0.0))
    if given and largest < LARGEST_FIXED and (needed := _decimals_of(grid)) <= MOST_GIVEN_DECIMALS:
        return f".{needed}f"
    # Less than two digits would be left to read, or with few decimals none.
    hidden = 0 < largest < (10.0 ** (1 - decimals) if decimals > 1 else 0.5 * 10.0**-decimals)
    return f".{max(decimals - 1, 0)}e" if hidden or largest >= LARGEST_FIXED else f".{decimals}f"


def _decimals_of(grid: NDArray[Any]) -> int:
    texts = [np.format_float_positional(each, trim="-") for each in grid.ravel() if np.isfinite(each)]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def _unsigned_zero(text: str) -> str:
    return text.removeprefix("-") if float(text) == 0 else text


def _bracketed(lines: list[str]) -> Block:
    if len(lines) == 1:
        return [f"[{lines[0]}]"]
    middle = [f"⎢{line}⎥" for line in lines[1:-1]]
    return [f"⎡{lines[0]}⎤", *middle, f"⎣{lines[-1]}⎦"]


def _spelled(block: Block, plain: bool) -> Block:
    return [to_ascii(line) for line in block] if plain else block
