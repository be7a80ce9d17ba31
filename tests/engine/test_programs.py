"""Random programs against hyper-dual arrays: the value, the gradient and the second derivative of each."""

from collections import Counter
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

import autograd_lite as ag
from autograd_lite.errors import StaleValueError
from tests.engine.hyperdual import HyperDual, parts, variable
from tests.engine.programs import ON_DUALS, ON_TENSORS, Program, numbers, programs

# Whether random programs write in place.
WRITES = True
# What went wrong once.
FOUND = {
    "plus is a copy": """
    x0 = leaf(0, (3,))
    v1 = x0 * x0
    v2 = +v1
    v2 += v1
    loss = total(v1)
    """,
    "plus is a constant where nothing is recorded": """
    x0 = leaf(0, (3,))
    with no_grad(): v1 = +x0
    loss = total(v1, x0)
    """,
    "a copy is laid out in C order": """
    x0 = leaf(0, (2, 3))
    v1 = (x0 * x0).T.copy()
    v2 = v1.reshape(-1)
    v1 *= 2
    loss = total(v2)
    """,
    "a view of a view that was made where nothing is recorded": """
    x0 = leaf(0, (2, 3))
    v1 = np.sin(x0)
    with no_grad(): v2 = v1[1:]
    v3 = v2[0]
    v1 *= 2
    loss = total(v1 * v3)
    """,
    "a flat view is written into, and the gradient is laid out in another order": """
    x0 = leaf(0, (3, 2))
    v1 = x0.copy()
    v2 = v1.reshape(-1)
    v2 *= 2
    loss = total(v1.T)
    """,
}
AGREES, STALE = "agrees", "needs a value that was overwritten"


def run(source: str, names: dict[str, Any]) -> dict[str, Any]:
    """The variables of a program."""
    space = dict(names)
    exec(source, space)
    return {name: value for name, value in space.items() if isinstance(value, (ag.Tensor, HyperDual))}


def close(found: Any, expected: Any, what: str) -> None:
    """Agree, up to rounding."""
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8, err_msg=what)


def slope(gradients: list[Any], directions: list[Any]) -> Any:
    """The derivative in a direction; None is the gradient of what was not used."""
    terms = [(g * d).sum() for g, d in zip(gradients, directions, strict=True) if g is not None]
    return sum(terms, ag.tensor(0.0))


def check(program: Program) -> str:
    """Compare a program's values and derivatives with those of hyper-dual arrays."""
    expected, found = run(program.source, ON_DUALS), run(program.source, ON_TENSORS)
    for name, dual in expected.items():
        close(found[name].numpy(), dual.array["value"], f"the value of {name}")
    loss = found["loss"]
    leaves = {int(name[1:]): t for name, t in found.items() if name[0] == "x"}
    _, d1, d2, d12 = parts(expected["loss"])
    if not loss.requires_grad:
        assert d1 == d2 == d12 == 0.0
        return AGREES
    first, second = ([numbers(k, t.shape, row) for k, t in leaves.items()] for row in (1, 2))
    inputs = list(leaves.values())
    try:
        gradients = ag.gradients(loss, inputs, create_graph=True, allow_unused=True)
        along = slope(gradients, first)
        close(along.item(), d1, "the derivative along the first direction")
        close(slope(gradients, second).item(), d2, "the derivative along the second direction")
        bent = ag.gradients(along, inputs, allow_unused=True, retain_graph=True) if along.requires_grad else []
        close(slope(bent, second[: len(bent)]).item(), d12, "the mixed second derivative")
        loss.backward()
        close(slope([t.grad for t in inputs], first).item(), d1, "the derivative by backward()")
    except StaleValueError:
        if program.copies or not program.writes:
            raise
        return STALE
    return AGREES


def fuzz(examples: int) -> Counter[tuple[bool, bool, str]]:
    """Check so many random programs, the same at each run; count those that copy, that write, and how they end."""
    outcomes: Counter[tuple[bool, bool, str]] = Counter()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(programs(writes=WRITES))
    def each(program: Program) -> None:
        note(program.source)
        outcomes[program.copies, program.writes, check(program)] += 1

    each()
    return outcomes


def test_hyper_dual_arrays_know_the_derivatives_of_a_cube_written_in_place() -> None:
    x = variable(np.array([2.0, 1.0]), np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    y = x * x
    reversed_view = y[::-1]
    reversed_view *= x[::-1]
    assert [part.tolist() for part in parts(y)] == [[8.0, 1.0], [12.0, 0.0], [12.0, 0.0], [12.0, 0.0]]


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_programs_that_went_wrong_once(source: str) -> None:
    assert check(Program(dedent(source), copies=False)) == AGREES


def test_random_programs_agree_with_hyper_dual_arrays() -> None:
    fuzz(300)


@pytest.mark.slow
def test_ten_thousand_random_programs_and_few_that_need_what_they_overwrote() -> None:
    outcomes = fuzz(10_000)
    agree, stale = outcomes[False, True, AGREES], outcomes[False, True, STALE]
    assert agree + stale > 2_000 * WRITES
    assert stale <= 0.4 * (agree + stale)
