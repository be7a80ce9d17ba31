"""Where a step's time goes: its NumPy calls forward, its rules, its optimizer, and what is left for the engine."""

from collections.abc import Mapping
from functools import partial
from unittest.mock import patch

from nn.optim.optimizer import Optimizer
from tests.benchmarks.limit.buffers import run
from tests.benchmarks.replay import Step, captured, in_turn
from tests.benchmarks.report import Rows, amount
from tests.benchmarks.runner import Measurement
from tests.benchmarks.systems import autograd_lite, numpy_limit
from tests.benchmarks.works import Job, chosen

NAMES = ["W1", "W2", "W3", "W4-SGD", "W4-Adam", "W6-1e3", "W7", "W8"]
TOTAL, LIMIT = "total", "limit"
PARTS = ("forward", "rules", "optimizer")
ROUNDS, SECONDS = 40, 8e-3


def optimizer_of(job: Job) -> Optimizer | None:
    """The optimizer that a step calls, with the gradients of that step."""
    found: list[Optimizer] = []
    with patch.object(Optimizer, "step", lambda optimizer: found.append(optimizer)):
        job.step()
    return found[0] if found else None


def steps_of(job: Job) -> dict[str, Step]:
    """The whole step and its parts, each to be run alone."""
    optimizer = optimizer_of(job)
    if optimizer is not None:
        # The same calls, but the parameters stay at the values that the captured calls have.
        optimizer.lr = 0.0
    forward, rules = captured(job.step)
    steps: dict[str, Step] = {TOTAL: job.step, "forward": partial(run, forward), "rules": partial(run, rules)}
    return steps if optimizer is None else {**steps, "optimizer": optimizer.step}


def shares(found: Mapping[str, Measurement]) -> dict[str, float]:
    """Each part of the total; the engine is what the others leave."""
    parts = {part: found[part].ratio(found[TOTAL]) for part in PARTS if part in found}
    return {**parts, "engine": 1 - sum(parts.values())}


def row(name: str, found: Mapping[str, Measurement]) -> list[str]:
    """One work's total, its parts in µs and per cent, and the limit's time."""
    total = found[TOTAL].median * 1e6
    parts = shares(found)
    cells = [f"{amount(parts[k] * total)} ({parts[k]:.0%})" if k in parts else "–" for k in (*PARTS, "engine")]
    return [name, amount(total), *cells, amount(found[LIMIT].ratio(found[TOTAL]) * total)]


def tables() -> list[tuple[str, Rows]]:
    """Take the works apart, one after the other."""
    rows = [["µs", TOTAL, *PARTS, "engine", LIMIT]]
    for work in chosen(NAMES):
        ours, limit = (getattr(system, work.kind)(work.make()) for system in (autograd_lite, numpy_limit))
        rows.append(row(work.name, in_turn({**steps_of(ours), LIMIT: limit.step}, ROUNDS, SECONDS)))
    return [("Where a step's time goes, 1 thread", rows)]
