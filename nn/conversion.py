"""Another dtype for a model: all of its parameters and buffers, or after an error none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import DtypeError, UsageError
from nn.arguments import parameter_dtype

_DEVICES = ("cpu", "cuda", "mps", "xpu", "meta")


def dtype_wanted(owner: str, dtype: Any) -> np.dtype[Any]:
    """Return the dtype that ``model.to(dtype)`` means.

    Raises
    ------
    UsageError
        When it is the name of a device.
    DtypeError
        When it is no floating or complex dtype.
    """
    if isinstance(dtype, str) and dtype.partition(":")[0] in _DEVICES:
        raise UsageError(
            f"{owner}.to({dtype!r}) names a device, and models lie in the computer's memory.",
            "Leave it out; for another dtype write model.to(np.float32).",
        )
    try:
        return parameter_dtype(dtype)
    except DtypeError as error:
        raise DtypeError(str(error).splitlines()[0], "Write model.to(np.float32), for example.") from None


def converted(tensors: Iterable[tuple[str, ag.Tensor]], dtype: np.dtype[Any]) -> None:
    """Give tensors another dtype where they stand; integers stay what they are.

    Raises
    ------
    DtypeError
        When one is complex and the dtype is not.
    """
    floating = [(path, each) for path, each in tensors if each.dtype.kind in "fc"]
    for path, each in floating:
        if each.dtype.kind == "c" and dtype.kind != "c":
            raise DtypeError(
                f"{path!r} is {each.dtype} and cannot become {dtype}: the imaginary part would be lost.",
                "Nothing was converted. Write model.to(np.complex64), for example.",
            )
    for _, each in floating:
        _convert(each, dtype)


def _convert(tensor: ag.Tensor, dtype: np.dtype[Any]) -> None:
    """Convert a tensor with its gradient: whoever holds it goes on holding it.

    A graph that saved its values will refuse to go back, as after any other write.
    """
    if tensor.dtype == dtype:
        return
    tensor._written()
    value = tensor._value = tensor._value.astype(dtype)
    if tensor._node is not None:
        leaf = tensor._leaf()
        leaf.value, leaf.dtype = value, value.dtype
    if tensor._grad is not None:
        tensor._grad = tensor._grad.detach().astype(dtype)
