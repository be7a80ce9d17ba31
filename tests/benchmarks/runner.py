"""Runs each work on all systems side by side: a process each, agreement first, then rounds in turn, A B C A B C."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from tests.benchmarks.worker import agree
from tests.benchmarks.works import Work

SYSTEMS = {
    "numpy_limit": "limit",
    "autograd_lite": "autograd-lite",
    "tape": "bare tape",
    "torch_eager": "torch eager",
    "torch_compile": "torch.compile",
    "jax_jit": "jax.jit",
    "mygrad": "MyGrad",
    "hips": "HIPS autograd",
    "micrograd": "micrograd",
}
# Seconds; a work with such a turn gets no more than three rounds.
LONG_TURN = 2.0
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass
class Measurement:
    """What one system did on one work. Times are seconds for one repetition, one a round."""

    times: list[float] = field(default_factory=list)
    memory: int | None = None
    version: str = ""
    missing: str = ""

    @property
    def median(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.times)

    def ratio(self, other: "Measurement") -> float:
        """The median over the rounds of this system's time in parts of another's in the same round."""
        return statistics.median(mine / its for mine, its in zip(self.times, other.times, strict=True))


class Worker:
    """A process that does one work on one system."""

    def __init__(self, system: str, work: str, threads: int, log: IO[str]) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", system, work, str(threads)],
            env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin and self.process.stdout
        # A worker ends by itself when its input does.
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def read(self) -> dict[str, Any]:
        """The next answer; what the process printed last when it ended without one."""
        assert self.process.stdout
        if line := self.process.stdout.readline():
            return json.loads(line)
        code = self.process.wait()
        self.log.seek(0)
        return {"missing": f"ended with {code}", "trace": self.log.read()[-2000:]}

    def ask(self, **request: object) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        assert self.process.stdin
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self.read()


def repetitions(worker: Worker, seconds: float) -> tuple[int, float]:
    """How many repetitions make a turn of about so many seconds, and how long that turn takes."""
    times = 1
    while (took := worker.ask(repeat=times)["seconds"]) < seconds / 4:
        times = max(2 * times, min(100 * times, int(times * seconds / 2 / max(took, 1e-9))))
    rounded = max(1, round(times * seconds / took))
    return rounded, rounded * took / times


def compare(work: Work, systems: list[str], *, threads: int, rounds: int, seconds: float) -> dict[str, Measurement]:
    """Check that the systems agree on a work, then time them in turn.

    Parameters
    ----------
    work : Work
        What to do.
    systems : list of str
        Names of files in `systems/`; all are compared with the first that can do the work.
    threads : int
        How many threads, and cores, each may use.
    rounds : int
        How often each system has its turn.
    seconds : float
        How long a turn takes, about.
    """
    results: dict[str, Measurement] = {}
    ready: dict[str, Worker] = {}
    found: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        for system in systems:
            if work.systems and system not in work.systems:
                results[system] = Measurement(missing="not run")
                continue
            log = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace"))
            worker = stack.enter_context(Worker(system, work.name, threads, log))
            answer = worker.read()
            if "missing" not in answer and found and not same(next(iter(found.values())), answer, work.tolerance):
                answer = {"missing": "DIFFERS", "trace": f"{answer} against {found}"}
            if "trace" in answer:
                print(f"{SYSTEMS[system]}, {work.name}: {answer['trace']}", file=sys.stderr)
            results[system] = Measurement(missing=answer.get("missing", ""), version=answer.get("version", ""))
            if "missing" not in answer:
                found[system], ready[system] = answer, worker
        time_in_turn(ready, results, rounds, seconds)
        for system, worker in ready.items():
            peak, before = worker.ask(finish=True)["peak"], found[system]["before"]
            results[system].memory = None if peak is None else peak - before
    return results


def time_in_turn(ready: dict[str, Worker], results: dict[str, Measurement], rounds: int, seconds: float) -> None:
    """Give each worker its turn in every round, and note the time of one repetition."""
    turns = {system: repetitions(worker, seconds) for system, worker in ready.items()}
    if any(took > LONG_TURN for _, took in turns.values()):
        rounds = min(rounds, 3)
    for _ in range(rounds):
        for system, worker in ready.items():
            count, _ = turns[system]
            results[system].times.append(worker.ask(repeat=count)["seconds"] / count)


def same(one: dict[str, Any], other: dict[str, Any], tolerance: float) -> bool:
    """Whether two systems found the same loss and gradients, and the same parameters after three steps."""
    return all(agree(one[key], other[key], tolerance) for key in ("answer", "parameters") if key in one)
