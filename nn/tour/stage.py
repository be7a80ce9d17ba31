"""What every chapter of the tour has at hand: the writer, the language, the checks, and the directory for its files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Protocol

from autograd_lite.errors import RenderError
from autograd_lite.matrices import superscript
from autograd_lite.writing import Row, Writer, style, to_ascii
from nn.messages import message
from nn.tour.checks import Checks

NO_BREAK = "\N{NO-BREAK SPACE}"
# Beside a sign of relation or operation, between the factors of a product, and before a percent sign.
_WITHIN_FORMULA = re.compile(r" (?=[=←−%])|(?<=[=←−]) |(?<=[α-ω]) (?=[α-ωo]\b)")


class Picture(Protocol):
    """A drawing that can be rendered."""

    def render(self, path: Path, /) -> Path: ...


@dataclass
class Stage:
    """The tour's surroundings.

    Attributes
    ----------
    out : Path
        The directory that the files go to; it exists.
    lang : {"en", "es"}
    writer : Writer
    checks : Checks
    files : list of Path
        Written so far.
    """

    out: Path
    lang: str = "en"
    writer: Writer = field(default_factory=Writer)
    checks: Checks = field(default_factory=Checks)
    files: list[Path] = field(default_factory=list)

    def words(self, key: str, **values: object) -> str:
        """Return a message in the tour's language."""
        return message(key, self.lang, **values)

    def chapter(self, key: str, **values: object) -> None:
        """Write a chapter's title, and below it what it shows."""
        self.writer.write()
        self.writer.write(style(self.words(f"{key}.title", **values), "bold"))
        self.paragraph(self.words(f"{key}.text", **values))
        self.writer.write()

    def paragraph(self, text: str) -> None:
        """Write a text broken into lines, but not within a formula."""
        tied = _WITHIN_FORMULA.sub(NO_BREAK, text)
        if self.writer.plain:
            tied = NO_BREAK.join(map(to_ascii, tied.split(NO_BREAK)))
        lines = wrap(tied, self.writer.columns - 2, break_long_words=False, break_on_hyphens=False)
        self.writer.write("\n".join("  " + line for line in lines).replace(NO_BREAK, " "))

    def line(self, key: str, **values: object) -> None:
        self.writer.write("  " + self.words(key, **values))

    def table(self, rows: Iterable[Row], header: Sequence[object]) -> None:
        self.writer.table(rows, header)

    def verdict(self, passed: bool, key: str, **values: object) -> None:
        """Write a marked line."""
        self.writer.write(f"  {mark(passed)} {self.words(key, **values)}")

    def picture(self, drawing: Picture, *names: str) -> None:
        """Render a drawing to files; where that is impossible the tour says why and goes on."""
        for name in names:
            try:
                self.wrote(drawing.render(self.out / name))
            except RenderError as error:
                self.checks.hold(name, False)
                self.writer.write(f"  {mark(False)} {name}: " + str(error).replace("\n", "\n    "))

    def wrote(self, path: Path) -> None:
        """Say that a file was written."""
        self.files.append(path)
        self.line("tour.wrote", path=path)


def mark(passed: bool) -> str:
    """Return ✓ in green or ✗ in red."""
    return style("✓", "green") if passed else style("✗", "bold", "red")


def difference(size: float) -> str:
    """Return a difference as tables show it.

    Examples
    --------
    >>> from nn.tour.stage import difference
    >>> difference(3.14159e-12), difference(0.0)
    ('3.1e-12', '0')
    """
    return f"{size:.1e}" if size else "0"


def power_of_ten(tolerance: float) -> str:
    """Return a tolerance as sentences name it.

    Examples
    --------
    >>> from nn.tour.stage import power_of_ten
    >>> power_of_ten(1e-12)
    '10⁻¹²'
    """
    return f"10⁻{superscript(-round(math.log10(tolerance)))}"
