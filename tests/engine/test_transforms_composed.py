"""Transforms of transforms: derivatives of every order, by variables inside one another, and beside Tensors' own."""

import gc
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite import errors as ag_errors

X = np.array([0.3, -1.2, 2.0])


def test_every_order_of_a_polynomial() -> None:
    f, expected = lambda x: x**4, [16.0, 32.0, 48.0, 48.0, 24.0, 0.0]
    for derivative in expected:
        assert f(2.0) == derivative
        f = ag.grad(f)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=6), st.integers(0, 4))
def test_derivatives_of_polynomials_are_those_of_numpy(coefficients: list[int], order: int) -> None:
    polynomial = np.polynomial.Polynomial(np.array(coefficients, float))

    def f(x: Any) -> Any:
        total = 0 * x
        for c in coefficients[::-1]:
            total = total * x + float(c)
        return total

    expected = polynomial.deriv(order)(X) if order else polynomial(X)
    for _ in range(order):
        f = ag.elementwise_grad(f)
    np.testing.assert_allclose(f(X), expected, rtol=1e-12, atol=1e-12)


def test_third_derivatives_of_several_variables() -> None:
    third = ag.jacobian(ag.hessian(lambda x: x[0] ** 3 * x[1] ** 2 + np.sin(x[2])))(np.array([2.0, 3.0, 0.5]))
    expected = np.zeros((3, 3, 3))
    expected[0, 0, 0] = 6 * 9
    for place in ((0, 0, 1), (0, 1, 0), (1, 0, 0)):
        expected[place] = 6 * 2 * 2 * 3
    for place in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        expected[place] = 2 * 3 * 4
    expected[2, 2, 2] = -np.cos(0.5)
    np.testing.assert_allclose(third, expected, rtol=1e-12, atol=1e-12)


# Each takes a function of one number, and gives its derivative: whatever stands in whichever, the result is the same.
WAYS = {
    "grad": lambda f: ag.grad(f),
    "value_and_grad": lambda f: lambda x: ag.value_and_grad(f)(x)[1],
    "vjp": lambda f: lambda x: ag.vjp(f, x)[1](1.0)[0],
    "jvp": lambda f: lambda x: ag.jvp(f, (x,), (1.0,))[1],
    "jacobian": lambda f: ag.jacobian(f),
    "elementwise_grad": lambda f: ag.elementwise_grad(f),
    "jacobian by columns": lambda f: lambda x: ag.jacobian(lambda x: f(x) * np.ones(4))(x)[0],
    "with aux": lambda f: lambda x: ag.grad(lambda x: (f(x), x), has_aux=True)(x)[0],
    "in a dict": lambda f: lambda x: ag.grad(lambda p: f(p["x"]))({"x": x})["x"],
}


@pytest.mark.parametrize("inner", WAYS)
@pytest.mark.parametrize("outer", WAYS)
def test_a_derivative_of_a_derivative_by_any_two_ways(outer: str, inner: str) -> None:
    f = lambda x: np.exp(x) * x**2  # noqa: E731
    second = WAYS[outer](WAYS[inner](f))
    assert second(0.5) == pytest.approx(np.exp(0.5) * (0.25 + 4 * 0.5 + 2), rel=1e-12)
    third = ag.grad(second)
    assert third(0.5) == pytest.approx(np.exp(0.5) * (0.25 + 6 * 0.5 + 6), rel=1e-12)


@pytest.mark.parametrize("inner", WAYS)
@pytest.mark.parametrize("outer", WAYS)
def test_perturbations_are_not_confused(outer: str, inner: str) -> None:
    """The example of Siskind and Pearlmutter: d/dx (x · d/dy (x + y)) is 1, and d/dx (x · d/dy (x y)) is 2x."""
    add = lambda x: x * WAYS[inner](lambda y: x + y)(2.0)  # noqa: E731
    multiply = lambda x: x * WAYS[inner](lambda y: x * y)(2.0)  # noqa: E731
    assert WAYS[outer](add)(1.0) == 1.0
    assert WAYS[outer](multiply)(3.0) == 6.0
    same = lambda x: WAYS[inner](lambda y: x * y * y)(x)  # noqa: E731
    assert WAYS[outer](same)(3.0) == 12.0


def test_three_variables_inside_one_another() -> None:
    def f(x: Any) -> Any:
        def g(y: Any) -> Any:
            return ag.grad(lambda z: x * y**2 * z**3)(y) * x

        return ag.grad(g)(x)

    # d/dz gives 3 x y² z², at z = y times x: 3 x² y⁴; d/dy at y = x: 12 x⁵
    assert ag.grad(f)(1.5) == pytest.approx(60 * 1.5**4, rel=1e-12)


def test_a_hessian_of_a_jvp_and_a_jvp_of_a_hessian() -> None:
    f, v = lambda x: np.sum(x**4), np.array([1.0, 2.0, 3.0])
    expected = np.diag(24 * X * v)
    np.testing.assert_allclose(ag.hessian(lambda x: ag.jvp(f, (x,), (v,))[1])(X), expected, rtol=1e-12)
    np.testing.assert_allclose(ag.jvp(ag.hessian(f), (X,), (v,))[1], expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ag.jacobian(lambda x: ag.hvp(f)(x, v))(X), expected, rtol=1e-12)


def test_hvp_and_jvp_are_differentiable_in_their_direction() -> None:
    f = lambda x: np.sum(np.sin(x) * x)  # noqa: E731
    hessian = ag.hessian(f)(X)
    np.testing.assert_allclose(ag.jacobian(lambda v: ag.hvp(f)(X, v))(X), hessian, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ag.grad(lambda v: ag.jvp(f, (X,), (v,))[1])(X), ag.grad(f)(X), rtol=1e-12)


def test_a_pull_back_made_outside_is_differentiable_inside() -> None:
    _, pull_back = ag.vjp(np.sin, X)
    result = ag.grad(lambda g: np.sum(pull_back(g)[0] ** 2))(X)
    assert type(result) is np.ndarray
    np.testing.assert_allclose(result, 2 * np.cos(X) ** 2 * X, rtol=1e-12)
    softmax = lambda x: np.exp(x) / np.sum(np.exp(x))  # noqa: E731
    _, pull_back = ag.vjp(softmax, X)
    np.testing.assert_allclose(
        ag.jacobian(lambda g: pull_back(g)[0])(X), ag.jacobian(softmax)(X).T, rtol=1e-12, atol=1e-15
    )


def test_hvp_of_the_value_in_value_and_grad() -> None:
    f = lambda x: ag.value_and_grad(lambda x: np.sum(x**3))(x)[0]  # noqa: E731
    np.testing.assert_allclose(ag.hvp(f)(X, X), 6 * X * X, rtol=1e-12)


def test_a_gradient_of_a_function_of_gradients() -> None:
    """The penalty ∥∇f∥², as in training with a gradient penalty."""
    f = lambda x: np.sum(x**3)  # noqa: E731
    penalty = lambda x: np.sum(ag.grad(f)(x) ** 2)  # noqa: E731
    np.testing.assert_allclose(ag.grad(penalty)(X), 36 * X**3, rtol=1e-12)


def test_unrolled_gradient_steps_are_differentiable() -> None:
    def after_steps(rate: Any) -> Any:
        x = 1.0
        for _ in range(5):
            x = x - rate * ag.grad(lambda x: x * x / 2)(x)
        return x

    assert ag.grad(after_steps)(0.1) == pytest.approx(-5 * 0.9**4, rel=1e-12)


def test_tensors_that_require_gradients_pass_them_through_a_transform() -> None:
    w = ag.tensor(X, requires_grad=True)
    g = ag.grad(lambda x: np.sum(x**3))(w)
    g.sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), 6 * X, rtol=1e-12)


@pytest.mark.parametrize("way", ["grad", "value_and_grad", "vjp", "jvp", "elementwise_grad"])
def test_tensors_that_a_function_closes_over_keep_their_gradients(way: str) -> None:
    """As in a physics-informed fit: derivatives by the points stand in a loss that is differentiated by the weights."""
    w = ag.tensor(2.0, requires_grad=True)
    slope = WAYS[way](lambda x: w * w * x * x)(3.0)
    assert isinstance(slope, ag.Tensor) and slope.item() == 24.0
    (slope**2).backward()
    assert w.grad is not None and w.grad.item() == 2 * 24.0 * 24.0
    with ag.no_grad():
        assert type(WAYS[way](lambda x: w * w * x * x)(3.0)) is float


def test_inside_no_grad_functions_are_differentiated_all_the_same() -> None:
    w = ag.tensor(X, requires_grad=True)
    with ag.no_grad():
        np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x * x))(X), 2 * X)
        g = ag.grad(lambda x: np.sum(x * x))(w)
        assert isinstance(g, ag.Tensor) and not g.requires_grad and g.tolist() == (2 * X).tolist()
        assert ag.hessian(lambda x: x**3)(2.0) == 12.0
    assert w.grad is None


def test_no_grad_inside_a_function_makes_constants() -> None:
    def f(x: Any) -> Any:
        with ag.no_grad():
            constant = x * x
        return np.sum(constant * x)

    np.testing.assert_array_equal(ag.grad(f)(X), X * X)


def test_a_function_may_write_into_its_argument() -> None:
    def f(x: Any) -> Any:
        x[0] = 5.0
        x *= 2
        return np.sum(x * x)

    x = X.copy()
    assert ag.grad(f)(x).tolist() == pytest.approx([0.0, 8 * X[1], 8 * X[2]])
    assert ag.hessian(f)(x).tolist() == [[0.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 8.0]]
    w = ag.tensor(X, requires_grad=True)
    assert ag.grad(f)(w).tolist() == pytest.approx([0.0, 8 * X[1], 8 * X[2]])
    assert x.tolist() == w.tolist() == X.tolist()


def test_a_function_may_write_into_a_copy() -> None:
    def f(x: Any) -> Any:
        y = x.copy()
        y[1:] += x[:-1]
        return np.prod(y)

    by_hand = lambda x: x[0] * (x[1] + x[0]) * (x[2] + x[1])  # noqa: E731
    for order in (ag.grad, ag.hessian):
        np.testing.assert_allclose(order(f)(X), order(by_hand)(X), rtol=1e-12, atol=1e-12)


def test_a_result_that_is_overwritten_later_is_pulled_back_as_it_was() -> None:
    buffer = ag.zeros(3)

    def squares(x: Any) -> Any:
        buffer[:] = x * x
        return buffer

    value, pull_back = ag.vjp(squares, X)
    buffer[:] = 0.0
    np.testing.assert_array_equal(value, X**2)
    np.testing.assert_array_equal(pull_back(np.ones(3))[0], 2 * X)


def test_a_value_that_a_rule_needs_is_missed_when_it_was_overwritten() -> None:
    def f(x: Any) -> Any:
        y = np.exp(x)
        total = np.sum(y)
        y += 1.0
        return total

    with pytest.raises(ag_errors.StaleValueError):
        ag.grad(f)(X)


def test_anomalies_are_found_inside_of_transforms() -> None:
    with ag.detect_anomaly():
        assert ag.hessian(lambda x: np.sum(np.where(x > 0, x, 0) ** 3))(X).shape == (3, 3)
        assert ag.jvp(np.tanh, (X,), (X,))[1].shape == (3,)
        with pytest.raises(ag_errors.AnomalyError), np.errstate(divide="ignore"):
            ag.grad(lambda x: np.sum(np.log(x)))(np.zeros(2))


def test_a_gradient_without_a_graph_inside_of_a_function_is_refused() -> None:
    penalty = lambda x, **options: np.sum(ag.gradients(np.sum(x**3), x, **options)[0] ** 2)  # noqa: E731
    np.testing.assert_allclose(ag.grad(penalty)(X, create_graph=True), 36 * X**3, rtol=1e-12)
    with pytest.raises(ag_errors.GradientError, match="create_graph=True"):
        ag.grad(penalty)(X)


def test_checkpoints_are_differentiated_like_the_functions_in_them() -> None:
    f = lambda x: np.sin(x) * x  # noqa: E731
    kept = ag.checkpoint(f)
    for transform in (ag.grad, ag.hessian):
        expected = transform(lambda x: np.sum(f(f(x))))(X)
        np.testing.assert_allclose(transform(lambda x: np.sum(kept(kept(x))))(X), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ag.jvp(kept, (X,), (X,))[1], ag.jvp(f, (X,), (X,))[1], rtol=1e-12)


def test_a_scalar_argument_may_be_written_into() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        y += x * x
        x += 1.0
        return y * x

    assert ag.grad(f)(2.0) == 1 + 2 * 2 * 2 + 3 * 4


def test_the_caller_s_tensors_keep_grad_and_graph() -> None:
    w = ag.tensor(X, requires_grad=True)
    y = w * w
    for transform in (ag.grad, ag.hessian, ag.value_and_grad):
        transform(lambda x: np.sum(x * y))(X)
    assert w.grad is None
    y.sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), 2 * X)


def test_a_leaf_that_the_function_makes_does_not_leak_out() -> None:
    def f(x: Any) -> Any:
        inner = ag.tensor(X, requires_grad=True)
        (g,) = ag.gradients(np.sum(inner**2), inner)
        return np.sum(x * g)

    np.testing.assert_array_equal(ag.grad(f)(X), 2 * X)


def test_finished_transforms_leave_nothing_behind() -> None:
    def nodes() -> int:
        return sum(type(each).__name__ in ("Node", "Leaf") for each in gc.get_objects())

    f = lambda x: np.sum(np.sin(x) * x)  # noqa: E731
    gc.collect()
    gc.disable()
    try:
        before = nodes()
        for _ in range(3):
            ag.grad(f)(X), ag.jvp(f, (X,), (X,)), ag.hvp(f)(X, X), ag.hessian(f)(X), ag.jacobian(np.sin)(X)
            ag.vjp(f, X)[1](1.0)
            with pytest.raises(ZeroDivisionError):
                ag.grad(lambda x: x / (1 // 0))(X)
        assert nodes() == before
    finally:
        gc.enable()


def test_threads_differentiate_at_once() -> None:
    found: dict[int, Any] = {}

    def work(k: int) -> None:
        found[k] = [ag.hessian(lambda x: np.sum(k * x**3))(X).diagonal() for _ in range(5)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for k in range(4):
        for each in found[k]:
            np.testing.assert_allclose(each, 6 * k * X, rtol=1e-12)
