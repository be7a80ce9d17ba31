"""The arguments that a transform differentiates by: which they are, what they may be, and the Tensors for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.conversion import copied
from autograd_lite.differentiable import Differentiable
from autograd_lite.errors import ArgumentError, DtypeError, UsageError
from autograd_lite.graph import Leaf
from autograd_lite.primitives import unregistered
from autograd_lite.recording import record
from autograd_lite.structures import Structure, flatten
from autograd_lite.variable import wrap

Argnums = int | Sequence[int]

# In memory of its own, so that a function that writes into its argument leaves the caller's array as it is.
ARGUMENT = unregistered(lambda x: x.copy(), x=lambda g: g, name="argument", tex="g", doc="x itself.", views=False)


class Chosen(NamedTuple):
    """The arguments to differentiate by, taken apart.

    Attributes
    ----------
    positions : tuple of int
    leaves : list
        As the caller gave them.
    structure : Structure
        Of the one argument, or of the tuple of several.
    """

    positions: tuple[int, ...]
    leaves: list[Any]
    structure: Structure

    def among(self, args: Sequence[Any], variables: Sequence[Any], *, one: bool) -> list[Any]:
        """Return the positional arguments with Tensors in the place of those that are chosen."""
        built = self.structure.unflatten(variables)
        placed = list(args)
        for position, argument in zip(self.positions, (built,) if one else built, strict=True):
            placed[position] = argument
        return placed


_CALLS = {"vjp": "ag.vjp(f, x)", "jvp": "ag.jvp(f, (x,), (v,))", "hvp": "ag.hvp(f)(x, v)"}


def refuse_no_function(title: str, f: Any, argnums: Any = 0) -> None:
    """Raise unless `f` is a function, and `argnums` one or more positions."""
    if isinstance(f, Differentiable):
        raise UsageError(
            f"ag.{title} takes a function, got a Tensor of shape {f.shape}.",
            "For gradients of computed Tensors use ag.gradients(loss, w), or loss.backward() and w.grad.",
        )
    if not callable(f):
        raise UsageError(
            f"ag.{title} takes a function, got {type(f).__name__}.",
            f"Write {_CALLS.get(title, f'ag.{title}(f)(x)')}: f itself, not f(x) inside.",
        )
    given = list(argnums) if isinstance(argnums, (tuple, list)) else [argnums]
    if not given or not all(isinstance(each, int) and not isinstance(each, bool) for each in given):
        kind = repr(argnums) if isinstance(argnums, (str, bool, float, tuple, list)) else type(argnums).__name__
        raise UsageError(
            f"ag.{title}: argnums is the position of an argument, or a tuple of positions, got {kind:.60}.",
            f"Write ag.{title}(f)(x), or ag.{title}(f, argnums=(0, 1))(x, y) for several.",
        )


def positions_of(argnums: Argnums) -> list[int]:
    """Return one position or several as a list."""
    return [argnums] if isinstance(argnums, int) else list(argnums)


def chosen(title: str, f: Callable[..., Any], argnums: Argnums, args: Sequence[Any]) -> Chosen:
    """Return the arguments that are differentiated by."""
    positions = _positions(title, positions_of(argnums), len(args))
    leaves, structure = flatten(args[positions[0]] if isinstance(argnums, int) else tuple(args[k] for k in positions))
    if not leaves:
        raise _nothing(title, _parameters(f, len(args))[positions[0]], args[positions[0]], structure)
    return Chosen(positions, leaves, structure)


def _nothing(title: str, name: str, given: Any, structure: Structure) -> UsageError:
    mend = "Give a float or an array, or tuples, lists, dicts and dataclasses of them."
    if hasattr(given, "parameters"):
        mend = "By its parameters: loss.backward(), or ag.gradients(loss, list(model.parameters()))."
    return UsageError(f"ag.{title}: {name} is {structure.kind}, which holds no numbers to differentiate by.", mend)


def _positions(title: str, argnums: Sequence[int], count: int) -> tuple[int, ...]:
    for k in argnums:
        if not -count <= k < count:
            raise ArgumentError(
                f"ag.{title}: argnums={k}, and the function was called with {count} arguments by position.",
                "Pass what is differentiated by position, not by name; positions count from 0.",
            )
    positions = tuple(int(k) % count for k in argnums)
    if len(set(positions)) < len(positions):
        raise ArgumentError(f"ag.{title}: argnums={tuple(argnums)} names an argument twice.", "Name each one once.")
    return positions


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """Return what the function calls its positional arguments, as far as it tells."""
    try:
        known = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        known = []
    named = [each.name for each in known if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return [*named, *(f"argument {k}" for k in range(len(named), count))]


def names_of(f: Callable[..., Any], count: int, picked: Chosen, *, one: bool) -> list[str]:
    """Return what users write to reach each leaf: "w", "parameters['w']"."""
    called = [_parameters(f, count)[k] for k in picked.positions]
    if one:
        return picked.structure.names(called[0])
    return [name for child, each in zip(picked.structure.children, called, strict=True) for name in child.names(each)]


def value_of(leaf: Any) -> Any:
    """Return the floats or complex numbers of a leaf; None when it holds something else."""
    if type(leaf) is float:
        return np.float64(leaf)
    if isinstance(leaf, Differentiable):
        value = leaf._value
    elif isinstance(leaf, np.generic) or (type(leaf) is np.ndarray and leaf.dtype.kind in "fc"):
        value = leaf
    else:
        value = copied(leaf)
    return value if value.dtype.kind in "fc" else None


def values_of(title: str, leaves: Sequence[Any], names: Callable[[], list[str]]) -> list[Any]:
    """Return the arrays of the leaves that are differentiated by.

    Raises
    ------
    DtypeError
        When one holds integers, or no numbers: names it.
    """
    values = []
    for k, leaf in enumerate(leaves):
        try:
            value = value_of(leaf)
        except DtypeError as problem:
            what, mend = str(problem).splitlines()
            raise DtypeError(f"ag.{title}: {names()[k]}: {what}", mend) from None
        if value is None:
            raise _no_floats(title, leaf, names()[k])
        values.append(value)
    return values


def _no_floats(title: str, leaf: Any, name: str) -> DtypeError:
    if isinstance(leaf, int):
        return DtypeError(
            f"ag.{title}: {name} is the integer {leaf}, and derivatives are with respect to floats.",
            f"Write {float(leaf)!r}.",
        )
    value = leaf._value if isinstance(leaf, Differentiable) else copied(leaf)
    example = "[1.0, 2.0], or " if isinstance(leaf, list) else ""
    return DtypeError(
        f"ag.{title}: {name} of shape {value.shape} holds {value.dtype}, and derivatives are with respect to floats.",
        f"Give {example}np.asarray({name}, dtype=float), or leave it out of what is differentiated.",
    )


def origin(value: Any) -> Any:
    """Return a Tensor of its own for a value, a leaf at which walks can stop."""
    leaf = Leaf(value)
    leaf.requires_grad = True
    return wrap(value, leaf)


def variable(base: Any) -> Any:
    """Return the Tensor that a function is given, in memory of its own; the caller records."""
    return record(ARGUMENT, (base,), {})
