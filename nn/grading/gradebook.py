"""The grades of a class: a table for people, CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograd_lite as ag
from autograd_lite.writing import Writer, style
from nn.grading.homework import Graded
from nn.grading.outcome import COULD_NOT_RUN, RIGHT, WRONG
from nn.grading.quantities import Quantity
from nn.messages import message

SCHEMA = 1
COLUMNS = ("file", "seed", "status", "score", "points", "first_error", "diagnoses", "message")
HEADER = ",".join(COLUMNS).encode()
_MARKS = {RIGHT: ("✓", "green"), WRONG: ("✗", "red"), COULD_NOT_RUN: ("?", "cyan")}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST_FILE, _NARROWEST = 28, 50


def is_csv(path: Path) -> bool:
    """Tell whether a file is a table of grades, or empty."""
    with path.open("rb") as file:
        start = file.readline(len(HEADER) + 8).removeprefix(codecs.BOM_UTF8)
    return not start or start.rstrip() == HEADER


def score(graded: Graded, points: float) -> float:
    """Return a homework's score out of so many points."""
    return round(graded.outcome.score * points, 2)


def write_table(graded: Sequence[Graded], points: float, lang: str, writer: Writer) -> None:
    """Write a row for each homework, and what they come to."""
    header = [message(f"homework.column_{name}", lang) for name in ("file", "verdict", "score", "first", "diagnosis")]
    rows = [_row(each, points, lang) for each in graded]
    taken = sum(max(len(row[k]) for row in [header, *rows]) for k in (0, 2, 3)) + 26
    room = max(_NARROWEST, writer.columns - taken)
    writer.table([[*row[:4], _clipped(row[4], room)] for row in rows], header, indent=0)
    counts = Counter(each.outcome.status for each in graded)
    mean = sum(score(each, points) for each in graded) / len(graded)
    writer.write()
    writer.write(
        message(
            "homework.summary",
            lang,
            count=len(graded),
            right=counts[RIGHT],
            wrong=counts[WRONG],
            failed=counts[COULD_NOT_RUN],
            mean=f"{mean:.2f}",
            points=f"{points:g}",
        )
    )
    mistakes = Counter(name for each in graded for name in each.outcome.ids).most_common(5)
    if mistakes:
        listed = ", ".join(f"{name} {count}" for name, count in mistakes)
        writer.write(message("homework.frequent", lang, listed=listed))


def as_csv(graded: Sequence[Graded], points: float) -> str:
    """Return the grades as CSV; no cell of text is one that a spreadsheet would take for a formula."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for each in graded:
        record = as_dict(each, points)
        record["diagnoses"] = " ".join(each.outcome.ids)
        rows.writerow(_cell(record[name]) for name in COLUMNS)
    return text.getvalue()


def as_json(graded: Sequence[Graded], points: float) -> str:
    """Return the grades as JSON in ASCII."""
    files = [as_dict(each, points) for each in graded]
    told = {"schema": SCHEMA, "version": ag.__version__, "files": files}
    return json.dumps(told, indent=2, allow_nan=False)


def as_dict(graded: Graded, points: float) -> dict[str, Any]:
    """Return one homework as plain data."""
    outcome = graded.outcome
    return {
        "file": graded.file,
        "seed": graded.seed,
        "status": outcome.status,
        "score": score(graded, points),
        "points": points,
        "first_error": outcome.first_error,
        "steps": outcome.steps,
        "missing": outcome.missing,
        "diagnoses": outcome.diagnoses,
        "message": " ".join(outcome.message.split("\n")),
    }


def _row(graded: Graded, points: float, lang: str) -> list[str]:
    outcome = graded.outcome
    mark, colour = _MARKS[outcome.status]
    verdict = f"{style(mark, colour)} {message(f'homework.{outcome.status}', lang)}"
    diagnosis = outcome.message.partition("\n")[0] if outcome.status == COULD_NOT_RUN else ", ".join(outcome.ids)
    if not diagnosis and outcome.missing:
        diagnosis = outcome.message
    file = _clipped("".join(each if each.isprintable() else "?" for each in graded.file), _WIDEST_FILE)
    return [file, verdict, f"{score(graded, points):.2f}", sign(outcome.first_error), diagnosis]


def sign(key: str | None) -> str:
    """Return the name that people read of a step.

    Examples
    --------
    >>> sign("delta2"), sign("dW1")
    ('δ²', '∂L/∂W¹')
    """
    match = re.fullmatch(r"(z|a|delta|dW|db)(\d+)", key or "")
    return "–" if match is None else Quantity(match[1], int(match[2])).sign()


def _clipped(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
