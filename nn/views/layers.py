"""The layers view: a card a layer with the norm of its gradient, and the norms of all layers as bars."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite import drawing
from autograd_lite.drawing import Block, Item, Node, Sheet, Step, Style, Theme, beside, space, words
from autograd_lite.matrices import norm, superscript
from nn.activations import label_of
from nn.formulas import spoken
from nn.messages import message
from nn.mlp import MLP

_FEWEST_FOLDED = 3
_MOST_UNFOLDED = 6
_BACK_FRAME = 4.0
_VANISHING = 1e-3


@dataclass(frozen=True)
class _Layer:
    """What a card says of one layer; `norm` is ‖∂L/∂W‖, None when W asks for no gradient."""

    index: int
    fan_in: int
    fan_out: int
    activation: str
    parameters: int
    norm: float | None

    @property
    def kind(self) -> tuple[int, int, str, int]:
        """What layers that can be folded have in common."""
        return self.fan_in, self.fan_out, self.activation, self.parameters


def draw_layers(
    model: MLP,
    x: ag.Tensor,
    value: ag.Tensor,
    loss: Callable[[Any, Any], ag.Tensor],
    theme: Theme,
    *,
    decimals: int,
    lang: str,
) -> drawing.Drawing:
    """Draw the layers of an MLP that computed the loss `value` from x."""
    layers = _describe(model, value)
    groups = _folded(layers)
    is_folded = len(groups) < len(layers)
    nodes: dict[str, Node] = {"x": _input_card(x, theme, lang)}
    nodes |= {f"layer{group[0].index}": _layer_card(group, theme, lang, numbered=is_folded) for group in groups}
    nodes["L"] = _loss_card(value, _formula(loss, model, lang), decimals, theme)
    copies = {f"layer{group[0].index}" for group in groups if len(group) > 1}
    layout = drawing.lay_out([Step(_item(key, node, key in copies)) for key, node in nodes.items()])
    title = message("views.layers", lang, sizes=_sizes_text(model.sizes))
    sheet = Sheet(title, theme)
    for key, (across, down) in layout.centres.items():
        node = nodes[key]
        if key not in copies:
            sheet.put(key, node, (across, down))
            continue
        front = (across - _BACK_FRAME, down + _BACK_FRAME)
        _put_frames_behind(sheet, node, front)
        sheet.put(key, node, front)
    for arrow in layout.arrows:
        sheet.arrow(arrow.tail, arrow.head, arrow.points)
    norms = [np.nan if layer.norm is None else layer.norm for layer in layers]
    if is_folded:
        heading = _bars_heading(norms, theme, lang)
        width = max(layout.width, 380.0, heading.width)
        unit = message("views.layer", lang)
        drawing.draw_bars(sheet, norms, heading=heading, unit=unit, left=0, top=layout.height + 18, width=width)
    description = _description(layers, value, decimals, lang)
    return drawing.Drawing(sheet.source(), title=title, description=description, story=drawing.Story({}, lang=lang))


def _describe(model: MLP, value: ag.Tensor) -> list[_Layer]:
    """Say what each layer is, with the norm of its weight's gradient, leaving every `.grad` as it is."""
    weights = [layer.weight for layer in model.layers]
    trained = [weight for weight in weights if weight.requires_grad]
    found = ag.gradients(value, trained, allow_unused=True) if trained and value.requires_grad else ()
    norms = {
        id(weight): 0.0 if each is None else norm(each.numpy()) for weight, each in zip(trained, found, strict=False)
    }
    return [
        _Layer(
            index,
            layer.in_features,
            layer.out_features,
            label_of(activation),
            sum(parameter.size for parameter in layer.parameters()),
            norms.get(id(layer.weight)),
        )
        for index, (layer, activation) in enumerate(zip(model.layers, model.activations, strict=True), 1)
    ]


def _folded(layers: Sequence[_Layer]) -> list[list[_Layer]]:
    """Group equal layers that follow one another; the first and the last layer always stand alone."""
    if len(layers) <= _MOST_UNFOLDED:
        return [[layer] for layer in layers]
    groups = [[layers[0]]]
    for _, run in groupby(layers[1:-1], key=lambda layer: layer.kind):
        equal = list(run)
        groups += [equal] if len(equal) >= _FEWEST_FOLDED else [[layer] for layer in equal]
    return [*groups, [layers[-1]]]


def _item(key: str, node: Node, has_copies: bool) -> Item:
    extra = 2 * _BACK_FRAME if has_copies else 0.0
    return Item(key, node.width + extra, node.height + extra)


def _put_frames_behind(sheet: Sheet, node: Node, front: tuple[float, float]) -> None:
    """Draw two frames behind a card, so that it looks like a stack."""
    border = sheet.theme.kinds["parameter"].border
    style = {"style": "filled", "fillcolor": sheet.theme.page, "color": border, "penwidth": "1.2"}
    for shift in (2 * _BACK_FRAME, _BACK_FRAME):
        left, top = front[0] - node.width / 2 + shift, front[1] - node.height / 2 - shift
        sheet.box(left, top, node.width, node.height, **style)


def _layer_card(group: Sequence[_Layer], theme: Theme, lang: str, *, numbered: bool) -> Node:
    first, last = group[0], group[-1]
    text = Style(9, theme.muted)
    title = f"Linear {first.fan_in} → {first.fan_out}"
    activation = spoken(first.activation, lang)
    count = _counted(sum(layer.parameters for layer in group), "views.parameters", lang)
    if len(group) > 1:
        which = message("views.layers_from", lang, first=first.index, last=last.index)
        lines = [words(f"{activation} · {which}", text), words(count, text)]
        title += f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}× {len(group)}"
    else:
        about = f"{message('views.layer', lang)} {first.index}" if numbered else count
        lines = [words(f"{activation} · {about}", text), _gradient_line(first, theme, lang)]
    return drawing.text_card(title, lines, kind="parameter", theme=theme, tooltip=f"{title}, {count}")


def _gradient_line(layer: _Layer, theme: Theme, lang: str) -> Block:
    if layer.norm is None:
        return words(message("views.frozen", lang), Style(9, theme.muted))
    name = f"‖∂L/∂W{superscript(layer.index)}‖ ="
    label = words(name, Style(10, theme.gradient, bold=True, italic=True))
    return beside(
        [
            label,
            space(4),
            words(drawing.scientific(layer.norm), Style(9.5, theme.gradient, italic=True), height=label.height),
        ]
    )


def _input_card(x: ag.Tensor, theme: Theme, lang: str) -> Node:
    text = Style(9, theme.muted)
    features = x.shape[-1] if x.ndim else 1
    samples = x.shape[0] if x.ndim == 2 else 1
    counts = _counted(features, "views.features", lang), _counted(samples, "views.samples", lang)
    lines = [words(each, text) for each in counts]
    return drawing.text_card(x.name or "x", lines, kind="input", theme=theme, tooltip=f"shape {x.shape}, {x.dtype}")


def _loss_card(value: ag.Tensor, formula: str, decimals: int, theme: Theme) -> Node:
    text = Style(9, theme.muted)
    lines = [words(formula, text), words(drawing.number(value.numpy(), decimals=decimals), text)]
    return drawing.text_card(value.name or "L", lines, kind="root", theme=theme, tooltip=f"the loss, {formula}")


def _formula(loss: Callable[[Any, Any], ag.Tensor], model: MLP, lang: str) -> str:
    """The loss as a formula of the last layer's output."""
    formula = getattr(loss, "formula", None)
    if formula is None:
        return str(getattr(loss, "__name__", type(loss).__name__))
    letter = "z" if model.activation_names[-1] == "identity" else "a"
    formula = re.sub(r"\ba\b", f"{letter}{superscript(len(model.layers))}", formula)
    return re.sub(r"\bmean\b", message("views.mean", lang), formula)


def _bars_heading(norms: Sequence[float], theme: Theme, lang: str) -> Block:
    text = Style(9, theme.muted)
    label = words("‖∂L/∂W‖", Style(10, theme.gradient, bold=True, italic=True))
    rest = words(message("views.bars", lang) + _trend(norms, lang), text, height=label.height)
    return beside([label, space(4), rest])


def _trend(norms: Sequence[float], lang: str) -> str:
    """Say whether the gradient shrinks or grows by more than a thousand on its way from the last layer to the first."""
    first, last = norms[0], norms[-1]
    if not (np.isfinite(first) and np.isfinite(last) and last > 0):
        return ""
    if first < _VANISHING * last:
        return f": {message('views.vanishes', lang)}"
    return f": {message('views.explodes', lang)}" if first * _VANISHING > last else ""


def _sizes_text(sizes: Sequence[int]) -> str:
    """The sizes of a network as they are spoken, 2-3-1; of many, equal ones in a row are counted."""
    if len(sizes) <= 2 * _MOST_UNFOLDED:
        return "-".join(map(str, sizes))
    runs = [(size, len(list(group))) for size, group in groupby(sizes)]
    return "-".join(f"{size}" if count == 1 else f"{size}×{count}" for size, count in runs[:_MOST_UNFOLDED])


def _description(layers: Sequence[_Layer], value: ag.Tensor, decimals: int, lang: str) -> str:
    shown = "; ".join(
        f"{message('views.layer', lang)} {layer.index}: Linear {layer.fan_in} → {layer.fan_out}, "
        f"{spoken(layer.activation, lang)}, "
        + (message("views.frozen", lang) if layer.norm is None else f"‖∂L/∂W‖ = {layer.norm:.2g}")
        for layer in (layers if len(layers) <= 12 else [layers[0], layers[-1]])
    )
    total = drawing.grouped(sum(layer.parameters for layer in layers))
    number = drawing.number(value.numpy(), decimals=decimals)
    facts = message("views.layers_described", lang, count=len(layers), parameters=total, loss=number)
    return f"{facts} {shown}."


def _counted(count: int, key: str, lang: str) -> str:
    """Return a count and what is counted, of which the message has the singular and the plural."""
    one, many = message(key, lang).split("|")
    return f"{drawing.grouped(count)} {one if count == 1 else many}"
