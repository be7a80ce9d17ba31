"""fit beyond the plain loop: schedules, clipping, averages, metrics, callbacks, early stopping, and the history."""

import math
import signal
import sys
from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from autograd_lite.errors import ArgumentError, AutogradError, GradientError, RenderError, UsageError


@pytest.fixture
def line(rng):
    """Points near y = 2x − 1."""
    x = rng.uniform(-1, 1, (40, 1))
    return x, 2 * x - 1 + rng.normal(scale=0.1, size=x.shape)


def parts(lr=0.1, **options):
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=lr, **options)
    return model, optimizer, {"loss": nn.MSELoss(), "optimizer": optimizer, "rng": 0, "progress": False}


def by_hand(line, epochs, before_step=lambda model: None, scheduled=None):
    """The loop written out, with something done before each step and a schedule stepped after each epoch."""
    x, y = line
    model, optimizer, _ = parts()
    schedule = scheduled(optimizer) if scheduled else None
    order = np.random.default_rng(0)
    for _ in range(epochs):
        rows = order.permutation(len(x))
        for start in range(0, len(x), 10):
            chosen = rows[start : start + 10]
            optimizer.zero_grad()
            nn.MSELoss()(model(x[chosen]), y[chosen]).backward()
            before_step(model)
            optimizer.step()
        if schedule:
            schedule.step()
    return model


def same(model, other):
    return all((a == b).all() for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True))


def test_a_schedule_is_stepped_after_each_epoch(line):
    model, optimizer, options = parts()
    schedule = nn.schedule.ExponentialLR(optimizer, gamma=0.5)
    history = nn.fit(model, *line, epochs=3, batch_size=10, schedule=schedule, **options)
    assert history.learning_rate == [0.1, 0.05, 0.025]
    assert optimizer.lr == 0.0125
    expected = by_hand(line, 3, scheduled=lambda optimizer: nn.schedule.ExponentialLR(optimizer, gamma=0.5))
    assert same(model, expected)


def test_a_cycle_is_stepped_after_each_step_and_ends_with_training(line):
    model, optimizer, options = parts(momentum=0.9)
    schedule = nn.schedule.OneCycleLR(optimizer, max_lr=0.2, total_steps=12)
    nn.fit(model, *line, epochs=3, batch_size=10, schedule=schedule, **options)
    assert schedule.last_epoch == 12


def test_any_schedule_can_be_stepped_after_each_step(line):
    model, optimizer, options = parts()
    schedule = nn.schedule.ExponentialLR(optimizer, gamma=0.9)
    nn.fit(model, *line, epochs=2, batch_size=10, schedule=schedule, schedule_every="step", **options)
    assert schedule.last_epoch == 8


def test_a_schedule_that_is_stepped_twice_is_refused(line):
    model, optimizer, options = parts()
    schedule = nn.schedule.ExponentialLR(optimizer, gamma=0.5)
    with pytest.raises(UsageError, match="also stepped elsewhere"):
        nn.fit(model, *line, epochs=3, schedule=schedule, callbacks=lambda run: schedule.step(), **options)


def test_a_plateau_of_the_loss_does_not_watch_the_accuracy():
    x, y = np.eye(3), np.arange(3)
    model = nn.MLP([3, 3], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    schedule = nn.schedule.ReduceLROnPlateau(optimizer, patience=1)
    stopping = nn.EarlyStopping(20, "validation_accuracy")
    options = {"loss": nn.CrossEntropyLoss(), "optimizer": optimizer, "epochs": 20, "rng": 0, "progress": False}
    history = nn.fit(model, x, y, validation=(x, y), early_stopping=stopping, schedule=schedule, **options)
    assert schedule.best == min(history.validation_loss)
    assert optimizer.lr == 0.5


def test_a_plateau_needs_something_to_watch(line):
    model, optimizer, options = parts()
    upwards = nn.schedule.ReduceLROnPlateau(optimizer, mode="max")
    with pytest.raises(UsageError, match="of which less is better"):
        nn.fit(model, *line, epochs=3, schedule=upwards, **options)
    with pytest.raises(UsageError, match="how an epoch went"):
        schedule = nn.schedule.ReduceLROnPlateau(optimizer)
        nn.fit(model, *line, epochs=3, schedule=schedule, schedule_every="step", **options)


def test_a_plateau_is_judged_by_the_validation_loss(line):
    model, optimizer, options = parts(lr=0.0)
    schedule = nn.schedule.ReduceLROnPlateau(optimizer, patience=1)
    nn.fit(model, *line, epochs=4, validation=line, schedule=schedule, **options)
    assert schedule.best == nn.evaluate(model, *line, nn.MSELoss()).loss
    assert schedule.num_bad_epochs + schedule.last_epoch > 4


def test_gradients_are_clipped_before_each_step(line):
    model, _, options = parts()
    nn.fit(model, *line, epochs=2, batch_size=10, clip_norm=0.05, **options)
    assert same(model, by_hand(line, 2, lambda model: nn.clip_grad_norm_(model.parameters(), 0.05)))
    model, _, options = parts()
    nn.fit(model, *line, epochs=2, batch_size=10, clip_value=0.01, **options)
    assert same(model, by_hand(line, 2, lambda model: nn.clip_grad_value_(model.parameters(), 0.01)))


def test_the_means_follow_every_step_and_are_what_is_validated(line):
    model, _, options = parts()
    ema = nn.EMA(model.parameters(), decay=0.5)
    history = nn.fit(model, *line, epochs=2, batch_size=10, ema=ema, validation=line, **options)
    assert ema.updates == 8
    trained = nn.evaluate(model, *line, nn.MSELoss()).loss
    with ema.averaged():
        assert history.validation_loss[-1] == nn.evaluate(model, *line, nn.MSELoss()).loss != trained


def test_metrics_are_computed_over_all_predictions_of_an_epoch(line):
    def largest_error(prediction, target):
        return np.abs(prediction - target).max()

    model, _, options = parts(lr=0.0)
    history = nn.fit(model, *line, epochs=2, batch_size=7, metrics=largest_error, validation=line, **options)
    expected = np.abs(model(line[0]).numpy() - line[1]).max()
    assert_allclose(history.metrics["largest_error"], expected, rtol=1e-14)
    assert_allclose(history["validation_largest_error"], expected, rtol=1e-14)
    assert "largest_error" in repr(history)


def test_callbacks_see_every_step_and_epoch(line):
    seen = []

    class Watching(nn.Callback):
        def on_train_begin(self, run):
            seen.append("begin")

        def on_step_end(self, run):
            seen.append(run.step)

        def on_epoch_end(self, run):
            seen.append(f"epoch {run.epoch} of {run.epochs}: {len(run.history.loss)}")

        def on_train_end(self, run):
            seen.append("end")

    model, _, options = parts()
    nn.fit(model, *line, epochs=2, batch_size=20, callbacks=[Watching(), lambda run: seen.append("f")], **options)
    assert seen == ["begin", 1, 2, "epoch 1 of 2: 1", "f", 3, 4, "epoch 2 of 2: 2", "f", "end"]


def test_a_loader_evaluates_what_its_transform_makes(line):
    model, _, options = parts()
    loader = nn.DataLoader(*line, batch_size=7, transform=lambda x, y: (x / 2, y))
    history = nn.fit(model, *line, epochs=1, validation=loader, **options)
    expected = nn.MSELoss()(model(line[0] / 2), line[1]).item()
    assert history.validation_loss == [pytest.approx(expected, rel=1e-12)]
    assert nn.evaluate(model, loader, None, nn.MSELoss()).loss == history.validation_loss[0]


@pytest.mark.parametrize("change", [{"batch_size": 64}, {"rng": 3}])
def test_what_a_loader_decides_is_refused_beside_it(line, change):
    model, optimizer, _ = parts()
    with pytest.raises(UsageError, match="Give it to the loader"):
        nn.fit(model, nn.DataLoader(*line), loss=nn.MSELoss(), optimizer=optimizer, epochs=1, **change)


def test_a_callback_that_would_never_run_is_refused():
    with pytest.raises(UsageError, match="Did you mean 'on_epoch_end'"):

        class Misspelt(nn.Callback):
            def on_epoch_ends(self, run):
                pass


def test_a_callback_can_stop_training(line):
    model, _, options = parts()
    history = nn.fit(model, *line, epochs=9, callbacks=lambda run: run.epoch == 2 and run.stop("enough"), **options)
    assert (len(history.loss), history.stopped) == (2, "enough")


def losing_sight(run):
    """Move the parameters away after the second epoch, so that the best ones lie behind."""
    if run.epoch >= 2:
        for each in run.model.parameters():
            each.data += 1.0


def test_early_stopping_gives_back_the_best_parameters(line):
    model, _, options = parts(lr=0.01)
    kept = []
    spoil = [lambda run: kept.append(run.model.state_dict()), losing_sight]
    history = nn.fit(model, *line, epochs=50, validation=line, early_stopping=3, callbacks=spoil, **options)
    best = int(np.argmin(history.validation_loss))
    assert history.best_epoch == best + 1 == 2
    assert len(history.loss) == best + 1 + 3
    assert history.stopped == "no better validation loss for 3 epochs"
    assert all((model.state_dict()[name] == values).all() for name, values in kept[best].items())


def test_early_stopping_can_watch_what_is_better_when_larger():
    x, y = np.eye(3), np.arange(3)
    model = nn.MLP([3, 3], rng=0)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    stopping = nn.EarlyStopping(2, "validation_accuracy")
    history = nn.fit(
        model, x, y, loss=nn.CrossEntropyLoss(), optimizer=optimizer, epochs=60, rng=0,
        validation=(x, y), early_stopping=stopping, progress=False,
    )  # fmt: skip
    first = history.validation_accuracy.index(max(history.validation_accuracy))
    assert (history.best_epoch, len(history.loss)) == (first + 1, first + 3)


def test_what_is_not_measured_cannot_be_watched(line):
    model, _, options = parts()
    with pytest.raises(ArgumentError, match="Pass the data to measure it on"):
        nn.fit(model, *line, epochs=3, early_stopping=nn.EarlyStopping(3, "validation_loss"), **options)


def test_lbfgs_fits_a_line_in_a_few_steps(line):
    x, y = line
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe")
    nn.fit(model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=5, batch_size=40, progress=False)
    slope, intercept = np.polyfit(x.ravel(), y.ravel(), 1)
    assert_allclose([model.layers[0].weight.item(), model.layers[0].bias.item()], [slope, intercept], rtol=1e-4)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is of POSIX")
def test_ctrl_c_keeps_the_best_model(line, capsys):
    # Started in the background, a process ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    model, _, options = parts(lr=0.01)
    kept = []

    def interrupt(run):
        kept.append(run.model.state_dict())
        losing_sight(run)
        if run.epoch == 4:
            signal.raise_signal(signal.SIGINT)

    try:
        history = nn.fit(model, *line, epochs=50, validation=line, callbacks=interrupt, **options)
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.stopped == "interrupted in epoch 4"
    assert history.best_epoch == 2
    assert all((model.state_dict()[name] == values).all() for name, values in kept[1].items())
    assert "the model is that of epoch 2, validation loss" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda model: None, "began in layers.1, Linear(3, 1), which gave inf"),
        (lambda model: model.layers[0].bias.data.__setitem__(0, math.nan), "the parameter layers.0.bias holds nan"),
    ],
)
def test_a_loss_that_is_not_finite_tells_where_it_began(spoil, expected):
    model = nn.MLP([1, 3, 1], init="zeros")
    model.layers[0].bias.data = [1e200] * 3
    model.layers[1].weight.data = [[1e200] * 3]
    spoil(model)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(GradientError, match="Lower the learning rate") as caught:
        nn.fit(model, [[1.0]], [[1.0]], loss=nn.MSELoss(), optimizer=optimizer, epochs=1, progress=False)
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_the_history_is_drawn(line, tmp_path):
    model, _, options = parts()
    history = nn.fit(model, *line, epochs=4, validation=line, **options)
    chart = history.draw(theme="print", lang="es")
    assert "pérdida de validación" in chart.svg and "<title" in chart.svg
    assert chart._repr_svg_() == chart.svg
    assert chart.render(tmp_path / "loss.svg").read_text(encoding="utf-8") == chart.svg
    with pytest.raises(RenderError, match="exists already"):
        chart.render(tmp_path / "loss.svg", overwrite=False)
    with pytest.raises(ArgumentError, match="SVG or PDF"):
        chart.render(tmp_path / "loss.png")


@pytest.mark.extra("matplotlib")
def test_the_history_is_plotted(line):
    import_module("matplotlib").use("Agg")
    model, _, options = parts()
    history = nn.fit(model, *line, epochs=4, validation=line, metrics={"r": lambda a, y: 0.5}, **options)
    ax = history.plot()
    curves = {each.get_label(): list(each.get_ydata()) for each in ax.get_lines()}
    assert curves == {"loss": history.loss, "validation loss": history.validation_loss}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", "validation loss", "validation r"]
    assert history.plot(ax) is ax


@pytest.mark.extra("pandas")
def test_the_history_is_a_table(line):
    model, _, options = parts()
    frame = nn.fit(model, *line, epochs=4, validation=line, **options).to_dataframe()
    assert list(frame) == ["loss", "validation_loss", "learning_rate"]
    assert frame.index.name == "epoch" and list(frame.index) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("change", "error", "expected"),
    [
        ({"metrics": "accuracy"}, UsageError, "metrics are functions"),
        ({"metrics": [3]}, UsageError, "A metric is a function"),
        ({"metrics": [max, max]}, UsageError, "Two metrics are called 'max'"),
        ({"metrics": lambda a, y: a}, UsageError, "expected a number"),
        ({"metrics": lambda a: 0.0}, UsageError, "A metric is called with predictions and targets"),
        ({"metrics": {"loss": lambda a, y: 0.0}}, UsageError, "A metric cannot be called 'loss'"),
        ({"callbacks": lambda: 0.0}, UsageError, "A callback is called with run"),
        ({"ema": 0.99}, UsageError, "ema must be an EMA"),
        ({"ema": nn.EMA(nn.Linear(1, 1).parameters())}, UsageError, "no parameter of this model"),
        ({"early_stopping": nn.EarlyStopping(3, "val_loss")}, ArgumentError, "Pass the data to measure it on"),
        ({"early_stopping": nn.EarlyStopping(3, "los")}, ArgumentError, "Did you mean 'loss'?"),
        ({"schedule": 0.1}, UsageError, "schedule must be a schedule"),
        ({"clip_norm": -1}, ArgumentError, "clip_norm must be at least 0"),
        ({"early_stopping": "soon"}, UsageError, "early_stopping is a number of epochs"),
        ({"callbacks": [nn.Callback]}, UsageError, "got the class Callback"),
        ({"callbacks": nn.EarlyStopping(3)}, ArgumentError, "Write early_stopping="),
        ({"resume": True}, UsageError, "resume=True needs a checkpoint"),
        ({"checkpoint": 3}, UsageError, "checkpoint is the path of a file"),
        ({"checkpoint": "run.pt"}, ArgumentError, "Write 'run.npz'"),
    ],
)
def test_wrong_use_gets_a_clear_answer(line, change, error, expected):
    model, _, options = parts()
    with pytest.raises(error, match=None) as caught:
        nn.fit(model, *line, epochs=1, **options, **change)
    assert isinstance(caught.value, AutogradError)
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_schedule_of_another_optimizer_is_refused(line):
    model, _, options = parts()
    schedule = nn.schedule.ExponentialLR(parts()[1], gamma=0.5)
    with pytest.raises(UsageError, match="made from another optimizer"):
        nn.fit(model, *line, epochs=1, schedule=schedule, **options)


def test_frozen_layers_stay_frozen(line):
    model = nn.Sequential(nn.BatchNorm1d(1).eval(), nn.Linear(1, 1, rng=0))
    before = model.layers[0].running_mean.numpy().copy()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    nn.fit(model, *line, loss=nn.MSELoss(), optimizer=optimizer, epochs=2, validation=line, progress=False)
    assert (model.layers[0].running_mean == before).all()
    assert [each.training for each in model.modules()] == [True, False, True]


@pytest.mark.extra("sklearn")
def test_metrics_of_scikit_learn_get_the_targets_first(line):
    r2_score = import_module("sklearn.metrics").r2_score
    model, _, options = parts(lr=0.01)
    history = nn.fit(model, *line, epochs=1, metrics=r2_score, validation=line, **options)
    prediction = model(line[0]).numpy()
    assert history.validation_metrics["r2_score"] == [pytest.approx(r2_score(line[1], prediction))]
    assert r2_score(line[1], prediction) != pytest.approx(r2_score(prediction, line[1]))


@pytest.mark.parametrize("options", [{"weight": [1.0, 10.0, 0.1]}, {"ignore_index": 2}])
def test_the_loss_of_a_data_set_is_what_the_loss_itself_divides_by(options, rng):
    x, y = rng.normal(size=(3000, 3)), np.sort(rng.integers(0, 3, 3000))
    model, loss = nn.Linear(3, 3, rng=0), nn.CrossEntropyLoss(**options)
    found = nn.evaluate(model, x, y, loss)
    assert_allclose(found.loss, loss(model(x), y).item(), rtol=1e-12)
    assert_allclose(found.accuracy, loss.accuracy(model(x), y), rtol=1e-12)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, x, y, loss=loss, optimizer=optimizer, epochs=1, batch_size=7, progress=False)
    assert_allclose(history.loss, loss(model(x), y).item(), rtol=1e-12)


def test_a_batch_without_a_label_that_counts_is_left_out():
    x, y = np.eye(4), np.array([-100, -100, 0, 1])
    model, loss = nn.Linear(4, 2, rng=0), nn.CrossEntropyLoss()
    batches = [(x[:2], y[:2]), (x[2:], y[2:])]
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, batches, loss=loss, optimizer=optimizer, epochs=1, progress=False)
    assert history.loss == [loss(model(x[2:]), y[2:]).item()]
    with pytest.raises(ArgumentError, match="all are ignored"):
        nn.evaluate(model, x[:2], y[:2], loss)


def test_the_rows_of_the_targets_count_not_the_inputs(line):
    class Two(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1, rng=0)

        def forward(self, x):
            return self.layer(x[0]) + x[1]

    x, y = line
    model, loss = Two(), nn.MSELoss()
    batches = [((x[:38], x[:38]), y[:38]), ((x[38:], x[38:]), y[38:])]
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, batches, loss=loss, optimizer=optimizer, epochs=1, progress=False)
    assert_allclose(history.loss, loss(model((x, x)), y).item(), rtol=1e-12)


def test_a_gradient_that_is_not_finite_stops_before_the_step():
    class Root(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1, rng=0)

        def forward(self, x):
            return np.sqrt(self.layer(x) * 0.0)

    model = Root()
    before = model.state_dict()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(GradientError, match=r"The gradient of layer\.\w+ holds (nan|-?inf) in epoch 1, step 1"):
        nn.fit(model, [[1.0]], [[1.0]], loss=nn.MSELoss(), optimizer=optimizer, epochs=1, progress=False)
    assert all((model.state_dict()[name] == values).all() for name, values in before.items())


def test_training_that_fails_gives_the_best_model_back(line):
    model, optimizer, options = parts(lr=0.01)
    kept = []

    def spoil(run):
        kept.append(run.model.state_dict())
        if run.epoch == 3:
            optimizer.lr = 1e200

    with pytest.raises(GradientError, match="The model is that of epoch 3"):
        nn.fit(model, *line, epochs=9, validation=line, callbacks=spoil, **options)
    assert all((model.state_dict()[name] == values).all() for name, values in kept[2].items())


def test_ctrl_c_while_evaluating_leaves_columns_of_one_length(line):
    model, _, options = parts(lr=0.01)

    class Interrupting(nn.MSELoss):
        calls = 0

        def compute(self, prediction, target):
            self.calls += not model.training
            if self.calls == 3:
                raise KeyboardInterrupt
            return super().compute(prediction, target)

    history = nn.fit(model, *line, epochs=9, validation=line, **(options | {"loss": Interrupting()}))
    assert {name: len(values) for name, values in history.by_epoch().items()} == {
        "loss": 2,
        "validation_loss": 2,
        "learning_rate": 2,
    }


def test_lbfgs_counts_each_example_once(line):
    model = nn.MLP([1, 1], rng=0)
    optimizer = nn.optim.LBFGS(model.parameters())
    counted = []
    nn.fit(
        model, *line, loss=nn.MSELoss(), optimizer=optimizer, epochs=1, batch_size=40, progress=False,
        metrics={"count": lambda a, y: counted.append(len(a)) or 0.0},
    )  # fmt: skip
    assert counted == [40]
