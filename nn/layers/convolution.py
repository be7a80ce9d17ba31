"""Conv1d and Conv2d: layers whose weights are windows, which move across signals or images."""

from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from nn.arguments import as_tensor, choice, parameter_dtype, positive_integer
from nn.init import Initializer, zeros
from nn.layers.axes import along_axes, check_batch, reach, shortest
from nn.layers.weights import drawn
from nn.module import Module, Parameter
from nn.random import Rng


class Convolution(Module):
    """The base of Conv1d and Conv2d: arguments, weights and checks, for any number of axes."""

    axes: ClassVar[int]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] | str = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        init: str | float | Initializer = "he_uniform",
        dtype: Any = np.float64,
        rng: Rng = None,
    ) -> None:
        example = f"Give the number of channels, nn.{type(self).__name__}(1, 8, 3), for example."
        self.in_channels = positive_integer("in_channels", in_channels, example)
        self.out_channels = positive_integer("out_channels", out_channels, example)
        self.kernel_size = along_axes("kernel_size", kernel_size, self.axes)
        self.stride = along_axes("stride", stride, self.axes)
        self.dilation = along_axes("dilation", dilation, self.axes)
        self.padding = self._padding(padding)
        self.groups = positive_integer("groups", groups, "Write groups=1, for one convolution over all channels.")
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                f"groups={self.groups} divides {self.in_channels} channels in and {self.out_channels} out unequally.",
                "Both numbers of channels are multiples of groups.",
            )
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        dtype = parameter_dtype(dtype)
        self.weight = Parameter(drawn(init, shape, dtype, rng))
        self.bias = Parameter(zeros((self.out_channels,), dtype=dtype)) if bias else None

    def _padding(self, padding: Any) -> tuple[int, ...] | str:
        if not isinstance(padding, str):
            return along_axes("padding", padding, self.axes, least=0)
        choice("padding", padding, ("valid", "same"))
        if padding == "same" and set(self.stride) != {1}:
            raise ArgumentError(
                f'padding="same" keeps the size, stride={shortest(self.stride)} does not.',
                "Give the padding as a number, or leave the stride at 1.",
            )
        return padding

    def forward(self, x: Any) -> ag.Tensor:
        weight = self.weight
        x = as_tensor(x, weight.dtype, name="x")
        check_batch(self, x.shape, self.axes, self.in_channels, self._least())
        convolve = ag.conv1d if self.axes == 1 else ag.conv2d
        z: ag.Tensor = convolve(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        return z

    def _least(self) -> tuple[int, ...] | None:
        """Return the least lengths of the input; with "same" any will do."""
        if self.padding == "same":
            return None
        spans = reach(self.kernel_size, self.dilation)
        if isinstance(self.padding, str):
            return spans
        return tuple(span - 2 * n for span, n in zip(spans, self.padding, strict=True))

    def title(self) -> str:
        parts = [str(self.in_channels), str(self.out_channels), f"kernel_size={shortest(self.kernel_size)}"]
        for name, usual in (("stride", "1"), ("padding", "0"), ("dilation", "1"), ("groups", "1")):
            value = getattr(self, name)
            said = repr(value) if isinstance(value, str) else shortest(value)
            parts += [f"{name}={said}"] if said != usual else []
        return f"{type(self).__name__}({', '.join(parts)}{'' if self.bias is not None else ', bias=False'})"


class Conv1d(Convolution):
    """z[o, i] = b[o] + Σ x[c, s i + d k] w[o, c, k]: signals, correlated with a window of weights for each channel out.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of the signals that come and go.
    kernel_size : int
        The length of the window.
    stride, dilation : int
        The distances s between windows, and d between what one window sees.
    padding : int, "valid" or "same"
        The zeros on both sides; "valid" is none, "same" as many as keep the length.
    groups : int
        The channels in and out are divided into this many parts, each with its own convolution.
    bias : bool
        Add b, one number a channel; it starts at 0.
    init : str, float or function
        How w starts, He's uniform distribution unless given (PyTorch's is narrower, √(1/6) of it): a name in
        `nn.init`, a constant, or a function called as ``init(shape, dtype=, rng=)``.
    dtype : dtype
        Of the parameters, and so of z.
    rng : int, Generator or None
        Where w is drawn from; None is the Generator that `nn.manual_seed` seeds.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, kernel_size)
        w.
    bias : Parameter, shape (out_channels,), or None
        b.

    Shapes
    ------
    x : (N, in_channels, L)
    z : (N, out_channels, (L + 2 padding − dilation (kernel_size − 1) − 1) // stride + 1)

    Raises
    ------
    ShapeError
        When called with anything else than such signals.
    DtypeError
        When x is no array of numbers, or complex for real parameters.
    ArgumentError, UsageError
        When made with impossible sizes or an unknown `init`.

    Examples
    --------
    >>> nn.Conv1d(3, 8, 5)(np.ones((2, 3, 20))).shape
    (2, 8, 16)
    """

    axes = 1


class Conv2d(Convolution):
    """z[o, i, j] = b[o] + Σ x[c, s i + d k, s j + d l] w[o, c, k, l]: images, with a window of weights a channel out.

    As in PyTorch and all of the field, the window is not turned around: the name says convolution, the formula is the
    cross-correlation.

    Parameters
    ----------
    in_channels, out_channels : int
        The channels of the images that come and go.
    kernel_size : int or pair of int
        The window; a pair is (rows, columns).
    stride, dilation : int or pair of int
        The distances s between windows, and d between what one window sees.
    padding : int, pair of int, "valid" or "same"
        The zeros on every side; "valid" is none, "same" as many as keep H and W.
    groups : int
        The channels in and out are divided into this many parts, each with its own convolution.
    bias : bool
        Add b, one number a channel; it starts at 0.
    init : str, float or function
        How w starts, He's uniform distribution unless given (PyTorch's is narrower, √(1/6) of it): a name in
        `nn.init`, a constant, or a function called as ``init(shape, dtype=, rng=)``.
    dtype : dtype
        Of the parameters, and so of z.
    rng : int, Generator or None
        Where w is drawn from; None is the Generator that `nn.manual_seed` seeds.

    Attributes
    ----------
    weight : Parameter, shape (out_channels, in_channels / groups, rows, columns)
        w.
    bias : Parameter, shape (out_channels,), or None
        b.

    Shapes
    ------
    x : (N, in_channels, H, W)
    z : (N, out_channels, (H + 2 padding − dilation (rows − 1) − 1) // stride + 1, the same of W)

    Raises
    ------
    ShapeError
        When called with anything else than such images.
    DtypeError
        When x is no array of numbers, or complex for real parameters.
    ArgumentError, UsageError
        When made with impossible sizes or an unknown `init`.

    Examples
    --------
    >>> nn.Conv2d(1, 8, 3)(np.ones((5, 1, 8, 8))).shape
    (5, 8, 6, 6)
    >>> nn.Conv2d(1, 8, 3, padding="same")
    Conv2d(1, 8, kernel_size=3, padding='same'): weight (8, 1, 3, 3), bias (8,), 80 parameters
    """

    axes = 2
