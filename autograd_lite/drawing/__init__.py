"""Pictures of computation graphs: from a graph to DOT, and from DOT to SVG, PNG, JPEG or PDF.

`draw` is the operations view. Other views are composed of the same parts: text of known width in blocks, cards, chains
laid out in lines, and a sheet that pins them.
"""

from autograd_lite.drawing.axes import Axis, axis_for, counted_ticks, linear_axis
from autograd_lite.drawing.bars import draw_bars
from autograd_lite.drawing.blocks import (
    Block,
    Style,
    above,
    beside,
    card,
    matrix,
    padded,
    printable,
    shortened,
    space,
    words,
)
from autograd_lite.drawing.cards import Node, operation_circle, text_card
from autograd_lite.drawing.chain import lay_out
from autograd_lite.drawing.drawing import Drawing
from autograd_lite.drawing.graph_view import draw
from autograd_lite.drawing.numbers import grouped, number, rows, scientific, shape_text, summary
from autograd_lite.drawing.other_names import draw_dot, make_dot
from autograd_lite.drawing.palette import Theme, theme_named
from autograd_lite.drawing.paper import READABLE, page_width
from autograd_lite.drawing.pdf import svg_to_pdf
from autograd_lite.drawing.renderer import GraphvizInfo, graphviz_info, size
from autograd_lite.drawing.rules import Piece
from autograd_lite.drawing.sheet import Sheet
from autograd_lite.drawing.steps import Item, Step
from autograd_lite.drawing.story import Detail, Moment, Numbers, Story, numbers_of
from autograd_lite.drawing.strokes import stroke

__all__ = [
    "READABLE",
    "Axis",
    "Block",
    "Detail",
    "Drawing",
    "GraphvizInfo",
    "Item",
    "Moment",
    "Node",
    "Numbers",
    "Piece",
    "Sheet",
    "Step",
    "Story",
    "Style",
    "Theme",
    "above",
    "axis_for",
    "beside",
    "card",
    "counted_ticks",
    "draw",
    "draw_bars",
    "draw_dot",
    "graphviz_info",
    "grouped",
    "lay_out",
    "linear_axis",
    "make_dot",
    "matrix",
    "number",
    "numbers_of",
    "operation_circle",
    "padded",
    "page_width",
    "printable",
    "rows",
    "scientific",
    "shape_text",
    "shortened",
    "size",
    "space",
    "stroke",
    "summary",
    "svg_to_pdf",
    "text_card",
    "theme_named",
    "words",
]
