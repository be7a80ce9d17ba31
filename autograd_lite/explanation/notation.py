"""Formulas with places for names: written in TeX, as the table of derivatives has them, and read as text or as TeX.

Only as much of TeX is known as the table uses: scripts, fractions, roots, hats, operator names, and the signs below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograd_lite.tex import ESCAPED, GREEK
from autograd_lite.writing import to_ascii

# Where the name with this index is to be put in: characters that no text has.
FIRST_PLACE = 0xE000
_PLACE = re.compile("[\ue000-\uf8ff]")
# A name with one of these would be read as part of the formula around it; "W¹ … W³" are several in one.
_APART = re.compile(r"[\s+\-−*/·⊙=<>^|,;]")
_GROUPED = re.compile(r"\([^()]*\)|.* … .*", re.DOTALL)

_LETTERS = {name: letter for letter, name in GREEK.items()} | {"epsilon": "ε", "phi": "φ", "partial": "∂"}
_BINARY = {"+": "+", "-": "−", "=": "=", "<": "<", ">": ">", "odot": "⊙", "cdot": "·", "le": "≤", "ge": "≥"}
_WORDS = ("word", "function", "fraction")
_FUNCTIONS = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "ln", "max", "min"})
_RAISED = dict(zip("0123456789+−Tn", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀⁿ", strict=True))
_LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
_ON_THE_LINE = {raised: letter for letter, raised in _RAISED.items()} | {low: digit for digit, low in _LOWERED.items()}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]+|\s+|.", re.DOTALL)
_FACTOR = re.compile(rf"[^\W\d_][{''.join(_RAISED.values())}]*")
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0301": "acute", "\u0307": "dot"}
_IN_ROMAN = {
    **ESCAPED,
    "\\": r"\backslash{}",
    "~": r"\sim{}",
    "^": r"\wedge{}",
    " ": r"\ ",
}


class Name(NamedTuple):
    """What is put into a formula: the name of a tensor, as text and in TeX, and whether it can stand among others."""

    text: str
    tex: str
    is_word: bool = True

    @property
    def grouped(self) -> Name:
        """The name in parentheses, if it is more than one word."""
        return self if self.is_word else Name(f"({self.text})", rf"\left({self.tex}\right)")

    @property
    def is_letter(self) -> bool:
        """Whether an exponent may follow without parentheses: x, and v12, but not a¹."""
        return bool(re.fullmatch(r"[^\W\d_]\d*|\d+(\.\d+)?|\(.*\)", self.text))


@dataclass(frozen=True)
class Formula:
    """A formula in TeX in which names stand at places.

    Attributes
    ----------
    template : str
        TeX, with the character of `place(k)` where the k-th name belongs.
    names : tuple of Name

    Examples
    --------
    >>> formula = Formula(place(0) + r"^{\\mathsf T} \\odot \\frac{1}{2}", (named("W¹"),))
    >>> formula.text(), formula.text(plain=True)
    ('(W¹)ᵀ ⊙ ½', '(W1)^T (*) 1/2')
    >>> print(formula.tex())
    \\left(W^{1}\\right)^{\\mathsf T} \\odot \\frac{1}{2}
    """

    template: str
    names: tuple[Name, ...] = ()

    def __str__(self) -> str:
        return self.text()

    def text(self, *, plain: bool = False) -> str:
        """Return the formula in Unicode, or spelled in ASCII."""
        return _Reader(self, plain).formula()

    def name(self, token: str) -> Name:
        """Return the name at a place; where it does not stand alone, as one word."""
        name = self.names[ord(token) - FIRST_PLACE]
        return name if self.template == token else name.grouped

    def tex(self) -> str:
        """Return the formula in TeX's mathematics, for amsmath."""

        def put_in(found: re.Match[str]) -> str:
            name = self.name(found[0])
            before, after = found.string[: found.start()], found.string[found.end() :]
            tex = name.tex if name.is_letter or not after.startswith("^") else rf"\left({name.tex}\right)"
            return f"{{{tex}}}" if before.endswith(("^", "_")) or (after.startswith(("^", "_")) and "_" in tex) else tex

        return _PLACE.sub(put_in, self.template)


def place(index: int) -> str:
    """Return the character that stands for a name in a template."""
    return chr(FIRST_PLACE + index)


def named(text: str) -> Name:
    """Return a user's name as text and in TeX.

    Examples
    --------
    >>> [named(each).tex for each in ("W¹", "δ", "v12", "ŷ", "layers.0_w")]
    ['W^{1}', '\\\\delta', 'v_{12}', '\\\\hat{y}', '\\\\mathrm{layers.0\\\\_w}']
    """
    is_word = not _APART.search(text) or bool(_GROUPED.fullmatch(text))
    return Name(text, _tex_of(unicodedata.normalize("NFC", text)), is_word)


def derivative(of: Name, by: Name) -> Name:
    """Return ∂L/∂x as a name.

    Examples
    --------
    >>> derivative(named("L"), named("W²"))[:2]
    ('∂L/∂W²', '\\\\frac{\\\\partial L}{\\\\partial W^{2}}')
    >>> derivative(named("L"), named("a + b")).text
    '∂L/∂(a + b)'
    """
    of, by = of.grouped, by.grouped
    return Name(f"∂{of.text}/∂{by.text}", rf"\frac{{\partial {of.tex}}}{{\partial {by.tex}}}")


def kept(name: Name) -> Name:
    """Return what stands in the `.grad` of a tensor as a name.

    Examples
    --------
    >>> kept(named("w"))[:2]
    ('w.grad', 'w\\\\mathrm{.grad}')
    """
    name = name.grouped
    return Name(f"{name.text}.grad", rf"{name.tex}\mathrm{{.grad}}")


def _tex_of(name: str) -> str:
    base, scripts = name[:1], name[1:]
    raised, lowered = "", ""
    if base.isalpha() and (scripts.isascii() and scripts.isdigit()):
        lowered = scripts
    elif base.isalpha() and all(each in _ON_THE_LINE for each in scripts):
        raised = "".join(_ON_THE_LINE[each] for each in scripts if each in _RAISED.values())
        lowered = "".join(_ON_THE_LINE[each] for each in scripts if each in _LOWERED.values())
    elif not re.fullmatch(r"\d+(\.\d+)?", name):
        return rf"\mathrm{{{_roman(to_ascii(name))}}}"
    else:
        return name
    tex = _letter(base)
    return tex + (f"_{{{lowered}}}" if lowered else "") + (f"^{{{raised.replace('−', '-')}}}" if raised else "")


def _letter(character: str) -> str:
    if character in GREEK:
        return f"\\{GREEK[character]}"
    letter, *accents = list(unicodedata.normalize("NFD", character))
    if letter.isascii() and len(accents) == 1 and accents[0] in _ACCENTS:
        return rf"\{_ACCENTS[accents[0]]}{{{letter}}}"
    return letter if letter.isascii() and not accents else rf"\mathrm{{{_roman(to_ascii(character))}}}"


def _roman(text: str) -> str:
    return "".join(_IN_ROMAN.get(each, each) for each in text)


def _stand_apart(before: str, last: str, kind: str, text: str) -> bool:
    """Return whether a space belongs between two neighbours: in b aᵀ, but not in 2x, σ(x) or [x > 0]."""
    if kind == "open":
        return before in ("word", "fraction")
    if kind not in _WORDS or before not in (*_WORDS, "close"):
        return False
    return not (_is_number(last) and _FACTOR.fullmatch(text))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


class _Reader:
    """Reads TeX into text, token by token."""

    def __init__(self, formula: Formula, plain: bool) -> None:
        self.tokens = _TOKEN.findall(formula.template)
        self.name = formula.name
        self.plain = plain
        self.at = 0

    def formula(self) -> str:
        text = "".join(self._spaced(self._atoms("")))
        return re.sub(r"  +", " ", to_ascii(text) if self.plain else text).strip()

    def _atoms(self, end: str) -> Iterator[tuple[str, str]]:
        """Yield what follows up to a closing token: its kind and its text, with its scripts."""
        while self.at < len(self.tokens):
            token = self._next()
            if token == end:
                return
            kind, text = self._atom(token)
            while self.at < len(self.tokens) and self.tokens[self.at] in ("^", "_"):
                is_name = len(token) == 1 and bool(_PLACE.fullmatch(token))
                base = f"({text})" if is_name and not self.name(token).is_letter else text
                text = base + self._script(self._next())
            yield kind, text

    def _spaced(self, atoms: Iterator[tuple[str, str]]) -> Iterator[str]:
        """Yield the atoms as text, with the spaces that a reader expects between them."""
        before, last = "open", ""
        for kind, text in atoms:
            if kind == "space":
                continue
            if kind == "binary":
                yield text if before in ("open", "binary") else f" {text} "
            elif kind == "fraction" and last in _FUNCTIONS:
                yield f"({text})"
            else:
                yield f" {text}" if _stand_apart(before, last, kind, text) else text
            before, last = kind, text

    def _next(self) -> str:
        token: str = self.tokens[self.at]
        self.at += 1
        return token

    def _atom(self, token: str) -> tuple[str, str]:
        if token.startswith("\\"):
            return self._command(token[1:])
        if token.isspace():
            return "space", " "
        if token == "{":
            return "word", self._group("}")[0]
        if _PLACE.fullmatch(token):
            name = self.name(token).text
            kind = "index" if name.startswith("[") else "word"
            return kind, to_ascii(name) if self.plain else name
        if token in _BINARY:
            return "binary", _BINARY[token]
        if token in "([":
            return "open", token
        if token in ")]":
            return "close", token
        return ("sign", ", ") if token == "," else ("sign", token) if token in "/|½" else ("word", token)

    def _command(self, command: str) -> tuple[str, str]:
        if command in _BINARY:
            return "binary", _BINARY[command]
        if command == "frac":
            top, bottom = (text if simple else f"({text})" for text, simple in (self._part(), self._part()))
            return "fraction", "½" if (top, bottom, self.plain) == ("1", "2", False) else f"{top}/{bottom}"
        if command == "sqrt":
            text, simple = self._part()
            return "word", f"√{text}" if simple and not self.plain else f"√({text})"
        if command == "hat":
            text, _ = self._part()
            return "word", unicodedata.normalize("NFC", f"{text}\u0302") if len(text) == 1 else f"hat({text})"
        if command == "operatorname":
            return "function", self._verbatim()
        if command in ("mathsf", "mathrm", "text"):
            return "word", self._verbatim()
        if command in ("sum", "Sigma"):
            return "word", "Σ"
        if command in _LETTERS:
            return "function", _LETTERS[command]
        return ("space", " ") if command in (",", ";", " ") else ("word", command)

    def _verbatim(self) -> str:
        """Return the letters of an argument, as they stand."""
        token = self._next()
        while token.isspace():
            token = self._next()
        if token != "{":
            return token
        end = self.tokens.index("}", self.at)
        text, self.at = "".join(self.tokens[self.at : end]), end + 1
        return text.replace("\\_", "_")

    def _part(self) -> tuple[str, bool]:
        """Return an argument, and whether it can stand without parentheses."""
        token = self._next()
        return self._group("}") if token == "{" else (self._atom(token)[1], True)

    def _group(self, end: str) -> tuple[str, bool]:
        atoms = [each for each in self._atoms(end) if each[0] != "space"]
        text = "".join(self._spaced(iter(atoms)))
        return text, len(atoms) == 1 or bool(re.fullmatch(r"\[[^\[\]]*\]", text))

    def _script(self, sign: str) -> str:
        text, simple = self._part() if self.tokens[self.at] == "{" else (self._atom(self._next())[1], True)
        known = _RAISED if sign == "^" else _LOWERED
        if not self.plain and all(each in known for each in text):
            return "".join(known[each] for each in text)
        # The spelling in ASCII would take a raised number after a letter for the number of a layer.
        return f"{sign}{text}" if simple and " " not in text else f"{sign}({text})"
