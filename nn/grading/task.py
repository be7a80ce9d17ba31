"""What homework is graded against: a file of Python that defines model, x, y and loss, or makes them from a seed.

A student's seed is the one in the teacher's list, or follows from the name of the student's file: the first 8
hexadecimal digits of the SHA-256 of the name without its ending (NFC, UTF-8), modulo 1,000,000.
"""

from __future__ import annotations

import csv
import hashlib
import inspect
import io
import sys
import unicodedata
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from autograd_lite.errors import ArgumentError, AutogradError, UsageError
from nn.arguments import check_loss
from nn.grading.faults import fault
from nn.grading.points import Network, Point
from nn.grading.quantities import BACKWARD, in_order, named
from nn.messages import message

PARTS = ("model", "x", "y", "loss")
PROBES = 4
_SEEDS, _DELIMITERS = 1_000_000, ",;\t"


class Problem(NamedTuple):
    """What `nn.verify` takes beside the hand formula."""

    model: Any
    x: Any
    y: Any
    loss: Any


@dataclass(frozen=True)
class Examination:
    """A problem made ready for judging answers.

    Attributes
    ----------
    network : Network
    points : list of Point
        The given one, and random ones.
    required : list of str
        What must be given.
    """

    network: Network
    points: list[Point]
    required: list[str]


@dataclass(frozen=True)
class Task:
    """What a task file defines.

    Attributes
    ----------
    file : str
        Its path, as it was compiled.
    names : mapping of str to object
    lang : {"en", "es"}
    """

    file: str
    names: Mapping[str, Any]
    lang: str = "en"

    @property
    def takes_seed(self) -> bool:
        """Whether each student gets a problem of their own."""
        given = self.names.get("task")
        return callable(given) and bool(inspect.signature(given).parameters)

    def problem(self, seed: int | None = None) -> Problem:
        """Return model, x, y and loss.

        Raises
        ------
        UsageError
            When one is missing, or `task` raises or returns something else.
        """
        if "task" not in self.names:
            missing = [name for name in PARTS if name not in self.names]
            if missing:
                raise self._error("homework.lacks", "homework.define_parts", names=", ".join(missing))
            return Problem(*(self.names[name] for name in PARTS))
        return self._parts(self._made(seed))

    def examination(self, seed: int | None = None) -> Examination:
        """Carry out the passes that answers are judged by.

        Raises
        ------
        AutogradError
            When `nn.backprop` refuses the network, or `required` names what it does not have.
        """
        problem = self.problem(seed)
        check_loss(problem.loss)
        try:
            network = Network(problem.model, problem.loss)
            here = network.at(problem.x, problem.y)
            points = [here, *network.elsewhere(here, PROBES, 0)]
        except AutogradError:
            raise
        except Exception as error:
            raise self._raised(error) from error
        return Examination(network, points, self._required(here))

    def _required(self, point: Point) -> list[str]:
        wanted = [each for each in in_order(point.depth) if each in point.truth]
        asked = self.names.get("required")
        if asked is None:
            return [each.key for each in wanted if each.kind in BACKWARD]
        if isinstance(asked, str) or not hasattr(asked, "__iter__"):
            raise self._error("homework.bad_required", "homework.list_required", got=repr(asked))
        return [named(name, wanted).key for name in asked]

    def _made(self, seed: int | None) -> Any:
        given = self.names["task"]
        if not callable(given):
            return given
        try:
            with redirect_stdout(sys.stderr):
                return given(seed) if self.takes_seed else given()
        except (Exception, SystemExit) as error:
            raise self._raised(error) from error

    def _parts(self, made: Any) -> Problem:
        if all(hasattr(made, name) for name in PARTS):
            return Problem(*(getattr(made, name) for name in PARTS))
        if isinstance(made, (tuple, list)) and len(made) == len(PARTS):
            return Problem(*made)
        raise self._error("homework.bad_task", "homework.return_parts", got=type(made).__name__)

    def _raised(self, error: BaseException) -> UsageError:
        what, _, where = fault(error, self.file, self.lang).partition("\n")
        return UsageError(message("homework.task_raised", self.lang, file=Path(self.file).name, error=what), where)

    def _error(self, what: str, mend: str, **values: object) -> UsageError:
        return UsageError(message(what, self.lang, file=Path(self.file).name, **values), message(mend, self.lang))


def read_task(path: Path, lang: str = "en") -> Task:
    """Run a task file and return what it defines; what it prints goes to standard error.

    Raises
    ------
    ArgumentError
        When there is no such file.
    UsageError
        When it raises.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        what = message("homework.unreadable", lang, file=str(path), reason=reason)
        raise ArgumentError(what, message("homework.give_task", lang)) from error
    try:
        with redirect_stdout(sys.stderr):
            names = names_in(source, str(path), "autograd_lite_task")
    except (Exception, SystemExit) as error:
        raise Task(str(path), {}, lang)._raised(error) from error
    return Task(str(path), names, lang)


def names_in(source: bytes, file: str, module: str) -> dict[str, Any]:
    """Run a file as a module of a name of its own, and return what it defines."""
    made = sys.modules[module] = ModuleType(module)
    made.__file__ = file
    exec(compile(source, file, "exec", dont_inherit=True), made.__dict__)
    return made.__dict__


def seed_of(stem: str) -> int:
    """Return the seed that follows from the name of a student's file, the same on every platform.

    Examples
    --------
    >>> seed_of("ana")
    920879
    """
    name = unicodedata.normalize("NFC", stem).encode()
    return int(hashlib.sha256(name).hexdigest()[:8], 16) % _SEEDS


def read_seeds(path: Path, lang: str = "en") -> dict[str, int]:
    """Read a table with the columns file (or id) and seed; return the seed of each file by its stem.

    Raises
    ------
    ArgumentError
        When it cannot be read, lacks a column, holds a seed that is no integer, or one file twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        what = message("homework.unreadable", lang, file=str(path), reason=str(reason).lower())
        raise ArgumentError(what, message("homework.give_seeds", lang)) from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count))
    columns = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    key = columns.get("file") or columns.get("id")
    if key is None or "seed" not in columns:
        what = message("homework.seed_columns", lang, file=str(path), got=", ".join(columns))
        raise ArgumentError(what, message("homework.give_seeds", lang))
    seeds: dict[str, int] = {}
    for row in rows:
        name, seed = (row[key] or "").strip(), (row[columns["seed"]] or "").strip()
        if not name and not seed:
            continue
        stem = stem_of(name)
        if not seed.isascii() or not seed.isdigit() or stem in seeds:
            kind = "homework.seed_twice" if stem in seeds else "homework.bad_seed"
            what = message(kind, lang, file=str(path), line=rows.line_num, name=name, got=seed)
            raise ArgumentError(what, message("homework.give_seeds", lang))
        seeds[stem] = int(seed)
    return seeds


def stem_of(file: str) -> str:
    """Return the name by which a student's file is known: without folder and ending, letters composed.

    Examples
    --------
    >>> stem_of("hw/ana.py"), stem_of("j.doe")
    ('ana', 'j.doe')
    """
    name = file.replace("\\", "/").rpartition("/")[2]
    return unicodedata.normalize("NFC", name.removesuffix(".py"))
