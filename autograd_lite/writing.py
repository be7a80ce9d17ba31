"""The one writer of text that people read: Unicode where the stream can carry it, ASCII names where it cannot.

Colour is for terminals only, columns are aligned by displayed width, and files are moved into place when complete.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, TextIO

from autograd_lite.errors import ArgumentError, UsageError

Row = Sequence[object] | str


def write(text: str, stream: TextIO | None = None) -> None:
    """Write one text and a line end, spelled as the stream can carry it.

    Parameters
    ----------
    text : str
        May hold Unicode names (δ², ∂L/∂W²) and the colours of `style`.
    stream : text stream, optional
        Standard output when left out.

    Examples
    --------
    >>> write("0.5 + 0.5 = 1")
    0.5 + 0.5 = 1
    """
    Writer(stream).write(text)


class Writer:
    """What one stream can carry, found out once: Unicode or ASCII names, colour or none, and how many columns.

    Parameters
    ----------
    stream : text stream, optional
        Standard output when left out.

    Raises
    ------
    UsageError
        When it is no stream, but the name of a file for example.

    Attributes
    ----------
    plain : bool
        The stream's encoding lacks the signs of mathematics, so every name is spelled in ASCII.
    colour : bool
        The stream is a terminal and neither NO_COLOR nor TERM=dumb asks for none (https://no-color.org).
    columns : int
        Width to wrap paragraphs at: the terminal's, between 40 and 100; 80 elsewhere.

    Examples
    --------
    >>> Writer().table([["W¹", 0.25], ["W²", -3]])
      W¹   0.25
      W²  -3
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        if stream is not None and not callable(getattr(stream, "write", None)):
            raise UsageError(
                f"write() takes an open text stream, got {type(stream).__name__}.",
                'Write print(explanation), or open("e.txt", "w", encoding="utf-8").',
            )
        self.stream = sys.stdout if stream is None else stream
        self.encoding = getattr(self.stream, "encoding", None) or "utf-8"
        self.plain = is_plain(self.stream)
        self.colour = _has_colour(self.stream)
        self.columns = _columns(self.stream)

    def write(self, text: str = "") -> None:
        """Write one text and a line end, at once, so that it stays in order with a progress bar."""
        if self.stream is None:  # a program without a console has no standard output
            return
        shown = text if self.colour else without_style(text)
        shown = _carried(to_ascii(shown) if self.plain else shown, self.encoding)
        self.stream.write(shown + "\n")
        self.stream.flush()

    def paragraph(self, text: str, indent: int = 2) -> None:
        """Write a text broken into lines that fit the columns."""
        self.write("\n".join(wrapped(to_ascii(text) if self.plain else text, self.columns, " " * indent)))

    def table(self, rows: Iterable[Row], header: Sequence[object] | None = None, *, indent: int = 2) -> None:
        """Write the rows as `table` lays them out for this stream."""
        self.write(table(rows, header, plain=self.plain, indent=indent))


def is_plain(stream: TextIO | None) -> bool:
    """Tell whether a stream can only carry the ASCII spelling of δ² and its like.

    The answer is one for the whole stream, so that W² and δ² are never spelled in two ways on one page.

    Examples
    --------
    >>> import io
    >>> is_plain(io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    True
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return _carried(_PROBE, encoding) != _PROBE


def to_ascii(text: str) -> str:
    """Spell a text in ASCII: mathematical signs by their names, letters without accents.

    A superscript after a letter counts a layer (δ² is delta2), and is a power after
    anything else ((a − y)² is (a - y)^2).

    Examples
    --------
    >>> to_ascii("✓ ∂L/∂W² = δ² (a¹)ᵀ, σ′(z²) ≈ 0.2486 ± 5·10⁻⁵")
    "OK dL/dW2 = delta2 (a1)^T, sigma'(z2) ~ 0.2486 +/- 5*10^-5"
    """
    text = unicodedata.normalize("NFC", text)
    text = _SUPERSCRIPTS.sub(_spell_superscript, text)
    text = _SUBSCRIPTS.sub(lambda run: "_" + run[0].translate(_LOWERED), text)
    text = _HALF_OF.sub("1/2 ", text).translate(_NAMES)
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if not unicodedata.combining(each)).encode("ascii", "replace").decode()


def table(
    rows: Iterable[Row], header: Sequence[object] | None = None, *, plain: bool = False, indent: int = 0, gap: int = 2
) -> str:
    """Lay out rows in aligned columns.

    Parameters
    ----------
    rows : iterable of rows
        A row is a sequence of cells, or one string that spans all columns. A cell may have several lines.
    header : sequence, optional
        Titles of the columns, underlined.
    plain : bool
        Spell every cell in ASCII before it is measured.
    indent, gap : int
        Spaces before the first column and between columns.

    Returns
    -------
    str
        Lines without trailing spaces. Columns of numbers are aligned to the right at the decimal point, others left.

    Examples
    --------
    >>> print(table([["δ²", -0.115], ["∂L/∂b²", -0.0115]], header=["name", "value"]))
    name      value
    ──────  ───────
    δ²      -0.115
    ∂L/∂b²  -0.0115
    """
    spell = to_ascii if plain else str
    body = [spell(row) if isinstance(row, str) else [spell(str(cell)) for cell in row] for row in rows]
    titles = [spell(str(cell)) for cell in header or ()]
    records = [row for row in body if not isinstance(row, str)]
    columns = [list(column) for column in zip_longest(*records, fillvalue="")]
    columns += [[""] * len(records) for _ in titles[len(columns) :]]
    numeric = [_is_numeric(column) for column in columns]
    columns = [_at_the_point(column) if right else column for column, right in zip(columns, numeric, strict=True)]
    widths = [
        max(map(_cell_width, [*column, title]), default=0)
        for column, title in zip_longest(columns, titles, fillvalue="")
        if not isinstance(column, str)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = [_pad(cell, size, right) for cell, size, right in zip(cells, widths, numeric, strict=False)]
        return (" " * indent + (" " * gap).join(padded)).rstrip()

    laid = []
    if titles:
        laid += [line(titles), line([spell("─") * size for size in widths])]
    aligned = iter(zip(*columns, strict=True))
    for row in body:
        if isinstance(row, str):
            laid.append((" " * indent + row).rstrip())
            continue
        cells = [cell.split("\n") for cell in next(aligned)]
        laid += [line(parts) for parts in zip_longest(*cells, fillvalue="")]
    return "\n".join(laid)


def wrapped(sentence: str, columns: int, start: str = "") -> list[str]:
    """Break a sentence into lines of at most that many columns; a longer word has a line of its own.

    Parameters
    ----------
    sentence : str
    columns : int
    start : str
        What the first line begins with; the later ones are as far in.

    Examples
    --------
    >>> print("\\n".join(wrapped("a network of three layers", 16, "- ")))
    - a network of
      three layers
    """
    lines, used = [start], False
    for word in sentence.split():
        if used and width(f"{lines[-1]} {word}") > columns:
            lines.append(" " * len(start) + word)
        else:
            lines[-1] += f" {word}" if used else word
        used = True
    return lines


def style(text: str, *names: str) -> str:
    """Mark a text for terminals; a `Writer` removes the marks where there is no colour.

    Parameters
    ----------
    text : str
    names : str
        Of 'bold', 'dim', 'red', 'green', 'cyan'.

    Examples
    --------
    >>> style("✓", "green")
    '\\x1b[32m✓\\x1b[0m'
    """
    return "".join(f"\x1b[{_STYLES[name]}m" for name in names) + text + "\x1b[0m"


def without_style(text: str) -> str:
    """Return a text without the marks of `style`."""
    return _MARKS.sub("", text)


def width(text: str) -> int:
    """Count the columns that one line takes on a terminal.

    Examples
    --------
    >>> width("ŷ²"), width("重"), width(style("✓", "green"))
    (2, 2, 1)
    """
    return sum(_character_width(each) for each in without_style(text))


def write_file(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a whole file or nothing: to a temporary name beside the target, then moved into place.

    Parameters
    ----------
    path : path-like
        Its directory must exist. A file that stands there is replaced, and what it permits to whom stays; a symbolic
        link is followed.
    content : str or bytes
        A string is encoded in UTF-8, with its line ends as they are.

    Returns
    -------
    pathlib.Path
        The path as given.

    Raises
    ------
    ArgumentError
        When the directory does not exist or refuses the file, the path is a directory or too long, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(Path(folder, "a.txt"), "δ").read_bytes()
    b'\\xce\\xb4'
    """
    target = Path(path)
    real, mode = _place(target)
    temporary = real.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            if mode is not None and os.name == "posix":
                os.chmod(temporary, mode)
            file.write(content.encode() if isinstance(content, str) else content)
            _to_disk(file)
        os.replace(temporary, real)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if not isinstance(error, OSError):
            raise
        raise _refused(target, error) from error
    return target


def _place(target: Path) -> tuple[Path, int | None]:
    """Return where a file is to stand, links followed, and the permissions of one that stands there already."""
    try:
        real = Path(os.path.realpath(target))
        found = os.stat(real).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return real, None
    except OSError as error:
        raise _refused(target, error) from error
    except ValueError as error:
        raise ArgumentError(f"cannot write {str(target)!r}: {error}.", "Give a file name without it.") from error
    if not stat.S_ISREG(found) and not stat.S_ISDIR(found):
        raise ArgumentError(
            f"cannot write {str(target)!r}: it is a device or a pipe, and would be replaced.", "Give a file name."
        )
    return real, stat.S_IMODE(found) & 0o777


def _to_disk(file: BinaryIO) -> None:
    """Wait until a file is on the disk: moved into place before that, it could be empty after a power cut."""
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):  # a file system that has no such thing
            raise


def _refused(target: Path, error: OSError) -> ArgumentError:
    why = (error.strerror or str(error)).lower()
    mend = _MENDS.get(error.errno or 0, "Give a file name in a directory that exists and that you may write to.")
    name = str(target)
    shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}..."
    return ArgumentError(f"cannot write {shown!r}: {why}.", mend)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):  # a bare object with write(), or a closed stream
        return False


def _columns(stream: TextIO | None) -> int:
    return max(40, min(shutil.get_terminal_size().columns, 100)) if _is_terminal(stream) else 80


def _has_colour(stream: TextIO | None) -> bool:
    if not _is_terminal(stream) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.name == "nt":  # the older console shows the escape sequences as they are
        return any(name in os.environ for name in ("WT_SESSION", "TERM", "ANSICON"))
    return True


def _carried(text: str, encoding: str) -> str:
    try:
        return text.encode(encoding, "replace").decode(encoding)
    except LookupError:
        return text


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cell_width(cell: str) -> int:
    return max(map(width, cell.split("\n")))


def _pad(cell: str, size: int, right: bool) -> str:
    spaces = " " * (size - width(cell))
    return spaces + cell if right else cell + spaces


def _is_numeric(column: Sequence[str]) -> bool:
    """Tell whether every filled cell is a number; a dash stands for a number that is not there."""
    filled = [without_style(cell).strip() for cell in column]
    filled = [cell for cell in filled if cell not in ("", "–", "-")]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def _at_the_point(column: Sequence[str]) -> list[str]:
    """Pad the cells on the right so that their decimal points come to stand below one another."""
    if any("e" in without_style(cell) for cell in column):
        return list(column)
    fractions = [len(_fraction(cell)) for cell in column]
    return [cell + " " * (max(fractions) - own) for cell, own in zip(column, fractions, strict=True)]


def _fraction(cell: str) -> str:
    point, digits = without_style(cell).partition(".")[1:]
    return point + digits


def _spell_superscript(run: re.Match[str]) -> str:
    spelled = run[0].translate(_LOWERED)
    before = run.string[run.start() - 1 : run.start()]
    if spelled.isdigit() and before.isalpha():
        return spelled
    return f"^({spelled})" if re.search(r".[+-]", spelled) else f"^{spelled}"


# More of a path than this a message does not show.
LONGEST_SHOWN = 200
_MENDS = {
    errno.ENOSPC: "The disk is full: free some space, or write elsewhere.",
    errno.EDQUOT: "Your share of the disk is full: free some space, or write elsewhere.",
    errno.ENAMETOOLONG: "Give a shorter name.",
}
_PROBE = "δσθη∂Σ′ŷᵀ²⊙−√ ✓✗←─⎡"
_MARKS = re.compile(r"\x1b\[[0-9;]*m")
_NUMBER = re.compile(r"[-+−]?(\d[\d,]*\.?\d*|\.\d+)(e[-+−]?\d+)?( ?%)?|[-+−]?(inf|∞)|nan")
_STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "cyan": 36}

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᴴᵀʲᵏˡᵐⁿⁱᵗ", "0123456789+-=()HTjklmnit", strict=True))
_SUNK = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₗₘₙₒₜᵤₓ", "0123456789+-=()ijklmnotux", strict=True))
_LOWERED = str.maketrans(_RAISED | _SUNK)
_SUPERSCRIPTS = re.compile(f"ᵀ|ᴴ|[{''.join(set(_RAISED) - set('ᵀᴴ'))}]+")
_SUBSCRIPTS = re.compile(f"[{''.join(_SUNK)}]+")
_HALF_OF = re.compile(r"½(?=[^\W\d_]|[(‖])")

# fmt: off
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
], strict=True))
_GREEK |= {letter.upper(): name.capitalize() for letter, name in _GREEK.items()}
_SIGNS = {
    "Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod", "∂": "d", "∇": "grad ", "∞": "inf", "√": "sqrt", "µ": "mu",
    "ŷ": "y_hat", "\u0302": "_hat", "′": "'", "″": "''", "½": "1/2", "¼": "1/4", "°": " deg",
    "·": "*", "×": "x", "⊙": "(*)", "ʘ": "(*)", "∘": "o", "•": "*", "−": "-", "±": "+/-", "‖": "|", "ℝ": "R",
    "←": "<-", "→": "->", "↔": "<->", "⇒": "=>", "↑": "^", "↓": "v",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "≡": "==", "∈": "in",
    "…": "...", "⋯": "...", "⋮": ":", "✓": "OK", "✗": "WRONG", "–": "-", "—": "-", "\u00a0": " ",
    "‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "¿": "", "¡": "",
    **dict.fromkeys("⎡⎢⎣", "["), **dict.fromkeys("⎤⎥⎦", "]"), **dict.fromkeys("⎛⎜⎝", "("), **dict.fromkeys("⎞⎟⎠", ")"),
    **dict.fromkeys("─━═╌┄", "-"), **dict.fromkeys("│┃║╎┆", "|"), **dict.fromkeys("▏▎▍▌▋▊▉█▓▒░", "#"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬", "+"),
}
# fmt: on
_NAMES = str.maketrans(_GREEK | _SIGNS)
