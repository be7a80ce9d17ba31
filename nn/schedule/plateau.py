"""ReduceLROnPlateau: a smaller learning rate whenever the loss has stopped falling."""

import math
from collections.abc import Sequence
from typing import Any

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from nn.arguments import choice, number_between
from nn.optim import Optimizer
from nn.schedule.cycle import for_each_group
from nn.schedule.scheduler import LRScheduler, check_optimizer


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by `factor` when a quantity has not become better for more than `patience` epochs.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether less is better, as of a loss, or more, as of an accuracy.
    factor : float
        In [0, 1).
    patience : int
        How many epochs without progress are borne.
    threshold : float
        What counts as progress: in mode "min" less than best (1 − threshold), or than best − threshold.
    threshold_mode : {"rel", "abs"}
        Which of these.
    cooldown : int
        Epochs after a reduction in which none is counted.
    min_lr : float, or list of float
        The least learning rate; of several one for each group.
    eps : float
        A reduction by less is left out.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.5)
    >>> schedule = nn.schedule.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> rates = []
    >>> for loss in [1.0, 0.9, 0.9, 0.9, 0.8]:
    ...     schedule.step(loss)
    ...     rates.append(optimizer.lr)
    >>> rates
    [0.5, 0.5, 0.5, 0.25, 0.25]
    """

    numbers = (
        *("factor", "patience", "threshold", "cooldown", "min_lrs", "eps"),
        *("best", "num_bad_epochs", "cooldown_counter"),
    )

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        check_optimizer(optimizer, type(self).__name__)
        self.mode = choice("mode", mode, ["min", "max"])
        self.threshold_mode = choice("threshold_mode", threshold_mode, ["rel", "abs"])
        self.factor = number_between("factor", factor, 0.0, 1.0, example=0.1)
        self.patience = _count("patience", patience)
        self.threshold = number_between("threshold", threshold, 0.0, example=1e-4)
        self.cooldown = _count("cooldown", cooldown)
        self.min_lrs = for_each_group("min_lr", min_lr, len(optimizer.param_groups))
        self.eps = number_between("eps", eps, 0.0, example=1e-8)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        return self.current()

    # Unlike the others, it needs to know how training goes.
    @spelled
    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Note how training went in this epoch.

        Parameters
        ----------
        metrics : float or Tensor
            The quantity. NaN is no progress.

        Raises
        ------
        UsageError
            When it is no number.
        """
        value = _as_number(metrics)
        self._check_groups()
        self.last_epoch += 1
        self.num_bad_epochs = 0 if self._is_better(value) else self.num_bad_epochs + 1
        if self.num_bad_epochs == 0:
            self.best = value
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        rates = self.current()
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
            lower = [max(rate * self.factor, least) for rate, least in zip(rates, self.min_lrs, strict=True)]
            rates = [new if old - new > self.eps else old for old, new in zip(rates, lower, strict=True)]
        self._assign(rates)

    def _is_better(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "rel":
            return sign * value < sign * self.best * (1 - sign * self.threshold)
        return sign * value < sign * self.best - self.threshold


def _as_number(metrics: Any) -> float:
    value = metrics.item() if isinstance(metrics, ag.Tensor) and metrics.size == 1 else metrics
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or isinstance(value, ag.Tensor):
        got = f"a Tensor of shape {value.shape}" if isinstance(value, ag.Tensor) else repr(value)
        raise UsageError(
            f"ReduceLROnPlateau.step() takes a number, got {got}.", "Pass the loss of the epoch: history.loss[-1]."
        )
    return float(value)


def _count(title: str, value: Any) -> int:
    """Return an integer ≥ 0."""
    number = number_between(title, value, 0.0, example=10)
    if not number.is_integer():
        raise ArgumentError(f"{title} must be a whole number of epochs, got {value!r}.", f"Write {title}=10.")
    return int(number)
