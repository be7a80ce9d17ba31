"""RMSprop, gradient descent by the gradient over its root mean square."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.optim.groups import Check, flag, number
from nn.optim.optimizer import Array, Optimizer, Parameters


class RMSprop(Optimizer):
    """RMSprop: θ ← θ − η g / (√v + ε), with a running mean v ← α v + (1 − α) g² of the gradient's square.

    With momentum, b ← μ b + g / (√v + ε) and θ ← θ − η b. Centered, v − m² with m ← α m + (1 − α) g, an estimate of
    the gradient's variance, stands in place of v.

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``, or groups of them: ``[{"params": [w], "lr": 0.1}, ...]``.
    lr : float
        The learning rate η ≥ 0.
    alpha : float
        α, in [0, 1).
    eps : float
        ε ≥ 0, added to the root.
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.
    momentum : float
        μ, in [0, 1).
    centered : bool
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
    T. Tieleman, G. Hinton: Lecture 6.5, rmsprop. Neural networks for machine learning, Coursera 2012.
    A. Graves: Generating sequences with recurrent neural networks. arXiv:1308.0850, 2013, section 4.2: centered.

    Examples
    --------
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.RMSprop([w], lr=0.1, alpha=0.75)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.8, -1.8], requires_grad=True)
    """

    elementwise = True
    threadsafe = True
    checks: ClassVar[Mapping[str, Check]] = {
        "alpha": number(0.0, 1.0, example=0.99),
        "eps": number(0.0, example=1e-8),
        "weight_decay": number(0.0, example=1e-4),
        "momentum": number(0.0, 1.0, example=0.9),
        "centered": flag,
    }

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(parameters, lr, {**options, "centered": centered, "maximize": maximize})

    def buffers(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        velocity = ("velocity",) if options["momentum"] else ()
        return ("square", "mean", *velocity) if options["centered"] else ("square", *velocity)

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        o = self.options
        v, *others = state
        a, b = self.scratch(p, 2)
        if o["weight_decay"]:
            g = np.add(np.multiply(p, o["weight_decay"], out=a), g, out=a)
        v *= o["alpha"]
        square = np.multiply(g, g, out=b)
        square *= 1 - o["alpha"]
        v += square
        if o["centered"]:
            m = others.pop(0)
            m *= o["alpha"]
            m += np.multiply(g, 1 - o["alpha"], out=b)
            v = np.subtract(v, np.multiply(m, m, out=b), out=b)
            # Of a gradient that stays the same the variance is 0, and rounding may leave less.
            v = np.maximum(v, 0, out=b)
        root = np.sqrt(v, out=b)
        root += o["eps"]
        change = np.divide(g, root, out=b)
        for velocity in others:
            velocity *= o["momentum"]
            velocity += change
            change = velocity
        p -= np.multiply(change, o["lr"], out=b)
