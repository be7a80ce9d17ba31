"""Gradients of functions of one number: grad, value_and_grad, and elementwise_grad for functions of each element."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from autograd_lite.spelling import spelled
from autograd_lite.transforms.arguments import Argnums, refuse_no_function
from autograd_lite.transforms.evaluation import Evaluation, ones
from autograd_lite.transforms.results import refuse_complex, require_number


@spelled
def grad(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that gives the gradient of `f`, ∇f(x).

    Parameters
    ----------
    f : callable
        Takes its arguments as Tensors and returns one real number. It may write into them: they are copies.
    argnums : int or tuple of int
        The positional arguments to differentiate by; of a tuple the result is a tuple.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(gradient, aux)``.

    Returns
    -------
    callable
        Takes what `f` takes. The gradient has the structure of the argument, and the shapes and dtypes of its arrays:
        a float for a float, an ndarray for an ndarray or a list of numbers. It is made of Tensors where a Tensor was
        given, or where `f` uses one that requires a gradient (outside of `no_grad`): so it can be differentiated again.

    Raises
    ------
    GradientError
        When the result is no single real number, or was computed past the graph.
    DtypeError
        When an argument to differentiate by holds integers.
    UsageError
        When `f` is no function, or returns nothing.

    Notes
    -----
    One forward and one backward pass, at a small multiple of the cost of f whatever the number of variables: Griewank
    and Walther, *Evaluating Derivatives*, 2008, chapter 3. Of a complex variable z = x + iy this is ∂f/∂x + i ∂f/∂y,
    the direction of steepest ascent, as in PyTorch.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.grad(lambda x: x**3)(2.0)
    12.0
    >>> ag.grad(ag.grad(ag.grad(lambda x: x**3)))(2.0)
    6.0
    >>> ag.grad(lambda p, x: np.sum(p["w"] * x) + p["b"])({"w": np.ones(2), "b": 0.5}, np.array([3.0, 4.0]))
    {'w': array([3., 4.]), 'b': 1.0}
    """
    refuse_no_function("grad", f, argnums)

    @wraps(f, updated=())
    def gradient(*args: Any, **kwargs: Any) -> Any:
        at = _at_a_number("grad", f, argnums, args, kwargs, has_aux)
        found = _gradient(at)
        return (found, at.left_aux()) if has_aux else found

    return gradient


@spelled
def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Return the function that gives the value of `f` and its gradient, of one forward and one backward pass.

    Parameters
    ----------
    f : callable
        Takes its arguments as Tensors and returns one real number.
    argnums : int or tuple of int
        The positional arguments to differentiate by.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``((value, aux), gradient)``.

    Returns
    -------
    callable
        Takes what `f` takes, and returns ``(value, gradient)``; all else is said of `grad`.

    Raises
    ------
    GradientError, DtypeError, UsageError
        As in `grad`.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.value_and_grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    (5.0, array([2., 4.]))

    What `scipy.optimize.minimize` wants with ``jac=True``.
    """
    refuse_no_function("value_and_grad", f, argnums)

    @wraps(f, updated=())
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        at = _at_a_number("value_and_grad", f, argnums, args, kwargs, has_aux)
        found = _gradient(at)
        value = at.left_result()
        return ((value, at.left_aux()), found) if has_aux else (value, found)

    return value_and_gradient


@spelled
def elementwise_grad(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Callable[..., Any]:
    """Return the derivative of a function of each element, in one backward pass: f′(x) of the shape of x.

    Parameters
    ----------
    f : callable
        Takes arrays, such as a column of points, and returns real numbers, each computed from one element or one row
        only. Of any other function this is the gradient of the sum of its results, Σᵢ ∂fᵢ/∂x.
    argnums : int or tuple of int
        The positional arguments to differentiate by.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(derivative, aux)``.

    Returns
    -------
    callable
        Takes what `f` takes; the result is as in `grad`.

    Raises
    ------
    GradientError, DtypeError, UsageError
        As in `grad`, save that the result may have any shape.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.elementwise_grad(np.tanh)(np.array([0.0, 1.0]))
    array([1.        , 0.41997434])
    >>> ag.elementwise_grad(ag.elementwise_grad(np.sin))(np.array([0.0, np.pi / 2]))
    array([-0., -1.])
    """
    refuse_no_function("elementwise_grad", f, argnums)

    @wraps(f, updated=())
    def derivative(*args: Any, **kwargs: Any) -> Any:
        at = Evaluation("elementwise_grad", f, argnums, args, kwargs, has_aux=has_aux)
        for each in at.outputs:
            refuse_complex("elementwise_grad", f, each)
        found = _gradient(at)
        return (found, at.left_aux()) if has_aux else found

    return derivative


def _at_a_number(title: str, f: Any, argnums: Argnums, args: Any, kwargs: Any, has_aux: bool) -> Evaluation:
    at = Evaluation(title, f, argnums, args, kwargs, has_aux=has_aux)
    require_number(title, f, at.outputs, at.result)
    return at


def _gradient(at: Evaluation) -> Any:
    linked = at.linked
    seeds = [ones(each) for each in at.outputs]
    return at.inputs_like(at.pulled(at.outputs, seeds, recorded=linked, release=not linked))
