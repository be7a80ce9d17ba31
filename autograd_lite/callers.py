"""Which function of another library is running, and what has a derivative in its place."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composites
from autograd_lite.derivatives.further import whole_table
from autograd_lite.source import OURS

INSTALLED = ("site-packages", "dist-packages")
SPECIAL_METHOD = re.compile(r"\.__\w+__$")
# Modules whose functions mean the same as those of the table under the same name.
TWINS = {"scipy.linalg": "linalg.", "scipy.fft": "fft.", "scipy.special": "", "scipy.integrate": ""}
# Those that differ from their twins by default.
UNLIKE = {
    "scipy.linalg.cholesky": "ag.linalg.cholesky(A).mT",
    "scipy.linalg.qr": 'ag.linalg.qr(A, mode="complete")',
    "scipy.special.comb": "scipy.special.binom(n, k)",
    "scipy.special.factorial": "scipy.special.gamma(n + 1)",
    "scipy.special.multigammaln": "ag.special.multigammaln(t, d)",
    "scipy.special.perm": "scipy.special.poch(n - k + 1, k)",
    "scipy.special.polygamma": "ag.special.polygamma(n, t)",
    "scipy.special.spherical_jn": "np.sqrt(np.pi / (2 * t)) * scipy.special.jv(n + 0.5, t)",
}
# Functions that call a function of the user's, by module.
TAKING_FUNCTIONS = {
    "scipy.optimize": "Give it numbers, t.numpy(), and derivatives apart: jac=ag.grad(f), or ag.jacobian(f).",
    "scipy.integrate": "Give it numbers, t.numpy(), and let your function return numbers too.",
}


def library_call() -> str | None:
    """Return the public name of the function through which another library's code was entered, to run until here.

    None when that code is the user's. What stands in no installed package counts as the user's.
    """
    entered = list(_frames_of_a_library())
    names = [_public_name(frame) for frame in reversed(entered)]
    found = next(filter(None, names), None)
    return found or (_public(_module(entered[-1])) if entered else None)


def mend_for(call: str) -> str:
    """Return what to type in the place of a library's function, given a Tensor that requires a gradient."""
    module, _, name = call.rpartition(".")
    twin = f"{TWINS[module]}{name}" if module in TWINS else None
    if call in UNLIKE or twin in _names_of_the_table():
        ours = UNLIKE.get(call, f"ag.{twin}")
        return f"Use {ours}, which has a derivative, or give it t.numpy() for the value alone."
    if module in TAKING_FUNCTIONS:
        return TAKING_FUNCTIONS[module]
    return "Give it t.numpy() for the value alone, or declare its derivative: ag.primitive(...)."


def _names_of_the_table() -> set[str]:
    return {*composites(), *(each.__name__ for each in whole_table().values())}


def home_of(ufunc: np.ufunc) -> str:
    """Return the prefix under which users know a ufunc, which does not say so itself."""
    for module, prefix in (("numpy", "np."), ("scipy.special", "scipy.special.")):
        if getattr(sys.modules.get(module), ufunc.__name__, None) is ufunc:
            return prefix
    return ""


def _frames_of_a_library() -> Iterator[FrameType]:
    """Yield the frames, from the innermost outwards, of the one library whose code is running."""
    frame: FrameType | None = sys._getframe(1)
    library = None
    while frame is not None:
        package = _module(frame).partition(".")[0]
        if package not in OURS:
            if package != (library or package) or not any(each in frame.f_code.co_filename for each in INSTALLED):
                return
            library = package
            yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _public(module: str) -> str:
    """Return a module's name up to its first private part: scipy.integrate for scipy.integrate._ivp.base."""
    parts = module.split(".")
    private = next((k for k, part in enumerate(parts) if part.startswith("_")), len(parts))
    return ".".join(parts[:private])


def _public_name(frame: FrameType) -> str | None:
    """Return under which public name users call the function of a frame; None when they do not."""
    for module, name in _names(frame):
        first, *others = SPECIAL_METHOD.sub("", name).split(".")
        home = _home(_public(module), first)
        if home is not None and not any(part.startswith(("_", "<")) for part in (first, *others)):
            return ".".join((home, first, *others))
    return None


def _home(module: str, name: str) -> str | None:
    """Return the uppermost of a module and the packages it is in that has the name: pandas for pandas.core.series."""
    parts = module.split(".")
    for home in (".".join(parts[: k + 1]) for k in range(len(parts))):
        if getattr(getattr(sys.modules.get(home), name, None), "__name__", None) == name:
            return home
    return None


def _names(frame: FrameType) -> Iterator[tuple[str, str]]:
    """Yield module and qualified name under which a frame's function may be known."""
    code, values = frame.f_code, frame.f_locals
    known = [(_module(frame), code.co_qualname)]
    for name in code.co_freevars:  # in a decorator's inner function, the function that it stands for
        function: Any = values.get(name)
        if isinstance(function, FunctionType):
            known.append((function.__module__, function.__qualname__))
    owner = type(values.get("self"))
    for _, name in known:  # the method of a base class
        method = name.rpartition(".")[2]
        if hasattr(owner, method):
            yield owner.__module__, f"{owner.__qualname__}.{method}"
    yield from known
