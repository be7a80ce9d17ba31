"""The table that `Module.summary` returns: a model's modules with their output shapes and parameters.

The shapes come from one forward pass of a copy, in evaluation mode and without a graph; the random state is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from autograd_lite.writing import Writer, table
from nn.copies import copy_of
from nn.messages import message
from nn.parameters import Buffer, Parameter
from nn.random import unmoved

COLUMNS = ("path", "type", "output", "parameters", "trainable")
_CELL = "padding: 0.15em 0.9em; border-bottom: 1px solid rgba(127, 127, 127, 0.35);"
_TABLE = "border-collapse: collapse; font-variant-numeric: tabular-nums;"
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Row:
    """One module of a model.

    Attributes
    ----------
    path : str
        "" for the model itself.
    type : str
        Its class and what it was made with.
    output : tuple of str
        The shapes of what it gave, each once; empty if it was not called.
    parameters, trainable : int
        How many numbers its own parameters hold that no module before it has, and how many of them are trained.
    """

    path: str
    type: str
    output: tuple[str, ...]
    parameters: int
    trainable: int


@dataclass(frozen=True, repr=False)
class Summary:
    """A model as a table, which prints itself, in notebooks too.

    Attributes
    ----------
    rows : tuple of Row
        One a module, in the order in which they first ran; what holds others comes before them.
    parameters, trainable : int
        How many numbers all parameters hold, and how many of them are trained.
    parameter_bytes : int
        The memory of the parameters.
    buffers, buffer_bytes : int
        How many numbers the buffers hold, and their memory.
    shared : tuple of tuple of str
        The paths of each parameter that has several.
    lang : {"en", "es"}
        What the table is written in.
    """

    rows: tuple[Row, ...]
    parameters: int
    trainable: int
    parameter_bytes: int
    buffers: int
    buffer_bytes: int
    shared: tuple[tuple[str, ...], ...]
    lang: str = "en"

    def __str__(self) -> str:
        cells = self._cells()
        numbers = [[title, *(row[k] for row in cells)] for k, title in enumerate(self._header())][3:]
        widths = [max(map(len, column)) for column in numbers]
        rows: list[list[str] | str] = [
            [*row[:3], *(number.rjust(size) for number, size in zip(row[3:], widths, strict=True))] for row in cells
        ]
        return table([*rows, "", *self._sentences()], self._header(), plain=Writer().plain)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align: left; {_CELL}">{escape(each)}</th>' for each in self._header())
        body = "".join(f"<tr>{''.join(map(_html_cell, range(len(COLUMNS)), row))}</tr>" for row in self._cells())
        below = "".join(f"<p>{escape(each)}</p>" for each in self._sentences())
        return f'<div><table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}</div>'

    def _header(self) -> list[str]:
        return [message(f"summary.{each}", self.lang) for each in COLUMNS]

    def _cells(self) -> list[list[str]]:
        return [
            [
                row.path,
                row.type,
                "; ".join(row.output) or "–",
                *[self._number(each) if row.parameters else "–" for each in (row.parameters, row.trainable)],
            ]
            for row in self.rows
        ]

    def _sentences(self) -> list[str]:
        sentences = [
            message(
                "summary.total",
                self.lang,
                parameters=self._number(self.parameters),
                trainable=self._number(self.trainable),
                frozen=self._number(self.parameters - self.trainable),
                memory=self._memory(self.parameter_bytes),
            )
        ]
        if self.buffers:
            numbers, memory = self._number(self.buffers), self._memory(self.buffer_bytes)
            sentences.append(message("summary.buffers", self.lang, numbers=numbers, memory=memory))
        if self.shared:
            sentences.append(message("summary.shared", self.lang, paths=", ".join(map(" = ".join, self.shared))))
        return sentences

    def _number(self, number: int) -> str:
        return f"{number:,}" if self.lang == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

    def _memory(self, count: int) -> str:
        power = 0 if count < 1000 else min((len(str(count)) - 1) // 3, len(_UNITS) - 1)
        size = f"{count / 1000**power:.1f}" if power else str(count)
        return f"{size if self.lang == 'en' else size.replace('.', ',')} {_UNITS[power]}"


def summarised(model: Any, inputs: tuple[Any, ...], lang: str) -> Summary:
    """Return the table of a model; arguments and errors as for `Module.summary`.

    Examples
    --------
    >>> [row.output for row in summarised(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), ((2, 4),), "en").rows]
    [('(2, 3)',), ('(2, 3)',), ('(2, 3)',)]
    """
    message("summary.path", lang)
    if not inputs:
        raise UsageError(
            "summary() tells the shapes of one forward pass, and got no input.",
            "Pass an example, model.summary(x), or a shape: model.summary((32, 4)).",
        )
    outputs, ran = _outputs(model, inputs)
    parameters = list(model.named_parameters())
    paths: dict[int, list[str]] = {}
    for path, each in model.named_parameters(remove_duplicate=False):
        paths.setdefault(id(each), []).append(path)
    buffers = list(model.buffers())
    return Summary(
        rows=tuple(_in_order(list(_rows(model, outputs)), ran)),
        parameters=sum(each.size for _, each in parameters),
        trainable=_trainable(each for _, each in parameters),
        parameter_bytes=_bytes(each for _, each in parameters),
        buffers=sum(each.size for each in buffers),
        buffer_bytes=_bytes(buffers),
        shared=tuple(tuple(each) for each in paths.values() if len(each) > 1),
        lang=lang,
    )


def _outputs(model: Any, inputs: tuple[Any, ...]) -> tuple[list[list[str]], list[int | None]]:
    """Return, for each module, the shapes that a copy of it gave, and when it first ran; None if it did not."""
    copied = copy_of(model, "summary() runs").eval()
    modules = list(copied.modules())
    outputs: list[list[str]] = [[] for _ in modules]
    begun: list[Any] = []
    dtype = next((each.dtype for each in model.parameters()), np.dtype(np.float64))
    if getattr(next(each for each in modules if not any(each.children())), "takes_integers", False):
        dtype = np.dtype(np.int64)
    with ExitStack() as stack:
        for block in (unmoved(), ag.no_grad(), np.errstate(all="ignore")):
            stack.enter_context(block)
        for module, shapes in zip(modules, outputs, strict=True):
            stack.enter_context(module.register_forward_pre_hook(lambda module, inputs: begun.append(module)))
            stack.enter_context(module.register_forward_hook(_noting(shapes)))
        copied(*[_example(each, dtype) for each in inputs])
    first = {id(module): order for order, module in reversed(list(enumerate(begun)))}
    return [list(dict.fromkeys(each)) for each in outputs], [first.get(id(each)) for each in modules]


def _noting(shapes: list[str]) -> Any:
    def note(module: Any, inputs: Any, output: Any) -> None:
        shapes.append(_shape(output))

    return note


def _example(given: Any, dtype: Any) -> Any:
    """Return data as they are; for a tuple of integers zeros of that shape."""
    if isinstance(given, tuple) and all(isinstance(each, (int, np.integer)) for each in given):
        if any(each < 1 for each in given):
            raise ShapeError(f"summary() got the shape {given}.", "Every axis has at least one element: (1, 4).")
        return ag.zeros(given, dtype=dtype)
    return given


def _shape(output: Any) -> str:
    if isinstance(output, (list, tuple)):
        return ", ".join(map(_shape, output))
    if isinstance(output, Mapping):
        return ", ".join(f"{name}: {_shape(each)}" for name, each in output.items())
    return str(output.shape) if hasattr(output, "shape") else type(output).__name__


def _rows(model: Any, outputs: list[list[str]]) -> Iterable[Row]:
    counted: set[int] = set()
    for (path, module), shapes in zip(model.named_modules(), outputs, strict=True):
        own = {id(each): each for _, each in module._own(Parameter) if id(each) not in counted}
        counted.update(own)
        count = sum(each.size for each in own.values())
        yield Row(path, module.title(), tuple(shapes), count, _trainable(own.values()))


def _in_order(rows: list[Row], ran: list[int | None]) -> Iterable[Row]:
    """Return the rows as they ran; one that did not run stays behind the one that it follows in the model."""
    place = 0
    places = []
    for each in ran:
        place = place if each is None else each
        places.append(place)
    return (rows[k] for k in sorted(range(len(rows)), key=places.__getitem__))


def _trainable(parameters: Iterable[Parameter]) -> int:
    return sum(each.size for each in parameters if each.requires_grad)


def _bytes(tensors: Iterable[Parameter | Buffer]) -> int:
    return sum(each.size * each.dtype.itemsize for each in tensors)


def _html_cell(column: int, text: str) -> str:
    return f'<td style="text-align: {"right" if column > 2 else "left"}; {_CELL}">{escape(text)}</td>'
