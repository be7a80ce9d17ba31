"""Callbacks: what is done after every step and every epoch of training, and early stopping, which is one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd_lite.errors import ArgumentError, UsageError, suggestion
from autograd_lite.spelling import spelled
from nn.arguments import called, choice, number_between, positive_integer
from nn.training.checked import check_call
from nn.training.run import Run


class Callback:
    """The base of callbacks: each method gets the `Run`; a subclass defines those that it needs.

    A plain function serves as a callback that is called after every epoch. With `state_dict` and `load_state_dict`, a
    callback's state is saved in checkpoints.

    Examples
    --------
    >>> class Printing(nn.Callback):
    ...     def on_epoch_end(self, run):
    ...         print(run.epoch, round(run.history.loss[-1], 4))
    >>> x = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = nn.MLP([1, 1], init="zeros")
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> options = {"loss": nn.MSELoss(), "optimizer": optimizer, "epochs": 2, "batch_size": 50, "progress": False}
    >>> history = nn.fit(model, x, 2 * x, callbacks=[Printing()], **options)
    1 1.3878
    2 1.2019
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        known = [name for name in vars(Callback) if name.startswith("on_")]
        for name in vars(cls):
            if name.startswith("on_") and name not in known:
                raise UsageError(f"No callback is called {name!r}: it would never run.", suggestion(name, known))
        if "__init__" in vars(cls):
            spelled(cls)

    def on_train_begin(self, run: Run) -> None:
        """Do something before the first epoch, or the first after a checkpoint."""

    def on_step_end(self, run: Run) -> None:
        """Do something after a step of the optimizer."""

    def on_epoch_end(self, run: Run) -> None:
        """Do something when an epoch is over and evaluated."""

    def on_train_end(self, run: Run) -> None:
        """Do something after the last epoch, also when training was stopped."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps of this callback, numbers by name."""
        return {}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""


class _Function(Callback):
    """A function called after every epoch."""

    def __init__(self, function: Callable[[Run], Any]) -> None:
        self.function = function

    def on_epoch_end(self, run: Run) -> None:
        self.function(run)


class EarlyStopping(Callback):
    """Stop when a quantity has not become better for `patience` epochs, and give back the best parameters.

    Parameters
    ----------
    patience : int
        How many epochs without progress are borne.
    monitor : str, optional
        What to watch, by its name in `History`: "validation_loss", "validation_accuracy", "loss", or a metric, over
        the validation data "validation_" and its name. By default the validation loss, or without one the loss.
    mode : {"auto", "min", "max"}
        Whether less is better, or more; "auto" takes less for names that end with loss or error.
    min_delta : float
        What counts as progress: better by more than this.
    restore_best : bool
        Leave the best parameters in the model, otherwise those of the last epoch.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range; in training when nothing of that name is measured.

    References
    ----------
    L. Prechelt: Early stopping – but when? In: Neural networks: tricks of the trade. Springer 1998.

    Examples
    --------
    >>> nn.EarlyStopping(patience=5, monitor="validation_accuracy").mode
    'max'
    """

    def __init__(
        self,
        patience: int = 10,
        monitor: str | None = None,
        *,
        mode: str = "auto",
        min_delta: float = 0.0,
        restore_best: bool = True,
    ) -> None:
        self.patience = positive_integer("patience", patience, "Write patience=10, for example.")
        if monitor is not None and not isinstance(monitor, str):
            raise UsageError(f"monitor is a name, got {called(monitor)}.", 'Write monitor="validation_loss".')
        self.monitor = monitor
        self.mode = choice("mode", mode, ["auto", "min", "max"])
        if mode == "auto":
            self.mode = "min" if (monitor or "loss").endswith(("loss", "error")) else "max"
        self.min_delta = number_between("min_delta", min_delta, 0.0, example=1e-4)
        self.restore_best = restore_best
        self.waited = 0

    def on_epoch_end(self, run: Run) -> None:
        self.waited = 0 if run.best.epoch == run.epoch else self.waited + 1
        if self.waited >= self.patience and run.epoch < run.epochs:
            run.stop(f"no better {run.best.title} for {self.waited} epochs")

    def on_train_end(self, run: Run) -> None:
        if self.restore_best:
            run.restore_best()

    def state_dict(self) -> dict[str, Any]:
        return {"waited": self.waited}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.waited = int(state["waited"])


def as_callbacks(given: Any) -> list[Callback]:
    """Return callbacks as a list, a function among them as one that is called after every epoch.

    Raises
    ------
    UsageError
        When one is neither a Callback nor a function.
    """
    several = given if isinstance(given, Iterable) else [given]
    return [_as_callback(each) for each in several]


def as_early_stopping(given: Any) -> EarlyStopping | None:
    """Return early stopping from a patience, or as it is.

    Raises
    ------
    UsageError, ArgumentError
        When it is neither.
    """
    if given is None or isinstance(given, EarlyStopping):
        return given
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise UsageError(
            f"early_stopping is a number of epochs or an EarlyStopping, got {called(given)}.",
            "Write early_stopping=10, or early_stopping=nn.EarlyStopping(patience=10).",
        )
    return EarlyStopping(given)


def _as_callback(given: Any) -> Callback:
    if isinstance(given, EarlyStopping):
        raise ArgumentError("EarlyStopping is no further callback.", "Write early_stopping=nn.EarlyStopping(10).")
    if isinstance(given, Callback):
        return given
    if callable(given) and not isinstance(given, type):
        check_call(given, ["run"], "A callback")
        return _Function(given)
    made = f"{given.__name__}()" if isinstance(given, type) else "nn.Callback"
    raise UsageError(
        f"A callback is a function of the run or a Callback, got {called(given)}.", f"Pass callbacks=[{made}]."
    )
