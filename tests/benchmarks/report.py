"""What people read of a run: a table of times, ratios against the goals, the engine's overhead, and RESULTS.md."""

import os
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.runner import SYSTEMS, Measurement
from tests.benchmarks.works import Work

OURS, LIMIT = "autograd_lite", "numpy_limit"
Results = list[tuple[Work, dict[str, Measurement]]]
Rows = list[list[str]]


def amount(value: float) -> str:
    """Three figures, and never an exponent."""
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4
    return f"{value:.{places}f}"


def time_of(work: Work, measurement: Measurement) -> str:
    """The median in microseconds, of one operation for a chain."""
    return measurement.missing or amount(measurement.median / work.operations * 1e6)


def memory_of(work: Work, measurement: Measurement) -> str:
    """The peak in megabytes, or in bytes for each operation of a chain."""
    if measurement.missing or measurement.memory is None:
        return "–"
    if work.operations > 1:
        return f"{measurement.memory / work.operations:.0f} B/op"
    return f"{measurement.memory / 1e6:.0f} MB"


def times_table(results: Results, systems: Sequence[str]) -> Rows:
    """A row a work, a column a system: medians, then each one's ratio to ours."""
    rows = [["work", "", *(SYSTEMS[system] for system in systems)]]
    for work, found in results:
        rows.append([work.name, work.unit, *(time_of(work, found[system]) for system in systems)])
    return rows


def ratios_table(results: Results, systems: Sequence[str]) -> Rows:
    """How many times our time each system takes: above 1 it is slower."""
    rows = [["time / ours", *(SYSTEMS[system] for system in systems if system != OURS)]]
    for work, found in results:
        ours = found.get(OURS)
        if ours is None or not ours.times:
            continue
        others = [found[system] for system in systems if system != OURS]
        rows.append([work.name, *(amount(other.ratio(ours)) if other.times else "–" for other in others)])
    return rows


def memory_table(results: Results, systems: Sequence[str]) -> Rows:
    """The memory that each system took above what its import did."""
    rows = [["peak memory", *(SYSTEMS[system] for system in systems)]]
    return rows + [[work.name, *(memory_of(work, found[system]) for system in systems)] for work, found in results]


def goals_table(results: Results) -> Rows:
    """Our time in parts of a peer's, and the goal."""
    rows = [["work", "against", "ours / theirs", "goal", ""]]
    for work, found in results:
        for peer, goal in work.goals.items():
            ours, theirs = found.get(OURS), found.get(peer)
            if ours and theirs and ours.times and theirs.times:
                ratio = ours.ratio(theirs)
                verdict = "met" if ratio <= goal else "MISSED"
                rows.append([work.name, SYSTEMS[peer], amount(ratio), f"≤ {goal}", verdict])
    return rows


def overhead_table(results: Results) -> Rows:
    """What the engine adds to the arithmetic: our time less that of the limit, the same work in bare NumPy calls."""
    rows = [["work", "", "total", "by hand", "engine overhead", ""]]
    for work, found in results:
        ours, limit = found.get(OURS), found.get(LIMIT)
        if ours and limit and ours.times and limit.times:
            total, bare = (each.median / work.operations * 1e6 for each in (ours, limit))
            share = f"{(total - bare) / total:.0%} of the total"
            rows.append([work.name, work.unit, amount(total), amount(bare), amount(total - bare), share])
    return rows


def imports_table(times: dict[str, float], sizes: dict[str, int]) -> Rows:
    """Import time and installed size, both beside NumPy's."""
    rows = [["W9", "import, ms over NumPy", "installed, MB beside NumPy"]]
    for system in times:
        size = f"{sizes[system] / 1e6:.1f}" if system in sizes else "–"
        rows.append([SYSTEMS[system], f"{times[system] * 1e3:.0f}", size])
    return rows


def as_text(rows: Rows) -> str:
    """A table for the terminal: names on the left, numbers flush right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    )


def as_markdown(rows: Rows) -> str:
    """A table for a page."""
    head, *body = rows
    rule = ["-" if k == 0 else "-:" for k in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body))


def write_file(path: Path, text: str) -> None:
    """Write beside the target, then move into place."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)


def versions(results: Results) -> list[str]:
    """What was measured, each version once."""
    return list(dict.fromkeys(m.version for _, found in results for m in found.values() if m.version))
