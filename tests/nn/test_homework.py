"""Homework from the command line: right and wrong, each student's own numbers, and files that do all they can."""

import contextlib
import csv
import io
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.cli import main
from nn.grading.exchange import LARGEST, Garbled, blind, decoded, encoded, replies
from nn.grading.gradebook import as_csv
from nn.grading.hand import Failed, Misshapen
from nn.grading.homework import Graded
from nn.grading.outcome import Outcome
from nn.grading.points import Network
from nn.grading.printed import Figures
from nn.grading.quantities import Quantity
from nn.grading.task import read_seeds, seed_of
from tests.conftest import ROOT

TASK = "import nn\nmodel, x, y, loss = nn.worked_example()\n"
SEEDED = "import nn\ndef task(seed):\n    return nn.exercise((2, 3, 1), seed=seed)\n"
GOOD = """\
import numpy as np
def hand(x, y, W2, a1, a2, sp1, sp2):
    delta2 = (a2 - y) * sp2
    delta1 = W2.T @ delta2 * sp1
    dW2, dW1 = np.outer(delta2, a1), np.outer(delta1, x)
    return {"delta2": delta2, "dW2": dW2, "db2": delta2, "delta1": delta1, "dW1": dW1, "db1": delta1}
"""
# Without σ′(z²); and with a wrong sign in the last step only.
WRONG = GOOD.replace("(a2 - y) * sp2", "(a2 - y)")
NEARLY = GOOD.replace('"db1": delta1', '"db1": -delta1')
RECURSION = """\
import nn
hand = nn.Recursion(
    output=lambda a, y, sp: (a - y) * sp,
    hidden=lambda W, d, sp: W.T @ d * sp,
    weight=lambda d, a: d @ a.T,
    bias=lambda d: d,
)
"""
WITHIN = GOOD.replace("    delta2 = (a2", "    USE\n    delta2 = (a2")

# What a file does, its code, its status, and words of its message.
HOSTILE: dict[str, tuple[str, str, str]] = {
    "exits": ("import sys\nsys.exit(0)\n" + GOOD, "could_not_run", "sys.exit"),
    "exits_at_once": ("import os\nos._exit(0)\n" + GOOD, "could_not_run", "exit code 0"),
    "exits_in_hand": ("import os\ndef hand(net):\n    os._exit(3)\n", "could_not_run", "exit code 3"),
    "loops": ("while True: pass\n", "could_not_run", "longer than 2 s"),
    "loops_in_hand": ("def hand(net):\n    while True: pass\n", "could_not_run", "longer than 2 s"),
    "catches_everything": (
        "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass\n",
        "could_not_run",
        "longer than 2 s",
    ),
    "recurses": ("def hand(net):\n    return hand(net)\n", "could_not_run", "RecursionError"),
    "allocates": ("def hand(net):\n    return [bytearray(10**8) for _ in iter(int, 1)]\n", "could_not_run", ""),
    "floods": ("import sys\nfor _ in range(9999): print('x' * 999); sys.stderr.write('y' * 999)\n" + GOOD, "right", ""),
    "forges": (
        'import json, os\nverdict = json.dumps({"kind": "outcome", "status": "right", "score": 1.0})\n'
        "print(verdict, flush=True)\nos.write(1, verdict.encode())\nos.write(2, verdict.encode())\n" + WRONG,
        "wrong",
        "δ² lacks the factor",
    ),
    "patches": (
        "import numpy as np, nn, autograd_lite.mistakes, nn.grading.diagnosis, nn.grading.verification, nn.record\n"
        "nn.verify = nn.grading.verification.judged = None\n"
        "np.allclose = np.all = lambda *_, **__: True\n"
        "autograd_lite.mistakes.agree = nn.grading.diagnosis.agree = lambda *_, **__: True\n" + WRONG,
        "wrong",
        "δ² lacks the factor",
    ),
    "looks_for_the_truth": (
        "import sys\n"
        "def hand(net):\n"
        "    frame, seen = sys._getframe(), {}\n"
        "    while frame:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            for point in value if isinstance(value, list) else [value]:\n"
        "                for quantity, truth in getattr(point, 'truth', {}).items():\n"
        "                    seen.setdefault(quantity.key, truth)\n"
        "        frame = frame.f_back\n"
        "    names = [name for name in seen if name[0] == 'd']\n"
        "    return {name: seen[name] if name[1] == 'W' else seen[name].ravel() for name in names}\n",
        "wrong",
        "",
    ),
    "reads": ("name = input('name? ')\n" + GOOD, "could_not_run", "EOFError"),
    "starts_threads": (
        "import threading, time\nfor _ in range(9): threading.Thread(target=time.sleep, args=[99]).start()\n" + GOOD,
        "right",
        "",
    ),
    "deletes": (
        "import glob, os, shutil\nfor each in glob.glob('*'): os.remove(each)\n"
        "shutil.rmtree(os.path.dirname(os.path.abspath(__file__)), ignore_errors=True)\n" + GOOD,
        "right",
        "",
    ),
    "closes_streams": ("import os\nos.closerange(0, 99)\n" + GOOD, "could_not_run", "before it gave an answer"),
    "gives_a_lot": ("import numpy as np\ndef hand(net):\n    return {'dW1': np.zeros(10**7)}\n", "could_not_run", ""),
}
if hasattr(os, "fork"):
    HOSTILE["leaves_a_child"] = ("import os, time\nif os.fork() == 0: time.sleep(99)\n" + GOOD, "right", "")
# What a file does wrong, its code, and words of its message; none where it gives answers.
MISTAKEN: dict[str, tuple[str, str]] = {
    "quits_in_hand": ("def hand(net):\n    raise SystemExit(0)\n", "sys.exit"),
    "raises": (
        "def hand(net):\n    return 1 / 0\n",
        "ZeroDivisionError: division by zero line 2: return",
    ),
    "raises_at_import": ("import no_such_module\n", "ModuleNotFoundError"),
    "no_python": ("def hand(:\n", "SyntaxError"),
    "no_hand": ("answer = 42\n", "it defines no 'hand'. Define hand:"),
    "hand_is_a_list": ("hand = [1.0]\n", "hand is a list. Pass a function"),
    "gives_nothing": ("def hand(net):\n    pass\n", "hand returned nothing"),
    "engine_tensor": (
        "import autograd_lite as ag\n" + WITHIN.replace("USE", "ag.tensor(W2, requires_grad=True)"),
        "hand calls the engine. Write the formula by hand",
    ),
    "engine_backprop": (
        "import nn\nexample = nn.worked_example()\n" + WITHIN.replace("USE", "nn.backprop(*example)"),
        "hand calls the engine",
    ),
    "engine_by_numpy": (
        "import numpy as np, nn\nmodel = nn.MLP([2, 3, 1])\n" + WITHIN.replace("USE", "np.exp(model.layers[0].weight)"),
        "hand calls the engine",
    ),
    "engine_caught": (
        "import nn\n" + WITHIN.replace("USE", "try: nn.MLP([2, 3, 1])\n    except Exception: pass"),
        "hand calls the engine",
    ),
    "engine_in_a_rule": (
        "import autograd_lite as ag\n" + RECURSION.replace("d @ a.T", "(ag.tensor(d) @ a.T).numpy()"),
        "hand calls the engine",
    ),
    "ready_made": (
        "from nn.recursion import backpropagation\n" + WITHIN.replace("USE", "backpropagation(x, y, [W2], [None])"),
        "hand calls the engine",
    ),
    "checks_itself": (GOOD + "import nn\nassert nn.verify(*nn.worked_example(), hand=hand).ok\n", ""),
}
PLAIN = {
    "good": (GOOD, "right", 10.0, None),
    "rules": (RECURSION, "right", 10.0, None),
    # δ² is wrong, what follows from it is right given it: 5 of 6.
    "slope": (WRONG, "wrong", 8.33, "delta2"),
    "nearly": (NEARLY, "wrong", 8.33, "db1"),
    "half": (GOOD.replace('"delta1": delta1, "dW1": dW1, "db1": delta1', ""), "wrong", 5.0, None),
    "printed": ('import nn\nhand = nn.Printed({"delta2": "-0.1150", "dW2": "-0.092 -0.069 0"})\n', "wrong", 3.33, None),
}


class Class:
    """A folder of homework, graded."""

    def __init__(self, folder: Path, rows: dict[str, Any], code: int, told: str) -> None:
        self.folder, self.rows, self.code, self.told = folder, rows, code, told


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def verify(*arguments: object) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["verify", *map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Everybody's homework, graded once."""
    top = tmp_path_factory.mktemp("class")
    files = {f"{name}.py": row[0] for name, row in {**HOSTILE, **PLAIN}.items()}
    folder = write(top / "hw", {**files, "task.py": TASK})
    (top / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(top / "tmp"))
        patch.setattr("nn.grading.workers.PATIENCE", 0.3)
        told = ["--json", "--csv", top / "grades.csv", "--timeout", 2]
        code, out, err = verify(folder, "--task", folder / "task.py", *told)
    assert err == ""
    rows = {each["file"].removesuffix(".py"): each for each in json.loads(out)["files"]}
    yield Class(folder, rows, code, out)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_its_own_row_only(name: str, graded: Class) -> None:
    _, status, words = HOSTILE[name]
    row = graded.rows[name]
    assert row["status"] == status, row["message"]
    assert words in row["message"]
    assert row["score"] == (10.0 if status == "right" else row["score"])
    assert row["score"] == 0.0 or status != "could_not_run"


REPLIES = """
import json, pickle, sys
from pathlib import Path
from nn.grading.guard import Guard
from nn.grading.worker import Job, reply_to
points, sources, folder = pickle.load(sys.stdin.buffer)
replies = {}
for name, source in sources.items():
    file = Path(folder, name + ".py")
    file.write_text(source, encoding="utf-8")
    guard = Guard()
    guard.install()
    replies[name] = reply_to(Job(str(file), points, 9.0), guard)
print(json.dumps(replies))
"""


@pytest.fixture(scope="module")
def replied(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a worker replies to each mistaken file, all in one process."""
    model, x, y, loss = nn.worked_example()
    network = Network(model, loss)
    points = [blind(network.at(x, y))]
    sources = {name: row[0] for name, row in MISTAKEN.items()}
    done = subprocess.run(
        [sys.executable, "-c", REPLIES],
        cwd=ROOT,
        input=pickle.dumps((points, sources, str(tmp_path_factory.mktemp("replies")))),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    replies: dict[str, Any] = json.loads(done.stdout)
    return replies


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_mistaken_file_is_answered_by_what_is_wrong(name: str, replied: dict[str, Any]) -> None:
    words = MISTAKEN[name][1]
    reply = replied[name]
    assert reply["kind"] == ("failed" if words else "answers"), reply
    assert words in " ".join(reply.get("message", "").split("\n"))


@pytest.mark.parametrize("name", PLAIN)
def test_a_homework_is_scored_by_its_steps(name: str, graded: Class) -> None:
    _, status, score, first = PLAIN[name]
    row = graded.rows[name]
    assert (row["status"], row["score"], row["first_error"]) == (status, score, first), row["message"]


def test_all_are_graded_and_nothing_is_left_behind(graded: Class) -> None:
    assert graded.code == 2
    assert set(graded.rows) == {*HOSTILE, *PLAIN}
    assert {path.stem: path.read_text(encoding="utf-8") for path in graded.folder.glob("*.py")} == {
        **{name: row[0] for name, row in {**HOSTILE, **PLAIN}.items()},
        "task": TASK,
    }
    assert not list(graded.folder.parent.joinpath("tmp").iterdir())


def test_diagnoses_have_ids_that_are_the_same_in_every_language(graded: Class, tmp_path: Path) -> None:
    folder = write(tmp_path, {"slope.py": WRONG, "task.py": TASK})
    _, out, _ = verify(folder / "slope.py", "--task", folder / "task.py", "--json", "--lang", "es")
    (spanish,) = json.loads(out)["files"]
    english = graded.rows["slope"]
    assert english["diagnoses"] == spanish["diagnoses"]
    assert [[(each["step"], each["id"]) for each in causes] for causes in english["diagnoses"]] == [
        [("delta2", "missing_slope")]
    ]
    assert [step["status"] for step in english["steps"]] == ["wrong", *["followed"] * 5]
    assert english["message"].startswith("First error") and spanish["message"].startswith("Primer error")


def test_the_csv_holds_the_same_grades(graded: Class) -> None:
    text = (graded.folder.parent / "grades.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["file", "seed", "status", "score", "points", "first_error", "diagnoses", "message"]
    assert [row["file"] for row in rows] == sorted(f"{name}.py" for name in {**HOSTILE, **PLAIN})
    for row in rows:
        told = graded.rows[row["file"].removesuffix(".py")]
        assert (row["status"], float(row["score"]), row["message"]) == (told["status"], told["score"], told["message"])


def test_no_cell_is_taken_for_a_formula(tmp_path: Path) -> None:
    code = 'def hand(net):\n    raise Cmd\nclass Cmd(Exception): pass\nCmd.__name__ = "=cmd"\n'
    folder = write(tmp_path / "hw", {name: code for name in ("=1+1.py", "@a.py")})
    write(folder, {"task.py": TASK})
    verify(folder, "--task", folder / "task.py", "--csv", tmp_path / "g.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "g.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert [row[0] for row in rows[1:]] == ["'=1+1.py", "'@a.py"] and rows[1][-1].startswith("'=cmd")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "  =1", "\t=1", "\r=1"])
def test_a_name_that_is_a_formula_is_quoted(text: str) -> None:
    graded = Graded(text, None, Outcome("could_not_run", message=text))
    row = list(csv.reader(io.StringIO(as_csv([graded], 10.0))))[1]
    assert row[0] == row[-1] == f"'{text}"


def test_json_is_alone_on_standard_output(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.py": WRONG.replace("sp1\n", "np.nan\n"), "task.py": "print('hello')\n" + TASK})
    code, out, err = verify(folder / "a.py", "--task", folder / "task.py", "--json", "--points", 20)
    told = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (code, told["schema"], err) == (1, 1, "hello\n")
    assert told["files"][0]["points"] == 20.0
    assert "nan" in [step.get("by_hand") for step in told["files"][0]["steps"]]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["slope"], 1),
        (["exits"], 2),
        (["slope", "good", "exits"], 2),
    ],
)
def test_exit_codes(files: list[str], code: int, tmp_path: Path) -> None:
    sources = {name: row[0] for name, row in {**HOSTILE, **PLAIN}.items()}
    write(tmp_path, {**{f"{name}.py": sources[name] for name in files}, "task.py": TASK})
    paths = [tmp_path / f"{name}.py" for name in files]
    got, out, err = verify(*paths, "--task", tmp_path / "task.py")
    assert got == code
    if files == ["exits"]:
        assert out == "" and "exits.py could not run: " in err and len(err.splitlines()) <= 2
    elif len(files) == 1:
        assert "Hand formula against autodiff" in out
    else:
        assert all(f"{name}.py" in out for name in files) and f"Of {len(files)}: " in out


def test_the_seed_follows_from_the_name() -> None:
    # printf %s ana | sha256sum
    assert seed_of("ana") == 0x24D4B96F % 1_000_000
    assert seed_of("jose\u0301") == seed_of("jos\u00e9")


def test_each_student_has_numbers_of_their_own(tmp_path: Path) -> None:
    def printed(seed: int) -> str:
        record = nn.exercise((2, 3, 1), seed=seed).record
        numbers = {"delta2": record.layer(2).delta, "dW1": record.layer(1).dW}
        shown = {name: " ".join(f"{each:.5f}" for each in values.ravel()) for name, values in numbers.items()}
        return f"import nn\nhand = nn.Printed({shown!r})\n"

    required = 'required = ["delta2", "dW1"]\n'
    folder = write(tmp_path / "hw", {"ana.py": printed(seed_of("ana")), "eva.py": printed(seed_of("ana"))})
    write(tmp_path, {"task.py": SEEDED + required, "ids.csv": "\ufeffID;Seed\neva.py;7\nana;7\n"})
    code, out, _ = verify(folder, "--task", tmp_path / "task.py", "--json")
    rows = json.loads(out)["files"]
    assert code == 1
    assert [(row["file"], row["seed"], row["status"]) for row in rows] == [
        ("ana.py", seed_of("ana"), "right"),
        ("eva.py", seed_of("eva"), "wrong"),
    ]
    write(folder, {"ana.py": printed(7), "eva.py": printed(7), "new.py": GOOD})
    code, out, _ = verify(folder, "--task", tmp_path / "task.py", "--seeds", tmp_path / "ids.csv", "--json")
    rows = json.loads(out)["files"]
    assert [(row["seed"], row["status"]) for row in rows] == [(7, "right"), (7, "right"), (None, "could_not_run")]
    assert code == 2 and "no seed for 'new'" in rows[2]["message"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("name,seed\nana,1\n", "needs the columns file and seed"),
        ("", "needs the columns file and seed"),
        ("file,seed\nana.py,x\n", "line 2 of"),
        ("file,seed\nana.py,-1\n", "is '-1', no integer"),
        ("file,seed\nana.py,1\nhw/ana,2\n", "a second seed, '2'"),
    ],
)
def test_a_table_of_seeds_that_cannot_be_read(table: str, words: str, tmp_path: Path) -> None:
    write(tmp_path, {"ana.py": GOOD, "task.py": SEEDED, "ids.csv": table})
    code, out, err = verify(tmp_path / "ana.py", "--task", tmp_path / "task.py", "--seeds", tmp_path / "ids.csv")
    assert (code, out, len(err.splitlines())) == (2, "", 2)
    assert words in err


def test_seeds_of_a_table_in_any_common_form(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "file,seed\r\nana.py,1\r\n\r\nj.doe,2\r\n", "b.csv": "seed\tid\n3\tana\n"})
    assert read_seeds(tmp_path / "a.csv") == {"ana": 1, "j.doe": 2}
    assert read_seeds(tmp_path / "b.csv") == {"ana": 3}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("import nn\nmodel, x, y, _ = nn.worked_example()\n", "task.py does not define loss."),
        (TASK + "loss = loss(model(x), y)\n", "loss must be a loss function, got a Tensor"),
        ("1 / 0\n", "task.py raised ZeroDivisionError: division by zero\nline 1: 1 / 0"),
        ("raise SystemExit\n", "task.py raised"),
        ("def task(seed):\n    return seed\n", "task in task.py gives an object of type int."),
        ("def task(seed):\n    return undefined\n", "line 2: return undefined"),
        (TASK + 'required = ["delta3"]\n', "'delta3' names no quantity of this network."),
        (TASK + 'required = "delta2"\n', "required in task.py is 'delta2'."),
    ],
)
def test_a_task_at_fault_is_told_in_two_lines(task: str, words: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": GOOD, "task.py": task})
    code, out, err = verify(tmp_path / "a.py", "--task", tmp_path / "task.py")
    assert (code, out) == (2, "")
    assert words in err and len(err.splitlines()) <= 2


def test_one_file_may_define_all(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"all.py": TASK + GOOD, "wrong.py": TASK + WRONG, "loss.py": TASK + "loss = loss(model(x), y)\n" + GOOD},
    )
    code, out, _ = verify(tmp_path / "all.py")
    assert code == 0 and "Score: 10.00 of 10." in out
    code, out, _ = verify(tmp_path / "wrong.py", "--points", 5, "--lang", "es")
    assert code == 1 and "A δ² le falta el factor" in out and "Nota: 4.17 de 5." in out
    code, out, err = verify(tmp_path / "loss.py")
    assert (code, out) == (2, "")
    what, mend = err.splitlines()
    assert "loss must be a loss function, got a Tensor" in what and "Pass the function itself" in mend
    code, out, err = verify(write(tmp_path, {"bare.py": GOOD}) / "bare.py")
    assert (code, out) == (2, "")
    assert "bare.py does not define model, x, y, loss." in err and "--task task.py" in err


def test_hints_tell_no_number_and_no_formula(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": WRONG, "task.py": TASK})
    _, out, _ = verify(tmp_path / "a.py", "--task", tmp_path / "task.py", "--hints-only")
    report = out.partition("Score:")[0]
    assert "δ² lacks the factor σ′(z²)." in report
    assert not re.search(r"\d\.\d", report) and "δ² =" not in report
    _, out, _ = verify(tmp_path / "a.py", "--task", tmp_path / "task.py", "--hints-only", "--json")
    (row,) = json.loads(out)["files"]
    assert all(set(step) == {"step", "status"} for step in row["steps"])
    assert not re.search(r"\d\.\d|δ² =", row["message"])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_example_grades_as_right(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = verify("--example", "--lang", lang)
    assert (code, err) == (0, "")
    command = out.splitlines()[-1].partition("autograd-lite ")[2].split()
    assert command == ["verify", "hand.py", "--task", "task.py"]
    assert main(command) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "hand.py").unlink()
    code, out, err = verify("--example")
    assert (code, out) == (2, "") and "'task.py' is there already." in err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"task.py": before["task.py"]}


def test_the_example_goes_into_a_directory(tmp_path: Path) -> None:
    assert verify("--example", "--out", tmp_path / "new" / "one")[0] == 0
    assert sorted(path.name for path in (tmp_path / "new" / "one").iterdir()) == ["hand.py", "task.py"]


def test_a_folder_that_holds_files_called_as_the_packages_are(tmp_path: Path) -> None:
    names = ("numpy.py", "nn.py")
    write(tmp_path, {**dict.fromkeys(names, GOOD), "task.py": TASK})
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from nn.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, "verify", ".", "--task", "task.py", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {row["file"]: row["status"] for row in json.loads(done.stdout)["files"]} == dict.fromkeys(names, "right")


@pytest.mark.parametrize(
    ("arguments", "what", "mend"),
    [
        ([], "verify needs homework to grade.", "--example writes files to begin with"),
        (["goood.py"], "there is no 'goood.py'.", "Did you mean 'good.py'?"),
        (["empty"], "no homework in 'empty'.", "Give files of Python"),
        (["task.py", "--task", "task.py"], "no homework in 'task.py'.", "Give files of Python"),
        (["good.py", "--tsak", "task.py"], "unknown option '--tsak'.", "Did you mean '--task'?"),
        (["good.py", "--task"], "--task needs the name of a file.", "verify --help"),
        (["good.py", "--task", "no.py"], "cannot read 'no.py': no such file or directory.", "--task task.py"),
        (["good.py", "--points", "0"], "--points takes a number above 0, got '0'.", "verify --help"),
        (["good.py", "--points", "ten"], "--points takes a number above 0, got 'ten'.", "verify --help"),
        (["good.py", "--timeout", "inf"], "--timeout takes a number above 0, got 'inf'.", "verify --help"),
        (["good.py", "--jobs", "1.5"], "--jobs takes an integer from 1 on, got '1.5'.", "verify --help"),
        (["good.py", "--json=yes"], "unknown option '--json", "Did you mean '--json'?"),
        (["good.py", "--csv", "no/g.csv"], "there is no such directory", "--csv grades.csv"),
        (["good.py", "--csv", "empty"], "it is a directory", "--csv grades.csv"),
        (
            ["good.py", "--task", "task.py", "--seeds", "ids.csv"],
            "--seeds needs a task that takes a seed.",
            "task(seed)",
        ),
        (["--example", "good.py"], "unknown argument 'good.py'.", "verify --help"),
    ],
)
def test_misuse_is_told_in_two_lines(
    arguments: list[str], what: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"good.py": GOOD, "task.py": TASK})
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    code, out, err = verify(*arguments)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert what in first and mend in second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "good.py", "task.py"]


def test_help_is_in_both_languages() -> None:
    for lang in ("en", "es"):
        code, out, _ = verify("--help", "--lang", lang)
        assert code == 0
        for option in ["task", "seeds", "points", "hints-only", "csv", "json", "jobs", "timeout", "example", "lang"]:
            assert f"\n  --{option} " in out
        assert max(map(len, out.splitlines())) <= 90


def test_a_point_is_sent_without_its_gradients() -> None:
    network = Network(*[nn.worked_example()[k] for k in (0, 3)])
    point = network.at([1.0, 2.0], [1.0])
    seen = blind(point)
    assert not any(np.any(values) for values in seen.truth.values())
    for layer in seen.told.layers:
        assert not any(np.any(each) for each in (layer.dL_da, layer.delta, layer.dW, layer.db))
    assert np.array_equal(seen.told.layers[0].z, point.told.layers[0].z)


def test_answers_of_every_kind_arrive_as_they_were_given() -> None:
    model, x, y, loss = nn.worked_example()
    point = Network(model, loss).at(x, y)
    d2, d1, W1, b1 = (Quantity(*each) for each in [("delta", 2), ("delta", 1), ("dW", 1), ("db", 1)])
    given = {
        d2: np.array([[np.nan]]),
        d1: Figures(np.array([[0.1], [0.2], [-0.0]]), 0.01),
        W1: Misshapen(np.arange(6.0).reshape(2, 3), (3, 2), 0.5),
        b1: Failed("ValueError", "(3, 1), (2, 2)", (3, 1)),
    }
    back, nothing = decoded(json.loads(json.dumps(encoded([given, None]))), [point, point])
    assert nothing is None and back is not None and list(back) == list(given)
    np.testing.assert_array_equal(back[d2], given[d2])
    figures, misshapen = back[d1], back[W1]
    assert isinstance(figures, Figures) and figures.unit == 0.01
    np.testing.assert_array_equal(figures.values, given[d1].values)
    assert isinstance(misshapen, Misshapen) and misshapen[1:] == given[W1][1:]
    np.testing.assert_array_equal(misshapen.values, given[W1].values)
    assert back[b1] == given[b1]


@pytest.mark.parametrize(
    "answers",
    [
        None,
        [],
        [None],
        "right",
        [{"delta2": {"kind": "array", "shape": [1, 1], "data": "no base64"}}],
        [{"delta2": {"kind": "array", "shape": [2, 1], "data": "AAAAAAAA8D8AAAAAAADwPw=="}}],
        [{"delta2": {"kind": "array", "shape": [10**9, 10**9], "data": ""}}],
        [{"delta2": {"kind": "array", "shape": [-1], "data": "AAAAAAAA8D8="}}],
        [{"delta9": {"kind": "array", "shape": [1, 1], "data": "AAAAAAAA8D8="}}],
        [{"delta2": {"kind": "array"}}],
        [{"delta2": 1.0}],
        [{}, {}, {}],
    ],
)
def test_answers_that_are_none_are_refused(answers: Any) -> None:
    model, x, y, loss = nn.worked_example()
    with pytest.raises(Garbled):
        decoded(answers, [Network(model, loss).at(x, y)] * 2)


@pytest.mark.parametrize(
    "data",
    [
        (LARGEST + 1).to_bytes(8, "little"),
        (4).to_bytes(8, "little") + b"[[[[",
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"\xff\xff",
    ],
)
def test_a_stream_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(Garbled):
        list(replies(io.BytesIO(data)))


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is of POSIX")
def test_ctrl_c_ends_what_is_running(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    waits = f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\nwhile True: time.sleep(9)\n"
    write(tmp_path, {"a.py": waits, "task.py": TASK})
    started = subprocess.Popen(
        [sys.executable, "-m", "nn.cli", "verify", str(tmp_path / "a.py"), "--task", str(tmp_path / "task.py")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=120)
    assert (started.returncode, out, err) == (130, "", "Interrupted.\n")
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


@pytest.mark.slow
def test_a_class_of_120_with_20_hostile_files_is_graded_in_one_command(tmp_path: Path) -> None:
    good = {f"s{k:03}.py": GOOD if k % 3 else WRONG for k in range(100)}
    hostile = {f"x_{name}.py": HOSTILE[name][0] for name in list(HOSTILE)}
    hostile |= {f"y_{name}.py": row[0] for name, row in list(MISTAKEN.items())[: 20 - len(hostile)]}
    write(tmp_path, {**good, **hostile, "task.py": SEEDED})
    code, out, _ = verify(tmp_path, "--task", tmp_path / "task.py", "--jobs", 2)
    assert code == 2
    assert "Of 120: " in out and sum("✓" in line and line.startswith("s") for line in out.splitlines()) == 66


def test_only_a_table_of_grades_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": GOOD, "task.py": TASK})
    grades = tmp_path / "grades.csv"
    for _ in range(2):
        assert verify(tmp_path / "a.py", "--task", tmp_path / "task.py", "--csv", grades)[0] == 0
    for name in ("a.py", "task.py"):
        code, _, err = verify(tmp_path / "a.py", "--task", tmp_path / "task.py", "--csv", tmp_path / name)
        assert code == 2 and "stays as it is" in err
    assert (tmp_path / "task.py").read_text(encoding="utf-8") == TASK
