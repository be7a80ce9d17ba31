"""SciPy's solvers of equations and of differential equations, with Jacobians from here as users write it."""

import numpy as np
import pytest

import autograd_lite as ag

pytestmark = pytest.mark.extra("scipy")


def circle_and_exponential(x):
    return np.stack([x[0] ** 2 + x[1] ** 2 - 4, np.exp(x[0]) + x[1] - 1])


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_roots_of_a_system(method):
    from scipy.optimize import root

    found = root(circle_and_exponential, [1.0, -1.7], method=method, jac=ag.jacobian(circle_and_exponential))
    x, y = found.x
    assert found.success
    assert x**2 + y**2 == pytest.approx(4) and np.exp(x) + y == pytest.approx(1)


def test_halleys_method_for_the_root_of_one_equation():
    from scipy.optimize import newton

    def f(x):
        return x**3 - 2 * x - 5

    slope = ag.grad(f)
    assert newton(f, 2.0, fprime=slope, fprime2=ag.grad(slope)) == pytest.approx(2.0945514815423265, abs=1e-14)


def robertson(t, y):
    """Three chemical reactions whose speeds differ by nine orders of magnitude."""
    a, b, c = y
    return np.stack([-0.04 * a + 1e4 * b * c, 0.04 * a - 1e4 * b * c - 3e7 * b**2, 3e7 * b**2])


def robertson_jacobian(t, y):
    _, b, c = y
    return np.array([[-0.04, 1e4 * c, 1e4 * b], [0.04, -1e4 * c - 6e7 * b, -1e4 * b], [0, 6e7 * b, 0]])


# The values at t = 40 are those that E. Hairer, G. Wanner: Solving Ordinary Differential Equations II, and the
# documentation of SUNDIALS print.
@pytest.mark.parametrize("method", ["Radau", "BDF"])
def test_a_stiff_system_with_its_jacobian(method):
    from scipy.integrate import solve_ivp

    jacobian = ag.jacobian(robertson, argnums=1)
    np.testing.assert_allclose(jacobian(0.0, np.array([0.7, 1e-5, 0.3])), robertson_jacobian(0, [0.7, 1e-5, 0.3]))
    solution = solve_ivp(robertson, (0, 40), [1.0, 0.0, 0.0], method, jac=jacobian, rtol=1e-6, atol=1e-10)
    assert solution.success and solution.njev > 0
    np.testing.assert_allclose(solution.y[:, -1], [7.158e-1, 9.185e-6, 2.842e-1], rtol=2e-4)


def test_a_right_side_that_returns_a_list_has_a_jacobian_as_by_hand():
    from scipy.integrate import solve_ivp

    def oscillator(t, y, mu=100.0):
        return [y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]]

    def by_hand(t, y, mu=100.0):
        return np.array([[0, 1], [-2 * mu * y[0] * y[1] - 1, mu * (1 - y[0] ** 2)]])

    ours, theirs = (
        solve_ivp(oscillator, (0, 100), [2.0, 0.0], "Radau", jac=jac)
        for jac in (ag.jacobian(oscillator, argnums=1), by_hand)
    )
    np.testing.assert_allclose(ours.y, theirs.y, rtol=1e-6)
    assert ours.nfev == theirs.nfev


def test_how_a_solution_depends_on_a_parameter():
    """The sensitivity s = ∂y/∂k obeys s′ = (∂f/∂y) s + ∂f/∂k, which is one jvp of the right side."""
    from scipy.integrate import solve_ivp

    def logistic(y, k):
        return k * y * (1 - y)

    def together(t, state, k):
        return np.array(ag.jvp(logistic, (state[0], k), (state[1], 1.0)))

    k, end, start = 0.8, 3.0, 0.1
    (y, s) = solve_ivp(together, (0, end), [start, 0.0], args=(k,), rtol=1e-9, atol=1e-12).y[:, -1]
    growth = (1 / start - 1) * np.exp(-k * end)
    assert y == pytest.approx(1 / (1 + growth), rel=1e-7)
    assert s == pytest.approx(end * growth / (1 + growth) ** 2, rel=1e-7)
