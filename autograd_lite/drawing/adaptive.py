"""An SVG in the theme "auto": drawn in light colours, with a style sheet for readers whose system is dark."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.drawing.palette import AUTO, DARK, LIGHT, Theme

MARK = "auto"
_AREAS = ("polygon", "path", "ellipse", "polyline")


def css_class(theme: Theme) -> dict[str, str]:
    """Return the attribute of a graph by which its SVG is known to adapt."""
    return {"class": MARK} if theme is AUTO else {}


def adapted(svg: str) -> str:
    """Return an SVG with the style sheet, if it was drawn in the theme "auto"; any other as it is.

    Examples
    --------
    >>> adapted('<svg><g class="graph"></g></svg>')
    '<svg><g class="graph"></g></svg>'
    """
    head, found, tail = svg.partition(f'class="graph {MARK}"')
    if not found:
        return svg
    before, group, rest = head.rpartition("<g ")
    return f"{before}<style>{style_sheet()}</style>\n{group}{rest}{found}{tail}"


def style_sheet() -> str:
    """Return the rules that turn the light theme into the dark one.

    A colour means one thing on text and another on areas: white is the page, and the ink on an operation.
    """
    rules = dict(_rules())
    body = "".join(f"{selector}{{{colour}}}" for selector, colour in rules.items())
    return f"@media (prefers-color-scheme: dark) {{{body}}}"


def _rules() -> Iterator[tuple[str, str]]:
    for kind, light in LIGHT.kinds.items():
        dark = DARK.kinds[kind]
        yield from _area("fill", light.header, dark.header)
        yield from _area("stroke", light.border, dark.border)
    for name in ("ink", "muted", "gradient", "negative", "fault", "operation_ink"):
        yield f'text[fill="{_light(name)}"]', f"fill:{_dark(name)}"
    for name in ("page", "gradient_fill", "operation_fill", "panel_fill", "edge", "gradient", "negative"):
        yield from _area("fill", _light(name), _dark(name))
    for name in ("ink", "gradient", "negative", "fault", "operation_border", "panel_border", "edge", "grid"):
        yield from _area("stroke", _light(name), _dark(name))
    for light_line, dark_line in zip(LIGHT.series, DARK.series, strict=True):
        yield from _area("stroke", light_line.lower(), dark_line)
        yield from _area("fill", light_line.lower(), dark_line)


def _area(attribute: str, light: str, dark: str) -> Iterator[tuple[str, str]]:
    for shape in _AREAS:
        yield f'{shape}[{attribute}="{light.lower()}"]', f"{attribute}:{dark}"


def _light(name: str) -> str:
    return str(getattr(LIGHT, name)).lower()


def _dark(name: str) -> str:
    return str(getattr(DARK, name))
