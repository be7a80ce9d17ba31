"""The calls by which an operation is tested: those that its declaration makes, or operands drawn from its domain."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograd_lite.errors import UsageError
from autograd_lite.primitives import Primitive

Sample = tuple[tuple[Any, ...], dict[str, Any]]
Draw = Callable[..., Any]

BROADCAST = (((3, 2), (3, 2)), ((3, 2), (2,)), ((2, 1), (1, 3)), ((), (3,)), ((2,), ()), ((0, 2), (1, 2)))
PLAIN = ((), (3,), (2, 3), (0, 2))


def drawing(domain: tuple[float, float] | None, random: np.random.Generator) -> Draw:
    """Return the function that draws an operand of a shape; no two elements are close, so that no kink is near.

    Examples
    --------
    >>> np.sort(drawing((0, 4), np.random.default_rng(0))(4)).astype(int).tolist()
    [0, 1, 2, 3]
    """
    low, high = domain or (-3, 3)

    def draw(*shape: int) -> Any:
        count = int(np.prod(shape))
        spaced = low + (high - low) * (np.arange(count) + random.uniform(0.25, 0.75, count)) / max(count, 1)
        return random.permutation(spaced).reshape(shape)

    return draw


def calls(
    primitive: Primitive, random: np.random.Generator, samples: Callable[..., Any] | Iterable[Sample] | None = None
) -> Iterator[Sample]:
    """Yield the calls of an operation's samples; of one without samples elementwise ones, which broadcast.

    Raises
    ------
    UsageError
        When a parameter without a rule has no default value, and there are no samples; or when one of these is no call.
    """
    draw = drawing(primitive.domain, random)
    given = primitive.samples if samples is None else samples
    if given is not None:
        for each in given(draw) if callable(given) else given:
            _refuse_no_call(primitive, each)
            yield each
        return
    _refuse_open_settings(primitive)
    count = len(primitive.operands)
    if primitive.variadic or count == 2:
        yield from (((draw(*a), draw(*b)), {}) for a, b in BROADCAST)
    elif count == 1:
        yield from (((draw(*shape),), {}) for shape in PLAIN)
    else:
        yield from ((tuple(draw(*shape) for _ in range(count)), {}) for shape in PLAIN)
        for k in range(count):
            yield tuple(draw(*((2,) if each == k else (3, 2))) for each in range(count)), {}


def _refuse_no_call(primitive: Primitive, sample: Any) -> None:
    if isinstance(sample, tuple) and list(map(type, sample)) in ([tuple, dict], [list, dict]):
        return
    kind = f"a tuple of {len(sample)}" if isinstance(sample, tuple) else type(sample).__name__
    raise UsageError(
        f"check_primitive: among the samples of {primitive.__name__} is {kind}, which is no call.",
        "Write each as a pair of its arguments and its keywords: [((x, w), {}), ((x,), {'axis': 0})].",
    )


def _refuse_open_settings(primitive: Primitive) -> None:
    parameters = inspect.signature(primitive).parameters.values()
    open_ones = [
        each.name
        for each in parameters
        if each.name not in primitive.operands
        and each.default is each.empty
        and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    if open_ones:
        name = primitive.__name__
        raise UsageError(
            f"check_primitive: {name} has no samples, and {open_ones[0]!r} has no default value.",
            f"Give a point, ag.check_primitive({name}, x, {open_ones[0]}=...), or declare samples=.",
        )


def floats(structure: Any) -> list[Any]:
    """Return the floating arrays among the arguments of a call, in order; of a complex one the two parts."""
    if isinstance(structure, np.ndarray):
        parts = [structure.real.copy(), structure.imag.copy()] if structure.dtype.kind == "c" else [structure]
        return parts if structure.dtype.kind in "fc" else []
    return [each for part in structure for each in floats(part)] if type(structure) in (tuple, list) else []


def with_floats(structure: Any, new: Iterator[Any]) -> Any:
    """Return the arguments with their floating arrays replaced."""
    if isinstance(structure, np.ndarray):
        if structure.dtype.kind == "c":
            return next(new) + 1j * next(new)
        return next(new) if structure.dtype.kind == "f" else structure
    return (
        type(structure)(with_floats(part, new) for part in structure) if type(structure) in (tuple, list) else structure
    )
