"""Blocks and threads give what one call gives: the same bits, the same errors; and the functions that use them."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import blocks, threads

SIZES = (0, 1, blocks.BLOCK, blocks.BLOCK + 1, 5 * blocks.BLOCK + 17)


@pytest.fixture(params=[1, 3])
def _threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OMP_NUM_THREADS", str(request.param))
    threads.thread_count.cache_clear()
    threads.workers.cache_clear()
    yield
    monkeypatch.undo()
    threads.thread_count.cache_clear()
    if request.param > 1:
        threads.workers().shutdown()
    threads.workers.cache_clear()


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", SIZES)
def test_blocks_give_the_same_bits_as_one_call(size: int, dtype: type) -> None:
    x = np.linspace(-4, 4, size, dtype=dtype)

    def formula(x: np.ndarray, out: Any = (None, None)) -> tuple[np.ndarray, np.ndarray]:
        return np.multiply(np.tanh(x), np.exp(x), out=out[0]), x > 0

    for found, expected in zip(blocks.in_blocks(formula, x), formula(x), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype


@pytest.mark.usefixtures("_threads")
def test_floating_point_error_handling_holds_in_every_thread() -> None:
    x = np.ones(3 * blocks.BLOCK)
    x[-1] = 0.0
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        blocks.in_blocks(np.reciprocal, x)
    with np.errstate(divide="ignore"):
        assert blocks.in_blocks(np.reciprocal, x)[-1] == np.inf


def test_shapes_and_layouts_are_kept() -> None:
    x = np.arange(2.0 * blocks.BLOCK).reshape(4, -1)
    for each in (x, x.T, x[:, ::-1], np.asfortranarray(x)):
        np.testing.assert_array_equal(blocks.in_blocks(np.square, each), each**2)


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "function",
    [ag.sigmoid, ag.gelu, lambda x: ag.gelu(x, "tanh"), ag.erf, ag.erfc],
    ids=["sigmoid", "gelu", "gelu_tanh", "erf", "erfc"],
)
def test_large_arrays_have_the_bits_of_small_ones(function: Any, dtype: type) -> None:
    largest = np.finfo(dtype).max
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, largest, -largest, 50.0, -50.5, 88.5, -88.5, 710.0, -710.0]
    x = np.resize(np.concatenate([np.array(edges, dtype), np.linspace(-9, 9, 1000, dtype=dtype)]), blocks.BLOCK + 5)
    t = ag.tensor(x, requires_grad=True)
    small = ag.tensor(x[:1013], requires_grad=True)
    y, expected = function(t), function(small)
    y.sum().backward()
    expected.sum().backward()
    for found, of_small in ((y, expected), (t.grad, small.grad), (function(x), function(x[:1013]))):
        values = np.array(found.numpy() if isinstance(found, ag.Tensor) else found)
        wanted = np.array(of_small.numpy() if isinstance(of_small, ag.Tensor) else of_small)
        np.testing.assert_array_equal(values, np.resize(wanted, values.size))


def test_a_rule_that_computes_in_its_slope_leaves_what_others_keep() -> None:
    x = ag.tensor(np.linspace(0.1, 2, 5), requires_grad=True)
    for function, slope in ((np.exp, np.exp), (np.log1p, lambda x: 1 / (1 + x)), (np.sqrt, lambda x: 0.5 / np.sqrt(x))):
        y = function(x)
        kept, g = y.numpy().copy(), np.arange(5.0)
        for _ in range(2):
            (found,) = ag.gradients(y, [x], ag.tensor(g), retain_graph=True)
            np.testing.assert_allclose(found.numpy(), g * slope(x.numpy()), rtol=1e-14)
        np.testing.assert_array_equal(y.numpy(), kept)
        np.testing.assert_array_equal(x.numpy(), np.linspace(0.1, 2, 5))
        np.testing.assert_array_equal(g, np.arange(5.0))


def test_the_error_function_is_precise_to_a_relative_1e_15() -> None:
    x = np.concatenate([np.linspace(-6, 6, 20_001), np.geomspace(1e-300, 1, 2001), [0.46875, 4.0, -0.0]])
    np.testing.assert_allclose(ag.erf(x), [math.erf(each) for each in x], rtol=1e-15)
    x = np.linspace(-6, 26, 20_001)
    np.testing.assert_allclose(ag.erfc(x), [math.erfc(each) for each in x], rtol=1e-15)


def test_the_error_function_of_special_values_and_dtypes() -> None:
    x = np.array([0.0, np.inf, -np.inf, np.nan, 30.0])
    np.testing.assert_array_equal(ag.erf(x), [0.0, 1.0, -1.0, np.nan, 1.0])
    np.testing.assert_array_equal(ag.erfc(x), [1.0, 0.0, 2.0, np.nan, 0.0])
    assert [ag.erf(np.ones(2, t)).dtype for t in ("e", "f", "d", "i8")] == [np.dtype(t) for t in ("e", "f", "d", "d")]


def test_gelu_keeps_its_relative_precision_far_to_the_left() -> None:
    assert ag.gelu(np.array([-10.0]))[0] == pytest.approx(-10 * math.erfc(10 / math.sqrt(2)) / 2, rel=1e-14)


def test_gelu_over_blocks_has_the_gradient_of_its_definition() -> None:
    x = ag.tensor(np.linspace(-5, 5, 2 * blocks.BLOCK), requires_grad=True)
    for approximate in ("none", "tanh"):
        (fused,) = ag.gradients(ag.gelu(x, approximate).sum(), [x])
        (plain,) = ag.gradients(ag.gelu.definition(x, approximate=approximate).sum(), [x])
        assert fused is not None and plain is not None
        np.testing.assert_allclose(fused.numpy(), plain.numpy(), rtol=1e-12, atol=1e-13)
