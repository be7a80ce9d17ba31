"""JAX: loss, gradients and the update under one jit, with the old parameters' buffers given to the new ones."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from tests.benchmarks.works import Arrays, Chain, Direction, Images, Job, Pair, Training, readme_expression  # noqa: E402

VERSION = f"JAX {jax.__version__}"
ACTIVATIONS = {"identity": lambda z: z, "relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean of −log softmax at the labels."""
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1).mean()


LOSSES = {
    "half_sse": lambda a, y: 0.5 * jnp.square(a - y).sum(),
    "mse": lambda a, y: jnp.square(a - y).mean(),
    "cross_entropy": cross_entropy,
}


def numbers(tree: Any) -> Arrays:
    """The tree's leaves as arrays."""
    return [np.array(leaf) for leaf in jax.tree.leaves(tree)]


def predict(names: list[str], parameters: Any, x: jax.Array) -> jax.Array:
    """The perceptron's output."""
    a = x
    for name, (w, b) in zip(names, parameters, strict=True):
        a = ACTIVATIONS[name](a @ w.T + b)
    return a


def of_parameters(data: Training) -> Callable[[Any, jax.Array, jax.Array], jax.Array]:
    """The perceptron's loss as a function of its parameters."""
    names = [data.activation] * (len(data.weights) - 1) + [data.output]
    return lambda parameters, x, y: LOSSES[data.loss](predict(names, parameters, x), y)


def in_pairs(weights: Arrays, biases: Arrays) -> list[tuple[jax.Array, jax.Array]]:
    """Weight and bias by layer."""
    return [(jnp.array(w), jnp.array(b)) for w, b in zip(weights, biases, strict=True)]


def learn(loss: Callable, parameters: Any, x: np.ndarray, y: np.ndarray, optimizer: str, rate: float) -> Job:
    """A training step under one jit."""
    inputs = jnp.array(x), jnp.array(y)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros((), jnp.int32))

    @partial(jax.jit, donate_argnums=0)
    def sgd(state: Any, x: jax.Array, y: jax.Array) -> Any:
        p, *rest = state
        value, gradients = jax.value_and_grad(loss)(p, x, y)
        return (jax.tree.map(lambda p, g: p - rate * g, p, gradients), *rest), value

    @partial(jax.jit, donate_argnums=0)
    def adam(state: Any, x: jax.Array, y: jax.Array) -> Any:
        p, m, v, count = state
        value, gradients = jax.value_and_grad(loss)(p, x, y)
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        first, second = 1 - 0.9 ** count.astype(x.dtype), 1 - 0.999 ** count.astype(x.dtype)
        p = jax.tree.map(lambda p, m, v: p - rate * (m / first) / (jnp.sqrt(v / second) + 1e-8), p, m, v)
        return (p, m, v, count), value

    update = {"sgd": sgd, "adam": adam}[optimizer]

    def step() -> None:
        nonlocal state
        state, value = update(state, *inputs)
        value.block_until_ready()
        jax.block_until_ready(state)

    def answer() -> Arrays:
        return numbers(jax.jit(jax.value_and_grad(loss))(state[0], *inputs))

    return Job(step, answer, lambda: numbers(state[0]))


def train(data: Training) -> Job:
    """A training step of a perceptron."""
    parameters = in_pairs(data.weights, data.biases)
    return learn(of_parameters(data), parameters, data.x, data.y, data.optimizer, data.rate)


def convolution(data: Images) -> Job:
    """A training step of the convolutional network."""

    def stage(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
        z = jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID") + bias[:, None, None]
        return jax.lax.reduce_window(jax.nn.relu(z), -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def loss(parameters: Any, x: jax.Array, labels: jax.Array) -> jax.Array:
        (k1, b1), (k2, b2), (w, b) = parameters
        features = stage(stage(x, k1, b1), k2, b2).reshape(len(x), -1)
        return cross_entropy(features @ w.T + b, labels)

    parameters = in_pairs([*data.kernels, data.weight], [*data.kernel_biases, data.bias])
    return learn(loss, parameters, data.x, data.labels, "sgd", data.rate)


def compiled(function: Callable, *arguments: Any) -> Job:
    """A compiled function that returns the loss and its gradients."""
    fast = jax.jit(function)
    return Job(lambda: jax.block_until_ready(fast(*arguments)), lambda: numbers(fast(*arguments)))


def expression(data: Pair) -> Job:
    """The expression of micrograd's README."""

    def value(a: jax.Array, b: jax.Array) -> jax.Array:
        return readme_expression(a, b, jax.nn.relu)

    return compiled(jax.value_and_grad(value, argnums=(0, 1)), jnp.array(data.x), jnp.array(data.y))


def chain(data: Chain) -> Job:
    """The chain as a scan: unrolled, it would take longer to compile than to run."""

    def value(x: jax.Array, w: jax.Array) -> jax.Array:
        return jax.lax.scan(lambda y, _: (jnp.tanh(y * w), None), x, length=data.links)[0].sum()

    return compiled(jax.value_and_grad(value, argnums=(0, 1)), jnp.array(data.x), jnp.array(data.w))


def hessian_vector_product(data: Direction) -> Job:
    """Forward mode over reverse mode."""
    loss, network = of_parameters(data.network), data.network
    x, y = jnp.array(network.x), jnp.array(network.y)
    point, direction = in_pairs(network.weights, network.biases), in_pairs(data.weights, data.biases)
    product = jax.jit(lambda p, v: jax.jvp(jax.grad(lambda p: loss(p, x, y)), (p,), (v,))[1])
    return Job(
        lambda: jax.block_until_ready(product(point, direction)),
        lambda: numbers([loss(point, x, y), product(point, direction)]),
    )


def elementwise(data: Pair) -> Job:
    """The long elementwise expression."""

    def value(x: jax.Array, y: jax.Array) -> jax.Array:
        return (jax.nn.gelu(x) * jax.nn.sigmoid(y) + jnp.log1p(jnp.exp(-jnp.abs(x * y)))).mean()

    return compiled(jax.value_and_grad(value, argnums=(0, 1)), jnp.array(data.x), jnp.array(data.y))
