"""Parts of a data set drawn at random: to train and to validate on, once or in k folds."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, ShapeError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.data.arrays import NUMBERS, TEXT, Aligned, Array, aligned
from nn.optim.groups import flag
from nn.random import Rng, generator

Pair = tuple[Array, Array]


@spelled
def random_split(data: Any, lengths: Sequence[float], rng: Rng = None) -> list[Any]:
    """Return the examples in parts, drawn at random: each in one of them, and the same rows of every array.

    Parameters
    ----------
    data : array_like, tuple of array_like or dict of str to array_like
        One or several with one example a row: ``(x, y)``, or what a loader of `nn.datasets` gives.
    lengths : sequence of int or of float
        How many examples each part gets, or which share of them. Shares are rounded down, and what remains goes one
        example a part to the first parts, as in PyTorch.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Returns
    -------
    list
        The parts, each of the form of `data`, as new arrays.

    Raises
    ------
    ArgumentError
        When the lengths do not add up to the examples, or the shares to 1; or when a part would be empty.
    ShapeError, DtypeError, UsageError
        When the arrays differ in length or are none, or lengths is something else.

    Examples
    --------
    >>> x, y = np.arange(20.0).reshape(10, 2), np.arange(10)
    >>> (x_train, y_train), (x_test, y_test) = nn.random_split((x, y), [0.75, 0.25], rng=0)
    >>> len(y_train), y_test
    (8, array([8, 1]))
    """
    held = aligned("random_split", data, NUMBERS + TEXT)
    counts = _counts(lengths, held.examples)
    order = generator(rng).permutation(held.examples)
    return [_rows(held, part) for part in np.split(order, np.cumsum(counts)[:-1])]


@spelled
def k_fold(
    x: Any, y: Any = None, k: int = 5, *, shuffle: bool = True, stratify: Any = False, rng: Rng = None
) -> Iterator[tuple[Pair, Pair]]:
    """Yield k times the data in two parts, to train and to validate on; each example is validated on once.

    The folds differ in size by at most one example, and in each the examples are in the order of the data.

    Parameters
    ----------
    x, y : array_like, shape (N, ...)
        One example a row; or, without `y`, both in a tuple.
    k : int
        How many folds, from 2 to N.
    shuffle : bool
        Draw the folds at random, else take them one after another.
    stratify : bool or array_like, shape (N,)
        With True every fold has as many examples of each class in `y` as every other, give or take one; or of each
        class among the labels that are given here.
    rng : int, Generator or None
        What draws; None is the Generator that `nn.manual_seed` seeds.

    Yields
    ------
    ((x_train, y_train), (x_val, y_val)) : pairs of ndarray
        New arrays.

    Raises
    ------
    ArgumentError
        When k is below 2 or above the number of examples, or of the examples of a class.
    ShapeError, DtypeError, UsageError
        When x, y and the labels differ in length, or the labels are not one class an example.

    References
    ----------
    R. Kohavi: A study of cross-validation and bootstrap for accuracy estimation and model selection. IJCAI 1995.

    Examples
    --------
    >>> x, y = np.arange(6.0).reshape(6, 1), np.array([0, 1, 0, 1, 0, 1])
    >>> for (x_train, y_train), (x_val, y_val) in nn.k_fold(x, y, k=3, stratify=True, rng=0):
    ...     print(len(x_train), x_val.ravel(), y_val)
    4 [2. 3.] [0 1]
    4 [4. 5.] [0 1]
    4 [0. 1.] [0 1]
    """
    held = aligned("k_fold", _pair(x, y), NUMBERS + TEXT)
    k = _number_of_folds(k, held.examples)
    order = np.arange(held.examples)
    if flag("shuffle", shuffle):
        order = generator(rng).permutation(held.examples)
    classes = _classes(held, stratify, k)
    if classes is None:
        folds = np.repeat(np.arange(k), [len(each) for each in np.array_split(order, k)])
    else:
        # Dealt out like cards, one class after another.
        order, folds = order[np.argsort(classes[order], kind="stable")], np.arange(held.examples) % k
    fold_of = np.empty(held.examples, int)
    fold_of[order] = folds
    return _folds(held, fold_of, k)


def _pair(x: Any, y: Any) -> tuple[Any, Any]:
    """Return x and y, which may be given in one tuple."""
    if isinstance(y, int):
        raise UsageError(f"y of k_fold is the number {y!r}.", f"Give options by name: k={y!r}.")
    if y is not None:
        return x, y
    if isinstance(x, tuple) and len(x) == 2:
        return x[0], x[1]
    raise UsageError("k_fold needs y, one target an example.", "Write nn.k_fold(x, y, k=5), or nn.k_fold((x, y), k=5).")


def _folds(held: Aligned, fold_of: Array, k: int) -> Iterator[tuple[Pair, Pair]]:
    for fold in range(k):
        yield _rows(held, np.flatnonzero(fold_of != fold)), _rows(held, np.flatnonzero(fold_of == fold))


def _rows(held: Aligned, rows: Array) -> Any:
    return held.form(each[rows] for each in held.arrays)


def _counts(lengths: Any, examples: int) -> list[int]:
    """Return how many examples each part gets."""
    mend = f"Write lengths=[0.8, 0.2], or numbers of examples that add up to {examples}."
    if isinstance(lengths, (np.ndarray, ag.Tensor)) and (lengths.ndim != 1 or len(lengths) == examples):
        raise UsageError(
            f"lengths is a list with an entry for each part, got an array of shape {lengths.shape}.",
            "Arrays that belong together are one tuple: nn.random_split((x, y), [0.8, 0.2]).",
        )
    if isinstance(lengths, str) or not isinstance(lengths, Iterable):
        raise UsageError(f"lengths is a list with an entry for each part, got {called(lengths)}.", mend)
    given = [each.item() if isinstance(each, np.generic) else each for each in lengths]
    if not given or not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in given):
        raise UsageError(
            f"lengths are numbers of examples, or shares of them, got [{', '.join(map(called, given))}].", mend
        )
    if all(isinstance(each, int) for each in given):
        counts, total = given, sum(given)
        if total != examples or min(given) < 0:
            raise ArgumentError(f"lengths={given} add up to {total}, but there are {examples} examples.", mend)
    else:
        total = math.fsum(given)
        if not (math.isclose(total, 1.0) and min(given) >= 0):
            raise ArgumentError(f"lengths={given} are shares of the examples, but add up to {total:g}, not to 1.", mend)
        counts = [math.floor(examples * share) for share in given]
        for part in range(examples - sum(counts)):
            counts[part % len(counts)] += 1
    if 0 in counts:
        raise ArgumentError(
            f"lengths={given} of {examples} examples leaves part {counts.index(0) + 1} empty.",
            "Leave that part out, or give it more.",
        )
    return counts


def _number_of_folds(k: Any, examples: int) -> int:
    mend = f"Write k={max(2, min(5, examples))}, for example: k times all but one fold are trained on."
    try:
        folds = operator.index(k)
    except TypeError:
        raise UsageError(f"k must be an integer, got {k!r}.", mend) from None
    if examples < 2:
        raise ShapeError("k_fold got one example.", "Give two examples or more, one a row.")
    if isinstance(k, bool) or not 2 <= folds <= examples:
        raise ArgumentError(f"k must be from 2 to the number of examples, {examples}, got {k!r}.", mend)
    return folds


def _classes(held: Aligned, stratify: Any, k: int) -> Array | None:
    """Return the number of each example's class, or None when the folds need not have equal shares of them."""
    if isinstance(stratify, (bool, np.bool_)):
        if not stratify:
            return None
        labels = held.arrays[1]
    else:
        labels = aligned("stratify", stratify, NUMBERS + TEXT).arrays[0]
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (held.examples,):
        raise ShapeError(
            f"stratify needs one label an example, shape ({held.examples},), got {labels.shape}.",
            "For one-hot targets write stratify=y.argmax(axis=1).",
        )
    names, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < k:
        rare, least = names[counts.argmin()].item(), int(counts.min())
        if counts.max() == 1:
            mend = "Labels are class numbers: for other targets leave stratify out."
        else:
            mend = f"Write k={least}, or leave stratify out." if least > 1 else "Leave that class out, or stratify."
        raise ArgumentError(
            f"k={k} folds cannot each have class {rare!r}: it has {least} example{'s' * (least > 1)}.", mend
        )
    return np.asarray(classes).reshape(-1)
