"""Initial weights: their spread, their sources of randomness, and which layer gets which."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

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


@pytest.mark.parametrize("init", ["ones", 3j, True, None])
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
