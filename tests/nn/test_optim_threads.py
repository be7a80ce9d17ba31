"""Large parameters moved on several threads: the same bits as on one, and errors where they belong."""

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite import threads
from autograd_lite.threads import on_all_threads
from nn.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from nn.optim.memory import BLOCK
from tests.nn.test_optim import RULES

LARGE = (3, BLOCK // 2 + 5)


@pytest.fixture
def three_threads(monkeypatch):
    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(threads, "thread_count", lambda: 3)
        monkeypatch.setattr(threads, "workers", lambda: pool)
        yield


def alone(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 1)


class Tracing(Optimizer):
    """θ ← θ − η g, noting in which thread each block was moved; two threads are within `update` at once."""

    elementwise = True
    threadsafe = True

    def __init__(self, parameters, lr=0.5, parties=2):
        super().__init__(parameters, lr)
        self.seen = []
        self.meeting, self.places = threading.Barrier(parties), count()

    def update(self, t, p, g, *state):
        self.seen.append((threading.get_ident(), p.size))
        change = self.scratch(p, 1)[0]
        np.multiply(g, self.lr, out=change)
        if next(self.places) < self.meeting.parties:
            self.meeting.wait(20)
        p -= change


def parameters(dtype, rng):
    """Several large parameters, one of them in columns, and small ones."""
    shapes = [LARGE, (300, 200), (BLOCK + 1,), (7, 5), (5,)]
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    arrays[1] = np.asfortranarray(arrays[1])
    return [nn.Parameter(each) for each in arrays]


def trained(make, dtype, steps=2):
    rng = np.random.default_rng(3)
    moved = parameters(dtype, rng)
    optimizer = make(moved)
    for _ in range(steps):
        for each in moved:
            each.grad = rng.standard_normal(each.shape).astype(dtype)
        optimizer.step()
    return moved, optimizer


def same_bits(one, other):
    return all(a.numpy().tobytes() == b.numpy().tobytes() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", RULES)
def test_threads_give_the_bits_of_one_thread(make, dtype, three_threads, monkeypatch):
    spread, optimizer = trained(make, dtype)
    alone(monkeypatch)
    single, other = trained(make, dtype)
    assert same_bits(spread, single)
    for name, values in other.state_dict().items():
        np.testing.assert_array_equal(optimizer.state_dict()[name], values)


@pytest.mark.parametrize("make", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, eps=1e-3)])
def test_half_precision_too(make, three_threads, monkeypatch):
    spread, _ = trained(make, "float16", steps=1)
    alone(monkeypatch)
    assert same_bits(spread, trained(make, "float16", steps=1)[0])


def test_complex_parameters_too(three_threads, monkeypatch, rng):
    values, slopes = (rng.standard_normal(LARGE) + 1j * rng.standard_normal(LARGE) for _ in range(2))

    def moved():
        parameter = nn.Parameter(values)
        parameter.grad = slopes
        Adam([parameter], lr=0.1).step()
        return [parameter]

    spread = moved()
    alone(monkeypatch)
    assert same_bits(spread, moved())


def test_groups_keep_their_options_and_frozen_parameters_stay(three_threads, rng):
    first, second, frozen = (nn.Parameter(np.ones(LARGE)) for _ in range(3))
    optimizer = SGD([{"params": [first, frozen], "lr": 0.5}, {"params": [second]}], lr=0.25)
    first.grad = second.grad = np.ones(LARGE)
    optimizer.step()
    assert np.all(first.numpy() == 0.5) and np.all(second.numpy() == 0.75) and np.all(frozen.numpy() == 1.0)


def test_blocks_of_a_threadsafe_class_are_moved_side_by_side(three_threads):
    parameter = nn.Parameter(np.zeros(4 * BLOCK))
    parameter.grad = np.arange(4 * BLOCK)
    optimizer = Tracing([parameter])
    optimizer.step()
    assert len({thread for thread, _ in optimizer.seen}) > 1
    np.testing.assert_array_equal(parameter.numpy(), -0.5 * np.arange(4 * BLOCK))


@pytest.mark.parametrize("base", [Optimizer, SGD, AdamW, RMSprop, Tracing])
def test_a_class_that_does_not_say_so_has_its_blocks_moved_in_turn(base, three_threads):
    class Counting(base):
        elementwise = True

        def __init__(self, parameters):
            super().__init__(parameters, 0.5)
            self.seen = []

        def update(self, t, p, g, *state):
            self.seen.append((threading.get_ident(), p.size))

    parameter = nn.Parameter(np.zeros(3 * BLOCK + 1))
    parameter.grad = np.ones(3 * BLOCK + 1)
    optimizer = Counting([parameter])
    optimizer.step()
    here = threading.get_ident()
    assert optimizer.seen == [(here, BLOCK), (here, BLOCK), (here, BLOCK), (here, 1)]


def test_a_large_parameter_that_shares_memory_with_a_small_one_is_moved_before_it(three_threads):
    memory = np.ones(3 * BLOCK)
    large, small = ag.from_numpy(memory), ag.from_numpy(memory[:10])
    for each, slope in ((large, 1.0), (small, 3.0)):
        each.requires_grad_()
        each.grad = np.full(each.shape, slope)
    SGD([large, small], lr=0.5, weight_decay=1.0).step()
    # 1 − ½ (1 + 1) = 0, and then 0 − ½ (3 + 0).
    assert memory[0] == -1.5 and memory[-1] == 0.0


@pytest.mark.parametrize("shared", ["memory", "part of it", "a gradient"])
def test_parameters_that_share_memory_are_moved_in_turn(shared, three_threads):
    memory = np.ones(4 * BLOCK)
    first = ag.from_numpy(memory[BLOCK:] if shared == "part of it" else memory)
    second = ag.from_numpy(memory[: 3 * BLOCK] if shared == "part of it" else memory)
    if shared == "a gradient":
        second = ag.tensor(np.ones(4 * BLOCK))
    for each in (first, second):
        each.requires_grad_()
    first.grad = np.ones(first.shape)
    second.grad = np.ones(second.shape)
    if shared == "a gradient":
        second._grad = first.detach()
    optimizer = Tracing([first, second], parties=1)
    optimizer.step()
    assert {thread for thread, _ in optimizer.seen} == {threading.get_ident()}
    expected = {"memory": (0.0, 0.0), "part of it": (0.5, 0.5), "a gradient": (0.5, 0.75)}[shared]
    assert (first.numpy()[-1], second.numpy()[0]) == expected


def test_less_than_a_block_for_each_of_two_threads_stays_on_one(three_threads):
    moved = [nn.Parameter(np.zeros(BLOCK - 1)) for _ in range(2)]
    for each in moved:
        each.grad = np.ones(BLOCK - 1)
    optimizer = Tracing(moved, parties=1)
    optimizer.step()
    assert {thread for thread, _ in optimizer.seen} == {threading.get_ident()}


def test_error_handling_holds_in_every_thread(three_threads):
    parameter = nn.Parameter(np.zeros(8 * BLOCK, np.float32))
    parameter.grad = np.full(8 * BLOCK, 1e30, np.float32)
    optimizer = Adam([parameter])
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        optimizer.step()


@pytest.mark.parametrize("where", ["caller", "worker"])
@pytest.mark.parametrize("error", [IndexError, KeyboardInterrupt, FloatingPointError])
def test_an_error_reaches_the_caller_and_ends_the_work(error, where, three_threads):
    caller, begun, ended, failed = threading.get_ident(), [], [], threading.Event()
    meeting, places = threading.Barrier(3), count()

    def work(piece):
        begun.append(piece)
        if next(places) < 3:
            meeting.wait(20)
        if (threading.get_ident() == caller) == (where == "caller") and not failed.is_set():
            failed.set()
            raise error("struck")
        failed.wait(20)
        ended.append(piece)

    with pytest.raises(error, match="struck"):
        on_all_threads(work, range(300))
    assert len(begun) < 300
    done = len(ended)
    assert not threading.Event().wait(0.05) and len(ended) == done


def test_every_piece_is_taken_once(three_threads):
    taken = []
    on_all_threads(taken.append, range(1000))
    assert sorted(taken) == list(range(1000))


def test_an_ending_interpreter_computes_on_the_callers_thread(monkeypatch):
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    monkeypatch.setattr(threads, "workers", lambda: pool)
    taken = []
    on_all_threads(lambda piece: taken.append((piece, threading.get_ident())), range(3))
    assert taken == [(piece, threading.get_ident()) for piece in range(3)]


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))], ids=["copy", "pickle"]
)
def test_a_copy_goes_on_as_the_original(copied, three_threads):
    moved, optimizer = trained(Adam, "float32")
    twin = copied(optimizer)
    for one in (optimizer, twin):
        for each in one.parameters:
            each.grad = np.ones(each.shape, np.float32)
        one.step()
    assert same_bits(moved, twin.parameters)


def test_adam_in_half_precision_divides_no_zero_by_zero():
    parameter = nn.Parameter([1.0, 2.0], dtype=np.float16)
    parameter.grad = np.zeros(2, np.float16)
    Adam([parameter], lr=0.1, eps=2e-7).step()
    assert parameter.tolist() == [1.0, 2.0]
