"""nn.save and nn.load: the state of a model, or of a whole training, in one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

from autograd_lite.errors import ArgumentError, DtypeError, UsageError
from autograd_lite.spelling import spelled
from autograd_lite.writing import write_file
from nn.formats import archive, tensors_file
from nn.formats.entries import Array, flattened, nested
from nn.formats.faults import from_torch
from nn.module import Module

Target = TypeVar("Target")


class _Format(NamedTuple):
    packed: Callable[[Mapping[str, Array]], bytes]
    unpacked: Callable[[bytes, str], dict[str, Array]]


FORMATS = {
    ".npz": _Format(archive.packed, archive.unpacked),
    ".safetensors": _Format(tensors_file.packed, tensors_file.unpacked),
}
# What other libraries write: Python objects, which are never read here.
PICKLED = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".joblib")
# What a checkpoint of nn.fit begins with.
_RUN = b"autograd-lite training run"


@spelled
def save(state: Any, path: str | os.PathLike[str]) -> Path:
    """Save a state: the whole file is written, or after an error the file that stood there stays.

    Parameters
    ----------
    state : Module, or mapping of str to array_like
        What ``state_dict()`` returns, or what has one: a model, an optimizer, a schedule. States may be put together:
        ``{"model": model, "optimizer": optimizer, "epoch": 3}``. Every dtype of numbers is kept, and every bit.
    path : path-like
        Ends in ``.npz``, which NumPy reads too, or in ``.safetensors``, which PyTorch reads too (pip install
        'autograd-lite[safetensors]').

    Returns
    -------
    pathlib.Path
        The path as given.

    Raises
    ------
    ArgumentError
        When the path has another suffix or cannot be written, or a name cannot stand in a file.
    UsageError
        When `state` has no state, or the package safetensors is missing.
    DtypeError
        When an entry holds no numbers, or numbers that the format has not.

    Examples
    --------
    >>> import tempfile
    >>> model = nn.Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = nn.save(model, f"{folder}/model.npz")
    ...     restored = nn.load(path, nn.Linear(2, 1))
    >>> bool((restored.weight == model.weight).all())
    True
    """
    if isinstance(state, (str, os.PathLike)):
        raise UsageError(
            f"nn.save takes the state first and then the path, got the path {os.fspath(state)!r} first.",
            'Write nn.save(model, "model.npz").',
        )
    title = _title(path, 'nn.save(model, "model.npz")')
    form = _format(title, f'Write nn.save(model, "{_stem(title)}.npz").')
    return write_file(path, form.packed(flattened(state)))


@overload
def load(path: str | os.PathLike[str], into: None = None) -> dict[str, Any]: ...


@overload
def load(path: str | os.PathLike[str], into: Target) -> Target: ...


@spelled
def load(path: str | os.PathLike[str], into: Any = None) -> Any:
    """Load a state that `nn.save`, NumPy or PyTorch (as safetensors) saved; no pickle is ever read.

    Parameters
    ----------
    path : path-like
        Ends in ``.npz`` or ``.safetensors``.
    into : Module, or another object with load_state_dict(), optional
        Takes the values over: all of them, or after an error none. A shared parameter may be listed under several
        names.

    Returns
    -------
    dict of str to ndarray, or `into`
        States within the state are dicts in it; numbers are 0-d arrays. bfloat16 becomes float32, exactly.

    Raises
    ------
    ArgumentError
        When the file cannot be read, is of another kind, cut off or damaged, holds Python objects or unpacks to far
        more than its size; when the state does not fit: everything missing, unexpected and of another shape is listed.
    UsageError
        When `into` takes no state, or the package safetensors is missing.
    DtypeError
        When an entry is of a dtype that NumPy or the parameter has not.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = nn.save({"epoch": 3, "model": nn.Linear(2, 1)}, f"{folder}/checkpoint.npz")
    ...     checkpoint = nn.load(path)
    >>> checkpoint["epoch"].item(), list(checkpoint["model"])
    (3, ['weight', 'bias'])
    """
    title = _title(path, 'nn.load("model.npz", model)')
    form = _format(title, from_torch(title))
    if into is not None and not callable(getattr(into, "load_state_dict", None)):
        raise UsageError(
            f"nn.load writes into a model, got {type(into).__name__}.",
            'Write nn.load("model.npz", model), or state = nn.load("model.npz").',
        )
    arrays = form.unpacked(_content(title), title)
    _refuse_run(arrays, title)
    if into is None:
        return nested(arrays)
    try:
        _restore(into, nested(arrays), title)
    except (ArgumentError, DtypeError) as error:
        what, _, mend = str(error).partition("\n")
        raise type(error)(f"{os.path.basename(title)!r}: {what}", mend) from None
    return into


def _refuse_run(arrays: Mapping[str, Array], title: str) -> None:
    """Raise for a checkpoint of training, which holds a state in a form of its own."""
    tree = arrays.get("tree")
    if tree is not None and tree.dtype == np.uint8 and _RUN in tree.tobytes():
        name = os.path.basename(title)
        raise ArgumentError(
            f"{name!r} is a checkpoint of nn.fit: a run of training, not a state.",
            f'Write nn.fit(..., checkpoint={name!r}, resume=True), and afterwards nn.save(model, "model.npz").',
        )


def _restore(into: Any, state: dict[str, Any], title: str) -> None:
    inner = [name for name, value in state.items() if isinstance(value, dict)]
    if inner and isinstance(into, Module):
        raise ArgumentError(
            f"It holds the states {', '.join(map(repr, inner))}, not only that of a model.",
            f"Write model.load_state_dict(nn.load({os.path.basename(title)!r})[{inner[0]!r}]).",
        )
    into.load_state_dict(state)


def _title(path: Any, example: str) -> str:
    try:
        title = os.fspath(path)
    except TypeError:
        raise UsageError(f"A path is text or a Path, got {type(path).__name__}.", f"Write {example}.") from None
    if isinstance(title, bytes):
        raise UsageError(f"A path is text or a Path, got the bytes {title!r}.", "Write os.fsdecode(path).")
    return str(title)


def _format(title: str, mend: str) -> _Format:
    suffix = os.path.splitext(title)[1].lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    known = " or ".join(FORMATS)
    if suffix in PICKLED:
        raise ArgumentError(f"{title!r}: {suffix} means a pickle, which can run any code; a state is {known}.", mend)
    said = f"ends in {suffix}" if suffix else "has no suffix"
    raise ArgumentError(f"{title!r} {said}; a state is saved as {known}.", f'Write "{_stem(title)}.npz", for example.')


def _stem(title: str) -> str:
    return os.path.splitext(os.path.basename(title))[0] or "model"


def _content(title: str) -> bytes:
    try:
        return Path(title).read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ArgumentError(
            f"cannot load {title!r}: {reason}.", "Give the path of a file that nn.save wrote and that you may read."
        ) from None
