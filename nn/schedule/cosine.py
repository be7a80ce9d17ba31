"""Cosine annealing, once or with warm restarts: the learning rate falls as half a cosine does."""

import math

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn.arguments import number_between, positive_integer
from nn.optim import Optimizer
from nn.schedule.scheduler import LRScheduler


class CosineAnnealingLR(LRScheduler):
    """Let the learning rate fall to η_min: η = η_min + ½ (η₀ − η_min) (1 + cos(π t / T_max)).

    After T_max epochs it rises again.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        After how many epochs η_min is reached.
    eta_min : float
        η_min ≥ 0.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    References
    ----------
    I. Loshchilov, F. Hutter: SGDR: stochastic gradient descent with warm restarts. ICLR 2017 (without the restarts).

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    >>> schedule = nn.schedule.CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(round(optimizer.lr, 4))
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    numbers = ("T_max", "eta_min")

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = positive_integer("T_max", T_max, "Write the number of epochs: T_max=50, for example.")
        self.eta_min = number_between("eta_min", eta_min, 0.0, example=1e-5)
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        t, low = self.last_epoch, self.eta_min
        if t == 0:
            return self.current()
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:
            # From the lowest point up: there the factor below would be 0 / 0.
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            return [rate + (base - low) * rise for rate, base in zip(self.current(), self.base_lrs, strict=True)]
        factor = (1 + math.cos(math.pi * t / self.T_max)) / (1 + math.cos(math.pi * (t - 1) / self.T_max))
        return [factor * (rate - low) + low for rate in self.current()]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Let the learning rate fall as in `CosineAnnealingLR`, again and again, in cycles of T_0, T_0 T_mult ... epochs.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        The epochs of the first cycle.
    T_mult : int
        By what each cycle is longer than the one before.
    eta_min : float
        η_min ≥ 0.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    References
    ----------
    I. Loshchilov, F. Hutter: SGDR: stochastic gradient descent with warm restarts. ICLR 2017, equation 5.

    Examples
    --------
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=1.0)
    >>> schedule = nn.schedule.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(round(optimizer.lr, 4))
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    numbers = ("T_0", "T_mult", "eta_min", "T_cur", "T_i")

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> None:
        self.T_0 = positive_integer("T_0", T_0, "Write the epochs of the first cycle: T_0=10, for example.")
        self.T_mult = positive_integer("T_mult", T_mult, "Write T_mult=2, for example.")
        self.eta_min = number_between("eta_min", eta_min, 0.0, example=1e-5)
        # How far the present cycle has come, and how long it is.
        self.T_cur, self.T_i = 0.0, self.T_0
        super().__init__(optimizer)

    def begin(self) -> None:
        self.T_cur, self.T_i = 0.0, self.T_0
        super().begin()

    @spelled
    def step(self, epoch: float | None = None) -> None:
        """Go on to the learning rates of the next epoch, or to those of any time.

        Parameters
        ----------
        epoch : float, optional
            ``epoch + batch / batches`` to let the rate fall within epochs too.

        Raises
        ------
        UsageError
            When the optimizer has made no step yet.
        ArgumentError
            When the time is negative.
        """
        self._check_order()
        self._check_groups()
        if epoch is None:
            self.last_epoch += 1
            self.T_cur += 1
        else:
            if not epoch >= 0:
                raise ArgumentError(f"epoch must be at least 0, got {epoch!r}.", "Write epoch + batch / batches.")
            self.last_epoch, self.T_cur, self.T_i = math.floor(epoch), float(epoch), self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult
        self._assign(self.get_lr())

    def get_lr(self) -> list[float]:
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]
