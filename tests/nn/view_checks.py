"""What tests of pictures share: their texts, where these stand, and whether they are in one another's way."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from typing import NamedTuple

import numpy as np

from autograd_lite.drawing.fonts import text_width

SVG = "{http://www.w3.org/2000/svg}"


class Text(NamedTuple):
    """A text of a picture, with the rectangle of its letters."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    fill: str
    slanted: bool


def texts(drawing):
    """Every text of a picture, measured by the widths of Times and Courier."""
    found = []
    for element in ET.fromstring(drawing.pipe("svg")).iter(f"{SVG}text"):
        size, x, y = (float(element.get(each)) for each in ("font-size", "x", "y"))
        bold, slanted = element.get("font-weight") == "bold", element.get("font-style") in ("italic", "oblique")
        courier = element.get("font-family").startswith("Courier")
        width = text_width(element.text, size, bold=bold, italic=slanted, courier=courier)
        words = element.text.replace("\N{NO-BREAK SPACE}", " ")
        found.append(Text(words, x, y - 0.68 * size, x + width, y + 0.12 * size, size, element.get("fill"), slanted))
    return found


def overlaps(found):
    """Pairs of texts that cover each other by more than the rounding of a renderer."""
    slack = 0.6
    return [
        (one.words, other.words)
        for one, other in combinations(found, 2)
        if one.left < other.right - slack
        and other.left < one.right - slack
        and one.top < other.bottom - slack
        and other.top < one.bottom - slack
    ]


def numbers(found):
    """All numbers of a picture, one by one."""
    return [word for text in found for word in re.split(r"[\s()]+", text.words) if re.search(r"\d", word)]


def size_of(drawing):
    """Width and height of a picture in points."""
    box = ET.fromstring(drawing.pipe("svg")).get("viewBox").split()
    return float(box[2]), float(box[3])


def on_page(drawing):
    """Width of a picture on its page, and the size of its smallest text there, in points."""
    svg = drawing.pipe("svg").decode()
    scale = re.search(r"scale\(([\d.]+)", svg)
    smallest = min(text.size for text in texts(drawing)) * (float(scale[1]) if scale else 1.0)
    return float(re.search(r'<svg width="([\d.]+)pt"', svg)[1]), smallest


def written(values, decimals=4):
    """Numbers as a reader expects them: so many decimals, a true minus sign, and no negative zero."""
    texts = [f"{value:.{decimals}f}" for value in np.ravel(values)]
    return [(each.removeprefix("-") if float(each) == 0 else each).replace("-", "−") for each in texts]
