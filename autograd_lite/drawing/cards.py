"""The nodes of the operations view: a card for a tensor, a circle for an operation, each with its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from autograd_lite.drawing import numbers
from autograd_lite.drawing.blocks import (
    Block,
    Style,
    above,
    beside,
    card,
    matrix,
    padded,
    printable,
    shortened,
    space,
    words,
)
from autograd_lite.drawing.fonts import text_width
from autograd_lite.drawing.palette import Theme
from autograd_lite.explanation.notation import derivative, kept, named
from autograd_lite.matrices import Array, is_large
from autograd_lite.messages import message
from autograd_lite.snapshot import Entry

_NAME_SIZE, _SHAPE_SIZE, _NUMBER_SIZE, _OPERATION_SIZE = 11.0, 8.0, 8.0, 10.0
_HEADER_HEIGHT = 16
LONGEST_TOLD, LONGEST_LABEL = 200, 24
# Alone in a circle, these signs would be specks.
LEGIBLE = {"·": "×", "ᵀ": "T"}


@dataclass(frozen=True)
class Node:
    """A node that has no place yet: its attributes in Graphviz, and its size in points."""

    attributes: dict[str, str]
    width: float
    height: float
    is_round: bool = False


Shown = bool | Literal["auto"]


@dataclass(frozen=True)
class Look:
    """What the reader asked to see: the theme, whether values and gradients are written out, and with how many digits.

    "auto" writes what there is; True says also where there is none. `root` is the name of the tensor that is
    differentiated; `backward` adds the way of the gradients. Of a freed graph, the gradients are those in `.grad`.
    """

    theme: Theme
    values: Shown = "auto"
    grads: Shown = "auto"
    decimals: int = 4
    root: str = "L"
    lang: str = "en"
    legend: bool = False
    backward: bool = False
    is_freed: bool = False


def tensor_card(entry: Entry, name: str | None, look: Look) -> Node:
    """Return the card of a tensor: name and shape, its value, and beside that its gradient.

    Parameters
    ----------
    entry : Entry
    name : str or None
        As it is shown; the full name stands in the tooltip.
    look : Look
    """
    paint = look.theme.kinds["input" if entry.kind == "constant" else entry.kind]
    is_number = entry.kind == "constant" and not name and not numbers.shape_text(entry.shape)
    header = None if is_number else _value_header(entry, name, look.theme).filled(paint.header)
    columns = [(header, _value_body(entry, look) if look.values or is_number else None)]
    if (look.grads and entry.gradient is not None) or (look.grads is True and not is_number):
        columns.append((_gradient_header(entry, name, look), _gradient_body(entry, look)))
    block = card(_side_by_side(columns), border=paint.border, frame=paint.frame, fill=look.theme.page)
    attributes = {
        "shape": "plain",
        "label": f"<{block.markup}>",
        "tooltip": _tooltip(entry, name, look.lang),
        "class": f"tensor {entry.kind}",
    }
    return Node(attributes, block.width, block.height)


def text_card(title: str, lines: Sequence[Block], *, kind: str, theme: Theme, tooltip: str = "") -> Node:
    """Return a card of a title above lines of text.

    Parameters
    ----------
    title : str
    lines : sequence of Block
    kind : {'input', 'parameter', 'intermediate', 'root'}
        Which colours and frame it has.
    theme : Theme
    tooltip : str
    """
    paint = theme.kinds[kind]
    name = words(
        shortened(printable(title), 40), Style(_NAME_SIZE - 0.5, theme.ink, bold=True), height=_HEADER_HEIGHT + 2
    )
    header = padded(name, left=6, right=6)
    body = padded(above(lines), left=6, right=6, top=3, bottom=5)
    width = max(header.width, body.width)
    block = card(
        above([header.sized(width, 0).filled(paint.header), body.sized(width, 0)]),
        border=paint.border,
        frame=paint.frame,
        fill=theme.page,
    )
    label = {"shape": "plain", "label": f"<{block.markup}>", "tooltip": tooltip_text(tooltip or title)}
    return Node({**label, "class": f"card {kind}"}, block.width, block.height)


def gradient_name(name: str, root: str, delta: str = "") -> str:
    """Return how the derivative with respect to a tensor is written: δ for the pre-activation of a layer.

    Examples
    --------
    >>> gradient_name("W¹", "L"), gradient_name("z²", "L", delta="²"), gradient_name("z²", "L")
    ('∂L/∂W¹', 'δ²', '∂L/∂z²')
    """
    return f"δ{delta}" if delta else derivative(named(root), named(name)).text


def kept_name(name: str) -> str:
    """Return how the gradient that a freed graph has kept is written.

    Examples
    --------
    >>> kept_name("w"), kept_name("a + b")
    ('w.grad', '(a + b).grad')
    """
    return kept(named(name)).text


def operation_circle(label: str, tooltip: str, theme: Theme) -> Node:
    """Return an operation as a circle, or as an ellipse when its name is long."""
    label = shortened(printable(label), LONGEST_LABEL)
    text = text_width(label, _OPERATION_SIZE)
    is_long = text > 30
    width, height = (ceil(text * 1.12 + 16), 25) if is_long else (max(18, ceil(text + 11)),) * 2
    attributes = {
        "shape": "ellipse" if is_long else "circle",
        "label": plain_text(label),
        "tooltip": tooltip_text(tooltip),
        "class": "operation",
        "style": "filled",
        "fillcolor": theme.operation_fill,
        "color": theme.operation_border,
        "fontcolor": theme.operation_ink,
        "fontsize": f"{_OPERATION_SIZE:g}",
        "fixedsize": "true",
        "width": f"{width / 72:.4f}",
        "height": f"{height / 72:.4f}",
    }
    return Node(attributes, width, height, is_round=True)


def plain_text(text: str) -> str:
    """Return a text for an attribute in which Graphviz reads backslashes and entities, and takes <...> for markup.

    Examples
    --------
    >>> print(plain_text(r"<a\\N>"))
    &lt;a\\\\N>
    """
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")


def tooltip_text(*lines: str) -> str:
    """Return the lines of a tooltip; an empty one would show the internal name of the node."""
    return "\\n".join(plain_text(line) for line in lines if line) or " "


def _value_header(entry: Entry, name: str | None, theme: Theme) -> Block:
    shape = numbers.shape_text(entry.shape)
    name = shortened(printable(name or ("" if shape else "·")))
    title = words(name, Style(_NAME_SIZE, theme.ink, bold=True, italic=True), height=_HEADER_HEIGHT)
    gap = space(3 if name and shape else 0, _HEADER_HEIGHT)
    muted = words(shape, Style(_SHAPE_SIZE, theme.muted), height=_HEADER_HEIGHT)
    return padded(beside([title, gap, muted]), left=4, right=4)


def _gradient_header(entry: Entry, name: str | None, look: Look) -> Block:
    short = shortened(printable(name or "·"), 20)
    root = shortened(printable(look.root), 20)
    label = kept_name(short) if look.is_freed else gradient_name(short, root, entry.delta)
    style = Style(_NAME_SIZE - 0.5, look.theme.gradient, bold=True, italic=True)
    return padded(words(label, style, height=_HEADER_HEIGHT), left=4, right=4).filled(look.theme.gradient_fill)


def _value_body(entry: Entry, look: Look) -> Block | None:
    if entry.value is None:
        return _nothing(look.theme) if look.values is True else None
    style = Style(_NUMBER_SIZE, look.theme.ink, courier=True)
    return _numbers(entry.value, style, look, given=entry.op is None)


def _gradient_body(entry: Entry, look: Look) -> Block:
    if entry.gradient is None:
        return _nothing(look.theme).filled(look.theme.gradient_fill)
    style = Style(_NUMBER_SIZE, look.theme.gradient, courier=True, italic=True)
    body = _numbers(entry.gradient, style, look, given=entry.kind == "root")
    return body.filled(look.theme.gradient_fill)


def _nothing(theme: Theme) -> Block:
    """A dash, where a value was freed or there is no gradient."""
    return padded(words("–", Style(_NUMBER_SIZE, theme.muted), height=10), left=4, right=4, top=3, bottom=4)


def _numbers(array: Array, style: Style, look: Look, *, given: bool) -> Block:
    """The numbers of an array, or what is in it when it is too large."""
    if is_large(array):
        told = numbers.summary(array, decimals=look.decimals, lang=look.lang)
        lines = [line.replace(" ", "\N{NO-BREAK SPACE}") for line in told]
        block = above(words(line, style, height=10) for line in lines)
    else:
        block = matrix(numbers.rows(array, decimals=look.decimals, given=given), style)
    return padded(block, left=4, right=4, top=3, bottom=4)


def _side_by_side(columns: list[tuple[Block | None, Block | None]]) -> Block:
    """Put each header on its body, and the columns side by side, all bodies equally tall."""
    height = max((body.height for _, body in columns if body), default=0)
    drawn = []
    for header, body in columns:
        parts = [header, (body or space(0)).sized(1, height) if height else None]
        width = max(part.width for part in parts if part)
        drawn.append(above(part.sized(width, 0) for part in parts if part))
    return beside(drawn)


def _tooltip(entry: Entry, name: str | None, lang: str) -> str:
    kind = message(f"draw.kind_{entry.kind}", lang)
    told = message("draw.tensor", lang, kind=kind, shape=tuple(entry.shape), dtype=entry.dtype)
    origin = message("draw.by", lang, operation=entry.title) if entry.title else ""
    return tooltip_text(shortened(name or "", LONGEST_TOLD), told, origin)
