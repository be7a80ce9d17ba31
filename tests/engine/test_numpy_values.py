"""Values and gradients of NumPy's functions in calls that no declaration samples."""

import random

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError


def leaf(data: object) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True)


@pytest.mark.parametrize("lengths", [(2, 4), (5, 3)])
def test_a_transform_along_an_axis_named_twice_has_the_gradient_of_both(lengths: tuple[int, int]) -> None:
    x, axes = np.array([1.0, -2.0, 0.5]), (0, 0)
    w = np.arange(1.0, lengths[0] + 1)
    t = leaf(x)
    np.sum(np.fft.fftn(t, lengths, axes).real * w).backward()
    columns = [np.sum(np.fft.fftn(e, lengths, axes).real * w) for e in np.eye(3)]
    np.testing.assert_allclose(t.grad.numpy(), columns, atol=1e-12)


def test_irfftn_takes_an_axis_named_twice_in_numpys_order() -> None:
    z = np.arange(24.0).reshape(4, 6) + 1j
    ours = np.fft.irfftn(ag.tensor(z), (4, 5, 3), (0, 0, 0))
    np.testing.assert_allclose(ours.numpy(), np.fft.irfftn(z, (4, 5, 3), (0, 0, 0)), atol=1e-12)


def test_values_inserted_at_indices_that_do_not_rise_stand_where_numpy_puts_them() -> None:
    x, v = leaf([1.0, 2.0]), leaf([10.0, 20.0, 30.0])
    y = np.insert(x, [2, 0, -1], v)
    assert y.tolist() == np.insert([1.0, 2.0], [2, 0, -1], [10.0, 20.0, 30.0]).tolist()
    np.sum(y * np.arange(5)).backward()
    assert v.grad.tolist() == [4.0, 0.0, 2.0] and x.grad.tolist() == [1.0, 3.0]


def test_where_the_bounds_of_clip_cross_the_upper_one_has_the_gradient() -> None:
    x, low, high = leaf([-1.0, 0.5, 5.0]), leaf(2.0), leaf(1.0)
    y = np.clip(x, low, high)
    y.sum().backward()
    assert y.tolist() == [1.0] * 3 and x.grad.tolist() == [0.0] * 3
    assert low.grad.item() == 0.0 and high.grad.item() == 3.0


SMALL = np.array([[200, 255, 7], [250, 251, 3]], np.uint8)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.median(x, axis=0),
        lambda x: np.interp([0.5, 1.25], [0, 1, 2], x[0]),
        lambda x: np.poly(x[0]),
        lambda x: np.pad(x, 1, "mean"),
        lambda x: np.pad(x, 1, "median"),
        lambda x: np.pad(x, 2, "linear_ramp"),
        lambda x: np.quantile(x, 0.3, axis=0, method="lower"),
        lambda x: np.nanquantile(x, [0.3, 0.8], axis=1, method="inverted_cdf"),
        lambda x: np.modf(x)[1],
        lambda x: np.angle(x),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_small_integers_do_not_overflow_and_have_numpys_dtype(f: object, dtype: type) -> None:
    x = SMALL.astype(dtype)
    ours, right = f(ag.tensor(x)), f(x)  # type: ignore[operator]
    assert ours.dtype == right.dtype
    np.testing.assert_allclose(ours.numpy(), right)


def test_a_quantile_between_small_integers_does_not_overflow() -> None:
    assert np.quantile(ag.tensor(np.array([-128, 127], np.int8)), 0.25).item() == -64.25


def test_a_quantile_that_is_an_element_keeps_the_precision() -> None:
    x = np.array([1.0, 2.0, 4.0], np.float32)
    assert np.quantile(ag.tensor(x), [0.1, 0.9], method="nearest").dtype == np.float32


def test_where_takes_no_missing_choice() -> None:
    with pytest.raises(UsageError, match="Give both choices"):
        np.where(ag.tensor([True, False]), 1.0, None)


def test_einsum_refuses_to_drop_an_ellipsis_as_numpy_does() -> None:
    with pytest.raises(ArgumentError, match=r"has no '\.\.\.'"):
        np.einsum("...ij,jk->ik", ag.ones((2, 3, 2)), np.ones((2, 3)))


def test_bins_estimated_from_weighted_data_are_refused_as_in_numpy() -> None:
    with pytest.raises(ArgumentError, match="weights"):
        np.histogram([1.0, 2.0], bins="auto", weights=leaf([1.0, 2.0]))


def test_shuffling_rows_by_swaps_is_refused() -> None:
    with pytest.raises(UsageError, match="permutation"):
        random.shuffle(ag.tensor(np.arange(10.0).reshape(5, 2)))


def test_shuffling_a_vector_by_swaps_keeps_every_element() -> None:
    t = ag.tensor(np.arange(6.0))
    random.shuffle(t)
    assert sorted(t.tolist()) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.extra("scipy")
def test_the_slope_of_exprel_is_right_far_from_0_too() -> None:
    from scipy import special

    x = leaf([-1e10, -2.0, 0.0, 2.0, 700.0])
    special.exprel(x).sum().backward()
    right = [1e-20, (1 - 3 * np.exp(-2.0)) / 4, 0.5, (1 + np.exp(2.0)) / 4, (1 + 699 * np.exp(700.0)) / 700**2]
    np.testing.assert_allclose(x.grad.numpy(), right, rtol=1e-12)
