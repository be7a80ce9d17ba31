"""A call whose graph is thrown away after the forward pass, and that is made again when its gradient is asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.backward import backward as walk
from autograd_lite.derivatives.vocabulary import fit
from autograd_lite.differentiable import IDENTITY, RECORDER, deliver, node_that_needs, owner_of
from autograd_lite.errors import GradientError, StaleValueError
from autograd_lite.graph import LOCK, Leaf, Mode, Node, clock, current_mode, fill
from autograd_lite.structures import flatten
from autograd_lite.tensors import Tensor, TensorView, wrap
from autograd_lite.transforms.hubs import call_of, hub_of, result_of
from autograd_lite.transforms.prints import Print
from autograd_lite.transforms.randomness import Draws
from autograd_lite.writes import Extent, histories, undone, watched
from autograd_lite.writes import owner_of as memory_of

_stamp = attrgetter("stamp")


class Held(NamedTuple):
    """A Tensor among the arguments: its memory, and the node that it had then."""

    value: Any
    node: Node | None


class Rerun:
    """One call of a function, and all that is needed to make it again: a `Repeatable`.

    Attributes
    ----------
    name : str
        What messages call the function.
    """

    __slots__ = (
        "_arguments",
        "_draws",
        "_function",
        "_prints",
        "_scope",
        "_stamp",
        "_structure",
        "_written",
        "name",
        "origins",
        "parents",
        "read",
    )

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        leaves, self._structure = flatten((args, kwargs))
        self._arguments = [_held(each) for each in leaves]
        self._draws = Draws()
        self._scope = current_mode.get().scope

    def first(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the function, put the hub in the place of its graph, and return its results.

        Raises
        ------
        GradientError
            When the function writes into its arguments.
        """
        begun = clock()
        with self._draws.noted(self._function, [*args, *kwargs.values()]), watched() as written:
            result = self._function(*args, **kwargs)
        leaves, structure = flatten(result)
        computed = {k: each for k, each in enumerate(leaves) if _is_computed(each, begun)}
        inner, origins, born = _reached([each._node for each in computed.values()], begun)
        if not origins:
            return result
        self._refuse_writes(begun)
        others = {k: each for k, each in enumerate(leaves) if k not in computed}
        results = {k: (_apart(each), each.name) for k, each in computed.items()}
        read = _read_by(inner)
        # The graph is held by these alone.
        del result, leaves, computed, inner
        # A leaf that is still there was made to stay, as by a layer that makes its weights when it is first called.
        origins += [leaf for leaf in born if owner_of(leaf) is not None]
        self.origins = self.parents = tuple(sorted(origins, key=_stamp))
        self._prints = {k: Print.of(value) for k, (value, _) in results.items()}
        memory = {id(memory_of(value)) for value, _ in results.values() if type(value) is np.ndarray}
        read += [Extent.of(each.value) for each in self._arguments if _is_in_memory(each)]
        # What is there no more was made by the function itself; of its results nothing is read again.
        lasting = {(id(each.owner()), each.start, each.end): each for each in read if each.owner() is not None}
        self.read = [each for (owner, *_), each in lasting.items() if owner not in memory]
        alive = {id(each()): each for each in written if each() is not None}
        self._written = [each for key, each in alive.items() if key not in memory]
        hub = hub_of(self, self._scope)
        self._stamp = hub.stamp
        made = {k: result_of(hub, k, value, name) for k, (value, name) in results.items()} | others
        return structure.unflatten([made[k] for k in range(len(made))])

    def again(self, stand_ins: Mapping[Node, Node]) -> dict[int, Tensor]:
        """Run the function again and return its results by their numbers, their graph ending at the stand-ins.

        Parameters
        ----------
        stand_ins : mapping of Node to Node
            For each of `origins` the node that takes its place; older than this call.

        Raises
        ------
        StaleValueError
            When something that the function read has been overwritten.
        GradientError
            When the function gives something else than before.
        """
        self._refuse_stale()
        begun = clock()
        args, kwargs = self._structure.unflatten([_given(each) for each in self._arguments])
        token = current_mode.set(Mode(True, self._scope, current_mode.get().anomaly))
        try:
            with self._draws.again(), undone(self._written), _as_before(self.origins), histories() as changed:
                try:
                    result = self._function(*args, **kwargs)
                    leaves, _ = flatten(result)
                    found = {
                        k: wrap(each._value, each._node) for k, each in enumerate(leaves) if _is_computed(each, begun)
                    }
                finally:
                    self._restore(changed, begun)
        finally:
            current_mode.reset(token)
        self._attach([each._node for each in found.values()], stand_ins, begun)
        self._refuse_other(found)
        return found

    def pull_back(self, cotangents: Mapping[int, Any]) -> list[Any]:
        """Return the cotangent of each of `parents`, None where there is none, from those of the results."""
        recorded = any(isinstance(g, Tensor) for g in cotangents.values())
        # What the function puts aside, rather than returns, has its history through them.
        stops = [_passing(node) for node in self.parents]
        found = self.again(dict(zip(self.origins, stops, strict=True)))
        seeds: dict[Node, Any] = {}
        for k, g in cotangents.items():
            node = node_that_needs(found[k])
            seeds[node] = seeds[node] + g if node in seeds else g
        del found
        if recorded:
            totals = walk(seeds, fit, targets=stops, recorder=RECORDER, release=False)
        else:
            totals = walk(seeds, fit.fn, targets=stops)
        pulled = [totals.pop(stop, None) for stop in stops]
        deliver(totals, recorded=recorded)
        return pulled

    def _attach(self, roots: Iterable[Any], stand_ins: Mapping[Node, Node], begun: int) -> None:
        """Let the graph end at the stand-ins, where it reached what is outside of the function."""
        inner, outer, _ = _reached(roots, begun)
        for node in outer:
            if node not in stand_ins:
                raise GradientError(
                    f"checkpoint: {self.name}() used a tensor of shape {node.shape} that it did not use before.",
                    "Give it as an argument: a name that it reads from outside must mean the same on the way back.",
                )
        for node in inner:
            if any(parent in stand_ins for parent in node.parents):
                entries = tuple(stand_ins.get(each, each) if isinstance(each, Node) else each for each in node.inputs)
                parents = tuple(stand_ins.get(each, each) for each in node.parents)
                node.inputs = parents if node.parents is node.inputs else entries
                node.parents = parents
                inside = call_of(node)
                if inside is not None:
                    inside.parents = parents

    def _restore(self, changed: list[tuple[Any, Any]], begun: int) -> None:
        """Give Tensors from outside of the function, into which it wrote again, their histories back."""
        owners = {id(each()) for each in self._written}
        for tensor, former in reversed(changed):
            is_older = former is not None and former.stamp < begun
            if is_older or id(memory_of(tensor._value)) in owners:
                again, tensor._node = tensor._node, former
                if former is not None:
                    former.succeed(again)

    def _refuse_writes(self, begun: int) -> None:
        for each in self._arguments:
            write = Extent.of(each.value).written(begun) if _is_in_memory(each) else None
            if write is not None:
                raise GradientError(
                    f"checkpoint: {self.name}() writes into its argument of shape {each.value.shape}{write.where}.",
                    "On the way back it would write again: let it write into a copy, x = x.copy().",
                )

    def _refuse_stale(self) -> None:
        for each in self.read:
            write = each.written(self._stamp)
            if write is not None:
                raise StaleValueError(
                    f"backward() computes {self.name}() again from values that were overwritten{write.where}.",
                    "Write into a copy, t = t.copy(), or write after backward(); t = t + 1 makes a new tensor.",
                )

    def _refuse_other(self, found: Mapping[int, Tensor]) -> None:
        """Raise when the results differ from those of the first time."""
        mend = "What it reads from outside must not change; give it the Generator that it draws from as an argument."
        if found.keys() != self._prints.keys():
            raise GradientError(
                f"checkpoint: {self.name}() gave {len(found)} results that need a gradient when it was computed again, "
                f"and {len(self._prints)} before.",
                mend,
            )
        for k, each in found.items():
            difference = Print.of(each._value).difference(self._prints[k])
            if difference:
                raise GradientError(f"checkpoint: {self.name}() gave {difference}.", mend)


def _reached(roots: Iterable[Any], begun: int) -> tuple[list[Node], list[Node], list[Leaf]]:
    """Return the nodes that a function made, those before them that it reached, and the leaves that it made."""
    inner: list[Node] = list(dict.fromkeys(roots))
    found = set(inner)
    outer, born = [], []
    for node in inner:  # which grows on the way
        for parent in node.parents:
            if parent in found:
                continue
            found.add(parent)
            if parent.stamp < begun:
                outer.append(parent)
            elif isinstance(parent, Leaf):
                born.append(parent)
            else:
                inner.append(parent)
    return inner, outer, born


def _read_by(nodes: Iterable[Node]) -> list[Extent]:
    """Return where the memory lies that these nodes were computed from, without holding it."""
    arrays: dict[int, Any] = {}
    found: list[Extent] = []
    for node in nodes:
        inside = call_of(node)
        if inside is not None:
            found += inside.read
            continue
        for entry in node.inputs:
            value = entry.value if isinstance(entry, Leaf) else entry
            if type(value) is np.ndarray:
                arrays[id(value)] = value
        for arguments in node.saved or ():
            arrays.update((id(each), each) for each in arguments if type(each) is np.ndarray)
    return found + [Extent.of(each) for each in arrays.values()]


@contextmanager
def _as_before(nodes: tuple[Node, ...]) -> Iterator[None]:
    """Leave hooks and owners of what is outside of a function as they were: it has put them there once already.

    Meanwhile its leaves require a gradient, as they did when it was called first.
    """
    before = [(node, node.notes.hooks, node.notes.owner) for node in nodes if node.notes is not None]
    without = [node for node in nodes if node.notes is None]
    frozen = [node for node in nodes if isinstance(node, Leaf) and not node.requires_grad]
    for leaf in frozen:
        leaf.requires_grad = True
    try:
        yield
    finally:
        for leaf in frozen:
            leaf.requires_grad = False
        with LOCK:
            for node, hooks, owner in before:
                node.note().hooks, node.note().owner = hooks, owner
            for node in without:
                node.notes = None


def _passing(node: Node) -> Node:
    """Return a node that hands everything on to this one."""
    return fill(Node(), IDENTITY.plan(1, 1), (node,), (node,), ((),), {}, node, ())


def _is_computed(leaf: Any, begun: int) -> bool:
    """Return whether this is a Tensor that was computed since, and needs a gradient."""
    if not isinstance(leaf, Tensor):
        return False
    node = leaf._node
    return node is not None and node.stamp > begun and not isinstance(node, Leaf)


def _apart(tensor: Tensor) -> Any:
    """Return a result's values, in memory that is no other's."""
    return tensor._value.copy() if isinstance(tensor, TensorView) else tensor._value


def _held(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        return Held(leaf._value, leaf._node)
    return copy.deepcopy(leaf) if isinstance(leaf, (np.ndarray, list)) else leaf


def _given(held: Any) -> Any:
    return wrap(held.value, held.node) if isinstance(held, Held) else held


def _is_in_memory(held: Any) -> bool:
    return isinstance(held, Held) and type(held.value) is np.ndarray
