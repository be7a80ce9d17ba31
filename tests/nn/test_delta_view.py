"""The δ view: every number of the pass, nothing in the way of anything, and the recursion in words."""

import re
import warnings
from collections import Counter

import numpy as np
import pytest

import nn
from autograd_lite.errors import ArgumentError, UsageError
from tests.nn.view_checks import numbers, on_page, overlaps, size_of, texts, written


def delta(*arguments, **options):
    return nn.draw(*arguments, view="delta", **options)


def network(rng, sizes, batch=None, activation="tanh", bias=True):
    model = nn.MLP(sizes, activation=activation, output_activation="sigmoid", bias=bias, rng=1)
    shape = () if batch is None else (batch,)
    return model, rng.normal(size=(*shape, sizes[0])), rng.normal(size=(*shape, sizes[-1])), nn.HalfSSELoss()


def test_the_worked_example_stands_there_with_the_numbers_of_the_note():
    shown = {text.words.strip() for text in texts(delta(*nn.worked_example()))}
    assert {"= (W²)ᵀ δ² ⊙ σ′(z¹)", "= (a² − y) ⊙ σ′(z²)", "= δ¹ xᵀ", "= δ² (a¹)ᵀ", "= W¹ x + b¹"} <= shown
    # (W²)ᵀ δ² = (−0.0230, 0.0115, −0.0345), then ⊙ (1, 1, 0); δ² = −0.4626 ⊙ 0.2486 = −0.1150
    assert {"−0.0345", "−0.4626", "0.2486", "−0.1150", "0.1070", "0.5374", "−0.0920  −0.0690  0.0000"} <= shown
    assert {"0.1   0.3", "−0.2   0.4", "0.5  −0.6", "0.05"} <= shown


@pytest.mark.parametrize("batch", [None, 1, 3])
def test_every_number_of_the_record_is_shown(rng, batch):
    arguments = network(rng, [3, 4, 2], batch)
    record, shown = nn.backprop(*arguments), Counter(numbers(texts(delta(*arguments, decimals=5))))
    expected = Counter(written([record.loss], 5))
    for layer in record.layers:
        for values in (layer.W, layer.z, layer.a, layer.derivative, layer.dL_da, layer.delta, layer.dW, layer.db):
            expected |= Counter(written(values, 5))
    assert not expected - shown


def test_typed_numbers_stay_as_they_were_typed_and_computed_ones_have_so_many_decimals():
    shown = numbers(texts(delta(*nn.worked_example(), decimals=2)))
    assert "−0.2" in shown and "0.05" in shown and "0.54" in shown
    assert "−0.00" not in shown


def test_gradients_are_orange_and_slanted_and_nothing_else_in_columns_is():
    for text in texts(delta(*nn.worked_example())):
        if text.words.strip() in ("−0.0345", "−0.1150", "−0.4626"):
            assert text.fill == "#c2410c" and text.slanted
        if text.words.strip() in ("0.2486", "0.8000", "0.5374"):
            assert text.fill == "#0f172a" and not text.slanted


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("batch", [None, 4])
def test_networks_up_to_five_layers_are_drawn_without_overlaps(rng, depth, batch):
    sizes = [int(each) for each in rng.integers(1, 7, size=depth + 1)]
    drawing = delta(*network(rng, sizes, batch, bias=depth != 3))
    found = texts(drawing)
    width, _ = size_of(drawing)
    assert not overlaps(found)
    assert all(text.left >= 0 and text.right <= width for text in found)


@pytest.mark.parametrize("notation", ["z-a", "u-o"])
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_both_notations_and_languages_are_drawn_without_overlaps(notation, lang, theme):
    drawing = delta(*nn.worked_example("second"), notation=notation, lang=lang, theme=theme)
    found = texts(drawing)
    assert not overlaps(found)
    assert ("hacia atrás" if lang == "es" else "backward") in {text.words for text in found}
    assert any(text.words.startswith("Err" if notation == "u-o" else "L") for text in found)


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [
        (nn.CrossEntropyLoss(), None, 2),
        (nn.BCELoss(), "sigmoid", [1.0, 0.0, 1.0]),
        (nn.BCEWithLogitsLoss(), None, [1.0, 0.0, 1.0]),
        (nn.MSELoss(), nn.Softplus(), [1.0, 0.0, 1.0]),
        (lambda p, y: abs(p - y).sum(), None, [1.0, 0.0, 1.0]),
        (lambda p, y: (p - y).sum(), nn.Sequential(nn.Tanh(), nn.Softplus()), [1.0, 0.0, 1.0]),
    ],
)
def test_every_loss_is_drawn_without_overlaps(rng, loss, output, y):
    model = nn.MLP([4, 3], output_activation=output, rng=1)
    arguments = model, rng.normal(size=4), y, loss
    found = texts(delta(*arguments))
    assert not overlaps(found)
    assert set(written(nn.backprop(*arguments).layer(1).delta)) <= set(numbers(found))


def test_softmax_with_cross_entropy_shows_the_probabilities_and_the_label_that_they_miss(rng):
    found = texts(delta(nn.MLP([4, 3], rng=1), np.ones((2, 4)), [0, 2], nn.CrossEntropyLoss()))
    shown = {text.words.strip() for text in found}
    assert {"softmax", "= 1/2 (p − e", "y", "1  0  0", "0  0  1"} <= shown
    assert not any("σ′" in text for text in shown)


def test_what_is_larger_than_six_is_told_by_shape_range_and_norm(rng):
    model = nn.MLP([64, 32, 3], rng=1)
    arguments = model, rng.normal(size=(20, 64)), rng.integers(0, 3, 20), nn.CrossEntropyLoss()
    found = texts(delta(*arguments))
    gradient = nn.backprop(*arguments).layer(1).dW
    words = {" ".join(text.words.split()) for text in found}
    low, high, norm = written([gradient.min(), gradient.max(), np.linalg.norm(gradient)])
    assert {"32×64", f"min {low}", f"max {high}", f"‖·‖ {norm}"} <= words
    assert not overlaps(found)


def test_no_text_is_smaller_than_seven_points_on_a_page_of_17_cm():
    drawing = delta(*nn.worked_example())
    width, _ = size_of(drawing)
    assert min(text.size for text in texts(drawing)) * (17 / 2.54 * 72) / width >= 7


def test_the_description_tells_the_recursion_in_words():
    drawing = delta(*nn.worked_example())
    assert drawing.title == "The δ recursion of a 2-3-1 network"
    svg = drawing.pipe("svg").decode()
    assert f">{drawing.title}</title>" in svg and drawing.description.replace(">", "&gt;") in svg
    assert "δ¹ = (W²)ᵀ δ² ⊙ σ′(z¹) = (−0.0230, 0.0115, 0.0000)" in drawing.description
    assert "carried back through that layer's transposed weights" in drawing.description
    assert "traspuestos" in delta(*nn.worked_example(), lang="es").description


def test_a_report_marks_the_step_that_is_wrong_with_what_was_given():
    example = nn.worked_example()
    report = nn.verify(*example, hand=lambda a2, y: {"delta2": a2 - y})
    drawing = delta(*example, report=report)
    (mark,) = [text for text in texts(drawing) if text.words.startswith("✗ ")]
    assert mark.words == "✗ wrong by hand: [1] −0.4626" and mark.fill == "#be123c"
    assert "Marked: δ² wrong by hand" in drawing.description
    right = nn.verify(*example, hand=lambda a2, y, sp2: {"delta2": (a2 - y) * sp2})
    assert not [text for text in texts(delta(*example, report=right)) if text.words.startswith("✗")]


def test_a_report_is_drawn_from_what_it_holds_in_its_own_words():
    example = nn.worked_example()
    report = nn.verify(*example, hand=lambda a2, y: {"delta2": a2 - y}, notation="u-o", lang="es")
    assert report.draw().source == delta(*example, report=report, notation="u-o", lang="es").source
    assert "✗ incorrecto a mano: [1] −0.4626" in {text.words for text in texts(report.draw())}
    assert report.draw(lang="en", notation="z-a").title == "The δ recursion of a 2-3-1 network"


def test_the_legend_tells_what_a_mark_is():
    example = nn.worked_example()
    report = nn.verify(*example, hand=lambda a2, y: {"delta2": a2 - y})
    line = "wrong by hand, with the number given"
    assert line in {text.words for text in texts(report.draw())}
    assert line not in {text.words for text in texts(delta(*example))}


def test_a_difference_of_batches_stands_in_round_parentheses_as_tall_as_it(rng):
    found = texts(delta(*network(rng, [2, 3], batch=4)))
    opening, closing = ([text for text in found if text.words == sign and text.size > 20] for sign in "()")
    assert len(opening) == len(closing) == 1
    inside = [text for text in found if opening[0].right <= text.left and text.right <= closing[0].left + 1]
    assert "−" in {text.words for text in inside}


@pytest.mark.parametrize("depth", [6, 12, 20])
def test_more_layers_go_on_in_further_rows(rng, depth):
    arguments = network(rng, [2] + [3] * (depth - 1) + [1])
    drawing = delta(*arguments)
    found = texts(drawing)
    width, height = size_of(drawing)
    shown = Counter(numbers(found))
    expected = Counter()
    for layer in nn.backprop(*arguments).layers:
        for values in (layer.W, layer.z, layer.a):
            expected |= Counter(written(values))
    assert not overlaps(found) and not expected - shown
    assert width < 1200 and height < 300 * depth


def test_a_row_says_what_goes_on_where(rng):
    drawing = delta(*network(rng, [2] + [3] * 6 + [1]))
    ways = re.findall(r"^\t((?:to|from)_\w+) \[", drawing.source, re.MULTILINE)
    assert sorted(ways) == [
        "from_a4", "from_a6", "from_delta4", "from_delta6", "to_a4", "to_a6", "to_delta4", "to_delta6"
    ]  # fmt: skip
    assert {"a³", "δ⁴", "to layer 4", "from layer 3", "from layer 4", "to layer 3"} <= {
        text.words for text in texts(drawing)
    }
    assert "goes on in another row" in " ".join(text.words for text in texts(drawing))
    # δ⁴ leaves its row at the left, and enters the row of layer 3 at the right.
    links = [line.split(" [")[0].strip() for line in drawing.source.splitlines() if "->" in line]
    assert {"delta4 -> to_delta4", "from_delta4 -> delta3", "a3 -> to_a4", "from_a4 -> z4"} <= set(links)


@pytest.mark.parametrize(
    ("sizes", "width", "rows"),
    [([2, 2, 1], "17cm", 1), ([2, 3, 3, 1], "17cm", 2), ([2, 3, 3, 1], "40cm", 1), ([2, 3, 3, 1], "12cm", 3)],
)
def test_a_page_decides_how_many_layers_stand_in_a_row(rng, sizes, width, rows):
    drawing = delta(*network(rng, sizes), width=width)
    shown, smallest = on_page(drawing)
    assert shown <= float(width.removesuffix("cm")) / 2.54 * 72 + 0.5 and smallest >= 6.95
    assert len(re.findall(r"^\tto_a\d+ \[", drawing.source, re.MULTILINE)) == rows - 1


def test_a_page_that_is_too_narrow_is_warned_of_where_it_was_asked_for(rng):
    arguments = network(rng, [6, 6, 6], batch=6)
    with pytest.warns(UserWarning, match=r"at 8cm the smallest text of this picture is \d\.\d pt, less") as caught:
        delta(*arguments, width="8cm")
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        delta(*nn.worked_example(), width="17cm")


def test_looking_changes_nothing():
    model, x, y, loss = nn.worked_example()
    loss(model(x), y).backward()
    before = [(parameter.numpy().copy(), parameter.grad.numpy().copy()) for parameter in model.parameters()]
    delta(model, x, y, loss)
    for parameter, (value, grad) in zip(model.parameters(), before, strict=True):
        assert np.array_equal(parameter.numpy(), value) and np.array_equal(parameter.grad.numpy(), grad)


def test_what_does_not_fit_is_refused_in_two_lines(rng):
    with pytest.raises(ArgumentError, match=r"at most 20 layers, got 21.\nDraw view='layers'"):
        delta(*network(rng, [2] * 22))
    with pytest.raises(UsageError, match=r"records an nn\.MLP or nn\.Sequential, got function"):
        delta(lambda x: x, [1.0], [1.0], nn.MSELoss())
    example = nn.worked_example()
    report = nn.verify(*example, hand=lambda a2, y: {"delta2": a2 - y})
    with pytest.raises(ArgumentError, match="in the view 'delta', got view='layers'"):
        nn.draw(*example, report=report)
    with pytest.raises(ArgumentError, match="of another network"):
        delta(*network(rng, [2, 1]), report=report)
