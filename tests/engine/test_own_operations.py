"""Operations of the user's own are all that those of the table are, and ag.check_primitive finds their mistakes."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import (
    AutogradError,
    GradientCheckError,
    GradientError,
    UnknownKeywordError,
    UnsupportedError,
    UsageError,
)


def leaf(data: Any, **options: Any) -> ag.Tensor:
    return ag.tensor(data, dtype=float, requires_grad=True, **options)


@ag.primitive(x=lambda g, x, y: g * np.exp(x - y), tex="e^{x - y}", domain=(-3, 3))
def own_softplus(x: Any) -> Any:
    """log(1 + eˣ)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def by_newton(a: Any) -> Any:
    """A square root by a loop over Python's numbers."""

    def one(number: float) -> float:
        root = max(number, 1.0)
        for _ in range(60):
            root = (root + number / root) / 2
        return root

    return np.array([one(float(each)) for each in a.ravel()], a.dtype).reshape(a.shape)


def fixed_point(W: Any, b: Any) -> Any:
    """The x with x = tanh(W x + b)."""
    x = np.zeros_like(b)
    for _ in range(400):
        x = np.tanh(W @ x + b)
    return x


def adjoint(g: Any, y: Any, W: Any) -> Any:
    """(I − D W)⁻ᵀ g, times D = diag(1 − y²), by the implicit function theorem."""
    d = 1 - y * y
    return d * np.linalg.solve(np.transpose(np.eye(y.shape[0]) - np.expand_dims(d, 1) * W), g)


class Polar(NamedTuple):
    r: Any
    angle: Any


KNOTS, HEIGHTS = np.linspace(0.0, 3.0, 7), np.sin(np.linspace(0.0, 3.0, 7))
SLOPES = np.diff(HEIGHTS) / np.diff(KNOTS)

own_root = ag.primitive(by_newton, a=lambda g, y: g / (2 * y), domain=(0.3, 3))
own_matmul = ag.primitive(
    lambda a, b: a @ b,
    a=lambda g, b: g @ b.T,
    b=lambda g, a: a.T @ g,
    name="own_matmul",
    samples=lambda draw: [((draw(2, 3), draw(3, 4)), {}), ((draw(1, 2), draw(2, 1)), {})],
)
own_fixed_point = ag.primitive(
    fixed_point,
    W=lambda g, y, W: np.outer(adjoint(g, y, W), y),
    b=lambda g, y, W: adjoint(g, y, W),
    samples=lambda draw: [((0.1 * draw(3, 3), draw(3)), {})],
)
own_polar = ag.primitive(
    lambda a, b: Polar(np.hypot(a, b), np.arctan2(b, a)),
    outputs=2,
    name="own_polar",
    domain=(0.3, 2),
    a=lambda g, y, a, b: g[0] * a / y[0] - g[1] * b / y[0] ** 2,
    b=lambda g, y, a, b: g[0] * b / y[0] + g[1] * a / y[0] ** 2,
)
own_sort = ag.primitive(
    lambda x: (np.sort(x), np.argsort(x)),
    outputs=2,
    name="own_sort",
    x=lambda g, x: np.take_along_axis(g[0], np.argsort(np.argsort(x)), -1),
    samples=lambda draw: [((draw(4),), {}), ((draw(2, 3),), {})],
)
own_lookup = ag.primitive(
    lambda x: np.interp(x, KNOTS, HEIGHTS).astype(x.dtype),
    x=lambda g, x: g * np.take(SLOPES, np.searchsorted(KNOTS, x) - 1).astype(g.dtype),
    name="own_lookup",
    domain=(0.1, 2.9),
)
own_square = ag.primitive(lambda z: z * z, z=lambda g, z: g * 2 * z, name="own_square")
own_total = ag.primitive(
    lambda *arrays, factor=1.0: sum(arrays) * factor, each=lambda g, factor: g * factor, name="total"
)


@ag.primitive(u=lambda g, u, h, rate: g * (1 + h * rate * (1 - 2 * u)), samples=lambda draw: [((draw(3), 1.5), {})])
def own_step(u: Any, rate: float, h: float = 0.1, method: str = "euler") -> Any:
    """One step of the logistic equation."""
    return u + h * rate * u * (1 - u)


RIGHT = [
    own_softplus, own_root, own_matmul, own_fixed_point, own_polar,
    own_sort, own_lookup, own_square, own_total, own_step,
]  # fmt: skip


@pytest.mark.parametrize("op", RIGHT, ids=lambda op: op.__name__)
def test_right_operations_pass_every_test(op: Any) -> None:
    report = ag.check_primitive(op)
    assert report.ok and {each.id for each in report.attempts if each.verdict == "right"} >= {
        "first",
        "second",
        "float32",
    }


def test_an_operation_is_dispatched_recorded_and_called_on_arrays() -> None:
    assert own_softplus(0.0) == np.log(2) and own_softplus([0.0, 0.0]).shape == (2,)
    assert own_softplus.__doc__ == "log(1 + eˣ)." and own_softplus.__name__ == "own_softplus"
    x = leaf([0.3, -1.0])
    assert isinstance(own_softplus(x), ag.Tensor) and own_softplus(x=x).tolist() == own_softplus(x.numpy()).tolist()
    assert own_softplus(x.detach()).requires_grad is False
    with ag.no_grad():
        assert own_softplus(x).requires_grad is False


def test_a_ufunc_of_the_users_is_found_on_tensors() -> None:
    tripled = np.frompyfunc(lambda x: 3.0 * x, 1, 1)
    ag.primitive(tripled, x=lambda g: 3 * g, name="tripled")
    with pytest.raises(AutogradError):  # its results are Python objects
        tripled(leaf([1.0]))
    ag.primitive(tripled, x=lambda g: 3 * g, name="tripled again")


def test_settings_have_defaults_and_may_be_given_by_position_or_name() -> None:
    u = leaf([0.2, 0.7])
    for call in (own_step(u, 2.0, 0.5), own_step(u, rate=2.0, h=0.5), own_step(rate=2.0, u=u, h=0.5, method="euler")):
        assert np.allclose(call.tolist(), [0.36, 0.91])
        (g,) = ag.gradients(call.sum(), u)
        assert g is not None and np.allclose(g.tolist(), [1.6, 0.6])
    array = np.array([2.0, 2.0])
    y = own_step(u, array)
    array[:] = 100.0
    y.sum().backward()
    assert u.grad is not None and np.allclose(u.grad.tolist(), [1.12, 0.92])


def test_an_operand_without_a_rule_raises_and_one_declared_none_does_not() -> None:
    with pytest.raises(UnsupportedError, match="has no rule for 'rate'"):
        own_step(leaf([0.5]), leaf(2.0))
    with ag.no_grad():
        assert np.allclose(own_step(leaf([0.5]), leaf(2.0)).tolist(), [0.55])
    masked = ag.primitive(lambda m, x: m * x, m=None, x=lambda g, m: g * m, name="masked")
    m, x = leaf(2.0), leaf(3.0)
    masked(m, x).backward()
    assert m.grad is None and x.grad is not None and x.grad.item() == 2.0


def test_rules_may_stand_in_any_order() -> None:
    swapped = ag.primitive(
        lambda a, b: a * a * b, b=lambda g, a: g * a * a, a=lambda g, a, b: 2 * g * a * b, name="swapped"
    )
    a, b = leaf(2.0), leaf(3.0)
    swapped(a, b).backward()
    assert a.grad is not None and b.grad is not None and (a.grad.item(), b.grad.item()) == (12.0, 4.0)


def test_several_results_keep_their_tuple_and_integers_have_no_gradient() -> None:
    r, angle = own_polar(leaf(3.0), leaf(4.0))
    assert isinstance(own_polar(leaf(3.0), 4.0), Polar) and (r.item(), angle.item()) == (5.0, np.arctan2(4.0, 3.0))
    x = leaf([3.0, 1.0, 2.0])
    values, order = own_sort(x)
    assert order.dtype.kind == "i" and not order.requires_grad and order.tolist() == [1, 2, 0]
    (values * np.array([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [100.0, 1.0, 10.0]
    singles = own_polar(ag.tensor([3.0], dtype=np.float32, requires_grad=True), ag.ones(1, dtype=np.float32))
    assert [each.dtype for each in singles] == [np.float32, np.float32]


def test_a_straight_through_estimator_trains_and_is_no_derivative() -> None:
    through = ag.primitive(lambda x: np.floor(x + 0.5), x=lambda g: g, name="through", domain=(0.1, 0.4))
    x = leaf([0.3, 1.6])
    (3 * through(x)).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [3.0, 3.0]
    with pytest.raises(GradientCheckError, match="first derivative"):
        ag.check_primitive(through)


def test_a_clipped_gradient_is_no_derivative_either() -> None:
    clipped = ag.primitive(lambda x: x * 1.0, x=lambda g: np.clip(g, -1, 1), name="clipped")
    x = leaf([0.3, 1.6])
    (3 * clipped(x)).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [1.0, 1.0]
    with pytest.raises(GradientCheckError, match="clipped"):
        ag.check_primitive(clipped)


def test_an_operation_is_explained_and_drawn() -> None:
    loss = own_softplus(leaf([0.3], name="x")).sum()
    told = str(ag.explain(loss))
    assert "own_softplus(x)" in told and "e^(x − v1)" in told
    assert "own_softplus" in ag.draw_dot(loss).source
    r, _ = own_polar(leaf(3.0, name="a"), leaf(4.0, name="b"))
    assert "output 0" in str(ag.explain(r)) and "own_polar" in ag.draw_dot(r).source


def test_the_rule_of_an_operation_without_a_formula_is_told_as_the_users() -> None:
    plain = ag.primitive(lambda x: x**3, x=lambda g, x: g * 3 * x**2, name="own_cube")
    told = str(ag.explain(plain(leaf([2.0], name="x")).sum()))
    assert "the rule of own_cube that ag.primitive was given" in told and "table" not in told
    assert "se dio a ag.primitive" in str(ag.explain(plain(leaf([2.0], name="x")).sum(), lang="es"))


@pytest.mark.extra("scipy")
def test_a_function_of_scipy_is_wrapped_and_its_rule_too() -> None:
    from scipy import special

    cosine = ag.primitive(
        lambda x: special.spherical_jn(0, x).astype(x.dtype), x=lambda g, x: g * minus_j1(x), name="j0", domain=(0.5, 3)
    )
    minus_j1 = ag.primitive(
        lambda x: -special.spherical_jn(1, x).astype(x.dtype),
        x=lambda g, x: -g * special.spherical_jn(1, x, derivative=True),
        name="minus_j1",
    )
    assert ag.check_primitive(cosine).ok


def raised_by(rule: Any, point: Any = (1.0, 2.0)) -> str:
    wrong = ag.primitive(lambda x: x * 2.0, x=rule, name="wrong")
    with pytest.raises(GradientError) as caught:
        wrong(leaf(point)).sum().backward()
    return str(caught.value)


def test_a_rule_may_write_into_nothing_that_it_is_given() -> None:
    def doubling(g: Any) -> Any:
        g *= 2
        return g

    def sorting(g: Any, x: Any) -> Any:
        x.sort()
        return g

    assert "read-only" in raised_by(doubling) and "read-only" in raised_by(sorting)
    twice = ag.primitive(lambda x: x * 2.0, x=doubling, name="twice")
    with pytest.raises(AutogradError, match="read-only"):
        twice(leaf([1.0])).sum().backward(create_graph=True)


def test_what_a_rule_returns_and_raises_is_told_with_its_name() -> None:
    title = "The rule of 'wrong' for 'x'"
    assert raised_by(lambda g: None).startswith(f"{title} returned None.")
    assert raised_by(lambda g: "no").startswith(f"{title} returned text, no numbers.")
    assert raised_by(lambda g: g @ np.ones((5, 5))).startswith(f"{title} raised ValueError:")
    assert raised_by(lambda g: 1 / 0).startswith(f"{title} raised ZeroDivisionError:")


def constant(x: Any) -> Any:
    return x.detach() if isinstance(x, ag.Tensor) else x


WRONG = {
    "a rule that forgets the 2": (
        ag.primitive(lambda x: x * x, x=lambda g, x: g * x, name="w1"), "first", "half as large as it should be",
    ),
    "a second derivative of a detached rule": (
        ag.primitive(lambda x: x * x, x=lambda g, x: g * 2 * constant(x), name="w2"),
        "second", "zero everywhere",
    ),
    "a constant in float64": (
        ag.primitive(lambda x: x * np.array([2.0]), x=lambda g: 2 * g, name="w3",
                     samples=lambda draw: [((draw(3),), {})]),
        "float32", "Python's numbers",
    ),
    "a function that writes into its operand": (
        ag.primitive(lambda x: np.multiply(x, 2.0, out=x), x=lambda g: 2 * g, name="w4",
                     samples=lambda draw: [((draw(3),), {})]),
        "writes", "x = x.copy()",
    ),
    "a value outside of the domain": (
        ag.primitive(lambda x: np.where(x > 0, x, np.nan), x=lambda g: g, name="w5"), "value", "domain=",
    ),
    "random numbers": (
        ag.primitive(lambda x: x * np.random.default_rng().uniform(), x=lambda g: g, name="w6"), "value", "seed",
    ),
    "a rule for vectors only": (
        ag.primitive(lambda x: x[:1] * 2.0 + 0 * x, x=lambda g: g * 2, name="w7"), "value", "samples=",
    ),
    "a broadcast of which one row counts": (
        ag.primitive(lambda a, b: a + b, a=lambda g: g,
                     b=lambda g, like_b: g if like_b.shape == g.shape else g[:1] * 1.0, name="w8",
                     samples=lambda draw: [((draw(3, 2), draw(3, 2)), {}), ((draw(3, 2), draw(2)), {})]),
        "broadcast", "only the first of the places",
    ),
    "strides that are taken for shapes": (
        ag.primitive(lambda x: x * (2.0 if x.flags.c_contiguous else 3.0), x=lambda g, y, x: g * y / x, name="w9",
                     samples=lambda draw: [((draw(3, 2) + 4,), {})]),
        "layout", "how the operands lie in memory",
    ),
    "a rule that returns None": (
        ag.primitive(lambda x: x * 2.0, x=lambda g: None, name="w10"), "first", "Return the gradient",
    ),
    "another shape": (
        ag.primitive(lambda x: x * 2.0, x=lambda g: np.ones(7), name="w11", samples=lambda draw: [((draw(3),), {})]),
        "first", "A gradient has the shape of its operand",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore")
def test_check_primitive_says_which_test_fails_and_why(name: str) -> None:
    op, failing, expected = WRONG[name]
    report = ag.check_primitive(op, raise_exception=False)
    assert not report.ok and failing in {each.id for each in report.failures}
    assert any(expected in " ".join(each.said) for each in report.failures), report
    with pytest.raises(GradientCheckError) as caught:
        ag.check_primitive(op)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2 and lines[0].startswith(f"check_primitive: {op.__name__} fails ")
    assert caught.value.report.failures[0].id == report.failures[0].id


def test_a_report_is_read_in_both_languages_and_as_data() -> None:
    english, spanish = (str(ag.check_primitive(own_softplus, lang=lang)) for lang in ("en", "es"))
    assert "own_softplus: all right" in english and "primera derivada" in spanish and "3 llamadas" in spanish
    wrong = ag.check_primitive(WRONG["a rule that forgets the 2"][0], raise_exception=False)
    assert wrong.to_dict()["ok"] is False and "wrong at call" in str(wrong)


def test_one_call_or_given_samples_are_tested_in_place_of_the_declared_ones() -> None:
    assert ag.check_primitive(own_step, np.array([0.2, 0.4]), rate=2.0).attempts[0].calls == 1
    assert ag.check_primitive(own_matmul, samples=[((np.eye(2), np.ones((2, 3))), {})], order=1).ok
    assert ag.check_primitive(own_square, np.array([1 + 2j, 0.5j])).ok


def test_misspelt_settings_are_answered() -> None:
    with pytest.raises(UnknownKeywordError, match="Did you mean 'method'"):
        own_step(leaf([0.5]), 1.0, metod="euler")
    with pytest.raises(UsageError, match="needs rate"):
        own_step(leaf([0.5]))


class Doubling:
    def __call__(self, x: Any) -> Any:
        return 2 * x


@pytest.mark.parametrize(
    "op",
    [
        ag.primitive(Doubling(), x=lambda g: 2 * g),
        ag.primitive(partial(np.multiply, 2.0), x=lambda g: 2 * g, name="partly"),
        ag.primitive(lambda x: ag.tanh(x), x=lambda g, y: g * (1 - y * y), name="by_ag"),
        ag.primitive(lambda x: 2 * x, x=lambda g, like_y: g * 2 * np.ones(like_y.shape, like_y.dtype), name="like"),
    ],
    ids=lambda op: op.__name__,
)
def test_whatever_can_be_called_is_an_operation(op: Any) -> None:
    assert ag.check_primitive(op).ok


def test_operands_and_settings_may_be_for_keywords_only() -> None:
    weighted = ag.primitive(
        lambda x, *, w, **options: x * w * options.get("scale", 1.0),
        x=lambda g, w, options: g * w * options.get("scale", 1.0),
        w=lambda g, x, options: g * x * options.get("scale", 1.0),
        name="weighted",
    )
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    weighted(x, w=w, scale=10.0).sum().backward()
    assert x.grad is not None and w.grad is not None
    assert (x.grad.tolist(), w.grad.tolist()) == ([30.0, 40.0], [10.0, 20.0])
    assert ag.check_primitive(weighted, np.array([1.0, 2.0]), w=np.array([0.5, 3.0]), scale=2.0).ok


def test_an_operation_works_inside_transforms() -> None:
    powered = ag.primitive(lambda x, n=2: x**n, x=lambda g, x, n: g * n * x ** (n - 1), name="powered", domain=(0.3, 2))
    found = ag.jacobian(lambda x: powered(x, 3))(np.array([1.0, 2.0]))
    assert np.allclose(found, np.diag([3.0, 12.0]))
    assert np.allclose(ag.hessian(lambda x: powered(x, 3).sum())(np.array([1.0, 2.0])), np.diag([6.0, 12.0]))


def test_a_gradient_that_a_rule_keeps_is_not_added_into() -> None:
    kept = np.array([5.0, 7.0])
    constant = ag.primitive(lambda x: x + 0, name="constant", x=lambda g: kept)
    x = leaf([1.0, 2.0])
    (2 * x + constant(x) + constant(x)).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [12.0, 16.0]
    assert kept.tolist() == [5.0, 7.0]
