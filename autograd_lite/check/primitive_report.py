"""What ag.check_primitive found: for each thing that it tests on how many calls it is right, or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from autograd_lite.errors import GradientCheckError
from autograd_lite.messages import message
from autograd_lite.writing import table

Verdict = Literal["right", "wrong", "untried"]
# Failing tests up to which a message names them all; the report does.
LISTED = 2
MARKS = {"right": "✓", "wrong": "✗", "untried": "-"}


@dataclass(frozen=True)
class Attempt:
    """One thing that was tested.

    Attributes
    ----------
    id : str
        "value", "writes", "first", "second", "float32", "broadcast", "layout", "scalar", "empty" or "definition".
    verdict : {"right", "wrong", "untried"}
    calls : int
        On how many calls it was tried.
    call : int or None
        The number of the first call on which it is wrong.
    problem : Exception or None
        What is wrong there.
    """

    id: str
    verdict: Verdict
    calls: int
    call: int | None = None
    problem: Exception | None = field(default=None, compare=False)

    @property
    def said(self) -> list[str]:
        """What is wrong, and how to mend it, a line each."""
        if self.problem is None:
            return []
        first, *rest = str(self.problem).splitlines() or [type(self.problem).__name__]
        return [first.removeprefix("check_primitive: ").partition("; off by")[0].rstrip("."), " ".join(rest)]


@dataclass(frozen=True)
class PrimitiveReport:
    """The attempts on one operation; printed as a table.

    Attributes
    ----------
    name : str
        Of the operation.
    attempts : tuple of Attempt
    lang : {"en", "es"}
        Of the printed table.
    """

    name: str
    attempts: tuple[Attempt, ...]
    lang: str = "en"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures

    @property
    def failures(self) -> tuple[Attempt, ...]:
        """What is wrong."""
        return tuple(each for each in self.attempts if each.verdict == "wrong")

    def raise_if_wrong(self) -> None:
        """Raise unless all is right.

        Raises
        ------
        GradientCheckError
            Says what fails, and of the first what is wrong; its `report` is this.
        """
        if self.ok:
            return
        first = self.failures[0]
        names = [message(f"primitive.{each.id}") for each in self.failures]
        what, mend = first.said
        listed = ", ".join(names) if len(names) <= LISTED else f"{names[0]} and {len(names) - 1} more tests"
        problem = GradientCheckError(f"check_primitive: {self.name} fails {listed}: {what}.", mend)
        problem.report = self
        problem.mismatch = getattr(first.problem, "mismatch", None)
        raise problem from first.problem

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        return {
            "name": self.name,
            "ok": self.ok,
            "attempts": [
                {"id": each.id, "verdict": each.verdict, "calls": each.calls, "call": each.call, "said": each.said}
                for each in self.attempts
            ],
        }

    def __str__(self) -> str:
        key = "title_right" if self.ok else "title_wrong"
        title = message(f"primitive.{key}", self.lang, name=self.name, count=len(self.failures))
        rows: list[list[str] | str] = []
        for each in self.attempts:
            rows.append(
                [MARKS[each.verdict], message(f"primitive.{each.id}", self.lang), self._counted(each)],
            )
            rows += [f"     {line}" for line in each.said if line]
        return f"{title}\n{table(rows, indent=2)}"

    def __repr__(self) -> str:
        return str(self)

    def _counted(self, attempt: Attempt) -> str:
        if attempt.verdict == "untried":
            return message("primitive.untried", self.lang)
        if attempt.call is not None:
            return message("primitive.at_call", self.lang, call=attempt.call)
        return message("primitive.calls" if attempt.calls > 1 else "primitive.one_call", self.lang, count=attempt.calls)
