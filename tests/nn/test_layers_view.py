"""The layers view of any model: what ran, in its order, with branches around blocks and repetitions folded."""

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd_lite as ag
import nn
from nn.views.calls import watched
from nn.views.flow import Branch, flow_of
from tests.nn.view_checks import on_page, overlaps, texts

SVG = "{http://www.w3.org/2000/svg}"


class Residual(nn.Module):
    """x + inner(x), written by a student."""

    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Projected(nn.Module):
    """A block whose way around it is a layer too."""

    def __init__(self, size, wide):
        self.block = nn.Sequential(nn.Linear(size, wide, rng=0), nn.ReLU(), nn.Linear(wide, wide, rng=1))
        self.shortcut = nn.Linear(size, wide, rng=2)

    def forward(self, x):
        return nn.functional.relu(self.block(x) + self.shortcut(x))


class Own(nn.Module):
    """Functions between layers, and layers in a list, in a dict and called twice."""

    def __init__(self):
        self.parts = {"last": nn.Linear(3, 2, rng=3), "first": nn.Linear(4, 3, rng=4)}
        self.shared = nn.Linear(3, 3, rng=5)

    def forward(self, x):
        h = np.tanh(self.parts["first"](x))
        h = self.shared(self.shared(h))
        return self.parts["last"](h)


class Attention(nn.Module):
    """Softmax attention, operation by operation."""

    def __init__(self, size):
        self.q, self.k, self.v = (nn.Linear(size, size, rng=k) for k in range(3))

    def forward(self, x):
        scores = np.exp(self.q(x) @ self.k(x).mT / 2.0)
        return (scores / scores.sum(axis=-1, keepdims=True)) @ self.v(x)


class Recurrent(nn.Module):
    """A network whose steps cross over."""

    def __init__(self):
        self.inner, self.hidden, self.out = nn.Linear(2, 3, rng=0), nn.Linear(3, 3, rng=1), nn.Linear(3, 1, rng=2)

    def forward(self, x):
        h = np.zeros((len(x), 3))
        for t in range(x.shape[1]):
            h = np.tanh(self.inner(x[:, t]) + self.hidden(h))
        return self.out(h)


def block(size, seed=0):
    return nn.Sequential(nn.Linear(size, size, rng=seed), nn.ReLU(), nn.Linear(size, size, rng=seed + 1))


def layers(model, x, **options):
    target = np.zeros(model(ag.tensor(x)).shape)
    return nn.draw(model, x, target, nn.MSELoss(), **options)


def words(drawing):
    return {text.words for text in texts(drawing)}


def links(drawing):
    return [line.split(" [")[0].strip() for line in drawing.source.splitlines() if "->" in line]


def chain(model, x):
    """The titles of a chain, with its branches in lists."""

    def told(elements):
        found = []
        for each in elements:
            if isinstance(each, Branch):
                found.append([told(way) for way in each.ways])
                found.append(each.join.label)
            else:
                found.append(each.call.path if each.call else each.label)
        return found

    run = watched(model, ag.tensor(x), lambda prediction: prediction.sum())
    return told(flow_of(run.call).elements)


def test_modules_stand_in_the_order_in_which_they_ran_and_not_in_which_they_are_held(rng):
    assert chain(Own(), rng.normal(size=(5, 4))) == ["parts.first", "shared", "shared", "parts.last"]


def test_a_sequential_looks_like_the_same_mlp(rng):
    mlp = nn.MLP([3, 4, 2], activation="tanh", rng=0)
    same = nn.Sequential(mlp.layers[0], nn.Tanh(), mlp.layers[1], nn.Identity())
    x = rng.normal(size=(5, 3))
    assert words(layers(mlp, x)) == words(layers(same, x))
    assert layers(same, x).title == "The layers of a 3-4-2 network"


def test_norms_are_those_of_the_gradients_that_backward_leaves(rng):
    model, x = (
        nn.Sequential(nn.Linear(2, 4, rng=0), Residual(block(4)), nn.Linear(4, 1, rng=3)),
        rng.normal(size=(5, 2)),
    )
    drawing = layers(model, x)
    nn.MSELoss()(model(x), np.zeros((5, 1))).backward()
    for number, parameter in enumerate((p for name, p in model.named_parameters() if name.endswith("weight")), 1):
        norm = np.linalg.norm(parameter.grad.numpy())
        assert f"layer {number}: " in drawing.description
        written = re.search(rf"‖∂L/∂W{'⁰¹²³⁴'[number]}‖ = ([\d.e+-]+)", drawing.description)[1]
        assert float(written.rstrip(".")) == pytest.approx(norm, rel=0.05)


@pytest.mark.parametrize("residual", [Residual, nn.Residual])
def test_a_residual_block_has_a_branch_around_it(rng, residual):
    model, x = (
        nn.Sequential(nn.Linear(2, 4, rng=0), residual(block(4)), nn.Linear(4, 1, rng=3)),
        rng.normal(size=(5, 2)),
    )
    inner = "1.inner.0"
    assert chain(model, x) == ["0", [[inner, "1.inner.2"], []], "+", "2"]
    drawing = layers(model, x)
    assert links(drawing).count("layer1 -> part1") == 1 and "layer1 -> layer2" in links(drawing)
    assert {"layer2 -> layer3", "layer3 -> part1", "part1 -> layer4"} <= set(links(drawing))
    assert "Branches around blocks: 1." in drawing.description


def test_a_branch_may_have_a_layer_of_its_own(rng):
    model, x = nn.Sequential(Projected(2, 3), nn.Linear(3, 1, rng=3)), rng.normal(size=(5, 2))
    assert chain(model, x) == [[["0.block.0", "0.block.2"], ["0.shortcut"]], "+", "ReLU", "1"]
    drawing = layers(model, x)
    assert not overlaps(texts(drawing))
    assert {"x -> layer1", "x -> layer3", "layer2 -> part1", "layer3 -> part1"} <= set(links(drawing))


def test_a_branch_runs_above_what_it_goes_around(rng):
    drawing = layers(nn.Sequential(Residual(block(4)), nn.Linear(4, 1, rng=3)), rng.normal(size=(5, 4)))
    root = ET.fromstring(drawing.pipe("svg"))
    groups = {group.findtext(f"{SVG}title"): group for group in root.iter(f"{SVG}g")}
    around = groups["x->part1"].find(f".//{SVG}path").get("d")
    card = groups["layer1"].find(f".//{SVG}polygon").get("points")
    highest, top = (min(float(y) for _, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", each)) for each in (around, card))
    assert highest < top


def test_blocks_that_repeat_are_drawn_once_with_how_often_and_which_layers(rng):
    model = nn.Sequential(nn.Linear(2, 4, rng=0), *[Residual(block(4, k)) for k in range(48)], nn.Linear(4, 1, rng=1))
    drawing = layers(model, rng.normal(size=(5, 2)))
    # 48 blocks of two layers with 4·4 + 4 parameters each; the norm of each of the 98 layers as a bar.
    assert "Residual × 48 · layers 2 to 97 · 1 920 parameters" in words(drawing)
    assert sum(text.words == "+" for text in texts(drawing)) == 1
    assert len(re.findall(r'tooltip="layer \d+: ', drawing.source)) == 98


def test_rounds_of_several_blocks_are_found(rng):
    part = lambda: [nn.Linear(4, 4, rng=0), nn.ReLU(), Residual(nn.Linear(4, 4, rng=1))]  # noqa: E731
    model = nn.Sequential(*[each for _ in range(5) for each in part()], nn.Linear(4, 1, rng=2))
    assert "× 5 · layers 1 to 10 · 200 parameters" in words(layers(model, rng.normal(size=(3, 4))))


def test_parameters_used_twice_are_counted_once(rng):
    drawing = layers(Own(), rng.normal(size=(5, 4)))
    assert "the weights of layer 2" in words(drawing)
    total = sum(each.size for each in Own().parameters())
    assert f"4 layers and {total} parameters" in drawing.description


def test_a_module_without_a_chain_inside_is_one_card_with_all_its_parameters(rng):
    model = nn.Sequential(nn.Linear(3, 4, rng=0), Residual(Attention(4)), nn.Linear(4, 1, rng=1))
    drawing = layers(model, rng.normal(size=(2, 5, 3)))
    assert {"Attention", "60 parameters", "→ 2×5×4", "+"} <= words(drawing)
    assert any(text.words.startswith("‖∂L/∂θ²‖") for text in texts(drawing))


def test_what_hangs_together_in_no_chain_is_drawn_in_its_order_and_says_so(rng):
    drawing = layers(Recurrent(), rng.normal(size=(4, 6, 2)))
    said = "the layers in the order in which they ran; how they hang together is not shown"
    assert said in words(drawing) and said in drawing.description
    assert "× 6 · layers 1 to 12 · 21 parameters" in words(drawing)


def test_a_parameter_of_the_models_own_is_a_layer(rng):
    class Scaled(nn.Module):
        def __init__(self):
            self.layer, self.scale = nn.Linear(2, 3, rng=0), nn.Parameter([1.0, 2.0, 3.0])

        def forward(self, x):
            return self.layer(x) * self.scale

    drawing = layers(Scaled(), rng.normal(size=(5, 2)))
    assert "· scale" in words(drawing) and "3 parameters" in words(drawing)
    assert any(text.words.startswith("‖∂L/∂scale²‖") for text in texts(drawing))


def images(rng, dtype=np.float64):
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, rng=0, dtype=dtype), nn.BatchNorm2d(4, dtype=dtype), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10, rng=1, dtype=dtype),
    )  # fmt: skip
    return model, rng.normal(size=(5, 1, 8, 8)).astype(dtype), [1, 2, 3, 4, 5]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_for_images_shows_shapes_and_what_is_applied_on_the_way(rng, dtype):
    drawing = nn.draw(*images(rng, dtype), nn.CrossEntropyLoss())
    assert {
        "Conv2d 1 → 4", "40 parameters", "→ 5×4×8×8", "BatchNorm2d(4)", "ReLU · 8 parameters",
        "MaxPool2d(2)", "→ 5×4×4×4", "Flatten", "Dropout(p=0.5)", "Linear 64 → 10", "5×1×8×8",
    } <= words(drawing)  # fmt: skip
    assert any(each.endswith("3, padding=1") for each in words(drawing))
    assert not overlaps(texts(drawing))
    assert drawing.title == "The layers of Sequential"


def test_looking_moves_neither_running_statistics_nor_random_numbers(rng):
    model, x, y = images(rng)
    nn.manual_seed(3)
    before = {path: np.array(value) for path, value in model.state_dict().items()}
    expected = nn.manual_seed(3).random()
    nn.manual_seed(3)
    for view in ("layers", "ops"):
        nn.draw(model, x, y, nn.CrossEntropyLoss(), view=view)
    assert nn.random.generator().random() == expected
    for path, value in model.state_dict().items():
        assert np.array_equal(value, before[path])
    assert all(parameter.name is None and parameter.grad is None for parameter in model.parameters())


def test_tokens_are_data_too(rng):
    model = nn.Sequential(nn.Embedding(20, 8, rng=0), nn.LayerNorm(8), nn.Flatten(), nn.Linear(32, 3, rng=0))
    drawing = nn.draw(model, rng.integers(0, 20, (5, 4)), [0, 1, 2, 1, 0], nn.CrossEntropyLoss())
    assert {"5×4", "int64", "Embedding(20, 8)", "→ 5×4×8", "LayerNorm(8)"} <= words(drawing)


def test_models_in_parts_of_every_kind_are_drawn(rng):
    class Parts(nn.Module):
        def __init__(self):
            self.ends = nn.ModuleDict({"first": nn.Linear(4, 8, rng=0), "last": nn.Linear(8, 2, rng=0)})
            self.blocks = nn.ModuleList([nn.Linear(8, 8, rng=k) for k in range(7)])

        def forward(self, x):
            h = np.tanh(self.ends["first"](x))
            for each in self.blocks:
                h = nn.functional.silu(each(h))
            return self.ends["last"](h)

    assert {"Linear 8 → 8  × 7", "SiLU · layers 2 to 8", "Linear 8 → 2"} <= words(
        layers(Parts(), rng.normal(size=(6, 4)))
    )


def test_a_pass_that_reads_its_input_as_an_array_is_drawn(rng):
    class Masked(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1, rng=0)

        def forward(self, x):
            return self.layer(x * (np.asarray(x) > 0))

    assert "Linear 2 → 1" in words(layers(Masked(), rng.normal(size=(3, 2))))


def test_frozen_layers_say_so_and_a_wholly_frozen_model_is_drawn(rng):
    model, x, y = images(rng)
    for parameter in model.parameters():
        parameter.requires_grad = False
    assert sum(text.words == "frozen" for text in texts(nn.draw(model, x, y, nn.CrossEntropyLoss()))) == 3


def test_the_gradient_of_a_deep_sigmoid_net_is_seen_to_vanish(rng):
    model = nn.Sequential(*[each for k in range(50) for each in (nn.Linear(8, 8, rng=k), nn.Sigmoid())])
    drawing = layers(model, rng.normal(size=(4, 8)))
    assert any("the gradient vanishes on its way back" in text.words for text in texts(drawing))
    bars = re.findall(r'height=([\d.]+) [^\n]*tooltip="layer (\d+): ', drawing.source)
    heights = [float(height) for height, _ in sorted(bars, key=lambda bar: int(bar[1]))]
    assert len(heights) == 50 and heights == sorted(heights) and heights[-1] > 20 * heights[0]


@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_no_text_is_smaller_than_seven_points_on_a_page_of_17_cm(rng, theme):
    model = nn.Sequential(nn.Linear(2, 4, rng=0), *[Residual(block(4, k)) for k in range(9)], nn.Linear(4, 1, rng=1))
    drawing = layers(model, rng.normal(size=(5, 2)), width="17cm", theme=theme)
    shown, smallest = on_page(drawing)
    assert shown <= 17 / 2.54 * 72 + 0.5 and smallest >= 6.95
    assert not overlaps(texts(drawing))


def test_the_view_speaks_spanish(rng):
    model = nn.Sequential(nn.Linear(2, 4, rng=0), *[Residual(block(4, k)) for k in range(9)], nn.Sigmoid())
    drawing = layers(model, rng.normal(size=(5, 2)), lang="es")
    assert "Residual × 9 · capas 2 a 19 · 360 parámetros" in words(drawing) and "sigmoide" in words(drawing)
    assert drawing.title == "Las capas de Sequential" and "Ramas que rodean bloques: 9." in drawing.description


def test_the_page_plays_the_layers_forward_and_the_gradients_from_the_last_back(rng):
    model = nn.Sequential(nn.Linear(2, 4, rng=0), Residual(block(4)), nn.Linear(4, 1, rng=3))
    page = layers(model, rng.normal(size=(5, 2))).pipe("html").decode()
    told = json.loads(re.search(r"<script[^>]*json[^>]*>(.*?)</script>", page, re.DOTALL)[1])
    moments = [(moment["phase"], moment["node"]) for moment in told["moments"]]
    order = ["layer1", "layer2", "layer3", "part1", "layer4"]
    assert moments == [
        *(("forward", node) for node in ["x", *order, "L"]),
        *(("backward", node) for node in ["layer4", "layer3", "layer2", "layer1"]),
    ]
    assert told["moments"][-1]["said"].startswith("‖∂L/∂W¹‖ = ")


def eight_layers():
    return nn.Sequential(*[nn.Linear(4, 4, rng=k) for k in range(8)])


def test_a_chart_without_bars_says_why():
    model, x = eight_layers(), np.ones((3, 4))
    drawing = nn.draw(model, x, model(x).detach(), nn.MSELoss())
    assert "of each layer, logarithmic scale: every gradient is 0" in words(drawing)
    with np.errstate(all="ignore"):
        drawing = nn.draw(model, x, x, lambda a, y: (a - y).sum() * np.inf, lang="es")
    assert "de cada capa, escala logarítmica: no es finita en 8 de 8 capas" in words(drawing)


def test_hooks_of_parameters_are_spoken_of(rng):
    model, x = eight_layers(), rng.normal(size=(3, 4))
    said = "gradient hooks are not called here: the norms are those without them"
    assert said not in words(layers(model, x))
    handle = model[3].weight.register_hook(lambda g: 2 * g)
    drawing = layers(model, x)
    assert said in words(drawing) and said in drawing.description and not overlaps(texts(drawing))
    handle.remove()
    assert said not in words(layers(model, x))


def test_a_model_that_keeps_what_it_computed_is_drawn():
    class Keeping(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1, rng=0)

        def forward(self, x):
            self.last = self.layer(x)
            return self.last

    model = Keeping()
    kept = model([[1.0, 2.0]])
    picture = nn.draw(model, [[1.0, 2.0]], [[1.0]], nn.MSELoss(), view="layers")
    assert "Linear" in picture.source
    assert model.last is kept
