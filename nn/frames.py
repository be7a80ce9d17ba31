"""A pass as a pandas DataFrame in long form: one number a row, to be filtered, grouped and pivoted."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from autograd_lite.errors import UsageError
from nn.passes import Array, LayerRecord, Pass

QUANTITIES = ("W", "b", "z", "a", "derivative", "delta", "dW", "db")
OF_EXAMPLES = frozenset({"z", "a", "derivative", "delta"})


class _Part(NamedTuple):
    """One array of a pass, with the place of each of its numbers counted from 1, or None."""

    layer: int
    quantity: str
    example: Array | None
    row: Array
    column: Array | None
    values: Array


def as_dataframe(told: Pass) -> Any:
    """Return every number of a pass as a row: layer, quantity, example, row, column, value."""
    pandas = _pandas()
    parts = list(_parts(told))
    sizes = [part.values.size for part in parts]

    def places(name: str) -> Any:
        """Return a column of whole numbers, some of them missing."""
        known = [getattr(part, name) for part in parts]
        missing = [np.full(size, each is None) for each, size in zip(known, sizes, strict=True)]
        filled = [np.zeros(size, int) if each is None else each for each, size in zip(known, sizes, strict=True)]
        return pandas.arrays.IntegerArray(np.concatenate(filled), np.concatenate(missing))

    return pandas.DataFrame(
        {
            "layer": np.repeat([part.layer for part in parts], sizes),
            "quantity": np.repeat(np.array([part.quantity for part in parts], dtype=object), sizes),
            "example": places("example"),
            "row": places("row"),
            "column": places("column"),
            "value": np.concatenate([part.values for part in parts]),
        }
    )


def _pandas() -> Any:
    try:
        return import_module("pandas")
    except ImportError as error:
        raise UsageError(
            "to_dataframe() needs pandas, which is not installed.", "Run pip install 'autograd-lite[pandas]'."
        ) from error


def _parts(told: Pass) -> Iterator[_Part]:
    for layer in told.layers:
        for name in QUANTITIES:
            values = getattr(layer, name)
            if values is not None:
                yield _part(layer, name, values)


def _part(layer: LayerRecord, name: str, values: Array) -> _Part:
    numbers = values.astype(float).ravel()
    if name in OF_EXAMPLES:
        by_example = values.reshape(-1, values.shape[-1])
        example, row = (each.ravel() + 1 for each in np.indices(by_example.shape))
        return _Part(layer.number, name, None if values.ndim == 1 else example, row, None, numbers)
    row, *column = (each.ravel() + 1 for each in np.indices(values.shape))
    return _Part(layer.number, name, None, row, column[0] if column else None, numbers)
