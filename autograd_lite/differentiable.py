"""Tensor's gradients: backward(), hooks, and the entry into the walk.

The walk itself, in `backward`, knows no Tensor; this is where seeds go in and gradients come out.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.backward import backward as walk
from autograd_lite.backward import silent
from autograd_lite.conversion import copied, plain, read_only
from autograd_lite.departures import depart
from autograd_lite.derivatives.vocabulary import conj, fit
from autograd_lite.errors import ArgumentError, GradientError, ShapeError, UsageError
from autograd_lite.graph import LOCK, Node, enable_grad
from autograd_lite.hooks import RemovableHook, of_dtype
from autograd_lite.interop import Interop
from autograd_lite.ownership import alone
from autograd_lite.primitives import unregistered
from autograd_lite.recording import record
from autograd_lite.spelling import spelled
from autograd_lite.variable import wrap

# What messages call whoever asked for a gradient.
BACKWARD = "backward()"

IDENTITY = unregistered(lambda x: x, x=lambda g: g, name="identity", doc="x itself.")


class Differentiable(Interop):
    """The part of Tensor that has to do with gradients."""

    __slots__ = ()

    @property
    def grad(self) -> Any:
        """The gradient that backward() accumulated here, a Tensor; None before.

        Warns
        -----
        UserWarning
            When this was computed from others and a backward() went through it: it keeps no gradient of its own.
        """
        if self._grad is None and self._node is not None and self._node.saved is None:
            warnings.warn(
                f"{self._title(start=True)} was computed from others, so backward() kept no gradient for it.\n"
                "Update a leaf in place, w.data -= lr * w.grad, or call retain_grad() on it first.",
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is None:
            self._grad = None
            return
        given = plain(value)
        if np.shape(given) != self.shape:
            raise ShapeError(
                f"{self._title(start=True)} has shape {self.shape}, got a gradient of shape {np.shape(given)}.",
                "A gradient has the shape of its tensor.",
            )
        new: Any = value if isinstance(value, Differentiable) else wrap(np.array(given), None)
        new = of_dtype(new, self.dtype)
        self._grad = new if new.requires_grad else wrap(np.array(new._value), None)

    @spelled
    def backward(
        self,
        gradient: Any = None,
        *,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Any] | None = None,
    ) -> None:
        """Add the gradient of this tensor to the `.grad` of every leaf that it was computed from.

        Parameters
        ----------
        gradient : array_like, optional
            The incoming gradient, of this tensor's shape; 1 for a scalar.
        retain_graph : bool, optional
            Keep what the forward pass saved for a further backward(); by default only with `create_graph`.
        create_graph : bool
            Record the backward pass too, so that gradients can be differentiated.
        inputs : Tensor or sequence of Tensor, optional
            Accumulate into these only, leaves or computed ones; one that this does not depend on stays as it is.
            Computed tensors on the way to them that called `retain_grad` keep their gradients too.

        Raises
        ------
        GradientError
            When this is no scalar and no gradient is given, when nothing here needs a gradient, or when an earlier
            backward() freed the graph.
        ShapeError
            When `gradient` has another shape.

        Examples
        --------
        >>> import autograd_lite as ag
        >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> (w * w).sum().backward()
        >>> w.grad.tolist()
        [2.0, 4.0]
        """
        retain = create_graph if retain_graph is None else retain_graph
        owners = None if inputs is None else {node_that_needs(each): each for each in tensors_of(inputs, "inputs")}
        totals = run_backward([self], [gradient], owners, create_graph=create_graph, release=not retain)
        deliver(totals, recorded=create_graph, owners=owners)

    def _accumulate(self, gradient: Any) -> None:
        if gradient.requires_grad or self._grad.requires_grad:
            self._grad = self._grad + gradient
        else:
            self._grad = wrap(np.asarray(self._grad._value + gradient._value), None)

    def retain_grad(self) -> None:
        """Keep this computed tensor's gradient in `.grad` whenever a backward pass goes through it, as leaves do.

        It is the gradient after all hooks, whenever they were registered. After an in-place write it is that of the
        new value.

        Raises
        ------
        GradientError
            When it needs no gradient.

        Examples
        --------
        >>> import autograd_lite as ag
        >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> squared = w * w
        >>> squared.retain_grad()
        >>> (3 * squared).sum().backward()
        >>> squared.grad
        tensor([3., 3.])
        """
        if self._node is None or not self.requires_grad:
            raise GradientError(
                f"retain_grad(): {self._title()} needs no gradient.",
                "Make one of its inputs with requires_grad=True.",
            )
        self._node.note().owner = weakref.ref(self)

    @spelled
    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHook:
        """Call `hook` with this tensor's gradient in every backward pass; what it returns replaces the gradient.

        Hooks are called in the order in which they were registered, once a pass, with the sum of all contributions;
        those of leaves after all others.
        The gradient that the last one leaves is what `.grad` and `gradients` give, and what is passed on; under
        create_graph it is part of the graph.

        Parameters
        ----------
        hook : callable
            Takes the gradient as a Tensor, which it must not write into; returns None, or the gradient to go on with:
            a Tensor or array of the same shape and dtype.

        Returns
        -------
        RemovableHook
            Its ``remove()`` takes the hook off, as does the end of a ``with`` block.

        Raises
        ------
        GradientError
            When this needs no gradient.
        ShapeError, DtypeError
            In the backward pass, when the hook returns another shape or dtype.

        Examples
        --------
        >>> import autograd_lite as ag
        >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
        >>> with w.register_hook(lambda g: 10 * g):
        ...     (w * w).sum().backward()
        >>> w.grad
        tensor([20., 40.])
        """
        if self._node is None or not self.requires_grad:
            raise GradientError(
                f"register_hook(): {self._title()} needs no gradient.",
                "Make one of its inputs with requires_grad=True.",
            )
        if not callable(hook):
            raise UsageError(
                f"register_hook() takes a function of the gradient, got {type(hook).__name__}.",
                "Write t.register_hook(lambda g: g * 2), for example.",
            )

        return RemovableHook(self._node, hook)

    def zero_grad(self) -> None:
        """Forget the gradient.

        Raises
        ------
        UsageError
            When there can be none, as in ``w.grad.zero_grad()``, which would leave the gradient of w as it is.
        """
        if self._node is None and self._grad is None:
            raise UsageError(
                f"zero_grad(): this tensor of shape {self.shape} requires no gradient, so that it has none to clear.",
                "Call it on the tensor whose .grad it is: w.zero_grad(), not w.grad.zero_grad().",
            )
        self._grad = None


def leaving(totals: dict[Node, Any], *, recorded: bool) -> Iterator[tuple[Node, Any]]:
    """Empty `totals`: yield each cotangent as a Tensor in the user's convention and in memory of its own."""
    if recorded:
        for node, total in totals.items():
            mine = conj(total)
            yield node, wrap(np.array(mine._value), mine._node)
        return
    while totals:
        node, g = totals.popitem()
        if not alone(g):  # a rule may hand on a view, or somebody's array
            g = np.array(g)
        yield node, wrap(g if g.dtype.kind != "c" else conj(g), None)


def deliver(totals: dict[Node, Any], *, recorded: bool, owners: Mapping[Node, Any] | None = None) -> None:
    """Add each cotangent to the `.grad` of the Tensor that waits for it: one of `owners`, or else the node's own."""
    with LOCK:  # two threads that add to one gradient must not lose a summand
        for node, total in leaving(totals, recorded=recorded):
            owner = owner_of(node) if owners is None or node not in owners else owners[node]
            if owner is None:
                continue
            if owner._grad is None:
                owner._grad = total
            else:
                owner._accumulate(total)


def owner_of(node: Node) -> Any:
    """Return the Tensor that waits for this node's gradient, if it is still there."""
    return None if node.notes is None or node.notes.owner is None else node.notes.owner()


def tensors_of(given: Any, name: str) -> list[Any]:
    """Return one Tensor or a sequence of Tensors as a list."""
    if not isinstance(given, (Differentiable, Iterable)):
        raise UsageError(f"{name} are Tensors, got {type(given).__name__}.", "Give a Tensor, or a list of them.")
    found = [given] if isinstance(given, Differentiable) else list(given)
    if not found:
        raise ArgumentError(f"{name} is empty.", "Give a Tensor, or a list of them.")
    return found


def node_that_needs(tensor: Any) -> Node:
    """Return the node of a tensor whose gradient is asked for."""
    if not isinstance(tensor, Differentiable):
        raise UsageError(
            f"Gradients are taken with respect to Tensors, got {type(tensor).__name__}.",
            "Make it one: ag.tensor(x, requires_grad=True), and compute with that.",
        )
    if tensor._node is None or not tensor.requires_grad:
        raise GradientError(
            f"{tensor._title(start=True)} of shape {tensor.shape} requires no gradient.",
            "Make it with requires_grad=True before it is used.",
        )
    return tensor._node


class _Recorder:
    """Lifts saved arrays to Tensors, so that a walk over them is recorded in turn."""

    def lift(self, value: Any, node: Any) -> Any:
        return wrap(value, node) if isinstance(node, Node) else value

    def separate(self, operand: Any) -> Any:
        return record(IDENTITY, (operand,), {})

    def node(self, operand: Any) -> Node:
        return node_that_needs(operand)


RECORDER = _Recorder()


def run_backward(
    outputs: Sequence[Any],
    seeds: Sequence[Any],
    targets: Mapping[Node, Any] | None,
    *,
    create_graph: bool = False,
    release: bool = True,
    hooks: bool = True,
    caller: str = BACKWARD,
) -> dict[Node, Any]:
    """Walk back from `outputs` and return the wanted cotangents: arrays, or Tensors with `create_graph`."""
    cotangents: dict[Node, Any] = {}
    for output, seed in zip(outputs, seeds, strict=True):
        node = _node_of_result(output, caller)
        g = _seed(output, seed, create_graph, caller)
        cotangents[node] = cotangents[node] + g if node in cotangents else g
    with silent():
        if not create_graph:
            depart(f"{caller} without create_graph=True")
            return walk(cotangents, fit.fn, targets=targets, release=release, hooks=hooks)
        with enable_grad():
            return walk(cotangents, fit, targets=targets, recorder=RECORDER, release=release, hooks=hooks)


def _node_of_result(output: Any, caller: str) -> Node:
    if not isinstance(output, Differentiable):
        raise UsageError(
            f"{caller} starts at a Tensor, got {type(output).__name__}.", "Compute the result with Tensors."
        )
    if output.dtype.kind not in "fc":
        raise GradientError(
            f"{caller}: {output._title()} is of {output.dtype}, and a gradient is of floating numbers.",
            "Counts, indices and comparisons have none: compute the result from floats, without them.",
        )
    if output._node is None or not output.requires_grad:
        raise GradientError(
            f"{caller}: {output._title()} was computed from nothing that requires a gradient.",
            "Make an input with requires_grad=True, and compute outside of ag.no_grad().",
        )
    return output._node


def _seed(output: Any, gradient: Any, create_graph: bool, caller: str) -> Any:
    """Return the gradient at the result in the walk's form."""
    if gradient is None:
        value = output._value
        if value.size != 1:
            ones = f"np.ones({output.shape[0] if output.ndim == 1 else output.shape})"
            raise GradientError(
                f"{caller} needs a scalar, got shape {output.shape}.",
                f"Reduce it first, loss.sum().backward(), or pass the incoming gradient: loss.backward({ones})."
                if caller is BACKWARD
                else f"Reduce it first, y.sum(), or pass the incoming gradient: grad_outputs={ones}.",
            )
        if value.dtype.kind == "c":
            raise GradientError(
                f"{caller} needs a real scalar, got dtype {output.dtype}.",
                "A complex result has no direction of steepest ascent: take abs(z), z.real or z.imag first.",
            )
        one = value.dtype.type(1)
        gradient = np.full(value.shape, one) if value.shape else one
        return wrap(gradient, None) if create_graph else gradient
    if isinstance(gradient, bool):
        raise UsageError(
            f"backward({gradient}): the first argument is the incoming gradient.", f"Write retain_graph={gradient}."
        )
    given: Any = gradient if isinstance(gradient, Differentiable) else wrap(copied(gradient), None)
    if given.shape != output.shape:
        raise ShapeError(
            f"The incoming gradient has shape {given.shape}, the result has shape {output.shape}.",
            "A gradient has the shape of what it is the gradient of.",
        )
    given = conj(of_dtype(given, output.dtype))
    # Read-only, because a user's rule might write into it.
    return given if create_graph else read_only(given._value)
