"""Adam, gradient descent in which every parameter has a step size of its own."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn.arguments import number_between
from nn.optim.optimizer import Array, Optimizer

_BETAS = "Write betas=(0.9, 0.999), for example."


class Adam(Optimizer):
    """Adam: θ ← θ − η m̂ / (√v̂ + ε), with running means m of the gradient and v of its square.

    In step t, m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²; m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) make up for
    their start at 0.

    Parameters
    ----------
    parameters : iterable of Parameter
        ``model.parameters()``.
    lr : float
        The learning rate η ≥ 0.
    betas : pair of float
        β₁ and β₂, in [0, 1).
    eps : float
        ε ≥ 0, added to the root.
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.

    Raises
    ------
    ArgumentError
        When a rate lies outside its range, or when there are no parameters.
    UsageError
        When `parameters` is a model, a tensor or holds something else than Tensors, or a rate is no number.
    GradientError
        When a parameter was computed from others.

    References
    ----------
    D. P. Kingma, J. Ba: Adam: a method for stochastic optimization. ICLR 2015, algorithm 1.

    Examples
    --------
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9, -1.9], requires_grad=True)
    """

    rates = ("lr", "beta1", "beta2", "eps", "weight_decay")

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise UsageError(f"betas must be two numbers, got {betas!r}.", _BETAS)
        self.beta1 = number_between("betas[0]", betas[0], 0.0, 1.0, example=0.9, mend=_BETAS)
        self.beta2 = number_between("betas[1]", betas[1], 0.0, 1.0, example=0.999, mend=_BETAS)
        self.eps = number_between("eps", eps, 0.0, example=1e-8)
        self.weight_decay = number_between("weight_decay", weight_decay, 0.0, example=1e-4)

    def buffers(self, rates: Mapping[str, Any]) -> tuple[str, ...]:
        return "mean", "square"

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        m, v = state
        a, b = self.scratch(p, 2)
        if self.weight_decay:
            g = np.add(np.multiply(p, self.weight_decay, out=a), g, out=a)
        m *= self.beta1
        m += np.multiply(g, 1 - self.beta1, out=b)
        v *= self.beta2
        square = np.multiply(g, g, out=b)
        square *= 1 - self.beta2
        v += square
        root = np.sqrt(v, out=b)
        root /= math.sqrt(1 - self.beta2**t)
        root += self.eps
        change = np.divide(m, root, out=b)
        change *= self.lr / (1 - self.beta1**t)
        p -= change
