"""Fourier transforms under NumPy's names, ``ag.fft.rfft(t)``, and the frequencies that belong to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.conversion import known_dtype
from autograd_lite.devices import on_cpu
from autograd_lite.errors import ArgumentError, refusing
from autograd_lite.methods import namespace
from autograd_lite.spelling import spelled
from autograd_lite.tensors import Tensor, wrap

OPERATIONS = namespace(np.fft)
globals().update(OPERATIONS)


@spelled
def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Return the frequencies of ``fft`` of n points that are `d` apart.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.fft.fftfreq(4)
    tensor([ 0.  ,  0.25, -0.5 , -0.25])
    """
    return _frequencies(np.fft.fftfreq, n, d, dtype, device)


@spelled
def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """Return the frequencies of ``rfft`` of n points that are `d` apart.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.fft.rfftfreq(4)
    tensor([0.  , 0.25, 0.5 ])
    """
    return _frequencies(np.fft.rfftfreq, n, d, dtype, device)


def _frequencies(function: Callable[..., Any], n: Any, d: Any, dtype: Any, device: Any) -> Tensor:
    name = f"fft.{function.__name__}"
    if not isinstance(n, (int, np.integer)) or n < 1 or not d:
        raise ArgumentError(f"{name}: n={n!r}, d={d!r}.", "n is an integer of 1 or more, d a number that is not 0.")
    on_cpu(name, device)
    found = function(n, d)
    return wrap(found if dtype is None else found.astype(known_dtype(dtype)), None)


__all__ = ["fftfreq", "rfftfreq", *OPERATIONS]

__getattr__ = refusing("ag.fft", __all__)
