"""A backward pass as data: for each operation its rule, the gradient that comes in and what it passes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.explanation.notation import Formula


@dataclass(frozen=True, eq=False)
class Source:
    """One summand of a gradient.

    Attributes
    ----------
    result : str
        What was computed with the tensor: the summand came back from there.
    value : ndarray or None
        None where freed.
    """

    result: str
    value: Any

    def to_dict(self) -> dict[str, Any]:
        """Return it as lists, numbers and text."""
        return {"from": self.result, "value": _listed(self.value)}


@dataclass(frozen=True, eq=False)
class Incoming:
    """The gradient of a tensor, and the summands that it is made of: one for each use.

    Attributes
    ----------
    name : str
    sources : tuple of Source
        In the order of the walk; empty for the result itself, whose gradient is 1.
    value : ndarray or None
        The sum; None where freed, and for a leaf that no gradient reaches.
    """

    name: str
    sources: tuple[Source, ...]
    value: Any

    def to_dict(self) -> dict[str, Any]:
        """Return it as lists, numbers and text."""
        return {
            "name": self.name,
            "sources": [each.to_dict() for each in self.sources],
            "value": _listed(self.value),
        }


@dataclass(frozen=True, eq=False)
class Contribution:
    """What an operation adds to the gradient of one operand.

    Attributes
    ----------
    to : str
        The operand.
    formula : Formula or None
        The rule with the names put in; None where it was declared without one.
    value : ndarray or None
        None where freed.
    axes : tuple of int
        The axes over which it was summed, because broadcasting repeated the operand along them.
    """

    to: str
    formula: Formula | None
    value: Any
    axes: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as lists, numbers and text."""
        return {
            "to": self.to,
            "formula": None if self.formula is None else self.formula.text(),
            "tex": None if self.formula is None else self.formula.tex(),
            "value": _listed(self.value),
            "summed_over": list(self.axes),
        }


@dataclass(frozen=True, eq=False)
class Step:
    """One operation on the way back.

    Attributes
    ----------
    operation : str
        Its name, ``'matmul'``.
    scope : tuple of str
        The scopes around it, outermost first.
    formula : Formula
        What it computed: W² a¹.
    result : str
    value : ndarray or None
        Of the result; None where freed.
    inputs : tuple of str
        The operands.
    incoming : Incoming
        The gradient of the result.
    outgoing : tuple of Contribution
        What it passes on, for each operand that needs a gradient.
    constants : tuple of str
        The operands that get none.
    is_own : bool
        The user declared it, with `ag.primitive`; the others are in the table of derivatives.
    """

    operation: str
    scope: tuple[str, ...]
    formula: Formula
    result: str
    value: Any
    inputs: tuple[str, ...]
    incoming: Incoming
    outgoing: tuple[Contribution, ...]
    constants: tuple[str, ...]
    is_own: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as lists, numbers and text."""
        return {
            "operation": self.operation,
            "scope": list(self.scope),
            "formula": self.formula.text(),
            "tex": self.formula.tex(),
            "result": self.result,
            "value": _listed(self.value),
            "inputs": list(self.inputs),
            "incoming": self.incoming.to_dict(),
            "outgoing": [each.to_dict() for each in self.outgoing],
            "constants": list(self.constants),
        }


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """All steps from the result to the leaves.

    Attributes
    ----------
    result : str
    value : ndarray
        Of the result.
    steps : tuple of Step
        In the order of the walk, reverse topological.
    leaves : tuple of Incoming
        The tensors whose `.grad` grows by these gradients; of a freed graph, what stands in `.grad`.
    constants : tuple of str
        The tensors and arrays that get no gradient, because they require none; numbers are not listed.
    left_out : int
        How many operations follow that are not told.
    freed : bool
        An earlier backward() has freed the intermediate values.
    is_complex : bool
        Complex numbers take part.
    has_hooks : bool
        Hooks are registered, which an explanation does not call.
    decimals : int
    lang : str
    """

    result: str
    value: Any
    steps: tuple[Step, ...]
    leaves: tuple[Incoming, ...]
    constants: tuple[str, ...]
    left_out: int = 0
    freed: bool = False
    is_complex: bool = False
    has_hooks: bool = False
    decimals: int = 4
    lang: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as lists, numbers and text, for JSON."""
        return {
            "result": self.result,
            "value": _listed(self.value),
            "steps": [each.to_dict() for each in self.steps],
            "leaves": [each.to_dict() for each in self.leaves],
            "constants": list(self.constants),
            "left_out": self.left_out,
            "freed": self.freed,
            "has_hooks": self.has_hooks,
        }


def _listed(value: Any) -> Any:
    """Return an array as nested lists; complex numbers as their real and their imaginary parts."""
    if value is None:
        return None
    array = np.asarray(value)
    return {"real": array.real.tolist(), "imag": array.imag.tolist()} if array.dtype.kind == "c" else array.tolist()
