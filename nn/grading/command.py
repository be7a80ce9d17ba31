"""autograd-lite verify: homework graded from the command line, told as a report, a table, CSV or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import Writer, write_file
from nn.grading import gradebook
from nn.grading.homework import Graded, Grader, exit_code, found
from nn.grading.outcome import COULD_NOT_RUN
from nn.grading.task import Task, read_seeds, read_task
from nn.grading.template import write_template
from nn.messages import message


def grade(
    paths: Sequence[str],
    *,
    task: Path | None,
    seeds: Path | None,
    csv: Path | None,
    as_json: bool,
    points: float,
    jobs: int | None,
    timeout: float,
    hints_only: bool,
    lang: str,
    writer: Writer,
) -> int:
    """Grade homework and tell how it came out.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    AutogradError
        When the command line or the task is at fault.
    """
    if not paths:
        raise ArgumentError(message("homework.nothing_given", lang), message("homework.begin", lang))
    files = found(paths, task, lang)
    _check_csv(csv, lang)
    read = None if task is None else read_task(task, lang)
    grader = Grader(read, _seeds(seeds, read, lang), jobs, timeout, hints_only, lang, writer.plain)
    with tqdm(total=len(files), desc=message("homework.progress", lang), leave=False, disable=_hidden(files)) as bar:
        graded = grader.grade(files, bar.update)
    is_one = len(files) == 1 and not Path(paths[0]).is_dir()
    if as_json:
        writer.write(gradebook.as_json(graded, points))
    elif is_one:
        _tell(graded[0], points, lang, writer)
    else:
        gradebook.write_table(graded, points, lang, writer)
    if csv is not None:
        write_file(csv, gradebook.as_csv(graded, points))
    return exit_code(graded)


def example(folder: Path, lang: str, writer: Writer) -> int:
    """Write a task and a solution to begin with."""
    paths = write_template(folder, lang)
    for path in paths:
        writer.write(message("homework.wrote", lang, path=path))
    writer.write(message("homework.try", lang, task=paths[0], hand=paths[1]))
    return 0


def _tell(graded: Graded, points: float, lang: str, writer: Writer) -> None:
    """Tell of one homework."""
    outcome = graded.outcome
    if outcome.status == COULD_NOT_RUN:
        what, _, mend = outcome.message.partition("\n")
        told = message("homework.file_failed", lang, file=graded.file, what=what)
        Writer(sys.stderr).write(f"autograd-lite: {told}\n{mend}".rstrip())
        return
    writer.write(outcome.text)
    writer.write()
    writer.write(
        message("homework.one_score", lang, score=f"{gradebook.score(graded, points):.2f}", points=f"{points:g}")
    )


def _seeds(path: Path | None, task: Task | None, lang: str) -> dict[str, int] | None:
    if path is None:
        return None
    if task is None or not task.takes_seed:
        raise ArgumentError(message("homework.seeds_unused", lang), message("homework.define_task", lang))
    return read_seeds(path, lang)


def _check_csv(path: Path | None, lang: str) -> None:
    """Raise before the work is done, not after it; what is no table of grades is not overwritten."""
    if path is None:
        return
    if path.is_file() and not gradebook.is_csv(path):
        raise ArgumentError(message("homework.is_there", lang, got=str(path)), message("homework.other_csv", lang))
    if path.parent.is_dir() and not path.is_dir():
        return
    reason = message("homework.is_folder" if path.is_dir() else "homework.no_such_folder", lang)
    what = message("homework.no_csv_folder", lang, got=str(path), reason=reason)
    raise ArgumentError(what, message("homework.give_csv", lang))


def _hidden(files: Sequence[Path]) -> bool:
    return len(files) == 1 or sys.stderr is None or not sys.stderr.isatty()
