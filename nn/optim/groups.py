"""Parameter groups: parameters that share their options, read and changed as `optimizer.param_groups[k]["lr"]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import partial
from typing import Any, ClassVar

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, GradientError, UsageError
from autograd_lite.spelling import refuse_unknown
from nn.arguments import number_between
from nn.module import Module, Parameter

Options = dict[str, Any]
# Takes what messages call an option and its value; returns the value in one form, or raises.
Check = Callable[[str, Any], Any]


def number(low: float, high: float = np.inf, *, example: float) -> Check:
    """Return the check of an option that is a number with low ≤ number < high."""
    return partial(number_between, low=low, high=high, example=example)


def pair_below_one(title: str, value: Any) -> tuple[float, float]:
    """Return two numbers in [0, 1).

    Raises
    ------
    ArgumentError, UsageError
        When there are not two, or one lies outside.
    """
    mend = f"Write {title}=(0.9, 0.999), for example."
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise UsageError(f"{title} must be two numbers, got {value!r}.", mend)
    first, second = [
        number_between(f"{title}[{k}]", each, 0.0, 1.0, example=0.9, mend=mend) for k, each in enumerate(value)
    ]
    return first, second


def flag(title: str, value: Any) -> bool:
    """Return True or False.

    Raises
    ------
    UsageError
        When it is something else.
    """
    if not isinstance(value, (bool, np.bool_)) and value not in (0, 1):
        raise UsageError(f"{title} must be True or False, got {value!r}.", f"Write {title}=True.")
    return bool(value)


class Optioned:
    """What has options; a class says how they are checked."""

    # By the options' names.
    checks: ClassVar[Mapping[str, Check]] = {}

    @classmethod
    def check_together(cls, options: Mapping[str, Any], /) -> None:
        """Raise when options that are possible one by one are not so together."""


class Group(MutableMapping[str, Any]):
    """One group of an optimizer's parameters, under "params", and the options with which they are moved.

    An option that is assigned is checked as the optimizer's arguments are; options can be neither added nor deleted.

    Parameters
    ----------
    owner : type
        The class of the optimizer.
    members : list of Tensor
    options : dict
        Checked already.
    """

    __slots__ = ("initial_lr", "members", "options", "owner")

    def __init__(self, owner: type[Optioned], members: list[ag.Tensor], options: Options) -> None:
        self.owner = owner
        self.members = members
        self.options = options
        # Where schedules start from, once there is one.
        self.initial_lr: float | None = None

    def __getitem__(self, name: str) -> Any:
        return list(self.members) if name == "params" else self.options[name]

    def __setitem__(self, name: str, value: Any) -> None:
        title = self.owner.__name__
        if name == "params":
            raise UsageError(
                f"The parameters of a group of {title} cannot be replaced: their state would stay behind.",
                "Add others: optimizer.add_param_group({'params': [w]}).",
            )
        refuse_unknown(f"A group of {title}", [name], list(self))
        self.options.update(checked(self.owner, self.options, {name: value}))

    def __delitem__(self, name: str) -> None:
        raise UsageError(
            f"A group of {self.owner.__name__} needs its {name!r}.", f"Write another value: group[{name!r}] = ..."
        )

    def __iter__(self) -> Iterator[str]:
        return iter(("params", *self.options))

    def __len__(self) -> int:
        return 1 + len(self.options)

    def __repr__(self) -> str:
        shapes = ", ".join(str(each.shape) for each in self.members)
        options = "".join(f", {name}={value!r}" for name, value in self.options.items())
        return f"Group(params of shapes [{shapes}]{options})"


def checked(owner: type[Optioned], options: Mapping[str, Any], given: Mapping[str, Any]) -> Options:
    """Return the options with what was given in place of what was there.

    Raises
    ------
    ArgumentError, UsageError
        When a value is impossible, or not possible beside the others.
    """
    result = {**options, **{name: _checked(owner, name, value) for name, value in given.items()}}
    owner.check_together(result)
    return result


def _checked(owner: type[Optioned], name: str, value: Any) -> Any:
    check = owner.checks.get(name)
    return value if check is None else check(name, value)


def as_groups(parameters: Any, owner: str) -> list[dict[str, Any]]:
    """Return what an optimizer was given as one dict a group, each with a list of parameters under "params".

    Raises
    ------
    UsageError
        When it is a model, a single tensor, or holds something else than Tensors.
    ArgumentError
        When there are no parameters.
    GradientError
        When a parameter was computed from others, or none needs a gradient.
    """
    if isinstance(parameters, Mapping) and "params" in parameters:
        raise UsageError(f"{owner} takes a list of groups, got one group.", 'Write [{"params": ..., "lr": ...}].')
    found = _listed(parameters, owner)
    if not any(isinstance(each, Mapping) for each in found):
        groups = [{"params": leaves(found, owner)}]
    else:
        groups = [as_group(each, owner) for each in found]
    if not any(isinstance(each, Parameter) or each.requires_grad for group in groups for each in group["params"]):
        raise GradientError(
            f"{owner} would move nothing: none of the tensors given requires a gradient.",
            "Make them with requires_grad=True, or as nn.Parameter.",
        )
    return groups


def as_group(given: Any, owner: str) -> dict[str, Any]:
    """Return one group as a dict with a list of parameters under "params".

    Raises
    ------
    UsageError, ArgumentError, GradientError
        As `as_groups`, and when it is no dict or has no "params".
    """
    if not isinstance(given, Mapping):
        raise UsageError(
            f"{owner} takes groups or parameters, got {type(given).__name__} among groups.",
            'Write every group as a dict: {"params": [w], "lr": 0.1}.',
        )
    if "params" not in given:
        refuse_unknown(f"A group of {owner}", [name for name in given if name == "parameters"], ["params"])
        raise UsageError(
            f"A group of {owner} has no 'params'.", 'Write {"params": [w], "lr": 0.1}: all else is optional.'
        )
    members = given["params"]
    return {**given, "params": leaves([members] if isinstance(members, ag.Tensor) else members, owner)}


def leaves(parameters: Any, owner: str) -> list[ag.Tensor]:
    """Return parameters as a list, each once.

    Raises
    ------
    UsageError, ArgumentError, GradientError
        As `as_groups`.
    """
    found = _listed(parameters, owner)
    for each in found:
        if not isinstance(each, ag.Tensor):
            raise UsageError(
                f"{owner} takes Tensors, got {type(each).__name__} among them.", "Pass model.parameters()."
            )
        if not each.is_leaf:
            raise GradientError(
                f"{owner} cannot move {each.name or 'a tensor'} of shape {each.shape}: it was computed from others.",
                "Pass the parameters that it was computed from.",
            )
    if not found:
        raise ArgumentError(
            f"{owner} got no parameters.",
            "A generator is empty after its first use: pass a list. A model's weights must be nn.Parameter.",
        )
    return list({id(each): each for each in found}.values())


def _listed(parameters: Any, owner: str) -> list[Any]:
    if isinstance(parameters, Module):
        raise UsageError(
            f"{owner} takes parameters, got the model {type(parameters).__name__}.", "Pass model.parameters()."
        )
    if isinstance(parameters, (ag.Tensor, str, Mapping)) or not isinstance(parameters, Iterable):
        raise UsageError(
            f"{owner} takes an iterable of parameters, got {type(parameters).__name__}.",
            "Pass model.parameters(), or a list: [w].",
        )
    return list(parameters)
