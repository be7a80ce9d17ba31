"""Convolution and pooling against loops that follow their definitions, and what they promise about ties and misuse."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives import windows
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Like

GEOMETRIES = [
    ((2, 3, 6, 5), (4, 3, 3, 2), (1, 1), (0, 0)),
    ((1, 2, 7, 7), (2, 2, 3, 3), (2, 3), (1, 2)),
    ((3, 1, 4, 4), (1, 1, 1, 1), (1, 1), (0, 0)),
    ((2, 2, 5, 6), (3, 2, 5, 6), (1, 1), (0, 0)),
    ((40, 1, 12, 12), (2, 1, 2, 2), (1, 1), (1, 0)),
]


def by_loops(x: Any, weight: Any, bias: Any, stride: tuple[int, int], padding: tuple[int, int]) -> Any:
    n, _, height, width = x.shape
    out, _, kh, kw = weight.shape
    padded = np.zeros((n, x.shape[1], height + 2 * padding[0], width + 2 * padding[1]))
    padded[:, :, padding[0] : padding[0] + height, padding[1] : padding[1] + width] = x
    rows, cols = (padded.shape[2] - kh) // stride[0] + 1, (padded.shape[3] - kw) // stride[1] + 1
    z = np.empty((n, out, rows, cols))
    for i in range(rows):
        for j in range(cols):
            window = padded[:, :, i * stride[0] : i * stride[0] + kh, j * stride[1] : j * stride[1] + kw]
            for o in range(out):
                z[:, o, i, j] = (window * weight[o]).sum(axis=(1, 2, 3)) + bias[o]
    return z


@pytest.mark.parametrize(("images", "kernels", "stride", "padding"), GEOMETRIES)
def test_conv2d_equals_the_sum_over_each_window(images: Any, kernels: Any, stride: Any, padding: Any) -> None:
    rng = np.random.default_rng(0)
    x, weight, bias = rng.normal(size=images), rng.normal(size=kernels), rng.normal(size=kernels[0])
    z = ag.conv2d(x, weight, bias, stride=stride, padding=padding)
    np.testing.assert_allclose(z, by_loops(x, weight, bias, stride, padding), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("images", "kernels", "stride", "padding"), GEOMETRIES)
def test_the_gradients_of_conv2d_are_its_transposes(images: Any, kernels: Any, stride: Any, padding: Any) -> None:
    """⟨g, conv(x, w)⟩ is linear in x and in w, so its gradients give the same number: ⟨∂x, x⟩ = ⟨∂w, w⟩."""
    rng = np.random.default_rng(0)
    x, weight = (ag.tensor(rng.normal(size=shape), requires_grad=True) for shape in (images, kernels))
    z = ag.conv2d(x, weight, stride=stride, padding=padding)
    value = (z * rng.normal(size=z.shape)).sum()
    dx, dw = ag.gradients(value, [x, weight])
    assert dx is not None and dw is not None
    np.testing.assert_allclose([(dx * x).sum().item(), (dw * weight).sum().item()], value.item(), rtol=1e-10)


@pytest.mark.parametrize("transpose", [windows.conv2d_to_x, windows.conv2d_to_weight])
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
    y, place = windows._max_pool2d_and_place(x, (2, 2), (2, 2))
    np.testing.assert_array_equal(windows.pick(x, place, (2, 2), (2, 2)), y)
    back = windows.unpool(y, place, Like(x.shape, x.dtype), (2, 2), (2, 2))
    np.testing.assert_array_equal(ag.max_pool2d(abs(back), 2), abs(y))
    assert ag.gradcheck(lambda x: windows.pick(x, place, (2, 2), (2, 2)) ** 2, (x,), order=2)


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
    ],
)
def test_misuse_is_answered_with_the_shapes_and_the_mend(call: Any, error: Any, says: str) -> None:
    for x in (np.ones((2, 3, 5, 5)), ag.tensor(np.ones((2, 3, 5, 5)), requires_grad=True)):
        with pytest.raises(error, match=says):
            call(x)
