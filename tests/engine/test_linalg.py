"""Linear algebra beyond what the declarations test: complex matrices, points without a derivative, known gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives.linalg.matrices import H
from autograd_lite.errors import ArgumentError, GradientError, MatrixError, UnknownKeywordError
from autograd_lite.primitives import Primitive
from tests.engine.test_spelling import keywords, misspelt

RNG = np.random.default_rng(5)
A = RNG.normal(size=(3, 3))
Z = RNG.normal(size=(3, 3)) + 1j * RNG.normal(size=(3, 3))


def gradient(f: Callable[[Any], Any], point: Any) -> Any:
    t = ag.tensor(point, requires_grad=True)
    f(t).backward()
    assert t.grad is not None
    return t.grad.numpy()


def hermitian(x: Any) -> Any:
    return (x + H(x)) / 2


def weighted(x: Any) -> Any:
    """A number that depends on every element."""
    return (np.abs(x) * np.arange(1, x.size + 1).reshape(x.shape)).sum()


# Functions that the phases of complex vectors do not change.
COMPLEX: dict[str, Callable[[Any], Any]] = {
    "inv": lambda z: weighted(np.linalg.inv(z)),
    "eigenvectors of Hermitian matrices": lambda z: weighted(np.linalg.eigh(hermitian(z)).eigenvectors),
    "a function of a Hermitian matrix": lambda z: weighted(_exponential(hermitian(z))),
    "eigenvectors": lambda z: weighted(np.linalg.eig(z).eigenvectors),
    "a function of a matrix": lambda z: weighted(_function(z)),
    "singular vectors": lambda z: weighted(np.linalg.svd(z).U) + weighted(np.linalg.svd(z).Vh),
    "the unitary factor": lambda z: weighted(_unitary(z)),
    "the unitary factor of a tall matrix": lambda z: weighted(_unitary(z[:, :2])),
    "the unitary factor of a wide matrix": lambda z: weighted(_unitary(z[:2])),
    "Q of a tall matrix": lambda z: weighted(np.linalg.qr(z[:, :2]).Q),
    "R of a wide matrix": lambda z: weighted(np.linalg.qr(z[:2]).R),
    "the sign of the determinant": lambda z: np.linalg.slogdet(z).sign.real,
    "least squares": lambda z: weighted(np.linalg.lstsq(z[:, :2], z[:, 2])[0]),
    "the Cholesky factor": lambda z: weighted(np.linalg.cholesky(z @ H(z) + np.eye(3))),
}


def _exponential(a: Any) -> Any:
    w, v = np.linalg.eigh(a)
    return (v * np.exp(w)) @ H(v)


def _function(a: Any) -> Any:
    w, v = np.linalg.eig(a)
    return (v * w**2) @ np.linalg.inv(v)


def _unitary(a: Any) -> Any:
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return u @ vh


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_matrices_have_both_derivatives(name: str) -> None:
    assert ag.gradcheck(lambda x, y: COMPLEX[name](x + 1j * y), (Z.real, Z.imag), order=2)


def test_functions_of_matrices_agree_with_what_they_are() -> None:
    np.testing.assert_allclose(gradient(lambda a: _function(a).real.sum(), A), gradient(lambda a: (a @ a).sum(), A))
    s = A + A.T
    np.testing.assert_allclose(gradient(lambda a: np.linalg.eigh(a)[0].sum(), s), np.eye(3), atol=1e-14)
    np.testing.assert_allclose(gradient(lambda a: np.linalg.slogdet(a)[1], A), np.linalg.inv(A).T)
    np.testing.assert_allclose(gradient(lambda a: np.linalg.norm(a, "nuc"), A), _unitary(A))
    np.testing.assert_allclose(gradient(lambda a: np.linalg.matrix_power(a, 3).trace(), A), 3 * (A @ A).T)


def test_the_gradient_at_a_symmetric_matrix_is_symmetric() -> None:
    s = A @ A.T + np.eye(3)
    for f in (
        lambda a: np.linalg.cholesky(a)[2, 0],
        lambda a: np.linalg.eigh(a).eigenvectors[0, 1],
        lambda a: np.linalg.eigvalsh(a, UPLO="U")[1],
    ):
        g = gradient(f, s)
        np.testing.assert_allclose(g, g.T, rtol=1e-12)
        np.testing.assert_allclose((g * s).sum(), _slope(f, s), atol=1e-7)


def _slope(f: Callable[[Any], Any], s: Any, h: float = 1e-6) -> float:
    """The slope towards larger multiples of a matrix, by a central difference."""
    return float((f(s * (1 + h)) - f(s * (1 - h))) / (2 * h))


@pytest.mark.parametrize(
    ("f", "point"),
    [
        (lambda a: np.linalg.eigh(a).eigenvectors[0, 0], np.diag([1.0, 1.0, 2.0])),
        (lambda a: ((lambda w, v: (v * np.sqrt(w)) @ v.T)(*np.linalg.eigh(a)) * A).sum(), np.eye(3)),
        (lambda a: np.linalg.eig(a).eigenvectors[0, 0], np.diag([1.0, 1.0, 2.0])),
        (lambda a: np.linalg.svd(a).U[0, 0], np.eye(3)),
        (lambda a: (_unitary(a) * A).sum(), np.eye(3)),
        (lambda a: np.linalg.svd(a).Vh[2, 0], np.diag([2.0, 1.0, 0.0])),
        (lambda a: np.linalg.svd(a).U[3, 2], np.eye(4)[:, :2] * [2.0, 1.0]),
        (lambda a: np.linalg.qr(a, "complete").Q[3, 2], np.eye(4)[:, :2] * [2.0, 1.0]),
        (lambda a: np.linalg.pinv(a).sum(), np.ones((3, 3))),
        (lambda a: np.linalg.lstsq(a, np.ones(3))[0].sum(), np.ones((3, 2))),
        (lambda a: np.linalg.qr(a).Q[0, 0], np.diag([1.0, 0.0, 1.0])),
        (lambda a: np.linalg.slogdet(a).logabsdet, np.zeros((3, 3))),
        (lambda a: np.linalg.eigvals(a)[0], np.array([[1.0, 1.0], [0.0, 1.0]])),
    ],
)
def test_no_number_is_given_where_there_is_no_derivative(f: Callable[[Any], Any], point: Any) -> None:
    y = f(ag.tensor(point, requires_grad=True))
    with pytest.raises(GradientError):
        y.backward()


def test_what_is_left_at_such_a_point_is_still_given() -> None:
    twice = np.diag([1.0, 1.0, 2.0])
    np.testing.assert_allclose(gradient(lambda a: np.linalg.eigh(a).eigenvalues.sum(), twice), np.eye(3))
    np.testing.assert_allclose(gradient(lambda a: np.linalg.eigh(a).eigenvectors[2, 2] ** 2, twice), np.zeros((3, 3)))
    np.testing.assert_allclose(gradient(lambda a: np.linalg.svd(a).S.sum(), np.eye(3)), np.eye(3))
    np.testing.assert_allclose(gradient(np.linalg.cond, np.diag([4.0, 2.0])), np.diag([0.5, -1.0]))


def test_the_determinant_has_its_cofactors_as_gradient_at_a_singular_matrix() -> None:
    singular = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    minors = [[np.delete(np.delete(singular, i, 0), j, 1) for j in range(3)] for i in range(3)]
    cofactors = [[(-1) ** (i + j) * np.linalg.det(minors[i][j]) for j in range(3)] for i in range(3)]
    np.testing.assert_allclose(gradient(np.linalg.det, singular), cofactors, atol=1e-12)
    np.testing.assert_allclose(gradient(np.linalg.det, np.zeros((1, 1))), [[1.0]])


@pytest.mark.parametrize("ord", [None, 1, 2, 3, 1.5, 0.5, np.inf, 0])
def test_the_gradient_of_a_norm_at_0_is_finite(ord: Any) -> None:
    t = ag.tensor(np.zeros(3), requires_grad=True)
    y = np.linalg.norm(t, ord)
    if ord == 0:
        assert not y.requires_grad
        return
    y.backward()
    assert t.grad is not None and t.grad.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("ord", [None, "fro", "nuc", 1, 2, -2, np.inf])
def test_the_gradient_of_a_norm_of_a_matrix_of_zeros_is_0(ord: Any) -> None:
    assert gradient(lambda a: np.linalg.norm(a, ord), np.zeros((2, 3))).tolist() == [[0.0] * 3] * 2


def test_every_matrix_of_a_stack_has_the_gradient_that_it_has_alone() -> None:
    stack = RNG.normal(size=(2, 2, 3, 3))
    for f in (np.linalg.inv, np.linalg.det, np.linalg.svdvals, lambda a: np.linalg.qr(a).Q, np.linalg.pinv):
        whole = gradient(lambda a, f=f: f(a).sum(), stack)
        for index in np.ndindex(2, 2):
            np.testing.assert_allclose(whole[index], gradient(lambda a, f=f: f(a).sum(), stack[index]), rtol=1e-9)


def test_results_have_numpys_fields() -> None:
    t = ag.tensor(A, requires_grad=True)
    assert np.linalg.svd(t)._fields == ("U", "S", "Vh") and np.linalg.qr(t)._fields == ("Q", "R")
    assert np.linalg.eig(t)._fields == ("eigenvalues", "eigenvectors")
    assert np.linalg.slogdet(t)._fields == ("sign", "logabsdet")
    assert all(isinstance(each, ag.Tensor) for each in np.linalg.lstsq(t, np.ones(3)))


def test_a_refused_matrix_is_numpys_error_too() -> None:
    with pytest.raises(np.linalg.LinAlgError) as caught:
        np.linalg.inv(ag.ones((2, 2)))
    assert isinstance(caught.value, MatrixError)


def test_empty_matrices() -> None:
    empty = ag.tensor(np.zeros((0, 3, 3)), requires_grad=True)
    for y in (np.linalg.inv(empty), np.linalg.det(empty), np.linalg.svdvals(empty), *np.linalg.eigh(empty)):
        (g,) = ag.gradients(y.sum(), empty, retain_graph=True)
        assert g is not None and g.shape == (0, 3, 3)
    none = ag.tensor(np.zeros((0, 0)), requires_grad=True)
    assert np.linalg.det(none).item() == 1.0
    (g,) = ag.gradients(np.linalg.det(none), none)
    assert g is not None and g.shape == (0, 0)


def test_the_rank_is_a_constant() -> None:
    assert ag.linalg.matrix_rank(ag.tensor(A, requires_grad=True)).item() == 3


def operations(space: Any) -> list[tuple[str, str]]:
    return [
        (name, keyword)
        for name in space.__all__
        for keyword in keywords(getattr(getattr(space, name), "canonical", getattr(space, name)))
        if keyword not in ("x", "a", "b", "p", "A")
    ]


@pytest.mark.parametrize(("name", "keyword"), operations(ag.linalg))
def test_a_misspelt_keyword_is_answered_by_the_right_one(name: str, keyword: str) -> None:
    operation = getattr(ag.linalg, name)
    operands = [ag.ones((2, 2))] * (len(operation.operands) if isinstance(operation, Primitive) else 1)
    with pytest.raises(UnknownKeywordError) as caught:
        operation(*operands, **{misspelt(keyword): 0})
    assert keyword in str(caught.value).split("\n")[1]


def _span(basis: Any) -> Any:
    return basis @ np.conj(basis.swapaxes(-1, -2))


@pytest.mark.parametrize(
    ("f", "shape"),
    [
        (lambda a: np.linalg.qr(a, "complete").R, (4, 2)),
        (lambda a: np.linalg.qr(a, "complete").Q, (3, 2)),
        (lambda a: _span(np.linalg.qr(a, "complete").Q[..., 2:]), (4, 2)),
        (lambda a: _span(np.linalg.svd(a).U[..., 2:]), (4, 2)),
        (lambda a: _span(np.conj(np.linalg.svd(a).Vh[..., 2:, :].swapaxes(-1, -2))), (2, 4)),
        (lambda a: np.linalg.svd(a).U[..., 2], (3, 2)),
    ],
)
@pytest.mark.parametrize("imaginary", [0.0, 0.7])
def test_what_completes_a_basis_is_differentiable_but_for_its_turning(f: Any, shape: Any, imaginary: float) -> None:
    rng = np.random.default_rng(4)
    real, other = rng.normal(size=shape), rng.normal(size=shape)
    if imaginary and shape == (3, 2):
        return  # the phase of a single vector is arbitrary

    def parts(re: Any, im: Any) -> Any:
        y = f(re + 1j * imaginary * im if imaginary else re)
        return np.stack([np.real(y), np.imag(y)]) if imaginary else y

    assert ag.gradcheck(lambda re: parts(re, other), real, order=2)


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((3, 3)),
        np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0]),
        np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]),
        np.array([[1.0, 2.0], [2.0, 4.0]]),
        np.vstack([np.eye(8)[:7] + 0.1, np.eye(8)[6] + 0.1]),
        np.eye(8) + 0.1,
    ],
)
def test_a_determinant_is_a_polynomial_with_derivatives_of_every_order(matrix: Any) -> None:
    n = matrix.shape[0]
    if np.linalg.matrix_rank(matrix) != n - 2:  # there the gradient is 0 but for rounding
        assert ag.gradcheck(np.linalg.det, matrix, order=2)
    x = ag.tensor(matrix, requires_grad=True)
    y = np.linalg.det(x)
    for k in range(min(n, 3)):  # ∂³ det / ∂x₀₀ ∂x₁₁ ∂x₂₂ is the determinant of the rest
        (g,) = ag.gradients(y, [x], create_graph=True)
        y = g[k, k]
        np.testing.assert_allclose(y.item(), np.linalg.det(matrix[k + 1 :, k + 1 :]), atol=1e-12)


def test_of_a_matrix_that_is_singular_to_rounding_the_logarithm_has_no_derivative() -> None:
    matrix = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    with pytest.raises(GradientError, match="singular"):
        np.linalg.slogdet(ag.tensor(matrix, requires_grad=True)).logabsdet.backward()


@pytest.mark.parametrize("mode", ["raw", "full"])
def test_a_mode_without_a_derivative_is_refused(mode: str) -> None:
    with pytest.raises(ArgumentError, match="'reduced', 'complete'"):
        np.linalg.qr(ag.ones((3, 2)), mode)
