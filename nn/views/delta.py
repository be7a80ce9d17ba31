"""The δ view: the forward pass on one lane, and below it the δ recursion running back, each factor with its numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd_lite import drawing
from autograd_lite.drawing import Block, Sheet, Style, Theme, space, stroke, words
from autograd_lite.errors import ArgumentError
from nn.messages import message
from nn.passes import Pass
from nn.telling.derivation import derivation
from nn.views.cards import Cards, Column
from nn.views.description import described, sizes_of
from nn.views.lanes import INSET, Card, Stop
from nn.views.page import Page
from nn.views.placing import DROP, NARROWEST, RISE, Row
from nn.views.story import DeltaStory
from nn.views.typesetting import NUMBER, Typesetter, in_width, row

if TYPE_CHECKING:
    from nn.grading.quantities import Quantity

MOST_LAYERS, MOST_IN_A_ROW = 20, 5
# How wide a row becomes where the page has no width.
_WIDEST = 1100.0
_APART, _LEGEND = 34.0, 14.0


def draw_delta(
    told: Pass,
    theme: Theme,
    *,
    decimals: int,
    notation: str,
    lang: str,
    page: Page,
    marks: Mapping[Quantity, str] | None = None,
) -> drawing.Drawing:
    """Draw the δ view of a pass.

    Parameters
    ----------
    told : Pass
        Of one example or a batch, with at most 20 layers.
    theme : Theme
    decimals : int
        Digits after the point of computed numbers.
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    page : Page
        What it is to fit on: the fewer layers stand in a row, the narrower the page is.
    marks : mapping, optional
        What is wrong with a step, in a few words.

    Raises
    ------
    ArgumentError
        When there are more layers than can be followed from row to row.
    """
    if len(told.layers) > MOST_LAYERS:
        raise ArgumentError(
            f"The view 'delta' draws at most {MOST_LAYERS} layers, got {len(told.layers)}.",
            "Draw view='layers', which has room for any number.",
        )
    telling = derivation(told, notation, lang)
    setter = Typesetter.of(told, theme, decimals)
    faults = {quantity.key: said for quantity, said in (marks or {}).items()}
    cards = Cards(told, telling, setter, faults, notation, lang)
    rows = _in_rows(cards, len(told.layers), page.room)
    title = message("views.delta", lang, sizes=sizes_of(told))
    sheet = Sheet(title, theme)
    for each in rows:
        for card in each.cards.values():
            sheet.put(card.key, card.node, (card.x, card.y))
        _link(sheet, each, faults)
    bottom = rows[-1].bottom + _LEGEND
    width = max(NARROWEST, *(each.total for each in rows))
    for line in _legend(setter, lang, width, is_marked=bool(marks), is_continued=len(rows) > 1):
        sheet.text(line, 0, bottom)
        bottom += line.height + 3
    spoken = {quantity.sign(notation): said for quantity, said in (marks or {}).items()}
    description = described(title, telling, setter, lang, spoken)
    drawn = frozenset(key for each in rows for key in each.cards)
    story = DeltaStory(told, telling, setter, drawn, notation, lang).story()
    picture = drawing.Drawing(sheet.source(**page.attributes), title=title, description=description, story=story)
    return page.checked(picture, "Draw fewer decimals, one example or view='layers', or a wider page.")


def _in_rows(cards: Cards, count: int, room: float | None) -> list[Row]:
    """Place the layers in as few rows as there is room for, about as many in each, one below the other."""
    lanes, columns = cards.forward(), cards.backward()
    for number in range(1, count + 1):
        rows = [_row(cards, lanes, columns, ends, room) for ends in _shared_out(count, number)]
        if room is None:
            fits = count <= MOST_IN_A_ROW or max(each.total for each in rows) <= _WIDEST
        else:
            fits = max(each.total for each in rows) <= room
        if fits:
            break
    bottom = 0.0
    for each in rows:
        each.lowered(bottom)
        bottom = each.bottom + _APART
    return rows


def _shared_out(count: int, rows: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last layer of each row.

    Examples
    --------
    >>> list(_shared_out(7, 3))
    [(1, 3), (4, 5), (6, 7)]
    """
    first = 1
    for number in range(rows):
        last = first + count // rows + (number < count % rows) - 1
        yield first, last
        first = last + 1


def _row(
    cards: Cards, lanes: list[list[Stop]], columns: list[Column], ends: tuple[int, int], room: float | None
) -> Row:
    """Place some of the layers, with the ways that lead from row to row."""
    first, last = ends
    lanes = lanes[first - 1 : last]
    # Whose cards become as narrow as this row needs them.
    columns = [Column(each.layer, each.deltas, each.gradients) for each in columns[first - 1 : last]]
    before = after = None
    if first > 1:
        lanes[0] = [Stop(cards.way(first, forward=True, leaves=False)), *lanes[0]]
        before = cards.way(first, forward=False, leaves=True)
    if last < len(cards.told.layers):
        lanes[-1] = [*lanes[-1], Stop(cards.way(last + 1, forward=True, leaves=True))]
        after = cards.way(last + 1, forward=False, leaves=False)
    return Row(lanes, columns, room or NARROWEST, before=before, after=after)


def _link(sheet: Sheet, placed: Row, faults: Collection[str]) -> None:
    """Draw the arrows of a row; one that leads to a step that is wrong is marked, too."""
    cards, theme = placed.cards, sheet.theme
    marked = {"color": theme.fault, "penwidth": "2.4", "style": "dashed"}
    lane = [cards[stop.card.key] for stop in placed.stops]
    for one, other in pairwise(lane):
        style = marked if other.key in faults else {}
        sheet.arrow(one.key, other.key, [(one.right, one.y), (other.left, other.y)], **style)
    for stop in placed.stops:
        for card in stop.over:
            upper = cards[card.key]
            _drop(sheet, upper, cards[stop.card.key], upper.bottom + RISE / 2)
    back = {"color": theme.gradient, "penwidth": "1.8"}
    deltas = [cards[column.delta.key] for column in placed.columns]
    before, after = ([] if each is None else [cards[each.key]] for each in (placed.before, placed.after))
    for one, other in pairwise([*before, *deltas, *after]):
        style = marked if one.key in faults else back
        sheet.arrow(other.key, one.key, [(other.left, other.y), (one.right, one.y)], **style)
    for column, delta in zip(placed.columns, deltas, strict=True):
        gradients = cards[column.gradient.key]
        is_wrong = not {f"dW{column.layer.number}", f"db{column.layer.number}"}.isdisjoint(faults)
        _drop(sheet, delta, gradients, gradients.top - DROP / 2, **(marked if is_wrong else back))
        source = placed.source(column.layer, is_output="L" in cards and column is placed.columns[-1])
        if column.layer.derivative is not None and source is not None:
            bend = placed.between - 5 * (column.layer.number % 3)
            _drop(sheet, source, delta, bend, style="dotted", arrowhead="open")
    if "L" in cards:
        _drop(sheet, cards["L"], deltas[-1], placed.between, **(marked if deltas[-1].key in faults else back))


def _drop(sheet: Sheet, upper: Card, lower: Card, bend: float, **attributes: str) -> None:
    """Draw an arrow down: straight where one card is above the other, else with a bend at a height that is free."""
    nearest = min(max(upper.x, lower.left + INSET), lower.right - INSET)
    start = min(max(nearest, upper.left + INSET), upper.right - INSET)
    points = [(start, upper.bottom), (nearest, lower.top)]
    if start != nearest:
        points[1:1] = [(start, bend), (nearest, bend)]
    sheet.arrow(upper.key, lower.key, points, **attributes)


def _legend(
    setter: Typesetter, lang: str, width: float, *, is_marked: bool = False, is_continued: bool = False
) -> Sequence[Block]:
    """Return how to read the picture, in as many lines as it needs."""
    theme = setter.theme
    value, gradient = Style(NUMBER, theme.ink, courier=True), Style(NUMBER, theme.gradient, courier=True, italic=True)
    samples = [
        (stroke(theme.edge, head="→"), "views.forward"),
        (stroke(theme.gradient, thick=2, head="←"), "views.backward"),
        (stroke(theme.edge, line="dotted", head="→"), "views.reused"),
        (words("0.8", value), "views.value"),
        (words("−0.0230", gradient), "views.gradient"),
    ]
    if is_continued:
        samples.append((setter.formula("a", size=10), "views.continued"))
    if is_marked:
        wrong = row(
            [words("✗", Style(10, theme.fault, bold=True)), stroke(theme.fault, thick=2, line="dashed", head="←")]
        )
        samples.append((wrong, "views.fault"))
    parts = [[sample, space(4), setter.muted(message(key, lang)), space(18)] for sample, key in samples]
    parts.append([setter.muted(message("views.parameter", lang))])
    return in_width([row(each) for each in parts], width)
