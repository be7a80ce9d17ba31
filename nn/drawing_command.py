"""The command draw: runs a file of Python and draws the Tensor, or the network, that it defines."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, AutogradError, closest, quoted
from autograd_lite.writing import Writer
from nn.arguments import choice
from nn.grading.faults import fault
from nn.grading.task import PARTS, names_in
from nn.messages import message
from nn.views.network import VIEWS, draw

USUAL = ("loss", "L")
_HIDEABLE = ("nn", "autograd_lite", "numpy")
_MOST_LISTED = 12


class Request(NamedTuple):
    """What is to be drawn, and how.

    Attributes
    ----------
    file : str
    name : str or None
        Which Tensor; None for the only one, the one called loss or L, or the network.
    out : str or None
        Where to; None for a name like that of the file, in the current directory.
    view : str or None
        A view of `nn.draw`, for model, x, y and loss.
    format : str or None
    look : dict
        Options of `ag.draw` and `nn.draw` alike: theme, width, decimals.
    """

    file: str
    name: str | None = None
    out: str | None = None
    view: str | None = None
    format: str | None = None
    look: Mapping[str, Any] = MappingProxyType({})


def run(request: Request, lang: str, writer: Writer) -> int:
    """Draw what a file defines.

    Parameters
    ----------
    request : Request
    lang : {"en", "es"}
    writer : Writer

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    AutogradError
        When the file cannot be read or raises, defines nothing of that name, or the picture cannot be drawn.
    """
    if not request.file:
        raise ArgumentError(message("picture.no_file", lang), message("picture.usage", lang))
    if request.view is not None:
        choice("view", request.view, VIEWS)
    path = Path(request.file)
    out, format = _target(request, path.stem, lang)
    if request.out is None:
        _refuse_to_replace(out, format, path, lang)
    source = _source(path, lang)
    _refuse_hidden_packages(path, lang)
    defined = _run(source, path, lang)
    with _beside(path), _blamed(path, lang, passing=(KeyboardInterrupt, AutogradError)), _warned():
        drawing = _drawing(request, defined, lang)
    written = drawing.render(out, format=format, overwrite=request.out is not None)
    writer.write(message("picture.wrote", lang, path=written))
    return 0


@contextmanager
def _warned() -> Iterator[None]:
    """Tell warnings in their own words alone: the line that they come from is ours."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for each in caught:
        Writer(sys.stderr).write(str(each.message))


def _target(request: Request, stem: str, lang: str) -> tuple[str, str | None]:
    """Return the file to write and the format that it does not tell; an unknown one is told before anything runs."""
    if request.out == "":
        raise ArgumentError(message("cli.needs_file", lang, option="--out"), message("picture.usage", lang))
    out = stem if request.out is None else request.out
    format = request.format
    if format is None and (request.out is None or not Path(out).suffix):
        format = "svg"
    ag.Drawing("digraph {}", title="", description="", format=Path(out).suffix if format is None else format)
    return out, format


def _refuse_to_replace(out: str, format: str | None, path: Path, lang: str) -> None:
    """Refuse to write over a file whose name was not given, before anything runs."""
    suffix = f".{(format or '').lower().removeprefix('.')}"
    target = out if Path(out).suffix.lower() == suffix else out + suffix
    if os.path.lexists(target):
        mend = message("picture.give_out", lang, file=str(path), target=target)
        raise ArgumentError(message("picture.exists", lang, target=target), mend)


def _drawing(request: Request, defined: Mapping[str, Any], lang: str) -> ag.Drawing:
    file = Path(request.file).name
    tensors = {name: each for name, each in defined.items() if isinstance(each, ag.Tensor) and name[0] != "_"}
    if request.name is None and _is_network(defined):
        model, x, y, loss = (defined[part] for part in PARTS)
        return draw(model, x, y, loss, request.view or "layers", lang=lang, **request.look)
    name = _chosen(file, tensors, lang) if request.name is None else request.name
    if name not in tensors:
        raise _no_tensor(name, file, defined, tensors, lang)
    if request.view is not None:
        what = message("picture.no_view", lang, name=name, file=file)
        raise ArgumentError(what, message("picture.leave_view", lang))
    return ag.draw(tensors[name], names=tensors, lang=lang, **request.look)


def _is_network(defined: Mapping[str, Any]) -> bool:
    """Tell whether a file defines model, x, y and loss, the loss as a function and not as its value."""
    return all(part in defined for part in PARTS) and not isinstance(defined["loss"], ag.Tensor)


def _chosen(file: str, tensors: Mapping[str, ag.Tensor], lang: str) -> str:
    """Return the name of the Tensor that is meant when none is named: of several, the one that was computed."""
    usual = [name for name in USUAL if name in tensors]
    computed = [name for name, each in tensors.items() if not each.is_leaf]
    for names in (usual[:1], list(tensors), computed):
        if len(names) == 1:
            return names[0]
    if not tensors:
        raise ArgumentError(message("picture.nothing", lang, file=file), message("picture.define", lang))
    last = (computed or list(tensors))[-1]
    mend = message("picture.pick", lang, file=file, name=last, names=_listed(tensors))
    raise ArgumentError(message("picture.several", lang, file=file), mend)


def _no_tensor(
    name: str, file: str, defined: Mapping[str, Any], tensors: Mapping[str, ag.Tensor], lang: str
) -> ArgumentError:
    mend = message("picture.names", lang, names=_listed(tensors)) if tensors else message("picture.define", lang)
    if name in defined:
        got = type(defined[name]).__name__
        return ArgumentError(message("picture.no_tensor", lang, name=name, file=file, got=got), mend)
    near = closest(name, tensors)
    if near is not None:
        mend = f"{message('picture.meant', lang, near=near)} {mend}"
    return ArgumentError(message("picture.no_name", lang, name=name, file=file), mend)


def _listed(names: Mapping[str, Any]) -> str:
    shown = list(names)
    return quoted(shown[:_MOST_LISTED]) + (", …" if len(shown) > _MOST_LISTED else "")


def _source(path: Path, lang: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        known = [each.stem for each in path.parent.glob("*.py")] if path.parent.is_dir() else []
        near = None if path.exists() else closest(path.stem, known)
        mend = message("picture.usage", lang)
        if near is not None:
            mend = message("picture.meant", lang, near=str(path.with_name(f"{near}.py")))
        raise ArgumentError(message("picture.unreadable", lang, file=str(path), reason=reason), mend) from error


def _run(source: bytes, path: Path, lang: str) -> Mapping[str, Any]:
    """Run a file as Python would, with the modules beside it within reach; what it prints goes where it would go."""
    with _beside(path), _blamed(path, lang):
        return names_in(source, str(path), "autograd_lite_drawn")


@contextmanager
def _blamed(path: Path, lang: str, passing: tuple[type[BaseException], ...] = (KeyboardInterrupt,)) -> Iterator[None]:
    """Tell in two lines what a file raises; some exceptions pass, Ctrl+C among them."""
    try:
        yield
    except passing:
        raise
    except SystemExit as error:
        what = message("picture.quits", lang, file=path.name)
        raise ArgumentError(what, message("picture.mend_file", lang, file=path.name)) from error
    except BaseException as error:
        what, _, where = fault(error, str(path), lang).partition("\n")
        mend = where or message("picture.mend_file", lang, file=path.name)
        raise ArgumentError(message("picture.raised", lang, file=path.name, error=what), mend) from error


@contextmanager
def _beside(path: Path) -> Iterator[None]:
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _refuse_hidden_packages(path: Path, lang: str) -> None:
    """Refuse a folder in which a file bears the name of a package that programs there would want."""
    folder = path.resolve().parent
    for name in _HIDEABLE:
        found = PathFinder.find_spec(name, [str(folder)])
        ours = getattr(sys.modules.get(name), "__file__", None)
        if found is None or found.origin is None or ours is None:
            continue
        if os.path.realpath(found.origin) == os.path.realpath(ours):
            continue
        what = message("picture.hidden", lang, got=os.path.relpath(found.origin), name=name)
        raise ArgumentError(what, message("picture.rename", lang, name=name))
