"""How a Tensor leaves the engine: as numbers, arrays, text and copies; and when it must not."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from autograd_lite.errors import DtypeError, ShapeError, UsageError
from autograd_lite.variable import Variable


class Interop(Variable):
    """The part of Tensor that turns it into something else."""

    __slots__ = ()

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return the values as a read-only view."""
        view = np.asarray(self._value).view()
        view.flags.writeable = False
        return view

    def item(self) -> Any:
        """Return the only element as a Python number."""
        if self.size != 1:
            raise ShapeError(
                f"item() needs one element, got shape {self.shape}.", "Use tolist() for all, or index one: t[0].item()."
            )
        return self._value.item()

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers."""
        return self._value.tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        self._refuse_to_leave(
            "np.asarray(t), which np.array([t]), np.full(n, t), a.dot(t) and a[i] = t call,",
            "Use ag.stack([t1, t2]) to join, a @ t for a product, np.ones(n) * t to repeat; t.numpy() for the array.",
        )
        return np.array(self._value, dtype) if copy or dtype not in (None, self.dtype) else self.numpy()

    def __float__(self) -> float:
        self._refuse_to_leave(
            "float(t)", "Use np.exp(t) instead of math.exp(t) for the function, t.item() for the number."
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

    def _refuse_to_leave(self, call: str, mend: str) -> None:
        node = self._node
        if node is not None and node.requires_grad and node.saved is not None:
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
