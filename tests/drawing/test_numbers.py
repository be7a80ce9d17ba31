"""Numbers, axes and widths of text in pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite.drawing import axes, numbers
from autograd_lite.drawing.fonts import text_width
from autograd_lite.matrices import is_large


@pytest.mark.parametrize(
    ("array", "options", "expected"),
    [
        ([0.1, 0.25], {"given": True}, [["0.10"], ["0.25"]]),
        ([[1.0, 2.0]], {"given": True}, [["1", "2"]]),
        (np.float32(0.1), {"given": True}, [["0.1"]]),
        ([0.123456789, 2.0], {"given": True}, [["0.1235"], ["2.0000"]]),
        ([-0.00001, 1.0], {}, [["0.0000"], ["1.0000"]]),
        ([3e-9, 0.0], {}, [["3.00e−09"], ["0"]]),
        (1e9, {}, [["1.00e+09"]]),
        ([np.nan, -np.inf, 1.0], {}, [["nan"], ["−inf"], ["1.0000"]]),
        ([True, False], {}, [["True"], ["False"]]),
        (np.int64(-3), {}, [["−3"]]),
        (0.5 - 2j, {}, [["0.5000−2.0000i"]]),
    ],
)
def test_numbers_are_written_alike_within_a_matrix(array, options, expected):
    assert numbers.rows(array, **options) == expected


def test_an_empty_array_is_said_to_be_empty():
    assert is_large(np.ones((0, 3))) and numbers.summary(np.ones((0, 3))) == ["empty"]
    assert numbers.summary(np.ones((0, 3)), lang="es") == ["vacío"]


def test_the_norm_of_huge_numbers_does_not_overflow():
    assert numbers.summary(np.full(9, 1e200))[2].split()[1] == "3.00e+200"


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_an_axis_holds_its_numbers_between_round_ticks(values):
    axis = axes.linear_axis(values)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(axis.ticks) <= 9 and len({label for _, label in axis.ticks}) == len(axis.ticks)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=20))
def test_a_logarithmic_axis_holds_its_numbers(values):
    axis = axes.log_axis(values)
    assert all(-1e-9 <= axis.place(value) <= 1 + 1e-9 for value in values) and 1 <= len(axis.ticks) <= 9


def test_widths_are_those_of_the_font():
    assert text_width("Hello", 10) == pytest.approx((722 + 444 + 278 + 278 + 500) / 100)
    assert text_width("a\u0301", 10) == text_width("a", 10)
    assert text_width("重", 10) == 10
