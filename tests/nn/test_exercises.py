"""nn.exercise: its conditions, its numbers the same everywhere, and the sheet in text, Markdown and LaTeX."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import nn
from autograd_lite.errors import ArgumentError, UsageError
from nn import recursion
from nn.exercises import search
from nn.exercises.fresh import Exercise

SIZES = [(2, 3, 1), (3, 4, 4, 2), (2, 2, 2, 2, 1)]


def forward(exercise: Exercise) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The weighted sums and outputs, by the hand formulas from the model's own numbers."""
    layers = exercise.model.layers
    weights = [layer.weight.numpy() for layer in layers]
    biases = [layer.bias.numpy() for layer in layers]
    return recursion.forward(exercise.x.numpy(), weights, biases, exercise.model.activation_names)


def is_decimal(values: np.ndarray) -> bool:
    """Whether each number is the float nearest to one of at most one decimal."""
    return all(float(each) == float(f"{each:.1f}") for each in np.ravel(values))


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_the_conditions_hold_for_two_hundred_seeds(sizes: tuple[int, ...], activation: str) -> None:
    for seed in range(200):
        exercise = nn.exercise(sizes, seed=seed, activation=activation)
        model, x, y, loss = exercise
        assert tuple(model.sizes) == sizes and isinstance(loss, nn.HalfSSELoss)
        for layer in model.layers:
            assert is_decimal(layer.weight.numpy()) and is_decimal(layer.bias.numpy())
            assert abs(layer.weight.numpy()).min() > 0 and abs(layer.weight.numpy()).max() <= 0.9
            assert abs(layer.bias.numpy()).max() <= 0.5
        assert is_decimal(x.numpy()) and abs(x.numpy()).min() > 0 and abs(x.numpy()).max() <= 3
        zs, outputs = forward(exercise)
        assert min(abs(z).min() for z in zs) > 0.05 - 1e-12
        assert abs(zs[-1]).max() <= 3 + 1e-12
        for z in zs[:-1]:
            if activation == "relu":
                assert z.min() < 0 < z.max()
            else:
                assert abs(z).max() <= (2 if activation == "tanh" else 3) + 1e-12
        assert set(y.numpy()) <= {0.0, 1.0} and (y.numpy() != outputs[-1].round()).all()
        assert all(np.abs(layer.dW).max() > 0 for layer in exercise.record.layers)


@pytest.mark.parametrize("output", ["tanh", "relu", "identity", "sigmoid", None])
@pytest.mark.parametrize("loss", ["half_sse", "sse", "mse"])
def test_every_output_has_a_slope_and_a_target_that_it_misses(output: str | None, loss: str) -> None:
    for seed in range(30):
        exercise = nn.exercise((2, 3, 2), seed=seed, output_activation=output, loss=loss)
        outputs = forward(exercise)[1]
        assert (exercise.y.numpy() != outputs[-1].round()).all() and is_decimal(exercise.y.numpy())
        assert (exercise.record.layers[-1].derivative > 0.04).all()
        assert exercise.record.loss_key == loss
        assert_allclose(exercise.record.layers[0].dW, exercise.record.by_hand().layers[0].dW, atol=1e-12)


def test_a_class_is_not_the_likeliest_one() -> None:
    for seed in range(50):
        exercise = nn.exercise((2, 3, 3), seed=seed, output_activation=None, loss="cross_entropy")
        logits = forward(exercise)[0][-1]
        label = int(exercise.y.numpy())
        assert exercise.y.shape == () and 0 <= label < 3 and logits[label] < logits.max()


def test_the_numbers_of_seed_0_are_these_on_every_platform() -> None:
    model, x, y, _ = nn.exercise(seed=0)
    assert x.tolist() == [1.0, 3.0] and y.tolist() == [1.0]
    assert model.layers[0].weight.tolist() == [[-0.9, 0.4], [-0.8, -0.1], [0.8, -0.7]]
    assert model.layers[0].bias.tolist() == [-0.1, -0.3, -0.5]
    assert model.layers[1].weight.tolist() == [[-0.8, 0.2, 0.4]]
    assert model.layers[1].bias.tolist() == [-0.5]


def test_the_solution_of_seed_0_is_the_one_worked_out_by_hand() -> None:
    record = nn.exercise(seed=0).record
    hidden, output = record.layers
    a = 1 / (1 + np.exp(0.66))
    δ = (a - 1) * a * (1 - a)
    assert_allclose(hidden.z, [0.2, -1.4, -1.8], atol=1e-12)
    assert_allclose(output.z, [-0.66], atol=1e-12)
    assert_allclose(record.loss, 0.5 * (a - 1) ** 2, rtol=1e-12)
    assert_allclose(output.dW, [[0.2 * δ, 0, 0]], atol=1e-12)
    assert_allclose(hidden.dW, [[-0.8 * δ, -2.4 * δ], [0, 0], [0, 0]], atol=1e-12)


def test_integers_are_drawn_from_the_raw_stream_evenly() -> None:
    raw = [int(np.random.PCG64(7).random_raw(3)[k]) for k in range(3)]
    draws = search.Draws(7)
    assert [draws.between(-4, 5) for _ in range(3)] == [each % 10 - 4 for each in raw]
    counts = np.bincount([draws.between(0, 9) for _ in range(20_000)], minlength=10)
    assert counts.min() > 1800 and counts.max() < 2200


def test_a_raw_integer_past_the_last_whole_round_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = search.Draws(0)
    given = iter([2**64 - 1, 2**64 - 2, 2**64 - 3])
    monkeypatch.setattr(draws, "_source", type("Source", (), {"random_raw": lambda self: next(given)})())
    assert draws.between(0, 6) == (2**64 - 3) % 7  # 2⁶⁴ = 2 (mod 7): the last two would favour 0 and 1
    assert next(given, None) is None


def test_the_same_seed_gives_the_same_exercise_and_another_one_another() -> None:
    first, again, other = (nn.exercise((3, 4, 2), seed=seed) for seed in (5, np.int64(5), 6))
    for one, two in zip(first.model.parameters(), again.model.parameters(), strict=True):
        assert_array_equal(one.numpy(), two.numpy())
    assert first.to_markdown() == again.to_markdown() != other.to_markdown()


def test_without_a_seed_the_shared_generator_chooses_one_that_is_told() -> None:
    nn.manual_seed(3)
    first = nn.exercise()
    nn.manual_seed(3)
    assert nn.exercise().seed == first.seed < 1_000_000
    assert nn.exercise().seed != first.seed
    assert nn.exercise(seed=first.seed).to_markdown() == first.to_markdown()
    assert f"exercise {first.seed}" in str(first)


def read_matrices(markdown: str) -> dict[str, np.ndarray]:
    """The matrices of a sheet, by the names before them."""
    found = re.findall(r"(\S+) = \\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", markdown)
    return {
        name: np.array([[float(cell) for cell in row.split("&")] for row in body.split(r"\\")]) for name, body in found
    }


@pytest.mark.parametrize("sizes", [*SIZES, (4, 1), (6, 6, 6)])
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_sheet_gives_back_the_numbers(sizes: tuple[int, ...], form: str) -> None:
    for seed in range(10):
        exercise = nn.exercise(sizes, seed=seed)
        read = read_matrices(exercise.to_markdown() if form == "markdown" else exercise.to_latex())
        assert_array_equal(read["x"].ravel(), exercise.x.numpy())
        assert_array_equal(read["y"].ravel(), exercise.y.numpy())
        for k, layer in enumerate(exercise.model.layers, 1):
            assert_array_equal(read[f"W^{{{k}}}"], layer.weight.numpy())
            assert_array_equal(read[f"b^{{{k}}}"].ravel(), layer.bias.numpy())
        assert len(read) == 2 + 2 * len(exercise.model.layers)


def test_the_sheet_asks_and_does_not_tell() -> None:
    exercise = nn.exercise(seed=0)
    for sheet in (exercise.to_markdown(), exercise.to_latex(), str(exercise)):
        assert "0.3407" not in sheet and "0.1481" not in sheet and "Solution" not in sheet
    for sheet in (exercise.to_markdown(solution=True), exercise.to_latex(solution=True)):
        assert "0.3407" in sheet and "-0.1481" in sheet and "Solution" in sheet


def test_a_notebook_shows_the_sheet_below_its_own_headings() -> None:
    exercise = nn.exercise(seed=2)
    assert exercise._repr_markdown_() == f"##{exercise.to_markdown()}"
    assert exercise.to_markdown().startswith("# ")


def test_the_tasks_go_back_layer_by_layer() -> None:
    tasks = [line for line in str(nn.exercise((2, 2, 2, 1), seed=0)).splitlines() if re.match(r"\d\. ", line)]
    assert [re.findall(r"δ[¹²³] =", task) for task in tasks] == [[], [], ["δ³ ="], ["δ² ="], ["δ¹ ="]]


def test_the_markdown_solution_is_the_record_in_a_code_block() -> None:
    exercise = nn.exercise(seed=4)
    solution = exercise.to_markdown(solution=True, lang="es").split("```text\n")[1]
    assert solution == exercise.record.text(lang="es") + "\n```\n"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_latex_is_ascii_and_holds_the_records(lang: str) -> None:
    exercise = nn.exercise((3, 4, 2), seed=1, loss="mse")
    part, whole = exercise.to_latex(True, lang=lang), exercise.to_latex(True, True, lang=lang)
    assert part.isascii() and whole.isascii()
    assert exercise.record.to_latex(lang=lang).rstrip() in part and part in whole
    assert re.findall(r"\\usepackage\{(.*?)\}", whole) == ["amsmath"]
    assert r"\documentclass" not in part
    assert (r"Soluci\'on" if lang == "es" else "Solution") in part


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdfLaTeX")
@pytest.mark.parametrize(
    ("sizes", "options"),
    [
        ((2, 3, 1), {}),
        ((3, 4, 3), {"output_activation": None, "loss": "cross_entropy"}),
        ((6, 6, 6, 6, 6, 6, 6), {"activation": "tanh", "loss": "mse"}),
        ((2, 1), {"lang": "es"}),
    ],
)
def test_pdflatex_sets_it_within_the_margins(sizes: tuple[int, ...], options: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sheet.tex").write_text(nn.exercise(sizes, seed=2, **options).to_latex(True, True), encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout
    assert "Overfull" not in done.stdout


def test_text_spanish_and_a_class() -> None:
    text = str(nn.exercise((2, 3, 3), seed=1, output_activation="identity", loss="cross_entropy", lang="es"))
    assert text.startswith("Propagación hacia atrás a mano: ejercicio 1\n")
    assert "p = softmax(z²)" in text and "las clases se cuentan desde 0" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_network_without_hidden_layers() -> None:
    exercise = nn.exercise((3, 1), seed=1)
    assert "without a hidden layer" in str(exercise) and "δ¹ = ∂L/∂z¹, and the gradients" in str(exercise)


def test_it_goes_where_the_worked_example_goes() -> None:
    exercise = nn.exercise(seed=9)
    assert repr(nn.backprop(*exercise)) == repr(exercise.record)
    assert nn.draw(*exercise).title == "The layers of a 2-3-1 network"


def test_a_search_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALLEST_SUM", 100)
    with pytest.raises(ArgumentError, match=r"none of 10,000 draws gave layer 1") as caught:
        nn.exercise(seed=0)
    assert "Try another seed" in str(caught.value)


@pytest.mark.parametrize("sizes", [(2,), (), (2, 0, 1), (2, 7, 1), (2, -1), (1,) * 9])
def test_impossible_sizes_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ArgumentError, match="an exercise"):
        nn.exercise(sizes)


@pytest.mark.parametrize("sizes", ["231", 3, (2, 1.5), (True, 1)])
def test_sizes_that_are_no_integers_are_refused(sizes: object) -> None:
    with pytest.raises(UsageError, match="sizes is a sequence of integers"):
        nn.exercise(sizes)  # type: ignore[arg-type]
