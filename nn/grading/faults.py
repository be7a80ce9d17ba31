"""What a file of somebody else's did wrong, in two lines: the exception, and the line of that file it came from."""

from __future__ import annotations

import re
import traceback

from nn.messages import message

LONGEST = 300
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def fault(error: BaseException, file: str, lang: str) -> str:
    """Return what happened, and below it where, as far as that is known.

    Parameters
    ----------
    error : BaseException
    file : str
        The file as it was compiled: of the lines on the way to the error, the last one in it is told.
    lang : {"en", "es"}

    Examples
    --------
    >>> fault(ZeroDivisionError("division by zero"), "ana.py", "en")
    'ZeroDivisionError: division by zero'
    """
    what = type(error).__name__
    if isinstance(error, SystemExit):
        return message("homework.quits", lang)
    if isinstance(error, SyntaxError):
        lines = [(error.lineno or 0, error.text or "")]
        text = str(error.msg)
    else:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [(frame.lineno or 0, frame.line or "") for frame in frames if frame.filename == file]
        text = _words(error)
    what = f"{what}: {text}" if text else what
    if not lines:
        return clean(what)
    number, code = lines[-1]
    return clean(what) + "\n" + clean(message("homework.line", lang, number=number, code=code.strip()))


def clean(text: str) -> str:
    """Return a text that no terminal takes for a command, on one line and not too long.

    Examples
    --------
    >>> clean("red \\x1b[31malert\\x07\\n  on two lines")
    'red alert on two lines'
    """
    one = " ".join(_CONTROLS.sub("", text[: 20 * LONGEST]).split())
    return one if len(one) <= LONGEST else one[: LONGEST - 1] + "…"


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
