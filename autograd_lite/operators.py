"""Tensor's operators, each a primitive of the table."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import plain
from autograd_lite.derivatives.vocabulary import product
from autograd_lite.errors import DtypeError, ShapeError
from autograd_lite.primitives import REGISTRY
from autograd_lite.recording import binary, unary
from autograd_lite.variable import Variable, wrap

ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MATMUL, NEGATIVE, POSITIVE, ABSOLUTE, REMAINDER = (
    REGISTRY[each]
    for each in (
        np.add,
        np.subtract,
        np.multiply,
        np.divide,
        np.power,
        np.matmul,
        np.negative,
        np.positive,
        np.absolute,
        np.remainder,
    )
)

SIGNS = {
    operator.and_: "&",
    operator.or_: "|",
    operator.xor: "^",
    operator.lshift: "<<",
    operator.rshift: ">>",
}


class Operators(Variable):
    """The part of Tensor that Python's operators are."""

    __slots__ = ()

    # Defining == takes the hash away; a tensor is hashed by identity.
    __hash__ = object.__hash__

    def __add__(self, other: Any) -> Any:
        return binary(ADD, operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return binary(ADD, operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return binary(SUBTRACT, operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return binary(SUBTRACT, operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return binary(MULTIPLY, operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return binary(MULTIPLY, operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return binary(DIVIDE, operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return binary(DIVIDE, operator.truediv, other, self)

    def __pow__(self, other: Any) -> Any:
        return binary(POWER, operator.pow, self, other)

    def __rpow__(self, other: Any) -> Any:
        return binary(POWER, operator.pow, other, self)

    def __mod__(self, other: Any) -> Any:
        return binary(REMAINDER, operator.mod, self, other)

    def __rmod__(self, other: Any) -> Any:
        return binary(REMAINDER, operator.mod, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return wrap(np.floor_divide(self._value, plain(other)), None)

    def __rfloordiv__(self, other: Any) -> Any:
        return wrap(np.floor_divide(plain(other), self._value), None)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __matmul__(self, other: Any) -> Any:
        return binary(MATMUL, product, self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return binary(MATMUL, product, other, self)

    def __neg__(self) -> Any:
        return unary(NEGATIVE, self)

    def __pos__(self) -> Any:
        return unary(POSITIVE, self)

    def __abs__(self) -> Any:
        return unary(ABSOLUTE, self)

    def __lt__(self, other: Any) -> Any:
        return wrap(self._value < plain(other), None)

    def __le__(self, other: Any) -> Any:
        return wrap(self._value <= plain(other), None)

    def __gt__(self, other: Any) -> Any:
        return wrap(self._value > plain(other), None)

    def __ge__(self, other: Any) -> Any:
        return wrap(self._value >= plain(other), None)

    def __eq__(self, other: object) -> Any:
        return wrap(np.equal(self._value, plain(other)), None)

    def __ne__(self, other: object) -> Any:
        return wrap(np.not_equal(self._value, plain(other)), None)

    def __and__(self, other: Any) -> Any:
        return _on_bits(operator.and_, self, other)

    def __rand__(self, other: Any) -> Any:
        return _on_bits(operator.and_, other, self)

    def __or__(self, other: Any) -> Any:
        return _on_bits(operator.or_, self, other)

    def __ror__(self, other: Any) -> Any:
        return _on_bits(operator.or_, other, self)

    def __xor__(self, other: Any) -> Any:
        return _on_bits(operator.xor, self, other)

    def __rxor__(self, other: Any) -> Any:
        return _on_bits(operator.xor, other, self)

    def __lshift__(self, other: Any) -> Any:
        return _on_bits(operator.lshift, self, other)

    def __rlshift__(self, other: Any) -> Any:
        return _on_bits(operator.lshift, other, self)

    def __rshift__(self, other: Any) -> Any:
        return _on_bits(operator.rshift, self, other)

    def __rrshift__(self, other: Any) -> Any:
        return _on_bits(operator.rshift, other, self)

    def __invert__(self) -> Any:
        try:
            return wrap(~self._value, None)
        except TypeError:
            raise _no_bits("~", self) from None


def _on_bits(compute: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """Run an operator of integers and booleans, which have no gradient."""
    try:
        return wrap(compute(plain(a), plain(b)), None)
    except TypeError:
        raise _no_bits(SIGNS[compute], a, b) from None
    except ValueError:
        raise ShapeError(
            f"{SIGNS[compute]}: the shapes {np.shape(plain(a))} and {np.shape(plain(b))} do not fit.",
            "Shapes fit when, from the right, lengths are equal or 1; use reshape or np.expand_dims.",
        ) from None


def _no_bits(sign: str, *operands: Any) -> DtypeError:
    """Return the error of an operator on bits of what has none."""
    kinds = " and ".join(str(getattr(each, "dtype", type(each).__name__)) for each in operands)
    return DtypeError(
        f"{sign} is for integers and booleans, got {kinds}.",
        "Compare first, (a > 0) & (b > 0), or convert: t.astype(int).",
    )
