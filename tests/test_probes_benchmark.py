"""The benchmark of probes judges rightly: what is right passes, what is lost or raises does not."""

from typing import Any

import numpy as np
import pytest

from tests.benchmarks import probes as benchmark
from tests.engine.probes import Probe, curvature, inputs, slope, value

PROBE = Probe("cube", "x ** 3", ("x",))
LINE, OTHER = benchmark.LINE, benchmark.OTHER


def exact(factor: float) -> Any:
    """Return a library that knows this one probe, its gradient multiplied by a factor."""

    def run(probe: Probe) -> tuple[float, list[float]]:
        x, weights = inputs()["x"], np.cos(1.0 + np.arange(4))
        gradient = factor * (weights + 0.5 * x**3) * 3 * x**2
        return value(probe, inputs()), benchmark.along(probe, [gradient])

    return run


def test_a_gradient_is_right_wrong_or_refused() -> None:
    expected = [slope(PROBE, LINE), slope(PROBE, OTHER)]

    def refuses(probe: Probe) -> tuple[float, list[float]]:
        raise TypeError(probe.name)

    def loses(probe: Probe) -> tuple[float, list[float]]:
        return value(probe, inputs()), benchmark.along(probe, [None])

    assert benchmark.verdict(exact(1.0), PROBE, expected, 1e-6) == benchmark.PASSES
    assert benchmark.verdict(exact(1.001), PROBE, expected, 1e-6) == benchmark.WRONG
    assert benchmark.verdict(loses, PROBE, expected, 1e-6) == benchmark.WRONG
    assert benchmark.verdict(refuses, PROBE, expected, 1e-6) == benchmark.REFUSES


def test_second_differences_are_those_of_the_formula() -> None:
    x, d, weights = inputs()["x"], LINE["x"], np.cos(1.0 + np.arange(4))
    known = np.sum((weights * 6 * x + 0.25 * 30 * x**4) * d * d)
    assert curvature(PROBE, LINE) == pytest.approx(known, rel=1e-6)


def test_this_engine_is_judged_by_both_orders() -> None:
    first, second = benchmark.of_autograd_lite()
    expected = [slope(PROBE, LINE), slope(PROBE, OTHER)]
    assert benchmark.verdict(first, PROBE, expected, 1e-6) == benchmark.PASSES
    assert benchmark.verdict(second, PROBE, [curvature(PROBE, LINE)], 1e-5) == benchmark.PASSES


def test_the_report_counts_and_names_what_is_wrong() -> None:
    verdicts = {probe.name: (benchmark.PASSES, benchmark.PASSES) for probe in benchmark.probes()}
    wrong = benchmark.probes()[0]
    verdicts[wrong.name] = (benchmark.WRONG, benchmark.REFUSES)
    text = benchmark.report({"autograd_lite": verdicts})
    count = len(verdicts) - 1
    assert f"| {count} | 0 | 1 | {count} | 1 | 0 |" in text
    assert f"- `{wrong.expression}`" in text
