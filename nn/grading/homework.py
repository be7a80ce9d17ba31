"""Grading homework: each file's hand formula is carried out in a process of its own and judged in this one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autograd_lite.errors import ArgumentError
from nn.grading.exchange import Garbled, blind, decoded
from nn.grading.faults import fault
from nn.grading.outcome import RIGHT, WRONG, Outcome, could_not_run, outcome_of, received
from nn.grading.task import Examination, Task, seed_of, stem_of
from nn.grading.verification import judged
from nn.grading.worker import Job
from nn.grading.workers import Reply, Workers
from nn.messages import message

LARGEST_FILE = 4 * 2**20
# Threads that wait: enough for those that run, and for slow ones beside them.
WAITING = 4


class Graded(NamedTuple):
    """One homework with how it came out."""

    file: str
    seed: int | None
    outcome: Outcome


@dataclass(frozen=True)
class Grader:
    """How homework is graded.

    Parameters
    ----------
    task : Task or None
        None when each file defines the network itself.
    seeds : dict of str to int or None
        The seed of each file by its stem; None lets them follow from the names.
    jobs : int or None
        How many processes run at a time; by default as many as there are processors.
    timeout : float
        Seconds for each file.
    hints_only : bool
        Tell steps and mistakes, but no number and no formula.
    lang : {"en", "es"}
    plain : bool
        Spell the reports in ASCII.
    """

    task: Task | None = None
    seeds: dict[str, int] | None = None
    jobs: int | None = None
    timeout: float = 20.0
    hints_only: bool = False
    lang: str = "en"
    plain: bool = False

    def grade(self, files: Sequence[Path], progress: Callable[[], object] = lambda: None) -> list[Graded]:
        """Grade every file.

        Parameters
        ----------
        files : sequence of Path
        progress : callable
            Called after each.

        Returns
        -------
        list of Graded
            In the order of the files.

        Raises
        ------
        AutogradError
            When the task file is at fault.
        """
        exams: dict[int | None, Examination] = {}
        count = min(self.jobs or os.cpu_count() or 1, max(1, len(files)))
        workers, outcomes = Workers(count), dict[Path, Outcome]()
        with ThreadPoolExecutor(WAITING * count) as pool:
            try:
                waiting: dict[Future[Reply], Path] = {}
                for file in files:
                    exam, reason = self._exam(file, exams)
                    source = reason or _source(file, self.lang)
                    if isinstance(source, str):
                        outcomes[file] = could_not_run(source)
                        progress()
                        continue
                    waiting[pool.submit(workers.run, source, file.name, self._job(exam))] = file
                for done in as_completed(waiting):
                    file = waiting[done]
                    outcomes[file] = self._outcome(done, exams.get(self._seed(file)))
                    progress()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                workers.close()
                raise
        names = _names(files)
        return [Graded(names[file], self._seed(file), outcomes[file]) for file in files]

    def _seed(self, file: Path) -> int | None:
        if self.task is None or not self.task.takes_seed:
            return None
        stem = stem_of(file.name)
        return seed_of(stem) if self.seeds is None else self.seeds.get(stem)

    def _exam(self, file: Path, exams: dict[int | None, Examination]) -> tuple[Examination | None, str]:
        """Return what a file is judged by, or why there is nothing."""
        if self.task is None:
            return None, ""
        seed = self._seed(file)
        if seed is None and self.task.takes_seed:
            return None, message("homework.no_seed", self.lang, name=stem_of(file.name))
        if seed not in exams:
            exams[seed] = self.task.examination(seed)
        return exams[seed], ""

    def _job(self, exam: Examination | None) -> Job:
        points = None if exam is None else [blind(point) for point in exam.points]
        return Job("", points, self.timeout, self.lang, self.hints_only, self.plain)

    def _outcome(self, done: Future[Reply], exam: Examination | None) -> Outcome:
        """Judge what came back; whatever it is, it costs no more than its own row."""
        try:
            reply = done.result()
            if reply.get("kind") == "answers" and exam is not None:
                return self._judged(reply, exam)
            if reply.get("kind") == "outcome" and exam is None:
                return received({name: value for name, value in reply.items() if name != "kind"})
            if reply.get("kind") == "failed":
                return could_not_run(*str(reply.get("message", "")).split("\n", 1))
        except (Garbled, ValueError):
            pass
        except Exception as error:
            return could_not_run(fault(error, "", self.lang))
        return could_not_run(message("homework.garbled", self.lang))

    def _judged(self, reply: Reply, exam: Examination) -> Outcome:
        given = decoded(reply.get("answers"), exam.points)
        with np.errstate(all="ignore"):
            report = judged(exam.network, exam.points, given, required=exam.required, lang=self.lang)
        return outcome_of(report, hints_only=self.hints_only, plain=self.plain)


def found(paths: Sequence[str], task: Path | None, lang: str = "en") -> list[Path]:
    """Return the homework that paths mean: files as they are, of a folder all *.py by name; the task file is none.

    Raises
    ------
    ArgumentError
        When a path does not exist, or nothing is found.
    """
    files: dict[str, Path] = {}
    for given in paths:
        for file in _of(Path(given), lang):
            if task is None or not _is_same(file, task):
                files.setdefault(os.path.realpath(file), file)
    if not files:
        what = message("homework.no_files", lang, got=", ".join(map(repr, paths)))
        raise ArgumentError(what, message("homework.give_files", lang))
    return list(files.values())


def exit_code(graded: Sequence[Graded]) -> int:
    """Return 0 when all are right, 1 when some are wrong, 2 when some could not run."""
    ranks = {RIGHT: 0, WRONG: 1}
    return max(ranks.get(each.outcome.status, 2) for each in graded)


def _of(path: Path, lang: str) -> Iterator[Path]:
    if path.is_dir():
        inside = (each for each in path.iterdir() if each.suffix == ".py" and not each.name.startswith("."))
        yield from sorted((each for each in inside if not each.is_dir()), key=lambda each: each.name)
        return
    if path.is_file():
        yield path
        return
    known = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    mend = message("homework.give_files", lang)
    for near in get_close_matches(path.name, known, n=1):
        mend = message("cli.did_you_mean", lang, near=str(path.with_name(near))) + " " + mend
    raise ArgumentError(message("homework.no_path", lang, got=str(path)), mend)


def _source(file: Path, lang: str) -> bytes | str:
    """Return a file, or why it cannot be read."""
    try:
        if not file.is_file():
            return message("homework.unreadable", lang, file=file.name, reason=message("homework.no_file", lang))
        if file.stat().st_size > LARGEST_FILE:
            return message("homework.too_large", lang)
        return file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return message("homework.unreadable", lang, file=file.name, reason=reason)


def _is_same(file: Path, other: Path) -> bool:
    try:
        return file.samefile(other)
    except OSError:
        return False


def _names(files: Sequence[Path]) -> dict[Path, str]:
    """Return what tables call each file: its name, or its path where two have the same."""
    names = [file.name for file in files]
    return {file: file.name if names.count(file.name) == 1 else file.as_posix() for file in files}
