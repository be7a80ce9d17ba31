"""Derivatives by autodiff and by central differences, compared at one point: as a whole, and element by element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.check.differences import Judgement, Tolerance, Value, dot, judge
from autograd_lite.check.inputs import Arrays, Inputs, as_real
from autograd_lite.check.outputs import (
    Output,
    Weights,
    as_row,
    for_squares,
    from_row,
    outputs_of,
    random_weights,
    refuse_not_finite,
    weighted,
)
from autograd_lite.errors import UsageError
from autograd_lite.graph import no_grad, topological_order
from autograd_lite.tensors import Tensor
from autograd_lite.transforms import gradients

Gradient = Callable[[Arrays], Arrays]

FIRST, SECOND = 1, 2
# Elements up to which each is compared by itself, at a cost of two evaluations.
EACH = 200
# Directions along which more elements than these are compared together.
DIRECTIONS = 3


@dataclass(frozen=True)
class Fault:
    """An element that differs, and all that it was found by.

    Attributes
    ----------
    order : {1, 2}
        Of the derivative.
    place : int
        Among the inputs that are differentiated by.
    index : tuple of int
    analytic : list of ndarray
        The derivatives by autodiff.
    value, gradient : callable
        What differences were taken of, and its derivatives by autodiff.
    judgement : Judgement
        The element's.
    squared : bool
        Whether it is of the outputs' squares.
    """

    order: int
    place: int
    index: tuple[int, ...]
    analytic: Arrays
    value: Value
    gradient: Gradient
    judgement: Judgement
    squared: bool = False


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
        self,
        f: Callable[..., Any],
        inputs: Inputs,
        eps: float | None = None,
        atol: float | None = None,
        rtol: float | None = None,
    ) -> None:
        self.f = f
        self.inputs = inputs
        self.caller = inputs.caller
        self.points = inputs.points
        self.given = eps, atol, rtol
        self.unit = 0.0
        self.unused: list[bool] = []
        self.random = np.random.default_rng(0)
        self.outputs: list[tuple[str, tuple[int, ...], bool]] = []
        self._weights: Weights | None = None

    def tolerance(self, scale: float = 1.0, size: float = 0.0) -> Tolerance:
        """Return what may differ where the largest derivative is of some size: a small one is compared with itself.

        One so tiny that it may be no more than rounding is not. `size` is that of what is added up in the value that
        differences are taken of.
        """
        eps, atol, rtol = self.given
        double = self.unit < 1e-10
        return Tolerance(
            (1e-6 if double else 1e-2) if atol is None else atol,
            (1e-5 if double else 1e-2) if rtol is None else rtol,
            min(1.0, max(scale, self.unit**0.5)) if atol is None else 1.0,
            self.unit,
            eps or self.unit ** (1 / 3),
            size,
        )

    @property
    def weights(self) -> Weights:
        """Fixed random weights of the outputs; with them f is one number that depends on all of them."""
        if self._weights is None:
            with no_grad(), silent(), self.inputs.at(self.points, recorded=False) as (_, arguments):
                self._weights = self._first_weights(self._called(arguments))
        return self._weights

    def first_order(self) -> Fault | None:
        """Compare the gradient of the weighted outputs; None where it is right."""
        self._refuse_constant()
        return self._compare(self.value(), self.gradient(), FIRST, _summed(self.rows(self.points), self.weights))

    def second_order(self) -> Fault | None:
        """Compare the derivatives of the gradient's component along a fixed random direction."""
        self._refuse_constant()
        direction = self.random_direction()
        size = _summed(self.gradient()(self.points), direction)
        fault = self._compare(self.slope(direction), self.slope_gradient(direction), SECOND, size)
        return fault or self._second_order_of_squares(direction)

    def _second_order_of_squares(self, direction: Arrays) -> Fault | None:
        """Compare along one direction where the gradient at the outputs changes: rules depend on it too."""
        weights = for_squares(self.weights, self.rows(self.points))
        value = self.slope(direction, weights, squared=True)
        gradient = self.slope_gradient(direction, weights, squared=True)
        size = _summed(self.gradient(weights, squared=True)(self.points), direction)
        return self._compare(value, gradient, SECOND, size, squared=True)

    def value(self, weights: Weights | None = None) -> Value:
        """Return the weighted outputs as a function of the point."""

        def value(points: Arrays) -> float:
            # A step may leave the function's domain.
            with no_grad(), silent(), self.inputs.at(points, recorded=False) as (_, arguments):
                return float(weighted(self._called(arguments), weights or self.weights).item())

        return value

    def rows(self, points: Arrays) -> list[Any]:
        """Return the values of all outputs at a point."""
        with no_grad(), silent(), self.inputs.at(points, recorded=False) as (_, arguments):
            return [each.tensor.numpy().copy() for each in self._called(arguments)]

    def gradient(self, weights: Weights | None = None, *, squared: bool = False) -> Gradient:
        """Return the gradient by autodiff of the weighted outputs, or of their squares, as a function of the point."""

        def gradient(points: Arrays) -> Arrays:
            with silent(), self.inputs.at(points, recorded=True) as (wanted, arguments):
                output = weighted(self._called(arguments), weights or self.weights, squared=squared)
                if not output.requires_grad:
                    return [np.zeros(each.shape) for each in points]
                found = gradients(output, wanted, allow_unused=True)
            return self._filled(found, points)

        return gradient

    def slope(self, direction: Arrays, weights: Weights | None = None, *, squared: bool = False) -> Value:
        """Return the gradient's component along a direction as a function of the point."""
        gradient = self.gradient(weights, squared=squared)
        return lambda points: dot(gradient(points), direction)

    def slope_gradient(self, direction: Arrays, weights: Weights | None = None, *, squared: bool = False) -> Gradient:
        """Return the gradient of that component by autodiff of the gradient, as a function of the point."""

        def slope_gradient(points: Arrays) -> Arrays:
            with silent(), self.inputs.at(points, recorded=True) as (wanted, arguments):
                output = weighted(self._called(arguments), weights or self.weights, squared=squared)
                first = gradients(output, wanted, create_graph=True, allow_unused=True)
                terms = [
                    term
                    for place, (g, v) in enumerate(zip(first, direction, strict=True))
                    if g is not None and g.requires_grad
                    for term in self._along(place, g, v)
                ]
                if not terms:
                    return [np.zeros(each.shape) for each in points]
                return self._filled(gradients(sum(terms[1:], terms[0]), wanted, allow_unused=True), points)

        return slope_gradient

    def random_direction(self) -> Arrays:
        return [self.random.choice([-1.0, 1.0], each.shape) for each in self.points]

    def uneven_direction(self) -> Arrays:
        """Return a direction along which equal and opposite mistakes of two elements do not cancel."""
        return [each * self.random.uniform(0.5, 1.5, each.shape) for each in self.random_direction()]

    def unit_direction(self, place: int, index: tuple[int, ...]) -> Arrays:
        """Return the direction of one element."""
        direction = [np.zeros(each.shape) for each in self.points]
        direction[place][index] = 1.0
        return direction

    def recorded(self) -> list[Output]:
        """Return the outputs at the point, with their graph."""
        with silent(), self.inputs.at(self.points, recorded=True) as (_, arguments):
            return self._called(arguments)

    def _along(self, place: int, g: Tensor, v: Any) -> Iterator[Tensor]:
        if self.inputs.is_complex(place):
            yield (g.real * v[..., 0]).sum()
            yield (g.imag * v[..., 1]).sum()
        else:
            yield (g * v).sum()

    def _called(self, arguments: Sequence[Any]) -> list[Output]:
        return outputs_of(self.f(*arguments), self.caller)

    def _first_weights(self, outputs: list[Output]) -> Weights:
        refuse_not_finite(outputs, self.caller)
        self.outputs = [(name, each.shape, each.dtype.kind == "c") for name, each in outputs]
        return random_weights(outputs, self.random)

    def _refuse_constant(self) -> None:
        """Raise where nothing can be compared, and note the precision of f."""
        if self.unit:
            return
        with silent(), self.inputs.at(self.points, recorded=True) as (wanted, arguments):
            outputs = self._called(arguments)
            if self._weights is None:
                self._weights = self._first_weights(outputs)
            output = weighted(outputs, self._weights)
            if not output.requires_grad:
                raise UsageError(
                    f"{self.caller}: nothing to compare: the outputs do not depend on the inputs that are "
                    "differentiated.",
                    "Compute them with Tensors, not with .data, .numpy() or inside ag.no_grad().",
                )
            self.unit = self._coarsest(output)
            self.unused = [each is None for each in gradients(output, wanted, allow_unused=True)]
        if all(self.unused):
            raise UsageError(
                f"{self.caller}: nothing to compare: the outputs depend on other Tensors than the inputs.",
                "Compute them with the arguments of f, or pass the leaves that f uses: tuple(model.parameters()).",
            )

    def _coarsest(self, output: Tensor) -> float:
        """Return the rounding unit of the coarsest dtype between the inputs and an output."""
        dtypes = {each.dtype for each in self.points}
        assert output._node is not None
        dtypes |= {np.dtype(node.dtype) for node in topological_order([output._node])}
        return max(float(np.finfo(each).eps) for each in dtypes if each.kind in "fc")

    def _filled(self, found: Sequence[Tensor | None], points: Arrays) -> Arrays:
        return [
            np.zeros(point.shape) if g is None else as_real(g.numpy()) for g, point in zip(found, points, strict=True)
        ]

    def _compare(
        self, value: Value, gradient: Gradient, order: int, size: float, *, squared: bool = False
    ) -> Fault | None:
        analytic = gradient(self.points)
        tolerance = self.tolerance(_largest(analytic), size)
        direction = self.random_direction()
        along = judge(value, self.points, analytic, direction, tolerance)
        if self.inputs.size > EACH:
            for _ in range(DIRECTIONS - 1):
                if along.verdict != "right":
                    break
                direction = self.uneven_direction()
                along = judge(value, self.points, analytic, direction, tolerance)
        if along.verdict == "right" and (squared or self.inputs.size > EACH):
            return None
        if self.inputs.size > EACH:
            chosen = [self._worst_along(value, analytic, direction, tolerance)]
        else:
            chosen = list(_elements(self.points))
        faults = []
        for place, index in chosen:
            each = judge(value, self.points, analytic, self.unit_direction(place, index), tolerance)
            if each.verdict == "wrong" or (each.verdict == "open" and along.verdict != "right"):
                faults.append(Fault(order, place, index, analytic, value, gradient, each, squared))
        faults.sort(key=lambda fault: _rank(fault.judgement), reverse=True)
        return next((each for each in faults if order != FIRST or not self._agrees_output_by_output(each)), None)

    def _agrees_output_by_output(self, fault: Fault) -> bool:
        """Tell whether the derivative is right output by output: that of a small one drowns in the sum of all."""
        row, place, index = as_row(self.weights), fault.place, fault.index
        if not 1 < row.size <= EACH:
            return False
        direction, total = self.unit_direction(place, index), 0.0
        for number, weight in enumerate(row):
            weights = from_row(np.where(np.arange(row.size) == number, weight, 0.0), self.weights)
            analytic = self.gradient(weights)(self.points)
            each = judge(self.value(weights), self.points, analytic, direction, self.tolerance(_largest(analytic)))
            if each.verdict != "right":
                return False
            total += each.slope / sum(float(np.sum(step)) for step in each.steps)
        bound = self.tolerance(_largest(fault.analytic)).bound(total)
        return abs(float(fault.analytic[place][index]) - total) <= bound

    def _worst_along(
        self, value: Value, analytic: Arrays, direction: Arrays, tolerance: Tolerance
    ) -> tuple[int, tuple[int, ...]]:
        """Halve the elements that move until one is left, and keep the half that differs by more."""
        chosen = np.arange(self.inputs.size)
        while chosen.size > 1:
            halves = np.array_split(chosen, 2)
            judged = [judge(value, self.points, analytic, _only(direction, half), tolerance) for half in halves]
            chosen = halves[int(_rank(judged[1]) > _rank(judged[0]))]
        return _element(self.points, int(chosen[0]))


def _rank(judgement: Judgement) -> tuple[bool, bool, float]:
    """Return by what the worst is chosen: what is wrong for certain, then what is open; and by how much."""
    length = np.sqrt(sum(float(np.sum(each * each)) for each in judgement.steps))
    return judgement.verdict == "wrong", judgement.verdict == "open", judgement.gap / (length or 1.0)


def _largest(arrays: Arrays) -> float:
    finite = [float(np.max(np.abs(each), initial=0.0, where=np.isfinite(each))) for each in arrays]
    return max(finite, default=0.0)


def _summed(values: Arrays, weights: Arrays) -> float:
    """Return Σ |w|·|y|: the size of what is added up."""
    return float(sum(np.sum(np.abs(each) * np.abs(weight)) for each, weight in zip(values, weights, strict=True)))


def _elements(arrays: Arrays) -> Iterator[tuple[int, tuple[int, ...]]]:
    for place, each in enumerate(arrays):
        for index in np.ndindex(each.shape):
            yield place, index


def _element(arrays: Arrays, number: int) -> tuple[int, tuple[int, ...]]:
    """Return the place and the index of an element by its number over all arrays."""
    for place, each in enumerate(arrays):
        if number < each.size:
            return place, tuple(int(k) for k in np.unravel_index(number, each.shape))
        number -= each.size
    raise IndexError(number)


def _only(direction: Arrays, chosen: Any) -> Arrays:
    """Return the direction with zeros but for some elements, by their numbers over all arrays."""
    found, start = [], 0
    for each in direction:
        inside = chosen[(chosen >= start) & (chosen < start + each.size)] - start
        kept = np.zeros(each.size)
        kept[inside] = each.ravel()[inside]
        found.append(kept.reshape(each.shape))
        start += each.size
    return found
