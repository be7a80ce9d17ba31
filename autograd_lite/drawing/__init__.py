"""Pictures of computation graphs: from a graph to DOT, and from DOT to SVG, PNG, JPEG or PDF.

`draw` is the operations view. Other views are composed of the same parts: text of known width in blocks, cards, chains
laid out in lines, and a sheet that pins them.
"""

from autograd_lite.drawing.axes import Axis, axis_for, counted_ticks, linear_axis
from autograd_lite.drawing.bars import draw_bars
from autograd_lite.drawing.blocks import Block, Style, beside, printable, space, words
from autograd_lite.drawing.cards import Node, text_card
from autograd_lite.drawing.chain import Item, Step, lay_out
from autograd_lite.drawing.drawing import Drawing
from autograd_lite.drawing.graph_view import checked_decimals, draw
from autograd_lite.drawing.numbers import grouped, number, scientific, superscript
from autograd_lite.drawing.palette import Theme, theme_named
from autograd_lite.drawing.renderer import GraphvizInfo, graphviz_info
from autograd_lite.drawing.sheet import Sheet

__all__ = [
    "Axis",
    "Block",
    "Drawing",
    "GraphvizInfo",
    "Item",
    "Node",
    "Sheet",
    "Step",
    "Style",
    "Theme",
    "axis_for",
    "beside",
    "checked_decimals",
    "counted_ticks",
    "draw",
    "draw_bars",
    "graphviz_info",
    "grouped",
    "lay_out",
    "linear_axis",
    "number",
    "printable",
    "scientific",
    "space",
    "superscript",
    "text_card",
    "theme_named",
    "words",
]
