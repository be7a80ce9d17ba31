"""fit: what it computes, what it leaves alone, what it refuses, and the digits that it learns to read."""

import io
import sys
from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, AutogradError, GradientError, UsageError
from nn.datasets import load_digits


@pytest.fixture
def line(rng):
    """Points on y = 2x − 1."""
    x = rng.uniform(-1, 1, (50, 1))
    return x, 2 * x - 1


def trained(x, y, *, loss=None, lr=0.1, **options):
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=lr)
    settings = {"epochs": 3, "rng": 0, "progress": False} | options
    return model, nn.fit(model, x, y, loss=loss or nn.MSELoss(), optimizer=optimizer, **settings)


def test_fit_is_the_loop_that_one_would_write(line):
    x, y = line
    model, history = trained(x, y, batch_size=20, epochs=2)
    by_hand = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.SGD(by_hand.parameters(), lr=0.1)
    order, steps = np.random.default_rng(0), []
    for _ in range(2):
        rows = order.permutation(50)
        for start in (0, 20, 40):
            chosen = rows[start : start + 20]
            optimizer.zero_grad()
            loss = nn.MSELoss()(by_hand(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            steps.append(loss.item())
    assert history.step_loss == steps
    assert (model.layers[0].weight == by_hand.layers[0].weight).all()


def test_an_epochs_loss_is_that_of_all_its_examples(line):
    x, y = line
    for loss in (nn.MSELoss(), nn.SSELoss()):
        model, history = trained(x, y, loss=loss, lr=0.0, batch_size=7)
        assert_allclose(history.loss, loss(model(x), y).item(), rtol=1e-12)


def test_the_history_holds_what_happened(line):
    x, y = line
    _, history = trained(x, y, batch_size=16, validation=(x, y))
    assert (len(history.loss), len(history.step_loss), len(history.validation_loss)) == (3, 12, 3)
    assert history.validation_accuracy == []
    assert history.loss[-1] < history.loss[0]
    assert history.seconds > 0
    assert "3 epochs" in repr(history)


def test_validation_reports_accuracy_where_the_loss_classifies():
    x, y = np.eye(3), np.arange(3)
    model = nn.MLP([3, 3], rng=0)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.5)
    loss = nn.CrossEntropyLoss()
    history = nn.fit(model, x, y, loss=loss, optimizer=optimizer, epochs=20, validation=(x, y), progress=False)
    assert history.validation_accuracy[-1] == 1.0
    assert nn.evaluate(model, x, y, loss).accuracy == 1.0


def test_evaluation_in_parts_is_that_of_the_whole(rng):
    x, y = rng.normal(size=(3000, 2)), rng.normal(size=(3000, 1))
    model = nn.MLP([2, 1], rng=0)
    for loss in (nn.MSELoss(), nn.SSELoss(), lambda a, t: nn.functional.mse(a, t)):
        assert_allclose(nn.evaluate(model, x, y, loss).loss, loss(model(x), y).item(), rtol=1e-12)
    assert nn.evaluate(model, x, y, nn.MSELoss()).accuracy is None


@pytest.mark.parametrize("mode", [True, False])
def test_the_models_mode_is_restored(line, mode):
    seen = []

    class Watching(nn.MLP):
        def forward(self, x):
            seen.append(self.training)
            return super().forward(x)

    x, y = line
    model = Watching([1, 1]).train(mode)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    nn.fit(
        model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=1, batch_size=50, validation=line, progress=False
    )
    assert seen == [True, False]
    assert model.training is mode


def test_lists_tensors_and_integers_are_accepted():
    x, y = [[0], [1], [2]], [[0], [2], [4]]
    expected = trained(np.array(x, float), np.array(y, float))[1].loss
    for kind in (list, np.array, ag.tensor, lambda data: np.array(data, np.uint8)):
        assert trained(kind(x), kind(y))[1].loss == expected


def test_the_data_and_the_shared_generator_stay_as_they_were(line):
    x, y = line
    before = nn.manual_seed(0).bit_generator.state
    copies = x.copy(), y.copy()
    trained(x, y)
    assert (x == copies[0]).all()
    assert (y == copies[1]).all()
    assert nn.random.generator().bit_generator.state == before


def test_batches_may_come_from_elsewhere(line):
    x, y = line
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    batches = [(x[:25], y[:25]), (x[25:], y[25:])]
    history = nn.fit(model, batches, loss=nn.MSELoss(), optimizer=optimizer, epochs=3, progress=False)
    assert len(history.step_loss) == 6


@pytest.mark.parametrize(
    ("x", "y", "options", "expected"),
    [
        (np.zeros((3, 1)), np.zeros((4, 1)), {}, "x holds 3 examples, shape (3, 1); its targets 4"),
        (np.zeros((0, 1)), np.zeros((0, 1)), {}, "x is empty"),
        (np.array([[0.0], [np.nan]]), np.zeros((2, 1)), {}, "x holds 1 NaN or infinite entry, the first nan at [1, 0]"),
        (np.zeros((2, 1)), np.array([[np.inf], [0.0]]), {}, "y holds 1 NaN or infinite entry, the first inf at [0, 0]"),
        (np.zeros((2, 1)), np.zeros(2), {}, "y.reshape(2, 1)"),
        (np.zeros((2, 1)), None, {}, "fit got x without y"),
        ([1.0, 2.0], None, {"rng": None}, "A batch is a pair (x, y), got float"),
        (np.array([["a"]]), np.zeros((1, 1)), {}, "x must hold numbers"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"epochs": 0}, "epochs must be at least 1"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"epochs": 1.5}, "epochs must be an integer"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"batch_size": 0}, "batch_size must be at least 1"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"validation": np.zeros((2, 1))}, "validation is a pair"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"validation": ([[np.nan]], [[0]])}, "validation holds 1 NaN"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"loss": nn.MSELoss}, "loss must be a loss function"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"loss": nn.MSELoss("none")}, "needs a loss that gives a scalar"),
        (np.zeros((2, 1)), np.zeros((2, 1)), {"loss": lambda a, y: 0.0}, "got float"),
    ],
)
def test_wrong_use_gets_a_clear_answer(x, y, options, expected):
    with pytest.raises(AutogradError) as caught:
        trained(x, y, **options)
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_an_iterator_is_refused():
    model = nn.MLP([1, 1])
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(UsageError, match="iterator"):
        nn.fit(model, iter([(np.ones((1, 1)), np.ones((1, 1)))]), loss=nn.MSELoss(), optimizer=optimizer, epochs=2)


def test_an_optimizer_of_another_model_is_refused(line):
    optimizer = nn.optim.SGD(nn.MLP([1, 1]).parameters(), lr=0.1)
    with pytest.raises(UsageError, match="no parameter of this model"):
        nn.fit(nn.MLP([1, 1]), *line, loss=nn.MSELoss(), optimizer=optimizer, epochs=1)


@pytest.mark.filterwarnings("ignore:overflow")
def test_training_that_diverges_stops_with_finite_parameters(line):
    x, y = line
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=1e6)
    with pytest.raises(GradientError, match=r"became (inf|nan) in epoch \d+, step \d+.*\n.*lr=1e\+06"):
        nn.fit(model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=1000, progress=False)
    assert all(np.isfinite(each.numpy()).all() for each in model.parameters())


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_the_bar_goes_to_standard_error_in_any_encoding(line, encoding, monkeypatch, capsys):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    monkeypatch.setattr(sys, "stderr", stream)
    trained(*line, progress=True)
    stream.flush()
    shown = stream.buffer.getvalue().decode(encoding)
    assert "3/3" in shown
    assert "loss" in shown
    assert capsys.readouterr().out == ""


def test_no_bar_without_progress_or_without_a_stream(line, monkeypatch, capsys):
    trained(*line, progress=False)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys, "stderr", None)
    trained(*line, progress=True)


def test_the_digits():
    x, y = load_digits()
    assert (x.shape, x.dtype, x.min(), x.max()) == ((1797, 64), np.float64, 0.0, 1.0)
    assert (y.shape, y.dtype) == ((1797,), np.int64)
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    x[:] = 0.0
    assert load_digits().images.max() == 1.0


@pytest.mark.extra("sklearn")
def test_the_digits_are_those_of_scikit_learn():
    sklearn_datasets = import_module("sklearn.datasets")
    theirs, ours = sklearn_datasets.load_digits(), load_digits()
    assert (ours.images * 16 == theirs.data).all()
    assert (ours.labels == theirs.target).all()


def test_a_split_keeps_every_digit_once():
    digits = load_digits()
    train, test = digits.split(0.2, rng=0)
    assert (len(train.labels), len(test.labels)) == (1438, 359)
    both = np.column_stack([np.concatenate([train.images, test.images]), np.concatenate([train.labels, test.labels])])
    whole = np.column_stack(digits)
    assert (both[np.lexsort(both.T)] == whole[np.lexsort(whole.T)]).all()
    assert (digits.split(0.2, rng=0)[1].labels == test.labels).all()


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.2, 1e-9, "half"])
def test_a_split_leaves_no_part_empty(fraction):
    with pytest.raises(AutogradError, match="fraction"):
        load_digits().split(fraction)


def test_digits_are_read_after_a_few_seconds_of_training():
    train, test = load_digits().split(0.2, rng=0)
    model = nn.MLP([64, 32, 10], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss = nn.CrossEntropyLoss()
    history = nn.fit(model, *train, loss=loss, optimizer=optimizer, epochs=30, rng=0, validation=test, progress=False)
    assert history.validation_accuracy[-1] >= 0.97


def test_a_diverging_loss_is_told_by_the_error_alone(recwarn):
    x = np.linspace(-1, 1, 64).reshape(-1, 1)
    model = nn.MLP([1, 8, 1], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=1e6)
    with pytest.raises(GradientError, match="Lower the learning rate"):
        nn.fit(model, x, 2 * x, loss=nn.MSELoss(), optimizer=optimizer, epochs=500, rng=0, progress=False)
    assert not recwarn.list


def test_no_epochs_are_told_what_to_write():
    model = nn.MLP([1, 1])
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ArgumentError, match="Write epochs=20"):
        nn.fit(model, [[1.0]], [[1.0]], loss=nn.MSELoss(), optimizer=optimizer, epochs=0, progress=False)
