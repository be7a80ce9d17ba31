"""The tour: what the project is for, in under a minute, on the lecture notes' example and on real data."""

from __future__ import annotations

import platform
import time
from pathlib import Path

import numpy as np

import autograd_lite as ag
from autograd_lite.writing import Writer, style
from nn.tour import digits, first_note, pictures, second_note
from nn.tour.stage import Stage, difference


def run(out: Path, lang: str = "en", writer: Writer | None = None) -> bool:
    """Carry out all chapters and write the summary.

    Parameters
    ----------
    out : Path
        The directory for the files; it exists.
    lang : {"en", "es"}
    writer : Writer, optional
        Where the text goes; standard output when left out.

    Returns
    -------
    bool
        Whether all checks passed.
    """
    start = time.perf_counter()
    stage = Stage(out, lang, writer or Writer())
    info = ag.graphviz_info()
    stage.writer.write(style(stage.words("tour.title", version=ag.__version__), "bold"))
    stage.line(
        "tour.systems",
        python=platform.python_version(),
        numpy=np.__version__,
        renderer=stage.words(f"tour.{info.renderer}"),
        version=info.version,
    )
    for chapter in (first_note, second_note, pictures, digits):
        chapter.show(stage)
    return _summary(stage, time.perf_counter() - start)


def _summary(stage: Stage, seconds: float) -> bool:
    count, failed = len(stage.checks.made), stage.checks.failed
    stage.writer.write()
    stage.writer.write(style(stage.words("tour.summary"), "bold"))
    if failed:
        stage.verdict(False, "tour.failed", failed=len(failed), count=count)
        rows = [[check.subject, difference(check.largest), "> " + difference(check.allowed)] for check in failed]
        stage.writer.table(rows, indent=6)
    else:
        stage.verdict(True, "tour.passed", count=count)
    stage.line("tour.files", count=len(stage.files), folder=stage.out)
    stage.line("tour.time", seconds=f"{seconds:.1f}")
    return not failed
