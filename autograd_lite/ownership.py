"""Whether an array is nobody else's, so that writing into it or handing it out changes nothing that others see."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np


def alone(array: Any) -> bool:
    """Return whether nothing but one local variable of the caller holds an array and its memory."""
    return type(array) is np.ndarray and array.base is None and getrefcount(array) == _ALONE


def _references_in_a_call(array: Any) -> int:
    return getrefcount(array)


def _references_to_a_local() -> int:
    array = np.empty(0)
    return _references_in_a_call(array)


# What getrefcount says within a call of an array that one local variable holds; it differs between versions of Python.
_ALONE = _references_to_a_local()
