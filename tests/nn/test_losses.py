"""Losses: their values and gradients, their reductions, and that they never broadcast."""

import inspect
import warnings
from decimal import Decimal, getcontext
from typing import Any

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


def test_a_mean_of_squares_in_float16_may_have_a_sum_that_is_beyond_it():
    a = ag.tensor(np.full(1000, 10.0, np.float16), requires_grad=True)
    value = nn.MSELoss()(a, np.zeros(1000, np.float16))
    value.backward()
    assert value.dtype == np.float16 and value.item() == 100.0
    assert_allclose(a.grad.numpy(), 0.02, rtol=1e-3)


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
        (np.eye(3, dtype=int), ShapeError, "y.argmax(axis=1), or as probabilities y.astype(float)"),
    ],
)
def test_labels_that_are_no_class_numbers_are_refused(labels, error, expected):
    with pytest.raises(error) as caught:
        nn.CrossEntropyLoss()(LOGITS, labels)
    assert expected in str(caught.value)


def test_classes_on_the_last_axis_of_three_are_refused_and_the_mend_works():
    logits, y = np.zeros((2, 3, 4)), np.zeros((2, 3), int)
    with pytest.raises(ShapeError, match=r"logits.reshape\(-1, 4\) and y.ravel\(\)"):
        nn.CrossEntropyLoss()(logits, y)
    assert_allclose(nn.CrossEntropyLoss()(logits.reshape(-1, 4), y.ravel()).item(), np.log(4))


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
    names = "linear relu sigmoid tanh softmax log_softmax leaky_relu elu gelu silu selu mish softsign hardtanh"
    for name in [*names.split(), "log_sigmoid"]:
        assert getattr(nn.functional, name) is getattr(ag, name)


@pytest.mark.parametrize("made", [name for name in nn.__all__ if isinstance(getattr(nn, name), type)])
def test_every_activation_and_loss_is_a_function_too(made):
    squared = {"HalfSSELoss": "half_sse", "SSELoss": "sse", "MSELoss": "mse_loss"}
    crossed = {"BCELoss": "bce", "BCEWithLogitsLoss": "bce_with_logits", "CrossEntropyLoss": "cross_entropy"}
    others = {"L1Loss": "l1_loss", "HuberLoss": "huber_loss", "NLLLoss": "nll_loss", "KLDivLoss": "kl_div"}
    base = getattr(nn, made)
    if issubclass(base, nn.Loss) and base is not nn.Loss:
        assert callable(getattr(nn.functional, {**squared, **crossed, **others}[made]))
    elif issubclass(base, nn.Activation) and made not in ("Activation", "Identity"):
        assert base.function is getattr(nn.functional, base.key)


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


ERRORS = np.array([[-3.0, -0.5, 0.0], [0.25, 1.0, 1e4]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("delta", [0.5, 1.0, 100.0])
def test_huber_is_a_parabola_near_0_and_a_line_beyond(delta, reduction):
    a = ag.tensor(ERRORS, requires_grad=True)
    value = nn.HuberLoss(reduction, delta=delta)(a, np.zeros(ERRORS.shape))
    size = abs(ERRORS)
    losses = np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2)
    assert_allclose(value.numpy(), {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction], rtol=1e-14)
    value.sum().backward()
    share = ERRORS.size if reduction == "mean" else 1
    assert_allclose(a.grad.numpy(), np.clip(ERRORS, -delta, delta) / share, rtol=1e-14)


def test_the_slope_of_the_absolute_error_is_its_sign_and_0_at_the_kink():
    a = ag.tensor(ERRORS, requires_grad=True)
    nn.L1Loss("sum")(a, np.zeros(ERRORS.shape)).backward()
    assert a.grad.tolist() == [[-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]]


@pytest.mark.parametrize(
    "loss",
    [
        nn.L1Loss("sum"),
        nn.HuberLoss(delta=0.3),
        nn.BCELoss(weight=[0.5, 2.0, 1.0]),
        nn.BCEWithLogitsLoss(pos_weight=3.0, weight=[0.5, 2.0, 1.0]),
        nn.CrossEntropyLoss(weight=[0.5, 2.0, 1.0], label_smoothing=0.2),
        nn.KLDivLoss("sum"),
    ],
    ids=repr,
)
def test_a_loss_with_options_agrees_with_differences_in_both_orders_in_target_and_prediction(loss):
    a, y = np.array([0.2, 0.6, 0.85]), np.array([0.3, 0.2, 0.5])
    logs = isinstance(loss, nn.KLDivLoss)
    assert ag.gradcheck(lambda a, y: loss(ag.log_softmax(a) if logs else a, y), (a, y), order=2)


def test_kl_divergence_of_logs_agrees_with_differences_in_both_orders():
    def loss(x, t):
        return nn.KLDivLoss("batchmean", log_target=True)(ag.log_softmax(x), ag.log_softmax(t))

    assert ag.gradcheck(loss, (np.array([[0.2, -0.6, 1.0]]), np.array([[0.1, 0.4, -2.0]])), order=2)


def test_a_divergence_is_0_of_equal_distributions_and_counts_no_impossible_class():
    p = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    with np.errstate(divide="ignore"):
        x = ag.tensor(np.log(p), requires_grad=True)
    value = nn.KLDivLoss("batchmean")(x, p)
    value.backward()
    assert value.item() == 0.0
    assert x.grad.tolist() == [[-0.25, -0.25, 0.0], [-0.5, 0.0, 0.0]]
    assert nn.KLDivLoss("sum", log_target=True)(x, x.detach()).item() == 0.0


def test_logits_that_are_infinite_have_a_loss_and_a_slope():
    z = ag.tensor([np.inf, -np.inf, np.inf, -np.inf], requires_grad=True)
    for loss, factor in ((nn.BCEWithLogitsLoss("none"), 1.0), (nn.BCEWithLogitsLoss("none", pos_weight=3.0), 3.0)):
        value = loss(z, [1, 0, 0, 1])
        assert value.tolist() == [0.0, 0.0, np.inf, np.inf]
        (slope,) = ag.gradients(value, z, np.ones(4))
        assert_allclose(slope.numpy(), [0, 0, 1, -factor], atol=1e-300)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss("none"), nn.CrossEntropyLoss("none", weight=[1.0, 1.0, 1.0])])
def test_a_class_that_is_masked_by_minus_infinity_has_no_part_in_the_loss(loss):
    z = ag.tensor([[0.0, -np.inf, 0.0]], requires_grad=True)
    value = loss(z, [2])
    value.sum().backward()
    assert_allclose(value.item(), np.log(2))
    assert_allclose(z.grad.numpy(), [[0.5, 0, -0.5]])
    assert nn.CrossEntropyLoss()(z, [[0.5, 0.0, 0.5]]).item() == pytest.approx(np.log(2))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_losses_keep_the_dtype_and_their_extremes_in_less_precision(dtype):
    z = ag.tensor(np.array([[1e4, 0.0], [-1e4, 0.0]], dtype), requires_grad=True)
    for options in ({}, {"weight": [1.0, 2.0]}, {"label_smoothing": 0.0, "ignore_index": 0}):
        value = nn.CrossEntropyLoss("none", **options)(z, [0, 1])
        assert value.dtype == dtype and value.tolist() == [0.0, 0.0]
    for loss in (nn.L1Loss("none"), nn.HuberLoss("none"), nn.BCEWithLogitsLoss("none", pos_weight=2.0)):
        value = loss(z, np.zeros((2, 2)))
        assert value.dtype == dtype and np.isfinite(value.numpy()).all()
        assert ag.gradients(value.sum(), z)[0].dtype == dtype


def test_class_weights_and_ignored_labels_make_a_weighted_mean():
    """By the formula Σ w[y] l / Σ w[y], over the labels that are not ignored."""
    w, labels = np.array([0.5, 2.0, 1.0]), np.array([0, -1, 2])
    each = nn.CrossEntropyLoss("none")(LOGITS, np.array([0, 0, 2])).numpy()
    value = nn.CrossEntropyLoss(weight=w, ignore_index=-1)(LOGITS, labels)
    assert_allclose(value.item(), (0.5 * each[0] + 1.0 * each[2]) / 1.5)
    assert nn.CrossEntropyLoss("none", ignore_index=-1)(LOGITS, labels).numpy()[1] == 0.0
    by_logs = nn.NLLLoss(weight=w, ignore_index=-1)(ag.log_softmax(LOGITS), labels)
    assert_allclose(by_logs.item(), value.item())


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(weight=[1.0, 0.0, 1.0]), nn.CrossEntropyLoss(ignore_index=1)])
def test_the_mean_of_ignored_labels_only_is_refused_and_their_sum_is_0(loss):
    with pytest.raises(ArgumentError, match="all 3 labels are ignored"):
        loss(LOGITS, [1, 1, 1])
    loss.reduction = "sum"
    assert loss(LOGITS, [1, 1, 1]).item() == 0.0


def test_one_hot_probabilities_are_the_loss_of_the_labels():
    for smoothing in (0.0, 0.1):
        loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
        assert_allclose(loss(LOGITS, np.eye(3)[LABELS]).item(), loss(LOGITS, LABELS).item(), rtol=1e-14)


def test_pixels_are_classified_as_rows_are():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
    rows = np.moveaxis(z, 1, -1).reshape(-1, 3)
    for options in ({}, {"weight": [1.0, 2.0, 0.5], "label_smoothing": 0.1, "ignore_index": 2}):
        whole = nn.CrossEntropyLoss(**options)
        assert_allclose(whole(z, y).item(), whole(rows, y.ravel()).item(), rtol=1e-13)
        assert_allclose(whole.accuracy(ag.tensor(z), y), whole.accuracy(ag.tensor(rows), y.ravel()))


def test_the_accuracy_leaves_out_what_is_ignored_and_takes_probabilities():
    logits = ag.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert nn.CrossEntropyLoss().accuracy(logits, [0, -100, 0]) == 0.5
    assert nn.CrossEntropyLoss().accuracy(logits, [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]) == pytest.approx(2 / 3)
    with pytest.raises(ShapeError, match="The accuracy of no predictions"):
        nn.NLLLoss().accuracy(logits, [-100, -100, -100])
    assert nn.KLDivLoss().accuracy(logits, None) is None


@pytest.mark.parametrize(
    ("loss", "shown"),
    [
        (nn.CrossEntropyLoss(), "CrossEntropyLoss(reduction='mean')"),
        (nn.CrossEntropyLoss(weight=np.ones(10)), "CrossEntropyLoss(reduction='mean', weight=array of shape (10,))"),
        (nn.HuberLoss(delta=0.5), "HuberLoss(reduction='mean', delta=0.5)"),
        (nn.KLDivLoss("batchmean", log_target=True), "KLDivLoss(reduction='batchmean', log_target=True)"),
    ],
)
def test_a_loss_shows_what_it_was_made_with(loss, shown):
    assert repr(loss) == shown


def test_weights_of_a_loss_are_its_own():
    w = np.ones(3)
    loss = nn.CrossEntropyLoss(weight=w)
    before = loss(LOGITS, LABELS).item()
    w[:] = [100.0, 1.0, 1.0]
    assert loss(LOGITS, LABELS).item() == before


@pytest.mark.parametrize("loss", [nn.L1Loss(), nn.L1Loss("sum"), nn.HuberLoss(), nn.HuberLoss("sum", delta=0.05)])
@pytest.mark.parametrize("batch", [True, False])
def test_the_hand_formulas_know_the_robust_losses(loss, batch):
    rng = np.random.default_rng(0)
    model = nn.MLP([3, 4, 2], "tanh", rng=0)
    x, y = (rng.normal(size=(5, 3)), rng.normal(size=(5, 2))) if batch else (rng.normal(size=3), rng.normal(size=2))
    record = nn.backprop(model, x, y, loss)
    by_hand = record.by_hand()
    assert_allclose(by_hand.loss, record.loss, rtol=1e-14)
    for layer, hand in zip(record.layers, by_hand.layers, strict=True):
        assert_allclose(layer.dW, hand.dW, rtol=1e-12, atol=1e-15)
    for lang in ("en", "es"):
        for notation in ("z-a", "u-o"):
            assert record.text(notation, lang) and record.to_latex(notation=notation, lang=lang)


def test_a_right_and_a_wrong_formula_for_the_absolute_error_are_told_apart():
    model = nn.MLP.from_weights([[[0.5, -0.25]]], [[0.1]])

    def right(x, y, a1):
        delta1 = np.sign(a1 - y)
        return {"delta1": delta1, "dW1": np.outer(delta1, x), "db1": delta1}

    def wrong(x, y, a1):
        delta1 = a1 - y
        return {"delta1": delta1, "dW1": np.outer(delta1, x), "db1": delta1}

    assert nn.verify(model, [1.0, 2.0], [0.75], nn.L1Loss(), hand=right).ok
    report = nn.verify(model, [1.0, 2.0], [0.75], nn.L1Loss(), hand=wrong)
    assert not report.ok and report.first_error == "delta1"


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (nn.CrossEntropyLoss(weight=[1.0, 2.0]), 1),
        (nn.CrossEntropyLoss(label_smoothing=0.1), 1),
        (nn.CrossEntropyLoss("sum"), [0.25, 0.75]),
        (nn.CrossEntropyLoss("sum"), -100),
        (nn.BCEWithLogitsLoss(pos_weight=2.0), [0.0, 1.0]),
    ],
)
def test_what_the_hand_formulas_do_not_know_is_recorded_and_said(loss, y):
    record = nn.backprop(nn.MLP([2, 2], rng=0), [1.0, 2.0], y, loss)
    assert record.loss_key == "custom" and record.text() and record.to_latex()
    with pytest.raises(ArgumentError, match="the hand formulas cannot follow this pass"):
        record.by_hand()


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (nn.CrossEntropyLoss(weight=[1.0, 2.0], label_smoothing=0.1), [1]),
        (nn.CrossEntropyLoss(), [[0.5, 0.5]]),
        (nn.BCEWithLogitsLoss(pos_weight=2.0), [[0, 1]]),
        (nn.HuberLoss(), [[0.5, 9.0]]),
        (nn.L1Loss(), [[0.5, 9.0]]),
    ],
)
def test_a_loss_with_options_is_drawn_and_explained(loss, y):
    value = loss(nn.MLP([2, 2], rng=0)([[1.0, 2.0]]), y)
    assert ag.draw(value).source and ag.explain(value).text()
    assert nn.draw(nn.MLP([2, 2], rng=0), [[1.0, 2.0]], y, loss).source


DOUBLED = [
    (nn.CrossEntropyLoss(), nn.Softmax(), np.array([0, 1]), "softmax", "Softmax"),
    (nn.CrossEntropyLoss(label_smoothing=0.1), nn.LogSoftmax(), np.array([0, 1]), "log_softmax", "LogSoftmax"),
    (nn.BCEWithLogitsLoss(), nn.Sigmoid(), np.ones((2, 3)), "sigmoid", "Sigmoid"),
]


@pytest.mark.parametrize(("loss", "activation", "y", "operation", "module"), DOUBLED)
def test_a_loss_of_logits_warns_once_of_what_is_no_logits(
    loss: nn.Loss, activation: nn.Module, y: Any, operation: str, module: str
) -> None:
    model = nn.Sequential(nn.Linear(4, 3, rng=0), activation)
    with pytest.warns(UserWarning) as caught:
        loss(model(np.ones((2, 4))), y)
        loss(model(np.ones((2, 4))), y)
    assert [str(each.message) for each in caught] == [
        f"{type(loss).__name__} takes logits, and the prediction is a {operation}: it would be taken twice.\n"
        f"Leave the {module} out."
    ]
    assert caught[0].filename == __file__


def test_a_loss_of_logits_is_silent_of_logits_and_where_nothing_is_recorded() -> None:
    model, x, y = nn.Linear(4, 3, rng=0), np.ones((2, 4)), np.array([0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.CrossEntropyLoss()(model(x), y)
        nn.BCEWithLogitsLoss()(np.tanh(model(x)), np.ones((2, 3)))
        nn.NLLLoss()(nn.LogSoftmax()(model(x)), y)
        nn.BCELoss()(nn.Sigmoid()(model(x)), np.ones((2, 3)))
        with ag.no_grad():
            nn.CrossEntropyLoss()(nn.Softmax()(model(x)), y)
