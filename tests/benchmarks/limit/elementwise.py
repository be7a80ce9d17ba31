"""A long elementwise expression by hand, in blocks that fit a core's cache, one thread a block."""

import numpy as np

from tests.benchmarks.limit.buffers import BLOCK, THREADS, aligned, empty, pool
from tests.benchmarks.works import Arrays, Job, Pair


def elementwise(data: Pair) -> Job:
    """Value and both gradients block by block, each block's temporaries in the core's cache."""
    kind, n = data.x.dtype.type, data.x.size
    x, y = aligned(data.x), aligned(data.y)
    dx, dy = np.empty_like(x), np.empty_like(y)
    size = BLOCK // 4
    half, one, cubic = kind(0.5), kind(1), kind(0.044715)
    root, bend, share = kind(np.sqrt(2 / np.pi)), kind(3 * 0.044715), kind(1 / n)
    spare = [[empty(size, dtype=kind) for _ in range(6)] for _ in range(THREADS)]

    def block(start: int, buffers: Arrays) -> float:
        part = slice(start, min(start + size, n))
        x_, y_, p, q = x[part], y[part], dx[part], dy[part]
        xx, t, s, e, gelu, xy = (buffer[: x_.size] for buffer in buffers)
        np.multiply(x_, x_, xx)
        np.multiply(xx, cubic, t)
        np.add(t, one, t)
        np.multiply(t, x_, t)
        np.multiply(t, root, t)
        np.tanh(t, t)  # t = tanh(√(2/π) (x + 0.044715 x³))
        np.negative(y_, s)
        np.exp(s, s)
        np.add(s, one, s)
        np.divide(one, s, s)  # s = σ(y)
        np.add(t, one, p)
        np.multiply(p, half, p)  # p = (1 + t) / 2 for now
        np.multiply(p, x_, gelu)
        np.multiply(xx, bend, xx)
        np.add(xx, one, xx)
        np.multiply(xx, root, xx)
        np.subtract(one, t, q)
        np.multiply(q, gelu, q)
        np.multiply(q, xx, q)
        np.add(p, q, p)
        np.multiply(p, s, p)  # p = gelu′(x) σ(y)
        np.multiply(gelu, s, gelu)
        np.subtract(one, s, s)
        np.multiply(gelu, s, q)  # q = gelu(x) σ(y) (1 − σ(y))
        np.multiply(x_, y_, xy)
        np.absolute(xy, t)
        np.negative(t, t)
        np.exp(t, e)
        np.log1p(e, t)
        value = float(gelu.sum()) + float(t.sum())
        np.add(e, one, t)
        np.divide(e, t, e)
        np.copysign(e, xy, e)  # e = −∂ log1p(exp(−|xy|)) / ∂(xy)
        np.multiply(e, y_, t)
        np.subtract(p, t, p)
        np.multiply(p, share, p)
        np.multiply(e, x_, t)
        np.subtract(q, t, q)
        np.multiply(q, share, q)
        return value

    def share_of(thread: int) -> float:
        return sum(block(start, spare[thread]) for start in range(thread * size, n, THREADS * size))

    def step() -> float:
        return sum(pool.map(share_of, range(THREADS)) if THREADS > 1 else [share_of(0)]) / n

    def answer() -> Arrays:
        return [np.array(step()), dx.copy(), dy.copy()]

    return Job(step, answer)
