"""Shaping, joining, splitting, padding: what the declarations' samples do not reach."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AutogradError
from tests.engine.references import leaf

WIDTHS = ((0, 3), (2, 0), (7, 8))
MODES = ("edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap", "constant")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(4,), (1,), (2, 3)])
def test_padding_equals_numpys_in_every_mode_and_width(mode: str, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    for width in WIDTHS:
        np.testing.assert_allclose(np.pad(leaf(x), width, mode).tolist(), np.pad(x, width, mode), rtol=1e-14)


@pytest.mark.parametrize(("mode", "option", "given"), [
    ("constant", "constant_values", ((1.0, 2.0),)),
    ("constant", "constant_values", (3.0, 4.0)),
    ("linear_ramp", "end_values", ((1.0, 2.0), (3.0, 4.0))),
    ("mean", "stat_length", (1, 2)),
    ("maximum", "stat_length", 9),
    ("reflect", "reflect_type", "odd"),
    ("symmetric", "reflect_type", "odd"),
])  # fmt: skip
def test_padding_takes_the_options_of_numpy(mode: str, option: str, given: Any) -> None:
    x = np.random.default_rng(1).normal(size=(2, 3))
    width = ((1, 5), (2, 0))
    expected = np.pad(x, width, mode, **{option: given})
    np.testing.assert_allclose(np.pad(leaf(x), width, mode, **{option: given}).tolist(), expected, rtol=1e-13)


def test_padding_is_differentiable_in_the_value_it_pads_with() -> None:
    x, c = leaf([1.0, 2.0]), leaf(5.0)
    np.pad(x, (1, 2), constant_values=c).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0] and c.grad.tolist() == 3.0


def test_elements_that_padding_copies_get_the_gradients_of_the_copies() -> None:
    x = leaf([1.0, 2.0, 3.0])
    (np.pad(x, 2, "reflect") * np.arange(7.0)).sum().backward()
    assert x.grad.tolist() == [2 + 6.0, 1 + 3 + 5.0, 0 + 4.0]


def test_lists_of_tensors_are_joined() -> None:
    a, b = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    joined = ag.array([[a, b], [a * b, [0.0, 1.0]]])
    assert joined.shape == (2, 2, 2)
    joined.sum().backward()
    assert a.grad.tolist() == [4.0, 5.0] and b.grad.tolist() == [2.0, 3.0]
    assert ag.array([1, 2], ndmin=2).shape == (1, 2) and ag.array([1.0], requires_grad=True).requires_grad
    assert ag.array([a[0], 2], dtype=np.float32).dtype == np.float32


def test_joined_arrays_are_of_the_dtype_asked_for() -> None:
    a, b = leaf([1.0]), leaf([2.0])
    for joined in (
        np.concatenate([a, b], dtype=np.float32),
        np.hstack([a, b], dtype="f4"),
        np.stack([a, b], dtype="f4"),
    ):
        assert joined.dtype == np.float32
        assert [g.tolist() for g in ag.gradients(joined.sum(), [a, b])] == [[1.0], [1.0]]


def test_an_array_of_one_tensor_is_a_copy_with_the_gradient() -> None:
    a = leaf([1.0, 2.0])
    b = ag.array(a)
    assert b.requires_grad and not np.shares_memory(a.detach().numpy(), b.detach().numpy())


def test_ends_of_ranges_and_fill_values_get_gradients() -> None:
    low, high = leaf(1.0), leaf(3.0)
    ag.linspace(low, high, 3).sum().backward()
    assert low.grad.tolist() == 1.5 and high.grad.tolist() == 1.5
    fill = leaf(2.0)
    ag.full_like(np.zeros((2, 3)), fill).sum().backward()
    assert fill.grad.tolist() == 6.0
    ag.full((4,), fill).sum().backward()
    assert fill.grad.tolist() == 10.0
    assert isinstance(ag.full_like(np.zeros(2), 1.0), ag.Tensor) and isinstance(ag.geomspace(1, 8, 4), ag.Tensor)


def test_the_parts_of_a_split_are_views() -> None:
    x = ag.tensor([1.0, 2.0, 3.0, 4.0])
    first, second = np.split(x, 2)
    second[0] = 9.0
    assert x.tolist() == [1.0, 2.0, 9.0, 4.0] and first.tolist() == [1.0, 2.0]


def test_zeros_are_trimmed_and_their_places_are_constants() -> None:
    x = leaf([0.0, 0.0, 1.5, 0.0, 2.5, 0.0])
    trimmed = np.trim_zeros(x)
    assert trimmed.tolist() == [1.5, 0.0, 2.5]
    trimmed.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]
    assert np.trim_zeros(x, "b").tolist() == [0.0, 0.0, 1.5, 0.0, 2.5]
    assert np.trim_zeros(ag.zeros(3)).shape == (0,)


@pytest.mark.parametrize("obj", [0, -1, 3, [1], [0, 2], [2, 0], slice(0, 3, 2), np.array([True, False, True])])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_insertion_and_deletion_equal_numpys(obj: Any, axis: int | None) -> None:
    x = np.arange(9.0).reshape(3, 3)
    for values in (np.array(7.0), np.array([7.0])):
        if isinstance(obj, np.ndarray):  # what np.insert does with a mask depends on its version
            continue
        try:
            expected = np.insert(x, obj, values, axis)
        except (ValueError, IndexError):
            continue
        assert np.insert(leaf(x), obj, leaf(values), axis).tolist() == expected.tolist()
    if not (isinstance(obj, int) and obj >= 3 and axis is not None) and not (
        isinstance(obj, np.ndarray) and axis is None
    ):
        assert np.delete(leaf(x), obj, axis).tolist() == np.delete(x, obj, axis).tolist()


@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 3), (2, 1)])
def test_one_index_takes_several_values_as_numpy_does(shape: tuple[int, ...]) -> None:
    x, values = np.arange(6.0).reshape(2, 3), np.arange(float(np.prod(shape))).reshape(shape)
    for axis in (0, 1):
        try:
            expected = np.insert(x, 1, values, axis)
        except ValueError:
            continue
        assert np.insert(leaf(x), 1, leaf(values), axis).tolist() == expected.tolist()


@pytest.mark.parametrize("order", ["C", "F"])
def test_shapes_are_filled_in_either_order(order: str) -> None:
    x = np.arange(6.0).reshape(2, 3)
    t = leaf(x)
    y = t.reshape(3, 2, order=order)
    assert y.tolist() == x.reshape(3, 2, order=order).tolist()
    assert np.ravel(t, order=order).tolist() == np.ravel(x, order=order).tolist()
    (y * np.arange(6.0).reshape(3, 2)).sum().backward()
    assert t.grad.tolist() == np.arange(6.0).reshape(3, 2).reshape(2, 3, order=order).tolist()


def test_wrong_arguments_are_answered() -> None:
    t = leaf(np.ones((2, 3)))
    wrong = (
        lambda: np.pad(t, 1, "edges"),
        lambda: np.pad(t, 1, "edge", constant_values=1),
        lambda: np.pad(t, 1, lambda *_: None),
        lambda: np.pad(t, (1, 2, 3)),
        lambda: np.pad(t, -1),
        lambda: np.split(t, 2, axis=1),
        lambda: np.array_split(t, 0),
        lambda: np.vsplit(t[0], 2),
        lambda: np.flip(t, 2),
        lambda: np.diag(leaf(np.ones((1, 1, 1)))),
        lambda: np.diagonal(t, 0, 1, 1),
        lambda: np.meshgrid(t[0], t[1], indexing="yx"),
        lambda: t.reshape(6, order="K"),
        lambda: ag.array([t, t[0]]),
    )
    for each in wrong:
        with pytest.raises(AutogradError) as caught:
            each()
        assert len(str(caught.value).splitlines()) == 2
