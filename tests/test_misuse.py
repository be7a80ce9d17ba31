"""Misuse: what people do by mistake, and the two lines that answer it.

The tables are in tests/misuse/, one file a subject. A row is a name, code, and the error that its last statement
raises: its class, and on two lines what is wrong and how to mend it. Code before the first name belongs to every row
of its file.
"""

import ast
import math
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite import errors
from autograd_lite.errors import AutogradError, UnknownNameError, UsageError
from tests.conftest import ROOT

LONGEST_LINE = 160
PROMPTS = (">>> ", "... ")


class Row(NamedTuple):
    """One way of going wrong."""

    name: str
    code: str
    error: str
    message: str


def rows(table: Path) -> Iterator[Row]:
    """Read a table."""
    given = ""
    for block in table.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = [line.strip() for line in block.split("\n")]
        code = "\n".join(line[4:] for line in lines if line.startswith(PROMPTS))
        if lines[0].startswith(PROMPTS):
            given = code + "\n"
            continue
        answer = "\n".join(line for line in lines[1:] if not line.startswith(PROMPTS))
        error, _, message = answer.partition(": ")
        yield Row(f"{table.stem}: {lines[0]}", given + code, error, message)


TABLE = [row for table in sorted((ROOT / "tests" / "misuse").glob("*.txt")) for row in rows(table)]


def run(code: str) -> dict[str, Any]:
    """Run code with the names under which users know the packages."""
    names: dict[str, Any] = {"np": np, "ag": ag, "nn": nn, "math": math, "__name__": "misuse"}
    exec(compile(code, "misuse", "exec"), names)
    return names


def first_line_of_the_last_statement(code: str) -> int:
    """Return its number; a decorator belongs to the function below it."""
    last = ast.parse(code).body[-1]
    return min([last.lineno, *(each.lineno for each in getattr(last, "decorator_list", ()))])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_misuse_is_answered_in_two_lines(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AutogradError) as caught:
        run(row.code)
    assert (type(caught.value).__name__, str(caught.value)) == (row.error, row.message)
    raised_in = next(entry.lineno for entry in traceback.extract_tb(caught.tb) if entry.filename == "misuse")
    assert raised_in is not None and raised_in >= first_line_of_the_last_statement(row.code)
    assert not list(tmp_path.iterdir())


def test_every_message_is_two_short_lines_of_a_public_error() -> None:
    for row in TABLE:
        lines = row.message.split("\n")
        assert issubclass(getattr(errors, row.error), AutogradError), row
        assert len(lines) == 2 and all(line.strip() and len(line) <= LONGEST_LINE for line in lines), row


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)


# What looks wrong elsewhere, and works here.
WORKS = {
    "an attribute set before super().__init__()": """
        class Model(nn.Module):
            def __init__(self):
                self.layer = nn.Linear(2, 1)
                super().__init__()
        assert len(list(Model().parameters())) == 2
    """,
    "no super().__init__() at all": """
        class Model(nn.Module):
            def __init__(self):
                self.layer = nn.Linear(2, 1)
        assert len(list(Model().parameters())) == 2
    """,
    "layers in a plain list": """
        class Model(nn.Module):
            def __init__(self):
                self.layers = [nn.Linear(2, 2), {"last": nn.Linear(2, 1)}]
        assert len(list(Model().parameters())) == 4
    """,
    "lists and integers as data": """
        assert nn.Linear(2, 3)([1, 2]).shape == (3,)
    """,
    "float() and np.asarray() once the graph is freed": """
        w = ag.tensor(3.0, requires_grad=True)
        loss = w * w
        loss.backward()
        assert float(loss) == math.sqrt(loss) ** 2 == np.asarray(loss)
    """,
    "printing what requires a gradient": """
        w = ag.tensor(3.0, requires_grad=True)
        assert f"{w * w:.1f} {w}" == "9.0 tensor(3., requires_grad=True)"
    """,
    "if on one element": """
        assert ag.tensor([[1.0]], requires_grad=True) > 0
    """,
    "an array that changes after ag.tensor copied it": """
        array = np.ones(2)
        t = ag.tensor(array)
        array[:] = 5.0
        assert t.tolist() == [1.0, 1.0]
    """,
    "a leaf written in place inside no_grad": """
        w = ag.tensor([1.0, 2.0], requires_grad=True)
        with ag.no_grad():
            w -= 0.5
        assert w.tolist() == [0.5, 1.5] and w.requires_grad
    """,
    "pickling and deep-copying leaves": """
        import copy, pickle
        w = ag.tensor([1.0], requires_grad=True, name="w")
        for other in (copy.deepcopy(w), pickle.loads(pickle.dumps(w))):
            assert other.tolist() == [1.0] and other.requires_grad and other.name == "w"
    """,
    "drawing a freed graph, which says so": """
        w = ag.tensor(3.0, requires_grad=True)
        loss = w * w
        loss.backward()
        assert "values freed: draw before backward(), or retain_graph=True" in ag.draw(loss).description
    """,
    "the sum over an empty batch": """
        assert nn.SSELoss()(np.ones((0, 2)), np.ones((0, 2))).item() == 0.0
    """,
    "the parameters of another model as weights and as a state, which are copied": """
        model, other = nn.MLP([2, 1]), nn.MLP([2, 1])
        layer = model.layers[0]
        nn.MLP.from_weights([layer.weight], [layer.bias]).layers[0].weight.data = [[7.0, 7.0]]
        other.load_state_dict(dict(model.named_parameters()))
        assert other([1.0, 2.0]).item() == model([1.0, 2.0]).item()
        other.layers[0].weight.data = [[7.0, 7.0]]
        assert layer.weight.tolist() != [[7.0, 7.0]]
    """,
    "a frozen parameter": """
        layer = nn.Linear(2, 1)
        layer.weight.requires_grad = False
        optimizer = nn.optim.SGD(layer.parameters(), lr=1.0)
        before = layer.weight.tolist()
        layer([1.0, 2.0]).sum().backward()
        optimizer.step()
        assert layer.weight.tolist() == before and layer.bias.tolist() == [-1.0]
    """,
}


@pytest.mark.parametrize("name", WORKS)
def test_what_looks_wrong_and_works(name: str) -> None:
    lines = WORKS[name].strip("\n").split("\n")
    run("\n".join(line[8:] for line in lines))


# Python's and NumPy's own errors, where they name what is wrong: code, class, a part of the message.
THEIR_OWN = [
    ("np.sum(ag.ones(2), axs=0)", TypeError, "'axs'"),
    ("ag.tensor([1.0]).require_grad = True", AttributeError, "'require_grad'"),
    ("ag.tensor([1.0]).backwrad()", AttributeError, "'backwrad'"),
    ("ag.tensor([1.0]).numpy()[0] = 5.0", ValueError, "read-only"),
    ("from nn import Liner", ImportError, "'Liner'"),
    ("np.zeros(2)[0] = ag.tensor(1.0, requires_grad=True)", ValueError, "sequence"),
]


@pytest.mark.parametrize(("code", "error", "part"), THEIR_OWN, ids=[code for code, _, _ in THEIR_OWN])
def test_what_python_and_numpy_answer(code: str, error: type[Exception], part: str) -> None:
    with pytest.raises(error) as caught:
        run(code)
    assert part in str(caught.value)


def test_a_tensor_written_into_an_arrays_element_gives_the_reason() -> None:
    with pytest.raises(ValueError) as caught:
        np.zeros(2)[0] = ag.tensor(1.0, requires_grad=True)
    assert isinstance(caught.value.__cause__, UsageError)


@pytest.mark.parametrize(
    ("wrong", "right"), [("t.backwrad()", "backward"), ("t.requires_gard", "requires_grad"), ("t.shpae", "shape")]
)
def test_python_names_the_nearest_attribute_of_a_tensor(wrong: str, right: str) -> None:
    done = python("-c", f"import autograd_lite as ag; t = ag.tensor(1.0, requires_grad=True); {wrong}", cwd=ROOT)
    assert done.stderr.strip().endswith(f"Did you mean: '{right}'?")


def test_an_unknown_name_is_told_once() -> None:
    done = python("-c", "import nn; nn.MLP([2, 1]).paramaters()", cwd=ROOT)
    assert done.stderr.count("Did you mean") == 1
    assert done.stderr.endswith("MLP has no name 'paramaters'.\nDid you mean 'parameters'? See dir(model).\n")


@pytest.mark.parametrize("owner", [ag, nn, nn.optim, nn.init, nn.functional, nn.datasets, nn.Linear(2, 1)])
def test_a_missing_name_is_a_missing_attribute(owner: Any) -> None:
    assert not hasattr(owner, "frobnicate")
    assert getattr(owner, "frobnicate", 3) == 3
    with pytest.raises(UnknownNameError) as caught:
        owner.__frobnicate__  # noqa: B018
    restored = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(restored, AttributeError) and str(restored) == str(caught.value)


def test_the_nearest_name_is_looked_for_only_when_the_message_is_read() -> None:
    asked = []
    error = UnknownNameError("owner", "nmae", lambda: asked.append(1) or ["name"], namespace="owner")
    assert not asked
    assert "Did you mean 'name'?" in str(error)
    assert asked


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python elsewhere, with our packages on its path as if they were installed."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def own_nn(tmp_path: Path) -> Path:
    """A directory where a file of the user's own hides the package nn."""
    (tmp_path / "nn.py").write_text("import autograd_lite\nfrom nn import MLP\n", encoding="utf-8")
    return tmp_path


def test_the_command_line_says_that_a_file_hides_the_package(own_nn: Path) -> None:
    done = python("-P", "-m", "nn.cli", "--version", cwd=own_nn)
    assert done.returncode == 0 and done.stdout.startswith("autograd-lite")
    assert done.stderr == (
        "autograd-lite: 'nn.py' hides the package nn: a program that says `import nn` here finds that file.\n"
        "Rename it, to my_nn.py for example.\n"
    )


@pytest.mark.parametrize("program", [["nn.py"], ["-c", "import nn"]])
def test_python_names_the_file_that_hides_the_package(own_nn: Path, program: list[str]) -> None:
    done = python(*program, cwd=own_nn)
    assert done.stderr.splitlines()[-1].startswith("ImportError: cannot import name 'MLP' from")
    assert "nn.py" in done.stderr.splitlines()[-1]


def test_the_command_line_is_silent_where_nothing_hides_the_package(tmp_path: Path) -> None:
    (tmp_path / "nn").mkdir()
    for directory in (tmp_path, ROOT):
        assert python("-P", "-m", "nn.cli", "--version", cwd=directory).stderr == ""
