"""Text in SVG told how wide it is, so that it fits its card where the reader's Times or Courier is another font."""

import re
from html import unescape

from autograd_lite.drawing.fonts import text_width

_TEXT = re.compile(r"<text\b([^>]*)>([^<]+)</text>")
_ATTRIBUTE = re.compile(r'\b(font-[a-z]+)="([^"]*)"')


def fitted(svg: str) -> str:
    """Return an SVG picture in which every text has the width that it was laid out with.

    Examples
    --------
    >>> print(fitted('<text font-family="Courier" font-size="10">0.5</text>'))
    <text font-family="Courier" font-size="10" textLength="18.0" lengthAdjust="spacingAndGlyphs">0.5</text>
    """
    return _TEXT.sub(_fit, svg)


def _fit(found: re.Match[str]) -> str:
    attributes, content = found.groups()
    font = dict(_ATTRIBUTE.findall(attributes))
    family, text = font.get("font-family", ""), unescape(content)
    if not family.startswith(("Times", "Courier")) or "font-size" not in font or "textLength" in attributes:
        return found[0]
    width = text_width(
        text,
        float(font["font-size"].removesuffix("px")),
        bold=font.get("font-weight") == "bold" or "Bold" in family,
        italic=font.get("font-style") in ("italic", "oblique") or "Italic" in family or "Oblique" in family,
        courier=family.startswith("Courier"),
    )
    return f'<text{attributes} textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">{content}</text>'
