"""Losses: their values and gradients, their reductions, and that they never broadcast."""

import inspect
from decimal import Decimal, getcontext

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, DtypeError, ShapeError, UsageError
from nn.formulas import Matrices, Sums

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
    assert all(loss.formula for loss in (nn.SSELoss, nn.MSELoss, nn.CrossEntropyLoss, nn.BCELoss, nn.BCEWithLogitsLoss))


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


@pytest.mark.parametrize(
    "loss",
    [
        nn.HalfSSELoss(),
        nn.SSELoss(),
        nn.MSELoss(),
        nn.MSELoss(reduction="none"),
        nn.BCELoss(),
        nn.BCEWithLogitsLoss("none"),
    ],
)
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


@pytest.mark.parametrize("loss", [nn.MSELoss, nn.CrossEntropyLoss, nn.HalfSSELoss, nn.BCELoss, nn.BCEWithLogitsLoss])
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
    names = "linear relu sigmoid tanh softmax log_softmax leaky_relu elu gelu silu softplus"
    for name in names.split():
        assert getattr(nn.functional, name) is getattr(ag, name)


@pytest.mark.parametrize("arguments", [(ag.tensor([1.0]), [1.0]), ([1.0], [1.0]), (np.ones(2),), ("mean", [1.0])])
def test_a_loss_called_like_its_instances_is_told_to_make_one_first(arguments):
    with pytest.raises(UsageError, match=r"Make the loss first: nn.HalfSSELoss\(\)\(prediction, target\)"):
        nn.HalfSSELoss(*arguments)


def test_the_check_of_a_losss_arguments_leaves_its_signature():
    assert str(inspect.signature(nn.HalfSSELoss)) == "(reduction: str = 'sum') -> None"


PROBABILITIES = np.array([[0.1, 0.9], [0.5, 0.25], [1e-12, 1 - 1e-9]])
SHARES = np.array([[0.0, 1.0], [1.0, 0.3], [0.0, 1.0]])


def exact_bce(a, y):
    """The cross-entropy and its slope (a − y)/(a(1 − a)) in 50 digits."""
    getcontext().prec = 50
    a, y = Decimal(float(a)), Decimal(float(y))
    return float(-(y * a.ln() + (1 - y) * (1 - a).ln())), float((a - y) / (a * (1 - a)))


@pytest.mark.parametrize("reduction", ["sum", "mean", "none", None])
def test_binary_cross_entropy(reduction):
    a = ag.tensor(PROBABILITIES, requires_grad=True)
    value = (nn.BCELoss() if reduction is None else nn.BCELoss(reduction=reduction))(a, SHARES)
    losses, slopes = np.vectorize(exact_bce)(PROBABILITIES, SHARES)
    expected = {"sum": losses.sum(), "none": losses}.get(reduction, losses.mean())
    assert_allclose(value.numpy(), expected, rtol=1e-13)
    value.sum().backward()
    assert_allclose(a.grad.numpy(), slopes * (1 if reduction in ("sum", "none") else 1 / 6), rtol=1e-13)


@pytest.mark.parametrize("reduction", ["sum", "mean", "none"])
def test_binary_cross_entropy_of_logits(reduction):
    values = np.array([-3.0, -0.1, 0.0, 0.2, 5.0, 30.0])
    y = np.array([0.0, 1.0, 1.0, 0.4, 0.0, 1.0])
    z = ag.tensor(values, requires_grad=True)
    value = nn.BCEWithLogitsLoss(reduction)(z, y)
    getcontext().prec = 50
    p = [1 / (1 + (-Decimal(each)).exp()) for each in values]
    pairs = [(each, Decimal(float(share))) for each, share in zip(p, y, strict=True)]
    losses = np.array([float(-(share * each.ln() + (1 - share) * (1 - each).ln())) for each, share in pairs])
    expected = {"sum": losses.sum(), "mean": losses.mean(), "none": losses}[reduction]
    assert_allclose(value.numpy(), expected, rtol=1e-13)
    value.sum().backward()
    slopes = np.array([float(each - share) for each, share in pairs])
    assert_allclose(z.grad.numpy(), slopes / (6 if reduction == "mean" else 1), rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_any_size_have_their_loss_and_slope(dtype):
    z = ag.tensor(np.array([1000.0, -1000.0, 1000.0, -1000.0, 0.0], dtype), requires_grad=True)
    value = nn.BCEWithLogitsLoss("none")(z, [1, 0, 0, 1, 1])
    assert value.dtype == dtype
    assert_allclose(value.numpy(), np.array([0, 0, 1000, 1000, np.log(2)], dtype), rtol=1e-7)
    value.sum().backward()
    assert_allclose(z.grad.numpy(), [0, 0, 1, -1, -0.5], atol=1e-30)


def test_a_certain_and_right_probability_has_loss_0_and_a_true_slope():
    a = ag.tensor([0.0, 1.0], requires_grad=True)
    value = nn.BCELoss("none")(a, [0, 1])
    assert value.tolist() == [0.0, 0.0]
    (first,) = ag.gradients(value.sum(), a, create_graph=True)
    assert first.tolist() == [1.0, -1.0]
    (second,) = ag.gradients(first.sum(), a)
    assert second.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("a", "y"), [(0.0, 1), (1.0, 0), (1.0, 0.999), (0.0, 1e-9)])
def test_an_infinite_loss_is_refused_and_not_clamped(a, y):
    with pytest.raises(ArgumentError, match="BCELoss is infinite: 1 of 2") as caught:
        nn.BCELoss()([a, 0.5], [y, 1])
    assert "nn.BCEWithLogitsLoss()" in str(caught.value)


def test_a_sigmoid_before_binary_cross_entropy_is_the_loss_of_the_logits():
    values, y = np.array([[-2.0], [0.5], [3.0]]), [[0], [1], [1]]
    found = []
    for loss, activation in ((nn.BCELoss(), nn.Sigmoid()), (nn.BCEWithLogitsLoss(), nn.Identity())):
        z = ag.tensor(values, requires_grad=True)
        value = loss(activation(z), y)
        value.backward()
        found.append((value.item(), z.grad.numpy()))
    assert_allclose(found[0][0], found[1][0], rtol=1e-14)
    assert_allclose(found[0][1], found[1][1], rtol=1e-13)


@pytest.mark.parametrize("loss", [nn.BCELoss("sum"), nn.BCEWithLogitsLoss("sum")])
def test_binary_cross_entropy_agrees_with_differences_in_both_orders(loss):
    assert ag.gradcheck(loss, (np.array([0.2, 0.6, 0.9]), np.array([0.3, 0.8, 0.5])), order=2)


@pytest.mark.parametrize("loss", [nn.BCELoss(), nn.BCEWithLogitsLoss()])
@pytest.mark.parametrize("y", [[0, 1, 1], [False, True, True], np.array([0, 1, 1], np.int8), [0.0, 1.0, 1.0]])
def test_classes_0_and_1_of_any_dtype_are_targets(loss, y):
    a = ag.tensor(np.array([0.25, 0.5, 0.75], np.float32))
    value = loss(a, y)
    assert value.dtype == np.float32
    assert_allclose(value.item(), loss(a, np.array([0.0, 1.0, 1.0])).item())


@pytest.mark.parametrize(
    ("a", "y", "words"),
    [
        ([-1.2, 3.4], [0, 1], "got values from -1.2 to 3.4.\nPass them through a sigmoid"),
        ([0.5, 1 + 2**-40], [0, 1], "to 1.0000000000009095"),
        ([0.5, np.nan], [0, 1], "1 NaN among 2 values"),
        ([0.5, np.inf], [0, 1], "ag.detect_anomaly()"),
        ([0.5, 0.5], [0, 3], "from 0 to 3.\nFor more than two classes use nn.CrossEntropyLoss()"),
        ([0.5, 0.5], [-1, 1], "(y + 1) / 2"),
        ([0.5, 0.5], [0.2, 1.5], "from 0.2 to 1.5.\nScale the targets"),
        ([0.5, 0.5], [0, np.nan], "np.isfinite(y)"),
    ],
)
def test_what_is_no_probability_is_refused(a, y, words):
    with pytest.raises(ArgumentError) as caught:
        nn.BCELoss()(a, y)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_a_nan_among_logits_is_seen_in_the_loss():
    assert np.isnan(nn.BCEWithLogitsLoss()([0.5, np.nan], [0, 1]).item())


def test_empty_batches_of_two_classes():
    for loss in (nn.BCELoss, nn.BCEWithLogitsLoss):
        assert loss("sum")(np.zeros((0, 1)), np.zeros((0, 1))).item() == 0.0
        with pytest.raises(ShapeError, match="mean of no losses"):
            loss()(np.zeros((0, 1)), np.zeros((0, 1)))


def test_training_with_two_classes_reports_their_accuracy():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    y = (x[:, :1] > 0).astype(int)
    for loss, output in ((nn.BCELoss(), "sigmoid"), (nn.BCEWithLogitsLoss(), None)):
        model = nn.MLP([2, 8, 1], "silu", output, rng=0)
        nn.fit(model, x, y, loss=loss, optimizer=nn.optim.Adam(model.parameters(), lr=0.05), epochs=30, rng=0)
        scores = model(x).numpy() > (0.5 if output else 0.0)
        assert nn.evaluate(model, x, y, loss).accuracy == (scores == y).mean() > 0.95


def test_the_loss_of_two_classes_is_told_as_a_formula():
    assert Matrices(2, 4).two_classes("bce", 4) == "L = −1/4 Σ (y log a² + (1 − y) log(1 − a²))"
    assert Sums(2, None).two_classes("bce", 1) == "Err = −Σ (y log ŷ + (1 − y) log(1 − ŷ))"
    assert Matrices(2, None).two_classes("bce_logits", 1) == "L = −Σ (y log p + (1 − y) log(1 − p))"
    assert Sums(2, None).sigmoid_probability("es", linear=True) == "p = sigmoide(u²)"
    assert Matrices(2, None).two_classes_delta("bce", 1).endswith(" = a² − y")
    assert Matrices(2, 4).two_classes_delta("bce_logits", 4) == "δ² = 1/4 (p − y)"
    assert Sums(2, 4).two_classes_delta("bce", 4).endswith(" = −1/4 (y − ŷ)")


@pytest.mark.parametrize("loss", [nn.BCELoss(), nn.BCEWithLogitsLoss()])
def test_an_accuracy_never_broadcasts(loss):
    prediction = ag.tensor([[0.9], [-0.2], [0.7]])
    assert loss.accuracy(prediction, [[1], [0], [1]]) == 1.0
    for target in ([1, 0, 1], [[1]], [1]):
        with pytest.raises(ShapeError, match="a loss never broadcasts"):
            loss.accuracy(prediction, target)


def test_the_accuracy_of_logits_takes_one_label_an_example():
    logits = ag.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert nn.CrossEntropyLoss().accuracy(logits, [0, 1, 1]) == 2 / 3
    with pytest.raises(ShapeError, match="The labels have shape"):
        nn.CrossEntropyLoss().accuracy(logits, [[0], [1], [1]])


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("loss", [nn.BCELoss, nn.BCEWithLogitsLoss, nn.CrossEntropyLoss])
def test_an_empty_batch_has_no_accuracy(loss, reduction):
    target = np.zeros(0, int) if loss is nn.CrossEntropyLoss else np.zeros((0, 2))
    with pytest.raises(ShapeError, match="The accuracy of no predictions"):
        loss(reduction).accuracy(ag.tensor(np.zeros((0, 2))), target)
