"""How a Tensor leaves the engine: as numbers, arrays, text and copies; and when it must not."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Self

import numpy as np

from autograd_lite.callers import library_call, mend_for
from autograd_lite.departures import depart
from autograd_lite.devices import on_cpu
from autograd_lite.errors import (
    ArgumentError,
    DtypeError,
    ExportError,
    GradientError,
    IndexingError,
    ShapeError,
    UsageError,
)
from autograd_lite.spelling import spelled
from autograd_lite.variable import Variable

API_VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12")
# DLPack's name for the CPU, and whether NumPy's arrays can say through it that they are read-only.
CPU = (1, 0)
VERSIONED = np.lib.NumpyVersion(np.__version__) >= "2.1.0"


class Interop(Variable):
    """The part of Tensor that turns it into something else."""

    __slots__ = ()

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return the values as a read-only view."""
        self._depart("t.numpy()")
        view = np.asarray(self._value).view()
        view.flags.writeable = False
        return view

    @spelled
    def item(self, *index: Any) -> Any:
        """Return the only element as a Python number, or the one at an index: of all in a row, or one an axis."""
        if index:
            self._depart("t.item()")
            try:
                return self._value.item(*index)
            except (IndexError, ValueError, TypeError) as problem:
                raise IndexingError(
                    f"item({', '.join(map(repr, index))}) of shape {self.shape}: {str(problem).rstrip('.')}.",
                    "Give the number of an element, t.item(3), or an index for each axis, t.item(0, 1).",
                ) from None
        if self.size != 1:
            raise ShapeError(
                f"item() needs one element, got shape {self.shape}.", "Use tolist() for all, or index one: t[0].item()."
            )
        self._depart("t.item()")
        return self._value.item()

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers."""
        self._depart("t.tolist()")
        return self._value.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        self._refuse_to_leave(
            "np.asarray(t), which np.array([t]), np.full(n, t), a.dot(t) and a[i] = t call,",
            "Use ag.stack([t1, t2]) to join, a @ t for a product, np.ones(n) * t to repeat, ag.zeros(n) for a[i] = t; "
            "t.numpy() for the array.",
        )
        return np.array(self._value, dtype) if copy or dtype not in (None, self.dtype) else self.numpy()

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[Any, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """Return the values for another library: a copy, or with copy=False a read-only view.

        That the memory must not be written into is heeded by NumPy and JAX, and not by PyTorch: hence the copy.
        """
        self._refuse_to_leave("DLPack", "Use t.detach() for the values alone.")
        if stream is not None or dl_device not in (None, CPU):
            raise ExportError(
                f"DLPack: the values are on the CPU, not on {dl_device if stream is None else f'stream {stream}'}.",
                f"Leave it out, or ask for the device {CPU}.",
            )
        told_read_only = max_version is not None and max_version[0] >= 1 and VERSIONED
        if copy is False and not told_read_only:
            raise ExportError(
                f"DLPack: {self._title()} may be read and not written, which the asked version cannot tell.",
                "Leave copy=False out, or ask for max_version=(1, 0) or newer.",
            )
        array = self.numpy() if copy is False else np.array(self._value)
        return array.__dlpack__(max_version=max_version) if told_read_only else array.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return CPU

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        if api_version not in (None, *API_VERSIONS):
            raise ArgumentError(
                f"There is no version {api_version!r} of the array API here.", f"Known: {', '.join(API_VERSIONS)}."
            )
        return sys.modules[__package__]

    @spelled
    def to_device(self, device: Any, /, *, stream: Any = None) -> Self:
        """Return the tensor itself: the one device is "cpu"."""
        on_cpu("to_device()", device)
        return self

    def __float__(self) -> float:
        self._refuse_to_leave(
            "float(t)",
            "Use np.exp(t) instead of math.exp(t), t.item() for the number; before y[i] = t make y by ag.zeros(n).",
        )
        return float(self.item())

    def __int__(self) -> int:
        self._refuse_to_leave("int(t)", "Use int(t.item()) for the number.")
        return int(self.item())

    def __complex__(self) -> complex:
        self._refuse_to_leave("complex(t)", "Use t.item() for the number.")
        return complex(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iu":
            raise DtypeError(f"An index must be an integer, got dtype {self.dtype}.", "Use int(t.item()).")
        return int(self.item())

    def _depart(self, call: str) -> None:
        """Note that values leave, for a function that is being differentiated."""
        if self._node is not None and self._node.requires_grad:
            depart(call)

    def _refuse_to_leave(self, call: str, mend: str) -> None:
        """Raise when a gradient would be lost; GradientError in another library, which may hide a TypeError."""
        node = self._node
        if node is None or not node.requires_grad or node.saved is None:
            return
        library = library_call()
        if library is not None:
            raise GradientError(
                f"{library} computes with plain arrays: the gradient of {self._title()} would be lost.",
                mend_for(library),
            )
        raise UsageError(f"{call} would lose the gradient of {self._title()}: it requires one.", mend)

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ShapeError(
                f"The truth of a tensor of shape {self.shape} is ambiguous.",
                "Use (t > 0).all() or (t > 0).any(), or compare one element.",
            )
        return bool(self._value.item())

    def __len__(self) -> int:
        if not self.shape:
            raise UsageError("len() of a 0-dimensional tensor.", "It is one number: use t.item() or t.size.")
        return self.shape[0]

    def __repr__(self) -> str:
        values = np.array2string(np.asarray(self._value), separator=", ", prefix="tensor(")
        named = f", name={self.name!r}" if self.name is not None else ""
        kind = "" if self.dtype in (np.float64, np.int64, np.bool_, np.complex128) else f", dtype={self.dtype}"
        return f"tensor({values}{kind}{named}{', requires_grad=True' if self.requires_grad else ''})"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        if self.size == 1:
            return format(self._value.item(), spec)
        return np.array2string(np.asarray(self._value), formatter={"all": lambda x: format(x, spec)})

    def __copy__(self) -> Self:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        self._refuse_to_copy("copy")
        made = type(self).__new__(type(self))
        made.__setstate__(self.__getstate__())
        memo[id(self)] = made
        return made

    def __reduce__(self) -> Any:
        self._refuse_to_copy("pickle")
        return _blank, (type(self),), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        grad = None if self._grad is None else np.array(self._grad._value)
        return {
            "value": np.array(self._value),
            "grad": grad,
            "requires_grad": self.requires_grad,
            "name": self.name,
            "attributes": dict(getattr(self, "__dict__", {})),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._restore(state["value"], state["requires_grad"], state["name"], state["grad"])
        for name, value in state["attributes"].items():
            setattr(self, name, value)

    def _refuse_to_copy(self, verb: str) -> None:
        if not self.is_leaf:
            raise UsageError(
                f"To {verb} {self._title()}, which was computed, would lose its history.",
                "Use t.detach() for the values, or copy the leaves it was computed from.",
            )

    def _restore(self, value: Any, requires_grad: bool, name: str | None, grad: Any) -> None: ...


def _blank(kind: type[Any]) -> Any:
    return object.__new__(kind)
