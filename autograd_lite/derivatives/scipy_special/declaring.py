"""Declarations of SciPy's special functions, which are looked up only once SciPy is there."""

from __future__ import annotations

import sys
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any

from autograd_lite.errors import UnsupportedError
from autograd_lite.primitives import REGISTRY, Array, Primitive, primitive

DECLARED: dict[str, dict[str, Any]] = {}


class _Special:
    """scipy.special as it is when a rule runs: the pages can be read where SciPy is not installed."""

    def __getattr__(self, name: str) -> Any:
        value = plain(getattr(sys.modules.get("scipy.special"), name))
        setattr(self, name, value)
        return value


special: Any = _Special()


def plain(function: Any) -> Any:
    """Return a ufunc as it is without the wrapper that it has where SCIPY_ARRAY_API is set."""
    return getattr(function, "__wrapped__", function)


def function(name: str, *, ufunc: str | None = None, **declaration: Any) -> None:
    """Declare a function of scipy.special, as `primitive` does.

    Parameters
    ----------
    name : str
        Its public name.
    ufunc : str, optional
        The ufunc behind it, where the public name is that of a Python function.
    **declaration
        The rules and the options of `Primitive`.
    """
    DECLARED[name] = {"ufunc": ufunc or name, "label": name, **declaration}


def register_all() -> dict[str, Primitive]:
    """Register what is declared and this version of SciPy has; return it by name."""
    found = {}
    module = import_module("scipy.special")
    for name, declared in DECLARED.items():
        options = dict(declared)
        ufunc = _ufunc(module, options.pop("ufunc"))
        if ufunc is not None and ufunc not in REGISTRY:
            found[name] = primitive(ufunc, **options, name=f"special.{name}")
    return found


def _ufunc(module: ModuleType, path: str) -> Any:
    try:
        return plain(attrgetter(path)(module))
    except AttributeError:
        return None


def real(name: str, x: Array) -> Array:
    """Return an operand of a function that is differentiable on the real line only.

    Raises
    ------
    UnsupportedError
        When it is complex.
    """
    if x.dtype.kind == "c":
        raise UnsupportedError(
            f"special.{name} of complex numbers has no derivative: it is not holomorphic.",
            "Give real numbers, or write it with the unscaled function and np.exp.",
        )
    return x
