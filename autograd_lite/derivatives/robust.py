"""Huber's function, the loss of an error: quadratic near 0, linear beyond, so that outliers pull no harder than δ."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import one_number
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, primitive


def _huber(x: Array, delta: float) -> Array:
    """Return c (x − c/2) with c the error limited to [−δ, δ]: x²/2 near 0, and δ (|x| − δ/2) beyond."""
    c = np.clip(x, -delta, delta)
    return c * (x - 0.5 * c)


def _huber_call(x: Array, delta: float = 1.0) -> Any:
    delta = one_number("huber", "delta", delta)
    if not 0 < delta < np.inf:
        raise ArgumentError(f"huber: delta must be positive and finite, got {delta:g}.", "Write huber(x, delta=1.0).")
    return (x,), {"delta": delta}


huber = primitive(
    _huber,
    x=lambda g, x, delta: g * np.clip(x, -delta, delta),
    canonical=_huber_call,
    keywords=("delta",),
    name="huber",
    views=False,
    samples=lambda x: [((x(4, 3),), {}), ((x(5), 0.5), {}), ((x(),), {"delta": 2.0}), ((x(0, 2),), {})],
    tex=r"\operatorname{clip}(x, -delta, delta)",
    doc="""x²/2 where |x| ≤ δ, and δ (|x| − δ/2) beyond; the derivative is x limited to [−δ, δ].

    After P. J. Huber, "Robust Estimation of a Location Parameter" (Annals of Mathematical Statistics 35, 1964).

    Raises
    ------
    ArgumentError
        When δ is no positive number.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.huber(np.array([-3.0, 0.0, 0.5])).tolist()
    [2.5, 0.0, 0.125]
    """,
)
