"""The array API standard 2025.12: every name with its signature, and what it asks for beyond NumPy.

The consortium's own suite is run by ``python -m tests.array_api``; what differs there is in array_api_xfails.txt.
"""

import inspect
import math
import operator
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, DtypeError, ExportError, ShapeError, UsageError
from autograd_lite.interop import VERSIONED
from tests.array_api import EXPECTED, command
from tests.conftest import ROOT
from tests.engine.numpy_results import assert_same, numbers

KINDS = inspect.Parameter


class Entry(NamedTuple):
    """One name of the standard: in which part, and its signature, or what else it is."""

    part: str
    name: str
    signature: str


def entries() -> Iterator[Entry]:
    """Read the standard's names."""
    for line in (ROOT / "tests/engine/array_api.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield Entry(*line.split(" ", 2))


def part(name: str) -> Any:
    """What holds the names of a part of the standard."""
    parts = {"linalg": ag.linalg, "fft": ag.fft, "array": ag.ones((1, 1)), "info": ag.__array_namespace_info__()}
    return parts.get(name, ag)


# What NumPy has from 2.1 on, and this package with it.
LATER = {name for name in ("cumulative_prod", "cumulative_sum", "unstack") if not hasattr(np, name)}
STANDARD = [entry for entry in entries() if entry.name not in LATER]
FUNCTIONS = [each for each in STANDARD if each.signature.startswith("(")]


@pytest.mark.parametrize("entry", STANDARD, ids=lambda each: f"{each.part}.{each.name}")
def test_every_name_of_the_standard_is_there(entry: Entry) -> None:
    assert hasattr(part(entry.part), entry.name)
    if entry.part == "namespace" and not entry.name.startswith("__"):
        assert entry.name in ag.__all__


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda each: f"{each.part}.{each.name}")
def test_every_function_can_be_called_as_the_standard_says(entry: Entry) -> None:
    wanted = inspect.signature(eval(f"lambda {entry.signature[1:-1]}: None")).parameters.values()
    ours = inspect.signature(getattr(part(entry.part), entry.name)).parameters
    by_position = [each for each in ours.values() if each.kind is not KINDS.KEYWORD_ONLY]
    for k, each in enumerate(each for each in wanted if each.kind is not KINDS.KEYWORD_ONLY):
        if each.kind is KINDS.POSITIONAL_ONLY:
            assert by_position[k].kind in (KINDS.POSITIONAL_ONLY, KINDS.POSITIONAL_OR_KEYWORD)
        else:
            assert by_position[k].kind is each.kind
            assert by_position[k].name == each.name or each.kind is KINDS.VAR_POSITIONAL
    for each in wanted:
        if each.kind is KINDS.KEYWORD_ONLY:
            assert ours[each.name].kind in (KINDS.KEYWORD_ONLY, KINDS.POSITIONAL_OR_KEYWORD)


def test_the_largest_come_first_when_asked_for_and_equal_ones_keep_their_order() -> None:
    t = ag.tensor([1, 3, 1, 2])
    assert ag.argsort(t, descending=True).tolist() == [1, 3, 0, 2]
    assert ag.sort(t, descending=True).tolist() == [3, 2, 1, 1]
    assert ag.argsort(ag.tensor([[2.0, 1.0]]), axis=0).tolist() == [[0, 0]]
    assert ag.argsort(np.array([2.0, 1.0]), axis=None, stable=True).tolist() == [1, 0]


def test_counts_are_tensors() -> None:
    for count in (ag.count_nonzero, np.count_nonzero):
        found = count(ag.tensor([[0.0, 2.0], [3.0, 4.0]]))
        assert isinstance(found, ag.Tensor) and found.dtype == np.int64 and found.item() == 3


def test_the_limits_of_a_dtype_are_python_numbers() -> None:
    single = ag.finfo(ag.ones(2, dtype=ag.complex64))
    assert single == (32, 2.0**-23, (2 - 2.0**-23) * 2.0**127, -(2 - 2.0**-23) * 2.0**127, 2.0**-126, np.float32)
    assert all(type(each) is float for each in single[1:5]) and type(single.bits) is int
    assert ag.iinfo(ag.uint16) == (16, 65535, 0, np.uint16)
    assert ag.iinfo(ag.ones(2, dtype=ag.int64)).min == -(2**63)
    with pytest.raises(DtypeError, match=r"ag\.finfo"):
        ag.iinfo(ag.float32)
    with pytest.raises(DtypeError, match=r"ag\.iinfo"):
        ag.finfo(ag.ones(2, dtype=ag.int8))


def test_dtypes_are_promoted_as_numpy_does() -> None:
    single = ag.ones((), dtype=ag.float32)
    assert ag.result_type(single, 1.0) == ag.float32 and ag.result_type(single, ag.float64, 2) == ag.float64
    assert ag.result_type(ag.int8, ag.uint8) == ag.int16
    assert ag.can_cast(single, ag.float64) and not ag.can_cast(ag.int64, ag.int32)
    assert ag.isdtype(ag.float16, "real floating") and not ag.isdtype(ag.int8, ("bool", "unsigned integer"))
    with pytest.raises(ArgumentError, match="there is no kind 'real'"):
        ag.isdtype(ag.float32, "real")


def test_shapes_are_broadcast_or_refused() -> None:
    assert ag.broadcast_shapes((2, 1), (3,), ()) == (2, 3)
    with pytest.raises(ShapeError, match=r"\(2,\) and \(3,\) do not fit"):
        ag.broadcast_shapes((2,), (3,))


def test_the_namespace_tells_about_itself() -> None:
    info = ag.__array_namespace_info__()
    assert info.devices() == [ag.ones(1).device] == [info.default_device()]
    assert info.capabilities() == {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}
    assert info.default_dtypes(device="cpu")["integral"] == ag.int64
    for kind in (None, "bool", "integral", "numeric", ("bool", "complex floating")):
        for name, dtype in info.dtypes(kind=kind).items():
            assert getattr(ag, name) == dtype and ag.empty(1, dtype=dtype, device="cpu").dtype == dtype
    t = ag.ones(2)
    assert ag.__array_api_version__ == "2025.12" and t.__array_namespace__(api_version="2025.12") is ag
    with pytest.raises(ArgumentError, match=r"no version '1999\.12'"):
        t.__array_namespace__(api_version="1999.12")
    assert t.to_device("cpu") is t
    with pytest.raises(ArgumentError, match="device='cuda'"):
        t.to_device("cuda")


def test_asarray_copies_when_told_to_and_refuses_when_told_not_to() -> None:
    t = ag.tensor([1.0, 2.0])
    assert ag.asarray(t) is t and ag.asarray(t, copy=False) is t
    copied = ag.asarray(t, copy=True)
    copied[0] = 9.0
    assert t[0] == 1.0
    for call in (lambda: ag.asarray(t, dtype=int, copy=False), lambda: ag.asarray(np.ones(2), copy=False)):
        with pytest.raises(ValueError, match="would have to copy"):
            call()


def test_a_copy_keeps_the_gradient() -> None:
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    for copied in (ag.asarray(w, copy=True), ag.reshape(w, (2, 1), copy=True), ag.astype(w, ag.float64)):
        (3 * copied).sum().backward()
        assert w.grad is not None and w.grad.tolist() == [3.0, 3.0]
        w.grad = None
    assert ag.astype(w, ag.float64, copy=False) is w


def test_reshape_copies_when_told_to_and_refuses_when_told_not_to() -> None:
    t = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    copied, view = ag.reshape(t, (4,), copy=True), ag.reshape(t, (4,), copy=False)
    copied[0] = 8.0
    view[1] = 9.0
    assert t.tolist() == [[1.0, 9.0], [3.0, 4.0]]
    with pytest.raises(ValueError, match="without a copy"):
        ag.reshape(t.T, (4,), copy=False)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float32", "complex128"])
def test_values_pass_through_dlpack_and_nobody_can_write_into_them(dtype: str) -> None:
    t = ag.asarray(numbers(dtype, (3,)))
    received = np.from_dlpack(t)
    np.testing.assert_array_equal(received, t.numpy())
    assert not np.shares_memory(received, t.numpy())
    assert ag.from_dlpack(t) is t and ag.from_dlpack(t, copy=True) is not t
    assert_same(ag.from_dlpack(numbers(dtype, (3,)), device="cpu"), t.numpy())
    assert t.__dlpack_device__() == (1, 0)


@pytest.mark.skipif(not VERSIONED, reason="from NumPy 2.1 on it can be said that memory is read-only")
def test_a_view_through_dlpack_is_read_only() -> None:
    t = ag.tensor([1.0, 2.0])
    received = np.from_dlpack(t, copy=False)
    assert np.shares_memory(received, t.numpy()) and not received.flags.writeable
    assert np.from_dlpack(t, copy=True).flags.writeable


def test_dlpack_refuses_what_would_be_unsafe() -> None:
    t = ag.ones(2)
    with pytest.raises(ExportError, match="asked version cannot tell"):
        t.__dlpack__(copy=False)
    with pytest.raises(ExportError, match="on the CPU"):
        t.__dlpack__(dl_device=(2, 0))
    with pytest.raises(UsageError, match="would lose the gradient"):
        (2 * ag.ones(2, requires_grad=True)).__dlpack__()
    with pytest.raises(ValueError, match="would have to copy"):
        ag.from_dlpack(np.ones(2), copy=False)


def test_operators_of_bits_refuse_floats() -> None:
    for compute in (lambda t: t & 1, lambda t: 1 | t, lambda t: t << 1, lambda t: ~t, lambda t: ag.ones(2) ^ t):
        with pytest.raises(DtypeError, match="is for integers and booleans, got"):
            compute(ag.ones(3))
    assert (1 << ag.tensor([1, 2])).tolist() == [2, 4]
    assert (True ^ ag.tensor([True, False])).tolist() == [False, True]


def test_floor_division_in_place_ends_the_gradient_of_what_was_there() -> None:
    w = ag.tensor([5.0, 7.0], requires_grad=True)
    t = w * 1
    t //= 2
    assert t.tolist() == [2.0, 3.0] and not t.requires_grad
    t = w * 1
    t %= 3
    t.sum().backward()
    assert t.tolist() == [2.0, 1.0] and w.grad is not None and w.grad.tolist() == [1.0, 1.0]


def test_numbers_come_out_of_tensors_as_python_has_them() -> None:
    t = ag.tensor([1, 2, 3])
    assert operator.index(t[1]) == 2 and [5, 6, 7][t[0]] == 6
    assert bool(ag.tensor(1j)) and complex(ag.tensor(2)) == 2 + 0j and int(ag.tensor(True)) == 1
    with pytest.raises(OverflowError):
        int(ag.tensor(math.inf))


def test_infinity_has_a_sign_and_an_empty_row_a_norm() -> None:
    assert ag.sign(ag.tensor([-np.inf + 0j, 4j])).tolist() == [-1 + 0j, 1j]
    assert ag.linalg.vector_norm(ag.ones((2, 0)), ord=np.inf, axis=1).tolist() == [0.0, 0.0]
    assert ag.fft.fftfreq(4, d=0.5, dtype=ag.float32, device="cpu").dtype == np.float32


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_the_standard_is_not_followed_numpy_is() -> None:
    infinite, two = ag.tensor([math.inf, -math.inf]), ag.tensor(2.0)
    assert np.isnan(ag.floor_divide(infinite, two).numpy()).all() and np.isnan((infinite // two).numpy()).all()
    assert ag.floor_divide(ag.tensor(3.0), ag.tensor(-math.inf)).item() == -1.0
    assert ag.clip(ag.ones(2, dtype=ag.float32), ag.zeros(2)).dtype == np.float64


def test_what_is_expected_to_fail_in_the_consortiums_suite_is_named_once() -> None:
    lines = EXPECTED.read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("array_api_tests/test_") and "::test_" in name for name in names)
    run, environment = command(ROOT, "autograd_lite", ["--max-examples", "5"])
    assert str(EXPECTED) in run and run[-2:] == ["--max-examples", "5"]
    assert environment["ARRAY_API_TESTS_MODULE"] == "autograd_lite" and str(ROOT) in environment["PYTHONPATH"]


def test_a_dtype_is_converted_on_the_cpu_only() -> None:
    t = ag.ones(2)
    assert ag.astype(t, ag.float32, device="cpu").dtype == np.float32
    with pytest.raises(ArgumentError, match="device='cuda'"):
        ag.astype(t, ag.float32, device="cuda")


def test_integer_results_that_a_gradient_does_not_pass_are_written_into_a_view_too() -> None:
    w = ag.tensor([5.0, 7.0], requires_grad=True)
    t = w * 1
    view = t[:1]
    view //= 2
    (t * t).sum().backward()
    assert t.tolist() == [2.0, 7.0] and w.grad is not None and w.grad.tolist() == [0.0, 14.0]
