"""The exceptions: what was wrong, in the user's own terms, and on a second line how to mend it."""

from collections.abc import Iterable
from difflib import get_close_matches


class AutogradError(Exception):
    """Base of every exception that this project raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, with the shapes, dtypes and names in question.
    mend : str
        What to type instead.

    Examples
    --------
    >>> print(AutogradError("backward() needs a scalar, got shape (3,).", "Reduce it first: loss.sum().backward()."))
    backward() needs a scalar, got shape (3,).
    Reduce it first: loss.sum().backward().
    """

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what}\n{mend}" if mend else what)


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit together."""


class DtypeError(AutogradError, TypeError):
    """Data of a kind that cannot be used here."""


class ArgumentError(AutogradError, ValueError):
    """An argument with an impossible value."""


class UsageError(AutogradError, TypeError):
    """A call that means something else than it says."""


class UnsupportedError(AutogradError, TypeError):
    """A NumPy function without a derivative here, called on a tensor that needs one."""


class GradientError(AutogradError, RuntimeError):
    """A backward pass that cannot be carried out, or whose result would be wrong."""


class GradientCheckError(AutogradError, AssertionError):
    """A derivative that differs from the finite differences."""


class RenderError(AutogradError, RuntimeError):
    """A picture that could not be drawn or written."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the quoted known name most like `name`, or all of them when none is close.

    Examples
    --------
    >>> nearest("sigmod", ["relu", "sigmoid", "tanh"])
    "'sigmoid'"
    """
    known = sorted(names)
    close = get_close_matches(name, known, n=1)
    return ", ".join(repr(each) for each in (close or known))
