"""The stations of the layers view: cards of what is given, of layers and of the loss, and circles for operations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import autograd_lite as ag
from autograd_lite import drawing
from autograd_lite.drawing import Block, Style, Theme, beside, operation_circle, shortened, space, words
from nn.containers import Sequential
from nn.formulas import spoken
from nn.messages import message
from nn.module import Module
from nn.views.flow import Part
from nn.views.norms import Layer
from nn.views.track import CardBox

_LONGEST_LINE = 34
_ARGUMENTS = re.compile(r"(?P<name>[^(]*)\((?P<rest>.*)\)", re.DOTALL)


class Stations:
    """Makes the stations of a chain.

    Parameters
    ----------
    layers : mapping of Part to Layer
    modules : mapping of str to Module
        By their paths.
    theme : Theme
    lang : {"en", "es"}
    is_numbered : bool
        Layers say their number in place of how many parameters they have.
    """

    def __init__(
        self,
        layers: Mapping[Part, Layer],
        modules: Mapping[str, Module],
        theme: Theme,
        lang: str,
        *,
        is_numbered: bool,
    ) -> None:
        self.layers, self.modules, self.theme, self.lang, self.is_numbered = layers, modules, theme, lang, is_numbered
        self._text = Style(9, theme.muted)
        self._count = 0
        # The parts that each card stands for, by its key.
        self.drawn: dict[str, Sequence[Part]] = {}

    def given(self, x: ag.Tensor) -> CardBox:
        """Return the card of the input: its features and samples, or its shape."""
        if x.ndim <= 2 and x.dtype.kind == "f":
            features = x.shape[-1] if x.ndim else 1
            samples = x.shape[0] if x.ndim == 2 else 1
            told = [counted(features, "views.features", self.lang), counted(samples, "views.samples", self.lang)]
        else:
            told = [drawing.shape_text(x.shape), str(x.dtype)]
        return CardBox("x", self._card(x.name or "x", told, "input", f"shape {x.shape}, {x.dtype}"))

    def loss(self, value: ag.Tensor, formula: str, decimals: int) -> CardBox:
        """Return the card of the loss."""
        told = [formula, drawing.number(value.numpy(), decimals=decimals)]
        return CardBox("L", self._card(value.name or "L", told, "root", f"{value.name or 'L'}: {formula}"))

    def station(self, part: Part, *, is_repeated: bool = False) -> CardBox:
        """Return the card of a layer, or the circle of an operation; one that repeats says nothing of its own."""
        layer = self.layers.get(part)
        key = f"layer{layer.number}" if layer else self._key()
        self.drawn[key] = [part]
        title = titled(part, self.lang)
        if not part.is_card:
            return CardBox(key, operation_circle(title, title, self.theme))
        lines = self._lines(part, layer, is_repeated=is_repeated)
        if layer is not None and not is_repeated:
            lines.append(self._gradient(layer))
        return CardBox(key, self._node(part, "", lines, layer))

    def stack(self, parts: Sequence[Part]) -> CardBox:
        """Return the card of equal layers that follow one another."""
        first, last = self.layers.get(parts[0]), self.layers.get(parts[-1])
        times = f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}× {len(parts)}"
        key = f"layer{first.number}" if first else self._key()
        self.drawn[key] = parts
        if first is None or last is None:
            lines = self._lines(parts[0], None, is_repeated=True)
            return CardBox(key, self._node(parts[0], times, lines, None), is_stack=True)
        lines = self._joined([*self._after(parts[0]), self._range(first, last)])
        lines.append(words(self._parameters([self.layers[part] for part in parts]), self._text))
        return CardBox(key, self._node(parts[0], times, lines, first), is_stack=True)

    def repeated(self, rounds: Sequence[Sequence[Part]]) -> str:
        """Return the title of a block that repeats: its name where it has one, how often, and its layers."""
        name = self._block(*rounds[:2])
        layers = [self.layers[part] for each in rounds for part in each if part in self.layers]
        facts = [f"{name} × {len(rounds)}".strip()]
        if layers:
            facts += [self._range(layers[0], layers[-1]), self._parameters(layers)]
        return " · ".join(facts)

    def _block(self, first: Sequence[Part], second: Sequence[Part]) -> str:
        """Return the name of the largest module that the first round runs in and the second does not."""
        inside, outside = (
            _shared([part.call.path.split(".")[:-1] for part in parts if part.call is not None])
            for parts in (first, second)
        )
        shared = len(_shared([inside, outside]))
        module = self.modules.get(".".join(inside[: shared + 1])) if len(inside) > shared else None
        return "" if module is None or isinstance(module, Sequential) else type(module).__name__

    def _lines(self, part: Part, layer: Layer | None, *, is_repeated: bool) -> list[Block]:
        told = self._after(part)
        if layer is not None and layer.same_as:
            told.append(message("views.same_weights", self.lang, number=layer.same_as))
        elif layer is not None and self.is_numbered and not is_repeated:
            told.append(f"{message('views.layer', self.lang)} {layer.number}")
        elif layer is not None:
            told.append(self._parameters([layer]))
        lines = self._joined(told)
        if not _says_width(part):
            lines.append(words(f"→ {drawing.shape_text(part.shape) or '1'}", self._text))
        return lines

    def _joined(self, told: Sequence[str]) -> list[Block]:
        """Return facts in one line, or in two where it would become too long."""
        line = " · ".join(told)
        broken = [" · ".join(told[:-1]), told[-1]] if len(line) > _LONGEST_LINE and len(told) > 1 else [line]
        return [words(shortened(each, 2 * _LONGEST_LINE), self._text) for each in broken if each]

    def _after(self, part: Part) -> list[str]:
        return [titled(each, self.lang) for each in part.after]

    def _range(self, first: Layer, last: Layer) -> str:
        return message("views.layers_from", self.lang, first=first.number, last=last.number)

    def _parameters(self, layers: Sequence[Layer]) -> str:
        return counted(sum(layer.parameters for layer in layers), "views.parameters", self.lang)

    def _gradient(self, layer: Layer) -> Block:
        if layer.norm is None:
            return words(message("views.frozen", self.lang), self._text)
        label = words(f"‖{layer.symbol}‖ =", Style(10, self.theme.gradient, bold=True, italic=True))
        number = words(
            drawing.scientific(layer.norm), Style(9.5, self.theme.gradient, italic=True), height=label.height
        )
        return beside([label, space(4), number])

    def _node(self, part: Part, times: str, lines: Sequence[Block], layer: Layer | None) -> drawing.Node:
        """Return a card; what else a layer was made with stands below its sizes."""
        kind = "intermediate" if layer is None else "parameter"
        title = titled(part, self.lang)
        about = f"{title}{times}" if layer is None else f"{title}{times}, {self._parameters([layer])}"
        head, more, rest = title.partition(", ") if "→" in title else (title, "", "")
        body = [*([words(shortened(rest, 2 * _LONGEST_LINE), self._text)] if more else []), *lines]
        return drawing.text_card(f"{head}{times}", body or [space(1)], kind=kind, theme=self.theme, tooltip=about)

    def _card(self, title: str, told: Sequence[str], kind: Any, about: str) -> drawing.Node:
        lines = [words(each, self._text) for each in told]
        return drawing.text_card(title, lines, kind=kind, theme=self.theme, tooltip=about)

    def _key(self) -> str:
        self._count += 1
        return f"part{self._count}"


def titled(part: Part, lang: str) -> str:
    """Return what a card is called: the class with its sizes, or an operation with the names of its parameters.

    Examples
    --------
    >>> from nn.views.calls import Call
    >>> titled(Part(Call(nn.Linear(2, 3), ""), "", (3,)), "en"), titled(Part(None, "+", ()), "en")
    ('Linear 2 → 3', '+')
    """
    if part.call is None:
        return " ".join([part.label, ", ".join(part.parameters)]).strip()
    module = part.call.module
    label = getattr(module, "label", None)
    if isinstance(label, str):
        return spoken(label, lang)
    written = _ARGUMENTS.fullmatch(module.title())
    if written is None:
        return module.title()
    sizes = _sizes(module)
    if sizes and written["rest"].startswith(f"{sizes[0]}, {sizes[1]}"):
        return f"{written['name']} {sizes[0]} → {sizes[1]}{written['rest'].removeprefix(f'{sizes[0]}, {sizes[1]}')}"
    return module.title().removesuffix("()")


def _sizes(module: Module) -> tuple[int, int] | None:
    """Return how many features or channels a module takes and gives, where it says so."""
    for kind in ("features", "channels"):
        sizes = getattr(module, f"in_{kind}", None), getattr(module, f"out_{kind}", None)
        if all(isinstance(each, int) for each in sizes):
            return sizes  # type: ignore[return-value]
    return None


def _says_width(part: Part) -> bool:
    """Tell whether the title says the shape of the result, but for the samples."""
    features = getattr(part.call.module, "out_features", None) if part.call else None
    return features is not None and len(part.shape) <= 2 and part.shape[-1:] == (features,)


def _shared(paths: Sequence[Sequence[str]]) -> list[str]:
    """Return what all paths begin with."""
    steps = [set(step) for step in zip(*paths, strict=False)]
    return [min(step) for step in takewhile(lambda step: len(step) == 1, steps)]


def counted(count: int, key: str, lang: str) -> str:
    """Return a count and what is counted, of which the message has the singular and the plural.

    Examples
    --------
    >>> counted(1, "views.samples", "en"), counted(2, "views.samples", "es")
    ('1 sample', '2 ejemplos')
    """
    one, many = message(key, lang).split("|")
    return f"{drawing.grouped(count)} {one if count == 1 else many}"
