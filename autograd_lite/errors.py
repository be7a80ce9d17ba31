"""The exceptions: what was wrong, in the user's own terms, and on a second line how to mend it."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NoReturn

from numpy.linalg import LinAlgError


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


class ExportError(AutogradError, BufferError):
    """Values that cannot be passed to another library in the way that was asked for."""


class MatrixError(AutogradError, LinAlgError):
    """A matrix that is singular, not positive definite, or of a shape that the operation cannot take."""


class IndexingError(AutogradError, IndexError, ValueError):
    """An index, or an axis, that a tensor does not have."""


class UsageError(AutogradError, TypeError):
    """A call that means something else than it says."""


class UnknownKeywordError(AutogradError, TypeError):
    """A keyword that a function does not take."""


class UnsupportedError(AutogradError, TypeError):
    """A NumPy function without a derivative here, called on a tensor that needs one."""


class GradientError(AutogradError, RuntimeError):
    """A backward pass that cannot be carried out, or whose result would be wrong."""


class StaleValueError(GradientError):
    """A backward pass that needs a value which has been overwritten since the forward pass."""


class AnomalyError(AutogradError, FloatingPointError):
    """A NaN or an infinity that `detect_anomaly` found."""


class GradientCheckError(AutogradError, AssertionError):
    """A derivative that differs from the finite differences.

    Attributes
    ----------
    mismatch : object or None
        What `gradcheck` found: the element, both numbers, the bound and the guess.
    report : object or None
        What `check_primitive` found, check by check.
    """

    mismatch: Any = None
    report: Any = None


class UnknownNameError(AutogradError, AttributeError):
    """A name that a module or an object does not have.

    Parameters
    ----------
    owner : str
        What has no such name: "nn", "MLP".
    name : str
        The name that was asked for.
    known : callable
        Returns the names that there are. It is called when the message is read: hasattr() asks for names, and
        throws the answer away.
    namespace : str
        What to pass to dir().
    mend : str
        What to type instead, where that is known already; the two before are not needed then.

    Examples
    --------
    >>> print(UnknownNameError("nn", "Liner", lambda: ["Linear", "ReLU"], namespace="nn"))
    nn has no name 'Liner'.
    Did you mean 'Linear'? See dir(nn).
    """

    def __init__(
        self, owner: str, name: str, known: Callable[[], Iterable[str]] = tuple, *, namespace: str = "", mend: str = ""
    ) -> None:
        super().__init__(f"{owner} has no name {name!r}.")
        self._mend: Callable[[], str] = lambda: mend or suggestion(name, known(), namespace=namespace)
        # Left open, Python would fill them in, and add a suggestion of its own to the message.
        self.name: Any = None
        self.obj: Any = None

    def __str__(self) -> str:
        return f"{self.args[0]}\n{self._mend()}"

    def __reduce__(self) -> Any:
        return AttributeError, (str(self),)


class RenderError(AutogradError, RuntimeError):
    """A picture that could not be drawn or written."""


def refusing(
    module: str, names: Iterable[str], mends: Mapping[str, str] = MappingProxyType({})
) -> Callable[[str], NoReturn]:
    """Return the ``__getattr__`` of a module that has these names and no others; for some, what to write instead.

    Examples
    --------
    >>> refusing("nn.optim", ["SGD", "Adam"])("Sdg")
    Traceback (most recent call last):
    autograd_lite.errors.UnknownNameError: nn.optim has no name 'Sdg'.
    Did you mean 'SGD'? See dir(nn.optim).
    """

    def missing(name: str) -> NoReturn:
        raise UnknownNameError(module, name, lambda: names, namespace=module, mend=mends.get(name, ""))

    return missing


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the quoted known name most like `name`, whatever its case; all of them when none is close.

    Examples
    --------
    >>> nearest("Sigmod", ["relu", "sigmoid", "tanh"])
    "'sigmoid'"
    """
    known = list(names)
    close = closest(name, known)
    return quoted(known) if close is None else repr(close)


def suggestion(name: object, names: Iterable[str], *, namespace: str = "") -> str:
    """Return how to mend an unknown name: the one that was probably meant, and which there are.

    Parameters
    ----------
    name : object
        What was given; only a string is like another.
    names : iterable of str
    namespace : str
        Where the names are, when they are too many to be listed.

    Examples
    --------
    >>> suggestion("Rleu", ["relu", "tanh"])
    "Did you mean 'relu'? Known: 'relu', 'tanh'."
    >>> suggestion("tahn", ["tan", "tanh"])
    "Did you mean 'tanh'? Known: 'tan', 'tanh'."
    >>> suggestion("frobnicate", ["relu", "tanh"], namespace="nn")
    'See dir(nn).'
    """
    known = list(names)
    close = closest(name, known) if isinstance(name, str) else None
    listed = f"See dir({namespace})." if namespace else f"Known: {quoted(known)}."
    return listed if close is None else f"Did you mean {close!r}? {listed}"


def closest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant: of the same letters, or else the most alike, whatever its case.

    Of a dotted name the last part counts: 'Adam' finds 'optim.Adam'.
    """
    known = [(each.rpartition(".")[2], each) for each in names]
    lowered = [last.lower() for last, _ in known]
    swapped = [each for each in lowered if sorted(each) == sorted(name.lower())]
    # Only a mistake needs it, so it does not slow the start.
    close = swapped or import_module("difflib").get_close_matches(name.lower(), lowered, n=1)
    if not close:
        return None

    def likeness(known: tuple[str, str]) -> tuple[bool, bool, int]:
        last, whole = known
        return last == name, last == whole, sum(a == b for a, b in zip(last, name, strict=False))

    return max((each for each in known if each[0].lower() == close[0]), key=likeness)[1]


def quoted(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
