"""A formula in Unicode, δ² = (a² − y) ⊙ σ′(z²), read into its symbols, so that it can be set in any markup.

Unicode itself says which signs are raised or lowered, so that formulas need no markup of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["name", "function", "prose", "number", "sign", "raised", "lowered", "prime", "fraction", "root", "space"]

# Words that are no prose even where no parenthesis follows.
FUNCTIONS = frozenset({"cosh", "exp", "log", "max", "min", "sinh", "tanh"})
NAMES = frozenset({"Err"})

_GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΦΨΩ"
_LATIN = "A-Za-zÀ-ÖØ-öø-ž"
_DECOMPOSED = {character: unicodedata.decomposition(character) for character in map(chr, range(0x80, 0x3000))}
_RAISED = "".join(each for each, parts in _DECOMPOSED.items() if parts.startswith("<super>"))
_LOWERED = "".join(each for each, parts in _DECOMPOSED.items() if parts.startswith("<sub>"))
_SCRIPTED = f"(?:[{_LATIN}]+|[{_GREEK}])[{re.escape(_RAISED + _LOWERED)}]*"
_PATTERN = re.compile(
    rf"(?P<derivative>∂(?P<top>{_SCRIPTED})/∂(?P<bottom>{_SCRIPTED}))"
    r"|(?P<ratio>(?P<over>\d+)/(?P<under>\d+))"
    r"|(?P<half>½)"
    r"|√(?P<rooted>\d+(?:\.\d+)?|\((?:[^()]|\([^()]*\))*\)|.)"
    r"|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
    rf"|(?P<raised>[{re.escape(_RAISED)}]+)"
    rf"|(?P<lowered>[{re.escape(_LOWERED)}]+|(?<=[{_LATIN}])_[a-z0-9]\b)"
    r"|(?P<prime>[′″]+)"
    rf"|(?P<letters>[{_LATIN}]+(?:[-_][{_LATIN}0-9]{{2,}})*(?:(?<=[{_LATIN}]{{2}})[0-9]+)?|[{_GREEK}])"
    r"|(?P<space>\s+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)


class Symbol(NamedTuple):
    """One symbol of a formula.

    Attributes
    ----------
    kind : str
        What it is: a name stands for a quantity and is set in italics, a function and prose upright.
    text : str
        Its letters or sign; of what is raised or lowered, as it reads on the line: T for ᵀ.
    parts : tuple of tuples of Symbol
        Top and bottom of a fraction, or what is under a root.
    """

    kind: Kind
    text: str
    parts: tuple[tuple[Symbol, ...], ...] = ()


def symbols(formula: str) -> tuple[Symbol, ...]:
    """Read a formula.

    Examples
    --------
    >>> [(each.kind, each.text) for each in symbols("σ′(z²)")]
    [('name', 'σ'), ('prime', '′'), ('sign', '('), ('name', 'z'), ('raised', '2'), ('sign', ')')]
    >>> [(each.kind, each.text) for each in symbols("1 if z")]
    [('number', '1'), ('space', ' '), ('prose', 'if'), ('space', ' '), ('name', 'z')]
    """
    return tuple(_read(unicodedata.normalize("NFC", formula)))


def opening(fragment: str) -> tuple[Symbol, ...]:
    """Read what stands before a parenthesis, so that words name a function.

    Examples
    --------
    >>> opening("ReLU")
    (Symbol(kind='function', text='ReLU', parts=()),)
    """
    return symbols(f"{fragment}(")[:-1]


def _read(formula: str) -> Iterator[Symbol]:
    for found in _PATTERN.finditer(formula):
        kind, text = found.lastgroup, found[0]
        if found["derivative"]:
            yield Symbol("fraction", "∂", (_differential(found["top"]), _differential(found["bottom"])))
        elif found["ratio"]:
            yield Symbol("fraction", text, ((Symbol("number", found["over"]),), (Symbol("number", found["under"]),)))
        elif found["half"]:
            yield Symbol("fraction", text, ((Symbol("number", "1"),), (Symbol("number", "2"),)))
        elif found["rooted"]:
            under_root = found["rooted"]
            inner = under_root[1:-1] if under_root.startswith("(") else under_root
            yield Symbol("root", "√", (symbols(inner),))
        elif found["letters"]:
            yield Symbol(_kind_of(text, formula[found.end() :]), text)
        elif found["raised"] or found["lowered"]:
            yield Symbol("raised" if found["raised"] else "lowered", unicodedata.normalize("NFKC", text).lstrip("_"))
        else:
            yield Symbol(kind, text)  # type: ignore[arg-type]  # number, prime, space or sign


def _differential(name: str) -> tuple[Symbol, ...]:
    return Symbol("sign", "∂"), *symbols(name)


def _kind_of(letters: str, rest: str) -> Kind:
    if len(letters) == 1 or letters in NAMES:
        return "name"
    return "function" if rest.startswith("(") or letters in FUNCTIONS else "prose"
