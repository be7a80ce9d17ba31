"""Adagrad, gradient descent in which a parameter that has moved much moves less."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.optim.groups import Check, number
from nn.optim.optimizer import Array, Optimizer, Parameters


class Adagrad(Optimizer):
    """Adagrad: θ ← θ − η g / (√s + ε), with the sum s ← s + g² of all squared gradients so far.

    In step t, η is lr / (1 + (t − 1) lr_decay).

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``, or groups of them: ``[{"params": [w], "lr": 0.1}, ...]``.
    lr : float
        The learning rate, ≥ 0.
    lr_decay : float
        How fast it falls, ≥ 0.
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.
    initial_accumulator_value : float
        What s starts from, ≥ 0.
    eps : float
        ε ≥ 0, added to the root.
    maximize : bool
        Go uphill: −g in place of g.

    Raises
    ------
    ArgumentError
        When a rate lies outside its range, or when there are no parameters.
    UsageError
        When `parameters` is a model, a tensor or holds something else than Tensors, or a rate is no number.
    UnknownKeywordError
        When a group has an option that there is not.
    GradientError
        When a parameter was computed from others.

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer: Adaptive subgradient methods for online learning and stochastic optimization. JMLR
    12, 2011.

    Examples
    --------
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9, -1.9], requires_grad=True)
    """

    elementwise = True
    threadsafe = True
    checks: ClassVar[Mapping[str, Check]] = {
        "lr_decay": number(0.0, example=1e-3),
        "weight_decay": number(0.0, example=1e-4),
        "initial_accumulator_value": number(0.0, example=0.1),
        "eps": number(0.0, example=1e-10),
    }

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps, "maximize": maximize}
        super().__init__(parameters, lr, {**options, "initial_accumulator_value": initial_accumulator_value})

    def buffers(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return ("total",)

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        o = self.options
        (s,) = state
        a, b = self.scratch(p, 2)
        if o["weight_decay"]:
            g = np.add(np.multiply(p, o["weight_decay"], out=a), g, out=a)
        if t == 1:
            s += o["initial_accumulator_value"]
        s += np.multiply(g, g, out=b)
        root = np.sqrt(s, out=b)
        root += o["eps"]
        change = np.divide(g, root, out=b)
        change *= o["lr"] / (1 + (t - 1) * o["lr_decay"])
        p -= change
