"""The fourth chapter: a network trained on real images, its gradients checked against the hand formulas afterwards."""

from __future__ import annotations

import sys

import numpy as np

from autograd_lite.matrices import superscript
from autograd_lite.messages import percent
from autograd_lite.writing import Row
from nn.datasets import load_digits
from nn.losses import CrossEntropyLoss
from nn.mlp import MLP
from nn.optim import Adam
from nn.passes import Pass
from nn.record import backprop
from nn.tour.stage import Stage, difference, mark
from nn.training import fit
from nn.views.network import draw

SEED = 7
EPOCHS = 40
RATE = 0.003
HELD_OUT = 0.2
WANTED_ACCURACY = 0.97
BATCH = 32
# The least and the most over twelve seeds.
USUAL = (0.96, 0.98)
ALLOWED = 1e-9


def show(stage: Stage) -> None:
    """Train, check every parameter's gradient on one batch, and draw the network and its loss curve."""
    digits = load_digits()
    train, test = digits.split(HELD_OUT, rng=SEED)
    low, high = (percent(share, 0, stage.lang) for share in USUAL)
    counts = {"count": len(digits.labels), "train": len(train.labels), "test": len(test.labels)}
    stage.chapter("tour.digits", low=low, high=high, **counts)

    model, loss = MLP([64, 32, 10], activation="relu", rng=SEED), CrossEntropyLoss()
    watched = sys.stderr is not None and sys.stderr.isatty()
    history = fit(
        model,
        *train,
        loss=loss,
        optimizer=Adam(model.parameters(), lr=RATE),
        epochs=EPOCHS,
        rng=SEED,
        validation=test,
        progress=watched,
    )
    if history.stopped is not None:  # by Ctrl-C, which fit answers with the best model so far
        raise KeyboardInterrupt
    accuracy = history.validation_accuracy[-1]
    good = stage.checks.hold(
        stage.words("tour.accuracy_check", wanted=percent(WANTED_ACCURACY, 0, stage.lang)), accuracy >= WANTED_ACCURACY
    )
    stage.line(
        "tour.trained",
        epochs=EPOCHS,
        seconds=f"{history.seconds:.1f}",
        first=f"{history.loss[0]:.3f}",
        last=f"{history.loss[-1]:.3f}",
    )
    right = round(accuracy * len(test.labels))
    stage.verdict(
        good.passed, "tour.accuracy", accuracy=percent(accuracy, 1, stage.lang), right=right, count=len(test.labels)
    )
    stage.writer.write()

    x, y = train.images[:BATCH], train.labels[:BATCH]
    told = backprop(model, x, y, loss)
    parameters = sum(each.size for each in model.parameters())
    stage.paragraph(stage.words("tour.digits_gradients", parameters=parameters, batch=BATCH))
    titles = [stage.words(key) for key in ("tour.gradient", "tour.shape", "tour.norm", "tour.difference")]
    stage.table(_rows(stage, told), [*titles, ""])
    stage.writer.write()
    stage.picture(draw(model, x, y, loss, view="layers"), "digits_network.svg", "digits_network.png")
    curve = history.draw(title=stage.words("tour.curve"), lang=stage.lang)
    stage.wrote(curve.render(stage.out / "digits_loss.svg"))


def _rows(stage: Stage, told: Pass) -> list[Row]:
    rows: list[Row] = []
    for layer, hand in zip(told.layers, told.by_hand().layers, strict=True):
        k = superscript(layer.number)
        for name, found, expected in ((f"∂L/∂W{k}", layer.dW, hand.dW), (f"∂L/∂b{k}", layer.db, hand.db)):
            assert found is not None
            check = stage.checks.compare(f"{name}, {stage.words('tour.digits_name')}", found, expected, ALLOWED)
            shape = "×".join(map(str, found.shape))
            rows.append([name, shape, f"{np.linalg.norm(found):.4f}", difference(check.largest), mark(check.passed)])
    return rows
