"""Powers and chains of matrices, written in products."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import inv
from autograd_lite.derivatives.linalg.matrices import square
from autograd_lite.derivatives.vocabulary import as_array
from autograd_lite.errors import ArgumentError, ShapeError


@composite(
    np.linalg.matrix_power,
    name="linalg.matrix_power",
    samples=lambda x: [
        ((x(2, 2), 3), {}),
        ((x(2, 2, 2), -2), {}),
        ((x(2, 2), 0), {}),
        ((x(2, 2), 1), {}),
        ((x(2, 2), 5), {}),
    ],
)
def matrix_power(a: Any, n: int) -> Any:
    """The product of n equal square matrices; of their inverses for a negative n."""
    a = square(a, "linalg.matrix_power")
    try:
        n = index(n)
    except TypeError:
        raise ArgumentError(
            f"linalg.matrix_power: n must be an integer, got {n!r}.", "For other powers use the eigenvalues."
        ) from None
    if n < 0:
        a, n = inv(a), -n
    result = None
    while n:
        if n % 2:
            result = a if result is None else result @ a
        n //= 2
        a = a @ a if n else a
    if result is None:
        return 0 * a + np.eye(a.shape[-1], dtype=a.dtype)
    return result + 0 if result is a else result


def _cheapest(lengths: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return after which matrix to split the product of matrices i to j, so that there is least to multiply.

    Cormen, Leiserson, Rivest and Stein, "Introduction to Algorithms", 14.2.
    """
    n = len(lengths) - 1
    cost = {(i, i): 0 for i in range(n)}
    split = {}
    for width in range(1, n):
        for i in range(n - width):
            j = i + width
            found = {k: cost[i, k] + cost[k + 1, j] + lengths[i] * lengths[k + 1] * lengths[j + 1] for k in range(i, j)}
            split[i, j] = min(found, key=found.__getitem__)
            cost[i, j] = found[split[i, j]]
    return split


def _chained(arrays: Sequence[Any], split: dict[tuple[int, int], int], i: int, j: int) -> Any:
    if i == j:
        return arrays[i]
    k = split[i, j]
    return _chained(arrays, split, i, k) @ _chained(arrays, split, k + 1, j)


@composite(
    np.linalg.multi_dot,
    name="linalg.multi_dot",
    samples=lambda x: [
        (([x(2, 3), x(3, 4), x(4, 2)],), {}),
        (([x(3), x(3, 2), x(2, 3), x(3)],), {}),
        (([x(2), x(2)],), {}),
    ],
)
def multi_dot(arrays: Sequence[Any]) -> Any:
    """The product of two or more matrices, in the order that needs least; the first and the last may be vectors."""
    given = [as_array(each) for each in arrays]
    inner = given[1:-1]
    if len(given) < 2 or any(each.ndim != 2 for each in inner) or any(each.ndim not in (1, 2) for each in given):
        shapes = ", ".join(str(each.shape) for each in given)
        raise ShapeError(
            f"linalg.multi_dot of shapes {shapes}: it takes two or more matrices.",
            "Only the first and the last may be vectors; for stacks write a @ b @ c.",
        )
    rows = [each.shape[0] for each in given]
    if given[0].ndim == 1:
        rows[0] = 1
    return _chained(given, _cheapest([*rows, given[-1].shape[-1] if given[-1].ndim == 2 else 1]), 0, len(given) - 1)
