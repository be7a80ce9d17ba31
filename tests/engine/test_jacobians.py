"""Jacobians and Hessians against closed forms and differences, by rows and by columns."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError
from autograd_lite.transforms import jacobians

RNG = np.random.default_rng(0)
X = np.array([0.3, -1.2, 2.0])


def by_differences(f: Any, x: Any, h: float = 1e-6) -> Any:
    columns = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size).reshape(x.size, *x.shape)]
    return np.moveaxis(columns, 0, -1).reshape(np.shape(f(x)) + x.shape)


@pytest.mark.parametrize("rows", [1, 2, 3, 20])
def test_a_jacobian_has_the_shape_of_the_result_and_then_of_the_argument(rows: int) -> None:
    weights = RNG.normal(size=(rows, 2, 6))
    f = lambda x: np.tanh(np.sum(weights * np.concatenate([x, x**2], axis=1).reshape(6), axis=-1))  # noqa: E731
    x = RNG.normal(size=(1, 3))
    found = ag.jacobian(f)(x)
    assert found.shape == (rows, 2, 1, 3)
    np.testing.assert_allclose(found, by_differences(f, x), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("wide", "walks"), [(2, "rows"), (50, "columns")])
def test_jacobian_goes_the_way_that_is_shorter(wide: int, walks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    for name in ("_rows", "_columns"):
        real = getattr(jacobians, name)
        monkeypatch.setattr(jacobians, name, lambda *given, n=name, real=real: taken.append(n) or real(*given))
    weights = RNG.normal(size=(wide, 3))
    np.testing.assert_allclose(ag.jacobian(lambda x: weights @ x)(X), weights, rtol=1e-12)
    assert taken == [f"_{walks}"]


def test_a_rule_that_cannot_be_recorded_gives_its_jacobian_by_rows() -> None:
    def rule(g: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.array([each * slope for each, slope in zip(g.tolist(), np.cos(np.asarray(x)).tolist(), strict=True)])

    sine = ag.primitive(lambda x: np.sin(x), x=rule, name="opaque_sine")
    at = 0.7
    scales = np.array([1.0, 2.0, 3.0])
    assert np.allclose(ag.jacobian(lambda t: sine(t * scales))(at), np.cos(at * scales) * scales, rtol=1e-15)


def test_the_jacobian_of_a_structure_by_a_structure() -> None:
    f = lambda p, x: {"y": p["a"] * x**2, "sum": np.sum(x)}  # noqa: E731
    found = ag.jacobian(f, argnums=(0, 1))({"a": 2.0}, X)
    by_p, by_x = found["y"]
    np.testing.assert_allclose(by_p["a"], X**2, rtol=1e-12)
    np.testing.assert_allclose(by_x, np.diag(4 * X), rtol=1e-12)
    assert found["sum"][0] == {"a": 0.0} and found["sum"][1].tolist() == [1.0] * 3


def test_jacobians_of_one_number_and_of_none() -> None:
    assert ag.jacobian(lambda x: x**3)(2.0) == 12.0
    assert ag.jacobian(lambda x: x)(np.ones((0, 2))).shape == (0, 2, 0, 2)
    assert ag.jacobian(lambda x: x * np.ones(4))(np.ones((0, 1))).shape == (0, 4, 0, 1)
    assert ag.jacobian(lambda x: np.ones(2))(X).tolist() == np.zeros((2, 3)).tolist()
    assert ag.jacobian(lambda x: ag.stack([x, x]))(2.0).tolist() == [1.0, 1.0]


def test_complex_jacobians() -> None:
    z = np.array([1 + 2j, 0.3 - 1j])
    for wide in (1, 5):
        w = RNG.normal(size=(wide, 2)) + 1j * RNG.normal(size=(wide, 2))
        holomorphic = ag.jacobian(lambda z, w=w: np.exp(w @ z))(z)
        np.testing.assert_allclose(holomorphic, np.exp(w @ z)[:, None] * w, rtol=1e-12)
        real_argument = ag.jacobian(lambda t, w=w: np.exp(1j * (w @ t)))(X[:2])
        np.testing.assert_allclose(real_argument, np.exp(1j * (w @ X[:2]))[:, None] * 1j * w, rtol=1e-12)
        real_result = ag.jacobian(lambda z, w=w: abs(w @ z) ** 2)(z)
        np.testing.assert_allclose(real_result, 2 * (w @ z)[:, None] * w.conj(), rtol=1e-12)
    both = ag.jacobian(lambda x, z: x * z, argnums=(0, 1))(X[:2], z)
    np.testing.assert_allclose(both[0], np.diag(z), rtol=1e-12)
    np.testing.assert_allclose(both[1], np.diag(X[:2]), rtol=1e-12)


@pytest.mark.parametrize("f", [np.conj, lambda z: z * np.conj(z), lambda z: abs(z) + 0j, lambda z: z.real * 1j * z])
def test_functions_that_are_not_holomorphic_have_no_complex_jacobian(f: Any) -> None:
    with pytest.raises(ArgumentError, match="no complex derivative"):
        ag.jacobian(f)(np.array([1 + 2j, 0.3 - 1j]))


def rosenbrock(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_hessian(x: Any) -> Any:
    diagonal = np.zeros(x.size)
    diagonal[:-1] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    return np.diag(diagonal) + np.diag(-400 * x[:-1], 1) + np.diag(-400 * x[:-1], -1)


def test_the_hessian_of_a_thousand_variables_in_one_call() -> None:
    x = RNG.normal(size=1000)
    found = ag.hessian(rosenbrock)(x)
    np.testing.assert_allclose(found, rosenbrock_hessian(x), rtol=1e-10, atol=1e-9)
    v = RNG.normal(size=1000)
    np.testing.assert_allclose(ag.hvp(rosenbrock)(x, v), found @ v, rtol=1e-10, atol=1e-8)


def test_hessians_of_several_arguments_and_structures() -> None:
    f = lambda x, y: np.sum(x) ** 2 * y**3  # noqa: E731
    (xx, xy), (yx, yy) = ag.hessian(f, argnums=(0, 1))(X, 2.0)
    s = X.sum()
    np.testing.assert_allclose(xx, np.full((3, 3), 2 * 8.0), rtol=1e-12)
    np.testing.assert_allclose(xy, np.full(3, 2 * s * 12), rtol=1e-12)
    np.testing.assert_allclose(yx, xy, rtol=1e-12)
    np.testing.assert_allclose(yy, s**2 * 12, rtol=1e-12)
    nested = ag.hessian(lambda p: f(p["x"], p["y"]))({"x": X, "y": 2.0})
    np.testing.assert_allclose(nested["x"]["y"], xy, rtol=1e-12)
    assert list(nested["y"]) == ["x", "y"]


def test_the_hessian_of_a_vector_has_a_matrix_for_each_component() -> None:
    found = ag.hessian(lambda x: x**3)(X)
    expected = np.zeros((3, 3, 3))
    expected[range(3), range(3), range(3)] = 6 * X
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_hessians_of_functions_without_curvature_are_zero() -> None:
    for f in (np.sum, lambda x: 3.0, lambda x: np.sum(np.floor(x)), lambda x: x[0]):
        assert ag.hessian(f)(X).tolist() == np.zeros((3, 3)).tolist()


def test_the_hessian_of_a_network_is_symmetric_and_right() -> None:
    w1, w2 = RNG.normal(size=(4, 3)), RNG.normal(size=4)
    found = ag.hessian(lambda x: w2 @ np.tanh(w1 @ x))(X)
    a = np.tanh(w1 @ X)
    np.testing.assert_allclose(found, w1.T @ np.diag(w2 * -2 * a * (1 - a**2)) @ w1, rtol=1e-10)
    np.testing.assert_allclose(found, found.T, rtol=1e-12)


def test_a_masked_square_root_has_a_clean_hessian() -> None:
    f = lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0) ** 3)  # noqa: E731
    np.testing.assert_allclose(ag.hessian(f)(np.array([4.0, 0.0])), [[0.375, 0.0], [0.0, 0.0]], rtol=1e-12)


def test_tensors_give_hessians_that_are_differentiable() -> None:
    w = ag.tensor(X, requires_grad=True)
    trace = np.trace(ag.hessian(lambda x: np.sum(x**4))(w))
    (g,) = ag.gradients(trace, w)
    np.testing.assert_allclose(g.numpy(), 24 * X, rtol=1e-12)
