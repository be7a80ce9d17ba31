"""python -m tests.benchmarks.digits: what an MLP and a small CNN reach on the handwritten digits, by cross-validation.

Every image is predicted once, by a network that did not see it; one recipe holds for all folds.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd_lite as ag
import nn
from autograd_lite.writing import Writer, write_file
from tests.benchmarks.machine import describe, load
from tests.benchmarks.report import Rows, as_markdown

PAGE = Path(__file__).with_name("DIGITS.md")
HOW_TO_READ = """\
Each image is predicted once, by a network trained on the other folds. What is compared with the goal is the mean over
the folds. The same hyperparameters hold for every fold; they were found by trying, on folds drawn with seeds 1 and 2.
Images by one hand are in several folds: the figures are for writers whose hand was seen, not for new ones."""

Images = NDArray[np.float32]
Part = tuple[Images, NDArray[np.int64]]

BATCH = 64
MAX_RATE = 0.1
MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
SMOOTHING = 0.1

DEGREES = 8.0
SCALE = 0.08
SHEAR = 0.1
PIXELS = 0.5
# White pixels around an image, so that what comes in from outside is white.
MARGIN = 2


@dataclass(frozen=True)
class Recipe:
    """A network, how long it is trained, and what mean accuracy it is to reach with fewer than so many parameters."""

    name: str
    build: Callable[[np.random.Generator], nn.Sequential]
    epochs: int
    goal: float
    parameters_below: int


@dataclass(frozen=True)
class Fold:
    """How many of the images that were held out one network took for another digit."""

    images: int
    wrong: int
    seconds: float
    parameters: int

    @property
    def accuracy(self) -> float:
        return 1 - self.wrong / self.images


@dataclass(frozen=True)
class Outcome:
    """One recipe's folds, with the epochs that each was trained for."""

    recipe: Recipe
    epochs: int
    folds: list[Fold]

    @property
    def mean(self) -> float:
        return float(np.mean([fold.accuracy for fold in self.folds]))

    @property
    def met(self) -> bool:
        return self.mean >= self.recipe.goal


def mlp(rng: np.random.Generator) -> nn.Sequential:
    """64-256-256-10, with batch normalisation and dropout."""
    return nn.Sequential(nn.Flatten(), *_dense(64, 256, rng), *_dense(256, 256, rng), _last(256, rng))


def cnn(rng: np.random.Generator) -> nn.Sequential:
    """Two convolutions to 16 channels, 8×8; two to 32, 4×4; one linear layer on what remains, 2×2."""
    return nn.Sequential(
        *_convolution(1, 16, rng),
        *_convolution(16, 16, rng),
        nn.MaxPool2d(2),
        *_convolution(16, 32, rng),
        *_convolution(32, 32, rng),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3, rng=rng),
        _last(4 * 32, rng),
    )


def _dense(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    linear = nn.Linear(inputs, outputs, bias=False, dtype=np.float32, rng=rng)
    return [linear, nn.BatchNorm1d(outputs, dtype=np.float32), nn.ReLU(), nn.Dropout(0.2, rng=rng)]


def _convolution(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False, dtype=np.float32, rng=rng)
    return [convolution, nn.BatchNorm2d(outputs, dtype=np.float32), nn.ReLU()]


def _last(inputs: int, rng: np.random.Generator) -> nn.Linear:
    return nn.Linear(inputs, 10, dtype=np.float32, rng=rng)


RECIPES = {
    "mlp": Recipe("MLP", mlp, epochs=60, goal=0.98, parameters_below=200_000),
    "cnn": Recipe("CNN", cnn, epochs=30, goal=0.99, parameters_below=100_000),
}


def distorted(images: Images, rng: np.random.Generator) -> Images:
    """Turn, stretch, slant and shift each image a little, as another stroke of the same hand might.

    The grey at the pixel p is that at A p + t before, between pixels interpolated linearly, with p counted from the
    middle and A, t drawn for each image.
    """
    count, _, height, width = images.shape

    def drawn(most: float) -> Images:
        return rng.uniform(-most, most, (count, 1, 1)).astype(np.float32)

    y, x = np.meshgrid(_from_middle(height), _from_middle(width), indexing="ij")
    angle, slant = np.deg2rad(drawn(DEGREES)), drawn(SHEAR)
    cos, sin = np.cos(angle), np.sin(angle)
    rows = (1 + drawn(SCALE)) * (cos * y + sin * x) + drawn(PIXELS)
    columns = (1 + drawn(SCALE)) * (cos * x - sin * y + slant * y) + drawn(PIXELS)
    return _sampled(images, rows + (height - 1) / 2, columns + (width - 1) / 2)


def _from_middle(size: int) -> Images:
    return np.arange(size, dtype=np.float32) - (size - 1) / 2


def _sampled(images: Images, rows: Images, columns: Images) -> Images:
    """Read the images at places between pixels; it is white outside."""
    _, _, height, width = images.shape
    padded = np.pad(images[:, 0], ((0, 0), (MARGIN, MARGIN + 1), (MARGIN, MARGIN + 1)))
    rows = np.clip(rows + MARGIN, 0, height - 1 + 2 * MARGIN)
    columns = np.clip(columns + MARGIN, 0, width - 1 + 2 * MARGIN)
    i, j = rows.astype(int), columns.astype(int)
    a, b = rows - i, columns - j
    each = np.arange(len(images))[:, np.newaxis, np.newaxis]
    upper = (1 - b) * padded[each, i, j] + b * padded[each, i, j + 1]
    lower = (1 - b) * padded[each, i + 1, j] + b * padded[each, i + 1, j + 1]
    sampled: Images = ((1 - a) * upper + a * lower).astype(np.float32)[:, np.newaxis]
    return sampled


def trained(recipe: Recipe, x: Images, y: Any, epochs: int, rng: np.random.Generator) -> nn.Sequential:
    """Return the recipe's network, trained on images that are distorted anew in every epoch."""
    middle, spread = x.mean(), x.std()

    def transform(x: Images, y: Any, rng: np.random.Generator) -> tuple[Images, Any]:
        return (distorted(x, rng) - middle) / spread, y

    model = recipe.build(rng)
    # Without the last, smaller batch: of one image alone there are no statistics to normalise with.
    batches = nn.DataLoader(x, y, batch_size=BATCH, shuffle=True, drop_last=True, rng=rng, transform=transform)
    optimizer = nn.optim.SGD(
        model.parameters(), lr=MAX_RATE, momentum=MOMENTUM, nesterov=True, weight_decay=WEIGHT_DECAY
    )
    schedule = nn.schedule.OneCycleLR(optimizer, max_lr=MAX_RATE, epochs=epochs, steps_per_epoch=len(batches))
    loss = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    nn.fit(model, batches, loss=loss, optimizer=optimizer, epochs=epochs, schedule=schedule, progress=False)
    return model


def measured(recipe: Recipe, train: Part, held_out: Part, epochs: int, rng: np.random.Generator) -> Fold:
    """Train on one part of the images and count what is wrong on the other."""
    (x, y), (x_test, y_test) = train, held_out
    start = time.perf_counter()
    model = trained(recipe, x, y, epochs, rng)
    seconds = time.perf_counter() - start
    standard = (x_test - x.mean()) / x.std()
    found = nn.evaluate(model, standard, y_test, nn.CrossEntropyLoss(), metrics={"wrong": _wrong})
    return Fold(len(y_test), int(found.metrics["wrong"]), seconds, sum(each.size for each in model.parameters()))


def _wrong(prediction: Any, labels: Any) -> int:
    return int(np.sum(prediction.argmax(axis=1) != labels))


def folds_of(recipe: Recipe, data: Part, folds: int, epochs: int, seed: int) -> Iterator[Fold]:
    """Give one fold after another, each with as many images of each digit as the others, give or take one."""
    for number, (train, held_out) in enumerate(nn.k_fold(*data, k=folds, stratify=True, rng=seed)):
        yield measured(recipe, train, held_out, epochs, np.random.default_rng([seed, number]))


def images_and_labels() -> Part:
    """Return the shipped digits as single-channel images in float32."""
    digits = nn.datasets.load_digits()
    return digits.images.reshape(-1, 1, 8, 8).astype(np.float32), digits.labels


def folds_table(outcomes: Sequence[Outcome]) -> Rows:
    """A row a fold."""
    rows = [["model", "fold", "images", "wrong", "accuracy", "seconds"]]
    for outcome in outcomes:
        for number, fold in enumerate(outcome.folds, 1):
            figures = [str(fold.images), str(fold.wrong), _percent(fold.accuracy), f"{fold.seconds:.1f}"]
            rows.append([outcome.recipe.name, str(number), *figures])
    return rows


def models_table(outcomes: Sequence[Outcome]) -> Rows:
    """A row a model: what all of its folds come to."""
    rows = [["model", "parameters", "epochs", "mean", "least", "greatest", "wrong", "seconds", "goal"]]
    for outcome in outcomes:
        folds, accuracies = outcome.folds, [fold.accuracy for fold in outcome.folds]
        wrong = f"{sum(fold.wrong for fold in folds)} of {sum(fold.images for fold in folds):,}"
        shares = [_percent(share) for share in (outcome.mean, min(accuracies), max(accuracies))]
        seconds, goal = f"{sum(fold.seconds for fold in folds):.0f}", f"≥ {outcome.recipe.goal:.0%}"
        size = f"{folds[0].parameters:,}"
        rows.append([outcome.recipe.name, size, str(outcome.epochs), *shares, wrong, seconds, goal])
    return rows


def verdict(outcomes: Sequence[Outcome]) -> str:
    """Say of each goal whether it was met."""
    said = []
    for each in outcomes:
        met, sign = ("met", "≥") if each.met else ("missed", "<")
        said.append(f"{each.recipe.name} {met}: {_percent(each.mean)} {sign} {each.recipe.goal:.0%}")
    return "; ".join(said)


def _percent(share: float) -> str:
    return f"{share:.2%}"


def keep(outcomes: Sequence[Outcome], seed: int, load_before: str, page: Path = PAGE) -> None:
    """Write the page of this run."""
    images = sum(fold.images for fold in outcomes[0].folds)
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "not set")
    run = f"{images:,} images of 8×8 pixels, {len(outcomes[0].folds)} stratified folds, seed {seed}, float32"
    lines = ["# Digits: the last run", ""]
    lines += [describe([f"NumPy {np.__version__}", f"autograd-lite {ag.__version__}"], load_before), ""]
    lines += [f"{run}; OPENBLAS_NUM_THREADS {threads}.", ""]
    lines += [HOW_TO_READ, ""]
    lines += [f"- {each.recipe.name}: {each.recipe.build.__doc__}" for each in outcomes]
    lines += ["", as_markdown(models_table(outcomes)), "", "## Folds", "", as_markdown(folds_table(outcomes))]
    write_file(page, "\n".join([*lines, "", f"**{verdict(outcomes)}.**", ""]))


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    about = "What an MLP and a small CNN reach on the handwritten digits, by cross-validation."
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.digits", description=about)
    parser.add_argument("--model", choices=[*RECIPES, "all"], default="all")
    parser.add_argument("--folds", type=int, default=5, help="how many parts the images are in")
    parser.add_argument("--seed", type=int, default=0, help="draws the folds, the first weights and the distortions")
    parser.add_argument("--epochs", type=int, help="how long to train, instead of what the recipe says")
    parser.add_argument("--keep", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args(arguments)
    for name, least in (("folds", 2), ("seed", 0), ("epochs", 1)):
        value = getattr(options, name)
        if value is not None and value < least:
            parser.error(f"--{name} must be at least {least}, got {value}.")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and test, print the tables, and return 1 when a goal was missed."""
    options, load_before = parse(arguments), load()
    data, outcomes = images_and_labels(), []
    for name in RECIPES if options.model == "all" else [options.model]:
        recipe = RECIPES[name]
        outcome = Outcome(recipe, options.epochs or recipe.epochs, [])
        for fold in folds_of(recipe, data, options.folds, outcome.epochs, options.seed):
            outcome.folds.append(fold)
            place = f"{recipe.name}, fold {len(outcome.folds)} of {options.folds}"
            print(f"{place}: {fold.wrong} of {fold.images} wrong, {fold.seconds:.1f} s", file=sys.stderr, flush=True)
        outcomes.append(outcome)
    writer = Writer()
    for header, *rows in (folds_table(outcomes), models_table(outcomes)):
        writer.table(rows, header)
        writer.write()
    writer.write(verdict(outcomes))
    if options.keep:
        keep(outcomes, options.seed, load_before)
    return 0 if all(outcome.met for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
