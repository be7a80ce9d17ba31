"""An SVG as what is seen in it: texts with the rectangles of their letters, grounds, cards, and lines."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd_lite.drawing.fonts import text_width

SVG = "{http://www.w3.org/2000/svg}"
_NUMBERS = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
_APART = re.compile(r"(text|box)\d+$")
_STEPS = 12

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass
class Text:
    """A line of text, and the card that it stands in."""

    words: str
    box: Box
    size: float
    fill: str
    slanted: bool
    bold: bool
    order: int
    group: str


@dataclass
class Shape:
    """An area or a frame."""

    box: Box
    fill: str
    stroke: str
    order: int
    group: str


@dataclass
class Line:
    """The line of an arrow, from what to what."""

    ends: tuple[str, str]
    points: list[Point]
    stroke: str
    width: float
    dashes: str


@dataclass
class Parts:
    """Everything that is seen in a picture, in its own coordinates."""

    page: Box
    texts: list[Text] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def node(self, key: str) -> Box | None:
        """The outline of a node."""
        boxes = [shape.box for shape in self.shapes if shape.group == key]
        return None if not boxes else _around(boxes)

    def nodes(self) -> dict[str, Box]:
        """The outlines of all nodes that are cards or circles: no legends, and no grounds for something else."""
        keys = dict.fromkeys(shape.group for shape in self.shapes if shape.group)
        return {key: box for key in keys if not _APART.match(key) and (box := self.node(key))}

    def ground(self, text: Text) -> str:
        """The colour on which a text stands."""
        x, y = (text.box[0] + text.box[2]) / 2, (text.box[1] + text.box[3]) / 2
        under = [
            shape
            for shape in self.shapes
            if shape.order < text.order and shape.fill not in ("none", "transparent") and _holds(shape.box, x, y)
        ]
        return max(under, key=lambda shape: shape.order).fill


def parts_of(svg: bytes | str) -> Parts:
    """Read an SVG that Graphviz or `curve_svg` wrote."""
    root = ET.fromstring(svg)
    left, top, width, height = map(float, _NUMBERS.findall(root.get("viewBox", "")))
    scale, shift = _transform(root)
    corner = left / scale - shift[0], top / scale - shift[1]
    parts = Parts((*corner, corner[0] + width / scale, corner[1] + height / scale))
    for order, (element, group, kind) in enumerate(_walk(root, "", "")):
        tag = element.tag.removeprefix(SVG)
        if tag == "text" and element.text:
            parts.texts.append(_text(element, order, group))
        elif tag == "path" and kind == "edge":
            parts.lines.append(_line(element, group))
        elif tag in ("polygon", "ellipse", "path", "rect") and kind != "edge":
            parts.shapes.append(
                Shape(_outline(element), element.get("fill", "none"), element.get("stroke", "none"), order, group)
            )
    return parts


def _walk(element: ET.Element, group: str, kind: str) -> Iterator[tuple[ET.Element, str, str]]:
    """Yield all elements with the node or the edge that they are part of."""
    for child in element:
        within, sort = group, kind
        role = (child.get("class") or "").split(" ")[0] if child.tag == f"{SVG}g" else ""
        if role in ("node", "edge"):
            title = child.find(f"{SVG}title")
            within, sort = "" if title is None else title.text or "", role
        yield child, within, sort
        yield from _walk(child, within, sort)


def _transform(root: ET.Element) -> tuple[float, Point]:
    graph = root.find(f"{SVG}g")
    found = None if graph is None else graph.get("transform")
    if not found:
        return 1.0, (0.0, 0.0)
    scale = re.search(r"scale\(([\d.]+)", found)
    shift = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)", found)
    return float(scale[1]) if scale else 1.0, (float(shift[1]), float(shift[2])) if shift else (0.0, 0.0)


def _text(element: ET.Element, order: int, group: str) -> Text:
    size, x, y = (float(element.get(each, "0")) for each in ("font-size", "x", "y"))
    bold = element.get("font-weight") == "bold"
    slanted = element.get("font-style") in ("italic", "oblique")
    courier = element.get("font-family", "").startswith("Courier")
    words = element.text or ""
    width = text_width(words, size, bold=bold, italic=slanted, courier=courier)
    left = x - width * {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", "start"), 0.0)
    box = (left, y - 0.68 * size, left + width, y + 0.12 * size)
    if "rotate(-90" in element.get("transform", ""):
        box = (x - 0.68 * size, y - width / 2, x + 0.12 * size, y + width / 2)
    return Text(
        words.replace("\N{NO-BREAK SPACE}", " "), box, size, element.get("fill", "black"), slanted, bold, order, group
    )


def _line(element: ET.Element, ends: str) -> Line:
    tail, _, head = ends.partition("->")
    style = element.get("stroke", "black"), float(element.get("stroke-width", "1")), element.get("stroke-dasharray", "")
    return Line((tail, head), list(_along(_points(element.get("d", "")))), *style)


def _along(points: list[Point]) -> Iterator[Point]:
    """Points of a cubic spline."""
    for k in range(0, len(points) - 3, 3):
        curve = points[k : k + 4]
        for step in range(_STEPS + 1):
            t = step / _STEPS
            weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            x, y = (sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))
            yield x, y


def _outline(element: ET.Element) -> Box:
    if element.tag == f"{SVG}ellipse":
        x, y, across, down = (float(element.get(each, "0")) for each in ("cx", "cy", "rx", "ry"))
        return x - across, y - down, x + across, y + down
    if element.tag == f"{SVG}rect":
        x, y, width, height = (float(element.get(each, "0")) for each in ("x", "y", "width", "height"))
        return x, y, x + width, y + height
    points = _points(element.get("points") or element.get("d", ""))
    return _around([(x, y, x, y) for x, y in points])


def _points(text: str) -> list[Point]:
    numbers = [float(each) for each in _NUMBERS.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
