"""Hubs: nodes that stand in the graph for whole functions, whose own graph was thrown away.

A hub lies between all that a function was computed from, arguments and what it closes over, and one node for each of
its results. What travels from these to the hub is a bundle of their cotangents; its rules have the function run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from autograd_lite.graph import Node, fill
from autograd_lite.primitives import Plan, unregistered
from autograd_lite.tensors import Tensor, wrap
from autograd_lite.writes import Extent


class Repeatable(Protocol):
    """A call of a function that can be made again.

    Attributes
    ----------
    origins : tuple of Node
        What the results were computed from outside of the function, as the function itself reaches it.
    parents : tuple of Node
        Where the gradients of these go; others than `origins` within the repetition of a function around this one.
    read : list of Extent
        Where the memory lies that the function read.
    """

    origins: tuple[Node, ...]
    parents: tuple[Node, ...]
    read: list[Extent]

    def again(self, stand_ins: Mapping[Node, Node]) -> Mapping[int, Tensor]:
        """Call the function again and return its results by their numbers, their graph ending at the stand-ins."""

    def pull_back(self, cotangents: Mapping[int, Any]) -> list[Any]:
        """Return the cotangent of each of `parents`, None where there is none, from those of the results."""


class Hidden(NamedTuple):
    """What a result is like, in a graph of which nothing else is left; pictures do not show it."""

    shape: tuple[int, ...]
    dtype: Any

    def options(self) -> dict[str, str]:
        """Return what pictures show."""
        return {}


CHECKPOINT = unregistered(
    lambda *operands, result: np.zeros(result.shape, result.dtype),
    each=lambda g, likes, i: np.zeros(likes[i].shape, likes[i].dtype),
    name="checkpoint",
    keywords=("result",),
    tex=r"\operatorname{recomputed}_i(g)",
    samples=lambda draw: [],
    doc="What stands in a picture for a function whose graph was thrown away.",
)


class Cotangents:
    """The cotangents of a function's results, by their numbers; opaque to the walk, which adds them up."""

    __slots__ = ("_found", "parts")

    shape: tuple[int, ...] = ()
    dtype = np.dtype(object)

    def __init__(self, parts: dict[int, Any]) -> None:
        self.parts = parts
        self._found: list[Any] | None = None

    def __add__(self, other: Cotangents) -> Cotangents:
        return Cotangents({**self.parts, **other.parts})

    def of_operand(self, call: Repeatable, position: int) -> Any:
        """Return the cotangent of one operand; the first to ask has the function run again."""
        if self._found is None:
            self._found = call.pull_back(self.parts)
        return self._found[position]


def _to_the_hub(g: Any, number: int) -> Cotangents:
    return Cotangents({number: g})


def _from_the_hub(g: Cotangents, call: Repeatable, position: int) -> Any:
    return g.of_operand(call, position)


RESULT_PLAN = Plan(CHECKPOINT, (0,), (_to_the_hub,), lambda pool: (), ((None,),))


@cache
def _hub_plan(operands: int) -> Plan:
    rules = (_from_the_hub,) * operands
    return Plan(CHECKPOINT, tuple(range(operands)), rules, lambda pool: (), ((None, None),) * operands)


def hub_of(call: Repeatable, scope: tuple[str, ...]) -> Node:
    """Return the node that stands for a call."""
    count = len(call.parents)
    saved = tuple((call, k) for k in range(count))
    return fill(Node(), _hub_plan(count), call.parents, call.parents, saved, {}, Cotangents, scope)


def result_of(hub: Node, number: int, value: Any, name: str | None) -> Tensor:
    """Return a result of the function as a Tensor whose history is the hub."""
    saved = ((number,),)
    keywords = {"result": Hidden(value.shape, value.dtype)}
    node = fill(Node(), RESULT_PLAN, (hub,), (hub,), saved, keywords, value, hub.scope)
    node.name = name
    return wrap(value, node)


def is_hub(node: Any) -> bool:
    """Return whether a node stands for a function whose graph was thrown away."""
    return isinstance(node, Node) and node.dtype is Cotangents.dtype


def call_of(node: Node) -> Repeatable | None:
    """Return the call that a hub stands for; None for any other node, and for a hub that was freed."""
    return node.saved[0][0] if is_hub(node) and node.saved is not None else None
