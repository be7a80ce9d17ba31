"""SciPy's functions as differentiable operations: ag.primitive around an integral, a solver, a distribution."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientError

pytestmark = pytest.mark.extra("scipy")


def test_an_integral_by_quad_as_an_operation():
    """I(a) = ∫ t²ᵏ exp(-a t²) dt over [0, 1], whose derivative is -I with k + 1: any order from one declaration."""
    from scipy.integrate import quad
    from scipy.special import erf

    def moment(k):
        return ag.primitive(
            lambda a: np.float64(quad(lambda t: t ** (2 * k) * np.exp(-a * t * t), 0, 1, epsabs=1e-13)[0]),
            a=lambda g, a: -g * moment(k + 1)(a),
            name=f"moment{k}",
        )

    def by_hand(a):
        return np.sqrt(np.pi / a) / 2 * erf(np.sqrt(a))

    a, integral = 1.7, moment(0)
    first = (np.exp(-a) - by_hand(a)) / (2 * a)
    second = (-np.exp(-a) - first) / (2 * a) - (np.exp(-a) - by_hand(a)) / (2 * a**2)
    assert integral(a) == pytest.approx(by_hand(a), rel=1e-12)
    assert ag.grad(integral)(a) == pytest.approx(first, rel=1e-11)
    assert ag.grad(ag.grad(integral))(a) == pytest.approx(second, rel=1e-11)


def test_a_root_as_an_operation():
    """Kepler's equation E - e sin E = M: by the implicit function theorem dE/dM = 1 / (1 - e cos E)."""
    from scipy.optimize import brentq

    def solved(M, e):
        return np.float64(brentq(lambda E: E - e * np.sin(E) - M, M - e, M + e, xtol=1e-15))

    kepler = ag.primitive(
        solved,
        M=lambda g, y, e: g / (1 - e * np.cos(y)),
        e=lambda g, y, e: g * np.sin(y) / (1 - e * np.cos(y)),
        name="kepler",
    )
    M, e = 1.2, 0.4
    E = solved(M, e)
    by_M, by_e = ag.grad(kepler, argnums=(0, 1))(M, e)
    assert by_M == pytest.approx(1 / (1 - e * np.cos(E)), rel=1e-13)
    assert by_e == pytest.approx(np.sin(E) / (1 - e * np.cos(E)), rel=1e-13)
    second = ag.grad(ag.grad(kepler))(M, e)
    assert second == pytest.approx(-e * np.sin(E) / (1 - e * np.cos(E)) ** 3, rel=1e-12)


def test_the_matrix_exponential_as_an_operation():
    """The adjoint of L(A, ·), the derivative of exp at A, is L(Aᵀ, ·)."""
    from scipy.linalg import expm, expm_frechet

    exponential = ag.primitive(expm, A=lambda g, A: expm_frechet(A.T, g, compute_expm=False), name="expm")
    A = np.random.default_rng(0).normal(size=(3, 3))
    assert ag.gradcheck(exponential, A)
    # d/dt exp(tA) = A exp(tA)
    weights = np.arange(9.0).reshape(3, 3)
    slope = ag.grad(lambda t: np.sum(weights * exponential(t * A)))(0.7)
    assert slope == pytest.approx(np.sum(weights * (A @ expm(0.7 * A))), rel=1e-12)
    # The rule computes in plain NumPy, so a second derivative would be wrong: it is refused.
    with pytest.raises(GradientError, match=r"^scipy\.linalg\.expm_frechet computes with plain arrays"):
        ag.hessian(lambda A: np.sum(exponential(A)))(A)


def test_a_sparse_product_as_an_operation_of_any_order():
    from scipy.sparse import random_array

    A = random_array((8, 5), density=0.4, rng=np.random.default_rng(0)).tocsr()
    b = np.arange(8.0)
    product = ag.primitive(lambda x: A @ x, x=lambda g: transposed(g), name="A @")
    transposed = ag.primitive(lambda v: A.T @ v, v=lambda g: product(g), name="Aᵀ @")

    def energy(x):
        return np.sum((product(x) - b) ** 4)

    x = np.random.default_rng(1).normal(size=5)
    dense = A.toarray()
    np.testing.assert_allclose(ag.grad(energy)(x), 4 * dense.T @ (dense @ x - b) ** 3, rtol=1e-12)
    by_hand = 12 * dense.T @ np.diag((dense @ x - b) ** 2) @ dense
    np.testing.assert_allclose(ag.hessian(energy)(x), by_hand, rtol=1e-10, atol=1e-10 * np.abs(by_hand).max())


def test_a_sparse_system_as_an_operation_of_any_order():
    """How heat that flows through a rod depends on where it is put in: K u = f."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import splu

    n = 30
    K = diags_array([-np.ones(n - 1), 2.1 * np.ones(n), -np.ones(n - 1)], offsets=[-1, 0, 1]).tocsc()
    factors = splu(K)
    solved = ag.primitive(lambda f: factors.solve(f), f=lambda g: solved_transposed(g), name="K⁻¹")
    solved_transposed = ag.primitive(lambda f: factors.solve(f, "T"), f=lambda g: solved(g), name="K⁻ᵀ")

    def hottest(f):
        return np.log(np.sum(np.exp(solved(f))))

    f = np.random.default_rng(0).normal(size=n)
    inverse = np.linalg.inv(K.toarray())
    p = np.exp(inverse @ f) / np.exp(inverse @ f).sum()
    np.testing.assert_allclose(ag.grad(hottest)(f), inverse.T @ p, rtol=1e-9)
    by_hand = inverse.T @ (np.diag(p) - np.outer(p, p)) @ inverse
    np.testing.assert_allclose(ag.hessian(hottest)(f), by_hand, rtol=1e-9, atol=1e-9 * np.abs(by_hand).max())


def test_a_spline_as_an_operation():
    """A spline by its place: the derivative of a spline is one."""
    from scipy.interpolate import CubicSpline

    knots = np.linspace(0, 3, 7)

    def of(spline):
        return ag.primitive(
            lambda x: spline(x),
            x=lambda g, x: g * of(spline.derivative())(x),
            name=f"spline of degree {spline.c.shape[0] - 1}",
        )

    spline, at = CubicSpline(knots, np.sin(knots)), np.array([0.3, 1.1, 2.6])
    interpolated = of(spline)
    for order in range(1, 4):
        derivative = interpolated
        for _ in range(order):
            derivative = ag.elementwise_grad(derivative)
        np.testing.assert_allclose(derivative(at), spline(at, order), rtol=1e-12)


def test_a_likelihood_from_scipy_stats_as_an_operation():
    """The t distribution's log density: d/dx log f = -(ν + 1) x / (ν + x²)."""
    from scipy.optimize import minimize
    from scipy.stats import t as student

    log_density = ag.primitive(
        lambda x, nu: student.logpdf(x, nu),
        x=lambda g, x, nu: -g * (nu + 1) * x / (nu + x**2),
        name="log t",
    )
    data = student.rvs(4, loc=1.5, size=200, random_state=0)

    def loss(p):
        return -np.sum(log_density((data - p[0]) / np.exp(p[1]), 4.0) - p[1])

    found = minimize(ag.value_and_grad(loss), np.zeros(2), jac=True, hess=ag.hessian(loss), method="trust-exact")
    theirs = student.fit(data, fdf=4)
    np.testing.assert_allclose([found.x[0], np.exp(found.x[1])], theirs[1:], rtol=1e-3)
    errors = np.sqrt(np.diag(np.linalg.inv(ag.hessian(loss)(found.x))))
    # The Fisher information of the location is (ν + 1) / ((ν + 3) s²) an observation.
    assert errors[0] == pytest.approx(np.exp(found.x[1]) * np.sqrt(7 / 5 / 200), rel=0.15)
