"""Memory: training holds it flat, backward() gives it back as it goes, and nothing waits for the garbage collector."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import GradientError
from tests.engine.references import leaf, memory_of

MB = 1 << 20


@pytest.fixture
def _traced() -> Iterator[None]:
    """Count the memory of arrays, which NumPy reports."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


def held() -> int:
    """Return the bytes of arrays and objects that are traced."""
    return tracemalloc.get_traced_memory()[0]


# Prints the largest change of resident memory in bytes, and by how many the objects that the collector tracks grew.
TRAINING = """
import gc, os, sys
import numpy as np
import nn

def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

kind, steps = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
x, labels = rng.normal(size=(4, 3)), rng.integers(0, 2, 4)
model, loss = nn.MLP([3, 4, 2], rng=0), nn.CrossEntropyLoss()
optimizer = getattr(nn.optim, kind)(model.parameters(), lr=0.01)

def train(steps):
    drift, before = 0, resident()
    for step in range(steps):
        optimizer.zero_grad()
        loss(model(x), labels).backward()
        optimizer.step()
        if step % 100 == 0:
            drift = max(drift, abs(resident() - before))
    return drift

train(300)
gc.collect()
objects = len(gc.get_objects())
drift = train(steps)
gc.collect()
print(drift, len(gc.get_objects()) - objects)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the resident memory is read from /proc/self/statm")
@pytest.mark.parametrize(
    ("kind", "steps"),
    [("Adam", 3_000), *(pytest.param(kind, 100_000, marks=pytest.mark.slow) for kind in ("SGD", "Adam"))],
)
def test_a_training_loop_holds_memory_and_the_number_of_objects_flat(
    kind: str, steps: int, run_python: Callable[..., str]
) -> None:
    drift, objects = map(int, run_python(TRAINING, kind, str(steps)).split())
    assert drift <= MB and objects <= 2


@pytest.mark.usefixtures("_by_reference_counts_alone")
def test_training_by_fit_leaves_no_cyclic_garbage() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    model, loss = nn.MLP([3, 4, 2], rng=0), nn.MSELoss()
    optimizer = nn.optim.Adam(model.parameters())
    for epochs in (1, 10):  # the first call imports
        gc.collect()
        nn.fit(model, x, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=8, rng=0, progress=False)
    few = gc.collect()
    nn.fit(model, x, y, loss=loss, optimizer=optimizer, epochs=50, batch_size=8, rng=0, progress=False)
    assert gc.collect() <= few


@pytest.mark.usefixtures("_by_reference_counts_alone")
@pytest.mark.parametrize("kind", [nn.optim.SGD, nn.optim.Adam])
def test_dropping_model_and_optimizer_frees_parameters_gradients_and_state(kind: type) -> None:
    model = nn.MLP([3, 4, 2], rng=0)
    optimizer = kind(model.parameters(), lr=0.1)
    for _ in range(2):
        nn.MSELoss()(model(np.ones((2, 3))), np.zeros((2, 2))).backward()
        optimizer.step()
    parameters = list(model.parameters())
    references = [memory_of(each) for each in parameters] + [memory_of(each.grad) for each in parameters]
    references += [weakref.ref(array) for state in optimizer.state for array in state.values()]
    assert all(each() is not None for each in references)
    del model, optimizer, parameters
    assert not any(each() is not None for each in references)


@pytest.mark.parametrize("kind", ["SGD", "momentum", "decay", "Adam"])
def test_gradients_kept_over_steps_stay_what_they_were(kind: str) -> None:
    rng = np.random.default_rng(0)
    model = nn.MLP([3, 4, 2], activation="tanh", rng=0)
    optimizer = {
        "SGD": lambda: nn.optim.SGD(model.parameters(), lr=0.1),
        "momentum": lambda: nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True),
        "decay": lambda: nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1),
        "Adam": lambda: nn.optim.Adam(model.parameters(), lr=0.1),
    }[kind]()
    kept, copies = [], []
    for step in range(6):
        if step % 3:  # every third step adds to the gradients of the one before
            optimizer.zero_grad()
        ((model(rng.normal(size=(5, 3))) - 1.0) ** 2).sum().backward()
        for each in model.parameters():
            kept.append(each.grad)
            copies.append(each.grad.numpy().copy())
        optimizer.step()
    model.zero_grad()
    for gradient, copy in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(gradient.numpy(), copy)


def second_order(x: ag.Tensor) -> None:
    (g,) = ag.gradients((np.tanh(x) ** 3).sum(), x, create_graph=True)
    (g * g).sum().backward(create_graph=True)
    x.zero_grad()


def hooks(x: ag.Tensor) -> None:
    y = np.tanh(x)
    handle = y.register_hook(lambda g: g * 2)
    y.register_hook(lambda g: (x * 2).sum().backward())
    x.register_hook(lambda g: None).remove()
    y.sum().backward(retain_graph=True)
    handle.remove()
    y.sum().backward()


def kept_gradients(x: ag.Tensor) -> None:
    y = np.tanh(x)
    y.retain_grad()
    x.data[0] = 0.5
    (y * y).sum().backward()
    x.grad *= 2
    assert y.grad is not None


def views(x: ag.Tensor) -> None:
    y = x * 2
    (y[0].reshape(1, -1).T @ y[1:, ::-1] + y.T[:, :1] + x.detach()[0]).sum().backward()


def names_and_scopes(x: ag.Tensor) -> None:
    with ag.scope("outer"), ag.scope("inner"):
        y = x * ag.tensor(2.0, name="two")
        y.name = "y"
    (y * x).sum().backward()


def modes(x: ag.Tensor) -> None:
    with ag.no_grad():
        y = x * 2
        with ag.enable_grad():
            z = x * y
        x -= 0.001 * y
    with ag.set_grad_enabled(False):
        x * 2
    z.sum().backward()


def failing_forward(x: ag.Tensor) -> None:
    y = np.tanh(x)
    for wrong in (lambda: y @ np.ones(7), lambda: y + np.ones(7), lambda: nn.MLP([5, 2], rng=0)(y), lambda: float(y)):
        try:
            wrong()
        except Exception as problem:
            assert str(problem)
        else:
            pytest.fail("was no error")


def failing_backward(x: ag.Tensor) -> None:
    def refuse(g: ag.Tensor) -> None:
        raise ValueError("a hook failed")

    for create_graph in (False, True):
        y = x * x
        y.register_hook(refuse)
        try:
            np.tanh(y).sum().backward(create_graph=create_graph)
        except ValueError as problem:
            assert str(problem) == "a hook failed"


def freed_graph(x: ag.Tensor) -> None:
    y = (x * x).sum()
    y.backward()
    try:
        y.backward()
    except GradientError as problem:
        assert "retain_graph" in str(problem)


def fused(x: ag.Tensor) -> None:
    h = ag.gelu(ag.linear(x, np.ones((2, 3)), None))
    (ag.softmax_cross_entropy(h, np.zeros(2, int)).sum() + ag.squared_error(h, np.ones((2, 2)))).backward(
        create_graph=True
    )
    x.zero_grad()


def recorded_pass(x: ag.Tensor) -> None:
    nn.backprop(nn.MLP([3, 2, 1], rng=0), x.numpy(), np.ones((2, 1)), nn.MSELoss())


WAYS = (
    second_order,
    hooks,
    kept_gradients,
    views,
    names_and_scopes,
    modes,
    failing_forward,
    failing_backward,
    freed_graph,
    fused,
    recorded_pass,
)


@pytest.mark.usefixtures("_by_reference_counts_alone")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_of_computing_leaves_cyclic_garbage(way: Callable[[ag.Tensor], None]) -> None:
    x = leaf(np.linspace(0.1, 0.9, 6).reshape(2, 3))
    way(x)
    gc.collect()
    for _ in range(5):
        way(x)
    assert gc.collect() == 0
    memory = memory_of(x)
    del x
    assert memory() is None


@pytest.mark.usefixtures("_by_reference_counts_alone")
def test_in_place_writes_and_views_close_no_cycle() -> None:
    def step() -> weakref.ref:
        x = leaf([[1.0, 2.0], [3.0, 4.0]])
        y = x * 2
        row, turned = y[0], y.T
        y[1] = x[0] * 3
        row *= x[1]
        y += 1.0
        (turned * turned).sum().backward()
        assert x.grad is not None
        return memory_of(x)

    step()
    gc.collect()
    references = [step() for _ in range(5)]
    assert not any(each() is not None for each in references)
    assert gc.collect() == 0


CHAINS: dict[str, Callable[[Any], Any]] = {
    "tanh": np.tanh,
    "square": lambda y: y * y,
    "sqrt": np.sqrt,
    "relu": ag.relu,
    "gelu": ag.gelu,
    "softmax": ag.softmax,
    "log": lambda y: np.log(y + 1.0),
    "linear": lambda y: ag.linear(y.reshape(512, 256), WEIGHT, None).reshape(-1),
}
WEIGHT = np.eye(256)


@pytest.mark.usefixtures("_traced")
@pytest.mark.parametrize("operation", CHAINS.values(), ids=CHAINS)
def test_backward_over_a_chain_needs_three_arrays_beyond_the_forward_pass(operation: Callable[[Any], Any]) -> None:
    x = leaf(np.linspace(0.1, 0.9, MB // 8))
    for links in (1, 40):  # once to fill whatever is kept
        before = held()
        tracemalloc.reset_peak()
        y = x
        for _ in range(links):
            y = operation(y)
        loss = y.sum()
        del y
        forward = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        loss.backward()
        assert tracemalloc.get_traced_memory()[1] <= forward + 3 * MB + MB // 4
        x.zero_grad()
        assert held() - before < MB // 4


@pytest.mark.usefixtures("_traced")
def test_saved_values_are_given_back_during_the_walk() -> None:
    x, seen = leaf(np.linspace(0.1, 0.9, MB // 8)), []
    before, y = held(), x
    for _ in range(40):
        y = np.tanh(y)
        y.register_hook(lambda g: seen.append((held() - before) / MB))
    y.sum().backward()
    not_yet_walked = np.arange(40, 0, -1)
    assert len(seen) == 40 and (np.array(seen) <= not_yet_walked + 3.25).all()


@pytest.mark.usefixtures("_traced")
def test_backward_over_many_branches_needs_one_gradient_a_live_value() -> None:
    branches, x = 20, leaf(np.linspace(0.1, 0.9, MB // 8))
    before = held()
    tops = [np.tanh(x * float(k)) for k in range(1, branches + 1)]
    loss = np.sum(np.stack([top.sum() for top in tops]))
    del tops
    forward = held() - before
    tracemalloc.reset_peak()
    loss.backward()
    assert tracemalloc.get_traced_memory()[1] - before <= forward + (branches + 3) * MB


@pytest.mark.usefixtures("_traced")
def test_gradients_frees_what_backward_frees() -> None:
    x = leaf(np.linspace(0.1, 0.9, MB // 8))
    before = held()
    loss = np.tanh(np.tanh(np.tanh(x))).sum()
    (g,) = ag.gradients(loss, x)
    assert (held() - before) / MB == pytest.approx(1, abs=0.1)
    del g
    assert held() - before < MB // 10
