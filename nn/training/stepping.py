"""What is done around a step of the optimizer: gradients are cut down before it, the learning rate goes on after it."""

from __future__ import annotations

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn.arguments import called, choice, number_between
from nn.clipping import clip_grad_norm_, clip_grad_value_
from nn.optim import Optimizer
from nn.schedule import LRScheduler, ReduceLROnPlateau
from nn.training.history import History
from nn.training.run import Best


class Clipping:
    """Cuts gradients down before a step."""

    def __init__(self, norm: float | None, value: float | None) -> None:
        self.norm = None if norm is None else number_between("clip_norm", norm, 0.0, example=1.0)
        self.value = None if value is None else number_between("clip_value", value, 0.0, example=0.5)
        self.is_set = norm is not None or value is not None

    def __call__(self, parameters: list[ag.Tensor]) -> None:
        if self.value is not None:
            clip_grad_value_(parameters, self.value)
        if self.norm is not None:
            clip_grad_norm_(parameters, self.norm)


class Scheduled:
    """Steps a schedule when its turn has come."""

    def __init__(self, schedule: LRScheduler | None, every: str | None, optimizer: Optimizer, best: Best) -> None:
        if schedule is not None and not isinstance(schedule, LRScheduler):
            make = "Make one: schedule=nn.schedule.CosineAnnealingLR(optimizer, T_max=epochs)."
            join = (
                "Make one of them: nn.schedule.SequentialLR(optimizer, [...], milestones=[...]), or ChainedScheduler."
            )
            several = isinstance(schedule, (list, tuple))
            raise UsageError(f"schedule must be a schedule, got {called(schedule)}.", join if several else make)
        if schedule is not None and schedule.optimizer is not optimizer:
            raise UsageError(
                "The schedule was made from another optimizer: it would change nothing here.",
                f"Make it from the optimizer that is passed: {type(schedule).__name__}(optimizer, ...).",
            )
        usual = "epoch" if schedule is None else schedule.stepped_every
        self.schedule = schedule
        self.every = usual if every is None else choice("schedule_every", every, ["epoch", "step"])
        self.best = best
        self.last_epoch: int | None = None
        if isinstance(schedule, ReduceLROnPlateau):
            _check_plateau(schedule, self.every, best)

    def after_step(self) -> None:
        if self.schedule is not None and self.every == "step":
            self._step(self.schedule)

    def after_epoch(self, history: History) -> None:
        if self.schedule is None or self.every != "epoch":
            return
        if isinstance(self.schedule, ReduceLROnPlateau):
            loss = "validation_loss" if history.validation_loss else "loss"
            watched = self.best.monitor if self.schedule.mode == self.best.mode else loss
            self._step(self.schedule, history[watched][-1])
        else:
            self._step(self.schedule)

    def _step(self, schedule: LRScheduler, *measured: float) -> None:
        if self.last_epoch not in (None, schedule.last_epoch):
            raise UsageError(
                f"{type(schedule).__name__} was also stepped elsewhere: nn.fit does it, after each {self.every}.",
                "Leave out the other schedule.step().",
            )
        schedule.step(*measured)
        self.last_epoch = schedule.last_epoch


def _check_plateau(schedule: ReduceLROnPlateau, every: str, best: Best) -> None:
    """Raise when there is nothing for it to watch."""
    if every == "step":
        raise UsageError(
            "ReduceLROnPlateau needs to know how an epoch went, and was to be stepped after each step.",
            'Leave out schedule_every="step".',
        )
    if schedule.mode == "max" and best.mode == "min":
        raise UsageError(
            f"ReduceLROnPlateau(mode='max') would be given the {best.title}, of which less is better.",
            'Write mode="min", or early_stopping=nn.EarlyStopping(10, "validation_accuracy") for what to watch.',
        )
