"""Pictures are alike whether the system's Graphviz draws them or the embedded one."""

import re
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.drawing import renderer
from tests.drawing.reading import SVG, size_of

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="there is no system Graphviz here")


def pictures(loss):
    """One picture of every layout: pinned, by dot, with ways back, of a network's views."""
    network = nn.worked_example()
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    return {
        "ops": ag.draw(loss, legend=True),
        "backward": ag.draw(loss, backward=True),
        "branches": ag.draw((x * x + np.tanh(x)).sum(), backward=True),
        "TB": ag.draw(loss, rankdir="TB", theme="dark"),
        **{view: nn.draw(*network, view=view) for view in ("layers", "delta", "neurons")},
    }


def drawn(drawing, backend):
    """An SVG of a picture, and the PNG, by one renderer."""
    svg = renderer.render(drawing.source, "svg", backend=backend).decode()
    return ET.fromstring(svg), renderer.render(drawing.source, "png", dpi=72, backend=backend)


@needs_dot
@pytest.mark.parametrize("name", ["ops", "backward", "branches", "TB", "layers", "delta", "neurons"])
def test_both_renderers_draw_the_same_texts_in_the_same_colours_on_the_same_paper(loss, name):
    drawing = pictures(loss)[name]
    (ours, our_png), (theirs, their_png) = (drawn(drawing, backend) for backend in ("embedded", "system"))
    for read in (
        lambda root: sorted(each.text for each in root.iter(f"{SVG}text")),
        lambda root: sorted({each.get("fill") for each in root.iter(f"{SVG}text")}),
        lambda root: sorted({each.get("font-family") for each in root.iter(f"{SVG}text")}),
        lambda root: sorted(filter(None, (each.get("id") for each in root.iter(f"{SVG}g"))))[:1],
        lambda root: sum((each.get("class") or "").startswith("edge") for each in root.iter(f"{SVG}g")),
    ):
        assert read(ours) == read(theirs)
    for one, other in zip(size_of(our_png), size_of(their_png), strict=True):
        assert abs(one - other) <= 0.05 * one + 2


@needs_dot
@pytest.mark.parametrize("name", ["ops", "backward", "layers", "delta", "neurons"])
def test_where_everything_is_pinned_every_text_stands_at_the_same_place(loss, name):
    drawing = pictures(loss)[name]

    def places(backend):
        root, _ = drawn(drawing, backend)
        return [(each.text, float(each.get("x")), float(each.get("y"))) for each in root.iter(f"{SVG}text")]

    theirs = places("system")
    for text, x, y in places("embedded"):
        assert any(text == other[0] and abs(x - other[1]) <= 4 and abs(y - other[2]) <= 3 for other in theirs)


@needs_dot
def test_an_svg_of_the_system_says_what_it_shows_too(loss):
    root = ET.fromstring(ag.draw(loss, backend="system").pipe("svg"))
    assert root.get("role") == "img" and root.find(f"{SVG}title").text == "The operations that compute L"
    assert "L = 0.1070" in root.find(f"{SVG}desc").text
    assert all(float(each.get("textLength", "1")) > 0 for each in root.iter(f"{SVG}text"))


@needs_dot
def test_the_system_writes_pdf(loss):
    assert ag.draw(loss, backend="system").pipe("pdf").startswith(b"%PDF")


def test_pango_is_told_families_that_are_as_wide_as_the_layout_expects():
    source = '<FONT FACE="Times-BoldItalic">a</FONT> [fontname="Courier"] <FONT FACE="Courier-Oblique">'
    told = re.findall(r'="([^"]*)"', renderer._FONT.sub(renderer._family, source))
    assert [each.split(",")[0] for each in told] == ["Times New Roman", "Courier New", "Courier New"]
    assert [each.rpartition(",")[2] for each in told] == ["serif bold italic", "monospace", "monospace italic"]


def test_no_name_is_taken_for_a_font():
    x = ag.tensor(1.0, requires_grad=True, name='FACE="Times-Roman" fontname="Courier"')
    with ag.scope('fontname="Times-Roman"'):
        source = ag.draw(x * 2).source
    changed = renderer._FONT.sub(renderer._family, source)
    assert changed.count("FACE=&quot;Times-Roman&quot;") == source.count("FACE=&quot;Times-Roman&quot;") > 0
    assert changed.count('fontname=\\"Times-Roman\\"') == source.count('fontname=\\"Times-Roman\\"') > 0
