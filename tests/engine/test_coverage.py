"""Every function of NumPy's namespaces is supported or listed with a reason, and the table says what is true."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.coverage import NOT_SUPPORTED, numpy_functions
from autograd_lite.errors import UnsupportedError

ROWS = {row.name: row for row in ag.supported()}
FUNCTIONS = dict(numpy_functions())


def test_every_function_of_numpy_is_supported_or_listed_with_a_reason() -> None:
    supported = {name for name in FUNCTIONS if f"np.{name}" in ROWS}
    assert set(FUNCTIONS) - supported - set(NOT_SUPPORTED) == set(), "say why in coverage.REASONS"
    assert supported & set(NOT_SUPPORTED) == set(), "these are supported: take them out of coverage.REASONS"


def test_the_table_tells_kind_and_operands() -> None:
    assert ROWS["np.matmul"][1:3] == ("operation", ("a", "b"))
    assert ROWS["np.where"].differentiable == ("a", "b")
    assert ROWS["np.hstack"][1:3] == ("composite", ("tup",))
    assert ROWS["np.interp"].differentiable == ("x", "xp", "fp", "left")
    assert ROWS["np.add.reduce"].kind == "composite"
    assert ROWS["np.floor"][1:3] == ("constant", ())
    assert ROWS["np.copyto"].kind == "in place"
    assert ROWS["ag.relu"].kind == "operation"
    assert ROWS["np.acos"].differentiable == ("x",)


def test_the_table_prints_as_columns() -> None:
    head, *lines = repr(ag.supported()).splitlines()
    assert head.split() == ["name", "kind", "differentiable", "in", "note"]
    start = head.index("kind")
    assert all(line[start - 1] == " " and line[start] != " " for line in lines)


def test_what_is_not_supported_never_loses_a_gradient() -> None:
    t = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(UnsupportedError, match=r"np\.histogram2d has no derivative"):
        np.histogram2d(t, t)
