"""The way back of the gradients: its rules, its numbers, and where its arrows run."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.drawing.arrangement import arrange
from autograd_lite.drawing.cards import Look
from autograd_lite.drawing.operations import Operations
from autograd_lite.drawing.palette import LIGHT
from autograd_lite.errors import ArgumentError, GradientError
from autograd_lite.snapshot import snapshot
from tests.drawing.pages import data_of
from tests.drawing.reading import SVG, texts, texts_in


def ways_back(drawing):
    """The groups of an SVG that are arrows against the computation."""
    tree = ET.fromstring(drawing.pipe("svg"))
    return [each for each in tree.iter(f"{SVG}g") if each.get("class") == "edge gradient"]


def rules(drawing):
    """What stands at these arrows, line by line."""
    return [[text.replace("\N{NO-BREAK SPACE}", " ") for text in texts_in(each)] for each in ways_back(drawing)]


def test_the_worked_example_has_the_recursion_of_the_notes(loss):
    shown = {text for lines in rules(ag.draw(loss, backward=True)) for text in lines}
    assert shown == {
        "∂L/∂W² = δ² a¹ᵀ", "∂L/∂b² = δ²", "∂L/∂a¹ = W²ᵀ δ²", "δ¹ = ∂L/∂a¹ ⊙ [z¹ > 0]", "∂L/∂W¹ = δ¹ xᵀ", "∂L/∂b¹ = δ¹",
        "δ² = ∂L/∂a² ⊙ a² (1 − a²)", "∂L/∂a² = ∂L/∂L · (a² − y)", "δ²", "δ¹",
    }  # fmt: skip


def test_without_it_there_is_nothing_of_it(loss):
    assert not ways_back(ag.draw(loss)) and "dashed" not in ag.draw(loss).source


def test_it_is_dashed_and_runs_against_the_arrow_beside_it(loss):
    for rankdir in ("LR", "TB"):
        source = ag.draw(loss, backward=True, rankdir=rankdir).source
        back = re.findall(r"^\t+(\w+ -> \w+) \[[^\n]*class=gradient[^\n]*", source, re.M)
        assert len(back) == 15 and source.count("dir=back") == source.count("style=dashed") == 15
        assert set(back) <= set(re.findall(r"^\t+(\w+ -> \w+)", source, re.M))
    for each in ways_back(ag.draw(loss, backward=True)):
        assert next(each.iter(f"{SVG}path")).get("stroke-dasharray")


def test_gradients_that_add_up_stand_at_their_arrows():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    drawing = ag.draw((x * x + np.tanh(x)).sum(), backward=True)
    slope = 1 - np.tanh([1.0, 2.0]) ** 2
    parts = [lines for lines in rules(drawing) if lines and lines[0].startswith("∂L/∂x += ")]
    assert sorted(lines[1:] for lines in parts) == sorted(
        [["1.0000", "2.0000"], ["1.0000", "2.0000"], [f"{each:.4f}" for each in slope]]
    )
    assert {f"{2 * value + each:.4f}" for value, each in zip([1, 2], slope, strict=True)} <= set(texts(drawing))
    assert "+= where they add up" in " ".join(texts(drawing))
    assert "+=" not in " ".join(texts(ag.draw(np.tanh(x).sum(), backward=True)))


def test_large_gradients_that_add_up_are_told_by_shape_and_norm():
    x = ag.tensor(np.arange(8.0), requires_grad=True, name="x")
    lines = rules(ag.draw((x * x).sum(), backward=True))
    assert [f"8, ‖·‖ {np.linalg.norm(np.arange(8.0)):.4f}"] * 2 == [each[1] for each in lines if len(each) > 1]


def test_whatever_a_rule_names_is_shown_under_that_name():
    a, b = (ag.tensor(value, requires_grad=True, name=name) for name, value in (("a", 2.0), ("b", 3.0)))
    drawing = ag.draw(np.exp(a * b) * np.sin(a), backward=True)
    named = set(re.findall(r"\bv\d+", " ".join(text for lines in rules(drawing) for text in lines)))
    assert named and named <= set(texts(drawing))


def test_broadcasting_is_said_to_be_summed_away():
    b = ag.tensor([0.5], requires_grad=True, name="b")
    lines = rules(ag.draw(((np.ones((3, 1)) + b) * 2.0).sum(), backward=True))
    assert ["∂L/∂b = ∂L/∂v1", "summed over axis 0"] in lines


def test_a_gradient_passed_on_as_it_is_keeps_its_name():
    w, b = ag.tensor([2.0], requires_grad=True, name="w"), ag.tensor([1.0], requires_grad=True, name="b")
    with ag.scope("layer 1"):
        z = w * [3.0] + b
        z.name = "z¹"
    lines = rules(ag.draw(np.tanh(z).sum(), backward=True))
    assert ["δ¹"] in lines and ["∂L/∂b = δ¹"] in lines and any(each and "∂L/∂w = δ¹ ⊙" in each[0] for each in lines)


def test_second_derivatives_are_drawn_too():
    w = ag.tensor(2.0, requires_grad=True, name="w")
    (slope,) = ag.gradients(w**3, [w], create_graph=True)
    slope.name = "g"
    shown = texts(ag.draw(slope * slope, backward=True))
    assert {"∂L/∂g += ∂L/∂L · g", "288.0000"} <= set(shown)  # (9w⁴)′ = 36w³


def test_a_fused_operation_has_its_rule():
    logits = ag.tensor([[1.0, 2.0]], requires_grad=True, name="z")
    drawing = ag.draw(nn.CrossEntropyLoss()(logits, [1]), backward=True)
    assert any(lines and lines[0].endswith("⊙ (softmax(z) − e_y)") for lines in rules(drawing))


def test_an_operation_of_the_users_own_without_a_formula_is_named():
    double = ag.primitive(lambda x: 2 * x, x=lambda g: 2 * g, name="double")
    x = ag.tensor([1.0], requires_grad=True, name="x")
    assert ["∂L/∂x = …", "the rule of double"] in rules(ag.draw(double(x).sum(), backward=True))


def test_a_folded_operation_says_through_how_many_it_goes():
    t = x = ag.tensor(0.3, requires_grad=True, name="x")
    for _ in range(50):
        t = np.tanh(t)
    drawing = ag.draw(t, backward=True, fold=True)
    assert ["∂L/∂x = …", "by the chain rule through 50 operations"] in rules(drawing)
    model = nn.MLP([4] * 12 + [1], activation="sigmoid", rng=0)
    value = nn.HalfSSELoss()(model(np.ones((2, 4))), np.zeros((2, 1)))
    assert any(
        lines and lines[0].startswith("∂L/∂W¹ … W¹¹ =") for lines in rules(ag.draw(value, backward=True, fold=True))
    )
    assert texts(ag.draw(x * t, backward=True, fold=True)).count("0.3") == 1


def test_a_freed_graph_has_its_rules_and_says_what_is_missing():
    model, x, y, criterion = nn.worked_example()
    loss = criterion(model(x), y)
    loss.backward()
    drawing = ag.draw(loss, backward=True, lang="es")
    shown = texts(drawing)
    assert "∂L/∂W² = δ² a¹ᵀ" in shown and "−0.1150" in shown
    assert any(text.startswith("valores intermedios liberados: dibuje antes de backward()") for text in shown)


@pytest.mark.parametrize(
    ("name", "rankdir"),
    [
        ("w" * 10_000, "LR"),
        ("w" * 10_000, "TB"),
        ("<b>&amp;", "LR"),
        ("\u202eabc", "TB"),
        ("a\nb", "LR"),
        ('q"\\', "TB"),
    ],
)
def test_no_name_breaks_a_rule(name, rankdir):
    w = ag.tensor([1.0, 2.0], requires_grad=True, name=name)
    drawing = ag.draw((w * w).sum(), backward=True, rankdir=rankdir)
    assert len(ways_back(drawing)) == 5 and not {"\u202e"} & set(drawing.source)
    assert max(map(len, texts(drawing))) < 100 and len(drawing.description) < 2_000


def test_without_gradients_on_cards_there_are_no_numbers_at_arrows():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    assert all(len(lines) < 2 for lines in rules(ag.draw((x * x).sum(), backward=True, grads=False)))


@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_every_theme_tells_it_by_dashes_and_in_words(loss, theme):
    drawing = ag.draw(loss, backward=True, theme=theme, legend=True)
    assert "dashed: the gradients on their way back, each with its rule" in texts(drawing)
    if theme == "print":
        assert set(re.findall(r"#[0-9A-Fa-f]{6}", drawing.source)) == {"#000000", "#FFFFFF"}


def test_it_is_described_to_those_who_cannot_see_it(loss):
    said = ag.draw(loss, backward=True).description
    assert "Backward: ∂L/∂a² = ∂L/∂L · (a² − y); " in said and said.endswith("∂L/∂W¹ = δ¹ xᵀ.")


def test_it_fits_a_page(loss):
    drawing = ag.draw(loss, backward=True, width="17cm")
    width = float(ET.fromstring(drawing.pipe("svg")).get("width").removesuffix("pt"))
    assert width <= 482


def test_the_page_of_it_has_its_arrows_and_the_same_steps(loss):
    drawing = ag.draw(loss, backward=True)
    assert data_of(drawing)["moments"] == data_of(ag.draw(loss))["moments"]
    assert drawing.pipe("html").decode().count('class="edge gradient"') == 15


def test_looking_leaves_gradients_as_they_were(loss):
    w = next(iter(nn.worked_example()[0].parameters()))
    ag.draw((w * w).sum(), backward=True)
    assert w.grad is None


@pytest.mark.parametrize(
    ("make", "options", "error", "message"),
    [
        (lambda: ag.tensor(1.0), {}, GradientError, "requires no gradient"),
        (lambda: ag.tensor([1.0, 2.0], requires_grad=True) * 2, {}, GradientError, r"needs a scalar, got shape \(2,\)"),
        (lambda: ag.tensor(1.0, requires_grad=True), {"backward": "yes"}, ArgumentError, "True or False, got 'yes'"),
    ],
)
def test_what_has_no_way_back_is_answered_in_two_lines(make, options, error, message):
    with pytest.raises(error, match=message) as caught:
        ag.draw(make(), **{"backward": True, **options})
    assert len(str(caught.value).splitlines()) == 2


def boxes(source):
    """The labels at ways back, as rectangles from their upper left corners, by pinned position and size."""
    found = re.findall(r'WIDTH="(\d+)" HEIGHT="(\d+)"[^\n]*?class=gradient[^\n]*? lp="(-?[\d.]+),(-?[\d.]+)"', source)
    for width, height, x, y in (map(float, each) for each in found):
        yield x - width / 2, -y - height / 2, width, height


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_no_label_lies_on_a_card_or_on_another_label(activation):
    model = nn.MLP([3, 4, 2], activation=activation, rng=0)
    value = nn.HalfSSELoss()(model(np.ones(3)), np.zeros(2))
    operations = Operations(snapshot(value, parts=True), Look(LIGHT, backward=True))
    source = arrange(operations, "t")
    nodes = []
    for key, node in operations.nodes.items():
        x, y = map(float, re.search(rf'id={key} pos="(-?[\d.]+),(-?[\d.]+)"', source).groups())
        nodes.append((x - node.width / 2, -y - node.height / 2, node.width, node.height))
    labels = list(boxes(source))
    assert len(labels) >= 8
    for k, one in enumerate(labels):
        for other in (*nodes, *labels[:k]):
            apart = one[0] + one[2] <= other[0] + 3.1 or other[0] + other[2] <= one[0] + 3.1
            assert apart or one[1] + one[3] <= other[1] + 2.1 or other[1] + other[3] <= one[1] + 2.1


def test_a_name_that_is_an_expression_stands_in_parentheses():
    c, s = (ag.tensor(3.0, requires_grad=True, name=name) for name in ("c", "a + b"))
    negative = ag.tensor(4.0, requires_grad=True, name="-1")
    shown = {text for lines in rules(ag.draw(s * c * negative, backward=True)) for text in lines}
    shown = {text.replace("&#45;", "-") for text in shown}
    assert "∂L/∂c = ∂L/∂v1 · (a + b)" in shown and "∂L/∂(a + b) = ∂L/∂v1 · c" in shown
    assert {text for text in shown if text.startswith("∂L/∂v1")} == {"∂L/∂v1 = ∂L/∂L · (-1)"}
    told = ag.explain(s * c)
    assert "∂L/∂c += ∂L/∂L · (a + b) = 3.0000" in told.text()
    assert r"\cdot \left(\mathrm{a\ +\ b}\right)" in told.to_latex()
