"""LBFGS, a quasi-Newton method: the curvature is learnt from how the gradient changed in the last moves."""

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import check_scalar, positive_integer
from nn.optim.groups import Check, Options, number
from nn.optim.line_search import Point, strong_wolfe
from nn.optim.memory import as_real, memory_of
from nn.optim.optimizer import Array, Optimizer, Parameters
from nn.optim.saving import restored, saved

# Below this yᵀs a move taught nothing about the curvature.
LEAST_CURVATURE = 1e-10

_CLOSURE = "Write a function that calls zero_grad(), computes the loss, calls loss.backward() and returns the loss."


class Move(NamedTuple):
    """A move of the parameters by s, in which the gradient changed by y."""

    s: Array
    y: Array
    rho: float


def _count(title: str, value: Any) -> int:
    return positive_integer(title, value, f"Write {title}=20, for example.")


class LBFGS(Optimizer):
    """L-BFGS: θ ← θ + t d with d = −H g, where H approximates the inverse Hessian from the last moves.

    With s = θₖ₊₁ − θₖ, y = gₖ₊₁ − gₖ and ρ = 1 / yᵀs, H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ for each of the moves
    kept, starting from (sᵀy / yᵀy) times the identity; d is computed by the two-loop recursion, without a matrix. A
    step makes up to `max_iter` moves and evaluates the loss as often as it needs: pass all data, not a batch.

    Parameters
    ----------
    parameters : iterable of Parameter
        ``model.parameters()``; there can be one group only.
    lr : float
        t, or with a line search where it begins.
    max_iter : int
        The most moves of a step.
    max_eval : int, optional
        The most evaluations of a step; by default 5/4 of `max_iter`.
    tolerance_grad : float
        Stop when no |g| is larger.
    tolerance_change : float
        Stop when neither a parameter nor the loss changes by more.
    history_size : int
        How many moves are kept.
    line_search_fn : {None, "strong_wolfe"}
        How t is found; None always takes `lr`, which may diverge.
    maximize : bool
        Go uphill.

    Raises
    ------
    ArgumentError
        When an argument lies outside its range, or when there are no parameters.
    UsageError
        When `parameters` is a model, a tensor, several groups or holds something else than Tensors.
    GradientError
        When a parameter was computed from others.

    References
    ----------
    D. C. Liu, J. Nocedal: On the limited memory BFGS method for large scale optimization. Mathematical Programming
    45, 1989. J. Nocedal, S. J. Wright: Numerical optimization. Springer 2006, algorithm 7.4. The order of the steps and
    the criteria for stopping are PyTorch's.

    Examples
    --------
    >>> w = nn.Parameter([-1.2, 1.0])
    >>> optimizer = nn.optim.LBFGS([w], max_iter=100, tolerance_change=1e-12, line_search_fn="strong_wolfe")
    >>> def rosenbrock():
    ...     optimizer.zero_grad()
    ...     loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(rosenbrock).item().__round__(6)
    24.2
    >>> np.round(w.numpy(), 6)
    array([1., 1.])
    """

    needs_closure = True
    checks: ClassVar[Mapping[str, Check]] = {
        "max_iter": _count,
        "max_eval": _count,
        "tolerance_grad": number(0.0, example=1e-7),
        "tolerance_change": number(0.0, example=1e-9),
        "history_size": _count,
    }

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        if line_search_fn not in (None, "strong_wolfe"):
            raise ArgumentError(
                f"line_search_fn {line_search_fn!r} is not known.", 'Write line_search_fn="strong_wolfe", or None.'
            )
        if max_eval is None:
            max_eval = max(1, _count("max_iter", max_iter) * 5 // 4)
        options = {"max_iter": max_iter, "max_eval": max_eval, "history_size": history_size, "maximize": maximize}
        tolerances = {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        super().__init__(parameters, lr, {**options, **tolerances})
        self.line_search_fn = line_search_fn
        self.iterations = 0
        self._moves: list[Move] = []
        self._last_move: Array | None = None
        self._last_gradient: Array | None = None

    def _add(self, group: dict[str, Any]) -> None:
        if self.param_groups:
            raise UsageError(
                "LBFGS moves all parameters in one direction: it takes one group, got more.",
                "Pass model.parameters(); for options of each group take SGD or Adam.",
            )
        super()._add(group)

    @spelled
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` moves.

        Parameters
        ----------
        closure : callable
            Computes the loss and its gradients anew, and returns the loss.

        Returns
        -------
        loss
            What the closure returned at first.

        Raises
        ------
        UsageError
            Without a closure, or when it leaves no gradients.
        GradientError
            When the loss is no finite scalar; the parameters are those before the move to there.
        """
        if not callable(closure):
            raise UsageError("LBFGS.step() needs a closure that computes the loss again and again.", _CLOSURE)
        o = self.options
        self._calls[0] += 1
        loss, value, g = self._evaluate(closure)
        _check_finite(value)
        evaluations = 1
        for moves in range(1, o["max_iter"] + 1):
            if np.abs(g).max(initial=0.0) <= o["tolerance_grad"] or (moves > 1 and evaluations >= o["max_eval"]):
                break
            self.iterations += 1
            d = self._direction(g)
            t = o["lr"] * (min(1.0, 1.0 / float(np.abs(g).sum())) if self.iterations == 1 else 1.0)
            self._last_gradient, self._last_move = g, d * t
            start = Point(0.0, value, g, float(g @ d))
            if start.slope > -o["tolerance_change"]:
                break
            if self.line_search_fn is None and moves == o["max_iter"]:
                self._put(self._values() + t * d)
                break
            point, used = self._moved(closure, start, d, t, o["max_eval"] - evaluations)
            value, g = point.value, point.gradient
            self._last_move = d * point.t
            evaluations += used
            change = np.abs(self._last_move).max(initial=0.0)
            if change <= o["tolerance_change"] or abs(value - start.value) < o["tolerance_change"]:
                break
        return loss

    def _direction(self, g: Array) -> Array:
        """Return −H g, after learning from the last move."""
        if self._last_move is None or self._last_gradient is None:
            return -g
        s, y = self._last_move, g - self._last_gradient
        if float(y @ s) > LEAST_CURVATURE:
            self._moves = [*self._moves, Move(s, y, 1.0 / float(y @ s))][-self.options["history_size"] :]
        d = -g
        shares = []
        for s, y, rho in reversed(self._moves):
            shares.append(float(s @ d) * rho)
            d = d - shares[-1] * y
        if self._moves:
            s, y, _ = self._moves[-1]
            d = d * (float(y @ s) / float(y @ y))
        for (s, y, rho), share in zip(self._moves, reversed(shares), strict=True):
            d = d + (share - float(y @ d) * rho) * s
        return d

    def _moved(self, closure: Callable[[], Any], start: Point, d: Array, t: float, trials: int) -> tuple[Point, int]:
        """Move along d, by t or as far as the line search finds best; return where, and the evaluations made."""
        origin = self._values()

        def at(t: float) -> Point:
            self._put(origin + t * d)
            _, value, g = self._evaluate(closure)
            return Point(t, value, g, float(g @ d))

        try:
            if self.line_search_fn is None:
                point, used = at(t), 1
                _check_finite(point.value)
            else:
                largest, tolerance = float(np.abs(d).max()), self.options["tolerance_change"]
                point, used = strong_wolfe(at, start, t, largest=largest, tolerance=tolerance, trials=trials)
        except BaseException:
            self._put(origin)
            raise
        self._put(origin + point.t * d)
        return point, used

    def _evaluate(self, closure: Callable[[], Any]) -> tuple[Any, float, Array]:
        """Return what the closure gave, the value to be made small, and its gradient as one vector."""
        with ag.enable_grad():
            loss = closure()
        if loss is None:
            raise UsageError("The closure of LBFGS.step() returned None.", _CLOSURE)
        if not isinstance(loss, (int, float)):
            check_scalar(loss, "LBFGS")
        if all(each._grad is None for each in self.parameters):
            raise UsageError("The closure of LBFGS.step() left no gradients.", _CLOSURE)
        slopes = [
            np.zeros(each.size * (2 if each.dtype.kind == "c" else 1)) if each._grad is None else _flat(each._grad)
            for each in self.parameters
        ]
        value, g = float(loss if isinstance(loss, (int, float)) else loss.item()), np.concatenate(slopes)
        return (loss, -value, -g) if self.options["maximize"] else (loss, value, g)

    def _values(self) -> Array:
        return np.concatenate([_flat(each) for each in self.parameters])

    def _put(self, values: Array) -> None:
        """Write one vector into all parameters."""
        ag.Tensor._note_step(self.parameters)
        first = 0
        for each in self.parameters:
            memory = as_real(each._memory())
            memory[...] = values[first : first + memory.size].reshape(memory.shape)
            first += memory.size

    def state_dict(self) -> dict[str, Any]:
        """Return the options and a copy of what the moves taught.

        Returns
        -------
        dict
            Options as numbers, "iterations", and as arrays "moves" and "changes", one s and one y a row, "last_move"
            and "last_gradient", with no entries before the first step.
        """
        size = len(self._values())
        state = {"last_move": self._last_move, "last_gradient": self._last_gradient}
        return {
            **saved(self.param_groups),
            "iterations": self.iterations,
            "moves": np.array([each.s for each in self._moves]).reshape(-1, size),
            "changes": np.array([each.y for each in self._moves]).reshape(-1, size),
            **{name: np.zeros(0) if array is None else array.copy() for name, array in state.items()},
        }

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave: all of it, or after an error nothing.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape, all of which are listed; or for an impossible
            option.
        UsageError
            When `state` is no mapping.
        """
        size, iterations, kept = len(self._values()), 0, 0
        if isinstance(state, Mapping):
            kept = len(np.atleast_1d(np.asarray(state.get("moves", ()), dtype=object)))
            iterations = int(np.any(state.get("iterations", 0)))
        vector = np.zeros(size * iterations, self._values().dtype)
        arrays_like = {"moves": np.zeros((kept, size)), "changes": np.zeros((kept, size))}
        likes = {"iterations": np.zeros(()), **arrays_like, "last_move": vector, "last_gradient": vector}
        options, arrays = restored(state, self.param_groups, likes)
        self._take(options[0], arrays)

    def _take(self, options: Options, arrays: Mapping[str, Array]) -> None:
        self.param_groups[0].options.update(options)
        self.iterations = int(arrays["iterations"].item())
        pairs = zip(arrays["moves"], arrays["changes"], strict=True)
        self._moves = [Move(s.copy(), y.copy(), 1.0 / float(y @ s)) for s, y in pairs]
        self._last_move = arrays["last_move"].copy() if self.iterations else None
        self._last_gradient = arrays["last_gradient"].copy() if self.iterations else None


def _flat(tensor: ag.Tensor) -> Array:
    flat: Array = as_real(memory_of(tensor)).ravel()
    return flat


def _check_finite(value: float) -> None:
    if not math.isfinite(value):
        raise GradientError(
            f"LBFGS: the loss became {value}; the parameters are those before the move to there.",
            'Write line_search_fn="strong_wolfe", or lower lr.',
        )
