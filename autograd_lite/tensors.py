"""Tensor: an array that remembers how it was computed.

`record` is where the forward pass meets the graph: it runs a primitive on plain arrays and, when an operand needs a
gradient, leaves a Node behind that holds what the chosen rules will ask for.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_lite.conversion import NUMBERS, copied, plain, plain_index
from autograd_lite.derivatives.indexing import getitem
from autograd_lite.differentiable import Differentiable
from autograd_lite.errors import AutogradError, DtypeError, GradientError, ShapeError, UsageError
from autograd_lite.graph import Leaf, Node, current_mode
from autograd_lite.methods import TensorMethods
from autograd_lite.operators import Operators
from autograd_lite.primitives import REGISTRY, Primitive, unregistered
from autograd_lite.undifferentiated import on_values

COPY = unregistered(lambda x: np.array(x), x=lambda g: g, name="copy", doc="A copy in memory of its own.")
ASTYPE = unregistered(
    lambda x, dtype: x.astype(dtype),
    x=lambda g: g,
    name="astype",
    canonical=lambda x, dtype: ((x,), {"dtype": dtype}),
    keywords=("dtype",),
    doc="A copy of another dtype.",
)
NO_KEYWORDS: dict[str, Any] = {}


class Tensor(TensorMethods, Operators, Differentiable):
    """An array that records the operations on it, so that gradients can be asked for afterwards.

    Make one with `tensor`, `asarray` or `from_numpy`. NumPy's functions accept it: ``np.tanh(t)``.

    Parameters
    ----------
    data : array_like
        Numbers of any shape; copied.
    dtype : dtype, optional
        The dtype of the copy; by default that of the data (Python floats make float64).
    requires_grad : bool
        Whether gradients with respect to this tensor are wanted; needs a floating or complex dtype.
    name : str, optional
        A name for pictures and messages.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> w = ag.Tensor([1.0, 2.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> w.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_grad", "_node", "_value")

    def __init__(self, data: Any, *, dtype: Any = None, requires_grad: bool = False, name: str | None = None) -> None:
        self._value = copied(data, dtype)
        self._node: Node | None = None
        self._grad: Any = None
        if requires_grad:
            self.requires_grad = True
        if name is not None:
            self.name = name

    def _restore(self, value: Any, requires_grad: bool, name: str | None, grad: Any) -> None:
        Tensor.__init__(self, value, requires_grad=requires_grad, name=name)
        self.grad = grad

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._value.shape
        return shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._value.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(self._value.size)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the elements."""
        dtype: np.dtype[Any] = self._value.dtype
        return dtype

    @property
    def device(self) -> str:
        """Where the memory is; always "cpu"."""
        return "cpu"

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient with respect to this tensor can be asked for."""
        return self._node is not None and self._node.requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not self.is_leaf:
            if not wanted:
                raise UsageError("requires_grad of a computed tensor cannot be turned off.", "Use t.detach() instead.")
            return
        if wanted and self.dtype.kind not in "fc":
            raise DtypeError(
                f"Only floating and complex tensors can require a gradient, got dtype {self.dtype}.",
                "Make the data float: ag.tensor(data, dtype=float, requires_grad=True).",
            )
        leaf = self._leaf()
        leaf.requires_grad = bool(wanted)
        leaf.note().owner = weakref.ref(self) if wanted else None

    def _leaf(self) -> Leaf:
        """Return the node of a tensor that the user made; a constant gets one now."""
        if self._node is None:
            self._value = np.asarray(self._value) if isinstance(self._value, np.generic) else self._value
            self._node = Leaf(self._value)
        assert isinstance(self._node, Leaf)
        return self._node

    @property
    def is_leaf(self) -> bool:
        """Whether the user made this tensor, rather than a recorded operation."""
        return self._node is None or isinstance(self._node, Leaf)

    @property
    def grad_fn(self) -> Node | None:
        """The graph's node of the operation that made this tensor; None for a leaf."""
        return None if self.is_leaf else self._node

    @property
    def name(self) -> str | None:
        """The name in pictures and messages."""
        return None if self._node is None else self._node.name

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None and not isinstance(name, str):
            raise UsageError(f"A name is text, got {type(name).__name__}.", f'Write name="{name}".')
        node = self._leaf() if self._node is None else self._node
        node.note().name = name

    @property
    def data(self) -> Tensor:
        """The same memory without the history; assigning copies new values in, after a check of the shape."""
        self._value = np.asarray(self._value) if isinstance(self._value, np.generic) else self._value
        return wrap(self._value, None)

    @data.setter
    def data(self, values: Any) -> None:
        new = values._value if isinstance(values, Tensor) else np.asarray(values)
        if new.shape != self.shape:
            raise ShapeError(
                f"{self._title()} has shape {self.shape}, got new data of shape {new.shape}.",
                "Give data of the same shape, or make a new tensor.",
            )
        np.copyto(self.data._value, new, casting="same_kind")

    @property
    def real(self) -> Tensor:
        """The real part."""
        return record(REGISTRY[np.real], (self,), NO_KEYWORDS)

    @property
    def imag(self) -> Tensor:
        """The imaginary part."""
        return record(REGISTRY[np.imag], (self,), NO_KEYWORDS)

    @property
    def T(self) -> Tensor:
        """All axes reversed; a matrix transposed."""
        return self.transpose()

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged."""
        return self.swapaxes(-1, -2)

    def detach(self) -> Tensor:
        """Return the same memory without the history."""
        return self.data

    def requires_grad_(self, wanted: bool = True) -> Tensor:
        """Set `requires_grad` and return the tensor itself."""
        self.requires_grad = wanted
        return self

    def copy(self) -> Tensor:
        """Return a tensor of the same values in memory of its own; differentiable."""
        return record(COPY, (self,), {})

    def astype(self, dtype: Any) -> Tensor:
        """Return a copy of another dtype; differentiable between floating dtypes."""
        target = np.dtype(dtype)
        if target.kind not in NUMBERS:
            raise DtypeError(f"A tensor holds numbers, got dtype {target}.", "Use t.tolist() for Python objects.")
        if target.kind not in "fc":
            return wrap(self._value.astype(target), None)
        return record(ASTYPE, (self,), {"dtype": target})

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __apply_primitive__(self, primitive: Primitive, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if primitive.plain and not kwargs and len(args) == len(primitive.operands):
            return record(primitive, args, NO_KEYWORDS)
        operands, keywords = primitive.call_form(args, kwargs)
        return record(primitive, operands, keywords)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        primitive = REGISTRY.get(ufunc)
        if primitive is not None and method == "__call__" and not kwargs:
            return record(primitive, args, NO_KEYWORDS)
        if "out" in kwargs:
            raise UsageError(
                f"np.{ufunc.__name__} cannot write a Tensor into existing memory: the gradient would be lost.",
                "Write `a = a + t` instead of `a += t` or out=a.",
            )
        if method == "__call__" and primitive is not None:
            return self.__apply_primitive__(primitive, args, kwargs)
        return self._undifferentiated(ufunc if method == "__call__" else getattr(ufunc, method), args, kwargs)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        primitive = REGISTRY.get(function)
        if primitive is not None:
            return self.__apply_primitive__(primitive, args, kwargs)
        return self._undifferentiated(function, args, kwargs)

    def _undifferentiated(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = on_values(function, args, kwargs)
        return wrap(result, None) if isinstance(result, (np.ndarray, np.generic)) else result

    def __getitem__(self, index: Any) -> Tensor:
        return record(getitem, (self,), {"index": plain_index(index)})

    def __setitem__(self, index: Any, value: Any) -> None:
        self._writable("t[...] = value")[plain_index(index)] = plain(value)

    def _writable(self, code: str) -> Any:
        """Return the memory for an in-place write that no graph sees."""
        if self.requires_grad and (current_mode.get().recording or not self.is_leaf):
            raise GradientError(
                f"{code} writes into {self._title()}, which requires a gradient.",
                "Compute a new tensor, or update a leaf inside `with ag.no_grad():`.",
            )
        memory = self.data._value
        if not memory.flags.writeable:
            raise UsageError(
                f"{code} writes into memory of {self._title()} that is read-only.",
                "Compute a new tensor instead: t = t * 2.",
            )
        return memory


def wrap(value: Any, node: Node | None) -> Tensor:
    """Return a Tensor on this memory and node, without copying."""
    made = Tensor.__new__(Tensor)
    made._value = value
    made._node = node
    made._grad = None
    return made


def record(primitive: Primitive, operands: tuple[Any, ...], keywords: dict[str, Any]) -> Tensor:
    """Run a primitive on its operands' arrays; leave a node behind if one of them needs a gradient."""
    values: list[Any] = []
    inputs: list[Any] = []
    needed, bit = 0, 1
    for operand in operands:
        if isinstance(operand, Tensor):
            value, node = operand._value, operand._node
        else:
            value, node = plain(operand), None
        values.append(value)
        inputs.append(value if node is None else node)
        if node is not None and node.requires_grad:
            needed |= bit
        bit <<= 1
    mode = current_mode.get()
    residuals: Any = ()
    try:
        if primitive.residuals is None or not needed or not mode.recording:
            y = primitive.fn(*values, **keywords)
        else:
            y, *residuals = primitive.residuals(*values, **keywords)
    except ValueError as problem:
        raise misfit(primitive, operands, problem) from None
    if not needed or not mode.recording:
        return wrap(y, None)
    plan = primitive.plans.get(needed) or primitive.plan(needed, len(values))
    if not plan.positions:
        return wrap(y, None)
    pool = (*values, y)
    if primitive.keywords or residuals:
        pool = (*pool, *residuals, *[keywords[name] for name in primitive.keywords])
    saved = plan.save(pool)
    if primitive.through_definition:
        saved = (*saved, tuple(values))
    held = tuple(inputs)
    parents = held if len(plan.positions) == len(held) else tuple([held[k] for k in plan.positions])
    return wrap(y, Node(plan, held, parents, saved, keywords, y.shape, y.dtype, mode.scope))


def misfit(primitive: Primitive, operands: tuple[Any, ...], problem: Exception) -> AutogradError:
    """Return the error of operands that NumPy refuses, with their names and shapes."""
    if isinstance(problem, AutogradError):
        return problem
    shown = " and ".join(
        f"{each.name!r} {each.shape}" if isinstance(each, Tensor) and each.name else str(np.shape(each))
        for each in operands
        if each is not None
    )
    label = primitive.infix or primitive.__name__
    if isinstance(problem, TypeError):
        kinds = ", ".join(type(each).__name__ for each in operands)
        return UsageError(f"{label} does not take these operands: {kinds}.", "Use Tensors, arrays and numbers.")
    mend = "Transpose or reshape one: for a @ b the columns of a are as many as the rows of b."
    if primitive is not REGISTRY[np.matmul]:
        mend = "Shapes fit when, from the right, lengths are equal or 1; use reshape or np.expand_dims."
    return ShapeError(f"{label}: the shapes {shown} do not fit.", mend)


def operate(primitive: Primitive, compute: Callable[[Any, Any], Any], a: Any, b: Any) -> Tensor:
    """Do what `record` does, for an operator: two operands and no keywords, written out because it runs most often.

    `compute` is Python's operator: on the scalars that 0-dimensional results are, it is ten times as fast as the ufunc.
    """
    if isinstance(a, Tensor):
        x, left = a._value, a._node
    else:
        x, left = plain(a), None
    if isinstance(b, Tensor):
        z, right = b._value, b._node
    else:
        z, right = plain(b), None
    try:
        y = compute(x, z)
    except (ValueError, TypeError) as problem:
        raise misfit(primitive, (a, b), problem) from None
    if type(y) is complex:  # Python's own product of a complex number and a NumPy scalar
        y = np.complex128(y)
    needed = (left is not None and left.requires_grad) + 2 * (right is not None and right.requires_grad)
    if not needed:
        return wrap(y, None)
    mode = current_mode.get()
    if not mode.recording:
        return wrap(y, None)
    plan = primitive.plans.get(needed) or primitive.plan(needed, 2)
    pool = (x, z, y)
    inputs = (x if left is None else left, z if right is None else right)
    parents = inputs if needed == 3 else (inputs[needed - 1],)
    return wrap(y, Node(plan, inputs, parents, plan.save(pool), NO_KEYWORDS, y.shape, y.dtype, mode.scope))


# The operators are defined on a base class, which knows neither Tensor nor recording.
Tensor._operate = staticmethod(operate)
Tensor._record = staticmethod(record)
Tensor._wrap = staticmethod(wrap)
