"""HIPS autograd: gradients of functions written in its NumPy."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import autograd.numpy as np
import numpy
from autograd import make_hvp, value_and_grad

from tests.benchmarks.works import Arrays, Chain, Direction, Images, Job, Pair, Training, readme_expression

VERSION = f"autograd {version('autograd')}"


def relu(z: Any) -> Any:
    """max(0, z), with no gradient at or below 0."""
    return z * (z > 0)


def cross_entropy(logits: Any, labels: numpy.ndarray) -> Any:
    """The mean of −log softmax at the labels."""
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


ACTIVATIONS = {"identity": lambda z: z, "relu": relu, "tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
LOSSES = {
    "half_sse": lambda a, y: 0.5 * np.sum((a - y) ** 2),
    "mse": lambda a, y: np.mean((a - y) ** 2),
    "cross_entropy": cross_entropy,
}


def flat(pairs: Any) -> Arrays:
    """Copies of the arrays of a list of pairs."""
    return [numpy.array(array) for pair in pairs for array in pair]


def of_parameters(data: Training) -> Callable[[Any], Any]:
    """The perceptron's loss as a function of its parameters."""
    names = [data.activation] * (len(data.weights) - 1) + [data.output]

    def loss(parameters: Any) -> Any:
        a = data.x
        for name, (w, b) in zip(names, parameters, strict=True):
            a = ACTIVATIONS[name](np.dot(a, w.T) + b)
        return LOSSES[data.loss](a, data.y)

    return loss


def learn(loss: Callable[[Any], Any], parameters: Any, optimizer: str, rate: float) -> Job:
    """A training step."""
    gradient = value_and_grad(loss)
    arrays = [array for pair in parameters for array in pair]
    m, v = ([numpy.zeros_like(array) for array in arrays] for _ in range(2))
    steps = 0

    def sgd() -> None:
        for p, g in zip(arrays, (g for pair in gradient(parameters)[1] for g in pair), strict=True):
            p -= rate * g

    def adam() -> None:
        nonlocal steps
        steps += 1
        gradients = (g for pair in gradient(parameters)[1] for g in pair)
        for p, g, m_, v_ in zip(arrays, gradients, m, v, strict=True):
            m_ += 0.1 * (g - m_)
            v_ += 0.001 * (g * g - v_)
            p -= rate * (m_ / (1 - 0.9**steps)) / (numpy.sqrt(v_ / (1 - 0.999**steps)) + 1e-8)

    def answer() -> Arrays:
        value, gradients = gradient(parameters)
        return [numpy.array(value), *flat(gradients)]

    return Job({"sgd": sgd, "adam": adam}[optimizer], answer, lambda: flat(parameters))


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    parameters = [(w.copy(), b.copy()) for w, b in zip(data.weights, data.biases, strict=True)]
    return learn(of_parameters(data), parameters, data.optimizer, data.rate)


def convolution(data: Images) -> Job:
    """A training step of the convolutional network, its convolutions as nine matrix products each."""

    def stage(x: Any, kernel: Any, bias: Any) -> Any:
        n, h, w, _ = x.shape
        z = bias
        for i in range(3):
            for j in range(3):
                z = z + np.dot(x[:, i : i + h - 2, j : j + w - 2], kernel[:, :, i, j].T)
        h, w = (h - 2) // 2, (w - 2) // 2
        return np.max(relu(z)[:, : 2 * h, : 2 * w].reshape((n, h, 2, w, 2, -1)), axis=(2, 4))

    x = data.x.transpose(0, 2, 3, 1)

    def loss(parameters: Any) -> Any:
        (k1, b1), (k2, b2), (w, b) = parameters
        features = stage(stage(x, k1, b1), k2, b2).transpose((0, 3, 1, 2)).reshape((len(x), -1))
        return cross_entropy(np.dot(features, w.T) + b, data.labels)

    weights, biases = [*data.kernels, data.weight], [*data.kernel_biases, data.bias]
    parameters = [(w.copy(), b.copy()) for w, b in zip(weights, biases, strict=True)]
    return learn(loss, parameters, "sgd", data.rate)


def gradients_of(function: Callable, *arguments: Any) -> Job:
    """The function's value and its gradients by all arguments."""
    gradient = value_and_grad(lambda arguments: function(*arguments))

    def answer() -> Arrays:
        value, gradients = gradient(arguments)
        return [numpy.array(value), *(numpy.array(g) for g in gradients)]

    return Job(lambda: gradient(arguments), answer)


def expression(data: Pair) -> Job:
    """The expression of micrograd's README."""

    def value(a: Any, b: Any) -> Any:
        return readme_expression(a, b, relu)

    return gradients_of(value, float(data.x), float(data.y))


def chain(data: Chain) -> Job:
    """The chain, one operation after the other."""

    def value(x: Any, w: Any) -> Any:
        for _ in range(data.links):
            x = np.tanh(x * w)
        return np.sum(x)

    return gradients_of(value, data.x, data.w)


def hessian_vector_product(data: Direction) -> Job:
    """The vector-Jacobian product of the gradient: the Hessian is symmetric."""
    loss = of_parameters(data.network)
    point = list(zip(data.network.weights, data.network.biases, strict=True))
    direction = list(zip(data.weights, data.biases, strict=True))

    def product() -> Any:
        pull_back, _ = make_hvp(loss)(point)
        return pull_back(direction)

    return Job(product, lambda: [numpy.array(loss(point)), *flat(product())])


def elementwise(data: Pair) -> Job:
    """The long elementwise expression."""
    root = numpy.float32(numpy.sqrt(2 / numpy.pi))

    def value(x: Any, y: Any) -> Any:
        gelu = 0.5 * x * (1 + np.tanh(root * (x + 0.044715 * x * x * x)))
        return np.mean(gelu / (1 + np.exp(-y)) + np.log1p(np.exp(-np.abs(x * y))))

    return gradients_of(value, data.x, data.y)
