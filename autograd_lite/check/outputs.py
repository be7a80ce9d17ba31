"""The outputs of a function under check: all that it returns, and one number that depends on each element of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd_lite.check.inputs import PARTS
from autograd_lite.errors import UsageError
from autograd_lite.mistakes.wording import bracketed
from autograd_lite.structures import flatten
from autograd_lite.tensors import Tensor

Weights = list[Any]


class Output(NamedTuple):
    """One Tensor that the function returned, and what users write to reach it."""

    name: str
    tensor: Tensor


def outputs_of(result: Any, caller: str) -> list[Output]:
    """Return the floating Tensors in what a function returned: one, or a structure of them.

    Raises
    ------
    UsageError
        When something in it is an array and no Tensor, or when no Tensor has a derivative.
    """
    leaves, structure = flatten(result)
    names = structure.names("output" if structure.is_leaf else "outputs")
    strange = next(((n, each) for n, each in zip(names, leaves, strict=True) if not isinstance(each, Tensor)), None)
    if strange is not None or not leaves:
        name, leaf = strange or ("output", result)
        said = "the function returned" if name == "output" else f"{name} is"
        raise UsageError(
            f"{caller}: {said} {type(leaf).__name__}, not a Tensor.",
            "Compute with the Tensors that it is given, and return the result as it is.",
        )
    found = [Output(name, each) for name, each in zip(names, leaves, strict=True) if each.dtype.kind in "fc"]
    if not found:
        dtypes = ", ".join(dict.fromkeys(str(each.dtype) for each in leaves))
        raise UsageError(
            f"{caller}: nothing to compare: the function returns {dtypes}, which has no derivative.",
            "Return floating Tensors: a mask or an index changes by jumps only.",
        )
    if not any(each.tensor.size for each in found):
        raise UsageError(
            f"{caller}: nothing to compare: the function returned no elements, shape {found[0].tensor.shape}.",
            "Give inputs for which it returns at least one.",
        )
    return found


def refuse_not_finite(outputs: list[Output], caller: str) -> None:
    """Raise UsageError for an output that is NaN or infinite at the point itself."""
    for name, tensor in outputs:
        wrong = np.argwhere(~np.isfinite(tensor.numpy()))
        if len(wrong):
            index = tuple(wrong[0].tolist())
            raise UsageError(
                f"{caller}: nothing to compare: {name}{bracketed(index)} is {tensor.numpy()[index]} at the inputs "
                "given.",
                "Give inputs at which the function is finite, away from the edge of its domain.",
            )


def random_weights(outputs: list[Output], random: np.random.Generator) -> Weights:
    """Return a random number for each element, of a complex one for each part of it."""
    found = []
    for _, tensor in outputs:
        weight = random.uniform(0.5, 1.5, tensor.shape)
        found.append(weight + 1j * random.uniform(0.5, 1.5, tensor.shape) if tensor.dtype.kind == "c" else weight)
    return found


def weighted(outputs: list[Output], weights: Weights, *, squared: bool = False) -> Tensor:
    """Return Σ w·y over all elements; of complex ones Σ Re w·Re y + Im w·Im y.

    With `squared` it is the same of y², whose gradient changes with y.
    """
    terms = []
    for (_, each), weight in zip(outputs, weights, strict=True):
        parts = [(each, weight)]
        if each.dtype.kind == "c":
            parts = [(each.real, np.real(weight)), (each.imag, np.imag(weight))]
        terms += [((part * part if squared else part) * factor).sum() for part, factor in parts]
    total: Tensor = sum(terms[1:], terms[0])
    return total


def for_squares(weights: Weights, values: list[Any]) -> Weights:
    """Return w / 2(1 + |y|), the weights of squares about as large as y."""
    return [weight / (2 * (1 + np.abs(each))) for weight, each in zip(weights, values, strict=True)]


def as_row(values: list[Any]) -> Any:
    """Return all elements in one row, complex ones as two each."""
    flat = [np.ravel(each) for each in values]
    return np.concatenate(
        [np.stack([each.real, each.imag], -1).ravel() if np.iscomplexobj(each) else each for each in flat]
    )


def from_row(row: Any, like: Weights) -> Weights:
    """Return the weights that `as_row` put in one row."""
    found, start = [], 0
    for each in like:
        count = each.size * (2 if np.iscomplexobj(each) else 1)
        part = row[start : start + count]
        found.append((part[0::2] + 1j * part[1::2] if np.iscomplexobj(each) else part).reshape(each.shape))
        start += count
    return found


def place_in(outputs: list[tuple[str, tuple[int, ...], bool]], number: int) -> str:
    """Return what users write to reach one number of the row.

    Parameters
    ----------
    outputs : list of (name, shape, whether it is complex)
    number : int
    """
    for name, shape, is_complex in outputs:
        count = int(np.prod(shape)) * (1 + is_complex)
        if number < count:
            index = bracketed([int(k) for k in np.unravel_index(number // (1 + is_complex), shape)] if shape else ())
            return f"{name}{index}{PARTS[number % 2] if is_complex else ''}"
        number -= count
    raise IndexError(number)
