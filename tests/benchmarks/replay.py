"""A step's own NumPy calls, found by running it once, so that they can be timed without the engine around them."""

import operator
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np

from autograd_lite import differentiable
from autograd_lite.backward import backward as walk
from autograd_lite.derivatives.vocabulary import product
from autograd_lite.graph import Leaf, Node, topological_order
from autograd_lite.primitives import REGISTRY
from tests.benchmarks.limit.buffers import Calls
from tests.benchmarks.runner import Measurement
from tests.benchmarks.worker import repeat

Step = Callable[[], object]
Key = TypeVar("Key", bound=Hashable)
# What the engine calls for `a + b`, which on scalars is far quicker than np.add.
OPERATORS = {
    REGISTRY[np.add]: operator.add,
    REGISTRY[np.subtract]: operator.sub,
    REGISTRY[np.multiply]: operator.mul,
    REGISTRY[np.divide]: operator.truediv,
    REGISTRY[np.power]: operator.pow,
    REGISTRY[np.matmul]: product,
}


def captured(step: Step) -> tuple[Calls, Calls]:
    """Run a step; return the forward pass's calls, and the rules' calls of its walks over arrays.

    The walk of a double backward that is recorded in turn counts as forward: it leaves nodes behind like any other.
    """
    forward: Calls = []
    rules: Calls = []

    def note(rule: Callable[..., Any], g: Any, *arguments: Any) -> Any:
        rules.append(partial(rule, g, *arguments))
        return rule(g, *arguments)

    def noting(seeds: Mapping[Node, Any], *args: Any, **options: Any) -> dict[Node, Any]:
        if options.get("recorder") is None:
            order = topological_order(seeds)
            forward.extend(forward_calls(order))
            for node in order:
                node.plan = node.plan._replace(rules=tuple(partial(note, rule) for rule in node.plan.rules))
        return walk(seeds, *args, **options)

    with patch.object(differentiable, "walk", noting):
        step()
    return forward, rules


def forward_calls(order: list[Node]) -> Calls:
    """The calls that made these nodes, oldest first, with the values that their operands had."""
    calls: Calls = []
    values: dict[Node, Any] = {}

    def value(operand: Any) -> Any:
        if isinstance(operand, Leaf):
            return operand.value
        return values[operand] if isinstance(operand, Node) else operand

    for node in reversed(order):
        if node.op is None:
            continue
        function = node.op.residuals or OPERATORS.get(node.op, node.op.fn)
        call = partial(function, *map(value, node.inputs), **node.keywords)
        calls.append(call)
        result = call()
        values[node] = result[0] if node.op.residuals else result
    return calls


def in_turn(steps: Mapping[Key, Step], rounds: int, seconds: float) -> dict[Key, Measurement]:
    """Time every step for about so many seconds in each round, one after the other."""
    found: dict[Key, Measurement] = {key: Measurement() for key in steps}
    counts = {key: max(1, int(seconds / min(repeat(step, 1) for _ in range(3)))) for key, step in steps.items()}
    for _ in range(rounds):
        for key, step in steps.items():
            step()  # which finds the caches as another step left them
            found[key].times.append(repeat(step, counts[key]) / counts[key])
    return found
