"""The house stands as it was drawn: what lies where, which way the imports point, and what the README promises."""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("autograd_lite", "nn")
COMMANDS = ["pip install . && autograd-lite tour", "pip install -e '.[test]' && pytest"]
TOP_LEVEL = {*PACKAGES, "tests", "notebooks", "pyproject.toml", "README.md", "LICENSE", "CONTRIBUTING.md"}
# What tools and the tour leave behind; the repository ignores it.
LEFT_BEHIND = {"__pycache__", "build", "dist", "autograd-lite-tour"}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}

SECOND_ACCESS = """
import importlib, pkgutil, sys, types
package = importlib.import_module(sys.argv[1])
first = {name: getattr(package, name) for name in package.__all__}
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
for name, value in first.items():
    if getattr(package, name) is not value:
        print(name, "is another object after every module was imported")
    if isinstance(value, types.ModuleType) != (f"{package.__name__}.{name}" in sys.modules):
        print(name, "is both a public name and a module")
"""


def code_blocks(language: str) -> list[str]:
    """The README's code blocks in one language."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, flags=re.MULTILINE | re.DOTALL)


def imports(module: str) -> Iterator[str]:
    """The modules of any package that a module imports, at its top or anywhere inside."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parents, *([node.module] if node.module else [])])
            inner = [f"{source}.{alias.name}" for alias in node.names]
            yield from (name for name in inner if name in MODULES)
            if any(name not in MODULES for name in inner):
                yield source


def foreign(module: str, *allowed: str) -> set[str]:
    """What a module imports beyond the standard library and the modules and packages allowed."""
    known = tuple(f"{name}." for name in (*sys.stdlib_module_names, *allowed))
    return {name for name in imports(module) if not f"{name}.".startswith(known)}


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_the_same_on_second_access(package, run_python):
    assert run_python(SECOND_ACCESS, package) == ""


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_exist_once_and_are_sorted_out(package, run_python):
    names = run_python("import importlib, sys; print(*importlib.import_module(sys.argv[1]).__all__)", package).split()
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith("_") and name != "__version__"]


def test_the_top_level_holds_nothing_else():
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and path.suffix != ".egg-info"}
    assert found - LEFT_BEHIND <= TOP_LEVEL


def test_no_import_closes_a_circle():
    arrows = {module: {name for name in imports(module) if name in MODULES} for module in MODULES}
    graphlib.TopologicalSorter(arrows).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_a_file_opens_by_saying_what_it_is_about(module):
    assert ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", MODULES)
def test_a_file_stays_short(module):
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("nn")])
def test_nn_uses_only_what_the_engine_makes_public(module):
    shared = ("errors", "spelling", "writing", "messages", "matrices", "mistakes", "drawing", "tex", "threads")
    public = {"autograd_lite", *(f"autograd_lite.{name}" for name in (*shared, "rerunning"))}
    assert {name for name in imports(module) if name.startswith("autograd_lite")} <= public


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("autograd_lite.derivatives")])
def test_a_table_of_derivatives_imports_numpy_and_primitives_only(module):
    ours = [f"autograd_lite.{name}" for name in ("primitives", "errors", "spelling", "blocks", "derivatives")]
    assert not foreign(module, "numpy", *ours)


def test_the_hand_formulas_are_written_in_plain_numpy():
    assert not foreign("nn.recursion", "numpy")


def test_the_writer_depends_on_nothing_but_the_errors():
    assert not foreign("autograd_lite.writing", "autograd_lite.errors")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").exists()


def test_the_readme_gives_the_two_commands():
    assert code_blocks("sh")[0].splitlines() == COMMANDS


@pytest.mark.parametrize("program", code_blocks("python"))
def test_the_example_of_the_readme_runs(program, tmp_path: Path):
    setup = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    subprocess.run([sys.executable, "-c", setup + program], cwd=tmp_path, stdin=subprocess.DEVNULL, check=True)


def test_only_marked_tests_need_extras():
    """The marker is what CI chooses them by; a notebook's test needs the extra to be read at all."""
    allowed = {"conftest.py", "test_notebooks.py", "test_house.py"}
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.name not in allowed]
    assert not [path.name for path in tests if "importorskip" in path.read_text(encoding="utf-8")]
