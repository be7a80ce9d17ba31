"""The neurons view as a story for its interactive page: neuron by neuron forward, then δ and ∂w from the loss back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from autograd_lite.drawing import Detail, Moment, Piece, Story, number
from autograd_lite.matrices import superscript
from nn.formulas import NOTATIONS, spoken
from nn.messages import message
from nn.passes import LayerRecord, Pass

FORWARD, BACKWARD = "forward", "backward"
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(index: int) -> str:
    """Return an index as formulas have it, counted from 1.

    Examples
    --------
    >>> lowered(0), lowered(11)
    ('₁', '₁₂')
    """
    return str(index + 1).translate(_LOWERED)


def node_key(*of: int | None) -> str:
    """Return the key of a node: n1_0 for a neuron, w1_0_2 for a weight, b1_0 for a bias.

    Examples
    --------
    >>> node_key(1, 0), node_key(1, 0, 2), node_key(1, 0, None)
    ('n1_0', 'w1_0_2', 'b1_0')
    """
    letter = "n" if len(of) == 2 else "b" if of[-1] is None else "w"
    return letter + "_".join(str(each) for each in of if each is not None)


@dataclass(frozen=True)
class NeuronsStory:
    """Tells a pass of one example by the keys of its neurons.

    Parameters
    ----------
    told : Pass
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    decimals : int
    loss : str
        The loss as it is told, "L = ½ Σ (a² − y)² = 0.1070".
    drawn : tuple of str
        The keys of the cards of the loss, the loss itself among them.
    """

    told: Pass
    notation: str
    lang: str
    decimals: int
    loss: str
    drawn: tuple[str, ...]

    def story(self) -> Story:
        """Return what there is to say of each neuron, and the steps of both passes."""
        inputs = tuple(node_key(0, i) for i in range(self.told.x.size))
        names = ", ".join(f"x{lowered(i)}" for i in range(self.told.x.size))
        parameters = [key for layer in self.told.layers for j in range(len(layer.W)) for key in _into(layer, j)]
        start = (*inputs, *parameters, *(key for key in self.drawn if key == "y"))
        moments = [Moment(FORWARD, "", start, (), message("views.story_given", self.lang, names=names))]
        details: dict[str, Detail] = {}
        neurons = [(layer, j) for layer in self.told.layers for j in range(len(layer.W))]
        for layer, j in neurons:
            key, forward, backward = node_key(layer.number, j), self._forward(layer, j), self._backward(layer, j)
            pieces = tuple((Piece("formula", line),) for line in [backward, *self._slopes(layer, j)])
            details[key] = Detail(self._name("a", layer, j), "", (), (Piece("formula", forward),), pieces)
            moments.append(Moment(FORWARD, key, (key,), (), forward))
        moments.append(Moment(FORWARD, "L", self.drawn, (), self.loss))
        for layer, j in reversed(neurons):
            key, keys = node_key(layer.number, j), (node_key(layer.number, j), *_into(layer, j))
            moments.append(
                Moment(BACKWARD, key, (), keys, "; ".join([self._backward(layer, j), *self._slopes(layer, j)]))
            )
        return Story(details, tuple(moments), self.lang)

    def _forward(self, layer: LayerRecord, j: int) -> str:
        terms = [f"{self._given(w)} · {self._taken(layer, i)}" for i, w in enumerate(layer.W[j])]
        if layer.b is not None:
            terms.append(self._given(layer.b[j]))
        z = f"{self._name('z', layer, j)} = {' + '.join(terms)} = {self._number(layer.z[j])}"
        label = "" if layer.activation == "identity" else f"{spoken(layer.label, self.lang)}"
        inner = f"{label}({self._name('z', layer, j)})" if label else self._name("z", layer, j)
        return f"{z}, {self._name('a', layer, j)} = {inner} = {self._number(layer.a[j])}"

    def _backward(self, layer: LayerRecord, j: int) -> str:
        """Return δ of a neuron: what its weights bring back, times the slope of its activation."""
        name, value = f"δ{superscript(layer.number)}{lowered(j)}", self._number(layer.delta[j])
        if layer.derivative is None:
            return f"{name} = {value}"
        slope = layer.derivative[j]
        written, sign = self._given(slope, is_given=float(slope).is_integer()), f"σ′({self._name('z', layer, j)})"
        if layer is self.told.layers[-1]:
            front = f"∂{NOTATIONS[self.notation].loss}/∂{self._name('a', layer, j)}"
            return f"{name} = {front} · {sign} = {self._given(layer.dL_da[j], is_given=False)} · {written} = {value}"
        after, raised = self.told.layers[layer.number], superscript(layer.number + 1)
        w, brought = NOTATIONS[self.notation].W.lower(), range(len(after.W))
        names = [f"{w}{raised}{lowered(k)}{lowered(j)} δ{raised}{lowered(k)}" for k in brought]
        terms = [f"{self._given(after.W[k, j])} · {self._given(after.delta[k], is_given=False)}" for k in brought]
        return f"{name} = ({' + '.join(names)}) · {sign} = ({' + '.join(terms)}) · {written} = {value}"

    def _slopes(self, layer: LayerRecord, j: int) -> Iterator[str]:
        """Yield ∂w of every weight into a neuron: δ times what came through it."""
        w, raised = NOTATIONS[self.notation].W.lower(), superscript(layer.number)
        for i, slope in enumerate(layer.dW[j]):
            delta = self._given(layer.delta[j], is_given=False)
            name = f"∂{w}{raised}{lowered(j)}{lowered(i)}"
            yield f"{name} = {delta} · {self._taken(layer, i)} = {self._number(slope)}"

    def _name(self, kind: str, layer: LayerRecord, j: int) -> str:
        letters = NOTATIONS[self.notation]
        return f"{letters.z if kind == 'z' else letters.a}{superscript(layer.number)}{lowered(j)}"

    def _taken(self, layer: LayerRecord, i: int) -> str:
        return self._given(layer.before[i], is_given=layer.number == 1)

    def _number(self, value: np.generic) -> str:
        return number(value, decimals=self.decimals)

    def _given(self, value: np.generic, *, is_given: bool = True) -> str:
        """Return a number among others: in parentheses when it is negative."""
        text = number(value, decimals=self.decimals, given=is_given)
        return f"({text})" if text.startswith("−") else text


def _into(layer: LayerRecord, j: int) -> list[str]:
    """Return the keys of the parameters of a neuron."""
    biases = [] if layer.b is None else [node_key(layer.number, j, None)]
    return [*biases, *(node_key(layer.number, j, i) for i in range(layer.W.shape[1]))]
