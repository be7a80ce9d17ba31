"""Training, one epoch after another: forward, backward, step; then evaluation, callbacks, checkpoint."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Sized
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import GradientError, ShapeError, UsageError
from autograd_lite.writing import write
from nn.arguments import check_scalar
from nn.averaging import EMA
from nn.module import Module
from nn.training.callbacks import Callback
from nn.training.evaluation import Evaluation, HeldOut, evaluated
from nn.training.history import History
from nn.training.measuring import Gathered, Metrics, Total, weight_of
from nn.training.modes import modes_kept
from nn.training.origin import first_wrong, origin
from nn.training.progress import progress_bar
from nn.training.resuming import Resumable
from nn.training.run import Run
from nn.training.stepping import Clipping, Scheduled


class Training:
    """A run with everything that takes part in it.

    Parameters
    ----------
    run : Run
    batches : iterable
        Gives the batches of each epoch.
    held_out : pair of ndarray, DataLoader or None
    metrics : dict of str to callable
    schedule : Scheduled
    clip : Clipping
    ema : EMA or None
    callbacks : list of Callback
    """

    def __init__(
        self,
        run: Run,
        batches: Iterable[Any],
        held_out: HeldOut | None,
        *,
        metrics: Metrics,
        schedule: Scheduled,
        clip: Clipping,
        ema: EMA | None,
        callbacks: list[Callback],
    ) -> None:
        self.run, self.batches, self.held_out = run, batches, held_out
        self.metrics, self.schedule, self.clip, self.ema = metrics, schedule, clip, ema
        self.callbacks = callbacks
        self.modules = [each for each in (run.model, run.loss) if isinstance(each, Module)]
        named = {id(p): (path, p) for module in self.modules for path, p in module.named_parameters()}
        self.parameters: dict[str, ag.Tensor] = dict(named.values())
        self.total, self.gathered = Total(run.loss), Gathered(metrics)

    def holders(self) -> dict[str, Any]:
        """Return everything that has a state, by the name under which a checkpoint keeps it."""
        run, loss = self.run, self.run.loss
        parts = {"model": run.model, "optimizer": run.optimizer, "schedule": self.schedule.schedule, "ema": self.ema}
        parts |= {"loss": loss if isinstance(loss, Module) and loss.state_dict() else None}
        parts |= {"total": self.total, "gathered": self.gathered}
        parts |= {f"callback {k}": each for k, each in enumerate(self.callbacks)}
        return {name: each for name, each in parts.items() if each is not None}

    def run_epochs(self, resumable: Resumable | None, resume: bool, progress: bool) -> History:
        """Train from the first epoch, or from where the checkpoint ends, to the last."""
        run, history = self.run, self.run.history
        self.resumable = resumable
        if resumable is not None:
            resumable.begin(resume)
        start = time.perf_counter() - history.seconds
        steps = len(self.batches) * run.epochs if isinstance(self.batches, Sized) else None
        try:
            # A loss that diverges is answered by an error of its own.
            with (
                modes_kept(*self.modules),
                np.errstate(over="ignore", invalid="ignore"),
                progress_bar(steps, run.step, progress) as self.bar,
            ):
                for each in self.modules:
                    # One that is in training mode already may have frozen layers.
                    if not each.training:
                        each.train()
                self._epochs(start)
        except KeyboardInterrupt:
            self._interrupted()
        finally:
            history.seconds = time.perf_counter() - start
        for callback in self.callbacks:
            callback.on_train_end(run)
        history.best_epoch = run.best.epoch
        return history

    def _epochs(self, start: float) -> None:
        run = self.run
        for each in self.callbacks:
            each.on_train_begin(run)
        while run.epoch <= run.epochs and run.history.stopped is None:
            self.bar.set_description(f"epoch {run.epoch}/{run.epochs}", refresh=False)
            self._steps()
            self._evaluate()
            self.bar.set_postfix_str(", ".join(run.history.latest()), refresh=False)
            for each in self.callbacks:
                each.on_epoch_end(run)
            run.epoch += 1
            if self.resumable is not None:
                run.history.seconds = time.perf_counter() - start
                self.resumable.after_epoch()

    def _steps(self) -> None:
        """Train on every batch that the epoch still has."""
        run = self.run
        for batch in self.batches:
            x, y = _pair(batch)
            weight = weight_of(run.loss, y)
            if weight:  # a batch without a label that counts teaches nothing
                value = self._step(x, y)
                run.history.step_loss.append(value)
                self.total.add(value, weight)
            run.step += 1
            self.schedule.after_step()
            if self.ema is not None:
                self.ema.update()
            for each in self.callbacks:
                each.on_step_end(run)
            self.bar.update()
            if self.resumable is not None:
                self.resumable.after_step()
        if not self.total.weight:
            raise ShapeError(
                f"Epoch {run.epoch} gave no batches.", "Pass data that can be iterated over anew each epoch."
            )

    def _step(self, x: Any, y: Any) -> float:
        """Move the parameters by one batch and return its loss."""
        optimizer = self.run.optimizer
        if not optimizer.needs_closure:
            value = self._gradients(x, y, first=True)
            optimizer.step()
            return float(value.item())
        losses: list[ag.Tensor] = []

        def closure() -> ag.Tensor:
            losses.append(self._gradients(x, y, first=not losses))
            return losses[-1]

        optimizer.step(closure)
        return float(losses[0].item())

    def _gradients(self, x: Any, y: Any, *, first: bool) -> ag.Tensor:
        """Leave the gradients of one batch in the parameters and return its loss."""
        self.run.optimizer.zero_grad()
        prediction = self.run.model(x)
        value = self.run.loss(prediction, y)
        check_scalar(value, "fit")
        number = value.item()
        if first:
            self.gathered.add(prediction, y)
            if not math.isfinite(number):
                raise self._failed(f"The loss became {number}", origin(self.run.model, x))
        if math.isfinite(number):
            value.backward()
            if first:
                self._check_gradients(number)
            if self.clip.is_set:
                self.clip(list(self.parameters.values()))
        return value

    def _check_gradients(self, loss: float) -> None:
        """Raise when a gradient is not finite, before the step that would ruin the parameters."""
        for path, parameter in self.parameters.items():
            g = parameter._grad
            if g is not None and not math.isfinite(abs(np.vdot(g._value, g._value))):
                wrong = first_wrong(g)
                if wrong is not None:
                    what = f"The gradient of {path} holds {wrong}"
                    raise self._failed(what, f"the loss is {loss:.4g}; ag.detect_anomaly() finds the operation")

    def _failed(self, what: str, where: str) -> GradientError:
        """Return the error that ends training; the model gets its best parameters back, if an epoch is over."""
        run = self.run
        lower = f"Lower the learning rate, now lr={run.optimizer.lr:g}, or scale the data to about ±1."
        if run.best.epoch is not None:
            run.restore_best()
            lower += f" The model is that of epoch {run.best.epoch}."
        return GradientError(f"{what} in epoch {run.epoch}, step {run.step + 1}: {where}.", lower)

    def _evaluate(self) -> None:
        """Note how the epoch went, go on with the schedule, and keep the parameters if they are the best."""
        run, history = self.run, self.run.history
        if self.ema is None:
            found, state = self._validated()
        else:
            with self.ema.averaged():
                found, state = self._validated()
        columns: list[tuple[list[float], float]] = [
            (history.loss, self.total.value),
            (history.learning_rate, float(run.optimizer.param_groups[0]["lr"])),
            *((history.metrics.setdefault(name, []), value) for name, value in self.gathered.measured().items()),
        ]
        if found is not None:
            columns.append((history.validation_loss, found.loss))
            if found.accuracy is not None:
                columns.append((history.validation_accuracy, found.accuracy))
            named = found.metrics.items()
            columns += [(history.validation_metrics.setdefault(name, []), value) for name, value in named]
        for column, value in columns:
            column.append(value)
        self.total.clear()
        self.gathered.clear()
        monitored = history[run.best.monitor][-1]
        if run.best.improved_by(monitored):
            run.best.keep(monitored, run.epoch, state)
        self.schedule.after_epoch(history)

    def _validated(self) -> tuple[Evaluation | None, dict[str, Any]]:
        """Return how the model does on the validation data, and its parameters."""
        run = self.run
        found = None if self.held_out is None else evaluated(run.model, self.held_out, run.loss, self.metrics)
        return found, run.model.state_dict()

    def _interrupted(self) -> None:
        run, history = self.run, self.run.history
        history.stopped = f"interrupted in epoch {run.epoch}"
        if run.best.epoch is None:
            write(f"Training was {history.stopped}; the parameters are those of its last step.", sys.stderr)
            return
        run.restore_best()
        what = f"{run.best.title} {run.best.value:.4g}"
        write(f"Training was {history.stopped}; the model is that of epoch {run.best.epoch}, {what}.", sys.stderr)


def _pair(given: Any) -> tuple[Any, Any]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        got = f"a tuple of {len(given)}" if isinstance(given, tuple) else type(given).__name__
        raise UsageError(
            f"A batch is a pair (x, y), got {got}.",
            "Pass nn.fit(model, x, y, ...), nn.DataLoader(x, y), or a list of batches [(x, y), ...].",
        )
    return given[0], given[1]
