"""The neurons view: every neuron with z, a and δ, and on every edge its weight w with ∂w = ∂L/∂w."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, hypot
from typing import NamedTuple

import numpy as np

from autograd_lite import drawing
from autograd_lite.drawing import Block, Node, Sheet, Style, Theme, above, beside, padded, space, stroke, words
from autograd_lite.errors import ArgumentError
from autograd_lite.matrices import Array, superscript
from nn.formulas import NOTATIONS
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.telling.derivation import derivation
from nn.views.cards import Cards
from nn.views.description import described, sizes_of
from nn.views.lanes import Card
from nn.views.neurons_story import NeuronsStory, lowered, node_key
from nn.views.page import Page
from nn.views.typesetting import NUMBER, Typesetter, in_width, row
from nn.views.wiring import STUB, Circle, Label, Layer, Point, Wiring, free_reach, rim, wired

MOST_NEURONS = 8
_LINE = 12
_THIN, _THICK = 0.8, 2.6
_AWAY, _LEGEND = 24.0, 14.0
_HEAD = 6.0


def draw_neurons(told: Pass, theme: Theme, *, decimals: int, notation: str, lang: str, page: Page) -> drawing.Drawing:
    """Draw the neurons view of a pass.

    Parameters
    ----------
    told : Pass
        Of one example, with at most eight neurons a layer.
    theme : Theme
    decimals : int
        Digits after the point of computed numbers.
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    page : Page
        What it is to fit on.

    Raises
    ------
    ArgumentError
        For a batch, and for a layer of more neurons.
    """
    if told.is_batch:
        raise ArgumentError(
            f"The view 'neurons' draws one example, got a batch of shape {told.x.shape}.",
            "Pass one example and its target: x[0], y[0].",
        )
    widest = max(told.x.size, *(len(layer.W) for layer in told.layers))
    if widest > MOST_NEURONS:
        raise ArgumentError(
            f"The view 'neurons' draws at most {MOST_NEURONS} neurons a layer, got {widest}.",
            "Draw view='layers', which has room for any number.",
        )
    return _Picture(told, theme, decimals, notation, lang).drawn(page)


class _Line(NamedTuple):
    """A name and its number in a neuron or on an edge."""

    name: str
    number: str
    is_gradient: bool = False


class _Picture:
    def __init__(self, told: Pass, theme: Theme, decimals: int, notation: str, lang: str) -> None:
        self.told, self.theme, self.decimals, self.lang = told, theme, decimals, lang
        self.notation, letters = notation, NOTATIONS[notation]
        self.z, self.a = letters.z, letters.a
        self.w = letters.W.lower()
        self.setter = Typesetter.of(told, theme, decimals)
        self.telling = derivation(told, notation, lang)
        self.cards = Cards(told, self.telling, self.setter)
        self.title = message("views.neurons", lang, sizes=sizes_of(told))

    def drawn(self, page: Page) -> drawing.Drawing:
        insides = [self._inputs(), *(self._inside(layer) for layer in self.told.layers)]
        labels = [self._labels(layer) for layer in self.told.layers]
        sizes = [Layer(len(insides[0]), _radius(insides[0]))]
        for layer, inside, label in zip(self.told.layers, insides[1:], labels, strict=True):
            box = max(each.width for each in label.values()), max(each.height for each in label.values())
            sizes.append(Layer(len(inside), _radius(inside), box, layer.b is not None))
        wiring = wired(sizes)
        sheet = Sheet(self.title, self.theme)
        for (k, j), circle in wiring.neurons.items():
            sheet.put(node_key(k, j), self._neuron(insides[k][j], circle, is_input=k == 0), (circle.x, circle.y))
        for (k, j, i), place in wiring.labels.items():
            block = labels[k - 1][j, i].sized(int(place.width), int(place.height))
            weight = None if i is None else float(self.told.layers[k - 1].W[j, i])
            sheet.put(node_key(k, j, i), self._label(block, place, weight), (place.x, place.y))
        self._draw_wires(sheet, wiring)
        cards = self._loss(sheet, wiring)
        bottom = max(
            [place.y + place.height / 2 for place in wiring.labels.values()]
            + [circle.y + circle.radius for circle in wiring.neurons.values()]
            + [card.bottom for card in cards]
        )
        right = max(card.right for card in cards)
        for line in self._legend(right):
            sheet.text(line, 0, bottom + _LEGEND)
            bottom += line.height + 3
        picture = drawing.Drawing(
            sheet.source(**page.attributes),
            title=self.title,
            description=described(self.title, self.telling, self.setter, self.lang),
            story=NeuronsStory(
                self.told,
                self.notation,
                self.lang,
                self.decimals,
                self.setter.spoken(self.telling.chapters[0].sections[-1].steps[-1]),
                tuple(card.key for card in cards),
            ).story,
        )
        return page.checked(picture, "Draw view='delta', which has rows, or a wider page.")

    def _inputs(self) -> list[Block]:
        style = Style(NUMBER, self.theme.ink, courier=True)
        values = [each for (each,) in drawing.rows(self.told.x, decimals=self.decimals, given=True)]
        names = [self._symbol(f"x{lowered(i)}", self.theme.ink) for i in range(len(values))]
        return [_centred([name, words(value, style, height=_LINE)]) for name, value in zip(names, values, strict=True)]

    def _inside(self, layer: LayerRecord) -> list[Block]:
        """Return z, a and δ of each neuron of a layer, one below the other."""
        raised = superscript(layer.number)
        columns = [(self.z, layer.z, False), (self.a, layer.a, False), ("δ", layer.delta, True)]
        written = [self._written(values) for _, values, _ in columns]
        lines = [
            _Line(f"{letter}{raised}{lowered(j)}", texts[j], is_gradient)
            for j in range(len(layer.W))
            for (letter, _, is_gradient), texts in zip(columns, written, strict=True)
        ]
        return self._blocks(lines, 3)

    def _labels(self, layer: LayerRecord) -> dict[tuple[int, int | None], Block]:
        """Return what stands on every edge into a layer: the weight and its gradient, or the bias and its own."""
        raised, lines = superscript(layer.number), {}
        weights = drawing.rows(layer.W, decimals=self.decimals, given=True)
        slopes = drawing.rows(layer.dW, decimals=self.decimals)
        for j, i in np.ndindex(layer.W.shape):
            name = f"{self.w}{raised}{lowered(j)}{lowered(i)}"
            lines[j, i] = [_Line(name, weights[j][i]), _Line(f"∂{self.w}", slopes[j][i], True)]
        if layer.b is not None and layer.db is not None:
            values, slopes_of_b = self._written(layer.b, given=True), self._written(layer.db)
            for j, (bias, slope) in enumerate(zip(values, slopes_of_b, strict=True)):
                lines[j, None] = [_Line(f"b{raised}{lowered(j)}", bias), _Line("∂b", slope, True)]
        blocks = self._blocks([line for pair in lines.values() for line in pair], 2)
        return {key: padded(block, left=5, right=5, top=2, bottom=2) for key, block in zip(lines, blocks, strict=True)}

    def _written(self, values: Array, *, given: bool = False) -> list[str]:
        return [each for (each,) in drawing.rows(values, decimals=self.decimals, given=given)]

    def _blocks(self, lines: Sequence[_Line], height: int) -> list[Block]:
        """Set lines in two columns, names and numbers, so many in a block; gradients are slanted."""
        names = [self._symbol(line.name, self._ink(line)) for line in lines]
        width, digits = max(name.width for name in names), max(len(line.number) for line in lines)
        rows = [
            beside([name.sized(width, _LINE), space(4), self._number(line, digits)])
            for name, line in zip(names, lines, strict=True)
        ]
        return [above(rows[k : k + height]) for k in range(0, len(rows), height)]

    def _number(self, line: _Line, digits: int) -> Block:
        style = Style(NUMBER, self._ink(line), courier=True, italic=line.is_gradient)
        return words(line.number.rjust(digits, "\N{NO-BREAK SPACE}"), style, height=_LINE)

    def _ink(self, line: _Line) -> str:
        return self.theme.gradient if line.is_gradient else self.theme.ink

    def _symbol(self, name: str, colour: str) -> Block:
        return words(name, Style(11, colour, bold=True, italic=True), height=_LINE)

    def _neuron(self, inside: Block, circle: Circle, *, is_input: bool) -> Node:
        paint = self.theme.kinds["input" if is_input else "intermediate"]
        size = f"{2 * circle.radius / 72:.4f}"
        attributes = {
            "shape": "circle", "fixedsize": "true", "width": size, "height": size, "label": f"<{inside.markup}>",
            "style": "filled", "fillcolor": paint.header, "color": paint.border, "penwidth": "1.2", "tooltip": " ",
            "class": "input" if is_input else "neuron",
        }  # fmt: skip
        return Node(attributes, 2 * circle.radius, 2 * circle.radius, is_round=True)

    def _label(self, block: Block, place: Label, weight: float | None) -> Node:
        """Return the label of a weight, with a rounded frame, or of a bias."""
        frame = "2" if weight is None else "1.5"
        styles = ["filled", *([] if weight is None else ["rounded"]), *(["dashed"] if _is_negative(weight) else [])]
        attributes = {
            "shape": "box", "fixedsize": "true", "width": f"{place.width / 72:.4f}",
            "height": f"{place.height / 72:.4f}", "label": f"<{block.markup}>", "style": ",".join(styles),
            "fillcolor": self.theme.page, "color": self._colour(weight), "penwidth": frame, "tooltip": " ",
            "margin": "0", "class": "bias" if weight is None else "weight",
        }  # fmt: skip
        return Node(attributes, place.width, place.height)

    def _colour(self, weight: float | None) -> str:
        return self.theme.negative if _is_negative(weight) else self.theme.kinds["parameter"].border

    def _draw_wires(self, sheet: Sheet, wiring: Wiring) -> None:
        for (k, j, i), segments in wiring.wires.items():
            weights = self.told.layers[k - 1].W
            weight = None if i is None else float(weights[j, i])
            thick = _THIN if weight is None else _thickness(weight, weights)
            style = {"color": self._colour(weight), "penwidth": f"{thick:.2f}"}
            if _is_negative(weight):
                style["style"] = "dashed"
            label = node_key(k, j, i)
            for start, end in segments[:-1]:
                assert i is not None
                sheet.arrow(node_key(k - 1, i), label, [start, _beyond(start, end)], arrowhead="none", **style)
            sheet.arrow(label, node_key(k, j), segments[-1], **style)

    def _loss(self, sheet: Sheet, wiring: Wiring) -> list[Card]:
        """Put the loss below a single output, or at the right of several, and the target below it."""
        depth = len(self.told.layers)
        outputs = [circle for (k, _), circle in wiring.neurons.items() if k == depth]
        stops = self.cards.loss()
        target = stops[-1].over[0]
        placed: list[Card] = []
        below = len(outputs) == 1 and len(stops) == 1 and stops[0].card.width / 2 <= outputs[0].radius + STUB
        right = outputs[0].x + outputs[0].radius + free_reach(outputs, 1.5 * _AWAY) - 1.5 * _AWAY
        for stop in stops:
            card = stop.card
            if below:
                placed.append(card.at(outputs[0].x, outputs[0].y + outputs[0].radius + _AWAY + card.height / 2))
            else:
                placed.append(card.at(right + 1.5 * _AWAY + card.width / 2, 0.0))
                right = placed[-1].right
        first, last = placed[0], placed[-1]
        placed.append(target.at(last.x, last.bottom + _AWAY + target.height / 2))
        for card in placed:
            sheet.put(card.key, card.node, (card.x, card.y))
        for j, circle in enumerate(outputs):
            end = (first.x, first.top) if below else (first.left, first.y)
            sheet.arrow(node_key(depth, j), first.key, [rim(circle, end), end])
        if first is not last:
            sheet.arrow(first.key, last.key, [(first.right, first.y), (last.left, last.y)])
        sheet.arrow("y", last.key, [(last.x, placed[-1].top), (last.x, last.bottom)])
        return placed

    def _legend(self, width: float) -> list[Block]:
        theme, loss = self.theme, self.telling.chapters[0].sections[-1].steps[-1].sides[0]
        value, gradient = (
            Style(NUMBER, theme.ink, courier=True),
            Style(NUMBER, theme.gradient, courier=True, italic=True),
        )
        names = f"∂{self.w} = ∂{loss}/∂{self.w}, ∂b = ∂{loss}/∂b = δ"
        samples = [
            (stroke(self._colour(1.0), thick=2), f"{self.w} > 0"),
            (stroke(self._colour(-1.0), thick=2, line="dashed", length=24), f"{self.w} < 0"),
            (None, message("views.thickness", self.lang, weight=self.w)),
            (words("0.8", value), message("views.value", self.lang)),
            (words("−0.0230", gradient), message("views.gradient", self.lang)),
        ]
        parts = [
            row([*([sample, space(4)] if sample else []), self.setter.muted(text), space(16)])
            for sample, text in samples
        ]
        return in_width([*parts, self.setter.formula(names, colour=theme.gradient, size=10, bold=False)], width)


def _radius(blocks: Iterable[Block]) -> float:
    return ceil(max(hypot(block.width, block.height) / 2 for block in blocks)) + 3.0


def _centred(blocks: Iterable[Block]) -> Block:
    """Put blocks on top of one another, their middles on one line."""
    column = list(blocks)
    width = max(block.width for block in column)
    return above(padded(block, left=(width - block.width) // 2) for block in column)


def _thickness(weight: float, weights: Array) -> float:
    """Return how thick an edge is, by |w| against the largest of its layer."""
    largest = float(np.abs(weights[np.isfinite(weights)]).max(initial=0.0))
    share = abs(weight) / largest if largest and np.isfinite(weight) else 0.0
    return _THIN + (_THICK - _THIN) * share


def _is_negative(weight: float | None) -> bool:
    return weight is not None and weight < 0


def _beyond(start: Point, end: Point) -> Point:
    """Return the point behind `end` at which an arrow without a head is to end in order to reach it."""
    across, down = end[0] - start[0], end[1] - start[1]
    share = 1 + _HEAD / hypot(across, down)
    return start[0] + across * share, start[1] + down * share
