"""The quantities of a pass and the names that people give them: δ², "delta2" and "d2" are one, "∂L/∂W2" is dW2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from autograd_lite.errors import ArgumentError, suggestion
from autograd_lite.matrices import superscript

FORWARD, LOSS, BACKWARD = ("z", "a"), "L", ("delta", "dW", "db")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_SYNONYMS = {
    "z": ("z", "u"),
    "a": ("a", "o"),
    "delta": ("delta", "δ", "d", "dz", "dL/dz", "dL/du", "dErr/du"),
    "dW": ("dW", "dw", "dL/dW", "dtheta", "dθ", "dErr/dθ", "dErr/dtheta", "dErr/dW", "dL/dw", "dL/dθ"),
    "db": ("db", "dL/db", "dErr/db"),
    LOSS: ("L", "Err", "loss"),
}
_KINDS = {synonym: kind for kind, synonyms in _SYNONYMS.items() for synonym in synonyms}
_SIGNS = {"z-a": ("z", "a", "L", "δ", "∂L/∂W", "∂L/∂b"), "u-o": ("u", "o", "Err", "δ", "∂Err/∂θ", "∂Err/∂b")}


class Quantity(NamedTuple):
    """One quantity of one layer; the loss counts as one of the last.

    Attributes
    ----------
    kind : {"z", "a", "L", "delta", "dW", "db"}
    layer : int
        Counted from 1.
    """

    kind: str
    layer: int

    @property
    def key(self) -> str:
        """The name in ASCII, as `hand` returns it.

        Examples
        --------
        >>> Quantity("dW", 2).key
        'dW2'
        """
        return self.kind if self.kind == LOSS else f"{self.kind}{self.layer}"

    def sign(self, notation: str = "z-a") -> str:
        """Return the name that people read.

        Examples
        --------
        >>> Quantity("dW", 2).sign(), Quantity("delta", 1).sign(), Quantity("dW", 2).sign("u-o")
        ('∂L/∂W²', 'δ¹', '∂Err/∂θ²')
        """
        sign = _SIGNS[notation][[*FORWARD, LOSS, *BACKWARD].index(self.kind)]
        return sign if self.kind == LOSS else sign + superscript(self.layer)


def in_order(layers: int) -> list[Quantity]:
    """Return every quantity in the order in which people compute them: forward, then back from the output layer.

    Examples
    --------
    >>> [each.key for each in in_order(1)]
    ['z1', 'a1', 'L', 'delta1', 'dW1', 'db1']
    """
    forward = [Quantity(kind, layer) for layer in range(1, layers + 1) for kind in FORWARD]
    loss = Quantity(LOSS, layers)
    return [*forward, loss, *(Quantity(kind, layer) for layer in range(layers, 0, -1) for kind in BACKWARD)]


def named(name: object, known: Iterable[Quantity]) -> Quantity:
    """Return the quantity that a name means.

    Raises
    ------
    ArgumentError
        For a name of no quantity, with the nearest one; for the name of a parameter, whose gradient has another.

    Examples
    --------
    >>> named("∂L/∂W²", in_order(2)).key, named("δ1", in_order(2)).key
    ('dW2', 'delta1')
    >>> named("W2", in_order(2))
    Traceback (most recent call last):
    autograd_lite.errors.ArgumentError: 'W2' names the weights; the gradient is dW2.
    Return it under the name 'dW2'.
    """
    known = list(known)
    text = str(name).translate(_DIGITS).replace("∂", "d").replace(" ", "").replace("_", "").replace("^", "")
    match = re.fullmatch(r"(.*?)(\d+)", text)
    stem, number = match.groups() if match else (text, "0")
    if stem in ("W", "b", "w", "θ", "theta"):
        kind, what = ("db", "biases") if stem == "b" else ("dW", "weights")
        own = Quantity(kind, int(number)).key
        raise ArgumentError(f"{name!r} names the {what}; the gradient is {own}.", f"Return it under the name {own!r}.")
    found = Quantity(_KINDS.get(stem, stem), int(number))
    if found.kind == LOSS and not match:
        found = next((each for each in known if each.kind == LOSS), found)
    if found not in known:
        keys = [each.key for each in known]
        raise ArgumentError(f"{name!r} names no quantity of this network.", suggestion(text, keys))
    return found
