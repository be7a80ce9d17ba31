"""Assignments to a model's attributes that would be lost: a parameter overwritten, misspelt, or never trained."""

from __future__ import annotations

from collections import UserDict, UserList, deque
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import GradientError, UsageError
from nn.parameters import Buffer, Parameter, inside

# Numbers that a message still quotes.
LARGEST_QUOTED = 4
# From here on two names are one, misspelt: 'bais' and 'bias' are 0.75 alike.
LIKE = 0.75


def check_parameter_stays(owner: str, name: str, held: Parameter, value: Any) -> None:
    """Raise when an attribute that is a Parameter is given something else than another, or None."""
    if value is None or isinstance(value, Parameter):
        return
    raise UsageError(
        f"{owner}.{name} is a Parameter of shape {held.shape}, got {_kind(value)}.",
        f"Write new values into it, layer.{name}.data = values, or assign nn.Parameter(values).",
    )


def as_buffer(owner: str, name: str, held: Buffer, value: Any) -> Any:
    """Return what an attribute that is a Buffer becomes: new values are a Buffer again.

    Raises
    ------
    GradientError
        When they were computed from parameters: the graph of every call would hang on that of the call before.
    """
    if value is None or isinstance(value, (Parameter, Buffer)):
        return value
    if isinstance(value, ag.Tensor) and value.requires_grad:
        raise GradientError(
            f"{owner}.{name} is a Buffer, got a Tensor of shape {value.shape} that requires a gradient.",
            f"Assign its values, self.{name} = values.detach(), or compute them under `with ag.no_grad():`.",
        )
    return Buffer(value, persistent=held.persistent)


def check_trained(owner: str, name: str, value: Any) -> None:
    """Raise for a leaf that asks for a gradient and is no Parameter, in lists, tuples and dicts as well."""
    for path, each in inside(name, value):
        if not isinstance(each, ag.Tensor) or isinstance(each, Parameter):
            continue
        if each.requires_grad and each.is_leaf:
            first, _, position = path.partition(".")
            values = each.tolist() if each.size <= LARGEST_QUOTED else "values"
            write = f"Write self.{first} = nn.Parameter({values})."
            raise UsageError(
                f"{owner}.{path} requires a gradient but is no Parameter: no optimizer would move it.",
                f"Put nn.Parameter({values}) into self.{first}." if position else write,
            )


def check_found(owner: str, name: str, value: Any, kinds: tuple[type, ...]) -> None:
    """Raise for what belongs to a model and lies where it is not looked for: in a set, a deque, a dataclass.

    Parameters
    ----------
    owner : str
        The class of the module.
    name : str
        That of the attribute.
    value : object
    kinds : tuple of type
        What belongs to a model.
    """
    for path, each in inside(name, value):
        if isinstance(each, kinds):
            continue
        for _, lost in inside("", list(_hidden(each))):
            if isinstance(lost, kinds):
                raise UsageError(
                    f"{owner}.{path} is of type {type(each).__name__} and holds a {type(lost).__name__}, "
                    "which would not be found there.",
                    "Put them into a list, a dict or nn.ModuleList.",
                )


def check_class(cls: type, kinds: tuple[type, ...]) -> None:
    """Raise for a Parameter or a Module that is an attribute of a class: it would be in no model of that class."""
    for name, value in vars(cls).items():
        for _, each in inside(name, value):
            if isinstance(each, kinds):
                raise UsageError(
                    f"{name} is an attribute of the class {cls.__name__}, and a {type(each).__name__}: "
                    "all of its models would share it, and none would find it.",
                    f"Make it in __init__: self.{name} = ...",
                )


def _hidden(value: Any) -> Iterable[Any]:
    """Return what lies in a container that is none of those that a model looks into."""
    if isinstance(value, (set, frozenset, deque, UserList)):
        return value
    if isinstance(value, (UserDict, MappingProxyType)):
        return value.values()
    if isinstance(value, np.ndarray):
        return value.flat if value.dtype == object else ()
    if is_dataclass(value) and not isinstance(value, type):
        return (getattr(value, each.name, None) for each in fields(value))
    return ()


def check_spelling(owner: str, name: str, value: Any, held: Mapping[str, Any]) -> None:
    """Raise when an array is given to a new attribute whose name looks like that of a Parameter of its shape.

    Parameters
    ----------
    owner : str
        The class of the module.
    name : str
        That of the new attribute.
    value : ndarray or Tensor
    held : mapping of str to object
        The attributes that there are.
    """
    for known, each in held.items():
        if isinstance(each, Parameter) and each.shape == value.shape and _is_misspelt(name, known):
            raise UsageError(
                f"{owner} has no parameter {name!r}; its {known!r} has that shape, {each.shape}.",
                f"Write layer.{known}.data = values.",
            )


def _is_misspelt(name: str, known: str) -> bool:
    """Tell a slip of the pen from a name made on purpose, such as weight_0 or weight_mask beside weight."""
    others = [[each for each in text if not each.isalpha()] for text in (name, known)]
    return (
        others[0] == others[1]
        and abs(len(name) - len(known)) <= 1
        and SequenceMatcher(None, name.lower(), known.lower()).ratio() >= LIKE
    )


def _kind(value: Any) -> str:
    if isinstance(value, ag.Tensor):
        return f"a Tensor of shape {value.shape} that is no Parameter"
    if isinstance(value, np.ndarray):
        return f"an ndarray of shape {value.shape}"
    return (
        f"the {type(value).__name__} {value!r}" if np.isscalar(value) else f"an object of type {type(value).__name__}"
    )
