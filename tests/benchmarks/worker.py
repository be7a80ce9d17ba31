"""A worker: one work on one system in a process of its own, told what to do by JSON lines on standard input.

It answers each line on standard output with a JSON line; whatever a library prints goes to standard error instead.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

from tests.benchmarks.works import WORKS, Arrays, Job


def fingerprint(arrays: Arrays) -> list[list[float]]:
    """For each array its norm and its products with two random vectors: all that is needed to tell arrays apart."""
    prints = []
    for array in arrays:
        flat = np.asarray(array, np.float64).ravel()
        rng = np.random.default_rng(flat.size)
        probes = [float(flat @ rng.standard_normal(flat.size)) for _ in range(2)]
        prints.append([float(np.linalg.norm(flat)), *probes])
    return prints


def agree(one: list[list[float]], other: list[list[float]], tolerance: float) -> bool:
    """Whether two fingerprints are of arrays that differ by at most the tolerance, in parts of each array's norm."""
    a, b = np.array(one), np.array(other)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 10 * tolerance * np.maximum(a[:, :1], b[:, :1])))


def peak_memory() -> int | None:
    """The most memory, in bytes, that this process has held; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def stay_on(cores: int) -> None:
    """Keep to the first cores, for libraries that start a thread for each core they may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def prepare(system: str, name: str) -> tuple[Job, dict[str, Any]]:
    """Make the job, and describe what it starts from and what it computes."""
    module = importlib.import_module(f"tests.benchmarks.systems.{system}")
    work = next(work for work in WORKS if work.name == name)
    if not hasattr(module, work.kind):
        raise LookupError(getattr(module, "MISSING", {}).get(work.kind, "cannot"))
    before = peak_memory()
    job = getattr(module, work.kind)(work.make())
    found = {"version": module.VERSION, "before": before, "answer": fingerprint(job.answer())}
    for _ in range(3 if job.parameters else 1):
        job.step()
    if job.parameters:
        found["parameters"] = fingerprint(job.parameters())
    return job, found


def repeat(step: Callable[[], object], times: int) -> float:
    """The seconds that so many repetitions take."""
    start = time.perf_counter()
    for _ in range(times):
        step()
    return time.perf_counter() - start


def serve(system: str, work: str, threads: int, replies: TextIO) -> None:
    """Prepare the job, then do what each line asks: to repeat it, or to say how much memory it took."""

    def reply(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=replies, flush=True)

    stay_on(threads)
    try:
        job, found = prepare(system, work)
    except LookupError as missing:
        return reply({"missing": str(missing.args[0])})
    except ModuleNotFoundError as missing:
        return reply({"missing": f"no {missing.name}"})
    except Exception:
        return reply({"missing": "failed", "trace": traceback.format_exc()})
    reply(found)
    for line in sys.stdin:
        request = json.loads(line)
        if "repeat" in request:
            reply({"seconds": repeat(job.step, request["repeat"])})
        else:
            reply({"peak": peak_memory()})


if __name__ == "__main__":
    own_output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), own_output)
