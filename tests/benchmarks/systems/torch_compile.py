"""PyTorch through torch.compile: loss, gradients and the update as one compiled function, updating in place."""

from collections.abc import Callable

import torch
from torch.func import functional_call, grad, grad_and_value

from tests.benchmarks.systems.torch_eager import (
    LOSSES,
    VERSION,
    numbers,
    perceptron,
    small_convolutional_network,
    with_gradients,
)
from tests.benchmarks.works import Arrays, Direction, Images, Job, Pair, Training, readme_expression

__all__ = ["VERSION", "convolution", "elementwise", "expression", "hessian_vector_product", "train"]


def learn(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, loss: Callable, optimizer: str, rate: float) -> Job:
    """A training step, compiled whole."""
    parameters = dict(model.named_parameters())
    values = {name: parameter.detach() for name, parameter in parameters.items()}
    m, v = ({name: torch.zeros_like(value) for name, value in values.items()} for _ in range(2))
    # A tensor, for a Python number that changes would compile anew at each step.
    count = torch.zeros(())

    def of_parameters(p: dict[str, torch.Tensor]) -> torch.Tensor:
        return loss(functional_call(model, p, (x,)), y)

    @torch.compile
    def sgd() -> torch.Tensor:
        gradients, value = grad_and_value(of_parameters)(values)
        for name, parameter in values.items():
            parameter.sub_(rate * gradients[name])
        return value

    @torch.compile
    def adam() -> torch.Tensor:
        gradients, value = grad_and_value(of_parameters)(values)
        count.add_(1)
        for name, parameter in values.items():
            g = gradients[name]
            m[name].mul_(0.9).add_(0.1 * g)
            v[name].mul_(0.999).add_(0.001 * g * g)
            denominator = (v[name] / (1 - 0.999**count)).sqrt() + 1e-8
            parameter.sub_(rate * (m[name] / (1 - 0.9**count)) / denominator)
        return value

    step = {"sgd": sgd, "adam": adam}[optimizer]
    return Job(
        step,
        lambda: with_gradients(loss(model(x), y), list(parameters.values())),
        lambda: numbers(list(values.values())),
    )


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    x, y = torch.tensor(data.x), torch.tensor(data.y)
    return learn(perceptron(data), x, y, LOSSES[data.loss], data.optimizer, data.rate)


def convolution(data: Images) -> Job:
    """A training step of the convolutional network."""
    x, y = torch.tensor(data.x), torch.tensor(data.labels)
    return learn(small_convolutional_network(data), x, y, LOSSES["cross_entropy"], "sgd", data.rate)


def hessian_vector_product(data: Direction) -> Job:
    """The gradient of the product of gradient and direction, compiled."""
    model, loss = perceptron(data.network), LOSSES[data.network.loss]
    values = {name: parameter.detach() for name, parameter in model.named_parameters()}
    pairs = zip(data.weights, data.biases, strict=True)
    direction = [torch.tensor(array) for pair in pairs for array in pair]
    x, y = torch.tensor(data.network.x), torch.tensor(data.network.y)

    def of_parameters(p: dict[str, torch.Tensor]) -> torch.Tensor:
        return loss(functional_call(model, p, (x,)), y)

    def slope(p: dict[str, torch.Tensor]) -> torch.Tensor:
        gradients = grad(of_parameters)(p).values()
        return torch.stack([(g * v).sum() for g, v in zip(gradients, direction, strict=True)]).sum()

    product = torch.compile(lambda: grad(slope)(values))
    return Job(product, lambda: numbers([loss(model(x), y), *product().values()]))


def expression(data: Pair) -> Job:
    """The expression of micrograd's README, forward and backward compiled as one."""
    a, b = torch.tensor(data.x), torch.tensor(data.y)

    def value(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return readme_expression(a, b, torch.relu)

    compiled = torch.compile(lambda: grad_and_value(value, argnums=(0, 1))(a, b))

    def answer() -> Arrays:
        gradients, value = compiled()
        return numbers([value, *gradients])

    return Job(compiled, answer)


def elementwise(data: Pair) -> Job:
    """The long elementwise expression, forward and backward compiled as one."""
    x, y = torch.tensor(data.x), torch.tensor(data.y)

    def value(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        gelu = torch.nn.functional.gelu(x, approximate="tanh")
        return (gelu * torch.sigmoid(y) + torch.log1p(torch.exp(-(x * y).abs()))).mean()

    compiled = torch.compile(lambda: grad_and_value(value, argnums=(0, 1))(x, y))

    def answer() -> Arrays:
        gradients, loss = compiled()
        return numbers([loss, *gradients])

    return Job(compiled, answer)
