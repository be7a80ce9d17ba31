"""How wide text is in Times and Courier, so that pictures are laid out without asking a renderer.

The widths are those of the fonts' metrics files, in thousandths of the size; the metric-compatible fonts that stand in
for Times and Courier (Tinos, Liberation, Nimbus) share them.
"""

import unicodedata
from functools import cache

COURIER_WIDTH = 0.6

_ASCII = {
    "": (
        "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
        "278 278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 "
        "611 722 722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 "
        "500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
    ),
    "b": (
        "250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
        "333 333 570 570 570 500 930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 "
        "667 722 722 1000 722 722 667 333 278 333 581 500 333 500 556 444 556 444 333 500 556 278 333 556 278 833 "
        "556 500 556 556 444 389 333 556 500 722 500 500 444 394 220 394 520"
    ),
    "i": (
        "250 333 420 500 500 833 778 214 333 333 500 675 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
        "333 333 675 675 675 500 920 611 611 667 722 611 611 722 722 333 444 667 556 833 667 722 611 722 611 500 "
        "556 722 611 833 611 556 556 389 278 389 422 500 333 500 500 444 500 444 278 500 500 278 278 444 278 722 "
        "500 500 500 500 389 389 278 500 444 667 444 444 389 400 275 400 541"
    ),
    "bi": (
        "250 389 555 500 500 833 778 278 333 333 500 570 250 333 250 278 500 500 500 500 500 500 500 500 500 500 "
        "333 333 570 570 570 500 832 667 667 667 722 667 667 722 778 389 500 667 611 889 722 722 611 722 667 556 "
        "611 722 667 889 667 611 611 333 278 333 570 500 333 500 500 444 500 444 333 500 556 278 278 500 278 778 "
        "556 500 500 500 389 389 278 556 444 667 500 444 389 348 220 348 570"
    ),
}

# The widest of the four faces, which differ by little here.
_SYMBOLS = {
    180: "ˡᵢⱼʲ",
    205: "ⁱ",
    250: "\N{NO-BREAK SPACE}",
    300: "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋′",
    335: "·ι‖ᵏₙ‘’",
    390: "ⁿᵀ°",
    440: "ζε",
    480: "γτχξλℓ",
    500: "∂νρ–«»οŷ",
    530: "δβθ",
    560: "αησκμπ“”υ",
    575: "√≤≥≠≈÷×",
    630: "φΣΓΔ",
    675: "−Ξ",
    730: "ω∞Λψ",
    780: "½¼ΘΠʘ⊙✗",
    830: "ΦΨΩ",
    1000: "→←…—",
}
_WIDTHS = {symbol: width for width, symbols in _SYMBOLS.items() for symbol in symbols}
_UNKNOWN, _FULL = 700, 1000


def text_width(text: str, size: float, *, bold: bool = False, italic: bool = False, courier: bool = False) -> float:
    """Return the width of one line of text in points.

    Parameters
    ----------
    text : str
    size : float
        Of the font, in points.
    bold, italic, courier : bool
        The face; Times unless `courier`.

    Examples
    --------
    >>> round(text_width("W¹", 10, bold=True, italic=True), 2)
    11.89
    >>> text_width("-0.5", 10, courier=True)
    24.0
    """
    if courier:
        return sum(2 if _is_full(each) else not unicodedata.combining(each) for each in text) * COURIER_WIDTH * size
    widths = _face("b" * bold + "i" * italic)
    return sum(widths.get(each) or _other(each, widths) for each in text) * size / 1000


@cache
def _face(name: str) -> dict[str, int]:
    return dict(zip(map(chr, range(32, 127)), map(int, _ASCII[name].split()), strict=True))


def _other(character: str, widths: dict[str, int]) -> int:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if unicodedata.combining(character):
        return 0
    base = unicodedata.normalize("NFD", character)[0]
    return widths.get(base, _FULL if _is_full(character) else _UNKNOWN)


def _is_full(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
