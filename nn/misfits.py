"""Errors of layers: what a layer cannot take, said with the layer's place once the model around it has seen it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from autograd_lite.errors import AutogradError, ShapeError
from nn.holder import Holder
from nn.parameters import Parameter

Error = TypeVar("Error", bound=AutogradError)


class _Fault(NamedTuple):
    """What a layer cannot take, kept beside the error until the model around it has said where that layer is."""

    layer: Holder[Any]
    what: str
    mend: str
    got: int | None


def misfit(layer: Holder[Any], what: str, mend: str, *, got: int | None = None) -> ShapeError:
    """Return the error of a layer whose input does not fit.

    Parameters
    ----------
    layer : Module
        Named by its title here, and by its path once a model around it has seen the error.
    what, mend : str
        The message without its subject, "expects (..., 64), got (32, 10).", and how to mend it.
    got : int, optional
        The number of features that came, by which the layer before is recognised.
    """
    return blamed(ShapeError, layer, what, mend, got=got)


def blamed(kind: type[Error], layer: Holder[Any], what: str, mend: str, *, got: int | None = None) -> Error:
    """Return an error of any kind that a layer raises, as `misfit` returns that of a shape."""
    error = kind(f"{layer.title()} {what}", mend)
    vars(error)["fault"] = _Fault(layer, what, mend, got)
    return error


def locate(error: AutogradError, model: Holder[Any]) -> None:
    """Put the path of the layer that raised the error into its message.

    Layers, which have parameters of their own, are counted from 1; other modules keep their title.
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
            mend = _mend_before(fault, before) or fault.mend
            error.args = (f"{place} {fault.what}\n{mend}",)
            return
        before = each if is_layer else before


def _mend_before(fault: _Fault, before: Any) -> str | None:
    """Return how to mend a misfit of two neighbouring layers; None when it is not one."""
    if fault.got is None or getattr(before, "out_features", None) != fault.got:
        return None
    return (
        f"The layer before gives {fault.got} features: write {type(fault.layer).__name__}({fault.got}, ...), "
        f"or change its out_features to {getattr(fault.layer, 'in_features', '?')}."
    )
