"""Errors of layers: what a layer cannot take, said with the layer's place once the model around it has seen it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import AutogradError, ShapeError
from nn.holder import Holder
from nn.parameters import Parameter

Error = TypeVar("Error", bound=AutogradError)


class _Fault(NamedTuple):
    """What a layer cannot take, kept beside the error until the model around it has said where that layer is."""

    layer: Holder[Any]
    what: str
    mend: str
    got: tuple[int, ...] | None


def misfit(layer: Holder[Any], what: str, mend: str, *, got: tuple[int, ...] | None = None) -> ShapeError:
    """Return the error of a layer whose input does not fit.

    Parameters
    ----------
    layer : Module
        Named by its title here, and by its path once a model around it has seen the error.
    what, mend : str
        The message without its subject, "expects (..., 64), got (32, 10).", and how to mend it.
    got : tuple of int, optional
        The shape that came, when its last length is not in_features: what ran before is recognised by it.
    """
    return blamed(ShapeError, layer, what, mend, got=got)


def blamed(kind: type[Error], layer: Holder[Any], what: str, mend: str, *, got: tuple[int, ...] | None = None) -> Error:
    """Return an error of any kind that a layer raises, as `misfit` returns that of a shape."""
    error = kind(f"{layer.title()} {what}", mend)
    vars(error)["fault"] = _Fault(layer, what, mend, got)
    return error


def locate(error: AutogradError, model: Holder[Any], inputs: Iterable[Any] = ()) -> None:
    """Put the path of the layer that raised the error into its message.

    Layers, which have parameters of their own, are counted from 1; other modules keep their title. What the model was
    called with tells whether something had run before the layer.
    """
    fault: _Fault | None = vars(error).get("fault")
    if fault is None or fault.layer is model:
        return
    before: Any = None
    number = 0
    for path, each in model.named_modules():
        is_layer = any(True for _ in each._own(Parameter))
        number += is_layer
        if each is fault.layer:
            place = f"layer {number} ({path!r})" if is_layer else f"{each.title()} at {path!r}"
            mend = _mend_before(fault, before, inputs) or fault.mend
            error.args = (f"{place} {fault.what}\n{mend}",)
            return
        before = each if is_layer else before


def _mend_before(fault: _Fault, before: Any, inputs: Iterable[Any]) -> str | None:
    """Return how to mend a misfit with what ran before the layer; None when nothing did, or it is not known."""
    shape = fault.got
    if not shape:
        return None
    name, wanted, features = type(fault.layer).__name__, getattr(fault.layer, "in_features", "?"), shape[-1]
    if getattr(before, "out_features", None) == features:
        return (
            f"The layer before gives {features} features: write {name}({features}, ...), "
            f"or change its out_features to {wanted}."
        )
    given = [np.shape(each) for each in inputs if isinstance(each, (ag.Tensor, np.ndarray, list))]
    if not given or shape in given:
        return None
    joined = math.prod(shape[1:])
    if len(shape) > 2 and joined == wanted:
        return "Put nn.Flatten() before it."
    if len(shape) > 3:
        return f"Put nn.Flatten() before it, and write {name}({joined}, ...)."
    return f"The module before gives {features} features: write {name}({features}, ...)."
