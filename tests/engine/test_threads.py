"""Threads: none loses, mixes or breaks the gradients of another; and backward() called inside a hook."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite import blocks
from autograd_lite.errors import GradientError
from tests.engine.together import at_once


def leaf(data: object) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True)


@pytest.fixture
def _restless() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def trained(seed: int) -> dict[str, np.ndarray]:
    """Train a model of its own on data of its own and return its parameters."""
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
    model = nn.MLP([4, 8, 8, 3], activation=("tanh", "relu", "sigmoid")[seed % 3], rng=rng)
    kind = (nn.optim.SGD, nn.optim.Adam)[seed % 2]
    optimizer = kind(model.parameters(), lr=0.05)
    loss = nn.CrossEntropyLoss()
    for step in range(30):
        optimizer.zero_grad()
        if step % 10 == 0:
            with ag.no_grad():
                loss(model(x), labels)
        loss(model(x), labels).backward()
        optimizer.step()
    return model.state_dict()


@pytest.mark.usefixtures("_restless")
def test_sixteen_threads_train_sixteen_models_as_if_alone() -> None:
    alone = [trained(seed) for seed in range(16)]
    together = at_once(*[lambda seed=seed: trained(seed) for seed in range(16)])
    for one, other in zip(alone, together, strict=True):
        for path, values in one.items():
            assert values.tobytes() == other[path].tobytes(), path


@pytest.mark.usefixtures("_restless")
def test_eight_threads_read_one_model_and_get_what_one_gets() -> None:
    rng = np.random.default_rng(0)
    model, loss = nn.MLP([6, 12, 12, 2], rng=0), nn.MSELoss()
    batches = [(rng.normal(size=(10, 6)), rng.normal(size=(10, 2))) for _ in range(8)]
    before = model.state_dict()

    def read(k: int) -> list[bytes]:
        value = loss(model(batches[k][0]), batches[k][1])
        found = ag.gradients(value, list(model.parameters()))
        assert all(g is not None for g in found)
        return [value.numpy().tobytes(), *(g.numpy().tobytes() for g in found)]

    alone = [read(k) for k in range(8)]
    for repeated in at_once(*[lambda k=k: [read(k) for _ in range(25)] for k in range(8)]):
        assert all(each == repeated[0] for each in repeated) and repeated[0] in alone
    assert all(each.grad is None for each in model.parameters())
    assert all((values == before[path]).all() for path, values in model.state_dict().items())


def test_threads_share_the_workers_for_large_arrays() -> None:
    values = [np.linspace(-3, 3 + k, 3 * blocks.BLOCK) for k in range(4)]

    def slope(k: int) -> bytes:
        x = leaf(values[k])
        ag.gelu(x).sum().backward()
        return x.grad.numpy().tobytes()

    alone = [slope(k) for k in range(4)]
    assert at_once(*[lambda k=k: slope(k) for k in range(4)]) == alone


@pytest.mark.parametrize("used_before", [True, False])
def test_a_thread_that_outlives_the_main_thread_computes_large_arrays(
    used_before: bool, run_python: Callable[..., str]
) -> None:
    program = f"""
import threading
import numpy as np
import autograd_lite as ag

main = threading.current_thread()

def work():
    main.join()
    x = ag.tensor(np.zeros(4 * 65536), requires_grad=True)
    ag.gelu(x).sum().backward()
    print(x.grad.sum().item())

if {used_before}:
    ag.gelu(np.zeros(4 * 65536))
threading.Thread(target=work).start()
"""
    assert run_python(program) == "131072.0\n"


@pytest.mark.usefixtures("_restless")
@pytest.mark.parametrize("threads", [2, 8])
@pytest.mark.parametrize("data", [1.0, [1.0, 1.0, 1.0]])
def test_threads_that_accumulate_small_gradients_into_one_leaf_lose_nothing(threads: int, data: object) -> None:
    x, repetitions = leaf(data), 400

    def work(k: int) -> None:
        for _ in range(repetitions):
            (x * float(k)).sum().backward()

    at_once(*[lambda k=k: work(k) for k in range(1, threads + 1)])
    assert set(x.grad.numpy().ravel().tolist()) == {repetitions * threads * (threads + 1) / 2}


@pytest.mark.usefixtures("_restless")
def test_recorded_gradients_that_threads_accumulate_lose_nothing_and_keep_their_history() -> None:
    x, repetitions = leaf(1.0), 50

    def work() -> None:
        for _ in range(repetitions):
            (x**2).backward(create_graph=True)

    at_once(work, work, work, work)
    assert x.grad.item() == 2.0 * 4 * repetitions
    assert ag.gradients(x.grad, x)[0].item() == 2.0 * 4 * repetitions


@pytest.mark.usefixtures("_restless")
def test_threads_that_share_a_trunk_lose_nothing() -> None:
    x = leaf([1.0, 2.0])
    trunk, repetitions = (x * 2) ** 2, 100
    trunk.retain_grad()

    def work(k: int) -> None:
        for _ in range(repetitions):
            (trunk * float(k)).sum().backward(retain_graph=True)

    at_once(*[lambda k=k: work(k) for k in range(1, 5)])
    assert trunk.grad.tolist() == [10.0 * repetitions] * 2
    assert x.grad.tolist() == [80.0 * repetitions, 160.0 * repetitions]


@pytest.mark.usefixtures("_restless")
def test_of_two_threads_that_walk_one_graph_each_gets_all_or_an_error() -> None:
    for _ in range(60):
        x = leaf(np.ones(3))
        y = x
        for _ in range(20):
            y = (y * y + y) * 0.5
        total = y.sum()

        def walk(total: ag.Tensor = total) -> bool:
            try:
                total.backward()
            except GradientError:
                return False
            return True

        walks = sum(at_once(walk, walk))
        assert walks >= 1 and x.grad.tolist() == [walks * 1.5**20] * 3


@pytest.mark.usefixtures("_restless")
def test_threads_that_add_and_remove_hooks_lose_none() -> None:
    x, kept, seen = leaf([1.0]), 1500, []

    def add() -> None:
        for _ in range(kept):
            x.register_hook(seen.append)

    def add_and_remove() -> None:
        for _ in range(kept):
            x.register_hook(lambda g: pytest.fail("was removed")).remove()

    at_once(add, add_and_remove, add_and_remove)
    x.sum().backward()
    assert len(seen) == kept


@pytest.mark.usefixtures("_restless")
def test_writes_of_many_threads_into_one_memory_are_all_noticed() -> None:
    w, threads = leaf(np.ones(4)), 8
    unnoticed = []

    def work(row: ag.Tensor) -> None:
        for step in range(5):
            ag.gradients((w * row).sum(), w)  # others write into other rows: no false alarm
            y = (w * row).sum()
            row[0] = float(step)
            try:
                ag.gradients(y, w)
            except GradientError:
                continue
            unnoticed.append(step)

    for _ in range(40):
        shared = ag.tensor(np.ones((threads, 4)))
        at_once(*[lambda row=shared[k]: work(row) for k in range(threads)])
    assert not unnoticed


def test_a_hook_may_walk_another_graph_that_ends_in_the_same_leaves() -> None:
    x, w = leaf([2.0]), leaf([3.0])
    calls = []
    x.register_hook(lambda g: calls.append(g.tolist()))
    y = x * w
    y.register_hook(lambda g: (x * x * w).sum().backward())
    (y * 5).sum().backward()
    assert x.grad.tolist() == [5 * 3.0 + 2 * 2.0 * 3.0] and w.grad.tolist() == [5 * 2.0 + 4.0]
    assert calls == [[12.0], [15.0]]


def test_the_hook_of_a_leaf_may_accumulate_into_the_leaf_itself() -> None:
    x = leaf([2.0])
    inside = []

    def again(g: ag.Tensor) -> None:
        if not inside:
            inside.append(True)
            (x * 10).sum().backward()

    x.register_hook(again)
    (x * 3).sum().backward()
    assert x.grad.tolist() == [13.0]


def test_hooks_may_walk_in_hooks() -> None:
    x, depth = leaf([1.0]), 20

    def nested(level: int) -> None:
        y = x * 1.0
        if level:
            y.register_hook(lambda g: nested(level - 1))
        y.sum().backward()

    nested(depth)
    assert x.grad.tolist() == [depth + 1.0]


def test_a_hook_may_differentiate_the_graph_that_is_being_walked() -> None:
    x = leaf([3.0])
    y = x * x
    found = []
    z = y * y
    z.register_hook(lambda g: found.append(ag.gradients(y, x, [g], retain_graph=True)[0].tolist()))
    (z * 5).sum().backward()
    assert found == [[30.0]] and x.grad.tolist() == [5 * 4 * 27.0]


def test_a_hook_that_frees_what_the_walk_still_needs_is_answered_with_an_error() -> None:
    x = leaf([3.0])
    y = x * x
    z = y * 2
    z.register_hook(lambda g: y.sum().backward())
    with pytest.raises(GradientError, match="retain_graph=True"):
        z.sum().backward()
    assert x.grad.tolist() == [6.0]


@pytest.mark.usefixtures("_restless")
def test_hooks_that_walk_in_many_threads_lose_nothing() -> None:
    x, repetitions = leaf([1.0]), 60

    def work() -> None:
        for _ in range(repetitions):
            y = x * 2.0
            y.register_hook(lambda g: (x * 3.0).sum().backward())
            y.sum().backward()

    at_once(*[work] * 6)
    assert x.grad.tolist() == [5.0 * 6 * repetitions]
