"""What one pass through a network leaves behind, layer by layer: values, errors δ and gradients, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.spelling import spelled
from nn import recursion

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class LayerRecord:
    """One layer's part of a pass.

    Attributes
    ----------
    number : int
        Counted from 1.
    path : str
        Where the layer is in the model, 'layers.0'.
    activation : str
        The key of its activation, 'relu'; 'identity' for none.
    label : str
        The name that people read, 'ReLU'.
    W : ndarray, shape (out, in)
    b : ndarray, shape (out,), or None
    before : ndarray, shape (in,) or (N, in)
        What the layer takes: aˡ⁻¹, or x.
    z, a : ndarray, shape (out,) or (N, out)
    derivative : ndarray of the same shape, or None
        σ′(z); None when the activation does not work element by element.
    dL_da : ndarray of the same shape
        ∂L/∂a.
    delta : ndarray of the same shape
        δ = ∂L/∂z.
    dW : ndarray, shape (out, in)
    db : ndarray, shape (out,), or None
    """

    number: int
    path: str
    activation: str
    label: str
    W: Array
    b: Array | None
    before: Array
    z: Array
    a: Array
    derivative: Array | None
    dL_da: Array
    delta: Array
    dW: Array
    db: Array | None

    def to_dict(self) -> dict[str, Any]:
        """Return the layer as plain lists and numbers, ready for JSON."""
        return {each.name: _listed(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True, eq=False)
class Pass:
    """One forward and backward pass.

    Attributes
    ----------
    x, y : ndarray
        The example, or the batch with one example a row, and its targets.
    loss : float
    loss_key, reduction : str
        Which loss: 'half_sse', 'sse', 'mse', 'bce', 'bce_logits', 'cross_entropy', or 'custom'; and 'sum' or 'mean'.
    layers : tuple of LayerRecord
        From the first hidden layer to the output.
    """

    x: Array
    y: Array
    loss: float
    loss_key: str
    reduction: str
    layers: tuple[LayerRecord, ...]

    @property
    def is_batch(self) -> bool:
        """Whether x holds one example a row."""
        return self.x.ndim > 1

    @spelled
    def layer(self, number: int) -> LayerRecord:
        """Return a layer by its number, counted from 1.

        Raises
        ------
        ArgumentError
            When there is none of that number.
        """
        if not 1 <= number <= len(self.layers):
            raise ArgumentError(f"there is no layer {number}.", f"The layers count from 1 to {len(self.layers)}.")
        return self.layers[number - 1]

    def by_hand(self) -> recursion.PassByHand:
        """Carry out the same pass by the hand formulas, in plain NumPy, from the same parameters and data.

        Raises
        ------
        ArgumentError
            When the hand formulas do not know the loss or an activation.

        Examples
        --------
        >>> record = nn.backprop(*nn.worked_example())
        >>> np.abs(record.layer(1).dW - record.by_hand().layers[0].dW).max() < 1e-12
        np.True_
        """
        try:
            return recursion.backpropagation(
                self.x,
                self.y,
                [layer.W for layer in self.layers],
                [layer.b for layer in self.layers],
                activations=[layer.activation for layer in self.layers],
                loss=self.loss_key,
                reduction=self.reduction,
            )
        except ValueError as error:
            what, _, mend = str(error).partition("\n")
            raise ArgumentError(f"the hand formulas cannot follow this pass: {what}", mend) from error

    def to_dict(self) -> dict[str, Any]:
        """Return the pass as plain lists and numbers, ready for JSON.

        Examples
        --------
        >>> record = nn.backprop(*nn.worked_example())
        >>> record.to_dict()["layers"][1]["z"][0].__round__(12)
        0.15
        """
        parts = {each.name: _listed(getattr(self, each.name)) for each in fields(Pass)}
        return {**parts, "layers": [layer.to_dict() for layer in self.layers]}


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
