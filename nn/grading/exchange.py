"""What goes to the process that runs a hand formula, and what comes back: points without their gradients, and answers.

Answers come back as JSON and are checked on arrival: nothing that a process sends is executed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

import numpy as np

from nn.grading.hand import Answer, Answers, Failed, Misshapen
from nn.grading.points import Point
from nn.grading.printed import Figures
from nn.grading.quantities import Quantity
from nn.passes import Pass

LARGEST = 64 * 2**20
_LENGTH = 8
_FLOATS = "<f8"


class Garbled(ValueError):
    """A reply that is none."""


def blind(point: Point) -> Point:
    """Return a point with everything a hand formula may ask for, and no gradient: shapes stand in their place."""
    layers = tuple(
        replace(
            layer,
            dL_da=np.zeros_like(layer.dL_da),
            delta=np.zeros_like(layer.delta),
            dW=np.zeros_like(layer.dW),
            db=None if layer.db is None else np.zeros_like(layer.db),
        )
        for layer in point.told.layers
    )
    told = point.told
    seen = Point(
        Pass(told.x, told.y, told.loss, told.loss_key, told.reduction, layers),
        {quantity: np.zeros_like(values) for quantity, values in point.truth.items()},
    )
    # Worked out here, and kept: there the functions that they are worked out with may have been replaced.
    _ = seen.probabilities, seen.target
    return seen


def send(sink: IO[bytes], reply: dict[str, Any]) -> None:
    """Write one reply: its length and its JSON."""
    data = json.dumps(reply).encode()
    sink.write(len(data).to_bytes(_LENGTH, "little") + data)
    sink.flush()


def replies(source: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Read replies until the other end is closed.

    Raises
    ------
    Garbled
        When what comes is no reply, or too large for one.
    """
    while len(head := source.read(_LENGTH)) == _LENGTH:
        length = int.from_bytes(head, "little")
        if length > LARGEST:
            raise Garbled
        data = source.read(length)
        if len(data) < length:
            return
        try:
            reply = json.loads(data)
        except (ValueError, RecursionError):
            raise Garbled from None
        if not isinstance(reply, dict):
            raise Garbled
        yield reply


def encoded(given: Sequence[Answers | None]) -> list[dict[str, Any] | None]:
    """Return the answers at each point as plain data."""
    return [
        None if answers is None else {quantity.key: _packed(answer) for quantity, answer in answers.items()}
        for answers in given
    ]


def decoded(given: Any, points: Sequence[Point]) -> list[Answers | None]:
    """Return the answers at each point, checked against what can be asked there.

    Raises
    ------
    Garbled

    Examples
    --------
    >>> from nn.grading.points import Network
    >>> model, x, y, loss = nn.worked_example()
    >>> point = Network(model, loss).at(x, y)
    >>> answers = {Quantity("delta", 2): point.truth[Quantity("delta", 2)]}
    >>> decoded(encoded([answers]), [point])
    [{Quantity(kind='delta', layer=2): array([[-0.11499448]])}]
    """
    try:
        if not given or given[0] is None or len(given) > len(points):
            raise Garbled
        return [None if answers is None else _at(answers, point) for answers, point in zip(given, points, strict=False)]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise Garbled from None


def _at(answers: dict[str, Any], point: Point) -> Answers:
    quantities = {quantity.key: quantity for quantity in point.truth}
    return {quantities[key]: _unpacked(packed, quantities[key], point) for key, packed in answers.items()}


def _packed(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Failed):
        return {"kind": "failed", **answer._asdict()}
    if isinstance(answer, Figures):
        return {"kind": "figures", "unit": answer.unit, **_array(answer.values)}
    if isinstance(answer, Misshapen):
        return {"kind": "misshapen", "expected": list(answer.expected), "unit": answer.unit, **_array(answer.values)}
    return {"kind": "array", **_array(answer)}


def _array(values: Any) -> dict[str, Any]:
    floats = np.ascontiguousarray(values, _FLOATS)
    return {"shape": list(np.shape(values)), "data": base64.b64encode(floats.tobytes()).decode()}


def _unpacked(packed: dict[str, Any], quantity: Quantity, point: Point) -> Answer:
    kind = packed["kind"]
    if kind == "failed":
        return Failed(_short(packed["error"]), _short(packed["operands"]), _shape(packed["expected"]))
    data = base64.b64decode(packed["data"], validate=True)
    values = np.frombuffer(data, _FLOATS).astype(np.float64).reshape(_shape(packed["shape"]))
    if kind == "misshapen":
        return Misshapen(values, _shape(packed["expected"]), float(packed["unit"]))
    if values.shape != point.truth[quantity].shape:
        raise Garbled
    return values if kind == "array" else Figures(values, float(packed["unit"]))


def _shape(sizes: Any) -> tuple[int, ...]:
    shape = tuple(map(int, sizes))
    if any(size < 0 for size in shape):
        raise Garbled
    return shape


def _short(text: Any) -> str:
    return "".join(each for each in str(text)[:200] if each.isprintable())
