"""The operations view: which numbers, names and notes it shows, and how it is arranged."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
import nn
from tests.drawing.reading import SVG, size_of, texts, texts_in


def test_the_worked_example_shows_every_number_of_the_notes(loss):
    shown = " ".join(texts(ag.draw(loss)))
    for number in ("0.8000", "−0.8000", "0.1500", "0.5374", "0.1070", "−0.1150", "−0.0920", "−0.0690", "0.0115"):
        assert number in shown
    for name in ("W¹", "δ¹", "δ²", "∂L/∂W¹", "∂L/∂b²", "layer 1: ReLU", "layer 2: sigmoid", "ReLU", "σ"):
        assert name in shown


def test_given_numbers_stay_as_given_and_computed_ones_have_the_decimals_asked_for(loss):
    shown = texts(ag.draw(loss, decimals=2))
    assert "0.05" in shown and " 0.1   0.3" in shown
    assert "0.15" in shown and "0.54" in shown


def test_no_picture_writes_a_negative_zero():
    x = ag.tensor([-0.0, -1e-9, 2.0], requires_grad=True, name="x")
    a = ag.relu(x)
    a.name = "a"
    shown = " ".join(texts(ag.draw(-(a * 0.0).sum())))
    assert not re.search(r"−0(\.0*)?(?![.\d])", shown)


def test_values_and_gradients_can_be_left_out(loss):
    bare = texts(ag.draw(loss, values=False, grads=False))
    assert "W¹" in bare and not [text for text in bare if re.search(r"\d\.\d|∂", text)]
    assert not [text for text in texts(ag.draw(loss, grads=False)) if "∂" in text or "δ" in text]


def test_a_large_array_is_told_by_shape_range_and_norm():
    x = ag.tensor(np.arange(64.0).reshape(8, 8) - 10, requires_grad=True, name="x")
    shown = texts(ag.draw((x * x).sum()))
    assert "8×8" in shown
    assert next(text.split() for text in shown if text.startswith("min")) == ["min", "−10.0000"]
    assert float(next(text for text in shown if text.startswith("‖·‖")).split()[1]) == round(
        float(np.linalg.norm(np.arange(64.0) - 10)), 4
    )


def test_names_can_be_given_for_the_picture_alone():
    a = ag.tensor(2.0, requires_grad=True)
    assert "slope" in texts(ag.draw(a * 3.0, names={"slope": a}))
    assert a.name is None


def test_drawing_leaves_gradients_and_names_as_they_were(loss):
    model, x, y, criterion = nn.worked_example()
    first = criterion(model(x), y)
    first.backward(retain_graph=True)
    before = [parameter.grad.numpy().copy() for parameter in model.parameters()]
    ag.draw(first)
    for parameter, grad in zip(model.parameters(), before, strict=True):
        assert np.array_equal(parameter.grad.numpy(), grad)


def test_a_freed_graph_is_drawn_with_a_note(loss):
    loss.backward()
    assert any("values freed" in text for text in texts(ag.draw(loss)))


def test_the_same_graph_gives_the_same_source(loss):
    assert ag.draw(loss).source == ag.draw(loss).source


def test_a_chain_of_layers_stands_in_lines_and_other_graphs_are_left_to_dot(loss):
    assert "layout=nop2" in ag.draw(loss).source
    assert "layout=dot" in ag.draw(loss, rankdir="TB").source
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    residual = ag.draw((x + np.tanh(x)).sum())
    assert "layout=dot" in residual.source
    assert residual.source.count("tensor0 -> ") == 2


def test_a_branching_graph_wider_than_a_page_runs_from_top_to_bottom_unless_told_otherwise():
    t = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    short = (t + np.tanh(t)).sum()
    for _ in range(10):
        t = t + np.tanh(t)
    assert "rankdir=LR" in ag.draw(short).source
    assert "rankdir=TB" in ag.draw(t.sum()).source
    assert "rankdir=LR" in ag.draw(t.sum(), rankdir="LR").source
    width, height = size_of(ag.draw(t.sum()).pipe("png", dpi=72))
    assert width < 540 and width < height


def test_the_title_of_a_panel_stands_where_no_arrow_enters(loss):
    assert "labeljust=l" in ag.draw(loss, rankdir="TB").source.partition("subgraph")[2]
    assert "labeljust=r" in ag.draw(loss, rankdir="RL").source.partition("subgraph")[2]


def test_the_legend_has_no_numbers_of_its_own():
    x = ag.tensor(7.0, requires_grad=True, name="x")
    shown = texts(ag.draw(np.tanh(x)))
    assert {"value", "gradient"} <= set(shown)
    assert "0.8" not in shown and "−0.0230" not in shown


@pytest.mark.parametrize(
    ("f", "label", "number"),
    [
        (lambda a: (a + a) ** 2, "(·)²", "2"),
        (lambda a: 1 / (a + a), "1 / ·", "1"),
        (lambda a: (a * a) - 5.0, "· − 5", "5"),
        (lambda a: (a * a) ** 0.5, "· ^ 0.5", "0.5"),
    ],
)
def test_a_number_in_a_label_is_not_drawn_a_second_time(f, label, number):
    a = ag.tensor(3.0, requires_grad=True, name="a")
    shown = [text.replace("-", "−").replace("**", "^") for text in texts(ag.draw(f(a), grads=False, values=False))]
    assert label in shown and number not in shown


def test_a_number_that_no_label_tells_in_full_has_a_card():
    a = ag.tensor(3.0, requires_grad=True, name="a")
    assert "2.5" in texts(ag.draw(a * 2.5))
    assert "123456.789" in texts(ag.draw(a - 123456.789))


def test_a_vector_is_not_called_a_column():
    vector, column = np.ones(2), np.ones((2, 1))
    assert "2" in texts(ag.draw(ag.tensor(vector, name="x"))) and "2×1" in texts(ag.draw(ag.tensor(column, name="x")))
    assert "2×1" not in texts(ag.draw(ag.tensor(vector, name="x")))


def test_a_batch_is_laid_out_in_lines_too():
    model = nn.MLP([3, 4, 2], rng=0)
    loss = nn.CrossEntropyLoss()(model(np.ones((5, 3))), [0, 1, 0, 1, 0])
    assert "layout=nop2" in ag.draw(loss).source


def test_the_operands_of_a_division_can_be_told_apart():
    a, b = ag.tensor(2.0, requires_grad=True, name="a"), ag.tensor(3.0, requires_grad=True, name="b")
    assert "a / b" in texts(ag.draw(a / b))
    assert {"1st", "2nd"} <= {text.strip() for text in texts(ag.draw((a + 1) / (b + 1)))}


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_the_order_of_operands_is_written_beside_the_arrows(rankdir):
    a, b = ag.tensor(2.0, requires_grad=True, name="a"), ag.tensor(3.0, requires_grad=True, name="b")
    tree = ET.fromstring(ag.draw((a + 1) / (b + 1), rankdir=rankdir).pipe("svg"))
    labelled = [group for group in tree.iter(f"{SVG}g") if group.get("class") == "edge" and texts_in(group)]
    assert len(labelled) == 2
    for group in labelled:
        (label,) = group.iter(f"{SVG}text")
        x, y = float(label.get("x")), float(label.get("y"))
        numbers = list(map(float, re.findall(r"-?[\d.]+", next(group.iter(f"{SVG}path")).get("d"))))
        start, *controls = zip(numbers[::2], numbers[1::2], strict=True)
        for first, second, end in zip(controls[::3], controls[1::3], controls[2::3], strict=True):
            for s in np.linspace(0, 1, 50):
                weights = np.array([(1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s**2 * (1 - s), s**3])
                across, down = weights @ np.array([start, first, second, end])
                assert not (abs(across - x) < 6 and y - 6 < down < y)
            start = end


@pytest.mark.parametrize(("name", "label"), [("a", "a²"), ("a¹", "(a¹)²"), (None, "(·)²")])
def test_a_power_is_written_with_its_exponent(name, label):
    assert label in texts(ag.draw(ag.tensor(3.0, requires_grad=True, name=name) ** 2))


def test_a_leaf_alone_is_a_picture():
    assert {"x", "2.5"} <= set(texts(ag.draw(ag.tensor(2.5, name="x"))))


@pytest.mark.parametrize("options", [{}, {"grads": False}, {"rankdir": "BT"}])
def test_a_result_that_was_not_recorded_is_drawn_with_a_note(options):
    x = ag.tensor([1.0, 2.0], name="x")
    note = "nothing recorded: no input has requires_grad=True"
    drawing = ag.draw((x * x).sum(), **options)
    assert any(text.startswith(note) for text in texts(drawing)) and note in drawing.description


def test_a_result_of_several_numbers_is_drawn_with_a_note():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    note = "no gradients: the result is no scalar"
    for t in (x * x, x):
        assert note in texts(ag.draw(t))
        assert note not in texts(ag.draw(t, grads=False))


def test_a_recorded_scalar_needs_no_note(loss):
    for t in (loss, ag.tensor(1.0, requires_grad=True)):
        assert not [text for text in texts(ag.draw(t)) if text.startswith("no")]


def test_a_freed_graph_shows_no_number_for_what_is_gone():
    a = ag.tensor([1.0, 2.0], requires_grad=True, name="a")
    loss = (a * ag.tensor([5.0, 6.0], name="y")).sum()
    loss.backward()
    shown = texts(ag.draw(loss, grads=False))
    assert {"y", "1", "2", "17.0000"} <= set(shown) and "0" not in shown
    assert "0" not in ag.explain(loss).text().split()


def test_the_gradients_of_a_freed_graph_are_called_what_they_are():
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    (w * w).sum().backward()
    loss = (w * 3.0).sum()
    loss.backward()  # .grad is now (2, 4) + (3, 3)
    shown = texts(ag.draw(loss))
    assert {"w.grad", "5.0000", "7.0000"} <= set(shown) and "∂L/∂w" not in shown
    last = ag.explain(loss).text().splitlines()[-1]
    assert last.startswith("  w.grad = ") and {"5.0000", "7.0000"} <= set(re.findall(r"[\d.]+", last))


def test_only_a_layer_gives_the_letter_delta():
    a, b = ag.tensor(1.0, requires_grad=True, name="a"), ag.tensor(2.0, name="b")
    for name in ("z1", "u2", "z¹"):
        z = a * b
        z.name = name
        shown = texts(ag.draw(z * z))
        assert f"∂L/∂{name}" in shown and not [text for text in shown if "δ" in text]
    with ag.scope("layer 1"):
        z = a * b
        z.name = "z¹"
    assert "δ¹" in texts(ag.draw(z * z)) and "δ¹" in texts(ag.draw(z * z, notation="u-o"))
    with ag.scope("layer 1"):
        mine = a * b
    assert "∂L/∂z¹" in texts(ag.draw(mine * mine, names={"z¹": mine}))


def test_no_new_spelling_takes_a_name_that_is_there():
    model, x, y, criterion = nn.worked_example()
    x.name = "u²"
    shown = texts(ag.draw(criterion(model(x), y), notation="u-o"))
    assert shown.count("u²") == 1 and {"u¹", "z²"} <= set(shown)


def test_two_tensors_of_one_name_are_told_apart():
    one, two = ag.tensor(1.0, requires_grad=True, name="x"), ag.tensor(2.0, name="x")
    drawing = ag.draw(one * two)
    assert {"x", "x:2", "∂L/∂x"} <= set(texts(drawing))
    assert "x, x:2" in drawing.description
