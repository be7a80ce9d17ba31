"""Checkpoints: a run that was killed goes on as if nothing had happened, and no file is lost or trusted blindly."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import nn
from autograd_lite.errors import ArgumentError, UsageError
from tests.conftest import ROOT

EPOCHS = 6


class Stop(Exception):
    """What ends a run in the middle."""


def run(path=None, *, resume=False, stop_after=None, every_steps=None, epochs=EPOCHS):
    """A run with everything that has a state; may end after a number of steps."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 3))
    y = np.sin(x.sum(axis=1, keepdims=True))
    nn.manual_seed(3)
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1, rng=0))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    schedule = nn.schedule.CosineAnnealingLR(optimizer, T_max=EPOCHS)
    ema = nn.EMA(model.parameters(), decay=0.9)

    class Ending(nn.Callback):
        def on_step_end(self, run):
            if run.step == stop_after:
                raise Stop

    checkpoint = None if path is None else nn.Checkpoint(path, every=2, every_steps=every_steps)
    history = nn.fit(
        model, x, y, loss=nn.MSELoss(), optimizer=optimizer, epochs=epochs, batch_size=8, rng=7,
        validation=(x[:10], y[:10]), metrics={"worst": lambda a, t: np.abs(a - t).max()}, schedule=schedule, ema=ema,
        clip_norm=1.0, early_stopping=50, checkpoint=checkpoint, resume=resume, callbacks=Ending(), progress=False,
    )  # fmt: skip
    return history, {**model.state_dict(), **optimizer.state_dict(), **ema.state_dict()}


def assert_equal_runs(found, expected):
    """Bit by bit, but for the time that it took."""
    (history, state), (other_history, other_state) = found, expected
    history.seconds = other_history.seconds = 0.0
    assert history == other_history
    assert state.keys() == other_state.keys()
    assert all(np.array_equal(values, other_state[name]) for name, values in state.items())


@pytest.mark.parametrize("every_steps", [None, 5])
@pytest.mark.parametrize("stop_after", [1, 15, 17, 29])
def test_a_run_that_ended_anywhere_goes_on_to_the_bit(tmp_path, stop_after, every_steps):
    path = tmp_path / "run.npz"
    with pytest.raises(Stop):
        run(path, stop_after=stop_after, every_steps=every_steps)
    assert_equal_runs(run(path, resume=True, every_steps=every_steps), run())


def test_a_finished_run_is_given_back_and_can_be_made_longer(tmp_path):
    path = tmp_path / "run.npz"
    assert_equal_runs(run(path), run(path, resume=True))
    longer = run(path, resume=True, epochs=EPOCHS + 2)
    assert_equal_runs(longer, run(epochs=EPOCHS + 2))


KILLED = """
import sys, time
from tests.nn import test_checkpoints as here

def slowly(original):
    def step(self, run):
        original(self, run)
        time.sleep(0.01)
    return step

import nn
nn.Callback.on_step_end = slowly(nn.Callback.on_step_end)
here.run(sys.argv[1], every_steps=1, stop_after=-1)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
def test_a_run_goes_on_to_the_bit_after_kill_9(tmp_path):
    path = tmp_path / "run.npz"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], env={**os.environ, "PYTHONPATH": str(ROOT)})
    while not path.exists() and process.poll() is None:
        time.sleep(0.005)
    time.sleep(0.05)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert path.exists()
    assert_equal_runs(run(path, resume=True, every_steps=1), run())


def test_a_parameter_may_have_any_name(tmp_path):
    class Scale(nn.Module):
        def __init__(self):
            self.array = nn.Parameter([2.0])

        def forward(self, x):
            return x * self.array

    model, x, y = Scale(), np.ones((4, 1)), np.ones((4, 1))
    fitted(model, x, y, tmp_path / "run.npz")
    other = Scale()
    fitted(other, x, y, tmp_path / "run.npz", resume=True)
    assert other.array.item() == model.array.item() != 2.0


def test_a_checkpoint_that_exists_is_not_overwritten(tmp_path):
    path = tmp_path / "run.npz"
    run(path)
    before = path.read_bytes()
    with pytest.raises(ArgumentError, match="resume=True"):
        run(path)
    assert path.read_bytes() == before


def test_a_failed_write_leaves_the_checkpoint_before(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    with pytest.raises(Stop):
        run(path, stop_after=15)
    before = path.read_bytes()

    def full(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ArgumentError, match="no space left"):
        run(path, resume=True)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["run.npz"]


def test_every_truncation_and_other_files_are_refused(tmp_path):
    path = tmp_path / "run.npz"
    run(path)
    whole = path.read_bytes()
    others = [whole[:size] for size in range(0, len(whole), 997)]
    for content in [*others, b"GIF89a", whole.replace(b"training run", b"training rum")]:
        path.write_bytes(content)
        with pytest.raises(ArgumentError, match="cannot load") as caught:
            run(path, resume=True)
        assert len(str(caught.value).splitlines()) == 2
    np.savez(path, weight=np.ones(3))
    with pytest.raises(ArgumentError, match="is no checkpoint of training"):
        run(path, resume=True)


def fitted(model, x, y, path, **options):
    settings = {"loss": nn.MSELoss(), "epochs": 1, "rng": 0, "progress": False, "checkpoint": path} | options
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    return nn.fit(model, x, y, optimizer=optimizer, **settings)


def test_a_checkpoint_of_another_run_is_refused_and_changes_nothing(tmp_path):
    path, x, y = tmp_path / "run.npz", np.ones((4, 2)), np.ones((4, 1))
    fitted(nn.MLP([2, 3, 1], rng=0), x, y, path)
    with pytest.raises(ArgumentError, match="other data"):
        fitted(nn.MLP([2, 3, 1]), x + 1, y, path, resume=True)
    model = nn.MLP([2, 5, 1], rng=1)
    before = model.state_dict()
    with pytest.raises(ArgumentError, match=r"is of another run.*wrong shape: 'layers.0.weight'"):
        fitted(model, x, y, path, resume=True)
    assert all((model.state_dict()[name] == values).all() for name, values in before.items())
    with pytest.raises(ArgumentError, match="no validation data and no metrics, this run has validation data"):
        fitted(nn.MLP([2, 3, 1]), x, y, path, resume=True, validation=(x, y))
    with pytest.raises(ArgumentError, match="holds DataLoader, Gathered, MLP, SGD, Total; this run has"):
        fitted(nn.MLP([2, 3, 1]), x, y, path, resume=True, early_stopping=3)


def test_a_place_within_an_epoch_needs_data_with_a_place(tmp_path):
    batches = [(np.ones((4, 2)), np.ones((4, 1)))]
    with pytest.raises(UsageError, match="every_steps"):
        fitted(nn.MLP([2, 1]), batches, None, nn.Checkpoint(tmp_path / "run.npz", every_steps=1), rng=None)
    fitted(nn.MLP([2, 1]), batches, None, tmp_path / "run.npz", rng=None)
    assert len(fitted(nn.MLP([2, 1]), batches, None, tmp_path / "run.npz", resume=True, epochs=3, rng=None).loss) == 3


class Learning(nn.Module):
    """A loss with a parameter, and a model with a Generator in a list."""

    def __init__(self):
        self.scale = nn.Parameter([0.5])

    def forward(self, prediction, target):
        return ((prediction - target) ** 2 * self.scale**2 + 1 / self.scale**2).mean()


class Noisy(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(3, 1, rng=0)
        self.draws = [np.random.default_rng(5)]

    def forward(self, x):
        return self.layer(x) + self.draws[0].normal(scale=0.1)


class Remembering(nn.Callback):
    """A callback with a state of several kinds."""

    def __init__(self):
        self.seen = (0, {"last": 0.5})

    def on_epoch_end(self, run):
        self.seen = (self.seen[0] + 1, {"last": run.history.loss[-1]})

    def state_dict(self):
        return {"seen": self.seen}

    def load_state_dict(self, state):
        self.seen = state["seen"]


def test_losses_generators_and_loaders_are_part_of_a_run(tmp_path, rng):
    x = rng.normal(size=(20, 3))
    y = x.sum(axis=1, keepdims=True)

    def noisy(x, y, rng):
        return x + rng.normal(size=x.shape), y

    def trained(epochs, path=None, resume=False):
        model, loss, callback = Noisy(), Learning(), Remembering()
        optimizer = nn.optim.Adam([*model.parameters(), *loss.parameters()], lr=0.05)
        held_out = nn.DataLoader(x, y, rng=5, transform=noisy)
        history = nn.fit(
            model, x, y, loss=loss, optimizer=optimizer, epochs=epochs, rng=1, validation=held_out, checkpoint=path,
            resume=resume, callbacks=callback, progress=False,
        )  # fmt: skip
        return history, {**model.state_dict(), **loss.state_dict(), "seen": np.array(callback.seen[0])}

    path = tmp_path / "run.npz"
    trained(3, path)
    assert_equal_runs(trained(6, path, resume=True), trained(6))


def test_a_callback_that_cannot_be_kept_says_so(tmp_path):
    class Numbering(Remembering):
        def state_dict(self):
            return {"seen": {1: 2.0}}

    with pytest.raises(UsageError, match=r"cannot keep a dict with the keys \[1\]"):
        fitted(nn.MLP([2, 1]), np.ones((4, 2)), np.ones((4, 1)), tmp_path / "run.npz", callbacks=Numbering())


def test_a_failed_resume_changes_nothing(tmp_path):
    x, y, path = np.ones((4, 2)), np.ones((4, 1)), tmp_path / "run.npz"
    fitted(nn.MLP([2, 1], rng=0), x, y, path, callbacks=Remembering())

    model = nn.MLP([2, 1], rng=3)
    before = model.state_dict()
    with pytest.raises(ArgumentError, match="is of another run"):
        fitted(model, x, y, path, resume=True, callbacks=type("Remembering", (Wrong,), {})())
    assert all((model.state_dict()[name] == values).all() for name, values in before.items())


class Wrong(nn.Callback):
    """Takes no state but its own."""

    def state_dict(self):
        return {"other": 1}

    def load_state_dict(self, state):
        self.other = state["other"]


def test_a_place_that_cannot_be_written_is_refused_before_the_first_step(tmp_path):
    with pytest.raises(ArgumentError, match="no directory that you may write to"):
        fitted(nn.MLP([2, 1]), np.ones((4, 2)), np.ones((4, 1)), tmp_path / "missing" / "run.npz")
