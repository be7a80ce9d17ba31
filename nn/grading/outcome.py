"""How one homework came out, as plain data: what tables, spreadsheets and other programs are given."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from nn.grading.faults import clean
from nn.grading.report import Report
from nn.messages import message

RIGHT, WRONG, COULD_NOT_RUN = "right", "wrong", "could_not_run"
_NUMBERS = ("at", "by_hand", "autodiff")


@dataclass(frozen=True)
class Outcome:
    """How one homework came out.

    Attributes
    ----------
    status : {"right", "wrong", "could_not_run"}
    score : float
        The share of what was required that is right, from 0 to 1.
    first_error : str or None
        The key of the first wrong step, 'delta2'.
    steps : list of dict
        How each step that was given stands.
    diagnoses : list of list of dict
        The explanations, each a set of mistakes with ids that are the same in every language.
    missing : list of str
        What was required and not given.
    message : str
        What is wrong, in words; for a homework that could not run, on a second line how to mend it.
    text : str
        The report.
    """

    status: str
    score: float = 0.0
    first_error: str | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    diagnoses: list[list[dict[str, Any]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    message: str = ""
    text: str = ""

    @property
    def ids(self) -> list[str]:
        """The ids of the mistakes in all explanations."""
        return list(dict.fromkeys(str(cause["id"]) for causes in self.diagnoses for cause in causes))

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome ready for JSON."""
        return asdict(self)


def outcome_of(report: Report, *, hints_only: bool = False, plain: bool = False) -> Outcome:
    """Return what a report says; as hints without its numbers and formulas."""
    told = report.to_dict()
    left_out = _NUMBERS if hints_only else ()
    steps = [{name: _finite(value) for name, value in step.items() if name not in left_out} for step in told["steps"]]
    sentences = report.sentences(hints_only=hints_only)
    words = sentences[: sentences.index("")] if "" in sentences else sentences
    if report.missing:
        names = ", ".join(quantity.sign(report.notation) for quantity in report.missing)
        absent = message("homework.missing", report.lang, names=names)
        words = [*(words if told["first_error"] else []), absent]
    return Outcome(
        status=RIGHT if report.ok else WRONG,
        score=report.score,
        first_error=told["first_error"],
        steps=steps,
        diagnoses=told["diagnoses"],
        missing=told["missing"],
        message=" ".join(each.strip() for each in words),
        text=report.text(hints_only=hints_only, plain=plain),
    )


def could_not_run(what: str, mend: str = "") -> Outcome:
    """Return the outcome of a homework without an answer to judge."""
    lines = [clean(each) for each in (what, *mend.splitlines()) if each.strip()]
    return Outcome(COULD_NOT_RUN, message="\n".join(lines[:2]))


def received(reply: dict[str, Any]) -> Outcome:
    """Return an outcome that a process sent.

    Raises
    ------
    ValueError
        When it is none.
    """
    try:
        outcome = Outcome(**reply)
        is_known = outcome.status in (RIGHT, WRONG) and 0.0 <= outcome.score <= 1.0
        texts = [outcome.message, outcome.text, outcome.first_error or "", *outcome.ids, *outcome.missing]
    except (TypeError, KeyError) as error:
        raise ValueError(str(error)) from error
    if not is_known or not all(isinstance(each, str) for each in texts):
        raise ValueError(outcome.status)
    return outcome


def _finite(value: Any) -> Any:
    """Spell what JSON has no number for."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
