"""EMA: PyTorch's averages, parameters that come back as they were, and clear answers to wrong use."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, StaleValueError, UsageError
from tests.nn.trajectories import Replay, cases


@pytest.mark.parametrize("case", cases("ema"))
def test_a_hundred_averages_are_those_of_pytorch(case):
    Replay(case).run()


def test_the_means_follow_the_parameters():
    w = nn.Parameter([8.0, 0.0])
    ema = nn.EMA([w], decay=0.75)
    ema.update()
    for value in ([4.0, 4.0], [0.0, 0.0]):
        w.data = value
        ema.update()
    with ema.averaged():
        assert w.tolist() == [8 * 0.75**2 + 0.25 * 4 * 0.75, 0.25 * 4 * 0.75]
    assert w.tolist() == [0.0, 0.0]


def test_an_interrupt_while_the_means_are_put_in_leaves_the_parameters(monkeypatch):
    model = nn.Linear(2, 1, rng=0)
    ema = nn.EMA(model.parameters())
    for each in model.parameters():
        each.data = each.numpy() + 1.0
    trained = model.state_dict()
    copied, copyto = [], np.copyto

    def interrupted(*arrays):
        copied.append(arrays)
        if len(copied) == 2:
            raise KeyboardInterrupt
        copyto(*arrays)

    monkeypatch.setattr(np, "copyto", interrupted)
    with pytest.raises(KeyboardInterrupt), ema.averaged():
        pass
    for name, values in model.state_dict().items():
        np.testing.assert_array_equal(values, trained[name])
    ema.update()


def test_before_the_first_update_the_means_are_the_parameters():
    w = nn.Parameter([8.0])
    ema = nn.EMA([w])
    w.data = [2.0]
    with ema.averaged():
        assert w.item() == 8.0
    assert w.item() == 2.0


def test_the_parameters_come_back_after_an_error():
    w = nn.Parameter([8.0])
    ema = nn.EMA([w])
    w.data = [2.0]
    with pytest.raises(ZeroDivisionError), ema.averaged():
        w.data = [3.0]
        1 / 0  # noqa: B018
    assert w.item() == 2.0
    with ema.averaged():
        assert w.item() == 8.0


def test_a_graph_knows_that_its_parameters_were_exchanged():
    w = nn.Parameter([2.0])
    ema = nn.EMA([w])
    loss = (w * w).sum()
    with ema.averaged(), pytest.raises(StaleValueError):
        loss.backward()


def test_a_model_is_evaluated_and_saved_with_its_means():
    model = nn.MLP([2, 3, 1], rng=0)
    ema = nn.EMA(model.parameters(), decay=0.5)
    first = {name: each.copy() for name, each in model.state_dict().items()}
    ema.update()
    for each in model.parameters():
        each.data = each.numpy() + 1.0
    ema.update()
    with ema.averaged():
        averaged = model.state_dict()
    for name, value in first.items():
        assert_allclose(averaged[name], value + 0.5, rtol=1e-14)


def test_averaging_goes_on_from_a_saved_state():
    w = nn.Parameter([1.0 + 2.0j], name="w")
    ema = nn.EMA([w], decay=0.5)
    ema.update()
    state = ema.state_dict()
    resumed = nn.EMA([nn.Parameter([0.0j])], decay=0.9)
    resumed.load_state_dict(state)
    assert (resumed.decay, resumed.updates) == (0.5, 1)
    with resumed.averaged():
        assert resumed.parameters[0].tolist() == [1.0 + 2.0j]
    with pytest.raises(ArgumentError, match=r"missing 'mean.0', 'decay'|missing 'decay'.*unexpected 'mean.1'"):
        resumed.load_state_dict({"updates": 1, "mean.0": np.zeros(1), "mean.1": np.zeros(1)})
    assert resumed.updates == 1


def test_single_precision_stays_single():
    w = nn.Parameter([1.0], dtype=np.float32)
    ema = nn.EMA([w], decay=0.5)
    ema.update()
    ema.update()
    assert ema.state_dict()["mean.0"].dtype == np.float32


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda ema, w: ema.update(), r"EMA.update\(\) was called within averaged"),
        (lambda ema, w: ema.averaged().__enter__(), r"EMA.averaged\(\) was called within"),
        (lambda ema, w: ema.load_state_dict(ema.state_dict()), r"EMA.load_state_dict\(\) was called within"),
        (lambda ema, w: setattr(w, "data", [7.0]), "were changed within"),
    ],
)
def test_within_averaged_the_parameters_are_only_looked_at(call, expected):
    w = nn.Parameter([2.0])
    ema = nn.EMA([w])
    w.data = [1.0]
    with pytest.raises(UsageError, match=expected), ema.averaged():
        call(ema, w)
    assert w.item() == 1.0


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (lambda: nn.EMA(nn.Linear(1, 1)), UsageError, "Pass model.parameters()"),
        (lambda: nn.EMA([]), ArgumentError, "EMA got no parameters"),
        (lambda: nn.EMA([nn.Parameter([1.0])], decay=1.0), ArgumentError, "decay must be in [0, 1)"),
        (lambda: nn.EMA([ag.ones(1, requires_grad=True)]).load_state_dict([1]), UsageError, "a state is a dict"),
    ],
)
def test_wrong_use_gets_a_clear_answer(call, error, expected):
    with pytest.raises(error) as caught:
        call()
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2
