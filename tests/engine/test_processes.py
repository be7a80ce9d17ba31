"""Processes: a child, forked or spawned, computes the gradients that its parent does, whatever the parent was doing."""

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite import blocks

START_METHODS = multiprocessing.get_all_start_methods()
# Seconds after which a child counts as hanging.
PATIENCE = 20

# From Python 3.12 on, forking beside other threads warns; that it works here is what is tested.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
forks = pytest.mark.skipif("fork" not in START_METHODS, reason="this platform has no fork")


def in_child(method: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `work` returns in a child process; a child that hangs or dies fails the test."""
    context: Any = multiprocessing.get_context(method)
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(there, work, arguments))
    child.start()
    there.close()
    try:
        assert here.poll(PATIENCE), "the child hangs"
        return here.recv()
    finally:
        child.join(1)
        if child.exitcode is None:
            child.kill()
            child.join()
        here.close()
        child.close()


def _send(there: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    there.send(work(*arguments))


def gradients_of_large_arrays() -> list[np.ndarray]:
    """Differentiate what runs over blocks and threads, and a matrix product that BLAS spreads over its own."""
    x = ag.tensor(np.linspace(-3, 3, 4 * blocks.BLOCK), requires_grad=True)
    w = ag.tensor(np.linspace(-1, 1, 256 * 256).reshape(256, 256), requires_grad=True)
    (ag.gelu(x).sum() + (w @ w.T).sum()).backward()
    return [x.grad.numpy(), w.grad.numpy()]


def trained() -> dict[str, np.ndarray]:
    """Train a small model from a fixed seed."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    model = nn.MLP([3, 5, 2], activation="tanh", rng=rng)
    optimizer, loss = nn.optim.Adam(model.parameters()), nn.MSELoss()
    for _ in range(10):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    return model.state_dict()


def everything(leaf: ag.Tensor) -> tuple[Any, ...]:
    """Compute large gradients, train a model, and accumulate into a leaf that came from the parent."""
    (leaf * leaf).sum().backward()
    return gradients_of_large_arrays(), trained(), leaf, ag.is_grad_enabled()


@pytest.mark.parametrize("method", START_METHODS)
def test_a_child_computes_what_its_parent_computes(method: str) -> None:
    leaf = ag.tensor([1.0, 2.0], requires_grad=True, name="leaf")
    (3 * leaf).sum().backward()
    large, model = gradients_of_large_arrays(), trained()
    childs_large, childs_model, childs_leaf, recording = in_child(method, everything, leaf)
    for mine, of_child in zip(large, childs_large, strict=True):
        np.testing.assert_array_equal(of_child, mine)
    for path, values in model.items():
        np.testing.assert_array_equal(childs_model[path], values)
    assert childs_leaf.grad.tolist() == [5.0, 7.0] and childs_leaf.name == "leaf" and recording
    assert leaf.grad.tolist() == [3.0, 3.0]


@forks
def test_a_forked_child_may_walk_the_graph_of_its_parent_and_leaves_it_alone() -> None:
    x = ag.tensor(np.linspace(-1, 1, 4 * blocks.BLOCK), requires_grad=True)
    loss = (ag.gelu(x) ** 2).sum()

    def walk() -> np.ndarray:
        loss.backward()
        return x.grad.numpy()

    of_child = in_child("fork", walk)
    assert x.grad is None
    np.testing.assert_array_equal(walk(), of_child)


@forks
def test_a_grandchild_computes_large_arrays_too() -> None:
    expected = gradients_of_large_arrays()
    found = in_child("fork", lambda: (gradients_of_large_arrays(), in_child("fork", gradients_of_large_arrays))[1])
    np.testing.assert_array_equal(found[0], expected[0])


@forks
@pytest.mark.parametrize("kind", ["accumulates", "computes large arrays"])
def test_a_child_forked_while_other_threads_work_does_not_hang(kind: str) -> None:
    x = ag.tensor(np.zeros(2_000_000), requires_grad=True)
    doubled, ones, stop, busy = x * 2.0, np.ones(x.shape), threading.Event(), threading.Barrier(4)

    def accumulate() -> None:
        busy.wait(PATIENCE)
        while not stop.is_set():
            if kind == "accumulates":
                doubled.backward(ones, retain_graph=True)
            else:
                ag.gelu(ones)

    threads = [threading.Thread(target=accumulate, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        busy.wait(PATIENCE)
        expected = trained()
        for _ in range(3):
            found, large = in_child("fork", lambda: (trained(), gradients_of_large_arrays()[0][:3]))
            assert all((found[path] == values).all() for path, values in expected.items())
            assert large.shape == (3,)
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
