"""The table of a model: what it says, and that looking changes nothing."""

from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, ShapeError, UsageError


def network():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(), nn.Linear(4 * 6 * 6, 10)
    )


def test_the_table_has_paths_types_shapes_and_parameters():
    rows = network().summary((2, 1, 8, 8)).rows
    assert [(row.path, row.output, row.parameters) for row in rows] == [
        ("", ("(2, 10)",), 0),
        ("0", ("(2, 4, 6, 6)",), 4 * 9 + 4),
        ("1", ("(2, 4, 6, 6)",), 8),
        ("2", ("(2, 4, 6, 6)",), 0),
        ("3", ("(2, 144)",), 0),
        ("4", ("(2, 144)",), 0),
        ("5", ("(2, 10)",), 144 * 10 + 10),
    ]
    assert rows[5].type == "Dropout(p=0.5)"


def test_it_prints_as_a_table():
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    model[0].requires_grad_(False)
    assert str(model.summary((5, 64))).splitlines() == [
        "path  type            output shape  parameters  trainable",
        "────  ──────────────  ────────────  ──────────  ─────────",
        "      Sequential()    (5, 10)                –          –",
        "   0  Linear(64, 32)  (5, 32)            2,080          0",
        "   1  ReLU()          (5, 32)                –          –",
        "   2  Linear(32, 10)  (5, 10)              330        330",
        "",
        "2,410 parameters, 330 trainable, 2,080 frozen; 19.3 kB",
    ]


def test_it_is_shown_as_a_table_in_notebooks_and_in_spanish():
    summary = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32)).summary((5, 64), lang="es")
    html = summary._repr_html_()
    assert html.count("<tr>") == 4 and "forma de la salida" in html and "2\N{NO-BREAK SPACE}144 parámetros" in html
    assert "65 números en búferes" in str(summary)
    with pytest.raises(ArgumentError):
        nn.Linear(2, 1).summary((1, 2), lang="fr")


def test_a_shared_parameter_is_counted_once():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    summary = model.summary((1, 3))
    assert summary.parameters == 9 + 3 + 9 + 3 + 3
    assert [row.parameters for row in summary.rows] == [0, 12, 12, 3]
    assert "Shared, and counted once: 0.weight = 2.weight." in str(summary)


def test_a_module_that_runs_twice_or_never_says_so():
    class Model(nn.Module):
        def __init__(self):
            self.shared = nn.ReLU()
            self.unused = nn.Linear(2, 2)

        def forward(self, x):
            self.shared(x[:1])
            return {"all": self.shared(x), "pair": (x, 1)}

    rows = Model().summary(np.ones((4, 2))).rows
    assert rows[0].output == ("all: (4, 2), pair: (4, 2), int",)
    assert rows[1].output == ("(1, 2)", "(4, 2)")
    assert rows[2].output == ()


def test_looking_changes_nothing():
    class Watched(nn.Module):
        def __init__(self):
            self.inner = network()
            self.calls = 0
            self.rng = np.random.default_rng(0)
            self.latest = self.inner[0](np.ones((1, 1, 8, 8)))

        def forward(self, x):
            self.calls += 1
            self.rng.random()
            nn.Dropout()(x)
            nn.random.generator().random()
            return self.inner(x)

    model = Watched()
    model.inner[2].eval()
    shared = nn.manual_seed(0)
    state, modes = model.state_dict(), [each.training for each in model.modules()]
    generators = [each.bit_generator.state for each in (shared, model.rng)]
    model.summary((2, 1, 8, 8))
    assert model.calls == 0 and model.latest.requires_grad
    assert [each.training for each in model.modules()] == modes
    assert [each.bit_generator.state for each in (shared, model.rng)] == generators
    assert all((model.state_dict()[name] == values).all() for name, values in state.items())
    assert all(each.grad is None for each in model.parameters())
    assert all(each._forward_hooks is None for each in model.modules())


def test_data_of_any_kind_and_several_inputs_are_passed_on():
    class Sum(nn.Module):
        def forward(self, a, b):
            return ag.asarray(a) + ag.asarray(b)

    assert Sum().summary((3, 2), np.ones(2)).rows[0].output == ("(3, 2)",)
    words = nn.Sequential(nn.Embedding(5, 3), nn.Flatten())
    assert words.summary([[0, 4], [1, 2]]).rows[0].output == ("(2, 6)",)
    assert nn.Linear(2, 1, dtype=np.float32).summary((3, 2)).parameter_bytes == 12


def test_what_does_not_fit_is_said_as_in_a_call():
    with pytest.raises(ShapeError, match=r"layer 1 \('0'\) expects \(\.\.\., 2\), got \(5, 3\)\."):
        nn.Sequential(nn.Linear(2, 1)).summary((5, 3))
    with pytest.raises(UsageError, match="got no input"):
        nn.Linear(2, 1).summary()
    with pytest.raises(ShapeError, match=r"got the shape \(0, 2\)"):
        nn.Linear(2, 1).summary((0, 2))


def test_the_rows_are_in_the_order_in_which_the_modules_run() -> None:
    rows = nn.MLP([2, 3, 4, 1]).summary((5, 2)).rows
    assert [row.path for row in rows] == [
        "",
        *[f"{name}.{k}" for k in range(3) for name in ("layers", "activations")],
    ]


def test_what_does_not_run_stays_behind_what_it_follows_in_the_model() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            self.last, self.unused, self.first = nn.Linear(3, 1), nn.ReLU(), nn.Linear(2, 3)

        def forward(self, x: Any) -> Any:
            return self.last(self.first(x))

    assert [row.path for row in Model().summary((5, 2)).rows] == ["", "first", "last", "unused"]


def test_a_shape_stands_for_indices_where_the_model_begins_with_an_embedding() -> None:
    model = nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(20, 2))
    assert model.summary((3, 5)).rows[0].output == ("(3, 2)",)
