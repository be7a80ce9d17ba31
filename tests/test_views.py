"""Pictures of networks and of training: what they show, and that looking changes nothing."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, GradientError, ShapeError, UsageError
from nn.curves import curve_svg

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    """Every text of a picture, as a reader sees it."""
    tree = ET.fromstring(svg)
    return [element.text.replace("\N{NO-BREAK SPACE}", " ") for element in tree.iter(f"{SVG}text")]


def layers_of(*arguments, **options):
    return texts(nn.draw(*arguments, **options).pipe("svg"))


def test_every_layer_has_a_card_with_the_norm_of_its_gradient():
    shown = layers_of(*nn.worked_example())
    # ‖∂L/∂W¹‖ and ‖∂L/∂W²‖ from the notes' gradients
    assert {"Linear 2 → 3", "Linear 3 → 1", "5.7×10⁻²", "1.1×10⁻¹"} <= set(shown)
    assert {"ReLU · 9 parameters", "sigmoid · 4 parameters", "½(a² − y)²", "0.1070", "1 sample"} <= set(shown)


def test_looking_at_a_network_changes_nothing():
    nn.manual_seed(3)
    model, x, y, loss = nn.worked_example()
    loss(model(x), y).backward()
    before = [
        (parameter.name, parameter.numpy().copy(), parameter.grad.numpy().copy()) for parameter in model.parameters()
    ]
    inputs = ag.tensor([1.0, 2.0])
    expected = nn.manual_seed(3).random()
    nn.manual_seed(3)
    for view in ("layers", "delta", "neurons", "ops"):
        nn.draw(model, inputs, y, loss, view=view)
    assert nn.random.generator().random() == expected
    assert inputs.name is None
    for parameter, (name, value, grad) in zip(model.parameters(), before, strict=True):
        assert parameter.name == name
        assert np.array_equal(parameter.numpy(), value) and np.array_equal(parameter.grad.numpy(), grad)


def test_a_network_is_drawn_inside_no_grad():
    with ag.no_grad():
        assert "5.7×10⁻²" in layers_of(*nn.worked_example())


def test_repeated_layers_are_folded_and_all_norms_drawn_as_bars(rng):
    model = nn.MLP([8] * 50 + [1], activation="sigmoid", output_activation="sigmoid", rng=0)
    drawing = nn.draw(model, rng.normal(size=(4, 8)), np.zeros((4, 1)), nn.HalfSSELoss())
    shown = texts(drawing.pipe("svg"))
    assert "Linear 8 → 8  × 48" in shown and "sigmoid · layers 2 to 49" in shown and "3 456 parameters" in shown
    assert any("the gradient vanishes on its way back" in text for text in shown)
    assert len(re.findall(r'tooltip="layer \d+: ', drawing.source)) == 50


def test_what_the_bars_count_is_written_below_their_numbers(rng):
    model = nn.MLP([8] * 50 + [1], rng=0)
    svg = nn.draw(model, rng.normal(size=(4, 8)), np.zeros((4, 1)), nn.HalfSSELoss()).pipe("svg")
    heights = {element.text: float(element.get("y")) for element in ET.fromstring(svg).iter(f"{SVG}text")}
    assert all(heights["layer"] - heights[tick] > 9 for tick in ("1", "10", "50"))


def test_layers_that_differ_are_not_folded(rng):
    model = nn.MLP([8, 7, 6, 5, 4, 3, 2, 2, 1], rng=0)
    shown = layers_of(model, rng.normal(size=(4, 8)), np.zeros((4, 1)), nn.MSELoss())
    assert sum(text.startswith("Linear") for text in shown) == 8


def test_a_frozen_layer_is_said_to_be_frozen():
    model, x, y, loss = nn.worked_example()
    model.layers[0].weight.requires_grad_(False)
    assert "frozen" in layers_of(model, x, y, loss)


def test_the_operations_of_a_pass_bear_the_names_of_the_notes():
    model, _, _, loss = nn.worked_example()
    shown = layers_of(model, [1, 2], [1], loss, view="ops")
    assert {"x", "y", "W¹", "z²", "a²", "L", "δ¹", "∂L/∂W²"} <= set(shown)


class Own(nn.Module):
    """A student's own network."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 3, rng=0)
        self.b = nn.Linear(3, 1, rng=0)

    def forward(self, x):
        return self.b(np.tanh(self.a(x)))


def test_the_parameters_of_any_module_bear_the_names_of_their_attributes():
    model = Own()
    shown = layers_of(model, [1.0, 2.0], [1.0], nn.HalfSSELoss(), view="ops")
    assert {"x", "a.weight", "∂L/∂a.weight", "b.bias", "∂L/∂b.bias"} <= set(shown)
    assert all(parameter.name is None for parameter in model.parameters())


def test_the_names_of_a_networks_own_win():
    assert not [text for text in layers_of(*nn.worked_example(), view="ops") if "weight" in text]


def test_the_operations_of_a_function_can_be_drawn():
    w = ag.tensor(2.0, requires_grad=True, name="w")
    assert {"x", "w"} <= set(layers_of(lambda x: w * x, [3.0], [1.0], nn.HalfSSELoss(), view="ops"))


def test_a_loss_written_as_a_function_goes_by_its_name():
    model, x, y, _ = nn.worked_example()

    def distance(a, y):
        return abs(a - y).sum()

    assert "distance" in layers_of(model, x, y, distance)


def test_the_layers_view_speaks_spanish(rng):
    model = nn.MLP([8] * 10 + [1], activation="sigmoid", rng=0)
    shown = layers_of(model, rng.normal(size=(4, 8)), np.zeros((4, 1)), nn.HalfSSELoss(), lang="es")
    assert {"sigmoide · capas 2 a 9", "8 características", "576 parámetros", "4 ejemplos", "capa"} <= set(shown)


def test_scopes_are_named_in_the_language_of_the_picture_and_of_the_words():
    model, x, y, loss = nn.worked_example()
    shown = layers_of(model, x, y, loss, view="ops", lang="es")
    assert {"capa 1: ReLU", "capa 2: sigmoide", "pérdida"} <= set(shown)
    assert {"layer 1: ReLU", "layer 2: sigmoid", "loss"} <= set(layers_of(model, x, y, loss, view="ops"))
    assert "(capa 2: sigmoide)" in str(ag.explain(loss(model(x), y), lang="es"))


def test_the_page_of_a_diagnosis_speaks_its_language():
    report = nn.diagnose(*nn.worked_example(), lang="es")
    page = report.draw().pipe("html").decode()
    assert '<html lang="es">' in page and "Paso adelante" in page and "Step on" not in page


def test_every_text_of_an_svg_is_told_how_wide_it_is():
    tree = ET.fromstring(nn.draw(*nn.worked_example(), view="delta").pipe("svg"))
    widths = {each.text: each.get("textLength") for each in tree.iter(f"{SVG}text")}
    # Six letters of Courier, each 0.6 times 9 points wide.
    assert widths["0.5374"] == "32.4"
    assert all(float(width) > 0 for width in widths.values())


@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_every_theme_draws_every_view(theme):
    for view in ("layers", "delta", "neurons", "ops"):
        assert layers_of(*nn.worked_example(), view=view, theme=theme)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"view": "layer"}, ArgumentError, "view 'layer' is not known"),
        ({"theme": "drak"}, ArgumentError, "Write theme='dark'"),
        ({"model": np.tanh}, UsageError, "draws a Module, got an object of type ufunc"),
        ({"width": "17"}, ArgumentError, "Write width='17cm'"),
        ({"x": [[1.0, 2.0, 3.0]]}, ShapeError, "3"),
    ],
)
def test_wrong_use_is_answered_in_two_lines(change, error, message):
    model, x, y, loss = nn.worked_example()
    arguments = {"model": model, "x": x, "y": y, "loss": loss, **change}
    with pytest.raises(error, match=message) as caught:
        nn.draw(**arguments)
    assert len(str(caught.value).splitlines()) == 2


def test_a_loss_of_several_numbers_has_no_gradient():
    model, x, y, _ = nn.worked_example()
    assert nn.draw(model, x, y, nn.HalfSSELoss(reduction="none"))
    model = nn.MLP([2, 2], rng=0)
    with pytest.raises(GradientError, match=r"a loss that gives a scalar Tensor, got shape \(3, 2\)"):
        nn.draw(model, np.ones((3, 2)), np.ones((3, 2)), nn.HalfSSELoss(reduction="none"))


def test_a_curve_tells_its_numbers_in_words():
    root = ET.fromstring(curve_svg([1.0, 0.5, 0.25], title="Training <now>", second=[0.5, 0.75, 1.0]))
    assert root.get("role") == "img" and root.find(f"{SVG}title").text == "Training <now>"
    assert root.find(f"{SVG}desc").text == (
        "loss over 3 epochs: from 1.0000 to 0.2500, lowest 0.2500, highest 1.0000. "
        "accuracy over 3 epochs: from 0.5000 to 1.0000, lowest 0.5000, highest 1.0000."
    )


def test_a_curve_over_many_decades_has_a_logarithmic_axis():
    assert "loss (logarithmic)" in texts(curve_svg([1.0, 0.1, 0.001], title="t"))
    assert "loss" in texts(curve_svg([1.0, 0.1, 0.02], title="t"))


def test_a_curve_has_a_gap_where_a_number_is_missing():
    svg = curve_svg([3.0, 2.0, float("nan"), 1.0, 0.5], title="t")
    assert svg.count("<polyline") == 2


def test_a_long_curve_stays_small_and_keeps_its_extremes(rng):
    values = rng.normal(size=50_000)
    values[1234] = 40.0
    svg = curve_svg(values, title="t", xlabel="step")
    assert len(svg) < 80_000
    lowest_y = min(float(place.split(",")[1]) for place in re.search(r'points="([^"]+)"', svg)[1].split())
    assert lowest_y == pytest.approx(44, abs=0.1)


def test_a_constant_curve_and_a_single_number_are_drawn():
    assert "<polyline" in curve_svg([0.5, 0.5], title="t") and "<circle" in curve_svg([0.0], title="t")


def test_a_curve_needs_a_number():
    for values in ([], [float("nan")]):
        with pytest.raises(ArgumentError, match="no finite number"):
            curve_svg(values, title="t")
