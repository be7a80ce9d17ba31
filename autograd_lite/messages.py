"""Texts in the languages that people read: how a table of messages is kept, and the engine's own.

Symbols and formulas are the same in every language and stay where they are computed.
"""

from collections.abc import Mapping

from autograd_lite.errors import ArgumentError

LANGUAGES = ("en", "es")
# A key for each sentence or title; its texts in the order of LANGUAGES, with {names} to be filled in.
Messages = dict[str, tuple[str, str]]

MESSAGES: Messages = {}  # fmt: skip


def filled(texts: tuple[str, str], lang: str, values: Mapping[str, object]) -> str:
    """Return a message in a language, with its places filled.

    Raises
    ------
    ArgumentError
        When the language is not known.

    Examples
    --------
    >>> filled(("{count} values", "{count} valores"), "es", {"count": 3})
    '3 valores'
    """
    return texts[LANGUAGES.index(checked_language(lang))].format(**values)


def percent(share: float, decimals: int, lang: str = "en") -> str:
    """Return a share in percent: in Spanish the sign stands apart.

    Examples
    --------
    >>> percent(0.978, 1), percent(0.978, 1, "es")
    ('97.8%', '97.8 %')
    """
    return f"{100 * share:.{decimals}f}{' %' if checked_language(lang) == 'es' else '%'}"


def checked_language(lang: str) -> str:
    """Return a language that the table has.

    Examples
    --------
    >>> checked_language("es")
    'es'
    """
    if lang not in LANGUAGES:
        raise ArgumentError(f"unknown language {lang!r}.", f"The languages are {', '.join(map(repr, LANGUAGES))}.")
    return lang
