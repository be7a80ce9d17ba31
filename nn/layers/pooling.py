"""Pooling layers: the maximum or the mean of each window, which make signals and images smaller."""

from typing import Any, ClassVar

import autograd_lite as ag
from nn.arguments import as_tensor
from nn.layers.axes import along_axes, check_batch, check_half, reach, shortest
from nn.module import Module


class Pooling(Module):
    """The base of layers that pool over windows: arguments and checks, for any number of axes."""

    axes: ClassVar[int]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]

    def _place(self, kernel_size: Any, stride: Any, padding: Any) -> None:
        self.kernel_size = along_axes("kernel_size", kernel_size, self.axes)
        self.stride = self.kernel_size if stride is None else along_axes("stride", stride, self.axes)
        self.padding = along_axes("padding", padding, self.axes, least=0)
        check_half(self.padding, self.kernel_size)

    def _checked(self, given: Any) -> ag.Tensor:
        x = as_tensor(given, name="x")
        spans = reach(self.kernel_size, getattr(self, "dilation", (1,) * self.axes))
        least = tuple(span - 2 * n for span, n in zip(spans, self.padding, strict=True))
        check_batch(self, x.shape, self.axes, spans=least)
        return x

    def title(self) -> str:
        parts = [shortest(self.kernel_size)]
        parts += [f"stride={shortest(self.stride)}"] if self.stride != self.kernel_size else []
        parts += [f"padding={shortest(self.padding)}"] if any(self.padding) else []
        return f"{type(self).__name__}({', '.join([*parts, *self._more()])})"

    def _more(self) -> list[str]:
        """Return the arguments that not every pooling layer has."""
        return []


class MaxPooling(Pooling):
    """The base of MaxPool1d and MaxPool2d."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
    ) -> None:
        self._place(kernel_size, stride, padding)
        self.dilation = along_axes("dilation", dilation, self.axes)

    def forward(self, x: Any) -> ag.Tensor:
        pool = ag.max_pool1d if self.axes == 1 else ag.max_pool2d
        a: ag.Tensor = pool(self._checked(x), self.kernel_size, self.stride, self.padding, self.dilation)
        return a

    def _more(self) -> list[str]:
        return [f"dilation={shortest(self.dilation)}"] if set(self.dilation) != {1} else []


class MaxPool1d(MaxPooling):
    """The largest number in each window of signals; parameters and errors are those of `MaxPool2d`, of one axis.

    Shapes
    ------
    x : (N, C, L)
    a : (N, C, (L + 2 padding − dilation (kernel_size − 1) − 1) // stride + 1)

    Examples
    --------
    >>> nn.MaxPool1d(2)([[[1.0, 3.0, 2.0, 5.0]]])
    tensor([[[3., 5.]]])
    """

    axes = 1


class MaxPool2d(MaxPooling):
    """The largest number in each window of images.

    The gradient goes to that number; where several tie, to the first in the order of rows.

    Parameters
    ----------
    kernel_size : int or pair of int
        The window; a pair is (rows, columns).
    stride : int or pair of int, optional
        The distance between windows; by default they lie side by side. What is left over at the end is not seen.
    padding : int or pair of int
        What is added on every side, at most half of the window; it is never the largest.
    dilation : int or pair of int
        The distance between the elements of one window.

    Shapes
    ------
    x : (N, C, H, W)
    a : (N, C, (H + 2 padding − dilation (rows − 1) − 1) // stride + 1, the same of W)

    Raises
    ------
    ShapeError
        When called with anything else than images, or with images smaller than a window.
    ArgumentError, UsageError
        When made with impossible sizes.

    Examples
    --------
    >>> nn.MaxPool2d(2)(np.ones((5, 8, 6, 6))).shape
    (5, 8, 3, 3)
    """

    axes = 2


class AvgPooling(Pooling):
    """The base of AvgPool1d and AvgPool2d."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        *,
        count_include_pad: bool = True,
    ) -> None:
        self._place(kernel_size, stride, padding)
        self.count_include_pad = bool(count_include_pad)

    def forward(self, x: Any) -> ag.Tensor:
        pool = ag.avg_pool1d if self.axes == 1 else ag.avg_pool2d
        counted = self.count_include_pad
        a: ag.Tensor = pool(self._checked(x), self.kernel_size, self.stride, self.padding, count_include_pad=counted)
        return a

    def _more(self) -> list[str]:
        return [] if self.count_include_pad else ["count_include_pad=False"]


class AvgPool1d(AvgPooling):
    """The mean of each window of signals; parameters and errors are those of `AvgPool2d`, of one axis.

    Shapes
    ------
    x : (N, C, L)
    a : (N, C, (L + 2 padding − kernel_size) // stride + 1)

    Examples
    --------
    >>> nn.AvgPool1d(2)([[[1.0, 3.0, 2.0, 5.0]]])
    tensor([[[2. , 3.5]]])
    """

    axes = 1


class AvgPool2d(AvgPooling):
    """The mean of each window of images.

    Parameters
    ----------
    kernel_size : int or pair of int
        The window; a pair is (rows, columns).
    stride : int or pair of int, optional
        The distance between windows; by default they lie side by side. What is left over at the end is not seen.
    padding : int or pair of int
        The zeros on every side, at most half of the window.
    count_include_pad : bool
        Whether the zeros count: the mean is over the whole window, or over what lies in the image.

    Shapes
    ------
    x : (N, C, H, W)
    a : (N, C, (H + 2 padding − rows) // stride + 1, the same of W)

    Raises
    ------
    ShapeError
        When called with anything else than images, or with images smaller than a window.
    ArgumentError, UsageError
        When made with impossible sizes.

    Examples
    --------
    >>> nn.AvgPool2d(2)(np.ones((5, 8, 6, 6))).shape
    (5, 8, 3, 3)
    """

    axes = 2


class AdaptiveAvgPool2d(Module):
    """The means of images over as many parts as are wanted, whatever the size of the images; with 1, over all of each.

    Part i of n elements in m parts goes from ⌊i n/m⌋ to ⌈(i + 1) n/m⌉: the parts overlap unless m divides n.

    Parameters
    ----------
    output_size : int, None, or pair of them
        How many (rows, columns) come out; None is as many as there are.

    Shapes
    ------
    x : (N, C, H, W)
    a : (N, C, rows, columns)

    Raises
    ------
    ShapeError
        When called with anything else than images, or with images without a pixel.
    ArgumentError, UsageError
        When made with impossible sizes.

    Examples
    --------
    >>> nn.AdaptiveAvgPool2d(1)(np.ones((5, 8, 6, 7))).shape
    (5, 8, 1, 1)
    """

    axes: ClassVar[int] = 2

    def __init__(self, output_size: int | tuple[int | None, int | None] | None) -> None:
        pair = tuple(output_size) if isinstance(output_size, (tuple, list)) else None
        if pair is not None:
            along_axes("output_size", tuple(1 if each is None else each for each in pair), self.axes)
        elif output_size is not None:
            along_axes("output_size", output_size, self.axes)
        self.output_size = pair or (output_size, output_size)

    def forward(self, x: Any) -> ag.Tensor:
        x = as_tensor(x, name="x")
        check_batch(self, x.shape, self.axes, spans=(1, 1))
        a: ag.Tensor = ag.adaptive_avg_pool2d(x, self.output_size)
        return a

    def title(self) -> str:
        return f"AdaptiveAvgPool2d({shortest(self.output_size)})"
