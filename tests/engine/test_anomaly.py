"""detect_anomaly: the first NaN or infinity is told with its operation, its numbers and the user's line."""

import asyncio
import threading

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import AnomalyError


@pytest.fixture
def x():
    return ag.tensor([1.0, 0.0, 4.0], requires_grad=True, name="x")


def test_forward(x):
    with np.errstate(divide="ignore"), ag.detect_anomaly(), pytest.raises(AnomalyError) as raised:
        np.log(x)  # the line
    what, mend = str(raised.value).splitlines()
    assert what == ("log gave 1 inf and values from 0 to 1.39, of shape (3,), from operands (3,) values from 0 to 4.")
    assert mend.startswith("It was called at ") and mend.endswith("`np.log(x)  # the line`.")


def test_the_line_is_the_users_not_that_of_a_layer():
    model = nn.MLP([2, 3, 1], rng=0)
    with ag.detect_anomaly(), pytest.raises(AnomalyError, match="look at the data") as raised:
        model([np.nan, 1.0])
    assert "test_anomaly.py" in str(raised.value)
    assert "`model([np.nan, 1.0])`" in str(raised.value)


def test_backward(x):
    with ag.detect_anomaly():
        y = np.sqrt(x).sum()
        with pytest.raises(AnomalyError, match=r"sqrt passes to its operand 'x' of shape \(3,\) has 1 inf"):
            y.backward()
    assert x.grad is None


def test_backward_of_a_recorded_walk(x):
    with ag.detect_anomaly(), pytest.raises(AnomalyError, match="sqrt"):
        ag.gradients(np.sqrt(x).sum(), x, create_graph=True)


@pytest.mark.parametrize("operation", [lambda x: x / (x * 0), lambda x: 1 / x, lambda x: x**-1.0, lambda x: abs(1 / x)])
def test_every_way_of_recording_is_checked(x, operation):
    with np.errstate(all="ignore"), ag.detect_anomaly(), pytest.raises(AnomalyError):
        operation(x)


def test_a_masked_product_is_reported(x):
    with ag.detect_anomaly():
        y = np.where(x.numpy() > 0, np.sqrt(x), 0).sum()
        with pytest.warns(UserWarning, match="sqrt: 1 of its local derivatives"):
            y.backward()
    assert x.grad.tolist() == [0.5, 0.0, 0.25]


def test_an_unchecked_forward_pass_says_where_to_look(x):
    y = np.sqrt(x).sum()
    with ag.detect_anomaly(), pytest.raises(AnomalyError, match=r"enter detect_anomaly\(\) before the forward pass"):
        y.backward()


def test_finite_numbers_pass_unchanged(x):
    def gradient():
        return ag.gradients((np.tanh(x) * x).sum(), x)[0].numpy()

    before = gradient()
    with ag.detect_anomaly(), ag.no_grad(), ag.enable_grad(), ag.scope("inner"):
        assert np.array_equal(gradient(), before)


def test_the_mode_is_of_one_thread_and_one_task(x):
    calm = []

    def elsewhere():
        with np.errstate(divide="ignore"):
            calm.append(np.log(x).numpy()[1])

    async def tasks():
        async def task():
            elsewhere()

        running = asyncio.create_task(task())
        with ag.detect_anomaly():
            await running

    with ag.detect_anomaly():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    asyncio.run(tasks())
    assert calm == [-np.inf, -np.inf]
    with np.errstate(divide="ignore"):
        np.log(x)
