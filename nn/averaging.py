"""EMA: a running mean of the parameters, which often predicts better than the parameters of the last step."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from autograd_lite.spelling import spelled
from nn.arguments import number_between
from nn.optim.groups import leaves
from nn.state import count, fitted

Array = np.ndarray[Any, Any]


@spelled
class EMA:
    """The exponential moving average of parameters: θ̄ ← β θ̄ + (1 − β) θ.

    `update` is called after every step of the optimizer; the first time θ̄ becomes θ. Within `averaged` the
    parameters are θ̄. Buffers, such as the running means of a `BatchNorm2d`, are not averaged: they stay those of the
    trained weights.

    Parameters
    ----------
    parameters : iterable of Parameter
        ``model.parameters()``.
    decay : float
        β, in [0, 1): about the last 1 / (1 − β) steps count.

    Attributes
    ----------
    parameters : list of Tensor
    updates : int
        How often `update` was called.

    Raises
    ------
    UsageError, ArgumentError, GradientError
        When `parameters` is a model, there are none or one was computed from others, or β lies outside its range.

    References
    ----------
    B. T. Polyak, A. B. Juditsky: Acceleration of stochastic approximation by averaging. SIAM Journal on Control and
    Optimization 30, 1992 (with equal weights). PyTorch: AveragedModel with get_ema_multi_avg_fn.

    Examples
    --------
    >>> w = nn.Parameter([0.0])
    >>> optimizer, ema = nn.optim.SGD([w], lr=1.0), nn.EMA([w], decay=0.5)
    >>> for target in (4.0, 8.0):
    ...     optimizer.zero_grad()
    ...     ((w - target) ** 2 / 2).sum().backward()
    ...     optimizer.step()
    ...     ema.update()
    >>> with ema.averaged():
    ...     print(w.item())
    6.0
    >>> w.item()
    8.0
    """

    def __init__(self, parameters: Iterable[ag.Tensor], decay: float = 0.999) -> None:
        self.parameters = leaves(parameters, "EMA")
        self.decay = number_between("decay", decay, 0.0, 1.0, example=0.999)
        self.updates = 0
        self._means = [np.array(each._value) for each in self.parameters]
        self._inside = False

    def update(self) -> None:
        """Let the means follow the parameters.

        Raises
        ------
        UsageError
            Within `averaged`, where the parameters are the means.
        """
        self._check_outside("update()")
        for mean, parameter in zip(self._converted(), self.parameters, strict=True):
            if self.updates:
                mean += (1 - self.decay) * (parameter._value - mean)
            else:
                mean[...] = parameter._value
        self.updates += 1

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the means in the parameters' place for a while, to evaluate or to save the model.

        Raises
        ------
        UsageError
            Within another `averaged`, and at the end when the parameters were changed meanwhile: that is undone.
        """
        self._check_outside("averaged()")
        trained = [np.array(each._value) for each in self.parameters]
        try:
            # Whatever interrupts here is undone as well.
            self._inside = True
            self._put(self._converted())
            yield
            changed = any(
                not np.array_equal(each._value, mean, equal_nan=True)
                for each, mean in zip(self.parameters, self._means, strict=True)
            )
        finally:
            self._put(trained)
            self._inside = False
        if changed:
            raise UsageError(
                "The parameters were changed within EMA.averaged(); that is undone, as they were the means there.",
                "Train outside: only evaluate or save in `with ema.averaged():`.",
            )

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the means, under "mean.0", "mean.1", ..., with "decay" and "updates".

        Returns
        -------
        dict

        Examples
        --------
        >>> nn.EMA([nn.Parameter([1.0])]).state_dict()
        {'decay': 0.999, 'updates': 0, 'mean.0': array([1.])}
        """
        means = {f"mean.{k}": each.copy() for k, each in enumerate(self._means)}
        return {"decay": self.decay, "updates": self.updates, **means}

    @spelled
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, or after an error nothing.

        Raises
        ------
        ArgumentError
            When entries are missing, unexpected or of another shape, all of which are listed; or for an impossible
            decay or number of updates.
        UsageError
            When `state` is no mapping, or within `averaged`.
        """
        self._check_outside("load_state_dict()")
        means = {f"mean.{k}": ag.from_numpy(each) for k, each in enumerate(self._converted())}
        wanted = {"decay": ag.tensor(self.decay), "updates": ag.tensor(0), **means}
        arrays = fitted(state, wanted, owner="EMA")
        decay = number_between("decay", arrays["decay"].item(), 0.0, 1.0, example=0.999)
        self.updates = count("updates", arrays["updates"]).item()
        self.decay = decay
        self._means = [np.array(arrays[name]) for name in means]

    def _converted(self) -> list[Array]:
        """Return the means in the dtypes of the parameters, which the model may have been converted to since."""
        self._means = [
            mean.astype(each.dtype, copy=False) for mean, each in zip(self._means, self.parameters, strict=True)
        ]
        return self._means

    def _check_outside(self, call: str) -> None:
        if self._inside:
            raise UsageError(
                f"EMA.{call} was called within averaged(), where the parameters are the means.",
                "Leave the `with` block first.",
            )

    def _put(self, values: Iterable[Array]) -> None:
        ag.Tensor._note_step(self.parameters)
        for each, value in zip(self.parameters, values, strict=True):
            np.copyto(each._memory(), value)

    def __repr__(self) -> str:
        return f"EMA({len(self.parameters)} parameters, decay={self.decay!r}, {self.updates} updates)"
