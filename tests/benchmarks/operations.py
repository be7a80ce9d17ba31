"""What the engine adds to each operation: forward and backward through it, against the same NumPy calls alone."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import autograd_lite as ag
from autograd_lite.methods import public_primitives
from autograd_lite.primitives import Primitive
from tests.benchmarks.limit.buffers import run
from tests.benchmarks.replay import Step, captured, in_turn
from tests.benchmarks.report import Rows, amount

SHAPE = (3, 2)
ROUNDS, SECONDS = 60, 3e-4
SLOWEST = 10


class Cost(NamedTuple):
    """Seconds for one operation, forward and backward: through the engine, and its NumPy calls alone."""

    engine: float
    alone: float

    @property
    def overhead(self) -> float:
        """What the engine adds."""
        return self.engine - self.alone


def sampled(primitive: Primitive) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The calls that the operation's declaration gives for tests."""
    rng = np.random.default_rng(0)
    low, high = primitive.domain or (-3, 3)

    def draw(*shape: int) -> np.ndarray:
        return rng.uniform(low, high, shape)

    if primitive.samples is not None:
        yield from primitive.samples(draw)
    else:
        yield tuple(draw(*SHAPE) for _ in primitive.operands), {}


def with_tensors(structure: Any, tensors: list[ag.Tensor]) -> Any:
    """The arguments of a call with a Tensor, added to the list, in the place of each floating array."""
    if isinstance(structure, np.ndarray) and structure.dtype.kind == "f":
        tensors.append(ag.tensor(structure, requires_grad=True))
        return tensors[-1]
    if type(structure) in (tuple, list):
        return type(structure)(with_tensors(part, tensors) for part in structure)
    return structure


def step_of(primitive: Primitive) -> Step | None:
    """One call and its backward pass, on the first sample with an array to differentiate by; None without one."""
    for args, kwargs in sampled(primitive):
        tensors: list[ag.Tensor] = []
        operands = with_tensors(args, tensors)
        result = primitive(*operands, **kwargs)
        if any(tensor.ndim and tensor.size for tensor in tensors) and result.requires_grad:
            return partial(forward_and_backward, primitive, operands, kwargs, tensors, np.ones(result.shape))
    return None


def forward_and_backward(
    f: Callable[..., Any], operands: Any, kwargs: dict[str, Any], tensors: list[ag.Tensor], seed: np.ndarray
) -> None:
    """What is timed."""
    for tensor in tensors:
        tensor.grad = None
    f(*operands, **kwargs).backward(seed)


def costs(primitives: Mapping[str, Primitive], rounds: int = ROUNDS) -> tuple[dict[str, Cost], list[str]]:
    """The cost of each operation, and the names of those that have no sample to differentiate."""
    steps: dict[tuple[str, str], Step] = {}
    missing = []
    for name, primitive in primitives.items():
        step = step_of(primitive)
        if step is None:
            missing.append(name)
            continue
        forward, rules = captured(step)
        steps[name, "engine"], steps[name, "alone"] = step, partial(run, forward + rules)
    # One round takes every operation's turn, so that the machine's slow moments are no single operation's.
    found = in_turn(steps, rounds, SECONDS)
    engines = {name: each for (name, kind), each in found.items() if kind == "engine"}
    return {
        name: Cost(engine.median, engine.median * found[name, "alone"].ratio(engine))
        for name, engine in engines.items()
    }, missing


def slowest(found: Mapping[str, Cost]) -> Rows:
    """The operations to which the engine adds most."""
    rows = [["operation", "engine, µs", "NumPy alone, µs", "overhead, µs"]]
    for name in sorted(found, key=lambda name: -found[name].overhead)[:SLOWEST]:
        each = found[name]
        rows.append([name, *(amount(seconds * 1e6) for seconds in (each.engine, each.alone, each.overhead))])
    return rows


def fixed_cost() -> float:
    """The seconds of a backward pass without any operation: of a leaf by itself, part of every operation's overhead."""
    leaf = ag.tensor(np.ones(SHAPE), requires_grad=True)
    step = partial(forward_and_backward, lambda x: x, (leaf,), {}, [leaf], np.ones(SHAPE))
    return in_turn({"leaf": step}, ROUNDS, SECONDS)["leaf"].median


def tables() -> list[tuple[str, Rows]]:
    """Measure every public operation."""
    found, missing = costs(public_primitives())
    numbers = statistics.median(each.overhead for each in found.values()), fixed_cost()
    head = ["operations", "median overhead, µs", "of it backward() of a leaf, µs", "without a sample to differentiate"]
    summary = [str(len(found)), *(amount(seconds * 1e6) for seconds in numbers), ", ".join(missing) or "none"]
    return [
        ("Engine overhead of an operation, forward and backward", [head, summary]),
        (f"The {SLOWEST} operations with the largest overhead", slowest(found)),
    ]
