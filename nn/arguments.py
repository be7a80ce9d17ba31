"""What users pass in, checked and brought into one form: data as Tensors, sizes as ints, rates as floats."""

import math
import operator
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, GradientError, UsageError, suggestion

Init = TypeVar("Init", bound=Callable[..., None])


def as_tensor(data: Any, dtype: Any = None, *, name: str | None = None) -> ag.Tensor:
    """Return data as a Tensor of a dtype; a Tensor that has it already is returned as it is, an array is copied.

    Parameters
    ----------
    data : array_like
        A list, an array or a Tensor.
    dtype : dtype, optional
        Left out, integers become float64 and the other dtypes stay.
    name : str, optional
        The name of a Tensor that is made here.

    Raises
    ------
    DtypeError
        When the data are no numbers, or complex where a real dtype is wanted.
    """
    if isinstance(data, ag.Tensor):
        held = data._value.dtype
        if held.kind in "fc" if dtype is None else held == dtype:
            return data
        return _cast(data, dtype or np.float64)
    made = ag.tensor(data)
    if dtype is not None or made.dtype.kind not in "fc":
        made = _cast(made, dtype or np.float64)
    if name is not None:
        made.name = name
    return made


def _cast(data: ag.Tensor, dtype: Any) -> ag.Tensor:
    wanted = np.dtype(dtype)
    if data.dtype == wanted:
        return data
    if data.dtype.kind == "c" and wanted.kind != "c":
        raise DtypeError(
            f"{data.dtype} data of shape {data.shape} cannot become {wanted}: the imaginary part would be lost.",
            "Pass x.real or abs(x), or make the model complex: dtype=complex.",
        )
    cast = data.astype(wanted)
    if data.name is not None and not data.requires_grad:
        cast.name = data.name
    return cast


def positive_integer(title: str, value: Any, mend: str) -> int:
    """Return a size as an int.

    Parameters
    ----------
    title : str
        What messages call it.
    value : int
    mend : str
        What to write instead of a wrong one.

    Raises
    ------
    UsageError
        When it is no integer.
    ArgumentError
        When it is not positive.
    """
    try:
        size = operator.index(value)
    except TypeError:
        raise UsageError(f"{title} must be an integer, got {value!r}.", mend) from None
    if isinstance(value, bool) or size < 1:
        raise ArgumentError(f"{title} must be at least 1, got {value!r}.", mend)
    return size


def number_between(
    title: str, value: Any, low: float, high: float = math.inf, *, example: float, mend: str = ""
) -> float:
    """Return a number with low ≤ number < high as a float.

    Raises
    ------
    UsageError
        When it is no real number.
    ArgumentError
        When it lies outside.
    """
    mend = mend or f"Write {title}={example:g}, for example."
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or np.ndim(value):
        raise UsageError(f"{title} must be a number, got {value!r}.", mend)
    number = float(value)
    if low <= number < high:
        return number
    wanted = f"at least {low:g}" if high == math.inf else f"in [{low:g}, {high:g})"
    raise ArgumentError(f"{title} must be {wanted} and finite, got {value!r}.", mend)


def positive_number(title: str, value: Any, *, example: float) -> float:
    """Return a number above 0 as a float.

    Raises
    ------
    UsageError
        When it is no real number.
    ArgumentError
        When it is not positive, or not finite.
    """
    number = number_between(title, value, -math.inf, example=example)
    if number > 0:
        return number
    raise ArgumentError(
        f"{title} must be positive and finite, got {value!r}.", f"Write {title}={example:g}, for example."
    )


def parameter_dtype(dtype: Any) -> np.dtype[Any]:
    """Return the dtype of a layer's parameters: one in which gradients can be computed.

    Raises
    ------
    DtypeError
        When it is not known, or neither floating nor complex.
    """
    mend = "Write dtype=np.float64, for example."
    try:
        known: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        raise DtypeError(f"dtype must be floating or complex, got {dtype!r}.", mend) from None
    if known.kind not in "fc":
        raise DtypeError(f"dtype must be floating or complex, got {known}.", mend)
    return known


def choice(title: str, value: Any, known: Iterable[str]) -> str:
    """Return one of the known names.

    Raises
    ------
    ArgumentError
        When the value is none of them; the message gives the nearest and lists all.
    """
    names = list(known)
    if isinstance(value, str) and value in names:
        return value
    raise ArgumentError(f"{title} {value!r} is not known.", suggestion(value, names))


def called(value: Any) -> str:
    """Return what messages call a value of the wrong kind."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return repr(value) if isinstance(value, (str, int, float)) else f"an object of type {type(value).__name__}"


def check_loss(loss: Any) -> None:
    """Raise unless a loss can be called with a prediction and a target.

    Raises
    ------
    UsageError
        When it is the class of a loss, or a value that a loss gave.
    """
    if isinstance(loss, type):
        raise UsageError(f"loss must be a loss function, got {called(loss)}.", f"Make one: loss={_public(loss)}().")
    if isinstance(loss, ag.Tensor):
        raise UsageError(
            f"loss must be a loss function, got a Tensor of shape {loss.shape}, such as it returns.",
            "Pass the function itself, loss=nn.MSELoss(): it is called with the prediction and y.",
        )
    if not callable(loss):
        raise UsageError(f"loss must be a loss function, got {loss!r}.", "Make one: loss=nn.MSELoss().")


def check_scalar(value: Any, owner: str) -> None:
    """Raise unless what a loss gave is a scalar Tensor.

    Raises
    ------
    GradientError
        When it has another shape, or is no Tensor.
    """
    if not isinstance(value, ag.Tensor) or value.size != 1:
        got = f"shape {value.shape}" if isinstance(value, ag.Tensor) else type(value).__name__
        mend = 'Use reduction="mean".'
        if not isinstance(value, ag.Tensor):
            mend = "Compute it from the prediction with Tensors, without item(), numpy() or float()."
        raise GradientError(f"{owner} needs a loss that gives a scalar Tensor, got {got}.", mend)


def made_without_data(call: str, *, number: bool = False, most: int = 1, also: str = "") -> Callable[[Init], Init]:
    """Let the ``__init__`` of a module answer data, as in nn.ReLU(z), with how the module is made and called.

    Parameters
    ----------
    call : str
        What to make first, and the arguments of its call: "activation", "(z)".
    number : bool
        Whether the first argument is a number, so that a float is no data.
    most : int
        How many positional arguments there may be.
    also : str
        What else the mend says.
    """
    noun, _, arguments = call.partition(" ")
    data = (ag.Tensor, np.ndarray, list, tuple) if number else (ag.Tensor, np.ndarray, list, tuple, float)

    def checking(init: Init) -> Init:
        @wraps(init)
        def checked(self: Any, *given: Any, **options: Any) -> None:
            if len(given) > most or any(isinstance(each, data) for each in given):
                name = type(self).__name__
                raise UsageError(
                    f"{name} is made without data, got {len(given)} positional argument{'s' * (len(given) > 1)}.",
                    f"Make the {noun} first: {_public(type(self))}(){arguments}{also}.",
                )
            init(self, *given, **options)

        return cast(Init, checked)

    return checking


def _public(made: type) -> str:
    """Return what users call a class: ours with the package's name before it."""
    return f"nn.{made.__name__}" if made.__module__.startswith("nn.") else made.__name__
