"""Softmax and its logarithm: a layer's outputs as probabilities that sum to 1."""

import operator
from typing import Any, ClassVar

from autograd_lite.errors import UsageError
from nn import functional
from nn.activations.base import Activation
from nn.arguments import made_without_data


class _AlongAxis(Activation):
    """The base of what looks at all elements along an axis; the hand formulas know it only inside of a loss."""

    made_with: ClassVar[dict[str, Any]] = {"axis": -1}

    @made_without_data("activation (z)", number=True)
    def __init__(self, axis: int = -1) -> None:
        try:
            self.axis = operator.index(axis)
        except TypeError:
            raise UsageError(
                f"axis must be an integer, got {axis!r}.", f"Write nn.{type(self).__name__}(axis=-1), for example."
            ) from None

    def full_key(self) -> str:
        return f"{self.key}({self.axis})"


class Softmax(_AlongAxis):
    """p = e^z / Σ e^z along an axis, so that the p are positive and sum to 1.

    For training leave it out: `CrossEntropyLoss` takes the logits, and is the more precise for it.

    Parameters
    ----------
    axis : int
        Along which the p sum to 1, the last by default; what PyTorch calls dim.

    Shapes
    ------
    z : any of at least one axis; the result has the same.

    Raises
    ------
    IndexingError
        When called with z that has no such axis.
    UsageError
        When the axis is no integer.

    References
    ----------
    J. S. Bridle: Probabilistic interpretation of feedforward classification network outputs. Neurocomputing 1990.

    Examples
    --------
    >>> nn.Softmax()([0.0, np.log(3.0)])
    tensor([0.25, 0.75])
    """

    key = "softmax"
    label = "softmax"
    function = functional.softmax


class LogSoftmax(_AlongAxis):
    """log p = z − log Σ e^z along an axis: the logarithm of `Softmax`, without its rounding; for `NLLLoss`.

    Parameters
    ----------
    axis : int
        Along which the p sum to 1, the last by default; what PyTorch calls dim.

    Shapes
    ------
    z : any of at least one axis; the result has the same.

    Raises
    ------
    IndexingError
        When called with z that has no such axis.
    UsageError
        When the axis is no integer.

    Examples
    --------
    >>> nn.LogSoftmax()([0.0, 1000.0])
    tensor([-1000.,     0.])
    """

    key = "log_softmax"
    label = "LogSoftmax"
    function = functional.log_softmax
