"""Adam and AdamW, gradient descent in which every parameter has a step size of its own."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from nn.optim.groups import Check, flag, number, pair_below_one
from nn.optim.optimizer import Array, Optimizer, Parameters


class Adam(Optimizer):
    """Adam: θ ← θ − η m̂ / (√v̂ + ε), with running means m of the gradient and v of its square.

    In step t, m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²; m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) make up for
    their start at 0.

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``, or groups of them: ``[{"params": [w], "lr": 0.1}, ...]``.
    lr : float
        The learning rate η ≥ 0.
    betas : pair of float
        β₁ and β₂, in [0, 1).
    eps : float
        ε ≥ 0, added to the root.
    weight_decay : float
        λ ≥ 0: the gradient is g + λ θ, that of the loss with ½ λ ‖θ‖² added.
    amsgrad : bool
        Divide by the largest v so far instead of v, so that step sizes never grow.
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
    D. P. Kingma, J. Ba: Adam: a method for stochastic optimization. ICLR 2015, algorithm 1.
    S. J. Reddi, S. Kale, S. Kumar: On the convergence of Adam and beyond. ICLR 2018: amsgrad.

    Examples
    --------
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.9, -1.9], requires_grad=True)
    """

    elementwise = True
    threadsafe = True
    checks: ClassVar[Mapping[str, Check]] = {
        "betas": pair_below_one,
        "eps": number(0.0, example=1e-8),
        "weight_decay": number(0.0, example=1e-4),
        "amsgrad": flag,
    }

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        amsgrad: bool = False,
        maximize: bool = False,
    ) -> None:
        options = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(parameters, lr, {**options, "maximize": maximize})

    def buffers(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return ("mean", "square", "largest_square") if options["amsgrad"] else ("mean", "square")

    def update(self, t: int, p: Array, g: Array, *state: Array) -> None:
        o = self.options
        m, v, *largest = state
        beta1, beta2 = o["betas"]
        a, b = self.scratch(p, 2)
        if o["weight_decay"]:
            g = self.decayed(p, g, a)
        m *= beta1
        m += np.multiply(g, 1 - beta1, out=b)
        v *= beta2
        square = np.multiply(g, g, out=b)
        square *= 1 - beta2
        v += square
        for most in largest:
            v = np.maximum(most, v, out=most)
        root = np.sqrt(v, out=b)
        rate, eps, correction = o["lr"] / (1 - beta1**t), o["eps"], math.sqrt(1 - beta2**t)
        if p.itemsize == 2:  # in half precision ε √(1 − β₂ᵗ) may be 0
            root /= correction
        else:  # spares the pass over v
            rate, eps = rate * correction, eps * correction
        root += eps
        change = np.divide(m, root, out=b)
        change *= rate
        p -= change

    def decayed(self, p: Array, g: Array, out: Array | None, /) -> Array:
        """Return the gradient with weight decay."""
        decay = np.multiply(p, self.options["weight_decay"], out=out)
        return np.add(decay, g, out=out)


class AdamW(Adam):
    """Adam with weight decay beside the gradient: θ ← (1 − η λ) θ, and then as Adam.

    In Adam, λ θ passes through m and v, so that weights with large gradients decay less. Here all decay alike.

    Parameters
    ----------
    parameters : iterable of Parameter, or of dict
        ``model.parameters()``, or groups of them: ``[{"params": [w], "lr": 0.1}, ...]``.
    lr : float
        The learning rate η ≥ 0.
    betas : pair of float
        β₁ and β₂, in [0, 1).
    eps : float
        ε ≥ 0, added to the root.
    weight_decay : float
        λ ≥ 0.
    amsgrad : bool
        Divide by the largest v so far instead of v.
    maximize : bool
        Go uphill: −g in place of g.

    Raises
    ------
    ArgumentError, UsageError, UnknownKeywordError, GradientError
        As for `Adam`.

    References
    ----------
    I. Loshchilov, F. Hutter: Decoupled weight decay regularization. ICLR 2019 (preprint 2017), algorithm 2.

    Examples
    --------
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.85, -1.8 ], requires_grad=True)
    """

    threadsafe = True

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        *,
        amsgrad: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad=amsgrad, maximize=maximize)

    def decayed(self, p: Array, g: Array, out: Array | None, /) -> Array:
        p *= 1 - self.options["lr"] * self.options["weight_decay"]
        return g
