"""Convolution and pooling against loops that follow their definitions, and what they promise about ties and misuse."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives import convolution, pooling
from autograd_lite.derivatives.windows import Windows
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Like

GEOMETRIES = [
    ((2, 3, 6, 5), (4, 3, 3, 2), (1, 1), (0, 0), (1, 1), 1),
    ((1, 2, 7, 7), (2, 2, 3, 3), (2, 3), (1, 2), (1, 1), 1),
    ((3, 1, 4, 4), (1, 1, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    ((2, 2, 5, 6), (3, 2, 5, 6), (1, 1), (0, 0), (1, 1), 1),
    ((40, 1, 12, 12), (2, 1, 2, 2), (1, 1), (1, 0), (1, 1), 1),
    ((2, 4, 7, 8), (6, 2, 2, 3), (2, 1), (1, 2), (2, 3), 2),
    ((2, 3, 4, 4), (6, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
    ((110, 4, 10, 10), (4, 2, 2, 2), (1, 1), (0, 0), (2, 1), 2),
]
EACH_GEOMETRY = pytest.mark.parametrize(("images", "kernels", "stride", "padding", "dilation", "groups"), GEOMETRIES)


def by_loops(x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    n, channels, height, width = x.shape
    out, part, kh, kw = weight.shape
    padded = np.zeros((n, channels, height + 2 * padding[0], width + 2 * padding[1]))
    padded[:, :, padding[0] : padding[0] + height, padding[1] : padding[1] + width] = x
    reach = dilation[0] * (kh - 1) + 1, dilation[1] * (kw - 1) + 1
    rows, cols = (padded.shape[2] - reach[0]) // stride[0] + 1, (padded.shape[3] - reach[1]) // stride[1] + 1
    z = np.empty((n, out, rows, cols))
    for i, j, o in np.ndindex(rows, cols, out):
        first = o // (out // groups) * part
        top, left = i * stride[0], j * stride[1]
        seen = padded[:, first : first + part, top : top + reach[0], left : left + reach[1]]
        z[:, o, i, j] = (seen[:, :, :: dilation[0], :: dilation[1]] * weight[o]).sum(axis=(1, 2, 3)) + bias[o]
    return z


@EACH_GEOMETRY
def test_conv2d_equals_the_sum_over_each_window(
    images: Any, kernels: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> None:
    rng = np.random.default_rng(0)
    x, weight, bias = rng.normal(size=images), rng.normal(size=kernels), rng.normal(size=kernels[0])
    z = ag.conv2d(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    expected = by_loops(x, weight, bias, stride, padding, dilation, groups)
    np.testing.assert_allclose(z, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("size", "dilation", "before", "after"), [(3, 1, 1, 1), (2, 1, 0, 1), (4, 3, 4, 5), (1, 1, 0, 0)]
)
def test_same_padding_keeps_the_length_and_puts_the_odd_zero_at_the_end(
    size: int, dilation: int, before: int, after: int
) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 11)), rng.normal(size=(4, 3, size))
    padded = np.pad(x, ((0, 0), (0, 0), (before, after)))
    z = ag.conv1d(x, weight, padding="same", dilation=dilation)
    assert z.shape == (2, 4, 11)
    np.testing.assert_allclose(z, ag.conv1d(padded, weight, padding="valid", dilation=dilation), rtol=1e-14)


def test_conv1d_equals_numpys_correlation() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=20), rng.normal(size=4)
    z = ag.conv1d(x.reshape(1, 1, 20), weight.reshape(1, 1, 4), np.array([0.5]))
    np.testing.assert_allclose(z[0, 0], np.correlate(x, weight, "valid") + 0.5, rtol=1e-13)


@EACH_GEOMETRY
def test_the_gradients_of_conv2d_are_its_transposes(
    images: Any, kernels: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> None:
    """⟨g, conv(x, w)⟩ is linear in x and in w, so its gradients give the same number: ⟨∂x, x⟩ = ⟨∂w, w⟩."""
    rng = np.random.default_rng(0)
    x, weight = (ag.tensor(rng.normal(size=shape), requires_grad=True) for shape in (images, kernels))
    z = ag.conv2d(x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups)
    value = (z * rng.normal(size=z.shape)).sum()
    dx, dw = ag.gradients(value, [x, weight])
    assert dx is not None and dw is not None
    np.testing.assert_allclose([(dx * x).sum().item(), (dw * weight).sum().item()], value.item(), rtol=1e-10)


@pytest.mark.parametrize("transpose", [convolution.conv_to_x, convolution.conv_to_weight])
def test_the_transposes_have_derivatives_of_every_order(transpose: Any) -> None:
    args = transpose.samples(_draw)[0][0]
    a, b, *keywords = args
    assert ag.gradcheck(lambda a, b: transpose(a, b, *keywords), (a, b), order=2)


def _draw(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape)


@pytest.mark.parametrize(("size", "stride"), [((2, 2), (2, 2)), ((3, 2), (1, 2)), ((2, 2), (3, 3)), ((1, 1), (1, 1))])
def test_pooling_equals_a_loop_over_the_windows(size: Any, stride: Any) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 6))
    rows, cols = (7 - size[0]) // stride[0] + 1, (6 - size[1]) // stride[1] + 1
    for pool, of_window in ((ag.max_pool2d, np.max), (ag.avg_pool2d, np.mean)):
        expected = np.empty((2, 3, rows, cols))
        for i, j in np.ndindex(rows, cols):
            r, c = i * stride[0], j * stride[1]
            expected[:, :, i, j] = of_window(x[:, :, r : r + size[0], c : c + size[1]], axis=(2, 3))
        np.testing.assert_allclose(pool(x, size, stride), expected, rtol=1e-14)


def test_max_pooling_gives_the_gradient_to_the_first_of_several_maxima() -> None:
    x = ag.tensor(np.zeros((1, 1, 2, 4)), requires_grad=True)
    ag.max_pool2d(x, 2).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[[[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]]


def test_an_element_that_wins_several_windows_gets_the_sum() -> None:
    x = ag.tensor([[[[0.0, 5.0, 1.0]]]], requires_grad=True)
    ag.max_pool2d(x, (1, 2), stride=1).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[[[0.0, 2.0, 0.0]]]]


def test_the_choice_of_max_pooling_and_its_transpose_undo_each_other() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 4))
    windows = Windows((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))
    y, place = pooling._max_pool_and_place(x, windows)
    np.testing.assert_array_equal(pooling.pick(x, place, windows), y)
    back = pooling.unpool(y, place, Like(x.shape, x.dtype), windows)
    np.testing.assert_array_equal(ag.max_pool2d(abs(back), 2), abs(y))
    assert ag.gradcheck(lambda x: pooling.pick(x, place, windows) ** 2, (x,), order=2)


@pytest.mark.parametrize(("size", "stride", "padding"), [((2, 3), (2, 2), (1, 1)), ((3, 3), (1, 2), (1, 0))])
def test_padding_is_never_the_largest_and_counts_in_the_mean_unless_told_not_to(
    size: Any, stride: Any, padding: Any
) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 6)) - 5
    margin = ((0, 0), (0, 0), *((n, n) for n in padding))
    zeros, nothing = np.pad(x, margin), np.pad(x, margin, constant_values=np.nan)
    rows, cols = ((zeros.shape[k + 2] - size[k]) // stride[k] + 1 for k in (0, 1))
    largest, mean, of_real = np.empty((3, 2, 3, rows, cols))
    for i, j in np.ndindex(rows, cols):
        window = np.s_[:, :, i * stride[0] : i * stride[0] + size[0], j * stride[1] : j * stride[1] + size[1]]
        largest[:, :, i, j] = np.nanmax(nothing[window], axis=(2, 3))
        mean[:, :, i, j] = zeros[window].mean(axis=(2, 3))
        of_real[:, :, i, j] = np.nanmean(nothing[window], axis=(2, 3))
    options = {"stride": stride, "padding": padding}
    np.testing.assert_array_equal(ag.max_pool2d(x, size, **options), largest)
    np.testing.assert_array_equal(ag.max_pool2d((x * 9).astype(np.int8), size, **options).min() < 0, True)
    np.testing.assert_allclose(ag.avg_pool2d(x, size, **options), mean, rtol=1e-14)
    np.testing.assert_allclose(ag.avg_pool2d(x, size, **options, count_include_pad=False), of_real, rtol=1e-14)


def test_pooling_of_signals_is_that_of_images_of_one_row() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 11))
    row = x[:, :, np.newaxis]
    one, two = {"stride": 2, "padding": 1}, {"stride": (1, 2), "padding": (0, 1)}
    np.testing.assert_array_equal(
        ag.max_pool1d(x, 3, dilation=2, **one), ag.max_pool2d(row, (1, 3), dilation=(1, 2), **two)[:, :, 0]
    )
    np.testing.assert_array_equal(ag.avg_pool1d(x, 3, **one), ag.avg_pool2d(row, (1, 3), **two)[:, :, 0])


def test_adaptive_pooling_takes_the_means_of_parts_that_cover_the_image() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 6))
    np.testing.assert_allclose(ag.adaptive_avg_pool2d(x, 1)[:, :, 0, 0], x.mean(axis=(2, 3)), rtol=1e-13)
    np.testing.assert_allclose(ag.adaptive_avg_pool2d(x, (None, 3)), ag.avg_pool2d(x, (1, 2)), rtol=1e-13)
    parts = [x[:, :, rows].mean(axis=2) for rows in (slice(0, 2), slice(1, 4), slice(3, 5))]
    np.testing.assert_allclose(ag.adaptive_avg_pool2d(x, (3, 6)), np.stack(parts, axis=2), rtol=1e-13)


def test_convolution_keeps_float32() -> None:
    x = ag.tensor(np.ones((2, 1, 4, 4), np.float32), requires_grad=True)
    weight = ag.tensor(np.ones((2, 1, 3, 3), np.float32), requires_grad=True)
    ag.max_pool2d(ag.conv2d(x, weight, np.ones(2, np.float32)), 2).sum().backward()
    assert x.grad is not None and weight.grad is not None
    assert x.grad.dtype == weight.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda x: ag.conv2d(x, np.ones((2, 4, 3, 3))), ShapeError, "3 channels"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), np.ones(3)), ShapeError, "bias"),
        (lambda x: ag.conv2d(x[0], np.ones((2, 3, 3, 3))), ShapeError, r"x\[None\]"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 9, 9))), ShapeError, "does not fit"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), stride=0), ArgumentError, "stride"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), padding=(1, 2, 3)), ArgumentError, "padding"),
        (lambda x: ag.max_pool2d(x, 0), ArgumentError, "size"),
        (lambda x: ag.avg_pool2d(x, 6), ShapeError, "does not fit"),
        (lambda x: ag.max_pool2d(x, 2, padding=2), ArgumentError, "half of kernel_size=2"),
        (lambda x: ag.max_pool2d(x, 3, dilation=3), ShapeError, "7×7 does not fit"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), stride=2, padding="same"), ArgumentError, r"stride=\(2, 2\)"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), padding="smae"), ArgumentError, "'smae'"),
        (lambda x: ag.conv2d(x, np.ones((2, 3, 3, 3)), groups=2), ArgumentError, "groups=2"),
        (lambda x: ag.conv2d(x, np.ones((3, 3, 3, 3)), groups=3), ShapeError, r"\(out, 1, rows, columns\)"),
        (lambda x: ag.conv1d(x[0], np.ones((2, 4, 3))), ShapeError, "5 channels"),
        (lambda x: ag.conv1d(x, np.ones((2, 3, 3))), ShapeError, r"\(N, C, L\)"),
        (lambda x: ag.adaptive_avg_pool2d(x, 0), ArgumentError, "output_size"),
    ],
)
def test_misuse_is_answered_with_the_shapes_and_the_mend(call: Any, error: Any, says: str) -> None:
    for x in (np.ones((2, 3, 5, 5)), ag.tensor(np.ones((2, 3, 5, 5)), requires_grad=True)):
        with pytest.raises(error, match=says):
            call(x)
