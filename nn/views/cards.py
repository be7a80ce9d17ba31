"""The cards of the δ view: what each step of a telling becomes, and the marks of a report on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograd_lite import drawing
from autograd_lite.drawing import Block, Node, Style, Theme, above, beside, padded, space, words
from autograd_lite.matrices import superscript
from nn.formulas import NOTATIONS, SQUARES
from nn.messages import message
from nn.passes import LayerRecord, Pass
from nn.telling.parts import Matrix, Section, Step, Telling
from nn.views.lanes import Card, Stop
from nn.views.typesetting import NUMBER, SLOPE, Typesetter, in_lines


@dataclass
class Column:
    """What stands below a layer: the card of δ and that of the gradients, each in versions ever narrower."""

    layer: LayerRecord
    deltas: list[Node]
    gradients: list[Node]
    chosen: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def delta(self) -> Card:
        return Card(f"delta{self.layer.number}", self.deltas[self.chosen[0]])

    @property
    def gradient(self) -> Card:
        return Card(f"gradients{self.layer.number}", self.gradients[self.chosen[1]])

    @property
    def width(self) -> float:
        return max(self.delta.width, self.gradient.width)

    def narrow(self) -> bool:
        """Take the next version of the wider card; tell whether there was one."""
        wider = 0 if self.delta.width >= self.gradient.width else 1
        if self.chosen[wider] + 1 == len((self.deltas, self.gradients)[wider]):
            return False
        self.chosen[wider] += 1
        return True

    def widen(self, room: float) -> None:
        """Take the widest versions for which there is room."""
        for kind, versions in enumerate((self.deltas, self.gradients)):
            self.chosen[kind] = next(
                (k for k in range(self.chosen[kind]) if versions[k].width <= room), self.chosen[kind]
            )


@dataclass(frozen=True)
class Cards:
    """Makes the cards of a pass.

    Parameters
    ----------
    told : Pass
    telling : Telling
        Of that pass.
    setter : Typesetter
    marks : mapping
        What is wrong with a step, in a word, by its key: "delta2", "dW1".
    notation : {"z-a", "u-o"}
    lang : {"en", "es"}
    """

    told: Pass
    telling: Telling
    setter: Typesetter
    marks: Mapping[str, str] = field(default_factory=dict)
    notation: str = "z-a"
    lang: str = "en"

    @property
    def theme(self) -> Theme:
        return self.setter.theme

    def forward(self) -> list[list[Stop]]:
        """Return the stops of the forward lane, layer by layer, the loss with the last."""
        sections = self.telling.chapters[0].sections[:-1]
        lanes = [self._layer(layer, section) for layer, section in zip(self.told.layers, sections, strict=True)]
        lanes[0].insert(0, Stop(self._given("x")))
        lanes[-1] += self.loss()
        return lanes

    def backward(self) -> list[Column]:
        """Return a column for each layer, from the first to the last."""
        sections = reversed(self.telling.chapters[1].sections)
        return [self._column(layer, each.steps) for layer, each in zip(self.told.layers, sections, strict=True)]

    def way(self, number: int, *, forward: bool, leaves: bool) -> Card:
        """Return the mark at the end of a row where a lane goes on in another row: what passes, and to which layer.

        Parameters
        ----------
        number : int
            The first layer of the lower of both rows.
        forward : bool
            Whether a goes down, or δ comes up.
        leaves : bool
            Whether the row is left here, or entered.
        """
        letter = NOTATIONS[self.notation].a if forward else "δ"
        name = f"{letter}{superscript(number - 1 if forward else number)}"
        other = number if leaves is forward else number - 1
        told = message("views.to_layer" if leaves else "views.from_layer", self.lang, number=other)
        colour = self.theme.edge if forward else self.theme.gradient
        lines = [self.setter.formula(name, colour=None if forward else colour), self.setter.muted(told)]
        block = padded(above(lines), left=5, right=5, top=2, bottom=3)
        attributes = {
            "shape": "box", "style": "rounded,filled", "fillcolor": self.theme.page, "color": colour,
            "fixedsize": "true", "width": f"{block.width / 72:.4f}", "height": f"{block.height / 72:.4f}",
            "label": f"<{block.markup}>", "margin": "0", "tooltip": " ", "class": "way",
        }  # fmt: skip
        key = f"{'to' if leaves else 'from'}_{'a' if forward else 'delta'}{number}"
        return Card(key, Node(attributes, block.width, block.height))

    def loss(self) -> list[Stop]:
        """Return what leads from the outputs to the loss, the targets above it."""
        *before, loss = self.telling.chapters[0].sections[-1].steps
        asides = [step for step in before if step.note]
        stops = [Stop(self._step(f"loss{k}", step, "intermediate")) for k, step in enumerate(before) if not step.note]
        over = (self._given("y"), *(self._step(f"aside{k}", step, "input") for k, step in enumerate(asides)))
        return [*stops, Stop(self._step("L", loss, "root"), over)]

    def _layer(self, layer: LayerRecord, section: Section) -> list[Stop]:
        weighted, activated = section.steps
        k = layer.number
        stops = [Stop(self._step(f"z{k}", weighted, "intermediate"), self._parameters(layer))]
        if not self._is_logit(layer):
            stops.append(Stop(self._step(f"a{k}", activated, "intermediate")))
        return stops

    def _is_logit(self, layer: LayerRecord) -> bool:
        """Tell whether a = z goes unmentioned, as the loss takes z."""
        is_output = layer is self.told.layers[-1]
        return is_output and layer.activation == "identity" and self.told.loss_key in ("cross_entropy", "bce_logits")

    def _parameters(self, layer: LayerRecord) -> tuple[Card, ...]:
        k, raised = layer.number, superscript(layer.number)
        letter = "θ" if "θ" in self.telling.chapters[0].sections[0].steps[0].formula else "W"
        weight = self._values(f"W{k}", f"{letter}{raised}", Matrix(layer.W, given=True), "parameter")
        if layer.b is None:
            return (weight,)
        return weight, self._values(
            f"b{k}", f"b{raised}", Matrix(layer.b, given=True, row=self.told.is_batch), "parameter"
        )

    def _given(self, name: str) -> Card:
        return self._values(name, name, dict(self.telling.given)[name], "input")

    def _values(self, key: str, name: str, values: Matrix, kind: str) -> Card:
        about = f"{name}, shape {values.values.shape}"
        return Card(key, self._framed(key, self.setter.formula(name), self.setter.matrix(values), kind, about))

    def _step(self, key: str, step: Step, kind: str) -> Card:
        header = self.setter.formula(step.formula)
        if step.note:
            header = above([header, self.setter.muted(step.note)])
        return Card(key, self._framed(key, header, self.setter.result(step), kind, step.formula))

    def _column(self, layer: LayerRecord, steps: Sequence[Step]) -> Column:
        slope = None if steps[0].is_gradient else steps[0]
        delta, *gradients = [step for step in steps if step.is_gradient]
        return Column(layer, self._deltas(layer, delta, slope), self._gradients(layer, gradients))

    def _deltas(self, layer: LayerRecord, step: Step, slope: Step | None) -> list[Node]:
        """Return the card of δ with its body in one line, in two, and so on."""
        stages = list(step.stages)
        if layer is self.told.layers[-1] and self.told.loss_key in SQUARES and layer.derivative is not None:
            stages.append((Matrix(layer.dL_da), "⊙", stages[0][-1]))
        chunks = self.setter.chunks(step, stages)
        header = self.setter.formula(step.formula, colour=self.theme.gradient)
        if slope is not None and "σ′" in step.formula:
            header = above([header, *self._slope(layer, slope)])
        key = f"delta{layer.number}"
        bodies = [in_lines(chunks, count) for count in range(1, len(chunks) + 1)]
        return _ever_narrower([self._framed(key, header, body, "gradient", step.formula) for body in bodies])

    def _slope(self, layer: LayerRecord, step: Step) -> list[Block]:
        """Return what σ′ is, where there is a formula; of a single neuron with the number put in."""
        if layer.activation == "identity":
            return [self.setter.formula(f"{step.formula} = 1", size=SLOPE, bold=False)]
        if len(step.sides) == 1:
            return []
        formula = self.setter.formula(step.formula, size=SLOPE, bold=False)
        name = self.telling.chapters[0].sections[layer.number - 1].steps[1].sides[-2]
        if layer.a.size > 1 or name not in step.sides[-1]:
            return [formula]
        a = drawing.number(layer.a, decimals=self.setter.decimals)
        put_in = step.sides[-1].replace(f"({name})", f"({a})").replace(name, f"({a})" if a.startswith("−") else a)
        number = words(f"= {put_in}", Style(NUMBER, self.theme.ink, courier=True), height=formula.height)
        return [beside([formula, space(5), number])]

    def _gradients(self, layer: LayerRecord, steps: Sequence[Step]) -> list[Node]:
        """Return the card of ∂L/∂W and ∂L/∂b: side by side, on top of one another, and with broken lines."""
        keys = [f"{kind}{layer.number}" for kind in ("dW", "db")]
        heads = [
            self._marked(key, self.setter.formula(step.formula, colour=self.theme.gradient))
            for key, step in zip(keys, steps, strict=False)
        ]
        chunks = [self.setter.chunks(step) for step in steps]
        first, *rest = [above([head, space(1, 2), in_lines(each, 1)]) for head, each in zip(heads, chunks, strict=True)]
        broken = above([heads[0], space(1, 2), in_lines(chunks[0], len(chunks[0]))])
        apart = [part for each in rest for part in (space(1, 6), each)]
        aside = [part for each in rest for part in (space(14, 1), each)]
        bodies = [beside([first, *aside]), above([first, *apart]), above([broken, *apart])]
        wrong = next((key for key in keys if key in self.marks), "")
        about = ", ".join(step.formula for step in steps)
        return _ever_narrower([self._framed(wrong, None, body, "gradient", about) for body in bodies])

    def _framed(self, key: str, header: Block | None, body: Block, kind: str, about: str = "") -> Node:
        """Return a card; one with a mark has the frame of a fault, and the mark in its header."""
        theme, is_gradient = self.theme, kind == "gradient"
        paint = theme.kinds["intermediate" if is_gradient else kind]
        border, frame = (theme.gradient, 1) if is_gradient else (paint.border, paint.frame)
        ground = theme.gradient_fill if is_gradient else paint.header
        if key in self.marks:
            border, frame = theme.fault, 2
        parts = [padded(body, left=6, right=6, top=4, bottom=5)]
        if header is not None:
            parts.insert(0, padded(self._marked(key, header), left=6, right=6, top=2, bottom=1).filled(ground))
        width = max(part.width for part in parts)
        block = drawing.card(
            above([part.sized(width, 0) for part in parts]),
            border=border,
            frame=frame,
            fill=theme.page,
            is_dashed=key in self.marks,
        )
        attributes = {"shape": "plain", "label": f"<{block.markup}>", "tooltip": about or " ", "class": f"card {kind}"}
        return Node(attributes, block.width, block.height)

    def _marked(self, key: str, header: Block) -> Block:
        if key not in self.marks:
            return header
        mark = words(f"✗ {self.marks[key]}", Style(10, self.theme.fault, bold=True))
        return above([header, mark])


def _ever_narrower(versions: Sequence[Node]) -> list[Node]:
    """Return the versions that are narrower than all before them."""
    kept = [versions[0]]
    for version in versions[1:]:
        if version.width < kept[-1].width:
            kept.append(version)
    return kept
