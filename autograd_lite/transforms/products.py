"""Products of a derivative with a vector, without the matrix: vjp Jᵀg, jvp Jv, hvp Hv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import UsageError
from autograd_lite.graph import enable_grad
from autograd_lite.spelling import spelled
from autograd_lite.structures import flatten, is_array_like
from autograd_lite.transforms.arguments import Argnums, origin, positions_of, refuse_no_function, variable
from autograd_lite.transforms.evaluation import Evaluation, any_tensor, close, needs_record, ones, walked, zeros
from autograd_lite.transforms.results import require_number


@spelled
def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False, **kwargs: Any) -> tuple[Any, ...]:
    """Return the value of `f` and the function that pulls a gradient back through it, g ↦ Jᵀ g.

    Parameters
    ----------
    f : callable
        Takes the primals as Tensors; returns an array, or a structure of arrays.
    *primals : array_like or structure
        The point; all of them are differentiated by.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(value, pull_back, aux)``.
    **kwargs
        Passed on to `f`.

    Returns
    -------
    value : float, ndarray, Tensor or structure
    pull_back : callable
        Takes incoming gradients of the structure and shapes of the value; returns a tuple with one gradient for each
        primal. It may be called any number of times: it keeps the graph.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When an incoming gradient does not fit the value.
    DtypeError
        When a primal holds integers.

    Notes
    -----
    Of complex numbers the gradients are those of PyTorch: for holomorphic f the conjugate of f′(z) times g.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> value, pull_back = ag.vjp(lambda x, y: x * y, np.array([1.0, 2.0]), 3.0)
    >>> value, pull_back(np.array([1.0, 10.0]))
    (array([3., 6.]), (array([ 3., 30.]), 21.0))
    """
    refuse_no_function("vjp", f)
    if not primals:
        raise UsageError("ag.vjp needs the point at which to differentiate.", "Write ag.vjp(f, x), then pull_back(g).")
    at = Evaluation("vjp", f, tuple(range(len(primals))), primals, kwargs, has_aux=has_aux)
    value = at.left_result()

    def pull_back(cotangents: Any) -> Any:
        seeds = at.beside_results("the incoming gradient", cotangents)
        recorded = at.linked or needs_record(seeds)
        return at.inputs_like(
            at.pulled(at.outputs, seeds, recorded=recorded, severed=not at.linked),
            also=any_tensor(flatten(cotangents)[0]),
        )

    return (value, pull_back, at.left_aux()) if has_aux else (value, pull_back)


@spelled
def jvp(f: Callable[..., Any], primals: Any, tangents: Any, *, has_aux: bool = False, **kwargs: Any) -> tuple[Any, ...]:
    """Return the value of `f` and its derivative along a direction, J v.

    Parameters
    ----------
    f : callable
        Takes the primals as Tensors; returns an array, or a structure of arrays.
    primals : tuple
        The arguments at which to differentiate; one argument that is no tuple may stand alone.
    tangents : tuple
        The direction: of the structure and the shapes of the primals.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(value, derivative, aux)``.
    **kwargs
        Passed on to `f`.

    Returns
    -------
    value, derivative : float, ndarray, Tensor or structure
        Of one structure, and equal shapes and dtypes.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When a tangent does not fit its primal.

    Notes
    -----
    g ↦ Jᵀ g is linear, and pulled back itself it is v ↦ J v. So the one table of reverse rules gives forward
    derivatives too, at about twice the cost of a gradient.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.jvp(np.sin, (np.array([0.0, 0.0]),), (np.array([1.0, 2.0]),))
    (array([0., 0.]), array([1., 2.]))
    """
    refuse_no_function("jvp", f)
    alone = is_array_like(primals) or type(primals) not in (tuple, list)
    args = (primals,) if alone else tuple(primals)
    if not args:
        raise UsageError("ag.jvp needs the point at which to differentiate.", "Write ag.jvp(f, (x,), (v,)).")
    if alone and isinstance(tangents, tuple) and len(tangents) == 1:
        alone = False
    direction = (tangents,) if alone else tuple(tangents) if isinstance(tangents, list) else tangents
    at = Evaluation("jvp", f, tuple(range(len(args))), args, kwargs, has_aux=has_aux)
    v = at.beside_inputs("tangents", direction)
    recorded = at.linked or needs_record(v)
    derivative = Pushforward(at).along(v, recorded=recorded)
    given = any_tensor(flatten(tangents)[0])
    result = (at.left_result(also=given), at.results_like(derivative, also=given))
    return (*result, at.left_aux(also=given)) if has_aux else result


def dummy(like: Any) -> Any:
    """Return a Tensor of the shape and dtype of another, at which a walk can stop and that nobody else knows."""
    base = origin(np.ones(like.shape, like.dtype))
    with enable_grad():
        made = variable(base)
    close(base)
    return made


class Pushforward:
    """v ↦ J v at one point: the backward pass, which is linear in its incoming gradients, walked back in turn."""

    def __init__(self, at: Evaluation) -> None:
        self._at = at
        self._dummies = [dummy(each) for each in at.outputs]
        self._gradients = walked(at.outputs, self._dummies, at.targets, recorded=True, severed=not at.linked)

    def along(self, v: Sequence[Any], *, recorded: bool = False) -> list[Any]:
        """Return the derivative of each result along a direction, zeros where it does not depend on that."""
        reached = [(g, each) for g, each in zip(self._gradients, v, strict=True) if g is not None]
        starts, seeds = [g for g, _ in reached], [each for _, each in reached]
        nodes = [each._node for each in self._dummies]
        totals = walked(starts, seeds, nodes, recorded=recorded)
        return [zeros(node) if t is None else t for node, t in zip(nodes, totals, strict=True)]


@spelled
def hvp(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that gives the Hessian times a vector, H(x) v, at the cost of a few gradients.

    Parameters
    ----------
    f : callable
        Takes its arguments as Tensors and returns one real number.
    argnums : int or tuple of int
        The positional arguments to differentiate by.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(Hv, aux)``.

    Returns
    -------
    callable
        Takes what `f` takes, and the vector v right behind the (last) argument that is differentiated by, as SciPy's
        ``hessp`` does: ``ag.hvp(f)(x, v)``, ``ag.hvp(f)(x, v, data)``; in HIPS autograd it is the last of all. v has
        the structure and the shapes of that argument, for several of a tuple of them; so has the result.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        When v does not fit the argument.
    GradientError, UsageError
        As in `grad`.

    Notes
    -----
    H v = ∇(∇f · v), exactly: Pearlmutter, *Fast Exact Multiplication by the Hessian*, Neural Computation 6 (1994).

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([  6., 120.])
    """
    refuse_no_function("hvp", f, argnums)

    def product(*args: Any, **kwargs: Any) -> Any:
        point, vector = _without_vector(argnums, args)
        at = Evaluation("hvp", f, argnums, point, kwargs, has_aux=has_aux)
        require_number("hvp", f, at.outputs, at.result)
        v = at.beside_inputs("v", vector)
        gradients = at.pulled(at.outputs, [ones(each) for each in at.outputs], recorded=True)
        recorded = at.linked or needs_record(v)
        given = any_tensor(flatten(vector)[0])
        found = at.inputs_like(at.pulled(gradients, v, recorded=recorded, release=not recorded), also=given)
        return (found, at.left_aux(also=given)) if has_aux else found

    product.__name__ = f"hvp of {getattr(f, '__name__', 'f')}"
    return product


def _without_vector(argnums: Argnums, args: Sequence[Any]) -> tuple[list[Any], Any]:
    """Return the arguments of the function and the vector, which stands behind the last to differentiate by."""
    positions = positions_of(argnums)
    if min(positions) < 0:
        raise UsageError(
            f"ag.hvp: argnums={argnums}, and positions count from 0 here.", "Write argnums=0 for the first."
        )
    k = max(positions) + 1
    if len(args) <= k:
        raise UsageError(
            f"ag.hvp: called with {len(args)} positional argument{'s' * (len(args) != 1)}, and v is to stand behind x.",
            "Write ag.hvp(f)(x, v): the vector right behind the argument that is differentiated by.",
        )
    return [*args[:k], *args[k + 1 :]], args[k]
