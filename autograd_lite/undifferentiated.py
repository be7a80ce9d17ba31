"""NumPy functions without a derivative: run on the values where no gradient can be lost, refused elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.callers import home_of
from autograd_lite.conversion import tensors_in, without_tensors
from autograd_lite.errors import DtypeError, UnsupportedError
from autograd_lite.graph import current_mode
from autograd_lite.primitives import no_axis

# Their result does not change when their operands change a little.
PIECEWISE_CONSTANT = frozenset(
    """
    less less_equal greater greater_equal equal not_equal isfinite isnan isinf isneginf isposinf signbit sign
    logical_and logical_or logical_not logical_xor all any count_nonzero nonzero flatnonzero argwhere
    floor ceil rint trunc fix round around floor_divide spacing isin lexsort argmax argmin nanargmax nanargmin argsort
    argpartition searchsorted digitize
    linalg.matrix_rank isclose allclose array_equal array_equiv iscomplexobj isrealobj isreal iscomplex
    gammasgn einsum_path shape ndim size result_type can_cast min_scalar_type may_share_memory shares_memory
    zeros_like ones_like empty_like array_repr array_str array2string
    """.split()  # noqa: SIM905
)


# What to write instead, where the table has the same under another name.
MENDS = {
    "copyto": "Write into a Tensor, or make a new one: np.where(mask, t, a), ag.full_like(a, t).",
    "add.at": "Write into a Tensor: d = ag.zeros(n), then np.add.at(d, index, t).",
    **dict.fromkeys(
        ("save", "savez", "savez_compressed", "savetxt"), "Write the values: np.save(file, t.numpy()), for example."
    ),
}


def name_of(function: Callable[..., Any]) -> str:
    """Return a function's name; that of np.add.reduce names the ufunc too."""
    name = getattr(function, "__name__", str(function))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"{owner.__name__}.{name}"
    home = str(getattr(function, "__module__", "")).removeprefix("numpy").lstrip(".")
    return f"{home}.{name}" if home in ("linalg", "fft") else name


def _mend(name: str, full: str) -> str:
    """Return what to write instead of a function without a derivative."""
    if name.endswith("(vectorized)"):
        return "It calls Python for each element: write the function in NumPy's operations."
    if name.startswith("_"):  # a ufunc of SciPy's behind a function of another name
        return "Give t.detach() for the value alone, or declare ag.primitive(...)."
    return MENDS.get(name, f"Use {full}(t.detach()) for the value alone, or declare ag.primitive(...).")


def on_values(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a NumPy function on the values of the Tensors in its arguments, as read-only arrays.

    Raises
    ------
    UnsupportedError
        When a Tensor requires a gradient, and the function has a derivative that is not declared.
    DtypeError
        When it is a ufunc that has no loop for their dtypes.
    IndexingError
        When there is no such axis.
    """
    name = name_of(function)
    if current_mode.get().recording:
        for each in tensors_in((args, kwargs)):
            constant = name in PIECEWISE_CONSTANT and not (name == "sign" and each.dtype.kind == "c")
            if each.requires_grad and not constant:
                full = f"{home_of(function) if isinstance(function, np.ufunc) else 'np.'}{name}"
                raise UnsupportedError(
                    f"{full} has no derivative here, and its operand of shape {each.shape} requires a gradient.",
                    _mend(name, full),
                )
    try:
        found = function(*without_tensors(args), **without_tensors(kwargs))
    except np.exceptions.AxisError as problem:
        raise no_axis(name, problem) from None
    except TypeError:
        if not isinstance(function, np.ufunc):
            raise
        kinds = " and ".join(str(getattr(each, "dtype", type(each).__name__)) for each in args)
        raise DtypeError(
            f"{home_of(function)}{name} does not take operands of {kinds}.",
            "Convert them first: t.astype(int) for integers, t.real or abs(t) for real numbers.",
        ) from None
    return np.intp(found) if function is np.count_nonzero and isinstance(found, int) else found
