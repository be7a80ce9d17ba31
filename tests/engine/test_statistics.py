"""Quantiles, spread, covariances and counts: their further arguments, and the gradients in them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives.quantiles import METHODS, PARAMETERS
from autograd_lite.errors import ArgumentError, AutogradError, ShapeError, UnsupportedError

X = np.array([[0.3, 1.7], [2.9, -0.4], [-1.1, 0.8], [1.2, 2.2], [0.1, -2.6]])
Q = np.array([0.13, 0.37, 0.81])


def values(y: Any) -> Any:
    return y.detach().numpy() if isinstance(y, ag.Tensor) else y


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("quantile", [np.quantile, np.nanquantile])
def test_a_quantile_is_differentiable_in_the_data_and_the_probability(quantile: Any, method: str) -> None:
    def f(x: Any, q: Any) -> Any:
        return quantile(x, q, axis=0, method=method)

    np.testing.assert_allclose(values(f(ag.tensor(X), ag.tensor(Q, requires_grad=True))), f(X, Q), rtol=1e-14)
    assert ag.gradcheck(f, (X, Q), order=2)


@pytest.mark.parametrize("method", [*PARAMETERS, "nearest", "inverted_cdf"])
def test_at_an_element_the_slope_in_the_probability_is_that_to_the_next_one(method: str) -> None:
    data = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    moved = 1e-6
    for q in (0.25, 0.5, 0.75):
        p = ag.tensor(q, requires_grad=True)
        y = np.quantile(ag.tensor(data, requires_grad=True), p, method=method)
        y.backward()
        ahead = (np.quantile(data, q + moved, method=method) - np.quantile(data, q, method=method)) / moved
        found = 0.0 if p.grad is None else p.grad.item()
        assert found == pytest.approx(ahead, rel=1e-5, abs=1e-9) or method not in PARAMETERS


def test_the_largest_and_the_smallest_have_a_slope_in_the_probability() -> None:
    for q, slope in ((0.0, 1.0), (1.0, 6.0)):  # (n − 1) times the way to the neighbour
        p = ag.tensor(q, requires_grad=True)
        np.percentile(ag.tensor([1.0, 1.5, 4.0]), p * 100).backward()
        assert p.grad.item() == pytest.approx(slope - (q == 1.0))


@pytest.mark.parametrize("weights", [[1, 2, 1, 3, 2], [0.5, 0.0, 1.5, 2.0, 0.25]])
@pytest.mark.parametrize("quantile", [np.quantile, np.nanquantile])
def test_a_weighted_quantile_takes_an_element(quantile: Any, weights: list[float]) -> None:
    x = ag.tensor(X[:, 0], requires_grad=True)
    options = {"method": "inverted_cdf", "weights": weights}
    y = quantile(x, Q, **options)
    np.testing.assert_array_equal(values(y), quantile(X[:, 0], Q, **options))
    assert ag.gradcheck(lambda t: quantile(t, Q, **options), X[:, 0], order=2)
    of_all = np.quantile(ag.tensor(X), 0.4, axis=0, keepdims=True, **options)
    np.testing.assert_array_equal(values(of_all), np.quantile(X, 0.4, axis=0, keepdims=True, **options))


def test_a_weighted_quantile_passes_over_what_is_not_a_number() -> None:
    data = np.array([1.0, np.nan, 3.0, 2.0])
    x = ag.tensor(data, requires_grad=True)
    y = np.nanquantile(x, 0.5, method="inverted_cdf", weights=[1, 5, 1, 1])
    y.backward()
    assert y.item() == 2.0 and x.grad.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert np.isnan(np.quantile(x, 0.5, method="inverted_cdf", weights=[1, 5, 1, 1]).item())


@pytest.mark.parametrize("spread", [np.var, np.std, np.nanvar, np.nanstd])
def test_the_mean_may_be_given_and_has_a_gradient(spread: Any) -> None:
    where = np.array([[True, False], [True, True], [False, True], [True, True], [True, True]])
    for options in ({"axis": 0}, {"axis": 0, "ddof": 1, "keepdims": True}, {"axis": 0, "where": where}, {}):

        def f(x: Any, m: Any, options: Any = options) -> Any:
            return spread(x, mean=m, **options)

        mean = np.array([[0.25, -0.5]])
        np.testing.assert_allclose(values(f(ag.tensor(X), ag.tensor(mean))), f(X, mean), rtol=1e-14)
        assert ag.gradcheck(f, (X, mean), order=2)


def test_with_the_mean_of_the_data_it_is_the_variance() -> None:
    x, y = (ag.tensor(X, requires_grad=True) for _ in range(2))
    np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True)).sum().backward()
    y.var(axis=0).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-13)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: np.var(t, ddof=1, correction=1),
        lambda t: np.nanstd(t, ddof=1, correction=2),
        lambda t: np.cov(t, fweights=[1, -2]),
        lambda t: np.cov(t, fweights=[1.5, 2.0]),
        lambda t: np.cov(t, aweights=[0.5, -1.0]),
        lambda t: np.cov(t, aweights=[0.5, 1.0, 2.0]),
        lambda t: np.cov(t, aweights=np.ones((2, 2))),
        lambda t: np.cov(t, ddof=0.5),
        lambda t: np.quantile(t[:0], 0.5),
        lambda t: np.quantile(t, 0.5, weights=t),
    ],
)
def test_arguments_that_numpy_refuses_are_refused(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError, IndexError)):
        wrong(X)
    with pytest.raises((ArgumentError, ShapeError)) as caught:
        wrong(ag.tensor(X, requires_grad=True))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", [lambda x: np.cov(x, ddof=2), lambda x: np.cov(x, ddof=3), lambda x: np.cov(x[:, :1])])
def test_a_covariance_without_freedom_is_what_numpy_makes_of_it(call: Callable[[Any], Any]) -> None:
    np.testing.assert_array_equal(values(call(ag.tensor(X))), call(X))


POINTS = np.array([[0.5, 2.0], [1.5, 1.0], [1.0, 0.0], [0.0, 0.5], [1.5, 1.5], [2.5, 9.0]])
WEIGHTS = np.array([1.5, 0.5, 2.0, 1.0, 0.25, 3.0])


@pytest.mark.parametrize("density", [False, True])
@pytest.mark.parametrize(
    "count",
    [
        lambda w, density: np.histogram(POINTS[:, 0], 3, weights=w, density=density),
        lambda w, density: np.histogram2d(POINTS[:, 0], POINTS[:, 1], 3, weights=w, density=density),
        lambda w, density: np.histogram2d(POINTS[:, 0], POINTS[:, 1], [2, [0, 1, 4]], None, density, w),
        lambda w, density: np.histogram2d(POINTS[:, 0], POINTS[:, 1], [0, 0.5, 1, 2], weights=w, density=density),
        lambda w, density: np.histogramdd(POINTS, (2, 3), [(0, 2), (0, 2)], density, w),
        lambda w, density: np.histogramdd((POINTS[:, 0], POINTS[:, 1]), 2, weights=w, density=density),
    ],
)
def test_counts_are_differentiable_in_the_weights(count: Callable[..., Any], density: bool) -> None:
    found, expected = count(ag.tensor(WEIGHTS, requires_grad=True), density), count(WEIGHTS, density)
    np.testing.assert_allclose(values(found[0]), expected[0], rtol=1e-14)
    assert found[0].dtype == expected[0].dtype
    ours, theirs = ([*each[1:]] if len(each) > 2 else each[1] for each in (found, expected))
    for a, b in zip(*((ours, theirs) if isinstance(theirs, (list, tuple)) else ([ours], [theirs])), strict=True):
        np.testing.assert_array_equal(values(a), b)
    assert ag.gradcheck(lambda w: count(w, density)[0], WEIGHTS, order=2)


def test_counts_of_what_requires_a_gradient_are_refused() -> None:
    t = ag.tensor(POINTS, requires_grad=True)
    for call in (
        lambda: np.histogram(t),
        lambda: np.histogramdd(t, 2),
        lambda: np.histogram2d(t[:, 0], POINTS[:, 1]),
        lambda: np.histogram(POINTS, t[:3, 0]),
        lambda: np.histogram_bin_edges(t),
    ):
        with pytest.raises(UnsupportedError):
            call()
    assert np.histogram(t.detach(), 2)[0].tolist() == np.histogram(POINTS, 2)[0].tolist()


def test_a_fit_tells_its_residuals_and_its_covariance() -> None:
    x, y = np.arange(5.0), np.array([0.1, 0.9, 2.3, 2.8, 4.4])
    w = np.array([1, 2, 1, 0.5, 1])
    for options in ({"full": True}, {"cov": True}, {"cov": "unscaled"}, {"cov": True, "w": w}):
        found, expected = np.polyfit(ag.tensor(x), ag.tensor(y), 1, **options), np.polyfit(x, y, 1, **options)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(values(ours), theirs, rtol=1e-11)
    assert ag.gradcheck(lambda x, y, w: np.polyfit(x, y, 1, w=w, cov=True)[1], (x, y, np.ones(5)), order=2)
    two = np.stack([y, y * y], axis=1)
    _, of_both = np.polyfit(x, ag.tensor(two), 1, cov=True)
    np.testing.assert_allclose(values(of_both), np.polyfit(x, two, 1, cov=True)[1])
    with pytest.raises(AutogradError):
        np.polyfit(ag.tensor(x[:2]), y[:2], 1, cov=True)


@pytest.mark.parametrize("family", ["polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre"])
def test_series_of_orthogonal_polynomials_are_differentiable_in_x(family: str) -> None:
    module = getattr(np.polynomial, family)
    name = {"polynomial": "poly", "chebyshev": "cheb", "legendre": "leg", "laguerre": "lag"}.get(family)
    series = getattr(module, f"{name or {'hermite': 'herm', 'hermite_e': 'herme'}[family]}val")
    coefficients = [0.5, -1.0, 0.75, 0.2]
    assert ag.gradcheck(lambda x: series(x, coefficients), np.array([0.3, -0.8]), order=2)
