"""The further pages of the table are read when something of theirs is asked for, by whatever door it is."""

import ast
from pathlib import Path

import pytest

from autograd_lite import derivatives
from autograd_lite.derivatives.composition import COMPOSITES
from autograd_lite.derivatives.further import PAGES, whole_table
from autograd_lite.methods import TensorMethods, method_composites, method_primitives
from autograd_lite.undifferentiated import PIECEWISE_CONSTANT, name_of

FOLDER = Path(derivatives.__file__).parent

# A fresh process, with a function that says which of the further pages were read.
START = f"""
import sys
import numpy as np
import autograd_lite as ag
from autograd_lite.errors import AutogradError

def read():
    return [page for page in {PAGES} if f"autograd_lite.derivatives.{{page}}" in sys.modules]

assert read() == []
t = ag.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
"""
COFACTORS, ONES, FIRST = [[3.0, -1.0], [-1.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [0.0, 0.0]]
DOORS = {
    "a NumPy function": ("y = np.linalg.det(t)", COFACTORS),
    "a composite": ("y = np.nansum(t)", ONES),
    "a ufunc's method": ("y = np.add.reduce(t, axis=None)", ONES),
    "a public name": ("y = ag.einsum('ij->', t)", ONES),
    "all names": ("from autograd_lite import *; y = pad(t, 1).sum()", ONES),
    "a namespace": ("y = ag.linalg.det(t)", COFACTORS),
    "a page": ("import autograd_lite.derivatives.linalg; y = np.linalg.det(t)", COFACTORS),
    "a creation function": ("y = ag.full((2,), t[0, 0]).sum()", FIRST),
    "inside no_grad": ("with ag.no_grad(): np.linalg.det(t)\ny = np.linalg.det(t)", COFACTORS),
    "inside detect_anomaly": ("with ag.detect_anomaly(): y = np.linalg.det(t)", COFACTORS),
    "inside errstate": ("with np.errstate(all='raise'): y = np.linalg.det(t)", COFACTORS),
}
TRAINING = """
import nn
x, labels = np.random.default_rng(0).normal(size=(6, 4)), np.arange(6) % 3
for optimizer in (nn.optim.SGD, nn.optim.Adam):
    for loss, y in ((nn.CrossEntropyLoss(), labels), (nn.MSELoss(), np.eye(3)[labels])):
        model = nn.MLP([4, 8, 3], activation="gelu", rng=0)
        stepped = optimizer(model.parameters(), lr=0.1)
        loss(model(x), y).backward()
        stepped.step()
        stepped.zero_grad()
nn.fit(model, x, labels, loss=nn.CrossEntropyLoss(), optimizer=stepped, epochs=1, metrics=[nn.metrics.accuracy])
"""
LOOKING = """
repr(t), np.floor(t), np.sign(t), np.argmax(t), np.isnan(t), np.shape(t), np.copyto(ag.zeros(2), t[0])
hasattr(ag, "_repr_html_"), hasattr(ag, "coverage"), hasattr(ag, "a.b")
from autograd_lite import drawing
"""
THREADS = """
from tests.engine.together import at_once

def gradient(f):
    x = ag.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
    f(x).backward()
    return np.round(x.grad, 12).tolist()

sys.setswitchinterval(1e-6)
works = [np.linalg.det, lambda x: ag.linalg.det(x), np.nansum, lambda x: ag.nansum(x), lambda x: ag.pad(x, 1).sum()]
print(at_once(*[lambda f=f: gradient(f) for f in 4 * works]))
"""

# Traces the import of a page up to a line, where something happens in its midst.
WITHIN = """
def within(page, line, act):
    def trace(frame, event, _):
        code = frame.f_code
        if code.co_filename.endswith(f"derivatives/{page}.py") and code.co_name == "<module>" and frame.f_lineno > line:
            sys.settrace(None)
            act()
        return trace
    return trace
"""
STRUCK = """
def strike():
    raise KeyboardInterrupt

for page in ("convolution", "fft", "ufunc_methods"):
    sys.settrace(within(page, 60, strike))
    try:
        np.linalg.det(t)
    except KeyboardInterrupt:
        print("struck", read())
"""
WHOLE = """
y = np.linalg.det(t)
y.backward()
print(np.round(t.grad, 12).tolist(), len(ag.OPERATIONS), len(ag.COMPOSITES))
"""
HALF_READ = """
import threading
there, go = threading.Event(), threading.Event()

def wait():
    there.set()
    assert not go.wait(0.2)

def first():
    sys.settrace(within("padding", 80, wait))
    np.linalg.det(t)

reader = threading.Thread(target=first)
reader.start()
assert there.wait(20)
print(np.pad(t, 1).shape)
reader.join()
"""


def test_every_page_belongs_to_the_whole_table(run_python) -> None:
    print_modules = (
        "import sys; from autograd_lite.derivatives import further; further.whole_table(); print(*sys.modules)"
    )
    read = set(run_python(print_modules).split())
    pages = {path.stem for path in FOLDER.iterdir() if path.suffix == ".py" or path.name == "linalg"} - {"__init__"}
    assert {f"autograd_lite.derivatives.{page}" for page in pages} - read == set()


def test_a_page_is_either_read_at_once_or_a_further_one() -> None:
    assert set(derivatives.__all__) & set(PAGES) == set()
    assert list(PAGES) == sorted(PAGES)


@pytest.mark.parametrize("door", DOORS)
def test_through_every_door_the_table_is_whole(door: str, run_python) -> None:
    program, gradient = DOORS[door]
    found = run_python(f"{START}{program}\nassert read(), read()\ny.backward()\nprint(np.round(t.grad, 12).tolist())")
    assert ast.literal_eval(found) == gradient


@pytest.mark.parametrize("program", [TRAINING, LOOKING], ids=["training", "looking"])
def test_training_and_looking_read_no_further_page(program: str, run_python) -> None:
    assert run_python(f"{START}{program}\nprint(read())").endswith("[]\n")


def test_threads_that_ask_at_once_all_find_what_they_asked_for(run_python) -> None:
    assert ast.literal_eval(run_python(START + THREADS)) == 4 * [COFACTORS, COFACTORS, ONES, ONES, ONES]


def test_after_ctrl_c_in_the_midst_of_a_page_all_are_read_again(run_python) -> None:
    struck = run_python(START + WITHIN + STRUCK + WHOLE)
    assert struck == 3 * "struck []\n" + run_python(START + WHOLE)


def test_no_other_thread_sees_a_page_that_is_half_read(run_python) -> None:
    assert run_python(START + WITHIN + HALF_READ) == "(4, 4)\n"


@pytest.mark.parametrize(("wrong", "meant"), [("ag.conv3d", "conv2d"), ("ag.linalg.invv", "inv")])
def test_a_misspelt_name_is_answered_from_the_whole_table(wrong: str, meant: str, run_python) -> None:
    program = f"try: {wrong}\nexcept AutogradError as problem: print(problem)"
    assert f"Did you mean {meant!r}?" in run_python(START + program)


def test_what_a_further_page_declares_is_not_declared_anew(run_python) -> None:
    program = "try: ag.primitive(np.linalg.inv, a=lambda g: g)\nexcept AutogradError as problem: print(problem)"
    assert "has its derivative already" in run_python(START + program)


def test_what_a_user_declares_first_is_no_name_of_the_table(run_python) -> None:
    program = "ag.primitive(lambda x: 2 * x, x=lambda g: 2 * g, name='doubled')"
    assert run_python(f"{START}{program}\nprint('doubled' in dir(ag), 'doubled' in ag.OPERATIONS)") == "False False\n"


def test_a_ufuncs_method_that_a_user_declared_is_not_asked_for_again_and_again(run_python) -> None:
    program = "ag.primitive(np.logical_xor.reduce, name='odd', array=lambda g: g)"
    assert run_python(f"{START}{program}\nprint(np.logical_xor.reduce(t.detach(), axis=None))") == "tensor(False)\n"


@pytest.mark.extra("scipy")
def test_what_scipy_brings_first_is_no_name_of_the_table(run_python) -> None:
    program = "import scipy.special; scipy.special.gammaln(t).sum().backward()"
    assert run_python(f"{START}{program}\nprint('gammaln' in dir(ag), t.grad.shape)") == "False (2, 2)\n"


def test_no_further_page_has_a_method_of_tensor() -> None:
    assert {*method_primitives(), *method_composites()} <= set(vars(TensorMethods))


def test_no_further_page_has_a_function_that_is_constant_to_tensors() -> None:
    """For these nothing is read."""
    assert {name_of(each) for each in (*whole_table(), *COMPOSITES)} & PIECEWISE_CONSTANT == {"sign"}
    assert "parts" not in PAGES
