"""nn.verify: the notes' own numbers, what cannot be tested, every form of answer, and how the report reads."""

from __future__ import annotations

import functools
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, GradientCheckError, UsageError
from autograd_lite.writing import to_ascii, width
from nn.grading.mistakes import MISTAKES
from nn.grading.report import Report

RIGHT = nn.Recursion(
    output=lambda a, y, sp: (a - y) * sp,
    hidden=lambda W_next, d_next, sp: W_next.T @ d_next * sp,
    weight=lambda d, a_prev: d @ a_prev.T,
    bias=lambda d: d.sum(axis=1, keepdims=True),
)
SECOND_NOTE = nn.Recursion(
    output=lambda o, y, sp: -2 * (y - o) * sp,
    hidden=lambda theta, d_next, sp: sp * (theta.T @ d_next),
    weight=lambda d, o_prev: d @ o_prev.T,
)


def judged(hand: Any, **options: Any) -> Report:
    """Judge a hand formula on the first note's example."""
    return nn.verify(*nn.worked_example(), hand=hand, **options)


def student(x: Any, y: Any, W2: Any, a1: Any, a2: Any, sp1: Any, sp2: Any) -> dict[str, Any]:
    delta2 = (a2 - y) * sp2
    delta1 = W2.T @ delta2 * sp1
    return {"delta2": delta2, "dW2": np.outer(delta2, a1), "delta1": delta1, "dW1": np.outer(delta1, x)}


def untested(report: Report) -> list[str]:
    return [key.removeprefix("verify.") for key, _ in report.untested]


# Both notes, number by number.

FIRST_NOTE = {
    "z1": "[0.8; 0.6; -0.8]",
    "a1": "[0.8; 0.6; 0.0]",
    "z2": "0.15",
    "a2": "0.5374",
    "L": "0.1070",
    "delta2": "-0.1150",
    "dW2": "[-0.092 & -0.069 & 0.0]",
    "db2": "-0.1150",
    "delta1": "[-0.023, 0.0115, 0.0]",
    "dW1": "[[-0.023, -0.046], [0.0115, 0.023], [0, 0]]",
    "db1": "-0.023 0.0115 0",
}


def test_every_number_of_the_first_note_is_right() -> None:
    report = judged(nn.Printed(FIRST_NOTE))
    assert report.ok and report.score == 1.0 and len(report.verdicts) == len(FIRST_NOTE)


@pytest.mark.parametrize("name", FIRST_NOTE)
def test_a_wrong_digit_in_any_number_of_the_first_note_is_found(name: str) -> None:
    first = re.search(r"\d\.\d+", FIRST_NOTE[name])
    assert first is not None
    digits = len(first[0]) - 2
    wrong = FIRST_NOTE[name].replace(first[0], f"{float(first[0]) + 2 * 10**-digits:.{digits}f}", 1)
    report = judged(nn.Printed({**FIRST_NOTE, name: wrong}))
    assert not report.ok and report.first_error == name


def test_the_second_notes_formulas_and_numbers_are_right() -> None:
    problem = nn.worked_example("second")
    assert nn.verify(*problem, hand=SECOND_NOTE, notation="u-o").ok
    numbers = {"u1": "0.7 0.6 -0.7", "o1": "0.7 0.6 0", "u2": "0.08", "o2": "0.5200", "Err": "0.2304"}
    numbers |= {"δ2": "-0.2396", "δ1": "-0.0479 0.0240 0", "dErr/dθ2": "-0.1677 -0.1438 0"}
    assert nn.verify(*problem, hand=nn.Printed(numbers), notation="u-o").ok


def test_the_second_notes_loss_in_the_first_notes_network_is_a_factor_of_two() -> None:
    report = judged(SECOND_NOTE)
    assert report.first_error == "delta2" and report.diagnosis_ids == ["factor_two"]
    assert "So it would be for the loss Σ (a − y)²; the model uses ½ Σ (a − y)²." in report.diagnosis


# What cannot be tested.


def test_one_example_and_one_output_say_what_they_cannot_show() -> None:
    assert untested(judged(RIGHT)) == ["untested_batch", "untested_outputs", "equivalent"]


def test_a_batch_of_several_outputs_leaves_nothing_untested() -> None:
    model, rng = nn.MLP([3, 4, 2], "tanh", rng=0), np.random.default_rng(0)
    report = nn.verify(model, rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), nn.HalfSSELoss(), RIGHT)
    assert report.ok and report.untested == ()


def test_relus_slope_at_a_is_right_and_called_equivalent() -> None:
    def at_a(x: Any, y: Any, W2: Any, a1: Any, a2: Any, sp2: Any) -> dict[str, Any]:
        delta2 = (a2 - y) * sp2
        return {"delta2": delta2, "delta1": W2.T @ delta2 * (a1 > 0)}

    report = judged(at_a)
    assert report.ok and "σ′ taken at a¹ instead of z¹: for ReLU both are the same" in report.text(columns=200)


def test_live_relus_in_printed_numbers_cannot_show_the_slope() -> None:
    live = nn.MLP.from_weights([[[1, 1], [2, 1]], [[1, 2]]], [[1, 1], [0]], activation="relu")
    printed = nn.Printed({"delta2": "10.00", "delta1": "10.00 20.00"})
    report = nn.verify(live, [1, 1], [1], nn.HalfSSELoss(), printed)
    assert report.ok and {"untested_point", "untested_slope"} <= {*untested(report)}


def test_a_delta_of_zeros_shows_nothing() -> None:
    dead = nn.MLP.from_weights([[[0, 0], [0, 0]], [[1, 2]]], [[-1, -1], [0]], activation="relu")
    printed = nn.Printed({"delta2": "-1.000", "delta1": "0.000 0.000"})
    report = nn.verify(dead, [1, 1], [1], nn.HalfSSELoss(), printed)
    assert report.ok and "δ¹: it is 0 throughout at this point." in report.text()


# Kinks.

AT_A_KINK = nn.MLP.from_weights([[[1, -1], [1, 1]], [[1, 2]]], [[0, 0], [0]], activation="relu")


def at_least_zero(net: Any) -> dict[str, Any]:
    delta2 = net.a2 - net.y
    delta1 = net.W2.T @ delta2 * (net.z1 >= 0)
    return {"delta2": delta2, "delta1": delta1, "dW1": np.outer(delta1, net.x), "db1": delta1}


def test_at_a_kink_either_slope_is_accepted() -> None:
    def above_zero(net: Any) -> dict[str, Any]:
        delta2 = net.a2 - net.y
        return {"delta1": net.W2.T @ delta2 * (net.z1 > 0)}

    for hand in (at_least_zero, above_zero, nn.Printed({"delta1": "3.000 6.000"})):
        report = nn.verify(AT_A_KINK, [1, 1], [1], nn.HalfSSELoss(), hand)
        assert report.ok and report.first_error is None
        assert "δ¹: the loss has a kink at [1];" in report.diagnosis


def test_a_mistake_beside_a_kink_is_still_one() -> None:
    report = nn.verify(AT_A_KINK, [1, 1], [1], nn.HalfSSELoss(), nn.Printed({"delta1": "3.000 -6.000"}))
    assert not report.ok and report.first_error == "delta1"


def test_a_kink_close_by_is_no_kink() -> None:
    near = nn.MLP.from_weights([[[1, -1], [1, 1]], [[1, 2]]], [[1e-6, 0], [0]], activation="relu")
    report = nn.verify(near, [1, 1], [1], nn.HalfSSELoss(), RIGHT)
    assert report.ok and not report.vote


# Following through.


def test_only_the_first_wrong_step_is_marked() -> None:
    def hand(net: Any) -> dict[str, Any]:
        return student(net.x, net.y, net.W2, net.a1, net.a2, net.sp1, 1.0)

    report = judged(hand)
    assert [verdict.status for verdict in report.verdicts] == ["wrong", "followed", "followed", "followed"]
    assert report.first_error == "delta2" and report.diagnosis_ids == ["missing_slope"] and report.score == 0.75


def test_unknown_printed_numbers_are_gone_on_with() -> None:
    numbers = {"delta2": "-0.2000", "dW2": "-0.1600 -0.1200 0", "delta1": "-0.0400 0.0200 0"}
    report = judged(nn.Printed(numbers))
    assert [verdict.status for verdict in report.verdicts] == ["wrong", "followed", "followed"]
    assert not report.explanations


def test_two_mistakes_in_two_layers_are_both_named() -> None:
    def hand(net: Any) -> dict[str, Any]:
        delta2 = -(net.a2 - net.y) * net.sp2
        delta1 = net.W2.T @ delta2
        return {"delta2": delta2, "dW2": np.outer(delta2, net.a1), "delta1": delta1, "dW1": np.outer(delta1, net.x)}

    report = judged(hand)
    assert report.diagnosis_ids == ["sign", "missing_slope"] and report.first_error == "delta2"


@pytest.mark.parametrize(
    ("delta2", "ids"),
    [
        (lambda net: -2 * (net.a2 - net.y) * net.sp2, ["sign", "factor_two"]),
        (lambda net: net.y - net.a2, ["missing_slope", "sign"]),
        (lambda net: net.a2, ["missing_target", "missing_slope"]),
    ],
)
def test_two_mistakes_in_one_step_are_both_named(delta2: Callable[[Any], Any], ids: list[str]) -> None:
    report = judged(lambda net: {"delta2": delta2(net)})
    assert report.diagnosis_ids == ids


def test_a_mistake_in_a_delta_that_was_not_given_is_named() -> None:
    report = judged(lambda a1, a2, y: {"dW2": np.outer(a2 - y, a1), "db2": a2 - y})
    assert report.first_error == "dW2" and report.diagnosis_ids == ["missing_slope"]
    assert "δ² lacks the factor σ′(z²)." in report.diagnosis


def test_numbers_that_several_mistakes_give_are_not_guessed_at() -> None:
    model = nn.MLP.from_weights([[[0.5], [-0.3]]], [[0.1, 0.2]])
    right = np.array([[0.6 - 1.0, -0.1 - 0.5], [1.1 - 0.25, -0.4 - 0.75]])
    printed = nn.Printed({"delta1": " ".join(f"{each / 2:.6f}" for each in right.ravel())})
    report = nn.verify(model, [[1.0], [2.0]], [[1.0, 0.5], [0.25, 0.75]], nn.HalfSSELoss(), printed)
    assert {*report.diagnosis_ids} == {"mean_for_sum", "over_outputs", "factor_half"}
    assert "These cannot be told apart here; each explains every number:" in report.diagnosis


# Printed numbers.


def test_numbers_rounded_on_the_way_are_called_so() -> None:
    report = judged(nn.Printed({"a2": "0.54", "delta2": "-0.12", "dW2": "-0.10 -0.07 0"}))
    assert not report.ok and report.first_error == "delta2" and report.rounded
    assert [verdict.status for verdict in report.verdicts] == ["right", "wrong", "followed"]
    assert "values that were rounded on the way" in report.diagnosis


@pytest.mark.parametrize("zeros", [{"delta2": "0"}, {"delta2": "-0.1"}, {"dW1": "0 0 0 0 0 0"}])
def test_too_few_digits_are_no_answer(zeros: dict[str, str]) -> None:
    report = judged(nn.Printed(zeros))
    assert not report.ok and report.score == 0.0 and report.verdicts[0].status == "too few"


def test_a_printed_number_may_have_a_power_of_ten_and_any_brackets() -> None:
    assert judged(nn.Printed({"delta2": "(−1.150×10⁻¹)", "dW2": r"-9.20e-2 \\ -6.90e-2 \\ 0"})).ok


def test_the_count_of_printed_numbers_is_told() -> None:
    assert "∂L/∂W² has 2 numbers, expected 3." in judged(nn.Printed({"dW2": "-0.092 -0.069"})).diagnosis


# Every kind of function.


class Course:
    def hand(self, a2: Any, y: Any, sp2: Any) -> dict[str, Any]:
        return {"delta2": (a2 - y) * sp2}

    def __call__(self, a2: Any, y: Any, sp2: Any) -> dict[str, Any]:
        return self.hand(a2, y, sp2)


HANDS: dict[str, Any] = {
    "names": lambda a2, y, sp2: {"delta2": (a2 - y) * sp2},
    "the second note's letters": lambda o2, y, sp2: {"δ2": -(y - o2) * sp2},
    "one namespace": lambda net: {"delta2": (net.a2 - net.y) * net.sp2},
    "defaults": lambda a2, y, sp2, factor=1.0: {"delta2": factor * (a2 - y) * sp2},
    "keywords": lambda **net: {"delta2": (net["a2"] - net["y"]) * net["sp2"]},
    "a name and keywords": lambda a2, **net: {"delta2": (a2 - net["y"]) * net["sp2"]},
    "by position": lambda a2, /, y, sp2: {"delta2": (a2 - y) * sp2},
    "a method": Course().hand,
    "an object": Course(),
    "partial": functools.partial(lambda factor, a2, y, sp2: {"delta2": factor * (a2 - y) * sp2}, 1.0),
    "lists": lambda a2, y, sp2: {"delta2": ((a2 - y) * sp2).tolist(), "db2": [[float(((a2 - y) * sp2)[0])]]},
    "a column": lambda W2, a2, y, sp1, sp2: {"delta1": (W2.T @ ((a2 - y) * sp2) * sp1).reshape(-1, 1)},
    "complex without an imaginary part": lambda a2, y, sp2: {"delta2": (a2 - y) * sp2 + 0j},
}


@pytest.mark.parametrize("form", HANDS)
def test_a_function_of_any_form_is_judged(form: str) -> None:
    report = judged(HANDS[form])
    assert report.ok and report.probes == 4


def test_a_function_of_nothing_is_judged_here_alone() -> None:
    report = judged(lambda: {"delta2": [-0.11499448096622128]})
    assert report.ok and report.probes == 0 and "untested_point" in untested(report)


def test_fixed_numbers_are_right_here_and_nowhere_else() -> None:
    report = judged(lambda net: {"delta2": [-0.11499448096622128]})
    assert report.first_error == "delta2" and not report.explanations
    assert "Here δ² is right, but not with other parameters and data" in report.diagnosis


def test_a_hand_that_writes_into_what_it_gets_falsifies_nothing() -> None:
    def careless(x: Any, y: Any, W2: Any, a1: Any, a2: Any, sp1: Any, sp2: Any) -> dict[str, Any]:
        found = {name: np.array(values) for name, values in student(x, y, W2, a1, a2, sp1, sp2).items()}
        for array in (x, y, W2, a1, a2, sp1, sp2):
            array[...] = 7.0
        return found

    problem = nn.worked_example()
    assert nn.verify(*problem, hand=careless).ok and nn.verify(*problem, hand=student).ok
    assert problem.model.layers[1].weight.tolist() == [[0.2, -0.1, 0.3]] and problem.x.tolist() == [1.0, 2.0]


def test_rules_that_write_into_what_they_get_falsify_nothing() -> None:
    def careless(rule: Callable[..., Any]) -> Callable[..., Any]:
        def writing(*operands: Any) -> Any:
            result = np.array(rule(*operands))
            for operand in operands:
                operand[...] = 7.0
            return result

        return writing

    rules = [careless(rule) for rule in (lambda a, y, sp: a - y, RIGHT.hidden, RIGHT.weight, lambda d: d + 0)]
    report = judged(nn.Recursion(*rules))
    assert report.diagnosis_ids == ["missing_slope"] and report.first_error == "delta2"
    assert [verdict.status for verdict in report.verdicts] == ["wrong", *["followed"] * 5]


def test_a_slope_that_is_1_here_is_tried_where_it_is_0() -> None:
    model = nn.MLP.from_weights([[[0.5, 0.2]], [[0.8]]], [[0.3], [0.4]], activation="relu", output_activation="relu")
    without = nn.Recursion(RIGHT.output, lambda W, d, sp: W.T @ d, RIGHT.weight, RIGHT.bias)
    report = nn.verify(model, [1.0, 1.0], [0.5], nn.HalfSSELoss(), without)
    assert report.diagnosis_ids == ["missing_slope"] and report.first_error == "delta1"
    assert "Here δ¹ comes out right all the same" in report.diagnosis


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_told(wrong: float) -> None:
    report = judged(lambda a2: {"delta2": wrong * np.ones_like(a2), "db2": wrong * np.ones_like(a2)})
    assert report.first_error == "delta2" and "δ² holds NaN or infinite numbers." in report.diagnosis


def test_a_wrong_shape_is_told_with_the_expected_one() -> None:
    report = judged(lambda a2: {"dW2": np.ones((3, 1))})
    assert "∂L/∂W² has shape (3, 1), expected (1, 3). Its transpose would fit." in report.diagnosis
    assert report.verdicts[0].status == "misshapen"


def test_a_rule_that_fits_no_shape_is_a_wrong_step() -> None:
    report = judged(nn.Recursion(RIGHT.output, lambda W, d, sp: W @ d * sp, RIGHT.weight, RIGHT.bias))
    assert report.first_error == "delta1" and "operands of shapes (1, 3), (1, 1), (3, 1)" in report.diagnosis


def test_what_is_required_and_not_given_is_not_ok() -> None:
    report = judged(student, required=["delta2", "∂L/∂b²"])
    assert not report.ok and report.score == 0.5 and report.to_dict()["missing"] == ["db2"]
    with pytest.raises(GradientCheckError, match="Not given: ∂L/∂b²"):
        report.raise_if_wrong()
    assert judged(student, required="delta2").ok


# Every kind of network.


def random_problem(loss: nn.Loss, **options: Any) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    return nn.MLP([3, 4, 2], "tanh", rng=0, **options), rng.normal(size=(5, 3)), rng.random((5, 2)), loss


def test_float32_is_judged_in_float64_and_left_as_it_is() -> None:
    model, x, y, loss = random_problem(nn.HalfSSELoss(), dtype=np.float32)
    assert nn.verify(model, x.astype(np.float32), y, loss, RIGHT).ok
    assert model.layers[0].weight.dtype == np.float32


def test_integers_are_numbers() -> None:
    model, _, _, loss = nn.worked_example()
    assert nn.verify(model, [1, 2], [1], loss, RIGHT).ok


class Softmax(nn.Module):
    def forward(self, z: Any) -> Any:
        exponentials = np.exp(z)
        return exponentials / exponentials.sum(axis=-1, keepdims=True)


def test_an_output_across_elements_has_a_jacobian_for_its_slope() -> None:
    def hand(net: Any) -> dict[str, Any]:
        error = net.a2 - net.y
        delta2 = net.a2 * (error - (error * net.a2).sum(axis=1, keepdims=True))
        return {"delta2": delta2, "delta1": delta2 @ net.W2 * net.sp1, "dW2": delta2.T @ net.a1}

    _, x, _, loss = random_problem(nn.HalfSSELoss())
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 3, rng=1), Softmax())
    y = np.random.default_rng(1).random((5, 3))
    assert nn.verify(model, x, y, loss, hand).ok
    assert nn.verify(model, x, y, loss, lambda net: {"delta2": -hand(net)["delta2"]}).diagnosis_ids == ["sign"]
    report = nn.verify(model, x, y, loss, lambda net: {"delta2": net.a2 - net.y})
    assert not report.explanations and "It should be δ² = ∂L/∂z²." in report.diagnosis


def test_a_loss_of_ones_own_is_judged_and_may_refuse_other_data() -> None:
    def of_five(prediction: ag.Tensor, y: Any) -> ag.Tensor:
        if prediction.shape != (5, 2):
            raise RuntimeError("five examples only")
        return ((prediction - y) ** 4).sum()

    rules = (RIGHT.hidden, RIGHT.weight, RIGHT.bias)
    model, x, y, _ = random_problem(nn.HalfSSELoss())
    report = nn.verify(model, x, y, of_five, nn.Recursion(lambda a, y, sp: 4 * (a - y) ** 3 * sp, *rules))
    assert report.ok and report.probes == 0
    report = nn.verify(model, x, y, of_five, nn.Recursion(lambda a, y, sp: -4 * (a - y) ** 3 * sp, *rules))
    assert report.diagnosis_ids == ["sign"]


# The report.


def reports(lang: str, notation: str) -> list[Report]:
    """Return a report on each mistake that the worked example can hold, and others of every kind."""
    options = {"lang": lang, "notation": notation}
    hands: list[Any] = [student, RIGHT, SECOND_NOTE, nn.Printed({"delta2": "0.2", "dW2": "0.1 0.2"})]
    hands += [nn.Printed({"delta2": "-0.2000", "delta1": "1.000 2.000 3.000"}), at_least_zero]
    hands += [
        lambda net: {"delta2": net.a2 - net.y},
        lambda net: {"delta2": net.a2},
        lambda net: {"delta2": net.sp2},
        lambda net: {"db2": (net.a2 - net.y) * net.sp2 * net.b2},
        lambda net: {"delta2": (net.a2 - net.y) * net.a2, "dW2": np.ones((3, 1))},
        lambda net: {"a1": net.z1, "a2": np.tanh(net.z2), "z2": net.W2 @ net.a1, "L": 2 * net.L},
        lambda net: {"delta1": net.W2.T @ ((net.a2 - net.y) * net.sp2) * net.sp2},
    ]
    found = [judged(hand, **options) for hand in hands]
    found.append(nn.verify(AT_A_KINK, [1, 1], [1], nn.HalfSSELoss(), at_least_zero, **options))
    model, x, y, _ = random_problem(nn.HalfSSELoss())
    for hand in (
        lambda net: {"db2": net.a2 - net.y, "dW2": (net.a2 - net.y).T @ net.a1},
        lambda net: {"delta2": (net.a2 - net.y) / len(net.x)},
        lambda net: {"delta2": 1.1 * (net.a2 - net.y)},
    ):
        found.append(nn.verify(model, x, y, nn.HalfSSELoss(), hand, required=["delta2", "db2"], **options))
    for loss, labels in ((nn.BCEWithLogitsLoss(), y), (nn.CrossEntropyLoss(), [0, 1, 0, 1, 1])):
        found.append(nn.verify(model, x, labels, loss, lambda net: {"delta2": 3 * net.p, "L": 0.0}, **options))
        found.append(nn.verify(model, x, labels, loss, RIGHT, **options))
    return found


IN_ENGLISH, IN_SPANISH = reports("en", "z-a"), reports("es", "u-o")
EVERY = [
    *(pytest.param(report, id=f"en-{number}") for number, report in enumerate(IN_ENGLISH)),
    *(pytest.param(report, id=f"es-{number}") for number, report in enumerate(IN_SPANISH)),
]


@pytest.mark.parametrize("report", EVERY)
def test_a_report_keeps_to_its_columns(report: Report) -> None:
    for plain in (False, True):
        lines = report.text(columns=90, plain=plain).splitlines()
        assert max(map(width, lines)) <= 90
        assert not plain or all(line.isascii() for line in lines)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    report.write(stream)


@pytest.mark.parametrize("report", EVERY)
def test_hints_hold_no_number(report: Report) -> None:
    hints = "\n".join(report.text(hints_only=True, columns=10_000).splitlines()[1:])
    names = r"[^\W\d]\w*′?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
    numbers = re.findall(r"\d+\.\d+|\d+e[-+]?\d+", re.sub(names, "", hints))
    assert not numbers, hints


@pytest.mark.parametrize("report", EVERY)
def test_the_report_is_plain_data(report: Report) -> None:
    data = json.loads(json.dumps(report.to_dict()))
    known = {mistake.id for mistake in MISTAKES}
    assert {cause["id"] for causes in data["diagnoses"] for cause in causes} <= known
    assert data["schema"] == 1 and data["ok"] == report.ok and data["first_error"] == report.first_error
    assert all(step["status"].isidentifier() for step in data["steps"])


def test_the_data_are_the_same_in_every_language() -> None:
    for english, spanish in zip(IN_ENGLISH, IN_SPANISH, strict=True):
        assert english.to_dict() == spanish.to_dict() and english.text() != spanish.text()


@pytest.mark.parametrize("report", EVERY)
def test_the_html_is_escaped_and_balanced(report: Report) -> None:
    html = report._repr_html_()
    assert html.count("<tr") == html.count("</tr>") and html.count("<p>") == html.count("</p>")
    assert not re.search(r"<(?!/?(?:div|p|table|thead|tbody|tr|th|td)\b)", html)


@pytest.mark.extra("pylatexenc")
@pytest.mark.parametrize("report", EVERY)
def test_the_latex_is_ascii_and_parsed_strictly(report: Report) -> None:
    latexwalker = import_module("pylatexenc.latexwalker")
    latex = report.to_latex()
    assert latex.isascii() and latex.count("{") == latex.count("}") and latex.count("$") % 2 == 0
    assert "textasciicircum" not in latex
    _, start, length = latexwalker.LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
    assert start == 0 and length == len(latex)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_pdflatex_takes_every_report(tmp_path: Path) -> None:
    parts = [report.to_latex() for report in (*IN_ENGLISH, *IN_SPANISH)]
    start = "\\documentclass[11pt,a4paper]{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
    (tmp_path / "all.tex").write_text(start + "\n\\newpage\n".join(parts) + "\n\\end{document}\n", encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


def test_the_report_reads_as_a_lecturer_writes() -> None:
    assert judged(SECOND_NOTE, notation="u-o", lang="es").diagnosis.splitlines() == [
        "Primer error: δ².",
        "δ² es el doble de lo que debería. Así sería con la pérdida Σ (y − ŷ)²; el modelo usa ½ Σ (y − ŷ)².",
        "Debería ser δ² = −(y − ŷ) ⊙ σ′(u²).",
    ]
    assert judged(lambda net: {"delta2": net.a2 - net.y}).diagnosis.splitlines() == [
        "First error: δ².",
        "δ² lacks the factor σ′(z²). δ = a − y without σ′ is right for a sigmoid with binary cross-entropy, "
        "and for softmax with cross-entropy.",
        "It should be δ² = (a² − y) ⊙ σ′(z²).",
    ]
    model, x, y, loss = random_problem(nn.HalfSSELoss())
    report = nn.verify(model, x, y, loss, lambda net: {"db2": net.a2 - net.y})
    assert "∂L/∂b² is not summed over the examples of the batch." in report.diagnosis


def test_raising_tells_the_diagnosis() -> None:
    judged(student).raise_if_wrong()
    with pytest.raises(GradientCheckError, match="First error: δ²") as caught:
        judged(lambda net: {"delta2": net.a2 - net.y}).raise_if_wrong()
    assert len(str(caught.value).splitlines()) == 2


def test_an_ascii_stream_gets_ascii_names() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    judged(lambda net: {"delta2": net.a2 - net.y}).write(stream)
    assert "delta2 lacks the factor sigma'(z2)." in raw.getvalue().decode("ascii")
    assert to_ascii("δ²") == "delta2"


def test_zeros_earn_nothing() -> None:
    zeros = {"delta2": [0.0], "dW2": np.zeros((1, 3)), "db2": [0.0], "delta1": np.zeros(3), "dW1": np.zeros((3, 2))}
    report = nn.verify(*nn.worked_example(), hand=lambda x: zeros)
    assert (report.ok, report.first_error, report.score) == (False, "delta2", 0.0)


def test_two_losses_of_one_gradient_are_named_once() -> None:
    rng = np.random.default_rng(0)
    model, x, y = nn.MLP([3, 4, 2], activation="tanh", rng=0), rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    report = nn.verify(model, x, y, nn.MSELoss(), hand=lambda a2, y, sp2: {"delta2": 2 * (a2 - y) * sp2})
    assert report.diagnosis.splitlines()[1] == "δ² belongs to another loss, Σ (a − y)²; the model uses mean (a − y)²."


def test_what_holds_at_these_numbers_alone_is_not_right() -> None:
    def hand(x: Any, y: Any) -> dict[str, Any]:
        assert x[0] == 1.0
        return {"delta2": np.array([-0.11499448096065798])}

    report = judged(hand)
    assert (report.ok, report.score) == (False, 0.0)
    assert "Only these numbers are right" in report.diagnosis


def test_a_formula_with_the_number_of_examples_built_in_is_a_formula() -> None:
    rng = np.random.default_rng(0)
    model, x, y = nn.MLP([2, 3, 1], rng=0), rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    hand = lambda a2, y, sp2: {"delta2": 2 * (a2 - y) * sp2 / 5 + np.zeros((5, 1))}  # noqa: E731
    report = nn.verify(model, x, y, nn.MSELoss(), hand=hand)
    assert report.ok and report.probes == 2
    assert "another number of examples" in str(report)


def test_a_small_element_beside_a_large_one_is_held_to_its_own_size() -> None:
    model, x = nn.MLP([2, 2], rng=0), np.array([[1e7, 1.0], [5e6, -2.0], [-1e7, 0.3]])
    delta = model(x).numpy()
    wrong = delta.T @ x
    wrong[:, 1] *= -1
    report = nn.verify(model, x, np.zeros((3, 2)), nn.HalfSSELoss(), hand=lambda: {"delta1": delta, "dW1": wrong})
    assert report.first_error == "dW1"


def test_a_parameter_that_is_no_value_is_named() -> None:
    with pytest.raises(UsageError, match="hand asks for 'a3', which is no value of this network"):
        judged(lambda a3, y: {"delta3": a3 - y})
    with pytest.raises(UsageError, match="Compute it in hand"):
        judged(lambda delta2, a1: {"dW2": np.outer(delta2, a1)})


def test_a_report_is_drawn_with_what_it_is_of_only() -> None:
    model, x, y, loss = nn.worked_example()
    report = nn.verify(model, x, y, loss, hand=lambda a2, y: {"delta2": a2 - y})
    nn.draw(model, x, y, loss, view="delta", report=report)
    for other in ((model, 2 * x, y, loss), (model, x, y, nn.SSELoss())):
        with pytest.raises(ArgumentError, match="other data or another loss"):
            nn.draw(*other, view="delta", report=report)
