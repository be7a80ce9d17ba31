"""The command line as a newcomer meets it: the tour in every kind of terminal, and misuse answered in two lines."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nn import cli
from nn.cli import INTERRUPTED, main
from nn.differences import central_differences
from nn.tour import second_note
from nn.tour.checks import Checks
from nn.tour.stage import Stage
from tests.conftest import ROOT


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "nn.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("tour")
    done = run("tour", cwd=folder)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert done.stderr == b""
    return folder, done.stdout.decode("utf-8")


def test_the_tour_checks_everything(tour: tuple[Path, str]) -> None:
    _, told = tour
    assert re.search(r"✓ \d+ checks, all passed", told)
    assert "✗" not in told
    assert "\x1b" not in told
    seconds = re.findall(r"^  (\d+\.\d) s$", told, re.MULTILINE)
    assert len(seconds) == 1 and float(seconds[0]) < 60


def test_the_tour_keeps_to_80_columns(tour: tuple[Path, str]) -> None:
    assert max(map(len, tour[1].splitlines())) <= 80


@pytest.mark.parametrize(
    "row",
    [
        ["δ²", "-0.11499448", "-0.11499448", "-0.11499448", "-0.1150", "✓"],
        ["∂L/∂W¹", "1,1", "-0.02299890", "-0.02299890", "-0.02299890", "-0.023", "✓"],
        ["∂L/∂W²", "1,1", "-0.09199558", "-0.09199558", "-0.09199558", "-0.092", "✓"],
        ["σ′(z²)", "0.24859901", "0.24859901", "0.2486", "✓"],
        ["δ²", "-0.23962173", "-0.23962173", "-0.23962173", "-0.2396217", "✓"],
        ["θ¹", "1,1", "0.1", "-0.04792435", "-0.00479243", "0.10479243", "✓"],
    ],
)
def test_the_tables_hold_the_worked_numbers(tour: tuple[Path, str], row: list[str]) -> None:
    assert any(line.split()[: len(row)] == row for line in tour[1].splitlines())


def test_every_file_that_is_named_exists(tour: tuple[Path, str]) -> None:
    folder, told = tour
    named = [folder / path for path in re.findall(r"^  wrote (.+)$", told, re.MULTILINE)]
    assert {path.name for path in named} == {
        "first_note.txt",
        "second_note.txt",
        "graph.svg",
        "graph.png",
        "graph.html",
        "delta.svg",
        "delta.png",
        "graph_after_backward.svg",
        "graph_after_backward.png",
        "digits_network.svg",
        "digits_network.png",
        "digits_loss.svg",
    }
    assert sorted(named) == sorted((folder / "autograd-lite-tour").iterdir())
    assert f"{len(named)} files in autograd-lite-tour" in told
    for path in named:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG")
        elif path.suffix == ".svg":
            assert "</svg>" in path.read_text(encoding="utf-8")
    assert "δ² = (a² − y) ⊙ σ′(z²)" in (folder / "autograd-lite-tour" / "first_note.txt").read_text(encoding="utf-8")


def test_the_tour_in_cp1252_and_spanish(tmp_path: Path) -> None:
    done = run("tour", "--lang", "es", "--out", "visita", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    told = done.stdout.decode("cp1252")
    assert done.returncode == 0, told + done.stderr.decode("cp1252")
    assert told.isascii()
    assert "delta2" in told and "dL/dW2" in told and "OK" in told and "WRONG" not in told
    assert "comprobaciones, todas superadas" in told
    assert "Layer" not in told and "wrote" not in told
    assert max(map(len, told.splitlines())) <= 100
    assert "δ²" in (tmp_path / "visita" / "second_note.txt").read_text(encoding="utf-8")


def test_a_failing_check_is_named_and_exits_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(second_note.EXPECTED, "ŷ", ["0.5199999"])
    monkeypatch.setattr("nn.tour.digits.WANTED_ACCURACY", 1.0)
    assert main(["tour", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert re.search(r"✗ 2 of \d+ checks failed:", told)
    assert re.search(r"^ +ŷ, note +1\.1e-05 +> 5\.0e-08$", told, re.MULTILINE)
    assert re.search(r"^  ŷ .* ✗", told, re.MULTILINE)


def test_a_picture_that_cannot_be_drawn_does_not_end_the_tour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from autograd_lite.errors import RenderError

    def refuse(*_: object, **__: object) -> Path:
        raise RenderError("no Graphviz was found.", "Install graphviz-pure.")

    monkeypatch.setattr("autograd_lite.drawing.Drawing.render", refuse)
    assert main(["tour", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "✗ graph.svg: no Graphviz was found.\n    Install graphviz-pure." in told
    assert "held-out images" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tuor"], "unknown command 'tuor'"),
        (["--frobnicate"], "unknown option '--frobnicate'"),
        (["tour", "--ot", "x"], "unknown option '--ot'"),
        (["tour", "x"], "unknown argument 'x'"),
        (["tour", "--out"], "cannot write to ''"),
        (["tour", "--lang", "fr"], "unknown language 'fr'"),
        (["tour", "--lang"], "unknown language ''"),
        (["--lang=es", "visita"], "orden desconocida 'visita'"),
    ],
)
def test_misuse_is_told_in_two_lines(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert len(shown.err.splitlines()) == 2
    assert not list(tmp_path.iterdir())


def test_out_may_not_be_a_file_or_below_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("kept")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        assert main(["tour", "--out", str(out)]) == 2
        what, mend = capsys.readouterr().err.splitlines()
        assert "there is a file of that name" in what
        assert "--out DIR" in mend
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_out_must_be_writable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    assert main(["tour", "--out", str(tmp_path)]) == 2
    assert "permission denied" in capsys.readouterr().err


def test_a_full_disk_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nn.tour.run", full)
    assert main(["tour", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "autograd-lite: No space left on device\n"


def test_ctrl_c_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.tour.run", interrupted)
    assert main(["tour", "--out", str(tmp_path), "--lang", "es"]) == 130
    assert capsys.readouterr().err == "Interrumpido.\n"


def test_ctrl_c_while_the_tour_trains_ends_the_tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.optim.Adam.step", interrupted)
    assert main(["tour", "--out", str(tmp_path)]) == INTERRUPTED


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is of POSIX")
def test_ctrl_c_in_the_middle_of_the_tour(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "nn.cli", "tour"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # A shell starts its background jobs with SIGINT ignored, and the tests may run in one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert started.stdout is not None
    started.stdout.readline()
    time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=60)
    # As shells know it, 128 + SIGINT. Where the signal struck within exec() of a string, as dataclasses use it,
    # `python -m` ends by the signal itself, although it was caught.
    assert started.returncode in (INTERRUPTED, -signal.SIGINT)
    assert errors == "Interrupted.\n"
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.skipif(os.name == "nt", reason="head is of POSIX")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m nn.cli tour | head -n 1'
    done = subprocess.run(
        command,
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"autograd-lite")
    assert done.stderr == b""


def test_the_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    own, python, numpy, renderer = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"autograd-lite \d+\.\d+\.\d+", own)
    assert python.startswith("Python 3.")
    assert numpy == f"NumPy {np.__version__}"
    assert "Graphviz" in renderer


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["tour", "--help"], ["--lang", "es", "-h"]])
def test_help_is_on_standard_output(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "tour" in shown.out and "--lang en|es" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 90


def test_help_lists_every_command() -> None:
    from nn.messages import MESSAGES

    for text in MESSAGES["cli.help"]:
        assert all(f"\n  {command} " in text for command in cli.COMMANDS)


def test_printed_numbers_mean_half_a_unit_of_their_last_decimal() -> None:
    checks = Checks()
    assert checks.compare_printed("", [0.53742], ["0.5374"]).passed
    assert not checks.compare_printed("", [0.53746], ["0.5374"]).passed
    assert checks.compare_printed("", [-0.0229989, 0.0114994, 0.0], ["-0.023", "0.0115", "0"]).passed
    assert not checks.compare("", [np.nan], [np.nan], 1.0).passed
    assert not checks.compare("", [1.0, 1.0], [1.0], 1.0).passed
    assert len(checks.failed) == 3


def test_central_differences_leave_the_arrays_as_they_were() -> None:
    x, a = np.array([[100.0, -2.0]]), np.array(0.5)
    (in_x, in_a) = central_differences(lambda: float((x**2).sum() * a), [x, a])
    np.testing.assert_allclose(in_x, [[100.0, -2.0]], atol=1e-6)
    np.testing.assert_allclose(in_a, 1e4 + 4, rtol=1e-9)
    assert json.dumps([x.tolist(), float(a)]) == "[[[100.0, -2.0]], 0.5]"


def test_a_formula_is_not_broken_over_two_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    formula = "θ ← θ − η δ o with η = 0.1"
    for size in range(60):
        Stage(tmp_path).paragraph("x" * size + " " + formula)
        assert any("θ ← θ − η δ o" in line for line in capsys.readouterr().out.splitlines())
