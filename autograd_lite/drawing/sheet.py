"""A sheet on which nodes are pinned at computed places, written as DOT that every Graphviz draws without a layout.

The y axis points down, in points; positions of nodes are those of their centres.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from types import MappingProxyType
from typing import NamedTuple

import graphviz

from autograd_lite.drawing.adaptive import css_class
from autograd_lite.drawing.blocks import Block, printable
from autograd_lite.drawing.cards import Node, plain_text, tooltip_text
from autograd_lite.drawing.fonts import text_width
from autograd_lite.drawing.palette import Theme
from autograd_lite.drawing.steps import Ends, Layout, Panel, Point
from autograd_lite.drawing.ways import Border, side_by_side

TITLE_SIZE = 9.5
_HEAD = 6.0
_CORNER = 5.0


@dataclass
class Sheet:
    """Collects pinned nodes, texts, arrows and panels, and writes them out as DOT.

    Parameters
    ----------
    name : str
        The title of the picture, which becomes the name of the graph.
    theme : Theme
    """

    name: str
    theme: Theme
    _nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    _arrows: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    _panels: list[Panel] = field(default_factory=list)

    def put(self, key: str, node: Node, centre: Point) -> None:
        """Pin a node."""
        self._nodes[key] = {**node.attributes, "pos": _at(centre)}

    def text(self, block: Block, left: float, top: float) -> None:
        """Pin a block of text by its upper left corner."""
        table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{block.cell()}</TR></TABLE>'
        node = {"shape": "plain", "label": f"<{table}>", "tooltip": " ", "class": "text"}
        centre = (left + block.width / 2, top + block.height / 2)
        self._nodes[f"text{len(self._nodes)}"] = {**node, "pos": _at(centre)}

    def box(self, left: float, top: float, width: float, height: float, **attributes: str) -> None:
        """Pin a rectangle by its upper left corner."""
        size = {"fixedsize": "true", "width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
        node = {"shape": "box", "label": "", "tooltip": " ", **size, **attributes}
        self._nodes[f"box{len(self._nodes)}"] = {**node, "pos": _at((left + width / 2, top + height / 2))}

    def arrow(self, tail: str, head: str, points: Sequence[Point], **attributes: str) -> None:
        """Draw an arrow along points; the last one is its tip."""
        self._arrows.append((tail, head, {"pos": _spline(points), **attributes}))

    def place(self, layout: Layout, nodes: Mapping[str, Node], back: Mapping[Ends, Way] = MappingProxyType({})) -> None:
        """Pin everything that was laid out, with the ways back beside the arrows that have one."""
        self._panels += layout.panels
        for key, centre in layout.centres.items():
            self.put(key, nodes[key], centre)
        for arrow in layout.arrows:
            ends = arrow.tail, arrow.head
            if ends not in back:
                self.arrow(*ends, arrow.points)
                continue
            tail, head = (_border(nodes[key], layout.centres[key]) for key in ends)
            forth, points = side_by_side(arrow, tail, head)
            self.arrow(*ends, forth)
            way, (left, top) = back[ends], layout.labels[ends]
            centre = (left + way.width / 2, top + way.height / 2)
            # From its tip to its start: for Graphviz, too, it is the arrow from tail to head that is turned around.
            place = {"lp": _at(centre)} if way.width else {}
            self._arrows.append((*ends, {"pos": _spline(points, at_start=True), **place, **way.attributes}))

    def source(self, **attributes: str) -> str:
        """Return the sheet as DOT, with more attributes of the graph if need be."""
        graph = digraph(self.name, self.theme, layout="nop2", outputorder="nodesfirst", **attributes)
        rest = dict(self._nodes)
        for number, panel in enumerate(self._panels, 1):
            with graph.subgraph(name=f"cluster_{number}", graph_attr=self._panel_attributes(panel)) as cluster:
                for key in panel.keys:
                    cluster.node(key, id=key, **rest.pop(key))
        for key, attributes in rest.items():
            graph.node(key, id=key, **attributes)
        for tail, head, attributes in self._arrows:
            graph.edge(tail, head, **attributes)
        return str(graph.source)

    def _panel_attributes(self, panel: Panel) -> dict[str, str]:
        right, bottom = panel.left + panel.width, panel.top + panel.height
        title = printable(panel.title)
        half = text_width(title, TITLE_SIZE, italic=True) / 2
        return {
            **panel_style(self.theme, panel.title),
            "bb": f"{panel.left:.2f},{-bottom:.2f},{right:.2f},{-panel.top:.2f}",
            "lp": _at((right - 9 - half, panel.top + 10)),
        }


class Way(NamedTuple):
    """A way back: its attributes in Graphviz, and the size of its label in points."""

    attributes: Mapping[str, str]
    width: float = 0.0
    height: float = 0.0


def digraph(name: str, theme: Theme, **attributes: str) -> graphviz.Digraph:
    """Return an empty graph with the fonts and colours of a theme."""
    return graphviz.Digraph(
        name=plain_text(name),
        graph_attr={
            "bgcolor": theme.page,
            "pad": "0.06",
            "tooltip": plain_text(name),
            **css_class(theme),
            **attributes,
        },
        node_attr={"fontname": "Times-Roman", "fontcolor": theme.ink},
        edge_attr={
            "color": theme.edge,
            "fontcolor": theme.muted,
            "fontname": "Times-Italic",
            "fontsize": "8",
            "labeldistance": "1.4",
            "penwidth": "1",
            "arrowsize": f"{_HEAD / 10:g}",
            "tooltip": " ",
        },
    )


def panel_style(theme: Theme, title: str) -> dict[str, str]:
    """Return the attributes of a cluster drawn as a panel with a title."""
    return {
        "label": plain_text(title),
        "fontname": "Times-Italic",
        "fontsize": f"{TITLE_SIZE:g}",
        "fontcolor": theme.muted,
        "style": "rounded,filled",
        "fillcolor": theme.panel_fill,
        "color": theme.panel_border,
        "tooltip": tooltip_text(title),
    }


def _border(node: Node, centre: Point) -> Border:
    return Border(centre, node.width, node.height, node.is_round)


def _at(point: Point) -> str:
    return f"{point[0]:.2f},{-point[1]:.2f}"


def _spline(points: Sequence[Point], *, at_start: bool = False) -> str:
    """Write a polyline with rounded corners as the Bézier curve of an edge, its arrowhead at the last point.

    An edge that is drawn backward has its arrowhead at the start of its curve.
    """
    tip = points[-1]
    path = [*points[:-1], _towards(tip, points[-2], _HEAD)]
    curve = [path[0]]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        radius = min(_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        enter, leave = _towards(corner, before, radius), _towards(corner, after, radius)
        curve += [*_straight(curve[-1], enter), corner, corner, leave]
    curve += _straight(curve[-1], path[-1])
    return f"{'s' if at_start else 'e'},{_at(tip)} " + " ".join(map(_at, curve[::-1] if at_start else curve))


def _straight(start: Point, end: Point) -> list[Point]:
    """The control points of a straight stretch, without its start."""
    third = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (1 / 3, 2 / 3)]
    return [*third, end]


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = _length(start, end)
    share = min(distance / length, 1.0) if length else 0.0
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _length(start: Point, end: Point) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])
