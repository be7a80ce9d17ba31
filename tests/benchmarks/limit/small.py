"""Small works by hand: an expression of two numbers, a chain of small operations, a Hessian-vector product."""

from functools import partial
from itertools import pairwise

import numpy as np

from tests.benchmarks.limit.buffers import Calls, empty, run
from tests.benchmarks.works import Arrays, Chain, Direction, Job, Pair


def expression(data: Pair) -> Job:
    """Forward and backward in Python's floats: nothing beats them on single numbers."""
    a, b = float(data.x), float(data.y)

    def step() -> tuple[float, float, float]:
        c = a + b
        d = a * b + b**3
        c1 = 2 * c + 1
        c2 = 1 + 2 * c1 - a
        d1 = 3 * d + (b + a if b + a > 0 else 0.0)
        d2 = 4 * d1 + (b - a if b - a > 0 else 0.0)
        e = c2 - d2
        f = e**2
        g = f / 2 + 10 / f

        e_ = (0.5 - 10 / f**2) * 2 * e
        plus, minus = -4 * e_ * (b + a > 0), -e_ * (b - a > 0)
        c_, d_ = 4 * e_, -12 * e_
        return g, c_ - e_ + d_ * b + plus - minus, c_ + d_ * (a + 3 * b**2) + plus + minus

    return Job(step, lambda: [np.array(value) for value in step()])


def chain(data: Chain) -> Job:
    """Forward into one long buffer, then back along it."""
    x, w, n = data.x, data.w, data.links
    products, values = empty(n, x.size, dtype=x.dtype), empty(n + 1, x.size, dtype=x.dtype)
    g, t, slope, one = np.empty_like(x), np.empty_like(x), np.empty_like(x), np.ones(())
    forward = list(zip(values[:-1], products, values[1:], strict=True))
    back = list(pairwise(values))[::-1]
    values[0] = x

    def step() -> Arrays:
        multiply, add, subtract, tanh = np.multiply, np.add, np.subtract, np.tanh
        for before, product, after in forward:
            multiply(before, w, product)
            tanh(product, after)
        g[...], slope[...] = 1, 0
        for before, after in back:
            multiply(after, after, t)
            subtract(one, t, t)
            multiply(g, t, g)
            multiply(g, before, t)
            add(slope, t, slope)
            multiply(g, w, g)
        return [values[-1].sum(), g.copy(), slope.copy()]

    return Job(step, step)


def hessian_vector_product(data: Direction) -> Job:
    """The R operator (Pearlmutter, 1994): every line of the gradient, and its derivative along the direction."""
    (w1, w2), (b1, b2) = [w.T.copy() for w in data.network.weights], data.network.biases
    (v1, v2), (c1, c2) = [v.T.copy() for v in data.weights], data.biases
    x, y = data.network.x, data.network.y
    both, width = np.hstack([w1, v1]), w1.shape[1]
    shift, scale, ones = np.hstack([b1, c1]), np.array(2 / y.size), np.ones(len(x))
    z = np.empty((len(x), 2 * width))
    a, ra, slope, g, rg, t = (np.empty((len(x), width)) for _ in range(6))
    delta, r_delta, r_last = (np.empty_like(y) for _ in range(3))
    products = [np.empty_like(array) for array in (w1, b1, w2, b2)]

    calls: Calls = [
        partial(np.dot, x, both, z),
        partial(np.add, z, shift, z),
        partial(np.tanh, z[:, :width], a),
        partial(np.multiply, a, a, slope),
        partial(np.subtract, np.ones(()), slope, slope),
        partial(np.multiply, slope, z[:, width:], ra),
        partial(np.dot, a, w2, delta),
        partial(np.add, delta, b2, delta),
        partial(np.subtract, delta, y, delta),
        partial(np.multiply, delta, scale, delta),
        partial(np.dot, a, v2, r_delta),
        partial(np.dot, ra, w2, r_last),
        partial(np.add, r_delta, r_last, r_delta),
        partial(np.add, r_delta, c2, r_delta),
        partial(np.multiply, r_delta, scale, r_delta),
        partial(np.dot, ra.T, delta, products[2]),
        partial(np.dot, a.T, r_delta, r_w2 := np.empty_like(w2)),
        partial(np.add, products[2], r_w2, products[2]),
        partial(np.dot, ones, r_delta, products[3]),
        partial(np.multiply, delta, w2.T, g),
        partial(np.multiply, r_delta, w2.T, rg),
        partial(np.multiply, delta, v2.T, t),
        partial(np.add, rg, t, rg),
        partial(np.multiply, rg, slope, rg),
        partial(np.multiply, g, a, t),
        partial(np.multiply, t, ra, t),
        partial(np.multiply, t, np.array(-2.0), t),
        partial(np.add, rg, t, rg),
        partial(np.dot, x.T, rg, products[0]),
        partial(np.dot, ones, rg, products[1]),
    ]

    def answer() -> Arrays:
        run(calls)
        loss = (delta**2).sum() * y.size / 4
        return [np.array(loss), *(product.T.copy() for product in products)]

    return Job(lambda: run(calls), answer)
