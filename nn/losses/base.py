"""Loss, the base of losses: a module of a prediction and a target."""

import warnings
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import UsageError
from autograd_lite.messages import LANGUAGES, Phrase
from nn import functional
from nn.arguments import as_tensor, choice
from nn.messages import message
from nn.module import Module

_SCOPE = ag.scope(Phrase(*(message("record.loss", lang).lower() for lang in LANGUAGES)))


class Loss(Module):
    """The base of losses: called as ``loss(prediction, target)``, it runs in the scope "loss" and names its result L.

    Parameters
    ----------
    reduction : {"sum", "mean", "none"}
        What becomes of the batch.

    Attributes
    ----------
    formula : str
        What pictures write into the loss.
    reductions : tuple of str
        Those that it knows.
    """

    formula: ClassVar[str]

    _noun = "loss"

    reductions: ClassVar[tuple[str, ...]] = functional.REDUCTIONS

    # Of a loss that takes logits: the operations that it carries out itself, and their modules.
    doubled: ClassVar[dict[Any, str]] = {}
    _warned = False

    def __init__(self, reduction: str) -> None:
        self.reduction = choice("reduction", reduction, self.reductions)

    def forward(self, prediction: Any, target: Any) -> ag.Tensor:
        if self.doubled and not self._warned and isinstance(prediction, ag.Tensor) and prediction._node is not None:
            self._warn_of_doubled(prediction._node.op)
        with _SCOPE:
            value = self.compute(prediction, target)
        value.name = "L"
        return value

    def compute(self, prediction: Any, target: Any) -> ag.Tensor:
        """Return the loss of a batch; every subclass defines it."""
        raise UsageError(
            f"{type(self).__name__} has no compute method.", "Write `def compute(self, prediction, target): ...`."
        )

    def _warn_of_doubled(self, op: Any) -> None:
        """Warn, once, of a prediction that is what the loss would make of it."""
        if op in self.doubled:
            self._warned = True
            name = op.__name__
            warnings.warn(
                f"{type(self).__name__} takes logits, and the prediction is a {name}: it would be taken twice.\n"
                f"Leave the {self.doubled[op]} out.",
                stacklevel=4,
            )

    def accuracy(self, prediction: ag.Tensor, target: Any) -> float | None:
        """Return the share of right predictions; None for a loss that does not classify."""
        return None

    def options(self) -> dict[str, Any]:
        """Return by name what the loss was made with beside its reduction, where it differs from what is usual."""
        return {}

    def title(self) -> str:
        options = {"reduction": repr(self.reduction), **{name: _shown(value) for name, value in self.options().items()}}
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in options.items())})"


def kept(weight: Any) -> NDArray[Any] | None:
    """Return weights as an array of their own; None stays."""
    return None if weight is None else np.array(as_tensor(weight).numpy())


def given(**options: Any) -> dict[str, Any]:
    """Return the options that are not None."""
    return {name: value for name, value in options.items() if value is not None}


def _shown(value: Any) -> str:
    """Return an option as titles show it: numbers as they are, an array by its values if they are few."""
    if isinstance(value, np.ndarray):
        return str(value.tolist()) if value.size <= 6 else f"array of shape {value.shape}"
    return repr(value)
