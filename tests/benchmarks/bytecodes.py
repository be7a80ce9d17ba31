"""Which part of the engine runs how many of Python's instructions in a step: counted, so the same on every machine.

Time per instruction differs, but where most instructions are, most of the engine's time is.
"""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.benchmarks.report import Rows
from tests.benchmarks.systems import autograd_lite
from tests.benchmarks.works import chosen

ROOT = Path(__file__).parents[2]
NAMES = ["W1", "W2", "W3", "W4-SGD", "W4-Adam", "W6-1e3", "W7", "W8"]
WARM_UP = 20

OTHERS = "NumPy and others"
# A part is the files whose paths begin so; the first that fits counts. Whatever fits none is among the others.
PARTS = {
    "recording": ("recording", "primitives", "tensors", "operators", "variable", "graph"),
    "walking back": ("backward",),
    "gradients in and out": ("differentiable", "ownership", "transforms", "conversion", "departures", "spelling"),
    "formulas and rules": ("derivatives", "blocks", "threads"),
    "optimizer": ("nn/optim", "writes"),
    "modules": ("nn",),
}


def part_of(file: str) -> str:
    """The part that a source file belongs to."""
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return OTHERS
    relative = path.relative_to(ROOT).as_posix().removeprefix("autograd_lite/")
    return next((part for part, starts in PARTS.items() if relative.startswith(starts)), OTHERS)


def counted(step: Callable[[], object]) -> Counter[str]:
    """The instructions of each part in one step."""
    found: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        if event == "opcode":
            found[part_of(frame.f_code.co_filename)] += 1
        return trace

    before = sys.gettrace()
    # From Python 3.12 on instructions are reported only where a frame asked for them before, and of a function in full
    # only after it was traced once.
    sys._getframe().f_trace_opcodes = True
    sys.settrace(trace)
    try:
        step()
        found.clear()
        step()
    finally:
        sys.settrace(before)
    return found


def tables() -> list[tuple[str, Rows]]:
    """Count in a warm step of each work."""
    rows = [["instructions a step", "all", *PARTS, OTHERS]]
    for work in chosen(NAMES):
        step = getattr(autograd_lite, work.kind)(work.make()).step
        for _ in range(WARM_UP):
            step()
        found = counted(step)
        total = found.total()
        rows.append([work.name, f"{total:,}", *(f"{found[part] / total:.0%}" for part in (*PARTS, OTHERS))])
    return [("Where Python's instructions of a step go", rows)]
