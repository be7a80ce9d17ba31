"""Elementwise functions where the samples do not reach: kinks, ends, complex numbers, where= and out=."""

import math
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import UsageError
from tests.engine.references import leaf


def gradients(f: Any, *operands: Any) -> list[Any]:
    tensors = [leaf(each) for each in operands]
    return [g if g is None else g.tolist() for g in ag.gradients(f(*tensors).sum(), tensors, allow_unused=True)]


def test_the_length_and_the_angle_have_gradient_0_at_the_origin() -> None:
    assert gradients(np.hypot, 0.0, 0.0) == [0.0, 0.0]
    assert gradients(np.arctan2, 0.0, 0.0) == [0.0, 0.0]
    assert gradients(np.arctan2, 3e-200, 4e-200) == pytest.approx([4 / 25e-200, -3 / 25e-200])


def test_logarithms_of_sums_of_powers_are_stable_at_the_extremes() -> None:
    assert gradients(np.logaddexp, 1000.0, -1000.0) == [1.0, 0.0]
    assert gradients(np.logaddexp, -np.inf, 2.0) == [0.0, 1.0]
    assert gradients(np.logaddexp2, np.inf, 2.0) == [1.0, 0.0]


def test_fmax_and_fmin_pass_over_nan_and_share_ties() -> None:
    for f in (np.fmax, np.fmin):
        assert gradients(f, [np.nan, 1.0], [2.0, 1.0]) == [[0.0, 0.5], [1.0, 0.5]]


def test_copysign_has_gradient_0_at_0_and_counts_the_sign_of_minus_zero() -> None:
    assert gradients(lambda a: np.copysign(a, -0.0), [2.0, -3.0, 0.0]) == [[-1.0, 1.0, 0.0]]


@pytest.mark.parametrize("f", [np.mod, np.remainder, np.fmod, lambda a, b: a % b, lambda a, b: np.divmod(a, b)[1],
                               lambda a, b: divmod(a, b)[1]])  # fmt: skip
def test_remainders_follow_dividend_and_divisor(f: Any) -> None:
    assert gradients(f, 7.5, 2.0) == [1.0, -3.0]
    whole = -4.0 if np.sign(float(f(np.float64(-7.5), np.float64(2.0)))) > 0 else -3.0
    assert gradients(f, -7.5, 2.0) == [1.0, -whole]


def test_whole_quotients_are_constants() -> None:
    a = leaf([7.5, -7.5])
    assert (a // 2).tolist() == [3.0, -4.0] and not (a // 2).requires_grad
    assert (20 // a).tolist() == [2.0, -3.0] and (20 % a).tolist() == [5.0, -2.5]


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_sinc_is_smooth_at_0_in_every_order(order: int) -> None:
    x = ag.tensor([0.0, 1e-9, 0.2999999, 0.3000001], requires_grad=True)
    y = np.sinc(x)
    for _ in range(order):
        (y,) = ag.gradients(y.sum(), [x], create_graph=True)
    at_0 = [1.0, 0.0, -(math.pi**2) / 3, 0.0][order]
    assert y[:2].tolist() == pytest.approx([at_0, at_0], abs=1e-6)
    assert y[2].item() == pytest.approx(y[3].item(), rel=1e-5)


def test_the_bessel_function_has_the_known_derivatives() -> None:
    # I1 and I2 from the tables of Abramowitz and Stegun, 9.8: e⁻ˣ I1(x) at 5, and I1(1), I2(1).
    x = ag.tensor([1.0, 5.0, 0.0], requires_grad=True)
    (slope,) = ag.gradients(np.i0(x).sum(), [x], create_graph=True)
    assert slope.tolist() == pytest.approx([0.565159103992485, 24.335642142450524, 0.0], rel=1e-14)
    (curvature,) = ag.gradients(slope.sum(), [x])
    assert curvature[0].item() == pytest.approx((1.266065877752008 + 0.135747669767038) / 2, rel=1e-14)
    assert curvature[2].item() == pytest.approx(0.5, rel=1e-15)


def test_the_bessel_function_is_precise_where_it_is_large() -> None:
    # I1 / I0 = 1 − 1/(2x) − 1/(8x²) − 1/(8x³) − ... for large x, Abramowitz and Stegun 9.7.1.
    x = leaf([300.0, -700.0])
    y = np.i0(x)
    (slope,) = ag.gradients(y.sum(), [x])
    for ratio, at in zip((slope / y).tolist(), (300.0, 700.0), strict=True):
        assert abs(ratio) == pytest.approx(1 - 1 / (2 * at) - 1 / (8 * at**2) - 1 / (8 * at**3), rel=1e-10)


def test_the_summand_of_an_entropy_is_clean_at_0() -> None:
    p, q = leaf([0.0, 0.25]), leaf([0.0, 0.5])
    y = ag.xlogy(p, q)
    assert y.tolist() == [0.0, 0.25 * math.log(0.5)]
    y.sum().backward()
    assert p.grad.tolist() == [0.0, math.log(0.5)] and q.grad.tolist() == [0.0, 0.5]


@pytest.mark.parametrize("f", [np.log, np.sqrt, np.cbrt, np.arctan, np.i0, np.sinc, np.log1p, np.angle])
def test_a_branch_that_where_did_not_take_leaves_no_nan(f: Any) -> None:
    x = leaf([0.0, 1.0])
    with np.errstate(divide="ignore"):
        y = np.where(x > 0, f(x), x)
    (g,) = ag.gradients((y**2).sum(), [x], create_graph=True)
    (h,) = ag.gradients(g.sum(), [x])
    assert np.isfinite(g.tolist()).all() and np.isfinite(h.tolist()).all()


@pytest.mark.parametrize("f", [np.exp, np.exp2, np.expm1, np.sinh, np.cosh, np.i0, lambda x: np.mod(1.0, x - 2000)])
def test_a_value_that_is_not_finite_leaves_no_nan_where_it_was_not_taken(f: Any) -> None:
    x = leaf([2000.0, 1.0])
    with np.errstate(all="ignore"):
        y = np.where(x < 100, f(x), x)
        (g,) = ag.gradients((y**2).sum(), [x], create_graph=True)
        (h,) = ag.gradients(g.sum(), [x])
    assert g[0].item() == 4000.0 and h[0].item() == 2.0
    assert np.isfinite(g[1].item()) and np.isfinite(h[1].item())


def test_numbers_take_the_place_of_nan_and_of_infinities_without_a_gradient() -> None:
    x = leaf([np.nan, np.inf, -np.inf, 2.0])
    y = np.nan_to_num(x, nan=1.0, neginf=-5.0)
    assert y.tolist() == np.nan_to_num(x.detach().numpy(), nan=1.0, neginf=-5.0).tolist()
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0, 1.0]
    z = ag.tensor([complex(np.nan, 1.0)], requires_grad=True)
    assert np.nan_to_num(z).tolist() == [1j]


def test_the_angle_turns_with_the_number() -> None:
    z = ag.tensor([1 + 1j, -2j], requires_grad=True)
    turned = np.angle(z, deg=True)
    assert turned.tolist() == pytest.approx([45.0, -90.0])
    turned.sum().backward()
    # Steepest ascent: i z / |z|², in degrees.
    values = np.array([1 + 1j, -2j])
    np.testing.assert_allclose(z.grad.numpy(), np.degrees(1) * 1j * values / np.abs(values) ** 2)


COMPLEX = """
    sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh
    square reciprocal absolute conjugate sign sinc
"""


@pytest.mark.parametrize("name", COMPLEX.split())
def test_complex_functions_are_right_in_every_quadrant(name: str) -> None:
    f, values = getattr(np, name), np.array([1.3 + 2j, -0.5 + 0.3j, -1.7 - 0.4j, 0.6 - 0.8j])
    z = ag.tensor(values, requires_grad=True)
    y = f(z)
    (y.real + 2 * y.imag if y.dtype.kind == "c" else y).sum().backward()

    def weighted(step: complex) -> Any:
        found = f(values + step)
        return np.real(found) + 2 * np.imag(found)

    along = [(weighted(step) - weighted(-step)) / 2e-6 for step in (1e-6, 1e-6j)]
    np.testing.assert_allclose(z.grad.numpy(), along[0] + 1j * along[1], rtol=1e-7, atol=1e-8)


def test_powers_in_double_precision_give_gradients_of_the_operands_dtype() -> None:
    x = ag.tensor(np.float32([2.0, 3.0]), requires_grad=True)
    y = np.float_power(x, 2)
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad.dtype == np.float32 and x.grad.tolist() == [4.0, 6.0]


def test_only_the_elements_that_where_names_are_computed() -> None:
    x, base = leaf([0.0, 1.0]), ag.tensor([7.0, 8.0])
    mask = np.array([False, True])
    y = np.log(x, where=mask)
    y.sum().backward()
    assert y.tolist() == [0.0, 0.0] and x.grad.tolist() == [0.0, 1.0]
    written = np.add(x, 1, where=mask, out=base)
    assert written is base and base.tolist() == [7.0, 2.0] and base.requires_grad
    base.sum().backward()
    assert x.grad.tolist() == [0.0, 2.0]


def test_where_and_out_are_for_one_result() -> None:
    with pytest.raises(UsageError, match="where= is for one"):
        np.modf(leaf([1.5]), where=np.array([True]))


@pytest.mark.parametrize("f", [np.sign, np.floor, np.ceil, np.trunc, np.rint, np.round, np.spacing, np.isnan])
def test_piecewise_constant_functions_have_no_gradient(f: Any) -> None:
    y = f(leaf([0.3, -1.2]))
    assert isinstance(y, ag.Tensor) and not y.requires_grad


@pytest.mark.parametrize(("ufunc", "expected"), [
    (np.add, [5.0, 7.0]), (np.multiply, [8.0, 7.0]), (np.maximum, [4.0, 2.0]), (np.minimum, [1.0, 0.0]),
])  # fmt: skip
def test_methods_of_ufuncs_compute_with_every_element(ufunc: Any, expected: list[float]) -> None:
    x = np.array([[1.0, 2.0], [4.0, 0.5]])
    t = leaf(x)
    for method in (ufunc.reduce, ufunc.accumulate):
        y = method(t, axis=1)
        assert y.requires_grad and y.tolist() == method(x, axis=1).tolist()
    assert ufunc.outer(t, t[0]).tolist() == ufunc.outer(x, x[0]).tolist()


def test_of_running_extremes_that_tie_the_last_gets_the_gradient() -> None:
    x = leaf([1.0, 3.0, 3.0, 2.0])
    np.maximum.accumulate(x).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 2.0, 0.0]


@pytest.mark.parametrize("ufunc", [np.multiply, np.maximum, np.add, np.divide])
def test_computing_at_repeated_indices_repeats_the_computation(ufunc: Any) -> None:
    x, index, values = np.array([1.0, 2.0, 3.0]), np.array([2, 0, 2]), np.array([2.0, 4.0, 5.0])
    expected = x.copy()
    ufunc.at(expected, index, values)
    t, v = leaf(x), leaf(values)
    y = t * 1
    ufunc.at(y, index, v)
    assert y.tolist() == expected.tolist()

    def written(base: Any, new: Any) -> Any:
        made = base * 1
        ufunc.at(made, index, new)
        return made

    assert ag.gradcheck(written, (x, values), order=2)


@pytest.mark.parametrize(
    "f", [np.arcsin, np.arccos, np.arctan, np.arctanh, np.arcsinh, np.arccosh, np.sqrt, np.log, np.log1p]
)
@pytest.mark.parametrize(
    "z", [complex(a, b) for a, b in ((2.5, 0.0), (2.5, -0.0), (-2.5, 0.0), (-2.5, -0.0), (0.0, 2.5), (-0.0, 2.5))]
)
def test_on_a_cut_the_slope_is_that_of_its_side(f: Any, z: complex) -> None:
    h, along = 1e-6, 1 if z.real else 1j
    ahead, behind = (
        complex(z.real + sign * h, z.imag) if z.real else complex(z.real, z.imag + sign * h) for sign in (1, -1)
    )
    expected = (f(np.complex128(ahead)) - f(np.complex128(behind))) / (2 * h * along)
    t = ag.tensor(np.complex128(z), requires_grad=True)
    (g,) = ag.gradients(f(t), [t], [np.complex128(1)])
    np.testing.assert_allclose(np.conj(g.item()), expected, rtol=1e-6, atol=1e-9)
