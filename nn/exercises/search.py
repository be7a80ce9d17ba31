"""The numbers of an exercise: drawn at random until they are good to work with, the same for a seed on every machine.

They come from PCG64's raw integers, whose stream NumPy fixes for good, and are computed with as fractions: no rounding
decides which numbers are taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from autograd_lite.errors import ArgumentError

Row = list[Fraction]

# A weighted sum nearer to 0 is too easily taken for one of the other sign, where ReLU has its kink.
SMALLEST_SUM = Fraction(1, 20)
# Beyond it the slope is below a twentieth (sigmoid) or a fourteenth (tanh): a unit that hardly learns shows little.
LARGEST_SUM = {"sigmoid": Fraction(3), "tanh": Fraction(2)}
TARGETS = {"tanh": range(-1, 2), "relu": range(4), "identity": range(-3, 4)}
_MOST_TRIES = 10_000
_TENTH = Fraction(1, 10)


class Layer(NamedTuple):
    """W and b of a layer, in tenths, and the z and a that they give."""

    W: list[Row]
    b: Row
    z: Row
    a: Row


class Numbers(NamedTuple):
    """x, the layers, and the targets; for cross-entropy the target is a class."""

    x: Row
    layers: list[Layer]
    y: list[int] | int


class Draws:
    """Integers drawn evenly from a seed.

    Examples
    --------
    >>> draws = Draws(0)
    >>> [draws.between(1, 6) for _ in range(8)]
    [6, 2, 3, 6, 4, 5, 4, 2]
    """

    def __init__(self, seed: int) -> None:
        self._source = np.random.PCG64(seed)

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included, each as likely as the others."""
        count = high - low + 1
        even = 2**64 - 2**64 % count
        while (raw := int(self._source.random_raw())) >= even:
            pass
        return low + raw % count

    def of(self, values: Sequence[int]) -> int:
        """Return one of the values."""
        return values[self.between(0, len(values) - 1)]


def search(seed: int, sizes: Sequence[int], activation: str, output_activation: str, *, is_class: bool) -> Numbers:
    """Draw the numbers of an exercise, each layer anew until it is good.

    Raises
    ------
    ArgumentError
        When none of many layers was good.
    """
    draws = Draws(seed)
    x = _input(draws, sizes[0])
    layers: list[Layer] = []
    before = x
    for number, units in enumerate(sizes[1:], 1):
        is_output = number == len(sizes) - 1
        name = output_activation if is_output else activation
        layers.append(_first_good(_layers(draws, before, units, name), name, number, is_output))
        before = layers[-1].a
    y = _class(draws, before) if is_class else [_target(draws, name, a) for a in before]
    return Numbers(x, layers, y)


def is_good(layer: Layer, activation: str, *, is_output: bool) -> bool:
    """Tell whether a layer is good to work with: no z near 0, no flat slope, hidden ReLUs on and off."""
    z = layer.z
    if min(map(abs, z)) < SMALLEST_SUM or max(map(abs, z)) > LARGEST_SUM.get(activation, math.inf):
        return False
    if activation != "relu":
        return True
    if is_output or len(z) == 1:
        return min(z) > 0
    return min(z) < 0 < max(z)


def _first_good(candidates: Iterator[Layer], activation: str, number: int, is_output: bool) -> Layer:
    for _, layer in zip(range(_MOST_TRIES), candidates, strict=False):
        if is_good(layer, activation, is_output=is_output):
            return layer
    raise ArgumentError(
        f"none of {_MOST_TRIES:,} draws gave layer {number} numbers that are good to work with.",
        "Try another seed, or fewer neurons.",
    )


def _layers(draws: Draws, before: Row, units: int, activation: str) -> Iterator[Layer]:
    """Draw layers without end."""
    while True:
        W = [[_nonzero(draws, 9) * _TENTH for _ in before] for _ in range(units)]
        b = [draws.between(-5, 5) * _TENTH for _ in range(units)]
        z = [sum((w * a for w, a in zip(row, before, strict=True)), shift) for row, shift in zip(W, b, strict=True)]
        yield Layer(W, b, z, [ACTIVATIONS[activation](each) for each in z])


def _input(draws: Draws, size: int) -> Row:
    """Draw small integers, or numbers of one decimal."""
    if draws.between(0, 1):
        return [Fraction(draws.of((-2, -1, 1, 2, 3))) for _ in range(size)]
    return [_nonzero(draws, 15) * _TENTH for _ in range(size)]


def _nonzero(draws: Draws, largest: int) -> int:
    drawn = draws.between(1, 2 * largest)
    return drawn if drawn <= largest else largest - drawn


def _target(draws: Draws, activation: str, a: Fraction) -> int:
    """Draw a target that the output is not rounded to; of the sigmoid's two, that is the other one."""
    possible = TARGETS.get(activation, range(2))
    return draws.of([each for each in possible if each != round(a)])


def _class(draws: Draws, logits: Row) -> int:
    """Draw a class that is not the likeliest one."""
    return draws.of([label for label, z in enumerate(logits) if z < max(logits)] or [0])


def _sigmoid(z: Fraction) -> Fraction:
    return Fraction(1 / (1 + math.exp(-z)))


def _tanh(z: Fraction) -> Fraction:
    return Fraction(math.tanh(z))


ACTIVATIONS: dict[str, Callable[[Fraction], Fraction]] = {
    "relu": lambda z: max(z, Fraction(0)),
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "identity": lambda z: z,
}
