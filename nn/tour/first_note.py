"""The first chapter: the first lecture note's network, every number of it four ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.matrices import superscript
from autograd_lite.writing import Row, style, write_file
from nn.examples import worked_example
from nn.formulas import spoken
from nn.record import backprop
from nn.tour.comparison import AGAINST_DIFFERENCES, AGAINST_RECURSION, Quantity, rows, slopes_of_the_loss
from nn.tour.stage import Stage, power_of_ten

# As the note prints them; the number of their decimals is how exactly they are known.
PRINTED: dict[str, list[Any]] = {
    "z¹": ["0.8", "0.6", "-0.8"],
    "a¹": ["0.8", "0.6", "0.0"],
    "σ′(z¹)": ["1", "1", "0"],
    "δ¹": ["-0.023", "0.0115", "0.0"],
    "∂L/∂W¹": [["-0.023", "-0.046"], ["0.0115", "0.023"], ["0", "0"]],
    "∂L/∂b¹": ["-0.023", "0.0115", "0"],
    "z²": ["0.15"],
    "a²": ["0.5374"],
    "σ′(z²)": ["0.2486"],
    "δ²": ["-0.1150"],
    "∂L/∂W²": [["-0.092", "-0.069", "0.0"]],
    "∂L/∂b²": ["-0.1150"],
}


def show(stage: Stage) -> None:
    """Write the table, and the whole derivation to a file."""
    stage.chapter(
        "tour.first",
        recursion=power_of_ten(AGAINST_RECURSION),
        differences=power_of_ten(AGAINST_DIFFERENCES),
    )
    header = ["", "", *map(stage.words, ("tour.autodiff", "tour.recursion", "tour.differences", "tour.note"))]
    stage.table(_rows(stage), [*header, "", stage.words("tour.difference")])
    stage.writer.write()
    told = backprop(*worked_example())
    text = told.text("z-a", stage.lang, columns=100)
    stage.wrote(write_file(stage.out / "first_note.txt", text + "\n"))


def _rows(stage: Stage) -> Iterator[Row]:
    model, x, y, loss = worked_example()
    told = backprop(model, x, y, loss)
    by_hand = told.by_hand()
    with ag.no_grad():
        in_weights, in_z = slopes_of_the_loss(told, loss)
    for layer, hand, dW, dz in zip(told.layers, by_hand.layers, in_weights, in_z, strict=True):
        k = superscript(layer.number)
        yield style(stage.words("tour.layer", number=layer.number, activation=spoken(layer.label, stage.lang)), "bold")
        assert layer.derivative is not None and hand.derivative is not None and layer.db is not None
        for quantity in (
            Quantity(f"z{k}", layer.z, hand.z),
            Quantity(f"a{k}", layer.a, hand.a),
            Quantity(f"σ′(z{k})", layer.derivative, hand.derivative),
            Quantity(f"δ{k}", layer.delta, hand.delta, dz),
            Quantity(f"∂L/∂W{k}", layer.dW, hand.dW, dW),
            Quantity(f"∂L/∂b{k}", layer.db, hand.db, dz),
        ):
            yield from rows(stage, replace(quantity, printed=PRINTED[quantity.name]))
    yield style(stage.words("record.loss"), "bold")
    yield from rows(stage, Quantity("L", np.asarray(told.loss), np.asarray(by_hand.loss)))
