"""ReLU and its relatives, put together of two pieces at 0."""

import math
from typing import Any, ClassVar

import numpy as np

from nn import functional
from nn.activations.base import Activation
from nn.arguments import made_without_data, number_between, parameter_dtype, positive_integer
from nn.module import Parameter


class ReLU(Activation):
    """max(0, z), with slope 1 where z > 0 and 0 where z ≤ 0.

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.ReLU()([0.8, 0.6, -0.8])
    tensor([0.8, 0.6, 0. ])
    """

    key = "relu"
    label = "ReLU"
    function = functional.relu


class LeakyReLU(Activation):
    """z where z > 0, and s z where z ≤ 0, with slope 1 and s: no neuron is ever quite dead.

    Parameters
    ----------
    negative_slope : float
        s, at least 0.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When s is no such number.

    References
    ----------
    A. L. Maas, A. Y. Hannun, A. Y. Ng: Rectifier nonlinearities improve neural network acoustic models. ICML 2013.

    Examples
    --------
    >>> nn.LeakyReLU(0.1)([-2.0, 0.0, 2.0])
    tensor([-0.2,  0. ,  2. ])
    """

    key = "leaky_relu"
    label = "LeakyReLU"
    function = functional.leaky_relu
    made_with: ClassVar[dict[str, Any]] = {"negative_slope": 0.01}

    @made_without_data("activation (z)", number=True)
    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = number_between("negative_slope", negative_slope, 0.0, example=0.01)


class PReLU(Activation):
    """z where z > 0, and w z where z ≤ 0, with slopes w that are learnt: one for all, or one a channel.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels, which lie on axis 1: of (N, C) the features.
    init : float
        Where the slopes start.
    dtype : dtype
        Of the slopes.

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)
        w; weight decay pulls it to 0, that is to ReLU.

    Shapes
    ------
    z : any, with `num_parameters` channels; the result has the same.

    Raises
    ------
    ShapeError
        When called with another number of channels.
    ArgumentError, UsageError
        When made with what is no number.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun: Delving deep into rectifiers. ICCV 2015, equation 1.

    Examples
    --------
    >>> nn.PReLU()([-2.0, 0.0, 2.0]).tolist()
    [-0.5, 0.0, 2.0]
    """

    key = "prelu"
    label = "PReLU"
    function = functional.prelu

    @made_without_data("activation (z)", number=True, most=2)
    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = np.float64) -> None:
        self.num_parameters = positive_integer("num_parameters", num_parameters, "Write nn.PReLU(1), for example.")
        start = number_between("init", init, -math.inf, example=0.25)
        self.weight = Parameter(np.full(self.num_parameters, start, parameter_dtype(dtype)))

    def arguments(self) -> list[Any]:
        return [self.weight]

    def full_key(self) -> str:
        """Return the key with the slope, or of several slopes with how many they are."""
        return f"prelu({self.weight.item()!r})" if self.num_parameters == 1 else f"prelu({self.num_parameters} slopes)"

    def title(self) -> str:
        return f"PReLU({self.num_parameters})"


class ELU(Activation):
    """z where z > 0, and α(e^z − 1) where z ≤ 0, with slope 1 and α e^z.

    Parameters
    ----------
    alpha : float
        α, at least 0; −α is the least value.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When α is no such number.

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter: Fast and accurate deep network learning by exponential linear units
    (ELUs). ICLR 2016, equation 14.

    Examples
    --------
    >>> nn.ELU()([-1000.0, 0.0, 2.0])
    tensor([-1.,  0.,  2.])
    """

    key = "elu"
    label = "ELU"
    function = functional.elu
    made_with: ClassVar[dict[str, Any]] = {"alpha": 1.0}

    @made_without_data("activation (z)", number=True)
    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = number_between("alpha", alpha, 0.0, example=1.0)


class SELU(Activation):
    """λ z where z > 0, and λ α (e^z − 1) where z ≤ 0, with λ = 1.0507... and α = 1.6732...

    With weights drawn by `nn.init.lecun_normal` the mean 0 and the variance 1 of the signal stay from layer to layer.

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter: Self-normalizing neural networks. NIPS 2017, equation 2.

    Examples
    --------
    >>> nn.SELU()([-1000.0, 0.0, 1.0]).round(4)
    tensor([-1.7581,  0.    ,  1.0507])
    """

    key = "selu"
    label = "SELU"
    function = functional.selu
