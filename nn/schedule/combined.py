"""Schedules made of schedules: several at once, or one after the other."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.optim import Optimizer
from nn.schedule.factors import epochs_of
from nn.schedule.plateau import ReduceLROnPlateau
from nn.schedule.scheduler import LRScheduler, check_optimizer

Array = np.ndarray[Any, Any]


class _Combined(LRScheduler):
    """What holds several schedules of one optimizer."""

    schedulers: list[LRScheduler]

    def _hold(self, schedulers: Iterable[LRScheduler], optimizer: Optimizer | None) -> Optimizer:
        """Keep the schedules and return their optimizer."""
        owner = type(self).__name__
        self.schedulers = _schedules(schedulers, owner)
        self.stepped_every = _turn(self.schedulers, owner)
        if optimizer is not None:
            check_optimizer(optimizer, owner)
        wanted = optimizer or self.schedulers[0].optimizer
        for place, each in enumerate(self.schedulers):
            if each.optimizer is not wanted:
                raise UsageError(
                    f"{owner}: schedule {place}, {type(each).__name__}, is that of another optimizer.",
                    "Make all of them for the same optimizer.",
                )
        return wanted

    def kept(self) -> dict[str, Any]:
        inner = {f"{k}.{name}": value for k, each in enumerate(self.schedulers) for name, value in each.kept().items()}
        return {**self._own(), **inner}

    def take(self, state: Mapping[str, Array]) -> None:
        for k, each in enumerate(self.schedulers):
            each.take({name: state[f"{k}.{name}"] for name in each.kept()})
        super().take(state)


class ChainedScheduler(_Combined):
    """Several schedules at once: each multiplies the rate that the one before it has left.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
    optimizer : Optimizer, optional
        Theirs, if it is to be checked.

    Raises
    ------
    UsageError, ArgumentError
        When there are none, or not all are schedules of the same optimizer that need to be told nothing.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    >>> warmup = nn.schedule.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> decay = nn.schedule.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = nn.schedule.ChainedScheduler([warmup, decay])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates.append(optimizer.lr)
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.375, 0.25, 0.125]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        super().__init__(self._hold(schedulers, optimizer))

    def begin(self) -> None:
        # Those that it holds have begun already.
        self.last_epoch = 0
        self._last_lr = self.current()

    def restart(self) -> None:
        self._assign(self.base_lrs)
        for each in self.schedulers:
            each.begin()
        self.begin()

    @spelled
    def step(self) -> None:
        for each in self.schedulers:
            each.step()
        self.last_epoch += 1
        self._last_lr = self.current()

    def resume(self) -> None:
        for each in self.schedulers:
            each.resume()
        super().resume()


class SequentialLR(_Combined):
    """One schedule after the other, each beginning anew at its milestone.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
    milestones : list of int
        The epochs at which the second, the third ... begin.

    Raises
    ------
    UsageError, ArgumentError
        When there are none, not all are schedules of this optimizer that need to be told nothing, or there is not one
        milestone fewer than schedules, in ascending order.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    >>> warmup = nn.schedule.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> decay = nn.schedule.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = nn.schedule.SequentialLR(optimizer, [warmup, decay], milestones=[2])
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.lr)
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """

    numbers = ("milestones",)

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]) -> None:
        check_optimizer(optimizer, type(self).__name__)
        self._hold(schedulers, optimizer)
        self.milestones = epochs_of("milestones", milestones)
        if len(self.milestones) != len(self.schedulers) - 1 or len(set(self.milestones)) < len(self.milestones):
            raise ArgumentError(
                f"SequentialLR got {len(self.schedulers)} schedules and milestones={list(milestones)}.",
                "Give one milestone fewer than schedules, each an epoch of its own: where the next one begins.",
            )
        super().__init__(optimizer)

    def begin(self) -> None:
        self.last_epoch = 0
        self.schedulers[0].restart()
        self._last_lr = self.current()

    @spelled
    def step(self) -> None:
        self._check_order()
        self.last_epoch += 1
        active = self._active()
        if self.last_epoch in self.milestones:
            active.restart()
        else:
            active.step()
        self._last_lr = self.current()

    def resume(self) -> None:
        self._active().resume()
        super().resume()

    def _active(self) -> LRScheduler:
        return self.schedulers[bisect_right(self.milestones, self.last_epoch)]


def _turn(schedulers: Sequence[LRScheduler], owner: str) -> str:
    """Return after what all of the schedules are stepped."""
    first = schedulers[0]
    for each in schedulers:
        if each.stepped_every != first.stepped_every:
            turns = [f"{type(one).__name__} after every {one.stepped_every}" for one in (first, each)]
            raise UsageError(
                f"{owner} steps all of its schedules together, and {turns[0]} does not go with {turns[1]}.",
                "Combine schedules of one kind: nn.schedule.OneCycleLR rises and falls by itself.",
            )
    return first.stepped_every


def _schedules(given: Any, owner: str) -> list[LRScheduler]:
    """Return schedules as a list."""
    mend = "Pass a list of schedules: [nn.schedule.LinearLR(optimizer), nn.schedule.StepLR(optimizer, 30)]."
    found = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    for each in found:
        if not isinstance(each, LRScheduler):
            raise UsageError(f"{owner} takes a list of schedules, got {called(each)}.", mend)
        if isinstance(each, ReduceLROnPlateau):
            raise UsageError(
                f"{owner} cannot hold ReduceLROnPlateau, whose step() must be told the loss.",
                "Call its step(loss) by itself.",
            )
    if not found:
        raise ArgumentError(f"{owner} got no schedules.", mend)
    if not isinstance(given, Iterable):
        raise UsageError(f"{owner} takes a list of schedules, got {called(given)}.", mend)
    return found
