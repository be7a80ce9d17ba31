"""nn.verify on students' work: every known mistake, planted where it can be made, is named, and no other bug is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pytest

import nn
from autograd_lite.errors import UsageError
from nn.grading.report import Report
from tests.nn.grading_checks import differs, ids_of, reproduces, same
from tests.nn.grading_students import (
    BUGS,
    MISTAKES,
    RULE_OF,
    Altered,
    Array,
    Mistake,
    Net,
    Work,
    function_of,
    printed_of,
    random_net,
    recursion_of,
    worked,
)

FUNCTION, RECURSION, PRINTED = "function", "recursion", "printed"
UNIT = {FUNCTION: 0.0, RECURSION: 0.0, PRINTED: 1e-8}
KIND_OF = {rule: kind for kind, rule in RULE_OF.items()} | {"output": "delta", "hidden": "delta"}
PLANTED = [(mistake, rule) for mistake in MISTAKES for rule in mistake.rules.split()]
FORWARD = ("sum", "activation", "loss")
DRAWS = 400


class Trial(NamedTuple):
    """One student's work, how it would be right, and what was found."""

    net: Net
    altered: Altered
    work: Work
    right: dict[str, Array]
    names: list[str]
    report: Report
    unit: float

    @property
    def given(self) -> dict[str, Array]:
        return {name: self.work.values[name] for name in self.names}

    def elsewhere(self, rng: np.random.Generator, count: int) -> list[tuple[Net, Work, dict[str, Array]]]:
        """Return the same work at other points; for printed numbers there is none."""
        nets = [random_net(rng, like=self.net) for _ in range(0 if self.unit else count)]
        points = [(net, worked(net, self.altered), worked(net).values) for net in nets]
        return [each for each in points if all(np.isfinite(values).all() for values in each[1].values.values())]


def layers_of(rule: str, net: Net) -> list[int]:
    last = {"loss": [net.depth], "output": [net.depth], "hidden": [*range(1, net.depth)]}
    return last.get(rule, [*range(1, net.depth + 1)])


def answered(rng: np.random.Generator, rule: str, right: dict[str, Array], form: str) -> list[str]:
    """Draw what a student hands in: everything, the backward pass, or the gradients alone."""
    backward = [name for name in right if name[0] == "d"]
    if form == RECURSION:
        return backward
    choices = [[*right]]
    if rule not in FORWARD:
        choices += [backward, [name for name in backward if not name.startswith("delta")]]
    if rule in ("output", "hidden"):
        choices.append([name for name in backward if name.startswith("delta")])
    return choices[rng.integers(len(choices))]


def tried(
    rng: np.random.Generator, rule: str, formula: Callable[[Any], Array], form: str, mistake: Mistake | None = None
) -> Trial | None:
    """Plant a formula in a random network and verify the work; None where it cannot be made or printed."""
    net = random_net(rng)
    layers = layers_of(rule, net)
    if not layers:
        return None
    if form != RECURSION and rng.random() < 0.7:
        layers = [int(rng.choice(layers))]
    altered = {(rule, k): formula for k in layers}
    right = worked(net).values
    names = answered(rng, rule, right, form)
    try:
        work, strictly = worked(net, altered), worked(net, altered, tolerance=1e-9)
    except (AttributeError, ValueError):
        return None
    # Where a change is almost none, numbers are huge or digits few, no verdict is the right one.
    clear = work.changed == strictly.changed
    clear &= all(work.values[name].shape == right[name].shape for name in right if name[:2] not in ("dW", "db"))
    clear &= all(np.isfinite(values).all() and np.abs(values).max() < 1e4 for values in work.values.values())
    if form == PRINTED:
        is_flat = mistake is not None and mistake.id == "transposed" and any(1 in right[name].shape for name in names)
        clear &= not is_flat and all(np.abs(right[name]).max() > 1e-6 or not right[name].any() for name in names)
    if not clear:
        return None
    hands: dict[str, Callable[[], Any]] = {
        FUNCTION: lambda: function_of(net, altered, names),
        RECURSION: lambda: recursion_of(net, mistake, rule),
        PRINTED: lambda: printed_of(net, work.values, names, 8),
    }
    try:
        report = nn.verify(*net.problem(), hand=hands[form]())
    except UsageError as error:
        if isinstance(error.__cause__, AttributeError):
            return None
        raise
    except AttributeError:
        return None
    return None if report.vote else Trial(net, altered, work, right, names, report, UNIT[form])


def needs_the_form(form: str, mistake: Mistake, rule: str) -> bool:
    """Tell whether a form of hand can hold a mistake: the four rules are told less than a whole program."""
    if form != RECURSION:
        return True
    unknown = {
        "output": ("slope_at_a", "sum_for_slope", "other_slope"),
        "hidden": ("slope_at_a", "value_for_slope", "sum_for_slope", "other_slope", "wrong_layer_slope",
                   "wrong_layer_weights", "wrong_layer_delta"),
        "weight": ("sum_for_activation", "wrong_layer_activation", "input_for_activation", "wrong_layer_delta"),
        "bias": ("times_biases",),
        **dict.fromkeys(FORWARD, (mistake.id,)),
    }  # fmt: skip
    return mistake.id not in unknown[rule]


CASES = [
    pytest.param(
        mistake, rule, form, id=f"{mistake.id}{mistake.detail and '-' + mistake.detail}-{rule}-{form}-{number}"
    )
    for number, (mistake, rule) in enumerate(PLANTED)
    for form in (FUNCTION, RECURSION, PRINTED)
    if needs_the_form(form, mistake, rule)
]


def check_planted(mistake: Mistake, rule: str, form: str, nets: int) -> None:
    rng = np.random.default_rng(crc32(f"{mistake.id} {mistake.detail} {rule} {form} {nets}".encode()))
    done = 0
    for _ in range(DRAWS):
        trial = tried(rng, rule, mistake.formula, form, mistake)
        if trial is None:
            continue
        check_report(trial, mistake.id, rng)
        done += 1
        if done == nets:
            return
    raise AssertionError(f"only {done} networks in which {mistake.id} can be made in the {rule} rule")


def check_report(trial: Trial, mistake: str, rng: np.random.Generator) -> None:
    net, report, unit = trial.net, trial.report, trial.unit
    others = trial.elsewhere(rng, 12)
    points = [(net, trial.work, trial.right), *others]
    assert all(reproduces(causes, net, trial.given, unit) for causes in report.explanations), (net, report.text())
    assert not report.rounded, (net, report.text())
    if not any(differs(work.values, right, trial.names, unit) for _, work, right in points):
        assert report.ok and report.score == 1.0, (net, report.text())
        return
    # What came out right in spite of a mistake, in a step that was given, is no error.
    wrong = {
        name
        for _, work, right in points
        for name in work.changed
        if name not in trial.names or not same(work.values[name], right[name], unit)
    }
    assert not report.ok, (net, report.text())
    planted, found = {(name, mistake) for name in wrong}, ids_of(report)
    # Made in several layers, a mistake may give the numbers of a single one: then that is the answer.
    is_simpler = bool(found) and all(len(each) < len(planted) for each in found)
    assert planted in found or is_simpler, (wrong, net, report.text())


@pytest.mark.parametrize(("mistake", "rule", "form"), CASES)
def test_a_planted_mistake_is_named(mistake: Mistake, rule: str, form: str) -> None:
    check_planted(mistake, rule, form, nets=1)


@pytest.mark.slow
@pytest.mark.parametrize(("mistake", "rule", "form"), CASES)
def test_a_planted_mistake_is_named_in_many_networks(mistake: Mistake, rule: str, form: str) -> None:
    check_planted(mistake, rule, form, nets=8)


def quantity_of(rule: str, k: int) -> str:
    return "L" if rule == "loss" else f"{KIND_OF[rule]}{k}"


def up_to_the_unexplained(report: Report) -> list[str]:
    """Return what was given before the first step that got no name."""
    named = {cause.quantity for causes in report.explanations for cause in causes}
    wrong = [k for k, each in enumerate(report.verdicts) if each.is_error and each.quantity not in named]
    supposed = named - {each.quantity for each in report.verdicts}
    return [each.quantity.key for each in report.verdicts[: None if supposed or not wrong else wrong[0]]]


def check_bugs(count: int, seed: int) -> tuple[int, int]:
    """Plant bugs that are no known mistakes; return how many got no name, and how many give a known one's numbers."""
    rng, rules = np.random.default_rng(seed), ["output", "hidden", "weight", "bias", *FORWARD]
    unnamed = same_numbers = 0
    while unnamed + same_numbers < count:
        name, rule, form = str(rng.choice([*BUGS])), str(rng.choice(rules)), str(rng.choice([FUNCTION, PRINTED]))
        trial = tried(rng, rule, BUGS[name], form)
        if trial is None or not differs(trial.work.values, trial.right, trial.names, trial.unit):
            continue
        report = trial.report
        assert not report.ok and report.first_error and not report.rounded, (name, trial.net, report.text())
        others = trial.elsewhere(rng, 12)
        changed = trial.work.changed.union(*(work.changed for _, work, _ in others))
        where = {quantity_of(rule, k) for rule, k in trial.altered} & changed & {*trial.names}
        if report.explanations:
            names = up_to_the_unexplained(report)
            for net, work, _ in [(trial.net, trial.work, trial.right), *others]:
                given = {each: work.values[each] for each in names}
                found = [reproduces(causes, net, given, trial.unit) for causes in report.explanations]
                assert names and all(found), (name, net, report.text())
            same_numbers += 1
            continue
        assert not where or report.first_error in where, (name, trial.net, report.text())
        unnamed += 1
    return unnamed, same_numbers


def test_other_bugs_get_no_name() -> None:
    unnamed, same_numbers = check_bugs(20, seed=0)
    assert same_numbers < 0.2 * unnamed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_thousand_other_bugs_get_no_name(seed: int) -> None:
    unnamed, same_numbers = check_bugs(220, seed)
    assert unnamed >= 200 and same_numbers < 0.1 * unnamed
