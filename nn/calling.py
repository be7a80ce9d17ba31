"""Calls of a module that its ``forward`` does not take, and a ``forward`` that returns nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

from autograd_lite.errors import UsageError
from autograd_lite.spelling import refuse


def refuse_call(module: Any, inputs: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Raise the error of a call that a module's ``forward`` does not take; of any other return.

    Raises
    ------
    UnknownKeywordError, UsageError
    """
    owner = type(module).__name__
    try:
        signature(module.forward).bind(*inputs, **options)
        return
    except TypeError:
        names = list(signature(type(module).forward).parameters)
    except ValueError:  # a function written in C that does not tell
        return
    if not names or (names[0] != "self" and len(inputs) >= len(names)):
        raise UsageError(
            f"{owner}.forward({', '.join(names)}) lacks self, the module.",
            f"Write `def forward({', '.join(['self', *names])}):`.",
        ) from None
    refuse(f"{owner}.forward()", module.forward, inputs, options, module._noun)


def returned_nothing(module: Any) -> UsageError:
    """Return the error of a ``forward`` without a result."""
    return UsageError(f"{type(module).__name__}.forward returned None.", "End it with `return x`, the result.")
