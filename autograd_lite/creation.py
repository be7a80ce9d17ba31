"""The functions that make Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import tensors_in, without_subclass
from autograd_lite.derivatives.composition import COMPOSITES
from autograd_lite.derivatives.joining import stack
from autograd_lite.errors import ArgumentError, DtypeError, UsageError
from autograd_lite.graph import is_grad_enabled
from autograd_lite.spelling import refuse_unknown, spelled
from autograd_lite.tensors import Tensor, wrap


@spelled
def tensor(data: Any, *, dtype: Any = None, requires_grad: bool = False, name: str | None = None) -> Tensor:
    """Make a Tensor from numbers; the data are copied.

    Parameters
    ----------
    data : array_like
        A number, nested lists, an array or a Tensor.
    dtype : dtype, optional
        By default that of the data; Python floats make float64.
    requires_grad : bool
        Whether gradients with respect to it are wanted.
    name : str, optional
        A name for pictures and messages.

    Returns
    -------
    Tensor

    Raises
    ------
    DtypeError
        When the data are ragged or no numbers, or when an integer tensor should require a gradient.
    UsageError
        When the data are a Tensor whose gradient would be lost.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.tensor([0.8, 0.6], requires_grad=True, name="w")
    tensor([0.8, 0.6], name='w', requires_grad=True)
    """
    if isinstance(data, Tensor) and data.requires_grad and not requires_grad and is_grad_enabled():
        raise UsageError(
            "ag.tensor(t) copies the values of t alone, and t requires a gradient, which would be lost.",
            "Write t.copy() for a copy with the gradient, t.detach().copy() for one without.",
        )
    return Tensor(data, dtype=dtype, requires_grad=requires_grad, name=name)


@spelled
def asarray(data: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Return a Tensor as it is, anything else as a copied Tensor.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> t = ag.tensor([1.0])
    >>> ag.asarray(t) is t
    True
    """
    if isinstance(data, Tensor) and not requires_grad:
        return data if dtype in (None, data.dtype) else data.astype(dtype)
    return Tensor(data, dtype=dtype, requires_grad=requires_grad)


@spelled
def array(data: Any, *, dtype: Any = None, ndmin: int = 0, requires_grad: bool = False, name: str | None = None) -> Any:
    """Make a Tensor from numbers and Tensors in nested lists; differentiable in the Tensors.

    Parameters
    ----------
    data : array_like
        A number, an array, a Tensor, or nested lists of them, of equal shapes.
    dtype : dtype, optional
        By default that of the data.
    ndmin : int
        The least number of axes; those that are missing are put before the others.
    requires_grad : bool
        Whether gradients with respect to the result are wanted, where nothing in `data` requires one.
    name : str, optional
        A name for pictures and messages.

    Returns
    -------
    Tensor

    Raises
    ------
    ShapeError
        When Tensors of different shapes stand side by side.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> t = ag.tensor(2.0, requires_grad=True)
    >>> ag.array([[t, t * t], [1.0, 0.0]])
    tensor([[2., 4.],
            [1., 0.]], requires_grad=True)
    """
    if is_grad_enabled() and any(each.requires_grad for each in tensors_in(data)):
        made = data.copy() if isinstance(data, Tensor) else _stacked(data)
        made = made if dtype is None else made.astype(dtype)
    else:
        made = Tensor(data, dtype=dtype, requires_grad=requires_grad and not ndmin)
    if made.ndim < ndmin:
        made = made.reshape((1,) * (ndmin - made.ndim) + made.shape)
    return _finish(made, requires_grad and made.is_leaf, name)


def _stacked(data: Any) -> Any:
    return stack([_stacked(each) for each in data]) if isinstance(data, (list, tuple)) else data


@spelled
def from_numpy(array: Any) -> Tensor:
    """Make a Tensor on the memory of an array, without a copy and without a guard.

    Whoever writes into the array changes the tensor, unseen by the graph; `tensor` copies and is safe.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> a = np.zeros(2)
    >>> t = ag.from_numpy(a)
    >>> a[0] = 1.0
    >>> t
    tensor([1., 0.])
    """
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufc":
        raise DtypeError(
            f"from_numpy() takes an ndarray of numbers, got {_called(array)}.",
            "For anything else use ag.tensor(data), which copies.",
        )
    return wrap(without_subclass(array), None)


def _called(data: Any) -> str:
    return f"one of dtype {data.dtype}" if isinstance(data, np.ndarray) else type(data).__name__


def _creator(function: Callable[..., Any], *parameters: str) -> Callable[..., Tensor]:
    """Return NumPy's creation function with a Tensor as its result; NumPy 2.0 does not tell its parameters."""

    def create(*args: Any, requires_grad: bool = False, name: str | None = None, **kwargs: Any) -> Tensor:
        by_shape = function in (np.zeros_like, np.ones_like, np.empty_like)
        if not by_shape and any(each.requires_grad for each in tensors_in((args, kwargs))):
            if function in COMPOSITES and not requires_grad:
                return _finish(COMPOSITES[function].call(*args, **kwargs), False, name)
            raise UsageError(
                f"ag.{function.__name__} makes a constant, and an argument requires a gradient, which would be lost.",
                "Multiply instead, ag.ones(shape) * t, or pass t.detach().",
            )
        try:
            made = function(*map(_value, args), **{key: _value(value) for key, value in kwargs.items()})
        except (ValueError, TypeError) as problem:
            refuse_unknown(f"ag.{function.__name__}()", kwargs, (*parameters, "requires_grad", "name"))
            _refuse_loose_lengths(function, args)
            raise ArgumentError(
                f"ag.{function.__name__}(...): {str(problem).splitlines()[0].rstrip('.')}.",
                f"The parameters are those of np.{function.__name__}, and requires_grad= and name=.",
            ) from None
        return _finish(wrap(np.asarray(made), None), requires_grad, name)

    create.__name__ = function.__name__
    create.__doc__ = (
        f"Return ``np.{function.__name__}(...)`` as a Tensor; also takes requires_grad= and name=.\n\n"
        f"The other parameters are those of numpy.{function.__name__}."
    )
    return create


def _refuse_loose_lengths(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Raise when the lengths of the axes were given one by one, as other libraries take them."""
    rest = args[-1:] if function is np.full else ()
    shape = args[: len(args) - len(rest)]
    takes_shape = function in (np.zeros, np.ones, np.empty, np.full)
    if takes_shape and len(shape) > 1 and all(isinstance(each, int) for each in shape):
        called = f"ag.{function.__name__}"
        given, meant = ", ".join(map(repr, args)), ", ".join(map(repr, (shape, *rest)))
        raise UsageError(f"{called}({given}): a shape is one argument.", f"Put it into a tuple: {called}({meant}).")


def _value(argument: Any) -> Any:
    return argument._value if isinstance(argument, Tensor) else argument


def _finish(made: Tensor, requires_grad: bool, name: str | None) -> Tensor:
    if requires_grad:
        made.requires_grad = True
    if name is not None:
        made.name = name
    return made


_LIKE = ("dtype", "order", "subok", "shape", "device")

zeros = _creator(np.zeros, "shape", "dtype", "order", "device", "like")
ones = _creator(np.ones, "shape", "dtype", "order", "device", "like")
empty = _creator(np.empty, "shape", "dtype", "order", "device", "like")
full = _creator(np.full, "shape", "fill_value", "dtype", "order", "device", "like")
full_like = _creator(np.full_like, "a", "fill_value", *_LIKE)
eye = _creator(np.eye, "N", "M", "k", "dtype", "order", "device", "like")
arange = _creator(np.arange, "start", "stop", "step", "dtype", "device", "like")
linspace = _creator(np.linspace, "start", "stop", "num", "endpoint", "retstep", "dtype", "axis", "device")
logspace = _creator(np.logspace, "start", "stop", "num", "endpoint", "base", "dtype", "axis")
geomspace = _creator(np.geomspace, "start", "stop", "num", "endpoint", "dtype", "axis")
zeros_like = _creator(np.zeros_like, "a", *_LIKE)
ones_like = _creator(np.ones_like, "a", *_LIKE)
empty_like = _creator(np.empty_like, "prototype", *_LIKE)
