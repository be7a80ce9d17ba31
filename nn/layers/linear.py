"""Linear, the layer z = W x + b."""

import math
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError
from nn import functional
from nn.arguments import as_tensor, parameter_dtype, positive_integer
from nn.init import Initializer, zeros
from nn.layers.weights import drawn
from nn.module import Module, Parameter, misfit
from nn.random import Rng

_SIZES = "Give the number of features, nn.Linear(2, 3), for example."


class Linear(Module):
    """z = x Wᵀ + b: for one example z = W x + b, for a batch the same in each row.

    Parameters
    ----------
    in_features, out_features : int
        Fan-in and fan-out.
    bias : bool
        Add b, of shape (out_features,); it starts at 0.
    init : str, float or function
        How W starts: a name in `nn.init`, a constant, or a function called as ``init(shape, dtype=, rng=)``.
    dtype : dtype
        Of the parameters, and so of z.
    rng : int, Generator or None
        Where W is drawn from; None is the Generator that `nn.manual_seed` seeds.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
        W.
    bias : Parameter, shape (out_features,), or None
        b.

    Shapes
    ------
    x : (N, in_features) or (in_features,), or with more axes in front
    z : (N, out_features) or (out_features,), the same axes in front

    Raises
    ------
    ShapeError
        When called, if the last axis of x is not in_features long.
    DtypeError
        When x is no array of numbers, or complex for real parameters.
    ArgumentError, UsageError
        When made with impossible sizes or an unknown `init`.

    Examples
    --------
    >>> nn.Linear(2, 3)(np.ones((5, 2))).shape
    (5, 3)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        init: str | float | Initializer = "he_uniform",
        dtype: Any = np.float64,
        rng: Rng = None,
    ) -> None:
        self.in_features = positive_integer("in_features", in_features, _SIZES)
        self.out_features = positive_integer("out_features", out_features, _SIZES)
        shape = (self.out_features, self.in_features)
        dtype = parameter_dtype(dtype)
        self.weight = Parameter(drawn(init, shape, dtype, rng))
        self.bias = Parameter(zeros((self.out_features,), dtype=dtype)) if bias else None

    def forward(self, x: Any) -> ag.Tensor:
        weight = self.weight
        x = as_tensor(x, weight.dtype, name="x")
        shape = x.shape
        if not shape or shape[-1] != self.in_features:
            raise self._misfit(shape)
        z: ag.Tensor = functional.linear(x, weight, self.bias)
        return z

    def title(self) -> str:
        return f"Linear({self.in_features}, {self.out_features}{'' if self.bias is not None else ', bias=False'})"

    def _misfit(self, shape: tuple[int, ...]) -> ShapeError:
        wanted = self.in_features
        if shape == (wanted, 1):
            return misfit(
                self,
                f"got a column {shape}, expected ({wanted},) or (N, {wanted}).",
                "Pass x.ravel(), or x.T for one example a row.",
            )
        if wanted == 1:
            return misfit(
                self, f"expects (..., 1), got {shape}.", "Pass x.reshape(-1, 1): one example a row, of one feature."
            )
        if len(shape) > 1 and wanted in (math.prod(shape), math.prod(shape[1:])):
            single = wanted == math.prod(shape)
            whole = f"x.ravel(): {_product(shape)} = {wanted} features"
            rows = f"x.reshape(len(x), {wanted}): one example a row, of {_product(shape[1:])} = {wanted} features"
            mend = f"Pass {whole if single else rows}."
            return misfit(self, f"expects (..., {wanted}), got {shape}.", mend, got=shape)
        mend = f"Pass x of shape ({wanted},), or (N, {wanted}) with one example a row"
        mend += f"; or make the layer for {shape[-1]} features." if shape and shape[-1] else "."
        return misfit(self, f"expects (..., {wanted}), got {shape}.", mend, got=shape)


def _product(shape: tuple[int, ...]) -> str:
    return "·".join(map(str, shape))
