"""PDF without a system Graphviz, by the package typst; and what is answered without either."""

import re

import pytest

import autograd_lite as ag
import nn
from autograd_lite.drawing import drawing, pdf, renderer
from autograd_lite.errors import RenderError


@pytest.fixture
def only_embedded(monkeypatch):
    """A machine without a Graphviz of its own."""
    monkeypatch.setattr(renderer.shutil, "which", lambda name: None)


def test_without_the_extra_the_error_says_what_to_install(loss, tmp_path, monkeypatch, only_embedded):
    for module in (drawing, renderer):
        monkeypatch.setattr(module, "can_write_pdf", lambda: False)
    with pytest.raises(RenderError, match=re.escape("Run pip install 'autograd-lite[pdf]'")) as caught:
        ag.draw(loss).render(tmp_path / "graph.pdf")
    assert len(str(caught.value).splitlines()) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.extra("typst")
def test_a_pdf_has_the_size_of_the_picture_and_fonts_of_its_own(loss, tmp_path, only_embedded):
    picture = ag.draw(loss, width="17cm")
    data = picture.render(tmp_path / "graph.pdf").read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") + data.count(b"/Type/Page/") <= 1
    width, height = (float(each) for each in re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", data)[0])
    svg = picture.pipe("svg").decode()
    assert f'width="{width:.0f}pt"' in svg and f'height="{height:.0f}pt"' in svg
    fonts = set(re.findall(rb"\+(LibertinusSerif|DejaVuSansMono)", data))
    assert fonts == {b"LibertinusSerif", b"DejaVuSansMono"}
    assert "pdf" in renderer.formats()


@pytest.mark.extra("typst")
def test_a_pdf_is_the_same_every_time(loss, only_embedded):
    assert ag.draw(loss).pipe("pdf") == ag.draw(loss).pipe("pdf")


@pytest.mark.extra("typst")
@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_every_view_and_theme_can_be_a_pdf(theme, only_embedded):
    for view in ("layers", "delta", "neurons", "ops"):
        assert nn.draw(*nn.worked_example(), view=view, theme=theme).pipe("pdf").startswith(b"%PDF")


def test_a_letter_that_the_font_lacks_is_set_apart_from_the_others():
    text = '<text text-anchor="middle" x="50" y="9" font-family="Libertinus Serif" font-size="10.00">xᵀ&amp;x</text>'
    pieces = re.findall(r'x="([\d.]+)" [^>]*font-family="([^"]+)">([^<]+)<', pdf._TEXT.sub(pdf._in_pieces, text))
    assert [piece[1:] for piece in pieces] == [
        ("Libertinus Serif", "x"),
        ("DejaVu Sans Mono", "ᵀ"),
        ("Libertinus Serif", "&amp;x"),
    ]
    places = [float(piece[0]) for piece in pieces]
    assert places == sorted(places) and places[0] < 50 < places[2] + 10
