"""An explanation as HTML for notebooks: inline CSS in the page's own colours, legible on light and on dark."""

from __future__ import annotations

from html import escape

import numpy as np

from autograd_lite.explanation.notation import Formula
from autograd_lite.explanation.steps import BackwardPass
from autograd_lite.explanation.telling import Line, Part, Section, Sign, Values, sections
from autograd_lite.matrices import Array, is_large, matrix, rows

_MATRIX = (
    "display:inline-block;vertical-align:middle;white-space:pre;font-family:monospace;line-height:1.3;margin:.1em;"
    "padding:0 .3em;border:solid currentColor;border-width:0 1px;border-radius:.3em"
)
_FORMULA = "font-family:serif;font-style:normal;white-space:nowrap"


def as_page(told: BackwardPass) -> str:
    """Return an explanation as HTML."""
    body = "\n".join(_section(each, told.decimals) for each in sections(told))
    return f'<div style="color:inherit;background:none;line-height:1.6">\n{body}\n</div>'


def _section(section: Section, decimals: int) -> str:
    heading = _line(section.heading, decimals)
    number = f"{section.number}. " if section.number else ""
    inner = [f"<div>{_line(each, decimals)}</div>" for each in section.calculations]
    inner += [f'<div style="opacity:.8">{_line(each, decimals)}</div>' for each in section.remarks]
    below = f'\n<div style="margin-left:1.8em">{"".join(inner)}</div>' if inner else ""
    return f'<div style="margin:.5em 0"><div><b>{number}</b>{heading}</div>{below}</div>'


def _line(line: Line, decimals: int) -> str:
    return "".join(_part(each, decimals) for each in line)


def _part(part: Part, decimals: int) -> str:
    if isinstance(part, Values):
        return _values(np.asarray(part.array), decimals)
    if isinstance(part, Formula):
        return f'<span style="{_FORMULA}">{escape(part.text())}</span>'
    return f" {escape(part.text)} " if isinstance(part, Sign) else escape(part.text)


def _values(array: Array, decimals: int) -> str:
    if array.ndim == 0 or is_large(array):
        return escape(matrix(array, decimals)[0])
    lines = "\n".join(rows(array, decimals))
    return f'<span style="{_MATRIX}">{escape(lines)}</span>'
