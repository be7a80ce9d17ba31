"""One evaluation of a function that is to be differentiated, and the walks over the graph that it left.

Every evaluation gives the function Tensors of its own, and walks stop at these. So derivatives of derivatives, by
variables of different functions inside one another, cannot be confused: each has its node in the one graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.backward import backward as walk
from autograd_lite.backward import silent
from autograd_lite.conversion import read_only, tensors_in
from autograd_lite.departures import departures
from autograd_lite.derivatives.vocabulary import conj, fit
from autograd_lite.differentiable import IDENTITY, RECORDER, Differentiable, leaving, node_that_needs
from autograd_lite.graph import Leaf, Node, clock, current_mode, enable_grad
from autograd_lite.recording import record
from autograd_lite.structures import flatten
from autograd_lite.transforms.arguments import Argnums, chosen, names_of, origin, values_of, variable
from autograd_lite.transforms.results import fitting, outputs_of, pair_of, plainly
from autograd_lite.variable import wrap


class Evaluation:
    """A function's value at a point, and the graph from its arguments to its results.

    Parameters
    ----------
    title : str
        The transform, for messages.
    f : callable
    argnums : int or sequence of int
    args, kwargs : sequence, mapping
        What the transform was called with.
    has_aux : bool
        The function returns a pair, of which the second part is handed through.

    Attributes
    ----------
    given : list
        The leaves that are differentiated by, as the caller gave them.
    inputs : Structure
        Theirs.
    names : callable
        Returns what users write to reach each.
    outputs : list of Tensor
        The leaves of the result.
    result : Structure
        Theirs.
    aux : object
        The second part of the pair.
    """

    def __init__(
        self,
        title: str,
        f: Callable[..., Any],
        argnums: Argnums,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        has_aux: bool = False,
    ) -> None:
        self.title = title
        self._began = clock()
        one = isinstance(argnums, int)
        picked = chosen(title, f, argnums, args)
        self.given, self.inputs = picked.leaves, picked.structure
        self.names = partial(names_of, f, len(args), picked, one=one)
        values = values_of(title, self.given, self.names)
        bases = [_base(leaf, value) for leaf, value in zip(self.given, values, strict=True)]
        with enable_grad(), departures() as departed:
            variables = [variable(each) for each in bases]
            # A write into a variable gives it another node: walks stop at the first.
            self.targets: list[Node] = [each._node for each in variables]
            try:
                returned = f(*picked.among(args, variables, one=one), **kwargs)
            finally:
                for leaf, base in zip(self.given, bases, strict=True):
                    if base is not leaf:
                        close(base)
        self.aux: Any
        returned, self.aux = pair_of(title, f, returned) if has_aux else (returned, None)
        self._returned, self.result = outputs_of(title, f, returned, departed)
        # What the caller holds may be written into later: the walks start where it stood now.
        self.outputs = [wrap(each._value, each._node) for each in self._returned]
        self._tensors_given = any_tensor(self.given) or any(True for _ in tensors_in((*args, kwargs)))
        self._outward = any(map(self.leads_outside, self.outputs))

    @property
    def linked(self) -> bool:
        """Whether a result depends on what somebody else may differentiate by, so that all must be recorded."""
        return self._outward and current_mode.get().recording

    def leads_outside(self, tensor: Any) -> bool:
        """Return whether a Tensor was computed from more than the variables of this and of finished evaluations."""
        found: set[Node] = set()
        waiting = [tensor._node] if tensor.requires_grad else []
        for node in waiting:  # which grows on the way
            if type(node) is Leaf:
                if node.requires_grad:
                    return True
            elif node.stamp < self._began:
                return True
            for parent in node.parents:
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return False

    def pulled(
        self,
        starts: Sequence[Any],
        seeds: Sequence[Any],
        *,
        recorded: bool = False,
        release: bool = False,
        severed: bool = False,
    ) -> list[Any]:
        """Return Jᵀ seeds for each variable, zeros where nothing depends on it; the rest is said of `walked`."""
        totals = walked(starts, seeds, self.targets, recorded=recorded, release=release, severed=severed)
        return [zeros(node) if g is None else g for node, g in zip(self.targets, totals, strict=True)]

    def beside_inputs(self, name: str, tree: Any) -> list[Any]:
        """Return the leaves of what the caller gives beside the variables, as Tensors of their shape and dtype."""
        return fitting(self.title, self.inputs, name, tree, "the argument", self.targets)

    def beside_results(self, name: str, tree: Any) -> list[Any]:
        """Return the leaves of what the caller gives beside the results, as Tensors of their shape and dtype."""
        return fitting(self.title, self.result, name, tree, "the result", self.outputs)

    def inputs_like(self, tensors: Sequence[Any], *, also: bool = False) -> Any:
        """Return one derivative a variable, in the structure and the kind of what the caller gave."""
        return self.inputs.unflatten(self.left(tensors, self.given, also=also))

    def results_like(self, tensors: Sequence[Any], *, also: bool = False) -> Any:
        """Return one Tensor a result in its structure, as the caller wants them."""
        return self.result.unflatten(self.left(tensors, also=also))

    def left_result(self, *, also: bool = False) -> Any:
        """Return the result as the caller wants it."""
        return self.result.unflatten(self.left(self._returned, also=also, copied=True))

    def left_aux(self, *, also: bool = False) -> Any:
        """Return what was handed through, the Tensors in it as the caller wants them."""
        leaves, structure = flatten(self.aux)
        tensors = [each for each in leaves if isinstance(each, Differentiable)]
        left = iter(self.left(tensors, also=also, copied=True))
        return structure.unflatten([next(left) if isinstance(each, Differentiable) else each for each in leaves])

    def left(
        self, tensors: Sequence[Any], likes: Sequence[Any] | None = None, *, also: bool = False, copied: bool = False
    ) -> list[Any]:
        """Return Tensors as the caller wants them: Tensors where one was given or a gradient may pass on, or arrays.

        With `also` one was given later; with `copied` the memory may be somebody else's.
        """
        recording = current_mode.get().recording
        outward = [recording and self.leads_outside(each) for each in tensors]
        if also or self._tensors_given or self.linked or any(outward):
            return [each if out else detached(each) for each, out in zip(tensors, outward, strict=True)]
        kinds = [None] * len(tensors) if likes is None else likes
        own = np.array if copied else np.asarray
        return [plainly(own(each._value), like) for each, like in zip(tensors, kinds, strict=True)]


def needs_record(tensors: Iterable[Any]) -> bool:
    """Return whether a gradient may pass through one of the Tensors that the caller gave later."""
    return current_mode.get().recording and any(each.requires_grad for each in tensors)


def any_tensor(leaves: Iterable[Any]) -> bool:
    return any(isinstance(each, Differentiable) for each in leaves)


def _base(leaf: Any, value: Any) -> Any:
    """Return the Tensor that a variable starts from: the caller's, where he may differentiate by it in turn."""
    if isinstance(leaf, Differentiable) and leaf.requires_grad and current_mode.get().recording:
        return leaf
    return origin(value)


def close(base: Any) -> None:
    """End the time in which an origin counts as something to differentiate by."""
    base._node.requires_grad = False


class _Severed:
    """Lifts saved arrays to constants: a walk recorded with it is a function of its incoming gradients alone."""

    def lift(self, value: Any, node: Any) -> Any:
        return wrap(value, None) if isinstance(node, Node) else value

    def separate(self, operand: Any) -> Any:
        base = origin(operand._value)
        stop = record(IDENTITY, (base,), {})
        close(base)
        return stop

    def node(self, operand: Any) -> Node:
        return node_that_needs(operand)


SEVERED = _Severed()


def walked(
    starts: Sequence[Any],
    seeds: Sequence[Any],
    targets: Sequence[Node],
    *,
    recorded: bool = False,
    release: bool = False,
    severed: bool = False,
) -> list[Any]:
    """Return the gradient at each target as a Tensor; None where nothing leads to it.

    A recorded walk that is `severed` is so by the seeds only: what the forward pass saved counts as constant.
    """
    pairs = [(start, seed) for start, seed in zip(starts, seeds, strict=True) if start.requires_grad]
    if not pairs:
        return [None] * len(targets)
    cotangents: dict[Node, Any] = {}
    for start, seed in pairs:
        g = conj(seed) if recorded else read_only(conj(seed)._value)
        cotangents[start._node] = cotangents[start._node] + g if start._node in cotangents else g
    wanted = dict.fromkeys(targets)
    with silent():
        if recorded:
            with enable_grad():
                recorder = SEVERED if severed else RECORDER
                totals = walk(cotangents, fit, targets=wanted, recorder=recorder, release=release)
        else:
            totals = walk(cotangents, fit.fn, targets=wanted, release=release)
    found = dict(leaving(totals, recorded=recorded))
    return [found.get(node) for node in targets]


def zeros(like: Any) -> Any:
    """Return a Tensor of zeros of the shape and dtype of a node or Tensor."""
    return wrap(np.zeros(like.shape, like.dtype), None)


def ones(like: Any) -> Any:
    """Return a Tensor of ones of the shape and dtype of a node or Tensor."""
    return wrap(np.ones(like.shape, like.dtype), None)


def detached(tensor: Any) -> Any:
    """Return the values in memory of their own, without the history."""
    return wrap(np.array(tensor._value), None)
