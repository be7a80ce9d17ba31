"""What is told of a pass, as one works it out on a blackboard: formula, numbers put in, result, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.errors import ArgumentError
from nn.formulas import NOTATIONS, ROBUST, SQUARES, Sums, spoken
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.recursion import sigmoid, softmax
from nn.telling.parts import Chapter, Group, Matrix, Section, Stage, Step, Telling

Array = NDArray[Any]

# The losses of two classes, and the output activation with which δ is their probability less its target.
TWO_CLASSES = {"bce": "sigmoid", "bce_logits": "identity"}


def derivation(told: Pass, notation: str = "z-a", lang: str = "en") -> Telling:
    """Tell a pass, layer by layer forward and backward.

    Parameters
    ----------
    told : Pass
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}

    Raises
    ------
    ArgumentError
        When the notation or the language is not known.
    """
    return _Blackboard(told, checked_notation(notation), lang).telling()


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
    def __init__(self, told: Pass, notation: str, lang: str) -> None:
        self.told = told
        self.output = told.layers[-1]
        self.formulas = NOTATIONS[notation](len(told.layers), len(told.x) if told.is_batch else None)
        self.sums = isinstance(self.formulas, Sums)
        self.lang = lang

    def telling(self) -> Telling:
        told = self.told
        title = self._says("record.title_batch", count=len(told.x)) if told.is_batch else self._says("record.title")
        forward = [Section(self._heading(layer), self._forward(layer)) for layer in told.layers]
        loss = Section(self._says("record.loss"), self._loss())
        backward = [Section(self._heading(layer), self._backward(layer)) for layer in reversed(told.layers)]
        return Telling(
            title,
            (("x", Matrix(told.x, given=True)), ("y", Matrix(told.y, given=True))),
            (
                Chapter(self._says("record.forward"), (*forward, loss)),
                Chapter(self._says("record.backward"), tuple(backward)),
            ),
        )

    def _heading(self, layer: LayerRecord) -> str:
        key = "record.output" if layer is self.output else "record.hidden"
        outputs, inputs = layer.W.shape
        return self._says(key, number=layer.number, activation=self._label(layer), inputs=inputs, outputs=outputs)

    def _forward(self, layer: LayerRecord) -> tuple[Step, ...]:
        return self._weighted_sum(layer), self._activation(layer)

    def _backward(self, layer: LayerRecord) -> tuple[Step, ...]:
        steps = self._slope(layer), self._delta(layer), self._weight_gradient(layer), self._bias_gradient(layer)
        return tuple(step for step in steps if step is not None)

    def _weighted_sum(self, layer: LayerRecord) -> Step:
        before = _taken(layer)
        product = (before, Matrix(layer.W.T, given=True)) if self.told.is_batch else (Matrix(layer.W, True), before)
        shift: Stage = () if layer.b is None else ("+", Matrix(layer.b, given=True, row=self.told.is_batch))
        formula = self.formulas.weighted_sum(layer.number, bias=layer.b is not None)
        return Step(formula, ((*product, *shift),), Matrix(layer.z))

    def _activation(self, layer: LayerRecord) -> Step:
        label = "" if layer.activation == "identity" else self._label(layer)
        return Step(
            self.formulas.activation(layer.number, label),
            (),
            Matrix(layer.a),
            spelled=(label, Group((Matrix(layer.z),))) if label else (),
        )

    def _label(self, layer: LayerRecord) -> str:
        return spoken(layer.label, self.lang)

    def _loss(self) -> tuple[Step, ...]:
        key, value = self.told.loss_key, Matrix(np.asarray(self.told.loss))
        if key == "cross_entropy":
            return self._cross_entropy(value)
        if key in TWO_CLASSES:
            return self._two_classes(value)
        if key.startswith(ROBUST):
            return (Step(self.formulas.robust_error(key, self._share()), (), value),)
        if key not in SQUARES:
            return (Step(self.formulas.loss, (), value),)
        formula = self.formulas.squared_error(key, self._share())
        front = formula.removeprefix(f"{self.formulas.loss} = ").removesuffix(f" {self.formulas.difference()}²")
        return (Step(formula, (), value, spelled=(front, self._difference(), "²")),)

    def _cross_entropy(self, value: Matrix) -> tuple[Step, ...]:
        """Return the probabilities, what they ought to be, and how unlikely they made the labels."""
        linear = self.output.activation == "identity"
        p = Step(self.formulas.probabilities(linear=linear), (), Matrix(softmax(self.output.a)))
        ideal = Step("e_y", (), Matrix(self._one_hot()), note=self._says("record.one_hot"))
        loss = Step(self.formulas.cross_entropy(self._share()), (), value)
        return (p, ideal, loss) if linear else (p, loss)

    def _two_classes(self, value: Matrix) -> tuple[Step, ...]:
        """Return the loss of probabilities; of logits after the probabilities that they stand for."""
        key, output = self.told.loss_key, Matrix(self.output.a)
        p, y = self._probability(), Matrix(self.told.y, given=True)
        formula = self.formulas.two_classes(key, self._share())
        front = formula.removeprefix(f"{self.formulas.loss} = ").partition(" (")[0]
        spelled = y, "⊙", "log", Group((p,)), "+", Group(("1", "−", y)), "⊙", "log", Group(("1", "−", p))
        loss = Step(formula, (), value, spelled=(front, Group(spelled)))
        if key == "bce":
            return (loss,)
        linear = self.output.activation == "identity"
        named = self.formulas.sigmoid_probability(self.lang, linear=linear)
        return Step(named, (), p, spelled=(spoken("sigmoid", self.lang), Group((output,)))), loss

    def _probability(self) -> Matrix:
        """Return the probability of the class 1: the output itself, or the sigmoid of logits."""
        return Matrix(sigmoid(self.output.a) if self.told.loss_key == "bce_logits" else self.output.a)

    def _one_hot(self) -> Array:
        return np.eye(self.output.a.shape[-1], dtype=int)[self.told.y]

    def _slope(self, layer: LayerRecord) -> Step | None:
        if layer.derivative is None:
            return None
        formula = self.formulas.slope(layer.number, layer.activation, self.lang)
        return Step(formula, (), _slopes(layer.derivative))

    def _delta(self, layer: LayerRecord) -> Step:
        formula, stages = self._delta_stages(layer)
        return Step(formula, stages, Matrix(layer.delta), is_gradient=True)

    def _delta_stages(self, layer: LayerRecord) -> tuple[str, tuple[Stage, ...]]:
        if layer.derivative is None:
            return self.formulas.unknown_delta(layer.number), ()
        slopes = _slopes(layer.derivative)
        if layer is self.output:
            return self._output_delta(layer, slopes)
        after = self.told.layers[layer.number]
        error, propagated = Matrix(after.delta), Matrix(layer.dL_da)
        product = (error, Matrix(after.W, given=True)) if self.told.is_batch else (Matrix(after.W.T, True), error)
        stages: tuple[Stage, ...] = (*product, "⊙", slopes), (propagated, "⊙", slopes)
        if self.sums:
            stages = (slopes, "⊙", *product), (slopes, "⊙", propagated)
        return self.formulas.hidden_delta(layer.number), stages

    def _output_delta(self, layer: LayerRecord, slopes: Matrix) -> tuple[str, tuple[Stage, ...]]:
        key, share = self.told.loss_key, self._share()
        if key == "cross_entropy" and layer.activation == "identity":
            difference = Matrix(softmax(layer.z)), "−", Matrix(self._one_hot())
            stage: Stage = (f"1/{share}", Group(difference)) if share > 1 else difference
            return self.formulas.cross_entropy_delta(share), (stage,)
        if TWO_CLASSES.get(key) == layer.activation:
            first: tuple[Stage, ...] = ((Matrix(layer.dL_da), "⊙", slopes),) if key == "bce" else ()
            return self.formulas.two_classes_delta(key, share), (*first, self._two_classes_difference(share))
        if key in SQUARES:
            front = self.formulas.front(key, share).strip()
            stage = (*([front] if front else []), self._difference(), "⊙", slopes)
            return self.formulas.squared_error_delta(key, share), (stage,)
        return self.formulas.general_delta(layer.number), ((Matrix(layer.dL_da), "⊙", slopes),)

    def _difference(self) -> Group:
        """Return the output less its target, or the reverse, as the notation has it."""
        a, y = Matrix(self.output.a), Matrix(self.told.y, given=True)
        return Group((y, "−", a) if self.sums else (a, "−", y))

    def _two_classes_difference(self, share: int) -> Stage:
        p, y = self._probability(), Matrix(self.told.y, given=True)
        if self.sums:
            return f"−1/{share}" if share > 1 else "−", Group((y, "−", p))
        return (f"1/{share}", Group((p, "−", y))) if share > 1 else (p, "−", y)

    def _weight_gradient(self, layer: LayerRecord) -> Step:
        errors = layer.delta.T if self.told.is_batch else layer.delta
        stage = Matrix(errors), _taken(layer, row=not self.told.is_batch)
        return Step(self.formulas.weight_gradient(layer.number), (stage,), Matrix(layer.dW), is_gradient=True)

    def _bias_gradient(self, layer: LayerRecord) -> Step | None:
        if layer.db is None:
            return None
        result = Matrix(layer.db, row=self.told.is_batch)
        return Step(self.formulas.bias_gradient(layer.number), (), result, is_gradient=True)

    def _share(self) -> int:
        """Return what a mean divides by: the number of elements, or for cross-entropy of examples."""
        if self.told.reduction != "mean":
            return 1
        if self.told.loss_key == "cross_entropy":
            return len(self.told.x) if self.told.is_batch else 1
        return self.output.a.size

    def _says(self, key: str, **values: object) -> str:
        return message(key, self.lang, **values)


def _taken(layer: LayerRecord, *, row: bool = False) -> Matrix:
    """Return what a layer takes: x as it was given, or the computed output of the layer before."""
    return Matrix(layer.before, given=layer.number == 1, row=row)


def _slopes(derivative: Array) -> Matrix:
    """Return slopes that are all 0 or 1 as integers, which need no decimals."""
    return Matrix(derivative.astype(int) if np.isin(derivative, (0, 1)).all() else derivative)
