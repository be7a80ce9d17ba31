"""Copies of models, to be run in their place by whoever only looks: parameters and statistics stay as they are."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import autograd_lite as ag
from autograd_lite.errors import UsageError
from nn.holder import Holder

Copied = TypeVar("Copied", bound=Holder[Any])


def copy_of(model: Copied, reason: str) -> Copied:
    """Return a copy of a model; what it keeps of computed Tensors goes without its history.

    Parameters
    ----------
    model : Module
    reason : str
        Who runs the copy, for the message: "A picture runs".

    Raises
    ------
    UsageError
        When something that it holds cannot be copied.

    Examples
    --------
    >>> model = nn.Linear(2, 1)
    >>> copy_of(model, "A picture runs").weight is model.weight
    False
    """
    computed = [
        each
        for module in model.modules()
        for _, each in module._held()
        if isinstance(each, ag.Tensor) and not each.is_leaf
    ]
    try:
        return copy.deepcopy(model, {id(each): each.detach() for each in computed})
    # What copy and pickle raise of files, locks, generators and objects that refuse.
    except (TypeError, NotImplementedError) as error:
        raise UsageError(
            f"{type(model).__name__} cannot be copied: {error}.",
            f"{reason} a copy of the model: keep files, locks and generators out of its attributes.",
        ) from error
