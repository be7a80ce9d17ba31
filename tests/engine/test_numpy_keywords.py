"""What NumPy's functions take besides operands: out=, where=, dtype= and casting=; and the methods of ufuncs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, IndexingError, ShapeError, UsageError

A = np.array([[0.5, -1.5, 2.0], [1.25, 0.75, -0.25]])
B = np.array([[1.5, 0.5], [-0.75, 1.0], [2.0, 0.25]])
SOME = np.array([[True, False, True], [True, True, False]])


REDUCTIONS = ("sum", "mean", "prod", "max", "var", "std", "ptp", "median", "nansum", "nanmax", "nanvar")


def of_second_order(f: Callable[..., Any], *inputs: Any) -> None:
    assert ag.gradcheck(f, inputs, order=2)


@pytest.mark.parametrize(
    ("f", "shape", "dtype"),
    [
        *((lambda x, out, n=n: getattr(np, n)(x, axis=0, out=out), (3,), float) for n in REDUCTIONS),
        *((lambda x, out, n=n: getattr(x, n)(axis=1, out=out), (2,), float) for n in ("sum", "mean", "min", "std")),
        *((lambda x, out, n=n: getattr(np, n)(x, axis=1, out=out), (2, 3), float) for n in ("cumsum", "cumprod")),
        (lambda x, out: np.quantile(x, 0.3, axis=0, out=out), (3,), float),
        (lambda x, out: np.dot(x, B, out=out), (2, 2), float),
        (lambda x, out: np.matmul(x, B, out=out), (2, 2), float),
        (lambda x, out: np.einsum("ij,jk->ik", x, B, out=out), (2, 2), float),
        (lambda x, out: np.linalg.multi_dot([x, B], out=out), (2, 2), float),
        (lambda x, out: np.clip(x, -1, 1, out=out), (2, 3), float),
        (lambda x, out: np.take(x, [0, 4], out=out), (2,), float),
        (lambda x, out: np.concatenate([x, x * x], out=out), (4, 3), float),
        (lambda x, out: np.stack([x, x * x], axis=1, out=out), (2, 2, 3), float),
        (lambda x, out: np.fft.fft(x, out=out), (2, 3), complex),
        (lambda x, out: np.add.reduce(x, axis=1, out=out), (2,), float),
        (lambda x, out: np.logaddexp.accumulate(x, axis=0, out=out), (2, 3), float),
        (lambda x, out: np.sin(x, out=(out,)), (2, 3), float),
    ],
)
def test_a_tensor_given_as_out_holds_the_result_and_its_history(f: Any, shape: tuple[int, ...], dtype: Any) -> None:
    expected = np.zeros(shape, dtype)
    f(A, expected)

    def filled(x: Any) -> Any:
        if not isinstance(x, ag.Tensor):
            return expected.real + expected.imag
        out = ag.zeros(shape, dtype=dtype)
        assert f(x, out) is out
        return np.real(out) + np.imag(out)

    np.testing.assert_allclose(filled(ag.from_numpy(A)).numpy(), expected.real + expected.imag, rtol=1e-14)
    of_second_order(filled, A)


def test_out_may_be_an_operand() -> None:
    x = ag.tensor(A, requires_grad=True)
    y = x * 1
    assert np.cumprod(y, axis=0, out=y) is y
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [1 + A[1], A[0]])


def test_each_of_several_results_has_a_place_of_its_own() -> None:
    x = ag.tensor([1.25, -2.5], requires_grad=True)
    fraction, whole = ag.zeros(2), ag.zeros(2)
    given = np.modf(x * 3, out=(fraction, whole))
    assert given[0] is fraction and given[1] is whole
    assert fraction.tolist() == [0.75, -0.5] and whole.tolist() == [3.0, -7.0]
    (fraction * 2).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: np.sum(x, axis=0, out=np.zeros(3)),
        lambda x: np.sum(x, axis=0, out=ag.zeros(2)),
        lambda x: np.sum(x, axis=0, out=ag.zeros(3, dtype=int)),
    ],
)
def test_what_out_cannot_hold_is_refused(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises(UsageError) as caught:
        wrong(ag.tensor(A, requires_grad=True))
    assert len(str(caught.value).splitlines()) == 2


def test_out_none_is_no_out() -> None:
    x = ag.tensor(A)
    for f in (np.sum, np.cumsum, np.median, np.dot, ag.sum, ag.median):
        args = (x, B) if f is np.dot else (x,)
        np.testing.assert_array_equal(f(*args, out=None).numpy(), f(*args).numpy())


def test_where_and_out_of_a_ufunc_leave_the_rest_as_it_was() -> None:
    def quotient(a: Any, held: Any) -> Any:
        out = held * 1
        np.divide(1.0, a, where=SOME, out=out)
        return out

    np.testing.assert_allclose(quotient(ag.from_numpy(A), ag.ones((2, 3))).numpy(), np.where(SOME, 1 / A, 1))
    of_second_order(quotient, A, np.ones((2, 3)))


@pytest.mark.parametrize(
    "options",
    [
        {"dtype": np.float32},
        {"dtype": complex},
        {"casting": "safe"},
        {"order": "F"},
        {"subok": False},
        {"signature": "ff->f", "casting": "same_kind"},
    ],
)
def test_a_ufunc_computes_in_the_dtype_that_it_is_asked_for(options: dict[str, Any]) -> None:
    x = ag.tensor(A, requires_grad=True)
    y, expected = np.multiply(x, A[0], **options), np.multiply(A, A[0], **options)
    assert y.dtype == expected.dtype
    np.testing.assert_array_equal(y.detach().numpy(), expected)
    np.real(y).sum().backward()
    assert x.grad.dtype == np.float64
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(A[0], A.shape), rtol=1e-6)


@pytest.mark.parametrize("options", [{"dtype": int}, {"dtype": np.float32, "casting": "safe"}, {"signature": "OO->O"}])
def test_a_dtype_that_a_ufunc_does_not_have_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(DtypeError):
        np.add(ag.tensor(A), 1.0, **options)


UFUNCS = ("add", "subtract", "multiply", "divide", "hypot", "logaddexp", "logaddexp2", "fmax", "fmin")
P = np.array([[0.5, 1.5, 2.0, 0.75], [1.25, 0.6, 0.25, 1.0], [0.9, 1.1, 0.3, 1.75]])


@pytest.mark.parametrize("name", UFUNCS)
@pytest.mark.parametrize(
    "use",
    [
        lambda ufunc, x: ufunc.reduce(x),
        lambda ufunc, x: ufunc.reduce(x, axis=1, keepdims=True),
        lambda ufunc, x: ufunc.reduce(x, axis=1, initial=1.6),
        lambda ufunc, x: ufunc.reduce(x, axis=0, initial=1.6, where=P > 0.4),
        lambda ufunc, x: ufunc.reduce(x[:1]),
        lambda ufunc, x: ufunc.accumulate(x, axis=1),
        lambda ufunc, x: ufunc.reduceat(x, [0, 2, 1, 3], axis=1),
        lambda ufunc, x: ufunc.outer(x[0], x[:, 1:3]),
    ],
)
def test_the_methods_of_a_ufunc_have_its_derivative(name: str, use: Callable[..., Any]) -> None:
    ufunc = getattr(np, name)
    np.testing.assert_allclose(use(ufunc, ag.from_numpy(P)).numpy(), use(ufunc, P), rtol=1e-14)
    of_second_order(lambda x: use(ufunc, x), P)


@pytest.mark.parametrize(
    ("product", "shapes"),
    [
        (lambda a, b: np.matmul(a, b, axes=[(0, 1), (1, 0), (0, 1)]), ((2, 3), (4, 3))),
        (lambda a, b: np.matmul(a, b, axes=[(0, 2), (-2, -1), (-1, 0)]), ((2, 5, 3), (5, 3, 2))),
        (lambda a, b: np.vecdot(a, b, keepdims=True), ((2, 3), (2, 3))),
        (lambda a, b: np.vecdot(a, b, axis=0, keepdims=True), ((2, 3), (2, 3))),
        (lambda a, b: np.vecdot(a, b, axes=[0, 1]), ((3, 2), (2, 3))),
    ],
)
def test_products_take_the_axes_that_they_are_told(product: Any, shapes: Any) -> None:
    a, b = (np.linspace(-1, 2, int(np.prod(shape))).reshape(shape) ** 2 for shape in shapes)
    np.testing.assert_allclose(product(ag.from_numpy(a), ag.from_numpy(b)).numpy(), product(a, b), rtol=1e-14)
    of_second_order(product, a, b)


def test_axes_that_do_not_fit_a_product_are_refused() -> None:
    for axes in ([(0, 1)], [(0, 1), 0, (0, 1)]):
        with pytest.raises(ArgumentError, match="signature"):
            np.matmul(ag.tensor(A), B, axes=axes)


def test_at_computes_with_one_operand_too() -> None:
    x = ag.tensor([0.1, 0.2], requires_grad=True)
    y = x * 1
    np.exp.at(y, [0, 0])
    y.sum().backward()
    np.testing.assert_allclose(y.detach().numpy(), [np.exp(np.exp(0.1)), 0.2])
    np.testing.assert_allclose(x.grad.numpy(), [np.exp(np.exp(0.1)) * np.exp(0.1), 1.0])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda x: np.subtract.reduce(x, axis=None), ArgumentError),
        (lambda x: np.divide.reduce(x[:0]), ShapeError),
        (lambda x: np.subtract.reduce(x, where=x > 0), ShapeError),
        (lambda x: np.add.reduceat(x, [0, 7]), IndexingError),
    ],
)
def test_a_method_that_has_nothing_to_compute_is_refused(wrong: Callable[[Any], Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        wrong(ag.tensor(P, requires_grad=True))


def test_a_condition_alone_gives_the_indices_where_it_is_true() -> None:
    x = ag.tensor([[1.0, -1.0], [2.0, 3.0]], requires_grad=True)
    for found in (np.where(x > 0), ag.where(x > 0), np.where(x - x)):
        assert all(not each.requires_grad for each in found)
    assert [each.tolist() for each in np.where(x > 0)] == [[0, 1, 1], [0, 0, 1]]


def test_numbers_in_the_place_of_nan_are_written_where_no_copy_is_wanted() -> None:
    x = ag.tensor([1.0, np.nan, 3.0], requires_grad=True)
    y = x * 1
    assert np.nan_to_num(y, copy=False) is y
    assert y.tolist() == [1.0, 0.0, 3.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]
    with pytest.raises(AutogradError):
        np.nan_to_num(x, copy=False)


def test_the_path_of_a_contraction_is_no_value() -> None:
    t = ag.tensor(np.ones((2, 2)), requires_grad=True)
    assert np.einsum_path("ij,jk->ik", t, t)[0] == ["einsum_path", (0, 1)]
