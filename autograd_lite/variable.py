"""Variable, what every Tensor holds: its values, the node of the graph that computed them, its gradient.

All that computes with Tensors stands above this: it reads the three attributes and makes its results with `wrap`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np

from autograd_lite.devices import DEVICE
from autograd_lite.errors import DtypeError, UsageError
from autograd_lite.graph import Leaf, Node
from autograd_lite.habits import ATTRIBUTES, Habit
from autograd_lite.source import Line
from autograd_lite.writes import note, note_all


class Variable:
    """The state of a Tensor, and its plain properties."""

    __slots__ = ("__weakref__", "_grad", "_node", "_value")

    _value: Any
    _node: Node | None
    _grad: Any

    # The class of all results: Tensor, which is defined far above.
    _result: ClassVar[Any]
    # How a result is made that lies in the memory of a Tensor: TensorView._of.
    _view: ClassVar[Callable[..., Any]]

    def __init_subclass__(cls, *, of_results: bool = False, of_views: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        if of_results:
            Variable._result = cls
        if of_views:
            Variable._view = cls._of  # type: ignore[attr-defined]

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._value.shape
        return shape

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise UsageError(
            f"The shape {self.shape} of {self._title()} is not written into: its history would be of another shape.",
            f"Write t = t.reshape({shape!r}).",
        )

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
        return DEVICE

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
        node.name = name

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in ATTRIBUTES]

    def _title(self, *, start: bool = False) -> str:
        """Return what messages call this tensor, in a sentence or at its start."""
        if self.name is not None:
            return repr(self.name)
        return "The tensor" if start else "the tensor"

    def _leaf(self) -> Leaf:
        """Return the node of a tensor that the user made; a constant gets one now."""
        if self._node is None:
            self._node = Leaf(self._memory())
        assert isinstance(self._node, Leaf)
        return self._node

    def _memory(self) -> Any:
        """Return the values as an array that can be written into: a NumPy scalar becomes one first."""
        if isinstance(self._value, np.generic):
            self._value = np.asarray(self._value)
        return self._value

    def _written(self, line: Line | None = None) -> Any:
        """Return the memory for a write that no history tells of; graphs that saved it will know."""
        memory = self._memory()
        note(memory, line)
        return memory

    @staticmethod
    def _note_step(parameters: Iterable[Variable]) -> None:
        """Note an optimizer's write into all of these, whose memory it changes."""
        note_all([each._value for each in parameters])


# On the lowest of Tensor's bases, where they hide nothing that the others define.
for _name, _mend in ATTRIBUTES.items():
    setattr(Variable, _name, Habit(_name, _mend))


def wrap(value: Any, node: Node | None) -> Any:
    """Return a Tensor on this memory and node, without copying."""
    kind = Variable._result
    made = kind.__new__(kind)
    made._value = value
    made._node = node
    made._grad = None
    return made
