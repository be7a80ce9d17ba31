"""The notebooks run, and show what they are committed with.

Compared are the streams, and the words and numbers of every result; not its styling, and of pictures only what they are
called. A number may differ by one in the last digit printed, or in the sixth significant one; whole numbers may not.
"""

import json
import re
from collections.abc import Callable
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

for needed in ("nbclient", "nbformat", "ipykernel", "pandas", "matplotlib", "scipy"):
    pytest.importorskip(needed)
notebooks = pytest.importorskip("tests.notebooks")

# In a process of its own: what Jupyter leaves open is no concern of these tests.
EXECUTE = """
import sys
from pathlib import Path
import nbformat
from tests.notebooks import executed
print(nbformat.writes(executed(Path(sys.argv[1]))))
"""

NUMBER = re.compile(r"[-+−]?\d+(?:\.\d*)?(?:e[-+]?\d+)?")
LARGEST = 400_000
# A gallery is made of pictures: every view, on light pages, on dark ones and in print.
LARGEST_GALLERY = 800_000
ABSOLUTE = re.compile(r"(?<![\w.:/<])/(?:home|root|tmp|usr|opt|var|mnt|private|work|Users)/|\b[A-Z]:\\\\")

pytestmark = pytest.mark.extra("nbclient")
each_notebook = pytest.mark.parametrize("path", notebooks.NOTEBOOKS, ids=lambda path: path.stem)


def text(source: str | list[str]) -> str:
    """A text of a notebook, which may be kept in lines."""
    return source if isinstance(source, str) else "".join(source)


def words(html: str) -> str:
    """What is read on a page: its text without tags and styles."""
    without_styles = re.sub(r"<style.*?</style>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", without_styles))


def shown(cell: dict[str, Any]) -> list[str]:
    """Everything that a cell shows, as text; of a picture what it is called."""
    found = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            found.append(f"{output['name']}: {text(output['text'])}")
            continue
        for kind, data in sorted(output["data"].items()):
            is_text = kind.startswith("text/")
            found.append(f"{kind}: {(words(text(data)) if kind == 'text/html' else text(data)) if is_text else ''}")
    return found


def differences(now: str, committed: str) -> list[str]:
    """What differs between two texts, in words or in numbers by more than is allowed."""
    around = [NUMBER.sub("#", each).split() for each in (now, committed)]
    if around[0] != around[1]:
        return [f"{one!r} for {other!r}" for one, other in zip_longest(*around) if one != other]
    numbers = zip(NUMBER.findall(now), NUMBER.findall(committed), strict=True)
    return [f"{one} for {other}" for one, other in numbers if not equal(one, other)]


def equal(one: str, other: str) -> bool:
    """Whether two printed numbers are the same up to their last digits."""
    a, b = (float(number.replace("−", "-")) for number in (one, other))
    return abs(a - b) <= max(1.01 * unit(one), 1.01 * unit(other), 1e-6 * abs(b))


def unit(number: str) -> float:
    """One in the last digit that a number is printed with; 0 for whole numbers, which are exact."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals or exponent else 0.0


@pytest.mark.slow
@each_notebook
def test_a_notebook_shows_what_it_is_committed_with(path: Path, run_python: Callable[..., str]):
    committed = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cells = json.loads(run_python(EXECUTE, str(path)))["cells"]
    for number, (now, before) in enumerate(zip(cells, committed, strict=True), 1):
        outputs, expected = shown(now), shown(before)
        assert len(outputs) == len(expected), f"cell {number}"
        for one, other in zip(outputs, expected, strict=True):
            assert not differences(one, other), f"cell {number}; after a look: python -m tests.notebooks"


@each_notebook
def test_a_notebook_was_executed_from_top_to_bottom(path: Path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert any(cell["outputs"] for cell in code)


@each_notebook
def test_a_notebook_holds_nothing_of_the_machine_it_ran_on(path: Path):
    source = path.read_text(encoding="utf-8")
    notebook = json.loads(source)
    assert notebook["metadata"] == notebooks.METADATA
    assert not any(cell["metadata"] for cell in notebook["cells"])
    assert not ABSOLUTE.search(source) and str(ROOT) not in source
    assert "application/vnd.jupyter.widget" not in source


@each_notebook
def test_a_notebook_shows_no_error_and_no_warning(path: Path):
    source = path.read_text(encoding="utf-8")
    outputs = [output for cell in json.loads(source)["cells"] for output in cell.get("outputs", [])]
    assert "Traceback" not in source
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


@each_notebook
def test_a_notebook_is_small(path: Path):
    assert path.stat().st_size < (LARGEST_GALLERY if "-gallery-" in path.name else LARGEST)


@each_notebook
def test_the_readme_names_every_notebook(path: Path):
    assert f"notebooks/{path.name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("now", "committed"),
    [("δ = -0.1151", "δ = -0.1150"), ("[0.5   1.]", "[0.5 1.]"), ("2.0000001234", "2.0"), ("7.7e-20", "7.6e-20")],
)
def test_last_digits_and_spaces_may_differ(now, committed):
    assert not differences(now, committed)


@pytest.mark.parametrize(
    ("now", "committed"),
    [("δ = -0.1152", "δ = -0.1150"), ("3 layers", "4 layers"), ("vanishing", "healthy"), ("0.5", "-0.5"), ("1 2", "1")],
)
def test_words_whole_numbers_and_first_digits_may_not(now, committed):
    assert differences(now, committed)
