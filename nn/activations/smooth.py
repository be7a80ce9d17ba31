"""Activations without a corner: GELU, SiLU, Mish, and softplus and its mirror image."""

import math
from typing import Any, ClassVar

from nn import functional
from nn.activations.base import Activation
from nn.arguments import choice, made_without_data, number_between, positive_number


class GELU(Activation):
    """z Φ(z), with slope Φ(z) + z φ(z): Φ and φ are the standard normal distribution and its density.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        "tanh" is z/2 · (1 + tanh(√(2/π) (z + 0.044715 z³))), quicker, and off by less than 0.0005.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError
        When `approximate` is something else.

    References
    ----------
    D. Hendrycks, K. Gimpel: Gaussian error linear units (GELUs). 2016, section 2.

    Examples
    --------
    >>> nn.GELU()([-1.0, 0.0, 1.0]).round(4)
    tensor([-0.1587,  0.    ,  0.8413])
    """

    key = "gelu"
    label = "GELU"
    function = functional.gelu
    made_with: ClassVar[dict[str, Any]] = {"approximate": "none"}

    @made_without_data("activation (z)")
    def __init__(self, approximate: str = "none") -> None:
        self.approximate = choice("approximate", approximate, ("none", "tanh"))


class SiLU(Activation):
    """z s(z) with s the sigmoid, also called swish; its slope is s(z) + a (1 − s(z)).

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    S. Elfwing, E. Uchibe, K. Doya: Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning. Neural Networks 107 (2018), equations 10 and 11.

    Examples
    --------
    >>> nn.SiLU()([-1.0, 0.0, 1.0]).round(4)
    tensor([-0.2689,  0.    ,  0.7311])
    """

    key = "silu"
    label = "SiLU"
    function = functional.silu


class Mish(Activation):
    """z tanh(softplus(z)), with slope t + z s(z) (1 − t²) for t = tanh(softplus(z)) and the sigmoid s.

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    D. Misra: Mish: a self regularized non-monotonic activation function. BMVC 2020, equation 1.

    Examples
    --------
    >>> nn.Mish()([-1.0, 0.0, 1.0]).round(4)
    tensor([-0.3034,  0.    ,  0.8651])
    """

    key = "mish"
    label = "Mish"
    function = functional.mish


class Softplus(Activation):
    """log(1 + e^(β z))/β, a smooth ReLU, whose slope is the sigmoid of β z.

    Parameters
    ----------
    beta : float
        β, positive; the larger, the sharper is the bend at 0.
    threshold : float, optional
        Where β z is larger the result is z itself. It is not needed, since nothing overflows; PyTorch's is 20, which
        is off by up to 2e-9.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When β is no positive number, or the threshold no number.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia: Incorporating second-order functional knowledge for better
    option pricing. NIPS 2000.

    Examples
    --------
    >>> nn.Softplus()([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """

    key = "softplus"
    label = "softplus"
    function = functional.softplus
    made_with: ClassVar[dict[str, Any]] = {"beta": 1.0, "threshold": None}

    @made_without_data("activation (z)", number=True, most=2)
    def __init__(self, beta: float = 1.0, threshold: float | None = None) -> None:
        self.beta = positive_number("beta", beta, example=1.0)
        wanted = threshold is not None
        self.threshold = number_between("threshold", threshold, -math.inf, example=20.0) if wanted else None


class LogSigmoid(Activation):
    """log σ(z) = −log(1 + e^(−z)), with slope σ(−z); precise where the sigmoid itself is 0 or 1 to rounding.

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.LogSigmoid()([-1000.0, 0.0, 1000.0]).round(4).tolist()
    [-1000.0, -0.6931, 0.0]
    """

    key = "log_sigmoid"
    label = "LogSigmoid"
    function = functional.log_sigmoid
