"""python -m tests.benchmarks [WORK ...]: measure the works named, or all of them, and keep a full run."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import chart, imports, report
from tests.benchmarks.alone import MEASUREMENTS, tables_of
from tests.benchmarks.machine import describe, load
from tests.benchmarks.runner import SYSTEMS, compare
from tests.benchmarks.works import IMPORTS, Work, chosen

HERE = Path(__file__).parent
HOW_TO_READ = """\
Times are medians over rounds in which the systems took turns; ratios are medians of each round's ratio.
The limit is hand-written NumPy with its derivatives written out. Only ratios carry over to other machines.
Of a step, forward and rules are its own NumPy calls made again alone, optimizer is that of its optimizer; the engine
is the rest: recording, walking back, adding up gradients, modules."""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "works",
        nargs="*",
        metavar="WORK",
        help=f"W1 ... W10, {', '.join(MEASUREMENTS)}; W4 stands for W4-SGD and W4-Adam",
    )
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="which to compare, with commas between")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="how many threads each may use")
    parser.add_argument("--rounds", type=int, default=7, help="how often each system has its turn")
    parser.add_argument("--seconds", type=float, default=0.2, help="how long a turn takes, about")
    parser.add_argument("--keep", action="store_true", help="write RESULTS.md after a run of some works too")
    options = parser.parse_args(arguments)
    options.systems = options.systems.split(",")
    if unknown := [system for system in options.systems if system not in SYSTEMS]:
        parser.error(f"no such system: {', '.join(unknown)}. There are {', '.join(SYSTEMS)}.")
    others = (IMPORTS.lower(), *MEASUREMENTS)
    if unknown := [name for name in options.works if not chosen([name]) and name.lower() not in others]:
        parser.error(f"no such work: {', '.join(unknown)}.")
    return options


def measure(works: list[Work], threads: int, options: argparse.Namespace) -> report.Results:
    """Run the works with so many threads, and say what is being done."""
    results: report.Results = []
    for work in works:
        print(f"{work.name}: {work.title}, {threads} thread{'s' * (threads > 1)}", file=sys.stderr)
        found = compare(work, options.systems, threads=threads, rounds=options.rounds, seconds=options.seconds)
        results.append((work, found))
    return results


def sections(
    runs: dict[int, report.Results], systems: list[str], w9: report.Rows | None, alone: list[tuple[str, report.Rows]]
) -> Iterator[tuple[str, report.Rows]]:
    """Every table with its heading."""
    for threads, results in runs.items():
        on = f"{threads} thread{'s' * (threads > 1)}"
        yield f"Median times, {on}", report.times_table(results, systems)
        yield f"Ratios, {on}", report.ratios_table(results, systems)
        yield f"Goals, {on}", report.goals_table(results)
        yield f"Engine overhead, {on}", report.overhead_table(results)
        yield f"Peak memory, {on}", report.memory_table(results, systems)
    if w9:
        yield "Import and installed size", w9
    yield from alone


def keep(runs: dict[int, report.Results], tables: list[tuple[str, report.Rows]], load_before: str) -> None:
    """Write RESULTS.md and a picture for each number of threads."""
    everything = [row for results in runs.values() for row in results]
    titles = {work.name: work.title for work, _ in everything}
    lines = ["# The last run", "", describe(report.versions(everything), load_before), ""]
    lines += [HOW_TO_READ, ""]
    lines += [f"- {name}: {title}" for name, title in titles.items()]
    for threads, results in runs.items():
        if not chart.against_the_limit(results):
            continue
        picture = f"results_{threads}.svg"
        report.write_file(HERE / picture, chart.draw(results, f"Time against hand-written NumPy, threads: {threads}"))
        lines += ["", f"![Every system's time against hand-written NumPy, threads: {threads}]({picture})"]
    for heading, rows in tables:
        if len(rows) > 1:
            lines += ["", f"## {heading}", "", report.as_markdown(rows)]
    report.write_file(HERE / "RESULTS.md", "\n".join([*lines, ""]))


def main() -> None:
    """Measure, print the tables, and keep them when everything was measured."""
    options, load_before = parse(), load()
    wanted = [name.lower() for name in options.works] or [IMPORTS.lower(), *MEASUREMENTS]
    alone = [table for name in MEASUREMENTS if name in wanted for table in tables_of(name)]
    works = chosen(options.works)
    runs = {threads: measure(works, threads, options) for threads in options.threads if works}
    w9 = None
    if IMPORTS.lower() in wanted:
        w9 = report.imports_table(imports.import_times(options.rounds), imports.installed_sizes())
    used = {system for results in runs.values() for _, found in results for system in found}
    present = [system for system in options.systems if system in used]
    tables = list(sections(runs, present, w9, alone))
    for heading, rows in tables:
        if len(rows) > 1:
            print(f"\n{heading}\n{report.as_text(rows)}")
    if options.keep or not options.works:
        keep(runs, tables, load_before)


if __name__ == "__main__":
    main()
