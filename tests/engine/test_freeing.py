"""Freeing: a kept loss holds nothing that the user dropped, and large graphs are freed at once in little stack."""

import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from tests.engine.references import leaf, memory_of

# Bytes. CPython 3.13 lets 10,000 deallocations nest before it puts off the rest: nested tuples alone need half a MB.
SMALL_STACK = 1 << 21 if sys.version_info[:2] == (3, 13) else 1 << 18


def dense(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    return ag.linear(batch, w, None).sum(), weakref.ref(batch)


def a_tensor(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    x = ag.tensor(batch)
    return ag.linear(x, w, None).sum(), memory_of(x)


def a_named_tensor(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    x = ag.tensor(batch, name="x")
    return ag.linear(x, w, None).sum(), memory_of(x)


def labels(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    y = np.zeros(len(batch), int)
    return ag.softmax_cross_entropy(ag.linear(batch, w, None), y).sum(), weakref.ref(y)


def targets(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    y = np.zeros((len(batch), 2))
    return ag.squared_error(ag.linear(batch, w, None), y), weakref.ref(y)


def mask(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    chosen = batch[:2] > 0.5
    return np.where(chosen, w, 0.0).sum(), weakref.ref(chosen)


def index(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    rows = np.arange(len(batch)) % 2
    chosen = w[rows]
    return (chosen * batch).sum(), weakref.ref(chosen.grad_fn.keywords["index"])


def hidden_values(batch: np.ndarray, w: ag.Tensor) -> tuple[ag.Tensor, weakref.ref]:
    h = np.tanh(ag.linear(batch, w, None))
    h.name = "h"
    return (h * h).sum(), memory_of(h)


@pytest.mark.usefixtures("_by_reference_counts_alone")
@pytest.mark.parametrize(
    "make",
    [dense, a_tensor, a_named_tensor, labels, targets, mask, index, hidden_values],
    ids=lambda make: make.__name__,
)
def test_losses_kept_in_a_list_do_not_hold_the_batch(make: Callable[..., tuple[ag.Tensor, weakref.ref]]) -> None:
    w, losses, references = leaf(np.ones((2, 4))), [], []
    for k in range(3):
        loss, reference = make(np.full((100, 4), float(k)), w)
        assert reference() is not None
        loss.backward()
        losses.append(loss)
        references.append(reference)
    assert [each() is not None for each in references] == [False] * 3


def in_a_thread_with_a_small_stack(work: Callable[[], Any]) -> Any:
    """Run the work where recursion over a graph would soon run out of stack."""
    results = []
    try:
        before = threading.stack_size(SMALL_STACK)
    except (ValueError, RuntimeError):
        pytest.skip("the size of a thread's stack cannot be set here")
    try:
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return results[0]


@pytest.mark.usefixtures("_by_reference_counts_alone")
def test_dropping_the_loss_frees_a_million_nodes_in_a_small_stack() -> None:
    def work() -> list[bool]:
        y = first = np.exp(leaf([1.0]))
        value = memory_of(first)
        del first
        for _ in range(1_000_000):
            y = y * 1.0
        alive = [value() is not None]
        del y
        return [*alive, value() is not None]

    assert in_a_thread_with_a_small_stack(work) == [True, False]


@pytest.mark.usefixtures("_by_reference_counts_alone")
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_graph_of_many_kinds_of_links_is_walked_and_dropped_in_a_small_stack(create_graph: bool) -> None:
    def work() -> list[bool]:
        x = leaf([1.0, 0.5])
        y = first = np.exp(x)
        value = memory_of(first)
        del first
        for _ in range(1_500):
            y = ag.concatenate([y[:1], y[1:] + 1e-6 * np.tanh(y[:1])])
            y = ag.linear(y, np.eye(2), None).reshape(2)
        (g,) = ag.gradients(y.sum(), x, create_graph=create_graph)
        assert g.shape == (2,)
        alive = value() is not None
        del y, g
        return [alive, value() is not None]

    # Without create_graph the walk itself has freed the early value.
    assert in_a_thread_with_a_small_stack(work) == [create_graph, False]
