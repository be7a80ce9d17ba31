"""Pieces of lines for legends: as thick, dashed and headed as the lines of a picture that they explain."""

from __future__ import annotations

from autograd_lite.drawing.blocks import Block, Style, above, beside, space, words

_HEAD = 10.0
# How far below the top of its line an arrow of Times has its shaft, as a share of its size.
_SHAFT = 0.7


def stroke(colour: str, *, thick: int = 1, line: str = "solid", head: str = "", length: int = 18) -> Block:
    """Return a piece of a line as a block.

    Parameters
    ----------
    colour : str
    thick : int
        In points.
    line : {'solid', 'dashed', 'dotted'}
    head : {'', '→', '←'}
        The arrowhead at one of its ends.
    length : int
        In points, without the head.

    Examples
    --------
    >>> stroke("#C2410C", thick=2, head="←").width
    28
    """
    pen = f' BORDER="{thick}" SIDES="B" STYLE="{line}" COLOR="{colour}"'
    down = round(_SHAFT * _HEAD + thick / 2)
    drawn = above([Block("", length, down, border=pen), space(length, round(1.25 * _HEAD) - down)])
    if not head:
        return drawn
    tip = words(head, Style(_HEAD, colour, bold=thick > 1))
    return beside([drawn, tip] if head == "→" else [tip, drawn])
