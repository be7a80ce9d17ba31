"""A pass in LaTeX: the notes' numbers, formulas that say what the Unicode ones do, and what pdfLaTeX makes of them."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_lite.errors import ArgumentError
from nn.activations import ACTIVATIONS
from nn.formulas import NOTATIONS, SQUARES, Matrices, spoken
from nn.record import BackpropRecord
from nn.telling import tex
from nn.telling.latex import DOCUMENT
from nn.telling.symbols import symbols

# Those of LaTeX itself and of amsmath.
KNOWN_COMMANDS = {
    *(r"\begin", r"\end", r"\begingroup", r"\endgroup", r"\documentclass", r"\usepackage", r"\allowdisplaybreaks"),
    *(r"\medskip", r"\noindent", r"\par", r"\nopagebreak", r"\quad", r"\textbf", r"\text", r"\operatorname"),
    *(r"\mathrm", r"\left", r"\right", r"\frac", r"\tfrac", r"\sqrt", r"\hat", r"\sum", r"\partial", r"\odot"),
    *(r"\cdot", r"\times", r"\to", r"\top", r"\cdots", r"\vdots", r"\ddots", r"\log", r"\tanh", r"\infty"),
    *(r"\delta", r"\sigma", r"\theta", r"\varphi", r"\Phi", r"\textbackslash", r"\textasciicircum"),
    r"\textasciitilde",
}
KNOWN_ENVIRONMENTS = {"document", "align*", "bmatrix"}


def recorded(
    loss: Any, rows: tuple[int, ...] = (), sizes: tuple[int, ...] = (2, 3, 2), output: Any = None, **made: Any
) -> BackpropRecord:
    rng = np.random.default_rng(0)
    model = nn.MLP(list(sizes), made.pop("activation", "relu"), output, rng=1, **made)
    shape = (*rows, sizes[-1])
    targets = {
        nn.CrossEntropyLoss: lambda: rng.integers(0, sizes[-1], rows),
        nn.BCELoss: lambda: rng.integers(0, 2, shape),
        nn.BCEWithLogitsLoss: lambda: rng.integers(0, 2, shape),
    }
    y = targets.get(type(loss), lambda: rng.normal(size=shape).round(2))()
    return nn.backprop(model, rng.normal(size=(*rows, sizes[0])).round(2), y, loss)


class Odd_Name(nn.Module):
    label = r"50% of {a} & b\_#$^~ <Ñandú> √"

    def forward(self, z: Any) -> Any:
        return z * z


CASES: dict[str, Callable[[], BackpropRecord]] = {
    "worked": lambda: nn.backprop(*nn.worked_example()),
    "no biases": lambda: nn.backprop(*nn.worked_example("second")),
    "a batch": lambda: recorded(nn.MSELoss(), (3,), activation="tanh"),
    "cross-entropy": lambda: recorded(nn.CrossEntropyLoss(), (4,), (2, 3, 3)),
    "cross-entropy, one": lambda: recorded(nn.CrossEntropyLoss(), (), (2, 3, 3)),
    "bce": lambda: recorded(nn.BCELoss(), (3,), output="sigmoid"),
    "bce of logits": lambda: recorded(nn.BCEWithLogitsLoss("sum"), (3,), activation="silu"),
    "six wide": lambda: recorded(nn.SSELoss(), (6,), (6, 6, 6), "tanh", activation="gelu"),
    "seven wide": lambda: recorded(nn.HalfSSELoss(), (), (7, 7, 7), activation="softplus"),
    "digits": lambda: recorded(nn.CrossEntropyLoss(), (8,), (64, 32, 10)),
    "deep": lambda: recorded(nn.HalfSSELoss(), (), (2,) * 12, activation="elu(0.5)"),
    "custom loss": lambda: recorded(lambda a, y: ((a - y) ** 4).sum(), (2,), activation="leaky_relu"),
    "odd name": lambda: recorded(nn.HalfSSELoss(), (), activation=Odd_Name()),
    "huge and tiny": lambda: nn.backprop(nn.MLP([2, 2], rng=0), [1e9, -3e-12], [1, 2], nn.HalfSSELoss()),
}
VOICES = [(notation, lang) for notation in NOTATIONS for lang in ("en", "es")]


def every() -> Iterator[tuple[str, str]]:
    for case, made in CASES.items():
        record = made()
        for notation, lang in VOICES:
            yield f"{case}, {notation}, {lang}", record.to_latex(notation=notation, lang=lang)  # type: ignore[arg-type]
        yield f"{case}, 9 decimals", record.to_latex(decimals=9)


EVERY = dict(every())


def lines_of(latex: str) -> list[str]:
    """The equations, each on one line."""
    return [line.removesuffix(r" \\[1ex]") for line in latex.splitlines()]


def test_the_worked_example_reads_as_the_note() -> None:
    lines = lines_of(nn.backprop(*nn.worked_example()).to_latex())
    for line in (
        r"\noindent Layer 2 (output): sigmoid, 3 $\to$ 1",
        r"z^{2} &= W^{2} a^{1} + b^{2} = \begin{bmatrix} 0.2 & -0.1 & 0.3 \end{bmatrix} "
        r"\begin{bmatrix} 0.8000 \\ 0.6000 \\ 0.0000 \end{bmatrix} + \begin{bmatrix} 0.05 \end{bmatrix} "
        r"= \begin{bmatrix} 0.1500 \end{bmatrix}",
        r"a^{2} &= \operatorname{sigmoid}(z^{2}) = \operatorname{sigmoid} "
        r"\left( \begin{bmatrix} 0.1500 \end{bmatrix} \right) = \begin{bmatrix} 0.5374 \end{bmatrix}",
        r"L &= \tfrac{1}{2} \sum (a^{2} - y)^{2} = \tfrac{1}{2} \sum "
        r"\left( \begin{bmatrix} 0.5374 \end{bmatrix} - \begin{bmatrix} 1 \end{bmatrix} \right)^{2} = 0.1070",
        r"\sigma'(z^{1}) &= 1 \text{ if } z^{1} > 0, \text{ else } 0 = \begin{bmatrix} 1 \\ 1 \\ 0 \end{bmatrix}",
        r"\delta^{2} &= (a^{2} - y) \odot \sigma'(z^{2}) = \left( \begin{bmatrix} 0.5374 \end{bmatrix} "
        r"- \begin{bmatrix} 1 \end{bmatrix} \right) \odot \begin{bmatrix} 0.2486 \end{bmatrix}",
        r"&= \begin{bmatrix} -0.1150 \end{bmatrix}",
        r"&= \begin{bmatrix} -0.0920 & -0.0690 & 0.0000 \end{bmatrix}",
        r"\frac{\partial L}{\partial W^{1}} &= \delta^{1} x^{\top} = "
        r"\begin{bmatrix} -0.0230 \\ 0.0115 \\ 0.0000 \end{bmatrix} \begin{bmatrix} 1 & 2 \end{bmatrix} = "
        r"\begin{bmatrix} -0.0230 & -0.0460 \\ 0.0115 & 0.0230 \\ 0.0000 & 0.0000 \end{bmatrix}",
    ):
        assert line in lines


def test_the_second_note_in_spanish() -> None:
    told = nn.backprop(*nn.worked_example("second")).to_latex(notation="u-o", lang="es")
    for words in (
        r"\textbf{Propagaci\'on hacia atr\'as}",
        r"\noindent P\'erdida",
        r"\delta^{2} &= -2 (y - \hat{y}) \odot \sigma'(u^{2}) = ",
        r"\delta^{1}_{i} &= \sigma'(u^{1}_{i}) \sum_{j} \delta^{2}_{j} \theta^{2}_{ji} = ",
        r"\frac{\partial \mathrm{Err}}{\partial \theta^{1}_{ij}} &= \delta^{1}_{i} x_{j} = ",
        r"\hat{y} &= o^{2} = \operatorname{sigmoide}(u^{2})",
    ):
        assert words in told
    assert "Layer" not in told and "W^" not in told


def test_a_whole_document_or_a_part_of_one() -> None:
    record = nn.backprop(*nn.worked_example())
    document = record.to_latex(True)
    assert document == DOCUMENT % record.to_latex()
    assert re.findall(r"\\usepackage.*", document) == [r"\usepackage{amsmath}"]


def test_decimals_are_those_of_computed_numbers() -> None:
    told = nn.backprop(*nn.worked_example()).to_latex(decimals=7)
    assert r"\begin{bmatrix} -0.1149945 \end{bmatrix}" in told
    assert r"\begin{bmatrix} 0.2 & -0.1 & 0.3 \end{bmatrix}" in told


def test_large_matrices_are_abbreviated_with_their_shape() -> None:
    weights = np.arange(56.0).reshape(7, 8)
    model = nn.MLP.from_weights([weights])
    told = nn.backprop(model, np.ones(8), np.zeros(7), nn.HalfSSELoss()).to_latex()
    row = r"8 & 9 & 10 & \cdots & 15"
    dots = r"\vdots & \vdots & \vdots & \ddots & \vdots"
    whole = rf"\begin{{bmatrix}} 0 & 1 & 2 & \cdots & 7 \\ {row} \\ 16 & 17 & 18 & \cdots & 23 \\ {dots} \\ "
    assert rf"{whole}48 & 49 & 50 & \cdots & 55 \end{{bmatrix}}_{{7 \times 8}}" in told


def test_a_matrix_of_six_columns_is_whole() -> None:
    assert r"\cdots" not in CASES["a batch"]().to_latex()
    x = np.linspace(-1, 1, 36).reshape(6, 6) * 0.99999
    told = nn.backprop(nn.MLP([6, 1], rng=0), x, np.zeros((6, 1)), nn.MSELoss()).to_latex()
    assert told.splitlines()[3].count("&") == 1 + 5 * 6


def test_numbers_of_every_kind() -> None:
    assert r"1.000 \cdot 10^{9}" in EVERY["huge and tiny, z-a, en"]
    for text, code in {
        "-0.1150": "-0.1150",
        "-3.000e-12": r"-3.000 \cdot 10^{-12}",
        "-inf": r"-\infty",
        "nan": r"\mathrm{nan}",
    }.items():
        assert tex.number(text).code == code


@pytest.mark.parametrize("wrong", [{"notation": "w-x"}, {"lang": "fr"}])
def test_unknown_notations_and_languages_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="unknown"):
        nn.backprop(*nn.worked_example()).to_latex(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", EVERY)
def test_it_is_ascii_and_balanced(case: str) -> None:
    latex = EVERY[case]
    assert latex.isascii()
    open_environments: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", latex):
        if kind == "begin":
            open_environments.append(name)
        else:
            assert open_environments.pop() == name
        assert name in KNOWN_ENVIRONMENTS
    assert not open_environments
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", latex.replace(r"\\", "")):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    for line in lines_of(latex):
        assert len(re.findall(r"\\left\b", line)) == len(re.findall(r"\\right\b", line))


@pytest.mark.parametrize("case", EVERY)
def test_it_needs_amsmath_only(case: str) -> None:
    assert set(re.findall(r"\\[A-Za-z]+", EVERY[case])) <= KNOWN_COMMANDS


@pytest.mark.extra("pylatexenc")
@pytest.mark.parametrize("case", EVERY)
def test_it_is_parsed_strictly(case: str) -> None:
    latexwalker = import_module("pylatexenc.latexwalker")
    document = DOCUMENT % EVERY[case]
    nodes, start, length = latexwalker.LatexWalker(document, tolerant_parsing=False).get_latex_nodes()
    assert start == 0 and length == len(document)
    assert any(getattr(node, "environmentname", "") == "document" for node in nodes)


def formulas() -> Iterator[str]:
    """Every formula that the tables hold, for one example and for batches, with one layer and with twelve."""
    for notation in NOTATIONS.values():
        for depth, batch in ((1, None), (2, 3), (12, 3), (12, None)):
            yield from formulas_of(notation(depth, batch), depth)


def formulas_of(told: Matrices, depth: int) -> Iterator[str]:
    yield from (told.loss, "e_y", told.difference(), told.before(1))
    for linear in (False, True):
        yield told.probabilities(linear=linear)
        yield from (told.sigmoid_probability(lang, linear=linear) for lang in ("en", "es"))
    for share in (1, 8):
        yield from (told.cross_entropy(share), told.cross_entropy_delta(share))
        for key in SQUARES:
            yield from (told.squared_error(key, share), told.squared_error_delta(key, share))
        for key in ("bce", "bce_logits"):
            yield from (told.two_classes(key, share), told.two_classes_delta(key, share))
    for k in {1, depth}:
        yield from (told.weighted_sum(k, bias=bias) for bias in (False, True))
        yield from (told.general_delta(k), told.unknown_delta(k), told.weight_gradient(k), told.bias_gradient(k))
        if k < depth:
            yield told.hidden_delta(k)
        for lang in ("en", "es"):
            yield told.activation(k, "")
            for key, made in ACTIVATIONS.items():
                yield told.activation(k, spoken(made.label, lang))
                yield from (told.slope(k, each, lang) for each in (key, f"{key}(0.25)", f"{key}(1e-05)"))


FORMULAS = sorted(set(formulas()))


def test_every_sign_of_every_formula_is_known() -> None:
    assert len(FORMULAS) > 200
    for formula in FORMULAS:
        unknown = {each.text for each in symbols(formula) if each.kind == "sign"} - set(tex.SIGNS)
        assert not unknown, formula
        code = tex.formula(formula).code
        assert code.isascii() and "?" not in code
        assert set(re.findall(r"\\[A-Za-z]+", code)) <= KNOWN_COMMANDS


@pytest.mark.extra("pylatexenc")
@pytest.mark.parametrize("formula", FORMULAS)
def test_read_back_every_formula_is_the_same(formula: str) -> None:
    latex2text = import_module("pylatexenc.latex2text")
    code = tex.formula(formula).code.replace(r"\tfrac", r"\frac")
    back = latex2text.LatexNodes2Text(math_mode="text").latex_to_text(f"${code}$")
    assert unspaced(unicodedata.normalize("NFC", back)) == unspaced(linear(formula))


def linear(formula: str) -> str:
    """Write a formula with ^ and _, in the signs that the reader of LaTeX uses."""
    for kind, mark in (("<super>", "^"), ("<sub>", "_")):
        signs = "".join(each for each in set(formula) if unicodedata.decomposition(each).startswith(kind))
        if signs:
            formula = re.sub(f"([{signs}]+)", rf"{mark}\1", formula)
    formula = unicodedata.normalize("NFKC", formula.replace("½", "1/2").replace("′", "'"))
    formula = re.sub(r"(\d)e-0?(\d+)", r"\1·10^-\2", formula)
    return formula.replace("^T", "^⊤").translate(str.maketrans({"−": "-", "Σ": "∑"}))


def unspaced(text: str) -> str:
    return re.sub(r"\s", "", text.replace("⋅", "·").replace("ϕ", "φ"))


def test_names_of_the_users_own_are_spelled() -> None:
    told = EVERY["odd name, z-a, en"]
    assert r"\{a\}" in told and r"\%" in told and r"\~Nand\'u" in told


pdflatex = shutil.which("pdflatex")


@pytest.mark.skipif(pdflatex is None, reason="no pdflatex on this machine")
def test_pdflatex_takes_it_and_no_line_is_too_long(tmp_path: Path) -> None:
    assert pdflatex is not None
    marked = [f"\\typeout{{<{case}>}}\n{latex}\\clearpage\n" for case, latex in EVERY.items()]
    (tmp_path / "all.tex").write_text(DOCUMENT % "".join(marked), encoding="ascii")
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = run.stdout.decode("ascii", "replace")
    assert run.returncode == 0, log[-2000:]
    assert not re.findall(r"Overfull.*", log)
    assert all(f"<{case}>" in log.replace("\n", "") for case in EVERY)
