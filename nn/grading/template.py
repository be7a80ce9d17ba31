"""A task and a right solution to begin from: two files that grade as right as they stand."""

from __future__ import annotations

import os
from pathlib import Path

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import write_file
from nn.messages import message

TASK = """\
{task}
{seeded}
#     def task(seed):
#         return nn.exercise((2, 3, 1), seed=seed)
import nn

model = nn.MLP.from_weights(
    [[[0.1, 0.3], [-0.2, 0.4], [0.5, -0.6]], [[0.2, -0.1, 0.3]]],
    [[0.1, 0.0, -0.1], [0.05]],
    activation="relu",
    output_activation="sigmoid",
)
x, y = [1.0, 2.0], [1.0]
loss = nn.HalfSSELoss()

{required}
required = ["delta2", "dW2", "db2", "delta1", "dW1", "db1"]
"""

HAND = """\
{hand}
{names}
{grade}
import numpy as np


def hand(x, y, W2, a1, a2, sp1, sp2):
    delta2 = (a2 - y) * sp2
    delta1 = W2.T @ delta2 * sp1
    return {{
        "delta2": delta2,
        "dW2": np.outer(delta2, a1),
        "db2": delta2,
        "delta1": delta1,
        "dW1": np.outer(delta1, x),
        "db1": delta1,
    }}
"""

FILES = {"task.py": TASK, "hand.py": HAND}
_COMMENTS = ("task", "seeded", "required", "hand", "names", "grade")


def write_template(folder: Path, lang: str = "en") -> list[Path]:
    """Write task.py and hand.py into a folder that exists.

    Raises
    ------
    ArgumentError
        When one of them is there already: then neither is written.
    """
    paths = [folder / name for name in FILES]
    there = [path for path in paths if os.path.lexists(path)]
    if there:
        what = message("homework.is_there", lang, got=str(there[0]))
        raise ArgumentError(what, message("homework.other_folder", lang))
    comments = {name: f"# {message(f'homework.template_{name}', lang)}" for name in _COMMENTS}
    return [write_file(path, text.format(**comments)) for path, text in zip(paths, FILES.values(), strict=True)]
