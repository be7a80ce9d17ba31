"""The functions that make Tensors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import tensors_in, without_subclass
from autograd_lite.derivatives.composition import composites
from autograd_lite.derivatives.joining import stack
from autograd_lite.devices import on_cpu
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
def asarray(
    data: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """Return a Tensor as it is, anything else as a copied Tensor.

    Parameters
    ----------
    data : array_like
        A Tensor, a number, nested lists or an array.
    dtype : dtype, optional
        By default that of the data.
    device : "cpu", optional
    copy : bool, optional
        True: a Tensor is copied too. False: nothing is copied, and what would have to be is refused.
    requires_grad : bool
        Whether gradients with respect to the result are wanted; it is then a copy.

    Raises
    ------
    ArgumentError
        When `copy` is False and the data would have to be copied.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> t = ag.tensor([1.0])
    >>> ag.asarray(t) is t
    True
    """
    on_cpu("ag.asarray()", device)
    as_it_is = isinstance(data, Tensor) and not requires_grad and dtype in (None, data.dtype)
    if copy is False and not as_it_is:
        raise ArgumentError(
            f"ag.asarray(copy=False) would have to copy: the data are {_described(data)}.",
            "Leave copy= out; ag.from_numpy(a) makes a Tensor on the memory of an array.",
        )
    if isinstance(data, Tensor) and not requires_grad:
        if not as_it_is:
            return data.astype(dtype)
        return data.copy() if copy else data
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


@spelled
def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """Make a Tensor of another library's array through DLPack; the values are copied, those of a Tensor are not.

    Parameters
    ----------
    x : array
        Has ``__dlpack__`` and ``__dlpack_device__``.
    device : "cpu", optional
    copy : bool, optional
        True: a Tensor is copied too. False: nothing is copied, and what would have to be is refused.

    Raises
    ------
    ArgumentError
        When `copy` is False and `x` is no Tensor.

    Examples
    --------
    >>> import numpy as np, autograd_lite as ag
    >>> ag.from_dlpack(np.array([1.0, 2.0]))
    tensor([1., 2.])
    """
    return asarray(x if isinstance(x, Tensor) or copy is False else np.from_dlpack(x), device=device, copy=copy)


def _described(data: Any) -> str:
    return f"a Tensor of {data.dtype}" if isinstance(data, Tensor) else f"of type {type(data).__name__}"


def _called(data: Any) -> str:
    return f"one of dtype {data.dtype}" if isinstance(data, np.ndarray) else type(data).__name__


def _creator(function: Callable[..., Any], public: str) -> Callable[..., Tensor]:
    """Return NumPy's creation function with a Tensor as its result; NumPy 2.0 does not tell its parameters.

    `public` is its signature, to which requires_grad= and name= are added.
    """
    signature = _signature_of(public)

    def create(*args: Any, requires_grad: bool = False, name: str | None = None, **kwargs: Any) -> Tensor:
        by_shape = function in (np.zeros_like, np.ones_like, np.empty_like)
        if not by_shape and any(each.requires_grad for each in tensors_in((args, kwargs))):
            differentiable = composites().get(function.__name__)
            if differentiable is not None and not requires_grad:
                return _finish(differentiable.call(*args, **kwargs), False, name)
            raise UsageError(
                f"ag.{function.__name__} makes a constant, and an argument requires a gradient, which would be lost.",
                "Multiply instead, ag.ones(shape) * t, or pass t.detach().",
            )
        try:
            made = function(*map(_value, args), **{key: _value(value) for key, value in kwargs.items()})
        except (ValueError, TypeError) as problem:
            refuse_unknown(f"ag.{function.__name__}()", kwargs, list(signature.parameters))
            _refuse_loose_lengths(function, args)
            raise ArgumentError(
                f"ag.{function.__name__}(...): {str(problem).splitlines()[0].rstrip('.')}.",
                f"The parameters are those of np.{function.__name__}, and requires_grad= and name=.",
            ) from None
        return _finish(wrap(np.asarray(made), None), requires_grad, name)

    create.__name__ = function.__name__
    create.__signature__ = signature  # type: ignore[attr-defined]
    create.__doc__ = (
        f"Return ``np.{function.__name__}(...)`` as a Tensor; also takes requires_grad= and name=.\n\n"
        f"The other parameters are those of numpy.{function.__name__}."
    )
    return create


def _signature_of(public: str) -> inspect.Signature:
    """Return the signature that is written so, with what all creation functions of ours take besides."""
    stars = "" if "*" in public else "*, "
    written: Any = eval(f"lambda {public}, {stars}requires_grad=False, name=None: None")
    return inspect.signature(written)


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


_OF_SHAPE = "dtype=None, order='C', *, device=None, like=None"
_LIKE = "dtype=None, order='K', subok=True, shape=None, *, device=None"
_SPACED = "dtype=None, axis=0, *, device=None"

zeros = _creator(np.zeros, f"shape, {_OF_SHAPE}")
ones = _creator(np.ones, f"shape, {_OF_SHAPE}")
empty = _creator(np.empty, f"shape, {_OF_SHAPE}")
full = _creator(np.full, f"shape, fill_value, {_OF_SHAPE}")
full_like = _creator(np.full_like, f"a, fill_value, {_LIKE}")
eye = _creator(np.eye, f"N, M=None, k=0, {_OF_SHAPE}")
arange = _creator(np.arange, "start, stop=None, step=1, dtype=None, *, device=None, like=None")
linspace = _creator(np.linspace, f"start, stop, num=50, endpoint=True, retstep=False, {_SPACED}")
logspace = _creator(np.logspace, "start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0")
geomspace = _creator(np.geomspace, "start, stop, num=50, endpoint=True, dtype=None, axis=0")
zeros_like = _creator(np.zeros_like, f"a, {_LIKE}")
ones_like = _creator(np.ones_like, f"a, {_LIKE}")
empty_like = _creator(np.empty_like, f"prototype, {_LIKE}")
