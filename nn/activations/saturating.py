"""Activations that stay between two bounds: sigmoid, tanh, softsign, hardtanh."""

import math
from typing import Any, ClassVar

from autograd_lite.errors import ArgumentError
from nn import functional
from nn.activations.base import Activation
from nn.arguments import made_without_data, number_between


class Sigmoid(Activation):
    """σ(z) = 1 / (1 + e^(−z)), with slope σ(z)(1 − σ(z)).

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.Sigmoid()(0.0).item()
    0.5
    """

    key = "sigmoid"
    label = "sigmoid"
    function = functional.sigmoid


class Tanh(Activation):
    """tanh z = (e^z − e^(−z)) / (e^z + e^(−z)), with slope 1 − tanh² z.

    Shapes
    ------
    z : any; the result has the same.

    Examples
    --------
    >>> nn.Tanh()(0.0).item()
    0.0
    """

    key = "tanh"
    label = "tanh"
    function = functional.tanh


class Softsign(Activation):
    """z / (1 + |z|), which nears −1 and 1 more slowly than tanh; its slope is 1 / (1 + |z|)².

    Shapes
    ------
    z : any; the result has the same.

    References
    ----------
    X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010,
    section 2.3.

    Examples
    --------
    >>> nn.Softsign()([-1.0, 0.0, 3.0]).tolist()
    [-0.5, 0.0, 0.75]
    """

    key = "softsign"
    label = "softsign"
    function = functional.softsign


class Hardtanh(Activation):
    """z limited to [min_val, max_val], with slope 1 between the bounds, and 0 at them and beyond.

    Parameters
    ----------
    min_val, max_val : float
        The bounds.

    Shapes
    ------
    z : any; the result has the same.

    Raises
    ------
    ArgumentError, UsageError
        When a bound is no number, or the lower one is not the lesser.

    References
    ----------
    R. Collobert: Large scale machine learning. PhD thesis, Université de Paris VI, 2004.

    Examples
    --------
    >>> nn.Hardtanh()([-2.0, 0.5, 2.0]).tolist()
    [-1.0, 0.5, 1.0]
    """

    key = "hardtanh"
    label = "hardtanh"
    function = functional.hardtanh
    made_with: ClassVar[dict[str, Any]] = {"min_val": -1.0, "max_val": 1.0}

    @made_without_data("activation (z)", number=True, most=2)
    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        self.min_val = number_between("min_val", min_val, -math.inf, example=-1.0)
        self.max_val = number_between("max_val", max_val, -math.inf, example=1.0)
        if not self.min_val < self.max_val:
            raise ArgumentError(
                f"min_val must be less than max_val, got {self.min_val:g} and {self.max_val:g}.",
                "Write nn.Hardtanh(-1.0, 1.0), for example.",
            )
