"""What people read, in one table: every sentence and title in English and in Spanish, a file for each subject.

Symbols and formulas are the same in both languages and stay where they are computed.
"""

from autograd_lite.messages import Messages, filled
from nn.messages.cli import CLI
from nn.messages.exercise import EXERCISE
from nn.messages.grading import GRADING
from nn.messages.health import HEALTH
from nn.messages.history import HISTORY
from nn.messages.homework import HOMEWORK
from nn.messages.picture import PICTURE
from nn.messages.record import RECORD
from nn.messages.summary import SUMMARY
from nn.messages.tour import TOUR
from nn.messages.views import VIEWS

MESSAGES: Messages = {
    **RECORD,
    **TOUR,
    **VIEWS,
    **CLI,
    **EXERCISE,
    **HEALTH,
    **HISTORY,
    **GRADING,
    **HOMEWORK,
    **PICTURE,
    **SUMMARY,
}


def message(key: str, lang: str = "en", **values: object) -> str:
    """Return a message in a language, with its places filled.

    Parameters
    ----------
    key : str
        Of `MESSAGES`.
    lang : {"en", "es"}
    values : object
        What its {names} stand for.

    Raises
    ------
    ArgumentError
        When the language is not known.

    Examples
    --------
    >>> message("record.backward", "es")
    'Propagación hacia atrás'
    """
    return filled(MESSAGES[key], lang, values)
