"""The gallery's pictures by name: those that its notebooks show, and every view of every network in every theme.

The networks are those of the notebooks, whose cells are run for them.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import autograd_lite as ag
import nn
from tests.conftest import ROOT

NOTEBOOKS = tuple(sorted((ROOT / "notebooks").glob("*-gallery-*.ipynb")))
THEMES = ("light", "dark", "print")


class Picture(NamedTuple):
    """A picture to be drawn, in a theme."""

    name: str
    theme: str
    draw: Callable[[], Any]


@cache
def networks() -> dict[str, Any]:
    """The networks of the gallery, each with the data and the loss that it is drawn with."""
    names: dict[str, Any] = {}
    for source in _code(NOTEBOOKS[0]):
        exec(source, names)
        if "networks" in names:
            break
    found: dict[str, Any] = names["networks"]
    return found


def shown() -> Iterator[Picture]:
    """Yield the pictures of the notebooks, in their order."""
    for path in NOTEBOOKS:
        names: dict[str, Any] = {}
        for number, source in enumerate(_code(path), 1):
            value = _run(source, names)
            if hasattr(value, "render"):
                theme = re.search(r'theme="(\w+)"', source)
                yield Picture(f"{path.stem}-{number:02}", theme[1] if theme else "light", lambda value=value: value)


def every(of: tuple[str, ...] | None = None) -> Iterator[Picture]:
    """Yield every view of the networks of these names, or of all, in every theme."""
    for name in of or tuple(networks()):
        for view, draw in _views(name).items():
            for theme in THEMES:
                yield Picture(f"{name}-{view}", theme, lambda draw=draw, theme=theme: draw(theme))


def _views(name: str) -> dict[str, Callable[[str], Any]]:
    model, x, y, loss = networks()[name]
    views: dict[str, Callable[[str], Any]] = {
        "layers": lambda theme: nn.draw(model, x, y, loss, theme=theme),
        "ops": lambda theme: nn.draw(model, x, y, loss, view="ops", theme=theme),
        "graph": lambda theme: ag.draw(loss(model(x), y), theme=theme, legend=True),
        "backward": lambda theme: ag.draw(loss(model(x), y), theme=theme, backward=True),
        "folded": lambda theme: ag.draw(loss(model(x), y), theme=theme, fold=True),
    }
    if isinstance(model, nn.MLP):
        views["diagnosis"] = lambda theme: nn.diagnose(model, x, y, loss).draw(theme)
    if name in ("worked", "digits"):
        views["delta"] = lambda theme: nn.draw(model, x, y, loss, view="delta", theme=theme)
    if name == "worked":
        options = {"lang": "es", "notation": "u-o", "width": "17cm"}
        wrong = nn.verify(model, x, y, loss, hand=lambda a2, y: {"delta2": a2 - y, "dW2": a2})
        history = nn.History(loss=[2.0, 1.0, 0.4], validation_loss=[1.8, 1.2, 0.9], validation_accuracy=[0.2, 0.6, 0.7])
        views |= {
            "neurons": lambda theme: nn.draw(model, x, y, loss, view="neurons", theme=theme),
            "report": lambda theme: wrong.draw(theme=theme),
            "history": lambda theme: history.draw(theme=theme),
            "es-delta": lambda theme: nn.draw(model, x, y, loss, view="delta", theme=theme, **options),
            "es-neurons": lambda theme: nn.draw(model, x, y, loss, view="neurons", theme=theme, **options),
            "es-ops": lambda theme: nn.draw(model, x, y, loss, view="ops", theme=theme, **options),
        }
    return views


def _code(path: Any) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell, and return the value of the expression that it ends with."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None
