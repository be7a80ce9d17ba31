"""A training step of a perceptron by hand: a list of NumPy calls, each writing into its own buffer.

Weights lie as (in, out), which OpenBLAS multiplies fastest, in one flat buffer; the weight gradients' products are
written straight into another.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from tests.benchmarks.limit.buffers import BLOCK, Calls, Flat, aligned, empty, in_blocks, run
from tests.benchmarks.works import Arrays, Job, Training


def sgd(flat: Flat, rate: float) -> Callable[[], None]:
    """θ ← θ − η g, by blocks."""
    eta, change = flat.values.dtype.type(rate), empty(flat.values.size, dtype=flat.values.dtype)

    def update(block: slice) -> None:
        np.multiply(flat.gradients[block], eta, change[block])
        np.subtract(flat.values[block], change[block], flat.values[block])

    if flat.values.size <= BLOCK:
        return partial(update, slice(None))
    return lambda: in_blocks(update, flat.values.size)


def adam(
    flat: Flat, rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
) -> Callable[[], None]:
    """Adam (Kingma & Ba, 2015) by blocks, on the moments m / (1 − β₁) and v / (1 − β₂), which saves two passes."""
    kind = flat.values.dtype.type
    m, v = np.zeros_like(flat.values), np.zeros_like(flat.values)
    scratch = empty(flat.values.size, dtype=flat.values.dtype)
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        scale = np.sqrt((1 - beta2) / (1 - beta2**steps))
        alpha = kind(rate * (1 - beta1) / (1 - beta1**steps) / scale)
        shift, b1, b2 = kind(epsilon / scale), kind(beta1), kind(beta2)

        def update(block: slice) -> None:
            g, m_, v_, t, values = flat.gradients[block], m[block], v[block], scratch[block], flat.values[block]
            np.multiply(m_, b1, m_)
            np.add(m_, g, m_)
            np.multiply(v_, b2, v_)
            np.multiply(g, g, t)
            np.add(v_, t, v_)
            np.sqrt(v_, t)
            np.add(t, shift, t)
            np.divide(m_, t, t)
            np.multiply(t, alpha, t)
            np.subtract(values, t, values)

        in_blocks(update, flat.values.size)

    return step


def activate(name: str, z: np.ndarray) -> Calls:
    """Turn z into σ(z) where it lies."""
    one = np.ones((), z.dtype)
    return {
        "identity": [],
        "relu": [partial(np.maximum, z, np.zeros((), z.dtype), out=z)],
        "tanh": [partial(np.tanh, z, z)],
        "sigmoid": [
            partial(np.negative, z, z),
            partial(np.exp, z, z),
            partial(np.add, z, one, z),
            partial(np.divide, one, z, z),
        ],
    }[name]


def times_slope(name: str, a: np.ndarray, delta: np.ndarray) -> Calls:
    """Multiply δ by σ′, written in terms of a = σ(z)."""
    one, t = np.ones((), a.dtype), np.empty_like(a)
    mask = np.empty(a.shape, bool)
    return {
        "identity": [],
        "relu": [partial(np.greater, a, np.zeros((), a.dtype), mask), partial(np.multiply, delta, mask, delta)],
        "tanh": [
            partial(np.multiply, a, a, t),
            partial(np.subtract, one, t, t),
            partial(np.multiply, delta, t, delta),
        ],
        "sigmoid": [
            partial(np.subtract, one, a, t),
            partial(np.multiply, t, a, t),
            partial(np.multiply, delta, t, delta),
        ],
    }[name]


def loss_calls(name: str, a: np.ndarray, y: np.ndarray, delta: np.ndarray) -> tuple[Calls, Callable[[], float]]:
    """The calls that leave ∂L/∂a in δ, and the loss after them."""
    count = a.dtype.type(len(a) if name == "cross_entropy" else a.size)
    flat, square = delta.reshape(-1), np.empty((), a.dtype)
    squared_error: Calls = [partial(np.subtract, a, y, delta), partial(np.dot, flat, flat, square)]
    if name == "half_sse":
        return squared_error, lambda: float(square) / 2
    if name == "mse":
        calls = [*squared_error, partial(np.multiply, delta, np.array(2 / count, a.dtype), delta)]
        return calls, lambda: float(square) / float(count)
    rows, highest, total = np.arange(len(a)), np.empty((len(a), 1), a.dtype), np.empty((len(a), 1), a.dtype)
    picked = np.empty(len(a), a.dtype)
    one_hot = np.zeros_like(a)
    one_hot[rows, y] = 1

    def pick() -> None:
        picked[...] = delta[rows, y]

    calls = [
        partial(np.maximum.reduce, a, axis=1, keepdims=True, out=highest),
        partial(np.subtract, a, highest, delta),
        pick,
        partial(np.exp, delta, delta),
        partial(np.add.reduce, delta, axis=1, keepdims=True, out=total),
        partial(np.divide, delta, total, delta),
        partial(np.subtract, delta, one_hot, delta),
        partial(np.divide, delta, np.array(count, a.dtype), delta),
    ]
    return calls, lambda: float(np.log(total).sum() - picked.sum()) / float(count)


def train(data: Training) -> Job:
    """Forward, backward and the optimizer's step over a perceptron."""
    flat = Flat([array for w, b in zip(data.weights, data.biases, strict=True) for array in (w.T, b)])
    weights, biases = flat.views[::2], flat.views[1::2]
    names = [data.activation] * (len(weights) - 1) + [data.output]
    batch, dtype = len(data.x), data.x.dtype
    a = [aligned(data.x), *(empty(batch, b.size, dtype=dtype) for b in biases)]
    delta = [empty(batch, b.size, dtype=dtype) for b in biases]
    ones = np.ones(batch, dtype)

    calls: Calls = []
    for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
        calls += [partial(np.dot, a[k], w, a[k + 1]), partial(np.add, a[k + 1], b, a[k + 1])]
        calls += activate(names[k], a[k + 1])
    to_loss, loss = loss_calls(data.loss, a[-1], data.y, delta[-1])
    calls += to_loss
    for k in reversed(range(len(weights))):
        calls += times_slope(names[k], a[k + 1], delta[k])
        calls += [
            partial(np.dot, a[k].T, delta[k], flat.slopes[2 * k]),
            partial(np.dot, ones, delta[k], flat.slopes[2 * k + 1]),
        ]
        if k:
            calls.append(partial(np.dot, delta[k], weights[k].T, delta[k - 1]))
    optimizer = {"sgd": sgd, "adam": adam}[data.optimizer](flat, data.rate)

    def step() -> float:
        run(calls)
        value = loss()
        optimizer()
        return value

    def answer() -> Arrays:
        run(calls)
        return [np.array(loss()), *(g.T.copy() for g in flat.slopes)]

    return Job(step, answer, lambda: [view.T.copy() for view in flat.views])
