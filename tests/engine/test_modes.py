"""Grad mode, scopes and anomaly mode belong to a thread or task alone, and end where they began."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AnomalyError
from tests.engine.together import PATIENCE, at_once


def leaf(data: object) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True)


@pytest.fixture
def _mode() -> Iterator[None]:
    """Whatever a test does to the grad mode ends with it."""
    with ag.set_grad_enabled(True):
        yield


def test_no_grad_and_scopes_of_one_thread_are_not_seen_by_another() -> None:
    x = leaf([1.0])
    meeting = threading.Barrier(2)

    def quiet() -> bool:
        with ag.no_grad(), ag.scope("quiet"):
            meeting.wait(PATIENCE)
            recorded = (x * 2).requires_grad
            meeting.wait(PATIENCE)
        return recorded

    def recording() -> tuple[str, ...]:
        with ag.scope("recording"):
            meeting.wait(PATIENCE)
            y = x * 2
            meeting.wait(PATIENCE)
        assert y.grad_fn is not None
        return y.grad_fn.scope

    assert at_once(quiet, recording) == [False, ("recording",)]


def test_anomaly_mode_of_one_thread_is_not_seen_by_another() -> None:
    x = leaf([0.0])
    meeting = threading.Barrier(2)

    def watched() -> None:
        with ag.detect_anomaly():
            meeting.wait(PATIENCE)
            with pytest.raises(AnomalyError), np.errstate(divide="ignore"):
                np.log(x)
            meeting.wait(PATIENCE)

    def unwatched() -> list[float]:
        meeting.wait(PATIENCE)
        with np.errstate(divide="ignore"):
            y = np.log(x)
        meeting.wait(PATIENCE)
        return y.tolist()

    assert at_once(watched, unwatched)[1] == [-np.inf]


def test_one_no_grad_object_may_serve_two_threads_that_overlap() -> None:
    quiet = ag.no_grad()
    entered, both_inside, left = threading.Event(), threading.Barrier(2), threading.Event()

    def first() -> tuple[bool, bool]:
        try:
            with quiet:
                entered.set()
                both_inside.wait(PATIENCE)
                inside = ag.is_grad_enabled()
        finally:
            left.set()
        return inside, ag.is_grad_enabled()

    def second() -> tuple[bool, bool]:
        entered.wait(PATIENCE)
        with quiet:
            both_inside.wait(PATIENCE)
            left.wait(PATIENCE)
            inside = ag.is_grad_enabled()
        return inside, ag.is_grad_enabled()

    assert at_once(first, second) == [(False, True), (False, True)]


def test_no_grad_in_one_task_does_not_leak_into_another_across_awaits() -> None:
    x = leaf([1.0])
    seen: list[tuple[str, bool]] = []

    async def look(who: str) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
            seen.append((who, (x * 2).requires_grad))

    async def quiet() -> None:
        with ag.no_grad():
            await look("quiet")
            await asyncio.gather(look("quiet"), asyncio.to_thread(lambda: seen.append(("quiet", ag.is_grad_enabled()))))
        seen.append(("recording", ag.is_grad_enabled()))

    async def main() -> None:
        await asyncio.gather(quiet(), look("recording"), quiet(), look("recording"))

    asyncio.run(main())
    assert set(seen) == {("quiet", False), ("recording", True)}


def test_a_task_inherits_the_mode_and_cannot_change_that_of_its_parent() -> None:
    async def child() -> bool:
        inherited = ag.is_grad_enabled()
        ag.set_grad_enabled(True)
        await asyncio.sleep(0)
        return inherited

    async def main() -> tuple[bool, bool]:
        with ag.no_grad():
            inherited = await asyncio.create_task(child())
            return inherited, ag.is_grad_enabled()

    assert asyncio.run(main()) == (False, False)


def test_a_copied_context_keeps_the_mode_in_which_it_was_copied() -> None:
    with ag.no_grad(), ag.scope("here"):
        context = contextvars.copy_context()
    x = leaf([1.0])
    assert not context.run(lambda: (x * 2).requires_grad)
    context.run(ag.set_grad_enabled, True)
    assert context.run(lambda: (x * 2).grad_fn.scope) == ("here",)
    context.run(ag.set_grad_enabled, False)
    assert ag.is_grad_enabled()


def test_a_generator_runs_in_the_mode_of_whoever_asks_for_its_next_value() -> None:
    x = leaf([1.0])
    values = ((x * k).requires_grad for k in range(3))
    assert next(values)
    with ag.no_grad():
        assert not next(values)
    assert next(values)


@pytest.mark.usefixtures("_mode")
@pytest.mark.parametrize("finish", [lambda made: list(made), lambda made: made.close()])
def test_a_generator_that_opens_no_grad_puts_the_mode_back(finish: Callable[[Any], object]) -> None:
    def batches() -> Iterator[int]:
        with ag.no_grad():
            yield 1
            yield 2

    made = batches()
    next(made)
    finish(made)
    assert ag.is_grad_enabled()


@pytest.mark.usefixtures("_mode")
def test_two_generators_that_open_no_grad_in_turns_put_the_mode_back() -> None:
    def batches() -> Iterator[int]:
        with ag.no_grad():
            yield 1

    for _ in zip(batches(), batches(), strict=False):
        pass
    assert ag.is_grad_enabled()
    ends_inside = batches()
    next(ends_inside)
    with ag.scope("evaluation"):
        list(ends_inside)
    assert ag.is_grad_enabled()


@pytest.mark.usefixtures("_mode")
def test_a_walk_that_is_recorded_leaves_the_mode_as_it_was_even_when_it_fails() -> None:
    x = leaf([1.0])
    y = x * x

    def refuse(g: object) -> None:
        raise RuntimeError("stop")

    with ag.no_grad():
        (g,) = ag.gradients(y, x, [np.ones(1)], create_graph=True)
        assert g.requires_grad and not ag.is_grad_enabled()
        y.register_hook(refuse)
        with pytest.raises(RuntimeError, match="stop"):
            y.backward(np.ones(1), create_graph=True)
        assert not ag.is_grad_enabled()
