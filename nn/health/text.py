"""A diagnosis as people read it: verdict, a table of the layers with bars, and what helps; as text and as HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from autograd_lite.drawing import scientific
from autograd_lite.messages import percent
from autograd_lite.writing import table, to_ascii, wrapped
from nn.formulas import spoken
from nn.health.measures import EXPLODING, VANISHING, Findings, LayerHealth
from nn.health.mends import ailing_units, listed, mends, notes
from nn.messages import message

_BAR = 20
_FEWEST_DECADES = 6.0
_MOST_ROWS = 40
_CELL = "padding: 0.1em 0.7em; text-align: {side}"


def text(found: Findings, *, columns: int = 100, plain: bool = False) -> str:
    """Tell a diagnosis in lines; the table is as wide as it needs to be, sentences are broken at `columns`."""
    shown = _shown(found.layers)
    lines = [title(found), ""]
    lines += [line for sentence in sentences(found) for line in wrapped(sentence, columns, "  ")]
    rows = [[*_row(found, layer), "█" * bar] for layer, bar in zip(shown, _bars(shown), strict=True)]
    lines += ["", table(rows, [*_header(found), message("health.bars", found.lang)], plain=plain, indent=2)]
    if len(shown) < len(found.layers):
        lines.append("  " + message("health.every", found.lang, stride=_stride(found.layers)))
    if helping := mends(found):
        lines += ["", message("health.mends", found.lang)]
        lines += [line for each in helping for line in wrapped(each, columns, "  - ")]
    for note in notes(found):
        lines += ["", *wrapped(note, columns, "  ")]
    laid = "\n".join(lines)
    return to_ascii(laid) if plain else laid


def html(found: Findings) -> str:
    """Return a diagnosis as a fragment of HTML that takes its colours from the page it stands on."""
    shown = _shown(found.layers)
    head = "".join(f'<th style="{_CELL.format(side="right")}">{escape(each)}</th>' for each in _header(found))
    head += f'<th style="{_CELL.format(side="left")}">{escape(message("health.bars", found.lang))}</th>'
    body = "".join(_html_row(found, layer, bar) for layer, bar in zip(shown, _bars(shown), strict=True))
    helping = "".join(f"<li>{escape(each)}</li>" for each in mends(found))
    parts = [
        f"<p><strong>{escape(title(found))}</strong></p>",
        *(f"<p>{escape(each)}</p>" for each in (*sentences(found), *notes(found))),
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
    ]
    if helping:
        parts.append(f"<p>{escape(message('health.mends', found.lang))}</p><ul>{helping}</ul>")
    return "<div>" + "\n".join(parts) + "</div>"


def title(found: Findings) -> str:
    """Return what was diagnosed, and the verdict."""
    lang, count = found.lang, len(found.layers)
    layers = message("health.one_layer", lang) if count == 1 else message("health.depth", lang, count=count)
    examples = (
        message("health.one_example", lang)
        if found.examples == 1
        else message("health.batch", lang, count=found.examples)
    )
    return message("health.title", lang, layers=layers, examples=examples, verdict=verdict(found))


def verdict(found: Findings) -> str:
    """Return the verdict in words."""
    if found.verdict == "healthy" and ailing_units(found):
        return message("health.verdict.units", found.lang)
    return message(f"health.verdict.{found.verdict.replace(' ', '_')}", found.lang)


def factor_text(factor: float) -> str:
    """Return a factor with two digits, as a power of ten only where it is far from 1.

    Examples
    --------
    >>> factor_text(0.2351), factor_text(7.7e-32)
    ('0.24', '7.7×10⁻³²')
    """
    return f"{factor:.2g}" if 0.01 <= factor < 100 else scientific(factor)


def power(bound: float) -> str:
    """Return a bound as a power of ten: 10⁻³."""
    return scientific(bound).removeprefix("1.0×")


def sentences(found: Findings) -> Iterator[str]:
    """Say what the verdict rests on."""
    lang, where = found.lang, found.not_finite
    if where:
        kind = message("health.nan" if where.is_nan else "health.infinity", lang)
        if where.layer is None:
            yield message("health.found", lang, kind=kind, place=where.place)
        else:
            yield message(
                "health.found_in_layer", lang, kind=kind, place=where.place, number=where.layer, path=where.path
            )
        return
    if found.factor is not None and found.total is not None:
        factor, total = factor_text(found.factor), factor_text(found.total)
        low, high, last = power(VANISHING), power(EXPLODING), len(found.layers)
        yield message("health.trend", lang, last=last, factor=factor, total=total, low=low, high=high)
    if found.total == 0:
        silent = [layer for layer in found.layers if layer.delta_rms == 0]
        yield message("health.stopped", lang, layers=listed(silent, lang))


def _header(found: Findings) -> list[str]:
    lang = found.lang
    return [
        message("health.layer", lang),
        message("health.activation", lang),
        message("health.units", lang),
        "‖δ‖",
        message("health.rms", lang),
        "‖∂L/∂W‖",
        message("health.saturated", lang),
        message("health.dead", lang),
    ]


def _row(found: Findings, layer: LayerHealth) -> list[str]:
    return [
        str(layer.number),
        spoken(layer.label, found.lang),
        str(layer.units),
        f"{layer.delta_norm:.2e}",
        f"{layer.delta_rms:.2e}",
        f"{layer.gradient_norm:.2e}",
        _share(layer.saturated, found.lang),
        _share(layer.dead, found.lang),
    ]


def _html_row(found: Findings, layer: LayerHealth, bar: int) -> str:
    cells = "".join(f'<td style="{_CELL.format(side="right")}">{escape(each)}</td>' for each in _row(found, layer))
    strip = f'<div style="width: {bar / 2}em; height: 0.7em; background: currentColor; opacity: 0.6"></div>'
    return f'<tr>{cells}<td style="{_CELL.format(side="left")}">{strip}</td></tr>'


def _share(share: float | None, lang: str) -> str:
    return "–" if share is None else percent(share, 0, lang)


def _shown(layers: Sequence[LayerHealth]) -> Sequence[LayerHealth]:
    """Return all layers, or of very many evenly spaced ones up to the output, and the first."""
    chosen = layers[:: -_stride(layers)][::-1]
    return chosen if chosen[0] is layers[0] else [layers[0], *chosen]


def _stride(layers: Sequence[LayerHealth]) -> int:
    return -(-len(layers) // _MOST_ROWS)


def _bars(layers: Sequence[LayerHealth]) -> list[int]:
    """Return how long the bar of each layer is: the decades of RMS δ, at least six of them from end to end."""
    logs = [math.log10(layer.delta_rms) if 0 < layer.delta_rms < math.inf else None for layer in layers]
    known = [each for each in logs if each is not None]
    if not known:
        return [0] * len(logs)
    high = max(known)
    span = max(high - min(known), _FEWEST_DECADES)
    return [0 if each is None else 1 + round((_BAR - 1) * (1 - (high - each) / span)) for each in logs]
