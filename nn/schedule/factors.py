"""Schedules that multiply: by γ now and then, by γ each time, along a line, or by any function of the epoch."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd_lite.errors import ArgumentError, UsageError
from nn.arguments import number_between, positive_integer
from nn.optim import Optimizer
from nn.schedule.scheduler import LRScheduler, check_optimizer

# The least number above 1: the end of a range that includes it.
_ABOVE_ONE = 1.0 + 2.0**-52


class StepLR(LRScheduler):
    """Multiply the learning rate by γ every `step_size` epochs: η = η₀ γ^⌊t / step_size⌋.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
    gamma : float
        γ ≥ 0.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.5)
    >>> schedule = nn.schedule.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.lr)
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """

    numbers = ("step_size", "gamma")

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = positive_integer("step_size", step_size, "Write step_size=30, for example.")
        self.gamma = number_between("gamma", gamma, 0.0, example=0.1)
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        is_due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return [rate * self.gamma for rate in self.current()] if is_due else self.current()


class MultiStepLR(LRScheduler):
    """Multiply the learning rate by γ at each of these epochs.

    Parameters
    ----------
    optimizer : Optimizer
    milestones : iterable of int
        Epochs; one given twice counts twice.
    gamma : float
        γ ≥ 0.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.5)
    >>> schedule = nn.schedule.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.lr)
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.5, 0.25, 0.25, 0.125, 0.125]
    """

    numbers = ("milestones", "gamma")

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1) -> None:
        self.milestones = epochs_of("milestones", milestones)
        self.gamma = number_between("gamma", gamma, 0.0, example=0.1)
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        times = self.milestones.count(self.last_epoch)
        return [rate * self.gamma**times for rate in self.current()]


class ExponentialLR(LRScheduler):
    """Multiply the learning rate by γ every epoch: η = η₀ γᵗ.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
        γ ≥ 0.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.5)
    >>> schedule = nn.schedule.ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step()
    >>> schedule.step()
    >>> optimizer.lr
    0.25
    """

    numbers = ("gamma",)

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = number_between("gamma", gamma, 0.0, example=0.9)
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        return [rate * self.gamma for rate in self.current()] if self.last_epoch else self.current()


class LinearLR(LRScheduler):
    """Let the learning rate go along a line from `start_factor` to `end_factor` times η₀: a warm-up, for example.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor : float
        In (0, 1].
    end_factor : float
        In [0, 1].
    total_iters : int
        After how many epochs the end is reached.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    References
    ----------
    P. Goyal et al.: Accurate, large minibatch SGD: training ImageNet in 1 hour. arXiv:1706.02677, 2017: the warm-up.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    >>> schedule = nn.schedule.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.lr)
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    numbers = ("start_factor", "end_factor", "total_iters")

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = number_between("start_factor", start_factor, 0.0, _ABOVE_ONE, example=0.1)
        if not self.start_factor:
            raise ArgumentError(
                "start_factor must be above 0: nothing would be learnt in the first epoch.",
                "Write start_factor=0.01, for example.",
            )
        self.end_factor = number_between("end_factor", end_factor, 0.0, _ABOVE_ONE, example=1.0)
        self.total_iters = positive_integer("total_iters", total_iters, "Write total_iters=5, for example.")
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return [rate * self.start_factor for rate in self.current()]
        if self.last_epoch > self.total_iters:
            return self.current()
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return [rate * (1 + rise / before) for rate in self.current()]


class LambdaLR(LRScheduler):
    """Set the learning rate to η₀ λ(t), with any function λ of the epoch t = 0, 1, ...

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable, or list of callables
        Takes the epoch, returns the factor; of several one for each group. It is not saved.

    Raises
    ------
    UsageError
        When `lr_lambda` cannot be called, gives no number, or when there are not as many as groups.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.5)
    >>> schedule = nn.schedule.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> optimizer.step()
    >>> schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        check_optimizer(optimizer, type(self).__name__)
        count = len(optimizer.param_groups)
        given = list(lr_lambda) if isinstance(lr_lambda, Sequence) else [lr_lambda] * count
        if len(given) != count or not all(map(callable, given)):
            what = f"{len(given)} for {count} groups" if all(map(callable, given)) else repr(lr_lambda)
            raise UsageError(
                f"lr_lambda must be a function of the epoch, or one for each group; got {what}.",
                "Write lr_lambda=lambda epoch: 0.95**epoch, for example.",
            )
        self.lr_lambdas = given
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        factors = [_factor(each(self.last_epoch)) for each in self.lr_lambdas]
        return [base * factor for base, factor in zip(self.base_lrs, factors, strict=True)]


def _factor(value: Any) -> float:
    return number_between("The factor that lr_lambda returns", value, 0.0, example=1.0, mend="Return a number ≥ 0.")


def epochs_of(title: str, given: Any) -> list[int]:
    """Return positive integers, sorted.

    Raises
    ------
    UsageError, ArgumentError
        When they are something else.
    """
    mend = f"Write {title}=[30, 80], for example."
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise UsageError(f"{title} must be a list of epochs, got {given!r}.", mend)
    return sorted(positive_integer(f"An epoch of {title}", each, mend) for each in given)
