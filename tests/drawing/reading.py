"""Reads pictures as people do: the texts of an SVG, and the size of a PNG."""

import struct
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing):
    """Every text of a picture, as a reader sees it."""
    tree = ET.fromstring(drawing.pipe("svg"))
    return [element.text.replace("\N{NO-BREAK SPACE}", " ") for element in tree.iter(f"{SVG}text")]


def texts_in(group):
    """The texts of one part of a picture."""
    return [element.text for element in group.iter(f"{SVG}text")]


def size_of(png):
    """Width and height of a PNG in pixels."""
    return struct.unpack(">II", png[16:24])
