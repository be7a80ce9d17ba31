"""Numbers, axes and widths of text in pictures."""

import re
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd_lite.drawing import axes, blocks, numbers
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
        ([3e-9, 0.0], {}, [["3.00×10⁻⁹"], ["0"]]),
        (1e9, {}, [["1.00×10⁹"]]),
        ([np.nan, -np.inf, 1.0], {}, [["nan"], ["−inf"], ["1.0000"]]),
        ([True, False], {}, [["True"], ["False"]]),
        (np.int64(-3), {}, [["−3"]]),
        (0.5 - 2j, {}, [["0.5000−2.0000i"]]),
        ([5e15, -2e3, 1.0], {}, [["5.00×10¹⁵"], ["−2.00×10³"], ["1.00×10⁰"]]),
        (5e15 - 2e-9j, {}, [["5.00×10¹⁵−2.00×10⁻⁹i"]]),
    ],
)
def test_numbers_are_written_alike_within_a_matrix(array, options, expected):
    assert numbers.rows(array, **options) == expected


def test_an_empty_array_is_said_to_be_empty():
    assert is_large(np.ones((0, 3))) and numbers.summary(np.ones((0, 3))) == ["empty"]
    assert numbers.summary(np.ones((0, 3)), lang="es") == ["vacío"]


def test_the_norm_of_huge_numbers_does_not_overflow():
    assert numbers.summary(np.full(9, 1e200))[2].split()[1] == "3.00×10²⁰⁰"


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([0, 1, 2, 3, 4, 5], "▅▅▅▅█"),
        (np.repeat([0.0, 2.0, 10.0], [700, 1, 350]), "█▂▁▁▅"),
        ([3.0] * 8, "▁▁█▁▁"),
        ([np.nan, -np.inf, 1.0, 2.0, np.inf], "█▁▁▁█"),
        ([-1.7e308, 1.7e308], "█▁▁▁█"),
        ([1.0, np.nextafter(1.0, 2.0)], "█▁▁▁█"),
        ([False, True, True], "▅▁▁▁█"),
        ([-(2**63), 2**63 - 1], "█▁▁▁█"),
        ([np.nan], ""),
        ([], ""),
    ],
)
def test_a_sparkline_has_a_bar_for_each_fifth_of_the_range(values, bars):
    assert numbers.sparkline(np.asarray(values)) == bars


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=16), min_size=1, max_size=30))
def test_a_sparkline_counts_as_a_histogram_does(values):
    array = np.array(values, dtype=np.float64)
    if array.min() == array.max():
        return
    # Away from the edges of the bins, where rounding decides.
    edges = np.linspace(array.min(), array.max(), 6)
    span = edges[-1] - edges[0]
    assume(np.all(np.abs(array[:, None] - edges[1:-1]).min(axis=1) > 1e-9 * span))
    counts = [np.sum((array >= low) & (array < high)) for low, high in pairwise(edges)]
    counts[-1] += np.sum(array == edges[-1])
    shown = numbers.sparkline(array)
    assert [each == "▁" for each in shown] == [count == 0 for count in counts]
    assert shown[int(np.argmax(counts))] == "█"


def test_a_large_array_is_summed_up_with_a_sparkline_of_its_finite_numbers():
    assert numbers.summary(np.array([np.nan, 0.0, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0]))[3:] == [
        "     █▁▂▁▂",
        "not finite       1",
    ]
    assert numbers.summary(np.arange(8))[2].strip() == "█▅█▅█"
    assert numbers.summary(np.array([3j, 4.0, 5.0, 0, 0, 0, 0]))[3].strip() == "█▁▁▃▅"


def test_numbers_with_powers_of_ten_stand_in_columns_without_letters_that_courier_lacks():
    style = blocks.Style(7, "#000000", courier=True)
    block = blocks.matrix([["5.00×10¹⁵", "0"], ["1.00×10⁰", "−4.00×10⁻⁹"]], style)
    texts = re.findall(r'<FONT FACE="([^"]+)"[^>]*>([^<]+)<', block.markup)
    assert ("Courier", "5.00×10") in texts and ("Times-Roman", "⁻⁹") in texts
    assert not any(set(text) & set("¹⁵⁰⁻⁹") for face, text in texts if face == "Courier")
    # Seven and eight letters of 0.6 before two raised ones of 0.3, two blanks between, and the brackets.
    columns = [ceil(7 * 7 * 0.6) + ceil(7 * 2 * 0.3), ceil(7 * 8 * 0.6) + ceil(7 * 2 * 0.3)]
    assert block.width == sum(columns) + ceil(7 * 2 * 0.6) + 2 * 4


def test_bars_are_drawn_and_not_written():
    block = blocks.words("▁█▂▁▅", blocks.Style(7, "#123456", courier=True), height=10)
    assert not set(block.markup) & set(numbers.BARS)
    tall = [int(each) for each in re.findall(r'HEIGHT="(\d+)" BGCOLOR="#123456"', block.markup)]
    assert tall == [1, 8, 2, 1, 5] and block.height == 10


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
