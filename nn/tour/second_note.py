"""The second chapter: the same network under the second lecture note's conventions, and one step of its update."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import autograd_lite as ag
from autograd_lite.matrices import number, superscript
from autograd_lite.writing import Row, write_file
from nn.examples import worked_example
from nn.optim import SGD
from nn.record import BackpropRecord, backprop
from nn.tour.comparison import AGAINST_RECURSION, DECIMALS, Quantity, rows, slopes_of_the_loss
from nn.tour.stage import Stage, difference, mark

RATE = 0.1
# Worked out by hand beforehand: the note itself has no numbers.
EXPECTED = {
    "u²": ["0.08"],
    "ŷ": ["0.5199893"],
    "δ²": ["-0.2396217"],
    "δ¹": ["-0.0479243", "0.0239622", "0.0000000"],
}


def show(stage: Stage) -> None:
    """Write the errors δ, the update of every weight, and what became of Err."""
    stage.chapter("tour.second", rate=RATE)
    model, x, y, loss = worked_example("second")
    told = backprop(model, x, y, loss)
    with ag.no_grad():
        in_weights, in_u = slopes_of_the_loss(told, loss)
    header = ["", "", *map(stage.words, ("tour.autodiff", "tour.recursion", "tour.differences", "tour.by_hand"))]
    stage.table(_errors(stage, told, in_weights, in_u), [*header, "", stage.words("tour.difference")])
    stage.writer.write()

    loss(model(x), y).backward()
    SGD(model.parameters(), lr=RATE).step()
    after = backprop(model, x, y, loss)
    titles = ["", "", "θ", "δ o", "η δ o", "θ − η δ o", "", stage.words("tour.difference")]
    stage.table(_updates(stage, told, after), titles)
    stage.writer.write()
    smaller = stage.checks.hold(stage.words("tour.err_falls"), after.loss < told.loss)
    before, now = number(told.loss, DECIMALS), number(after.loss, DECIMALS)
    stage.verdict(smaller.passed, "tour.err", before=before, after=now)
    stage.wrote(write_file(stage.out / "second_note.txt", told.text("u-o", stage.lang, columns=100) + "\n"))


def _errors(stage: Stage, told: BackpropRecord, in_weights: list[np.ndarray], in_u: list[np.ndarray]) -> Iterator[Row]:
    by_hand = told.by_hand()
    hidden, output = told.layers
    for quantity in (
        Quantity("u²", output.z, by_hand.layers[1].z),
        Quantity("ŷ", output.a, by_hand.layers[1].a),
        Quantity("δ²", output.delta, by_hand.layers[1].delta, in_u[1]),
        Quantity("δ¹", hidden.delta, by_hand.layers[0].delta, in_u[0]),
        Quantity("∂Err/∂θ²", output.dW, by_hand.layers[1].dW, in_weights[1]),
        Quantity("∂Err/∂θ¹", hidden.dW, by_hand.layers[0].dW, in_weights[0]),
        Quantity("Err", np.asarray(told.loss), np.asarray(by_hand.loss)),
    ):
        expected = EXPECTED.get(quantity.name)
        yield from rows(
            stage, Quantity(quantity.name, quantity.autodiff, quantity.recursion, quantity.differences, expected)
        )


def _updates(stage: Stage, told: BackpropRecord, after: BackpropRecord) -> Iterator[Row]:
    """Yield a row for each weight; the step was the optimizer's, what it is checked against is the recursion's."""
    for before, now, hand in zip(told.layers, after.layers, told.by_hand().layers, strict=True):
        name = f"θ{superscript(before.number)}"
        check = stage.checks.compare(f"{name} − η δ o", now.W, before.W - RATE * hand.dW, AGAINST_RECURSION)
        for at in np.ndindex(before.W.shape):
            yield [
                name if not any(at) else "",
                ",".join(str(k + 1) for k in at),
                number(before.W[at], given=True),
                number(hand.dW[at], DECIMALS),
                number(RATE * hand.dW[at], DECIMALS),
                number(now.W[at], DECIMALS),
                mark(bool(check.marks[at])),
                difference(check.largest) if not any(at) else "",
            ]
