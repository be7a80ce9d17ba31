"""The δ view as a story for its interactive page: the forward pass card by card, then the recursion back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograd_lite.drawing import Detail, Moment, Numbers, Piece, Story, numbers_of, rows, shape_text
from autograd_lite.matrices import is_large, superscript
from nn.formulas import NOTATIONS
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.telling.parts import Group, Matrix, Section, Step, Telling
from nn.views.typesetting import Typesetter

FORWARD, BACKWARD = "forward", "backward"
_SIGNS = ("+", "−", "⊙", "·")


@dataclass(frozen=True)
class DeltaStory:
    """Tells a pass by the keys of its cards.

    Parameters
    ----------
    told : Pass
    telling : Telling
        Of that pass.
    setter : Typesetter
    drawn : frozenset of str
        The keys of the cards in the picture.
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    """

    told: Pass
    telling: Telling
    setter: Typesetter
    drawn: frozenset[str]
    notation: str
    lang: str

    def story(self) -> Story:
        """Return the cards' details and the steps of both passes."""
        given, forward, backward = dict(self._given()), dict(self._forward()), dict(self._backward())
        names = ", ".join(detail.title for detail in given.values())
        moments = [Moment(FORWARD, "", tuple(given), (), message("views.story_given", self.lang, names=names))]
        moments += [Moment(FORWARD, key, (key,), (), self.setter.spoken(steps[-1])) for key, steps in forward.items()]
        for key, steps in backward.items():
            said = ", ".join(self.setter.spoken(step) for step in steps if step.is_gradient)
            moments.append(Moment(BACKWARD, key, (key,), (key,), said))
        details = {key: self._detail(steps) for key, steps in {**forward, **backward}.items()}
        return Story({**given, **details}, tuple(moments), self.lang)

    def _given(self) -> Iterator[tuple[str, Detail]]:
        """Yield the cards of what is known from the start."""
        data = dict(self.telling.given)
        for name in ("x", "y"):
            yield name, Detail(name, "", (self._numbers(name, data[name]),))
        for layer in self.told.layers:
            raised = superscript(layer.number)
            for key, letter, values in (("W", NOTATIONS[self.notation].W, layer.W), ("b", "b", layer.b)):
                if values is not None:
                    name = f"{letter}{raised}"
                    yield f"{key}{layer.number}", Detail(name, "", (self._numbers(name, Matrix(values, given=True)),))

    def _forward(self) -> Iterator[tuple[str, Sequence[Step]]]:
        """Yield the steps that stand on each card of the forward lane."""
        *sections, loss = self.telling.chapters[0].sections
        for layer, section in zip(self.told.layers, sections, strict=True):
            keys = (f"z{layer.number}", f"a{layer.number}")
            yield from self._shown({key: (step,) for key, step in zip(keys, section.steps, strict=True)})
        asides = [step for step in loss.steps[:-1] if step.note]
        before = [step for step in loss.steps[:-1] if not step.note]
        yield from self._shown({f"aside{k}": (step,) for k, step in enumerate(asides)})
        yield from self._shown({f"loss{k}": (step,) for k, step in enumerate(before)})
        yield "L", (loss.steps[-1],)

    def _backward(self) -> Iterator[tuple[str, Sequence[Step]]]:
        sections = self.telling.chapters[1].sections
        for layer, section in zip(reversed(self.told.layers), sections, strict=True):
            yield from self._layer(layer, section)

    def _layer(self, layer: LayerRecord, section: Section) -> Iterator[tuple[str, Sequence[Step]]]:
        last = next(k for k, step in enumerate(section.steps) if step.is_gradient)
        delta = section.steps[last]
        # Where δ is p − y, σ′ is worked out and not used.
        slope = section.steps[:last] if "σ′" in delta.formula else ()
        yield f"delta{layer.number}", (*slope, delta)
        yield f"gradients{layer.number}", section.steps[last + 1 :]

    def _shown(self, cards: dict[str, tuple[Step, ...]]) -> Iterator[tuple[str, Sequence[Step]]]:
        yield from ((key, steps) for key, steps in cards.items() if key in self.drawn)

    def _detail(self, steps: Sequence[Step]) -> Detail:
        lines = tuple(tuple(self._line(step)) for step in steps)
        is_back = steps[-1].is_gradient
        numbers = [self._numbers(step.sides[0], step.result, is_gradient=step.is_gradient) for step in steps]
        return Detail(
            ", ".join(step.sides[0] for step in steps if step.is_gradient is is_back),
            " · ".join(step.note for step in steps if step.note),
            tuple(each for each in numbers if not each.is_small),
            forward=() if is_back else lines[-1],
            backward=lines if is_back else (),
        )

    def _line(self, step: Step) -> Iterator[Piece]:
        """Yield the formula, the numbers put into it, stage by stage, and the result."""
        yield Piece("formula", step.formula)
        for stage in step.spacious:
            yield Piece("sign", "=")
            yield from self._pieces(stage)
        yield Piece("sign", "=")
        yield self._written(step.result)

    def _pieces(self, stage: Sequence[Matrix | Group | str]) -> Iterator[Piece]:
        before: object = "="
        for part in stage:
            if isinstance(part, Group):
                yield Piece("formula", "(")
                yield from self._pieces(part.parts)
                yield Piece("formula", ")")
            elif isinstance(part, Matrix):
                piece = self._written(part)
                follows = isinstance(before, (Matrix, Group)) and piece.text.startswith("−")
                yield replace(piece, text=f"({piece.text})") if follows else piece
            else:
                yield Piece("formula", f" {part} " if part in _SIGNS else part)
            before = part

    def _written(self, part: Matrix) -> Piece:
        kind = "gradient" if self.setter.is_gradient(part) else "value"
        values = np.asarray(part.values)
        if is_large(values):
            return Piece(kind, f"[{shape_text(values.shape)}]")
        if part.row and values.ndim == 1:
            values = values[np.newaxis]
        written = rows(values, decimals=self.setter.decimals, given=part.given)
        if len(written) == len(written[0]) == 1:
            return Piece(kind, written[0][0])
        return Piece(kind, rows=tuple(map(tuple, written)))

    def _numbers(self, name: str, part: Matrix, *, is_gradient: bool = False) -> Numbers:
        return numbers_of(
            name, part.values, self.setter.decimals, given=part.given, is_gradient=is_gradient, lang=self.lang
        )
