"""The lecture notes' worked example: a 2-3-1 network small enough to work through by hand."""

from typing import NamedTuple

import autograd_lite as ag
from autograd_lite.spelling import spelled
from nn.arguments import choice
from nn.losses import HalfSSELoss, Loss, SSELoss
from nn.mlp import MLP

W1 = [[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]]
B1 = [0.1, 0.0, -0.1]
W2 = [[0.2, -0.1, 0.3]]
B2 = [0.05]


class WorkedExample(NamedTuple):
    """A network with one example and the loss to train it with."""

    model: MLP
    x: ag.Tensor
    y: ag.Tensor
    loss: Loss


@spelled
def worked_example(convention: str = "first") -> WorkedExample:
    """Return the network that the notes work through: ReLU hidden layer, sigmoid output, x = (1, 2), y = 1.

    Parameters
    ----------
    convention : {"first", "second"}
        "first": z = W x + b and L = ½(a − y)². "second": the same weights θ without biases, and Err = Σ(y − ŷ)².

    Returns
    -------
    WorkedExample
        (model, x, y, loss), with x of shape (2,) and y of shape (1,), float64.

    Raises
    ------
    ArgumentError
        When the convention is not known.

    Examples
    --------
    >>> model, x, y, loss = nn.worked_example()
    >>> f"{model(x).item():.4f} {loss(model(x), y).item():.4f}"
    '0.5374 0.1070'
    """
    first = choice("convention", convention, ["first", "second"]) == "first"
    model = MLP.from_weights([W1, W2], [B1, B2] if first else None, activation="relu", output_activation="sigmoid")
    x, y = ag.tensor([1.0, 2.0], name="x"), ag.tensor([1.0], name="y")
    return WorkedExample(model, x, y, HalfSSELoss() if first else SSELoss())
