"""autograd-lite draw: a file of Python becomes a picture, and every slip is answered in two lines."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nn import drawing_command
from nn.cli import INTERRUPTED, main
from tests.nn.test_cli import run

NETWORK = "import nn\nmodel, x, y, loss = nn.worked_example()\n"
TENSOR = "import autograd_lite as ag\nx = ag.tensor(2.0, requires_grad=True)\nL = x * x + 1\n"
SEVERAL = "import autograd_lite as ag\nw = ag.tensor(2.0, requires_grad=True)\nfirst = w * w\nsecond = first * w\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with files to draw, in which the command is given."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"network": NETWORK, "tensor": TENSOR, "several": SEVERAL}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def words(path: Path) -> str:
    """Every text of an SVG."""
    return " ".join(
        each.text or "" for each in ET.fromstring(path.read_bytes()).iter("{http://www.w3.org/2000/svg}text")
    )


def test_a_tensor_is_drawn_with_the_names_of_the_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "tensor.py", "-o", "figure.svg"]) == 0
    assert capsys.readouterr().out == "wrote figure.svg\n"
    shown = words(here / "figure.svg")
    assert "∂L/∂x" in shown and "4.0000" in shown


def test_a_network_is_drawn_by_its_layers_or_in_the_view_asked_for(here: Path) -> None:
    assert main(["draw", "network.py", "--out", "layers.svg"]) == 0
    assert main(["draw", "network.py", "--view", "ops", "-o", "ops.svg"]) == 0
    assert main(["draw", "network.py", "--view", "delta", "--theme", "dark", "-o", "delta.svg"]) == 0
    assert "∂L/∂W¹" in words(here / "ops.svg") and "0.5374" not in words(here / "layers.svg")
    assert "σ′" in words(here / "delta.svg") and "#0f172a" in (here / "delta.svg").read_text(encoding="utf-8").lower()


def test_a_picture_for_a_page_has_its_width_and_as_many_decimals_as_asked_for(here: Path) -> None:
    assert main(["draw", "network.py", "--view", "delta", "--width", "17cm", "--decimals", "2", "-o", "delta.svg"]) == 0
    width = float(ET.fromstring((here / "delta.svg").read_bytes()).get("width", "").removesuffix("pt"))
    assert width <= 17 / 2.54 * 72 + 0.5
    assert "0.54" in words(here / "delta.svg") and "0.5374" not in words(here / "delta.svg")


def test_text_too_small_for_the_page_is_warned_of_in_two_lines(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "network.py", "--view", "ops", "--width", "4cm", "-o", "small.svg"]) == 0
    what, mend = capsys.readouterr().err.splitlines()
    assert what.startswith("at 4cm the smallest text of this picture is") and mend


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--width", "wide"], "width must be the width of a page, got 'wide'."),
        (["--decimals", "two"], "--decimals takes an integer from 0 on, got 'two'."),
    ],
)
def test_a_page_that_there_is_not_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str], what: str
) -> None:
    assert main(["draw", "network.py", *options]) == 2
    assert what in capsys.readouterr().err and not (here / "network.svg").exists()


def test_a_name_picks_one_of_several(here: Path) -> None:
    assert main(["draw", "several.py", "first", "-o", "first.svg"]) == 0
    assert "∂first/∂w" in words(here / "first.svg")


def test_of_several_the_one_called_loss_is_drawn(here: Path) -> None:
    (here / "several.py").write_text(SEVERAL + "loss = second + 1\n", encoding="utf-8")
    assert main(["draw", "several.py"]) == 0
    assert "∂loss/∂w" in words(here / "several.svg")


def test_of_given_and_computed_tensors_the_computed_one_is_drawn(here: Path) -> None:
    (here / "tensor.py").write_text(TENSOR.replace("L =", "result ="), encoding="utf-8")
    assert main(["draw", "tensor.py"]) == 0
    assert "∂result/∂x" in words(here / "tensor.svg")


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ([], "tensor.svg"),
        (["--format", "png"], "tensor.png"),
        (["-o", "a", "--format", "dot"], "a.dot"),
        (["-o", "a"], "a.svg"),
        (["-o", "a.jpg"], "a.jpg"),
        (["--out=b.json"], "b.json"),
    ],
)
def test_the_format_is_told_by_the_path_or_by_the_option(here: Path, options: list[str], written: str) -> None:
    before = {each.name for each in here.iterdir()}
    assert main(["draw", "tensor.py", *options]) == 0
    assert {each.name for each in here.iterdir()} - before - {"__pycache__"} == {written}


def test_a_picture_that_is_there_is_replaced_only_when_it_is_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", "tensor.py"]) == 0
    kept = (here / "tensor.svg").read_bytes()
    (here / "tensor.py").write_text("raise AssertionError\n", encoding="utf-8")
    for lang, what, mend in [
        ("en", "'tensor.svg' exists already.", "Write autograd-lite draw tensor.py -o tensor.svg to replace it"),
        ("es", "'tensor.svg' ya existe.", "Escriba autograd-lite draw tensor.py -o tensor.svg para reemplazarlo"),
    ]:
        capsys.readouterr()
        assert main(["draw", "tensor.py", "--format", "SVG", "--lang", lang]) == 2
        first, second = capsys.readouterr().err.strip().split("\n")
        assert first == f"autograd-lite: {what}" and second.startswith(mend)
    assert (here / "tensor.svg").read_bytes() == kept
    (here / "tensor.py").write_text(SEVERAL + "loss = second\n", encoding="utf-8")
    assert main(["draw", "tensor.py", "-o", "tensor.svg"]) == 0
    assert (here / "tensor.svg").read_bytes() != kept
    assert main(["draw", "tensor.py", "--format", "dot"]) == 0


def test_an_unknown_view_is_told_before_a_picture_that_is_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "network.svg").write_text("mine", encoding="utf-8")
    assert main(["draw", "network.py", "--view", "layer"]) == 2
    assert "view 'layer' is not known.\nDid you mean 'layers'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["raise KeyboardInterrupt\n", NETWORK + "def loss(a, b):\n    raise KeyboardInterrupt\n"]
)
def test_ctrl_c_ends_the_command_as_ever(here: Path, text: str) -> None:
    (here / "network.py").write_text(text, encoding="utf-8")
    assert main(["draw", "network.py"]) == INTERRUPTED


def test_a_file_finds_the_modules_beside_it(here: Path) -> None:
    (here / "sub").mkdir()
    (here / "sub" / "helper_of_drawing.py").write_text("factor = 3.0\n", encoding="utf-8")
    text = "from helper_of_drawing import factor\n" + TENSOR.replace("x * x", "x * factor")
    (here / "sub" / "main.py").write_text(text, encoding="utf-8")
    assert main(["draw", "sub/main.py", "-o", "m.svg"]) == 0
    assert "3" in words(here / "m.svg").split()


def test_the_picture_and_the_command_speak_spanish(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "tensor.py", "--lang", "es", "-o", "f.svg"]) == 0
    assert capsys.readouterr().out == "se escribió f.svg\n"
    assert "marco grueso: parámetro" in words(here / "f.svg")
    assert main(["draw", "--help", "--lang", "es"]) == 0
    assert "Uso: autograd-lite draw ARCHIVO" in capsys.readouterr().out
    assert main(["--help"]) == 0
    assert "\n  draw " in capsys.readouterr().out


FILES = {
    "raises.py": "a = 1\nb = a / 0\n",
    "typo.py": "a = (\n",
    "quits.py": "import sys\nsys.exit(3)\n",
    "empty.py": "a = 3\n",
    "binary.py": "a = '\0'\n",
    "wrong_loss.py": NETWORK + "loss = lambda a, b: 1 / 0\n",
    "wrong_model.py": NETWORK
    + "class M(nn.Module):\n    def forward(self, x):\n        raise KeyError('w')\nmodel = M()\n",
    "stops.py": "class Stop(BaseException):\n    pass\nraise Stop('here')\n",
    "leaves.py": "raise GeneratorExit\n",
    "quits_late.py": NETWORK + "def loss(a, b):\n    raise SystemExit\n",
    "stops_late.py": NETWORK + "def loss(a, b):\n    raise GeneratorExit\n",
}


@pytest.mark.parametrize(
    ("arguments", "what", "mend"),
    [
        ([], "draw needs a file of Python.", "Write autograd-lite draw model.py"),
        (["tenosr.py"], "cannot read 'tenosr.py'", "Did you mean 'tensor.py'?"),
        (["."], "cannot read '.'", "Write autograd-lite draw"),
        (["several.py"], "several.py defines several Tensors", "autograd-lite draw several.py second. There are 'w',"),
        (["several.py", "secnod"], "several.py defines no 'secnod'.", "Did you mean 'second'?"),
        (["several.py", "ag"], "'ag' in several.py is no Tensor but module.", "'first', 'second'."),
        (["raises.py"], "raises.py raised ZeroDivisionError: division by zero", "line 2: b = a / 0"),
        (["typo.py"], "typo.py raised SyntaxError: '(' was never closed", "line 1: a = ("),
        (["quits.py"], "quits.py ends itself by sys.exit().", "Mend it until python quits.py runs."),
        (["empty.py"], "empty.py defines neither a Tensor nor model, x, y and loss.", "Define the result"),
        (["empty.py", "a"], "'a' in empty.py is no Tensor but int.", "Define the result"),
        (["binary.py"], "binary.py raised SyntaxError: source code string cannot contain null bytes", ""),
        (["wrong_loss.py"], "wrong_loss.py raised ZeroDivisionError: division by zero", "line 3: loss = lambda"),
        (["wrong_loss.py", "--view", "delta"], "wrong_loss.py raised ZeroDivisionError", "line 3: loss = lambda"),
        (["wrong_model.py"], "wrong_model.py raised KeyError: 'w'", "line 5: raise KeyError('w')"),
        (["stops.py"], "stops.py raised Stop: here", "line 3: raise Stop('here')"),
        (["leaves.py"], "leaves.py raised GeneratorExit", "line 1: raise GeneratorExit"),
        (["quits_late.py"], "quits_late.py ends itself by sys.exit().", "Mend it until python quits_late.py runs."),
        (["stops_late.py"], "stops_late.py raised GeneratorExit", "line 4: raise GeneratorExit"),
        (["tensor.py", "-o", "f.pgn"], "unknown picture format '.pgn'.", "Did you mean 'png'?"),
        (["tensor.py", "--format", "pgn"], "unknown picture format 'pgn'.", "Did you mean 'png'?"),
        (["tensor.py", "-o", "f.svg", "--format", "png"], "'f.svg' ends with .svg, but format='png'.", "Leave out"),
        (["tensor.py", "-o"], "--out needs the name of a file.", "Write autograd-lite draw"),
        (["tensor.py", "-o", "no/f.svg"], "cannot write 'no/f.svg'", "Give a file name"),
        (["tensor.py", "--view", "layers"], "--view is for model, x, y and loss; 'L' in tensor.py", "Leave --view out"),
        (["network.py", "--view", "layer"], "view 'layer' is not known.", "Did you mean 'layers'?"),
        (["network.py", "--theme", "drak"], "unknown theme 'drak'.", "theme='dark'"),
        (["network.py", "a", "b"], "unknown argument 'b'.", "See autograd-lite draw --help."),
        (["network.py", "--thme", "dark"], "unknown option '--thme'.", "Did you mean '--theme'?"),
    ],
)
def test_every_slip_is_answered_in_two_lines(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str, mend: str
) -> None:
    for name, text in FILES.items():
        (here / name).write_text(text, encoding="utf-8")
    before = {each.name for each in here.iterdir()}
    assert main(["draw", *arguments]) == 2
    told = capsys.readouterr()
    first, second = told.err.strip().split("\n")
    assert first.startswith(f"autograd-lite: {what}") and mend in second and not told.out
    assert {each.name for each in here.iterdir()} - {"__pycache__"} == before


@pytest.mark.parametrize("hidden", ["nn.py", "numpy.py", "autograd_lite.py", "numpy/__init__.py"])
def test_a_folder_that_hides_a_package_is_refused(here: Path, hidden: str) -> None:
    folder = here / "homework"
    (folder / hidden).parent.mkdir(parents=True, exist_ok=True)
    (folder / hidden).write_text("", encoding="utf-8")
    (folder / "tensor.py").write_text(TENSOR, encoding="utf-8")
    name = hidden.partition(".")[0].partition("/")[0]
    done = run("draw", "homework/tensor.py", cwd=here)
    told = done.stderr.decode("utf-8").replace("\\", "/").splitlines()
    assert done.returncode == 2 and told == [
        f"autograd-lite: 'homework/{hidden}' hides the package {name}.",
        f"Rename it, to my_{name}.py for example.",
    ]


def test_a_format_that_cannot_be_written_is_told_before_the_file_runs(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the file was run")

    monkeypatch.setattr(drawing_command, "_run", never)
    assert main(["draw", "tensor.py", "-o", "f.gif"]) == 2
