"""Random programs: lines of source that run alike on Tensors and on the hyper-dual arrays that know their derivatives.

Hypothesis draws a list of instructions, plain numbers that shrink well, rather than steps of a state machine, which is
ten times as slow. What they ask for is fitted to the variables that there are, so that any part of the list is a
program too; the oracle runs each line as it is written, which tells the shapes and what shares memory.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

import autograd_lite as ag
from tests.engine import hyperdual
from tests.engine.hyperdual import PARTS, HyperDual, owner_of, variable

SHAPES = [(2, 3), (3,), (2, 1), (), (3, 2), (3, 3), (1, 3), (2, 2, 3)]
LARGEST = 100.0
MOST_ELEMENTS = 36
CREATION = re.compile(r"(with no_grad\(\): )?\w+ = ")


@lru_cache
def numbers(number: int, shape: tuple[int, ...], row: int = 0) -> Any:
    """Return the values of a leaf (row 0), or a direction in which it moves (rows 1 and 2)."""
    rng = np.random.default_rng([number, row])
    return rng.uniform(-1.0, 1.5, shape) if row else rng.uniform(0.4, 1.6, shape) * rng.choice([1, 1, -1], shape)


def weights(shape: tuple[int, ...]) -> Any:
    """Return other factors for each element of a variable, so that a gradient in the wrong place is seen."""
    return 0.5 + np.arange(np.prod(shape, dtype=int)).reshape(shape) / 7


def total(*variables: Any) -> Any:
    """Return the scalar that a program computes."""
    return reduce(operator.add, [(each * weights(each.shape)).sum() for each in variables])


def mask(shape: tuple[int, ...]) -> Any:
    """Return a boolean index."""
    return np.arange(np.prod(shape, dtype=int)).reshape(shape) % 3 != 1


def along(shape: tuple[int, ...]) -> Any:
    """Return an index for put_along_axis along the last axis."""
    return np.arange(np.prod(shape[:-1], dtype=int)).reshape(*shape[:-1], 1) % shape[-1]


def hooked(t: Any, factor: float) -> Any:
    """Multiply the gradient on its way through a Tensor."""
    if t.requires_grad:  # not after a constant was written over all of what it was computed from
        t.register_hook(lambda g: g * factor)
    return t


def hooked_dual(x: HyperDual, factor: float) -> HyperDual:
    """Return factor · x − (factor − 1) · x with the second x held constant."""
    for part in PARTS[1:]:
        x.array[part] *= factor
    return x


def softmax_dual(x: Any) -> Any:
    """Return softmax by its definition."""
    powers = np.exp(x)
    return powers / np.sum(powers, axis=-1, keepdims=True)


COMMON = {"np": np, "total": total, "mask": mask, "along": along}
ON_TENSORS = {
    **COMMON,
    "leaf": lambda number, shape: ag.tensor(numbers(number, shape), requires_grad=True),
    "constant": lambda number, shape: ag.tensor(numbers(number, shape)),
    "hooked": hooked,
    "no_grad": ag.no_grad,
    "softmax": ag.softmax,
    "sigmoid": ag.sigmoid,
}
ON_DUALS = {
    **COMMON,
    "leaf": lambda number, shape: variable(*[numbers(number, shape, row) for row in range(3)]),
    "constant": lambda number, shape: hyperdual.fresh([numbers(number, shape), 0, 0, 0], []),
    "hooked": hooked_dual,
    "no_grad": hyperdual.no_grad,
    "softmax": softmax_dual,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


Fits = Callable[..., bool]


def anything(*variables: HyperDual) -> bool:
    """Fit every variable."""
    return True


def broadcasts(*variables: HyperDual) -> bool:
    """Fit what broadcasts with the others."""
    try:
        np.broadcast_shapes(*[each.shape for each in variables])
    except ValueError:
        return False
    return True


def positive(*variables: HyperDual) -> bool:
    """Fit a variable that broadcasts and stays clear of zero."""
    return broadcasts(*variables) and bool(variables[-1].array["value"].min() > 0.2)


def axes(least: int) -> Fits:
    """Fit what has so many axes."""
    return lambda *variables: len(variables[-1].shape) >= least


def same(*variables: HyperDual) -> bool:
    """Fit what has the same shape."""
    return variables[0].shape == variables[-1].shape


def joins(*variables: HyperDual) -> bool:
    """Fit what can be concatenated."""
    first, second = variables[0].shape, variables[-1].shape
    return len(first) == len(second) > 0 and first[1:] == second[1:]


def multiplies(a: HyperDual, b: HyperDual) -> bool:
    """Fit the right factor of a matrix product."""
    return 0 < len(b.shape) <= 2 and a.shape[-1] == b.shape[0]


def viewed(x: HyperDual) -> bool:
    """Fit what has views: a number that was computed has none in NumPy, where it is no array."""
    return bool(x.shape) or x.memory.leaf or x.array.base is not None


def writable(x: HyperDual) -> bool:
    """Fit what may be written into: no leaf, nothing held constant, nothing read-only."""
    return not x.memory.leaf and not x.constant and x.array.flags.writeable


def into(place: HyperDual, value: HyperDual) -> bool:
    """Fit what broadcasts to a place."""
    return broadcasts(place, value) and np.broadcast_shapes(place.shape, value.shape) == place.shape


def assigned(place: HyperDual, value: HyperDual) -> bool:
    """Fit what can be assigned to a place: axes of length 1 in front are no obstacle."""
    extra = max(len(value.shape) - len(place.shape), 0) if place.shape else 0
    return set(value.shape[:extra]) <= {1} and into(place, value[(0,) * extra])


def divides(place: HyperDual, value: HyperDual) -> bool:
    """Fit what a place can be divided by."""
    return into(place, value) and positive(value)


class Instruction(NamedTuple):
    """Source with gaps, what fits each gap given what fills those before it, and for a write the place it goes to."""

    source: str
    fits: tuple[Fits, ...] = (anything,)
    place: str = ""


def write(source: str, place: str, fits: Fits = into) -> Instruction:
    """Return an instruction that writes {1} to a place in {0}."""
    return Instruction(source, (writable, fits), place)


FRESH = [
    *[Instruction(f"{{0}} {sign} {{1}}", (anything, broadcasts)) for sign in "+-*"],
    Instruction("{0} / {1}", (anything, positive)),
    Instruction("{0} @ {1}", (axes(1), multiplies)),
    *[Instruction(each) for each in ("{0} * {0}", "0.5 * {0}", "1.5 - {0}", "{0} / 2", "-{0}", "+{0}")],
    *[Instruction(f"np.{each}({{0}})") for each in ("exp", "sin", "tanh", "square")],
    *[Instruction(f"np.{each}({{0}})", (positive,)) for each in ("log", "sqrt", "reciprocal")],
    Instruction("{0}.copy()"),
    Instruction("{0}.sum()"),
    Instruction("np.sum({0}, axis=0)", (axes(1),)),
    Instruction("np.mean({0}, axis=-1, keepdims=True)", (axes(1),)),
    Instruction("sigmoid({0})"),
    Instruction("softmax({0})", (axes(1),)),
    Instruction("np.concatenate([{0}, {1}])", (anything, joins)),
    Instruction("np.stack([{0}, {1}])", (anything, same)),
    Instruction("np.where(mask({0}.shape), {0}, {1})", (anything, same)),
    Instruction("{0}[[0, 0, -1]]", (axes(1),)),
    Instruction("{0}[mask({0}.shape)]", (axes(1),)),
]
VIEWS = [
    *[Instruction(f"{{0}}[{index}]", (axes(1),)) for index in ("0", "-1", "1:", "::-1", "0, ...", "..., 0", "()")],
    *[Instruction(f"{{0}}[{index}]", (axes(2),)) for index in ("0, 1:", ":, ::-1", "::-1, 0:1")],
    *[Instruction(each, (viewed,)) for each in ("{0}.T", "{0}.reshape(-1)", "{0}[..., None]", "{0}[...]")],
    *[Instruction(f"np.{each}({{0}})", (viewed,)) for each in ("ravel", "squeeze", "real")],
    Instruction("{0}.detach()"),
    Instruction("np.expand_dims({0}, 0)", (viewed,)),
    Instruction("np.reshape({0}, (3, -1))", (lambda x: x.array.size % 3 == 0,)),
    Instruction("np.swapaxes({0}, 0, -1)", (axes(2),)),
    Instruction("np.moveaxis({0}, 0, -1)", (axes(2),)),
    Instruction("np.broadcast_to({0}, (2, *{0}.shape))", (viewed,)),
]
# Each is assigned to, y[i] = t, and changed, y[i] += t.
PLACES = [
    *("{0}[...]", "{0}[0]", "{0}[-1]", "{0}[1:]", "{0}[::-1]", "{0}[..., 0]", "{0}[0, ...]", "{0}[:, 1:]"),
    *("{0}[[-1, 0]]", "{0}[[0, 0]]", "{0}[mask({0}.shape)]", "{0}.T[0]"),
]
NUMBERS = ["{0}[0] = 0.5", "{0}[...] = 1", "{0} *= 2", "{0}[1:] -= 1.5"]
WRITES = [
    *[write(f"{{0}} {sign}= {{1}}", "{0}") for sign in "+-*"],
    *[write(f"{place} = {{1}}", place, into if "mask" in place else assigned) for place in PLACES],
    *[write(f"{place} {sign}= {{1}}", place) for place in PLACES for sign in "+*"],
    *[write(f"{place} -= {{1}}", place) for place in PLACES[:3]],
    *[write(f"{place} /= {{1}}", place, divides) for place in ("{0}", "{0}[0]", "{0}[1:]")],
    *[Instruction(each, (writable,), "{0}") for each in NUMBERS],
]
# The same by NumPy's functions.
FUNCTION_WRITES = [
    write("np.copyto({0}, {1})", "{0}"),
    write("np.multiply({1}, {0}.copy(), out={0})", "{0}"),
    write("np.sin({1}, out={0})", "{0}", same),
    write("np.add({1}, 1.0, out={0})", "{0}", same),
    write("np.add.at({0}, [0, 0, -1], {1})", "{0}[[0, 0, -1]]"),
    write("np.put_along_axis({0}, along({0}.shape), {1}, -1)", "{0}[..., 0:1]"),
    write("np.fill_diagonal({0}, {1})", "{0}[0, 0]", lambda place, t: place.shape == t.shape == ()),
]


class Program(NamedTuple):
    """A program, and whether its operations get and give copies: then a write never meets a value that a rule saved."""

    source: str
    copies: bool

    @property
    def writes(self) -> bool:
        """Whether a line writes into what a line before it made."""
        return not all(map(CREATION.match, self.source.splitlines()))


class Writer:
    """Writes a program line by line, and runs each on hyper-dual arrays."""

    def __init__(self, copies: bool) -> None:
        self.copies = copies
        self.lines: list[str] = []
        self.names: list[str] = []
        self.space: dict[str, Any] = dict(ON_DUALS)

    def leaf(self, kind: str, shape: tuple[int, ...]) -> None:
        """Add a leaf, one with a hook, or a constant."""
        number = len(self.names)
        made = f"{kind.split()[-1]}({number}, {shape})"
        made = f"hooked({made}, 3.0)" if kind == "hooked leaf" else made
        self._create(f"k{number}" if kind == "constant" else f"x{number}", made, "")

    def step(self, instruction: Instruction, wanted: tuple[int, int], manner: str) -> None:
        """Add a line, unless nothing fits, or its numbers become too large to compare."""
        try:
            operands = self._operands(instruction, wanted)
            source = self._source(instruction, operands)
            if instruction.place:
                self._write(source, self.space[operands[0]], manner)
            else:
                self._create(f"v{len(self.names)}", source, manner)
        except IndexError:  # nothing fits, or there is no such place
            return

    def finish(self, kept: int) -> Program:
        """Return the program, whose result depends on the last variable and on those that the bits of `kept` name."""
        names = [name for bit, name in enumerate(self.names[:-1]) if kept >> bit & 1]
        end = f"loss = total({', '.join([*names, self.names[-1]])})"
        return Program("\n".join([*self.lines, end]), self.copies)

    def _source(self, instruction: Instruction, operands: list[str]) -> str:
        if not self.copies or instruction in VIEWS:
            return instruction.source.format(*operands)
        copied = [f"{name}.copy()" for name in operands]
        if instruction.place:
            return instruction.source.format(operands[0], *copied[1:])
        return f"({instruction.source.format(*copied)}).copy()"

    def _operands(self, instruction: Instruction, wanted: tuple[int, int]) -> list[str]:
        chosen: list[str] = []
        before: list[HyperDual] = []
        for fits, number in zip(instruction.fits, wanted, strict=False):
            fitting = [name for name in reversed(self.names) if fits(*before, self.space[name])]
            if not fitting:
                raise IndexError(instruction.source)
            chosen.append(fitting[number % len(fitting)])
            before.append(self.space[chosen[-1]])
            if instruction.place:
                before = [eval(instruction.place.format(*chosen), self.space)]
        return chosen

    def _create(self, name: str, source: str, manner: str) -> None:
        line = f"{name} = {source}"
        if manner == "no_grad":
            line = f"with no_grad(): {line}"
        exec(line, self.space)
        made = self.space[name]
        if not fair(made.array):
            del self.space[name]
            return
        if manner == "hooked" and made.tracked:
            # On a copy: a rule that saved its result would meet the hook once more in the second derivative.
            line = f"{name} = hooked(({source}).copy(), -2.0)"
            exec(line, self.space)
        self.lines.append(line)
        self.names.append(name)

    def _write(self, source: str, target: HyperDual, manner: str) -> None:
        line = f"with no_grad(): {source}" if manner == "no_grad" and not target.tracked else source
        owner, tracked = owner_of(target.array), target.memory.tracked
        before = owner.copy()
        exec(line, self.space)
        if fair(owner):
            self.lines.append(line)
        else:
            owner[...], target.memory.tracked = before, tracked


def fair(array: Any) -> bool:
    """Return whether an array is neither empty nor large, nor are its numbers."""
    if not 0 < array.size <= MOST_ELEMENTS:
        return False
    return all(np.abs(array[part]).max() <= LARGEST for part in PARTS)


# A leaf's kind and shape; an instruction, which of what fits is wanted in its gaps, and what is special about it.
LEAF = st.tuples(st.sampled_from(["leaf", "leaf", "hooked leaf", "constant"]), st.sampled_from(SHAPES))
CHOICE = st.tuples(st.integers(0, 99), st.integers(0, 99))
MANNER = st.sampled_from(["", "", "", "", "no_grad", "hooked"])
PURE = st.tuples(st.sampled_from(FRESH) | st.sampled_from(VIEWS), CHOICE, MANNER)
WRITING = st.tuples(st.sampled_from(WRITES) | st.sampled_from(FUNCTION_WRITES + WRITES), CHOICE, MANNER)


@st.composite
def programs(draw: st.DrawFn, writes: bool = True) -> Program:
    """Draw a program that computes `loss` from leaves x0, x1, ..."""
    step = PURE | WRITING if writes else PURE
    writer = Writer(copies=draw(st.booleans()))
    for kind, shape in [("leaf", draw(st.sampled_from(SHAPES))), *draw(st.lists(LEAF, max_size=3))]:
        writer.leaf(kind, shape)
    # Several lists of any length shrink as well as one, and are seldom all short.
    for steps in draw(st.tuples(*[st.lists(step, max_size=10)] * 3)):
        for instruction, wanted, manner in steps:
            writer.step(instruction, wanted, manner)
    return writer.finish(draw(st.integers(0, 2**20)))
