"""An exercise on paper: what is given, what is to be computed, and the solution, as text, in Markdown and in LaTeX."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_lite.matrices import Laid, beside, matrix, superscript
from autograd_lite.writing import to_ascii, wrapped
from nn.formulas import SQUARES, Matrices, spoken
from nn.messages import message
from nn.record import BackpropRecord
from nn.telling import tex
from nn.telling.latex import DOCUMENT
from nn.telling.latex import matrix as tex_matrix
from nn.telling.parts import Matrix

Given = list[tuple[str, NDArray[Any]]]

# Separates formulas from prose in a sentence; no message holds it.
_FORMULA = "\0"


def text(record: BackpropRecord, seed: int, lang: str, *, columns: int = 80, plain: bool = False) -> str:
    """Return the exercise as text for a terminal."""
    written = _joined(_statement(record, seed, _Text(lang, columns)))
    return to_ascii(written) if plain else written


def markdown(record: BackpropRecord, seed: int, solution: bool, lang: str) -> str:
    """Return the exercise in Markdown; the solution is text in a code block."""
    page = _Markdown(lang)
    parts = [*_statement(record, seed, page)]
    if solution:
        parts += [[f"## {page.says('exercise.solution')}"], ["```text", record.text(lang=lang), "```"]]
    return _joined(parts) + "\n"


def latex(record: BackpropRecord, seed: int, solution: bool, standalone: bool, lang: str) -> str:
    """Return the exercise in LaTeX, as a part for a document that loads amsmath, or as a whole one."""
    page = _Latex(lang)
    parts = [*_statement(record, seed, page)]
    if solution:
        parts += [[rf"\subsection*{{{page.says('exercise.solution')}}}"], [record.to_latex(lang=lang)]]
    written = _joined(parts).rstrip() + "\n"
    return DOCUMENT % written if standalone else written


class _Page(ABC):
    """How sentences, formulas, headings and lists are written; every kind of page says how it does."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def says(self, key: str, *, formulas: dict[str, str] | None = None, **values: object) -> str:
        """Return a message, with values as prose and formulas as formulas."""
        marked = {name: f"{_FORMULA}{formula}{_FORMULA}" for name, formula in (formulas or {}).items()}
        parts = message(key, self.lang, **values, **marked).split(_FORMULA)
        return "".join(self.formula(part) if place % 2 else self.prose(part) for place, part in enumerate(parts))

    def prose(self, words: str) -> str:
        return words

    def formula(self, formula: str) -> str:
        return formula

    @abstractmethod
    def heading(self, words: str) -> list[str]:
        """Return a heading."""

    def paragraph(self, words: str) -> list[str]:
        return [words]

    def introducing(self, words: str, body: list[str]) -> list[str]:
        """Return a sentence and what it introduces."""
        return [*self.paragraph(words), "", *body]

    @abstractmethod
    def formulas(self, rows: list[list[str]]) -> list[str]:
        """Return rows of formulas, apart from the prose."""

    @abstractmethod
    def arrays(self, rows: list[Given]) -> list[str]:
        """Return rows of names with their numbers, apart from the prose."""

    def tasks(self, items: list[str]) -> list[str]:
        return [f"{number}. {item}" for number, item in enumerate(items, 1)]


class _Text(_Page):
    def __init__(self, lang: str, columns: int) -> None:
        super().__init__(lang)
        self.columns = columns

    def heading(self, words: str) -> list[str]:
        return [words]

    def paragraph(self, words: str) -> list[str]:
        return wrapped(words, self.columns)

    def formulas(self, rows: list[list[str]]) -> list[str]:
        return ["  " + ",  ".join(row) for row in rows]

    def arrays(self, rows: list[Given]) -> list[str]:
        lines: list[str] = []
        for row in rows:
            parts: list[Laid] = [" "]
            for place, (name, values) in enumerate(row):
                parts += [*["  "][:place], f"{name} =", matrix(values, given=True)]
            lines += [*[""][: len(lines)], *beside(*parts)]
        return lines

    def tasks(self, items: list[str]) -> list[str]:
        return [line for k, item in enumerate(items, 1) for line in wrapped(item, self.columns, f"{k}. ")]


class _Markdown(_Page):
    def formula(self, formula: str) -> str:
        return f"${tex.formula(formula).code}$"

    def heading(self, words: str) -> list[str]:
        return [f"# {words}"]

    def formulas(self, rows: list[list[str]]) -> list[str]:
        return self._displayed([[tex.formula(each).code for each in row] for row in rows])

    def arrays(self, rows: list[Given]) -> list[str]:
        return self._displayed(
            [[f"{tex.formula(name).code} = {_matrix(values)}" for name, values in row] for row in rows]
        )

    def _displayed(self, rows: list[list[str]]) -> list[str]:
        lines = [line for row in rows for line in ("", "$$", r", \qquad ".join(row), "$$")]
        return lines[1:]


class _Latex(_Markdown):
    def prose(self, words: str) -> str:
        return tex.words(words)

    def heading(self, words: str) -> list[str]:
        return [rf"\section*{{{words}}}"]

    def paragraph(self, words: str) -> list[str]:
        return [rf"\noindent {words}"]

    def introducing(self, words: str, body: list[str]) -> list[str]:
        return [*self.paragraph(words), *body]

    def tasks(self, items: list[str]) -> list[str]:
        return [r"\begin{enumerate}", *(rf"\item {item}" for item in items), r"\end{enumerate}"]

    def _displayed(self, rows: list[list[str]]) -> list[str]:
        lines = " \\\\[1ex]\n".join(r", \qquad ".join(row) for row in rows)
        return [r"\begingroup\allowdisplaybreaks", r"\begin{gather*}", lines, r"\end{gather*}", r"\endgroup"]


def _statement(record: BackpropRecord, seed: int, page: _Page) -> Iterator[list[str]]:
    yield page.heading(page.says("exercise.title", seed=seed))
    yield page.introducing(_network(record, page), page.formulas(list(_forward(record, page.lang))))
    yield page.paragraph(_loss(record, page))
    yield page.introducing(f"{page.says('exercise.given')}:", page.arrays(list(_given(record))))
    if _is_class(record):
        yield page.paragraph(page.says("exercise.label", formulas={"y": f"y = {int(record.y)}"}))
    yield page.introducing(f"{page.says('exercise.compute')}:", page.tasks(list(_tasks(record, page))))
    yield page.paragraph(" ".join(_conventions(record, page)))


def _forward(record: BackpropRecord, lang: str) -> Iterator[list[str]]:
    formulas = Matrices(len(record.layers), None)
    for layer in record.layers:
        label = "" if layer.activation == "identity" else spoken(layer.label, lang)
        yield [formulas.weighted_sum(layer.number, bias=True), formulas.activation(layer.number, label)]


def _given(record: BackpropRecord) -> Iterator[Given]:
    yield [("x", record.x)] if _is_class(record) else [("x", record.x), ("y", record.y)]
    for layer in record.layers:
        parameters = [(f"W{superscript(layer.number)}", layer.W), (f"b{superscript(layer.number)}", layer.b)]
        yield [(name, values) for name, values in parameters if values is not None]


def _network(record: BackpropRecord, page: _Page) -> str:
    sizes = "-".join(map(str, [len(record.x), *(len(layer.W) for layer in record.layers)]))
    hidden, output = (spoken(record.layers[place].label, page.lang) for place in (0, -1))
    if len(record.layers) == 1:
        return page.says("exercise.network_of_one", sizes=sizes, output=output)
    key = "exercise.network_of_two" if len(record.layers) == 2 else "exercise.network"
    return page.says(key, sizes=sizes, hidden=hidden, output=output)


def _loss(record: BackpropRecord, page: _Page) -> str:
    formulas = Matrices(len(record.layers), None)
    if _is_class(record):
        told = {"formula": formulas.cross_entropy(1), "p": formulas.probabilities(linear=True)}
        return page.says("exercise.loss_of", formulas=told)
    share = record.y.size if record.reduction == "mean" else 1
    return page.says("exercise.loss_is", formulas={"formula": formulas.squared_error(record.loss_key, share)})


def _tasks(record: BackpropRecord, page: _Page) -> Iterator[str]:
    depth = len(record.layers)
    # Each name is a formula of its own: TeX breaks lines between formulas, not at a comma inside one.
    names = f"{_FORMULA}, {_FORMULA}".join(f"{each}{superscript(k)}" for k in range(1, depth + 1) for each in "za")
    yield page.says("exercise.forward", formulas={"names": names})
    yield page.says("exercise.loss", formulas={"loss": "L"})
    for k in range(depth, 0, -1):
        index = superscript(k)
        wanted = {"delta": f"δ{index} = ∂L/∂z{index}", "weight": f"∂L/∂W{index}", "bias": f"∂L/∂b{index}"}
        if k == depth:
            yield page.says("exercise.only" if depth == 1 else "exercise.output", formulas=wanted)
        elif k == 1:
            yield page.says("exercise.last", formulas=wanted)
        else:
            yield page.says("exercise.hidden", formulas=wanted, number=k)


def _conventions(record: BackpropRecord, page: _Page) -> Iterator[str]:
    if any(layer.activation == "relu" for layer in record.layers):
        yield page.says("exercise.relu", formulas={"positive": "z > 0"})
    yield page.says("exercise.decimals")


def _joined(parts: Iterable[list[str]]) -> str:
    """Join blocks of lines, an empty line between them."""
    return "\n\n".join("\n".join(lines) for lines in parts)


def _is_class(record: BackpropRecord) -> bool:
    return record.loss_key not in SQUARES


def _matrix(values: NDArray[Any]) -> str:
    return tex_matrix(Matrix(np.asarray(values), given=True)).code
