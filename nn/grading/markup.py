r"""A report in LaTeX and in HTML: the table of the steps, and below it what is wrong."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from nn.telling import tex

_SIGNS = frozenset("=−+⊙·/×")
_MATHEMATICS = re.compile(r"[δσ∂ΣθŷᵀηŷΔ⁰¹²³⁴⁵⁶⁷⁸⁹ᵢⱼ½]|^[−=⊙·+]$|^[a-zA-Z]\(|^\(?[apyz][).,:;]*$")
_STYLES = {
    "table": "border-collapse: collapse; font-variant-numeric: tabular-nums;",
    "cell": "text-align: left; padding: 0.15em 0.9em; border-bottom: 1px solid rgba(127, 127, 127, 0.35);",
}


class Sheet(NamedTuple):
    """What a report says, before it is set: the first column of the table holds formulas."""

    title: str
    header: list[str]
    rows: list[list[str]]
    sentences: list[str]


def as_latex(sheet: Sheet) -> str:
    """Return a report for pdfLaTeX with amsmath, in ASCII."""
    lines = [rf"\noindent {_sentence(sheet.title)}", "", r"\medskip\noindent"]
    lines.append(rf"\begin{{tabular}}{{ll{'r' * (len(sheet.header) - 2)}}}")
    lines.append(" & ".join(map(tex.words, sheet.header)) + r" \\ \hline")
    for name, *cells in sheet.rows:
        written = [_sentence(cell.lstrip("✓✗–? ")) for cell in cells]
        lines.append(" & ".join([f"${tex.formula(name).code}$", *written]) + r" \\")
    lines += [r"\end{tabular}", ""]
    for sentence in filter(None, sheet.sentences):
        lines += [rf"\medskip\noindent {_sentence(sentence)}", ""]
    return "\n".join(lines)


def as_html(sheet: Sheet) -> str:
    """Return a report as HTML for a notebook, legible on light and on dark ground."""
    head = "".join(f'<th style="{_STYLES["cell"]}">{escape(cell)}</th>' for cell in sheet.header)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_STYLES["cell"]}">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in sheet.rows
    )
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in sheet.sentences if sentence)
    return (
        f'<div><p>{escape(sheet.title)}</p><table style="{_STYLES["table"]}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{sentences}</div>"
    )


def _sentence(text: str) -> str:
    r"""Write a sentence with the formulas that it holds.

    Examples
    --------
    >>> print(_sentence("δ² lacks the factor σ′(z²), y falta a − y."))
    $\delta^{2}$ lacks the factor $\sigma'(z^{2})$, y falta $a - y$.
    """
    words = text.split()
    signs = [word in _SIGNS for word in words]
    code, run = [], list[str]()
    for k, word in enumerate(words):
        beside_a_sign = any(signs[max(0, k - 1) : k + 2])
        is_formula = bool(_MATHEMATICS.search(word)) and (beside_a_sign or len(word.strip(".,:;")) > 1)
        if is_formula:
            run.append(word)
        if run and (not is_formula or word[-1] in ".,:;"):
            code.append(_formula(" ".join(run)))
            run = []
        if not is_formula:
            code.append(tex.words(word))
    return " ".join([*code, *([_formula(" ".join(run))] if run else [])])


def _formula(run: str) -> str:
    bare = run.rstrip(".,:;")
    return f"${tex.formula(bare).code}${run[len(bare) :]}"
