"""The classic test functions of optimization: gradient, Hessian and third derivatives against formulas by hand."""

from collections.abc import Iterator

import numpy as np
import pytest

import autograd_lite as ag
from tests.engine.classics import PLANE, Classic, himmelblau
from tests.engine.classics_nd import (
    SPACE,
    counted,
    rastrigin,
    rosenbrock,
    rosenbrock_hessian,
    styblinski_tang,
    zakharov,
)

CLASSICS = PLANE | SPACE
# Ackley's function has no derivative at its minimum.
SMOOTH = [name for name, classic in CLASSICS.items() if classic.minima]

each_classic = pytest.mark.parametrize("name", CLASSICS)
each_smooth = pytest.mark.parametrize("name", SMOOTH)


def points(classic: Classic, count: int = 4) -> Iterator[np.ndarray]:
    """Random points in the box where the function is usually looked at."""
    size = len(classic.minima[0]) if classic.minima else 4
    yield from np.random.default_rng(0).uniform(classic.low, classic.high, (count, size))


def assert_equal(ours, by_hand):
    """Equal up to 1e-10 of the largest element."""
    scale = np.abs(by_hand).max()
    np.testing.assert_allclose(ours, by_hand, rtol=1e-10, atol=1e-10 * scale)


def test_there_are_twenty():
    assert len(CLASSICS) == 20


@each_classic
def test_gradient(name):
    classic = CLASSICS[name]
    for x in points(classic):
        value, gradient = ag.value_and_grad(classic.f)(x)
        assert_equal(value, classic.f(x))
        assert_equal(gradient, classic.gradient(x))


@each_classic
def test_hessian(name):
    classic = CLASSICS[name]
    for x in points(classic):
        assert_equal(ag.hessian(classic.f)(x), classic.hessian(x))


@each_classic
def test_hessian_vector_product(name):
    classic = CLASSICS[name]
    for x in points(classic, 2):
        v = np.random.default_rng(1).normal(size=x.shape)
        assert_equal(ag.hvp(classic.f)(x, v), classic.hessian(x) @ v)


@each_smooth
def test_the_gradient_is_zero_at_the_minima_and_the_hessian_as_by_hand(name):
    classic = CLASSICS[name]
    for minimum in map(np.array, classic.minima):
        hessian = ag.hessian(classic.f)(minimum)
        assert_equal(hessian, classic.hessian(minimum))
        rounding = 1e-14 * max(1.0, np.abs(minimum).max()) * max(1.0, np.abs(hessian).max())
        np.testing.assert_allclose(ag.grad(classic.f)(minimum), 0.0, atol=rounding)
        assert np.linalg.eigvalsh(hessian).min() >= -rounding


def test_rosenbrock_in_a_thousand_variables():
    x = np.random.default_rng(0).uniform(-2, 2, 1000)
    assert_equal(ag.hessian(rosenbrock)(x), rosenbrock_hessian(x))


def third(f, x):
    """All third derivatives: the derivative of the Hessian."""
    return ag.jacobian(ag.hessian(f))(x)


def diagonal(values):
    """The array T with T[i, i, i] = values[i], and 0 elsewhere."""
    n = len(values)
    made = np.zeros((n, n, n))
    made[range(n), range(n), range(n)] = values
    return made


def test_third_derivatives_of_himmelblau():
    x, y = at = np.array([1.7, -0.6])
    assert_equal(third(himmelblau, at), [[[24 * x, 4], [4, 4]], [[4, 4], [4, 24 * y]]])


def test_third_derivatives_of_rosenbrock():
    x = np.random.default_rng(0).uniform(-2, 2, 5)
    expected = diagonal(np.append(2400 * x[:-1], 0.0))
    for i in range(4):
        for place in [(i, i, i + 1), (i, i + 1, i), (i + 1, i, i)]:
            expected[place] = -400
    assert_equal(third(rosenbrock, x), expected)


def test_third_derivatives_of_rastrigin():
    x = np.random.default_rng(0).uniform(-5, 5, 4)
    assert_equal(third(rastrigin, x), diagonal(-80 * np.pi**3 * np.sin(2 * np.pi * x)))


def test_third_derivatives_of_zakharov():
    x = np.random.default_rng(0).uniform(-5, 10, 3)
    c = 0.5 * counted(x)
    assert_equal(third(zakharov, x), 24 * (c @ x) * np.einsum("i,j,k", c, c, c))


def test_fourth_derivatives_of_styblinski_tang_are_constant():
    fourth = ag.jacobian(ag.jacobian(ag.hessian(styblinski_tang)))(np.array([0.3, -1.2, 2.0]))
    expected = np.zeros((3, 3, 3, 3))
    expected[range(3), range(3), range(3), range(3)] = 12.0
    assert_equal(fourth, expected)


@pytest.mark.parametrize("order", range(1, 7))
def test_grad_of_grad_of_grad_is_the_derivative_of_that_order(order):
    def one_variable(t):
        return t**2 - 10 * np.cos(2 * np.pi * t)

    f = one_variable
    for _ in range(order):
        f = ag.grad(f)
    # The n-th derivative of cos ωt is ωⁿ cos(ωt + nπ/2).
    omega, t = 2 * np.pi, 0.37
    waves = -10 * omega**order * np.cos(omega * t + order * np.pi / 2)
    assert_equal(f(t), waves + {1: 2 * t, 2: 2.0}.get(order, 0.0))
