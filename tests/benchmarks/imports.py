"""What an import costs: the time over importing NumPy alone, and the space that installing takes beside NumPy."""

import os
import re
import statistics
import subprocess
import sys
import time
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
# System: the module to import, and the distribution that brings it.
MODULES = {
    "autograd_lite": ("autograd_lite", "autograd-lite"),
    "torch_eager": ("torch", "torch"),
    "jax_jit": ("jax.numpy", "jax"),
    "mygrad": ("mygrad", "mygrad"),
    "hips": ("autograd.numpy", "autograd"),
    "micrograd": ("micrograd.engine", "micrograd"),
}


def environment(bytecode: str) -> dict[str, str]:
    """The environment of an interpreter that keeps bytecode in a folder, as it does of what pip installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": bytecode}


def seconds_to_run(statement: str, env: dict[str, str]) -> float:
    """How long a fresh interpreter takes for a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def importable(module: str, env: dict[str, str]) -> bool:
    """Whether the module can be imported; importing it also leaves its bytecode behind."""
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def import_times(rounds: int) -> dict[str, float]:
    """For each system that is installed, the median of its import's time over NumPy's, in seconds."""
    with TemporaryDirectory() as bytecode:
        env = environment(bytecode)
        modules = {system: module for system, (module, _) in MODULES.items() if importable(module, env)}
        found: dict[str, list[float]] = {system: [] for system in modules}
        for _ in range(rounds):
            bare = seconds_to_run("import numpy", env)
            for system, module in modules.items():
                found[system].append(seconds_to_run(f"import numpy, {module}", env) - bare)
    return {system: statistics.median(times) for system, times in found.items()}


def names(requirements: list[str]) -> set[str]:
    """The names of what is required, without what only extras require."""
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in requirements if "extra ==" not in line}


def own_parts() -> tuple[list[Path], set[str]]:
    """The files of this project's packages in the checkout, and the names of what it requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files = [path for package in ("autograd_lite", "nn") for path in (ROOT / package).rglob("*")]
    return files, names(project["dependencies"])


def parts(name: str) -> tuple[list[Path], set[str]]:
    """The files of an installed distribution, and the names of what it requires."""
    found = distribution(name)
    return [Path(str(found.locate_file(path))) for path in found.files or []], names(found.requires or [])


def installed_size(name: str) -> int | None:
    """The bytes of a distribution's files and of all it requires, without NumPy's; None when it is not installed."""
    total, seen, waiting = 0, {"numpy"}, {name}
    while waiting:
        current = waiting.pop()
        seen.add(current)
        try:
            files, required = own_parts() if current == "autograd-lite" else parts(current)
        except PackageNotFoundError:
            # What a marker leaves out on this machine is not installed either.
            if current == name:
                return None
            continue
        waiting |= required - seen
        total += sum(path.stat().st_size for path in files if path.is_file() and path.suffix != ".pyc")
    return total


def installed_sizes() -> dict[str, int]:
    """The bytes beside NumPy for each system that is installed."""
    sizes = {system: installed_size(name) for system, (_, name) in MODULES.items()}
    return {system: size for system, size in sizes.items() if size is not None}
