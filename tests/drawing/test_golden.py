"""The DOT of small graphs, kept as text: it changes only on purpose, and its numbers are right."""

import math
import re

import pytest

from tests.drawing.golden import GRAPHS, as_lines, path

# Every number in the kept files, by the formulas of a calculus book: values, then gradients, at the points drawn.
_A = 0.5
NUMBERS = {
    "product": {"2", "1.5", "−3.0", "3.0000", "−6.0000"},
    "printed": {
        "0.5", "1", f"{(_A - 1) * math.exp(_A):.4f}".replace("-", "−"), f"{_A * math.exp(_A):.4f}",
    },
    "clusters": {"1", "2", "3.0000"},
    "create_graph": {"2", "3", "1", "12.0000"},
    "backward": {
        "1  −2", "3", "1", "1.0000", f"{math.tanh(1.0):.4f}", f"{1 - math.tanh(1.0) ** 2:.4f}",
        f"{3 * (1 - math.tanh(1.0) ** 2):.4f}  {1 - math.tanh(1.0) ** 2:.4f}",
    },
    "backward_adds": {"3", "1", "12.0000", "3.0000", "1.0000", "7.0000"},
}  # fmt: skip
RULES = {
    "backward": {"∂L/∂w = ∂L/∂v1 xᵀ", "∂L/∂v1 = ∂L/∂L ⊙ (1 − L²)"},
    "backward_adds": {"∂Err/∂w += ∂Err/∂Err · w", "∂Err/∂w += ∂Err/∂Err"},
}


def texts(source):
    """The texts that stand in cards and at arrows."""
    found = re.findall(r"<FONT[^>]*>([^<]*)<", source)
    return {text.replace("&lt;", "<").replace("\N{NO-BREAK SPACE}", " ").strip() for text in found}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_source_is_the_one_that_was_reviewed(name):
    assert as_lines(GRAPHS[name]().source) == path(name).read_text(encoding="utf-8"), (
        "The DOT has changed. Look at the picture, then write it anew: python -m tests.drawing.golden"
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_the_numbers_kept_are_right(name):
    shown = {text for text in texts(path(name).read_text(encoding="utf-8")) if re.fullmatch(r"[−\d.\s]+", text)}
    assert {number for number in shown if number not in {"2", "1×2"}} == NUMBERS[name] - {"2"}
    assert RULES.get(name, set()) <= texts(path(name).read_text(encoding="utf-8"))
