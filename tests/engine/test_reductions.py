"""Reductions, sorting and statistics where declarations do not look: ties, zeros, NaN, no spread, complex and empty."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag

METHODS = [
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull"),
    *("linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"),
]
GAPS = np.array([[True, False, False], [False, False, True], [False, False, True], [False, False, True]])
DATA = np.array([[0.3, -1.2, 2.0], [1.7, 0.6, -0.4], [-2.1, 1.1, 0.9], [0.8, -0.7, 1.4]])


def leaf(data: Any, dtype: Any = float) -> ag.Tensor:
    return ag.tensor(data, dtype=dtype, requires_grad=True)


def gradient(f: Callable[[ag.Tensor], ag.Tensor], data: Any) -> Any:
    x = leaf(data, np.asarray(data).dtype)
    return ag.gradients(f(x), x)[0].numpy()


@pytest.mark.parametrize(
    ("factors", "others"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
        ([5.0], [1.0]),
        ([], []),
    ],
)
def test_the_gradient_of_a_factor_is_the_product_of_the_others(factors: list[float], others: list[float]) -> None:
    assert gradient(lambda x: x.prod(), np.array(factors)).tolist() == others


def test_products_with_zeros_have_second_derivatives() -> None:
    zeros = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, 5.0]])
    assert ag.gradcheck(lambda x: np.prod(x, axis=1), zeros, order=2)
    assert ag.gradcheck(lambda x: np.cumprod(x, axis=1), zeros, order=2)
    x = leaf([0.0, 2.0, 0.0])
    (g,) = ag.gradients(x.prod(), x, create_graph=True)
    assert ag.gradients(g[0], x)[0].tolist() == [0.0, 0.0, 2.0]


@pytest.mark.parametrize("f", [np.max, np.nanmax, np.maximum.reduce])
def test_elements_that_tie_share_equally(f: Callable[..., Any]) -> None:
    assert gradient(f, np.array([1.0, 3.0, 3.0, 2.0])).tolist() == [0.0, 0.5, 0.5, 0.0]


def test_the_initial_number_of_a_maximum_takes_part() -> None:
    x = np.array([1.0, 3.0])
    for initial, expected in ((2.0, [0.0, 1.0]), (3.0, [0.0, 0.5]), (4.0, [0.0, 0.0])):
        assert gradient(lambda t, start=initial: np.max(t, initial=start), x).tolist() == expected
    assert np.max(leaf([]), initial=2.0).item() == 2.0
    assert gradient(np.ptp, np.array([2.0, 5.0, 2.0])).tolist() == [-0.5, 1.0, -0.5]


def test_what_a_mask_leaves_out_gets_no_gradient_even_where_it_is_nan() -> None:
    data, mask = np.array([1.0, np.nan, 3.0]), np.array([True, False, True])
    expected = {
        np.sum: [1.0, 0.0, 1.0],
        np.mean: [0.5, 0.0, 0.5],
        np.prod: [3.0, 0.0, 1.0],
        np.var: [-1.0, 0.0, 1.0],
        np.std: [-0.5, 0.0, 0.5],
    }
    for f, known in expected.items():
        assert gradient(lambda x, f=f: f(x, where=mask), data).tolist() == known, f
    assert gradient(lambda x: np.max(x, where=mask, initial=0.0), data).tolist() == [0.0, 0.0, 1.0]


def test_a_mask_that_is_written_into_afterwards_does_no_harm() -> None:
    x, mask = leaf([1.0, 2.0]), np.array([True, False])
    y = np.sum(x * x, where=mask)
    mask[...] = True
    y.backward()
    assert x.grad.tolist() == [2.0, 0.0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.nansum(x, axis=0),
        lambda x: np.nanprod(x, axis=0),
        lambda x: np.nanmean(x, axis=1),
        lambda x: np.nanvar(x, axis=1, ddof=1),
        lambda x: np.nanstd(x, keepdims=True),
        lambda x: np.nanmax(x, axis=0),
        lambda x: np.nanmin(x),
        lambda x: np.nancumsum(x, axis=0),
        lambda x: np.nancumprod(x),
        lambda x: np.nanmedian(x, axis=0),
        lambda x: np.nanmedian(x, axis=1),
        lambda x: np.nanquantile(x, [0.2, 0.7], axis=0),
        lambda x: np.nanpercentile(x, 35, axis=1, keepdims=True, method="hazen"),
    ],
)
def test_the_nan_forms_pass_over_nan_in_value_and_gradient(f: Callable[..., Any]) -> None:
    np.testing.assert_allclose(f(leaf(np.where(GAPS, np.nan, DATA))).detach(), f(np.where(GAPS, np.nan, DATA)), 1e-14)
    assert ag.gradcheck(lambda x: f(np.where(GAPS, np.nan, x)), DATA, order=2)


def test_of_nothing_but_nan_the_extremum_is_nan_and_the_gradient_finite() -> None:
    for f in (np.nanmax, np.nanmin, np.nanmedian):
        x = leaf([[np.nan, np.nan], [1.0, 2.0]])
        y = f(x, axis=1)
        y[1].backward()
        assert np.isnan(y[0].item()) and np.isfinite(x.grad.numpy()).all()


@pytest.mark.parametrize("data", [[0.1, 0.1, 0.1], [3.0], [2.0, 2.0]])
def test_without_spread_the_gradient_of_the_standard_deviation_is_0(data: list[float]) -> None:
    np.testing.assert_allclose(gradient(np.std, np.array(data)), 0.0, atol=1e-15)
    np.testing.assert_allclose(gradient(np.var, np.array(data)), 0.0, atol=1e-15)


def test_variance_and_deviation_of_complex_numbers() -> None:
    z = np.array([1.0 + 2.0j, -0.5j, 0.3 - 1.0j])
    parts = leaf([z.real, z.imag])
    for f, known in ((np.var, np.var), (np.std, lambda p: np.sqrt(np.var(p[0]) + np.var(p[1])))):
        found = gradient(f, z)
        total = known(parts) if f is np.std else np.var(parts[0]) + np.var(parts[1])
        real, imag = ag.gradients(total, parts)[0].numpy()
        np.testing.assert_allclose(found, real + 1j * imag, rtol=1e-13)


def test_the_accumulator_may_have_another_dtype() -> None:
    x = leaf([1e8, 1.0, -1e8], np.float32)
    y = np.sum(x, dtype=np.float64)
    y.backward()
    assert y.dtype == np.float64 and y.item() == 1.0
    assert x.grad.dtype == np.float32 and x.grad.tolist() == [1.0, 1.0, 1.0]


def test_a_sorted_gradient_goes_back_to_its_element() -> None:
    x, weights = leaf([3.0, 1.0, 2.0, 1.0]), np.array([1.0, 10.0, 100.0, 1000.0])
    (np.sort(x) * weights).sum().backward()
    assert x.grad.tolist() == [1000.0, 1.0, 100.0, 10.0]
    x.grad = None
    y = ag.sort(x, descending=True)
    (y * weights).sum().backward()
    assert y.tolist() == [3.0, 2.0, 1.0, 1.0] and x.grad.tolist() == [1.0, 100.0, 10.0, 1000.0]


def test_a_tensor_is_sorted_in_its_memory_as_an_array_is() -> None:
    x = leaf([3.0, 1.0, 2.0])
    y = x * x
    assert y.sort() is None and y.tolist() == [1.0, 4.0, 9.0]
    (y * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [600.0, 2.0, 40.0]
    z = x * 1
    z.partition(1)
    assert z[1].item() == 2.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 7])
def test_quantiles_of_every_method_are_those_of_numpy(method: str, count: int) -> None:
    data, q = np.random.default_rng(count).normal(size=(count, 2)), np.linspace(0, 1, 9)
    x = leaf(data)
    y = np.quantile(x, q, axis=0, method=method)
    np.testing.assert_allclose(y.detach(), np.quantile(data, q, axis=0, method=method), rtol=1e-14, atol=1e-15)
    (g,) = ag.gradients(y.sum(), x)
    np.testing.assert_allclose(g.numpy().sum(axis=0), len(q), rtol=1e-14)


def test_the_median_of_ties_goes_to_the_element_in_the_middle() -> None:
    assert gradient(np.median, np.array([2.0, 2.0, 2.0])).tolist() == [0.0, 1.0, 0.0]
    assert gradient(np.median, np.array([4.0, 1.0, 3.0, 2.0])).tolist() == [0.0, 0.0, 0.5, 0.5]
    assert np.isnan(np.median(leaf([1.0, np.nan, 2.0])).item())


def test_infinite_neighbours_leave_a_quantile_finite() -> None:
    x = leaf([-np.inf, 1.0, np.inf])
    y = np.quantile(x, 0.5)
    y.backward()
    assert y.item() == 1.0 and x.grad.tolist() == [0.0, 1.0, 0.0]


def test_reductions_of_nothing_have_empty_gradients() -> None:
    for f in (np.prod, np.sum, lambda x: np.max(x, axis=1), lambda x: np.sort(x, axis=0), np.nansum, np.cumsum):
        x = leaf(np.ones((0, 2)))
        f(x).sum().backward()
        assert x.grad.shape == (0, 2)


def test_broadcast_and_zero_dimensional_operands() -> None:
    wide = ag.from_numpy(np.broadcast_to(np.array([1.0, 2.0, 4.0]), (2, 3))).requires_grad_()
    (g,) = ag.gradients(np.prod(wide, axis=1).sum() + np.var(wide, axis=0).sum(), wide)
    assert g.tolist() == [[8.0, 4.0, 2.0]] * 2
    for f, known in ((np.prod, 1.0), (np.max, 1.0), (np.var, 0.0), (np.std, 0.0), (np.median, 1.0), (np.ptp, 0.0)):
        assert gradient(f, np.array(3.0)).item() == known


def test_the_average_by_weights_is_differentiable_in_both() -> None:
    a, w = leaf([1.0, 2.0, 4.0]), leaf([1.0, 1.0, 2.0])
    mean = np.average(a, weights=w)
    mean.backward()
    assert mean.item() == 2.75
    assert a.grad.tolist() == [0.25, 0.25, 0.5]
    np.testing.assert_allclose(w.grad.numpy(), (np.array([1.0, 2.0, 4.0]) - 2.75) / 4)
    total = np.average(a, returned=True)[1]
    assert isinstance(total, ag.Tensor) and total.item() == 3.0


def test_the_correlation_does_not_change_with_the_scale() -> None:
    x = leaf(DATA.T)
    (np.corrcoef(x) * np.arange(9.0).reshape(3, 3)).sum().backward()
    np.testing.assert_allclose((x.grad.numpy() * DATA.T).sum(axis=1), 0.0, atol=1e-14)
    np.testing.assert_allclose(x.grad.numpy().sum(axis=1), 0.0, atol=1e-14)


def test_counts_with_weights_give_each_weight_the_gradient_of_its_bin() -> None:
    w = leaf([1.0, 2.0, 4.0, 8.0])
    counts, edges = np.histogram([0.0, 0.5, 1.0, 3.0], bins=[0.0, 0.5, 1.0], weights=w)
    assert counts.tolist() == [1.0, 6.0] and edges.tolist() == [0.0, 0.5, 1.0]
    (counts * np.array([10.0, 1.0])).sum().backward()
    assert w.grad.tolist() == [10.0, 1.0, 1.0, 0.0]
    by_number = np.bincount([1, 0, 1, 3], weights=w)
    assert by_number.tolist() == [2.0, 5.0, 0.0, 8.0]
    assert ag.gradients((by_number * by_number).sum(), w)[0].tolist() == [10.0, 4.0, 10.0, 16.0]
