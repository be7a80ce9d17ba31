"""Linear, Sequential, MLP and the activations: shapes, dtypes, names, and clear answers to what does not fit."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError

W1, B1 = [[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]], [0.1, 0.0, -0.1]
W2, B2 = [[0.2, -0.1, 0.3]], [0.05]


def message(call):
    with pytest.raises((ShapeError, ArgumentError, UsageError, DtypeError)) as caught:
        call()
    return str(caught.value)


def test_linear_is_w_x_plus_b(rng):
    layer = nn.Linear(4, 3, rng=0)
    x, W, b = rng.normal(size=(5, 4)), layer.weight.numpy(), layer.bias.numpy()
    assert_allclose(layer(x).numpy(), x @ W.T + b, rtol=1e-14)
    assert_allclose(layer(x[0]).numpy(), W @ x[0] + b, rtol=1e-14)
    assert_allclose(layer(x.reshape(5, 1, 4)).numpy(), (x @ W.T + b).reshape(5, 1, 3), rtol=1e-14)


def test_linear_without_bias():
    layer = nn.Linear(2, 1, bias=False, init=1.0)
    assert layer.bias is None
    assert layer([1, 2]).tolist() == [3.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("given", [np.int64, np.uint8, np.bool_, np.float32, np.float64])
def test_data_become_the_parameters_dtype(dtype, given):
    layer = nn.Linear(2, 1, dtype=dtype)
    for x in (np.ones((3, 2), given), ag.tensor(np.ones((3, 2), given)), np.ones((3, 2), given).tolist()):
        z = layer(x)
        assert z.dtype == dtype
        z.sum().backward()
        assert layer.weight.grad.dtype == dtype


def test_the_gradient_passes_through_a_change_of_dtype():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    layer = nn.Linear(2, 1, init=3.0, dtype=np.float32)
    layer(x).sum().backward()
    assert x.grad.dtype == np.float64
    assert x.grad.tolist() == [3.0, 3.0]


def test_writing_into_the_data_afterwards_does_not_change_the_gradient():
    x = np.ones((1, 2))
    layer = nn.Linear(2, 1)
    z = layer(x).sum()
    x[:] = 100.0
    z.backward()
    assert layer.weight.grad.tolist() == [[1.0, 1.0]]


def test_a_column_gets_the_mend():
    text = message(lambda: nn.Linear(2, 3)(np.ones((2, 1))))
    assert text == (
        "Linear(2, 3) got a column (2, 1), expected (2,) or (N, 2).\nPass x.ravel(), or x.T for one example a row."
    )


def test_a_wrong_width_gets_the_mend():
    text = message(lambda: nn.Linear(64, 3)(np.ones((32, 10))))
    assert text.startswith("Linear(64, 3) expects (..., 64), got (32, 10).\nPass x of shape (64,)")
    assert "x.reshape(-1, 1)" in message(lambda: nn.Linear(1, 3)(np.ones(32)))
    assert "got ()" in message(lambda: nn.Linear(2, 3)(1.0))


def test_data_that_are_no_real_numbers_are_refused():
    assert "imaginary part" in message(lambda: nn.Linear(2, 1)(np.ones(2, complex)))
    assert "numbers" in message(lambda: nn.Linear(2, 1)(["a", "b"]))
    assert "numbers" in message(lambda: nn.Linear(2, 1)([[1.0, 2.0], [3.0]]))


@pytest.mark.parametrize("sizes", [(0, 1), (1, -1), (1.5, 1), ("2", 1), (True, 1)])
def test_impossible_sizes_are_refused(sizes):
    assert "features must be" in message(lambda: nn.Linear(*sizes))


def test_integer_parameters_are_refused():
    assert "int64" in message(lambda: nn.Linear(2, 1, dtype=int))


def test_the_same_seed_gives_the_same_weights():
    assert (nn.Linear(3, 2, rng=7).weight == nn.Linear(3, 2, rng=7).weight).all()
    single = nn.Linear(3, 2, rng=7, dtype=np.float32).weight
    assert_allclose(single.numpy(), nn.Linear(3, 2, rng=7).weight.numpy(), rtol=1e-6)


def test_an_initializer_of_the_users_own_is_checked():
    assert nn.Linear(2, 1, init=lambda shape, dtype, rng: np.full(shape, 2.0, dtype))([1, 1]).tolist() == [4.0]
    assert "shape (3,)" in message(lambda: nn.Linear(2, 1, init=lambda shape, dtype, rng: np.zeros(3)))


def test_sequential_runs_in_order_and_is_indexed_like_a_list():
    model = nn.Sequential(nn.Linear(2, 3, init=1.0), nn.ReLU(), nn.Linear(3, 1, init=1.0))
    assert model([1, 1]).tolist() == [6.0]
    assert len(model) == 3
    assert isinstance(model[1], nn.ReLU)
    assert model[-1] is list(model)[2]
    assert model[:2]([1, 1]).tolist() == [2.0, 2.0, 2.0]


def test_a_subclass_of_sequential_keeps_what_else_it_holds():
    class Model(nn.Sequential):
        def __init__(self):
            super().__init__(nn.Linear(2, 2))
            self.extra = nn.Linear(2, 2)

    assert "extra.weight" in dict(Model().named_parameters())


@pytest.mark.parametrize("wrong", [[nn.ReLU()], nn.ReLU, np.tanh, None])
def test_sequential_holds_modules_only(wrong):
    assert "Sequential holds Modules" in message(lambda: nn.Sequential(nn.Linear(2, 2), wrong))


@pytest.mark.parametrize(
    ("module", "function", "slope"),
    [
        (nn.ReLU(), lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        (nn.Sigmoid(), lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        (nn.Tanh(), np.tanh, lambda z: 1 - np.tanh(z) ** 2),
        (nn.Identity(), lambda z: z, np.ones_like),
    ],
)
def test_an_activation_and_its_slope(module, function, slope):
    values = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    z = ag.tensor(values, requires_grad=True)
    a = module(z)
    assert_allclose(a.numpy(), function(values), rtol=1e-14)
    a.sum().backward()
    assert_allclose(z.grad.numpy(), slope(values), rtol=1e-14)
    assert module([1, 2]).dtype == np.float64


def test_the_worked_example():
    model, x, y, loss = nn.worked_example()
    L = loss(model(x), y)
    L.backward()
    first, second = model.layers
    assert_allclose(L.item(), 0.1069855740, atol=5e-11)
    assert_allclose(second.bias.grad.numpy(), [-0.1149944810], atol=5e-11)
    assert_allclose(second.weight.grad.numpy(), [[-0.0919955848, -0.0689966886, 0.0]], atol=5e-11)
    assert_allclose(first.bias.grad.numpy(), [-0.0229988962, 0.0114994481, 0.0], atol=5e-11)
    assert_allclose(
        first.weight.grad.numpy(), [[-0.0229988962, -0.0459977924], [0.0114994481, 0.0229988962], [0, 0]], atol=5e-11
    )
    assert (x.name, y.name, L.name) == ("x", "y", "L")


def test_the_worked_example_in_the_second_convention():
    model, x, y, loss = nn.worked_example(convention="second")
    output = model(x)
    (delta,) = ag.gradients(loss(output, y), model.layers[1].weight)
    assert [layer.bias for layer in model.layers] == [None, None]
    assert isinstance(loss, nn.SSELoss)
    assert_allclose(output.item(), 0.5199893, atol=5e-8)
    assert_allclose(delta.numpy(), -0.2396217 * np.array([[0.7, 0.6, 0.0]]), atol=5e-8)


def test_an_unknown_convention_is_answered_with_the_nearest():
    assert "'second'" in message(lambda: nn.worked_example("secnd"))


def test_an_mlp_names_what_it_computes():
    model = nn.MLP.from_weights([W1, W2, [[1.0]]], activation="relu")
    z3 = model([1, 2])
    assert z3.name == "z³"
    assert z3.grad_fn.scope == ("layer 3: linear",)
    assert [each.name for each in model.parameters()] == ["W¹", "W²", "W³"]
    model, x, y, loss = nn.worked_example()
    a2 = model(x)
    assert a2.name == "a²"
    assert a2.grad_fn.scope == ("layer 2: sigmoid",)
    assert loss(a2, y).grad_fn.scope == ("loss",)


def test_a_replaced_activation_is_what_the_scope_says():
    model = nn.MLP([2, 3, 1])
    model.activations[1] = nn.Tanh()
    assert model([1, 2]).grad_fn.scope == ("layer 2: tanh",)
    assert model.activation_names == ["relu", "tanh"]


def test_an_mlp_knows_its_sizes_and_activations():
    model = nn.MLP([4, 3, 2, 1], "tanh", "sigmoid")
    assert model.sizes == [4, 3, 2, 1]
    assert model.activation_names == ["tanh", "tanh", "sigmoid"]
    assert nn.MLP([2, 3, 1]).activation_names == ["relu", "identity"]
    assert [type(layer) for layer in model.layers] == [nn.Linear] * 3


def test_an_activation_may_be_a_module_of_the_users_own():
    class Square(nn.Module):
        def forward(self, z):
            return z * z

    model = nn.MLP([1, 1, 1], Square(), init=2.0)
    assert model([1.0]).tolist() == [8.0]
    assert model.activation_names == ["square", "identity"]


@pytest.mark.parametrize("activation", ["rleu", nn.ReLU, 3])
def test_an_unknown_activation_is_refused(activation):
    assert "relu" in message(lambda: nn.MLP([2, 3, 1], activation))
    assert "relu" in message(lambda: nn.MLP([2, 1], activation))


@pytest.mark.parametrize("sizes", [3, "231", [], [2], [2, 0, 1], [2, 1.5]])
def test_impossible_mlp_sizes_are_refused(sizes):
    assert message(lambda: nn.MLP(sizes))


def test_the_misfit_of_an_mlp_names_the_layer():
    assert message(lambda: nn.MLP([2, 3, 1])(np.ones((5, 4)))).startswith(
        "layer 1 ('layers.0') expects (..., 2), got (5, 4).\nPass x of shape (2,), or (N, 2)"
    )
    assert message(lambda: nn.MLP([2, 3, 1])(np.ones((2, 1)))).startswith("layer 1 ('layers.0') got a column (2, 1)")


def test_the_misfit_of_two_layers_names_the_second():
    model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(64, 2))
    assert message(lambda: model(np.ones((32, 4)))) == (
        "layer 2 ('2') expects (..., 64), got (32, 10).\n"
        "The layer before gives 10 features: write Linear(10, ...), or change its out_features to 64."
    )


def test_weights_are_copied():
    weight = np.ones((1, 2))
    model = nn.MLP.from_weights([weight], output_activation="identity")
    weight[:] = 0.0
    assert model([1, 1]).tolist() == [2.0]


def test_integer_weights_become_floats_and_single_precision_stays():
    assert nn.MLP.from_weights([[[1, 2]]]).layers[0].weight.dtype == np.float64
    assert nn.MLP.from_weights([np.ones((1, 2), np.float32)]).layers[0].weight.dtype == np.float32


def test_given_weights_use_no_random_numbers():
    before = nn.manual_seed(3).bit_generator.state
    nn.worked_example()
    assert nn.random.generator().bit_generator.state == before


@pytest.mark.parametrize(
    ("weights", "biases", "expected"),
    [
        ([], None, "no weights"),
        ([[1.0, 2.0]], None, r"W¹ has shape (2,), expected (out, in)"),
        ([W1, [[1.0, 2.0]]], None, "W² has shape (1, 2), but layer 1 gives 3 features"),
        ([W1, W2], [B1], "2 weights and 1 biases"),
        ([W1, W2], [B1, [[0.05]]], "b² has shape (1, 1), expected (1,)"),
    ],
)
def test_weights_that_make_no_network_are_refused(weights, biases, expected):
    assert expected in message(lambda: nn.MLP.from_weights(weights, biases))


def test_a_deep_mlp_counts_its_layers_in_superscripts():
    model = nn.MLP([1] * 13)
    assert model.layers[11].weight.name == "W¹²"
    assert model([1.0]).name == "z¹²"


@pytest.mark.parametrize(
    ("activation", "mend"),
    [
        (nn.ReLU, "got the class ReLU.\nWrite nn.ReLU() or 'relu'."),
        (np.tanh, "got the function tanh.\nWrite 'tanh'."),
        (nn.functional.relu, "Write 'relu'."),
        ("Rleu", "Did you mean 'relu'? help(nn.MLP) lists them all."),
    ],
)
def test_a_wrong_activation_is_told_what_to_write(activation, mend):
    assert message(lambda: nn.MLP([2, 3, 1], activation)).endswith(mend)


def test_names_of_activations_are_known_in_any_case_and_the_identity_as_linear():
    model = nn.MLP([2, 3, 1], "ReLU", "linear")
    assert model.activation_names == ["relu", "identity"]
    assert nn.MLP([2, 3, 1], "Linear", "SIGMOID").activation_names == ["identity", "sigmoid"]


def test_images_are_to_be_laid_out_in_rows():
    text = message(lambda: nn.Linear(64, 3)(np.ones((5, 8, 8))))
    assert text.endswith("Pass x.reshape(len(x), 64): one example a row, of 8·8 = 64 features.")
    assert "Pass x.ravel()" in message(lambda: nn.Linear(64, 3)(np.ones((8, 8))))


def test_a_size_of_zero_is_told_what_a_size_is():
    assert message(lambda: nn.MLP([2, 0, 1])).endswith("at least one neuron: nn.MLP([2, 3, 1]), for example.")
    assert message(lambda: nn.Linear(0, 1)).endswith("nn.Linear(2, 3), for example.")


def test_an_activation_called_like_its_instances_is_told_to_make_one_first():
    assert message(lambda: nn.ReLU(np.ones(3))).endswith("Make the activation first: nn.ReLU()(z).")
    assert message(lambda: nn.Sigmoid(ag.tensor([1.0]))).endswith("nn.Sigmoid()(z).")
