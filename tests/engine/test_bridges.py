"""SciPy's minimizers and fits, called with derivatives from here as users write it."""

import numpy as np
import pytest

import autograd_lite as ag
from tests.engine.classics import Classic, himmelblau, six_hump_camel
from tests.engine.classics_nd import SPACE, rosenbrock, rosenbrock_hessian, styblinski_tang, zakharov

pytestmark = pytest.mark.extra("scipy")

START = np.array([1.3, 0.7, 0.8, 1.9, 1.2])


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "CG", "TNC", "SLSQP"])
def test_minimize_takes_value_and_grad_as_it_stands(method):
    from scipy.optimize import minimize

    options = {"maxfun": 2000} if method == "TNC" else {}
    found = minimize(ag.value_and_grad(rosenbrock), START, jac=True, method=method, tol=1e-10, options=options)
    assert found.success
    np.testing.assert_allclose(found.x, 1.0, atol=1e-5)


def test_minimize_needs_fewer_evaluations_than_with_differences():
    from scipy.optimize import minimize

    exact = minimize(ag.value_and_grad(rosenbrock), START, jac=True, method="BFGS")
    differences = minimize(rosenbrock, START, method="BFGS")
    assert exact.nfev < differences.nfev / 3


def distance(x, center, weight):
    return weight * np.sum((x - center) ** 2) + np.sum(x**4)


def test_further_arguments_are_handed_through():
    from scipy.optimize import minimize

    center, weight = np.array([1.0, -2.0, 0.5]), 3.0
    found = minimize(
        ag.value_and_grad(distance),
        np.zeros(3),
        args=(center, weight),
        jac=True,
        hessp=ag.hvp(distance),
        method="trust-krylov",
        tol=1e-10,
    )
    # Where the gradient 2 w (x - c) + 4 x³ is 0.
    np.testing.assert_allclose(2 * weight * (found.x - center) + 4 * found.x**3, 0.0, atol=1e-8)


def test_a_function_of_a_dict_after_it_is_made_of_one_vector():
    from scipy.optimize import minimize

    x = np.linspace(-1, 1, 20)

    def loss(p):
        return np.mean((p["slope"] * x + p["offset"] - (2 * x + 3)) ** 2)

    found = minimize(ag.value_and_grad(lambda v: loss({"slope": v[0], "offset": v[1]})), np.zeros(2), jac=True)
    np.testing.assert_allclose(found.x, [2, 3], atol=1e-5)


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov"])
def test_newton_with_hessian_vector_products(method):
    from scipy.optimize import minimize

    found = minimize(ag.value_and_grad(rosenbrock), START, jac=True, hessp=ag.hvp(rosenbrock), method=method, tol=1e-8)
    assert found.success
    np.testing.assert_allclose(found.x, 1.0, atol=1e-5)


@pytest.mark.parametrize("method", ["trust-exact", "Newton-CG", "trust-constr"])
def test_newton_with_the_hessian(method):
    from scipy.optimize import minimize

    found = minimize(
        ag.value_and_grad(rosenbrock), START, jac=True, hess=ag.hessian(rosenbrock), method=method, tol=1e-8
    )
    assert found.success
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


def test_doglegs_on_a_convex_function():
    from scipy.optimize import minimize

    start = np.array([2.0, -1.0, 3.0])
    found = minimize(ag.value_and_grad(zakharov), start, jac=True, hess=ag.hessian(zakharov), method="dogleg")
    assert found.success
    np.testing.assert_allclose(found.x, 0.0, atol=1e-6)


def objective(x):
    return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]


# Problem 71 of W. Hock, K. Schittkowski: Test Examples for Nonlinear Programming Codes, Springer 1981.
@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_nonlinear_constraints(method):
    from scipy.optimize import NonlinearConstraint, minimize

    second_order = method == "trust-constr"  # SLSQP warns that it makes no use of second derivatives

    def constraint(f, low, high):
        hessian = {"hess": lambda x, v: v[0] * ag.hessian(f)(x)} if second_order else {}
        return NonlinearConstraint(f, low, high, jac=ag.grad(f), **hessian)

    found = minimize(
        ag.value_and_grad(objective),
        np.array([1.0, 5.0, 5.0, 1.0]),
        jac=True,
        hess=ag.hessian(objective) if second_order else None,
        method=method,
        bounds=[(1, 5)] * 4,
        constraints=[constraint(np.prod, 25, np.inf), constraint(lambda x: np.sum(x**2), 40, 40)],
    )
    np.testing.assert_allclose(found.x, [1.0, 4.7429994, 3.8211503, 1.3794082], atol=1e-3)
    assert found.fun == pytest.approx(17.0140173, abs=1e-3)


def test_several_constraints_of_one_function_with_the_hessian_of_their_weighted_sum():
    from scipy.optimize import NonlinearConstraint, minimize

    def inside(x):
        return np.stack([x[0] ** 2 + x[1] ** 2, x[0] - x[1] ** 3])

    constraint = NonlinearConstraint(
        inside,
        [-np.inf, 0],
        [2, np.inf],
        jac=ag.jacobian(inside),
        hess=lambda x, v: ag.hessian(lambda x: v @ inside(x))(x),
    )
    found = minimize(
        ag.value_and_grad(lambda x: -x[0] - 2 * x[1]),
        np.array([0.5, 0.1]),
        jac=True,
        hess=ag.hessian(lambda x: -x[0] - 2 * x[1]),
        method="trust-constr",
        constraints=constraint,
    )
    # Both hold with equality: x = y³ on the circle of radius √2.
    np.testing.assert_allclose(found.x, [1.0, 1.0], atol=1e-3)


def test_basinhopping_and_polishing():
    from scipy.optimize import basinhopping, differential_evolution, minimize

    with_gradient = ag.value_and_grad(six_hump_camel)
    found = basinhopping(with_gradient, [1.0, 1.0], niter=20, minimizer_kwargs={"jac": True}, rng=0)
    assert found.fun == pytest.approx(-1.0316284534898772, abs=1e-9)

    rough = differential_evolution(styblinski_tang, [(-5, 5)] * 2, maxiter=20, polish=False, rng=0)
    polished = minimize(ag.value_and_grad(styblinski_tang), rough.x, jac=True, tol=1e-12)
    np.testing.assert_allclose(polished.x, -2.9035340277711771, atol=1e-8)


def test_scipy_finds_the_gradient_right():
    from scipy.optimize import check_grad

    assert check_grad(rosenbrock, ag.grad(rosenbrock), START) < 1e-4


TIMES = np.linspace(0, 4, 30)
TRUE = np.array([2.5, 1.3, 0.5])


def decay(t, amplitude, rate, offset):
    return amplitude * np.exp(-rate * t) + offset


def measured(noise):
    return decay(TIMES, *TRUE) + noise * np.random.default_rng(0).normal(size=TIMES.shape)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "cauchy"])
def test_least_squares_with_the_jacobian_of_the_residuals(loss):
    from scipy.optimize import least_squares

    y = measured(noise=0.0)

    def residuals(p):
        return decay(TIMES, *p) - y

    found = least_squares(residuals, [1.0, 1.0, 0.0], jac=ag.jacobian(residuals), loss=loss)
    np.testing.assert_allclose(found.x, TRUE, atol=1e-6)


def test_curve_fit_with_standard_errors_from_the_hessian():
    from scipy.optimize import curve_fit

    y = measured(noise=0.01)

    def slopes(t, *p):
        return np.stack(ag.jacobian(decay, argnums=(1, 2, 3))(t, *p), axis=1)

    p, covariance = curve_fit(decay, TIMES, y, p0=[1.0, 1.0, 0.0], jac=slopes)

    def half_sum_of_squares(p):
        return 0.5 * np.sum((decay(TIMES, *p) - y) ** 2)

    variance = 2 * half_sum_of_squares(p) / (len(y) - len(p))
    by_hessian = np.sqrt(variance * np.diag(np.linalg.inv(ag.hessian(half_sum_of_squares)(p))))
    # SciPy leaves out the second derivatives of the model, whose share grows with the residuals.
    np.testing.assert_allclose(by_hessian, np.sqrt(np.diag(covariance)), rtol=0.02)

    t, (a, r, _) = TIMES, p
    by_hand = np.stack([np.exp(-r * t), -a * t * np.exp(-r * t), np.ones_like(t)], axis=1)
    np.testing.assert_allclose(slopes(t, *p), by_hand, rtol=1e-12)
    np.testing.assert_allclose(covariance, variance * np.linalg.inv(by_hand.T @ by_hand), rtol=1e-5)


def test_the_hessian_as_a_linear_operator():
    from scipy.sparse.linalg import LinearOperator, cg, eigsh

    x = np.random.default_rng(0).uniform(0.5, 1.5, 60)
    hessian = LinearOperator((60, 60), matvec=lambda v: ag.hvp(rosenbrock)(x, v), dtype=float)
    by_hand = rosenbrock_hessian(x)
    largest = eigsh(hessian, k=1, which="LA", return_eigenvectors=False)
    np.testing.assert_allclose(largest, np.linalg.eigvalsh(by_hand)[-1])

    shifted = LinearOperator((60, 60), matvec=lambda v: ag.hvp(rosenbrock)(x, v) + 2000 * v, dtype=float)
    step, failed = cg(shifted, -ag.grad(rosenbrock)(x), rtol=1e-12)
    assert not failed
    np.testing.assert_allclose(step, np.linalg.solve(by_hand + 2000 * np.eye(60), -ag.grad(rosenbrock)(x)), rtol=1e-8)


@pytest.mark.parametrize("name", ["Rosenbrock", "Styblinski-Tang", "Levy", "Dixon-Price", "Powell"])
def test_each_minimum_is_found_from_nearby(name):
    from scipy.optimize import minimize

    classic: Classic = SPACE[name]
    minimum = np.array(classic.minima[0])
    start = minimum + 0.05 * np.random.default_rng(0).normal(size=minimum.shape)
    hessian = ag.hessian(classic.f)
    found = minimize(ag.value_and_grad(classic.f), start, jac=True, hess=hessian, method="trust-exact", tol=1e-10)
    assert found.fun == pytest.approx(classic.f(minimum), abs=1e-8)


def test_all_four_minima_of_himmelblau():
    from scipy.optimize import minimize

    starts = [(3, 3), (-3, 3), (-3, -3), (3, -3)]
    for start in starts:
        found = minimize(ag.value_and_grad(himmelblau), np.array(start, dtype=float), jac=True)
        assert found.fun == pytest.approx(0, abs=1e-9)
        assert np.array_equal(np.sign(found.x), np.sign(start))


@pytest.mark.slow
def test_scipy_that_computes_by_the_array_api_is_differentiable_itself(run_python):
    """SciPy reads SCIPY_ARRAY_API once, when it is imported."""
    printed = run_python("""
import os
os.environ["SCIPY_ARRAY_API"] = "1"
import numpy as np
from scipy import special, stats
import autograd_lite as ag
x = np.array([0.5, 1.0, 3.0])
p = np.exp(x) / np.exp(x).sum()
assert np.allclose(ag.grad(special.logsumexp)(x), p, rtol=1e-12)
assert np.allclose(ag.jacobian(special.softmax)(x), np.diag(p) - np.outer(p, p), rtol=1e-12)
assert np.allclose(ag.grad(stats.gmean)(x), stats.gmean(x) / (3 * x), rtol=1e-12)
print("right")
""")
    assert printed == "right\n"
