"""gradcheck: derivatives by autodiff against central differences, (f(x + h v) − f(x − h v)) / 2h.

First along one random direction, which costs two evaluations; element by element only to say where it went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.errors import ArgumentError, GradientCheckError, UsageError
from autograd_lite.graph import no_grad
from autograd_lite.tensors import Tensor, wrap
from autograd_lite.transforms import gradients

Arrays = list[Any]


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    order: int = 1,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
) -> bool:
    """Check the gradients of a function against central differences.

    Parameters
    ----------
    f : callable
        Takes the inputs as Tensors; returns a Tensor or a tuple of Tensors of any shapes.
    inputs : array_like, Tensor or tuple of these
        The point. Floating arrays are differentiated; of Tensors those that require a gradient.
    order : {1, 2}
        2 checks the second derivatives as well.
    eps : float, optional
        The step h for values of size 1; by default the cube root of the dtype's rounding unit.
    atol, rtol : float, optional
        A derivative d passes within atol + rtol·|d|; by default 1e-6 and 1e-5 in double precision, 1e-2 in single.
    raise_exception : bool
        Raise where they differ, rather than return False.

    Returns
    -------
    bool

    Raises
    ------
    GradientCheckError
        Where they differ: names the input, the element, and both numbers.
    UsageError
        When nothing can be compared, because no input is differentiated or no output depends on one.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.gradcheck(lambda x: np.sin(x) * x, np.array([0.5, 1.0]), order=2)
    True
    """
    if order not in (1, 2) or (eps is not None and not eps > 0):
        raise ArgumentError(f"gradcheck: order={order!r}, eps={eps!r}.", "order is 1 or 2, eps a positive number.")
    if not callable(f):
        raise UsageError(f"gradcheck: the function comes first, got {type(f).__name__}.", "Write ag.gradcheck(f, x).")
    points, differentiated = _points(inputs)
    check = _Check(f, points, differentiated, eps, atol, rtol)
    problem = check.first_order() or (check.second_order() if order == 2 else None)
    if problem is not None and raise_exception:
        raise problem
    return problem is None


def _points(inputs: Any) -> tuple[Arrays, list[int]]:
    """Return the inputs as arrays, and the positions of those to differentiate by."""
    inputs = list(inputs) if isinstance(inputs, tuple) else [inputs]
    points = [np.array(each.numpy() if isinstance(each, Tensor) else each) for each in inputs]
    differentiated = [
        k
        for k, (each, point) in enumerate(zip(inputs, points, strict=True))
        if point.dtype.kind == "f" and (not isinstance(each, Tensor) or each.requires_grad)
    ]
    if not any(points[k].size for k in differentiated):
        raise UsageError(
            "gradcheck: nothing to compare: no input is a floating array, or a Tensor that requires a gradient.",
            "Pass float data, or ag.tensor(data, requires_grad=True).",
        )
    return points, differentiated


class _Check:
    """One check: the function, the point and the tolerances."""

    def __init__(
        self,
        f: Callable[..., Any],
        points: Arrays,
        differentiated: list[int],
        eps: float | None,
        atol: float | None,
        rtol: float | None,
    ) -> None:
        coarsest = max(float(np.finfo(points[k].dtype).eps) for k in differentiated)
        self.f = f
        self.points = points
        self.differentiated = differentiated
        self.eps = eps or coarsest ** (1 / 3)
        self.atol = atol if atol is not None else (1e-6 if coarsest < 1e-10 else 1e-2)
        self.rtol = rtol if rtol is not None else (1e-5 if coarsest < 1e-10 else 1e-2)
        self.random = np.random.default_rng(0)
        self.weights: list[Any] | None = None

    def first_order(self) -> GradientCheckError | None:
        return self._compare(self.value, self.gradient, "the gradient")

    def second_order(self) -> GradientCheckError | None:
        """Check the gradient's own derivatives along a fixed random direction."""
        direction = self._direction()

        def slope(points: Arrays) -> float:
            return _dot(self.gradient(points), direction)

        def slope_gradient(points: Arrays) -> Arrays:
            tensors = self._tensors(points)
            wanted = [tensors[k] for k in self.differentiated]
            first = gradients(self._weighted(tensors), wanted, create_graph=True, allow_unused=True)
            terms = [(g * v).sum() for g, v in zip(first, direction, strict=True) if g is not None and g.requires_grad]
            if not terms:
                return [np.zeros_like(points[k]) for k in self.differentiated]
            second = gradients(sum(terms[1:], terms[0]), wanted, allow_unused=True)
            return self._filled(second, points)

        return self._compare(slope, slope_gradient, "the second derivative")

    def value(self, points: Arrays) -> float:
        with no_grad(), silent():  # a step may leave the function's domain
            return float(self._weighted([wrap(point, None) for point in points]).item())

    def gradient(self, points: Arrays) -> Arrays:
        tensors = self._tensors(points)
        output = self._weighted(tensors)
        if not output.requires_grad:
            raise UsageError(
                "gradcheck: nothing to compare: the outputs do not depend on the inputs that are differentiated.",
                "Compute them with Tensors, not with .data, .numpy() or inside ag.no_grad().",
            )
        return self._filled(gradients(output, [tensors[k] for k in self.differentiated], allow_unused=True), points)

    def _tensors(self, points: Arrays) -> list[Tensor]:
        return [
            Tensor(point, requires_grad=True) if k in self.differentiated else wrap(point, None)
            for k, point in enumerate(points)
        ]

    def _filled(self, found: Sequence[Tensor | None], points: Arrays) -> Arrays:
        return [
            np.zeros_like(points[k]) if g is None else np.asarray(g.numpy())
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

    def _difference(self, value: Callable[[Arrays], float], direction: Arrays, least: float) -> tuple[float, Arrays]:
        """Return a central difference of `value`, and the step that it is the difference of, both divided by eps.

        Each element's step is in proportion to max(|x|, least).
        """
        ahead, behind, steps = list(self.points), list(self.points), []
        for k, v in zip(self.differentiated, direction, strict=True):
            size = np.abs(self.points[k])
            h = self.eps * np.where(size > 0, np.maximum(size, least), 1.0) * v
            ahead[k] = (self.points[k] + h).astype(self.points[k].dtype)
            behind[k] = (self.points[k] - h).astype(self.points[k].dtype)
            steps.append((ahead[k].astype(float) - behind[k]) / (2 * self.eps))
        return (value(ahead) - value(behind)) / (2 * self.eps), steps

    def _compare(
        self, value: Callable[[Arrays], float], gradient: Callable[[Arrays], Arrays], what: str
    ) -> GradientCheckError | None:
        value(self.points)
        analytic = gradient(self.points)
        direction = self._direction()
        for least in (1.0, 0.0):  # a step of size 1 suits most points; close to a singularity only a small one does
            numeric, steps = self._difference(value, direction, least)
            if self._close(_dot(analytic, steps), numeric, sum(each.size for each in steps)):
                return None
        return self._located(value, analytic, what)

    def _close(self, analytic: float, numeric: float, count: int = 1) -> bool:
        return bool(abs(analytic - numeric) <= self.atol * count**0.5 + self.rtol * abs(numeric))

    def _located(self, value: Callable[[Arrays], float], analytic: Arrays, what: str) -> GradientCheckError:
        """Return the error that names the worst element."""
        worst = (-1.0, 0, (), 0.0, 0.0)
        for place, k in enumerate(self.differentiated):
            for index in np.ndindex(self.points[k].shape):
                direction = [np.zeros(self.points[j].shape) for j in self.differentiated]
                direction[place][index] = 1.0
                numeric, steps = self._difference(value, direction, 1.0)
                numeric /= float(steps[place][index])
                found = float(analytic[place][index])
                worst = max(worst, (_badness(found - numeric), k, index, found, numeric), key=lambda each: each[0])
        _, k, index, found, numeric = worst
        bound = self.atol + self.rtol * abs(numeric)
        return GradientCheckError(
            f"gradcheck: {what} at input {k}{list(index) if index else ''} is {found:.8g} by autodiff, {numeric:.8g} "
            f"by central differences; they differ by {abs(found - numeric):.2g}, allowed {bound:.2g}.",
            "Check the rule of that operation; at a kink move the point; in float32 pass float64 data, or atol=.",
        )


def _badness(difference: float) -> float:
    return abs(difference) if np.isfinite(difference) else np.inf


def _dot(left: Arrays, right: Arrays) -> float:
    return float(sum(np.sum(a * b) for a, b in zip(left, right, strict=True)))
