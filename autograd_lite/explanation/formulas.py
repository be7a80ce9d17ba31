"""The rules of the table of derivatives with the names of real tensors put in, and the operations themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_lite.explanation.notation import Formula, Name, place
from autograd_lite.matrices import number
from autograd_lite.primitives import Primitive
from autograd_lite.tex import words
from autograd_lite.writing import to_ascii

# Parts of TeX whose letters are no names.
_VERBATIM = r"\\(?:operatorname|text|mathrm|mathsf)\s*(?:\{[^{}]*\}|[A-Za-z])|\\[A-Za-z]+|\\."
_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
_PRODUCT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\\,(\d+(?:\.\d+)?)(?=\\,)")
_REDUCED = re.compile(r"\^\{(\d+(?:\.\d+)?)-1\}")
_INFIX = {
    "+": "{} + {}",
    "−": "{} - {}",
    "·": r"{} \odot {}",
    "/": r"\frac{{{}}}{{{}}}",
    "^": "{}^{{{}}}",
    "@": r"{}\,{}",
}
_PREFIX = {"−": "-{}", "+": "{}"}
_IN_LABELS = {
    "½": r"\frac{1}{2} ", "Σ": r"\sum ", "²": "^2", "−": "-", "·": r"\cdot ", "√": r"\sqrt ", "ᵀ": r"^{\mathsf T}",
}  # fmt: skip


def rule(
    primitive: Primitive,
    position: int,
    *,
    gradient: Name,
    result: Name,
    operands: Sequence[Name | None],
    keywords: Mapping[str, Any],
    joined: int = 1,
    scalar: bool = False,
) -> Formula | None:
    """Return what an operation gives to one operand; None where the table has no formula for it.

    Parameters
    ----------
    primitive : Primitive
    position : int
        Which operand.
    gradient, result : Name
        ∂L/∂y and y.
    operands : sequence of (Name or None)
        All operands in order; None for one that the call left out.
    keywords : mapping
        The operation's keywords.
    joined : int
        How many elements a reduction joins into one.
    scalar : bool
        Whether the products are by single numbers, and so written with a point.
    """
    tex = primitive.formula(0 if primitive.variadic else position)
    if tex is None:
        return None
    left_out = Name("None", r"\text{None}")
    symbols: dict[str, Any] = {name: value for name, value in keywords.items() if _is_number(value)}
    if "axis" in primitive.keywords and "n" not in primitive.operands:
        symbols["n"] = joined
    if primitive.variadic:
        symbols["i"] = position + 1
    else:
        symbols |= {name: each or left_out for name, each in zip(primitive.operands, operands, strict=True)}
    symbols |= {"y": result, "g": gradient}
    return _put_in(_product_with_g(tex, symbols), symbols, scalar)


def _product_with_g(tex: str, symbols: Mapping[str, Any]) -> str:
    """Return a rule in full: one without g is the local derivative."""
    found = {each[0] for each in _names(symbols).finditer(tex)}
    if "g" in found:
        return tex
    outside = re.sub(r"\{[^{}]*\}|\([^()]*\)|\[[^\[\]]*\]", "", tex)
    return rf"g \odot ({tex})" if re.search(r"[-+]", outside) else rf"g \odot {tex}"


def _names(symbols: Mapping[str, Any]) -> re.Pattern[str]:
    """Return the pattern of all symbols, and of the parts of TeX in which there are none."""
    known = "|".join(sorted((re.escape(each).replace("_", r"\\?_") for each in symbols), key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z\\])(?:{known})(?![A-Za-z])|{_VERBATIM}")


def _put_in(tex: str, symbols: Mapping[str, Any], scalar: bool) -> Formula:
    names: list[Name] = []

    def replaced(found: re.Match[str]) -> str:
        if found[0].startswith("\\"):
            return found[0]
        value = symbols[found[0].replace("\\_", "_")]
        text = value.text if isinstance(value, Name) else number(value, 6, given=True)
        if _PLAIN_NUMBER.fullmatch(text):
            return text
        names.append(value if isinstance(value, Name) else Name(f"({text})", f"({to_ascii(text)})"))
        return place(len(names) - 1)

    template = _simplified(_names(symbols).sub(replaced, tex))
    return Formula(template.replace(r"\odot", r"\cdot") if scalar else template, tuple(names))


def _simplified(template: str) -> str:
    """Multiply out the numbers in front, and the exponent of a power: 2·0.5 g becomes g, x^{2-1} x."""
    template = _PRODUCT.sub(lambda found: f"{float(found[1]) * float(found[2]):.6g}", template)
    template = _REDUCED.sub(lambda found: _exponent(float(found[1]) - 1), template)
    return re.sub(r"^1\\,|^\\frac\{1\}\{1\} ", "", template)


def _exponent(value: float) -> str:
    return "" if value == 1 else f"^{{{value:.6g}}}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def operation(
    primitive: Primitive,
    operands: Sequence[Name],
    keywords: Mapping[str, Any],
    shapes: Sequence[tuple[int, ...]],
) -> Formula:
    """Return an operation as it is written: x + y, (W²)ᵀ, ½(a − y)², sum(x, axis=0).

    Parameters
    ----------
    primitive : Primitive
    operands : sequence of Name
        Those that the call gave.
    keywords : mapping
    shapes : sequence of tuple of int
        The shapes of the operands.
    """
    names = tuple(operands)
    places = [place(k) for k in range(len(names))]
    if callable(primitive.label):
        return Formula(_labelled(primitive.label, places, keywords, shapes), names)
    patterns = {1: _PREFIX, 2: _INFIX}.get(len(names), {})
    pattern = patterns.get(primitive.infix or "")
    if primitive.label == "ᵀ" and len(shapes[0]) == 2:
        pattern = r"{}^{{\mathsf T}}"
    if pattern is not None:
        template = pattern.format(*places)
        return Formula(template.replace(r"\odot", r"\cdot") if () in shapes else template, names)
    if "index" in keywords:
        return Formula("".join([*places, place(len(names))]), (*names, _verbatim(f"[{_index(keywords['index'])}]")))
    told = [_verbatim(f"{name}={value}") for name, value in _told(keywords, len(shapes[0]))]
    written = ", ".join([*places, *(place(len(names) + k) for k in range(len(told)))])
    name = primitive.__name__.replace("_", r"\_")
    return Formula(rf"\operatorname{{{name}}}({written})", (*names, *told))


def _told(keywords: Mapping[str, Any], ndim: int) -> Iterator[tuple[str, str]]:
    """Yield the keywords that a reader would write: short ones, and no axis where all are meant."""
    for name, value in keywords.items():
        if name == "axis" and value == tuple(range(ndim)):
            continue
        if name == "axis" and isinstance(value, tuple) and len(value) == 1:
            yield name, repr(value[0])
        elif hasattr(value, "options"):
            yield from value.options().items()
        elif _is_short(value):
            yield name, repr(value)


def _labelled(
    label: Callable[..., str], places: Sequence[str], keywords: Mapping[str, Any], shapes: Sequence[tuple[int, ...]]
) -> str:
    text = label(*places, **keywords, size=math.prod(shapes[0]))
    text = re.sub(r"(\d+)/(\d+)·", r"\\frac{\1}{\2} ", text)
    return "".join(_IN_LABELS.get(each, each) for each in text)


def _verbatim(text: str) -> Name:
    """Return a piece of a program."""
    return Name(text, rf"\text{{{words(text)}}}")


def _index(index: Any) -> str:
    if isinstance(index, tuple):
        return ", ".join(map(_index, index))
    if isinstance(index, slice):
        ends = ["" if each is None else str(each) for each in (index.start, index.stop, index.step)]
        return ":".join(ends if ends[2] else ends[:2])
    if isinstance(index, np.ndarray):
        return str(index.tolist()) if index.size <= 6 else "…"
    return "..." if index is Ellipsis else str(index)


def _is_short(value: Any) -> bool:
    return value is not False and type(value) in (bool, int, float, str, tuple) and len(repr(value)) <= 40
