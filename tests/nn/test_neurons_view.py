"""The neurons view: every number with its name, and no label in the way of another, of a neuron or of an edge."""

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import nn
from autograd_lite.errors import ArgumentError
from nn.views.wiring import Layer, collisions, wired
from tests.nn.view_checks import numbers, overlaps, size_of, texts, written


def neurons(*arguments, **options):
    return nn.draw(*arguments, view="neurons", **options)


def network(rng, sizes, **options):
    model = nn.MLP(sizes, activation="tanh", rng=1, **options)
    return model, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1]), nn.HalfSSELoss()


def test_every_orange_number_of_the_worked_example_carries_its_name():
    found = texts(neurons(*nn.worked_example()))
    for number in [text for text in found if text.fill == "#c2410c" and text.words.strip()[-4:].isdigit()]:
        beside = [each for each in found if each.right <= number.left + 1 and abs(each.bottom - number.bottom) < 3]
        nearest = max(beside, key=lambda text: text.right).words
        assert number.slanted and nearest.startswith(("δ", "∂w", "∂b", "value"))
    names = Counter(text.words for text in found)
    assert names["∂w"] == 9 and names["∂b"] == 4
    assert {"w¹₁₁", "w¹₃₂", "w²₁₃", "b¹₃", "b²₁", "z¹₁", "a²₁", "δ¹₂", "x₁", "x₂"} <= set(names)


@pytest.mark.parametrize("sizes", [[2, 3, 1], [3, 2], [2, 2, 2, 2]])
@pytest.mark.parametrize("bias", [True, False])
def test_every_number_of_the_record_is_shown(rng, sizes, bias):
    arguments = network(rng, sizes, bias=bias)
    record, shown = nn.backprop(*arguments), Counter(numbers(texts(neurons(*arguments, decimals=5))))
    expected = Counter(written([record.loss], 5))
    for layer in record.layers:
        for values in (layer.W, layer.z, layer.a, layer.delta, layer.dW):
            expected |= Counter(written(values, 5))
    assert not expected - shown


def test_no_label_covers_anything_in_any_network_up_to_5_5_5():
    for sizes in [*product(range(1, 6), repeat=2), *product(range(1, 6), repeat=3)]:
        layers = [Layer(sizes[0], 18), *(Layer(size, 38, (73, 29), has_bias=sum(sizes) % 2 == 0) for size in sizes[1:])]
        assert list(collisions(wired(layers))) == [], sizes


def test_a_label_on_an_edge_or_a_neuron_is_found():
    wiring = wired([Layer(2, 18), Layer(2, 38, (73, 29), True)])
    assert not list(collisions(wiring))
    label = wiring.labels[1, 0, 0]
    edge = wiring.wires[1, 1, 0][0]
    wiring.labels[1, 0, 0] = replace(label, x=sum(x for x, _ in edge) / 2, y=sum(y for _, y in edge) / 2)
    assert ((1, 0, 0), (1, 1, 0)) in set(collisions(wiring))
    wiring.labels[1, 0, 0] = replace(label, y=wiring.labels[1, 0, 1].y + 20)
    assert ((1, 0, 0), (1, 0, 1)) in set(collisions(wiring))
    wiring.labels[1, 0, 0] = replace(label, x=wiring.neurons[0, 0].x, y=wiring.neurons[0, 0].y)
    assert ((1, 0, 0), (0, 0)) in set(collisions(wiring))


@pytest.mark.parametrize("sizes", [[1, 1], [2, 3, 1], [5, 5, 5], [8, 8], [1, 8, 1], [2, 3, 3, 3, 2]])
def test_networks_of_many_sizes_are_drawn_without_overlaps(rng, sizes):
    drawing = neurons(*network(rng, sizes))
    found = texts(drawing)
    width, _ = size_of(drawing)
    assert not overlaps(found)
    assert all(text.left >= 0 and text.right <= width for text in found)


@pytest.mark.parametrize(
    ("loss", "y"),
    [(nn.CrossEntropyLoss(), 1), (nn.BCEWithLogitsLoss(), [1.0, 0.0]), (lambda p, y: (p * y).sum(), [1, 2])],
)
def test_other_losses_are_drawn_without_overlaps(rng, loss, y):
    arguments = nn.MLP([3, 2], rng=1), rng.normal(size=3), y, loss
    found = texts(neurons(*arguments))
    assert not overlaps(found)
    assert written([nn.backprop(*arguments).loss])[0] in numbers(found)


def test_numbers_that_are_huge_or_not_finite_are_drawn_without_overlaps():
    model = nn.MLP.from_weights([[[1e30, np.nan], [1e-9, -3.0]], [[1e5, -np.inf]]], [[0.0, 1.0], [0.0]])
    for view in ("neurons", "delta"):
        found = texts(nn.draw(model, [1.0, 2.0], [1.0], nn.MSELoss(), view=view))
        assert not overlaps(found)
        assert {"1.00×10", "³⁰", "nan", "−inf"} <= set(numbers(found)) | {
            word for text in found for word in text.words.split()
        }


def test_negative_weights_are_dashed_and_thick_frames_belong_to_parameters():
    source = neurons(*nn.worked_example()).source
    nodes = {line.split()[0]: line for line in source.splitlines() if "->" not in line}
    for name, dashed in {"w1_0_0": False, "w1_1_0": True, "w1_2_1": True, "w2_0_1": True, "w2_0_2": False}.items():
        assert ("dashed" in nodes[name]) is dashed
    dashed = [line.split("[")[0].split() for line in source.splitlines() if "->" in line and "dashed" in line]
    assert sorted({part for edge in dashed for part in edge if part.startswith("w")}) == ["w1_1_0", "w1_2_1", "w2_0_1"]
    assert "penwidth=2 " in nodes["b1_0"] and "penwidth=1.2" in nodes["n1_0"]


@pytest.mark.parametrize("notation", ["z-a", "u-o"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_both_notations_and_languages(notation, lang):
    drawing = neurons(*nn.worked_example("second"), notation=notation, lang=lang)
    found = texts(drawing)
    shown = {text.words for text in found}
    assert not overlaps(found)
    assert ({"θ¹₁₁", "∂θ", "u¹₁", "o²₁"} if notation == "u-o" else {"w¹₁₁", "∂w", "z¹₁", "a²₁"}) <= shown
    assert drawing.title == {"en": "The neurons of a 2-3-1 network", "es": "Las neuronas de una red 2-3-1"}[lang]
    assert ("llevado hacia atrás" if lang == "es" else "carried back") in drawing.description


def test_no_text_is_smaller_than_seven_points_on_a_page_of_17_cm():
    drawing = neurons(*nn.worked_example())
    width, _ = size_of(drawing)
    assert min(text.size for text in texts(drawing)) * (17 / 2.54 * 72) / width >= 7


def test_what_does_not_fit_is_refused_in_two_lines(rng):
    model, _, _, loss = network(rng, [2, 3, 1])
    with pytest.raises(ArgumentError, match=r"one example, got a batch of shape \(5, 2\).\n.*x\[0\], y\[0\]"):
        neurons(model, np.ones((5, 2)), np.ones((5, 1)), loss)
    with pytest.raises(ValueError, match=r"at most 8 neurons a layer, got 9.\nDraw view='layers'"):
        neurons(*network(rng, [2, 9, 1]))


def test_the_page_tells_every_neuron_with_the_numbers_put_in():
    page = neurons(*nn.worked_example()).pipe("html").decode()
    told = json.loads(re.search(r"<script[^>]*json[^>]*>(.*?)</script>", page, re.DOTALL)[1])
    said = [moment["said"] for moment in told["moments"]]
    assert "z¹₁ = 0.1 · 1 + 0.3 · 2 + 0.1 = 0.8000, a¹₁ = ReLU(z¹₁) = 0.8000" in said
    assert any(line.startswith("δ²₁ = ∂L/∂a²₁ · σ′(z²₁) = (−0.4626) · 0.2486 = −0.1150; ") for line in said)
    assert said[-1] == (
        "δ¹₁ = (w²₁₁ δ²₁) · σ′(z¹₁) = (0.2 · (−0.1150)) · 1 = −0.0230; "
        "∂w¹₁₁ = (−0.0230) · 1 = −0.0230; ∂w¹₁₂ = (−0.0230) · 2 = −0.0460"
    )


def test_a_picture_too_large_for_its_page_is_warned_of(rng):
    with pytest.warns(UserWarning, match="at 17cm the smallest text"):
        neurons(*network(rng, [3, 8, 8, 2]), width="17cm")
