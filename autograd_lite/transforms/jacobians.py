"""Matrices of derivatives: jacobian, row by row or column by column over one graph, and hessian."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd_lite.derivatives.joining import stack
from autograd_lite.derivatives.vocabulary import conj
from autograd_lite.errors import ArgumentError, DtypeError, GradientError
from autograd_lite.graph import Node
from autograd_lite.spelling import spelled
from autograd_lite.transforms.arguments import Argnums, refuse_no_function
from autograd_lite.transforms.evaluation import Evaluation, zeros
from autograd_lite.transforms.products import Pushforward
from autograd_lite.variable import wrap

# A column costs as much as a row; before the first the backward pass must be recorded.
COLUMN_IN_ROWS = 1.5
# How far J(iv) may be from i Jv for rounding alone, as a power of the dtype's precision.
HOLOMORPHIC = 0.5


@spelled
def jacobian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that gives all first derivatives of `f`, J = ∂f/∂x.

    Parameters
    ----------
    f : callable
        Takes its arguments as Tensors; returns an array, or a structure of arrays.
    argnums : int or tuple of int
        The positional arguments to differentiate by.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(J, aux)``.

    Returns
    -------
    callable
        Takes what `f` takes. For an array of shape s as argument and a result of shape r the Jacobian has the shape
        r + s and the dtype of the argument; of structures it is the structure of the result, with that of the
        argument in the place of each leaf. Arrays, or Tensors where `grad` gives Tensors.

    Raises
    ------
    DtypeError
        When an argument to differentiate by holds integers.
    ArgumentError
        When f is a complex function of complex numbers that has no complex derivative there.

    Notes
    -----
    One forward pass; then a walk back for each number of the result, or, where these are many more than the
    variables, a walk forward for each variable. Of a holomorphic f this is f′(z), without a conjugate; of a real f of
    complex z each row is a gradient as `grad` gives it.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.jacobian(lambda x: x**2)(np.array([1.0, 2.0, 3.0]))
    array([[2., 0., 0.],
           [0., 4., 0.],
           [0., 0., 6.]])

    For ``scipy.optimize.curve_fit(model, t, y, jac=slopes)``, which wants a column for each parameter:

    >>> def model(t, a, b):
    ...     return a * np.exp(-b * t)
    >>> def slopes(t, *p):
    ...     return np.stack(ag.jacobian(model, argnums=(1, 2))(t, *p), axis=1)
    >>> slopes(np.array([0.0, 1.0, 2.0]), 3.0, 0.0)
    array([[ 1., -0.],
           [ 1., -3.],
           [ 1., -6.]])
    """
    refuse_no_function("jacobian", f, argnums)
    return _jacobian("jacobian", f, argnums, has_aux)


@spelled
def hessian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Callable[..., Any]:
    """Return the function that gives all second derivatives of `f`, H = ∂²f/∂x∂x.

    Parameters
    ----------
    f : callable
        Takes its arguments as Tensors; returns one real number, or an array of them.
    argnums : int or tuple of int
        The positional arguments to differentiate by; of a tuple the result is a tuple of tuples.
    has_aux : bool
        `f` returns a pair, and the second part is handed through: the result is ``(H, aux)``.

    Returns
    -------
    callable
        Takes what `f` takes. For an argument of shape s and one number as the result the Hessian has the shape s + s;
        of structures it is the structure of the argument twice, one in the other.

    Raises
    ------
    DtypeError
        When an argument to differentiate by holds integers or complex numbers.

    Notes
    -----
    The backward pass is recorded once, and every row is a walk over that. Where only products with vectors are needed,
    `hvp` costs as much as one row.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    refuse_no_function("hessian", f, argnums)
    return _jacobian("hessian", _jacobian("hessian", f, argnums, has_aux), argnums, has_aux)


def _jacobian(title: str, f: Callable[..., Any], argnums: Argnums, has_aux: bool) -> Callable[..., Any]:
    @wraps(f, updated=())
    def matrix(*args: Any, **kwargs: Any) -> Any:
        at = Evaluation(title, f, argnums, args, kwargs, has_aux=has_aux)
        if title == "hessian":
            _refuse_complex(at)
        blocks = _blocks(at)
        size = at.inputs.size
        left = at.left([each for row in blocks for each in row], at.given * len(blocks))
        rows = [at.inputs.unflatten(left[k : k + size]) for k in range(0, len(left), size)]
        found = at.result.unflatten(rows)
        return (found, at.left_aux()) if has_aux else found

    return matrix


def _refuse_complex(at: Evaluation) -> None:
    for node, name in zip(at.targets, at.names(), strict=True):
        if node.dtype.kind == "c":
            raise DtypeError(
                f"ag.hessian: {name} is of dtype {node.dtype}, and second derivatives are with respect to real ones.",
                "Write f as a function of x and y with z = x + 1j * y, and take argnums=(0, 1).",
            )


def _blocks(at: Evaluation) -> list[list[Any]]:
    """Return for each result and each variable the derivatives, of the shape of the one and the other together."""
    ways = [_is_forward(at, output) for output in at.outputs]
    try:
        columns = _columns_wanted(at, any(ways))
    except GradientError:
        if _has_complex(at.outputs):
            raise
        # A rule in functions that record nothing, such as SciPy's, can be walked back all the same.
        columns, ways = [], [False] * len(ways)
    blocks = []
    for k, (output, is_forward) in enumerate(zip(at.outputs, ways, strict=True)):
        found = [each[k] for each in columns] if is_forward else _rows(at, output)
        blocks.append([each.reshape(output.shape + node.shape) for each, node in zip(found, at.targets, strict=True)])
    return blocks


def _columns_wanted(at: Evaluation, wanted: bool) -> list[list[Any]]:
    """Return the columns if they are wanted; a complex function of complex variables must be holomorphic first."""
    holomorphic = _has_complex(at.outputs) and _has_complex(at.targets)
    if not (wanted or holomorphic):
        return []
    forward = Pushforward(at)
    if holomorphic:
        _refuse_unholomorphic(at, forward)
    return _columns(at, forward) if wanted else []


def _is_forward(at: Evaluation, output: Any) -> bool:
    """Return whether the derivatives of a result are taken column by column, a variable at a time."""
    if not output.requires_grad:
        return False
    complex_variables = _has_complex(at.targets)
    if output.dtype.kind == "c":
        return not complex_variables or any(node.dtype.kind != "c" for node in at.targets)
    variables = sum(math.prod(node.shape) for node in at.targets)
    return not complex_variables and output.size > COLUMN_IN_ROWS * variables


def _has_complex(those: Iterable[Any]) -> bool:
    return any(each.dtype.kind == "c" for each in those)


def _rows(at: Evaluation, output: Any) -> list[Any]:
    """Return for each variable the rows of one result, each from a walk back: (numbers of the result, *shape)."""
    # The cotangents of the walk carry no conjugate, those of a user do: f'(z) is the one, a gradient the other.
    ours = conj if output.dtype.kind == "c" else _as_it_is
    if at.linked and output.requires_grad and output.size:
        rows = [at.pulled([output], [unit], recorded=True) for unit in _units(output)]
        return [ours(stack(each)) for each in zip(*rows, strict=True)]
    found = [np.zeros((output.size, *node.shape), node.dtype) for node in at.targets]
    if output.requires_grad:
        for i, unit in enumerate(_units(output)):
            for rows_of, gradient in zip(found, at.pulled([output], [unit]), strict=True):
                rows_of[i] = gradient._value
    return [ours(wrap(each, None)) for each in found]


def _columns(at: Evaluation, forward: Pushforward) -> list[list[Any]]:
    """Return for each variable and each result the columns, each from a walk forward: (*shape, numbers)."""
    blocks = []
    for j, node in enumerate(at.targets):
        still = [zeros(each) for each in at.targets]
        along = [forward.along([*still[:j], unit, *still[j + 1 :]], recorded=at.linked) for unit in _units(node)]
        blocks.append([_side_by_side([each[k] for each in along], output, node) for k, output in enumerate(at.outputs)])
    return blocks


def _side_by_side(columns: Sequence[Any], output: Any, node: Node) -> Any:
    if not columns:
        return wrap(np.zeros((*output.shape, 0), node.dtype), None)
    joined = stack(columns, axis=-1)
    return joined if output.dtype.kind == "c" or joined.dtype == node.dtype else joined.astype(node.dtype)


def _units(of: Any) -> Iterator[Any]:
    """Yield for each element of a shape and dtype the array that is 1 there and 0 elsewhere."""
    for i in range(math.prod(of.shape)):
        unit = np.zeros(of.shape, of.dtype)
        unit.flat[i] = 1
        yield wrap(unit, None)


def _as_it_is(block: Any) -> Any:
    return block


def _refuse_unholomorphic(at: Evaluation, forward: Pushforward) -> None:
    """Raise unless J(iv) = i Jv along a direction of the complex variables, which fails for conj(z) and abs(z)."""
    rng = np.random.default_rng(0)
    v = [
        wrap((rng.normal(size=node.shape) + 1j * rng.normal(size=node.shape)).astype(node.dtype), None)
        if node.dtype.kind == "c"
        else zeros(node)
        for node in at.targets
    ]
    turned = [
        wrap(np.asarray(each._value * each.dtype.type(1j)), None) if each.dtype.kind == "c" else each for each in v
    ]
    for output, along, across in zip(at.outputs, forward.along(v), forward.along(turned), strict=True):
        expected, found = 1j * along._value, across._value
        if output.dtype.kind != "c" or not np.size(found):
            continue
        precise = np.finfo(output.dtype).eps ** HOLOMORPHIC
        if np.max(np.abs(found - expected)) > precise * max(np.max(np.abs(expected)), np.max(np.abs(found))):
            raise ArgumentError(
                f"ag.{at.title}: a complex result has no complex derivative by the variables: conj, abs or the like.",
                "Split it: return y.real and y.imag, whose rows are gradients; or take ag.jvp along 1 and along 1j.",
            )
