"""The further pages of the table: what few programs need is read, all of it at once, when it is first asked for.

So it does not slow every start. The pages that define methods of Tensor, or what training needs, are not among them.
"""

from __future__ import annotations

import os
import sys
from contextvars import Context
from importlib import import_module
from threading import RLock
from typing import Any

from autograd_lite.primitives import REGISTRY, STAGED, Primitive

PAGES = (
    "contractions",
    "convolution",
    "distinct",
    "emath",
    "fft",
    "histograms",
    "linalg",
    "missing",
    "normalization",
    "padding",
    "polynomials",
    "pooling",
    "ranges",
    "splitting",
    "ufunc_methods",
)

_lock = RLock()
if hasattr(os, "register_at_fork"):
    # A child process would inherit the lock as it is, without the thread that was to release it.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
# What the pages have declared, and the tables that it is for.
_declared: dict[Any, tuple[dict[Any, Any], Any]] = {}
_table: dict[Any, Primitive] = {}


def whole_table() -> dict[Any, Primitive]:
    """Return the operations of all pages by their functions, without SciPy's and those that users declare.

    The first call reads the further pages. Whoever adds to the registry, or goes through it, calls this before.
    """
    if not _table:
        with _lock:
            if not _table:
                Context().run(_read)  # modes that were set where something was asked for are not the pages'
                for function, (table, declaration) in _declared.items():
                    table[function] = declaration
                _table.update(REGISTRY)
    return _table


def _read() -> None:
    """Import the pages: all of them, or after an error or Ctrl-C none, so that they can be read again.

    Until the last one is there, what they declare is put aside: another thread would find it half made.
    """
    STAGED.set(_declared)
    before = set(sys.modules)
    try:
        for page in PAGES:
            import_module(f"{__package__}.{page}")
    except BaseException:
        new = [name for name in set(sys.modules) - before if name.startswith(f"{__package__}.")]
        if new:
            _declared.clear()
        for name in new:
            del sys.modules[name]
        raise
