"""Flatten, Dropout and Embedding: values, gradients, the random state, and clear answers to what does not fit."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autograd_lite as ag
import nn
from autograd_lite.errors import DtypeError, IndexingError, ShapeError


@pytest.mark.parametrize(
    ("made_with", "shape", "wanted"),
    [
        ({}, (5, 2, 3, 4), (5, 24)),
        ({}, (5, 2), (5, 2)),
        ({}, (0, 2, 3), (0, 6)),
        ({"start_dim": 0}, (5, 2), (10,)),
        ({"start_dim": 0}, (5,), (5,)),
        ({"start_dim": 1, "end_dim": 2}, (5, 2, 3, 4), (5, 6, 4)),
        ({"start_dim": -3, "end_dim": -2}, (5, 2, 3, 4), (5, 6, 4)),
    ],
)
def test_flatten_joins_axes(made_with, shape, wanted, rng):
    x = rng.normal(size=shape)
    flat = nn.Flatten(**made_with)(x)
    assert flat.shape == wanted
    assert_array_equal(flat.numpy().ravel(), x.ravel())


@pytest.mark.parametrize(("made_with", "shape"), [((), (5,)), ((1, 3), (5, 2, 3)), ((2, 1), (5, 2, 3)), ((0,), ())])
def test_flatten_refuses_axes_that_are_not_there(made_with, shape):
    with pytest.raises(ShapeError, match="joins axes"):
        nn.Flatten(*made_with)(np.ones(shape))


def test_dropout_leaves_out_a_share_of_p_and_keeps_the_mean():
    kept = nn.Dropout(0.3, rng=0)(np.ones(100_000)).numpy()
    assert set(np.unique(kept)) == {0.0, 1 / 0.7}
    # Five standard deviations of a share of 100,000 draws.
    assert abs((kept == 0).mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 100_000)


def test_dropout_is_the_identity_in_evaluation_and_with_p_0():
    x = np.arange(6.0)
    assert nn.Dropout(0.9).eval()(x).tolist() == x.tolist()
    assert nn.Dropout(0.0)(x).tolist() == x.tolist()


def test_dropout_with_p_1_leaves_nothing():
    x = ag.tensor([1.0, -2.0], requires_grad=True)
    y = nn.Dropout(1.0)(x)
    y.sum().backward()
    assert y.tolist() == [0.0, 0.0] and x.grad.tolist() == [0.0, 0.0]


def test_the_gradient_passes_where_the_values_passed():
    x = ag.tensor(np.full(1000, 2.0), requires_grad=True)
    y = nn.Dropout(0.5, rng=0)(x)
    y.sum().backward()
    assert_array_equal(x.grad.numpy(), y.numpy() / 2.0)


def test_dropout_draws_a_new_mask_each_time_from_the_seeded_generator():
    layer, x = nn.Dropout(), np.ones(200)
    nn.manual_seed(3)
    first, second = layer(x).numpy(), layer(x).numpy()
    nn.manual_seed(3)
    assert_array_equal(layer(x).numpy(), first)
    assert (first != second).any()


def test_a_copied_dropout_goes_on_with_the_seeded_generator():
    x = np.ones(200)
    for layer in (copy.deepcopy(nn.Dropout()), pickle.loads(pickle.dumps(nn.Dropout()))):
        nn.manual_seed(3)
        first = layer(x).numpy()
        nn.manual_seed(3)
        assert_array_equal(nn.Dropout()(x).numpy(), first)


def test_a_dropout_with_a_generator_of_its_own_survives_copying_bit_by_bit():
    layer, x = nn.Dropout(rng=5), np.ones(200)
    layer(x)
    others = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))]
    wanted = layer(x).numpy()
    for other in others:
        assert_array_equal(other(x).numpy(), wanted)


def test_dropout_keeps_float32():
    assert nn.Dropout()(np.ones(3, np.float32)).dtype == np.float32


def test_looking_at_a_dropped_value_draws_nothing_and_sees_the_same_mask():
    rng = nn.manual_seed(0)
    x = ag.tensor(np.ones(50), requires_grad=True, name="x")
    loss = (nn.Dropout()(x) ** 2).sum()
    before, value = rng.bit_generator.state, loss.item()
    ag.explain(loss)
    ag.draw(loss).source  # noqa: B018
    assert rng.bit_generator.state == before
    loss.backward()
    # d(m x)²/dx = 2 m² x = 2 (m x)² / x, with the mask that the loss was computed with.
    assert np.isclose(x.grad.sum().item(), 2 * value)


def test_backprop_does_not_move_the_random_state():
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(), nn.Linear(4, 1))
    rng = nn.manual_seed(0)
    before = rng.bit_generator.state
    nn.backprop(model, np.ones((2, 3)), np.ones((2, 1)), nn.MSELoss())
    assert rng.bit_generator.state == before


def test_embedding_looks_up_rows():
    layer = nn.Embedding(10, 4, rng=0)
    W, x = layer.weight.numpy(), np.array([[1, 9, 1], [0, 0, 4]])
    for given in (x, x.tolist(), ag.tensor(x), x.astype(np.uint8)):
        assert_array_equal(layer(given).numpy(), W[x])
    assert_array_equal(layer(3).numpy(), W[3])
    assert layer([]).shape == (0, 4)


def test_embedding_adds_up_the_gradients_of_an_index_that_is_repeated(rng):
    layer, x = nn.Embedding(6, 3), np.array([[1, 4, 1], [1, 0, 4]])
    g = rng.normal(size=(2, 3, 3))
    (layer(x) * g).sum().backward()
    one_hot = np.eye(6)[x.ravel()]
    np.testing.assert_allclose(layer.weight.grad.numpy(), one_hot.T @ g.reshape(-1, 3), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("padding_idx", [2, -4])
def test_the_row_that_pads_starts_at_0_and_stays(padding_idx):
    layer = nn.Embedding(6, 3, padding_idx=padding_idx)
    assert layer.weight.numpy()[2].tolist() == [0.0, 0.0, 0.0]
    layer([2, 1, 2, 2, 1]).sum().backward()
    assert layer.weight.grad[:, 0].tolist() == [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]


def test_embedding_starts_from_the_standard_normal():
    weight = nn.Embedding(1000, 100, rng=0).weight.numpy()
    assert abs(weight.mean()) < 5 / np.sqrt(1e5) and abs(weight.var() - 1) < 5 * np.sqrt(2 / 1e5)
    assert nn.Embedding(2, 3, init=0.5, dtype=np.float32).weight.tolist() == [[0.5] * 3] * 2


def test_an_index_out_of_range_is_named_with_its_place_and_layer():
    model = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 2))
    with pytest.raises(IndexingError) as caught:
        model([[1, 2], [3, 12]])
    assert str(caught.value) == (
        "layer 1 ('0') has the rows 0 to 9, got the index 12 at x[1, 1].\n"
        "Number the entries from 0, or make it larger: nn.Embedding(13, 4)."
    )
    with pytest.raises(IndexingError, match=r"got the index -1 at x\[2\]"):
        model[0]([0, 1, -1])


@pytest.mark.parametrize("x", [[1.0], [1.5], [True], [1j], [np.nan]])
def test_indices_are_integers(x):
    with pytest.raises(DtypeError, match="takes integer indices"):
        nn.Embedding(3, 2)(x)
