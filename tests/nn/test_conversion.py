"""A model in another dtype: converted where it stands, for optimizers and averages as well."""

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import DtypeError, GradientError, UnknownNameError, UsageError

X = np.random.default_rng(0).normal(size=(16, 3))
Y = X.sum(axis=1, keepdims=True)

OPTIMIZERS = {
    "SGD": lambda parameters: nn.optim.SGD(parameters, lr=0.05, momentum=0.9),
    "Adam": lambda parameters: nn.optim.Adam(parameters, lr=0.05),
    "AdamW": lambda parameters: nn.optim.AdamW(parameters, lr=0.05),
    "RMSprop": lambda parameters: nn.optim.RMSprop(parameters, lr=0.01, momentum=0.5),
    "Adagrad": lambda parameters: nn.optim.Adagrad(parameters, lr=0.1),
}


def loss_of(model):
    return nn.MSELoss()(model(X), Y)


def test_parameters_and_buffers_are_converted_in_place_and_integers_stay():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    weight, mean = model[0].weight, model[1].running_mean
    assert model.to(np.float32) is model
    assert model[0].weight is weight and model[1].running_mean is mean
    assert {each.dtype for each in model.parameters()} == {np.dtype(np.float32)} == {mean.dtype}
    assert model[1].num_batches_tracked.dtype == np.int64
    assert model(X).dtype == np.float32


def test_float_double_and_half():
    model = nn.Linear(3, 1)
    assert [each(model).weight.dtype for each in (nn.Module.float, nn.Module.double, nn.Module.half)] == [
        np.float32,
        np.float64,
        np.float16,
    ]
    assert model.to("complex64").weight.dtype == np.complex64


def test_values_are_rounded_and_names_flags_and_gradients_stay():
    model = nn.MLP([3, 4, 1], rng=0)
    loss_of(model).backward()
    model.layers[1].requires_grad_(False)
    wanted = [(each.numpy().astype(np.float32), each.grad.numpy().astype(np.float32)) for each in model.parameters()]
    model.float()
    for each, (values, gradient) in zip(model.parameters(), wanted, strict=True):
        assert (each.numpy() == values).all() and (each.grad.numpy() == gradient).all()
        assert each.grad.dtype == np.float32
    assert [each.name for each in model.parameters()] == ["W¹", "b¹", "W²", "b²"]
    assert [each.requires_grad for each in model.parameters()] == [True, True, False, False]


def test_a_hook_on_a_parameter_stays():
    model, seen = nn.Linear(3, 1), []
    model.weight.register_hook(lambda g: seen.append(g.dtype))
    model.float()
    loss_of(model).backward()
    assert seen == [np.float32] and model.weight.grad.dtype == np.float32


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizer_goes_on_after_the_conversion(optimizer):
    model, double = nn.MLP([3, 8, 1], rng=0), nn.MLP([3, 8, 1], rng=0)
    for each, converts in ((model, True), (double, False)):
        moving = OPTIMIZERS[optimizer](each.parameters())
        for step in range(20):
            if step == 10 and converts:
                each.float()
            moving.zero_grad()
            loss_of(each).backward()
            moving.step()
        kept = [array for state in moving.state for array in state.values()]
        assert {array.dtype for array in kept} == {np.dtype(np.float32 if converts else np.float64)}
    for one, other in zip(model.parameters(), double.parameters(), strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=2e-4, atol=2e-5)


def test_an_average_follows_the_conversion():
    model = nn.Linear(3, 1)
    ema = nn.EMA(model.parameters(), decay=0.5)
    ema.update()
    model.float()
    with ema.averaged():
        assert model.weight.dtype == np.float32
    ema.update()
    assert ema.state_dict()["mean.0"].dtype == np.float32


def test_a_graph_from_before_is_refused_not_used():
    model = nn.MLP([3, 4, 1])
    loss = loss_of(model)
    model.float()
    with pytest.raises(GradientError):
        loss.backward()


def test_a_complex_model_does_not_become_real_by_halves():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2, dtype=complex))
    with pytest.raises(DtypeError, match=r"'1\.weight' is complex128 and cannot become float32"):
        model.float()
    assert model[0].weight.dtype == np.float64


@pytest.mark.parametrize("dtype", [int, "int8", bool, object, "floot"])
def test_parameters_are_floating(dtype):
    with pytest.raises(DtypeError):
        nn.Linear(2, 1).to(dtype)


def test_devices_are_answered():
    model = nn.Linear(2, 1)
    with pytest.raises(UsageError, match="models lie in the computer's memory"):
        model.to("cuda:0")
    with pytest.raises(UnknownNameError, match="models lie in the computer's memory"):
        model.cuda()
    assert not hasattr(model, "cuda") and not hasattr(model, "cpu")


def test_a_frozen_and_an_unused_parameter_are_converted_too():
    model = nn.Module()
    model.w = nn.Parameter([1.0], requires_grad=False)
    model.constant = ag.tensor([1.0])
    model.float()
    assert model.w.dtype == np.float32 and not model.w.requires_grad
    assert model.constant.dtype == np.float64
