"""Clipping: gradients cut down before the optimizer's step, so that one steep place does not throw training off."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, GradientError
from autograd_lite.spelling import spelled
from nn.arguments import number_between
from nn.optim.groups import leaves
from nn.optim.memory import as_real

Array = np.ndarray[Any, Any]

# Keeps max_norm / norm finite, as PyTorch does.
TINY = 1e-6

_MEND = "Lower the learning rate, or look for the cause: nn.diagnose(model, x, y, loss), ag.detect_anomaly()."


@spelled
def clip_grad_norm_(
    parameters: Iterable[ag.Tensor] | ag.Tensor,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> ag.Tensor:
    """Scale all gradients by one factor where their norm exceeds a bound: g ← g · min(1, max_norm / (‖g‖ + 10⁻⁶)).

    The norm is that of all gradients together, as one vector; their direction stays. Called between ``backward()`` and
    the optimizer's ``step()``. Parameters get gradients of their own, and one that was kept stays what it was.

    Parameters
    ----------
    parameters : iterable of Tensor, or Tensor
        ``model.parameters()``. Those without a gradient are left out.
    max_norm : float
        The bound ≥ 0; `math.inf` only measures.
    norm_type : float
        p > 0 of the p-norm (Σ |g|ᵖ)^(1/p); `math.inf` for the largest |g|.
    error_if_nonfinite : bool
        Raise when the norm is NaN or infinite. Otherwise all gradients become NaN or 0.

    Returns
    -------
    Tensor, shape ()
        The norm before clipping.

    Raises
    ------
    GradientError
        When the norm is not finite and `error_if_nonfinite` is set; the gradients stay.
    ArgumentError, UsageError
        When there are no parameters, or an argument is of the wrong kind or outside its range.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio: On the difficulty of training recurrent neural networks. ICML 2013.

    Examples
    --------
    >>> w = nn.Parameter([3.0, 4.0])
    >>> (w * w / 2).sum().backward()
    >>> nn.clip_grad_norm_([w], max_norm=1.0).item()
    5.0
    >>> np.round(w.grad.numpy(), 4)
    array([0.6, 0.8])
    """
    given = _with_gradients(parameters, "clip_grad_norm_")
    bound = _bound("max_norm", max_norm)
    order = _order(norm_type)
    gradients = [_values(each) for each in given]
    total = _norm([_norm_of(each, order) for each in gradients], order)
    if error_if_nonfinite and not math.isfinite(total):
        raise GradientError(f"The norm of the gradients is {total}: {_culprit(given)}.", _MEND)
    factor = bound / (total + TINY)
    if not factor >= 1:
        for parameter, gradient in zip(given, gradients, strict=True):
            with np.errstate(invalid="ignore"):
                parameter.grad = ag.from_numpy(np.asarray(gradient * factor))
    dtype = np.result_type(*[each.real.dtype for each in gradients]) if gradients else np.float64
    return ag.tensor(total, dtype=dtype)


@spelled
def clip_grad_value_(parameters: Iterable[ag.Tensor] | ag.Tensor, clip_value: float) -> None:
    """Cut every gradient's entries off at ±clip_value; of complex ones each part.

    Parameters
    ----------
    parameters : iterable of Tensor, or Tensor
        ``model.parameters()``. Those without a gradient are left out.
    clip_value : float
        The bound ≥ 0.

    Raises
    ------
    ArgumentError, UsageError
        When there are no parameters, or an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> w = nn.Parameter([3.0, -0.5])
    >>> (w * w).sum().backward()
    >>> nn.clip_grad_value_([w], clip_value=2.0)
    >>> w.grad
    tensor([ 2., -1.])
    """
    given = _with_gradients(parameters, "clip_grad_value_")
    bound = _bound("clip_value", clip_value)
    for parameter in given:
        clipped = _values(parameter).copy()
        parts = as_real(clipped)
        np.clip(parts, -bound, bound, out=parts)
        parameter.grad = ag.from_numpy(clipped)


def _with_gradients(parameters: Any, owner: str) -> list[ag.Tensor]:
    found = leaves([parameters] if isinstance(parameters, ag.Tensor) else parameters, owner)
    return [each for each in found if each._grad is not None]


def _values(parameter: ag.Tensor) -> Array:
    values: Array = np.asarray(parameter._grad._value)
    return values


def _bound(title: str, value: Any) -> float:
    if isinstance(value, float) and value == math.inf:
        return value
    return number_between(title, value, 0.0, example=1.0)


def _order(norm_type: Any) -> float:
    mend = "Write norm_type=2.0, or math.inf for the largest entry."
    if norm_type in (math.inf, "inf"):
        return math.inf
    order = number_between("norm_type", norm_type, 0.0, example=2.0, mend=mend)
    if not order:
        raise ArgumentError("norm_type must be above 0, got 0.", mend)
    return order


def _norm_of(gradient: Array, order: float) -> float:
    """Return the norm of one gradient."""
    if order == 2:
        parts = as_real(gradient).reshape(-1)
        with np.errstate(over="ignore", under="ignore"):
            square = float(parts @ parts)
        # Neither too large for the dtype nor so small that digits are lost.
        if np.finfo(parts.dtype).tiny * parts.size / np.finfo(parts.dtype).eps < square < math.inf or not parts.size:
            return math.sqrt(square)
    return _norm(np.abs(gradient).reshape(-1).astype(float), order)


def _norm(sizes: Sequence[float] | Array, order: float) -> float:
    """Return the norm of numbers ≥ 0, scaled by the largest of them so that no power overflows."""
    numbers = np.asarray(sizes, dtype=float)
    largest = float(numbers.max(initial=0.0))
    if order == math.inf or largest == 0 or not math.isfinite(largest):
        return largest
    return largest * float(((numbers / largest) ** order).sum() ** (1 / order))


def _culprit(parameters: Sequence[ag.Tensor]) -> str:
    """Return which gradient holds how many numbers that are not finite."""
    for place, each in enumerate(parameters):
        wrong = int((~np.isfinite(_values(each))).sum())
        if wrong:
            title, noun = each.name or f"parameter {place}", "entries" if wrong > 1 else "entry"
            return f"that of {title}, of shape {each.shape}, holds {wrong} NaN or infinite {noun}"
    return "they are too large to be squared"
