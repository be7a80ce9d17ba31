r"""Formulas and numbers in TeX, in ASCII throughout: δ² as \delta^{2}, ½ as \tfrac{1}{2}.

Everything comes with its width in points as Computer Modern sets it at 11 pt, so that lines can be broken to fit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autograd_lite import tex
from autograd_lite.tex import GREEK
from autograd_lite.tex import words as words
from nn.telling.symbols import FUNCTIONS, Symbol, symbols

DIGIT = 5.48
SCRIPT = 0.74

_NAMES = {
    **{letter: rf"\{name}" for letter, name in GREEK.items()},
    "Err": r"\mathrm{Err}",
    "ŷ": r"\hat{y}",
}
# A sign of TeX and the room that it takes, with the space which TeX sets around it.
SIGNS = {
    "=": ("=", 14.7), "<": ("<", 14.7), ">": (">", 14.7), "≤": (r"\le", 14.7), "≥": (r"\ge", 14.7),
    "≠": (r"\ne", 14.7), "≈": (r"\approx", 14.7), "∈": (r"\in", 13.4), "→": (r"\to", 17.1),
    "+": ("+", 13.5), "−": ("-", 13.5), "-": ("-", 13.5), "⊙": (r"\odot", 13.5), "·": (r"\cdot", 8.0),
    "×": (r"\times", 13.5), "∘": (r"\circ", 10.4), "±": (r"\pm", 13.5), "/": ("/", 5.5), "*": ("*", 10.4),
    "(": ("(", 4.3), ")": (")", 4.3), "[": ("[", 3.1), "]": ("]", 3.1), "|": ("|", 3.1), "‖": (r"\|", 5.5),
    "{": (r"\{", 5.5), "}": (r"\}", 5.5), ",": (",", 5.0), ".": (".", 3.1), ";": (";", 5.0), ":": (":", 9.1),
    "!": ("!", 3.1), "'": ("'", 3.0), "Σ": (r"\sum", 18.0), "∂": (r"\partial", 6.5), "∞": (r"\infty", 11.0),
    "ℓ": (r"\ell", 4.6), "…": (r"\ldots", 13.0),
}  # fmt: skip
_RAISED = {"T": r"\top", "−": "-"}


class Tex(NamedTuple):
    """What is written for TeX, and how wide it will be."""

    code: str
    width: float


def formula(text: str) -> Tex:
    r"""Write a formula.

    Examples
    --------
    >>> print(formula("∂L/∂W² = δ² (a¹)ᵀ").code)
    \frac{\partial L}{\partial W^{2}} = \delta^{2} (a^{1})^{\top}
    >>> print(formula("σ′(z) = 1 if z > 0, else 0").code)
    \sigma'(z) = 1 \text{ if } z > 0, \text{ else } 0
    """
    return joined(symbols(text))


def joined(read: tuple[Symbol, ...]) -> Tex:
    """Write the symbols of a formula."""
    code, size, k = "", 0.0, 0
    while k < len(read):
        if read[k].kind == "prose":
            end = _end_of_prose(read, k)
            spaced = (k > 0 and read[k - 1].kind == "space", end < len(read) and read[end].kind == "space")
            part = _prose("".join(each.text for each in read[k:end]), *spaced)
        else:
            end = k + 1
            part = _symbol(read[k])
        code, size, k = code + part.code, size + part.width, end
    return Tex(_without_needless_spaces(code), size)


def number(text: str) -> Tex:
    r"""Write one number as `autograd_lite.matrices.numbers` gives it.

    Examples
    --------
    >>> print(number("-1.5e-09").code, number("inf").code)
    -1.5 \cdot 10^{-9} \infty
    """
    mantissa, _, exponent = text.partition("e")
    if mantissa.lstrip("-").isalpha():
        return Tex(tex.number(text), 20)
    size = sum({"-": 8.6, ".": 3.1}.get(each, DIGIT) for each in mantissa)
    power = 19 + SCRIPT * sum(8.6 if each == "-" else 5.5 for each in str(int(exponent))) if exponent else 0
    return Tex(tex.number(text), size + power)


def _end_of_prose(read: tuple[Symbol, ...], start: int) -> int:
    """Return where prose ends: after its last word, with the spaces between words."""
    end = start + 1
    while end + 1 < len(read) and (read[end].kind, read[end + 1].kind) == ("space", "prose"):
        end += 2
    return end


def _prose(text: str, before: bool, after: bool) -> Tex:
    spoken = f"{' ' * before}{words(text)}{' ' * after}"
    return Tex(rf"\text{{{spoken}}}", 5.9 * (len(text) + before + after))


def _symbol(symbol: Symbol) -> Tex:
    kind, text = symbol.kind, symbol.text
    if kind == "space":
        return Tex(" ", 0)
    if kind == "number":
        return number(text)
    if kind == "name":
        return _name(text)
    if kind == "function":
        return _function(text)
    if kind in ("raised", "lowered"):
        inner = "".join(_RAISED.get(each, each) for each in text)
        return Tex(f"{'^' if kind == 'raised' else '_'}{{{inner}}}", 0.5 + SCRIPT * 6.5 * len(text))
    if kind == "prime":
        return Tex("'" * len(text.replace("″", "′′")), 3.2 * len(text))
    if kind == "fraction":
        over, under = map(joined, symbol.parts)
        command, scale = (r"\frac", 1.0) if text == "∂" else (r"\tfrac", SCRIPT)
        return Tex(rf"{command}{{{over.code}}}{{{under.code}}}", scale * max(over.width, under.width) + 3)
    if kind == "root":
        inside = joined(symbol.parts[0])
        return Tex(rf"\sqrt{{{inside.code}}}", inside.width + 10)
    return _sign(text)


def _name(text: str) -> Tex:
    if text in _NAMES:
        return Tex(_command(_NAMES[text]), 18.0 if text == "Err" else 7.0)
    if not text.isascii():
        return Tex(rf"\text{{{words(text)}}}", 8)
    return Tex(text, 10.8 if text in "MWmw" else 8.7 if text.isupper() else 6.3)


def _function(text: str) -> Tex:
    size = 5.9 * len(text) + 2
    if text in FUNCTIONS:
        return Tex(_command(rf"\{text}"), size)
    if text.isascii() and text.isalnum():
        return Tex(rf"\operatorname{{{text}}}", size)
    return Tex(rf"\operatorname{{\text{{{words(text)}}}}}", size)


def _sign(text: str) -> Tex:
    if text in SIGNS:
        code, size = SIGNS[text]
        return Tex(_command(code), size)
    return Tex(rf"\text{{{words(text)}}}", 12)


def _command(code: str) -> str:
    """Return a command with the space that ends its name, if letters could follow."""
    return f"{code} " if re.fullmatch(r"\\[A-Za-z]+", code) else code


def _without_needless_spaces(code: str) -> str:
    code = re.sub(r"(\\[A-Za-z]+) (?=[ ^_'(){}\[\]])", r"\1", code)
    return code.strip()
