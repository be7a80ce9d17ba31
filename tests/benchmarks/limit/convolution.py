"""A training step of a small convolutional network by hand: windows copied into a matrix, and matrix products."""

from functools import partial

import numpy as np

from tests.benchmarks.limit.buffers import Calls, Flat, aligned, empty, run
from tests.benchmarks.limit.training import loss_calls, sgd
from tests.benchmarks.works import Arrays, Images, Job


def windows(x: np.ndarray) -> np.ndarray:
    """The 3×3 windows of (N, H, W, C) as (N, H − 2, W − 2, 3, 3, C), without copying."""
    return np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)


class Stage:
    """A 3×3 convolution, 2×2 max pooling and ReLU over (N, H, W, C), with the products as one matrix product.

    Pooling comes before the bias and ReLU: both grow with their argument, so the result is the same on a quarter
    of the elements.
    """

    def __init__(self, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, d_kernel: np.ndarray, d_bias: np.ndarray):
        n, height, width, channels = x.shape
        rows, columns, out = height - 2, width - 2, bias.size
        self.x, self.kernel, self.bias, self.d_kernel, self.d_bias = x, kernel, bias, d_kernel, d_bias
        self.source = windows(x)
        self.columns = empty(n * rows * columns, 9 * channels, dtype=x.dtype)
        self.z = empty(n, rows, columns, out, dtype=x.dtype)
        h, w = rows // 2, columns // 2
        self.corners = [self.z[:, i : 2 * h : 2, j : 2 * w : 2] for i in (0, 1) for j in (0, 1)]
        self.pooled = empty(n, h, w, out, dtype=x.dtype)
        self.a = np.empty_like(self.pooled)
        self.g, self.masked = np.empty_like(self.pooled), np.empty_like(self.pooled)
        self.mask, self.equal = np.empty(self.a.shape, bool), np.empty(self.a.shape, bool)
        self.delta = np.zeros_like(self.z)
        self.d_corners = [self.delta[:, i : 2 * h : 2, j : 2 * w : 2] for i in (0, 1) for j in (0, 1)]
        self.d_columns = np.empty_like(self.columns)
        self.ones = np.ones(n * h * w, x.dtype)

    def forward(self) -> None:
        """Leave the stage's result in `a`."""
        self.columns.reshape(self.source.shape)[...] = self.source
        np.dot(self.columns, self.kernel, self.z.reshape(len(self.columns), -1))
        first, second, third, fourth = self.corners
        np.maximum(first, second, out=self.pooled)
        np.maximum(self.pooled, third, out=self.pooled)
        np.maximum(self.pooled, fourth, out=self.pooled)
        np.add(self.pooled, self.bias, self.a)
        np.maximum(self.a, 0, out=self.a)

    def backward(self, d_x: np.ndarray | None) -> None:
        """From ∂L/∂a in `g`, the gradients of the kernel and the bias, and of x where it is asked for."""
        np.greater(self.a, 0, self.mask)
        np.multiply(self.g, self.mask, self.masked)
        np.dot(self.ones, self.masked.reshape(len(self.ones), -1), self.d_bias)
        for corner, d_corner in zip(self.corners, self.d_corners, strict=True):
            np.equal(corner, self.pooled, self.equal)
            np.multiply(self.masked, self.equal, d_corner)
        delta = self.delta.reshape(len(self.columns), -1)
        np.dot(self.columns.T, delta, self.d_kernel)
        if d_x is None:
            return
        np.dot(delta, self.kernel.T, self.d_columns)
        parts = self.d_columns.reshape(self.source.shape)
        d_x[...] = 0
        _, rows, columns, *_ = parts.shape
        for i in range(3):
            for j in range(3):
                target = d_x[:, i : i + rows, j : j + columns]
                np.add(target, parts[:, :, :, i, j], target)


def convolution(data: Images) -> Job:
    """Two stages, a linear layer and softmax cross-entropy, with images as (N, H, W, C)."""
    x = aligned(data.x.transpose(0, 2, 3, 1))
    kernels = [k.transpose(2, 3, 1, 0).reshape(-1, len(k)) for k in data.kernels]
    # The images' channels come last here and before the rows and columns in the data.
    weight = data.weight.reshape(10, 32, 5, 5).transpose(2, 3, 1, 0).reshape(800, 10)
    first_bias, second_bias = data.kernel_biases
    flat = Flat([kernels[0], first_bias, kernels[1], second_bias, weight, data.bias])
    k1, b1, k2, b2, w, b = flat.views
    first = Stage(x, k1, b1, *flat.slopes[:2])
    second = Stage(first.a, k2, b2, *flat.slopes[2:4])
    features = second.a.reshape(len(x), -1)
    logits, delta = empty(len(x), 10, dtype=x.dtype), empty(len(x), 10, dtype=x.dtype)
    to_loss, loss = loss_calls("cross_entropy", logits, data.labels, delta)
    ones = np.ones(len(x), x.dtype)
    optimizer = sgd(flat, data.rate)
    calls: Calls = [
        first.forward,
        second.forward,
        partial(np.dot, features, w, logits),
        partial(np.add, logits, b, logits),
        *to_loss,
        partial(np.dot, features.T, delta, flat.slopes[4]),
        partial(np.dot, ones, delta, flat.slopes[5]),
        partial(np.dot, delta, w.T, second.g.reshape(len(x), -1)),
        partial(second.backward, first.g),
        partial(first.backward, None),
    ]

    def step() -> None:
        run(calls)
        optimizer()

    def as_given(arrays: Arrays) -> Arrays:
        k1, b1, k2, b2, w, b = arrays
        k1, k2 = (k.reshape(3, 3, -1, size).transpose(3, 2, 0, 1) for k, size in ((k1, 16), (k2, 32)))
        w = w.reshape(5, 5, 32, 10).transpose(3, 2, 0, 1).reshape(10, 800)
        return [array.copy() for array in (k1, b1, k2, b2, w, b)]

    def answer() -> Arrays:
        run(calls)
        return [np.array(loss()), *as_given(flat.slopes)]

    return Job(step, answer, lambda: as_given(flat.views))
