"""The layers view: a card a layer with the norm of its gradient, branches around blocks, and all norms as bars."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite import drawing
from autograd_lite.drawing import Block, Sheet, Style, Theme, beside, space, words
from autograd_lite.errors import ArgumentError
from autograd_lite.matrices import superscript
from nn.messages import message
from nn.module import Module
from nn.views.calls import watched
from nn.views.flow import Branch, Element, Flow, Part, flow_of, parts_of
from nn.views.layers_story import LayersStory
from nn.views.norms import Layer, has_hooks, layers_of
from nn.views.page import Page
from nn.views.repeats import Stretch, repeated
from nn.views.stations import Stations, titled
from nn.views.track import Box, BranchBox, PanelBox, RowBox, put_in_lines

_MOST_UNFOLDED = 6
_MOST_CARDS = 200
_VANISHING = 1e-3
_WIDEST, _WIDEST_BARS = 560.0, 380.0


def draw_layers(
    model: Module,
    x: ag.Tensor,
    loss_of: Callable[[Any], ag.Tensor],
    loss: Callable[[Any, Any], ag.Tensor],
    theme: Theme,
    *,
    decimals: int,
    lang: str,
    page: Page,
) -> drawing.Drawing:
    """Draw the layers of a model in the order in which they ran.

    Parameters
    ----------
    model : Module
        A copy of it is run and watched, so that what its own forward does is seen as well.
    x : Tensor
    loss_of : function
        Gives the loss of a prediction.
    loss : function
        By which it goes in the picture.
    theme : Theme
    decimals : int
        Digits after the point of the loss.
    lang : {"en", "es"}
    page : Page
        What it is to fit on.

    Raises
    ------
    ArgumentError
        When more layers are left, after folding, than can be read.
    """
    run = watched(model, x, loss_of)
    flow = flow_of(run.call)
    layers = layers_of(flow, run.value)
    stretches = _stretches(flow)
    shown = sum(1 for each in stretches for _ in parts_of(flow.elements[each.start : each.stop]))
    if shown > _MOST_CARDS:
        raise ArgumentError(
            f"The view 'layers' has {shown} cards after folding; more than {_MOST_CARDS} cannot be read.",
            "Draw a part of the model on what it takes: nn.draw(model.part, h, target, loss).",
        )
    is_folded = any(each.rounds > 1 for each in stretches)
    sizes = sizes_text(flow)
    stations = Stations(layers, dict(run.model.named_modules()), theme, lang, is_numbered=is_folded)
    ends = stations.given(x), stations.loss(run.value, _formula(loss, flow, sizes, lang), decimals)
    boxes = [ends[0], *_boxes(stations, flow, stretches), ends[1]]
    title = message("views.layers", lang, sizes=sizes) if sizes else _titled(model, lang)
    sheet = Sheet(title, theme)
    width, bottom = put_in_lines(sheet, boxes, page.room or _WIDEST)
    remarks = _remarks(model, flow, lang)
    for remark in remarks:
        note = words(remark, Style(9, theme.muted, italic=True))
        sheet.text(note, 0, bottom + 8)
        bottom += 8 + note.height
    if is_folded or len(layers) > _MOST_UNFOLDED:
        _put_bars(sheet, list(layers.values()), lang, max(width, _WIDEST_BARS), bottom + 18)
    picture = drawing.Drawing(
        sheet.source(**page.attributes),
        title=title,
        description=_description(title, flow, layers, run.value, decimals, lang, remarks),
        story=LayersStory(_in_order(stations.drawn, flow), layers, x, run.value, decimals, lang).story,
    )
    return page.checked(picture, "Draw a part of the model, or a wider page.")


def _remarks(model: Module, flow: Flow, lang: str) -> list[str]:
    """Return what the picture does not show."""
    order = [] if flow.is_known else [message("views.in_order", lang)]
    return [*order, *([message("views.hooks", lang)] if has_hooks(model) else [])]


def _in_order(drawn: Mapping[str, Sequence[Part]], flow: Flow) -> dict[str, Sequence[Part]]:
    """Return the parts of each card, those first that the chain comes to first."""
    rank = {part: number for number, part in enumerate(parts_of(flow.elements))}
    return dict(sorted(drawn.items(), key=lambda item: rank[item[1][0]]))


def _stretches(flow: Flow) -> list[Stretch]:
    """Return the chain in stretches, equal ones together where there are too many cards otherwise."""
    cards = sum(part.is_card for part in parts_of(flow.elements))
    if cards <= _MOST_UNFOLDED:
        return [Stretch(k, k + 1, 1) for k in range(len(flow.elements))]
    return repeated([_kind(each) for each in flow.elements])


def _kind(element: Element) -> tuple[Any, ...]:
    """Return what elements that can be folded have in common."""
    if isinstance(element, Branch):
        return (_kind(element.join), *(tuple(map(_kind, way)) for way in element.ways))
    sizes = tuple(each.shape for each in element.parameters.values())
    return _told(element), element.shape, sizes, tuple(map(_told, element.after))


def _boxes(stations: Stations, flow: Flow, stretches: Sequence[Stretch]) -> list[Box]:
    boxes: list[Box] = []
    for each in stretches:
        size = each.stop - each.start
        rounds = [flow.elements[start : start + size] for start in range(each.start, each.end, size)]
        if each.rounds == 1:
            boxes += [_box(stations, element) for element in rounds[0]]
            continue
        parts = [list(parts_of(elements)) for elements in rounds]
        if len(parts[0]) == 1 and parts[0][0].is_card:
            boxes.append(stations.stack([only for (only,) in parts]))
            continue
        row = RowBox([_box(stations, element, is_repeated=True) for element in rounds[0]])
        boxes.append(PanelBox(row, stations.repeated(parts)))
    return boxes


def _box(stations: Stations, element: Element, *, is_repeated: bool = False) -> Box:
    if not isinstance(element, Branch):
        return stations.station(element, is_repeated=is_repeated)
    main, *others = [
        RowBox([_box(stations, each, is_repeated=is_repeated) for each in way]) if way else None for way in element.ways
    ]
    assert main is not None
    return BranchBox(main, others, stations.station(element.join, is_repeated=is_repeated))


def _put_bars(sheet: Sheet, layers: Sequence[Layer], lang: str, width: float, top: float) -> None:
    norms = [np.nan if layer.norm is None else layer.norm for layer in layers]
    heading = _bars_heading(layers, sheet.theme, lang)
    unit = message("views.layer", lang)
    drawing.draw_bars(sheet, norms, heading=heading, unit=unit, left=0, top=top, width=max(width, heading.width))


def _bars_heading(layers: Sequence[Layer], theme: Theme, lang: str) -> Block:
    text = Style(9, theme.muted)
    label = words("‖∂L/∂W‖", Style(10, theme.gradient, bold=True, italic=True))
    rest = words(message("views.bars", lang) + _trend(layers, lang), text, height=label.height)
    return beside([label, space(4), rest])


def _trend(layers: Sequence[Layer], lang: str) -> str:
    """Say what the bars cannot show, or whether the gradient shrinks or grows by more than a thousand on its way."""
    trained = [layer.norm for layer in layers if layer.norm is not None]
    stray = sum(not np.isfinite(norm) for norm in trained)
    if stray:
        return f": {message('views.not_finite', lang, count=stray, total=len(layers))}"
    if trained and not any(trained):
        return f": {message('views.all_zero', lang)}"
    first, last = (each.norm for each in (layers[0], layers[-1]))
    if first is None or not last:
        return ""
    if first < _VANISHING * last:
        return f": {message('views.vanishes', lang)}"
    return f": {message('views.explodes', lang)}" if first * _VANISHING > last else ""


def _told(part: Part) -> str:
    return titled(part, "en")


def sizes_text(flow: Flow) -> str:
    """Return the sizes of a chain of Linear layers as they are spoken, 2-3-1; of many, equal ones in a row are counted.

    Of any other model there are none.
    """
    sizes: list[int] = []
    for each in flow.elements:
        module = each.call.module if isinstance(each, Part) and each.call else None
        taken, given = getattr(module, "in_features", None), getattr(module, "out_features", None)
        if not isinstance(taken, int) or not isinstance(given, int) or sizes[-1:] not in ([], [taken]):
            return ""
        sizes += [given] if sizes else [taken, given]
    if len(sizes) <= 2 * _MOST_UNFOLDED:
        return "-".join(map(str, sizes))
    runs = [(size, len(list(group))) for size, group in groupby(sizes)]
    return "-".join(f"{size}" if count == 1 else f"{size}×{count}" for size, count in runs[:_MOST_UNFOLDED])


def _titled(model: Module, lang: str) -> str:
    return message("views.layers_of", lang, name=type(model).__name__)


def _formula(loss: Callable[[Any, Any], ag.Tensor], flow: Flow, sizes: str, lang: str) -> str:
    """Return the loss as a formula of the last layer's output, or of the prediction ŷ of what is no chain."""
    formula = getattr(loss, "formula", None)
    if formula is None:
        return str(getattr(loss, "__name__", type(loss).__name__))
    last = flow.elements[-1]
    is_linear = isinstance(last, Part) and all(_told(each) == "identity" for each in last.after)
    letter = f"{'z' if is_linear else 'a'}{superscript(len(flow.elements))}" if sizes else "ŷ"
    formula = re.sub(r"\ba\b", letter, formula)
    return re.sub(r"\bmean\b", message("views.mean", lang), formula)


def _description(
    title: str, flow: Flow, layers: Mapping[Part, Layer], value: ag.Tensor, decimals: int, lang: str, remarks: list[str]
) -> str:
    told = list(layers.values())
    shown = "; ".join(
        f"{message('views.layer', lang)} {layer.number}: "
        + ", ".join(titled(each, lang) for each in (layer.part, *layer.part.after))
        + (f", {message('views.frozen', lang)}" if layer.norm is None else f", ‖{layer.symbol}‖ = {layer.norm:.2g}")
        for layer in (told if len(told) <= 12 else [told[0], told[-1]])
    )
    total = drawing.grouped(sum(layer.parameters for layer in told))
    number = drawing.number(value.numpy(), decimals=decimals)
    facts = message("views.layers_described", lang, count=len(told), parameters=total, loss=number)
    branches = sum(isinstance(each, Branch) for each in flow.elements)
    around = [message("views.branches", lang, count=branches)] if branches else []
    said = [f"{each}." for each in remarks]
    return " ".join([f"{title}.", facts, *around, *said, f"{shown}."])
