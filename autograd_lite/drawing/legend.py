"""The lines below the operations view: how to read it, what could not be shown, and on request every kind of part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd_lite.drawing.blocks import Block, Style, beside, space, words
from autograd_lite.drawing.cards import Look
from autograd_lite.drawing.palette import Paint
from autograd_lite.drawing.strokes import stroke
from autograd_lite.messages import message

if TYPE_CHECKING:
    from autograd_lite.drawing.operations import Operations

_NOTE_SIZE = 8.5
_BETWEEN = 28


def legend(operations: Operations) -> list[Block]:
    """Return a line on how to read the picture, one on what could not be shown, and the legend if it is wanted."""
    look, entries = operations.look, operations.entries.values()
    small = Style(_NOTE_SIZE, look.theme.muted)
    parts: list[Block] = []
    if look.grads and any(entry.gradient is not None for entry in entries):
        parts += list(_sides(look, small))
    if any(entry.kind == "parameter" for entry in entries):
        parts += [words(message("draw.thick", look.lang), small)]
    lines = [beside(parts)] if parts else []
    if operations.backward and operations.backward.flows:
        lines.append(_way_back(operations, small))
    notes = (operations.note, *(operations.backward.remarks if operations.backward else ()))
    lines += [words(note, small) for note in notes if note]
    if look.legend:
        lines += [space(1, 4), _kinds(operations, small)]
    return lines


def _sides(look: Look, small: Style) -> Iterator[Block]:
    """Where values and gradients stand; without values there is nothing at the left."""
    theme, lang = look.theme, look.lang
    if look.values:
        yield _sample(message("draw.value", lang), Style(8, theme.ink, courier=True))
        yield words(message("draw.at_left", lang), small)
        yield space(_BETWEEN)
    yield _sample(message("draw.gradient", lang), Style(8, theme.gradient, courier=True, italic=True))
    yield words(message("draw.at_right", lang), small)
    yield space(_BETWEEN)


def _way_back(operations: Operations, small: Style) -> Block:
    """How the gradients' own arrows are to be read."""
    look = operations.look
    said = message("draw.dashed", look.lang)
    if any("+=" in flow.text for flow in operations.backward.flows.values()) if operations.backward else False:
        said += f"; {message('draw.adds', look.lang)}"
    return beside([stroke(look.theme.gradient, line="dashed", head="←"), space(6), words(said, small)])


def _sample(text: str, style: Style) -> Block:
    return beside([words(text, style), space(4)])


def _kinds(operations: Operations, small: Style) -> Block:
    """A swatch of every kind of part that the picture has; kinds that look alike share one."""
    theme, lang = operations.look.theme, operations.look.lang
    shown = {entry.kind for entry in operations.entries.values() if operations.has_card(entry)}
    names: dict[Paint, list[str]] = {}
    for kind, paint in theme.kinds.items():
        if kind in shown or (kind == "input" and "constant" in shown):
            names.setdefault(paint, []).append(message(f"draw.kind_{kind}", lang))
    parts = [words(message("draw.legend", lang), Style(_NOTE_SIZE, theme.muted, bold=True)), space(12)]
    for paint, alike in names.items():
        parts += [_swatch(paint), space(4), words(", ".join(alike), small), space(14)]
    if any(entry.op is not None for entry in operations.entries.values()):
        circle = Paint(theme.operation_fill, theme.operation_border)
        parts += [_round_swatch(circle), space(4), words(message("draw.kind_operation", lang), small)]
    return beside(parts)


def _swatch(paint: Paint) -> Block:
    return Block("", 14, 10, fill=paint.header, border=f' BORDER="{paint.frame}" COLOR="{paint.border}"')


def _round_swatch(paint: Paint) -> Block:
    look = f'STYLE="ROUNDED" BORDER="1" COLOR="{paint.border}" BGCOLOR="{paint.header}"'
    size = 'CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" WIDTH="14" HEIGHT="10"'
    return Block(f"<TABLE {look} {size}><TR><TD></TD></TR></TABLE>", 14, 10)
