"""The interactive page: what it holds, and that nothing comes from elsewhere."""

import base64
import copy
import hashlib
import json
import pickle
import re

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.drawing import Drawing
from autograd_lite.errors import RenderError
from tests.drawing.pages import EVIL, Reader, data_of, hostile, node_with, page_of, rows_of, written


@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_every_tag_is_closed_and_every_id_is_there_once(loss, theme):
    page = Reader(page_of(ag.draw(loss, theme=theme)))
    assert not page.open
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("theme", ["light", "auto"])
def test_nothing_comes_from_elsewhere_and_the_policy_allows_the_page_its_own_code_only(loss, theme):
    text = page_of(ag.draw(loss, theme=theme))
    page = Reader(text)
    assert {name for name, _ in page.tags} & {"link", "img", "iframe", "object", "embed", "use", "image"} == set()
    for _, attributes in page.tags:
        assert not {"src", "href", "xlink:href", "action", "style"} & set(attributes)
    assert set(re.findall(r"https?://[^\"' ]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"url\(|@import|\binnerHTML\b|\beval\(|\bfetch\(|XMLHttpRequest|insertAdjacent", text)
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    hashes = lambda parts: {f"'sha256-{base64.b64encode(hashlib.sha256(p.encode()).digest()).decode()}'" for p in parts}  # noqa: E731
    assert set(rules["style-src"].split()) == hashes(page.contents["style"])
    assert set(rules["script-src"].split()) == hashes(page.contents["script"][1:])
    assert len(page.contents["script"]) == 2


def test_names_with_markup_stay_text():
    page = Reader(page_of(hostile()))
    assert not page.open
    assert not {"img", "i", "b"} & {name for name, _ in page.tags}
    assert len(page.all("script")) == 2
    assert page.contents["title"][0] == "The operations that compute L<i>"
    titles = [node["title"] for node in data_of(hostile())["nodes"].values()]
    assert EVIL in titles
    assert not [title for title in titles if re.search("[\u202e\u2028\ud800]", title)]


def test_every_node_of_the_story_stands_in_the_picture(loss):
    drawing = ag.draw(loss)
    ids = set(Reader(page_of(drawing)).ids)
    assert set(data_of(drawing)["nodes"]) == {each for each in ids if re.fullmatch(r"(tensor|operation)\d+", each)}


def test_cards_tell_the_gradients_of_the_note_in_full(loss):
    data = data_of(ag.draw(loss, decimals=10))
    expected = [[-0.0229988962, -0.0459977924], [0.0114994481, 0.0229988962], [0.0, 0.0]]
    assert rows_of(node_with(data, "W¹"), "∂L/∂W¹") == expected
    assert rows_of(node_with(data, "W²"), "∂L/∂W²") == [[-0.0919955848, -0.0689966886, 0.0]]
    assert rows_of(node_with(data, "z²"), "δ² = ∂L/∂z²") == [[-0.1149944810]]


def test_operations_tell_their_rules_with_the_numbers_put_in(loss):
    data = data_of(ag.draw(loss))
    lines = {written(node["forward"]) for node in data["nodes"].values()}
    assert "L=½ (a² − y)²=½ (0.5374 − 1)²=0.1070" in lines
    assert "v2=W² a¹=[[0.2, -0.1, 0.3]] [[0.8], [0.6], [0.0]]=0.1000" in lines
    back = [written(line) for node in data["nodes"].values() for line in node["backward"]]
    assert "∂L/∂z²+=∂L/∂a² ⊙ a² (1 − a²)=−0.4626 ⊙ 0.5374 (1 − 0.5374)=−0.1150" in back
    assert "∂L/∂W²+=∂L/∂v2 (a¹)ᵀ=−0.1150 [[0.8], [0.6], [0.0]]ᵀ=[[-0.092, -0.069, 0.0]]" in back


def test_a_negative_number_stands_in_parentheses_once():
    x = ag.tensor(-0.5, requires_grad=True, name="x")
    y = ag.tensor(-3.0, requires_grad=True, name="y")
    lines = [written(node["forward"]) for node in data_of(ag.draw(x**2 * y))["nodes"].values()]
    assert "v1=x²=(−0.5)²=0.2500" in lines
    assert "L=v1 ⊙ y=0.2500 ⊙ (−3)=−0.7500" in [line.replace("·", "⊙") for line in lines]


def test_the_story_runs_in_topological_order_and_back_and_each_gradient_comes_when_all_its_parts_have():
    x = ag.tensor(3.0, name="x", requires_grad=True)
    drawing = ag.draw(x * x + 2 * x)
    moments = data_of(drawing)["moments"]
    phases = [moment["phase"] for moment in moments]
    assert phases == sorted(phases, reverse=True)
    forward = [moment["node"] for moment in moments if moment["phase"] == "forward"][1:]
    backward = [moment["node"] for moment in moments if moment["phase"] == "backward"][1:]
    assert backward == forward[::-1] and len(forward) == 3
    arrows = re.findall(r"(\w+) -> (\w+)", drawing.source)
    places = {node: k for k, moment in enumerate(moments) for node in moment["values"]}
    assert all(places[tail] <= places[head] for tail, head in arrows)
    known = [node for moment in moments for node in moment["gradients"]]
    assert len(known) == len(set(known))
    card = next(key for key, node in data_of(drawing)["nodes"].items() if node["title"] == "x")
    assert moments[-1]["gradients"] == [card]
    assert rows_of(node_with(data_of(drawing), "x"), "∂L/∂x") == [[8.0]]


def test_the_page_tells_the_numbers_that_the_picture_was_drawn_with():
    w = ag.tensor([[1.0, 2.0]], requires_grad=True, name="w")
    drawing = ag.draw((w.T * 3.0).sum())
    w.data[0, 0] = 99.0
    assert rows_of(node_with(data_of(drawing), "w"), "w") == [[1.0, 2.0]]
    assert "99" not in json.dumps(data_of(drawing)["nodes"])


def test_an_array_is_told_in_full_up_to_400_numbers_and_then_by_range_and_norm():
    full, long = ag.tensor(np.ones((20, 20)), requires_grad=True, name="full"), np.arange(401.0)
    data = data_of(ag.draw(full.sum() + (full[0, 0] * ag.tensor(long, name="long")).sum() * 0.0))
    assert rows_of(node_with(data, "full"), "∂L/∂full") == [[1.0] * 20] * 20
    (told,) = node_with(data, "long")["numbers"]
    assert not told["slices"]
    norm = f"{np.linalg.norm(long):.4f}"
    assert [line.split()[-1] for line in told["lines"]] == ["0.0000", "400.0000", norm, "█████"]


def test_an_array_of_more_axes_is_told_matrix_by_matrix():
    z = ag.tensor(np.arange(8.0).reshape(2, 2, 2), requires_grad=True, name="z")
    numbers = node_with(data_of(ag.draw(z.sum())), "z")["numbers"][0]
    assert [each["place"] for each in numbers["slices"]] == ["[0, :, :]", "[1, :, :]"]
    assert numbers["slices"][1]["rows"] == [["4", "5"], ["6", "7"]]


def test_a_result_without_gradients_is_played_forward_only():
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    data = data_of(ag.draw(w * 2.0))
    assert {moment["phase"] for moment in data["moments"]} == {"forward"}
    assert not [node for node in data["nodes"].values() if node["backward"] or node["remarks"]]


def test_a_graph_that_was_not_recorded_has_its_value_and_no_steps():
    data = data_of(ag.draw(ag.tensor([1.0, 2.0], name="x")))
    assert data["moments"] == []
    assert rows_of(node_with(data, "x"), "x") == [[1.0], [2.0]]


def test_a_freed_graph_tells_its_rules_and_the_gradients_that_were_kept():
    model, x, y, criterion = nn.worked_example()
    loss = criterion(model(x), y)
    loss.backward()
    data = data_of(ag.draw(loss))
    assert rows_of(node_with(data, "b²"), "b².grad") == [[-0.1150]]
    assert "∂L/∂v1+=∂L/∂z¹" in [written(line) for node in data["nodes"].values() for line in node["backward"]]
    assert {moment["phase"] for moment in data["moments"]} == {"forward", "backward"}


def test_a_folded_graph_plays_its_folded_operations_as_one():
    t = x = ag.tensor([0.3, 0.5], requires_grad=True, name="x")
    for _ in range(30):
        t = np.tanh(t) + x
    data = data_of(ag.draw(t.sum(), fold=True))
    folded = next(node for node in data["nodes"].values() if "30" in node["title"])
    assert [each["name"] for each in folded["numbers"]] == ["v1", "∂L/∂v1"]
    assert len(data["moments"]) == 6
    card = next(key for key, node in data["nodes"].items() if node["title"] == "x")
    assert data["moments"][-1]["gradients"] == [card]


def test_a_copied_or_pickled_drawing_gives_the_same_page(loss):
    drawing = ag.draw(loss)
    assert pickle.loads(pickle.dumps(drawing)).pipe("html") == drawing.pipe("html")
    assert copy.deepcopy(drawing).pipe("html") == drawing.pipe("html")


def test_any_drawing_has_a_page(tmp_path):
    drawing = Drawing("digraph { x -> y }", title="Two nodes", description="An arrow.")
    path = drawing.render(tmp_path / "two.html")
    page = Reader(path.read_text(encoding="utf-8"))
    assert page.all("body")[0]["class"] == "still"
    assert len(page.all("svg")) == 1
    assert drawing.render(tmp_path / "figure", format="html").name == "figure.html"


@pytest.mark.parametrize("view", ["layers", "delta", "neurons", "ops"])
def test_every_view_of_a_network_has_a_page(view):
    page = Reader(page_of(nn.draw(*nn.worked_example(), view=view)))
    assert not page.open
    assert page.contents["title"]


def test_the_page_speaks_spanish(loss):
    drawing = ag.draw(loss, lang="es")
    page = Reader(page_of(drawing))
    assert page.all("html")[0]["lang"] == "es"
    assert "Ajustar" in page_of(drawing)
    assert data_of(drawing)["moments"][0]["said"].startswith("están dados W¹")
    assert not re.search(r">(Play|Fit|Whole picture)<", page_of(drawing))


@pytest.mark.parametrize(
    ("theme", "scheme"), [("light", "light"), ("dark", "dark"), ("print", "light"), ("auto", "light dark")]
)
def test_the_page_has_the_colours_of_the_theme(loss, theme, scheme):
    metas = Reader(page_of(ag.draw(loss, theme=theme))).all("meta")
    assert next(each["content"] for each in metas if each.get("name") == "color-scheme") == scheme


def test_without_a_graphviz_there_is_no_page(loss, no_graphviz):
    with pytest.raises(RenderError, match="no Graphviz"):
        ag.draw(loss).pipe("html")
