"""A pass told step by step, as one works it out on a blackboard: formula, numbers put in, result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import to_ascii, width
from nn.blocks import Block, Part, beside, is_large, matrix, parenthesised
from nn.formulas import NOTATIONS, SQUARES, Sums, spoken
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.recursion import softmax

Array = NDArray[Any]
Stage = list[Part]


class Step(NamedTuple):
    """A formula, the stages from numbers put in to numbers multiplied out, and the result."""

    formula: str
    stages: list[Stage]
    result: Block


def derivation(
    told: Pass,
    notation: str = "z-a",
    lang: str = "en",
    decimals: int = 4,
    *,
    columns: int = 100,
    plain: bool = False,
) -> str:
    """Tell a pass, layer by layer forward and backward.

    Parameters
    ----------
    told : Pass
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    decimals : int
        Digits after the point of computed numbers; given ones stay as they were given.
    columns : int
        Stages that would make a line wider are left out.
    plain : bool
        Spell everything in ASCII.

    Raises
    ------
    ArgumentError
        When the notation or the language is not known.
    """
    blackboard = _Blackboard(told, checked_notation(notation), lang, decimals, columns, plain)
    return "\n".join(blackboard.lines())


def checked_notation(notation: str) -> str:
    """Return a notation that there are formulas in.

    Examples
    --------
    >>> checked_notation("u-o")
    'u-o'
    """
    if notation not in NOTATIONS:
        raise ArgumentError(f"unknown notation {notation!r}.", f"Known notations: {', '.join(map(repr, NOTATIONS))}.")
    return notation


class _Blackboard:
    def __init__(self, told: Pass, notation: str, lang: str, decimals: int, columns: int, plain: bool) -> None:
        self.told = told
        self.output = told.layers[-1]
        self.formulas = NOTATIONS[notation](len(told.layers), len(told.x) if told.is_batch else None)
        self.sums = isinstance(self.formulas, Sums)
        self.lang = lang
        self.decimals = decimals
        self.columns = columns
        self.plain = plain

    def lines(self) -> Iterator[str]:
        told = self.told
        yield self._says("record.title_batch", count=len(told.x)) if told.is_batch else self._says("record.title")
        for name, values in (("x", told.x), ("y", told.y)):
            yield from beside(f"  {name} =", self._given(values, row=True))
        yield from ("", self._says("record.forward"))
        for layer in told.layers:
            yield from self._section(self._heading(layer), [self._weighted_sum(layer), self._activation(layer)])
        yield from self._section(self._says("record.loss"), self._loss())
        yield from ("", self._says("record.backward"))
        for layer in reversed(told.layers):
            steps = [self._slope(layer), self._delta(layer), self._weight_gradient(layer), self._bias_gradient(layer)]
            yield from self._section(self._heading(layer), [step for step in steps if step is not None])

    def _heading(self, layer: LayerRecord) -> str:
        key = "record.output" if layer is self.output else "record.hidden"
        outputs, inputs = layer.W.shape
        return self._says(key, number=layer.number, activation=self._label(layer), inputs=inputs, outputs=outputs)

    def _section(self, heading: str, steps: list[Step]) -> Iterator[str]:
        """Write a heading and its steps, those of several lines apart from their neighbours."""
        yield f"  {heading}"
        formulas = [self._spelled(step.formula) for step in steps]
        longest = max(map(width, formulas))
        above = 1
        for formula, step in zip(formulas, steps, strict=True):
            laid = self._laid(f"    {formula}{' ' * (longest - width(formula))} =", step)
            if above > 1 or (len(laid) > 1 and formula is not formulas[0]):
                yield ""
            yield from laid
            above = len(laid)

    def _laid(self, formula: str, step: Step) -> list[str]:
        """Lay out as many stages as the line has room for; the result always stands."""
        for shown in range(len(step.stages), 0, -1):
            stages = [part for stage in step.stages[:shown] for part in (*stage, "=")]
            laid = beside(formula, *stages, step.result, plain=self.plain)
            if max(map(width, laid)) <= self.columns:
                return laid
        return beside(formula, step.result, plain=self.plain)

    def _weighted_sum(self, layer: LayerRecord) -> Step:
        before = self._taken(layer)
        product: Stage = [before, self._given(layer.W.T)] if self.told.is_batch else [self._given(layer.W), before]
        shift: Stage = [] if layer.b is None else ["+", self._given(layer.b, row=self.told.is_batch)]
        formula = self.formulas.weighted_sum(layer.number, bias=layer.b is not None)
        return self._step(formula, [layer.before, layer.W], [[*product, *shift]], layer.z)

    def _activation(self, layer: LayerRecord) -> Step:
        label = "" if layer.activation == "identity" else self._label(layer)
        return self._step(self.formulas.activation(layer.number, label), [], [], layer.a)

    def _label(self, layer: LayerRecord) -> str:
        return spoken(layer.label, self.lang)

    def _loss(self) -> list[Step]:
        key, value = self.told.loss_key, np.asarray(self.told.loss)
        if key == "cross_entropy":
            return self._cross_entropy(value)
        formula = self.formulas.squared_error(key, self._share()) if key in SQUARES else self.formulas.loss
        return [self._step(formula, [], [], value)]

    def _cross_entropy(self, value: Array) -> list[Step]:
        """Return the probabilities, what they ought to be, and how unlikely they made the labels."""
        linear = self.output.activation == "identity"
        steps = [
            Step(self.formulas.probabilities(linear=linear), [], self._computed(softmax(self.output.a))),
            Step(self.formulas.cross_entropy(self._share()), [], self._computed(value)),
        ]
        if linear:
            steps.insert(1, Step(self._says("record.one_hot"), [], self._computed(self._one_hot())))
        return steps

    def _one_hot(self) -> Array:
        return np.eye(self.output.a.shape[-1], dtype=int)[self.told.y]

    def _slope(self, layer: LayerRecord) -> Step | None:
        if layer.derivative is None:
            return None
        formula = self.formulas.slope(layer.number, layer.activation, self.lang)
        return Step(formula, [], self._slopes(layer.derivative))

    def _delta(self, layer: LayerRecord) -> Step:
        if layer.derivative is None:
            return self._step(self.formulas.unknown_delta(layer.number), [], [], layer.delta)
        slopes = self._slopes(layer.derivative)
        if layer is self.output:
            return self._output_delta(layer, slopes)
        after = self.told.layers[layer.number]
        error = self._computed(after.delta)
        product: Stage = [error, self._given(after.W)] if self.told.is_batch else [self._given(after.W.T), error]
        propagated = self._computed(layer.dL_da)
        stages: list[Stage] = [[*product, "⊙", slopes], [propagated, "⊙", slopes]]
        if self.sums:
            stages = [[slopes, "⊙", *product], [slopes, "⊙", propagated]]
        return self._step(self.formulas.hidden_delta(layer.number), [after.delta, after.W], stages, layer.delta)

    def _output_delta(self, layer: LayerRecord, slopes: Block) -> Step:
        key, share = self.told.loss_key, self._share()
        stage: Stage
        if key == "cross_entropy" and layer.activation == "identity":
            p = softmax(layer.z)
            stage = [self._computed(p), "−", self._computed(self._one_hot())]
            if share > 1:
                stage = [f"1/{share}", parenthesised(beside(*stage, plain=self.plain))]
            return self._step(self.formulas.cross_entropy_delta(share), [p], [stage], layer.delta)
        if key not in SQUARES:
            stage = [self._computed(layer.dL_da), "⊙", slopes]
            return self._step(self.formulas.general_delta(layer.number), [layer.a], [stage], layer.delta)
        ends = [self._computed(layer.a), self._given(self.told.y)]
        left, right = reversed(ends) if self.sums else ends
        difference = parenthesised(beside(left, "−", right, plain=self.plain))
        front = self.formulas.front(key, share).strip()
        stage = [*([front] if front else []), difference, "⊙", slopes]
        return self._step(self.formulas.squared_error_delta(key, share), [layer.a], [stage], layer.delta)

    def _weight_gradient(self, layer: LayerRecord) -> Step:
        errors = layer.delta.T if self.told.is_batch else layer.delta
        stage: Stage = [self._computed(errors), self._taken(layer, row=not self.told.is_batch)]
        return self._step(self.formulas.weight_gradient(layer.number), [layer.delta, layer.before], [stage], layer.dW)

    def _bias_gradient(self, layer: LayerRecord) -> Step | None:
        if layer.db is None:
            return None
        result = matrix(layer.db, self.decimals, row=self.told.is_batch, plain=self.plain)
        return Step(self.formulas.bias_gradient(layer.number), [], result)

    def _share(self) -> int:
        """Return what a mean divides by: the number of elements, or for cross-entropy of examples."""
        if self.told.reduction != "mean":
            return 1
        if self.told.loss_key == "cross_entropy":
            return len(self.told.x) if self.told.is_batch else 1
        return self.output.a.size

    def _step(self, formula: str, operands: list[Array], stages: list[Stage], result: Array) -> Step:
        """Put numbers in only where all of them can be written out."""
        return Step(formula, [] if any(map(is_large, operands)) else stages, self._computed(result))

    def _taken(self, layer: LayerRecord, *, row: bool = False) -> Block:
        """Return what a layer takes: x as it was given, or the computed output of the layer before."""
        return matrix(layer.before, self.decimals, given=layer.number == 1, row=row, plain=self.plain)

    def _computed(self, values: Array) -> Block:
        return matrix(values, self.decimals, plain=self.plain)

    def _given(self, values: Array, *, row: bool = False) -> Block:
        return matrix(values, self.decimals, given=True, row=row, plain=self.plain)

    def _slopes(self, derivative: Array) -> Block:
        """Return slopes that are all 0 or 1 as integers, which need no decimals."""
        return self._computed(derivative.astype(int) if np.isin(derivative, (0, 1)).all() else derivative)

    def _says(self, key: str, **values: object) -> str:
        return self._spelled(message(key, self.lang, **values))

    def _spelled(self, text: str) -> str:
        return to_ascii(text) if self.plain else text
