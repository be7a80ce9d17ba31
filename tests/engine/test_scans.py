"""Scans and differences where declarations do not look: zeros, places as Tensors, jumps of angles, lists."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AutogradError


def leaf(data: object, dtype: object = float) -> ag.Tensor:
    return ag.tensor(data, dtype=dtype, requires_grad=True)


def test_running_products_past_a_zero_keep_their_slope() -> None:
    x = leaf([2.0, 0.0, 3.0])
    y = np.cumprod(x)
    y.sum().backward()
    # 2 + 2·0 + 2·0·3: the slope in the zero is 2 + 2·3
    assert y.tolist() == [2.0, 0.0, 0.0] and x.grad.tolist() == [1.0, 8.0, 0.0]


def test_scans_of_complex_numbers_are_holomorphic() -> None:
    z = np.array([1.0 + 2.0j, 0.5 - 1.0j, 2.0j])
    for f in (np.cumsum, np.cumprod, np.prod):
        x = leaf(z, complex)
        np.sum(f(x)).real.backward()
        step = 1e-6
        for k in range(3):
            d = step * np.eye(3)[k]
            real = np.sum(f(z + d) - f(z - d)).real / (2 * step)
            imag = np.sum(f(z + 1j * d) - f(z - 1j * d)).real / (2 * step)
            np.testing.assert_allclose(x.grad[k].item(), real + 1j * imag, atol=1e-8)


def test_a_long_product_is_differentiated_in_one_pass() -> None:
    x = leaf(np.full(50_000, 1.0))
    x.prod().backward()
    assert (x.grad.numpy() == 1.0).all()


def test_slopes_and_areas_are_differentiable_in_the_places_too() -> None:
    places, y = np.array([0.0, 1.0, 2.5, 3.0]), np.array([1.0, 2.0, 0.5, 4.0])
    assert ag.gradcheck(lambda x, f: np.gradient(f, x, edge_order=2), (places, y), order=2)
    x = leaf(places)
    np.trapezoid(y, x).backward()
    np.testing.assert_allclose(x.grad.numpy(), [-1.5, -1.25 + 1.5, 1.25 - 2.25, 2.25])
    h = leaf(0.5)
    np.gradient(y, h).sum().backward()
    np.testing.assert_allclose(h.grad.item(), -np.gradient(y, 0.5).sum() / 0.5)


def test_one_array_of_slopes_for_each_axis() -> None:
    x = leaf(np.arange(12.0).reshape(3, 4) ** 2)
    rows, columns = np.gradient(x)
    for found, known in zip((rows, columns), np.gradient(x.detach().numpy()), strict=True):
        assert isinstance(found, ag.Tensor)
        np.testing.assert_allclose(found.detach(), known)


def test_angles_without_jumps_pass_the_gradient_on() -> None:
    x = leaf([0.0, 3.0, -3.0])
    y = np.unwrap(x)
    (y * np.array([1.0, 2.0, 3.0])).sum().backward()
    np.testing.assert_allclose(y.detach(), [0.0, 3.0, 2 * np.pi - 3.0])
    assert x.grad.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.skipif(not hasattr(np, "cumulative_sum"), reason="NumPy has it from 2.1 on")
def test_a_scan_of_the_array_api_may_begin_at_its_start() -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    assert np.cumulative_sum(x, axis=1, include_initial=True).tolist() == [[0.0, 1.0, 3.0], [0.0, 3.0, 7.0]]
    assert ag.cumulative_prod(x, axis=0, include_initial=True).tolist() == [[1.0, 1.0], [1.0, 2.0], [3.0, 8.0]]
    with pytest.raises(AutogradError, match="needs an axis"):
        ag.cumulative_sum(x)


def test_lists_integers_and_masks_are_as_in_numpy() -> None:
    assert ag.cumsum([1, 2, 3]).tolist() == [1, 3, 6] and ag.diff([1, 4, 9]).tolist() == [3, 5]
    assert np.diff(ag.tensor([True, False, False])).tolist() == [True, False]
    assert np.cumsum(ag.tensor([1, 2])).dtype == np.cumsum([1, 2]).dtype
