"""Optimizers: PyTorch's numbers step for step, state, and clear answers to wrong use."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from nn.optim import SGD, Adam
from nn.optim.optimizer import BLOCK

START = [1.0, -2.0, 0.5]
# What torch.optim 2.13 gives after three steps down Σ k·θ_k² + ½ Σ θ_k from START.
PYTORCH = [
    (lambda p: SGD(p, lr=0.1), [0.39, -0.53, -0.046]),
    (lambda p: SGD(p, lr=0.05, momentum=0.9), [0.3575, -0.24125, -0.2455]),
    (
        lambda p: SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
        [0.1336435382499999, 0.11215214787500004, -0.2890085293125001],
    ),
    (lambda p: Adam(p, lr=0.1), [0.7011554497242888, -1.7006761893947064, 0.20371586447040207]),
    (
        lambda p: Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
        [0.7018174712343886, -1.7010534296753284, 0.20505206286417466],
    ),
]


def descend(parameter, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        squares = np.real(parameter * np.conj(parameter))
        loss = (squares * np.array([1.0, 2.0, 3.0])).sum() + np.real(parameter).sum() * 0.5
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize(("make", "expected"), PYTORCH)
def test_three_steps_are_those_of_pytorch(make, expected):
    parameter = nn.Parameter(START)
    descend(parameter, make([parameter]), 3)
    assert_allclose(parameter.numpy(), expected, rtol=1e-13)


@pytest.mark.parametrize(("make", "expected"), PYTORCH)
def test_single_precision_stays_single(make, expected):
    parameter = nn.Parameter(START, dtype=np.float32)
    descend(parameter, make([parameter]), 3)
    assert parameter.dtype == np.float32
    assert_allclose(parameter.numpy(), expected, rtol=3e-5)


def test_adam_treats_complex_numbers_as_pairs():
    parameter = nn.Parameter([1 + 2j, -2, 0.5j])
    descend(parameter, Adam([parameter], lr=0.1), 3)
    expected = [
        0.7011554497242888 + 1.700623392046465j,
        -1.7006761893947064,
        -0.1421234012831465 + 0.20487125044086524j,
    ]
    assert_allclose(parameter.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("make", [make for make, _ in PYTORCH])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (BLOCK + 3,), (3, BLOCK // 2)])
def test_every_shape_moves_element_by_element(make, shape, rng):
    values, slopes = rng.normal(size=shape), rng.normal(size=shape)
    whole, parts = nn.Parameter(values), [nn.Parameter(each) for each in values.reshape(-1)[-5:]]
    optimizer, others = make([whole]), (make(parts) if parts else None)
    for _ in range(3):
        whole.grad = slopes
        for part, slope in zip(parts, slopes.reshape(-1)[-5:], strict=True):
            part.grad = slope
        optimizer.step()
        if others is not None:
            others.step()
    assert_allclose(whole.numpy().reshape(-1)[-5:], [part.item() for part in parts], rtol=1e-14)


@pytest.mark.parametrize("make", [make for make, _ in PYTORCH])
def test_columns_in_memory_move_like_rows(make, rng):
    values, slopes = rng.normal(size=(300, 400)), rng.normal(size=(300, 400))
    rows, columns = nn.Parameter(values), nn.Parameter(np.asfortranarray(values))
    for parameter in (rows, columns):
        optimizer = make([parameter])
        for _ in range(2):
            parameter.grad = slopes
            optimizer.step()
    assert_allclose(columns.numpy(), rows.numpy(), rtol=1e-14)


def test_a_gradient_is_never_written_into():
    parameter = nn.Parameter(START)
    optimizer = SGD([parameter], lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1)
    parameter.grad = np.array([1.0, 2.0, 3.0])
    kept = parameter.grad
    optimizer.step()
    optimizer.step()
    assert kept.tolist() == [1.0, 2.0, 3.0]


def test_a_parameter_without_a_gradient_stays():
    moved, still = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = Adam([moved, still], lr=0.1, weight_decay=0.5)
    moved.grad = np.ones(1)
    optimizer.step()
    assert still.item() == 1.0
    assert moved.item() != 1.0


def test_a_parameter_given_twice_moves_once():
    parameter = nn.Parameter([1.0])
    optimizer = SGD([parameter, parameter], lr=0.5)
    parameter.grad = np.ones(1)
    optimizer.step()
    assert parameter.item() == 0.5


def test_the_learning_rate_may_change_between_steps():
    parameter = nn.Parameter([1.0])
    optimizer = SGD([parameter], lr=0.5)
    optimizer.lr = 0.0
    parameter.grad = np.ones(1)
    optimizer.step()
    assert parameter.item() == 1.0


@pytest.mark.parametrize("make", [make for make, _ in PYTORCH])
@pytest.mark.parametrize("taken", [0, 2])
def test_training_goes_on_from_a_saved_state(make, taken):
    whole = nn.Parameter(START)
    descend(whole, make([whole]), taken + 3)
    first = nn.Parameter(START)
    optimizer = make([first])
    descend(first, optimizer, taken)
    second = nn.Parameter(first.numpy())
    resumed = type(optimizer)([second], lr=9.0)
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    descend(second, resumed, 3)
    assert_allclose(second.numpy(), whole.numpy(), rtol=1e-14)


def test_a_state_is_a_copy():
    parameter = nn.Parameter(START)
    optimizer = Adam([parameter])
    descend(parameter, optimizer, 1)
    state = optimizer.state_dict()
    before = state["mean.0"].copy()
    descend(parameter, optimizer, 1)
    assert (state["mean.0"] == before).all()


def test_a_state_that_does_not_fit_changes_nothing():
    parameter = nn.Parameter(START)
    optimizer = Adam([parameter], lr=0.1)
    descend(parameter, optimizer, 1)
    state = optimizer.state_dict()
    state["lr"], state["mean.0"] = 0.5, np.zeros(4)
    del state["square.0"]
    with pytest.raises(ArgumentError, match=r"missing 'square.0'; wrong shape: 'mean.0' has shape \(4,\)"):
        optimizer.load_state_dict(state)
    assert optimizer.lr == 0.1
    with pytest.raises(UsageError, match="a state is a dict"):
        optimizer.load_state_dict([1])


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (lambda: SGD([], lr=0.1), ArgumentError, "got no parameters"),
        (lambda: SGD("weights", lr=0.1), UsageError, "iterable of parameters, got str"),
        (lambda: SGD(None, lr=0.1), UsageError, "got NoneType"),
        (lambda: SGD(nn.Linear(1, 1), lr=0.1), UsageError, "Pass model.parameters()"),
        (lambda: SGD(nn.Parameter([1.0]), lr=0.1), UsageError, "got Parameter"),
        (lambda: SGD([np.ones(2)], lr=0.1), UsageError, "got ndarray among them"),
        (lambda: SGD(nn.Linear(1, 1).named_parameters(), lr=0.1), UsageError, "got tuple among them"),
        (lambda: SGD([nn.Parameter([1.0]) * 2], lr=0.1), GradientError, "computed from others"),
        (lambda: SGD([nn.Parameter([1.0])], lr=-0.1), ArgumentError, "lr must be at least 0"),
        (lambda: SGD([nn.Parameter([1.0])], lr=float("nan")), ArgumentError, "finite"),
        (lambda: SGD([nn.Parameter([1.0])], lr="0.1"), UsageError, "lr must be a number"),
        (lambda: SGD([nn.Parameter([1.0])], lr=0.1, momentum=1.5), ArgumentError, "momentum must be in [0, 1)"),
        (lambda: SGD([nn.Parameter([1.0])], lr=0.1, nesterov=True), ArgumentError, "nesterov=True needs momentum"),
        (lambda: SGD([nn.Parameter([1.0])], lr=0.1, weight_decay=-1), ArgumentError, "weight_decay"),
        (lambda: Adam([nn.Parameter([1.0])], betas=(0.9, 1.0)), ArgumentError, "betas[1]"),
        (lambda: Adam([nn.Parameter([1.0])], betas=0.9), UsageError, "two numbers"),
        (lambda: Adam([nn.Parameter([1.0])], eps=-1e-8), ArgumentError, "eps"),
    ],
)
def test_wrong_use_gets_a_clear_answer(call, error, expected):
    with pytest.raises(error) as caught:
        call()
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_rule_of_the_users_own_needs_only_an_update():
    class SignSGD(nn.optim.Optimizer):
        def update(self, t, p, g, *state):
            p -= self.lr * np.sign(g)

    parameter = nn.Parameter([1.0, -1.0])
    optimizer = SignSGD([parameter], lr=0.25)
    (parameter * parameter).sum().backward()
    optimizer.step()
    assert parameter.tolist() == [0.75, -0.75]
    assert repr(optimizer) == "SignSGD(1 parameters, lr=0.25)"


def test_an_optimizer_works_on_plain_tensors():
    w = ag.tensor([1.0], requires_grad=True)
    optimizer = SGD([w], lr=0.1)
    (w * w).sum().backward()
    optimizer.step()
    assert_allclose(w.item(), 0.8)


@pytest.mark.parametrize("make", [lambda p: nn.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: nn.optim.Adam(p, lr=0.1)])
def test_parameters_moved_together_go_where_each_would_go_alone(make, rng):
    shapes = [(3, 2), (3,), (), (70, 60), (2, 1)]
    starts = [rng.standard_normal(shape) for shape in shapes]
    together = [nn.Parameter(start) for start in starts]
    alone = [nn.Parameter(start) for start in starts]
    one, many = make(together), [make([each]) for each in alone]
    for step in range(6):
        if step == 3:
            one, many = copy.deepcopy((one, many))
            together, alone = one.parameters, [each.parameters[0] for each in many]
        for k, shape in enumerate(shapes):
            gradient = None if (step, k) == (4, 1) else rng.standard_normal(shape)
            together[k].grad = alone[k].grad = gradient
        for optimizer in (one, *many):
            optimizer.step()
        for a, b in zip(together, alone, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_no_parameters_have_two_causes():
    with pytest.raises(ArgumentError, match=r"pass a list.*nn\.Parameter"):
        nn.optim.SGD([], lr=0.1)
