"""Planted wrong rules: each is found at every point, and what is wrong with it is named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientCheckError

# A function, its derivative.
FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sin": (np.sin, np.cos),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "log": (np.log, lambda x: 1 / x),
}
FACTORS = {
    2.0: "twice as large as it should be",
    0.5: "half as large as it should be",
    -1.0: "the sign is reversed",
    1 / 3: "1/3 times what it should be",
    np.pi: "π times what it should be",
    0.0: "zero everywhere",
}
POINTS = {
    "a vector": np.array([0.35, 1.1, 1.9, 0.6]),
    "a matrix": np.array([[0.35, 1.1, 1.9], [0.6, 0.9, 1.4]]),
    "one number": np.array(0.7),
    "tiny": 1e-6 * np.array([0.35, 1.1, 1.9]),
    "mixed": np.array([1e-3, 0.1, 1.0, 10.0]),
    "single": np.array([0.35, 1.1, 1.9], np.float32),
    "many": np.linspace(0.3, 1.9, 250),
}


def told(f: Any, *inputs: Any, order: int = 1) -> str:
    """The second line of gradcheck's error."""
    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(f, inputs, order=order)
    _, guess = str(caught.value).splitlines()
    assert len(guess) <= 160
    return guess


CASES = [
    *[("sin", factor, "a vector") for factor in FACTORS],
    *[(name, factor, point) for name, factor in zip(FUNCTIONS, FACTORS, strict=False) for point in POINTS],
]


@pytest.mark.parametrize(("name", "factor", "point"), CASES)
def test_a_factor_is_named(name: str, factor: float, point: str) -> None:
    function, slope = FUNCTIONS[name]
    wrong = ag.primitive(lambda x: function(x), x=lambda g, x: g * factor * slope(x), name=f"wrong_{name}")
    assert told(wrong, POINTS[point]) == f"The rule of 'wrong_{name}' for 'x': {FACTORS[factor]}."


@pytest.mark.parametrize("point", POINTS)
def test_a_factor_is_named_behind_other_operations(point: str) -> None:
    wrong = ag.primitive(lambda x: np.sin(x), x=lambda g, x: g * 3 * np.cos(x), name="tripled")
    assert told(lambda x: np.tanh(0.1 * wrong(x)).sum(), POINTS[point]) == (
        "The rule of 'tripled' for 'x': 3 times what it should be."
    )


SQUARE = np.array([[0.3, 0.9, 1.2], [0.5, 0.2, 0.8], [1.4, 0.6, 0.7]])
OTHER = SQUARE[::-1] ** 2 + 0.1
ROW, TALL, WIDE = np.array([0.4, 0.7, 1.1]), np.arange(12.0).reshape(4, 3) / 7 + 0.2, np.arange(6.0).reshape(2, 3) + 0.5

# The declaration, the point, the order that finds it, and a part of what is said.
PLANTED: dict[str, tuple[Any, tuple[Any, ...], int, str]] = {
    "a mean that gives each element all": (
        ag.primitive(lambda x: x.mean(), x=lambda g, like_x: g * np.ones(like_x.shape), name="p1"),
        (np.arange(5.0),), 1, "5 times too large (x.shape[0]): a sum in place of a mean",
    ),
    "a sum that divides": (
        ag.primitive(lambda x: x.sum(), x=lambda g, like_x: g * np.ones(like_x.shape) / 6, name="p2"),
        (WIDE,), 1, "divided by 6 (x.size): a mean in place of a sum",
    ),
    "a transposed gradient": (
        ag.primitive(lambda x: 2 * x, x=lambda g: 2 * g.T, name="p3"), (SQUARE,), 1, "transposed",
    ),
    "an operand not transposed": (
        ag.primitive(lambda a, b: a @ b, a=lambda g, b: g @ b, b=lambda g, a: a.T @ g, name="p4"),
        (SQUARE, OTHER), 1, "The rule of 'p4' for 'a': right with 'b' transposed",
    ),
    "a factor in the second operand": (
        ag.primitive(lambda a, b: a @ b, a=lambda g, b: g @ b.T, b=lambda g, a: 3 * a.T @ g, name="p5"),
        (TALL, SQUARE), 1, "The rule of 'p5' for 'b': 3 times",
    ),
    "the first row of a broadcast": (
        ag.primitive(lambda x, b: x + b, x=lambda g: g, b=lambda g: g[0], name="p6"),
        (TALL, ROW), 1, "for 'b': only the first of the places it was broadcast to is counted; sum over axis 0",
    ),
    "the last row of a broadcast": (
        ag.primitive(lambda x, b: x * b, x=lambda g, b: g * b, b=lambda g, x: (g * x)[-1], name="p7"),
        (TALL, ROW), 1, "for 'b': only the last of the places",
    ),
    "a broadcast summed over the other axis": (
        ag.primitive(lambda x, b: x + b, x=lambda g: g, b=lambda g: g.sum(1), name="p8"),
        (SQUARE, ROW), 1, "summed over axis 1 in place of axis 0, along which it was broadcast",
    ),
    "a broadcast averaged": (
        ag.primitive(lambda x, b: x + b, x=lambda g: g, b=lambda g: g.mean(0), name="p9"),
        (TALL, ROW), 1, "divided by 4 (x.shape[0]): a mean in place of a sum",
    ),
    "an offset": (
        ag.primitive(lambda x: x * x, x=lambda g, x: g * 2 * x + 0.3, name="p10"), (ROW,), 1, "plus 3/10 in every",
    ),
    "a reversed axis": (
        ag.primitive(lambda x: x[::-1] * 1.0, x=lambda g: g, name="p11"), (ROW,), 1, "reversed along axis 0",
    ),
    "NaN": (
        ag.primitive(lambda x: x * x, x=lambda g, x: g * x / 0.0, name="p12"), (ROW,), 1, "NaN or infinite",
    ),
    "one element": (
        ag.primitive(lambda x: x * x, x=lambda g, x: g * 2 * x * np.array([1.0, 2.0, 1.0]), name="p13"),
        (ROW,), 1, "wrong only in element [1]: twice as large as it should be",
    ),
    "a real part twice": (
        ag.primitive(lambda z: np.real(z) * 1.0, z=lambda g: 2 * g, name="p14"),
        (ROW + 1j * ROW[::-1],), 1, "The rule of 'p14' for 'z': twice as large",
    ),
    "a conjugate": (
        ag.primitive(lambda z: z**3, z=lambda g, z: g * 3 * np.conj(z) ** 2, name="p15"),
        (ROW + 1j * ROW[::-1],), 1, "the conjugate of what it should be",
    ),
    "one of two results": (
        ag.primitive(
            lambda x: (np.sin(x), np.cos(x)), outputs=2, x=lambda g, x: g[0] * np.cos(x) + g[1] * np.sin(x), name="p16"
        ),
        (ROW,), 1, "The rule of 'p16' for 'x' is wrong",
    ),
    "a wrong rule of a rule": (
        ag.primitive(
            lambda x: x**3,
            x=lambda g, x: g * 3 * INNER(x),
            name="p17",
        ),
        (ROW,), 2, "The rule of 'p17' for 'x', differentiated again: half as large",
    ),
    "a detached operand": (
        ag.primitive(lambda x: np.sin(x), x=lambda g, x: g * np.cos(constant(x)), name="p18"),
        (ROW,), 2, "differentiated again: zero everywhere",
    ),
}  # fmt: skip
INNER = ag.primitive(lambda u: u * u, u=lambda g, u: g * u, name="inner")


def constant(x: Any) -> Any:
    return x.detach().numpy() if isinstance(x, ag.Tensor) else x


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name: str) -> None:
    wrong, point, order, expected = PLANTED[name]
    if order == 2:
        assert ag.gradcheck(wrong, point)
    assert expected in told(wrong, *point, order=order)
