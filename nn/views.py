"""Pictures of a network: its layers with the norm of each one's gradient, or every operation of one pass."""

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
from autograd_lite.errors import GradientError, UsageError
from nn.activations import label_of
from nn.arguments import choice
from nn.mlp import MLP
from nn.module import Module

VIEWS = ("layers", "ops")
_FEWEST_FOLDED = 3
_MOST_UNFOLDED = 6
_BACK_FRAME = 4.0
_VANISHING = 1e-3


def draw(
    model: Callable[[Any], Any],
    x: Any,
    y: Any,
    loss: Callable[[Any, Any], ag.Tensor],
    view: str = "layers",
    *,
    decimals: int = 4,
    theme: str = "light",
) -> drawing.Drawing:
    """Draw a network at work on data; its parameters, their gradients and their names stay as they are.

    Parameters
    ----------
    model : MLP, Module or function
        The view 'layers' draws an MLP; 'ops' draws whatever computes a result of x.
    x : array_like
        A batch (N, in) or one example (in,).
    y : array_like
        The targets, as the loss takes them.
    loss : Loss or function
        Called as ``loss(model(x), y)``; its result is a scalar.
    view : {'layers', 'ops'}
        'layers' has a card a layer with ‖∂L/∂W‖, repeated layers folded into one, and the norms of all of them as bars.
        'ops' has every operation, value and gradient: `autograd_lite.draw` of one pass, in which parameters without
        a name of their own go by their path, such as ``a.weight``.
    decimals : int
        Digits after the point of computed numbers.
    theme : {'light', 'dark', 'print'}

    Returns
    -------
    Drawing

    Raises
    ------
    ArgumentError
        For an unknown view or theme.
    UsageError
        When the layers of something else than an MLP are asked for.
    GradientError
        When the loss is not a scalar.

    Examples
    --------
    >>> nn.draw(*nn.worked_example())
    <Drawing: The layers of a 2-3-1 network>
    """
    choice("view", view, VIEWS)
    network = model if isinstance(model, MLP) else None
    if view == "layers" and network is None:
        raise UsageError(
            f"The view 'layers' draws an MLP, got {type(model).__name__}.", "Draw its operations: view='ops'."
        )
    inputs, targets = _named(x, "x"), _named(y, "y")
    with ag.enable_grad():
        value = loss(model(inputs), targets)
    if value.size != 1:
        raise GradientError(
            f"The loss has shape {value.shape}; a gradient belongs to a scalar.",
            "Use a loss with reduction='mean' or 'sum'.",
        )
    if view == "ops" or network is None:
        return drawing.draw(value, decimals=decimals, theme=theme, names=_names(model, inputs))
    return _draw_layers(network, inputs, value, loss, drawing.checked_decimals(decimals), drawing.theme_named(theme))


def _named(data: Any, name: str) -> ag.Tensor:
    """The data as a Tensor with a name; a Tensor of the user's is not renamed."""
    if not isinstance(data, ag.Tensor):
        return ag.tensor(data, name=name)
    if data.name is not None or data.requires_grad:
        return data
    same = data.detach()
    same.name = name
    return same


def _names(model: Callable[[Any], Any], x: ag.Tensor) -> dict[str, ag.Tensor]:
    """Names for what has none: a parameter goes by the path that leads to it."""
    parameters = model.named_parameters() if isinstance(model, Module) else ()
    named: list[tuple[str, ag.Tensor]] = [*parameters, ("x", x)]
    return {name: each for name, each in named if each.name is None}


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


def _draw_layers(
    model: MLP, x: ag.Tensor, value: ag.Tensor, loss: Callable[[Any, Any], ag.Tensor], decimals: int, theme: Theme
) -> drawing.Drawing:
    layers = _describe(model, value)
    groups = _folded(layers)
    is_folded = len(groups) < len(layers)
    nodes: dict[str, Node] = {"x": _input_card(x, theme)}
    nodes |= {f"layer{group[0].index}": _layer_card(group, theme, numbered=is_folded) for group in groups}
    nodes["L"] = _loss_card(value, _formula(loss, model), decimals, theme)
    copies = {f"layer{group[0].index}" for group in groups if len(group) > 1}
    layout = drawing.lay_out([Step(_item(key, node, key in copies)) for key, node in nodes.items()])
    title = f"The layers of a {_sizes_text(model.sizes)} network"
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
        heading = _bars_heading(norms, theme)
        width = max(layout.width, 380.0, heading.width)
        drawing.draw_bars(sheet, norms, heading=heading, unit="layer", left=0, top=layout.height + 18, width=width)
    return drawing.Drawing(sheet.source(), title=title, description=_description(model, layers, value, decimals))


def _describe(model: MLP, value: ag.Tensor) -> list[_Layer]:
    """Say what each layer is, with the norm of its weight's gradient, leaving every `.grad` as it is."""
    weights = [layer.weight for layer in model.layers]
    trained = [weight for weight in weights if weight.requires_grad]
    found = ag.gradients(value, trained, allow_unused=True) if trained and value.requires_grad else ()
    norms = {id(weight): _norm(gradient) for weight, gradient in zip(trained, found, strict=False)}
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


def _norm(gradient: ag.Tensor | None) -> float:
    return 0.0 if gradient is None else float(np.linalg.norm(gradient.numpy().astype(np.float64)))


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


def _layer_card(group: Sequence[_Layer], theme: Theme, *, numbered: bool) -> Node:
    first, last = group[0], group[-1]
    text = Style(9, theme.muted)
    title = f"Linear {first.fan_in} → {first.fan_out}"
    count = f"{drawing.grouped(sum(layer.parameters for layer in group))} parameters"
    if len(group) > 1:
        lines = [words(f"{first.activation} · layers {first.index} to {last.index}", text), words(count, text)]
        title += f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}× {len(group)}"
    else:
        about = f"layer {first.index}" if numbered else count
        lines = [words(f"{first.activation} · {about}", text), _gradient_line(first, theme)]
    return drawing.text_card(title, lines, kind="parameter", theme=theme, tooltip=f"{title}, {count}")


def _gradient_line(layer: _Layer, theme: Theme) -> Block:
    if layer.norm is None:
        return words("frozen", Style(9, theme.muted))
    name = f"‖∂L/∂W{drawing.superscript(layer.index)}‖ ="
    label = words(name, Style(10, theme.gradient, bold=True, italic=True))
    return beside(
        [
            label,
            space(4),
            words(drawing.scientific(layer.norm), Style(9.5, theme.gradient, italic=True), height=label.height),
        ]
    )


def _input_card(x: ag.Tensor, theme: Theme) -> Node:
    text = Style(9, theme.muted)
    features = x.shape[-1] if x.ndim else 1
    samples = x.shape[0] if x.ndim == 2 else 1
    lines = [words(_counted(features, "feature"), text), words(_counted(samples, "sample"), text)]
    return drawing.text_card(x.name or "x", lines, kind="input", theme=theme, tooltip=f"shape {x.shape}, {x.dtype}")


def _loss_card(value: ag.Tensor, formula: str, decimals: int, theme: Theme) -> Node:
    text = Style(9, theme.muted)
    lines = [words(formula, text), words(drawing.number(value.numpy(), decimals=decimals), text)]
    return drawing.text_card(value.name or "L", lines, kind="root", theme=theme, tooltip=f"the loss, {formula}")


def _formula(loss: Callable[[Any, Any], ag.Tensor], model: MLP) -> str:
    """The loss as a formula of the last layer's output."""
    formula = getattr(loss, "formula", None)
    if formula is None:
        return str(getattr(loss, "__name__", type(loss).__name__))
    letter = "z" if model.activation_names[-1] == "identity" else "a"
    return re.sub(r"\ba\b", f"{letter}{drawing.superscript(len(model.layers))}", formula)


def _bars_heading(norms: Sequence[float], theme: Theme) -> Block:
    text = Style(9, theme.muted)
    label = words("‖∂L/∂W‖", Style(10, theme.gradient, bold=True, italic=True))
    rest = words(f"of each layer, logarithmic scale{_trend(norms)}", text, height=label.height)
    return beside([label, space(4), rest])


def _trend(norms: Sequence[float]) -> str:
    """Say whether the gradient shrinks or grows by more than a thousand on its way from the last layer to the first."""
    first, last = norms[0], norms[-1]
    if not (np.isfinite(first) and np.isfinite(last) and last > 0):
        return ""
    if first < _VANISHING * last:
        return ": the gradient vanishes on its way back"
    return ": the gradient explodes on its way back" if first * _VANISHING > last else ""


def _sizes_text(sizes: Sequence[int]) -> str:
    """The sizes of a network as they are spoken, 2-3-1; of many, equal ones in a row are counted."""
    if len(sizes) <= 2 * _MOST_UNFOLDED:
        return "-".join(map(str, sizes))
    runs = [(size, len(list(group))) for size, group in groupby(sizes)]
    return "-".join(f"{size}" if count == 1 else f"{size}×{count}" for size, count in runs[:_MOST_UNFOLDED])


def _description(model: MLP, layers: Sequence[_Layer], value: ag.Tensor, decimals: int) -> str:
    shown = "; ".join(
        f"layer {layer.index}: Linear {layer.fan_in} to {layer.fan_out}, {layer.activation}, "
        + ("frozen" if layer.norm is None else f"gradient norm {layer.norm:.2g}")
        for layer in (layers if len(layers) <= 12 else [layers[0], layers[-1]])
    )
    total = sum(layer.parameters for layer in layers)
    number = drawing.number(value.numpy(), decimals=decimals)
    return f"A network of {len(layers)} layers and {total:,} parameters with loss {number}. {shown}."


def _counted(count: int, noun: str) -> str:
    return f"{drawing.grouped(count)} {noun}{'' if count == 1 else 's'}"
