"""Run, a training run as it stands: what the loop works on, what callbacks see, and what a checkpoint holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.module import Module
from nn.optim import Optimizer
from nn.training.evaluation import LossFunction
from nn.training.history import History

Array = np.ndarray[Any, Any]


@dataclass
class Best:
    """The parameters that gave the best value of a quantity so far.

    Attributes
    ----------
    monitor : str
        The quantity's name in `History`.
    mode : {"min", "max"}
        Whether less is better, or more.
    least : float
        By how much it must be better to count.
    """

    monitor: str
    mode: str = "min"
    least: float = 0.0
    value: float | None = None
    epoch: int | None = None
    state: dict[str, Array] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What messages call the quantity."""
        return self.monitor.replace("_", " ")

    def improved_by(self, value: float) -> bool:
        """Tell whether a value is better than the best; NaN never is."""
        if math.isnan(value):
            return False
        if self.value is None:
            return True
        gain = self.value - value if self.mode == "min" else value - self.value
        return gain > self.least

    def keep(self, value: float, epoch: int, state: Mapping[str, Array]) -> None:
        self.value, self.epoch, self.state = value, epoch, dict(state)


@dataclass
class Run:
    """A training run, as callbacks see it.

    Attributes
    ----------
    model : Module
    loss : Loss or callable
    optimizer : Optimizer
    history : History
        Up to now.
    epochs : int
        How many there are to be.
    epoch : int
        The present one, from 1.
    step : int
        How many steps were made in all.
    best : Best
        The best parameters so far.

    Examples
    --------
    >>> def stop_when_good(run):
    ...     if run.history.loss[-1] < 1e-3:
    ...         run.stop("good enough")
    >>> x = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = nn.MLP([1, 1], rng=0)
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> loss = nn.MSELoss()
    >>> nn.fit(
    ...     model, x, 2 * x, loss=loss, optimizer=optimizer, epochs=500, rng=0, progress=False, callbacks=stop_when_good
    ... ).stopped
    'good enough'
    """

    model: Module
    loss: LossFunction
    optimizer: Optimizer
    history: History
    epochs: int
    best: Best
    epoch: int = 1
    step: int = 0

    def stop(self, reason: str) -> None:
        """End training after this epoch; the reason is kept in ``history.stopped``."""
        self.history.stopped = reason

    def restore_best(self) -> None:
        """Write the best parameters so far into the model, if an epoch is over."""
        if self.best.state:
            self.model.load_state_dict(self.best.state)
