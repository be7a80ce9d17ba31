"""OneCycleLR: up to a large learning rate and down again, over the whole of training."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from autograd_lite.errors import ArgumentError, UsageError
from nn.arguments import choice, number_between, positive_integer
from nn.optim import Optimizer
from nn.optim.groups import flag
from nn.schedule.scheduler import LRScheduler, check_optimizer

_ABOVE_ONE = 1.0 + 2.0**-52


class Phase(NamedTuple):
    """A part of the cycle: when it ends, and between which rates and momenta it leads."""

    end: float
    lr: tuple[str, str]
    momentum: tuple[str, str]


class OneCycleLR(LRScheduler):
    """Let the learning rate rise from max_lr / div_factor to max_lr and then fall to nearly 0, and momentum opposite.

    `step` is called after every batch, not every epoch.

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float, or list of float
        The largest learning rate; of several one for each group.
    total_steps : int, optional
        The steps of the whole of training; or give `epochs` and `steps_per_epoch`.
    epochs, steps_per_epoch : int, optional
    pct_start : float
        The share of the steps in which the rate rises.
    anneal_strategy : {"cos", "linear"}
        Along what it rises and falls.
    cycle_momentum : bool
        Let momentum (of Adam β₁) fall from `max_momentum` to `base_momentum` while the rate rises, and rise again.
    base_momentum, max_momentum : float
        In [0, 1).
    div_factor : float
        The first rate is max_lr / div_factor.
    final_div_factor : float
        The last one is that over final_div_factor.
    three_phase : bool
        Fall as long as it rose, to the first rate, and then in a third phase to the last.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range, when the number of steps is not given, or when the
        optimizer has no momentum to cycle.

    References
    ----------
    L. N. Smith: A disciplined approach to neural network hyper-parameters, part 1. arXiv:1803.09820, 2018; L. N. Smith,
    N. Topin: Super-convergence: very fast training of neural networks using large learning rates. 2018.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1, momentum=0.9)
    >>> schedule = nn.schedule.OneCycleLR(optimizer, max_lr=1.0, total_steps=10, div_factor=10)
    >>> rates = []
    >>> for step in range(10):
    ...     rates.append(round(optimizer.lr, 2))
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.1, 0.55, 1.0, 0.95, 0.81, 0.61, 0.39, 0.19, 0.05, 0.0]
    """

    stepped_every = "step"
    numbers = ("total_steps", "pct_start", "initial_lrs", "max_lrs", "min_lrs", "base_momentum", "max_momentum")

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        check_optimizer(optimizer, type(self).__name__)
        self.total_steps = _total(total_steps, epochs, steps_per_epoch)
        self.pct_start = number_between("pct_start", pct_start, 0.0, _ABOVE_ONE, example=0.3)
        self.anneal_strategy = choice("anneal_strategy", anneal_strategy, ["cos", "linear"])
        self.phases = _phases(self.total_steps, self.pct_start, flag("three_phase", three_phase))
        self.max_lrs = for_each_group("max_lr", max_lr, len(optimizer.param_groups))
        self.initial_lrs = [rate / _above_zero("div_factor", div_factor) for rate in self.max_lrs]
        self.min_lrs = [rate / _above_zero("final_div_factor", final_div_factor) for rate in self.initial_lrs]
        self.base_momentum = number_between("base_momentum", base_momentum, 0.0, 1.0, example=0.85)
        self.max_momentum = number_between("max_momentum", max_momentum, 0.0, 1.0, example=0.95)
        self.cycled = next((name for name in ("betas", "momentum") if name in optimizer.defaults), None)
        if not flag("cycle_momentum", cycle_momentum):
            self.cycled = None
        elif self.cycled is None:
            raise ArgumentError(
                f"{type(optimizer).__name__} has no momentum that could be cycled.", "Write cycle_momentum=False."
            )
        for group, rate in zip(optimizer.param_groups, self.initial_lrs, strict=True):
            group.initial_lr = rate
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        phase, share = self._phase()
        self._assign_momentum()
        start, end = (getattr(self, name) for name in phase.lr)
        return [self._between(low, high, share) for low, high in zip(start, end, strict=True)]

    def resume(self) -> None:
        super().resume()
        self._assign_momentum()

    def _phase(self) -> tuple[Phase, float]:
        """Return the present phase and the share of it that is over."""
        t = self.last_epoch
        if t > self.total_steps:
            raise UsageError(
                f"OneCycleLR.step() was called {t} times, and the cycle has total_steps={self.total_steps}.",
                "Make it for as many steps as there are: total_steps=epochs * len(batches).",
            )
        start = 0.0
        for phase in self.phases:
            if t <= phase.end or phase is self.phases[-1]:
                break
            start = phase.end
        return phase, (t - start) / (phase.end - start) if phase.end != start else 1.0

    def _assign_momentum(self) -> None:
        if self.cycled is None:
            return
        phase, share = self._phase()
        start, end = (getattr(self, name) for name in phase.momentum)
        momentum = self._between(start, end, share)
        for group in self.optimizer.param_groups:
            group[self.cycled] = (momentum, group["betas"][1]) if self.cycled == "betas" else momentum

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2 * (math.cos(math.pi * share) + 1)


def _phases(total: int, share: float, three: bool) -> list[Phase]:
    rise = Phase(share * total - 1, ("initial_lrs", "max_lrs"), ("max_momentum", "base_momentum"))
    if not three:
        return [rise, Phase(total - 1, ("max_lrs", "min_lrs"), ("base_momentum", "max_momentum"))]
    fall = Phase(2 * share * total - 2, ("max_lrs", "initial_lrs"), ("base_momentum", "max_momentum"))
    return [rise, fall, Phase(total - 1, ("initial_lrs", "min_lrs"), ("max_momentum", "max_momentum"))]


def _total(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    mend = "Write total_steps=1000, or epochs=10, steps_per_epoch=100."
    if total_steps is not None:
        return positive_integer("total_steps", total_steps, mend)
    if epochs is None or steps_per_epoch is None:
        raise UsageError("OneCycleLR needs to know the steps of the whole of training.", mend)
    each = positive_integer("steps_per_epoch", steps_per_epoch, mend)
    return positive_integer("epochs", epochs, mend) * each


def _above_zero(title: str, value: float) -> float:
    number = number_between(title, value, 0.0, example=25)
    if not number:
        raise ArgumentError(f"{title} must be above 0, got {value!r}.", f"Write {title}=25, for example.")
    return number


def for_each_group(title: str, value: float | Sequence[float], count: int) -> list[float]:
    """Return a number ≥ 0 for each group, from one for all or a list.

    Raises
    ------
    UsageError, ArgumentError
        When there are not as many as groups, or one is no such number.
    """
    given = list(value) if isinstance(value, (list, tuple)) else [value] * count
    if len(given) != count:
        raise UsageError(
            f"{title} has {len(given)} numbers for {count} groups.", "Give one for each group, or one for all."
        )
    return [number_between(title, each, 0.0, example=0.1) for each in given]
