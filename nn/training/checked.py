"""What is trained on, checked before the first step: arrays of finite numbers, one target an example."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError
from nn.arguments import called
from nn.averaging import EMA
from nn.data.loader import DataLoader
from nn.module import Module

Array = np.ndarray[Any, Any]


def examples_and_targets(title: str, x: Any, y: Any) -> tuple[Array, Array]:
    """Return examples and targets as arrays of finite numbers and of one length.

    Raises
    ------
    ShapeError
        When they differ in length, are empty, or have no axis of examples.
    DtypeError
        When they hold something else than numbers.
    ArgumentError
        When they hold a NaN or an infinity.
    """
    examples, targets = _numbers(title, x), _numbers("y" if title == "x" else f"{title}'s y", y)
    if examples.ndim == 0 or targets.ndim == 0:
        raise ShapeError(
            f"{title} has shape {examples.shape}, its targets {targets.shape}; expected one row an example.",
            "Give a batch of one as x.reshape(1, -1).",
        )
    if len(examples) != len(targets):
        raise ShapeError(
            f"{title} holds {len(examples)} examples, shape {examples.shape}; its targets {len(targets)}, "
            f"shape {targets.shape}.",
            "Give one target an example, in the same order.",
        )
    if not len(examples):
        raise ShapeError(f"{title} is empty, shape {examples.shape}.", "Give at least one example.")
    return examples, targets


def validation_data(validation: Any) -> tuple[Array, Array] | DataLoader:
    """Return the data to evaluate on as a pair of arrays, or as the loader that gives them.

    Raises
    ------
    UsageError
        When it is no pair; and as `examples_and_targets`.
    """
    if isinstance(validation, DataLoader):
        return validation
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise UsageError(
            f"validation is a pair (x, y), got {type(validation).__name__}.", "Write validation=(x_test, y_test)."
        )
    return examples_and_targets("validation", *validation)


def check_model(model: Any, owner: str) -> None:
    """Raise unless it is a Module.

    Raises
    ------
    UsageError
    """
    if isinstance(model, type):
        raise UsageError(f"{owner} takes a model, got {called(model)}.", "Make it first: model = nn.MLP([2, 3, 1]).")
    if not isinstance(model, Module):
        raise UsageError(f"{owner} takes a model, got {called(model)}.", "Derive its class from nn.Module.")


def check_optimizer_of(model: Module, optimizer: Any) -> None:
    """Raise unless it is an optimizer that holds a parameter of the model.

    Raises
    ------
    UsageError
    """
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise UsageError(
            f"optimizer must be an Optimizer, got {called(optimizer)}.",
            "Make one: optimizer=nn.optim.SGD(model.parameters(), lr=0.1).",
        )
    held = {id(each) for each in getattr(optimizer, "parameters", ())}
    if held and not any(id(each) in held for each in model.parameters()):
        raise UsageError(
            "The optimizer holds no parameter of this model.",
            "Make it from the model that is trained: nn.optim.SGD(model.parameters(), lr=0.1).",
        )


def checked_ema(ema: Any, model: Module) -> EMA | None:
    """Return an average of the model's parameters as it is.

    Raises
    ------
    UsageError
        When it is none, or one of another model's parameters.
    """
    if ema is None:
        return None
    mend = "Make it from the model that is trained: ema=nn.EMA(model.parameters(), decay=0.999)."
    if not isinstance(ema, EMA):
        raise UsageError(f"ema must be an EMA, got {called(ema)}.", mend)
    held = {id(each) for each in ema.parameters}
    if not any(id(each) in held for each in model.parameters()):
        raise UsageError("The EMA holds no parameter of this model.", mend)
    return ema


def check_call(function: Callable[..., Any], parameters: list[str], title: str) -> None:
    """Raise unless a function takes so many arguments by position.

    Raises
    ------
    UsageError
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C tell nothing
        return
    try:
        signature.bind(*parameters)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        raise UsageError(
            f"{title} is called with {' and '.join(parameters)}, but {name}{signature} does not take that.",
            f"Write `def {name.strip('<>')}({', '.join(parameters)}): ...`.",
        ) from None


def _numbers(title: str, data: Any) -> Array:
    array = data if type(data) is np.ndarray else ag.asarray(data).numpy()
    if array.dtype.kind not in "biufc":
        raise DtypeError(f"{title} must hold numbers, got dtype {array.dtype}.", f"Convert it: {title}.astype(float).")
    if array.dtype.kind in "fc" and not np.isfinite(array).all():
        wrong = np.argwhere(~np.isfinite(array))
        first = tuple(int(k) for k in wrong[0])
        raise ArgumentError(
            f"{title} holds {len(wrong)} NaN or infinite {'entry' if len(wrong) == 1 else 'entries'}, "
            f"the first {array[first]} at {list(first)}.",
            f"Leave those examples out, or fill the gaps: np.nan_to_num({'y' if title.endswith('y') else 'x'}).",
        )
    return array
