"""A Tensor as a value: making it, printing it, taking numbers out of it, and what it refuses."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import AutogradError, DtypeError, GradientError, ShapeError, UnsupportedError, UsageError


def test_tensor_copies_and_from_numpy_shares() -> None:
    a = np.zeros(2)
    copied, shared = ag.tensor(a), ag.from_numpy(a)
    a[0] = 1.0
    assert copied.tolist() == [0.0, 0.0] and shared.tolist() == [1.0, 0.0]


def test_the_repr_shows_values_name_and_requires_grad() -> None:
    assert repr(ag.tensor([0.8, 0.6, 0.0], name="a¹", requires_grad=True)) == (
        "tensor([0.8, 0.6, 0. ], name='a¹', requires_grad=True)"
    )
    assert repr(ag.tensor([1], dtype=np.float32)) == "tensor([1.], dtype=float32)"


def test_numbers_come_out_of_a_tensor_that_requires_a_gradient() -> None:
    t = ag.tensor(2.5, requires_grad=True)
    assert t.item() == 2.5 and t.tolist() == 2.5 and bool(t) and f"{t:.2f}" == "2.50" and "2.5" in f"{t}"


def test_float_of_a_tensor_with_a_history_is_refused_until_the_graph_is_freed() -> None:
    t = ag.tensor(2.0, requires_grad=True)
    y = t * 3
    for call in (math.exp, float, int, np.asarray):
        with pytest.raises(UsageError, match="would lose the gradient"):
            call(y)
    y.backward()
    assert float(y) == 6.0 and float(y.detach()) == 6.0


def test_arrays_that_leave_are_read_only() -> None:
    t = ag.tensor([1.0, 2.0])
    for array in (t.numpy(), np.asarray(t)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5.0


def test_data_writes_through_and_assigning_checks_the_shape() -> None:
    p = ag.tensor([1.0, 2.0], requires_grad=True)
    p.data += 1.0
    p.data[0] = 10.0
    assert p.tolist() == [10.0, 3.0]
    p.data = [5, 6]
    assert p.tolist() == [5.0, 6.0]
    with pytest.raises(ShapeError, match=r"shape \(2,\), got new data of shape \(3,\)"):
        p.data = np.ones(3)


def test_a_leaf_is_updated_in_place_inside_no_grad_only() -> None:
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    before = w
    with pytest.raises(GradientError, match=r"no_grad"):
        w -= 0.1
    with ag.no_grad():
        w -= 0.5
    assert w is before and w.tolist() == [0.5, 1.5] and w.requires_grad


@pytest.mark.parametrize("data", [[[1.0], [1.0, 2.0]], "text", [None], object(), {"a": 1}])
def test_what_is_no_array_of_numbers_is_refused(data: object) -> None:
    with pytest.raises(DtypeError) as caught:
        ag.tensor(data)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("dtype", [int, bool])
def test_integers_cannot_require_a_gradient(dtype: type) -> None:
    with pytest.raises(DtypeError, match="dtype=float"):
        ag.tensor([1, 0], dtype=dtype, requires_grad=True)


def test_the_truth_of_several_elements_is_ambiguous() -> None:
    with pytest.raises(ShapeError, match="ambiguous"):
        bool(ag.tensor([1.0, 2.0]))


def test_an_ndarray_is_not_silently_rebound() -> None:
    a, t = np.zeros(2), ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(UsageError, match=r"a = a \+ t"):
        a += t


def test_an_operation_without_a_derivative_never_loses_the_gradient() -> None:
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(UnsupportedError, match=r"np\.histogram_bin_edges has no derivative here"):
        np.histogram_bin_edges(t)
    assert isinstance(np.i0(t.detach()), ag.Tensor)


def test_comparisons_and_argmax_are_constants() -> None:
    t = ag.tensor([1.0, 3.0], requires_grad=True)
    assert (t > 2).tolist() == [False, True] and not (t > 2).requires_grad
    assert (t == [1.0, 0.0]).tolist() == [True, False]
    assert int(t.argmax()) == 1 and np.argmax(t).item() == 1
    assert np.allclose(t, [1.0, 3.0])


def test_tensors_are_hashed_by_identity_and_iterate_by_rows() -> None:
    t = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len({t, t}) == 1 and len(t) == 2 and [row.tolist() for row in t] == t.tolist()
    with pytest.raises(UsageError, match="0-dimensional"):
        len(ag.tensor(1.0))


def test_leaves_are_copied_and_pickled_with_all_they_hold() -> None:
    p = ag.tensor([1.0, 2.0], requires_grad=True, name="p")
    (p * p).sum().backward()
    for other in (copy.deepcopy(p), copy.copy(p), pickle.loads(pickle.dumps(p))):
        assert repr(other) == repr(p) and other.grad.tolist() == [2.0, 4.0]
        (other * 2).sum().backward()
        assert other.grad.tolist() == [4.0, 6.0] and p.grad.tolist() == [2.0, 4.0]
    with pytest.raises(UsageError, match="history"):
        copy.deepcopy(p * 2)


def test_a_misspelled_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="'sigmoid'"):
        ag.sigmod  # noqa: B018


def test_integer_tensors_are_indices() -> None:
    t, k = ag.tensor([10.0, 20.0, 30.0], requires_grad=True), ag.tensor(2)
    assert t[k].item() == 30.0 and [1, 2, 3][k] == 3
    picked = t[ag.tensor([0, 0, 2])]
    picked.sum().backward()
    assert t.grad.tolist() == [2.0, 0.0, 1.0]


def test_a_users_own_primitive_has_every_order() -> None:
    cube = ag.primitive(lambda x: x**3, x=lambda g, x: g * 3 * x**2, name="cube")
    x = ag.tensor(2.0, requires_grad=True)
    (first,) = ag.gradients(cube(x), x, create_graph=True)
    (second,) = ag.gradients(first, x)
    assert (first.item(), second.item()) == (12.0, 12.0)
    with pytest.raises(UsageError, match="among"):
        ag.primitive(lambda x: x, x=lambda g, wrong: g)


def test_every_error_is_two_short_lines() -> None:
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    for wrong in (
        lambda: t.backward(),
        lambda: bool(t),
        lambda: float(t[0]),
        lambda: t.item(),
        lambda: np.histogram2d(t, t),
    ):
        with pytest.raises(AutogradError) as caught:
            wrong()
        lines = str(caught.value).splitlines()
        assert len(lines) == 2 and all(len(line) <= 140 for line in lines)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda w: w @ np.ones(4), "@: the shapes 'w' (2, 3) and (4,) do not fit."),
        (lambda w: w + np.ones(4), "+: the shapes 'w' (2, 3) and (4,) do not fit."),
        (lambda w: w * None, "· does not take these operands: Tensor, NoneType."),
        (lambda w: np.maximum(w, np.ones(4)), "maximum: the shapes 'w' (2, 3) and (4,) do not fit."),
        (lambda w: np.dot(w, w), "dot: the shapes (2, 3) and (2, 3) do not fit."),
        (
            lambda w: np.linalg.solve(w, w),
            "linalg.solve of shape (2, 3): the last 2 dimensions of the array must be square.",
        ),
        (lambda w: ag.tensor([w, w]), "A list of Tensors that require a gradient would lose it here."),
    ],
)
def test_operands_that_do_not_fit_are_named(wrong: object, message: str) -> None:
    with pytest.raises(AutogradError) as caught:
        wrong(ag.tensor(np.ones((2, 3)), requires_grad=True, name="w"))  # type: ignore[operator]
    first, second = str(caught.value).splitlines()
    assert first == message and second


def test_the_missing_gradient_of_a_computed_tensor_is_explained() -> None:
    w = ag.tensor([1.0], requires_grad=True)
    w = w - 0.1
    assert w.grad is None
    (w * w).sum().backward()
    with pytest.warns(UserWarning, match="computed from others"):
        assert w.grad is None
