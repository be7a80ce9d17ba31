"""Losses: their values and gradients, their reductions, and that they never broadcast."""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError

A = np.array([[0.5, 1.0], [2.0, -1.0], [0.0, 3.0]])
Y = np.array([[1.0, 1.0], [0.0, 0.0], [1.0, 2.0]])
LOGITS = np.array([[2.0, 0.0, -1.0], [0.5, 0.5, 0.5], [-300.0, 0.0, 300.0]])
LABELS = np.array([0, 2, 2])
SQUARED = [(nn.HalfSSELoss, 0.5, "sum"), (nn.SSELoss, 1.0, "sum"), (nn.MSELoss, 1.0, "mean")]


@pytest.mark.parametrize(("loss", "factor", "default"), SQUARED)
@pytest.mark.parametrize("reduction", ["sum", "mean", "none", None])
def test_squared_errors(loss, factor, default, reduction):
    a = ag.tensor(A, requires_grad=True)
    value = (loss() if reduction is None else loss(reduction=reduction))(a, Y)
    elements = factor * (A - Y) ** 2
    reduction = reduction or default
    expected = {"sum": elements.sum(), "mean": elements.mean(), "none": elements}[reduction]
    assert_allclose(value.numpy(), expected, rtol=1e-14)
    value.backward(None if reduction != "none" else np.ones(A.shape))
    scale = {"sum": 1, "mean": 1 / A.size, "none": 1}[reduction]
    assert_allclose(a.grad.numpy(), 2 * factor * scale * (A - Y), rtol=1e-14)


@pytest.mark.parametrize("reduction", ["sum", "mean", "none"])
def test_cross_entropy(reduction):
    z = ag.tensor(LOGITS, requires_grad=True)
    value = nn.CrossEntropyLoss(reduction=reduction)(z, LABELS)
    shifted = LOGITS - LOGITS.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(3), LABELS]
    expected = {"sum": losses.sum(), "mean": losses.mean(), "none": losses}[reduction]
    assert_allclose(value.numpy(), expected, atol=1e-14)
    value.sum().backward()
    scale = 1 / 3 if reduction == "mean" else 1.0
    assert_allclose(z.grad.numpy(), scale * (p - np.eye(3)[LABELS]), atol=1e-14)


def test_cross_entropy_of_one_example():
    assert_allclose(nn.CrossEntropyLoss()(LOGITS[0], 0).item(), nn.CrossEntropyLoss()(LOGITS[:1], [0]).item())


def test_a_loss_is_named_l_and_runs_in_its_scope():
    for loss, target in [(nn.MSELoss(), [0.0, 1.0]), (nn.CrossEntropyLoss(), 1)]:
        value = loss(ag.tensor([1.0, 2.0], requires_grad=True), target)
        assert value.name == "L"
        assert value.grad_fn.scope == ("loss",)


def test_every_loss_has_a_formula():
    assert nn.HalfSSELoss.formula == "½(a − y)²"
    assert all(loss.formula for loss in (nn.SSELoss, nn.MSELoss, nn.CrossEntropyLoss))


def test_targets_become_the_predictions_dtype():
    a = ag.tensor(np.ones(3, np.float32), requires_grad=True)
    for y in ([0, 1, 2], np.arange(3), np.arange(3.0), ag.tensor([0, 1, 2])):
        value = nn.MSELoss()(a, y)
        assert value.dtype == np.float32
        assert_allclose(value.item(), 2 / 3, rtol=1e-6)


def test_the_gradient_reaches_a_target_that_wants_one():
    y = ag.tensor([1.0], requires_grad=True)
    nn.HalfSSELoss()([3.0], y).backward()
    assert y.grad.tolist() == [-2.0]


@pytest.mark.parametrize("loss", [nn.HalfSSELoss(), nn.SSELoss(), nn.MSELoss(), nn.MSELoss(reduction="none")])
@pytest.mark.parametrize("shapes", [((64, 1), (64,)), ((64,), (64, 1)), ((1,), ()), ((2, 3), (3,)), ((4,), (5,))])
def test_a_loss_never_broadcasts(loss, shapes):
    prediction, target = map(np.zeros, shapes)
    with pytest.raises(ShapeError, match="never broadcasts") as caught:
        loss(prediction, target)
    assert str(shapes[0]) in str(caught.value)
    assert str(shapes[1]) in str(caught.value)


def test_the_mend_of_a_forgotten_column_works():
    with pytest.raises(ShapeError, match=r"y\.reshape\(64, 1\)"):
        nn.MSELoss()(np.zeros((64, 1)), np.zeros(64))
    assert nn.MSELoss()(np.zeros((64, 1)), np.zeros(64).reshape(64, 1)).item() == 0.0


@pytest.mark.parametrize(
    ("labels", "error", "expected"),
    [
        ([0, 3, 1], ArgumentError, "Label 3 is no class: 3 logits mean labels from 0 to 2"),
        ([0, -1, 1], ArgumentError, "Label -1 is no class"),
        ([0.0, 1.0, 2.0], DtypeError, "got dtype float64"),
        ([True, False, True], DtypeError, "got dtype bool"),
        ([0, 1], ShapeError, "expected (3,)"),
        ([[0], [1], [2]], ShapeError, "y.reshape(3)"),
        (np.eye(3), ShapeError, "y.argmax(axis=-1)"),
    ],
)
def test_labels_that_are_no_class_numbers_are_refused(labels, error, expected):
    with pytest.raises(error) as caught:
        nn.CrossEntropyLoss()(LOGITS, labels)
    assert expected in str(caught.value)


def test_logits_of_three_axes_are_refused():
    with pytest.raises(ShapeError, match=r"expected \(N, C\)"):
        nn.CrossEntropyLoss()(np.zeros((2, 3, 4)), np.zeros((2, 3), int))


def test_complex_predictions_are_refused():
    with pytest.raises(DtypeError, match="complex128"):
        nn.MSELoss()(np.ones(2, complex), np.ones(2))
    with pytest.raises(DtypeError, match="complex128"):
        nn.MSELoss()(np.ones(2), np.ones(2, complex))


@pytest.mark.parametrize("loss", [nn.MSELoss, nn.CrossEntropyLoss, nn.HalfSSELoss])
def test_an_unknown_reduction_is_refused_when_the_loss_is_made(loss):
    with pytest.raises(ArgumentError, match="'mean'"):
        loss(reduction="men")


def test_the_mean_of_an_empty_batch_is_refused_and_its_sum_is_zero():
    with pytest.raises(ShapeError, match="mean of no losses"):
        nn.MSELoss()(np.zeros((0, 2)), np.zeros((0, 2)))
    with pytest.raises(ShapeError, match="mean of no losses"):
        nn.CrossEntropyLoss()(np.zeros((0, 2)), np.zeros(0, int))
    assert nn.SSELoss()(np.zeros((0, 2)), np.zeros((0, 2))).item() == 0.0


def test_losses_differentiate_twice():
    w = ag.tensor([0.3, -0.2, 0.1], requires_grad=True)
    (first,) = ag.gradients(nn.CrossEntropyLoss()(w, 1), w, create_graph=True)
    (second,) = ag.gradients(first[0], w)
    p = np.exp(w.numpy()) / np.exp(w.numpy()).sum()
    assert_allclose(second.numpy(), p[0] * (np.array([1, 0, 0]) - p), rtol=1e-12)


def test_the_functions_are_the_engines_own():
    for name in ("linear", "relu", "sigmoid", "tanh", "softmax", "log_softmax"):
        assert getattr(nn.functional, name) is getattr(ag, name)


@pytest.mark.parametrize("arguments", [(ag.tensor([1.0]), [1.0]), ([1.0], [1.0]), (np.ones(2),), ("mean", [1.0])])
def test_a_loss_called_like_its_instances_is_told_to_make_one_first(arguments):
    with pytest.raises(UsageError, match=r"Make the loss first: nn.HalfSSELoss\(\)\(prediction, target\)"):
        nn.HalfSSELoss(*arguments)


def test_the_check_of_a_losss_arguments_leaves_its_signature():
    assert str(inspect.signature(nn.HalfSSELoss)) == "(reduction: str = 'sum') -> None"
