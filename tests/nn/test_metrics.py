"""Metrics: their closed forms, scikit-learn's numbers, and what they refuse rather than misread."""

import functools
import sys
import warnings
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, AutogradError, DtypeError, ShapeError, UnknownKeywordError, UsageError
from nn.metrics import (
    accuracy,
    confusion_matrix,
    from_sklearn,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    top_k_accuracy,
)

quick = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32)


@quick
@given(seeds, st.integers(1, 30), st.integers(2, 6))
def test_accuracy_counts_the_right_ones(seed, n, classes):
    rng = np.random.default_rng(seed)
    logits, y = rng.normal(size=(n, classes)), rng.integers(0, classes, n)
    right = sum(max(range(classes), key=lambda c: logits[k, c]) == y[k] for k in range(n)) / n
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    one_hot = np.eye(classes)[y]
    for given_ in (logits, probabilities, logits.astype(np.float32), ag.tensor(logits, requires_grad=True)):
        assert accuracy(given_, y) == accuracy(given_, one_hot) == accuracy(given_, y.astype(float)) == right
    assert accuracy(logits.argmax(axis=1), y) == right
    assert top_k_accuracy(logits, y, k=1) == top_k_accuracy(logits, one_hot, k=1) == right
    matrix = confusion_matrix(logits, y)
    assert matrix.shape == (classes, classes) and matrix.sum() == n
    assert_allclose(np.trace(matrix) / n, right)
    assert all(
        matrix[i, j] == sum(y[k] == i and logits[k].argmax() == j for k in range(n))
        for i in range(classes)
        for j in range(classes)
    )


@quick
@given(seeds, st.integers(1, 30))
def test_accuracy_of_two_classes(seed, n):
    rng = np.random.default_rng(seed)
    z, y = np.append(rng.normal(size=n), -3.0), rng.integers(0, 2, n + 1)
    right = np.mean((z > 0) == (y == 1))
    for shape in ((n + 1,), (n + 1, 1)):
        assert accuracy(z.reshape(shape), y.reshape(shape)) == right
        assert accuracy(1 / (1 + np.exp(-z.reshape(shape))), y.reshape(shape), threshold=0.5) == right
        assert accuracy(z.reshape(shape), y.reshape(shape).astype(bool)) == right
    assert nn.BCEWithLogitsLoss().accuracy(ag.tensor(z), y) == right


def test_probabilities_taken_for_logits_are_warned_of():
    with pytest.warns(UserWarning, match="threshold=0.5 if they are probabilities"):
        assert accuracy([0.9, 0.2], [1, 0]) == 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert accuracy([0.9, 0.2], [1, 0], threshold=0) == 0.5
        assert accuracy([0.9, 0.2], [1, 0], threshold=0.5) == 1.0


def test_among_equal_numbers_the_first_class_comes_first():
    scores = np.zeros((3, 4))
    assert [top_k_accuracy(scores, [0, 1, 3], k=k) for k in (1, 2, 3, 4)] == [1 / 3, 2 / 3, 2 / 3, 1.0]
    assert accuracy(scores, [0, 1, 3]) == 1 / 3


@quick
@given(seeds, st.integers(2, 30), st.integers(1, 3))
def test_regression_by_its_closed_forms(seed, n, outputs):
    rng = np.random.default_rng(seed)
    a, y = rng.normal(size=(n, outputs)), rng.normal(size=(n, outputs))
    assert_allclose(mean_absolute_error(a, y), sum(abs(a - y).ravel()) / a.size)
    assert_allclose(mean_squared_error(a, y), sum(((a - y) ** 2).ravel()) / a.size)
    each = [1 - np.var(y[:, j] - a[:, j]) / np.var(y[:, j]) for j in range(outputs)]
    shift = [np.mean(y[:, j] - a[:, j]) ** 2 / np.var(y[:, j]) for j in range(outputs)]
    assert_allclose(r2_score(a, y), np.mean(each) - np.mean(shift), rtol=1e-9, atol=1e-9)
    assert r2_score(y, y) == 1.0
    assert_allclose(r2_score(np.broadcast_to(y.mean(axis=0), y.shape), y), 0.0, atol=1e-9)


def test_float32_is_measured_in_float64():
    a, y = np.full(1000, 1e4, np.float32), np.full(1000, 1e4 + 0.0625, np.float32)
    assert mean_absolute_error(a, y) == abs(float(a[0]) - float(y[0]))


def test_constant_targets():
    assert r2_score([1.0, 1.0], [1.0, 1.0]) == 1.0
    assert r2_score([1.0, 2.0], [1.0, 1.0]) == 0.0


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_metrics_are_those_of_scikit_learn(rng):
    theirs = import_module("sklearn.metrics")
    logits, y = rng.normal(size=(200, 5)), rng.integers(0, 5, 200)
    assert_allclose(accuracy(logits, y), theirs.accuracy_score(y, logits.argmax(axis=1)))
    assert confusion_matrix(logits, y).tolist() == theirs.confusion_matrix(y, logits.argmax(axis=1)).tolist()
    for k in (1, 2, 3):
        assert_allclose(top_k_accuracy(logits, y, k), theirs.top_k_accuracy_score(y, logits, k=k))
    a, t = rng.normal(size=(50, 3)), rng.normal(size=(50, 3))
    assert_allclose(r2_score(a, t), theirs.r2_score(t, a))
    assert_allclose(mean_absolute_error(a, t), theirs.mean_absolute_error(t, a))
    assert r2_score([1.0, 2.0], [1.0, 1.0]) == theirs.r2_score([1.0, 1.0], [1.0, 2.0])


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_borrowed_metrics_get_what_they_take(rng):
    theirs = import_module("sklearn.metrics")
    logits, y = rng.normal(size=(200, 4)), rng.integers(0, 4, 200)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    predicted = logits.argmax(axis=1)
    macro = from_sklearn("f1_score", average="macro")
    assert macro.__name__ == "f1_score"
    for given_ in (logits, ag.tensor(logits), p, predicted):
        assert_allclose(macro(given_, y), theirs.f1_score(y, predicted, average="macro"))
    assert_allclose(macro(logits, np.eye(4)[y]), theirs.f1_score(y, predicted, average="macro"))
    assert_allclose(from_sklearn(theirs.cohen_kappa_score)(logits, y), theirs.cohen_kappa_score(y, predicted))
    for given_ in (logits, p, p.astype(np.float32)):
        assert_allclose(from_sklearn("log_loss")(given_, y), theirs.log_loss(y, p), rtol=1e-5)
        auc = theirs.roc_auc_score(y, p, multi_class="ovr")
        assert_allclose(from_sklearn("roc_auc_score", multi_class="ovr")(given_, y), auc)


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_borrowed_metrics_of_two_classes(rng):
    theirs = import_module("sklearn.metrics")
    z, y = rng.normal(size=200) * 50, rng.integers(0, 2, 200)
    p = np.where(z > 0, 1 / (1 + np.exp(-abs(z))), np.exp(-abs(z)) / (1 + np.exp(-abs(z))))
    columns = np.column_stack([np.zeros(200), z])
    for name in ("f1_score", "precision_score", "matthews_corrcoef"):
        expected = getattr(theirs, name)(y, z > 0)
        for given_ in (z, columns):
            assert_allclose(from_sklearn(name)(given_, y), expected)
        assert_allclose(from_sklearn(name)(z.reshape(-1, 1), y.reshape(-1, 1).astype(float)), expected)
        assert_allclose(from_sklearn(name, logits=False)(p, y), expected)
    for name in ("log_loss", "brier_score_loss"):
        expected = getattr(theirs, name)(y, p)
        for given_ in (z, columns):
            assert_allclose(from_sklearn(name)(given_, y), expected)
        assert_allclose(from_sklearn(name, logits=False)(p, y), expected)
    for name in ("roc_auc_score", "average_precision_score"):
        for given_ in (z, columns, z.reshape(-1, 1)):
            assert_allclose(from_sklearn(name)(given_, y), getattr(theirs, name)(y, z))
    with pytest.warns(UserWarning, match="logits=False if they are probabilities"):
        from_sklearn("log_loss")(np.array([0.2, 0.7]), [0, 1])


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_borrowed_metrics_of_numbers(rng):
    theirs = import_module("sklearn.metrics")
    a, y = rng.normal(size=50), rng.integers(0, 2, 50)
    for name in ("r2_score", "explained_variance_score", "median_absolute_error", "max_error"):
        assert_allclose(from_sklearn(name)(a, y), getattr(theirs, name)(y, a))
    relevance, scores = rng.integers(0, 4, (6, 5)), rng.normal(size=(6, 5))
    ndcg = from_sklearn("ndcg_score", takes="values")
    assert_allclose(ndcg(scores, relevance), theirs.ndcg_score(relevance, scores))


@pytest.mark.extra("sklearn")
@pytest.mark.extra("sklearn")
def test_what_is_no_metric_of_scikit_learn():
    with pytest.raises(ArgumentError, match=r"has no metric 'f1_scor'.\nDid you mean 'f1_score'"):
        from_sklearn("f1_scor")
    with pytest.raises(ArgumentError, match="no metric 'RocCurveDisplay'"):
        from_sklearn("RocCurveDisplay")
    with pytest.raises(UnknownKeywordError, match=r"has no keyword 'avrage'.\nDid you mean 'average'"):
        from_sklearn("f1_score", avrage="macro")
    with pytest.raises(UsageError, match=r"f1_score gave an array of shape \(2,\)"):
        from_sklearn("f1_score", average=None)([1, 0], [1, 1])


def test_without_scikit_learn_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    with pytest.raises(UsageError, match=r"needs scikit-learn, which is not installed.\nRun pip install scikit-learn"):
        from_sklearn("f1_score")


@pytest.mark.parametrize("metric", [accuracy, mean_absolute_error, mean_squared_error, r2_score, confusion_matrix])
def test_metrics_never_broadcast_and_take_no_nan(metric):
    with pytest.raises(ShapeError, match="a metric never broadcasts"):
        metric(np.zeros((4, 1)), np.zeros(4, int))
    with pytest.raises(ShapeError, match="no examples"):
        metric(np.zeros(0), np.zeros(0))
    with pytest.raises(ArgumentError, match=r"The prediction holds 1 NaN, the first at \[1\]"):
        metric(np.array([0.0, np.nan]), np.zeros(2, int))
    with pytest.raises(ArgumentError, match="The target holds 2 NaN"):
        metric(np.zeros(2), np.full(2, np.nan))
    with pytest.raises(DtypeError):
        metric(np.zeros(2, complex), np.zeros(2))
    with pytest.raises(DtypeError):
        metric(np.zeros(2), ["a", "b"])


@pytest.mark.parametrize(
    ("prediction", "target", "part"),
    [
        (np.zeros((2, 3)), [0, 3], "The target holds the label 3; labels are from 0 to 2"),
        (np.zeros((2, 3)), [0, -1], "The target holds the label -1"),
        (np.zeros((2, 3)), [0.0, 0.5], "The target holds the label 0.5"),
        (np.full(2, -1.0), [0, 2], "The target holds the label 2; labels are from 0 to 1"),
        (np.zeros((2, 3)), np.ones((2, 3)), "do not add up to 1"),
        (np.zeros((2, 3)), np.zeros((2, 4)), "a metric never broadcasts"),
    ],
)
def test_targets_that_are_no_classes(prediction, target, part):
    with pytest.raises(AutogradError) as caught:
        accuracy(prediction, target)
    assert part in str(caught.value)


def test_metrics_over_an_epoch_are_those_of_all_predictions():
    x, y = nn.datasets.make_moons(70, noise=0.2, rng=0)
    model = nn.MLP([2, 8, 2], rng=0)
    metrics = {"accuracy": accuracy, "top 2": functools.partial(top_k_accuracy, k=2)}
    measured = nn.evaluate(model, x, y, nn.CrossEntropyLoss(), metrics=metrics)
    with ag.no_grad():
        prediction = model(x)
    assert measured.metrics == {"accuracy": accuracy(prediction, y), "top 2": 1.0}
