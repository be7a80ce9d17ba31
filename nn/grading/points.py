"""The points at which a hand formula is judged: the one that was given, and random ones of the same network.

At a point every quantity is known as the notes write it, with one example a column: (n, N) for N examples, biases
(n, 1). Everything is computed in float64.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
from autograd_lite.errors import ShapeError, UsageError
from nn import recursion
from nn.grading.quantities import Quantity
from nn.layers import Linear
from nn.module import Module, Parameter
from nn.passes import LayerRecord, Pass
from nn.record import recorded

Array = NDArray[np.float64]
# Losses whose slope at z the notes take in one step: their output is the probability.
PROBABILITIES = {"cross_entropy": recursion.softmax, "bce_logits": recursion.sigmoid}
ATTEMPTS = 20


@dataclass(frozen=True, eq=False)
class Point:
    """One pass in columns.

    Attributes
    ----------
    told : Pass
        The pass as the engine carried it out.
    truth : dict of Quantity to ndarray
        The engine's value of every quantity.
    """

    told: Pass
    truth: dict[Quantity, Array]

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.told.layers)

    @property
    def count(self) -> int:
        """N, the number of examples."""
        return len(self.told.x) if self.told.is_batch else 1

    def layer(self, number: int) -> LayerRecord:
        """Return a layer, counted from 1."""
        return self.told.layers[number - 1]

    def column(self, values: Any) -> Array:
        """Return one example as a column, or a batch of rows as columns."""
        array = np.asarray(values, np.float64)
        return array.T if self.told.is_batch else array.reshape(-1, 1)

    def W(self, number: int) -> Array:
        """Return the weights of a layer, (out, in)."""
        return np.asarray(self.layer(number).W, np.float64)

    def b(self, number: int) -> Array | None:
        """Return the biases of a layer, (out, 1)."""
        b = self.layer(number).b
        return None if b is None else np.asarray(b, np.float64).reshape(-1, 1)

    @cached_property
    def probabilities(self) -> Array | None:
        """Return the output as probabilities, for a loss that takes logits."""
        last = self.told.layers[-1]
        squash = PROBABILITIES.get(self.told.loss_key)
        return None if squash is None or last.activation != "identity" else self.column(squash(last.z))

    @cached_property
    def target(self) -> Array:
        """Return y in columns of the output's height: class numbers as columns of 0 and one 1."""
        last, y = self.told.layers[-1], self.told.y
        if self.told.loss_key == "cross_entropy":
            return self.column(np.eye(last.z.shape[-1])[y])
        return self.column(y) if y.shape == last.a.shape else np.asarray(y, np.float64)

    def following(self, given: Mapping[Quantity, Array], *, decimals: int | None = None) -> Point:
        """Return this pass with other values of z and a, and all that follows from them; the truth stays.

        Parameters
        ----------
        given : mapping of Quantity to ndarray
            z and a of some layers, in columns.
        decimals : int, optional
            Round every value to so many decimals, as one does who works with the numbers on paper.

        Raises
        ------
        ValueError, KeyError
            When the activation or the loss is none that the hand formulas know.
        """

        def kept(values: Any) -> Any:
            return values if decimals is None or values is None else np.round(values, decimals)

        def rows(values: Array) -> Array:
            return values.T if self.told.is_batch else values.ravel()

        before, layers = self.told.x, []
        for layer in self.told.layers:
            key, number = layer.activation, layer.number
            (z,), _ = recursion.forward(before, [layer.W], [layer.b], ["identity"])
            z = rows(given[Quantity("z", number)]) if Quantity("z", number) in given else kept(z)
            _, (a,) = recursion.forward(z, [np.eye(z.shape[-1])], [None], [key])
            a = rows(given[Quantity("a", number)]) if Quantity("a", number) in given else kept(a)
            slope = kept(recursion.derivative(key, z))
            layers.append(replace(layer, before=before, z=z, a=a, derivative=slope))
            before = a
        loss, slope_at_output = recursion.loss_and_slope(self.told.loss_key, before, self.told.y, self.told.reduction)
        layers[-1] = replace(layers[-1], dL_da=kept(slope_at_output))
        return replace(self, told=replace(self.told, layers=tuple(layers), loss=float(kept(loss))), truth=self.truth)


def point_of(told: Pass) -> Point:
    """Return the point of a pass that the engine carried out."""
    point = Point(told, {Quantity("L", len(told.layers)): np.full((1, 1), told.loss)})
    for layer in told.layers:
        for kind in ("z", "a", "delta"):
            point.truth[Quantity(kind, layer.number)] = point.column(getattr(layer, kind))
        point.truth[Quantity("dW", layer.number)] = np.asarray(layer.dW, np.float64)
        if layer.db is not None:
            point.truth[Quantity("db", layer.number)] = np.asarray(layer.db, np.float64).reshape(-1, 1)
    return point


class Network:
    """A private copy of a model, in float64, with its loss: passes at other points leave the model as it is.

    Parameters
    ----------
    model : Module
    loss : callable

    Raises
    ------
    UsageError
        When two layers share a parameter: the gradient of each alone is not what either holds.
    """

    def __init__(self, model: Module, loss: Callable[[Any, Any], ag.Tensor]) -> None:
        if not isinstance(model, Module):
            raise UsageError(
                f"nn.verify judges an nn.MLP or nn.Sequential, got {type(model).__name__}.", "Pass the model first."
            )
        self.model = copy.deepcopy(model)
        self.loss = loss
        self.linears = [module for module in self.model.modules() if isinstance(module, Linear)]
        parameters = [id(parameter) for linear in self.linears for parameter in linear.parameters()]
        if len(set(parameters)) < len(parameters):
            raise _shared()
        for linear in self.linears:
            self._set(linear, linear.weight.numpy(), None if linear.bias is None else linear.bias.numpy())

    def at(self, x: Any, y: Any) -> Point:
        """Carry out a pass with the parameters as they are."""
        if np.size(x) == 0:
            raise ShapeError(f"x is empty, shape {np.shape(x)}.", "Give at least one example.")
        point = point_of(recorded("nn.verify", self.model, _double(x), y, self.loss))
        if point.depth > len(self.linears):
            raise _shared()
        return point

    def elsewhere(self, here: Point, count: int, seed: int) -> list[Point]:
        """Return random points: other parameters, other data, and for a batch now and then another number of examples.

        A point where some layer's δ is 0 throughout could tell little, and is drawn again. Where a factor σ′ that is
        0 or 1 never mattered, a point at which it does takes the place of another.
        """
        rng = np.random.default_rng(seed)
        live: list[Point] = []
        telling: list[Point] = []
        unseen = set(range(here.depth))
        for point in self._drawn(here, rng, ATTEMPTS * count):
            seen = unseen.intersection(_switched_off(point))
            if len(live) < count and all(np.any(layer.delta) for layer in point.told.layers):
                live.append(point)
                unseen -= seen
            elif len(live) == count and seen and len(telling) < count - 1:
                telling.append(point)
                unseen -= seen
            if len(live) == count and not unseen.intersection(_switches(point)):
                break
        return [*live[: count - len(telling)], *telling] if len(live) == count else live

    def _drawn(self, here: Point, rng: np.random.Generator, attempts: int) -> Iterator[Point]:
        x = here.told.x
        # With the number of examples that was given too: a formula that has it built in is still a formula.
        counts = cycle((_other_count(here), here.count)) if here.told.is_batch else repeat(1)
        for _, rows in zip(range(attempts), counts, strict=False):
            for linear in self.linears:
                out, fan_in = linear.weight.shape
                shift = None if linear.bias is None else rng.normal(0.0, 0.5, out)
                self._set(linear, rng.normal(0.0, 1.5 / np.sqrt(fan_in), (out, fan_in)), shift)
            shape = (rows, x.shape[-1]) if here.told.is_batch else x.shape
            try:
                yield self.at(rng.normal(0.0, 1.0, shape), _other_targets(here, rows, rng))
            except Exception:
                # A loss of the user's own may take no other targets or numbers: then this point alone is judged.
                return

    @staticmethod
    def _set(linear: Linear, weight: Any, bias: Any) -> None:
        linear.weight = Parameter(np.asarray(weight, np.float64))
        linear.bias = None if bias is None else Parameter(np.asarray(bias, np.float64))


def _switches(point: Point) -> list[int]:
    """Return the layers whose σ′ is 0 or 1."""
    return [k for k, layer in enumerate(point.told.layers) if layer.activation == "relu"]


def _switched_off(point: Point) -> list[int]:
    """Return the layers where a σ′ of 0 makes δ what it is."""
    layers = point.told.layers
    return [k for k in _switches(point) if np.any((layers[k].derivative == 0) & (layers[k].dL_da != 0))]


def _shared() -> UsageError:
    return UsageError(
        "two layers share a parameter: its gradient is not that of either layer.",
        "Give each layer parameters of its own.",
    )


def _double(x: Any) -> Any:
    values = x.numpy() if isinstance(x, ag.Tensor) else np.asarray(x)
    return values.astype(np.float64) if values.dtype.kind == "f" else x


def _other_count(here: Point) -> int:
    """Return a number of examples that is no width of the network, so that no sum can be mistaken for another."""
    widths = {here.told.x.shape[-1], here.count, *(len(layer.W) for layer in here.told.layers)}
    return next(count for count in range(3, len(widths) + 4) if count not in widths)


def _other_targets(here: Point, rows: int, rng: np.random.Generator) -> Any:
    """Return targets of the kind that were given: class numbers, shares between 0 and 1, or any numbers."""
    y, outputs = here.told.y, here.told.layers[-1].a.shape[-1]
    shape = (rows, *y.shape[1:]) if here.told.is_batch else y.shape
    if y.dtype.kind in "iub" and here.told.loss_key == "cross_entropy":
        return rng.integers(0, outputs, shape)
    if y.dtype.kind in "iub":
        return rng.integers(y.min(initial=0), y.max(initial=1) + 1, shape)
    between = here.told.loss_key.startswith("bce") or bool(np.all((y >= 0) & (y <= 1)))
    return rng.uniform(0.05, 0.95, shape) if between else rng.normal(0.0, 1.0, shape)
