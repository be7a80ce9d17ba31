"""Files: the format of each suffix, written whole or not at all, by whatever Graphviz there is."""

import os
import sys
from pathlib import Path

import pytest

import autograd_lite as ag
from autograd_lite.drawing import drawing, renderer
from autograd_lite.errors import ArgumentError, RenderError, UsageError
from tests.drawing.reading import size_of


@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("jpg", b"\xff\xd8"), ("json", b"{")]
)
def test_a_file_is_written_in_the_format_of_its_suffix(loss, tmp_path, suffix, start):
    written = ag.draw(loss).render(tmp_path / f"graph.{suffix}")
    assert written == tmp_path / f"graph.{suffix}" and written.read_bytes().startswith(start)
    assert [each.name for each in tmp_path.iterdir()] == [written.name]


def test_a_format_is_appended_to_a_path_without_one(loss, tmp_path):
    assert ag.draw(loss).render(tmp_path / "v1.2", format="png").name == "v1.2.png"


def test_the_source_needs_no_graphviz(loss, tmp_path, no_graphviz):
    drawing = ag.draw(loss)
    assert drawing.save(tmp_path / "graph.dot").read_text(encoding="utf-8") == drawing.source
    assert drawing.render(tmp_path / "again.dot").read_bytes() == drawing.pipe("dot") == drawing.source.encode()
    assert drawing.to_graphviz().source.rstrip() == drawing.source.rstrip()
    assert ag.graphviz_info().formats == ("dot",)


def test_without_graphviz_a_picture_says_what_to_install(loss, no_graphviz):
    with pytest.raises(RenderError, match="pip install graphviz-pure"):
        ag.draw(loss).pipe("svg")
    bundle = ag.draw(loss)._repr_mimebundle_()
    assert list(bundle) == ["text/plain"] and "pip install graphviz-pure" in bundle["text/plain"]


def test_a_notebook_shows_the_svg(loss):
    bundle = ag.draw(loss)._repr_mimebundle_(include=None, exclude=None)
    assert bundle["image/svg+xml"].startswith("<?xml") and "<Drawing" in bundle["text/plain"]


def test_an_existing_file_can_be_kept(loss, tmp_path):
    target = tmp_path / "graph.svg"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(RenderError, match="overwrite=True"):
        ag.draw(loss).render(target, overwrite=False)
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_link_to_nothing_is_there_already_too(loss, tmp_path):
    link = tmp_path / "graph.svg"
    try:
        link.symlink_to(tmp_path / "elsewhere.svg")
    except OSError:
        pytest.skip("no symbolic links here")
    for write in (ag.draw(loss).render, ag.draw(loss).save):
        with pytest.raises(RenderError, match="exists already"):
            write(link, overwrite=False)
    assert link.is_symlink() and not (tmp_path / "elsewhere.svg").exists()


@pytest.mark.skipif(os.name != "posix", reason="a device of POSIX")
def test_a_device_is_no_file_and_nothing_is_written_beside_it(loss, tmp_path):
    for path in ("/dev/null", Path("/dev/null")):
        for options in ({"format": "svg"}, {}):
            with pytest.raises(ArgumentError, match=r"'/dev/null' is a device or a pipe, not a file\.\nGive a file"):
                ag.draw(loss).render(path, **options)
    assert not Path("/dev/null.svg").exists()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArgumentError, match="a device or a pipe"):
        ag.draw(loss).render(tmp_path / "pipe", format="png")
    with pytest.raises(ArgumentError, match=r"cannot write 'x+…': file name too long"):
        ag.draw(loss).render("x" * 300, format="svg")


@pytest.mark.parametrize("name", ["v1.2", "graph.2024-05", "figure.3b"])
def test_a_version_is_no_suffix_that_tells_the_format(loss, name):
    with pytest.raises(ArgumentError, match=rf"'{name}' has no suffix that tells the format\.\nWrite '{name}\.svg'"):
        ag.draw(loss).render(name)


def test_only_formats_that_this_renderer_writes_are_offered(loss, monkeypatch):
    monkeypatch.setattr(renderer, "can_write_pdf", lambda: False)
    monkeypatch.setattr(drawing, "can_write_pdf", lambda: False)
    for offered in (("svg", "png"), ("svg", "png", "pdf")):
        info = renderer.GraphvizInfo("embedded", "", "1.0", offered)
        monkeypatch.setattr(renderer, "_found", lambda info=info: iter((info,)))
        for call in (lambda: ag.draw(loss).pipe("pdff"), lambda: ag.draw(loss).render("graph.pdff")):
            with pytest.raises(ArgumentError) as caught:
                call()
            what, _, formats = str(caught.value).partition("Formats that can be written here: ")
            assert what.startswith("unknown picture format")
            assert set(formats.removesuffix(".").split(", ")) - {"html"} == {*offered, "dot"}
    monkeypatch.setattr(renderer, "_found", lambda: iter((renderer.GraphvizInfo("embedded", "", "1.0", ("svg",)),)))
    with pytest.raises(RenderError, match=r"only svg, .*dot\.\nRun pip install 'autograd-lite\[pdf\]', or install"):
        ag.draw(loss).pipe("pdf")


def test_a_system_dot_is_preferred(monkeypatch):
    embedded = renderer._embedded_program()
    monkeypatch.setattr(renderer.shutil, "which", lambda name: embedded if name == "dot" else None)
    assert ag.graphviz_info().renderer == "system"
    monkeypatch.setattr(renderer.shutil, "which", lambda name: sys.executable if name == "dot" else None)
    assert ag.graphviz_info().renderer == "embedded"


def test_a_picture_never_has_more_pixels_than_can_be_opened(loss, monkeypatch):
    monkeypatch.setattr(renderer, "LARGEST_PIXELS", 90_000)
    width, height = size_of(ag.draw(loss).pipe("png", dpi=9_000))
    assert 60_000 < width * height <= 90_000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: d.render("graph.gif"), "unknown picture format 'gif'"),
        (lambda d: d.render("graph"), "no suffix"),
        (lambda d: d.render("graph.svg", format="png"), r"ends with .svg, but format='png'"),
        (lambda d: d.render("no/such/place/graph.svg"), "no such file"),
        (lambda d: d.pipe("svgg"), "Did you mean 'svg'. Formats that can be written here: svg, png"),
        (lambda d: d.render("graph.pgn"), "Did you mean 'png'"),
        (lambda d: d.render(""), "Write 'figure.svg'"),
        (lambda d: d.render(".."), r"'\.\.' is not the name of a file\.\nWrite '\.\..+figure\.svg', for"),
        (lambda d: d.render(".", format="png"), r"'\.' is not the name of a file\.\nWrite 'figure\.png', for"),
        (lambda d: d.render(".svg"), r"'\.svg' is not the name of a file\.\nWrite 'figure\.svg', for"),
        (lambda d: d.render(".svg", format="svg"), r"Write 'figure\.svg', for"),
        (lambda d: d.pipe("png", dpi="high"), "dpi must be a number"),
    ],
)
def test_a_wrong_target_is_answered_in_two_lines(loss, call, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        call(ag.draw(loss))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("path", [None, 1, b"figure.svg"])
def test_what_is_no_path_is_answered_in_two_lines(loss, path):
    for write, name in ((ag.draw(loss).render, "figure.svg"), (ag.draw(loss).save, "figure.dot")):
        with pytest.raises(UsageError) as caught:
            write(path)
        assert str(caught.value) == f"path must be the name of a file, got {path!r}.\nWrite {name!r}."


def test_half_a_character_becomes_a_sign_for_it(tmp_path):
    picture = ag.Drawing('digraph { "a\udc80b" }', title="\ud800", description="")
    assert picture.source == picture.pipe("dot").decode() == 'digraph { "a\N{REPLACEMENT CHARACTER}b" }'
    assert "a\N{REPLACEMENT CHARACTER}b" in picture.render(tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert picture.save(tmp_path / "figure.dot").read_text(encoding="utf-8") == picture.source


def test_a_backend_can_be_chosen(loss, monkeypatch):
    embedded = renderer.GraphvizInfo("embedded", renderer._embedded_program(), "1.0", ("svg",))
    system = renderer.GraphvizInfo("system", "/no/such/dot", "1.0", ("svg", "pdf"))
    monkeypatch.setattr(renderer, "_found", lambda: iter((system, embedded)))
    assert ag.draw(loss, backend="embedded").pipe("svg").startswith(b"<?xml")
    for backend in ("auto", "system"):
        with pytest.raises(RenderError, match="/no/such/dot could not be run"):
            ag.draw(loss, backend=backend).pipe("svg")
    monkeypatch.setattr(renderer, "_found", lambda: iter((embedded,)))
    with pytest.raises(RenderError, match="no Graphviz was found on the system"):
        ag.draw(loss, backend="system").pipe("svg")
