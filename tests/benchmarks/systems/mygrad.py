"""MyGrad: NumPy tensors with a tape."""

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet import conv_nd, max_pool, softmax_crossentropy
from mygrad.nnet.activations import relu, sigmoid

from tests.benchmarks.works import Arrays, Chain, Images, Job, Pair, Training, readme_expression

VERSION = f"MyGrad {mg.__version__}"
ACTIVATIONS = {"identity": lambda z: z, "relu": relu, "tanh": mg.tanh, "sigmoid": sigmoid}
LOSSES = {
    "half_sse": lambda a, y: 0.5 * ((a - y) ** 2).sum(),
    "mse": lambda a, y: ((a - y) ** 2).mean(),
    "cross_entropy": softmax_crossentropy,
}


def with_gradients(loss: Any, parameters: list[Any]) -> Arrays:
    """The loss and its gradients."""
    loss.backward()
    return [loss.data.copy(), *(parameter.grad.copy() for parameter in parameters)]


def learn(loss: Callable[[], Any], parameters: list[Any], optimizer: str, rate: float) -> Job:
    """A training step."""
    m, v = ([np.zeros_like(parameter.data) for parameter in parameters] for _ in range(2))
    steps = 0

    def sgd() -> None:
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad

    def adam() -> None:
        nonlocal steps
        steps += 1
        loss().backward()
        for p, m_, v_ in zip(parameters, m, v, strict=True):
            m_ += 0.1 * (p.grad - m_)
            v_ += 0.001 * (p.grad * p.grad - v_)
            p.data -= rate * (m_ / (1 - 0.9**steps)) / (np.sqrt(v_ / (1 - 0.999**steps)) + 1e-8)

    return Job(
        {"sgd": sgd, "adam": adam}[optimizer],
        lambda: with_gradients(loss(), parameters),
        lambda: [parameter.data.copy() for parameter in parameters],
    )


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    layers = [(mg.tensor(w), mg.tensor(b)) for w, b in zip(data.weights, data.biases, strict=True)]
    names = [data.activation] * (len(layers) - 1) + [data.output]

    def loss() -> Any:
        a = data.x
        for name, (w, b) in zip(names, layers, strict=True):
            a = ACTIVATIONS[name](mg.matmul(a, w.T) + b)
        return LOSSES[data.loss](a, data.y)

    return learn(loss, [parameter for layer in layers for parameter in layer], data.optimizer, data.rate)


def convolution(data: Images) -> Job:
    """A training step of the convolutional network."""
    weights, biases = [*data.kernels, data.weight], [*data.kernel_biases, data.bias]
    (k1, b1), (k2, b2), (w, b) = layers = [(mg.tensor(w), mg.tensor(b)) for w, b in zip(weights, biases, strict=True)]

    def stage(x: Any, kernel: Any, bias: Any) -> Any:
        a = relu(conv_nd(x, kernel, stride=1) + bias.reshape(-1, 1, 1))
        # max_pool takes no incomplete window at the edge.
        a = a[:, :, : a.shape[2] // 2 * 2, : a.shape[3] // 2 * 2]
        return max_pool(a, (2, 2), 2)

    def loss() -> Any:
        features = stage(stage(data.x, k1, b1), k2, b2).reshape(len(data.x), -1)
        return softmax_crossentropy(mg.matmul(features, w.T) + b, data.labels)

    return learn(loss, [parameter for layer in layers for parameter in layer], "sgd", data.rate)


def gradients_of(function: Callable, *arrays: np.ndarray) -> Job:
    """The function's value and its gradients by all arguments."""
    tensors = [mg.tensor(array) for array in arrays]
    return Job(lambda: function(*tensors).backward(), lambda: with_gradients(function(*tensors), tensors))


def expression(data: Pair) -> Job:
    """The expression of micrograd's README."""

    def value(a: Any, b: Any) -> Any:
        return readme_expression(a, b, relu)

    return gradients_of(value, data.x, data.y)


def chain(data: Chain) -> Job:
    """The chain, one operation after the other."""

    def value(x: Any, w: Any) -> Any:
        for _ in range(data.links):
            x = mg.tanh(x * w)
        return x.sum()

    return gradients_of(value, data.x, data.w)


def elementwise(data: Pair) -> Job:
    """The long elementwise expression."""
    root = np.float32(np.sqrt(2 / np.pi))

    def value(x: Any, y: Any) -> Any:
        gelu = 0.5 * x * (1 + mg.tanh(root * (x + 0.044715 * x * x * x)))
        return mg.mean(gelu * sigmoid(y) + mg.log1p(mg.exp(-mg.abs(x * y))))

    return gradients_of(value, data.x, data.y)
