"""SGD, gradient descent: θ ← θ − η g, with momentum if wanted."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from autograd_lite.errors import ArgumentError
from nn.optim.groups import Check, flag, number
from nn.optim.optimizer import Array, Optimizer, Parameters


class SGD(Optimizer):
    """Stochastic gradient descent: θ ← θ − η g; with momentum v ← μ v + (1 − τ) g and θ ← θ − η v.

    Before the first step v is g.

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``, or groups of them: ``[{"params": [w], "lr": 0.1}, ...]``.
    lr : float
        The learning rate η ≥ 0.
    momentum : float
        μ, in [0, 1).
    nesterov : bool
        Move by g + μ v instead of v, that is look ahead to where momentum will lead.
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.
    dampening : float
        τ, in [0, 1].
    maximize : bool
        Go uphill: −g in place of g.

    Raises
    ------
    ArgumentError
        When a rate lies outside its range, when there are no parameters, for nesterov without momentum, and for
        nesterov with dampening.
    UsageError
        When `parameters` is a model, a tensor or holds something else than Tensors, or a rate is no number.
    UnknownKeywordError
        When a group has an option that there is not.
    GradientError
        When a parameter was computed from others.

    References
    ----------
    B. T. Polyak: Some methods of speeding up the convergence of iteration methods. USSR Computational Mathematics and
    Mathematical Physics 4(5), 1964: momentum.
    Y. Nesterov: A method of solving a convex programming problem with convergence rate O(1/k²). Soviet Mathematics
    Doklady 27, 1983; in the form of I. Sutskever, J. Martens, G. Dahl, G. Hinton: On the importance of initialization
    and momentum in deep learning. ICML 2013, with η outside of v as in PyTorch.

    Examples
    --------
    >>> w = nn.Parameter([1.0, 2.0])
    >>> optimizer = nn.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8, 1.6], requires_grad=True)
    """

    elementwise = True
    threadsafe = True
    checks: ClassVar[Mapping[str, Check]] = {
        "momentum": number(0.0, 1.0, example=0.9),
        "nesterov": flag,
        "weight_decay": number(0.0, example=1e-4),
        "dampening": number(0.0, np.nextafter(1.0, 2.0), example=0.1),
    }
    many_calls = False

    def __init__(
        self,
        parameters: Parameters,
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        *,
        dampening: float = 0.0,
        maximize: bool = False,
    ) -> None:
        options = {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay, "dampening": dampening}
        super().__init__(parameters, lr, {**options, "maximize": maximize})

    @classmethod
    def check_together(cls, options: Mapping[str, Any], /) -> None:
        if options["nesterov"] and not options["momentum"]:
            raise ArgumentError("nesterov=True needs momentum, got momentum=0.", "Write momentum=0.9, for example.")
        if options["nesterov"] and options["dampening"]:
            raise ArgumentError(
                f"nesterov=True goes without dampening, got dampening={options['dampening']:g}.",
                "Leave one of them out.",
            )

    def buffers(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return ("velocity",) if options["momentum"] else ()

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        o = self.options
        a, b = self.scratch(p, 2)
        if o["weight_decay"]:
            g = np.add(np.multiply(p, o["weight_decay"], out=a), g, out=a)
        for v in state:
            v *= o["momentum"]
            v += np.multiply(g, 1 - o["dampening"], out=b) if o["dampening"] and t > 1 else g
            g = np.add(g, np.multiply(v, o["momentum"], out=b), out=a) if o["nesterov"] else v
        p -= np.multiply(g, o["lr"], out=b)
