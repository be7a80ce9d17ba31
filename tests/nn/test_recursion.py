"""The hand formulas against numbers known from outside: the notes' worked example, differences, and each other."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nn.recursion import backpropagation, derivative, loss_and_slope, sigmoid, softmax

W1, B1 = [[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]], [0.1, 0.0, -0.1]
W2, B2 = [[0.2, -0.1, 0.3]], [0.05]
NOTES = ["relu", "sigmoid"]


def test_the_first_notes_example() -> None:
    by_hand = backpropagation([1, 2], [1], [W1, W2], [B1, B2], activations=NOTES)
    hidden, output = by_hand.layers
    assert_allclose(hidden.z, [0.8, 0.6, -0.8], atol=1e-15)
    assert_allclose(hidden.a, [0.8, 0.6, 0.0], atol=1e-15)
    assert_allclose(output.z, [0.15], atol=1e-15)
    assert_allclose(output.a, [0.5374298453], atol=5e-11)
    assert_allclose(by_hand.loss, 0.1069855740, atol=5e-11)
    assert_allclose(output.derivative, [0.2486], atol=5e-5)
    assert_allclose(output.delta, [-0.1149944810], atol=5e-11)
    assert_allclose(output.dW, [[-0.0919955848, -0.0689966886, 0.0]], atol=5e-11)
    assert_allclose(hidden.derivative, [1, 1, 0], atol=0)
    assert_allclose(hidden.delta, [-0.0229988962, 0.0114994481, 0.0], atol=5e-11)
    assert_allclose(hidden.dW, [[-0.0229988962, -0.0459977924], [0.0114994481, 0.0229988962], [0, 0]], atol=5e-11)
    assert_allclose(hidden.db, hidden.delta, atol=0)
    assert_allclose(output.db, output.delta, atol=0)


def test_the_second_notes_loss_doubles_every_gradient() -> None:
    first = backpropagation([1, 2], [1], [W1, W2], [B1, B2], activations=NOTES)
    second = backpropagation([1, 2], [1], [W1, W2], [B1, B2], activations=NOTES, loss="sse")
    assert_allclose(second.loss, 0.2139711480, atol=5e-11)
    for one, two in zip(first.layers, second.layers, strict=True):
        assert_allclose(two.delta, 2 * one.delta, rtol=1e-15)
        assert_allclose(two.dW, 2 * one.dW, rtol=1e-15)


def test_the_second_notes_network_without_biases() -> None:
    hidden, output = backpropagation([1, 2], [1], [W1, W2], activations=NOTES, loss="sse").layers
    assert_allclose(output.z, [0.08], atol=1e-15)
    assert_allclose(output.a, [0.5199893], atol=5e-8)
    assert_allclose(output.delta, [-0.2396217], atol=5e-8)
    assert_allclose(hidden.delta, [-0.0479243, 0.0239622, 0.0], atol=5e-8)


def random_pass(loss: str, output: str, batch: int | None, reduction: str | None = None):
    rng = np.random.default_rng(3)
    sizes, hidden = [4, 5, 3, 2], ["tanh", "sigmoid"]
    weights = [rng.normal(size=(b, a)) for a, b in pairwise(sizes)]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    rows = () if batch is None else (batch,)
    x = rng.normal(size=(*rows, 4))
    y = rng.integers(0, 2, size=rows) if loss == "cross_entropy" else rng.normal(size=(*rows, 2))
    if loss.startswith("bce"):
        y = rng.uniform(size=(*rows, 2))

    def run(weights, biases):
        return backpropagation(x, y, weights, biases, activations=[*hidden, output], loss=loss, reduction=reduction)

    return run, weights, biases


@pytest.mark.parametrize("batch", [None, 1, 7])
@pytest.mark.parametrize("reduction", [None, "sum", "mean"])
@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("half_sse", "sigmoid"),
        ("sse", "relu"),
        ("mse", "tanh"),
        ("cross_entropy", "identity"),
        ("cross_entropy", "softmax"),
        ("cross_entropy", "tanh"),
        ("bce", "sigmoid"),
        ("bce_logits", "identity"),
        ("bce_logits", "gelu"),
        ("half_sse", "leaky_relu(0.2)"),
        ("sse", "elu(0.5)"),
        ("mse", "gelu(tanh)"),
        ("mse", "silu"),
        ("mse", "softplus"),
    ],
)
def test_every_gradient_is_the_slope_of_the_loss(loss: str, output: str, batch: int | None, reduction) -> None:
    run, weights, biases = random_pass(loss, output, batch, reduction)
    layers = run(weights, biases).layers
    for arrays, gradients in ((weights, [each.dW for each in layers]), (biases, [each.db for each in layers])):
        for array, gradient in zip(arrays, gradients, strict=True):
            for place in np.ndindex(array.shape):
                kept, losses = array[place], []
                for step in (6e-6, -6e-6):
                    array[place] = kept + step
                    losses.append(run(weights, biases).loss)
                array[place] = kept
                assert_allclose(gradient[place], (losses[0] - losses[1]) / 12e-6, atol=1e-8)


def test_softmax_with_cross_entropy_is_p_minus_y_over_the_batch() -> None:
    z = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 3.0]])
    (layer,) = backpropagation(z, [0, 1, 1], [np.eye(2)], activations=["softmax"], loss="cross_entropy").layers
    assert layer.derivative is None
    assert_allclose(layer.delta, (softmax(z) - [[1, 0], [0, 1], [0, 1]]) / 3, rtol=1e-15)


def test_softmax_output_and_logits_have_the_same_delta() -> None:
    by_output = {name: random_pass("cross_entropy", name, 5) for name in ("identity", "softmax")}
    plain, soft = (run(weights, biases) for run, weights, biases in by_output.values())
    assert plain.loss == soft.loss
    assert_allclose(plain.layers[-1].delta, soft.layers[-1].delta, rtol=1e-15)


def test_sigmoid_with_bce_is_a_minus_y_and_the_product_of_its_factors() -> None:
    z = np.array([[1.0, -2.0], [0.5, 0.0], [-1.0, 3.0]])
    y = np.array([[1, 0], [0, 1], [1, 1]])
    (layer,) = backpropagation(z, y, [np.eye(2)], activations=["sigmoid"], loss="bce").layers
    a = 1 / (1 + np.exp(-z))
    assert_allclose(layer.delta, (a - y) / 6, rtol=1e-15)
    value, slope = loss_and_slope("bce", a, y)
    assert_allclose(slope, (a - y) / (a * (1 - a)) / 6, rtol=1e-14)
    assert_allclose(slope * layer.derivative, layer.delta, rtol=1e-14)
    assert_allclose(value, -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)), rtol=1e-14)


def test_bce_of_a_sigmoid_and_of_its_logits_are_one() -> None:
    x, y, W = [[1.0, 2.0], [-1.0, 0.5]], [[1], [0]], [[[0.3, -0.7]]]
    probability = backpropagation(x, y, W, activations=["sigmoid"], loss="bce", reduction="sum")
    logit = backpropagation(x, y, W, activations=["identity"], loss="bce_logits", reduction="sum")
    assert_allclose(probability.loss, logit.loss, rtol=1e-15)
    assert_allclose(probability.layers[0].dW, logit.layers[0].dW, rtol=1e-15)


def test_bce_at_the_ends() -> None:
    assert loss_and_slope("bce", np.array([0.0, 1.0]), [0, 1], "sum")[0] == 0
    assert loss_and_slope("bce", np.array([0.0, 1.0]), [0, 1], "sum")[1].tolist() == [1.0, -1.0]
    value, slope = loss_and_slope("bce_logits", np.array([1000.0, -1000.0]), [0, 1], "sum")
    assert (value, slope.tolist()) == (2000.0, [1.0, -1.0])
    for output, y, words in (
        ([1.0], [0], "infinite"),
        ([1.5], [1], "the output must lie"),
        ([0.5], [2], "the targets"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            loss_and_slope("bce", np.array(output), y)
        assert len(str(caught.value).splitlines()) == 2


def test_a_batch_of_one_is_the_single_example() -> None:
    single = backpropagation([1, 2], [1], [W1, W2], [B1, B2], activations=NOTES)
    batch = backpropagation([[1, 2]], [[1]], [W1, W2], [B1, B2], activations=NOTES)
    assert single.loss == batch.loss
    assert_allclose(batch.layers[0].delta[0], single.layers[0].delta, rtol=1e-15)
    assert_allclose(batch.layers[0].dW, single.layers[0].dW, rtol=1e-15)


def test_extreme_inputs_stay_finite() -> None:
    assert sigmoid(np.array([-1000.0, 1000.0])).tolist() == [0.0, 1.0]
    by_hand = backpropagation([1.0], 0, [[[-900.0], [900.0]]], activations=["identity"], loss="cross_entropy")
    assert by_hand.loss == 1800.0
    assert by_hand.layers[0].delta.tolist() == [-1.0, 1.0]


def test_a_network_of_any_depth() -> None:
    identity = [np.eye(2)] * 60
    by_hand = backpropagation([1, -2], [0, 0], identity, activations=["identity"] * 60)
    assert len(by_hand.layers) == 60
    assert by_hand.layers[0].delta.tolist() == [1.0, -2.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [[1], [2]]}, "It takes 1 inputs"),
        ({"x": 3.0}, "one example of shape"),
        ({"y": [[1]]}, "targets have shape (1, 1), the output (1,)"),
        ({"weights": []}, "0 weights"),
        ({"biases": [B1, [1, 2]]}, "b of layer 2 has shape (2,)"),
        ({"activations": ["relu"]}, "1 activations"),
        ({"activations": ["swish", "relu"]}, "layer 1 has the unknown activation 'swish'"),
        ({"activations": ["relu(2)", "relu"]}, "layer 1 has the unknown activation 'relu(2)'"),
        ({"activations": ["gelu(none of it)", "relu"]}, "layer 1 has the unknown activation"),
        ({"activations": ["elu(x)", "relu"]}, "layer 1 has the unknown activation"),
        ({"activations": ["relu", "softmax"]}, "softmax in layer 2"),
        ({"loss": "hinge"}, "unknown loss 'hinge'"),
        ({"reduction": "none"}, "unknown reduction 'none'"),
        ({"loss": "cross_entropy", "y": [0.5]}, "Give class numbers"),
        ({"loss": "cross_entropy", "y": 1}, "outside 0 … 0"),
    ],
)
def test_wrong_use_is_told_in_two_lines(change: dict, words: str) -> None:
    given = {"x": [1, 2], "y": [1], "weights": [W1, W2], "biases": [B1, B2], "activations": NOTES, **change}
    with pytest.raises(ValueError) as caught:
        backpropagation(**given)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_the_formulas_import_numpy_only(root: Path) -> None:
    program = (
        "import importlib.util, sys; spec = importlib.util.spec_from_file_location('recursion', 'nn/recursion.py');"
        "module = importlib.util.module_from_spec(spec); sys.modules['recursion'] = module;"
        "spec.loader.exec_module(module); print('autograd_lite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_far_out_the_approximate_gelu_is_a_step() -> None:
    with np.errstate(all="raise"):
        assert derivative("gelu(tanh)", np.array([-1e200, -200.0, 200.0, 1e200])).tolist() == [0.0, 0.0, 1.0, 1.0]
