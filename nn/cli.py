"""The command line: autograd-lite tour, verify and draw.

Exit codes: 0 for success, 1 when a check fails or homework is wrong, 2 for a misunderstood command line or homework
that could not run, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.machinery import PathFinder
from itertools import pairwise
from pathlib import Path

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, closest
from autograd_lite.messages import LANGUAGES
from autograd_lite.writing import Writer
from nn import drawing_command, tour
from nn.grading import command
from nn.messages import message

FAILED, MISUSED, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process when left out.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> from nn.cli import main
    >>> main(["--version"])  # doctest: +ELLIPSIS
    autograd-lite ...
    0
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    lang = _language(given)
    if "draw" not in given:  # which refuses such a folder
        _warn_of_a_hidden_package(lang)
    try:
        return _run(given, lang)
    except KeyboardInterrupt:
        Writer(sys.stderr).write(message("cli.interrupted", lang))
        return INTERRUPTED
    except AutogradError as error:
        Writer(sys.stderr).write(f"autograd-lite: {error}")
        return MISUSED
    except OSError as error:
        if not _reader_has_gone(error):
            Writer(sys.stderr).write(f"autograd-lite: {error.strerror or error}")
            return FAILED
        _close_quietly()
        return BROKEN_PIPE


def _run(given: list[str], lang: str) -> int:
    options, rest = _general().parse_known_args(given)
    if options.lang not in LANGUAGES:
        mend = message("cli.known_langs", lang, known=", ".join(LANGUAGES))
        raise ArgumentError(message("cli.unknown_lang", lang, got=options.lang), mend)
    if rest and rest[0].startswith("-"):
        raise ArgumentError(message("cli.unknown_option", lang, got=rest[0]), message("cli.options", lang))
    if rest and rest[0] not in COMMANDS:
        mend = message("cli.commands", lang, known=", ".join(map(repr, COMMANDS)))
        raise ArgumentError(message("cli.unknown_command", lang, got=rest[0]), mend)
    if options.version:
        return _version()
    if options.help or not rest:
        Writer().write(message(f"cli.help.{rest[0]}" if rest else "cli.help", lang))
        return 0
    return COMMANDS[rest[0]](rest[1:], lang)


def _tour(arguments: list[str], lang: str) -> int:
    parser = _Parser()
    parser.add_argument("--out", nargs="?", const="", default="autograd-lite-tour")
    options = _parsed(parser, arguments, "tour", lang)
    return 0 if tour.run(_directory(options.out, lang), lang, Writer()) else FAILED


def _verify(arguments: list[str], lang: str) -> int:
    parser = _Parser()
    for option in ("--task", "--seeds", "--csv"):
        parser.add_argument(option, nargs="?", const="")
    for option, default in {"--points": "10", "--jobs": None, "--timeout": "20", "--out": "."}.items():
        parser.add_argument(option, nargs="?", const="", default=default)
    for option in ("--json", "--hints-only", "--example"):
        parser.add_argument(option, action="store_true")
    parser.add_argument("files", nargs="*")
    options = _parsed(parser, arguments, "verify", lang)
    if options.example:
        if options.files:
            raise _unknown(parser, options.files[0], "verify", lang)
        return command.example(_directory(options.out, lang), lang, Writer())
    return command.grade(
        options.files,
        task=_path("--task", options.task, lang),
        seeds=_path("--seeds", options.seeds, lang),
        csv=_path("--csv", options.csv, lang),
        as_json=options.json,
        points=_positive("--points", options.points, lang),
        jobs=None if options.jobs is None else _count("--jobs", options.jobs, "verify", lang),
        timeout=_positive("--timeout", options.timeout, lang),
        hints_only=options.hints_only,
        lang=lang,
        writer=Writer(),
    )


def _draw(arguments: list[str], lang: str) -> int:
    parser = _Parser()
    parser.add_argument("-o", "--out", nargs="?", const="")
    defaults = {"--view": None, "--theme": "light", "--width": None, "--decimals": "4", "--format": None}
    for option, default in defaults.items():
        parser.add_argument(option, nargs="?", const="", default=default)
    parser.add_argument("what", nargs="*")
    options = _parsed(parser, arguments, "draw", lang)
    if len(options.what) > 2:
        raise _unknown(parser, options.what[2], "draw", lang)
    file, name = (*options.what, None, None)[:2]
    decimals = _count("--decimals", options.decimals, "draw", lang, least=0)
    look = {"theme": options.theme, "width": options.width, "decimals": decimals}
    wanted = drawing_command.Request(file or "", name, options.out, options.view, options.format, look)
    return drawing_command.run(wanted, lang, Writer())


COMMANDS: dict[str, Callable[[list[str], str], int]] = {"tour": _tour, "verify": _verify, "draw": _draw}


class _Parser(argparse.ArgumentParser):
    """A parser that leaves help and errors to this file: two languages, and the stream's spelling."""

    def __init__(self) -> None:
        super().__init__(prog="autograd-lite", add_help=False, allow_abbrev=False, exit_on_error=False)

    @property
    def options(self) -> list[str]:
        """Every option that this parser knows."""
        return [name for name in self._option_string_actions if name.startswith("--")]


def _general() -> _Parser:
    """Return the parser of the options that every command has."""
    parser = _Parser()
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--lang", nargs="?", const="", default="en")
    return parser


def _parsed(parser: _Parser, arguments: list[str], command: str, lang: str) -> argparse.Namespace:
    try:
        options, unknown = parser.parse_known_intermixed_args(arguments)
    except argparse.ArgumentError as error:
        raise _unknown(parser, error.argument_name or str(error), command, lang) from error
    if unknown:
        raise _unknown(parser, unknown[0], command, lang)
    return options


def _unknown(parser: _Parser, given: str, command: str, lang: str) -> ArgumentError:
    """Return the error of what is no option or argument of a command, with the option that may have been meant."""
    mend = message("cli.see_help", lang, command=command)
    if not given.startswith("-"):
        return ArgumentError(message("cli.unknown_argument", lang, got=given), mend)
    near = closest(given.partition("=")[0], parser.options)
    if near is not None:
        mend = f"{message('cli.did_you_mean', lang, near=near)} {mend}"
    return ArgumentError(message("cli.unknown_option", lang, got=given), mend)


def _positive(option: str, given: str, lang: str) -> float:
    """Return a number above 0."""
    try:
        number = float(given)
    except ValueError:
        number = 0.0
    if not 0.0 < number < math.inf:
        what = message("cli.bad_number", lang, option=option, got=given)
        raise ArgumentError(what, message("cli.see_help", lang, command="verify"))
    return number


def _count(option: str, given: str, command: str, lang: str, *, least: int = 1) -> int:
    """Return an integer from `least` on."""
    if not given.isascii() or not given.isdigit() or int(given) < least:
        what = message("cli.bad_count", lang, option=option, got=given, least=least)
        raise ArgumentError(what, message("cli.see_help", lang, command=command))
    return int(given)


def _path(option: str, given: str | None, lang: str) -> Path | None:
    """Return the name of a file, None where the option was left out."""
    if given == "":
        what = message("cli.needs_file", lang, option=option)
        raise ArgumentError(what, message("cli.see_help", lang, command="verify"))
    return None if given is None else Path(given)


def _language(given: Sequence[str]) -> str:
    """Return the language asked for, before the rest is understood, so that errors are told in it."""
    joined = [each.removeprefix("--lang=") for each in given if each.startswith("--lang=")]
    apart = [after for each, after in pairwise(given) if each == "--lang"]
    wanted = [each for each in (*joined, *apart) if each in LANGUAGES]
    return wanted[-1] if wanted else "en"


def _warn_of_a_hidden_package(lang: str) -> None:
    """Say when a file of the user's own is called nn: Python looks for modules beside the program first."""
    found = PathFinder.find_spec("nn", [os.getcwd()])
    if found is None or found.origin is None or Path(found.origin).samefile(Path(__file__).with_name("__init__.py")):
        return
    name = os.path.relpath(found.origin)
    Writer(sys.stderr).write(f"{message('cli.hidden', lang, got=name)}\n{message('cli.rename', lang)}")


def _directory(name: str, lang: str) -> Path:
    """Return a directory that files can be written to, made if need be."""
    path = Path(name)
    try:
        if not name:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except (FileExistsError, NotADirectoryError):
        reason = message("cli.is_file", lang)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    raise ArgumentError(message("cli.bad_out", lang, got=name, reason=reason), message("cli.give_out", lang))


def _version() -> int:
    lines = [
        f"autograd-lite {ag.__version__}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__}",
        str(ag.graphviz_info()),
    ]
    Writer().write("\n".join(lines))
    return 0


def _reader_has_gone(error: OSError) -> bool:
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def _close_quietly() -> None:
    """Send what is still buffered nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
