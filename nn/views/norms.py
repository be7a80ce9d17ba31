"""The layers of a chain: what has parameters, counted from 1, with the norm of the gradient of its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import autograd_lite as ag
from autograd_lite.matrices import norm, superscript
from nn.module import Module
from nn.views.flow import Flow, Part, parts_of


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of a chain.

    Attributes
    ----------
    part : Part
    number : int
        Counted from 1.
    letter : str
        What its gradient is taken with respect to: W, the name of its only parameter, or θ for several.
    norm : float or None
        ‖∂L/∂W‖; None when it asks for no gradient.
    same_as : int or None
        The number of the layer whose parameters these are as well.
    """

    part: Part
    number: int
    letter: str
    norm: float | None
    same_as: int | None

    @property
    def symbol(self) -> str:
        """How its gradient is written.

        Examples
        --------
        >>> Layer(Part(None, "+", ()), 2, "W", 0.1, None).symbol
        '∂L/∂W²'
        """
        return f"∂L/∂{self.letter}{superscript(self.number)}"

    @property
    def parameters(self) -> int:
        """How many numbers it adds to those of the layers before."""
        return 0 if self.same_as else sum(each.size for each in self.part.parameters.values())


def layers_of(flow: Flow, value: ag.Tensor) -> dict[Part, Layer]:
    """Return the layers of a chain that computed a loss, leaving every `.grad` as it is."""
    parts = [part for part in parts_of(flow.elements) if part.parameters]
    norms = _norms([each for part in parts for each in _told(part).values()], value)
    found: dict[Part, Layer] = {}
    first: dict[tuple[int, ...], int] = {}
    for number, part in enumerate(parts, 1):
        told = _told(part)
        sizes = [norms[id(each)] for each in told.values() if id(each) in norms]
        letter = "W" if "weight" in told else next(iter(told)) if len(told) == 1 else "θ"
        key = tuple(map(id, part.parameters.values()))
        found[part] = Layer(part, number, letter, math.hypot(*sizes) if sizes else None, first.get(key))
        first.setdefault(key, number)
    return found


def has_hooks(model: Module) -> bool:
    """Tell whether a parameter has a hook, which may change its gradient in a backward pass of the user's.

    Examples
    --------
    >>> model = nn.Linear(2, 1)
    >>> handle = model.weight.register_hook(lambda g: 2 * g)
    >>> has_hooks(model), has_hooks(nn.Linear(2, 1))
    (True, False)
    """
    nodes = [each._node for each in model.parameters()]
    return any(node is not None and node.notes is not None and node.notes.hooks for node in nodes)


def _told(part: Part) -> Mapping[str, ag.Tensor]:
    """Return the parameters whose gradient is told of: the weight, or else all of them."""
    weight = {name: each for name, each in part.parameters.items() if name == "weight"}
    return weight or part.parameters


def _norms(parameters: list[ag.Tensor], value: ag.Tensor) -> dict[int, float]:
    """Return the norm of each parameter's gradient by its id; frozen ones have none."""
    trained = list({id(each): each for each in parameters if each.requires_grad}.values())
    if not trained or not value.requires_grad:
        return {}
    found = ag.gradients(value, trained, allow_unused=True)
    return {
        id(each): 0.0 if gradient is None else norm(gradient.numpy())
        for each, gradient in zip(trained, found, strict=True)
    }
