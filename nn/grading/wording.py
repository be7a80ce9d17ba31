"""Mistakes and formulas in words: what a cause says of the step where it was made, in either language and notation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nn.formulas import NOTATIONS, ROBUST, SQUARES, Matrices, spoken
from nn.grading.points import Point
from nn.grading.quantities import Quantity
from nn.grading.states import Cause
from nn.messages import message
from nn.recursion import named

ACTIVATIONS = {"relu": "ReLU"}
LOSSES = {
    "half_sse_sum": "½ Σ (a − y)²",
    "half_sse_mean": "½ mean (a − y)²",
    "sse_sum": "Σ (a − y)²",
    "sse_mean": "mean (a − y)²",
    "mse_sum": "Σ (a − y)²",
    "mse_mean": "mean (a − y)²",
    "l1_sum": "Σ |a − y|",
    "l1_mean": "mean |a − y|",
    "huber_sum": "Σ Huber(a − y)",
    "huber_mean": "mean Huber(a − y)",
    "bce_sum": "−Σ (y log a + (1 − y) log(1 − a))",
    "bce_mean": "−mean (y log a + (1 − y) log(1 − a))",
    "cross_entropy_sum": "−Σ log p[y]",
    "cross_entropy_mean": "−mean log p[y]",
    "bce_logits_sum": "−Σ (y log p + (1 − y) log(1 − p))",
    "bce_logits_mean": "−mean (y log p + (1 − y) log(1 − p))",
}


class Words:
    """What a report says of one network, in one notation and language.

    Parameters
    ----------
    point : Point
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    """

    def __init__(self, point: Point, notation: str, lang: str) -> None:
        self.point = point
        self.notation = notation
        self.lang = lang
        self.formulas: Matrices = NOTATIONS[notation](point.depth, point.count if point.told.is_batch else None)

    def says(self, key: str, **values: object) -> str:
        """Return a message in the language, quantities among the values by their names."""
        return message(key, self.lang, **{place: self._spoken(value) for place, value in values.items()})

    def _spoken(self, value: object) -> object:
        if isinstance(value, Quantity):
            return self.name(value)
        return self.names(value) if isinstance(value, list) else value

    def _activation(self, key: str, label: str) -> str:
        return self.says("mistake.no_activation") if key == "identity" else spoken(label, self.lang)

    def loss(self, key: str, reduction: str) -> str:
        """Return a loss as a formula; one of the user's own as its letter."""
        written = LOSSES.get(f"{named(key)[0]}_{reduction}", self.formulas.loss)
        written = written.replace("mean", self.says("mistake.mean"))
        if self.notation == "z-a":
            return written
        return written.replace("a − y", "y − ŷ").replace("log a", "log ŷ").replace("− a)", "− ŷ)")

    def name(self, quantity: Quantity) -> str:
        """Return a quantity's name in the notation."""
        return quantity.sign(self.notation)

    def names(self, quantities: Iterable[Quantity]) -> str:
        """Return several names, separated by commas."""
        return ", ".join(map(self.name, quantities))

    def formula(self, quantity: Quantity) -> str:
        """Return the right formula of a quantity."""
        formulas, k = self.formulas, quantity.layer
        layer = self.point.layer(k)
        if quantity.kind == "z":
            return formulas.weighted_sum(k, bias=layer.b is not None)
        if quantity.kind == "a":
            return formulas.activation(k, "" if layer.activation == "identity" else spoken(layer.label, self.lang))
        if quantity.kind == "dW":
            return formulas.weight_gradient(k)
        if quantity.kind == "db":
            return formulas.bias_gradient(k)
        if quantity.kind == "L":
            return self._loss_formula()
        if layer.derivative is None:
            return formulas.unknown_delta(k)
        return formulas.hidden_delta(k) if k < self.point.depth else self._output_delta()

    def _shares(self) -> tuple[int, int]:
        """Return what a mean divides by: the number of outputs of all examples, and the number of examples."""
        told = self.point.told
        return (told.layers[-1].a.size, self.point.count) if told.reduction == "mean" else (1, 1)

    def _loss_formula(self) -> str:
        key, (size, count) = self.point.told.loss_key, self._shares()
        if key in SQUARES:
            return self.formulas.squared_error(key, size)
        if key.startswith(ROBUST):
            return self.formulas.robust_error(key, size)
        if key in ("bce", "bce_logits"):
            return self.formulas.two_classes(key, size)
        if key == "cross_entropy":
            return self.formulas.cross_entropy(count)
        return f"{self.formulas.loss} = loss({self.name(Quantity('a', self.point.depth))}, y)"

    def _output_delta(self) -> str:
        key, (size, count) = self.point.told.loss_key, self._shares()
        if key in SQUARES:
            return self.formulas.squared_error_delta(key, size)
        if self.point.probabilities is not None and key == "cross_entropy":
            return self.formulas.cross_entropy_delta(count)
        if self.point.probabilities is not None or (self.point.layer(self.point.depth).activation, key) == (
            "sigmoid",
            "bce",
        ):
            return self.formulas.two_classes_delta(key, size)
        return self.formulas.general_delta(self.point.depth)

    def mistakes(self, causes: Sequence[Cause]) -> list[str]:
        """Return a sentence for each mistake; one that was made in several layers is said once."""
        sentences = []
        groups: dict[tuple[str, str, str], list[Cause]] = {}
        for cause in causes:
            groups.setdefault((*cause.what, cause.quantity.kind), []).append(cause)
        for group in groups.values():
            sentence = self.mistake(group[0])
            if len(group) > 1:
                layers = ", ".join(str(cause.quantity.layer) for cause in group)
                sentence += " " + self.says("mistake.in_all", layers=layers)
            sentences.append(sentence)
        return sentences

    def mistake(self, cause: Cause) -> str:
        """Return what a mistake did to a step."""
        quantity, (kind, detail, *_) = cause.quantity, (cause.mistake.id, cause.mistake.detail)
        k, told = quantity.layer, self.point.told
        layer = self.point.layer(k)
        z, a = self.name(Quantity("z", k)), self.name(Quantity("a", k))
        weights = k if quantity.kind == "z" else min(k + 1, self.point.depth)
        other, loss = detail, self.loss(told.loss_key, told.reduction)
        if kind == "other_loss":
            other = self.loss(*detail.rsplit("_", 1))
        elif kind == "wrong_layer_slope":
            other = str(k + int(detail))
        elif detail:
            other = self._activation(detail, ACTIVATIONS.get(detail, detail))
        sentence = self.says(
            f"mistake.{kind}",
            name=self.name(quantity),
            layer=k,
            error="a − y" if self.notation == "z-a" else "ŷ − y",
            L=self.formulas.loss,
            sum=self.formulas.z,
            z=z,
            a=a,
            slope=f"σ′({z})",
            W=self.name(Quantity("dW", weights)).rpartition("∂")[2],
            before=self.formulas.before(k),
            other=other,
            activation=self._activation(layer.activation, layer.label),
            loss=loss,
        )
        if (
            kind == "missing_slope"
            and k == self.point.depth
            and layer.activation == "sigmoid"
            and told.loss_key in SQUARES
        ):
            return (
                sentence
                + " "
                + self.says("mistake.missing_slope_note", error="a − y" if self.notation == "z-a" else "ŷ − y")
            )
        for synonym in [each for each in cause.synonyms if each.id == "other_loss"][:1]:
            other = self.loss(*synonym.detail.rsplit("_", 1))
            sentence += " " + self.says("mistake.as_for_loss", other=other, loss=loss)
        return sentence
