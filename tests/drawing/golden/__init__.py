"""Small graphs whose DOT is kept, to be reviewed as text: `python -m tests.drawing.golden` writes it anew.

The numbers in it are checked against values known from elsewhere in `test_golden.py`.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

import autograd_lite as ag

FOLDER = Path(__file__).parent
_TEXT = re.compile(r"(?=<FONT\b)")


def product() -> ag.Drawing:
    """One operation of two leaves, one of them constant."""
    w = ag.tensor(2.0, requires_grad=True, name="w")
    return ag.draw(w * ag.tensor([1.5, -3.0], name="x"))


def printed() -> ag.Drawing:
    """A graph that branches, in black on white, with a legend."""
    a = ag.tensor(0.5, requires_grad=True, name="a")
    return ag.draw((a - 1.0) * np.exp(a), theme="print", legend=True)


def clusters() -> ag.Drawing:
    """Two scopes, one within the other, from top to bottom."""
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    with ag.scope("outer"):
        h = w * w
        with ag.scope("inner"):
            y = np.sqrt(h)
    return ag.draw(y.sum(), rankdir="TB", grads=False)


def create_graph() -> ag.Drawing:
    """The graph of a derivative: 3w² of w³."""
    w = ag.tensor(2.0, requires_grad=True, name="w")
    (slope,) = ag.gradients(w**3, [w], create_graph=True)
    return ag.draw(slope)


def backward() -> ag.Drawing:
    """The way back along a chain."""
    w = ag.tensor([[1.0, -2.0]], requires_grad=True, name="w")
    return ag.draw(np.tanh(w @ ag.tensor([3.0, 1.0], name="x")), backward=True)


def backward_adds() -> ag.Drawing:
    """The way back where gradients add up, in the letters of the second note and in Spanish."""
    w = ag.tensor(3.0, requires_grad=True, name="w")
    return ag.draw(w * w + w, backward=True, notation="u-o", lang="es", theme="dark")


GRAPHS: dict[str, Callable[[], ag.Drawing]] = {
    each.__name__: each for each in (product, printed, clusters, create_graph, backward, backward_adds)
}


def path(name: str) -> Path:
    """Return where the DOT of a graph is kept."""
    return FOLDER / f"{name}.dot"


def as_lines(source: str) -> str:
    """Return DOT with every text at the start of a line, which Graphviz reads in the same way."""
    return _TEXT.sub("\n", source)
