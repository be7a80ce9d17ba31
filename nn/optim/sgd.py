"""SGD, gradient descent: θ ← θ − η g, with momentum if wanted."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from nn.arguments import number_between
from nn.optim.optimizer import Array, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent: θ ← θ − η g; with momentum v ← μ v + g and θ ← θ − η v.

    Parameters
    ----------
    parameters : iterable of Parameter
        ``model.parameters()``.
    lr : float
        The learning rate η ≥ 0.
    momentum : float
        μ, in [0, 1).
    nesterov : bool
        Move by g + μ v instead of v (Sutskever et al., ICML 2013, in PyTorch's form).
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.

    Raises
    ------
    ArgumentError
        When a rate lies outside its range, when there are no parameters, or for nesterov without momentum.
    UsageError
        When `parameters` is a model, a tensor or holds something else than Tensors, or a rate is no number.
    GradientError
        When a parameter was computed from others.

    Examples
    --------
    >>> w = nn.Parameter([1.0, 2.0])
    >>> optimizer = nn.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8, 1.6], requires_grad=True)
    """

    rates = ("lr", "momentum", "nesterov", "weight_decay")
    many_calls = False

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = number_between("momentum", momentum, 0.0, 1.0, example=0.9)
        self.weight_decay = number_between("weight_decay", weight_decay, 0.0, example=1e-4)
        self.nesterov = bool(nesterov)
        if nesterov and not momentum:
            raise ArgumentError("nesterov=True needs momentum, got momentum=0.", "Write momentum=0.9, for example.")

    def buffers(self, rates: Mapping[str, Any]) -> tuple[str, ...]:
        return ("velocity",) if rates["momentum"] else ()

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        a, b = self.scratch(p, 2)
        if self.weight_decay:
            g = np.add(np.multiply(p, self.weight_decay, out=a), g, out=a)
        for v in state:
            v *= self.momentum
            v += g
            g = np.add(g, np.multiply(v, self.momentum, out=b), out=a) if self.nesterov else v
        p -= np.multiply(g, self.lr, out=b)
