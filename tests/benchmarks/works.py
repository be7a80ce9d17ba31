"""The works: what each one computes, the data that all systems share, and what counts as agreement.

A system's module does a work by a function of the work's kind, which takes the data and returns a `Job`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Arrays = list[np.ndarray]


class Job(NamedTuple):
    """One work as one system does it.

    `step` is what is timed. `answer` gives the loss and the gradients at the start, weights as (out, in);
    `parameters` gives what a training work has made of its parameters so far.
    """

    step: Callable[[], object]
    answer: Callable[[], Arrays]
    parameters: Callable[[], Arrays] | None = None


@dataclass(frozen=True)
class Training:
    """A multilayer perceptron, one batch for it, and how it learns."""

    weights: Arrays
    biases: Arrays
    x: np.ndarray
    y: np.ndarray
    activation: str
    output: str
    loss: str
    optimizer: str
    rate: float


@dataclass(frozen=True)
class Direction:
    """A multilayer perceptron under the mean squared error, and a direction to multiply the Hessian by."""

    network: Training
    weights: Arrays
    biases: Arrays


@dataclass(frozen=True)
class Chain:
    """x ← tanh(x · w), over and over: two small operations a link, and the sum at the end."""

    x: np.ndarray
    w: np.ndarray
    links: int


@dataclass(frozen=True)
class Pair:
    """Two vectors, or two numbers."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Images:
    """A batch of images (N, 1, 28, 28), their labels, and a small convolutional network.

    Twice a 3×3 convolution without padding, ReLU and 2×2 max pooling (16 and 32 channels), then a linear layer.
    """

    x: np.ndarray
    labels: np.ndarray
    kernels: Arrays
    kernel_biases: Arrays
    weight: np.ndarray
    bias: np.ndarray
    rate: float


@dataclass(frozen=True)
class Work:
    """One row of the comparison."""

    name: str
    title: str
    kind: str
    make: Callable[[], Any] = field(repr=False)
    tolerance: float = 1e-9
    operations: int = 1
    goals: dict[str, float] = field(default_factory=dict)
    systems: frozenset[str] | None = None

    @property
    def unit(self) -> str:
        """What one repetition is divided by: the whole step, or one operation of a chain."""
        return "µs/op" if self.operations > 1 else "µs"


def glorot(rng: np.random.Generator, fan_out: int, fan_in: int, dtype: type) -> np.ndarray:
    """Uniform in ±√(6 / (fan_in + fan_out)), as in Glorot & Bengio (2010)."""
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_out, fan_in)).astype(dtype)


def perceptron(
    sizes: list[int], batch: int, dtype: type, *, activation: str, loss: str, optimizer: str = "sgd", rate: float = 0.05
) -> Training:
    """A perceptron with random weights and a random batch to learn."""
    rng = np.random.default_rng(0)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    x = rng.standard_normal((batch, sizes[0])).astype(dtype)
    labels = loss == "cross_entropy"
    y = rng.integers(0, sizes[-1], batch) if labels else rng.standard_normal((batch, sizes[-1])).astype(dtype)
    return Training(
        weights=[glorot(rng, fan_out, fan_in, dtype) for fan_out, fan_in in shapes],
        biases=[(0.1 * rng.standard_normal(fan_out)).astype(dtype) for fan_out, _ in shapes],
        x=x,
        y=y,
        activation=activation,
        output="identity",
        loss=loss,
        optimizer=optimizer,
        rate=rate,
    )


def worked_example() -> Training:
    """The 2-3-1 network of the lecture note: ReLU, then the logistic function, under half the squared error."""
    return Training(
        weights=[np.array([[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]]), np.array([[0.2, -0.1, 0.3]])],
        biases=[np.array([0.1, 0.0, -0.1]), np.array([0.05])],
        x=np.array([[1.0, 2.0]]),
        y=np.array([[1.0]]),
        activation="relu",
        output="sigmoid",
        loss="half_sse",
        optimizer="sgd",
        rate=0.1,
    )


def direction() -> Direction:
    """A 64-64-1 perceptron and a random direction in the space of its parameters."""
    network = perceptron([64, 64, 1], 64, np.float64, activation="tanh", loss="mse")
    rng = np.random.default_rng(1)
    return Direction(
        network,
        weights=[rng.standard_normal(w.shape) for w in network.weights],
        biases=[rng.standard_normal(b.shape) for b in network.biases],
    )


def chain(links: int) -> Chain:
    """A chain over eight numbers, with weights of 1: only so does the gradient neither vanish nor grow along it."""
    rng = np.random.default_rng(0)
    return Chain(rng.standard_normal(8), np.ones(8), links)


def readme_expression(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """The expression of micrograd's README, of numbers that have operators."""
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + relu(b + a)
    d = d + 3 * d + relu(b - a)
    e = c - d
    f = e**2
    return f / 2.0 + 10.0 / f


def pair(size: int) -> Pair:
    """Two random vectors of float32."""
    rng = np.random.default_rng(0)
    return Pair(*rng.standard_normal((2, size)).astype(np.float32))


def images() -> Images:
    """A batch of 32 random images."""
    rng = np.random.default_rng(0)

    def normal(*shape: int, fan_in: int) -> np.ndarray:
        return (rng.standard_normal(shape) * np.sqrt(2 / fan_in)).astype(np.float32)

    return Images(
        x=rng.standard_normal((32, 1, 28, 28)).astype(np.float32),
        labels=rng.integers(0, 10, 32),
        kernels=[normal(16, 1, 3, 3, fan_in=9), normal(32, 16, 3, 3, fan_in=144)],
        kernel_biases=[normal(16, fan_in=200), normal(32, fan_in=200)],
        weight=normal(10, 800, fan_in=800),
        bias=normal(10, fan_in=200),
        rate=0.05,
    )


def classifier(optimizer: str, rate: float) -> Training:
    """A 784-128-64-10 classifier and a batch of 64."""
    return perceptron(
        [784, 128, 64, 10], 64, np.float32, activation="relu", loss="cross_entropy", optimizer=optimizer, rate=rate
    )


def wide() -> Training:
    """A 1024-2048-2048-1024 network and a batch of 256."""
    return perceptron(
        [1024, 2048, 2048, 1024], 256, np.float32, activation="relu", loss="mse", optimizer="adam", rate=1e-4
    )


FAST_ON_CHAINS = frozenset({"numpy_limit", "autograd_lite", "torch_eager", "jax_jit"})

WORKS = [
    Work("W1", "micrograd's expression of two numbers", "expression", lambda: Pair(np.array(-4.0), np.array(2.0)),
         goals={"micrograd": 0.5}),
    Work("W2", "2-3-1 step, float64, one example, SGD", "train", worked_example,
         goals={"torch_eager": 0.2, "numpy_limit": 3.5}),
    Work("W3", "2-16-16-1 tanh step, float64, batch 100, SGD", "train",
         lambda: perceptron([2, 16, 16, 1], 100, np.float64, activation="tanh", loss="mse"),
         goals={"torch_eager": 0.3, "numpy_limit": 2.5}),
    Work("W4-SGD", "784-128-64-10 step, float32, batch 64, SGD", "train",
         lambda: classifier("sgd", 0.05), tolerance=1e-4, goals={"torch_eager": 0.6, "numpy_limit": 1.1}),
    Work("W4-Adam", "784-128-64-10 step, float32, batch 64, Adam", "train",
         lambda: classifier("adam", 1e-3), tolerance=1e-4, goals={"torch_eager": 0.6, "numpy_limit": 1.05}),
    Work("W5", "1024-2048-2048-1024 step, float32, batch 256, Adam", "train", wide,
         tolerance=1e-4, goals={"torch_eager": 1.0, "numpy_limit": 1.03}),
    Work("W6-1e3", "chain of 1,000 small operations", "chain", lambda: chain(500),
         operations=1000, goals={"torch_eager": 0.35}),
    Work("W6-1e4", "chain of 10,000 small operations", "chain", lambda: chain(5000),
         operations=10_000, goals={"torch_eager": 0.35}),
    Work("W6-1e5", "chain of 100,000 small operations", "chain", lambda: chain(50_000),
         operations=100_000, goals={"torch_eager": 0.35}),
    Work("W6-1e6", "chain of 1,000,000 small operations", "chain", lambda: chain(500_000),
         operations=1_000_000, goals={"torch_eager": 0.35}, systems=FAST_ON_CHAINS),
    Work("W7", "Hessian-vector product, 64-64-1 tanh, float64, batch 64", "hessian_vector_product", direction,
         goals={"torch_eager": 0.5}),
    Work("W8", "mean(gelu(x)·σ(y) + log1p(exp(−|xy|))), 1e6 float32", "elementwise", lambda: pair(1_000_000),
         tolerance=1e-4, goals={"torch_eager": 1.2, "numpy_limit": 1.3}),
    Work("W10", "small convolutional network, float32, batch 32, SGD", "convolution", images,
         tolerance=1e-4, goals={"torch_eager": 1.1}),
]  # fmt: skip
IMPORTS = "W9"


def chosen(names: list[str]) -> list[Work]:
    """The works of these names, W4 standing for W4-SGD and W4-Adam; all for none."""
    wanted = {name.lower() for name in names}
    return [work for work in WORKS if not names or {work.name.lower(), work.name.lower().split("-")[0]} & wanted]
