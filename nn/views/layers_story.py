"""The layers view as a story for its interactive page: layer by layer forward, then the gradients, last layer first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import autograd_lite as ag
from autograd_lite.drawing import Detail, Moment, Numbers, Story, number, numbers_of, scientific, shape_text
from nn.views.flow import Part
from nn.views.norms import Layer
from nn.views.stations import counted, titled

FORWARD, BACKWARD = "forward", "backward"


@dataclass(frozen=True)
class LayersStory:
    """Tells a pass by the keys of its cards.

    Parameters
    ----------
    drawn : mapping of str to sequence of Part
        The parts that a card stands for, by its key, in the order of the chain.
    layers : mapping of Part to Layer
    x, value : Tensor
        The input and the loss.
    decimals : int
    lang : {"en", "es"}
    """

    drawn: Mapping[str, Sequence[Part]]
    layers: Mapping[Part, Layer]
    x: ag.Tensor
    value: ag.Tensor
    decimals: int
    lang: str

    def story(self) -> Story:
        """Return what there is to say of each card, and the steps of both passes."""
        given = self._numbers("x", self.x)
        details = {"x": Detail("x", shape_text(self.x.shape), (given,))}
        details |= {key: self._detail(parts) for key, parts in self.drawn.items()}
        loss = f"L = {number(self.value.numpy(), decimals=self.decimals)}"
        details["L"] = Detail(loss, "", ())
        forward = [Moment(FORWARD, key, (key,), (), self._ran(parts)) for key, parts in self.drawn.items()]
        return Story(
            details,
            (
                Moment(FORWARD, "x", ("x",), (), f"x: {shape_text(self.x.shape) or '1'}"),
                *forward,
                Moment(FORWARD, "L", ("L",), (), loss),
                *self._backward(),
            ),
            self.lang,
        )

    def _ran(self, parts: Sequence[Part]) -> str:
        called = ", ".join(titled(each, self.lang) for each in (parts[0], *parts[0].after))
        times = f" × {len(parts)}" if len(parts) > 1 else ""
        return f"{called}{times}: {shape_text(parts[-1].shape) or '1'}"

    def _backward(self) -> Iterator[Moment]:
        for key, parts in reversed(list(self.drawn.items())):
            layers = [self.layers[each] for each in parts if each in self.layers]
            if any(each.norm is not None for each in layers):
                yield Moment(BACKWARD, key, (), (key,), ", ".join(self._sizes(layers)))

    def _sizes(self, layers: Sequence[Layer]) -> Iterator[str]:
        """Yield the norms of the last and the first of equal layers, as they are met on the way back."""
        for each in dict.fromkeys((layers[-1], layers[0])):
            if each.norm is not None:
                yield f"‖{each.symbol}‖ = {scientific(each.norm)}"

    def _detail(self, parts: Sequence[Part]) -> Detail:
        part, layers = parts[0], [self.layers[each] for each in parts if each in self.layers]
        facts = []
        if layers:
            count = sum(each.parameters for each in layers)
            facts = [counted(count, "views.parameters", self.lang), *self._sizes(layers)]
        numbers = () if len(parts) > 1 else tuple(self._numbers(*each) for each in part.parameters.items())
        return Detail(self._ran(parts), " · ".join(facts), numbers)

    def _numbers(self, name: str, tensor: ag.Tensor) -> Numbers:
        return numbers_of(name, tensor.numpy(), self.decimals, given=True, lang=self.lang)
