"""Linear algebra under NumPy's names, ``ag.linalg.inv(t)``: what the table of derivatives has of numpy.linalg."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.errors import refusing
from autograd_lite.methods import namespace
from autograd_lite.spelling import spelled

OPERATIONS = namespace(np.linalg)
globals().update(OPERATIONS)


@spelled
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return how many singular values of matrices are greater than a tolerance: integers, which have no gradient.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.linalg.matrix_rank(ag.ones((2, 2))).item()
    1
    """
    return np.linalg.matrix_rank(A, tol, hermitian, rtol=rtol)


__all__ = ["matrix_rank", *OPERATIONS]

__getattr__ = refusing("ag.linalg", __all__)
