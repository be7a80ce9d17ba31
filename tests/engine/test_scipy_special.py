"""SciPy's special functions on Tensors: every rule in both orders, extremes, dtypes, and what has no rule."""

import math
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.derivatives.scipy_special import PAGES, declaring, read_pages
from autograd_lite.errors import GradientError, UnknownNameError, UnsupportedError
from tests.engine.test_operations import calls, floats, function_of_floats

pytestmark = pytest.mark.extra("scipy")

# Names that every SciPy of the last years has; the pages declare more.
NAMES = """
    erf erfc erfcx erfi erfinv erfcinv dawsn ndtr log_ndtr ndtri ndtri_exp expit log_expit logit gammaln loggamma gamma
    rgamma psi zeta beta betaln poch binom gammainc gammaincc betainc stdtr xlogy xlog1py entr rel_entr kl_div huber
    pseudo_huber i0 i0e i1 i1e j0 j1 y0 y1 k0 k1 jv yv iv ive kv kve expm1 exp2 exp10 log1p exprel cosm1 boxcox boxcox1p
    exp1 expi expn spence lambertw ellipk ellipe hyp0f1 hyp1f1 hyp2f1 eval_legendre eval_chebyt eval_hermite
""".split()  # noqa: SIM905


def slopes(f: Callable[[Any], Any], points: Any, orders: int = 2) -> list[Any]:
    """Return the derivatives of an elementwise function, one order after the other."""
    x = ag.tensor(points, requires_grad=True)
    found, y = [], f(x)
    for _ in range(orders):
        (y,) = ag.gradients(y.sum(), [x], create_graph=True)
        found.append(y.numpy())
    return found


def test_the_functions_of_models_are_declared() -> None:
    assert set(NAMES) <= set(read_pages())
    assert {row.name for row in ag.supported()} >= {f"scipy.special.{name}" for name in NAMES}


@pytest.mark.parametrize("page", PAGES)
def test_the_derivatives_agree_with_central_differences(page: str) -> None:
    ours = f"autograd_lite.derivatives.scipy_special.{page}"
    chosen = {
        name: each
        for name, each in read_pages().items()
        if next(filter(callable, map(each.rules.get, each.ruled))).__module__ == ours
    }
    assert chosen
    for operation in chosen.values():
        for args, kwargs in calls(operation, np.random.default_rng(1)):
            inputs = floats(args)
            if all(each.size for each in inputs):
                assert ag.gradcheck(function_of_floats(operation, args, kwargs), tuple(inputs), order=2)


def test_every_declaration_says_how_it_is_tested_and_has_a_formula() -> None:
    for each in read_pages().values():
        assert each.samples is not None or each.domain is not None
        assert all(each.formula(each.operands.index(name)) for name in each.ruled)
    assert {each.__name__ for each in read_pages().values()} <= {f"special.{name}" for name in declaring.DECLARED}


def test_operands_that_are_empty_broadcast_or_lie_apart_have_the_gradients_of_whole_ones() -> None:
    for each in read_pages().values():
        args, kwargs = next(iter(calls(each, np.random.default_rng(1))))
        inputs = floats(args)
        function = function_of_floats(each, args, kwargs)

        def gradients(*arrays: Any, f: Callable[..., Any] = function) -> list[Any]:
            tensors = [ag.tensor(a, requires_grad=True) for a in arrays]
            return [g.numpy() for g in ag.gradients(f(*tensors).sum(), tensors)]

        points = [a.ravel()[:2] for a in inputs]
        whole = gradients(*[np.array([a, a, a]) for a in points])
        stretched = gradients(*[np.broadcast_to(a, (3, *a.shape)) for a in points])
        apart = gradients(*[np.array([a, a, a]).T.copy().T for a in points])
        joined = gradients(points[0], *[np.array([a, a, a]) for a in points[1:]])
        for one, two, three in zip(whole, stretched, apart, strict=True):
            np.testing.assert_allclose([two, three], [one, one], rtol=1e-14, err_msg=each.__name__)
        total = whole[0].sum(axis=0) if len(points) > 1 else whole[0][0]
        np.testing.assert_allclose(joined[0], total, rtol=1e-13, err_msg=each.__name__)
        empty = gradients(*[a[:0] for a in points])
        assert all(g.shape == (0,) and g.dtype == a.dtype for g, a in zip(empty, points, strict=True)), each


def test_float32_stays_float32_where_it_does_so_in_scipy() -> None:
    for each in read_pages().values():
        args, kwargs = next(iter(calls(each, np.random.default_rng(1))))
        with np.errstate(all="ignore"):
            narrow = [a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == float else a for a in args]
            if each.fn(*narrow).dtype != np.float32:
                continue
        tensors = [ag.tensor(a, requires_grad=True) for a in floats(narrow)]
        wide = [ag.tensor(a.astype(float), requires_grad=True) for a in floats(narrow)]
        function = function_of_floats(each, tuple(narrow), kwargs)
        y = function(*tensors)
        found = ag.gradients((y * y).sum(), tensors, create_graph=True)
        z = function_of_floats(each, args, kwargs)(*wide)
        for g, known in zip(found, ag.gradients((z * z).sum(), wide), strict=True):
            assert y.dtype == g.dtype == np.float32, each
            np.testing.assert_allclose(g.numpy(), known.numpy(), rtol=1e-3, atol=1e-4)


def test_numpys_call_gives_the_value_of_scipy_and_a_tensor() -> None:
    from scipy import special

    point = np.array([[0.3], [0.7]])
    t = ag.tensor(point, requires_grad=True)
    for f in (special.erf, special.gammaln, special.digamma, special.expit, special.logit, special.log_ndtr):
        assert isinstance(f(t), ag.Tensor) and f(t).requires_grad
        np.testing.assert_array_equal(f(t).numpy(), f(point))
    both = special.betaln(t, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(both.numpy(), special.betaln(point, np.array([1.0, 2.0, 3.0])))
    (g,) = ag.gradients(both.sum(), [t])
    assert g.shape == (2, 1)


def test_slopes_in_closed_form() -> None:
    from scipy import special

    x = np.array([0.4, 1.3, 2.5])
    phi = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    first, second = slopes(special.ndtr, x)
    np.testing.assert_allclose([first, second], [phi, -x * phi], rtol=1e-14)
    first, second = slopes(special.gammaln, x)
    np.testing.assert_allclose([first, second], [special.psi(x), special.polygamma(1, x)], rtol=1e-14)
    first, second = slopes(lambda t: special.jv(1, t), x)
    known = [special.jvp(1, x), special.jvp(1, x, 2)]
    np.testing.assert_allclose([first, second], known, rtol=1e-13, atol=1e-15)
    first, second = slopes(special.ellipk, np.array([0.0]))
    np.testing.assert_allclose([first[0], second[0]], [math.pi / 8, 9 * math.pi / 64], rtol=1e-14)
    first, second, third = slopes(special.exprel, np.array([0.0]), 3)
    np.testing.assert_allclose([first[0], second[0], third[0]], [1 / 2, 1 / 3, 1 / 4], rtol=1e-14)
    first, second = slopes(special.spence, np.array([1.0]))
    np.testing.assert_allclose([first[0], second[0]], [-1, 1 / 2], rtol=1e-14)


def test_complex_steps_agree_where_scipy_has_complex_numbers() -> None:
    from scipy import special

    x = np.array([0.3, 1.1, 2.4])
    for f in (special.erf, special.erfc, special.dawsn, special.psi, special.loggamma, special.expm1, special.log1p):
        np.testing.assert_allclose(slopes(f, x, 1)[0], f(x + 1e-5j).imag / 1e-5, rtol=1e-8)


def test_far_out_no_slope_is_lost() -> None:
    from scipy import special

    # log Φ: the slope is −x (1 + x⁻² − 2x⁻⁴ ...), the second −1 + x⁻² − 6x⁻⁴ ...
    for x in (-40.0, -1e3, -1e6):
        first, second = (each[0] for each in slopes(special.log_ndtr, np.array([x])))
        np.testing.assert_allclose(first, -x * (1 + x**-2 - 2 * x**-4 + 10 * x**-6), rtol=1e-9)
        np.testing.assert_allclose(second, -1 + x**-2 - 6 * x**-4 + 50 * x**-6, rtol=1e-7)
    first, second = slopes(special.log_ndtr, np.array([40.0]))
    assert first[0] == 0 and second[0] == 0
    # erfcx: 1/(√π x) for large x
    first, second = slopes(special.erfcx, np.array([1e4, 1e8]))
    np.testing.assert_allclose(first * math.sqrt(math.pi), [-1e-8 * (1 - 1.5e-8), -1e-16], rtol=1e-12)
    np.testing.assert_allclose(second * math.sqrt(math.pi), [2e-12 * (1 - 3e-8), 2e-24], rtol=1e-12)
    first, second = slopes(special.dawsn, np.array([1e4]))
    np.testing.assert_allclose([first[0], second[0]], [-0.5e-8 * (1 + 1.5e-8), 1e-12 * (1 + 3e-8)], rtol=1e-12)
    np.testing.assert_allclose(slopes(special.expit, np.array([40.0, -700.0]))[0], np.exp([-40.0, -700.0]), rtol=1e-12)
    np.testing.assert_allclose(slopes(special.log_expit, np.array([-800.0, 800.0]))[0], [1, 0])
    np.testing.assert_allclose(slopes(special.erfinv, np.array([1 - 1e-15]), 1)[0], 1e15 / 11.4, rtol=0.1)


def test_at_poles_and_ends_zero_stays_zero() -> None:
    from scipy import special

    ends = np.array([0.0, 0.5, 1.0])
    x = ag.tensor(ends, requires_grad=True)
    inside = np.where((x > 0) & (x < 1), special.logit(x), 0)
    first = ag.gradients(inside.sum(), [x], create_graph=True)[0]
    second = ag.gradients(first.sum(), [x])[0]
    assert first.tolist() == [0, 4, 0] and second.tolist() == [0, 0, 0]
    with np.errstate(all="ignore"):
        assert slopes(special.logit, ends, 1)[0].tolist() == [np.inf, 4, np.inf]
    p = ag.tensor([0.0, 0.5], requires_grad=True)
    q = ag.tensor([0.0, 0.25], requires_grad=True)
    found = ag.gradients(special.rel_entr(p, q).sum(), [p, q])
    np.testing.assert_allclose([each.numpy() for each in found], [[1, math.log(2) + 1], [0, -2]], rtol=1e-14)
    at_poles = slopes(special.rgamma, np.array([0.0, -1.0, -3.0]), 1)[0]
    np.testing.assert_allclose(at_poles, [1, -1, -6], rtol=1e-13)  # (−1)ⁿ n!
    near_pole = np.array([-1 + 1e-6])  # log |Γ| has the slope −1/(x + 1) there
    np.testing.assert_allclose(slopes(special.gammaln, near_pole, 1)[0], -1e6, rtol=1e-5)
    assert slopes(special.i1, np.array([0.0]))[0] == 0.5 and slopes(special.j1, np.array([0.0]))[0] == 0.5


def test_an_order_that_requires_a_gradient_is_refused_and_a_constant_one_is_not() -> None:
    from scipy import special

    order = ag.tensor([0.5, 1.5], requires_grad=True)
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(UnsupportedError, match=r"special\.jv\(\) has no derivative in 'v' here") as told:
        special.jv(order, x)
    assert str(told.value).count("\n") == 1
    assert special.jv(order.detach(), x).requires_grad
    with ag.no_grad():
        assert not special.jv(order, x).requires_grad


def test_a_function_without_a_rule_is_refused_by_name() -> None:
    from scipy import special

    t = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(UnsupportedError, match=r"scipy\.special\.struve has no derivative") as told:
        special.struve(1, t)
    assert str(told.value).count("\n") == 1
    np.testing.assert_array_equal(special.struve(1, t.detach()).numpy(), special.struve(1, t.numpy()))
    with pytest.raises(UnsupportedError, match="not holomorphic"):
        z = ag.tensor([1.0 + 1j], requires_grad=True)
        np.real(special.ive(1, z)).sum().backward()
    (slope,) = ag.gradients(np.real(special.loggamma(z)).sum(), [z])
    np.testing.assert_allclose(slope.numpy(), np.conj(special.psi(z.numpy())))
    with pytest.raises(UnsupportedError, match="digamma of complex numbers"):
        np.real(special.psi(z)).sum().backward()


def test_what_scipy_writes_in_python_is_refused_with_what_to_use() -> None:
    from scipy import special

    t = ag.tensor([0.7, 1.9], requires_grad=True)
    with pytest.raises(GradientError, match=r"ag\.special\.polygamma\(n, t\)"):
        special.polygamma(2, t)
    with pytest.raises(GradientError, match=r"ag\.softmax"):
        special.softmax(t)
    slope = ag.gradients(special.jvp(1, t).sum(), [t])[0].numpy()
    np.testing.assert_allclose(slope, special.jvp(1, t.detach().numpy(), 2), rtol=1e-13)


def test_the_namespace_has_scipys_names_and_what_scipy_writes_in_python() -> None:
    from scipy import special

    x = np.array([1.7, 2.9])
    t = ag.tensor(x, requires_grad=True)
    for n in (0, 1, 3):
        y = ag.special.polygamma(n, t)
        np.testing.assert_allclose(y.numpy(), special.polygamma(n, x), rtol=1e-14)
        np.testing.assert_allclose(ag.gradients(y.sum(), [t])[0].numpy(), special.polygamma(n + 1, x), rtol=1e-14)
    np.testing.assert_allclose(ag.special.multigammaln(t, 3).numpy(), special.multigammaln(x, 3), rtol=1e-14)
    assert ag.gradcheck(lambda a: ag.special.multigammaln(a, 3), (x,), order=2)
    assert ag.special.digamma(t).requires_grad and isinstance(ag.special.erf(0.5), np.floating)
    assert {"polygamma", "digamma", "gammaln"} <= set(dir(ag.special))
    with pytest.raises(UnknownNameError, match=r"Did you mean 'gammaln'") as told:
        getattr(ag.special, "gamaln")  # noqa: B009
    assert str(told.value).count("\n") == 1


def test_scipys_array_api_mode_finds_the_namespace(run_python: Callable[..., str]) -> None:
    if tuple(map(int, version("scipy").split(".")[:2])) < (1, 17):
        pytest.skip("this SciPy asks no namespace")
    program = """
import os
os.environ["SCIPY_ARRAY_API"] = "1"
import numpy as np, scipy.special as special, autograd_lite as ag
x = np.array([0.3, 0.8])
t = ag.tensor(x, requires_grad=True)
for f in (special.erf, special.gammaln, special.digamma, special.expit, special.logit, special.log_ndtr,
          lambda t: special.betaln(t, t), lambda t: special.polygamma(1, t)):
    y = f(t)
    (g,) = ag.gradients(y.sum(), [t], create_graph=True)
    known = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    assert np.allclose(y.numpy(), f(x)) and np.allclose(g.numpy(), known, rtol=1e-6), f
    assert ag.gradients(g.sum(), [t])[0].shape == (2,)
print("right")
"""
    assert run_python(program).strip() == "right"


def test_where_and_out_are_numpys() -> None:
    from scipy import special

    t = ag.tensor([0.5, -1.0], requires_grad=True)
    y = special.gammaln(t, where=np.array([True, False]))
    y.sum().backward()
    assert y.tolist()[1] == 0 and t.grad is not None and t.grad.tolist()[1] == 0
    out = ag.tensor([0.0, 0.0])
    assert special.erf(t, out=out) is out and out.requires_grad


def test_they_are_drawn_and_explained_as_others() -> None:
    from scipy import special

    x = ag.tensor([0.5, 1.5], requires_grad=True, name="x")
    loss = special.gammaln(x).sum()
    assert "ψ(x)" in str(ag.explain(loss))
    assert "gammaln" in ag.draw(loss).source


def test_scipy_is_not_imported_by_the_engine(run_python: Callable[..., str]) -> None:
    program = """
import sys
import numpy as np, autograd_lite as ag
t = ag.tensor([1.0], requires_grad=True)
np.exp(t).sum().backward()
np.greater(t, 0)
try:
    np.frompyfunc(abs, 1, 1)(t)
except TypeError:
    pass
print("scipy" in sys.modules)
"""
    assert run_python(program).strip() == "False"
