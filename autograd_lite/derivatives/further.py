"""The further pages of the table: what few programs need is read, all of it at once, when it is first asked for.

So it does not slow every start. The pages that define methods of Tensor, or what training needs, are not among them.
"""

from __future__ import annotations

import os
from contextvars import Context
from importlib import import_module
from threading import RLock
from typing import Any

from autograd_lite.primitives import REGISTRY, Primitive

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
_table: dict[Any, Primitive] = {}


def whole_table() -> dict[Any, Primitive]:
    """Return the operations of all pages by their functions, without SciPy's and those that users declare.

    The first call reads the further pages. Whoever adds to the registry, or goes through it, calls this before.
    """
    if not _table:
        with _lock:
            if not _table:
                Context().run(_read)  # modes that were set where something was asked for are not the pages'
                _table.update(REGISTRY)
    return _table


def _read() -> None:
    for page in PAGES:
        import_module(f"{__package__}.{page}")
