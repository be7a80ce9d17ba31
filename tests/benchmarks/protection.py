"""What it costs that a saved value is never used after it changed: a step with the protection, and one without."""

import inspect
import statistics
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

from autograd_lite import backward, differentiable, variable
from tests.benchmarks.report import Rows, amount
from tests.benchmarks.systems import autograd_lite
from tests.benchmarks.worker import repeat
from tests.benchmarks.works import Work, chosen

WORKS = ["W2", "W3", "W4-SGD", "W6-1e3"]
ROUNDS, SECONDS = 60, 0.02
CHECK = """
        if node.stamp < writes.latest:
            refuse_stale(node, recorded=recorder is not None)
"""


def unguarded_walk() -> object:
    """The walk with its check taken out of the source."""
    source = textwrap.dedent(inspect.getsource(backward.backward))
    if source.count(CHECK) != 1:
        raise RuntimeError("The walk's check reads otherwise than here: bring CHECK up to date.")
    names: dict[str, object] = {}
    exec(compile(source.replace(CHECK, "\n"), backward.__file__, "exec"), vars(backward), names)
    return names["backward"]


@contextmanager
def unprotected() -> Iterator[None]:
    """Neither note writes nor look for them."""
    note_all, walk = variable.note_all, differentiable.walk
    variable.note_all, differentiable.walk = lambda arrays: None, UNGUARDED
    try:
        yield
    finally:
        variable.note_all, differentiable.walk = note_all, walk


UNGUARDED = unguarded_walk()


def measured(work: Work) -> list[str]:
    """A work's time with and without, in turn, and the median ratio of the rounds."""
    step = getattr(autograd_lite, work.kind)(work.make()).step
    times = max(1, round(SECONDS / repeat(step, 3) * 3))
    guarded, bare = [], []
    for _ in range(ROUNDS):
        guarded.append(repeat(step, times) / times * 1e6)
        with unprotected():
            bare.append(repeat(step, times) / times * 1e6)
    ratio = statistics.median(one / other for one, other in zip(guarded, bare, strict=True))
    return [work.name, amount(statistics.median(guarded)), amount(statistics.median(bare)), f"{ratio - 1:+.1%}"]


def tables() -> list[tuple[str, Rows]]:
    """Measure the works in which the engine's own part is large."""
    rows = [["µs", "protected", "unprotected", "cost"], *(measured(work) for work in chosen(WORKS))]
    return [("Protection of saved values", rows)]
