"""gradcheck: derivatives by autodiff against central differences, (f(x + h v) − f(x − h v)) / 2h.

First along one random direction, which costs two evaluations; element by element only to say where it went wrong.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd_lite.backward import silent
from autograd_lite.errors import ArgumentError, GradientCheckError, UsageError
from autograd_lite.graph import no_grad
from autograd_lite.mistakes import common, diagnose
from autograd_lite.mistakes.nearby import nearby
from autograd_lite.mistakes.slips import Probe, lengths_of
from autograd_lite.mistakes.slopes import breaks
from autograd_lite.mistakes.wording import bracketed
from autograd_lite.spelling import spelled
from autograd_lite.tensors import Tensor, wrap
from autograd_lite.transforms import gradients

Arrays = list[Any]
Value = Callable[[Arrays], float]
Gradient = Callable[[Arrays], Arrays]

FIRST, SECOND = "the gradient", "the second derivative"
# Elements up to which a mistake is looked for by name, at a cost of some evaluations each.
EXPLAINED = 1000


@spelled
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
        return self._compare(self.value, self.gradient, FIRST)

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

        return self._compare(slope, slope_gradient, SECOND)

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

    def _difference(self, value: Value, direction: Arrays, least: float) -> tuple[float, Arrays]:
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

    def _compare(self, value: Value, gradient: Gradient, what: str) -> GradientCheckError | None:
        value(self.points)
        analytic = gradient(self.points)
        direction = self._direction()
        for least in (1.0, 0.0):  # a step of size 1 suits most points; close to a singularity only a small one does
            numeric, steps = self._difference(value, direction, least)
            if self._close(_dot(analytic, steps), numeric, sum(each.size for each in steps)):
                return None
        return self._located(value, gradient, analytic, what)

    def _close(self, analytic: float, numeric: float, count: int = 1) -> bool:
        return bool(abs(analytic - numeric) <= self.atol * count**0.5 + self.rtol * abs(numeric))

    def _numeric(self, value: Value, analytic: Arrays) -> Arrays:
        """Return the derivatives by differences, element by element: of two steps the one that is nearer autodiff."""
        numeric = [np.zeros(each.shape) for each in analytic]
        for place, k in enumerate(self.differentiated):
            for index in np.ndindex(self.points[k].shape):
                direction = [np.zeros(self.points[j].shape) for j in self.differentiated]
                direction[place][index] = 1.0
                tried = []
                for least in (1.0, 0.0):
                    slope, steps = self._difference(value, direction, least)
                    tried.append(slope / float(steps[place][index]))
                found = float(analytic[place][index])
                numeric[place][index] = min(tried, key=lambda slope: _badness(found - slope))
        return numeric

    def _located(self, value: Value, gradient: Gradient, analytic: Arrays, what: str) -> GradientCheckError:
        """Return the error that names the worst element, and what is wrong with it."""
        numeric = self._numeric(value, analytic)
        gaps = [np.array([_badness(each) for each in (a - n).ravel()]) for a, n in zip(analytic, numeric, strict=True)]
        place = max((at for at, each in enumerate(gaps) if each.size), key=lambda at: float(gaps[at].max()))
        k, shape = self.differentiated[place], analytic[place].shape
        index = tuple(int(each) for each in np.unravel_index(int(gaps[place].argmax()), shape))
        found, slope = float(analytic[place][index]), float(numeric[place][index])
        bound = self.atol + self.rtol * abs(slope)
        guess = (
            self._unsteady(value)
            or self._coarse(what)
            or self._broken(value, k, index)
            or self._named(value, gradient, analytic, numeric)
        )
        return GradientCheckError(
            f"gradcheck: {what} at input {k}{bracketed(index)} is {found:.8g} by autodiff, {slope:.8g} "
            f"by central differences; they differ by {abs(found - slope):.2g}, allowed {bound:.2g}.",
            guess
            or "Check the rule of that operation; at a kink move the point; in float32 pass float64 data, or atol=.",
        )

    def _unsteady(self, value: Value) -> str | None:
        """Call the function twice at a point a step away from the one given, which may be 0."""
        points = [
            each + each.dtype.type(0.01) if k in self.differentiated else each for k, each in enumerate(self.points)
        ]
        first, second = _defined(value, points), _defined(value, points)
        if first == second or np.isnan(first):
            return None
        return (
            f"Called twice at one point the function gives {first:.6g} and {second:.6g}: fix its random numbers "
            "before checking it."
        )

    def _coarse(self, what: str) -> str | None:
        """Check in float64 what does not pass in less; what fails there too is explained there."""
        if all(self.points[k].dtype == np.float64 for k in self.differentiated):
            return None
        points = [each.astype(np.float64) if k in self.differentiated else each for k, each in enumerate(self.points)]
        finer = _Check(self.f, points, self.differentiated, None, None, None)
        problem = finer.first_order() if what == FIRST else finer.second_order()
        if problem is not None:
            return str(problem).partition("\n")[2]
        coarse = next(self.points[k].dtype for k in self.differentiated if self.points[k].dtype != np.float64)
        return f"{coarse} is too coarse here, in float64 they agree: pass float64 data, or allow more by atol=."

    def _broken(self, value: Value, k: int, index: tuple[int, ...]) -> str | None:
        def line(t: float) -> float:
            moved = list(self.points)
            moved[k] = self.points[k].copy()
            moved[k][index] += t
            return _defined(value, moved)

        found = breaks(line, max(1.0, abs(float(self.points[k][index]))))
        return None if found is None else f"This is {found.text()}. Move the point."

    def _named(self, value: Value, gradient: Gradient, analytic: Arrays, numeric: Arrays) -> str | None:
        """Name the mistake, when it is the same at other points close by."""
        if sum(each.size for each in analytic) > EXPLAINED:
            return None
        lengths = lengths_of([f"inputs[{k}]" for k in range(len(self.points))], self.points)
        pairs = [(analytic, numeric), *self._close_by(value, gradient)]
        probes = [
            [Probe(found[place], right[place], lengths) for found, right in pairs] for place in range(len(analytic))
        ]
        wrong = [k for k, each in enumerate(probes) if not all(self._passes(*probe[:2]) for probe in each)]
        causes = common([diagnose(probes[place], rtol=self.rtol) for place in wrong]) if wrong else ()
        if not causes:
            return None
        names = " and ".join(f"{self.differentiated[place]}" for place in wrong)
        said = " or ".join(each.text() for each in causes[:2])
        return f"By autodiff input{'s' * (len(wrong) > 1)} {names}: {said}. Check the rule of that operation."

    def _close_by(self, value: Value, gradient: Gradient) -> Iterator[tuple[Arrays, Arrays]]:
        """Yield the derivatives by autodiff and by differences at points where both are finite."""
        for _ in range(2):
            points = [
                nearby(each, self.random, 0.1) if k in self.differentiated else each
                for k, each in enumerate(self.points)
            ]
            there = copy.copy(self)
            there.points = points
            try:
                analytic = gradient(points)
                numeric = there._numeric(value, analytic)
            except Exception:  # the point may be outside of the domain, and the user's code may raise anything
                continue
            if all(np.isfinite(each).all() for each in (*analytic, *numeric)):
                yield analytic, numeric

    def _passes(self, found: Any, right: Any) -> bool:
        return bool((np.abs(found - right) <= self.atol + self.rtol * np.abs(right)).all())


def _defined(value: Value, points: Arrays) -> float:
    """Return a value; NaN outside of the domain, where the user's code may raise anything."""
    try:
        return value(points)
    except Exception:
        return float("nan")


def _badness(difference: float) -> float:
    return abs(difference) if np.isfinite(difference) else np.inf


def _dot(left: Arrays, right: Arrays) -> float:
    return float(sum(np.sum(a * b) for a, b in zip(left, right, strict=True)))
