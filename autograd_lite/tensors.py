"""Tensor: an array that remembers how it was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_lite import recording, variable
from autograd_lite.arraylike import ArrayLike
from autograd_lite.conversion import copied, known_dtype, plain_index
from autograd_lite.departures import DETACHED
from autograd_lite.derivatives.composition import COMPOSITES
from autograd_lite.derivatives.further import whole_table
from autograd_lite.derivatives.indexing import Place, getitem
from autograd_lite.derivatives.scipy_special import find_special
from autograd_lite.differentiable import Differentiable
from autograd_lite.errors import DtypeError, GradientError, ShapeError
from autograd_lite.graph import LOCK, Leaf, Node, current_mode, enable_grad
from autograd_lite.inplace import InPlace
from autograd_lite.methods import TensorMethods
from autograd_lite.mutators import MUTATORS, at
from autograd_lite.operators import Operators
from autograd_lite.primitives import REGISTRY, Primitive, unregistered
from autograd_lite.recording import NO_KEYWORDS, unary
from autograd_lite.source import users_line
from autograd_lite.spelling import spelled
from autograd_lite.ufunc_keywords import LOOP_KEYWORDS, along_axes, computed_into, converted, masked
from autograd_lite.undifferentiated import PIECEWISE_CONSTANT, name_of, on_values

# What these return is a Tensor; they cannot say so where they stand, below it.
wrap: Callable[[Any, Node | None], Tensor] = variable.wrap
record: Callable[[Primitive, tuple[Any, ...], dict[str, Any]], Tensor] = recording.record

WHERE = REGISTRY[np.where]
COPY = unregistered(lambda x: np.array(x, order="C"), x=lambda g: g, name="copy", doc="A copy in memory of its own.")
ASTYPE = unregistered(
    lambda x, dtype: x.astype(dtype),
    x=lambda g: g,
    name="astype",
    canonical=lambda x, dtype: ((x,), {"dtype": dtype}),
    keywords=("dtype",),
    doc="A copy of another dtype.",
)


class Tensor(TensorMethods, Operators, ArrayLike, Differentiable, of_results=True):
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

    __slots__ = ()

    @spelled
    def __init__(self, data: Any, *, dtype: Any = None, requires_grad: bool = False, name: str | None = None) -> None:
        self._value = copied(data, dtype)
        self._node = None
        self._grad = None
        if requires_grad:
            self.requires_grad = True
        if name is not None:
            self.name = name

    def _restore(self, value: Any, requires_grad: bool, name: str | None, grad: Any) -> None:
        Tensor.__init__(self, value, requires_grad=requires_grad, name=name)
        self.grad = grad

    @property
    def data(self) -> Tensor:
        """The same memory without the history; assigning copies new values in, after a check of the shape."""
        self._depart(DETACHED)
        return wrap(self._memory(), None)

    @data.setter
    def data(self, values: Any) -> None:
        new = values._value if isinstance(values, Tensor) else np.asarray(values)
        if new.shape != self.shape:
            raise ShapeError(
                f"{self._title(start=True)} has shape {self.shape}, got new data of shape {new.shape}.",
                "Give data of the same shape, or make a new tensor.",
            )
        if not np.can_cast(new.dtype, self.dtype, "same_kind"):
            raise DtypeError(
                f"{self._title(start=True)} is of {self.dtype}, got new data of {new.dtype}.",
                "Convert the data, or make a new tensor.",
            )
        np.copyto(self._written(users_line()), new)

    @property
    def real(self) -> Tensor:
        """The real part."""
        return record(REGISTRY[np.real], (self,), NO_KEYWORDS)

    @real.setter
    def real(self, value: Any) -> None:
        self._write_real(value)

    @property
    def imag(self) -> Tensor:
        """The imaginary part."""
        return record(REGISTRY[np.imag], (self,), NO_KEYWORDS)

    @imag.setter
    def imag(self, value: Any) -> None:
        self._write_imag(value)

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

    @spelled
    def requires_grad_(self, wanted: bool = True) -> Tensor:
        """Set `requires_grad` and return the tensor itself."""
        self.requires_grad = wanted
        return self

    @spelled
    def copy(self, order: str = "C") -> Tensor:
        """Return a tensor of the same values in memory of its own, in any `order`; differentiable."""
        return record(COPY, (self,), {})

    @spelled
    def astype(
        self, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Tensor:
        """Return a copy of another dtype; differentiable between floating dtypes.

        Parameters
        ----------
        dtype : dtype
        order, subok : str, bool
            As in NumPy; they change nothing here.
        casting : str
            Which conversions are allowed: "no", "equiv", "safe", "same_kind" or "unsafe".
        copy : bool
            Without it a tensor that has the dtype is returned as it is.

        Raises
        ------
        DtypeError
            When the conversion is not allowed.
        """
        target = known_dtype(dtype)
        if not np.can_cast(self.dtype, target, casting):
            raise DtypeError(
                f"astype(): {self.dtype} does not become {target} by casting={casting!r}.",
                "Leave casting= out, or give a dtype that holds the same numbers.",
            )
        if not copy and target == self.dtype:
            return self
        if target.kind not in "fc":
            return wrap(self._value.astype(target), None)
        return record(ASTYPE, (self,), {"dtype": target})

    @spelled
    def compress(self, condition: Any, axis: int | None = None) -> Tensor:
        """Return the slices along an axis where the condition is true; without an axis this is a row."""
        return np.compress(condition, self, axis)  # type: ignore[return-value]

    @spelled
    def fill(self, value: Any) -> None:
        """Write a value into every element."""
        self[...] = value

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __apply_primitive__(self, primitive: Primitive, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not kwargs and len(args) == primitive.arity:
            return unary(primitive, self) if len(args) == 1 else record(primitive, args, NO_KEYWORDS)
        if "out" in kwargs:
            return self.__compute_into__(primitive, args, kwargs)
        if primitive is WHERE and len(args) == 1:
            return self._undifferentiated(np.nonzero, args, kwargs)
        operands, keywords = primitive.call_form(args, kwargs)
        return record(primitive, operands, keywords)

    def __compute_into__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function with out=, by which this Tensor is reached."""
        options = dict(kwargs)
        out = options.pop("out")
        if out is None:
            return function(*args, **options)
        return computed_into(out, function, args, options, name_of(function))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Any:
        primitive = REGISTRY.get(ufunc) or find_special(ufunc)
        if primitive is not None and method == "__call__" and not kwargs:
            return unary(primitive, self) if len(args) == 1 else record(primitive, args, NO_KEYWORDS)
        if method == "__call__" and kwargs.get("where", True) is not True:
            return masked(ufunc, args, kwargs)
        if "out" in kwargs:
            return computed_into(kwargs.pop("out"), getattr(ufunc, method), args, kwargs, ufunc.__name__)
        if method == "at" and isinstance(args[0], Tensor):
            return at(ufunc, *args)
        if method == "__call__" and primitive is not None:
            if "axes" in kwargs or "keepdims" in kwargs:
                return along_axes(ufunc, args, kwargs)
            if LOOP_KEYWORDS.intersection(kwargs):
                return converted(ufunc, args, kwargs)
            return self.__apply_primitive__(primitive, args, kwargs)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        if function in COMPOSITES:
            return COMPOSITES[function].call(*args, **kwargs)
        if _on_a_further_page(function) and (function is ufunc or function in COMPOSITES):
            return self.__array_ufunc__(ufunc, method, *args, **kwargs)
        return self._undifferentiated(function, args, kwargs)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if "out" in kwargs:
            return self.__compute_into__(function, args, kwargs)
        primitive = REGISTRY.get(function)
        if primitive is not None:
            return self.__apply_primitive__(primitive, args, kwargs)
        if function in COMPOSITES:
            return COMPOSITES[function].call(*args, **kwargs)
        if function in MUTATORS and args and isinstance(args[0], Tensor):
            return MUTATORS[function](*args, **kwargs)
        if _on_a_further_page(function):
            return self.__array_function__(function, types, args, kwargs)
        return self._undifferentiated(function, args, kwargs)

    def _undifferentiated(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = on_values(function, args, kwargs)
        if type(result) in (tuple, list):
            return type(result)(_wrapped(each) for each in result)
        return _wrapped(result)

    def __getitem__(self, index: Any) -> Tensor:
        return record(getitem, (self,), {"index": plain_index(index)})


def _on_a_further_page(function: Any) -> bool:
    """Return whether the table has a function after all, when all of its pages are read."""
    if name_of(function) in PIECEWISE_CONSTANT:
        return False
    whole_table()
    return function in REGISTRY or function in COMPOSITES


def _wrapped(result: Any) -> Any:
    return wrap(result, None) if isinstance(result, (np.ndarray, np.generic)) else result


class TensorView(Tensor, of_views=True):
    """A Tensor in the memory of another, its base: a write into either is seen by both.

    Its node is derived again whenever the base has another than when it was last derived; the base knows no views.
    """

    __slots__ = ("_base", "_derived", "_derived_from", "_place", "_recorded")

    _base: Tensor
    _derived: Node | None
    _derived_from: Node | None
    _place: Place
    _recorded: bool

    @classmethod
    def _of(cls, operand: Tensor, step: tuple[Primitive, dict[str, Any]], value: Any, node: Node | None) -> TensorView:
        """Return the view of `operand` that one operation gives."""
        base, place, recorded = operand, Place(), True
        if isinstance(operand, TensorView) and not operand._is_its_own_leaf():
            base, place, recorded = operand._base, operand._place, operand._recorded
        made = cls.__new__(cls)
        made._base = base
        made._place = Place((*place.steps, step))
        made._recorded = recorded and current_mode.get().recording
        made._value = value
        made._derived = node
        made._derived_from = base._node
        made._grad = None
        return made

    @property
    def _node(self) -> Node | None:
        if self._base._node is self._derived_from or not self._recorded or self._is_its_own_leaf():
            return self._derived
        with LOCK:
            return self._rederived()

    @_node.setter
    def _node(self, node: Node | None) -> None:
        self._derived = node

    def _rederived(self) -> Node | None:
        """Return the node that the base's present node gives; the caller holds the lock."""
        above, former = self._base._node, self._derived
        if above is self._derived_from:  # another thread was here first
            return former
        derived = former if isinstance(former, Leaf) else None
        if above is not None and above.requires_grad:
            with enable_grad():
                derived = self._place.view(wrap(self._base._value, above))._node
            if derived is not None:
                derived.succeed(former)
        self._derived = derived  # before _derived_from, which tells other threads that it stands
        self._derived_from = above
        return derived

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Return a copy in memory of its own, which is a view no more."""
        self._refuse_to_copy("copy")
        made = Tensor.__new__(Tensor)
        made.__setstate__(self.__getstate__())
        memo[id(self)] = made
        return made

    def __reduce__(self) -> Any:
        self._refuse_to_copy("pickle")
        return self.__deepcopy__({}).__reduce__()

    def _is_its_own_leaf(self) -> bool:
        """Return whether this view of a constant was made to require a gradient itself."""
        return isinstance(self._derived, Leaf) and self._derived.requires_grad

    def _root(self) -> tuple[InPlace, Place]:
        if self._is_its_own_leaf():
            return self, Place()
        if not self._recorded and current_mode.get().recording and self._base.requires_grad:
            raise GradientError(
                "A write into a view that was made inside no_grad() would not reach the history of its base.",
                "Make the view outside of no_grad(), or write inside of it.",
            )
        return self._base, self._place
