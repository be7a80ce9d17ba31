"""Optimizers: PyTorch's numbers step for step, state, and clear answers to wrong use."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import (
    ArgumentError,
    DtypeError,
    GradientError,
    UnknownKeywordError,
    UnknownNameError,
    UsageError,
)
from nn.optim import LBFGS, SGD, Adagrad, Adam, AdamW, RMSprop
from nn.optim.memory import BLOCK
from tests.nn.trajectories import Replay, cases, title

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

RULES = [
    *[make for make, _ in PYTORCH],
    lambda p: SGD(p, lr=0.05, momentum=0.9, dampening=0.5, maximize=True),
    lambda p: Adam(p, lr=0.1, amsgrad=True),
    lambda p: AdamW(p, lr=0.1, weight_decay=0.3),
    lambda p: RMSprop(p, lr=0.1, momentum=0.5, centered=True, eps=1e-2),
    lambda p: RMSprop(p, lr=0.1, weight_decay=0.1),
    lambda p: Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.2, weight_decay=0.1),
]


def descend(parameter, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        squares = np.real(parameter * np.conj(parameter))
        loss = (squares * np.array([1.0, 2.0, 3.0])).sum() + np.real(parameter).sum() * 0.5
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("case", cases("optimizer"), ids=title)
def test_a_hundred_steps_are_those_of_pytorch(case):
    Replay(case).run()


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


@pytest.mark.parametrize("make", RULES)
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


@pytest.mark.parametrize("make", RULES)
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


@pytest.mark.parametrize("make", RULES)
@pytest.mark.parametrize("taken", [0, 2])
def test_training_goes_on_from_a_saved_state(make, taken):
    whole = nn.Parameter(START)
    descend(whole, make([whole]), taken + 3)
    first = nn.Parameter(START)
    optimizer = make([first])
    descend(first, optimizer, taken)
    second = nn.Parameter(first.numpy())
    resumed = type(optimizer)([second], lr=9.0)
    resumed.maximize = not optimizer.maximize
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
        (lambda: Adam([nn.Parameter([1.0])], amsgrad="yes"), UsageError, "amsgrad must be True or False"),
        (lambda: SGD([nn.Parameter([1.0])], lr=0.1, dampening=1.5), ArgumentError, "dampening"),
        (lambda: RMSprop([nn.Parameter([1.0])], alpha=1.0), ArgumentError, "alpha must be in [0, 1)"),
        (lambda: Adagrad([nn.Parameter([1.0])], lr_decay=-1), ArgumentError, "lr_decay"),
        (lambda: LBFGS([nn.Parameter([1.0])], max_iter=0), ArgumentError, "max_iter must be at least 1"),
        (lambda: LBFGS([nn.Parameter([1.0])], line_search_fn="armijo"), ArgumentError, "'armijo' is not known"),
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


@pytest.mark.parametrize("make", RULES)
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


def two_groups():
    w, b = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0])
    return w, b, SGD([{"params": [w], "lr": 0.1}, {"params": b, "momentum": 0.5}], lr=0.01)


def test_a_group_has_the_options_that_it_does_not_leave_out():
    w, b, optimizer = two_groups()
    assert [(group["lr"], group["momentum"]) for group in optimizer.param_groups] == [(0.1, 0.0), (0.01, 0.5)]
    assert [group["params"] for group in optimizer.param_groups] == [[w], [b]]
    assert optimizer.parameters == [w, b]
    assert dict(optimizer.param_groups[0])["weight_decay"] == 0.0
    w.grad, b.grad = [1.0, 1.0], [1.0]
    optimizer.step()
    optimizer.step()
    assert_allclose(w.numpy(), [0.8, 1.8], rtol=1e-14)
    assert_allclose(b.numpy(), [3.0 - 0.01 - 0.015], rtol=1e-14)


def test_an_option_of_a_group_may_change_between_steps():
    w, b, optimizer = two_groups()
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.param_groups[1].update(lr=1.0, maximize=True)
    w.grad, b.grad = [1.0, 1.0], [1.0]
    optimizer.step()
    assert w.tolist() == [1.0, 2.0] and b.tolist() == [4.0]


def test_a_wrong_option_of_a_group_changes_nothing():
    _, _, optimizer = two_groups()
    group = optimizer.param_groups[1]
    before = dict(group)
    for name, value in [("lr", -1.0), ("momentum", 1.0), ("dampening", "0.1"), ("moment", 0.5), ("params", [])]:
        with pytest.raises((ArgumentError, UsageError, UnknownKeywordError)):
            group[name] = value
    with pytest.raises(ArgumentError, match="needs momentum"):
        optimizer.param_groups[0]["nesterov"] = True
    with pytest.raises(UsageError, match="needs its 'lr'"):
        del group["lr"]
    assert dict(group) == before


def test_an_option_is_read_and_written_on_the_optimizer_too():
    w = nn.Parameter([1.0])
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    optimizer.momentum = 0.5
    assert (optimizer.momentum, optimizer.param_groups[0]["momentum"]) == (0.5, 0.5)
    with pytest.raises(UnknownNameError, match="Did you mean 'momentum'"):
        optimizer.momentun  # noqa: B018
    _, _, several = two_groups()
    several.weight_decay = 0.5
    assert [group["weight_decay"] for group in several.param_groups] == [0.5, 0.5]
    assert several.lr == 0.1
    with pytest.raises(UsageError, match=r"differ in lr: \[0.1, 0.01\]"):
        several.lr = 0.3


def test_parameters_may_join_later():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = Adam([a], lr=0.1)
    descend(a, optimizer, 2)
    optimizer.add_param_group({"params": [b], "lr": 0.5})
    b.grad = [1.0]
    optimizer.step()
    assert_allclose(b.item(), 0.5, rtol=1e-7)
    assert optimizer.steps == [3, 1]
    with pytest.raises(ArgumentError, match="in two groups, 1 and 2"):
        optimizer.add_param_group({"params": [b]})
    assert len(optimizer.parameters) == len(optimizer.param_groups) == 2


@pytest.mark.parametrize("make", [SGD, Adam, RMSprop])
def test_training_goes_on_from_the_saved_state_of_groups(make):
    def run(steps, state=None, start=None):
        parameters = [nn.Parameter(each) for each in start or (START, [0.5])]
        optimizer = make([{"params": [parameters[0]], "lr": 0.02}, {"params": [parameters[1]]}], lr=0.01)
        if state is not None:
            optimizer.load_state_dict(state)
        for _ in range(steps):
            optimizer.zero_grad()
            (parameters[0] ** 2).sum().backward()
            (parameters[1] ** 2).sum().backward()
            optimizer.step()
        optimizer.param_groups[1]["lr"] = 0.03
        return optimizer

    first = run(3)
    values = [each.numpy().copy() for each in first.parameters]
    resumed, whole = run(2, first.state_dict(), values), run(3)
    for _ in range(2):
        whole.zero_grad()
        for each in whole.parameters:
            (each**2).sum().backward()
        whole.step()
    for a, b in zip(resumed.parameters, whole.parameters, strict=True):
        assert_allclose(a.numpy(), b.numpy(), rtol=1e-14)
    assert resumed.state_dict()["groups.1.params"].tolist() == [1]


def test_a_state_of_other_groups_is_told_in_full():
    _, _, optimizer = two_groups()
    plain = SGD([nn.Parameter([1.0])], lr=0.1)
    with pytest.raises(ArgumentError, match=r"missing 'lr'.*unexpected 'groups.0.lr'.*wrong shape: 'steps'"):
        plain.load_state_dict(optimizer.state_dict())
    state = {**plain.state_dict(), "lr": -1.0}
    with pytest.raises(ArgumentError, match="lr must be at least 0"):
        plain.load_state_dict(state)
    assert plain.lr == 0.1
    for odd in (3, "three", [[1]]):
        with pytest.raises((ArgumentError, DtypeError), match=r"'steps'"):
            plain.load_state_dict({**plain.state_dict(), "steps": odd})


def test_a_closure_is_called_once_and_its_loss_returned():
    w = nn.Parameter([2.0])
    optimizer = SGD([w], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with ag.no_grad():
        assert optimizer.step(closure).item() == 4.0
    assert w.item() == 1.0
    assert optimizer.step() is None


def rosenbrock(w, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
        loss.backward()
        return loss

    return closure


def test_lbfgs_finds_the_minimum_of_rosenbrocks_valley():
    w = nn.Parameter([-1.2, 1.0])
    optimizer = LBFGS([w], max_iter=60, tolerance_change=0.0, line_search_fn="strong_wolfe")
    optimizer.step(rosenbrock(w, optimizer))
    assert_allclose(w.numpy(), [1.0, 1.0], atol=1e-8)


def test_lbfgs_goes_on_from_a_saved_state():
    w = nn.Parameter([-1.2, 1.0])
    optimizer = LBFGS([w], max_iter=3, history_size=2, line_search_fn="strong_wolfe")
    for _ in range(3):
        optimizer.step(rosenbrock(w, optimizer))
    other = nn.Parameter(w.numpy().copy())
    resumed = LBFGS([other], lr=0.5, line_search_fn="strong_wolfe")
    fresh = resumed.state_dict()
    resumed.load_state_dict(optimizer.state_dict())
    for each, parameter in ((optimizer, w), (resumed, other)):
        each.step(rosenbrock(parameter, each))
    assert w.tolist() == other.tolist()
    with pytest.raises(ArgumentError, match="wrong shape: 'last_move'"):
        resumed.load_state_dict({**optimizer.state_dict(), "last_move": np.zeros(3)})
    resumed.load_state_dict(fresh)
    assert resumed.iterations == 0


def test_lbfgs_leaves_the_parameters_where_the_loss_was_finite():
    w = nn.Parameter([1.0])
    optimizer = LBFGS([w], lr=1e3, max_iter=3)

    def closure():
        optimizer.zero_grad()
        with np.errstate(invalid="ignore"):
            loss = np.log(w).sum()
        loss.backward()
        return loss

    with pytest.raises(GradientError, match=r"the loss became nan.*\n.*strong_wolfe"):
        optimizer.step(closure)
    assert w.item() == 1.0


def test_lbfgs_steps_back_from_where_the_loss_is_not_finite():
    w = nn.Parameter([0.9])
    optimizer = LBFGS([w], lr=64.0, max_iter=20, tolerance_change=1e-15, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        with np.errstate(invalid="ignore"):
            loss = (w - np.log(w) / 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert_allclose(w.item(), 0.5, atol=1e-6)


def test_lbfgs_can_go_uphill():
    w = nn.Parameter([2.0, -1.0])
    optimizer = LBFGS([w], line_search_fn="strong_wolfe", maximize=True)

    def closure():
        optimizer.zero_grad()
        loss = -((w - 0.5) ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert_allclose(w.numpy(), [0.5, 0.5], atol=1e-6)


def test_the_variance_of_a_steady_gradient_never_falls_below_zero():
    w = nn.Parameter(np.linspace(-1, 1, 64))
    optimizer = RMSprop([w], lr=0.0, alpha=0.5, centered=True)
    w.grad = np.linspace(0.1, 0.3, 64)
    for _ in range(200):
        optimizer.step()
    optimizer.lr = 1e-9
    optimizer.step()
    assert np.isfinite(w.numpy()).all()


def test_an_optimizer_can_be_copied_and_pickled():
    _, _, optimizer = two_groups()
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        other.param_groups[0]["lr"] = 0.7
        assert other.lr == 0.7 and optimizer.lr == 0.1
        other.parameters[0].grad = [1.0, 1.0]
        other.step()
        assert_allclose(other.parameters[0].numpy(), [0.3, 1.3], rtol=1e-14)


def test_an_update_of_ones_own_gets_whole_parameters() -> None:
    class Normalised(nn.optim.Optimizer):
        def update(self, t, p, g):
            p -= self.lr * g / np.linalg.norm(g)

    a, b, c = nn.Parameter([1.0, 1.0]), nn.Parameter([[1.0, 1.0]]), nn.Parameter(np.zeros(70_000))
    a.grad, b.grad = ag.tensor([3.0, 4.0]), ag.tensor([[30.0, 40.0]])
    c.grad = ag.tensor(np.ones(70_000))
    Normalised([a, b, c], lr=1.0).step()
    np.testing.assert_allclose(a.numpy(), [0.4, 0.2])
    np.testing.assert_allclose(b.numpy(), [[0.4, 0.2]])
    np.testing.assert_allclose(c.numpy(), -1 / np.sqrt(70_000))


def test_a_state_can_be_loaded_after_an_option_was_switched_on() -> None:
    w = nn.Parameter([1.0, 2.0])
    optimizer = nn.optim.SGD([w], lr=0.1)
    (w * w).sum().backward()
    optimizer.step()
    optimizer.momentum = 0.9
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.state_dict()["velocity.0"].tolist() == [0.0, 0.0]
