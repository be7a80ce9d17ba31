"""fit, the training loop: shuffle, forward, backward, step, and a History of how the loss fell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled
from nn.arguments import check_loss, positive_integer
from nn.averaging import EMA
from nn.data.loader import DataLoader
from nn.module import Module
from nn.optim import Optimizer
from nn.random import Rng, generator
from nn.schedule import LRScheduler
from nn.training.callbacks import Callback, EarlyStopping, as_callbacks, as_early_stopping
from nn.training.checked import (
    check_model,
    check_optimizer_of,
    checked_ema,
    examples_and_targets,
    validation_data,
)
from nn.training.checkpoints import as_checkpoint
from nn.training.epochs import Training
from nn.training.evaluation import LossFunction
from nn.training.history import History
from nn.training.measuring import as_metrics, check_measured
from nn.training.resuming import Resumable
from nn.training.run import Best, Run
from nn.training.stepping import Clipping, Scheduled


@spelled
def fit(
    model: Module,
    x: Any,
    y: Any = None,
    *,
    loss: LossFunction,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    rng: Rng = None,
    validation: tuple[Any, Any] | DataLoader | None = None,
    metrics: Any = (),
    schedule: LRScheduler | None = None,
    schedule_every: str | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    ema: EMA | None = None,
    early_stopping: int | EarlyStopping | None = None,
    checkpoint: Any = None,
    resume: bool = False,
    callbacks: Callback | Callable[[Run], Any] | Iterable[Callback | Callable[[Run], Any]] = (),
    progress: bool = True,
) -> History:
    """Train a model: in each epoch every example once, in a new order, a batch at a time.

    Ctrl-C ends training in order: the best parameters so far are in the model then, and the history is returned.

    Parameters
    ----------
    model : Module
        Is in training mode meanwhile, and afterwards in the mode that it was in. Layers of a model in training mode
        that are in evaluation mode stay so: ``model.train(); model.layers[0].eval()`` freezes a `BatchNorm2d`.
    x : array_like, shape (N, ...)
        One example a row. Or, without `y`, a `DataLoader`, or something else that can be iterated over in every epoch
        and gives the batches as pairs (x, y).
    y : array_like, shape (N, ...)
        One target a row.
    loss : Loss or callable
        Called as ``loss(model(x), y)``; gives a scalar.
    optimizer : Optimizer
        Made from the model's parameters.
    epochs : int
    batch_size : int, optional
        32 by default; the last batch of an epoch may be smaller.
    rng : int, Generator or None
        What shuffles; None is the Generator that `nn.manual_seed` seeds.
    validation : (x, y) or DataLoader, optional
        Data to evaluate on after each epoch.
    metrics : callable, list of callables, or dict of str to callable
        Each called as ``metric(predictions, y)`` over all predictions of an epoch, and over the validation data.
    schedule : LRScheduler, optional
        Made from the optimizer; stepped here.
    schedule_every : {"epoch", "step"}, optional
        When; by default after each epoch, and a `OneCycleLR` after each step.
    clip_norm, clip_value : float, optional
        Bounds for `clip_grad_norm_` and `clip_grad_value_`, which are called before each step.
    ema : EMA, optional
        Updated after each step. Validation uses the means, and so do the best parameters, which early stopping gives
        back; otherwise the model holds the trained ones afterwards.
    early_stopping : int or EarlyStopping, optional
        Stop after so many epochs without a better validation loss, with the best parameters in the model.
    checkpoint : path-like or Checkpoint, optional
        Where to save, after each epoch, all that is needed to go on.
    resume : bool
        Go on from the checkpoint, if there is one, to the bit.
    callbacks : Callback or function, or a list of them
        A function is called after each epoch with the `Run`.
    progress : bool
        Show a bar on standard error.

    Returns
    -------
    History

    Raises
    ------
    ShapeError
        When x and y differ in length, are empty, or do not fit the model.
    ArgumentError
        When x or y holds a NaN or an infinity, for impossible numbers, when the checkpoint exists and `resume` is not
        set, or when it is one of another run.
    UsageError
        When the optimizer holds none of the model's parameters, or an argument is of the wrong kind.
    GradientError
        When the loss is no finite scalar; the message says where it began.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = nn.MLP([1, 1], rng=0)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> history = nn.fit(model, x, 2 * x, loss=nn.MSELoss(), optimizer=optimizer, epochs=50, rng=0, progress=False)
    >>> history.loss[-1] < 1e-3
    True
    """
    check_model(model, "fit")
    check_loss(loss)
    check_optimizer_of(model, optimizer)
    epochs = positive_integer("epochs", epochs, "Write epochs=20; without training, nn.evaluate(model, x, y, loss).")
    batches = _batches(x, y, batch_size, rng)
    held_out = None if validation is None else validation_data(validation)
    stopping, saving = as_early_stopping(early_stopping), as_checkpoint(checkpoint)
    measured = as_metrics(metrics)
    best = _watched(stopping, held_out is not None)
    check_measured(best.monitor, loss, measured, validated=held_out is not None)
    run = Run(model, loss, optimizer, History(), epochs, best)
    training = Training(
        run,
        batches,
        held_out,
        metrics=measured,
        schedule=Scheduled(schedule, schedule_every, optimizer, run.best),
        clip=Clipping(clip_norm, clip_value),
        ema=checked_ema(ema, model),
        callbacks=[*as_callbacks(callbacks), *([stopping] if stopping else [])],
    )
    measures = {"validation": held_out is not None, "metrics": sorted(measured)}
    resumable = None if saving is None else Resumable(saving, run, training.holders(), (batches, held_out), measures)
    if resume and resumable is None:
        raise UsageError("resume=True needs a checkpoint to go on from.", 'Write checkpoint="run.npz" too.')
    return training.run_epochs(resumable, resume, progress)


def _batches(x: Any, y: Any, batch_size: int | None, rng: Rng) -> Iterable[Any]:
    """Return what gives the batches of each epoch."""
    mend = "Write batch_size=32, or batch_size=len(x) for all at once."
    size = 32 if batch_size is None else positive_integer("batch_size", batch_size, mend)
    shuffled_by = generator(rng)
    if isinstance(x, DataLoader) and y is not None:
        raise UsageError("fit got a DataLoader and y: the loader's batches hold the targets.", "Leave y out.")
    if y is not None:
        return DataLoader(*examples_and_targets("x", x, y), batch_size=size, shuffle=True, rng=shuffled_by)
    if isinstance(x, (np.ndarray, ag.Tensor)) or not isinstance(x, Iterable):
        raise UsageError("fit got x without y.", "Pass the targets: nn.fit(model, x, y, ...).")
    if iter(x) is x:
        raise UsageError(
            "fit got an iterator, which is empty after the first epoch.",
            "Pass a list of batches [(x, y), ...], or an object whose __iter__ starts anew.",
        )
    if batch_size is not None or rng is not None:
        name = "batch_size" if batch_size is not None else "rng"
        raise UsageError(
            f"fit got {name}= beside batches that are made already: it would change nothing.",
            f"Give it to the loader: nn.DataLoader(x, y, shuffle=True, {name}=...).",
        )
    return x


def _watched(stopping: EarlyStopping | None, validated: bool) -> Best:
    """Return what the best parameters are judged by."""
    monitor = "validation_loss" if validated else "loss"
    if stopping is None:
        return Best(monitor)
    return Best(stopping.monitor or monitor, stopping.mode, stopping.min_delta)
