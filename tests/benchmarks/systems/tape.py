"""A bare tape: what an eager engine in Python costs that records, walks back and does nothing else.

No shapes or dtypes are checked, nothing is broadcast, named, drawn, protected or differentiated twice.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.works import Arrays, Chain, Job, Pair, Training, readme_expression

VERSION = f"bare tape on Python {platform.python_version()}"


class Value:
    """An array or number, what it was computed from, and the rule that gives the gradients of these."""

    __slots__ = ("data", "grad", "parents", "rule")

    def __init__(self, data: Any, parents: tuple[Value, ...] = (), rule: Callable[[Any], Any] | None = None) -> None:
        self.data = data
        self.parents = parents
        self.rule = rule
        self.grad: Any = None

    def __add__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return Value(self.data + other.data, (self, other), lambda g: (g, g))
        return Value(self.data + other, (self,), lambda g: (g,))

    def __sub__(self, other: Value) -> Value:
        return Value(self.data - other.data, (self, other), lambda g: (g, -g))

    def __mul__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))
        return Value(self.data * other, (self,), lambda g: (g * other,))

    def __truediv__(self, other: float) -> Value:
        return self * (1 / other)

    def __rtruediv__(self, other: float) -> Value:
        y = other / self.data
        return Value(y, (self,), lambda g: (-g * y / self.data,))

    def __pow__(self, power: int) -> Value:
        return Value(self.data**power, (self,), lambda g: (g * power * self.data ** (power - 1),))

    def __neg__(self) -> Value:
        return self * -1

    __radd__, __rmul__ = __add__, __mul__

    def sum(self) -> Value:
        """The sum of all elements."""
        return Value(self.data.sum(), (self,), lambda g: (np.full(self.data.shape, g),))

    def backward(self) -> None:
        """Add up the gradients, from this one back."""
        order: dict[Value, None] = {}
        waiting = [self]
        while waiting:  # a node is put into the order after all that it was computed from
            missing = [parent for parent in waiting[-1].parents if parent not in order]
            if missing:
                waiting += missing
            else:
                order[waiting.pop()] = None
        self.grad = 1.0
        for node in reversed(order):
            if node.rule is not None:
                for parent, g in zip(node.parents, node.rule(node.grad), strict=True):
                    parent.grad = g if parent.grad is None else parent.grad + g
                node.grad = None


def relu(x: Value) -> Value:
    """x where it is positive."""
    return Value(np.maximum(x.data, 0), (x,), lambda g: (g * (x.data > 0),))


def tanh(x: Value) -> Value:
    """The hyperbolic tangent."""
    y = np.tanh(x.data)
    return Value(y, (x,), lambda g: (g * (1 - y * y),))


def sigmoid(x: Value) -> Value:
    """The logistic function."""
    y = 1 / (1 + np.exp(-x.data))
    return Value(y, (x,), lambda g: (g * y * (1 - y),))


def linear(x: Value, w: Value, b: Value) -> Value:
    """x Wᵀ + b."""
    z = x.data.dot(w.data.T)
    z += b.data
    if x.rule is None:  # the data need no gradient
        return Value(z, (w, b), lambda g: (g.T.dot(x.data), g.sum(axis=0)))
    return Value(z, (x, w, b), lambda g: (g.dot(w.data), g.T.dot(x.data), g.sum(axis=0)))


def squared_error(a: Value, y: np.ndarray, scale: float) -> Value:
    """scale · Σ (a − y)²."""
    d = a.data - y
    return Value(scale * d.ravel().dot(d.ravel()), (a,), lambda g: (2 * scale * g * d,))


def cross_entropy(z: Value, labels: np.ndarray) -> Value:
    """The mean of −log softmax(z)[label]."""
    rows, e = np.arange(len(labels)), np.exp(z.data - z.data.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return Value(loss, (z,), lambda g: (p * (np.float32(g) / len(labels)),))


ACTIVATIONS = {"identity": lambda z: z, "relu": relu, "tanh": tanh, "sigmoid": sigmoid}
LOSSES: dict[str, Callable[[Value, np.ndarray], Value]] = {
    "half_sse": lambda a, y: squared_error(a, y, 0.5),
    "mse": lambda a, y: squared_error(a, y, 1 / y.size),
    "cross_entropy": cross_entropy,
}


def differentiated(value: Callable[[], Value], leaves: list[Value]) -> Arrays:
    """The value and its gradients."""
    for leaf in leaves:
        leaf.grad = None
    y = value()
    y.backward()
    return [np.asarray(y.data), *(np.array(leaf.grad) for leaf in leaves)]


def differentiating(value: Callable[[], Value], leaves: list[Value]) -> Job:
    """The value and its gradients, over and over."""
    return Job(lambda: differentiated(value, leaves), lambda: differentiated(value, leaves))


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    layers = [(Value(w.copy()), Value(b.copy())) for w, b in zip(data.weights, data.biases, strict=True)]
    parameters = [each for layer in layers for each in layer]
    names = [data.activation] * (len(layers) - 1) + [data.output]
    x, m, v = Value(data.x), *([np.zeros_like(p.data) for p in parameters] for _ in range(2))
    steps = 0

    def loss() -> Value:
        a = x
        for (w, b), name in zip(layers, names, strict=True):
            a = ACTIVATIONS[name](linear(a, w, b))
        return LOSSES[data.loss](a, data.y)

    def gradients() -> None:
        for p in parameters:
            p.grad = None
        loss().backward()

    def sgd() -> None:
        gradients()
        for p in parameters:
            p.data -= data.rate * p.grad

    def adam() -> None:
        nonlocal steps
        steps += 1
        gradients()
        for p, m_, v_ in zip(parameters, m, v, strict=True):
            m_ += 0.1 * (p.grad - m_)
            v_ += 0.001 * (p.grad * p.grad - v_)
            p.data -= data.rate / (1 - 0.9**steps) * m_ / (np.sqrt(v_ / (1 - 0.999**steps)) + 1e-8)

    return Job(
        {"sgd": sgd, "adam": adam}[data.optimizer],
        lambda: differentiated(loss, parameters),
        lambda: [p.data.copy() for p in parameters],
    )


def expression(data: Pair) -> Job:
    """The expression of micrograd's README."""
    a, b = Value(np.float64(data.x)), Value(np.float64(data.y))

    return differentiating(lambda: readme_expression(a, b, relu), [a, b])


def chain(data: Chain) -> Job:
    """The chain, one operation after the other."""
    start, w = Value(data.x), Value(data.w)

    def value() -> Value:
        x = start
        for _ in range(data.links):
            x = tanh(x * w)
        return x.sum()

    return differentiating(value, [start, w])
