"""The report of a verification: how each step stands, which is wrong first, and what explains it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import GradientCheckError
from autograd_lite.matrices import checked_decimals, number
from autograd_lite.messages import checked_language
from autograd_lite.mistakes import agree
from autograd_lite.spelling import spelled
from autograd_lite.writing import Writer, table, to_ascii, wrapped
from nn.grading.hand import Failed, Misshapen
from nn.grading.markup import Sheet, as_html, as_latex
from nn.grading.points import Point
from nn.grading.printed import DIGITS_FOR_NAMES, Figures
from nn.grading.quantities import Quantity
from nn.grading.states import FAILED, FOLLOWED, KINK, MISSHAPEN, RIGHT, TOO_FEW, WRONG, Cause
from nn.grading.verdicts import Verdict
from nn.grading.vote import Disagreement
from nn.grading.wording import Words
from nn.telling.derivation import checked_notation

if TYPE_CHECKING:
    from autograd_lite.drawing import Drawing

Array = NDArray[np.float64]
VERSION = 1
LISTED = 3
BULLET = "  - "
_MARKS = {RIGHT: "✓", FOLLOWED: "✓", KINK: "–", TOO_FEW: "?", WRONG: "✗", MISSHAPEN: "✗", FAILED: "✗"}


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What `nn.verify` found.

    Attributes
    ----------
    verdicts : tuple of Verdict
        In the order in which one computes: z and a forward, then δ, ∂L/∂W and ∂L/∂b from the output layer back.
    required : tuple of Quantity
        What had to be given.
    explanations : tuple of tuple of Cause
        The smallest sets of known mistakes that give every number; several cannot be told apart here.
    vote : tuple of Disagreement
        Where autodiff and differences disagree: a kink, or a fault of the engine, never of the formula.
    untested : tuple of (str, dict)
        What could not be tested here: keys of messages, and what fills their places.

    Examples
    --------
    >>> report = nn.verify(*nn.worked_example(), hand=lambda a2, y: {"delta2": a2 - y})
    >>> report.ok, report.first_error, report.diagnosis_ids
    (False, 'delta2', ['missing_slope'])
    """

    point: Point
    probes: int
    verdicts: tuple[Verdict, ...]
    required: tuple[Quantity, ...]
    explanations: tuple[tuple[Cause, ...], ...]
    rounded: bool
    unrepeatable: bool
    vote: tuple[Disagreement, ...]
    untested: tuple[tuple[str, dict[str, Any]], ...]
    notation: str = "z-a"
    lang: str = "en"
    decimals: int = 4

    @property
    def ok(self) -> bool:
        """Whether all that was required was given, and all that was given is right."""
        given = {verdict.quantity for verdict in self.verdicts}
        return (
            bool(given)
            and not self.unrepeatable
            and given.issuperset(self.required)
            and all(verdict.status in (RIGHT, KINK) for verdict in self.verdicts)
        )

    @property
    def first_error(self) -> str | None:
        """The key of the first step that is wrong, 'delta2'; None without one."""
        found = self._first()
        return None if found is None else found.quantity.key

    @property
    def diagnosis_ids(self) -> list[str]:
        """The ids of the mistakes in the explanations, the same in every language."""
        return list(dict.fromkeys(cause.mistake.id for causes in self.explanations for cause in causes))

    @property
    def diagnosis(self) -> str:
        """What is wrong, in words; empty when nothing is."""
        return "\n".join(self._diagnosis())

    @property
    def score(self) -> float:
        """The share of what was required that is right, or right given the author's own earlier values.

        What follows from zeros is 0 without any work, and does not count.
        """
        if self.unrepeatable:
            return 0.0
        good = {each.quantity for each in self.verdicts if each.status in (RIGHT, FOLLOWED, KINK) and not each.is_idle}
        return len(good.intersection(self.required)) / len(self.required) if self.required else float(self.ok)

    def raise_if_wrong(self) -> None:
        """Raise the diagnosis as an error unless everything is right.

        Raises
        ------
        GradientCheckError

        Examples
        --------
        >>> nn.verify(*nn.worked_example(), hand=lambda a2, y, sp2: {"delta2": (y - a2) * sp2}).raise_if_wrong()
        Traceback (most recent call last):
        autograd_lite.errors.GradientCheckError: First error: δ².
        δ² has the wrong sign. It should be δ² = (a² − y) ⊙ σ′(z²).
        """
        if not self.ok:
            first, *rest = self._diagnosis() or [self._words.says("verify.nothing")]
            raise GradientCheckError(first, " ".join(rest))

    @spelled
    def draw(
        self,
        *,
        decimals: int | None = None,
        width: str | None = None,
        theme: str = "light",
        notation: str | None = None,
        lang: str | None = None,
    ) -> Drawing:
        """Draw the δ view of what was judged, with the steps that are wrong marked.

        Parameters
        ----------
        decimals, width, theme, notation, lang
            As for `nn.draw`; notation, language and decimals by default those of the report.

        Returns
        -------
        Drawing

        Raises
        ------
        ArgumentError
            As for `nn.draw` with view='delta'.

        Examples
        --------
        >>> report = nn.verify(*nn.worked_example(), hand=lambda a2, y: {"delta2": a2 - y})
        >>> report.draw(lang="es")
        <Drawing: La recursión de δ de una red 2-3-1>
        """
        # Who draws nothing need not load what draws.
        picture: Drawing = import_module("nn.views.marks").draw_report(
            self,
            decimals=self.decimals if decimals is None else checked_decimals(decimals),
            width=width,
            theme=theme,
            notation=checked_notation(notation or self.notation),
            lang=checked_language(lang or self.lang),
        )
        return picture

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, ready for JSON; ids and keys are the same in every language."""
        return {
            "schema": VERSION,
            "ok": self.ok,
            "score": self.score,
            "first_error": self.first_error,
            "steps": [self._as_dict(verdict) for verdict in self.verdicts],
            "required": [quantity.key for quantity in self.required],
            "missing": [quantity.key for quantity in self.missing],
            "diagnoses": [
                [{"step": cause.quantity.key, **cause.to_dict()} for cause in causes] for causes in self.explanations
            ],
            "rounded_early": self.rounded,
            "untested": [key.partition(".")[2] for key, _ in self.untested],
        }

    @property
    def missing(self) -> list[Quantity]:
        """What was required and not given."""
        given = {verdict.quantity for verdict in self.verdicts}
        return [quantity for quantity in self.required if quantity not in given]

    def text(self, *, hints_only: bool = False, columns: int = 100, plain: bool = False) -> str:
        """Return the report for a terminal.

        Parameters
        ----------
        columns : int
            Sentences are broken into lines of so many columns.
        hints_only : bool
            Name the steps and the kinds of mistakes, but no number and no formula.
        plain : bool
            Spell everything in ASCII.
        """
        header, rows = self.table(hints_only=hints_only)
        spell = to_ascii if plain else str
        lines = [*wrapped(spell(self.title()), columns), "", *table(rows, header=header, plain=plain).splitlines(), ""]
        for sentence in map(spell, self.sentences(hints_only=hints_only)):
            start = BULLET if sentence.startswith(BULLET) else ""
            lines += wrapped(sentence.removeprefix(BULLET), columns, start) if sentence else [""]
        return "\n".join(lines)

    def write(self, stream: TextIO | None = None, *, hints_only: bool = False) -> None:
        """Write the text to a stream, in the spelling that it can take; by default to standard output."""
        writer = Writer(stream)
        writer.write(self.text(hints_only=hints_only, columns=writer.columns, plain=writer.plain))

    def to_latex(self) -> str:
        """Return the steps as an array for amsmath, in ASCII; the diagnosis below it."""
        return as_latex(self._sheet())

    def __str__(self) -> str:
        writer = Writer()
        return self.text(columns=writer.columns, plain=writer.plain)

    def __repr__(self) -> str:
        state = "ok" if self.ok else f"first error {self.first_error}" if self.first_error else "not ok"
        return f"Report({state}, score {self.score:.2f})"

    def _repr_html_(self) -> str:
        return as_html(self._sheet())

    @property
    def _words(self) -> Words:
        return Words(self.point, self.notation, self.lang)

    def _sheet(self) -> Sheet:
        return Sheet(self.title(), *self.table(), self.sentences())

    def _first(self) -> Verdict | None:
        return next((verdict for verdict in self.verdicts if verdict.is_error), None)

    def title(self) -> str:
        """Return what was judged: the sizes of the network, and at how many points."""
        words, told = self._words, self.point.told
        sizes = "-".join(map(str, [told.x.shape[-1], *(len(layer.W) for layer in told.layers)]))
        one = words.says("verify.batch", count=self.point.count) if told.is_batch else words.says("verify.one_example")
        examples = f"{one} {words.says('verify.probes', count=self.probes)}" if self.probes else one
        return words.says("verify.title", sizes=sizes, examples=examples)

    def table(self, *, hints_only: bool = False) -> tuple[list[str], list[list[str]]]:
        """Return the header and the rows of the table of steps."""
        keys = ("step", "verdict") if hints_only else ("step", "verdict", "where", "hand", "autodiff", "difference")
        missing = f"– {self._words.says('verify.missing')}"
        rows = [self._row(verdict, hints_only) for verdict in self.verdicts]
        rows += [[self._words.name(each), missing, *[""] * (len(keys) - 2)] for each in self.missing]
        return [self._words.says(f"verify.{key}") for key in keys], rows

    def sentences(self, *, hints_only: bool = False) -> list[str]:
        """Return what stands below the table: the diagnosis, and what could not be tested."""
        lines = self._diagnosis(hints_only) or [self._words.says("verify.all_right" if self.ok else "verify.nothing")]
        if self.untested:
            lines += ["", self._words.says("verify.untested")]
            lines += [f"{BULLET}{self._words.says(key, **values)}" for key, values in self.untested]
        return lines

    def _row(self, verdict: Verdict, hints_only: bool) -> list[str]:
        row = [self._words.name(verdict.quantity), f"{_MARKS[verdict.status]} {self.status_of(verdict)}"]
        if hints_only:
            return row
        worst, given = verdict.worst, verdict.given
        if worst is None or given is None or verdict.status == RIGHT:
            return [*row, *[""] * 4]
        numbers = [float(given[worst]), float(verdict.right[worst]), verdict.numeric]
        shown = ["" if each is None else number(each, self.decimals) for each in numbers]
        return [*row, self.place(verdict.quantity, worst), *shown]

    def status_of(self, verdict: Verdict) -> str:
        """Return how a step stands, in words."""
        key = {TOO_FEW: "few", KINK: "at_kink"}.get(verdict.status, verdict.status)
        return self._words.says(f"verify.{key}", before=self._words.names(self._leading_to(verdict.quantity)))

    def _leading_to(self, quantity: Quantity) -> list[Quantity]:
        """Return what a step was worked out from, and is not right."""
        k = quantity.layer
        from_ = {
            "z": [Quantity("a", k - 1)],
            "a": [Quantity("z", k)],
            "L": [Quantity("a", k)],
            "delta": [Quantity("delta", k + 1), Quantity("z", k), Quantity("a", k)],
            "dW": [Quantity("delta", k), Quantity("a", k - 1)],
            "db": [Quantity("delta", k)],
        }[quantity.kind]
        status = {verdict.quantity: verdict.status for verdict in self.verdicts}
        wrong = [each for each in from_ if status.get(each, RIGHT) != RIGHT]
        return wrong or [each for each in from_ if each in self.point.truth][:1]

    def place(self, quantity: Quantity, at: tuple[int, ...]) -> str:
        """Return an element's place, counted from 1 as in mathematics, and for a batch its example."""
        if quantity.kind == "L":
            return ""
        if quantity.kind == "dW":
            return f"[{at[0] + 1}, {at[1] + 1}]"
        if quantity.kind != "db" and self.point.told.is_batch:
            return f"[{at[0] + 1}], n = {at[1] + 1}"
        return f"[{at[0] + 1}]"

    def _diagnosis(self, hints_only: bool = False) -> list[str]:
        words, first = self._words, self._first()
        lines = [words.says(key, **values) for key, values in (self._of_vote(each, hints_only) for each in self.vote)]
        if any(verdict.status == TOO_FEW for verdict in self.verdicts):
            lines.append(words.says("verify.more_digits"))
        if self.rounded:
            lines.append(words.says("verify.rounded"))
        if self.unrepeatable:
            lines.append(words.says("verify.unrepeatable"))
        if self.missing:
            lines.append(words.says("verify.lacking", names=words.names(self.missing)))
        if first is None:
            return lines
        lines.append(words.says("verify.first", name=words.name(first.quantity)))
        lines += self._of_shape(first, hints_only)
        told = list(dict.fromkeys(tuple(words.mistakes(causes)) for causes in self.explanations))
        if len(told) > 1:
            lines.append(words.says("verify.several"))
            lines += [f"{BULLET}{' '.join(sentences)}" for sentences in told]
        else:
            lines += [sentence for sentences in told for sentence in sentences]
        lines += self._unexplained(hints_only)
        if self._right_here(first):
            key = "verify.no_matter_here" if self.explanations else "verify.elsewhere"
            lines.append(words.says(key, name=words.name(first.quantity)))
        if not hints_only:
            lines.append(words.says("verify.should_be", formula=words.formula(self._origin(first))))
        return lines

    def _origin(self, first: Verdict) -> Quantity:
        """Return where the first error was made: in a δ that was not given it shows only in what follows."""
        given = {verdict.quantity for verdict in self.verdicts}
        return next(
            (cause.quantity for causes in self.explanations[:1] for cause in causes if cause.quantity not in given),
            first.quantity,
        )

    def _right_here(self, verdict: Verdict) -> bool:
        """Tell whether an answer is right at the given point and wrong only at others."""
        return (
            verdict.status == WRONG and isinstance(verdict.answer, np.ndarray) and agree(verdict.answer, verdict.right)
        )

    def _unexplained(self, hints_only: bool) -> list[str]:
        """Say which is the first step that no mistake explains: after that, no name could give every number."""
        explained = {cause.quantity for causes in self.explanations for cause in causes}
        for verdict in self.verdicts:
            by_its_delta = Quantity("delta", verdict.quantity.layer) in explained
            if verdict.status != WRONG or verdict.quantity in explained or by_its_delta:
                continue
            name, worst = self._words.name(verdict.quantity), verdict.worst
            if self._right_here(verdict) or self.rounded:
                return []
            if verdict.given is not None and not np.all(np.isfinite(verdict.given)):
                return [self._words.says("verify.not_finite", name=name)]
            if isinstance(verdict.answer, Figures) and verdict.answer.digits(verdict.right) < DIGITS_FOR_NAMES:
                return [self._words.says("verify.few_to_name", name=name)]
            if hints_only or worst is None or verdict.quantity.kind == "L":
                return [self._words.says("verify.unknown_hint", name=name)]
            return [self._words.says("verify.unknown", name=name, where=self.place(verdict.quantity, worst))]
        return []

    def _of_shape(self, verdict: Verdict, hints_only: bool) -> list[str]:
        words, answer, name = self._words, verdict.answer, self._words.name(verdict.quantity)
        if isinstance(answer, Misshapen):
            if answer.unit:
                counts = {"got": answer.values.size, "expected": math.prod(answer.expected)}
                return [words.says("verify.count", name=name, **counts)]
            line = words.says("verify.shape", name=name, got=answer.values.shape, expected=answer.expected)
            fits = answer.values.shape[::-1] == answer.expected
            return [f"{line} {words.says('verify.transpose_fits')}" if fits else line]
        if isinstance(answer, Failed) and not hints_only:
            return [words.says("verify.raised", name=name, **answer._asdict())]
        return []

    def _of_vote(self, each: Disagreement, hints_only: bool) -> tuple[str, dict[str, Any]]:
        name = self._words.name(each.quantity)
        if each.is_kink:
            places = [self.place(each.quantity, tuple(map(int, at))) for at in np.argwhere(each.where)[: LISTED + 1]]
            return "verify.kink", {
                "name": name,
                "where": "; ".join([*places[:LISTED], *["…"] * (len(places) > LISTED)]),
            }
        if hints_only:
            return "verify.engine_hint", {"name": name}
        numeric = (each.ahead + each.behind) / 2
        return "verify.engine", {"name": name, "autodiff": f"{each.autodiff:.6g}", "numeric": f"{numeric:.6g}"}

    def _as_dict(self, verdict: Verdict) -> dict[str, Any]:
        found: dict[str, Any] = {"step": verdict.quantity.key, "status": verdict.status.replace(" ", "_")}
        worst, given = verdict.worst, verdict.given
        if verdict.status != RIGHT and worst is not None and given is not None:
            found |= {"at": list(worst), "by_hand": float(given[worst]), "autodiff": float(verdict.right[worst])}
        return found
