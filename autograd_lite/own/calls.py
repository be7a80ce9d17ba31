"""How a user's function is called: which of its parameters are operands, which are settings, and what it may return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd_lite.conversion import NUMBERS, plain, tensors_in, without_tensors
from autograd_lite.errors import DtypeError, UnsupportedError, UsageError
from autograd_lite.graph import current_mode
from autograd_lite.spelling import refuse

Kind = inspect.Parameter


def signature_of(fn: Callable[..., Any]) -> inspect.Signature | None:
    """Return a function's parameters; None of a ufunc, whose names say nothing, and of functions that do not tell."""
    innermost = fn
    while isinstance(innermost, partial):
        innermost = innermost.func
    if isinstance(innermost, np.ufunc):
        return None
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):
        return None


class Call:
    """The calls of one function by its parameters.

    Parameters
    ----------
    name : str
        Of the operation.
    fn : callable
    signature : Signature
    operands : sequence of str
        The parameters that have a rule, or None in its place.
    """

    def __init__(
        self, name: str, fn: Callable[..., Any], signature: inspect.Signature, operands: Sequence[str]
    ) -> None:
        self.name = name
        self.fn = fn
        self.signature = signature
        self.operands = tuple(operands)
        parameters = signature.parameters.values()
        self.variadic = next((each.name for each in parameters if each.kind is Kind.VAR_POSITIONAL), None)
        self.settings = tuple(
            each.name for each in parameters if each.name not in operands and each.name != self.variadic
        )

    def canonical(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the operands and the settings of a call, those by default too.

        Raises
        ------
        UsageError, UnknownKeywordError
            When the function has other parameters.
        UnsupportedError
            When a Tensor that requires a gradient is given for a parameter without a rule.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError:
            refuse(f"{self.name}()", self.signed, args, kwargs)
            raise
        bound.apply_defaults()
        given = bound.arguments
        operands = given[self.variadic] if self.variadic else tuple([given[each] for each in self.operands])
        return operands, {name: self._setting(name, given[name]) for name in self.settings}

    @property
    def signed(self) -> Callable[..., Any]:
        """A function of these parameters, by which messages and editors know them."""

        def called(*args: Any, **kwargs: Any) -> None: ...

        called.__signature__ = self.signature  # type: ignore[attr-defined]
        return called

    def _setting(self, name: str, value: Any) -> Any:
        """Return the value of a parameter without a rule; arrays copied, since nobody would see a write into them."""
        if current_mode.get().recording and any(each.requires_grad for each in tensors_in(value)):
            raise UnsupportedError(
                f"{self.name}() has no rule for {name!r}, and the tensor given for it requires a gradient.",
                f"Declare {name}=lambda g, ...: ..., or {name}=None if it has no derivative; or give {name}.detach().",
            )
        value = without_tensors(value)
        return value.copy() if type(value) is np.ndarray else value

    def compute(self, *operands: Any, **settings: Any) -> Any:
        """Call the function on arrays."""
        values = [np.asarray(each) if isinstance(each, np.generic) else each for each in operands]
        given: dict[str, Any] = dict(settings)
        given |= {self.variadic: values} if self.variadic else dict(zip(self.operands, values, strict=True))
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for name, each in self.signature.parameters.items():
            if each.kind is Kind.VAR_POSITIONAL:
                args += given[name]
            elif each.kind is Kind.VAR_KEYWORD:
                kwargs.update(given[name])
            elif each.kind is Kind.KEYWORD_ONLY:
                kwargs[name] = given[name]
            else:
                args.append(given[name])
        return self.fn(*args, **kwargs)


def checked_result(name: str, y: Any, operands: Sequence[Any]) -> Any:
    """Return what a user's function gave as an array of numbers.

    Raises
    ------
    UsageError, DtypeError
        When it gave nothing, several results, or truth values and integers of floating operands.
    """
    if y is None:
        raise UsageError(f"{name}() returned None.", "Let the function return its result.")
    if isinstance(y, tuple):
        raise UsageError(
            f"{name}() returned a tuple of {len(y)}.",
            f"Declare it with outputs={len(y)}: its rules then take g, and y if they ask for it, as tuples.",
        )
    y = plain(y)
    if isinstance(y, (bool, int, float, complex)):
        y = np.asarray(y)
    floating = [each for each in operands if getattr(each, "dtype", np.dtype(bool)).kind in "fc"]
    if floating and y.dtype.kind in NUMBERS and y.dtype.kind not in "fc":
        raise DtypeError(
            f"{name}() returned {y.dtype} for {floating[0].dtype}: what has a derivative is floating.",
            "Return y.astype(x.dtype), for a mask or a rounded number too.",
        )
    return y
