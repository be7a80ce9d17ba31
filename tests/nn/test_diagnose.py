"""nn.diagnose: the verdicts on networks with planted faults, the numbers against the hand formulas, text, picture."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, ShapeError, UsageError
from nn import recursion
from nn.health.diagnosis import Diagnosis

SVG = "{http://www.w3.org/2000/svg}"


def deep(depth: int, activation: str, *, width: int = 32, outputs: int = 1, seed: int = 0) -> nn.MLP:
    return nn.MLP([8, *[width] * (depth - 1), outputs], activation, rng=seed)


def batch(rows: int = 64, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, 8)), rng.normal(size=(rows, 1))


def scaled(model: nn.MLP, factor: float) -> nn.MLP:
    for layer in model.layers:
        layer.weight.data = layer.weight.numpy() * factor
    return model


def diagnosed(model: Any, lang: str = "en") -> Diagnosis:
    return nn.diagnose(model, *batch(), nn.MSELoss(), lang=lang)


def test_thirty_sigmoid_layers_vanish() -> None:
    found = diagnosed(deep(30, "sigmoid"))
    assert found.verdict == "vanishing"
    assert found.total is not None and found.total < 1e-15
    assert found.factor is not None and 0.1 < found.factor < 0.3
    assert any("slope is at most ¼" in mend for mend in found.mends)


def test_weights_five_times_too_large_explode() -> None:
    found = diagnosed(scaled(deep(20, "relu"), 5))
    assert found.verdict == "exploding"
    assert found.factor is not None and 4 < found.factor < 6
    initialisation, output, clip = found.mends
    assert (
        "layers 2 to 19 have 5 times the spread that He's" in initialisation and 'init="he_uniform"' in initialisation
    )
    assert "layer 20" in output and 'init="xavier_uniform"' in output
    assert "clip the gradient" in clip
    assert_allclose([layer.weight_ratio for layer in found.layers[1:-1]], 5, rtol=0.1)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("activation", "depth"), [("relu", 20), ("tanh", 20), ("relu", 3)])
def test_good_initialisations_raise_no_alarm(activation: str, depth: int, seed: int) -> None:
    found = nn.diagnose(deep(depth, activation, seed=seed), *batch(seed=seed + 100), nn.MSELoss())
    assert (found.verdict, found.mends, found.notes) == ("healthy", (), ())


def test_tanh_with_small_weights_vanishes_and_is_told_of_xavier() -> None:
    found = diagnosed(scaled(deep(10, "tanh"), 0.2))
    assert found.verdict == "vanishing"
    assert found.mends == (
        "The weights of layers 2 to 10 have 0.2 times the spread that Xavier's initialisation would give "
        'them. Start again with init="xavier_uniform".',
    )


def test_a_dead_layer_is_found_and_the_layers_that_it_silences_are_not_blamed() -> None:
    model = deep(8, "relu")
    assert model.layers[3].bias is not None
    model.layers[3].bias.data = np.full(32, -100.0)
    found = diagnosed(model)
    assert found.verdict == "vanishing" and found.total == 0
    assert [layer.dead for layer in found.layers[3:]] == [1, 1, 1, 1, None]
    (mend,) = found.mends
    assert mend.startswith("Dead ReLUs in layer 4, up to 100% of a layer") and "learning rate" in mend
    assert "No error reaches layer 1: δ is 0 in layers 1 to 7." in found.text()


def test_dead_units_are_named_where_the_gradient_gets_through() -> None:
    model = deep(5, "relu", width=64)
    assert model.layers[1].bias is not None
    model.layers[1].bias.data = np.where(np.arange(64) < 58, -100.0, 0.0)
    found = diagnosed(model)
    assert found.verdict == "healthy"
    assert found.layers[1].dead is not None and found.layers[1].dead >= 58 / 64
    assert any(mend.startswith("Dead ReLUs in layer 2, up to 9") for mend in found.mends)
    assert found.text().splitlines()[0].endswith("the gradient gets through, but some units hardly learn")


def test_saturated_units_are_named() -> None:
    found = diagnosed(scaled(deep(5, "tanh"), 50))
    assert all(layer.saturated is not None and layer.saturated > 0.8 for layer in found.layers[:-1])
    assert any("Saturated units in layers 1 to 4" in mend and "xavier_uniform" in mend for mend in found.mends)
    assert diagnosed(scaled(deep(5, "sigmoid"), 50)).layers[0].saturated > 0.8  # type: ignore[operator]


def test_outputs_saturated_at_the_wrong_end_are_named_and_at_the_right_end_are_not() -> None:
    model = nn.MLP.from_weights([[[20.0]]], [[0.0]], output_activation="sigmoid")
    x = np.ones((4, 1))
    wrong, right = (nn.diagnose(model, x, np.full((4, 1), y), nn.HalfSSELoss()) for y in (0.0, 1.0))
    assert wrong.layers[0].saturated == right.layers[0].saturated == 1
    assert wrong.stuck == 1 and "BCEWithLogitsLoss" in wrong.mends[0]
    assert right.stuck == 0 and right.mends == ()


def test_large_inputs_are_to_be_normalised() -> None:
    x, y = batch()
    found = nn.diagnose(deep(3, "relu"), 1000 * x, y, nn.MSELoss())
    assert found.input_rms == pytest.approx(1000 * np.sqrt(np.mean(x**2)))
    assert any("Normalise each feature" in mend for mend in found.mends)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_the_numbers_are_those_of_the_hand_formulas(activation: str) -> None:
    model, (x, y) = nn.MLP([8, 5, 9, 1], activation, "sigmoid", rng=3), batch(7)
    weights = [layer.weight.numpy() for layer in model.layers]
    biases = [np.zeros(len(W)) for W in weights]
    names = [activation, activation, "sigmoid"]
    by_hand = recursion.backpropagation(x, y, weights, biases, activations=names, loss="mse").layers
    found = nn.diagnose(model, x, y, nn.MSELoss())
    sizes = [np.sqrt((hand.delta**2).mean()) for hand in by_hand]
    for layer, hand, W, name, fans in zip(found.layers, by_hand, weights, names, [(8, 5), (5, 9), (9, 1)], strict=True):
        assert layer.units == len(W)
        assert_allclose(layer.delta_norm, np.linalg.norm(hand.delta), rtol=1e-12)
        assert_allclose(layer.delta_rms, np.sqrt((hand.delta**2).mean()), rtol=1e-12)
        assert_allclose(layer.gradient_norm, np.linalg.norm(hand.dW), rtol=1e-12)
        slope = hand.derivative
        assert slope is not None
        assert layer.saturated == (np.mean(slope < 0.01) if name in ("sigmoid", "tanh") else None)
        assert layer.dead == (np.mean([(column == 0).all() for column in slope.T]) if name == "relu" else None)
        expected = 2 / fans[0] if name == "relu" else 2 / sum(fans)
        assert_allclose(layer.weight_ratio, np.sqrt((W**2).mean() / expected), rtol=1e-12)
    assert_allclose([layer.factor for layer in found.layers[:-1]], [sizes[0] / sizes[1], sizes[1] / sizes[2]])
    assert found.layers[-1].factor is None
    assert_allclose(found.total, sizes[0] / sizes[2], rtol=1e-12)
    assert_allclose(found.factor, np.exp(-np.polyfit([1, 2, 3], np.log(sizes), 1)[0]), rtol=1e-9)


def test_layers_of_different_widths_compare() -> None:
    model = nn.MLP.from_weights([np.eye(64), np.full((1, 64), 0.5)], activation="identity")
    found = nn.diagnose(model, np.ones((2, 64)), np.zeros((2, 1)), nn.SSELoss())
    hidden, output = found.layers
    assert hidden.delta_norm == pytest.approx(4 * output.delta_norm)
    assert hidden.delta_rms == pytest.approx(0.5 * output.delta_rms)


def poisoned(where: str) -> tuple[nn.MLP, np.ndarray, np.ndarray]:
    model, (x, y) = deep(4, "tanh"), batch(5)
    if where == "x":
        x[1, 2] = np.nan
    elif where == "y":
        y[0] = np.inf
    elif where == "W³":
        model.layers[2].weight.data = np.where(np.eye(32) > 0, np.nan, model.layers[2].weight.numpy())
    elif where == "b²":
        model.layers[1].bias.data = np.full(32, -np.inf)  # type: ignore[union-attr]
    elif where == "z⁴":
        model.layers[3].weight.data = np.full((1, 32), 1e308)
        model.layers[2].bias.data = np.full(32, 50.0)  # type: ignore[union-attr]
    elif where == "L":
        model.layers[3].bias.data = np.array([1e200])  # type: ignore[union-attr]
    return model, x, y


@pytest.mark.parametrize(
    ("where", "step", "layer", "is_nan", "mend"),
    [
        ("x", "data", None, True, "np.nan_to_num(x)"),
        ("y", "data", None, False, "np.nan_to_num(y)"),
        ("W³", "parameters", 3, True, "load or initialise them anew"),
        ("b²", "parameters", 2, False, "load or initialise them anew"),
        ("z⁴", "forward", 4, False, "forward pass overflows"),
        ("L", "loss", None, False, "normalise the targets"),
    ],
)
def test_the_first_number_that_is_not_finite_is_named(
    where: str, step: str, layer: int | None, is_nan: bool, mend: str
) -> None:
    found = nn.diagnose(*poisoned(where), nn.MSELoss())
    assert found.verdict == "not finite" and found.factor is None and found.total is None
    first = found.not_finite
    assert first is not None
    assert (first.place, first.step, first.layer, first.is_nan) == (where, step, layer, is_nan)
    assert first.path == ("" if layer is None else f"layers.{layer - 1}")
    assert len(found.mends) == 1 and mend in found.mends[0]
    assert where in found.text() and ("NaN" if is_nan else "infinity") in found.text()
    assert found.draw().pipe("svg")


def test_an_error_that_overflows_on_its_way_back_is_named() -> None:
    model = nn.MLP.from_weights([[[1e-200]], [[1e200]], [[1e200]]], activation="identity")
    found = nn.diagnose(model, [[1e-150], [1e-150]], [[0.0], [0.0]], lambda a, y: (a - y).sum())
    assert found.not_finite is not None
    assert (found.not_finite.place, found.not_finite.step, found.not_finite.layer) == ("∂L/∂a¹", "backward", 1)
    assert "backward pass overflows" in found.mends[0]


@pytest.mark.parametrize("rows", [(), (1,)])
def test_dead_relus_are_not_judged_from_one_example(rows: tuple[int, ...]) -> None:
    found = nn.diagnose(deep(3, "relu"), np.ones((*rows, 8)), np.ones((*rows, 1)), nn.MSELoss())
    assert [layer.dead for layer in found.layers] == [None, None, None]
    assert len(found.notes) == 1 and "single example" in found.notes[0] and found.notes[0][:20] in found.text()
    tanh = nn.diagnose(deep(3, "tanh"), np.ones((*rows, 8)), np.ones((*rows, 1)), nn.MSELoss())
    assert tanh.notes == () and tanh.layers[0].saturated is not None


def test_without_an_error_there_is_nothing_to_judge() -> None:
    model, (x, _) = deep(4, "tanh"), batch()
    found = nn.diagnose(model, x, model(x).numpy(), nn.MSELoss())
    assert (found.verdict, found.total, found.factor) == ("healthy", None, None)
    assert "no slope" in found.notes[0] and found.draw().pipe("svg")


def test_an_output_that_stops_its_own_error_has_vanished_it() -> None:
    model = nn.MLP.from_weights([[[1.0]], [[1.0]]], [[0.0], [-100.0]], output_activation="relu")
    assert nn.diagnose(model, [[1.0], [2.0]], [[1.0], [1.0]], nn.MSELoss()).verdict == "vanishing"


def test_errors_too_small_for_float32_have_vanished() -> None:
    model = nn.MLP([8, *[16] * 99, 1], "sigmoid", dtype=np.float32, rng=0)
    found = nn.diagnose(model, *batch(), nn.MSELoss())
    assert found.verdict == "vanishing" and found.total == 0 and found.layers[0].delta_rms == 0
    assert found.factor is not None and 0.1 < found.factor < 0.4
    assert "One layer in 3 is shown" in found.text() and found.text().count("sigmoid  ") == 33


def test_the_model_is_left_as_it_was() -> None:
    model, (x, y) = deep(3, "relu"), batch()
    nn.MSELoss()(model(x), y).backward()
    before = [(each.numpy().copy(), each.grad.numpy().copy()) for each in model.parameters()]
    state = nn.manual_seed(5).bit_generator.state
    nn.diagnose(model, x, y, nn.MSELoss())
    assert nn.random.generator().bit_generator.state == state
    for (values, gradient), parameter in zip(before, model.parameters(), strict=True):
        assert (parameter.numpy() == values).all() and (parameter.grad.numpy() == gradient).all()


def test_a_sequential_model_and_an_own_activation_are_diagnosed() -> None:
    class Flat(nn.Module):
        def forward(self, z: Any) -> ag.Tensor:
            return np.maximum(z, 0.0) * 1.0

    model = nn.Sequential(nn.Linear(8, 6, rng=0), Flat(), nn.Linear(6, 1, rng=0), nn.Sigmoid())
    found = nn.diagnose(model, *batch(), nn.MSELoss())
    assert [layer.path for layer in found.layers] == ["0", "2"]
    assert found.layers[0].dead is not None and found.layers[1].saturated is not None
    assert "Flat" in found.text() and found.draw().pipe("svg")


def test_a_leaky_relu_has_no_dead_units_to_look_for() -> None:
    found = diagnosed(deep(3, "leaky_relu"))
    assert found.layers[0].dead is None and found.verdict == "healthy"


def test_the_text_is_a_table_with_bars() -> None:
    lines = diagnosed(deep(5, "relu")).text().splitlines()
    assert lines[0] == "Diagnosis of a network of 5 layers on a batch of 64: the gradient is healthy"
    rows = [line.split() for line in lines if line[:7].strip().isdigit()]
    assert [row[:3] for row in rows] == [[str(k), "ReLU", "32"] for k in range(1, 5)] + [["5", "linear", "1"]]
    assert all(set(row[-1]) == {"█"} for row in rows)


def test_of_many_layers_the_first_and_the_last_are_always_shown() -> None:
    lines = diagnosed(deep(50, "tanh", width=4)).text().splitlines()
    numbers = [int(line.split()[0]) for line in lines if line[:7].strip().isdigit()]
    assert numbers == [1, *range(2, 51, 2)]


def test_bars_grow_with_the_logarithm() -> None:
    found = diagnosed(deep(20, "sigmoid"))
    bars = [line.count("█") for line in found.text().splitlines() if "█" in line]
    logs = np.log([layer.delta_rms for layer in found.layers])
    assert bars[0] == 1 and bars[-1] == 20
    assert_allclose(bars, 1 + 19 * (logs - logs[0]) / (logs[-1] - logs[0]), atol=0.51)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("name", ["sigmoid", "explosion", "saturated", "single"])
def test_every_text_has_an_ascii_spelling_and_keeps_to_its_columns(name: str, lang: str) -> None:
    models = {
        "sigmoid": deep(30, "sigmoid"),
        "explosion": scaled(deep(9, "relu"), 9),
        "saturated": scaled(deep(9, "tanh"), 50),
        "single": deep(3, "relu"),
    }
    found = diagnosed(models[name], lang)
    assert found.text(plain=True).isascii()
    sentences = [line for line in found.text(columns=70).splitlines()[1:] if "e-" not in line and "─" not in line]
    assert all(len(line) <= 70 for line in sentences if "█" not in line and "log RMS" not in line)
    assert str(found) == found.text(columns=80)


def test_spanish() -> None:
    found = diagnosed(deep(30, "sigmoid"), "es")
    assert found.text().startswith("Diagnóstico de una red de 30 capas con un lote de 64: el gradiente se desvanece")
    assert "sigmoide" in found.text() and "pendiente" in found.mends[0]
    assert found.draw().title == "El error δ, capa por capa: el gradiente se desvanece"


def test_html_is_well_formed_and_says_the_same() -> None:
    found = diagnosed(scaled(deep(6, "relu"), 9))
    root = ET.fromstring(found._repr_html_())
    text = "".join(root.itertext())
    assert all(mend in text for mend in found.mends) and "the gradient explodes" in text
    assert len(root.findall(".//tbody/tr")) == 6


def test_the_dictionary_is_ready_for_json() -> None:
    told = json.loads(json.dumps(diagnosed(deep(4, "relu")).to_dict()))
    assert told["verdict"] == "healthy" and told["mends"] == [] and len(told["layers"]) == 4
    assert told["layers"][0]["path"] == "layers.0"
    bad = json.loads(json.dumps(nn.diagnose(*poisoned("W³"), nn.MSELoss()).to_dict()))
    assert bad["not_finite"]["place"] == "W³"


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_picture_has_a_point_a_layer_and_a_line_between_neighbours(theme: str) -> None:
    drawing = diagnosed(deep(12, "relu")).draw(theme)
    root = ET.fromstring(drawing.pipe("svg"))
    assert len([each for each in root.iter(f"{SVG}g") if each.get("class") == "node delta"]) == 12
    assert len([each for each in root.iter(f"{SVG}g") if (each.get("class") or "").startswith("edge")]) == 11
    assert "12 layers" in drawing.description and drawing._repr_mimebundle_()["image/svg+xml"]


def test_the_lines_of_the_picture_end_in_its_points_and_these_stand_as_the_logarithm_does() -> None:
    found = diagnosed(deep(10, "sigmoid"))
    groups = list(ET.fromstring(found.draw().pipe("svg")).iter(f"{SVG}g"))
    dots = {each.get("id"): each.find(f".//{SVG}ellipse") for each in groups if each.get("class") == "node delta"}
    places = np.array([[float(dots[f"delta{k}"].get(axis)) for axis in ("cx", "cy")] for k in range(1, 11)])
    logs = np.log([layer.delta_rms for layer in found.layers])
    assert_allclose(np.diff(places[:, 0]), np.diff(places[:, 0])[0], atol=0.05)
    assert_allclose(np.corrcoef(places[:, 1], logs)[0, 1], -1, atol=1e-6)
    lines = [each.find(f".//{SVG}path").get("d") for each in groups if each.get("class") == "edge"]
    ends = [[[float(c) for c in point.split(",")] for point in re.findall(r"[-\d.]+,[-\d.]+", line)] for line in lines]
    assert_allclose([[line[0], line[-1]] for line in ends], np.stack([places[:-1], places[1:]], axis=1), atol=0.05)


def test_wrong_use_is_answered() -> None:
    model, (x, y) = deep(3, "relu"), batch()
    with pytest.raises(ArgumentError, match="'en', 'es'"):
        nn.diagnose(model, x, y, nn.MSELoss(), lang="fr")
    with pytest.raises(UsageError, match="must be a loss function"):
        nn.diagnose(model, x, y, nn.MSELoss)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="layer 1"):
        nn.diagnose(model, x[:, :3], y, nn.MSELoss())
    with pytest.raises(ArgumentError, match="theme"):
        diagnosed(model).draw("drak")


@pytest.mark.parametrize("seed", range(5))
def test_weights_that_are_a_little_too_small_in_every_layer_are_named(seed: int) -> None:
    model = nn.MLP([20, *[32] * 30, 2], activation="relu", init="xavier_uniform", rng=seed)
    x = np.random.default_rng(seed).normal(size=(64, 20))
    found = nn.diagnose(model, x, np.zeros((64, 2)), nn.MSELoss())
    assert found.verdict == "vanishing"
    assert len(found.mends) == 1 and "layers 2 to 30" in found.mends[0] and 'init="he_uniform"' in found.mends[0]
