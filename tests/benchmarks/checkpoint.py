"""What checkpoints save and cost: peak memory and time of a chain whose graph is held whole, and in √n blocks."""

import gc
import math
import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

import autograd_lite as ag
from tests.benchmarks.report import Rows, amount

LAYERS = (100, 1_000, 10_000)
WIDTH = 1_024
ROUNDS = 3

Chain = Callable[[ag.Tensor, ag.Tensor, int], ag.Tensor]


def whole(x: ag.Tensor, w: ag.Tensor, layers: int) -> ag.Tensor:
    """A chain of layers x ← tanh(w ⊙ x), all of which the graph holds."""
    for _ in range(layers):
        x = np.tanh(w * x)
    return x


def in_blocks(x: ag.Tensor, w: ag.Tensor, layers: int) -> ag.Tensor:
    """The same in blocks of √n: √n results between them, and one block at a time on the way back."""
    length = math.isqrt(layers)
    for start in range(0, layers, length):
        x = ag.checkpoint(whole)(x, w, min(length, layers - start))
    return x


CHAINS: dict[str, Chain] = {"whole": whole, "√n blocks": in_blocks}


def leaves() -> tuple[ag.Tensor, ag.Tensor]:
    """What a chain starts from, and its weights."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=WIDTH), rng.uniform(0.8, 1.2, WIDTH)
    return ag.tensor(x, requires_grad=True), ag.tensor(w, requires_grad=True)


def step(chain: Chain, layers: int) -> tuple[ag.Tensor, ag.Tensor]:
    """Forward and back: the gradients by the start and by the weights."""
    x, w = leaves()
    chain(x, w, layers).sum().backward()
    assert x.grad is not None and w.grad is not None
    return x.grad, w.grad


def peak(chain: Chain, layers: int) -> int:
    """The most bytes that are held at once on the way there and back."""
    step(chain, 1)  # what is made once and stays does not count
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    step(chain, layers)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most - before


def seconds(layers: int) -> dict[str, float]:
    """The median time of a step of each chain, which take turns."""
    times: dict[str, list[float]] = {name: [] for name in CHAINS}
    for _ in range(ROUNDS):
        for name, chain in CHAINS.items():
            start = time.perf_counter()
            step(chain, layers)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def tables() -> list[tuple[str, Rows]]:
    """Measure chains of 100, 1,000 and 10,000 layers."""
    memory: Rows = [[f"peak memory, MB; {WIDTH} float64 a layer", *CHAINS, "whole / √n blocks"]]
    times: Rows = [["time of a step, ms", *CHAINS, "√n blocks / whole"]]
    for layers in LAYERS:
        peaks = {name: peak(chain, layers) for name, chain in CHAINS.items()}
        taken = seconds(layers)
        gain, cost = peaks["whole"] / peaks["√n blocks"], taken["√n blocks"] / taken["whole"]
        memory.append([f"{layers:,} layers", *(amount(each / 1e6) for each in peaks.values()), amount(gain)])
        times.append([f"{layers:,} layers", *(amount(each * 1e3) for each in taken.values()), amount(cost)])
    return [("Memory of a chain with checkpoints", memory), ("Time of a chain with checkpoints", times)]
