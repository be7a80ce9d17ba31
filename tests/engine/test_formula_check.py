"""ag.check_formula: formulas as students derive them, right, wrong in a known way, and wrong in no known way."""

import json
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.by_hand.report import FormulaReport, WrongElement, WrongShape
from autograd_lite.errors import DtypeError, GradientCheckError, UsageError

Formula = Callable[..., Any]
RANDOM = np.random.default_rng(7)
X, W, B = RANDOM.standard_normal((6, 4)), RANDOM.standard_normal((4, 3)), RANDOM.standard_normal(3)
y, w = RANDOM.standard_normal(6), RANDOM.standard_normal(4)
labels = np.array([0, 2, 1, 1, 0, 2])
A = np.array([[2.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 3.0]])


def least_squares(w: Any, X: Any, y: Any) -> Any:
    return ((X @ w - y) ** 2).sum() / 2


def least_squares_by_hand(w: Any, X: Any, y: Any) -> Any:
    return {"w": X.T @ (X @ w - y)}


def logistic(w: Any, X: Any, y: Any) -> Any:
    z = X @ w
    return np.mean(np.log1p(np.exp(z)) - y * z)


def logistic_by_hand(w: Any, X: Any, y: Any) -> Any:
    return {"w": X.T @ (1 / (1 + np.exp(-X @ w)) - y) / len(y)}


def softmax_nll(W: Any, b: Any, X: Any, labels: Any) -> Any:
    z = X @ W + b
    return -(z[np.arange(6), labels] - np.log(np.exp(z).sum(1))).mean()


def softmax_nll_by_hand(W: Any, b: Any, X: Any, labels: Any) -> Any:
    e = np.exp(X @ W + b)
    delta = (e / e.sum(1, keepdims=True) - np.eye(3)[labels]) / len(X)
    return {"W": X.T @ delta, "b": delta.sum(0)}


PROBLEMS: dict[str, tuple[Formula, Formula, tuple[Any, ...]]] = {
    "least squares": (least_squares, least_squares_by_hand, (w, X, y)),
    "logistic regression": (logistic, logistic_by_hand, (w, X, (y > 0).astype(float))),
    "softmax and negative log-likelihood": (softmax_nll, softmax_nll_by_hand, (W, B, X, labels)),
    "a quadratic form": (lambda x, A: x @ A @ x / 2, lambda x, A: {"x": A @ x}, (B, A)),
    "a norm": (lambda x: np.sqrt((x * x).sum()), lambda x: x / np.linalg.norm(x), (B,)),
    "an entropy": (lambda p: -(p * np.log(p)).sum(), lambda p: -np.log(p) - 1, (np.array([0.2, 0.3, 0.5]),)),
    "a scalar": (lambda x: np.sin(x) * x, lambda x: np.cos(x) * x + np.sin(x), (0.7,)),
    "two inputs as a tuple": (lambda u, v: (u * v).sum(), lambda u, v: (v, u), (w, np.array([1.0, 2.0, 3.0, 4.0]))),
}  # fmt: skip


def changed(by_hand: Formula, change: Callable[[Any], Any]) -> Formula:
    """The formula with every gradient changed."""

    def wrong(*inputs: Any) -> Any:
        found = by_hand(*inputs)
        if isinstance(found, dict):
            return {name: change(each) for name, each in found.items()}
        return tuple(map(change, found)) if isinstance(found, tuple) else change(found)

    return wrong


def ids(report: FormulaReport) -> list[tuple[str, ...]]:
    return [each.ids for finding in report.findings for each in finding.causes]


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_right_formula_is_right_at_every_point(name: str) -> None:
    f, by_hand, inputs = PROBLEMS[name]
    for seed in range(3):
        report = ag.check_formula(f, by_hand, *inputs, seed=seed)
        assert report.ok and report.score == 1.0 and report.first_error is None and report.diagnosis == ""
        assert all(each.points == 6 for each in report.gradients)
    report.raise_if_wrong()


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize(
    ("change", "expected"),
    [(lambda g: -g, "sign"), (lambda g: 2 * g, "twice"), (lambda g: g / 2, "half"), (lambda g: 0 * g, "missing"),
     (lambda g: 1.3 * g, "factor")],
)  # fmt: skip
def test_a_planted_mistake_is_named_in_every_problem(name: str, change: Any, expected: str) -> None:
    f, by_hand, inputs = PROBLEMS[name]
    report = ag.check_formula(f, changed(by_hand, change), *inputs)
    assert (expected,) in ids(report) and not report.ok and report.score == 0.0


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize(
    "change",
    [
        lambda g: g + 0.1 * g**2,
        lambda g: np.tanh(g),
        lambda g: g * np.linspace(0.5, 2.3, g.size).reshape(g.shape) + g**3,
    ],
)
def test_an_unrelated_bug_gets_no_name_but_a_place(name: str, change: Any) -> None:
    f, by_hand, inputs = PROBLEMS[name]
    report = ag.check_formula(f, changed(by_hand, lambda g: change(np.asarray(g, float))), *inputs)
    assert not report.ok and ids(report) == [] and isinstance(report.first_error, WrongElement)


def test_the_worst_element_is_quoted_with_the_vote() -> None:
    report = ag.check_formula(least_squares, lambda w, X, y: {"w": 2 * X.T @ (X @ w - y)}, w, X, y)
    true = X.T @ (X @ w - y)
    error = report.first_error
    assert isinstance(error, WrongElement)
    assert (error.name, error.index, error.point) == ("w", (int(np.abs(true).argmax()),), 0)
    assert np.allclose([error.by_hand, error.autodiff, error.differences], true[error.index] * np.array([2, 1, 1]))
    assert np.isclose(error.ratio, 2) and np.array_equal(error.inputs["X"], X)
    with pytest.raises(GradientCheckError) as caught:
        report.raise_if_wrong()
    assert len(str(caught.value).splitlines()) == 2 and "twice as large" in str(caught.value)


def test_a_mean_in_place_of_a_sum_is_named_with_what_it_runs_over() -> None:
    report = ag.check_formula(least_squares, lambda w, X, y: {"w": X.T @ (X @ w - y) / 6}, w, X, y)
    assert report.diagnosis == "w: divided by 6 (X.shape[0] = y.shape[0]): a mean in place of a sum."


def test_only_the_wrong_gradient_is_blamed() -> None:
    def by_hand(W: Any, b: Any, X: Any, labels: Any) -> Any:
        found = softmax_nll_by_hand(W, b, X, labels)
        return {**found, "b": found["b"] * 6}

    report = ag.check_formula(softmax_nll, by_hand, W, B, X, labels)
    assert [each.verdict for each in report.gradients] == ["right", "wrong"] and report.score == 0.5
    assert report.diagnosis.startswith("b: 6 times too large")


def test_two_gradients_wrong_in_two_ways_are_told_one_by_one() -> None:
    report = ag.check_formula(lambda u, v: (u * v).sum(), lambda u, v: (-v, 2 * u), w, y[:4])
    assert [finding.names for finding in report.findings] == [("u",), ("v",)]
    assert ids(report)[0] == ("sign",) and ("twice",) in ids(report)


def test_a_transposed_gradient_is_named_whether_its_shape_fits_or_not() -> None:
    square = RANDOM.standard_normal((4, 4))
    for f, by_hand, given in [
        (lambda W, X: ((X @ W) ** 2).sum(), lambda W, X: {"W": (2 * X.T @ (X @ W)).T}, square),
        (lambda W, X: ((X @ W) ** 2).sum(), lambda W, X: {"W": (2 * X.T @ (X @ W)).T}, W),
    ]:
        report = ag.check_formula(f, by_hand, given, X)
        assert ids(report) == [("transpose",)]
    assert isinstance(report.first_error, WrongShape)
    assert (report.first_error.found, report.first_error.expected) == ((3, 4), (4, 3))
    with pytest.raises(GradientCheckError, match="its transpose would fit"):
        report.raise_if_wrong()


def test_a_gradient_that_is_not_summed_over_the_batch_is_named() -> None:
    report = ag.check_formula(least_squares, lambda w, X, y: {"w": X * (X @ w - y)[:, None]}, w, X, y)
    assert ids(report) == [("unsummed",)]
    assert "shape (6, 4), expected (4,)" in str(report)


def test_zeros_do_not_pass_where_only_this_gradient_is_zero() -> None:
    minimum = np.linalg.lstsq(X, y, rcond=None)[0]
    assert ag.check_formula(least_squares, least_squares_by_hand, minimum, X, y).ok
    report = ag.check_formula(least_squares, lambda w, X, y: {"w": np.zeros(4)}, minimum, X, y)
    assert not report.ok and report.first_error is not None and report.first_error.point == 1  # type: ignore[union-attr]
    assert ids(report) == [("missing",)]


def test_without_other_points_a_zero_gradient_cannot_tell() -> None:
    report = ag.check_formula(lambda x: (x * x).sum(), lambda x: 7 * x, np.zeros(3), probes=0)
    assert report.verdict == "undecided" and not report.ok and "cannot tell" in str(report)
    with pytest.raises(UsageError, match="could not be judged"):
        report.raise_if_wrong()


def test_zeros_pass_where_the_function_is_constant() -> None:
    report = ag.check_formula(lambda x: (np.exp(x) / np.exp(x).sum()).sum(), lambda x: np.zeros(3), B)
    assert report.ok and "zero at every point" in str(report)


def test_a_formula_that_knows_the_data_by_heart_is_found_by_moving_them() -> None:
    known = X.T @ y
    report = ag.check_formula(least_squares, lambda w, X, y: {"w": X.T @ X @ w - known}, w, X, y)
    assert not report.ok and isinstance(report.first_error, WrongElement) and report.first_error.point == 2
    assert "w is right for the data given, and wrong for others" in str(report)


@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.3, 1.0])
def test_at_a_kink_no_formula_is_wrong(slope: float) -> None:
    report = ag.check_formula(
        lambda x: np.abs(x).sum(), lambda x: np.where(x == 0, slope, np.sign(x)), [0.0, 1.0, -2.0]
    )
    assert report.ok
    assert slope == 0.0 or "x[0], at a kink: the slope is -1 on one side and 1 on the other" in str(report)


def test_beside_a_kink_a_formula_can_be_wrong() -> None:
    report = ag.check_formula(lambda x: np.maximum(x, 0).sum(), lambda x: 2.0 * (x > 0), np.array([0.0, 1.0, -2.0]))
    assert not report.ok and ids(report)[0] == ("twice",)


def test_a_fault_of_a_rule_is_not_blamed_on_the_formula() -> None:
    cubed = ag.primitive(lambda x: x**3, x=lambda g, x: g * x**2, name="cubed_with_a_fault")
    right = ag.check_formula(lambda x: cubed(x).sum(), lambda x: 3 * x**2, B)
    assert right.ok and "not in the formula" in right.text(columns=1000)
    other = ag.check_formula(lambda x: cubed(x).sum(), lambda x: 5 * x**2, B)
    assert other.verdict == "undecided" and other.first_error is None
    with pytest.raises(UsageError, match="not in the formula"):
        other.raise_if_wrong()


@pytest.mark.parametrize(
    ("f", "by_hand", "given"),
    [
        (lambda A, x: x @ A @ x / 2, lambda A, x: {"x": A @ x}, (A, B)),
        (lambda p: np.log(p).sum(), lambda p: 1 / p, (np.array([1e-3, 0.2, 9.0]),)),
        (lambda p: np.log(p).sum(), lambda p: 1 / p, (np.array([1e-8, 2.0]),)),
        (lambda z, t: np.log(np.exp(z).sum()) - (t * z).sum(),
         lambda z, t: {"z": np.exp(z) / np.exp(z).sum() - t}, (B, np.array([0.5, 0.2, 0.3]))),
        (lambda z, t: np.log(np.exp(z).sum()) - (t * z).sum(),
         lambda z, t: {"z": np.exp(z) / np.exp(z).sum() - t}, (B, np.array([0.0, 1.0, 0.0]))),
    ],
    ids=["symmetric", "positive", "tiny", "probabilities", "one-hot"],
)  # fmt: skip
def test_a_formula_is_held_only_to_the_kind_of_arrays_it_is_for(f: Formula, by_hand: Formula, given: Any) -> None:
    for seed in range(5):
        assert ag.check_formula(f, by_hand, *given, seed=seed).ok


def test_points_outside_of_the_domain_are_drawn_closer_or_dropped_and_counted() -> None:
    assert ag.check_formula(lambda x: np.arcsin(x).sum(), lambda x: 1 / np.sqrt(1 - x * x), np.array([0.9, -0.5])).ok

    def only_here(x: Any) -> Any:
        if x[0] != 0.9:
            raise ValueError("only here")
        return {"x": 2 * x}

    report = ag.check_formula(lambda x: (x * x).sum(), only_here, np.array([0.9, -0.5]))
    assert report.ok and "hand_gradient is not defined there: 5" in str(report)


def test_inputs_and_gradients_stay_as_they_were() -> None:
    def careless(w: Any, X: Any, y: Any) -> Any:
        found = {"w": X.T @ (X @ w - y)}
        w *= 0
        X *= 0
        return found

    given = ag.tensor(w, requires_grad=True)
    data = X.copy()
    assert ag.check_formula(least_squares, careless, given, data, y).ok
    assert given.grad is None and np.array_equal(given.numpy(), w) and np.array_equal(data, X)


def test_of_tensors_those_that_require_a_gradient_are_differentiated() -> None:
    report = ag.check_formula(
        least_squares, lambda w, X, y: X.T @ (X @ w - y), ag.tensor(w, requires_grad=True), ag.tensor(X), y
    )
    assert report.ok and [each.name for each in report.gradients] == ["w"]


def test_float32_is_checked_in_float64() -> None:
    report = ag.check_formula(least_squares, least_squares_by_hand, *(each.astype(np.float32) for each in (w, X, y)))
    assert report.ok


def test_the_same_seed_gives_the_same_report() -> None:
    first, second = (ag.check_formula(least_squares, lambda w, X, y: {"w": w}, w, X, y, seed=3) for _ in range(2))
    assert first.to_dict() == second.to_dict()


def test_the_report_is_data_text_and_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    report = ag.check_formula(lambda δ: (δ * δ).sum(), lambda δ: δ, w, lang="es")
    assert json.loads(json.dumps(report.to_dict()))["mistakes"][0]["ids"] == [["half"]]
    assert "es la mitad de lo que debe ser" in str(report) and "a mano / autodiff" in report._repr_html_()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), encoding="cp1252"))
        plain = str(report)
    assert plain.isascii() and plain.startswith("WRONG La formula a mano es incorrecta.")
    named = ag.check_formula(lambda x: (x * x).sum(), lambda x: x, w, names=["<w>"])
    assert "&lt;w&gt;" in named._repr_html_() and "<w>" not in named._repr_html_()


@pytest.mark.parametrize(
    ("by_hand", "message"),
    [
        (lambda w, X, y: X.T @ (X @ w - y), "returned one gradient for the inputs w, X, y"),
        (lambda w, X, y: (w, X), "returned 2 gradients"),
        (lambda w, X, y: {"W": w}, "no input 'W'"),
        (lambda w, X, y: {"w": ag.tensor(w)}, "returned a Tensor for w"),
        (lambda w, X, y: {"w": "2x"}, "for w, no array of real numbers"),
        (lambda w, X, y: {"w": 1j * w}, "for w, no array of real numbers"),
        (lambda w, X, y: {}, "returned no gradient"),
        (lambda w, X, y: {"w": np.random.default_rng().standard_normal(4)}, "called twice"),
        (3.0, "must be a function"),
    ],
)
def test_an_answer_that_cannot_be_compared_is_an_error(by_hand: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ag.check_formula(least_squares, by_hand, w, X, y)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x * x, "scalar"),
        (lambda x: float((x.detach() * x).sum()), "returned float, not a Tensor"),
        (lambda x: (x.detach() ** 2).sum(), "does not depend on x"),
        (lambda x: np.log(-x * x).sum(), "f is nan"),
        (lambda x: (x * np.random.default_rng().standard_normal(4)).sum(), "called twice"),
    ],
)
def test_a_function_that_cannot_be_checked_is_an_error(f: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ag.check_formula(f, lambda x: 2 * x, w)


def test_integers_and_complex_numbers_are_not_differentiated() -> None:
    with pytest.raises(UsageError, match="holds no floating numbers"):
        ag.check_formula(lambda x: (x * 1.0).sum(), lambda x: {"x": np.ones(2)}, np.array([1, 2]))
    with pytest.raises(DtypeError, match="complex"):
        ag.check_formula(lambda x: (x * 1.0).sum(), lambda x: np.ones(2), np.array([1j, 2]))


def test_labels_of_whole_numbers_may_stand_beside_what_is_differentiated() -> None:
    def f(w: ag.Tensor, y: np.ndarray) -> ag.Tensor:
        assert isinstance(y, np.ndarray), "a list of whole numbers comes as an array"
        return ((w - y) ** 2).sum()  # type: ignore[no-any-return]

    assert ag.check_formula(f, lambda w, y: 2 * (w - y), np.array([0.5, 1.5]), [1, 0]).ok


def test_an_error_of_the_formula_is_told_with_its_line() -> None:
    def by_hand(w: np.ndarray) -> np.ndarray:
        return w @ np.ones((3, 3))

    with pytest.raises(UsageError, match="hand_gradient raised ValueError: matmul") as caught:
        ag.check_formula(lambda w: (w * w).sum(), by_hand, np.array([1.0, 2.0]))
    number = by_hand.__code__.co_firstlineno + 1
    assert str(caught.value).splitlines()[1] == f"It happened in line {number}: return w @ np.ones((3, 3))"
