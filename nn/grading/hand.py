"""The three forms in which a hand formula comes: a function of the net's values, four rules, or printed numbers."""

from __future__ import annotations

import inspect
import os
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, UnknownNameError, UsageError, closest
from autograd_lite.spelling import spelled
from nn.grading.points import Point
from nn.grading.printed import Figures, Printed
from nn.grading.quantities import Quantity, in_order, named

Array = NDArray[np.float64]
Rule = Callable[..., Any]
LONGEST = 120
GIVEN = "x, y, and of each layer k Wk, bk, zk, ak, spk"


class Misshapen(NamedTuple):
    """An answer that cannot be compared, the shape expected in its author's layout, and the unit of printed numbers."""

    values: Array
    expected: tuple[int, ...]
    unit: float = 0.0


class Failed(NamedTuple):
    """A rule that raised an exception on operands of these shapes."""

    error: str
    operands: str
    expected: tuple[int, ...]


_NUMPY = os.path.dirname(np.__file__)
# What each rule of a Recursion takes.
_TAKEN = {"output": "a, y, sp", "hidden": "W_next, d_next, sp", "weight": "d, a_prev", "bias": "d"}
_QUANTITY = re.compile(r"(?:[A-Za-zδσ]|delta|theta|sp|[dD][A-Za-z]+)_?\d+")

Answer = Array | Figures | Misshapen | Failed
Answers = dict[Quantity, Answer]


@spelled
@dataclass(frozen=True)
class Recursion:
    """The recursion as four rules, called by position with columns (n, N), N = 1 included.

    Parameters
    ----------
    output : callable (a, y, sp)
        δᴸ of the output layer, (n, N), from its activation, the target and sp = σ′(z). With softmax or sigmoid inside
        the loss, a is the probability, y for class numbers a column of 0 and one 1, and sp is 1.
    hidden : callable (W_next, d_next, sp)
        δˡ of a hidden layer from the weights and the δ of the next one.
    weight : callable (d, a_prev)
        ∂L/∂W of a layer from its δ and what it takes, (out, in).
    bias : callable (d)
        ∂L/∂b of a layer, (n, 1) or (n,); for a batch it sums over the examples.

    Examples
    --------
    >>> hand = nn.Recursion(
    ...     output=lambda a, y, sp: (a - y) * sp,
    ...     hidden=lambda W_next, d_next, sp: W_next.T @ d_next * sp,
    ...     weight=lambda d, a_prev: d @ a_prev.T,
    ...     bias=lambda d: d,
    ... )
    >>> nn.verify(*nn.worked_example(), hand=hand).ok
    True
    """

    output: Rule = field(default=None)  # type: ignore[assignment]  # which is answered below, with an example
    hidden: Rule = field(default=None)  # type: ignore[assignment]
    weight: Rule = field(default=None)  # type: ignore[assignment]
    bias: Rule | None = field(default=None)

    def __post_init__(self) -> None:
        for name in ("output", "hidden", "weight", "bias"):
            rule = getattr(self, name)
            if not callable(rule) and not (name == "bias" and rule is None):
                got = "missing" if rule is None else f"no function but {type(rule).__name__}"
                raise UsageError(
                    f"Recursion: {name} is {got}.", f"Write {name}=lambda {_TAKEN[name]}: and the formula."
                )

    def answers(self, point: Point) -> Answers:
        """Carry out the recursion at a point."""
        found: Answers = {}
        delta: Any = None
        for number in range(point.depth, 0, -1):
            layer = point.layer(number)
            z, before = point.column(layer.z), point.column(layer.before)
            slope = np.ones_like(z) if layer.derivative is None else point.column(layer.derivative)
            if number == point.depth:
                a = point.column(layer.a) if point.probabilities is None else point.probabilities
                delta = _carried_out("output", self.output, [a, point.target, slope], z.shape)
            else:
                delta = _carried_out("hidden", self.hidden, [point.W(number + 1), delta, slope], z.shape)
            found[Quantity("delta", number)] = delta
            if not isinstance(delta, np.ndarray):
                return found
            found[Quantity("dW", number)] = _carried_out("weight", self.weight, [delta, before], point.W(number).shape)
            if layer.b is not None and self.bias is not None:
                found[Quantity("db", number)] = _carried_out("bias", self.bias, [delta], (len(z), 1))
        return found


def _carried_out(name: str, rule: Rule, operands: list[Array], expected: tuple[int, ...]) -> Answer:
    try:
        returned = rule(*[np.array(each) for each in operands])
    except AutogradError:
        raise
    except (ValueError, IndexError) as error:
        # What fits no shape is a wrong step of the formula; anything else is a fault of the program.
        shapes = ", ".join(str(each.shape) for each in operands)
        return Failed(type(error).__name__, shapes, expected)
    except Exception as error:
        raise _raised(f"{name} of Recursion", error) from error
    result = _values(returned, name)
    if result.shape == expected:
        return result
    if expected[-1] == 1 and result.shape == expected[:-1]:
        return result.reshape(expected)
    return Misshapen(result, expected)


def answers_of(hand: Any, point: Point) -> Answers:
    """Return what a hand formula of any form gives at a point, in columns.

    Raises
    ------
    UsageError
        When `hand` is none of the three, calls the engine, raises, or returns something else than named arrays.
    ArgumentError
        When it names a quantity that there is not.
    """
    if isinstance(hand, Recursion):
        return hand.answers(point)
    if isinstance(hand, Printed):
        return _named(hand.numbers, point)
    if callable(hand):
        return _named(_called(hand, point), point)
    raise UsageError(
        f"hand is a {type(hand).__name__}.",
        "Pass a function of the net's values, nn.Recursion(...) or nn.Printed({...}).",
    )


class Values(SimpleNamespace):
    """The net's values as attributes."""

    def __getattr__(self, name: str) -> Any:
        raise UnknownNameError("the network", name, mend=f"It has {GIVEN}.")


def values_of(point: Point) -> dict[str, Any]:
    """Return the net's values under the names that a function may ask for, in the layout of the model: rows.

    x, y, and for each layer k Wk, bk, zk, ak and spk = σ′(zk), in the letters of the second note thetak, uk and ok;
    p and e_y where the loss takes logits.
    """
    names: dict[str, Any] = {"x": point.told.x, "y": point.told.y, "N": point.count, "L": point.told.loss}
    for layer in point.told.layers:
        k = layer.number
        names |= {f"W{k}": layer.W, f"theta{k}": layer.W, f"b{k}": layer.b}
        names |= {f"z{k}": layer.z, f"u{k}": layer.z, f"a{k}": layer.a, f"o{k}": layer.a, f"sp{k}": layer.derivative}
    names |= {"a0": point.told.x, "o0": point.told.x, "y_hat": point.told.layers[-1].a}
    if point.probabilities is not None:
        row = (lambda columns: columns.T) if point.told.is_batch else np.ravel
        names |= {"p": row(point.probabilities), "e_y": row(point.target)}
    return {name: np.array(value) if isinstance(value, np.ndarray) else value for name, value in names.items()}


def uses_the_net(hand: Any) -> bool:
    """Tell whether a hand formula can be carried out at another point: it is one, and asks for the net's values."""
    if isinstance(hand, Printed):
        return False
    if isinstance(hand, Recursion):
        return True
    return any(parameter.kind is not parameter.VAR_POSITIONAL for parameter in _parameters(hand))


def _parameters(hand: Rule) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(hand).parameters.values())
    except (TypeError, ValueError):  # a function written in C that does not tell
        raise UsageError(
            "hand does not tell which parameters it takes.", "Wrap it: hand=lambda net: {...}, with net.W1, net.a1, ..."
        ) from None


def _called(hand: Rule, point: Point) -> Any:
    """Call a function with the values that its parameters name; one of another name gets all of them."""
    known = values_of(point)
    in_order, by_name, others = list[Any](), dict[str, Any](), list[str]()
    for parameter in _parameters(hand):
        if parameter.kind is parameter.VAR_KEYWORD:
            by_name = {**known, **by_name}
        elif parameter.name not in known and (
            parameter.default is not parameter.empty or parameter.kind is parameter.VAR_POSITIONAL
        ):
            continue
        else:
            if parameter.name not in known and _QUANTITY.fullmatch(parameter.name):
                raise _no_value(parameter.name, known)
            value = known[parameter.name] if parameter.name in known else Values(**known)
            others += [] if parameter.name in known else [parameter.name]
            if parameter.kind is parameter.POSITIONAL_ONLY:
                in_order.append(value)
            else:
                by_name[parameter.name] = value
    if len(others) > 1:
        raise UsageError(
            f"hand asks for {', '.join(others)}, which this network does not have.",
            f"It has {GIVEN}; one parameter of another name gets all: net.W1.",
        )
    try:
        return hand(*in_order, **by_name)
    except AutogradError:
        raise
    except Exception as error:
        shapes = [f"{name} {value.shape}" for name, value in by_name.items() if isinstance(value, np.ndarray)]
        misfit = isinstance(error, ValueError) and len(shapes) == len(by_name) - sum(map(np.isscalar, by_name.values()))
        raise _raised("hand", error, f" It was given {', '.join(shapes)}." if misfit and shapes else "") from error


def _no_value(name: str, known: Mapping[str, Any]) -> UsageError:
    """Return the error of a parameter that is called like a value of the network, and is none."""
    near = closest(name, [each for each in known if each[-1:] == name[-1:]]) or closest(name, known)
    is_gradient = name.startswith(("d", "δ")) and not name.startswith("d_")
    mend = "Compute it in hand." if is_gradient else f"Did you mean {near!r}?" if near else f"It has {GIVEN}."
    return UsageError(f"hand asks for {name!r}, which is no value of this network.", mend)


def _raised(name: str, error: Exception, given: str = "") -> UsageError:
    """Return the error of a program that raised one, with the line of its author where it did."""
    what = f"{name} raised {type(error).__name__}: {_shortened(str(error))}"
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if frame.filename != __file__ and not frame.filename.startswith(_NUMPY)]
    if not theirs:
        return UsageError(what, "Look at its parameters: it could not be called with the network's values.")
    line = f": {_shortened(theirs[-1].line)}" if theirs[-1].line else "."
    return UsageError(what, f"It happened in line {theirs[-1].lineno}{line}{given}")


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _named(returned: Any, point: Point) -> Answers:
    if not isinstance(returned, Mapping) or not returned:
        got = "nothing" if returned is None or isinstance(returned, Mapping) else type(returned).__name__
        raise UsageError(
            f"hand returned {got}.",
            'Return a dict of named arrays: {"delta2": ..., "dW2": ..., "db2": ...}.',
        )
    known = [each for each in in_order(point.depth) if each in point.truth]
    found: Answers = {}
    for name, value in returned.items():
        quantity = named(name, known)
        if quantity in found:
            raise ArgumentError(f"hand gives {quantity.key} twice.", f"Leave {name!r} out.")
        found[quantity] = _in_columns(value, quantity, point)
    return {quantity: found[quantity] for quantity in known if quantity in found}


def _in_columns(value: Any, quantity: Quantity, point: Point) -> Answer:
    """Bring an answer into columns; a single example may come as a row, a column or a flat list."""
    right = point.truth[quantity]
    rows = quantity.kind in ("z", "a", "delta") and point.told.is_batch
    expected = (
        ()
        if quantity.kind == "L"
        else right.T.shape
        if rows
        else right.shape
        if quantity.kind == "dW"
        else right.shape[:1]
    )
    if isinstance(value, Figures):
        if value.values.size != right.size:
            return Misshapen(value.values, expected, value.unit)
        shaped = value.values.reshape(expected)
        return Figures(shaped.T if rows else shaped.reshape(right.shape), value.unit)
    values = _values(value)
    if values.shape == expected:
        return values.T if rows else values.reshape(right.shape)
    # A column stands for a vector; ∂L/∂W of one row is a vector only when it is flat, else it may be the transpose.
    as_vector = not rows and (quantity.kind != "dW" or values.ndim < 2)
    if as_vector and [n for n in values.shape if n != 1] == [n for n in right.shape if n != 1]:
        return values.reshape(right.shape)
    return Misshapen(values, expected)


def _values(value: Any, name: str = "hand") -> Array:
    """Return numbers as an array of floats; text, truth values and complex numbers are none that a gradient has."""
    if isinstance(value, ag.Tensor):
        raise UsageError(f"{name} returned a Tensor of the engine.", "Write the formula by hand, in NumPy.")
    try:
        array = np.array(value)
    except ValueError:
        raise UsageError(f"{name} returned rows of different lengths.", "Return arrays, lists or numbers.") from None
    if array.dtype.kind == "c" and not np.any(array.imag):
        array = array.real
    if array.dtype.kind not in "iuf":
        kind = "complex numbers" if array.dtype.kind == "c" else type(value).__name__
        text = "; numbers as printed go into nn.Printed({...})" if array.dtype.kind == "U" else ""
        raise UsageError(
            f"{name} returned {kind}, no array of real numbers.", f"Return arrays, lists or numbers{text}."
        )
    return array.astype(np.float64)
