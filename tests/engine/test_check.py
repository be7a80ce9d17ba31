"""gradcheck finds wrong rules, says where, and never passes when nothing was compared."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.errors import GradientCheckError, UsageError

WRONG = ag.primitive(lambda x: x**2, x=lambda g, x: g * x, name="half_a_square")
WRONG_SECOND = ag.primitive(lambda x: x**2, x=lambda g, x: g * 2 * x.detach() if hasattr(x, "detach") else g * 2 * x)


def test_a_right_gradient_passes() -> None:
    assert ag.gradcheck(lambda a, b: np.tanh(a @ b), (np.ones((2, 3)), np.arange(3.0)), order=2)


def test_a_wrong_gradient_names_the_element_and_both_numbers() -> None:
    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(WRONG, np.array([0.1, 3.0, 1.0]))
    assert "at input 0[1]" in str(caught.value) and len(str(caught.value).splitlines()) == 2
    assert not ag.gradcheck(WRONG, np.array([0.1, 3.0]), raise_exception=False)


def test_a_wrong_second_derivative_is_found_by_order_two_only() -> None:
    assert ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]))
    with pytest.raises(GradientCheckError, match="second derivative"):
        ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]), order=2)


@pytest.mark.parametrize("inputs", [np.array([1, 2]), ag.tensor([1.0]), np.zeros(0)])
def test_nothing_to_compare_is_an_error(inputs: object) -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        ag.gradcheck(lambda x: x * 2.0, inputs)


def test_a_disconnected_output_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing to compare"):
        ag.gradcheck(lambda x: x.detach() * 2.0, np.ones(2))


def told(f: object, inputs: object, **options: object) -> str:
    """The second line of gradcheck's error."""
    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(f, inputs, **options)  # type: ignore[arg-type]
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    return lines[1]


NEGATED = ag.primitive(lambda x: np.tanh(x), x=lambda g, y: g * (y * y - 1), name="negated_slope")
TRANSPOSED = ag.primitive(lambda x: 3 * x, x=lambda g: 3 * g.T, name="transposed_slope")
THIRD = ag.primitive(lambda x: x**3, x=lambda g, x: g * x**2, name="third_of_a_slope")
UNKNOWN = ag.primitive(lambda x: x**3, x=lambda g, x: g * (x**2 + np.cos(x)), name="unknown_slope")


@pytest.mark.parametrize(
    ("f", "inputs", "expected"),
    [
        (WRONG, np.array([0.1, 3.0, 1.0]), "half as large as it should be"),
        (WRONG, np.array([0.1, 3.0, 1.0], np.float32), "half as large as it should be"),
        (NEGATED, np.array([0.1, 3.0, 1.0]), "the sign is reversed"),
        (TRANSPOSED, np.ones((3, 3)), "transposed"),
        (THIRD, np.array([0.1, 3.0]), "1/3 times what it should be"),
    ],
)
def test_a_known_mistake_is_named(f: object, inputs: object, expected: str) -> None:
    assert told(f, inputs) == f"By autodiff input 0: {expected}. Check the rule of that operation."


def test_of_two_inputs_the_wrong_one_is_named() -> None:
    assert told(lambda a, b: a * NEGATED(b), (np.array([0.5, 2.0]), np.array([0.3, 1.2]))).startswith(
        "By autodiff input 1: the sign is reversed."
    )


def test_a_wrong_second_derivative_is_named_too() -> None:
    assert "zero everywhere" in told(WRONG_SECOND, np.array([1.0, 2.0, 0.3]), order=2)


def test_an_unknown_mistake_gets_no_name() -> None:
    for point in (np.array([0.1, 3.0]), np.array(2.0), np.ones(4)):
        assert told(UNKNOWN, point).startswith("Check the rule of that operation;")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_kink_is_shown_with_both_slopes(dtype: type) -> None:
    line = told(lambda x: np.where(x > 0, 3 * x, -x).sum(), np.array([1.0, 0.0], dtype))
    slopes = [float(each) for each in line.split() if each.lstrip("-").replace(".", "", 1).isdigit()]
    assert "a kink" in line and np.isclose(slopes[1] / slopes[0], -3, rtol=1e-3)


def test_a_jump_and_the_edge_of_the_domain_are_told_apart() -> None:
    assert "a jump" in told(lambda x: np.where(x > 1, x + 1, x), np.array([0.5, 1.0]))
    assert "the edge of the domain" in told(np.sqrt, np.array([0.0, 1.0]))


def test_float32_that_is_too_coarse_is_told_from_a_wrong_rule() -> None:
    assert told(lambda x: np.sin(x) + 1e6, np.array([0.5, 1.0], np.float32)).startswith("float32 is too coarse here")


def test_a_function_that_changes_from_call_to_call_is_told_from_a_wrong_rule() -> None:
    random = np.random.default_rng(0)
    assert "Called twice at one point" in told(lambda x: x * random.standard_normal(), np.array([0.5, 1.0]))


WRONG_CUBE = ag.primitive(lambda x: x**3, x=lambda g, x: g * 2 * x**2, name="two_thirds_of_a_slope")


def test_a_leaf_that_the_function_uses_without_taking_it_is_checked() -> None:
    w = ag.tensor([0.5, 2.0], requires_grad=True)
    assert ag.gradcheck(lambda *inputs: (w**3).sum(), w, order=2)
    assert told(lambda *inputs: WRONG_CUBE(w).sum(), w).startswith("By autodiff input 0: 2/3 times")
    assert told(lambda w: WRONG_CUBE(w).sum(), w).startswith("By autodiff input 0: 2/3 times")


def test_a_leaf_is_put_back_to_the_bit_and_graphs_on_it_stay_valid() -> None:
    w = ag.tensor([-0.0, 1e-310, 0.1, np.pi], requires_grad=True)
    before, loss = w.numpy().tobytes(), (w**2).sum()
    assert ag.gradcheck(lambda *inputs: (w * w).sum(), w, order=2)

    def failing(w: ag.Tensor) -> ag.Tensor:
        if w.numpy().tobytes() != before:
            raise ZeroDivisionError
        return w * w

    with pytest.raises(ZeroDivisionError):
        ag.gradcheck(failing, w)
    assert w.numpy().tobytes() == before and w.grad is None
    loss.backward()
    assert w.grad is not None and np.array_equal(w.grad.numpy(), 2 * w.numpy())


def test_a_leaf_given_twice_is_two_inputs() -> None:
    w = ag.tensor([0.5, 2.0], requires_grad=True)
    assert ag.gradcheck(lambda a, b: (a * b * b).sum(), (w, w), order=2)


def test_inputs_that_the_outputs_do_not_depend_on_are_an_error() -> None:
    w = ag.tensor([0.5, 2.0], requires_grad=True)
    with pytest.raises(UsageError, match="nothing to compare"):
        ag.gradcheck(lambda *inputs: (w**3).sum(), w.numpy())


def test_a_small_wrong_element_beside_large_right_ones_is_found() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        return 1e8 * (x[:2] ** 3).sum() + WRONG_CUBE(x[2:]).sum()

    with pytest.raises(GradientCheckError, match=r"at input 0\[2\]"):
        ag.gradcheck(f, np.array([0.3, 0.7, 2.0]))
    assert ag.gradcheck(lambda x: 1e8 * (x[:2] ** 3).sum() + (x[2:] ** 3).sum(), np.array([0.3, 0.7, 2.0]))


@pytest.mark.parametrize("seed", range(10))
def test_a_small_slope_that_rounding_hides_is_no_error(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=20)
    scale = np.array([1e12] * 10 + [1e-3] * 10)
    assert ag.gradcheck(lambda x: np.sum(np.sin(x) * scale), x)
    assert ag.gradcheck(lambda x: np.log(np.sum(np.exp(1e-3 * x + 700.0))), x)


@pytest.mark.parametrize("dtypes", [("f8", "f4"), ("f4", "f8")])
def test_tolerances_are_those_of_the_coarsest_dtype_on_the_way(dtypes: tuple[str, str]) -> None:
    first, last = dtypes
    x = np.linspace(-1.0, 1.0, 6).astype(first)
    w = ag.tensor(np.linspace(0.1, 1.0, 6).astype("f4"), requires_grad=True)
    assert ag.gradcheck(lambda x: np.tanh(x.astype("f4") * w).astype(last), x)
    assert not ag.gradcheck(lambda x: WRONG(x.astype("f4")).astype(last), x, raise_exception=False)
