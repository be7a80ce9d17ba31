"""Calls that a signature does not take: an unknown keyword is answered by the one that was probably meant."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar, cast

from autograd_lite.errors import AutogradError, UnknownKeywordError, UsageError, closest, quoted
from autograd_lite.habits import ELSEWHERE, KEYWORDS, POSITIONAL

_Callable = TypeVar("_Callable", bound=Callable[..., Any])

_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)

# With more keywords than these a message names the one that was meant and the first of the others.
LISTED = 8


def spelled(called: _Callable) -> _Callable:
    """Let a call that the signature does not take be answered in two lines; of a class that is its ``__init__``.

    Nothing is looked at before Python itself has refused the call. A TypeError from within it passes untouched.

    Examples
    --------
    >>> @spelled
    ... def area(width, height=1.0):
    ...     return width * height
    >>> area(2.0, hieght=3.0)
    Traceback (most recent call last):
    autograd_lite.errors.UnknownKeywordError: area() has no keyword 'hieght'.
    Did you mean 'height'? Known: 'width', 'height'.
    """
    if isinstance(called, type):
        made: Any = called
        made.__init__ = spelled(made.__init__)
        return called

    @wraps(called)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return called(*args, **kwargs)
        except AutogradError:
            raise
        except TypeError:
            refuse(_title(called, args), called, args, kwargs, _call(called, args))
            raise

    return cast(_Callable, checked)


def refuse(
    title: str, called: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], call: str = ""
) -> None:
    """Raise the error of a call with an unknown keyword, too many arguments or too few; of any other return.

    Parameters
    ----------
    title : str
        What messages call the function.
    called : callable
    args, kwargs : sequence, mapping
        What it was called with.
    call : str
        What users write before the parenthesis, if that is not the title.

    Raises
    ------
    UnknownKeywordError, UsageError
    """
    try:
        parameters = list(signature(called).parameters.values())
    except (TypeError, ValueError):  # a function written in C that does not tell
        return
    kinds = [each.kind for each in parameters]
    bound = bool(parameters) and parameters[0].name in ("self", "cls")
    named = [each for each in parameters[bound:] if each.kind in _NAMED]
    if Parameter.VAR_KEYWORD not in kinds:
        refuse_unknown(title, kwargs, [each.name for each in named])
    taken = sum(kind in _POSITIONAL for kind in kinds)
    if Parameter.VAR_POSITIONAL not in kinds and len(args) > taken:
        options = [each.name for each in named if each.kind is Parameter.KEYWORD_ONLY]
        raise _too_many(title, args[bound:], taken - bound, options)
    _refuse_too_few(title.removesuffix("()"), call, parameters[bound:], len(args) - bound, kwargs)


def refuse_unknown(title: str, given: Iterable[str], known: Sequence[str], mend: str = "") -> None:
    """Raise for the first keyword that is not known.

    Parameters
    ----------
    title : str
        What takes the keywords.
    given, known : iterable of str
    mend : str
        What there is to say beside the keyword that was meant; by default which ones are known.

    Raises
    ------
    UnknownKeywordError
    """
    for keyword in given:
        if keyword not in known:
            if (title, keyword) in ELSEWHERE:
                raise UnknownKeywordError(f"{title} has no keyword {keyword!r}.", ELSEWHERE[title, keyword]) from None
            likely = meant(keyword, known)
            words = [] if likely is None else [f"Did you mean {likely!r}?"]
            if mend or list(known) != [likely]:
                words.append(mend or _listed(known, shortened=likely is not None))
            raise UnknownKeywordError(f"{title} has no keyword {keyword!r}.", " ".join(words)) from None


def meant(keyword: str, known: Sequence[str]) -> str | None:
    """Return the keyword that was probably meant by another: PyTorch's name for it, or a slip of the pen."""
    habit = next((name for name in KEYWORDS.get(keyword, ()) if name in known), None)
    return habit or closest(keyword, known)


def _listed(known: Sequence[str], *, shortened: bool) -> str:
    if not known:
        return "It takes none."
    shown = known[:LISTED] if shortened else known
    return f"Known: {quoted(shown)}{'.' if len(shown) == len(known) else ', ...'}"


def _too_many(title: str, given: Sequence[Any], taken: int, options: Sequence[str]) -> UsageError:
    """Return the error of a call with more positional arguments than there are parameters."""
    by_name = (
        f"Give options by name: {', '.join(f'{name}=' for name in options)}" if options else "Leave the others out"
    )
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in given)
    together = "; numbers that belong together as one list: [1.0, 2.0]" if numbers and taken else ""
    return UsageError(
        f"{title} takes {taken} positional argument{'s' * (taken != 1)}, got {len(given)}.",
        POSITIONAL.get(title, f"{by_name}{together}."),
    )


def _refuse_too_few(
    title: str, call: str, parameters: Sequence[Parameter], given: int, kwargs: Mapping[str, Any]
) -> None:
    """Raise for arguments that are missing, and write the call with all that are needed."""
    written, missing = [], []
    for k, each in enumerate(parameters):
        if each.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            continue
        if k < given and each.kind in _POSITIONAL:
            written.append(each.name)
        elif each.name in kwargs:
            written.append(f"{each.name}={each.name}")
        elif each.default is Parameter.empty:
            missing.append(each.name)
            written.append(each.name if each.kind is Parameter.POSITIONAL_ONLY else f"{each.name}=...")
    if missing:
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        subject = call if call.endswith(title) else title
        raise UsageError(f"{subject} needs {names}.", f"Write {call or title}({', '.join(written)}).") from None


def _call(called: Callable[..., Any], args: Sequence[Any]) -> str:
    """Return what users write before the parenthesis: nn.optim.SGD, ag.gradcheck, or the name as it is."""
    name = _title(called, args).removesuffix("()")
    *packages, _ = called.__module__.split(".")
    if called.__name__ == "__init__" and args and name == type(args[0]).__name__:
        *packages, _ = type(args[0]).__module__.split(".")
    for length in range(1, len(packages) + 1):
        package = ".".join(packages[:length])
        if hasattr(sys.modules.get(package), name):
            return f"{'ag' if package == 'autograd_lite' else package}.{name}"
    return name


def _title(called: Callable[..., Any], args: Sequence[Any]) -> str:
    """Return what messages call a function; of an ``__init__`` the class that is made, or the base that it is of."""
    if called.__name__ != "__init__" or not args:
        return f"{called.__name__}()"
    made = type(args[0])
    inherits = getattr(made.__init__, "__wrapped__", None) is called
    return made.__name__ if inherits else called.__qualname__.split(".")[-2]
