"""Derivatives by autodiff and by central differences, compared at one point: as a whole, and element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.check.inputs import Arrays, Inputs
from autograd_lite.errors import UsageError
from autograd_lite.graph import no_grad, topological_order
from autograd_lite.tensors import Tensor
from autograd_lite.transforms import gradients

Value = Callable[[Arrays], float]
Gradient = Callable[[Arrays], Arrays]

FIRST, SECOND = "the gradient", "the second derivative"
# Elements up to which each is compared by itself, at a cost of two evaluations.
EACH = 200
# Steps by which differences show how far they can be trusted: rounding weighs more in short ones, curvature in long.
LENGTHS = (0.25, 1.0, 4.0)


@dataclass(frozen=True)
class Fault:
    """An element that differs, and all that it was found by.

    Attributes
    ----------
    what : str
        Which derivative.
    place : int
        Among the inputs that are differentiated by.
    index : tuple of int
    value, gradient : callable
        What differences were taken of, and its derivatives by autodiff.
    analytic, numeric : list of ndarray
        The derivatives.
    """

    what: str
    place: int
    index: tuple[int, ...]
    value: Value
    gradient: Gradient
    analytic: Arrays
    numeric: Arrays


class Check:
    """One check: the function, the point and the tolerances.

    Parameters
    ----------
    f : callable
    inputs : Inputs
    eps, atol, rtol : float, optional
        As for gradcheck; None waits for the first gradient, which shows the precision in which f computes.
    """

    def __init__(
        self, f: Callable[..., Any], inputs: Inputs, eps: float | None, atol: float | None, rtol: float | None
    ) -> None:
        self.f = f
        self.inputs = inputs
        self.points, self.differentiated = inputs.points, inputs.differentiated
        self.given = eps, atol, rtol
        self.unit = 0.0
        self.unused: list[bool] = []
        self.random = np.random.default_rng(0)
        self.weights: list[Any] | None = None

    @property
    def eps(self) -> float:
        return self.given[0] or self.unit ** (1 / 3)

    @property
    def atol(self) -> float:
        return self.given[1] if self.given[1] is not None else (1e-6 if self.unit < 1e-10 else 1e-2)

    @property
    def rtol(self) -> float:
        return self.given[2] if self.given[2] is not None else (1e-5 if self.unit < 1e-10 else 1e-2)

    def first_order(self) -> Fault | None:
        return self._compare(self.value, self.gradient, FIRST)

    def second_order(self) -> Fault | None:
        """Check the gradient's own derivatives along a fixed random direction."""
        direction = self._direction()

        def slope(points: Arrays) -> float:
            return _dot(self.gradient(points), direction)

        def slope_gradient(points: Arrays) -> Arrays:
            with self.inputs.at(points, recorded=True) as tensors:
                wanted = [tensors[k] for k in self.differentiated]
                first = gradients(self._weighted(tensors), wanted, create_graph=True, allow_unused=True)
                terms = [
                    (g * v).sum() for g, v in zip(first, direction, strict=True) if g is not None and g.requires_grad
                ]
                if not terms:
                    return [np.zeros_like(points[k]) for k in self.differentiated]
                return self._filled(gradients(sum(terms[1:], terms[0]), wanted, allow_unused=True), points)

        return self._compare(slope, slope_gradient, SECOND)

    def value(self, points: Arrays) -> float:
        # A step may leave the function's domain.
        with no_grad(), silent(), self.inputs.at(points, recorded=False) as tensors:
            return float(self._weighted(tensors).item())

    def gradient(self, points: Arrays) -> Arrays:
        with self.inputs.at(points, recorded=True) as tensors:
            output = self._weighted(tensors)
            if not output.requires_grad:
                raise UsageError(
                    "gradcheck: nothing to compare: the outputs do not depend on the inputs that are differentiated.",
                    "Compute them with Tensors, not with .data, .numpy() or inside ag.no_grad().",
                )
            self.unit = self.unit or self._coarsest(output)
            found = gradients(output, [tensors[k] for k in self.differentiated], allow_unused=True)
        self.unused = [each is None for each in found]
        if all(self.unused):
            raise UsageError(
                "gradcheck: nothing to compare: the outputs depend on other Tensors than the inputs.",
                "Compute them with the arguments of f, or pass the leaves that f uses: tuple(model.parameters()).",
            )
        return self._filled(found, points)

    def _coarsest(self, output: Tensor) -> float:
        """Return the rounding unit of the coarsest dtype between the inputs and an output."""
        dtypes = {self.points[k].dtype for k in self.differentiated}
        assert output._node is not None
        dtypes |= {np.dtype(node.dtype) for node in topological_order([output._node])}
        return max(float(np.finfo(each).eps) for each in dtypes if each.kind in "fc")

    def _filled(self, found: Sequence[Tensor | None], points: Arrays) -> Arrays:
        return [
            np.zeros_like(points[k]) if g is None else np.array(g.numpy())
            for g, k in zip(found, self.differentiated, strict=True)
        ]

    def _weighted(self, tensors: list[Tensor]) -> Tensor:
        """Return the outputs added up with fixed random weights: one number that depends on all of them."""
        result = self.f(*tensors)
        outputs = list(result) if isinstance(result, (tuple, list)) else [result]
        if not all(isinstance(each, Tensor) for each in outputs):
            raise UsageError(
                f"gradcheck: the function returned {type(result).__name__}, not a Tensor.",
                "Compute with the Tensors that it is given, and return the result as it is.",
            )
        if self.weights is None:
            self.weights = [self.random.uniform(0.5, 1.5, np.shape(each)) for each in outputs]
        terms = [(each * weight).sum() for each, weight in zip(outputs, self.weights, strict=True)]
        return sum(terms[1:], terms[0])  # type: ignore[no-any-return]

    def _direction(self) -> Arrays:
        return [self.random.choice([-1.0, 1.0], self.points[k].shape) for k in self.differentiated]

    def _difference(
        self, value: Value, point: Arrays, direction: Arrays, least: float, length: float = 1.0
    ) -> tuple[float, Arrays]:
        """Return a central difference of `value`, and the step that it is the difference of, both divided by eps.

        Each element's step is in proportion to max(|x|, least).
        """
        ahead, behind, steps = list(point), list(point), []
        for k, v in zip(self.differentiated, direction, strict=True):
            size = np.abs(point[k])
            h = length * self.eps * np.where(size > 0, np.maximum(size, least), 1.0) * v
            ahead[k] = (point[k] + h).astype(point[k].dtype)
            behind[k] = (point[k] - h).astype(point[k].dtype)
            steps.append((ahead[k].astype(float) - behind[k]) / (2 * self.eps))
        return (value(ahead) - value(behind)) / (2 * self.eps), steps

    def _compare(self, value: Value, gradient: Gradient, what: str) -> Fault | None:
        there = value(self.points)
        analytic = gradient(self.points)
        along = self._agree_along(value, analytic, self._direction())
        if along and self.inputs.size > EACH:
            return None
        numeric = self.numeric(value, self.points, analytic)
        for excess, place, index in self._ranked(analytic, numeric):
            found, slope = float(analytic[place][index]), float(numeric[place][index])
            if not along or (excess > 0 and self._is_certain(value, there, found, slope, place, index)):
                return Fault(what, place, index, value, gradient, analytic, numeric)
        return None

    def _agree_along(self, value: Value, analytic: Arrays, direction: Arrays) -> bool:
        for least in (1.0, 0.0):  # a step of size 1 suits most points; close to a singularity only a small one does
            numeric, steps = self._difference(value, self.points, direction, least)
            count = sum(each.size for each in steps)
            if abs(_dot(analytic, steps) - numeric) <= self.atol * count**0.5 + self.rtol * abs(numeric):
                return True
        return False

    def numeric(self, value: Value, point: Arrays, analytic: Arrays) -> Arrays:
        """Return the derivatives by differences, element by element: of two steps the one that is nearer autodiff."""
        numeric = [np.zeros(each.shape) for each in analytic]
        for place, k in enumerate(self.differentiated):
            for index in np.ndindex(point[k].shape):
                found = float(analytic[place][index])
                tried = []
                for least in (1.0, 0.0):
                    tried.append(self._slope(value, point, place, index, least)[0])
                    if self.passes(found, tried[0]):
                        break
                numeric[place][index] = min(tried, key=lambda slope: _badness(found - slope))
        return numeric

    def passes(self, found: Any, right: Any) -> bool:
        return bool((np.abs(found - right) <= self.bound(right)).all())

    def bound(self, right: Any) -> Any:
        """Return by how much autodiff may differ from a derivative."""
        return self.atol + self.rtol * np.abs(right)

    def _slope(
        self, value: Value, point: Arrays, place: int, index: tuple[int, ...], least: float, length: float = 1.0
    ) -> tuple[float, float]:
        """Return a derivative by differences, and the step."""
        direction = [np.zeros(point[k].shape) for k in self.differentiated]
        direction[place][index] = 1.0
        rise, steps = self._difference(value, point, direction, least, length)
        step = float(steps[place][index])
        return rise / step, step * self.eps

    def _ranked(self, analytic: Arrays, numeric: Arrays) -> list[tuple[float, int, tuple[int, ...]]]:
        """Return all elements by how far they differ beyond what is allowed, the worst first."""
        ranked = []
        for place, (found, right) in enumerate(zip(analytic, numeric, strict=True)):
            for index in np.ndindex(found.shape):
                gap = _badness(float(found[index]) - float(right[index]))
                ranked.append((gap - self.bound(float(right[index])) if np.isfinite(gap) else gap, place, index))
        return sorted(ranked, key=lambda each: -each[0])

    def _is_certain(
        self, value: Value, there: float, found: float, slope: float, place: int, index: tuple[int, ...]
    ) -> bool:
        """Tell whether an element differs by more than differences with other steps, and than f's rounding."""
        tried = [self._slope(value, self.points, place, index, 1.0, length) for length in LENGTHS]
        slopes = [each for each, _ in tried]
        rounding = 4 * self.unit * abs(there) / min(abs(step) for _, step in tried)
        doubt = 2 * (max(slopes) - min(slopes)) + rounding
        return bool(abs(found - slope) > self.bound(slope) + doubt)


def _badness(difference: float) -> float:
    return abs(difference) if np.isfinite(difference) else np.inf


def _dot(left: Arrays, right: Arrays) -> float:
    return float(sum(np.sum(a * b) for a, b in zip(left, right, strict=True)))
