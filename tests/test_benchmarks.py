"""The benchmarks compare the same thing: this engine finds the gradients that were written out by hand."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import StaleValueError
from autograd_lite.methods import public_primitives
from autograd_lite.primitives import Primitive, unregistered
from tests.benchmarks import anatomy, bytecodes, operations, protection, steady
from tests.benchmarks.__main__ import parse
from tests.benchmarks.alone import MEASUREMENTS
from tests.benchmarks.replay import captured, in_turn
from tests.benchmarks.systems import autograd_lite, numpy_limit, tape
from tests.benchmarks.worker import agree, fingerprint
from tests.benchmarks.works import WORKS, Job, Work, chosen


@pytest.mark.parametrize("work", chosen(["W2", "W3", "W4"]), ids=lambda work: work.name)
def test_training_agrees_with_the_hand_written_limit(work: Work):
    ours, limit = autograd_lite.train(work.make()), numpy_limit.train(work.make())
    assert agree(fingerprint(ours.answer()), fingerprint(limit.answer()), work.tolerance)
    for _ in range(3):
        ours.step()
        limit.step()
    assert agree(fingerprint(ours.parameters()), fingerprint(limit.parameters()), work.tolerance)


@pytest.mark.parametrize("name", ["W1", "W6-1e3", "W7", "W8", "W10"])
def test_other_works_agree_with_the_hand_written_limit(name: str):
    work = next(work for work in WORKS if work.name == name)
    ours, limit = (getattr(system, work.kind)(work.make()) for system in (autograd_lite, numpy_limit))
    assert agree(fingerprint(ours.answer()), fingerprint(limit.answer()), work.tolerance)


@pytest.mark.parametrize("name", ["W1", "W2", "W3", "W4-SGD", "W4-Adam", "W6-1e3"])
def test_the_bare_tape_does_the_same_work(name: str):
    work = next(work for work in WORKS if work.name == name)
    bare, limit = (getattr(system, work.kind)(work.make()) for system in (tape, numpy_limit))
    assert agree(fingerprint(bare.answer()), fingerprint(limit.answer()), work.tolerance)
    if bare.parameters and limit.parameters:
        bare.step()
        limit.step()
        assert agree(fingerprint(bare.parameters()), fingerprint(limit.parameters()), work.tolerance)


def test_a_wrong_gradient_is_noticed():
    work = chosen(["W2"])[0]
    answer = numpy_limit.train(work.make()).answer()
    wrong = [*answer[:-1], 2 * answer[-1]]
    assert not agree(fingerprint(answer), fingerprint(wrong), work.tolerance)


class Clock:
    """A clock that goes by what is done, not by how long this machine takes over it."""

    def __init__(self) -> None:
        self.ticks: Iterator[int] = itertools.count()
        self.waited = 0.0

    def __call__(self) -> float:
        return self.waited + 1e-6 * next(self.ticks)

    def slowly(self, x: Any) -> Any:
        self.waited += 1e-3
        return x


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


def identity(name: str, **declaration: Any) -> Primitive:
    return unregistered(**{"fn": lambda x: +x, "x": lambda g: +g, "domain": (-3, 3), "name": name, **declaration})


def test_the_operation_with_a_slow_way_to_its_call_has_the_largest_overhead(clock: Clock):
    found, missing = operations.costs(
        {
            "slow to call": identity("a", canonical=lambda x: ((clock.slowly(x),), {})),
            "slow forward": identity("b", fn=lambda x: clock.slowly(+x)),
            "slow rule": identity("c", x=lambda g: clock.slowly(+g)),
            "quick": identity("d"),
            "no rule": identity("e", x=None),
            "numbers only": identity("f", samples=lambda draw: [((draw(),), {})]),
        },
        rounds=3,
    )
    assert missing == ["no rule", "numbers only"]
    assert operations.slowest(found)[1][0] == "slow to call"
    assert found["slow to call"].overhead > 1e-3 > found["slow to call"].alone
    assert min(found["slow forward"].alone, found["slow rule"].alone) > 1e-3 > found["quick"].engine


def test_every_public_operation_is_measured_or_named():
    names = [name for name, primitive in public_primitives().items() if operations.step_of(primitive) is not None]
    assert len(names) > 60 and {"add", "concatenate", "linear", "max_pool2d"}.issubset(names)


def test_replayed_calls_are_those_of_the_step():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    forward, rules = captured(lambda: (np.exp(x) * 3 + x).sum().backward())
    results = [call().tolist() for call in forward]
    np.testing.assert_allclose(results[0], np.exp([1.0, 2.0]))
    np.testing.assert_allclose(results[3], 3 * np.exp(1.0) + 1 + 3 * np.exp(2.0) + 2)
    np.testing.assert_allclose(rules[-1](), 3 * np.exp([1.0, 2.0]))
    assert (len(forward), len(rules)) == (4, 5)


@pytest.mark.parametrize("name", ["W1", "W2", "W3", "W7"])
def test_the_parts_of_a_step_make_up_its_total(name: str):
    work = chosen([name])[0]
    job = getattr(autograd_lite, work.kind)(work.make())
    shares = anatomy.shares(in_turn(anatomy.steps_of(job), rounds=2, seconds=1e-3))
    assert sum(shares.values()) == pytest.approx(1)
    assert ("optimizer" in shares) == (work.kind == "train")


@pytest.mark.parametrize("part", ["forward", "rules"])
def test_a_slow_call_shows_in_its_part_of_the_step(part: str, clock: Clock):
    slow = {"fn": clock.slowly} if part == "forward" else {"x": lambda g: clock.slowly(g)}
    x, f = ag.tensor(1.0, requires_grad=True), identity("slow", **slow)
    job = Job(lambda: f(x).backward(), lambda: [])
    shares = anatomy.shares(in_turn(anatomy.steps_of(job), rounds=3, seconds=1e-2))
    assert shares[part] == pytest.approx(1, abs=0.01)
    assert shares["engine"] == pytest.approx(0, abs=0.01)


def test_taking_a_step_apart_leaves_its_parameters_as_they_were():
    job = autograd_lite.train(chosen(["W4-Adam"])[0].make())
    assert job.parameters is not None
    before = job.parameters()
    in_turn(anatomy.steps_of(job), rounds=1, seconds=0)
    for now, then in zip(job.parameters(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_steps_that_grow_slower_show_as_such():
    times = np.linspace([1.0, 1.0], [3.0, 1.0], 1000)
    table = steady.blocks_table(times)
    assert len(table) == steady.BLOCKS + 2
    assert float(table[-1][-1]) == pytest.approx(2.9 / 1.1, abs=0.01)


def test_instructions_are_counted_by_part_the_same_in_every_step():
    (work,) = chosen(["W2"])
    step = autograd_lite.train(work.make()).step
    for _ in range(bytecodes.WARM_UP):
        step()
    first, second = bytecodes.counted(step), bytecodes.counted(step)
    assert first == second
    assert min(first[part] for part in bytecodes.PARTS) > 0


def test_a_training_leaves_no_objects_behind():
    times = np.zeros((50, 2))
    _, tracked = steady.train(times)
    assert tracked < len(times) and times.min() > 0


def test_the_measurements_of_the_engine_alone_can_be_named():
    assert parse([*MEASUREMENTS, "W9", "w2"]).works == [*MEASUREMENTS, "W9", "w2"]
    with pytest.raises(SystemExit):
        parse(["operation"])


def test_without_protection_the_walk_is_the_same_but_for_its_check():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    x.data[0] = 5.0
    with pytest.raises(StaleValueError):
        loss.backward(retain_graph=True)
    with protection.unprotected():
        loss.backward()
    assert x.grad.tolist() == [10.0, 4.0]
