"""gradcheck: derivatives by autodiff against central differences, (f(x + h v) − f(x − h v)) / 2h.

First along a random direction, which costs two evaluations; then, of small inputs, element by element as well, and of
large ones along two more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.check.comparison import Check
from autograd_lite.check.inputs import Inputs
from autograd_lite.check.reasons import explained
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled

__all__ = ["gradcheck"]


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
        Takes the inputs as Tensors; returns a Tensor of any shape, or Tensors in nested tuples, lists and dicts.
    inputs : array_like, Tensor or structure
        The point: a tuple holds f's arguments, anything else is the only one; each may be a nested structure. Floating
        and complex arrays are differentiated; of Tensors those that require a gradient. Such a leaf is moved where it
        lies in memory, and put back: f may use it without taking it, as a model uses its parameters.
    order : {1, 2}
        2 checks the second derivatives as well.
    eps : float, optional
        The step h for values of size 1; by default the cube root of the dtype's rounding unit.
    atol, rtol : float, optional
        A derivative d passes within atol + rtol·|d|; by default 1e-6 and 1e-5 in double precision, 1e-2 where
        anything between input and output is single. Where all derivatives are smaller than 1, the default atol is so
        many times smaller, as far as differences can tell. Up to 200 elements each passes by itself; of more, their sum
        along three random directions.
    raise_exception : bool
        Raise where they differ, rather than return False.

    Returns
    -------
    bool

    Raises
    ------
    GradientCheckError
        Where they differ: names the output, the input, the element and both numbers, and guesses why: a factor, a
        sign, a transpose, a kink, a rule of an operation, a branch without history. Its `mismatch` holds the same as
        attributes.
    UsageError
        When nothing can be compared: no input is differentiated, no output depends on one, has elements or is finite.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.gradcheck(lambda x: np.sin(x) * x, np.array([0.5, 1.0]), order=2)
    True

    Structures, and complex numbers, whose real and imaginary parts are moved:

    >>> ag.gradcheck(lambda p: {"loss": np.abs(p["z"] * p["w"])}, {"z": np.array([1 + 2j]), "w": np.array([0.5])})
    True

    What a function uses without taking it:

    >>> w = ag.tensor([0.5, 1.0], requires_grad=True)
    >>> ag.gradcheck(lambda *inputs: np.sin(w).sum(), w)
    True
    """
    if order not in (1, 2):
        raise ArgumentError(f"gradcheck: order={order!r}.", "order is 1, or 2 to check second derivatives as well.")
    for name, given in {"eps": eps, "atol": atol, "rtol": rtol}.items():
        if given is not None and not (
            isinstance(given, (int, float)) and (given > 0 or (given == 0 and name != "eps"))
        ):
            raise ArgumentError(f"gradcheck: {name}={given!r}.", f"Give a positive number, {name}=1e-6 for example.")
    if not callable(f):
        raise UsageError(f"gradcheck: the function comes first, got {type(f).__name__}.", "Write ag.gradcheck(f, x).")
    check = Check(f, Inputs(inputs), eps, atol, rtol)
    fault = check.first_order() or (check.second_order() if order == 2 else None)
    if fault is not None and raise_exception:
        raise explained(check, fault)
    if fault is None and check.inputs.written is not None:
        raise UsageError(
            f"gradcheck: the function writes into {check.inputs.written}; on copies of it the derivatives agree.",
            "Compute with a copy, x = x.copy(), or its caller finds other data than before.",
        )
    return fault is None
