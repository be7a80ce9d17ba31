"""What a differentiated function returned, judged; and what the caller receives: numbers and arrays, or Tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_lite.conversion import NUMBERS, copied
from autograd_lite.departures import DETACHED
from autograd_lite.differentiable import Differentiable
from autograd_lite.errors import ArgumentError, DtypeError, GradientError, ShapeError, UsageError
from autograd_lite.structures import Structure, flatten
from autograd_lite.variable import wrap

_PLAIN_NUMBERS = (np.float64, np.complex128, np.int64, np.bool_)


def called(f: Callable[..., Any]) -> str:
    """Return what messages call a function."""
    name = getattr(f, "__name__", "<lambda>")
    return "the function" if name.startswith("<") else f"{name}()"


def pair_of(title: str, f: Callable[..., Any], returned: Any) -> tuple[Any, Any]:
    """Return the two parts of a function's result with has_aux.

    Raises
    ------
    UsageError
        When it is no pair.
    """
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise UsageError(
            f"ag.{title}: with has_aux=True {called(f)} returns a pair, got {flatten(returned)[1].kind}.",
            "Write return loss, aux.",
        )
    return returned[0], returned[1]


def outputs_of(
    title: str, f: Callable[..., Any], returned: Any, departed: Sequence[str]
) -> tuple[list[Any], Structure]:
    """Return the leaves of a result as Tensors, and their structure.

    Raises
    ------
    UsageError
        When there are none.
    GradientError
        When the result was computed past the graph, from numbers that left it.
    """
    leaves, structure = flatten(returned)
    if not leaves:
        mend = "Is `return` missing? Return a Tensor that was computed from the arguments."
        raise UsageError(
            f"ag.{title}: {called(f)} returned {structure.kind}.", mend if returned is None else mend.split("? ")[1]
        )
    _refuse_lost_gradient(title, f, leaves, departed)
    return [_tensor(title, f, leaf) for leaf in leaves], structure


def _tensor(title: str, f: Callable[..., Any], leaf: Any) -> Any:
    if isinstance(leaf, Differentiable):
        return leaf
    try:
        return wrap(copied(leaf), None)
    except DtypeError as problem:
        raise DtypeError(
            f"ag.{title}: {called(f)} returned {type(leaf).__name__}: {str(problem).splitlines()[0]}",
            "Return Tensors: join them with ag.stack([t1, t2]), add them with ag.sum.",
        ) from None


def _refuse_lost_gradient(title: str, f: Callable[..., Any], leaves: Sequence[Any], departed: Sequence[str]) -> None:
    """Raise where zeros would be a lie: a result without a gradient, after numbers have left the graph."""
    constants = [each for each in leaves if not isinstance(each, Differentiable) or not each.requires_grad]
    plain = [each for each in constants if not isinstance(each, Differentiable)]
    by = [call for call in departed if plain or call != DETACHED]
    if not by or not (plain or len(constants) == len(leaves)):
        return
    mend = f"{by[0]} leaves the graph: compute with the Tensor, by operators and np.sin(t) or ag.sin(t)."
    if "create_graph" in by[0]:
        mend = "Pass create_graph=True there, or take ag.grad of a function: its result can be differentiated."
    lost = _described((plain or constants)[0])
    raise GradientError(f"ag.{title}: {called(f)} returned {lost} without a gradient, and used {by[0]}.", mend)


def _described(leaf: Any) -> str:
    if isinstance(leaf, Differentiable):
        return f"a Tensor of shape {leaf.shape}"
    return f"an array of shape {np.shape(leaf)}" if np.ndim(leaf) else "a number"


def require_number(title: str, f: Callable[..., Any], outputs: Sequence[Any], structure: Structure) -> None:
    """Raise unless a result is one real number.

    Raises
    ------
    GradientError
        Of another shape, or complex.
    UsageError
        When it is several results.
    """
    if not structure.is_leaf:
        pair = structure.kind == "a tuple of 2"
        raise UsageError(
            f"ag.{title}: {called(f)} returned {structure.kind}, and a gradient is that of one number.",
            "With has_aux=True the second of two is handed through; for several results use ag.jacobian or ag.vjp."
            if pair
            else "Return one number; for several results use ag.jacobian or ag.vjp.",
        )
    (result,) = outputs
    if result.size != 1:
        raise GradientError(
            f"ag.{title}: {called(f)} returned shape {result.shape}, and a gradient is that of one number.",
            "Return a sum, y.sum(); or use ag.jacobian, or ag.elementwise_grad for a function of each element.",
        )
    refuse_complex(title, f, result)


def refuse_complex(title: str, f: Callable[..., Any], result: Any) -> None:
    """Raise for a complex result, which has no direction of steepest ascent."""
    if result.dtype.kind == "c":
        raise GradientError(
            f"ag.{title}: {called(f)} returned {result.dtype}, and a gradient is that of a real number.",
            "Take abs(z), z.real or z.imag; for the derivative of a complex function use ag.jvp or ag.jacobian.",
        )


def fitting(title: str, structure: Structure, name: str, tree: Any, beside: str, likes: Sequence[Any]) -> list[Any]:
    """Return the leaves of a tree as Tensors, of the shapes and dtypes of those that they stand beside.

    Raises
    ------
    ArgumentError
        When its structure differs.
    ShapeError, DtypeError
        When a leaf does not fit.
    """
    leaves = structure.leaves_of(tree, f"ag.{title}: {name}", beside)
    return [
        _fitted(f"ag.{title}: {place}", leaf, beside, like)
        for leaf, place, like in zip(leaves, structure.names(name), likes, strict=True)
    ]


def _fitted(place: str, leaf: Any, beside: str, like: Any) -> Any:
    if isinstance(leaf, Differentiable):
        tensor: Any = leaf
    else:
        found, structure = flatten(leaf)
        if not structure.is_leaf:
            raise ArgumentError(
                f"{place} is {structure.kind}, and {beside} has shape {like.shape}.",
                "Give a number or an array of that shape.",
            )
        tensor = wrap(copied(found[0]), None)
    if tensor.shape != like.shape:
        raise ShapeError(
            f"{place} has shape {tensor.shape}, and {beside} has shape {like.shape}.",
            "Give one number for each of its elements.",
        )
    if tensor.dtype == like.dtype:
        return tensor
    if tensor.dtype.kind not in NUMBERS or (tensor.dtype.kind == "c" and like.dtype.kind != "c"):
        raise DtypeError(
            f"{place} is of dtype {tensor.dtype}, and {beside} is of {like.dtype}.",
            "Give real numbers, v.real for example.",
        )
    return tensor.astype(like.dtype)


def plainly(array: Any, like: Any = None) -> Any:
    """Return an array as it is; of one number what `like` is: a Python float, NumPy's scalar or an array."""
    if array.ndim or isinstance(like, (np.ndarray, list)):
        return array
    number = array[()]
    keeps = isinstance(like, np.generic) or not isinstance(number, _PLAIN_NUMBERS)
    return number if keeps else number.item()
