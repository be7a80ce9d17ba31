"""The array API's functions give NumPy's results, as Tensors, for every dtype."""

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as ag
from tests.engine.numpy_results import (
    ALL,
    BITS,
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMERIC,
    REAL,
    SHAPES,
    assert_same,
    numbers,
    tensors,
)


def of(dtypes: tuple[str, ...], names: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), dtypes)


UNARY = {
    **of((*FLOATS, *COMPLEX), "acos acosh asin asinh atan atanh cos cosh exp expm1 log log10 log1p log2"),
    **of((*FLOATS, *COMPLEX), "sin sinh sqrt tan tanh"),
    **of(REAL, "ceil floor signbit trunc"),
    **of(NUMERIC, "abs conj imag isfinite isinf isnan negative positive real reciprocal round sign square"),
    **of(BITS, "bitwise_invert"),
    **of(("bool",), "logical_not"),
}
BINARY = {
    **of(NUMERIC, "add divide multiply subtract equal not_equal"),
    **of(FLOATS, "atan2 copysign hypot logaddexp nextafter pow"),
    **of(REAL, "floor_divide greater greater_equal less less_equal maximum minimum remainder"),
    **of(BITS, "bitwise_and bitwise_or bitwise_xor"),
    **of(("bool",), "logical_and logical_or logical_xor"),
}
OPERATORS = {
    **of(NUMERIC, "add sub mul truediv eq ne"),
    **of(REAL, "floordiv mod lt le gt ge"),
    **of(BITS, "and_ or_ xor"),
    **of(FLOATS, "pow"),
    **of(("int8", "uint32", "int64"), "lshift rshift"),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_one_operand_gives_what_numpy_gives(name: str) -> None:
    for dtype in UNARY[name]:
        for shape in SHAPES:
            x = numbers(dtype, shape)
            assert_same(getattr(ag, name)(ag.asarray(x)), getattr(np, name)(x))


def pairs(dtype: str) -> Iterator[tuple[Any, Any]]:
    """Operands of a dtype: of shapes that are broadcast, and with a Python number on either side."""
    for one, other in (((2, 3), (3,)), ((), (2, 1)), ((3,), (0, 1)), ((), ())):
        yield numbers(dtype, one), numbers(dtype, other, seed=1)
    number = numbers(dtype, (3,))[1].item()
    yield numbers(dtype, (3,)), number
    yield number, numbers(dtype, (3,))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", BINARY)
def test_a_function_of_two_operands_gives_what_numpy_gives(name: str) -> None:
    for dtype in BINARY[name]:
        for pair in pairs(dtype):
            assert_same(getattr(ag, name)(*tensors(pair)), getattr(np, name)(*pair))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_gives_what_numpy_gives(name: str) -> None:
    compute = getattr(operator, name)
    for dtype in OPERATORS[name]:
        for x, y in pairs(dtype):
            few = (abs(y) % 5 if name in ("lshift", "rshift") else y) if dtype != "bool" else y
            assert_same(compute(tensors(x), tensors(few)), compute(x, few))


IN_PLACE = {**of(REAL, "iadd isub imul ifloordiv imod"), **of(FLOATS, "itruediv ipow"), **of(BITS, "iand ior ixor")}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [*IN_PLACE, "ilshift", "irshift"])
def test_an_operator_in_place_writes_what_numpy_writes(name: str) -> None:
    update = getattr(operator, name)
    for dtype in IN_PLACE.get(name, ("int8", "uint64")):
        for other in (numbers(dtype, (3,), seed=1), numbers(dtype, (3,))[1].item()):
            x, y = numbers(dtype, (2, 3)), abs(other) % 5 if "shift" in name else other
            t = ag.asarray(x)
            view = t[0]
            assert update(t, tensors(y)) is t
            assert_same(t, update(x, y))
            assert_same(view, x[0])


class Call(NamedTuple):
    """A function of the standard, as it is called."""

    name: str
    dtypes: tuple[str, ...]
    arguments: Callable[[str], tuple[Any, ...]]
    keywords: dict[str, Any]


def call(name: str, dtypes: tuple[str, ...], *shapes: Any, **keywords: Any) -> Call:
    """A call with arrays of these shapes; what is no shape, written as a list of one, is passed on as it is."""

    def arguments(dtype: str) -> tuple[Any, ...]:
        made = ((each[0] if isinstance(each, list) else numbers(dtype, each, seed)) for seed, each in enumerate(shapes))
        return tuple(made)

    return Call(name, dtypes, arguments, keywords)


MASK, PLACES = np.array([[True, False, True], [False, True, False]]), np.array([[2, 0, 1], [0, -1, 1]])
CALLS = [
    *(call(name, REAL, (2, 3), axis=0, keepdims=True) for name in ("max", "min", "argmax", "argmin")),
    *(call(name, FLOATS, (2, 3), axis=axis, correction=1) for name in ("std", "var") for axis in (None, 1, (0, 1))),
    *(call(name, NUMERIC, (2, 3), axis=(0, 1)) for name in ("sum", "prod")),
    *(call(name, INTEGERS, (2, 3), axis=1, dtype=np.dtype("int8")) for name in ("sum", "prod")),
    *(call(name, ALL, (2, 3), axis=-1, keepdims=True) for name in ("all", "any")),
    call("mean", (*FLOATS, *COMPLEX), (2, 0), axis=0),
    *(call(name, ALL, (5,)) for name in ("unique_all", "unique_counts", "unique_inverse", "unique_values")),
    call("isin", REAL, (2, 3), (2,), invert=True),
    call("nonzero", ALL, (2, 3)),
    call("where", ALL, [MASK], (2, 3), (3,)),
    call("clip", REAL, (2, 3), [1], [5]),
    call("diff", NUMERIC, (2, 4), n=2, axis=0),
    call("diff", FLOATS, (4,), n=0),
    call("take", ALL, (3, 3), [PLACES], axis=1),
    call("take_along_axis", ALL, (2, 3), [PLACES], axis=1),
    call("searchsorted", REAL, [np.array([1, 3, 5])], (3,), side="right"),
    call("broadcast_to", ALL, (3,), [(2, 3)]),
    call("broadcast_arrays", ALL, (3,), (2, 1)),
    call("meshgrid", ALL, (2,), (3,), indexing="ij"),
    call("expand_dims", ALL, (3,), axis=(0, -1)),
    call("squeeze", ALL, (1, 3, 1), axis=(0, 2)),
    call("flip", ALL, (2, 3), axis=1),
    call("moveaxis", ALL, (2, 3, 1), [(0, 1)], [(-1, 0)]),
    call("permute_dims", ALL, (2, 3, 1), [(-1, 0, 1)]),
    call("repeat", ALL, (3,), [np.array([2, 0, 1])]),
    call("roll", ALL, (2, 3), [(1, -1)], axis=(0, 1)),
    call("tile", ALL, (2, 3), [(2, 1, 2)]),
    *(call(name, ALL, (3, 3), k=-1) for name in ("tril", "triu")),
    *(call(name, NUMERIC, (2, 3, 2), (2, 2)) for name in ("matmul", "linalg.matmul")),
    call("tensordot", NUMERIC, (2, 3), (3, 2), axes=((0,), (1,))),
    call("vecdot", NUMERIC, (3, 2, 4), (2, 1), axis=-2),
    call("linalg.trace", INTEGERS, (2, 3, 3), offset=1, dtype=np.dtype("int8")),
    call("linalg.diagonal", NUMERIC, (2, 3, 2), offset=-1),
    call("linalg.outer", INTEGERS, (3,), (2,)),
    call("astype", REAL, (3,), [np.dtype("complex64")]),
]
if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    CALLS += [call("unstack", ALL, (2, 3), axis=1)]
    CALLS += [call(name, REAL, (2, 3), axis=1) for name in ("cumulative_sum", "cumulative_prod")]
    CALLS += [call("cumulative_sum", INTEGERS, (3,), include_initial=True, dtype=np.dtype("uint8"))]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("each", CALLS, ids=lambda each: each.name)
def test_a_call_gives_what_numpy_gives(each: Call) -> None:
    ours, theirs = (operator.attrgetter(each.name)(module) for module in (ag, np))
    if each.name == "diff":  # NumPy's has no positional-only parameter for it
        ours, theirs = ag.diff, np.diff
    for dtype in each.dtypes:
        arguments = each.arguments(dtype)
        assert_same(ours(*tensors(arguments), **each.keywords), theirs(*arguments, **each.keywords))
