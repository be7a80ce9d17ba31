"""Anomalies: the first NaN or infinity, forward or backward, told with its operation and the user's own line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import on_mask
from autograd_lite.errors import AnomalyError
from autograd_lite.graph import Node
from autograd_lite.source import users_line


def check_result(node: Node, operands: Sequence[Any], y: Any) -> None:
    """Note where an operation was called, and raise when its result is not finite.

    Raises
    ------
    AnomalyError
    """
    node.note().line = users_line()
    if _is_finite(y):
        return
    given = [f"{_shape(each)} {_range(each)}" for each in operands if each is not None]
    from_data = "" if all(map(_is_finite, operands)) else " An operand is not finite itself: look at the data."
    raise AnomalyError(
        f"{_called(node)} gave {_range(y)}, of shape {_shape(y)}, from operands {' and '.join(given)}.",
        f"It was called at {_where(node)}.{from_data}",
    )


def check_gradient(node: Node, parent: Node, g: Any, contribution: Any) -> None:
    """Raise when a rule of `node` gave its operand a gradient that is not finite.

    Raises
    ------
    AnomalyError
    """
    value, incoming = getattr(contribution, "_value", contribution), getattr(g, "_value", g)
    if _is_finite(value):
        return
    operand = f"its operand {parent.name!r}" if parent.name else "its operand"
    raise AnomalyError(
        f"The gradient that {_called(node)} passes to {operand} of shape {parent.shape} has {_range(value)}; "
        f"the incoming one {_range(incoming)}.",
        f"{_called(node)} was called at {_where(node)}.",
    )


@contextmanager
def reported_masks(node: Node) -> Iterator[None]:
    """Warn when a rule of `node` takes 0 times an infinite derivative as 0."""

    def report(count: int) -> None:
        warnings.warn(
            f"{_called(node)}: {count} of its local derivatives are not finite where the incoming gradient is 0; "
            f"their product was taken as 0.\n{_called(node)} was called at {_where(node)}.",
            stacklevel=2,
        )

    token = on_mask.set(report)
    try:
        yield
    finally:
        on_mask.reset(token)


def _called(node: Node) -> str:
    return "the graph's start" if node.op is None else node.op.__name__


def _where(node: Node) -> str:
    line = None if node.notes is None else node.notes.line
    if line is None:
        return "an unknown line: enter detect_anomaly() before the forward pass"
    return line.quoted()


def _is_finite(x: Any) -> bool:
    kind = getattr(getattr(x, "dtype", None), "kind", None)
    return bool(np.isfinite(x).all()) if kind in ("f", "c") else True


def _shape(x: Any) -> str:
    return str(np.shape(x))


def _range(x: Any) -> str:
    """Return what is in an array: how many NaN and infinities, and where its finite values lie."""
    if np.asarray(x).dtype.kind not in "fc":
        return "of integers"
    values = np.asarray(x)
    finite = np.abs(values[np.isfinite(values)]) if values.dtype.kind == "c" else values[np.isfinite(values)]
    nan, inf = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    parts = [f"{nan} nan"] * (nan > 0) + [f"{inf} inf"] * (inf > 0)
    if finite.size:
        parts.append(f"values from {finite.min():.3g} to {finite.max():.3g}")
    return " and ".join(parts) or "no values"
