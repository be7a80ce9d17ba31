r"""An explanation in LaTeX: ASCII only, and nothing beyond amsmath."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, takewhile

import numpy as np

from autograd_lite.explanation.notation import Formula
from autograd_lite.explanation.steps import BackwardPass
from autograd_lite.explanation.telling import Line, Part, Section, Sign, Values, Words, sections
from autograd_lite.matrices import Array, is_large, matrix, numbers, rows
from autograd_lite.tex import number, words

# Letters that a display has room for.
LONGEST = 66
_DOCUMENT = "\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
_SIGNS = {"=": "=", "+": "+", "+=": r"\mathrel{+}="}


def as_latex(told: BackwardPass, *, standalone: bool = False) -> str:
    """Return an explanation as LaTeX: a part of a document, or a whole one."""
    body = "\n\n".join(_section(each, told.decimals) for each in sections(told))
    return _DOCUMENT.format(body=body) if standalone else body + "\n"


def _section(section: Section, decimals: int) -> str:
    title = rf"\textbf{{{section.number}.}} " if section.number else ""
    lines = [rf"\par\medskip\noindent {title}{_sentence(section.heading, decimals)}"]
    if section.calculations:
        calculations = " \\\\\n".join(_calculation(each, decimals) for each in section.calculations)
        lines.append(f"\\begin{{align*}}\n{calculations}\n\\end{{align*}}")
    lines += [rf"\par\noindent {_sentence(each, decimals)}" for each in section.remarks]
    return "\n".join(lines)


def _sentence(line: Line, decimals: int) -> str:
    """Return a line as running text, with mathematics where there are formulas."""
    runs = groupby(line, key=lambda part: isinstance(part, Words))
    return "".join(
        "".join(words(each.text) for each in run if isinstance(each, Words))
        if is_text
        else f"${' '.join(_mathematics(each, decimals) for each in run)}$"
        for is_text, run in runs
    )


def _calculation(line: Line, decimals: int) -> str:
    """Return a line of a display, aligned at its first sign."""
    lines: list[list[str]] = [[]]
    used, is_aligned = 0, False
    for k, part in enumerate(line):
        used += _length(part, decimals)
        if isinstance(part, Sign):
            if is_aligned and used + sum(_length(each, decimals) for each in _up_to_a_sign(line[k + 1 :])) > LONGEST:
                lines.append([r"&\quad"])
                used = 0
            elif not is_aligned:
                lines[-1].append("&")
            is_aligned = True
        lines[-1].append(_mathematics(part, decimals))
    return " \\\\\n".join(map(" ".join, lines))


def _up_to_a_sign(line: Line) -> Iterator[Part]:
    return takewhile(lambda part: not isinstance(part, Sign), line)


def _length(part: Part, decimals: int) -> int:
    """Return about how many letters wide a part will be."""
    if isinstance(part, Values):
        array = np.asarray(part.array)
        return len(matrix(array, decimals)[0]) if array.ndim == 0 or is_large(array) else len(rows(array, decimals)[0])
    return len(part.text()) if isinstance(part, Formula) else len(part.text)


def _mathematics(part: Part, decimals: int) -> str:
    if isinstance(part, Values):
        return _values(np.asarray(part.array), decimals)
    if isinstance(part, Sign):
        return _SIGNS[part.text]
    return part.tex() if isinstance(part, Formula) else rf"\text{{{words(part.text)}}}"


def _values(array: Array, decimals: int) -> str:
    if array.ndim == 0:
        return number(matrix(array, decimals)[0])
    if is_large(array):
        return rf"\text{{{words(matrix(array, decimals)[0])}}}"
    cells = " \\\\ ".join(" & ".join(map(number, row)) for row in numbers(array, decimals))
    return rf"\begin{{bmatrix}} {cells} \end{{bmatrix}}"
