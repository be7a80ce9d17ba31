"""Normalisation layers: their statistics in training and evaluation, and who must not move them."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import autograd_lite as ag
import nn
from autograd_lite.errors import UsageError


def batches(count: int, *shape: int) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.normal(k, 1 + k, size=shape) for k in range(count)]


def values_of(buffer: nn.Buffer | None) -> Any:
    assert buffer is not None
    return buffer.numpy()


def small_network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, rng=0), nn.BatchNorm2d(2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.LayerNorm((1, 1))
    )


def test_training_normalises_each_channel_of_the_batch() -> None:
    (x,) = batches(1, 4, 3, 5, 6)
    z = nn.BatchNorm2d(3, eps=0.0)(x).numpy()
    assert_allclose(z.mean(axis=(0, 2, 3)), 0, atol=1e-14)
    assert_allclose(z.var(axis=(0, 2, 3)), 1, rtol=1e-13)


def test_running_statistics_follow_the_batches_by_the_share_of_momentum() -> None:
    layer = nn.BatchNorm1d(3, momentum=0.25)
    mean, variance = np.zeros(3), np.ones(3)
    for x in batches(4, 5, 3):
        layer(x)
        mean = 0.75 * mean + 0.25 * x.mean(axis=0)
        variance = 0.75 * variance + 0.25 * x.var(axis=0, ddof=1)
    assert_allclose(values_of(layer.running_mean), mean, rtol=1e-14)
    assert_allclose(values_of(layer.running_var), variance, rtol=1e-14)


def test_without_momentum_every_batch_has_the_same_share() -> None:
    layer, given = nn.BatchNorm1d(3, momentum=None), batches(4, 5, 3)
    for x in given:
        layer(x)
    assert_allclose(values_of(layer.running_mean), np.mean([x.mean(axis=0) for x in given], axis=0), rtol=1e-13)
    assert_allclose(values_of(layer.running_var), np.mean([x.var(axis=0, ddof=1) for x in given], axis=0), rtol=1e-13)
    assert values_of(layer.num_batches_tracked) == 4


def test_evaluation_uses_the_running_statistics_and_leaves_them() -> None:
    layer = nn.BatchNorm1d(3)
    for x in batches(3, 5, 3):
        layer(x)
    state = layer.eval().state_dict()
    z = layer(np.ones((1, 3))).numpy()
    assert_allclose(
        z, ((1 - state["running_mean"]) / np.sqrt(state["running_var"] + 1e-5))[None], rtol=1e-13, atol=1e-15
    )
    assert_states_equal(layer.state_dict(), state)


def assert_states_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert_array_equal(values, other[name])


def test_without_running_statistics_evaluation_normalises_by_the_batch() -> None:
    layer = nn.BatchNorm1d(3, track_running_stats=False)
    (x,) = batches(1, 5, 3)
    assert list(layer.buffers()) == []
    assert_array_equal(layer(x).numpy(), layer.eval()(x).numpy())


def test_the_gradient_flows_through_the_statistics_of_the_batch() -> None:
    """z does not change when a channel is shifted or scaled, so ∂x is orthogonal to both."""
    (given,) = batches(1, 4, 2, 3, 3)
    x = ag.tensor(given, requires_grad=True)
    z = nn.BatchNorm2d(2, eps=0.0)(x)
    (z * np.sin(given)).sum().backward()
    assert x.grad is not None
    assert_allclose(x.grad.numpy().sum(axis=(0, 2, 3)), 0, atol=1e-13)
    assert_allclose((x.grad.numpy() * given).sum(axis=(0, 2, 3)), 0, atol=1e-12)


def test_a_layer_kept_in_evaluation_stays_as_it_is_while_the_rest_trains() -> None:
    model = small_network().train()
    model[1].eval()
    before = model[1].state_dict()
    model(np.ones((3, 1, 6, 6))).sum().backward()
    assert_states_equal(model[1].state_dict(), before)


def test_running_statistics_begin_anew_when_told_to() -> None:
    layer = nn.BatchNorm1d(3)
    fresh = layer.state_dict()
    layer(*batches(1, 5, 3))
    layer.reset_running_stats()
    assert_states_equal(layer.state_dict(), fresh)


def test_the_state_holds_the_running_statistics_and_their_count() -> None:
    layer = nn.BatchNorm2d(3)
    layer(*batches(1, 2, 3, 4, 4))
    state = layer.state_dict()
    assert list(state) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    assert state["num_batches_tracked"].dtype == np.int64 and state["num_batches_tracked"].shape == ()
    other = nn.BatchNorm2d(3)
    other.load_state_dict(state)
    assert_states_equal(other.state_dict(), state)


def test_the_running_statistics_take_the_dtype_of_the_model() -> None:
    layer = nn.BatchNorm1d(3).to(np.float32)
    layer(*batches(1, 5, 3))
    assert values_of(layer.running_mean).dtype == values_of(layer.running_var).dtype == np.float32
    assert values_of(layer.num_batches_tracked).dtype == np.int64


LOOKS = {
    "ag.draw": lambda model, x, y, loss: ag.draw(loss(model(x), y)).pipe(),
    "ag.explain": lambda model, x, y, loss: str(ag.explain(loss(model(x), y))),
    "nn.draw": lambda model, x, y, loss: nn.draw(model, x, y, loss, view="ops").pipe(),
    "nn.draw layers": lambda model, x, y, loss: nn.draw(model, x, y, loss, view="layers").pipe(),
    "nn.evaluate": lambda model, x, y, loss: nn.evaluate(model, x, y, loss),
    "second derivatives": lambda model, x, y, loss: ag.gradients(
        ag.gradients(loss(model(x), y), list(model.parameters()), create_graph=True)[0].sum(),
        list(model.parameters()),
        allow_unused=True,
    ),
}


@pytest.mark.parametrize("look", LOOKS)
def test_looking_at_a_model_leaves_its_running_statistics(look: str) -> None:
    model, loss = small_network(), nn.MSELoss()
    x, y = np.random.default_rng(0).normal(size=(3, 1, 6, 6)), np.zeros((3, 2, 1, 1))
    calls: list[int] = []
    expected = nn.BatchNorm2d(2)
    model.register_forward_hook(lambda *_: calls.append(1))
    before = model.state_dict()
    LOOKS[look](model, x, y, loss)
    if look.startswith("nn."):
        assert_states_equal(model.state_dict(), before)
        return
    expected(model[0](x))
    assert len(calls) == 1
    assert_states_equal(model[1].state_dict(), expected.state_dict())


@pytest.mark.parametrize("refused", [nn.backprop, nn.verify])
def test_a_network_that_cannot_be_recorded_stays_as_it_is(refused: Any) -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
    before = model.state_dict()
    with pytest.raises(UsageError):
        refused(model, np.ones((4, 2)), np.ones((4, 1)), nn.MSELoss(), **({"hand": {}} if refused is nn.verify else {}))
    assert_states_equal(model.state_dict(), before)


def test_layer_norm_works_on_each_example_by_itself() -> None:
    (x,) = batches(1, 4, 2, 3)
    z = nn.LayerNorm((2, 3), eps=0.0)(x).numpy()
    for one, given in zip(z, x, strict=True):
        assert_allclose(one, (given - given.mean()) / given.std(), rtol=1e-12)
