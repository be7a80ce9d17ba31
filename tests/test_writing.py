"""Text that people read: its spelling on streams that lack δ, its colours, its tables, and files written whole."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import Writer, is_plain, style, table, to_ascii, width, without_style, write, write_file


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def stream_in(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")


def written(text: str, encoding: str) -> str:
    stream = stream_in(encoding)
    write(text, stream)
    return stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("δ²", "delta2"),
        ("∂L/∂W²", "dL/dW2"),
        ("✓", "OK"),
        ("✗", "WRONG"),
        ("σ′(z²)", "sigma'(z2)"),
        ("−0.5", "-0.5"),
        ("‖g‖", "|g|"),
        ("3 × 2", "3 x 2"),
        ("(W²)ᵀ δ² ⊙ σ′", "(W2)^T delta2 (*) sigma'"),
        ("Wᵀ", "W^T"),
        ("W²ᵀ", "W2^T"),
        ("δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹", "delta^l = (W^(l+1))^T delta^(l+1)"),
        ("½(a² − y)²", "1/2 (a2 - y)^2"),
        ("±½·10⁻⁴", "+/-1/2*10^-4"),
        ("Err = Σ(y − ŷ)²", "Err = sum(y - y_hat)^2"),
        ("y\u0302", "y_hat"),
        ("Σₙ δ²ⱼ θ²ⱼᵢ", "sum_n delta2_j theta2_ji"),
        ("θ ← θ − η δ o", "theta <- theta - eta delta o"),
        ("Derivación según el año, ¿sí?", "Derivacion segun el ano, si?"),
        ("┌─┐│└┘", "+-+|++"),
        ("重", "?"),
        ("plain (already) ^2", "plain (already) ^2"),
    ],
)
def test_signs_have_ascii_names(text: str, spelling: str) -> None:
    assert to_ascii(text) == spelling


@given(st.text())
def test_every_text_becomes_ascii(text: str) -> None:
    assert to_ascii(text).isascii()


@given(st.text(st.characters(max_codepoint=126)))
def test_ascii_is_left_alone(text: str) -> None:
    assert to_ascii(text) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_unicode_streams_get_the_text_as_it_is(encoding: str) -> None:
    assert written("δ² ✓ según", encoding) == "δ² ✓ según\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437", "gbk", "cp932"])
def test_other_streams_get_ascii_names_throughout(encoding: str) -> None:
    assert written("W² × δ² según ✓", encoding) == "W2 x delta2 segun OK\n"


def test_a_character_that_no_encoding_has_does_not_stop_the_writer() -> None:
    assert written("file \udcff", "utf-8") == "file ?\n"


def test_a_stream_without_an_encoding_is_unicode() -> None:
    stream = io.StringIO()
    write("δ", stream)
    assert stream.getvalue() == "δ\n"
    assert not is_plain(stream)


def test_no_standard_output_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    write("δ")


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal, pipe = Terminal(), io.StringIO()
    write(style("✓", "green"), terminal)
    write(style("✓", "green"), pipe)
    assert terminal.getvalue() == "\x1b[32m✓\x1b[0m\n"
    assert pipe.getvalue() == "✓\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_terminals_can_ask_for_no_colour(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    terminal = Terminal()
    write(style("✗", "bold", "red"), terminal)
    assert terminal.getvalue() == "✗\n"


def test_width_counts_columns_not_characters() -> None:
    assert width("δ²") == 2
    assert width("y\u0302") == 1
    assert width("重") == 2
    assert width(style("✓", "green")) == 1


def test_columns_of_numbers_stand_at_the_decimal_point() -> None:
    rows = [["δ²", "−0.115", style("✓", "green")], ["∂L/∂W²", "12", "✓"], ["b", "–", ""]]
    assert without_style(table(rows, header=["name", "value", ""])).splitlines() == [
        "name     value",
        "──────  ──────  ─",
        "δ²      −0.115  ✓",
        "∂L/∂W²  12      ✓",
        "b        –",
    ]


def test_plain_tables_are_aligned_after_spelling() -> None:
    laid = table([["δ²", "✓"], ["W", "✗"]], header=["name", "ok?"], plain=True)
    assert laid.splitlines() == ["name    ok?", "------  -----", "delta2  OK", "W       WRONG"]


def test_cells_may_have_several_lines_and_rows_may_span() -> None:
    laid = table([["W", "⎡1⎤\n⎣2⎦", "end"], "a heading across", ["b", "3"]], indent=1)
    assert laid.splitlines() == [" W  ⎡1⎤  end", "    ⎣2⎦", " a heading across", " b  3"]


def test_an_empty_table_is_empty() -> None:
    assert table([]) == ""
    assert table([], header=["a", "b"]).splitlines() == ["a  b", "─  ─"]


def test_paragraphs_keep_to_the_columns() -> None:
    stream = io.StringIO()
    Writer(stream).paragraph("word " * 60, indent=4)
    lines = stream.getvalue().splitlines()
    assert all(len(line) <= 80 and line.startswith("    word") for line in lines)
    assert " ".join(stream.getvalue().split()) == ("word " * 60).strip()


def test_files_are_utf8_with_their_line_ends(tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.txt", "δ\nñ\r\n")
    assert path.read_bytes() == "δ\nñ\r\n".encode()
    assert write_file(tmp_path / "a.txt", b"\x00\xff").read_bytes() == b"\x00\xff"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path / "a.txt", "old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_impossible_targets_say_which_and_how_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "nowhere" / "a.txt", tmp_path / "file" / "a.txt", tmp_path):
        with pytest.raises(ArgumentError) as caught:
            write_file(target, "x")
        what, mend = str(caught.value).splitlines()
        assert target.name in what
        assert "directory that exists" in mend
    assert sorted(os.listdir(tmp_path)) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = write_file(tmp_path / "a.txt", "old")
    path.chmod(mode)
    write_file(path, "new")
    assert path.stat().st_mode & 0o777 == mode
    assert path.read_text(encoding="utf-8") == "new"


def test_a_file_is_on_the_disk_before_it_is_moved_into_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (fsync(file), done.append(f"{os.fstat(file).st_size} bytes")))
    monkeypatch.setattr(os, "replace", lambda old, new: (replace(old, new), done.append("moved")))
    write_file(tmp_path / "a.txt", b"abc")
    assert done == ["3 bytes", "moved"]


@pytest.mark.parametrize(("code", "mend"), [(errno.ENOSPC, "The disk is full"), (errno.EIO, "Give a file name")])
def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, mend: str) -> None:
    path = write_file(tmp_path / "a.txt", "old")

    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArgumentError, match=os.strerror(code).lower()) as caught:
        write_file(path, "new")
    assert str(caught.value).splitlines()[1].startswith(mend)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_system_without_fsync_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", unknown)
    assert write_file(tmp_path / "a.txt", "δ").read_text(encoding="utf-8") == "δ"


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as caught:
        write_file(tmp_path / ("a" * 5000), "x")
    what, mend = str(caught.value).splitlines()
    assert len(what) < 300
    if os.name == "posix":
        assert mend == "Give a shorter name."


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    link.symlink_to(real)
    write_file(link, "δ")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "δ"


def test_standard_output_in_cp1252(root: Path) -> None:
    program = "from autograd_lite.writing import write; write('∂L/∂W² ✓')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == [b"dL/dW2", b"OK"]
