"""Other libraries: a Tensor that requires a gradient is refused by the name of the function that it was given to."""

import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import DtypeError, GradientError, UnsupportedError, UsageError

LIBRARY = """
import functools
import numpy as np
from {name}._inner import _deeper, Model, solve, called

def total(x):
    return _deeper(x)

def batched(f):
    @functools.wraps(f)
    def inner(*args):
        args = [np.asarray(each) for each in args]
        return f(*args)
    return inner

@batched
def decorated(x):
    return x

def careful(x):
    try:
        return float(x)
    except (TypeError, ValueError):
        return 0.0

def warm(f, x):
    return f(x)
"""
INNER = """
import numpy as np

def _deeper(x):
    return np.asarray(x)

class _Base:
    def predict(self, x):
        return np.asarray(x)

    def __call__(self, x):
        return np.asarray(x)

class Model(_Base):
    def __init__(self, x=0.0):
        self.x = np.asarray(x)

def solve(x):
    return np.asarray(x)

def called(f):
    return float(f(1.0))
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An installed package with a private module."""
    package = tmp_path / "site-packages" / "elsewhere"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(LIBRARY.format(name="elsewhere"), encoding="utf-8")
    (package / "_inner.py").write_text(INNER, encoding="utf-8")
    monkeypatch.syspath_prepend(str(package.parent))
    import elsewhere

    yield elsewhere
    for name in [each for each in sys.modules if each.partition(".")[0] == "elsewhere"]:
        del sys.modules[name]


@pytest.fixture
def t():
    return ag.tensor([1.0, 2.0], requires_grad=True, name="t")


CALLS = {
    "total": lambda library, t: library.total(t),
    "solve": lambda library, t: library.solve(t),
    "decorated": lambda library, t: library.decorated(t),
    "Model": lambda library, t: library.Model(t),
    "Model.predict": lambda library, t: library.Model().predict(t),
    "called": lambda library, t: library.called(lambda _: t),
    "careful": lambda library, t: library.careful(t),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_function_is_named_as_users_know_it(name, library, t):
    with pytest.raises(GradientError) as caught:
        CALLS[name](library, t)
    assert str(caught.value) == (
        f"elsewhere.{name} computes with plain arrays: the gradient of 't' would be lost.\n"
        "Give it t.numpy() for the value alone, or declare its derivative: ag.primitive(...)."
    )


def test_a_called_object_is_named_by_its_class(library, t):
    with pytest.raises(GradientError, match=r"^elsewhere\.Model computes"):
        library.Model()(t)


def test_the_users_own_function_is_answered_as_ever_though_a_library_calls_it(library, t):
    with pytest.raises(UsageError, match=r"^np\.asarray\(t\)"):
        library.warm(lambda x: np.asarray(x), t)


def test_values_that_require_no_gradient_go_anywhere(library, t):
    assert library.total(t.detach()).tolist() == [1.0, 2.0]
    loss = (t * t).sum()
    loss.backward()
    assert library.careful(loss) == 5.0


def test_a_sparse_matrix_is_no_operand(t):
    class Sparse:
        shape = (2, 2)

        def toarray(self):
            return np.eye(2)

    with pytest.raises(
        DtypeError, match=r"^A sparse matrix of shape \(2, 2\) cannot become a Tensor\.\nWrite A\.toarray"
    ):
        t @ Sparse()


def scipy_calls():
    """What people try, by the name of what refuses: a function of a Tensor, and what the mend mentions."""
    return {
        "scipy.linalg.solve": (lambda s, t: s.linalg.solve(np.eye(2), t), "ag.linalg.solve"),
        "scipy.linalg.inv": (lambda s, t: s.linalg.inv(t * np.eye(2)), "ag.linalg.inv"),
        "scipy.linalg.cholesky": (lambda s, t: s.linalg.cholesky(t * np.eye(2)), "ag.linalg.cholesky(A).mT"),
        "scipy.linalg.expm": (lambda s, t: s.linalg.expm(t * np.eye(2)), "ag.primitive"),
        "scipy.fft.fft": (lambda s, t: s.fft.fft(t), "ag.fft.fft"),
        "scipy.fft.dct": (lambda s, t: s.fft.dct(t), "ag.primitive"),
        "scipy.special.logsumexp": (lambda s, t: s.special.logsumexp(t), "ag.logsumexp"),
        "scipy.integrate.trapezoid": (lambda s, t: s.integrate.trapezoid(t), "ag.trapezoid"),
        "scipy.integrate.quad": (lambda s, t: s.integrate.quad(lambda x: x * t[0], 0, 1), "return numbers"),
        "scipy.integrate.solve_ivp": (lambda s, t: s.integrate.solve_ivp(lambda x, y: -y, (0, 1), t), "t.numpy()"),
        "scipy.optimize.minimize": (lambda s, t: s.optimize.minimize(lambda x: (x * x).sum(), t), "jac=ag.grad(f)"),
        "scipy.optimize.least_squares": (lambda s, t: s.optimize.least_squares(lambda x: x, t), "ag.jacobian(f)"),
        "scipy.optimize.brentq": (lambda s, t: s.optimize.brentq(lambda x: x - t[0], 0, 3), "t.numpy()"),
        "scipy.interpolate.CubicSpline": (lambda s, t: s.interpolate.CubicSpline([0, 1], t), "ag.primitive"),
        "scipy.interpolate.make_interp_spline": (
            lambda s, t: s.interpolate.make_interp_spline([0, 1], t, k=1),
            "t.numpy()",
        ),
        "scipy.stats.rv_continuous.logpdf": (lambda s, t: s.stats.norm.logpdf(t), "ag.primitive"),
        "scipy.stats.zscore": (lambda s, t: s.stats.zscore(t), "ag.primitive"),
        "scipy.signal.lfilter": (lambda s, t: s.signal.lfilter([1.0], [1.0, 0.5], t), "ag.primitive"),
        "scipy.signal.convolve": (lambda s, t: s.signal.convolve(t, [1.0, 2.0]), "ag.primitive"),
        "scipy.ndimage.gaussian_filter": (lambda s, t: s.ndimage.gaussian_filter(t, 1.0), "ag.primitive"),
        "scipy.sparse.csr_array.dot": (lambda s, t: s.sparse.csr_array(np.eye(2)).dot(t), "ag.primitive"),
        "scipy.sparse.csr_array": (lambda s, t: s.sparse.csr_array(np.eye(2)) @ t, "ag.primitive"),
        "scipy.spatial.distance.euclidean": (lambda s, t: s.spatial.distance.euclidean(t, [0, 0]), "t.numpy()"),
    }


@pytest.mark.extra("scipy")
@pytest.mark.parametrize("name", scipy_calls())
def test_scipy_never_drops_a_gradient(name, t):
    from importlib import import_module

    import scipy

    import_module(".".join(name.split(".")[:2]))
    call, mend = scipy_calls()[name]
    with pytest.raises(GradientError) as caught:
        call(scipy, t)
    what, how = str(caught.value).split("\n")
    assert what.startswith(f"{name} computes with plain arrays: the gradient of ")
    assert mend in how and max(len(what), len(how)) <= 160


@pytest.mark.extra("matplotlib")
def test_a_plot_names_the_function_that_draws(t):
    from matplotlib.figure import Figure

    with pytest.raises(GradientError, match=r"^matplotlib\.axes\.Axes\.plot computes with plain arrays"):
        Figure().subplots().plot(t)


@pytest.mark.extra("pandas")
def test_a_table_names_its_class(t):
    import pandas as pd

    for name, make in {"Series": pd.Series, "DataFrame": lambda t: pd.DataFrame({"t": t})}.items():
        with pytest.raises(GradientError, match=rf"^pandas\.{name} computes with plain arrays"):
            make(t)
    with pytest.raises(GradientError, match=r"^pandas\.Series computes"):
        pd.Series([1.0, 2.0]) + t


@pytest.mark.extra("sklearn")
def test_an_estimator_names_its_method(t):
    from sklearn.preprocessing import StandardScaler

    with pytest.raises(GradientError, match=r"^sklearn\.preprocessing\.StandardScaler\.fit_transform computes"):
        StandardScaler().fit_transform(t.reshape(2, 1))


@pytest.mark.extra("scipy")
def test_a_function_of_scipy_special_without_a_derivative_is_named_in_full(t):
    from scipy.special import airy

    with pytest.raises(UnsupportedError, match=r"^scipy\.special\.airy has no derivative here"):
        airy(t)


@pytest.mark.extra("scipy")
def test_what_returns_a_tensor_to_a_minimizer_is_told_to_the_user(t):
    from scipy.optimize import minimize

    for method in ("BFGS", "Nelder-Mead", "Powell"):
        with pytest.raises(GradientError, match=r"^scipy\.optimize\.minimize"):
            minimize(lambda x: ((x - t) ** 2).sum(), np.zeros(2), method=method)


@pytest.mark.extra("scipy")
def test_newtons_method_in_python_goes_on_in_tensors():
    from scipy.optimize import newton

    s = ag.tensor(0.5, requires_grad=True)
    root = newton(lambda x: x * x - s, 0.7, fprime=lambda x: 2 * x)
    root.backward()
    # d√s/ds
    assert s.grad.item() == pytest.approx(1 / (2 * np.sqrt(0.5)), rel=1e-6)
