"""An SVG as PDF without a system Graphviz, by the package typst, which brings fonts of its own."""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from importlib import import_module
from importlib.util import find_spec

from autograd_lite.drawing.fonts import text_width
from autograd_lite.errors import RenderError

INSTALL = "pip install 'autograd-lite[pdf]'"
# Those that typst brings along; DejaVu Sans Mono is as wide as Courier, Libertinus as Times.
_MONO, _SERIF = "DejaVu Sans Mono", "Libertinus Serif"
_FONTS = {"Courier,monospace": _MONO, "Times,serif": _SERIF}
_LACKING = re.compile("([ᵢⱼᵀʘ⊙✓✗]+)")
_TEXT = re.compile(f'<text ([^>]*font-family="{_SERIF}"[^>]*)>([^<]+)</text>')
_PAGE = """\
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.description)
"""


@cache
def can_write_pdf() -> bool:
    """Tell whether the package typst is installed."""
    return find_spec("typst") is not None


def svg_to_pdf(svg: str, *, title: str, description: str) -> bytes:
    """Return a page of the size of the picture, with its fonts embedded.

    Raises
    ------
    RenderError
        When the package typst is missing or fails.
    """
    try:
        typst = import_module("typst")
    except ImportError as error:
        raise RenderError("PDF needs the package typst, which is not installed.", f"Run {INSTALL}.") from error
    for family, embedded in _FONTS.items():
        svg = svg.replace(f'font-family="{family}"', f'font-family="{embedded}"')
    inputs = {"svg": _TEXT.sub(_in_pieces, svg), "title": title, "description": description}
    try:
        return bytes(typst.compile(_PAGE.encode(), sys_inputs=inputs))
    except RuntimeError as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise RenderError(f"typst could not write the PDF: {reason}.", "Write an SVG, and convert that.") from error


def _in_pieces(found: re.Match[str]) -> str:
    """Set letters that Libertinus lacks apart, each piece at its own place.

    In one piece, a font that has these letters would take the place of Libertinus for the whole line.
    """
    attributes, text = found[1], unescape(found[2])
    if not _LACKING.search(text):
        return found[0]
    size = float(_attribute(attributes, "font-size"))
    bold, italic = 'font-weight="bold"' in attributes, 'font-style="italic"' in attributes
    widths = [text_width(piece, size, bold=bold, italic=italic) for piece in _LACKING.split(text)]
    x = float(_attribute(attributes, "x")) - (sum(widths) / 2 if 'text-anchor="middle"' in attributes else 0.0)
    pieces = []
    for piece, width in zip(_LACKING.split(text), widths, strict=True):
        family = _MONO if _LACKING.match(piece) else _SERIF
        if piece:
            pieces.append(f'<tspan x="{x:.2f}" text-anchor="start" font-family="{family}">{escape(piece)}</tspan>')
        x += width
    return f"<text {attributes}>{''.join(pieces)}</text>"


def _attribute(attributes: str, name: str) -> str:
    written = re.search(rf'(?<![\w-]){name}="([^"]*)"', attributes)
    return written[1] if written else "0"
