"""SciPy's special functions: their pages are read when the first of them arrives at a Tensor, or is asked for.

No operation imports SciPy: its functions arrive only where somebody else has imported it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Lock
from typing import Any

from autograd_lite.derivatives.further import whole_table
from autograd_lite.primitives import REGISTRY, Primitive

PAGES = ("bessel", "distributions", "elementary", "error_functions", "gammas", "integrals", "polynomials")

_lock = Lock()
_found: dict[str, Primitive] = {}


def find_special(ufunc: Any) -> Primitive | None:
    """Return the operation of a ufunc of scipy.special; None for any other."""
    if _found or "scipy.special" not in sys.modules:
        return None
    read_pages()
    return REGISTRY.get(ufunc)


def installed_functions() -> dict[str, Primitive]:
    """Return the operations of scipy.special by their names there; none where SciPy is not installed."""
    try:
        import_module("scipy.special")
    except ImportError:
        return {}
    return read_pages()


def read_pages() -> dict[str, Primitive]:
    """Return the operations of scipy.special by their names there, registered on the first call."""
    whole_table()
    with _lock:
        if not _found:
            for page in PAGES:
                import_module(f"{__name__}.{page}")
            _found.update(import_module(f"{__name__}.declaring").register_all())
    return _found
