"""Whether the ten-thousandth training step costs what the first did: in time, in memory and in objects left behind."""

import gc

import numpy as np

from tests.benchmarks.report import Rows, amount
from tests.benchmarks.systems import autograd_lite, numpy_limit
from tests.benchmarks.worker import peak_memory, repeat
from tests.benchmarks.works import chosen

WORK, STEPS, BLOCKS = "W2", 10_000, 10


def train(times: np.ndarray) -> tuple[int, int]:
    """Fill in the times of steps, ours and the limit's in turn; the growth of peak memory and of tracked objects."""
    work = chosen([WORK])[0]
    ours, limit = autograd_lite.train(work.make()), numpy_limit.train(work.make())
    # The first steps fill the caches that stay.
    repeat(ours.step, 10)
    peak, known = peak_memory() or 0, objects()
    for row in times:
        row[:] = repeat(ours.step, 1), repeat(limit.step, 1)
    return (peak_memory() or 0) - peak, objects() - known


def objects() -> int:
    """How many objects the garbage collector tracks once it has cleaned up."""
    gc.collect()
    return len(gc.get_objects())


def blocks_table(times: np.ndarray) -> Rows:
    """The medians of each block, and whether the last is as quick as the first; the limit tells a slow machine."""
    rows = [[f"{len(times):,} steps of {WORK}", "µs", "limit, µs", "ours / limit"]]
    ratios = []
    for k, block in enumerate(np.split(times, BLOCKS)):
        ratios.append(float(np.median(block[:, 0] / block[:, 1])))
        steps = f"steps {k * len(block) + 1:,} to {(k + 1) * len(block):,}"
        rows.append([steps, *(amount(each * 1e6) for each in np.median(block, axis=0)), amount(ratios[-1])])
    rows.append(["last / first", "", "", amount(ratios[-1] / ratios[0])])
    return rows


def tables() -> list[tuple[str, Rows]]:
    """Measure 10,000 steps."""
    # Ones and not empty: memory that is not yet touched would count as growth.
    times = np.ones((STEPS, 2))
    memory, tracked = train(times)
    peak = "–" if peak_memory() is None else f"{memory / 1e3:+.0f} kB"
    left = [["peak memory", "objects that the garbage collector tracks"], [peak, f"{tracked:+}"]]
    return [("Cost per step over a long training", blocks_table(times)), (f"Growth over {STEPS:,} steps", left)]
