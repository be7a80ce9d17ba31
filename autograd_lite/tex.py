r"""Words, numbers and letters in TeX, in ASCII throughout: Propagación as Propagaci\'on, 3e-09 as 3 \cdot 10^{-9}."""

import re
import unicodedata

from autograd_lite.writing import to_ascii

# fmt: off
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", [
    "alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "pi", "rho", "sigma", "tau", "upsilon", "varphi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
], strict=True))
# fmt: on
ESCAPED = {each: rf"\{each}" for each in "#$%&_{}"}
_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0327": "c", "\u030c": "v"}
_SPECIAL = {
    **ESCAPED,
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': "''",
    "→": r"$\to$",
    "×": r"$\times$",
    "¿": "?`",
    "¡": "!`",
    "–": "--",
}
_POWER_OF_TEN = re.compile(r"(?<=\d)e([-+]?\d+)")


def words(text: str) -> str:
    r"""Write prose, with its special signs and accents.

    Examples
    --------
    >>> print(words("Propagación: 2 → 3, 100 %"))
    Propagaci\'on: 2 $\to$ 3, 100 \%
    """
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def number(text: str) -> str:
    r"""Write a number, real or complex, as `autograd_lite.matrices.numbers` gives it, in TeX's mathematics.

    Examples
    --------
    >>> print(number("-1.5e-09"), number("0.5-2.0e+03i"), number("nan-infi"))
    -1.5 \cdot 10^{-9} 0.5-2.0 \cdot 10^{3}i \mathrm{nan}-\infty i
    """
    text = _POWER_OF_TEN.sub(lambda found: rf" \cdot 10^{{{int(found[1])}}}", text)
    return text.replace("infi", "inf i").replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")


def _letter(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character if character.isprintable() else " "
    base, accent = (*unicodedata.normalize("NFD", character), "", "")[:2]
    if accent in _ACCENTS and base.isascii():
        sign = rf"\{_ACCENTS[accent]}"
        return f"{sign}{{\\{base}}}" if base in "ij" else f"{sign}{{{base}}}" if sign[1].isalpha() else f"{sign}{base}"
    return "".join(_SPECIAL.get(each, each) for each in to_ascii(character))
