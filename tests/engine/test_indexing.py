"""Choosing elements, by index, condition and window: ties, NaN, and writes by index."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AutogradError, IndexingError
from tests.engine.references import leaf


def test_repeated_indices_add_up() -> None:
    x = leaf([1.0, 2.0, 3.0])
    (np.take(x, [0, 2, 2]) * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 110.0]


def test_indices_may_be_tensors() -> None:
    x = leaf([[3.0, 1.0], [2.0, 4.0]])
    best = np.take_along_axis(x, np.expand_dims(np.argmax(x, axis=1), 1), 1)
    assert best.tolist() == [[3.0], [4.0]]
    best.sum().backward()
    assert x.grad.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_each_piece_sees_only_its_own_elements() -> None:
    x = leaf([-1.0, 0.0, 4.0])
    y = np.piecewise(x, [x < 0, x > 0], [lambda v: -v, np.sqrt, 7.0])
    assert y.tolist() == [1.0, 7.0, 2.0]
    y.sum().backward()
    assert x.grad.tolist() == [-1.0, 0.0, 0.25]


def test_a_choice_that_was_not_made_gets_nothing() -> None:
    x = leaf([0.0, 4.0])
    y = np.select([x > 0], [np.sqrt(x)], default=x)
    y.sum().backward()
    assert y.tolist() == [0.0, 2.0] and x.grad.tolist() == [1.0, 0.25]


@pytest.mark.parametrize("period", [None, 3.0])
def test_interpolation_equals_numpys_inside_and_outside(period: float | None) -> None:
    xp, fp = np.array([0.0, 1.0, 2.5]), np.array([1.0, 3.0, -2.0])
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 2.5, 4.0])
    np.testing.assert_allclose(np.interp(x, xp, leaf(fp), period=period).tolist(), np.interp(x, xp, fp, period=period))


def test_interpolation_is_differentiable_in_everything() -> None:
    xp, fp = np.array([0.0, 1.0, 2.5]), np.array([1.0, 3.0, -2.0])
    assert ag.gradcheck(np.interp, (np.array([-0.7, 0.4, 1.9, 3.0]), xp, fp), order=2)


def test_windows_overlap_and_their_gradients_add_up() -> None:
    x = leaf([1.0, 2.0, 3.0, 4.0])
    windows = np.lib.stride_tricks.sliding_window_view(x, 3)
    assert windows.tolist() == [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]
    windows.sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 2.0, 1.0]


@pytest.mark.parametrize("write", [
    lambda a, v: np.put(a, [0, 3, 0], v),
    lambda a, v: np.put(a, [-1, 9], v[:2], mode="clip"),
    lambda a, v: np.place(a, np.array([[True, False], [True, True]]), v),
    lambda a, v: np.place(a, np.array([[True, True], [True, True]]), v[:2]),
    lambda a, v: np.putmask(a, np.array([[True, False], [True, True]]), v),
])  # fmt: skip
def test_writes_by_index_and_mask_equal_numpys_and_are_recorded(write: Any) -> None:
    x, values = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0, 7.0])
    expected = x.copy()
    write(expected, values)

    def written(base: Any, new: Any) -> Any:
        made = base * 1
        write(made, new)
        return made

    assert written(leaf(x), leaf(values)).tolist() == expected.tolist()
    assert ag.gradcheck(written, (x, values), order=2)


def test_methods_of_ndarray_are_methods_of_tensors() -> None:
    t = leaf([3.0, 1.0, 2.0])
    assert t.compress([True, False, True]).tolist() == [3.0, 2.0] and t.take([1]).tolist() == [1.0]
    assert t.clip(1.5, 2.5).tolist() == [2.5, 1.5, 2.0] and t.conj().tolist() == t.tolist()
    assert t.compress([True, True, False]).requires_grad and t.clip(0.0).requires_grad
    assert ag.tensor([1, 0]).choose([t[:2], t[1:]]).tolist() == [1.0, 1.0]
    assert np.sort(t).detach().searchsorted(2.5).item() == 2
    y = t * 1
    y.put([0], t[2])
    y[1:].fill(t[0])
    assert y.tolist() == [2.0, 3.0, 3.0]
    y.sum().backward()
    assert t.grad.tolist() == [2.0, 0.0, 1.0]


def test_wrong_choices_are_answered() -> None:
    t = leaf([1.0, 2.0])
    with pytest.raises(IndexingError, match="choices"):
        np.choose(np.array([0, 2]), [t, t])
    wrong = (
        lambda: np.take(t, [5]),
        lambda: np.take(t, [0], mode="wrapped"),
        lambda: np.select([t > 0], [t, t]),
        lambda: np.piecewise(t, [t > 0], [1.0, 2.0, 3.0]),
        lambda: np.take_along_axis(t, np.array([[0]]), 0),
        lambda: np.lib.stride_tricks.sliding_window_view(t, (1, 1)),
    )
    for each in wrong:
        with pytest.raises(AutogradError) as caught:
            each()
        assert len(str(caught.value).splitlines()) == 2


def test_of_equal_elements_the_first_gets_the_gradient() -> None:
    x, y = leaf([2.0, 1.0, 2.0]), leaf([2.0, 3.0])
    values, counts = np.unique(x, return_counts=True)
    assert values.tolist() == [1.0, 2.0] and counts.tolist() == [1, 2]
    values.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]
    for f in (np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d):
        assert f(x, y).tolist() == f(np.array([2.0, 1.0, 2.0]), np.array([2.0, 3.0])).tolist()
    assert np.unique_values(leaf([3.0, 1.0, 3.0])).tolist() == np.unique_values(np.array([3.0, 1.0, 3.0])).tolist()
    shared, first, second = np.intersect1d(x, y, return_indices=True)
    assert (shared.tolist(), first.tolist(), second.tolist()) == ([2.0], [0], [0])
