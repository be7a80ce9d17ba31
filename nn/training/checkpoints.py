"""Checkpoints: everything that a run of training needs to go on to the bit, written to one file at a time.

The file is an npz: the arrays, and a tree of names and numbers as JSON in which they have their places. Nothing in it
is ever executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ArgumentError, UsageError
from autograd_lite.spelling import spelled
from autograd_lite.writing import write_file
from nn.arguments import called, positive_integer
from nn.formats.archive import packed, unpacked
from nn.formats.faults import cannot_load

Array = np.ndarray[Any, Any]

KIND = "autograd-lite training run"
# In the tree it stands for an array, with the array's number.
_ARRAY = "__array__"
_TUPLE = "__tuple__"


class Checkpoint:
    """When and where training is saved, so that it can go on after a crash as if nothing had happened.

    Each checkpoint replaces the one before, in one move: a process killed meanwhile leaves the one before. ``nn.fit``
    goes on from it with ``resume=True``; the parameters, the losses and the random numbers are then those of a run
    without interruption, bit by bit.

    Parameters
    ----------
    path : path-like
        Ends with ``.npz``.
    every : int
        Epochs between two checkpoints; there is one after the last epoch in any case.
    every_steps : int, optional
        Steps between two further ones within an epoch; the data must be arrays or a `DataLoader`.

    Raises
    ------
    UsageError, ArgumentError
        When an argument is of the wrong kind or outside its range.

    Examples
    --------
    >>> nn.Checkpoint("run.npz", every=5)
    Checkpoint('run.npz', every=5)
    """

    @spelled
    def __init__(self, path: str | os.PathLike[str], *, every: int = 1, every_steps: int | None = None) -> None:
        if not isinstance(path, (str, os.PathLike)):
            raise UsageError(f"checkpoint is the path of a file, got {called(path)}.", 'Write checkpoint="run.npz".')
        self.path = Path(path)
        if self.path.suffix.lower() != ".npz":
            raise ArgumentError(
                f"A checkpoint is an npz file, got {str(path)!r}.", f"Write {self.path.with_suffix('.npz').name!r}."
            )
        self.every = positive_integer("every", every, "Write every=1, for example.")
        self.every_steps = (
            None if every_steps is None else positive_integer("every_steps", every_steps, "Write every_steps=1000.")
        )

    def __repr__(self) -> str:
        steps = f", every_steps={self.every_steps}" if self.every_steps else ""
        return f"Checkpoint({str(self.path)!r}, every={self.every}{steps})"

    def write(self, tree: Mapping[str, Any]) -> None:
        """Write a tree of dicts, lists, numbers, texts and arrays."""
        arrays: list[Array] = []
        text = json.dumps({"kind": KIND, **_without_arrays(tree, arrays)})
        named = {f"array_{k}": array for k, array in enumerate(arrays)}
        write_file(self.path, packed({"tree": np.frombuffer(text.encode(), np.uint8), **named}))

    def read(self) -> dict[str, Any]:
        """Return the tree that was written.

        Raises
        ------
        ArgumentError
            When the file is no checkpoint, or damaged, or cannot be read.
        """
        path = str(self.path)
        try:
            arrays = unpacked(self.path.read_bytes(), path)
        except OSError as error:
            raise cannot_load(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from error
        if "tree" not in arrays or KIND.encode() not in arrays["tree"].tobytes():
            raise cannot_load(path, "is no checkpoint of training", "Give another file, or leave out resume=True.")
        whole: dict[str, Any] = _with_arrays(json.loads(arrays["tree"].tobytes()), arrays)
        return whole

    def check_new(self) -> None:
        """Raise when there is a file already, which may hold days of work.

        Raises
        ------
        ArgumentError
        """
        folder = self.path.parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise ArgumentError(
                f"cannot write {str(self.path)!r}: {str(folder)!r} is no directory that you may write to.",
                "Make the directory first, or give another path.",
            )
        if os.path.lexists(self.path):
            raise ArgumentError(
                f"The checkpoint {str(self.path)!r} exists already.",
                "Pass resume=True to go on from it, or give another name.",
            )


def as_checkpoint(given: Any) -> Checkpoint | None:
    """Return a checkpoint from a path, or as it is."""
    return given if given is None or isinstance(given, Checkpoint) else Checkpoint(given)


def _without_arrays(tree: Any, arrays: list[Array]) -> Any:
    """Return a tree for JSON, in which an array is its number."""
    if isinstance(tree, ag.Tensor):
        tree = np.array(tree.numpy())
    if isinstance(tree, np.ndarray) and not tree.dtype.hasobject:
        arrays.append(tree)
        return {_ARRAY: len(arrays) - 1}
    if isinstance(tree, Mapping) and all(isinstance(name, str) for name in tree):
        return {name: _without_arrays(each, arrays) for name, each in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [_without_arrays(each, arrays) for each in tree]
        return {_TUPLE: items} if isinstance(tree, tuple) else items
    if isinstance(tree, np.generic):
        return tree.item()
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return tree
    what = f"a dict with the keys {list(tree)}" if isinstance(tree, Mapping) else called(tree)
    raise UsageError(
        f"A checkpoint cannot keep {what}.",
        "Let state_dict() give dicts with texts for keys, lists, tuples, numbers, texts, arrays and None.",
    )


def _with_arrays(tree: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(tree, dict):
        if set(tree) == {_ARRAY}:
            return arrays[f"array_{tree[_ARRAY]}"]
        if set(tree) == {_TUPLE}:
            return tuple(_with_arrays(each, arrays) for each in tree[_TUPLE])
        return {name: _with_arrays(each, arrays) for name, each in tree.items()}
    return [_with_arrays(each, arrays) for each in tree] if isinstance(tree, list) else tree
