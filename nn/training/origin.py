"""Where a loss that is not finite began: in the data, in a parameter, in a layer, or in the loss itself."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn.copies import copy_of
from nn.module import Module
from nn.parameters import inside
from nn.random import unmoved


def origin(model: Module, x: Any) -> str:
    """Say where the first number that is not finite comes from, by a pass of a copy of the model.

    Parameters
    ----------
    model : Module
        Stays as it is; so does the random state.
    x : array_like
        The batch.

    Returns
    -------
    str
        A clause such as "it began in layers.1, Linear(64, 10), which gave inf".

    Examples
    --------
    >>> model = nn.MLP([2, 3, 1], init="zeros")
    >>> model.layers[1].bias.data = [np.inf]
    >>> origin(model, [1.0, 2.0])
    'the parameter layers.1.bias holds inf'
    """
    if (found := first_wrong(x)) is not None:
        return f"the batch itself holds {found}"
    for path, parameter in model.named_parameters():
        if (found := first_wrong(parameter)) is not None:
            return f"the parameter {path} holds {found}"
    return _in_a_layer(model, x) or "every layer gave finite numbers, the loss did not"


def _in_a_layer(model: Module, x: Any) -> str | None:
    try:
        copied = copy_of(model, "The search for a NaN runs")
    except UsageError:
        return "every parameter is finite"
    paths = {id(module): path for path, module in copied.named_modules()}
    found: list[str] = []

    def watch(module: Module, inputs: Any, output: Any) -> None:
        wrong = next(filter(None, (first_wrong(each) for _, each in inside("", output))), None)
        if wrong is not None and not found:
            place = f"{paths[id(module)]}, {module.title()}" if paths[id(module)] else module.title()
            found.append(f"it began in {place}, which gave {wrong}")

    for module in copied.modules():
        module.register_forward_hook(watch)
    with ag.no_grad(), unmoved():
        copied(x)
    return found[0] if found else None


def first_wrong(values: Any) -> str | None:
    """Return the first number that is not finite as text; None when there is none, or when they are no numbers."""
    array = values.numpy() if isinstance(values, ag.Tensor) else np.asarray(values)
    if array.dtype.kind not in "fc":
        return None
    wrong = array[~np.isfinite(array)]
    return str(wrong.flat[0]) if wrong.size else None
