"""PyTorch, eager, as its tutorials write it: nn.Module, torch.optim, loss.backward()."""

import os
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests.benchmarks.works import Arrays, Chain, Direction, Images, Job, Pair, Training, readme_expression

VERSION = f"PyTorch {torch.__version__}"
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
ACTIVATIONS = {"identity": nn.Identity, "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
LOSSES: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "half_sse": lambda a, y: 0.5 * (a - y).square().sum(),
    "mse": functional.mse_loss,
    "cross_entropy": functional.cross_entropy,
}


def variable(array: np.ndarray) -> torch.Tensor:
    """A tensor that requires a gradient."""
    return torch.tensor(array, requires_grad=True)


def numbers(tensors: list[torch.Tensor]) -> Arrays:
    """Copies as arrays."""
    return [tensor.detach().numpy().copy() for tensor in tensors]


def with_gradients(loss: torch.Tensor, parameters: list[torch.Tensor]) -> Arrays:
    """The loss and its gradients, as arrays."""
    return numbers([loss, *torch.autograd.grad(loss, parameters)])


def perceptron(data: Training) -> nn.Sequential:
    """The network as a module."""
    layers: list[nn.Module] = []
    for k, (w, b) in enumerate(zip(data.weights, data.biases, strict=True)):
        linear = nn.Linear(w.shape[1], w.shape[0])
        linear.weight, linear.bias = nn.Parameter(torch.tensor(w)), nn.Parameter(torch.tensor(b))
        activation = ACTIVATIONS[data.output if k == len(data.weights) - 1 else data.activation]
        layers += [linear] if activation is nn.Identity else [linear, activation()]
    return nn.Sequential(*layers)


def small_convolutional_network(data: Images) -> nn.Sequential:
    """The convolutional network as a module."""
    first, second, last = nn.Conv2d(1, 16, 3), nn.Conv2d(16, 32, 3), nn.Linear(800, 10)
    arrays = zip([*data.kernels, data.weight], [*data.kernel_biases, data.bias], strict=True)
    for layer, (weight, bias) in zip((first, second, last), arrays, strict=True):
        layer.weight, layer.bias = nn.Parameter(torch.tensor(weight)), nn.Parameter(torch.tensor(bias))
    return nn.Sequential(
        first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), last
    )  # fmt: skip


def learn(model: nn.Module, x: torch.Tensor, y: torch.Tensor, loss: Callable, optimizer: torch.optim.Optimizer) -> Job:
    """The usual training step."""
    parameters = list(model.parameters())

    def step() -> None:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return Job(step, lambda: with_gradients(loss(model(x), y), parameters), lambda: numbers(parameters))


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    model = perceptron(data)
    optimizer = OPTIMIZERS[data.optimizer](model.parameters(), lr=data.rate)
    return learn(model, torch.tensor(data.x), torch.tensor(data.y), LOSSES[data.loss], optimizer)


def convolution(data: Images) -> Job:
    """A training step of the convolutional network."""
    model = small_convolutional_network(data)
    optimizer = torch.optim.SGD(model.parameters(), lr=data.rate)
    return learn(model, torch.tensor(data.x), torch.tensor(data.labels), functional.cross_entropy, optimizer)


def expression(data: Pair) -> Job:
    """The expression, one operation after the other."""
    a, b = variable(data.x), variable(data.y)

    def step() -> None:
        a.grad = b.grad = None
        readme_expression(a, b, torch.relu).backward()

    return Job(step, lambda: with_gradients(readme_expression(a, b, torch.relu), [a, b]))


def chain(data: Chain) -> Job:
    """The chain, one operation after the other."""
    x, w = variable(data.x), variable(data.w)

    def value() -> torch.Tensor:
        y = x
        for _ in range(data.links):
            y = torch.tanh(y * w)
        return y.sum()

    def step() -> None:
        x.grad = w.grad = None
        value().backward()

    return Job(step, lambda: with_gradients(value(), [x, w]))


def hessian_vector_product(data: Direction) -> Job:
    """The gradient of the product of gradient and direction."""
    model, loss = perceptron(data.network), LOSSES[data.network.loss]
    parameters = list(model.parameters())
    pairs = zip(data.weights, data.biases, strict=True)
    direction = [torch.tensor(array) for pair in pairs for array in pair]
    x, y = torch.tensor(data.network.x), torch.tensor(data.network.y)

    def step() -> tuple[torch.Tensor, ...]:
        gradients = torch.autograd.grad(loss(model(x), y), parameters, create_graph=True)
        return torch.autograd.grad(gradients, parameters, grad_outputs=direction)

    return Job(step, lambda: numbers([loss(model(x), y), *step()]))


def elementwise(data: Pair) -> Job:
    """The long elementwise expression."""
    x, y = variable(data.x), variable(data.y)

    def value() -> torch.Tensor:
        gelu = functional.gelu(x, approximate="tanh")
        return (gelu * torch.sigmoid(y) + torch.log1p(torch.exp(-(x * y).abs()))).mean()

    def step() -> None:
        x.grad = y.grad = None
        value().backward()

    return Job(step, lambda: with_gradients(value(), [x, y]))
