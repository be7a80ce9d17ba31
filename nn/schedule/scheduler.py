"""LRScheduler, what all schedules share: the optimizer, counting epochs, and a state that can be saved.

A schedule says by what the learning rate that is there is multiplied, rather than what it is: so several can be
chained, and a rate that the user changed meanwhile is not overwritten.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled
from nn.arguments import called
from nn.optim import Optimizer
from nn.state import fitted

Array = np.ndarray[Any, Any]


class LRScheduler:
    """The base of schedules: `step` sets the learning rates that the subclass's `get_lr` returns.

    Made, it sets the rates of the first epoch; after that, `step` is called once an epoch, after the optimizer's steps.

    Parameters
    ----------
    optimizer : Optimizer

    Attributes
    ----------
    last_epoch : int
        How often `step` was called.
    base_lrs : list of float
        The learning rate of every group before any schedule.

    Raises
    ------
    UsageError
        When `optimizer` is something else.

    Examples
    --------
    >>> class Halving(nn.schedule.LRScheduler):
    ...     def get_lr(self):
    ...         return [base / 2**self.last_epoch for base in self.base_lrs]
    >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1)
    >>> schedule = Halving(optimizer)
    >>> for epoch in range(2):
    ...     optimizer.step()
    ...     schedule.step()
    >>> optimizer.lr
    0.025
    """

    # The attributes, numbers or lists of them, that are saved beside those of every schedule.
    numbers: ClassVar[tuple[str, ...]] = ()
    # After what `nn.fit` calls `step`: each "epoch", or each "step" of the optimizer.
    stepped_every: str = "epoch"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            spelled(cls)

    @spelled
    def __init__(self, optimizer: Optimizer) -> None:
        check_optimizer(optimizer, type(self).__name__)
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if group.initial_lr is None:
                group.initial_lr = group["lr"]
        self.base_lrs = [float(group.initial_lr or 0.0) for group in optimizer.param_groups]
        # None once a state was loaded: it says how many steps there were.
        self._calls_before: int | None = optimizer._calls[0]
        self.begin()

    def begin(self) -> None:
        """Set the learning rates of the first epoch."""
        self.last_epoch = 0
        self._assign(self.get_lr())

    def restart(self) -> None:
        """Begin anew from the learning rates before any schedule."""
        self._assign(self.base_lrs)
        self.begin()

    @spelled
    def step(self) -> None:
        """Go on to the learning rates of the next epoch.

        Raises
        ------
        UsageError
            When the optimizer has made no step yet: the first learning rate would never be used.
        """
        self._check_order()
        self._check_groups()
        self.last_epoch += 1
        self._assign(self.get_lr())

    def get_lr(self) -> list[float]:
        """Return the learning rates of epoch `last_epoch`, from 0, one for each group; every subclass defines it."""
        raise UsageError(
            f"{type(self).__name__} has no get_lr method.",
            "Write `def get_lr(self): return [0.9**self.last_epoch * base for base in self.base_lrs]`.",
        )

    def get_last_lr(self) -> list[float]:
        """Return the learning rates that were set last, one for each group."""
        return list(self._last_lr)

    def current(self) -> list[float]:
        """Return the learning rates that the optimizer has now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return the state as numbers and arrays.

        Returns
        -------
        dict

        Examples
        --------
        >>> optimizer = nn.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1)
        >>> nn.schedule.ExponentialLR(optimizer, gamma=0.9).state_dict()
        {'last_epoch': 0, 'gamma': 0.9, 'base_lrs': array([0.1]), 'lr': array([0.1])}
        """
        return {name: np.array(value) if isinstance(value, list) else value for name, value in self.kept().items()}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, or after an error nothing; the optimizer gets its learning rates.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape: all of them are listed.
        UsageError
            When `state` is no mapping.
        """
        wanted = {name: ag.tensor(np.asarray(value, dtype=float)) for name, value in self.kept().items()}
        self.take(fitted(state, wanted, owner=type(self).__name__))
        self.resume()

    def kept(self) -> dict[str, Any]:
        """Return the whole state as numbers and lists."""
        return self._own()

    def _own(self) -> dict[str, Any]:
        names = ("last_epoch", *self.numbers, "base_lrs")
        return {**{name: getattr(self, name) for name in names}, "lr": list(self._last_lr)}

    def take(self, state: Mapping[str, Array]) -> None:
        """Take over a state that fits."""
        for name, value in self._own().items():
            given = state[name].tolist()
            if isinstance(value, list):
                given = [type(old)(new) for old, new in zip(value, given, strict=True)]
            else:
                given = type(value)(given)
            setattr(self, "_last_lr" if name == "lr" else name, given)
        self._calls_before = None

    def resume(self) -> None:
        """Set the learning rates that were set last."""
        self._assign(self._last_lr)

    def _check_order(self) -> None:
        if self.last_epoch == 0 and self.optimizer._calls[0] == self._calls_before:
            raise UsageError(
                f"{type(self).__name__}.step() came before the optimizer's first step: it would skip a rate.",
                "Call optimizer.step() first, and the schedule's step() after it.",
            )

    def _check_groups(self) -> None:
        made, groups = len(self.base_lrs), len(self.optimizer.param_groups)
        if made != groups:
            raise UsageError(
                f"{type(self).__name__} was made for {made} group{'s' * (made != 1)}, the optimizer has {groups}.",
                "Make the schedule after the last add_param_group().",
            )

    def _assign(self, rates: Sequence[float]) -> None:
        """Give every group its learning rate."""
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise UsageError(
                f"{type(self).__name__}.get_lr() returned {len(rates)} learning rates for {len(groups)} groups.",
                "Return one for each: [... for base in self.base_lrs].",
            )
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self.current()

    def __repr__(self) -> str:
        numbers = "".join(f", {name}={getattr(self, name)!r}" for name in self.numbers)
        return f"{type(self).__name__}(epoch {self.last_epoch}, lr={self._last_lr}{numbers})"


def check_optimizer(optimizer: Any, owner: str) -> None:
    """Raise unless it is an optimizer.

    Raises
    ------
    UsageError
    """
    if not isinstance(optimizer, Optimizer):
        raise UsageError(
            f"{owner} takes an optimizer, got {called(optimizer)}.",
            "Make one first: optimizer = nn.optim.SGD(model.parameters(), lr=0.1).",
        )
