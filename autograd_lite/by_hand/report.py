"""What ag.check_formula found: the verdict on every gradient by hand, the worst element, the mistake by its name."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal, NamedTuple

from autograd_lite.errors import GradientCheckError, UsageError
from autograd_lite.messages import message
from autograd_lite.mistakes import Cause
from autograd_lite.mistakes.wording import bracketed, constant
from autograd_lite.writing import Writer, table, to_ascii, wrapped

Verdict = Literal["right", "wrong", "undecided"]
MARKS = {"right": "✓", "wrong": "✗", "undecided": "?"}


@dataclass(frozen=True, eq=False)
class WrongElement:
    """The element of a gradient by hand that differs most.

    Attributes
    ----------
    name : str
        The input that the gradient is with respect to.
    index : tuple of int
    by_hand, autodiff, differences : float
    ratio : float
        by_hand / autodiff.
    point : int
        0 is the point given, the others are random.
    inputs : dict
        The inputs there, by name.
    """

    name: str
    index: tuple[int, ...]
    by_hand: float
    autodiff: float
    differences: float
    ratio: float
    point: int
    inputs: dict[str, Any]


@dataclass(frozen=True)
class WrongShape:
    """A gradient by hand of another shape than its input."""

    name: str
    found: tuple[int, ...]
    expected: tuple[int, ...]


class Judged(NamedTuple):
    """The verdict on one gradient: at how many points it could be judged, and at how many it is wrong."""

    name: str
    verdict: Verdict
    points: int
    wrong: int


class Finding(NamedTuple):
    """What explains the wrong gradients of some inputs: several causes cannot be told apart, none is known."""

    names: tuple[str, ...]
    causes: tuple[Cause, ...]

    def text(self, lang: str = "en") -> str:
        """Say what is wrong."""
        names = ", ".join(self.names)
        said = [each.text(lang) for each in self.causes]
        if not said:
            return message("formula.unknown", lang, names=names)
        if len(said) == 1:
            return f"{names}: {said[0]}."
        listed = "; ".join(f"({chr(97 + k)}) {each}" for k, each in enumerate(said))
        return message("formula.several", lang, names=names, listed=listed)


class Note(NamedTuple):
    """A sentence of the report, in whatever language it is read."""

    kind: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, lang: str) -> str:
        """Return the sentence; a value that has words of its own is put into them first."""
        values = {name: each.text(lang) if hasattr(each, "text") else each for name, each in self.values}
        return message(f"formula.{self.kind}", lang, **values)


@dataclass(frozen=True, repr=False)
class FormulaReport:
    """A formula by hand compared with autodiff and central differences.

    Attributes
    ----------
    ok : bool
        Every gradient is right wherever it could be judged.
    gradients : tuple of Judged
        The verdict on each.
    first_error : WrongElement, WrongShape or None
        The first wrong gradient's worst element, or its shape.
    findings : tuple of Finding
        The mistakes that give exactly these numbers.
    notes : tuple of Note
        What could not be judged, and why.
    lang : str

    Examples
    --------
    >>> def loss(w, x):
    ...     return ((x @ w) ** 2).sum() / 2
    >>> def by_hand(w, x):
    ...     return {"w": 2 * x.T @ (x @ w)}
    >>> report = ag.check_formula(loss, by_hand, np.array([0.5, -1.0, 2.0]), np.array([[1.0, 2.0, 0.5]]))
    >>> report
    FormulaReport(w: wrong)
    >>> report.diagnosis
    'w: twice as large as it should be.'
    """

    gradients: tuple[Judged, ...]
    first_error: WrongElement | WrongShape | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    lang: str = "en"

    @property
    def verdict(self) -> Verdict:
        """Wrong when one gradient is, right when all are."""
        found = {each.verdict for each in self.gradients}
        return "wrong" if "wrong" in found else "undecided" if "undecided" in found else "right"

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return self.verdict == "right"

    @property
    def score(self) -> float:
        """The share of the gradients that are right."""
        return sum(each.verdict == "right" for each in self.gradients) / len(self.gradients)

    @property
    def diagnosis(self) -> str:
        """What is wrong, in a sentence; empty where nothing is."""
        return " ".join(each.text(self.lang) for each in self.findings)

    def raise_if_wrong(self) -> None:
        """Raise unless every gradient is right.

        Raises
        ------
        GradientCheckError
            When one is wrong: the first line names the place and the numbers, the second the mistake.
        UsageError
            When none is wrong and one could not be judged, which is not the fault of the formula.
        """
        if self.first_error is not None:
            raise GradientCheckError(f"check_formula: {self._located()}", self.diagnosis)
        if not self.ok:
            names = ", ".join(each.name for each in self.gradients if each.verdict == "undecided")
            raise UsageError(
                f"check_formula: {message('formula.undecided', self.lang, names=names)}",
                " ".join(note.text(self.lang) for note in self.notes[:1]),
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        error = self.first_error
        return {
            "ok": self.ok,
            "verdict": self.verdict,
            "score": self.score,
            "gradients": [each._asdict() for each in self.gradients],
            "first_error": None
            if error is None
            else {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in vars(error).items()
                if name != "inputs"
            },
            "mistakes": [
                {"names": list(each.names), "ids": [list(one.ids) for one in each.causes]} for each in self.findings
            ],
            "diagnosis": self.diagnosis,
            "notes": [note.text(self.lang) for note in self.notes],
        }

    def text(self, *, plain: bool = False, columns: int = 80) -> str:
        """Tell the whole report.

        Parameters
        ----------
        plain : bool
            In ASCII.
        columns : int
            Where to break the lines.
        """
        blocks = [self._title(), table(self._verdicts(), plain=plain, indent=2)]
        if self.first_error is not None:
            rows = [[label, value] for label, value in self._numbers()]
            blocks += [self._located(), *([table(rows, plain=plain, indent=2)] if rows else []), self.diagnosis]
        blocks += ["\n".join(note.text(self.lang) for note in self.notes)] if self.notes else []
        spelled_out = [to_ascii(each) if plain else each for each in blocks]
        broken = [[part for line in block.split("\n") for part in _broken(line, columns)] for block in spelled_out]
        return "\n\n".join(map("\n".join, broken))

    def __str__(self) -> str:
        writer = Writer()
        return self.text(plain=writer.plain, columns=writer.columns)

    def __repr__(self) -> str:
        return f"FormulaReport({', '.join(f'{each.name}: {each.verdict}' for each in self.gradients)})"

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{escape(self._title())}</b></p>", _html_table(self._verdicts())]
        if self.first_error is not None:
            parts += [f"<p>{escape(self._located())}</p>", _html_table([list(row) for row in self._numbers()])]
            parts += [f"<p>{escape(self.diagnosis)}</p>"]
        parts += [f"<p><small>{escape(note.text(self.lang))}</small></p>" for note in self.notes]
        return f'<div lang="{self.lang}">{"".join(parts)}</div>'

    def _title(self) -> str:
        return f"{MARKS[self.verdict]} {message(f'formula.title_{self.verdict}', self.lang)}"

    def _verdicts(self) -> list[list[str]]:
        return [
            [
                each.name,
                MARKS[each.verdict],
                message(
                    f"formula.row_{each.verdict}", self.lang, right=each.points - each.wrong, wrong=each.wrong,
                    points=each.points,
                ),
            ]
            for each in self.gradients
        ]  # fmt: skip

    def _located(self) -> str:
        error = self.first_error
        if isinstance(error, WrongShape):
            values = {"name": error.name, "found": error.found, "expected": error.expected}
            fits = "shape_transposed" if error.found == error.expected[::-1] else "shape"
            return message(f"formula.{fits}", self.lang, **values)
        assert error is not None
        where = message("formula.here" if error.point == 0 else "formula.elsewhere", self.lang, number=error.point)
        return message(
            "formula.worst",
            self.lang,
            place=error.name + bracketed(error.index),
            where=where,
            by_hand=f"{error.by_hand:.6g}",
            autodiff=f"{error.autodiff:.6g}",
        )

    def _numbers(self) -> list[tuple[str, str]]:
        error = self.first_error
        if not isinstance(error, WrongElement):
            return []
        return [
            (message("formula.by_hand", self.lang), f"{error.by_hand:.8g}"),
            (message("formula.autodiff", self.lang), f"{error.autodiff:.8g}"),
            (message("formula.differences", self.lang), f"{error.differences:.8g}"),
            (message("formula.ratio", self.lang), constant(error.ratio)),
        ]


def _broken(line: str, columns: int) -> list[str]:
    """Break a sentence at spaces; rows of a table, which are indented, stay whole."""
    return [line] if line.startswith(" ") else wrapped(line, columns)


def _html_table(rows: list[list[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{body}</table>" if body else ""
