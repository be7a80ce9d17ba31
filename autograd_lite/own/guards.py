"""Rules of the user's own, watched: what they write into, what they return, and what they raise."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd_lite.conversion import KINDS, NUMBERS, read_only
from autograd_lite.errors import AutogradError, GradientError
from autograd_lite.variable import Variable, wrap


def guarded(rule: Callable[..., Any], operation: str, operand: str) -> Callable[..., Any]:
    """Return a rule that is given arrays it cannot write into, and whose mistakes are told in two lines.

    Raises
    ------
    GradientError
        When the rule raises, returns None or something else than numbers, or loses the gradient of its gradient.
    """
    title = f"The rule of {operation!r} for {operand!r}"

    @wraps(rule)
    def watched(*given: Any) -> Any:
        try:
            result = rule(*[protected(each) for each in given])
        except AutogradError:
            raise
        except Exception as problem:
            raise _raised(title, given, problem) from problem
        if result is None:
            raise GradientError(
                f"{title} returned None.",
                f"Return the gradient; for an operand that has none declare {operand}=None in place of a rule.",
            )
        if not hasattr(result, "shape"):
            result = np.asarray(result)
        if result.dtype.kind not in NUMBERS:
            raise GradientError(
                f"{title} returned {KINDS.get(result.dtype.kind, 'data')}, no numbers.",
                "Return the gradient, an array of the operand's shape.",
            )
        tensors = [each for each in given if isinstance(each, Variable)]
        return _recorded(title, result, tensors) if tensors and not isinstance(result, Variable) else result

    return watched


def _recorded(title: str, result: Any, given: list[Any]) -> Any:
    """Return what a rule made of Tensors as a Tensor; anything but zeros depends on them, and must say how.

    Raises
    ------
    GradientError
        When it left the graph on the way.
    """
    if np.any(result) and any(each.requires_grad for each in given):
        raise GradientError(
            f"{title} gave a plain array of Tensors: a derivative of this gradient would be lost.",
            "Write it in NumPy functions, without t.numpy(), t.tolist() or t.item(), to differentiate it again.",
        )
    return wrap(np.asarray(result), None)


def protected(value: Any) -> Any:
    """Return an argument of a rule through which it cannot write; a NumPy scalar as an array without axes."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(protected, value))
    if isinstance(value, Variable):
        return wrap(read_only(np.asarray(value._value)), value._node) if type(value._value) is np.ndarray else value
    return read_only(np.asarray(value)) if isinstance(value, np.generic) else read_only(value)


def _raised(title: str, given: tuple[Any, ...], problem: Exception) -> GradientError:
    text = (str(problem).splitlines() or [""])[0].rstrip(".")
    what = f"{title} raised {type(problem).__name__}: {text:.80}."
    g = given[0]
    if "read-only" in text:
        return GradientError(what, "It writes into an array that others use: compute a new one, g = g * 2.")
    if isinstance(g, Variable):
        return GradientError(
            what,
            "Differentiated again it is given Tensors: write it in NumPy functions, and declare what else it calls.",
        )
    shape = g.shape if hasattr(g, "shape") else "that of each output"
    return GradientError(what, f"It was given g of shape {shape}, the result's; the gradient has its operand's shape.")
