"""Functions that do not change when their operands change a little, under NumPy's names: they have no gradient.

Comparisons, rounding, bits, searching and counting: ``ag.floor(t)``, ``ag.argsort(t)``. On Tensors they give Tensors,
on arrays what NumPy gives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd_lite.conversion import plain
from autograd_lite.derivatives.sorting import along_one, order_of
from autograd_lite.spelling import spelled
from autograd_lite.tensors import Tensor, wrap

UFUNCS = """
    bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor
    ceil equal floor floor_divide gcd greater greater_equal invert isfinite isinf isnan lcm left_shift less less_equal
    logical_and logical_not logical_or logical_xor not_equal right_shift rint signbit spacing trunc
""".split()  # noqa: SIM905
FUNCTIONS = """
    all allclose any argmax argmin argpartition argwhere around array_equal array_equiv count_nonzero digitize fix
    flatnonzero isclose iscomplex iscomplexobj isin isneginf isposinf isreal isrealobj nanargmax nanargmin
    ndim nonzero round searchsorted shape size
""".split()  # noqa: SIM905
ONE_OPERAND = inspect.signature(lambda x, /, *, out=None, where=True, dtype=None: None)
TWO_OPERANDS = inspect.signature(lambda x1, x2, /, *, out=None, where=True, dtype=None: None)


@spelled
def argsort(
    x: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, descending: bool = False, stable: Any = None
) -> Any:
    """Return the places of the elements in order along an axis; equal ones keep their order.

    Parameters
    ----------
    x : Tensor or array
    axis : int or None
        Without an axis the elements are sorted as one row.
    kind, order, stable
        Taken as NumPy takes them; the sort is always stable.
    descending : bool
        Whether the largest come first.

    Returns
    -------
    Tensor of integers, or array

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.argsort(ag.tensor([0.1, 0.7, 0.2]), descending=True)
    tensor([1, 2, 0])
    """
    values, axis = along_one(np.asarray(plain(x)), axis)
    found = order_of(values, axis, descending)
    return wrap(found, None) if isinstance(x, Tensor) else found


@spelled
def lexsort(keys: Any, axis: int = -1) -> Any:
    """Return the places of the elements in the order of several keys, of which the last counts first.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.lexsort([ag.tensor([2.0, 1.0, 0.0]), ag.tensor([0.0, 1.0, 0.0])])
    tensor([2, 0, 1])
    """
    return np.lexsort(tuple(keys) if isinstance(keys, list) else keys, axis)


def _public(name: str) -> Callable[..., Any]:
    """Return NumPy's function as one of ours."""
    function = getattr(np, name)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call.__name__ = name
    call.__module__ = __name__
    call.__doc__ = f"Return ``np.{name}(...)``, on Tensors as a Tensor; it has no gradient."
    if isinstance(function, np.ufunc):  # those of older versions of NumPy do not tell
        call.__signature__ = ONE_OPERAND if function.nin == 1 else TWO_OPERANDS  # type: ignore[attr-defined]
    return spelled(call)


FROM_NUMPY = {name: _public(name) for name in (*UFUNCS, *FUNCTIONS) if hasattr(np, name)}
__all__ = ["argsort", "lexsort", *FROM_NUMPY]
globals().update(FROM_NUMPY)
