"""Clipping: PyTorch's norms and steps, norms that do not overflow, and gradients that stay what they were."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from tests.nn.trajectories import Replay, cases, title


def with_gradients(*gradients, dtype=np.float64):
    parameters = [nn.Parameter(np.zeros(np.shape(each)), dtype=dtype) for each in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = np.asarray(gradient, dtype=dtype)
    return parameters


@pytest.mark.parametrize("case", cases("clip"), ids=title)
def test_a_hundred_clipped_steps_are_those_of_pytorch(case):
    replay = Replay(case)
    replay.run()
    assert_allclose(replay.norms[::10], case.get("norms", []), rtol=1e-12)


@pytest.mark.parametrize(
    ("order", "norm"),
    [
        (2, math.sqrt(9 + 16 + 144)),
        (1, 19.0),
        (math.inf, 12.0),
        (3, (27 + 64 + 1728) ** (1 / 3)),
        (0.5, (3**0.5 + 4**0.5 + 12**0.5) ** 2),
    ],
)
def test_the_norm_is_that_of_all_gradients_as_one_vector(order, norm):
    parameters = with_gradients([[3.0], [-4.0]], [12.0])
    assert_allclose(nn.clip_grad_norm_(parameters, math.inf, norm_type=order).item(), norm, rtol=1e-6)
    assert parameters[0].grad.tolist() == [[3.0], [-4.0]]
    nn.clip_grad_norm_(parameters, 1.0, norm_type=order)
    ratio = 1 / (norm + 1e-6)
    assert_allclose(parameters[0].grad.numpy().ravel() / ratio, [3.0, -4.0], rtol=1e-6)
    assert_allclose(parameters[1].grad.numpy() / ratio, [12.0], rtol=1e-6)


def test_a_gradient_within_the_bound_stays():
    (parameter,) = with_gradients([3.0, 4.0])
    nn.clip_grad_norm_(parameter, 5.1)
    assert parameter.grad.tolist() == [3.0, 4.0]


def test_a_gradient_that_was_kept_stays_what_it_was():
    (parameter,) = with_gradients([3.0, 4.0])
    kept = parameter.grad
    nn.clip_grad_norm_([parameter], 1.0)
    nn.clip_grad_value_([parameter], 0.1)
    assert kept.tolist() == [3.0, 4.0]
    assert parameter.grad.tolist() == [0.1, 0.1]


def test_a_shared_parameter_is_clipped_once():
    (parameter,) = with_gradients([3.0, 4.0])
    assert nn.clip_grad_norm_([parameter, parameter], 10.0).item() == 5.0


def test_parameters_without_a_gradient_are_left_out():
    still = nn.Parameter([1.0])
    (parameter,) = with_gradients([3.0, 4.0])
    assert nn.clip_grad_norm_([still, parameter], 1.0).item() == 5.0
    nn.clip_grad_value_([still, parameter], 0.5)
    assert still.grad is None
    assert nn.clip_grad_norm_([still], 1.0).item() == 0.0


def test_no_norm_overflows_or_loses_digits_in_single_precision():
    for size in (1e30, 1e-30, 1.0):
        parameters = with_gradients([3 * size, 4 * size], dtype=np.float32)
        norm = nn.clip_grad_norm_(parameters, math.inf)
        assert norm.dtype == np.float32
        assert_allclose(norm.item(), 5 * size, rtol=1e-6)
    parameters = with_gradients([3e30, 4e30], dtype=np.float32)
    nn.clip_grad_norm_(parameters, 1.0)
    assert parameters[0].grad.dtype == np.float32
    assert_allclose(parameters[0].grad.numpy(), [0.6, 0.8], rtol=1e-6)


def test_a_complex_gradient_has_the_norm_of_its_parts():
    parameter = nn.Parameter([1 + 1j, 2.0])
    parameter.grad = np.array([3 - 4j, 12.0])
    assert nn.clip_grad_norm_([parameter], math.inf).item() == 13.0
    assert nn.clip_grad_norm_([parameter], math.inf, norm_type=1).item() == 17.0
    nn.clip_grad_value_([parameter], 2.0)
    assert parameter.grad.tolist() == [2 - 2j, 2.0]


def test_training_with_clipping_never_moves_further_than_the_bound(rng):
    model = nn.MLP([3, 8, 1], rng=0)
    parameters = list(model.parameters())
    optimizer = nn.optim.SGD(parameters, lr=1.0)
    for _ in range(5):
        before = [each.numpy().copy() for each in parameters]
        optimizer.zero_grad()
        nn.SSELoss()(model(100 * rng.standard_normal((20, 3))), np.zeros((20, 1))).backward()
        assert nn.clip_grad_norm_(parameters, 0.01).item() > 0.01
        optimizer.step()
        moved = [each.numpy() - old for each, old in zip(parameters, before, strict=True)]
        assert_allclose(math.sqrt(sum((each**2).sum() for each in moved)), 0.01, rtol=1e-4)


def test_a_norm_that_is_not_finite_is_told_and_changes_nothing():
    parameters = with_gradients([1.0], [[math.nan, 2.0], [math.inf, 3.0]])
    parameters[1].name = "W2"
    with pytest.raises(GradientError, match=r"is nan: that of W2, of shape \(2, 2\), holds 2 NaN or infinite entries"):
        nn.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
    assert parameters[0].grad.tolist() == [1.0]
    assert math.isnan(nn.clip_grad_norm_(parameters, 1.0).item())
    assert np.isnan(parameters[0].grad.numpy()).all()
    infinite = with_gradients([1.0], [math.inf])
    assert nn.clip_grad_norm_(infinite, 1.0).item() == math.inf
    assert infinite[0].grad.tolist() == [0.0]


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (lambda: nn.clip_grad_norm_(nn.Linear(1, 1), 1.0), UsageError, "Pass model.parameters()"),
        (lambda: nn.clip_grad_norm_([], 1.0), ArgumentError, "got no parameters"),
        (lambda: nn.clip_grad_norm_([1.0], 1.0), UsageError, "got float among them"),
        (lambda: nn.clip_grad_norm_([nn.Parameter([1.0])], -1.0), ArgumentError, "max_norm must be at least 0"),
        (lambda: nn.clip_grad_norm_([nn.Parameter([1.0])], math.nan), ArgumentError, "max_norm"),
        (lambda: nn.clip_grad_norm_([nn.Parameter([1.0])], 1.0, 0), ArgumentError, "norm_type must be above 0"),
        (lambda: nn.clip_grad_norm_([nn.Parameter([1.0])], 1.0, "fro"), UsageError, "norm_type must be a number"),
        (lambda: nn.clip_grad_value_([nn.Parameter([1.0])], None), UsageError, "clip_value must be a number"),
        (lambda: nn.clip_grad_value_([ag.ones(2, requires_grad=True) * 2], 1.0), GradientError, "from others"),
    ],
)
def test_wrong_use_gets_a_clear_answer(call, error, expected):
    with pytest.raises(error) as caught:
        call()
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_the_gradient_of_a_single_number_is_clipped() -> None:
    w = nn.Parameter(3.0)
    (w * w).backward()
    assert nn.clip_grad_norm_([w], 1.0).item() == pytest.approx(6.0)
    assert w.grad.item() == pytest.approx(1.0)
