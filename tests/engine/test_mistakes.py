"""A planted mistake is named, an unrelated bug is not: what relates a wrong derivative to the right one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd_lite.mistakes import agree, common, diagnose, differing, ratio
from autograd_lite.mistakes.slips import Probe, lengths_of

PROBLEMS = range(8)
N = 7

# What the mistake makes of the right derivative, the shape it is tried in, and what it is called.
PLANTED: dict[str, tuple[Callable[[Any], Any], tuple[int, ...], list[tuple[str, ...]]]] = {
    "sign": (lambda r: -r, (3, 4), [("sign",)]),
    "twice": (lambda r: 2 * r, (3, 4), [("twice",)]),
    "half": (lambda r: r / 2, (5,), [("half",)]),
    "half of a scalar": (lambda r: r / 2, (), [("half",)]),
    "a mean in place of a sum": (lambda r: r / N, (3, 4), [("mean",)]),
    "a sum in place of a mean": (lambda r: r * N, (), [("sum",)]),
    "transpose of a square": (lambda r: r.T, (3, 3), [("transpose",)]),
    "transpose of an oblong": (lambda r: r.T, (3, 4), [("transpose",)]),
    "axes": (lambda r: r.transpose(2, 0, 1), (2, 3, 4), [("axes",)]),
    "reversed": (lambda r: r[:, ::-1], (3, 4), [("flipped",)]),
    "not summed over the batch": (lambda r: np.stack([0.2 * r, 0.5 * r, 0.3 * r]), (4,), [("unsummed",)]),
    "not summed, and kept as an axis": (lambda r: np.concatenate([0.2 * r, 0.8 * r]), (1, 4), [("unsummed",)]),
    "summed too far": (lambda r: r.sum(0), (3, 4), [("oversummed",)]),
    "filled in by columns": (lambda r: r.ravel().reshape(r.shape, order="F"), (3, 4), [("filled",)]),
    "another shape": (lambda r: r.ravel(), (3, 4), [("shape",)]),
    "missing": (lambda r: 0 * r, (3,), [("missing",)]),
    "missing, of a scalar": (lambda r: 0 * r, (), [("missing",)]),
    "NaN": (lambda r: r / 0.0, (3,), [("nan",)]),
    "rounded": (lambda r: r.round(4), (3, 2), [("rounded",)]),
    "a constant": (lambda r: 3.71 * r, (3, 4), [("factor",)]),
    "a constant of a scalar": (lambda r: 3.71 * r, (), [("factor",)]),
    "a constant added": (lambda r: r + 0.3, (5,), [("offset",)]),
    "a factor that depends on the point": (lambda r: r * np.linalg.norm(r), (3, 4), [("parallel",)]),
    "two at once": (lambda r: -r / N, (5,), [("sign", "mean")]),
    "two at once, one of shape": (lambda r: 2 * r.T, (3, 4), [("twice", "transpose")]),
}

# Functions of the right derivative and of numbers that have nothing to do with it.
UNRELATED: dict[str, Callable[[Any, np.random.Generator], Any]] = {
    "noise added": lambda r, random: r + random.standard_normal(r.shape),
    "a little noise": lambda r, random: r * (1 + 1e-3 * random.standard_normal(r.shape)),
    "noise alone": lambda r, random: random.standard_normal(r.shape),
    "squared": lambda r, random: r**2,
    "an inner derivative left out": lambda r, random: r / random.uniform(0.1, 1.0, r.shape),
    "tanh": lambda r, random: np.tanh(r),
    "exp": lambda r, random: np.exp(r),
    "a term left out": lambda r, random: 2 * r - random.uniform(1.0, 2.0, r.shape),
    "clipped": lambda r, random: np.clip(r, -0.1, 0.1),
    "its cube added": lambda r, random: r + r**3,
    "half of another": lambda r, random: 0.5 * random.standard_normal(r.shape),
    "ones": lambda r, random: np.ones(r.shape),
    "whole numbers": lambda r, random: random.integers(-3, 4, r.shape) + 0.0,
}
SHAPES = [(), (1,), (2,), (5,), (1, 3), (3, 3), (2, 4), (2, 3, 2)]


def probes(make: Callable[[Any], Any], shape: tuple[int, ...], seed: int, count: int = 3) -> list[Probe]:
    random = np.random.default_rng(seed)
    rights = [random.standard_normal(shape) for _ in range(count)]
    with np.errstate(divide="ignore"):
        return [Probe(np.asarray(make(right)), right, {"N": N}) for right in rights]


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("seed", PROBLEMS)
def test_a_planted_mistake_is_named(name: str, seed: int) -> None:
    make, shape, expected = PLANTED[name]
    assert [each.ids for each in diagnose(probes(make, shape, seed)).causes] == expected


@pytest.mark.parametrize("name", UNRELATED)
def test_an_unrelated_bug_gets_no_name(name: str) -> None:
    for seed in range(1000 // len(UNRELATED) + 1):
        random = np.random.default_rng(1000 + seed)
        tried = probes(lambda right, random=random: UNRELATED[name](right, random), SHAPES[seed % len(SHAPES)], seed)
        assert diagnose(tried).causes == (), (name, seed)


@pytest.mark.parametrize("seed", PROBLEMS)
def test_what_is_wrong_in_a_part_is_said_of_that_part(seed: int) -> None:
    def doubled_row(right: Any) -> Any:
        return right * np.array([1.0, 2.0, 1.0])[:, None]

    (cause,) = diagnose(probes(doubled_row, (3, 4), seed)).causes
    assert cause.text() == "wrong only in row 1: twice as large as it should be"


def test_a_place_without_a_cause_is_still_a_place() -> None:
    random = np.random.default_rng(0)
    found = diagnose(probes(lambda right: right + np.diag(random.standard_normal(3)), (3, 3), 0))
    assert found.causes == () and found.place is not None and found.place.text() == "the diagonal"


def test_what_cannot_be_told_apart_is_listed() -> None:
    right = np.array([0.3, -0.7])
    causes = diagnose([Probe(right / 2, right, {"N": 2, "k": 5})]).causes
    assert [each.ids for each in causes] == [("half",), ("mean",)]


def test_other_lengths_at_other_probes_tell_a_half_from_a_mean() -> None:
    right = np.array([0.3, -0.7])
    tried = [Probe(right / length, right, {"N": length}) for length in (2, 3, 5)]
    assert [each.ids for each in diagnose(tried).causes] == [("mean",)]


def test_one_number_alone_names_no_factor() -> None:
    assert diagnose([Probe(np.array([1.0]), np.array([2.0]))]).causes == ()


def test_constants_are_written_as_people_do() -> None:
    right = np.array([0.31, -0.72, 0.2])
    for factor, written in [(1 / 3, "1/3"), (np.log(10), "ln 10"), (-0.1234567, "-0.123457")]:
        (cause,) = diagnose([Probe(factor * right, right)]).causes
        assert cause.text() == f"{written} times what it should be"


def test_what_holds_for_all_of_several_is_common() -> None:
    right = np.array([0.3, -0.7])
    ambiguous = diagnose([Probe(right / 2, right, {"N": 2})])
    plain = diagnose([Probe(right / 2, right)])
    assert [each.ids for each in common([ambiguous, plain])] == [("half",)]


def test_small_gradients_are_compared_in_proportion() -> None:
    right = 1e-14 * np.array([0.3, -0.7, 0.2])
    assert [each.ids for each in diagnose([Probe(2 * right, right)]).causes] == [("twice",)]


def test_agreement_forgives_rounding_beside_a_large_element_and_never_nan() -> None:
    assert agree([1e6, 5e-5], [1e6, 0.0]) and not agree([1e6, 0.5], [1e6, 0.0]) and not agree([5e-5], [0.0])
    assert not agree([np.inf], [np.inf]) and not agree([1.0, 1.0], [1.0])
    assert agree(np.zeros(0), np.zeros(0))
    assert differing([np.nan, 1.0], [1.0, np.inf]).all()


def test_the_ratio_is_constant_or_none() -> None:
    assert ratio([2.0, 4.0], [1.0, 2.0]) == 2.0
    assert ratio([2.0, 4.1], [1.0, 2.0]) is None
    assert ratio([1.0], [0.0]) is None and ratio([np.nan], [1.0]) is None and ratio([1.0, 1.0], [1.0]) is None
    assert ratio([0.0, 0.0], [1.0, 2.0]) == 0.0


def test_equal_lengths_are_one_length() -> None:
    found = lengths_of(["X", "w", "one"], [np.ones((4, 3)), np.ones(3), np.ones((1,))])
    assert found == {"X.shape[0]": 4, "X.shape[1] = w.shape[0]": 3, "X.size": 12}


@pytest.mark.parametrize("name", PLANTED)
def test_every_name_has_its_words_in_both_languages(name: str) -> None:
    make, shape, _ = PLANTED[name]
    (cause,) = diagnose(probes(make, shape, 0)).causes
    assert cause.text("en") != cause.text("es") and "{" not in cause.text("en") + cause.text("es")


def test_tiny_numbers_are_not_called_rounded() -> None:
    tried = [Probe(right / 3, right) for right in (1e-8 * np.array([0.3, -0.7, 0.2, 0.5]), 1e-8 * np.arange(1.0, 5.0))]
    (cause,) = diagnose(tried).causes
    assert cause.text() == "1/3 times what it should be"
