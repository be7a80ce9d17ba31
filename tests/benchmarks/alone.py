"""Measurements of this engine alone, each in a process of its own with one thread."""

import importlib
import json
import os
import subprocess
import sys

from tests.benchmarks.report import Rows
from tests.benchmarks.runner import THREAD_VARIABLES
from tests.benchmarks.worker import stay_on

MEASUREMENTS = ("operations", "steady", "anatomy", "bytecodes", "protection", "checkpoint")


def tables_of(name: str) -> list[tuple[str, Rows]]:
    """Start the process, and read the tables that it prints."""
    print(f"{name}, 1 thread", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.alone", name],
        env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return [(heading, rows) for heading, rows in json.loads(done.stdout)]


if __name__ == "__main__":
    stay_on(1)
    json.dump(importlib.import_module(f"tests.benchmarks.{sys.argv[1]}").tables(), sys.stdout)
