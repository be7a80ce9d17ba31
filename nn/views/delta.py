"""The δ view: the forward pass on one lane, and below it the δ recursion running back, each factor with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd_lite import drawing
from autograd_lite.drawing import Block, Sheet, Style, Theme, space, words
from autograd_lite.errors import ArgumentError
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.telling.derivation import derivation
from nn.views.cards import Cards, Column
from nn.views.description import described, sizes_of
from nn.views.lanes import GAP, INSET, Card, Stop, extent, follow, packed, side_by_side
from nn.views.story import DeltaStory
from nn.views.typesetting import NUMBER, Typesetter, in_width, row

if TYPE_CHECKING:
    from nn.grading.quantities import Quantity

MOST_LAYERS = 5
_NARROWEST = 520.0
_RISE, _BETWEEN, _DROP, _LEGEND = 22.0, 38.0, 20.0, 14.0
# Activations whose slope is worked out from a, not from z.
_FROM_A = ("sigmoid", "tanh", "elu")


def draw_delta(
    told: Pass, theme: Theme, *, decimals: int, notation: str, lang: str, marks: Mapping[Quantity, str] | None = None
) -> drawing.Drawing:
    """Draw the δ view of a pass.

    Parameters
    ----------
    told : Pass
        Of one example or a batch, with at most five layers.
    theme : Theme
    decimals : int
        Digits after the point of computed numbers.
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    marks : mapping, optional
        What is wrong with a step, in a few words.

    Raises
    ------
    ArgumentError
        When there are more layers than stand side by side.
    """
    if len(told.layers) > MOST_LAYERS:
        raise ArgumentError(
            f"The view 'delta' draws at most {MOST_LAYERS} layers, got {len(told.layers)}.",
            "Draw view='layers', which has room for any number.",
        )
    telling = derivation(told, notation, lang)
    setter = Typesetter.of(told, theme, decimals)
    cards = Cards(told, telling, setter, {quantity.key: said for quantity, said in (marks or {}).items()})
    picture = _Placed(cards.forward(), cards.backward())
    title = message("views.delta", lang, sizes=sizes_of(told))
    sheet = Sheet(title, theme)
    for card in picture.cards.values():
        sheet.put(card.key, card.node, (card.x, card.y))
    _link(sheet, picture, told)
    bottom = max(card.bottom for card in picture.cards.values()) + _LEGEND
    for line in _legend(setter, lang, max(_NARROWEST, picture.total)):
        sheet.text(line, 0, bottom)
        bottom += line.height + 3
    spoken = {quantity.sign(notation): said for quantity, said in (marks or {}).items()}
    description = described(title, telling, setter, lang, spoken)
    story = DeltaStory(told, telling, setter, frozenset(picture.cards), notation, lang).story()
    return drawing.Drawing(sheet.source(), title=title, description=description, story=story)


class _Placed:
    """Every card at its place: the wider of the two lanes is packed, the other follows it."""

    def __init__(self, lanes: list[list[Stop]], columns: list[Column]) -> None:
        self.stops = [stop for lane in lanes for stop in lane]
        self.columns = columns
        x = packed(self.stops)
        ends = [extent([card for stop in lane for card in (stop.card, *stop.over)], x) for lane in lanes]
        width = max(right for _, right in ends)
        self._narrow(max(width, _NARROWEST))
        widths = [column.width for column in columns]
        apart = side_by_side(widths)
        self.total = max(width, sum(widths) + GAP * (len(widths) - 1))
        goals = [(left + right) / 2 for left, right in ends]
        goals[-1] = self.total
        middles = follow(goals, apart, widths[0] / 2, self.total - widths[-1] / 2)
        wanted = [middle - (left + right) / 2 for middle, (left, right) in zip(middles, ends, strict=True)]
        wanted[-1] = self.total
        shifts = follow(wanted, [0.0] * (len(lanes) - 1), 0.0, self.total - width)
        for lane, shift in zip(lanes, shifts, strict=True):
            for card in [card for stop in lane for card in (stop.card, *stop.over)]:
                x[card.key] += shift
        self.cards = self._stood(x)
        self.cards |= self._hung(middles)

    def _narrow(self, room: float) -> None:
        """Break lines in the widest column, until all columns fit or none gets narrower; then use up what is left."""
        left = list(self.columns)
        while left and self._spare(room) < 0:
            widest = max(left, key=lambda column: column.width)
            if not widest.narrow():
                left.remove(widest)
        for column in self.columns:
            column.widen(column.width + max(0.0, self._spare(room)))

    def _spare(self, room: float) -> float:
        return room - sum(column.width for column in self.columns) - GAP * (len(self.columns) - 1)

    def _stood(self, x: Mapping[str, float]) -> dict[str, Card]:
        """Return the cards of the forward lane, and those above it."""
        over = [card for stop in self.stops for card in stop.over]
        base = max(card.height for card in over)
        self.middle = base + _RISE + max(stop.card.height for stop in self.stops) / 2
        placed = [card.at(x[card.key], base - card.height / 2) for card in over]
        placed += [stop.card.at(x[stop.card.key], self.middle) for stop in self.stops]
        return {card.key: card for card in placed}

    def source(self, layer: LayerRecord) -> Card | None:
        """Return the card that δ takes its values from: z or a for the slope, or the probabilities."""
        key = f"{'a' if layer.activation in _FROM_A else 'z'}{layer.number}"
        is_output = layer is self.columns[-1].layer
        return self.cards.get("loss0" if is_output and "loss0" in self.cards else key)

    def _near(self, column: Column, middle: float) -> float:
        """Return where the card of δ stands in its column: below what leads to it."""
        ends = [self.source(column.layer), self.cards["L"] if column is self.columns[-1] else None]
        above = [card.x for card in ends if card is not None]
        reach = (column.width - column.delta.width) / 2
        goal = sum(above) / len(above) if above else middle
        return min(max(goal, middle - reach), middle + reach)

    def _hung(self, middles: Sequence[float]) -> dict[str, Card]:
        """Return the cards of the backward lane, and below it those of the gradients."""
        top = self.middle + max(stop.card.height for stop in self.stops) / 2 + _BETWEEN
        self.between = top - _BETWEEN / 2
        tall = max(column.delta.height for column in self.columns)
        placed = []
        for column, middle in zip(self.columns, middles, strict=True):
            placed.append(column.delta.at(self._near(column, middle), top + tall / 2))
            placed.append(column.gradient.at(middle, top + tall + _DROP + column.gradient.height / 2))
        return {card.key: card for card in placed}


def _link(sheet: Sheet, picture: _Placed, told: Pass) -> None:
    cards, theme = picture.cards, sheet.theme
    lane = [cards[stop.card.key] for stop in picture.stops]
    for one, other in pairwise(lane):
        sheet.arrow(one.key, other.key, [(one.right, one.y), (other.left, other.y)])
    for stop in picture.stops:
        for card in stop.over:
            upper = cards[card.key]
            _drop(sheet, upper, cards[stop.card.key], upper.bottom + _RISE / 2)
    back = {"color": theme.gradient, "penwidth": "1.8"}
    for layer in told.layers:
        k = layer.number
        delta, gradients = cards[f"delta{k}"], cards[f"gradients{k}"]
        _drop(sheet, delta, gradients, gradients.top - _DROP / 2, **back)
        if k > 1:
            before = cards[f"delta{k - 1}"]
            sheet.arrow(delta.key, before.key, [(delta.left, delta.y), (before.right, before.y)], **back)
        source = picture.source(layer)
        if layer.derivative is not None and source is not None:
            _drop(sheet, source, delta, picture.between - 5 * (k % 3), style="dotted", arrowhead="open")
    _drop(sheet, cards["L"], delta, picture.between, **back)


def _drop(sheet: Sheet, upper: Card, lower: Card, bend: float, **attributes: str) -> None:
    """Draw an arrow down: straight where one card is above the other, else with a bend at a height that is free."""
    nearest = min(max(upper.x, lower.left + INSET), lower.right - INSET)
    start = min(max(nearest, upper.left + INSET), upper.right - INSET)
    points = [(start, upper.bottom), (nearest, lower.top)]
    if start != nearest:
        points[1:1] = [(start, bend), (nearest, bend)]
    sheet.arrow(upper.key, lower.key, points, **attributes)


def _legend(setter: Typesetter, lang: str, width: float) -> list[Block]:
    """Return how to read the picture, in as many lines as it needs."""
    theme = setter.theme
    value, gradient = Style(NUMBER, theme.ink, courier=True), Style(NUMBER, theme.gradient, courier=True, italic=True)
    samples = [
        (words("→", Style(12, theme.edge)), "views.forward"),
        (words("←", Style(12, theme.gradient, bold=True)), "views.backward"),
        (words("· · ·", Style(12, theme.edge, bold=True)), "views.reused"),
        (words("0.8", value), "views.value"),
        (words("−0.0230", gradient), "views.gradient"),
    ]
    parts = [[sample, space(4), setter.muted(message(key, lang)), space(18)] for sample, key in samples]
    parts.append([setter.muted(message("views.parameter", lang))])
    return in_width([row(each) for each in parts], width)
