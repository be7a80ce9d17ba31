"""Schedules: PyTorch's learning rates step for step, state, and clear answers to wrong use."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd_lite.errors import ArgumentError, UnknownKeywordError, UsageError
from nn import schedule
from tests.nn.trajectories import Replay, cases, schedule_of, title

KINDS = {title(case): case["schedule"] for case in cases("schedule") if case["optimizer"] == "SGD"}


def sgd(lr=0.1, **options):
    return nn.optim.SGD([nn.Parameter([1.0])], lr=lr, **options)


def rates(optimizer, made, steps):
    found = []
    for epoch in range(steps):
        found.append(optimizer.lr)
        optimizer.step()
        made.step(*[1.0 / (1 + epoch // 3)] * isinstance(made, schedule.ReduceLROnPlateau))
    return found


@pytest.mark.parametrize("case", cases("schedule"), ids=title)
def test_a_hundred_learning_rates_are_those_of_pytorch(case):
    replay = Replay(case)
    replay.run()
    assert_allclose(np.transpose(replay.rates), case["rates"], rtol=1e-12, atol=1e-15)
    if "momenta" in case:
        assert_allclose(replay.momenta, case["momenta"], rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("taken", [0, 1, 9, 25])
def test_a_schedule_goes_on_from_a_saved_state(kind, taken):
    first = sgd(momentum=0.9)
    whole = schedule_of(first, *kind)
    rates(first, whole, taken)
    state, optimizer_state = whole.state_dict(), first.state_dict()
    # Whichever is loaded first, and whatever rate the new optimizer is made with.
    for order in (0, 1):
        second = sgd(0.7, momentum=0.9)
        resumed = schedule_of(second, *kind)
        for part, saved in [(resumed, state), (second, optimizer_state)][:: 1 if order else -1]:
            part.load_state_dict(saved)
        assert second.param_groups[0]["momentum"] == first.param_groups[0]["momentum"]
        assert second.lr == first.lr
        other = sgd(momentum=0.9)
        again = schedule_of(other, *kind)
        rates(other, again, taken)
        assert rates(second, resumed, 20) == rates(other, again, 20)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_state_holds_numbers_and_arrays_only(kind):
    for value in schedule_of(sgd(momentum=0.9), *kind).state_dict().values():
        assert isinstance(value, (int, float)) or value.dtype.kind in "if"


def test_the_state_of_another_schedule_is_told_in_full():
    optimizer = sgd()
    step = schedule.StepLR(optimizer, step_size=3)
    other = schedule.CosineAnnealingLR(sgd(), T_max=3)
    with pytest.raises(ArgumentError, match="missing 'step_size', 'gamma'; unexpected 'T_max', 'eta_min'"):
        step.load_state_dict(other.state_dict())
    assert step.step_size == 3 and optimizer.lr == 0.1


def test_a_rate_changed_by_hand_is_not_overwritten():
    optimizer = sgd(1.0)
    made = schedule.StepLR(optimizer, step_size=2, gamma=0.5)
    optimizer.lr = 0.25
    assert rates(optimizer, made, 4) == [0.25, 0.25, 0.125, 0.125]


def test_warm_restarts_fall_within_epochs_too():
    optimizer = sgd(1.0)
    made = schedule.CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=2, eta_min=0.2)
    optimizer.step()
    for time, share in [(0.5, 0.5), (1.0, 0.0), (2.0, 0.5), (3.0, 0.0), (6.0, 0.75), (0.0, 0.0)]:
        made.step(time)
        assert_allclose(optimizer.lr, 0.2 + 0.8 * (1 + math.cos(math.pi * share)) / 2, rtol=1e-14)


def test_restarts_are_exact_where_a_logarithm_would_round():
    optimizer = sgd(1.0)
    made = schedule.CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=3)
    optimizer.step()
    for cycle in range(1, 12):
        made.step((3**cycle - 1) // 2)
        assert optimizer.lr == 1.0


def test_each_group_keeps_its_ratio():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = nn.optim.Adam([{"params": [a], "lr": 0.1}, {"params": [b], "lr": 0.2}])
    made = schedule.ExponentialLR(optimizer, gamma=0.5)
    optimizer.step()
    made.step()
    assert made.get_last_lr() == [0.05, 0.1]
    optimizer.add_param_group({"params": [nn.Parameter([1.0])]})
    chained = schedule.LambdaLR(optimizer, [lambda t: 1.0, lambda t: 2.0, lambda t: 3.0])
    assert_allclose(chained.get_last_lr(), [0.1, 0.4, 0.003])


def test_a_plateau_takes_the_loss_as_a_tensor_and_nan_as_no_progress():
    optimizer, w = sgd(1.0), nn.Parameter([2.0])
    made = schedule.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    made.step((w * w).sum())
    assert made.best == 4.0 and optimizer.lr == 1.0
    made.step(math.nan)
    assert made.best == 4.0 and optimizer.lr == 0.5


def test_a_schedule_of_the_users_own_needs_only_its_rates():
    class Halving(schedule.LRScheduler):
        def get_lr(self):
            return [base / 2**self.last_epoch for base in self.base_lrs]

    optimizer = sgd(1.0)
    assert rates(optimizer, Halving(optimizer), 3) == [1.0, 0.5, 0.25]


def test_schedules_count_the_steps_of_the_closure_too():
    optimizer = nn.optim.LBFGS([nn.Parameter([1.0])])
    made = schedule.StepLR(optimizer, step_size=1)
    w = optimizer.parameters[0]

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    made.step()
    assert optimizer.lr == 0.1


class Two(schedule.LRScheduler):
    def get_lr(self):
        return [0.1, 0.2]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_loaded_state_counts_as_steps_made(kind):
    first = sgd(momentum=0.9)
    whole = schedule_of(first, *kind)
    first.step()
    states = whole.state_dict(), first.state_dict()
    measured = [1.0] * isinstance(whole, schedule.ReduceLROnPlateau)
    second = sgd(momentum=0.9)
    resumed = schedule_of(second, *kind)
    resumed.load_state_dict(states[0])
    second.load_state_dict(states[1])
    for _ in range(25):
        whole.step(*measured)
        resumed.step(*measured)
        assert second.lr == first.lr


def test_what_follows_a_milestone_needs_no_step_of_the_resumed_optimizer():
    def joined(optimizer):
        parts = [schedule.StepLR(optimizer, 2, 0.5), schedule.CosineAnnealingLR(optimizer, 4)]
        return schedule.SequentialLR(optimizer, parts, milestones=[2])

    first, second = sgd(), sgd()
    whole, resumed = joined(first), joined(second)
    rates(first, whole, 1)
    resumed.load_state_dict(whole.state_dict())
    for _ in range(4):
        resumed.step()
    rates(first, whole, 4)
    assert second.lr == first.lr


def one_cycle(optimizer, steps=10):
    return schedule.OneCycleLR(optimizer, 1.0, steps, cycle_momentum=False)


def test_what_holds_schedules_is_stepped_when_they_are():
    optimizer = sgd()
    assert schedule.ChainedScheduler([one_cycle(optimizer)]).stepped_every == "step"
    assert schedule.SequentialLR(optimizer, [one_cycle(optimizer)] * 2, [5]).stepped_every == "step"
    assert schedule.ChainedScheduler([schedule.StepLR(optimizer, 3)]).stepped_every == "epoch"


def test_fit_steps_a_chained_one_cycle_after_every_batch():
    model = nn.Linear(2, 1, rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    chained = schedule.ChainedScheduler([one_cycle(optimizer, 20)])
    x = np.ones((8, 2))
    options = {"epochs": 3, "batch_size": 2, "schedule": chained, "progress": False}
    nn.fit(model, x, x[:, :1], loss=nn.MSELoss(), optimizer=optimizer, **options)
    assert chained.last_epoch == 12


def epochs_and_steps():
    optimizer = sgd()
    return schedule.SequentialLR(optimizer, [schedule.LinearLR(optimizer), one_cycle(optimizer)], [2])


def too_many_steps():
    optimizer = sgd()
    made = schedule.OneCycleLR(optimizer, max_lr=1.0, total_steps=2, cycle_momentum=False)
    rates(optimizer, made, 3)


def joined_too_late():
    optimizer = sgd()
    made = schedule.CosineAnnealingLR(optimizer, 1)
    optimizer.add_param_group({"params": [nn.Parameter([1.0])]})
    optimizer.step()
    made.step()


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (lambda: schedule.StepLR(nn.Linear(1, 1), 3), UsageError, "StepLR takes an optimizer, got"),
        (lambda: schedule.LambdaLR(nn.optim.SGD, len), UsageError, "got the class SGD"),
        (lambda: schedule.OneCycleLR(None, 0.1), UsageError, "OneCycleLR takes an optimizer"),
        (lambda: schedule.ReduceLROnPlateau([]), UsageError, "ReduceLROnPlateau takes an optimizer"),
        (lambda: schedule.SequentialLR([], [], []), UsageError, "SequentialLR takes an optimizer"),
        (lambda: schedule.StepLR(sgd(), 3).step(), UsageError, "came before the optimizer's first step"),
        (lambda: schedule.StepLR(sgd(), 0), ArgumentError, "step_size must be at least 1"),
        (lambda: schedule.StepLR(sgd(), 3, -1), ArgumentError, "gamma must be at least 0"),
        (lambda: schedule.MultiStepLR(sgd(), 30), UsageError, "milestones must be a list of epochs"),
        (lambda: schedule.MultiStepLR(sgd(), [0.5]), UsageError, "must be an integer"),
        (lambda: schedule.LinearLR(sgd(), start_factor=0), ArgumentError, "start_factor must be above 0"),
        (lambda: schedule.LinearLR(sgd(), end_factor=2), ArgumentError, "end_factor"),
        (lambda: schedule.LambdaLR(sgd(), 0.9), UsageError, "lr_lambda must be a function"),
        (lambda: schedule.LambdaLR(sgd(), [len, len]), UsageError, "2 for 1 groups"),
        (lambda: schedule.LambdaLR(sgd(), lambda t: None), UsageError, "must be a number, got None"),
        (lambda: schedule.LambdaLR(sgd(), lambda t: -1), ArgumentError, "at least 0"),
        (lambda: schedule.CosineAnnealingLR(sgd(), T_max=-3), ArgumentError, "T_max"),
        (lambda: schedule.CosineAnnealingWarmRestarts(sgd(), T_0=1.5), UsageError, "T_0 must be an integer"),
        (lambda: schedule.OneCycleLR(sgd(), 0.1), UsageError, "needs to know the steps"),
        (lambda: schedule.OneCycleLR(sgd(), [0.1, 0.2], 5), UsageError, "2 numbers for 1 groups"),
        (lambda: schedule.OneCycleLR(sgd(), 0.1, 5, anneal_strategy="cosine"), ArgumentError, "Did you mean 'cos'"),
        (lambda: schedule.OneCycleLR(sgd(), 0.1, 5, div_factor=0), ArgumentError, "div_factor must be above 0"),
        (too_many_steps, UsageError, "was called 3 times, and the cycle has total_steps=2"),
        (joined_too_late, UsageError, "was made for 1 group, the optimizer has 2"),
        (lambda: schedule.ReduceLROnPlateau(sgd(), factor=1.0), ArgumentError, "factor must be in [0, 1)"),
        (lambda: schedule.ReduceLROnPlateau(sgd(), patience=0.5), ArgumentError, "whole number of epochs"),
        (lambda: schedule.ReduceLROnPlateau(sgd()).step([1.0, 2.0]), UsageError, "takes a number, got [1.0, 2.0]"),
        (lambda: schedule.ReduceLROnPlateau(sgd(), mode="low"), ArgumentError, "mode 'low' is not known"),
        (lambda: schedule.ChainedScheduler([]), ArgumentError, "got no schedules"),
        (lambda: schedule.ChainedScheduler([sgd()]), UsageError, "takes a list of schedules"),
        (lambda: schedule.ChainedScheduler(schedule.StepLR(sgd(), 1)), UsageError, "takes a list of schedules"),
        (
            lambda: schedule.ChainedScheduler([schedule.ReduceLROnPlateau(sgd())]),
            UsageError,
            "cannot hold ReduceLROnPlateau",
        ),
        (
            lambda: schedule.ChainedScheduler([schedule.StepLR(sgd(), 1), schedule.StepLR(sgd(), 1)]),
            UsageError,
            "schedule 1, StepLR, is that of another optimizer",
        ),
        (epochs_and_steps, UsageError, "LinearLR after every epoch does not go with OneCycleLR after every step"),
        (lambda: schedule.LRScheduler(sgd()), UsageError, "has no get_lr method"),
        (lambda: Two(sgd()), UsageError, "Two.get_lr() returned 2 learning rates for 1 groups"),
    ],
)
def test_wrong_use_gets_a_clear_answer(call, error, expected):
    with pytest.raises(error) as caught:
        call()
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_milestones_are_one_fewer_than_schedules():
    optimizer = sgd()
    parts = [schedule.StepLR(optimizer, 1), schedule.StepLR(optimizer, 2)]
    for milestones in ([], [3, 4]):
        with pytest.raises(ArgumentError, match="one milestone fewer"):
            schedule.SequentialLR(optimizer, parts, milestones)


@pytest.mark.parametrize("name", schedule.__all__)
def test_a_misspelt_keyword_is_answered_by_the_right_one(name):
    with pytest.raises(UnknownKeywordError, match=r"Known|Did you mean"):
        getattr(schedule, name)(optimzer=sgd())
