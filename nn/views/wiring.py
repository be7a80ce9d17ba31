"""Where neurons, weights and their labels stand, so that no label covers another, a neuron or a foreign edge.

A neuron's parameters are stacked at its left, its bias first: an edge runs from the neuron before to the label of its
weight, and from there on to its neuron. Edges cross between the layers only, where no label is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import hypot

Point = tuple[float, float]
Segment = tuple[Point, Point]
# Layer, neuron, and where it comes from; None for a bias.
Wire = tuple[int, int, int | None]

STUB = 18.0
_STACK, _PITCH, _CLEAR = 5.0, 16.0, 3.0
_SHORTEST, _LONGER = 66.0, 6.0
# A column is at least this share as tall as the tallest, and edges go this share of that height across.
_SPREAD, _FLATTEN = 0.65, 0.14


@dataclass(frozen=True)
class Circle:
    """A neuron."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Label:
    """The rectangle of a label, by its middle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> Point:
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        return self.x + self.width / 2, self.y


@dataclass(frozen=True)
class Layer:
    """A layer to be placed: its neurons' number and radius, and the size of their labels; the inputs have none."""

    count: int
    radius: float
    label: tuple[float, float] = (0.0, 0.0)
    has_bias: bool = False

    def pitch(self, before: int) -> float:
        """Return how far apart neurons must be for the labels of their edges from `before` others."""
        stack = (before + self.has_bias) * (self.label[1] + _STACK)
        return max(2 * self.radius, stack - _STACK) + _PITCH


@dataclass
class Wiring:
    """Everything at its place; neurons by layer and number, the inputs in layer 0."""

    neurons: dict[tuple[int, int], Circle] = field(default_factory=dict)
    labels: dict[Wire, Label] = field(default_factory=dict)
    wires: dict[Wire, tuple[Segment, ...]] = field(default_factory=dict)


def wired(layers: Sequence[Layer]) -> Wiring:
    """Place the neurons and labels of a network, from left to right."""
    wiring = Wiring()
    counts = [0, *(layer.count for layer in layers)]
    tallest = max(layer.count * layer.pitch(before) for layer, before in zip(layers, counts, strict=False))
    pitches = [
        max(layer.pitch(before), _SPREAD * tallest / layer.count) for layer, before in zip(layers, counts, strict=False)
    ]
    right = _column(wiring, layers[0], 0, layers[0].radius, pitches[0])
    for k, (before, layer) in enumerate(pairwise(layers), 1):
        reach = max(_SHORTEST, _FLATTEN * tallest)
        while _hits(wiring, before, layer, k, right + reach, pitches[k]):
            reach += _LONGER
        right = _fan(wiring, before, layer, k, right + reach, pitches[k])
    return wiring


def free_reach(circles: Sequence[Circle], shortest: float) -> float:
    """Return how far from its neurons a point at half height must be, for no edge to it to cross another neuron."""
    reach = shortest
    while any(
        _within(other, [(rim(circle, end), end)])
        for circle in circles
        for end in [(circle.x + circle.radius + reach, 0.0)]
        for other in circles
        if other is not circle
    ):
        reach += _LONGER
    return reach


def collisions(wiring: Wiring) -> Iterator[tuple[object, object]]:
    """Yield what lies over something else: labels over labels, neurons or foreign edges, and neurons over edges.

    Examples
    --------
    >>> list(collisions(wired([Layer(2, 20), Layer(3, 36, (70, 28), True), Layer(1, 36, (70, 28), True)])))
    []
    """
    for (one, label), (other, second) in combinations(wiring.labels.items(), 2):
        if _overlap(label, second):
            yield one, other
    for key, label in wiring.labels.items():
        for place, neuron in wiring.neurons.items():
            if _within(neuron, _outline(label)):
                yield key, place
        for wire, segments in wiring.wires.items():
            if wire != key and any(_meet(label, segment) for segment in segments):
                yield key, wire
    for place, neuron in wiring.neurons.items():
        for (k, j, i), segments in wiring.wires.items():
            if place not in ((k, j), (k - 1, i)) and _within(neuron, segments):
                yield place, (k, j, i)


def _column(wiring: Wiring, layer: Layer, k: int, x: float, pitch: float) -> float:
    """Place neurons below one another around y = 0; return where the column ends."""
    for j in range(layer.count):
        wiring.neurons[k, j] = Circle(x, (j - (layer.count - 1) / 2) * pitch, layer.radius)
    return x + layer.radius


def _fan(wiring: Wiring, before: Layer, layer: Layer, k: int, left: float, pitch: float) -> float:
    """Place a layer's labels from x = left on, its neurons, and the edges to them; return where it ends."""
    width, height = layer.label
    end = _column(wiring, layer, k, left + width + STUB + layer.radius, pitch)
    sources: list[int | None] = [*([None] if layer.has_bias else []), *range(before.count)]
    for j in range(layer.count):
        target = wiring.neurons[k, j]
        top = target.y - (len(sources) * (height + _STACK) - _STACK) / 2
        for rung, i in enumerate(sources):
            label = Label(left + width / 2, top + rung * (height + _STACK) + height / 2, width, height)
            wiring.labels[k, j, i] = label
            inward = (label.right, rim(target, label.right))
            if i is None:
                wiring.wires[k, j, i] = (inward,)
            else:
                source = wiring.neurons[k - 1, i]
                wiring.wires[k, j, i] = ((rim(source, label.left), label.left), inward)
    return end


def _hits(wiring: Wiring, before: Layer, layer: Layer, k: int, left: float, pitch: float) -> bool:
    """Tell whether an edge to labels at x = left would cross another neuron of the layer before."""
    trial = Wiring({place: circle for place, circle in wiring.neurons.items() if place[0] == k - 1})
    others = dict(trial.neurons)
    _fan(trial, before, layer, k, left, pitch)
    return any(
        _within(circle, segments[:1])
        for (_, _, i), segments in trial.wires.items()
        if i is not None
        for place, circle in others.items()
        if place[1] != i
    )


def rim(circle: Circle, towards: Point) -> Point:
    """Return where a neuron's circle is left in the direction of a point."""
    across, down = towards[0] - circle.x, towards[1] - circle.y
    share = circle.radius / hypot(across, down)
    return circle.x + across * share, circle.y + down * share


def _overlap(one: Label, other: Label) -> bool:
    return (
        abs(one.x - other.x) < (one.width + other.width) / 2 + 1
        and abs(one.y - other.y) < (one.height + other.height) / 2 + 1
    )


def _outline(label: Label) -> tuple[Segment, ...]:
    across, down = label.width / 2, label.height / 2
    corners = [(label.x + a * across, label.y + b * down) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return tuple((corners[n - 1], corners[n]) for n in range(4))


def _within(circle: Circle, segments: Sequence[Segment]) -> bool:
    """Tell whether a segment comes too near to a neuron."""
    return any(_distance((circle.x, circle.y), segment) < circle.radius + _CLEAR for segment in segments)


def _distance(point: Point, segment: Segment) -> float:
    (x, y), (across, down) = segment[0], (segment[1][0] - segment[0][0], segment[1][1] - segment[0][1])
    length = across**2 + down**2
    share = ((point[0] - x) * across + (point[1] - y) * down) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return hypot(x + share * across - point[0], y + share * down - point[1])


def _meet(label: Label, segment: Segment) -> bool:
    """Tell whether a segment runs through a label: clip it to the label's rectangle, side by side."""
    (x, y), (across, down) = segment[0], (segment[1][0] - segment[0][0], segment[1][1] - segment[0][1])
    enter, leave = 0.0, 1.0
    for start, step, middle, half in ((x, across, label.x, label.width / 2), (y, down, label.y, label.height / 2)):
        low, high = middle - half - start, middle + half - start
        if step == 0:
            if low > 0 or high < 0:
                return False
            continue
        first, second = sorted((low / step, high / step))
        enter, leave = max(enter, first), min(leave, second)
    return enter <= leave
