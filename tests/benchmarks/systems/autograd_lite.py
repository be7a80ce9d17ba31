"""This engine, as its users write it: nn.MLP, a loss module, nn.optim, loss.backward()."""

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_lite as ag
import nn
from tests.benchmarks.works import Arrays, Chain, Direction, Images, Job, Pair, Training, readme_expression

VERSION = f"autograd-lite {ag.__version__}"
LOSSES = {"half_sse": nn.HalfSSELoss, "mse": nn.MSELoss, "cross_entropy": nn.CrossEntropyLoss}
OPTIMIZERS = {"sgd": nn.optim.SGD, "adam": nn.optim.Adam}


def numbers(tensors: Any) -> Arrays:
    """Copies as arrays."""
    return [tensor.numpy().copy() for tensor in tensors]


def with_gradients(loss: ag.Tensor, parameters: list[ag.Tensor]) -> Arrays:
    """The loss and its gradients, as arrays."""
    return numbers([loss, *ag.gradients(loss, parameters)])


def perceptron(data: Training) -> nn.MLP:
    """The network as a module."""
    output = None if data.output == "identity" else data.output
    return nn.MLP.from_weights(data.weights, data.biases, activation=data.activation, output_activation=output)


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    model, loss = perceptron(data), LOSSES[data.loss]()
    parameters = list(model.parameters())
    optimizer = OPTIMIZERS[data.optimizer](parameters, lr=data.rate)
    x, y = ag.tensor(data.x), ag.tensor(data.y)

    def step() -> None:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return Job(step, lambda: with_gradients(loss(model(x), y), parameters), lambda: numbers(parameters))


def gradients_of(function: Callable[..., ag.Tensor], *arrays: np.ndarray) -> Job:
    """The function's value and its gradients by all arguments."""
    tensors = [ag.tensor(array, requires_grad=True) for array in arrays]

    def step() -> None:
        for tensor in tensors:
            tensor.grad = None
        function(*tensors).backward()

    return Job(step, lambda: with_gradients(function(*tensors), tensors))


def expression(data: Pair) -> Job:
    """The expression of micrograd's README."""

    def value(a: ag.Tensor, b: ag.Tensor) -> ag.Tensor:
        return readme_expression(a, b, ag.relu)

    return gradients_of(value, data.x, data.y)


def chain(data: Chain) -> Job:
    """The chain, one operation after the other."""

    def value(x: ag.Tensor, w: ag.Tensor) -> ag.Tensor:
        for _ in range(data.links):
            x = np.tanh(x * w)
        return x.sum()

    return gradients_of(value, data.x, data.w)


def hessian_vector_product(data: Direction) -> Job:
    """The gradient of the product of gradient and direction."""
    model, loss = perceptron(data.network), LOSSES[data.network.loss]()
    parameters = list(model.parameters())
    direction = [array for pair in zip(data.weights, data.biases, strict=True) for array in pair]
    x, y = ag.tensor(data.network.x), ag.tensor(data.network.y)

    def step() -> Any:
        gradients = ag.gradients(loss(model(x), y), parameters, create_graph=True)
        return ag.gradients(gradients, parameters, direction)

    return Job(step, lambda: numbers([loss(model(x), y), *step()]))


def elementwise(data: Pair) -> Job:
    """The long elementwise expression."""

    def value(x: ag.Tensor, y: ag.Tensor) -> ag.Tensor:
        gelu = ag.gelu(x, approximate="tanh")
        return np.mean(gelu * ag.sigmoid(y) + np.log1p(np.exp(-np.abs(x * y))))

    return gradients_of(value, data.x, data.y)


def convolution(data: Images) -> Job:
    """A step of the convolutional network."""
    layers = [ag.tensor(each, requires_grad=True) for each in (*data.kernels, *data.kernel_biases)]
    half = len(data.kernels)
    weight, bias = ag.tensor(data.weight, requires_grad=True), ag.tensor(data.bias, requires_grad=True)
    x, labels = ag.tensor(data.x), ag.tensor(data.labels)
    ordered = [each for pair in zip(layers[:half], layers[half:], strict=True) for each in pair]
    parameters = [*ordered, weight, bias]

    def value() -> ag.Tensor:
        h = x
        for kernel, shift in zip(layers[:half], layers[half:], strict=True):
            h = ag.max_pool2d(ag.relu(ag.conv2d(h, kernel, shift)), 2)
        logits = ag.linear(h.reshape(len(data.x), -1), weight, bias)
        return ag.softmax_cross_entropy(logits, labels).mean()

    optimizer = nn.optim.SGD(parameters, lr=data.rate)

    def step() -> None:
        optimizer.zero_grad()
        value().backward()
        optimizer.step()

    return Job(step, lambda: with_gradients(value(), parameters), lambda: numbers(parameters))
