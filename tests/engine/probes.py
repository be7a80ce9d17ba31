"""Probes: one line of ordinary NumPy each, whose gradient any engine on NumPy should know.

The lines stand in `probed/`: a name and an expression in `np`, the arrays of `inputs()`, which are differentiated, and
those of `constants()`, which are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import numpy

PAGES = Path(__file__).parent / "probed"
Arrays = dict[str, Any]
# The steps of first and second differences.
STEP, WIDE_STEP = 1e-5, 5e-4


class Probe(NamedTuple):
    """A line of NumPy and the arrays it is differentiated in."""

    name: str
    expression: str
    inputs: tuple[str, ...]

    def __call__(self, np: Any, values: Arrays) -> Any:
        """Run the line with a module in the place of `np`."""
        return eval(_code(self.expression), {"np": np, **constants(), **values})


@cache
def _code(expression: str) -> CodeType:
    return compile(expression, "<probe>", "eval")


@cache
def inputs() -> Arrays:
    """Return the arrays that are differentiated; no two elements of one are equal, and none is near a kink."""
    t = numpy.arange(24.0)
    return {
        "x": numpy.array([0.7, 1.9, 0.4, 1.3]),
        "y": numpy.array([-1.2, 0.57, 2.1, -0.33]),
        "u": numpy.array([0.62, -0.31, 0.15, -0.74]),
        "v": numpy.array([1.1, -0.6, 0.35]),
        "s": numpy.array(0.85),
        "A": numpy.array([[2.1, -0.4, 0.3], [0.5, 1.7, -0.6], [-0.2, 0.8, 2.6]]),
        "B": numpy.array([[0.9, 0.25, -1.1], [-0.7, 1.4, 0.6], [0.1, -0.45, 2.2]]),
        "M": numpy.round(1.6 * numpy.sin(0.37 * t[:12] ** 2 + 0.4), 3).reshape(3, 4),
        "P": numpy.round(1.3 * numpy.cos(0.43 * t[:8] ** 2 + 0.2), 3).reshape(4, 2),
        "T": numpy.round(1.5 * numpy.sin(0.29 * t**2 + 0.8), 3).reshape(2, 3, 4),
    }


@cache
def constants() -> Arrays:
    """Return the arrays that are not differentiated."""
    return {
        "odd": numpy.array([False, True, True, False]),
        "some": numpy.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]]),
        "index": numpy.array([2, 0, 3, 0]),
        "count": numpy.array([2, 0, 1, 3]),
    }


def probes() -> list[Probe]:
    """Return all probes; their names are unique."""
    found = list(_read())
    assert len({each.name for each in found}) == len(found)
    return found


def _read() -> Iterator[Probe]:
    names = tuple(inputs())
    for page in sorted(PAGES.glob("*.txt")):
        for line in page.read_text(encoding="utf-8").splitlines():
            name, expression = re.split(r" {2,}", line, maxsplit=1)
            used = set(re.findall(r"\b[A-Za-z_]\w*", re.sub(r"\.\s*\w+|\"[^\"]*\"", "", expression)))
            yield Probe(f"{page.stem}: {name}", expression, tuple(each for each in names if each in used))


def scalar(np: Any, result: Any) -> Any:
    """Return one real number in which every element counts differently, and not only linearly."""
    if isinstance(result, (tuple, list)):
        return sum(scalar(np, each) for each in result)
    if numpy.dtype(result.dtype).kind == "c":
        return scalar(np, np.real(result)) + 1.3 * scalar(np, np.imag(result))
    weights = numpy.cos(1.0 + numpy.arange(numpy.prod(result.shape, dtype=int))).reshape(result.shape)
    return np.sum(weights * result + 0.25 * result * result)


@cache
def directions() -> list[Arrays]:
    """Return two ways to move all inputs at once; in neither does an element stand still."""
    waves = (lambda t: numpy.cos(2 * t + 0.3), lambda t: numpy.sin(3 * t + 1))
    return [
        {name: wave(numpy.arange(float(each.size))).reshape(each.shape) for name, each in inputs().items()}
        for wave in waves
    ]


def moved(step: float, direction: Arrays) -> Arrays:
    """Return the inputs a step along a direction."""
    return {name: each + step * direction[name] for name, each in inputs().items()}


def value(probe: Probe, point: Arrays) -> float:
    """Return the one number by NumPy itself."""
    with numpy.errstate(all="ignore"):
        return float(scalar(numpy, probe(numpy, point)))


def slope(probe: Probe, direction: Arrays) -> float:
    """Return the derivative along a direction by central differences."""
    ahead, behind = (value(probe, moved(step, direction)) for step in (STEP, -STEP))
    return (ahead - behind) / (2 * STEP)


def curvature(probe: Probe, direction: Arrays) -> float:
    """Return the second derivative along a direction, by central differences of fourth order."""
    f = [value(probe, moved(k * WIDE_STEP, direction)) for k in (-2, -1, 0, 1, 2)]
    return (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * WIDE_STEP**2)
