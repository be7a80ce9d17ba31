"""The process that one homework runs in: it takes a job, runs the student's file, and sends what `hand` answers.

What goes in and out passes through private copies of its standard streams, made before the student's file is run;
the streams themselves then lead nowhere, so that whatever the file prints or reads is lost. Answers are judged by the
process that asked for them, except where the file itself defines the network: then there is no other truth.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np

from autograd_lite.errors import AutogradError
from nn.grading.exchange import encoded, send
from nn.grading.faults import fault
from nn.grading.guard import Guard
from nn.grading.outcome import outcome_of
from nn.grading.points import Point
from nn.grading.task import Task, names_in
from nn.grading.verification import answers_at, judged
from nn.messages import message

try:
    import resource
except ImportError:  # not a POSIX system
    resource = None  # type: ignore[assignment]

MEMORY, FILE_SIZE = 2 * 2**30, 64 * 2**20


@dataclass(frozen=True)
class Job:
    """What a worker is to do.

    Attributes
    ----------
    file : str
        The student's file, a copy in the worker's own folder.
    points : list of Point or None
        Where to carry out the formula, without gradients; None when the file itself defines the network.
    seconds : float
        After which the process is ended.
    """

    file: str
    points: list[Point] | None
    seconds: float
    lang: str = "en"
    hints_only: bool = False
    plain: bool = False


def main() -> NoReturn:
    """Carry out the job that comes in on standard input."""
    source, sink = private_streams()
    job: Job = pickle.load(source)
    threading.Thread(target=_end_with_the_other_side, args=[source], daemon=True).start()
    _limit(job.seconds)
    guard = Guard()
    guard.install()
    send(sink, {"kind": "ready"})
    send(sink, reply_to(job, guard))
    os._exit(0)


def private_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return copies of standard input and output that nothing else knows of, and lead the streams nowhere."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    return source, sink


def reply_to(job: Job, guard: Guard) -> dict[str, Any]:
    """Run the student's file and return the answers, or what went wrong."""
    try:
        names = names_in(Path(job.file).read_bytes(), job.file, "homework")
    except BaseException as error:
        return _failed(fault(error, job.file, job.lang))
    if "hand" not in names:
        return _failed(message("homework.no_hand", job.lang) + "\n" + message("homework.define_hand", job.lang))
    try:
        return _answers(job, names, guard) if job.points else _judgement(job, names, guard)
    except BaseException as error:
        if guard.tripped:
            return _failed(message("homework.engine", job.lang) + "\n" + message("homework.by_hand", job.lang))
        original = error.__cause__ if isinstance(error, AutogradError) else error
        return _failed(str(error) if original is None else fault(original, job.file, job.lang))


def _answers(job: Job, names: dict[str, Any], guard: Guard) -> dict[str, Any]:
    return {"kind": "answers", "answers": encoded(_carried_out(names["hand"], job.points or [], guard))}


def _judgement(job: Job, names: dict[str, Any], guard: Guard) -> dict[str, Any]:
    """Judge by the network that the same file defines."""
    exam = Task(job.file, names, job.lang).examination()
    given = _carried_out(names["hand"], exam.points, guard)
    with np.errstate(all="ignore"):
        report = judged(exam.network, exam.points, given, required=exam.required, lang=job.lang)
    return {"kind": "outcome", **outcome_of(report, hints_only=job.hints_only, plain=job.plain).as_dict()}


def _carried_out(hand: Any, points: list[Point], guard: Guard) -> Any:
    with guard.up(), np.errstate(all="ignore"):
        given = answers_at(hand, points)
    if guard.tripped:
        raise AutogradError("")
    return given


def _failed(told: str) -> dict[str, Any]:
    return {"kind": "failed", "message": told}


def _limit(seconds: float) -> None:
    """Bound memory, files and computing time where the system can."""
    if resource is None:
        return
    bounds = {"AS": MEMORY, "FSIZE": FILE_SIZE, "CORE": 0, "CPU": math.ceil(seconds) + 30}
    for name, bound in bounds.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (bound, bound))


def _end_with_the_other_side(source: BinaryIO) -> None:
    """End this process, and what it started, when the one that asked is no longer there."""
    source.read(1)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
