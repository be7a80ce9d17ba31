"""What ag.draw may be asked for, and what it answers when it is asked for something else."""

import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from tests.drawing.reading import SVG, size_of, texts


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"theme": "drak"}, ArgumentError, "Write theme='dark'"),
        ({"rankdir": "down"}, ArgumentError, "unknown rankdir 'down'"),
        ({"decimals": -1}, ArgumentError, "decimals must be a whole number"),
        ({"decimals": 2.5}, ArgumentError, "decimals must be a whole number"),
        ({"names": ["W"]}, UsageError, "names must map"),
        ({"values": "yes"}, ArgumentError, "values must be True, False or 'auto', got 'yes'"),
        ({"grads": 2}, ArgumentError, "grads must be"),
        ({"fold": None}, ArgumentError, "fold must be"),
        ({"max_nodes": 0}, ArgumentError, "max_nodes must be a whole number from 1 on, got 0"),
        ({"max_nodes": 3}, ArgumentError, "a picture of more than 3 cannot be read"),
        ({"width": "17"}, ArgumentError, "Write width='17cm'"),
        ({"width": 17}, ArgumentError, "got 17"),
        ({"width": "1mm"}, ArgumentError, "the width of a page"),
        ({"lang": "fr"}, ArgumentError, "unknown language 'fr'"),
        ({"backend": "sytem"}, ArgumentError, "Did you mean 'system'"),
    ],
)
def test_a_wrong_option_is_answered_in_two_lines(loss, options, error, message):
    with pytest.raises(error, match=message) as caught:
        ag.draw(loss, **options)
    assert len(str(caught.value).splitlines()) == 2


def test_only_tensors_can_be_drawn():
    with pytest.raises(UsageError, match="got ndarray"):
        ag.draw(np.ones(3))


def test_a_graph_that_nobody_could_read_is_not_drawn():
    t = ag.tensor(1.0, requires_grad=True)
    for _ in range(700):
        t = np.tanh(t)
    with pytest.raises(ArgumentError, match=r"701 nodes; .* more than 600 cannot be read\.\nWrite fold=True"):
        ag.draw(t, fold=False)
    assert "tanh × 700" in texts(ag.draw(t))


def test_a_chain_of_two_hundred_operations_is_drawn_on_one_page():
    t = ag.tensor(0.5, requires_grad=True, name="t")
    for _ in range(200):
        t = np.tanh(t)
    width, height = size_of(ag.draw(t).pipe("png"))
    assert width < 1600 and height < 3000


def size_on_page(drawing):
    """Width of an SVG in points, and the size of its smallest text there."""
    svg = drawing.pipe("svg").decode()
    root = ET.fromstring(svg)
    width, natural = float(root.get("width").removesuffix("pt")), float(root.get("viewBox").split()[2])
    scales = re.findall(r"scale\(([\d.]+)", svg)
    scale = width / natural * (float(scales[0]) if scales else 1.0)
    return width, scale * min(float(text.get("font-size")) for text in root.iter(f"{SVG}text"))


@pytest.mark.parametrize(("width", "points"), [("17cm", 482), ("12 cm", 341), ("4.8in", 346), ("360pt", 360)])
def test_no_text_is_too_small_for_the_page(loss, width, points):
    on_page, smallest = size_on_page(ag.draw(loss, width=width))
    assert on_page <= points and smallest >= 7


def test_a_picture_that_fits_the_page_is_not_made_larger():
    x = ag.tensor(2.0, requires_grad=True, name="x")
    assert size_on_page(ag.draw(np.tanh(x), width="17cm")) == size_on_page(ag.draw(np.tanh(x)))


def test_a_graph_that_branches_is_turned_to_fit_the_page():
    t = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    for _ in range(6):
        t = t + np.tanh(t)
    drawing = ag.draw(t.sum(), width="12cm")
    assert "rankdir=TB" in drawing.source and size_on_page(drawing)[1] >= 7


def test_a_page_that_is_too_narrow_is_warned_of(loss):
    with pytest.warns(UserWarning, match=r"at 5cm the smallest text .* less than 7 pt") as caught:
        drawing = ag.draw(loss, width="5cm")
    assert caught[0].filename == __file__
    on_page, smallest = size_on_page(drawing)
    assert on_page <= 142 and smallest < 7
    assert f"is {smallest:.1f} pt" in str(caught[0].message)


def test_without_graphviz_nothing_is_measured(loss, no_graphviz):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "digraph" in ag.draw(loss, width="5cm").source


def test_missing_gradients_are_told_only_when_they_are_asked_for(loss):
    assert "∂L/∂x" not in texts(ag.draw(loss)) + texts(ag.draw(loss, grads="auto"))
    shown = texts(ag.draw(loss, grads=True))
    assert {"∂L/∂x", "∂L/∂y"} <= set(shown) and shown.count("–") == 2


def test_freed_values_are_told_only_when_they_are_asked_for(loss):
    loss.backward()
    assert "–" not in texts(ag.draw(loss, grads=False))
    assert texts(ag.draw(loss, grads=False, values=True)).count("–") == 6


def test_a_legend_names_every_kind_of_part_that_there_is(loss):
    kinds = {"Legend", "input", "parameter", "intermediate", "result", "operation"}
    assert not kinds & set(texts(ag.draw(loss))) and kinds <= set(texts(ag.draw(loss, legend=True)))
    w = ag.tensor(2.0, requires_grad=True, name="w")
    assert kinds - set(texts(ag.draw(w * w, legend=True))) == {"input", "intermediate"}


def test_kinds_that_look_alike_share_a_swatch(loss):
    assert {"input, intermediate, result", "parameter"} <= set(texts(ag.draw(loss, legend=True, theme="print")))


def test_a_picture_speaks_spanish(loss):
    drawing = ag.draw(loss, lang="es", legend=True)
    assert {"valor", "gradiente", "marco grueso: parámetro", "entrada", "resultado"} <= set(texts(drawing))
    assert drawing.title == "Las operaciones que calculan L" and "7 operaciones" in drawing.description
    root = ET.fromstring(drawing.pipe("svg"))
    told = {each.get("{http://www.w3.org/1999/xlink}title") for each in root.iter(f"{SVG}a")}
    assert "W¹\nparámetro, forma (3, 2), float64" in told
    a, b = ag.tensor(2.0, requires_grad=True), ag.tensor(3.0, requires_grad=True)
    assert {"1.º", "2.º"} <= {text.strip() for text in texts(ag.draw((a + 1) / (b + 1), lang="es"))}


def test_local_variables_name_what_has_no_name():
    def model():
        slope, _hidden, number = ag.tensor(2.0, requires_grad=True), ag.tensor(3.0, requires_grad=True), 4
        again = slope
        own = ag.tensor(5.0, requires_grad=True, name="θ")
        return ag.draw(slope * _hidden * again + own * number, names=locals())

    shown = set(texts(model()))
    assert {"slope", "θ"} <= shown and not {"again", "_hidden", "own", "number"} & shown
