"""The distinct elements of an array: of equal ones the first gets the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.choosing import take
from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import constant

FIRST = "of equal elements the first gets the gradient"


def _samples(x: Any) -> Any:
    return [((x(2, 2),), {}), ((x(3),), {"return_counts": True}), ((x(2, 2),), {"axis": 0, "return_inverse": True})]


@composite(np.unique, samples=_samples, note=FIRST)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **kwargs: Any,
) -> Any:
    """The distinct elements, or slices along an axis, sorted; places and counts are constants.

    Of equal elements the first gets the gradient.
    """
    options: Any = {"return_inverse": return_inverse, "return_counts": return_counts, "axis": axis, **kwargs}
    _, places, *others = np.unique(constant(ar), True, **options)
    values = take(ar, places, axis)
    rest = [np.asarray(each, like=ar) for each in (([places] if return_index else []) + others)]
    return (values, *rest) if rest else values


@composite(np.unique_values, samples=lambda x: [((x(3),), {})], note=FIRST)
def unique_values(x: Any, /) -> Any:
    """The distinct elements."""
    flat = np.ravel(constant(x))
    order = np.argsort(flat, kind="stable")
    return take(x, order[np.searchsorted(flat, np.unique_values(flat), sorter=order)])


@composite(np.unique_all, samples=lambda x: [((x(2, 2),), {})], note=FIRST)
def unique_all(x: Any, /) -> Any:
    """The distinct elements, sorted, with their places, the inverse and the counts, which are constants."""
    return _beside(x, np.unique_all(constant(x)))


@composite(np.unique_counts, samples=lambda x: [((x(3),), {})], note=FIRST)
def unique_counts(x: Any, /) -> Any:
    """The distinct elements, sorted, and their counts, which are constants."""
    return _beside(x, np.unique_counts(constant(x)))


@composite(np.unique_inverse, samples=lambda x: [((x(3),), {})], note=FIRST)
def unique_inverse(x: Any, /) -> Any:
    """The distinct elements, sorted, and which of them each element is, a constant."""
    return _beside(x, np.unique_inverse(constant(x)))


def _beside(x: Any, found: Any) -> Any:
    """Return what was found in the values of `x` as arrays of its kind, the distinct elements taken from it."""
    made = found._make(np.asarray(each, like=x) for each in found)
    return made._replace(values=take(x, np.unique_all(constant(x)).indices))


def _pairs(x: Any) -> Any:
    return [((x(3), np.array([0.5, 9.0])), {}), ((x(2, 2), x(2)), {})]


@composite(np.union1d, samples=_pairs, note=FIRST)
def union1d(ar1: Any, ar2: Any) -> Any:
    """The distinct elements of both arrays, sorted."""
    return unique(np.concatenate([ar1, ar2], axis=None))


@composite(np.intersect1d, samples=_pairs, note=FIRST)
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The distinct elements that both arrays have, sorted; the gradient goes to the first array."""
    _, first, second = np.intersect1d(constant(ar1), constant(ar2), assume_unique, return_indices=True)
    shared = take(ar1, first)
    return (shared, first, second) if return_indices else shared


@composite(np.setdiff1d, samples=_pairs, note=FIRST)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The elements of the first array that the second does not have, distinct and sorted unless assumed to be."""
    mine = np.ravel(ar1) if assume_unique else unique(ar1)
    return mine[np.flatnonzero(~np.isin(constant(mine), constant(ar2)))]


@composite(np.setxor1d, samples=_pairs, note=FIRST)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The distinct elements that one of the arrays has and the other has not, sorted."""
    either = union1d(ar1, ar2)
    given = constant(either)
    return either[np.flatnonzero(np.isin(given, constant(ar1)) != np.isin(given, constant(ar2)))]


@composite(np.sort_complex, samples=lambda x: [((x(3),), {}), ((x(2) + 1j * x(2),), {})])
def sort_complex(a: Any) -> Any:
    """The elements as complex numbers, sorted by their real parts, then by their imaginary parts."""
    return np.take_along_axis(a, np.argsort(a, axis=-1), -1).astype(np.result_type(a.dtype, np.complex64))
