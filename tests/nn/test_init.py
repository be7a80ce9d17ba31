"""Initial weights: their spread, their sources of randomness, and which layer gets which."""

import math
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, ShapeError, UsageError

SHAPE = (400, 100)


@pytest.mark.parametrize(
    ("draw", "variance"),
    [
        (nn.init.xavier_uniform, 2 / 500),
        (nn.init.xavier_normal, 2 / 500),
        (nn.init.he_uniform, 2 / 100),
        (nn.init.he_normal, 2 / 100),
        (partial(nn.init.he_normal, mode="fan_out"), 2 / 400),
        (partial(nn.init.he_uniform, mode="fan_out"), 2 / 400),
    ],
)
def test_the_variance_is_that_of_the_source(draw, variance):
    weight = draw(SHAPE, rng=0)
    assert weight.shape == SHAPE
    assert_allclose(weight.var(), variance, rtol=0.03)
    assert_allclose(weight.mean(), 0.0, atol=0.002)
    assert_allclose(draw(SHAPE, rng=0, gain=1.0).std() * 3, draw(SHAPE, rng=0, gain=3.0).std(), rtol=1e-12)
    assert draw(SHAPE, rng=0, dtype=np.float32).dtype == np.float32


def test_uniform_draws_keep_their_limits():
    assert abs(nn.init.xavier_uniform(SHAPE, rng=0)).max() <= (6 / 500) ** 0.5
    assert abs(nn.init.he_uniform(SHAPE, rng=0)).max() <= (6 / 100) ** 0.5


def test_a_window_multiplies_the_fans():
    assert_allclose(nn.init.he_normal((64, 16, 5, 5), rng=0).var(), 2 / (16 * 25), rtol=0.05)


def test_a_bias_has_no_fans():
    with pytest.raises(ShapeError, match=r"nn\.init\.zeros"):
        nn.init.he_normal((3,))


def test_constants():
    assert nn.init.zeros((2,), dtype=np.float32).dtype == np.float32
    assert nn.init.constant((2,), 0.5).tolist() == [0.5, 0.5]


def test_auto_is_he_before_relu_and_xavier_elsewhere():
    model = nn.MLP([100, 400, 400, 400], "relu", "sigmoid", rng=0)
    assert_allclose(model.layers[0].weight.numpy().var(), 2 / 100, rtol=0.03)
    assert_allclose(model.layers[1].weight.numpy().var(), 2 / 400, rtol=0.03)
    assert_allclose(model.layers[2].weight.numpy().var(), 2 / 800, rtol=0.03)
    tanh = nn.MLP([100, 400, 1], "tanh", rng=0)
    assert_allclose(tanh.layers[0].weight.numpy().var(), 2 / 500, rtol=0.03)
    assert all((layer.bias == 0).all() for layer in model.layers)


def test_layers_of_one_seed_differ():
    first, second = nn.MLP([3, 3, 3], init="xavier_uniform", rng=0).layers
    assert (first.weight != second.weight).all()


@pytest.mark.parametrize("init", ["xavier", 3j, True, None])
def test_an_unknown_init_is_refused(init):
    with pytest.raises((ArgumentError, UsageError)):
        nn.MLP([2, 1], init=init)


def test_manual_seed_seeds_what_has_no_rng_of_its_own():
    nn.manual_seed(5)
    first = nn.Linear(3, 3).weight
    own = nn.Linear(3, 3, rng=5).weight
    nn.manual_seed(5)
    assert (nn.Linear(3, 3).weight == first).all()
    assert (own == first).all()


def test_a_generator_is_used_as_it_is():
    source = np.random.default_rng(0)
    first, second = nn.Linear(2, 2, rng=source), nn.Linear(2, 2, rng=source)
    assert (first.weight != second.weight).all()


@pytest.mark.parametrize("rng", [-1, 0.5, "0", True, np.random.RandomState(0)])
def test_an_impossible_rng_is_refused(rng):
    with pytest.raises((ArgumentError, UsageError), match="rng must"):
        nn.Linear(2, 2, rng=rng)


@pytest.mark.parametrize("seed", [-1, None, 0.5])
def test_an_impossible_seed_is_refused(seed):
    with pytest.raises((ArgumentError, UsageError), match="seed must"):
        nn.manual_seed(seed)


@pytest.mark.parametrize("draw", [nn.init.lecun_normal, nn.init.lecun_uniform])
def test_lecun_has_the_variance_of_one_over_fan_in(draw):
    weight = draw(SHAPE, rng=0)
    assert_allclose(weight.var() * 100, 1.0, rtol=0.03)
    if draw is nn.init.lecun_uniform:
        assert abs(weight).max() <= 0.03**0.5


def test_normal_and_uniform_have_the_moments_that_they_are_given():
    drawn = nn.init.normal(SHAPE, 3.0, 0.5, rng=0)
    assert_allclose([drawn.mean(), drawn.std()], [3.0, 0.5], rtol=0.01)
    assert_allclose((((drawn - 3) / 0.5) ** 4).mean(), 3.0, rtol=0.05)
    drawn = nn.init.uniform(SHAPE, -1.0, 3.0, rng=0)
    assert drawn.min() >= -1 and drawn.max() < 3
    assert_allclose([drawn.mean(), drawn.var()], [1.0, 16 / 12], rtol=0.02)


def phi(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def Phi(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"),
    [
        (0.0, 1.0, -2.0, 2.0),
        (0.0, 0.02, -2.0, 2.0),
        (1.0, 2.0, 0.0, np.inf),
        (0.0, 1.0, 0.1, 0.4),
        (0.0, 1.0, 3.0, np.inf),
        (0.0, 1.0, -np.inf, -4.0),
        (5.0, 1.0, -2.0, 2.0),
    ],
)
def test_a_truncated_normal_has_the_moments_of_the_closed_form(mean, std, a, b):
    """Johnson, Kotz and Balakrishnan: Continuous univariate distributions 1, section 13.10.1."""
    low, high = (a - mean) / std, (b - mean) / std
    mass = Phi(-low) - Phi(-high) if low > 0 else Phi(high) - Phi(low)
    first = (phi(low) - phi(high)) / mass
    edges = sum(sign * x * phi(x) for sign, x in ((1, low), (-1, high)) if math.isfinite(x))
    deviation = std * math.sqrt(1 + edges / mass - first**2)
    drawn = nn.init.truncated_normal((300, 400), mean, std, a, b, rng=0)
    assert drawn.min() >= a and drawn.max() <= b
    assert_allclose(drawn.mean(), mean + std * first, atol=5 * deviation / math.sqrt(drawn.size))
    assert_allclose(drawn.std(), deviation, rtol=0.02)


def test_a_narrower_dtype_keeps_the_bounds():
    for dtype in (np.float16, np.float32):
        drawn = nn.init.truncated_normal((100_000,), 0.0, 10.0, -0.1, 0.1, dtype=dtype, rng=0)
        assert drawn.dtype == dtype
        assert float(drawn.min()) >= -0.1 and float(drawn.max()) <= 0.1


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 2, 3, 3), (20, 2, 3)])
def test_an_orthogonal_weight_has_orthonormal_rows_or_columns(shape):
    W = nn.init.orthogonal(shape, gain=2.0, rng=0).reshape(shape[0], -1) / 2
    product = W @ W.T if W.shape[0] <= W.shape[1] else W.T @ W
    assert abs(product - np.eye(len(product))).max() < 1e-12
    assert nn.init.orthogonal(shape, dtype=np.float32, rng=0).shape == shape


def test_every_orthogonal_matrix_is_as_likely():
    """Of uniformly distributed ones each element has mean 0 and variance 1/n, and half have determinant −1."""
    source = np.random.default_rng(0)
    drawn = np.stack([nn.init.orthogonal((3, 3), rng=source) for _ in range(4000)])
    assert_allclose(drawn.mean(axis=0), 0.0, atol=0.04)
    assert_allclose((drawn**2).mean(axis=0), 1 / 3, atol=0.02)
    assert abs((np.linalg.det(drawn) > 0).mean() - 0.5) < 0.03


DRAWS = [each for name, each in vars(nn.init).items() if name in nn.init.__all__ and not name.endswith("_")]
DRAWS = [each for each in DRAWS if each not in (nn.init.calculate_gain, nn.init.constant)]


@pytest.mark.parametrize("draw", DRAWS, ids=lambda each: each.__name__)
def test_every_initializer_is_called_alike_and_repeats_itself(draw):
    first, second = (draw((4, 3), dtype=np.float32, rng=7) for _ in range(2))
    assert first.dtype == np.float32 and first.shape == (4, 3)
    assert (first == second).all()
    source = np.random.default_rng(7)
    assert (draw((4, 3), dtype=np.float32, rng=source) == first).all()
    nn.manual_seed(7)
    assert (draw((4, 3), dtype=np.float32) == first).all()
    assert (nn.Linear(3, 4, init=draw.__name__, dtype=np.float32, rng=7).weight.numpy() == first).all()


@pytest.mark.parametrize("draw", DRAWS, ids=lambda each: each.__name__)
def test_the_form_with_an_underscore_writes_the_same_into_a_parameter(draw):
    layer = nn.Linear(3, 4, dtype=np.float32)
    memory = layer.weight.numpy()
    filled = getattr(nn.init, f"{draw.__name__}_")(layer.weight, rng=7)
    assert filled is layer.weight and layer.weight.requires_grad and layer.weight.is_leaf
    assert (layer.weight.numpy() == draw((4, 3), dtype=np.float32, rng=7)).all()
    assert layer.weight.dtype == np.float32 and np.shares_memory(memory, layer.weight.numpy())


def test_pytorchs_own_names_fill_with_pytorchs_spread():
    """Its Linear starts with kaiming_uniform_(weight, a=√5), the bounds ±1/√fan_in."""
    weight = nn.Linear(100, 400).weight
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), rng=0)
    assert_allclose(abs(weight.numpy()).max(), 0.1, rtol=1e-3)
    nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu", rng=0)
    assert_allclose(weight.numpy().var(), 2 / 400, rtol=0.03)
    nn.init.trunc_normal_(weight, std=0.02, rng=0)
    assert_allclose(weight.numpy().std(), 0.02, rtol=0.02)
    nn.init.constant_(weight, 0.5)
    assert (weight == 0.5).all()


def test_gains_are_found_by_names_with_their_parameters():
    gain = nn.init.calculate_gain
    assert gain("leaky_relu(0.2)") == gain("LEAKY_RELU", 0.2) == math.sqrt(2 / 1.04)
    assert gain("softplus(2)") != gain("softplus")
    with pytest.raises(ArgumentError, match="no gain for 'log_sigmoid'"):
        gain("log_sigmoid")


def test_auto_is_lecun_before_selu_and_the_signal_keeps_its_mean_and_variance():
    model = nn.MLP([256] * 9, "selu", rng=0)
    assert_allclose([layer.weight.numpy().var() * 256 for layer in model.layers[:-1]], 1.0, rtol=0.02)
    a = ag.tensor(np.random.default_rng(0).normal(size=(2000, 256)))
    for layer, activation in zip(model.layers[:-1], model.activations, strict=False):
        a = activation(layer(a))
    assert abs(a.numpy().mean()) < 0.1
    assert_allclose(a.numpy().var(), 1.0, rtol=0.15)


@pytest.mark.parametrize("key", ["tanh", "sigmoid", "softsign", "hardtanh", "log_sigmoid"])
def test_auto_is_xavier_before_what_saturates(key):
    weight = nn.MLP([100, 400, 1], key, rng=0).layers[0].weight.numpy()
    assert (weight == nn.init.xavier_uniform((400, 100), rng=0)).all()
