"""The benchmark on the digits: what it trains, counts and says."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import digits
from tests.benchmarks.digits import RECIPES, Fold, Outcome, Part, Recipe


@pytest.fixture(scope="module")
def few() -> Part:
    x, y = digits.images_and_labels()
    return x[:160], y[:160]


def outcome(name: str, *wrong: int) -> Outcome:
    return Outcome(RECIPES[name], 5, [Fold(200, each, 1.25, 1000) for each in wrong])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("mlp", 64 * 256 + 256 * 256 + 256 * 10 + 10 + 2 * (256 + 256)),
        ("cnn", 9 * (1 * 16 + 16 * 16 + 16 * 32 + 32 * 32) + 2 * (16 + 16 + 32 + 32) + 128 * 10 + 10),
    ],
)
def test_a_network_has_the_size_that_is_said(name: str, parameters: int, few: Part):
    recipe = RECIPES[name]
    model = recipe.build(np.random.default_rng(0))
    assert sum(each.size for each in model.parameters()) == parameters < recipe.parameters_below
    prediction = model(few[0][:4])
    assert prediction.shape == (4, 10) and prediction.dtype == np.float32


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_fold_counts_the_images_held_out_that_its_network_takes_for_another_digit(recipe: Recipe, few: Part):
    (x, y), (x_test, y_test) = (few[0][:100], few[1][:100]), (few[0][100:], few[1][100:])
    fold = digits.measured(recipe, (x, y), (x_test, y_test), 1, np.random.default_rng(0))
    model = digits.trained(recipe, x, y, 1, np.random.default_rng(0)).eval()
    predicted = model((x_test - x.mean()) / x.std()).numpy().argmax(axis=1)
    assert (fold.images, fold.wrong) == (60, sum(predicted != y_test))
    assert fold.accuracy == pytest.approx(np.mean(predicted == y_test))


def test_every_image_is_held_out_once(few: Part):
    folds = list(digits.folds_of(RECIPES["mlp"], few, 2, 1, 0))
    assert sum(fold.images for fold in folds) == len(few[1])


def test_one_seed_gives_one_result(few: Part):
    first, second = ([f.wrong for f in digits.folds_of(RECIPES["mlp"], few, 2, 2, 3)] for _ in range(2))
    assert first == second


def test_without_distortion_an_image_stays_as_it_is(few: Part, monkeypatch: pytest.MonkeyPatch):
    for name in ("DEGREES", "SCALE", "SHEAR", "PIXELS"):
        monkeypatch.setattr(digits, name, 0.0)
    np.testing.assert_array_equal(digits.distorted(few[0], np.random.default_rng(0)), few[0])


def test_a_shift_by_half_a_pixel_is_the_mean_of_neighbours_and_white_outside(few: Part):
    y, x = np.meshgrid(np.arange(8, dtype=np.float32), np.arange(8, dtype=np.float32) + 0.5, indexing="ij")
    each = np.ones((len(few[0]), 1, 1), np.float32)
    image = few[0][:, 0]
    expected = (image + np.pad(image, ((0, 0), (0, 0), (0, 1)))[:, :, 1:]) / 2
    np.testing.assert_allclose(digits._sampled(few[0], y * each, x * each)[:, 0], expected, atol=1e-7)
    assert not digits._sampled(few[0], (y + 9) * each, (x - 20) * each).any()


def test_distortions_are_small_and_never_twice_the_same(few: Part):
    rng = np.random.default_rng(0)
    once, again = digits.distorted(few[0], rng), digits.distorted(few[0], rng)
    assert once.shape == few[0].shape and once.dtype == np.float32
    assert 0 < np.abs(once - few[0]).mean() < 0.15
    assert not np.array_equal(once, again)


def test_the_tables_hold_every_fold_and_what_they_come_to():
    outcomes = [outcome("mlp", 2, 6), outcome("cnn", 3, 0)]
    assert digits.folds_table(outcomes)[1:3] == [
        ["MLP", "1", "200", "2", "99.00%", "1.2"],
        ["MLP", "2", "200", "6", "97.00%", "1.2"],
    ]
    assert digits.models_table(outcomes)[1:] == [
        ["MLP", "1,000", "5", "98.00%", "97.00%", "99.00%", "8 of 400", "2", "≥ 98%"],
        ["CNN", "1,000", "5", "99.25%", "98.50%", "100.00%", "3 of 400", "2", "≥ 99%"],
    ]
    assert digits.verdict(outcomes) == "MLP met: 98.00% ≥ 98%; CNN met: 99.25% ≥ 99%"


def test_a_mean_below_the_goal_is_a_miss():
    missed = outcome("cnn", 1, 4)
    assert not missed.met
    assert digits.verdict([missed]) == "CNN missed: 98.75% < 99%"


@pytest.mark.parametrize(("goal", "code", "said"), [(1.01, 1, "MLP missed: "), (0.0, 0, "MLP met: ")])
def test_the_command_prints_the_tables_and_its_exit_code_says_whether_the_goal_was_met(
    goal: float,
    code: int,
    said: str,
    few: Part,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(digits, "images_and_labels", lambda: few)
    monkeypatch.setitem(RECIPES, "mlp", Recipe("MLP", digits.mlp, 60, goal, 200_000))
    assert digits.main(["--model", "mlp", "--folds", "2", "--epochs", "1"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == digits.folds_table([])[0]
    assert lines[-1].startswith(said)


def test_the_kept_page_says_what_was_run_and_names_no_place(tmp_path: Path):
    page = tmp_path / "page.md"
    digits.keep([outcome("mlp", 2, 6), outcome("cnn", 3, 0)], 7, "0.1", page)
    text = page.read_text(encoding="utf-8")
    assert f"NumPy {np.__version__}" in text and "400 images of 8×8 pixels, 2 stratified folds, seed 7" in text
    assert "| MLP | 1,000 | 5 | 98.00% | 97.00% | 99.00% | 8 of 400 | 2 | ≥ 98% |" in text
    assert "| CNN | 2 | 200 | 0 | 100.00% | 1.2 |" in text
    assert str(Path.cwd()) not in text and str(tmp_path) not in text


@pytest.mark.parametrize("options", [["--folds", "1"], ["--epochs", "0"], ["--seed", "-1"], ["--model", "rnn"]])
def test_impossible_options_are_refused(options: list[str]):
    with pytest.raises(SystemExit):
        digits.parse(options)
