"""Transforms of functions against closed forms: gradients, products with vectors, and what goes in and comes out."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite.structures import flatten

X = np.array([0.3, -1.2, 2.0])


class Line(NamedTuple):
    slope: Any
    offset: Any


@dataclass
class Layer:
    weight: Any
    bias: Any
    activation: str = "tanh"


def difference(f: Any, x: Any, v: Any, h: float = 1e-6) -> Any:
    """Return the central difference of f along v."""
    return (f(x + h * v) - f(x - h * v)) / (2 * h)


def test_gradients_of_one_variable_are_those_of_a_calculus_book() -> None:
    assert ag.grad(lambda x: x**3)(2.0) == 12.0
    assert ag.grad(np.tanh)(0.0) == 1.0
    assert ag.grad(np.exp)(1.0) == np.e


def test_a_gradient_by_several_arguments_is_a_tuple_in_their_order() -> None:
    f = lambda x, y, z: x * y**2 * z**3  # noqa: E731
    assert ag.grad(f, argnums=1)(2.0, 3.0, 1.0) == 12.0
    assert ag.grad(f, argnums=-1)(2.0, 3.0, 1.0) == 54.0
    assert ag.grad(f, argnums=(2, 0))(2.0, 3.0, 1.0) == (54.0, 9.0)
    assert ag.grad(f, argnums=(1,))(2.0, 3.0, 1.0) == (12.0,)
    assert ag.grad(f, argnums=[0, 1])(2.0, 3.0, 1.0) == (9.0, 12.0)
    assert ag.value_and_grad(f, (0, 1))(2.0, 3.0, 1.0) == (18.0, (9.0, 12.0))


def test_keyword_arguments_are_passed_on() -> None:
    f = lambda x, *, power=2: np.sum(x**power)  # noqa: E731
    np.testing.assert_allclose(ag.grad(f)(X, power=3), 3 * X**2, rtol=1e-12)
    np.testing.assert_allclose(ag.jvp(f, (X,), (X,), power=3)[1], 3 * np.sum(X**3), rtol=1e-12)
    np.testing.assert_allclose(ag.vjp(f, X, power=3)[1](2.0)[0], 6 * X**2, rtol=1e-12)


def test_what_is_not_differentiated_is_handed_to_the_function_as_it_is() -> None:
    seen = []

    def f(x: Any, data: Any, *, scale: Any) -> Any:
        seen.extend([data, scale])
        return np.sum(x * data["a"]) * scale[0]

    data, scale = {"a": X}, [2.0]
    np.testing.assert_array_equal(ag.grad(f)(np.ones(3), data, scale=scale), 2 * X)
    assert seen[0] is data and seen[1] is scale


def test_structures_come_back_as_they_were_given() -> None:
    def f(layers: Any, line: Any) -> Any:
        first, second = layers
        h = np.tanh(first.weight @ X + first.bias)
        return line.slope * np.sum(h * second["w"]) + line.offset

    layers = [Layer(np.ones((2, 3)), np.zeros(2)), {"w": np.array([1.0, 2.0], np.float32), "unused": None}]
    line = Line(2.0, np.float32(1.0))
    (first, second), by_line = ag.grad(f, argnums=(0, 1))(layers, line)
    h = np.tanh(np.ones((2, 3)) @ X)
    assert isinstance(first, Layer) and first.activation == "tanh"
    np.testing.assert_allclose(first.bias, 2 * (1 - h**2) * [1, 2], rtol=1e-12)
    np.testing.assert_allclose(first.weight, np.outer(first.bias, X), rtol=1e-12)
    np.testing.assert_allclose(second["w"], 2 * h, rtol=1e-6)
    assert second["w"].dtype == np.float32 and second["unused"] is None
    assert isinstance(by_line, Line) and by_line.offset.dtype == np.float32 and by_line.offset == 1.0
    np.testing.assert_allclose(by_line.slope, np.sum(h * [1, 2]), rtol=1e-12)


def leaf() -> st.SearchStrategy[Any]:
    array = st.sampled_from([(), (2,), (2, 1), (0,)]).map(lambda shape: np.full(shape, 0.5))
    return st.integers(-4, 4).map(lambda n: n / 4) | array | array.map(np.float32) | array.map(lambda a: ag.tensor(a))


def trees() -> st.SearchStrategy[Any]:
    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.tuples(inner, inner),
            st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
            st.builds(Line, inner, inner),
            st.builds(Layer, inner, inner),
            # Of bare numbers a list would be an array.
            st.tuples(inner, st.none()).map(list),
        )

    return st.recursive(leaf(), deeper, max_leaves=6)


@given(trees())
def test_the_gradient_of_half_the_sum_of_squares_is_the_argument(tree: Any) -> None:
    half = lambda tree: sum(np.sum(each * each) for each in flatten(tree)[0]) / 2  # noqa: E731
    found, structure = flatten(ag.grad(half)(tree))
    given, same = flatten(tree)
    of_tensors = any(isinstance(each, ag.Tensor) for each in given)
    assert structure.names() == same.names()
    for g, each in zip(found, given, strict=True):
        assert type(g) is (ag.Tensor if of_tensors else type(each))
        assert np.asarray(g).dtype == np.asarray(each).dtype
        np.testing.assert_array_equal(np.asarray(g), np.asarray(each))
    value, derivative = ag.jvp(half, (tree,), (tree,))
    np.testing.assert_allclose(np.asarray(derivative), 2 * np.asarray(value), rtol=1e-6)
    (pulled,) = ag.vjp(lambda tree: structure.unflatten([3 * each for each in flatten(tree)[0]]), tree)[1](tree)
    for g, each in zip(flatten(pulled)[0], given, strict=True):
        np.testing.assert_array_equal(np.asarray(g), 3 * np.asarray(each))


@pytest.mark.parametrize(
    ("x", "kind", "dtype"),
    [
        (2.0, float, float),
        (np.float64(2.0), np.float64, float),
        (np.float32(2.0), np.float32, np.float32),
        (np.array(2.0), np.ndarray, float),
        ([2.0, 1.0], np.ndarray, float),
        ([[2.0]], np.ndarray, float),
        (np.ones((0, 2), np.float32), np.ndarray, np.float32),
        (np.ones(2, np.float16), np.ndarray, np.float16),
        (np.ones(2, np.longdouble), np.ndarray, np.longdouble),
        (ag.ones(2, dtype=np.float32), ag.Tensor, np.float32),
        (ag.tensor(2.0), ag.Tensor, float),
    ],
    ids=repr,
)
def test_arrays_in_arrays_out_and_tensors_for_tensors(x: Any, kind: type, dtype: Any) -> None:
    value, gradient = ag.value_and_grad(lambda x: np.sum(x * x))(x)
    assert type(gradient) is kind
    assert np.asarray(gradient).dtype == dtype == np.asarray(value).dtype
    np.testing.assert_array_equal(np.asarray(gradient), 2 * np.asarray(x))
    assert isinstance(value, ag.Tensor) == (kind is ag.Tensor)
    assert kind is ag.Tensor or dtype is not float or type(value) is float


def test_one_tensor_anywhere_gives_tensors() -> None:
    f = lambda x, y, z=0.0: np.sum(x * y) + z  # noqa: E731
    for args, kwargs in (((X, ag.tensor(X)), {}), ((X, X), {"z": ag.tensor(1.0)}), (({"x": ag.tensor(X)}["x"], X), {})):
        value, gradient = ag.value_and_grad(f)(*args, **kwargs)
        assert isinstance(value, ag.Tensor) and isinstance(gradient, ag.Tensor)
        assert not value.requires_grad and not gradient.requires_grad


def test_aux_is_handed_through_without_its_graph() -> None:
    def f(x: Any) -> Any:
        y = np.sin(x)
        return np.sum(y), {"y": y, "text": "sine", "list": [y[0], 1], "none": None}

    gradient, aux = ag.grad(f, has_aux=True)(X)
    np.testing.assert_array_equal(gradient, np.cos(X))
    assert type(aux["y"]) is np.ndarray and aux["text"] == "sine" and aux["none"] is None
    assert aux["list"] == [np.sin(0.3), 1]
    (value, _), again = ag.value_and_grad(f, has_aux=True)(X)
    assert value == np.sum(np.sin(X)) and again.tolist() == gradient.tolist()
    _, aux = ag.grad(f, has_aux=True)(ag.tensor(X))
    assert isinstance(aux["y"], ag.Tensor) and not aux["y"].requires_grad
    assert ag.jvp(f, (X,), (X,), has_aux=True)[2]["text"] == "sine"
    assert ag.vjp(f, X, has_aux=True)[2]["text"] == "sine"
    assert ag.hvp(f, has_aux=True)(X, X)[1]["text"] == "sine"
    assert ag.elementwise_grad(f, has_aux=True)(X)[1]["text"] == "sine"
    for transform in (ag.jacobian, ag.hessian):
        _, aux = transform(f, has_aux=True)(X)
        np.testing.assert_array_equal(aux["y"], np.sin(X))


def test_a_tensor_that_requires_a_gradient_in_aux_keeps_it() -> None:
    x = ag.tensor(X, requires_grad=True)
    _, aux = ag.grad(lambda x: (np.sum(x), x * x), has_aux=True)(x)
    (g,) = ag.gradients(aux.sum(), x)
    np.testing.assert_array_equal(g.numpy(), 2 * X)


def test_vjp_pulls_gradients_back_as_often_as_asked() -> None:
    f = lambda p, x: {"sum": np.sum(p * x), "all": p * x}  # noqa: E731
    value, pull_back = ag.vjp(f, 2.0, X)
    np.testing.assert_array_equal(value["all"], 2 * X)
    for _ in range(2):
        by_p, by_x = pull_back({"all": np.ones(3), "sum": 10.0})
        np.testing.assert_allclose(by_p, 11 * X.sum(), rtol=1e-12)
        np.testing.assert_allclose(by_x, [22.0] * 3, rtol=1e-12)


def test_what_the_caller_does_to_his_arrays_changes_no_later_pull_back() -> None:
    x = X.copy()
    value, pull_back = ag.vjp(lambda x: np.exp(x) * x, x)
    x[:] = value[:] = 0.0
    (g,) = pull_back(np.ones(3))
    g[:] = 0.0
    np.testing.assert_allclose(pull_back(np.ones(3))[0], np.exp(X) * (1 + X), rtol=1e-12)


def test_jvp_is_the_derivative_along_a_direction() -> None:
    f = lambda p, x: (np.tanh(p["w"] @ x), np.sum(x))  # noqa: E731
    rng = np.random.default_rng(0)
    w, dw, dx = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), rng.normal(size=3)
    (h, total), (dh, dtotal) = ag.jvp(f, ({"w": w}, X), ({"w": dw}, dx))
    np.testing.assert_allclose(h, np.tanh(w @ X), rtol=1e-12)
    np.testing.assert_allclose(dh, (1 - h**2) * (dw @ X + w @ dx), rtol=1e-12)
    assert (total, dtotal) == (pytest.approx(X.sum()), pytest.approx(dx.sum()))


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (lambda x: x, X),
        (lambda x: 3 * x, 3 * X),
        (lambda x: np.ones(2), np.zeros(2)),
        (lambda x: np.floor(x), np.zeros(3)),
        (lambda x: x[::-1], X[::-1]),
        (lambda x: np.where(x > 0, np.sqrt(x * (x > 0)), 0), np.where(X > 0, 0.5 / np.sqrt(np.abs(X)), 0) * X),
    ],
    ids=["x", "3 x", "a constant", "floor", "reversed", "a mask"],
)
def test_jvp_of_linear_and_constant_functions(f: Any, derivative: Any) -> None:
    np.testing.assert_allclose(ag.jvp(f, (X,), (X,))[1], derivative, rtol=1e-12)
    assert ag.jvp(f, (X,), (np.zeros(3),))[1].tolist() == np.zeros(np.shape(derivative)).tolist()


def test_jvp_takes_one_argument_without_a_tuple() -> None:
    for primals, tangents in ((X, X), ((X,), (X,)), ([X], [X]), (X.tolist(), X.tolist())):
        np.testing.assert_allclose(ag.jvp(np.sin, primals, tangents)[1], np.cos(X) * X, rtol=1e-12)
    line, direction = Line(2.0, X), Line(1.0, X)
    np.testing.assert_allclose(ag.jvp(lambda p: p.slope * p.offset, line, direction)[1], X + 2 * X, rtol=1e-12)


def test_hvp_takes_the_vector_behind_the_argument() -> None:
    f = lambda x, a: np.sum(a * x**3)  # noqa: E731
    v, a = np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 1.0])
    np.testing.assert_allclose(ag.hvp(f)(X, v, a), 6 * a * X * v, rtol=1e-12)
    np.testing.assert_allclose(ag.hvp(f)(X, v, a=a), 6 * a * X * v, rtol=1e-12)
    by_x, by_a = ag.hvp(f, argnums=(0, 1))(X, a, (v, np.zeros(3)))
    np.testing.assert_allclose(by_x, 6 * a * X * v, rtol=1e-12)
    np.testing.assert_allclose(by_a, 3 * X**2 * v, rtol=1e-12)
    assert ag.hvp(lambda x: np.sum(3 * x))(X, v).tolist() == [0.0] * 3


def test_elementwise_grad_is_the_derivative_at_every_point() -> None:
    for f, derivative in (
        (np.sin, np.cos),
        (lambda x: x**3, lambda x: 3 * x**2),
        (np.tanh, lambda x: np.cosh(x) ** -2),
    ):
        np.testing.assert_allclose(ag.elementwise_grad(f)(X), derivative(X), rtol=1e-12)
    by_x, by_y = ag.elementwise_grad(lambda x, y: x * y**2, argnums=(0, 1))(X, 2 * X)
    np.testing.assert_allclose(by_x, 4 * X**2, rtol=1e-12)
    np.testing.assert_allclose(by_y, 4 * X**2, rtol=1e-12)


def test_single_precision_stays_single() -> None:
    x = X.astype(np.float32)
    f = lambda x: np.sum(np.tanh(x) * 2.0) + 1.0  # noqa: E731
    results = [
        ag.grad(f)(x),
        ag.value_and_grad(f)(x),
        ag.vjp(f, x)[1](1.0),
        ag.jvp(f, (x,), (X,)),
        ag.jacobian(np.tanh)(x),
        ag.jacobian(lambda x: np.outer(x, np.ones(9, np.float32)))(x),
        ag.hessian(f)(x),
        ag.hvp(f)(x, X),
        ag.elementwise_grad(np.tanh)(x),
        ag.grad(lambda x: np.sum(ag.grad(f)(x) ** 2))(x),
    ]
    for each in flatten(results)[0]:
        assert np.asarray(each).dtype == np.float32


def test_a_complex_gradient_points_where_a_real_function_grows() -> None:
    z = 1.0 + 2.0j
    assert ag.grad(lambda z: abs(z) ** 2)(z) == 2 * z
    assert ag.grad(lambda z: z.real * z.imag)(z) == 2.0 + 1.0j
    f = lambda z: np.sum(abs(np.sin(z)) ** 2)  # noqa: E731
    zs, v = np.array([z, 0.3 - 1j]), np.array([1j, 2 + 1j])
    along = np.sum((ag.grad(f)(zs).conj() * v).real)
    np.testing.assert_allclose(along, difference(lambda z: np.sum(np.abs(np.sin(z)) ** 2), zs, v), rtol=1e-8)
    np.testing.assert_allclose(ag.jvp(f, (zs,), (v,))[1], along, rtol=1e-12)


def test_the_complex_derivative_of_a_holomorphic_function() -> None:
    z, v = np.array([1 + 2j, 0.3 - 1j]), np.array([1j, 2 + 1j])
    np.testing.assert_allclose(ag.jvp(np.exp, (z,), (v,))[1], np.exp(z) * v, rtol=1e-12)
    np.testing.assert_allclose(ag.vjp(np.exp, z)[1](v)[0], np.exp(z).conj() * v, rtol=1e-12)


def test_hvp_of_a_real_function_of_complex_numbers() -> None:
    z, v = np.array([1 + 2j, 0.3 - 1j]), np.array([1j, 2 + 1j])
    f = lambda z: np.sum(abs(z) ** 4)  # noqa: E731
    gradient = lambda z: 4 * np.abs(z) ** 2 * z  # noqa: E731
    np.testing.assert_allclose(ag.hvp(f)(z, v), difference(gradient, z, v), rtol=1e-7)


def test_functions_keep_their_names() -> None:
    def energy(x: Any) -> Any:
        """The energy of a spring."""
        return x * x / 2

    for transform in (ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian, ag.elementwise_grad):
        assert transform(energy).__name__ == "energy"


def test_a_function_that_returns_a_constant_has_the_gradient_zero() -> None:
    for f in (
        lambda x: 3.0,
        lambda x: 1,
        lambda x: np.floor(x).sum(),
        lambda x: x.detach().sum(),
        lambda x: ag.ones(1),
    ):
        assert ag.grad(f)(X).tolist() == [0.0] * 3


def test_printing_numbers_of_a_tensor_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    def f(x: Any) -> Any:
        print(x.item(), x, x.tolist())
        return x * x

    assert ag.grad(f)(3.0) == 6.0
    assert capsys.readouterr().out.startswith("3.0 tensor(3.")
