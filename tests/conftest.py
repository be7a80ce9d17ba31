"""What all tests share: the repository's root, fresh processes, and random numbers that are the same on each run."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
# What needs other libraries: the benchmarks run them in processes of their own, and test_benchmarks.py checks what can
# be checked here; the numbers that optimizers are compared with were made by one; notebooks are run by Jupyter.
collect_ignore = ["benchmarks", "notebooks.py"]
collect_ignore_glob = ["nn/data/make_*.py"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test of an extra that is not installed."""
    for mark in item.iter_markers("extra"):
        for package in mark.args:
            pytest.importorskip(package)


@pytest.fixture
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(0)


@pytest.fixture
def run_python() -> Callable[..., str]:
    """Run a program in a fresh interpreter at the root of the checkout and return what it prints."""

    def run(program: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
