"""micrograd: a graph of single numbers, with + * ** and ReLU."""

from importlib.metadata import version

import numpy as np
from micrograd.engine import Value

from tests.benchmarks.works import Arrays, Job, Pair

VERSION = f"micrograd {version('micrograd')}"


def expression(data: Pair) -> Job:
    """The expression of its README."""

    def value() -> tuple[Value, Value, Value]:
        a, b = Value(float(data.x)), Value(float(data.y))
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g, a, b

    def answer() -> Arrays:
        g, a, b = value()
        return [np.array(g.data), np.array(a.grad), np.array(b.grad)]

    return Job(value, answer)
