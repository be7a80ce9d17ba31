"""What the numbers were measured on, in one paragraph without names of places."""

import os
import platform
from pathlib import Path


def processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def load() -> str:
    """How busy the machine is with other work, where the system tells it."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f}"


def describe(versions: list[str], load_before: str) -> str:
    """The processor, its cores, the system, its load and the versions of all that was measured."""
    python = f"Python {platform.python_version()}"
    host = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{host}, load average {load_before} before the run; {', '.join([python, *versions])}."
