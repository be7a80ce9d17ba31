"""gradcheck finds wrong rules, says where, and never passes when nothing was compared."""

from dataclasses import dataclass

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
    assert (
        "of output[1] at inputs[1] is 3 by autodiff, 6" in str(caught.value)
        and len(str(caught.value).splitlines()) == 2
    )
    assert not ag.gradcheck(WRONG, np.array([0.1, 3.0]), raise_exception=False)


def test_a_wrong_second_derivative_is_found_by_order_two_only() -> None:
    assert ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]))
    with pytest.raises(GradientCheckError, match="second derivative"):
        ag.gradcheck(WRONG_SECOND, np.array([1.0, 2.0]), order=2)


@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        (lambda x: x * 2.0, np.array([1, 2])),
        (lambda x: x * 2.0, ag.tensor([1.0])),
        (lambda x: x * 2.0, np.zeros(0)),
        (lambda p: p["w"] * 2.0, {"w": np.zeros((0, 2)), "n": 3}),
        (lambda x: x.detach() * 2.0, np.ones(2)),
        (lambda x: x[x > 5.0], np.ones(2)),
        (lambda x: (x > 0.5, np.argmax(x)), np.ones(2)),
        (lambda x: x * np.nan, np.ones(2)),
        (lambda x: {"a": x, "b": np.log(x - 1.0)}, np.ones(2)),
        (lambda x: None, np.ones(2)),
        (lambda x: (x, x.detach().numpy()), np.ones(2)),
    ],
)
@pytest.mark.parametrize("order", [1, 2])
def test_nothing_to_compare_is_an_error(f: object, inputs: object, order: int) -> None:
    with pytest.raises(UsageError, match=r"nothing to compare|not a Tensor") as caught:
        ag.gradcheck(f, inputs, order=order)  # type: ignore[arg-type]
    assert len(str(caught.value).splitlines()) == 2


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
    line = told(f, inputs)
    assert line.startswith("The rule of ") and line.endswith(f" for 'x': {expected}.")


def test_of_two_inputs_the_wrong_one_is_named() -> None:
    with pytest.raises(GradientCheckError, match=r"at inputs\[1\]\[1\]") as caught:
        ag.gradcheck(lambda a, b: a * NEGATED(b), (np.array([0.5, 2.0]), np.array([1.2, 1.2])))
    assert str(caught.value).endswith("The rule of 'negated_slope' for 'x': the sign is reversed.")


def test_a_wrong_second_derivative_is_named_too() -> None:
    assert "zero everywhere" in told(WRONG_SECOND, np.array([1.0, 2.0, 0.3]), order=2)


def test_an_unknown_mistake_gets_no_name() -> None:
    for point in (np.array([0.1, 3.0]), np.array(2.0), np.ones(4)):
        assert told(UNKNOWN, point).endswith("for 'x' is wrong; no known mistake gives these numbers.")


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
    assert told(lambda *inputs: WRONG_CUBE(w).sum(), w).endswith("for 'x': 2/3 times what it should be.")
    assert told(lambda w: WRONG_CUBE(w).sum(), w).endswith("for 'x': 2/3 times what it should be.")


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

    with pytest.raises(GradientCheckError, match=r"at inputs\[2\]"):
        ag.gradcheck(f, np.array([0.3, 0.7, 2.0]))
    assert ag.gradcheck(lambda x: 1e8 * (x[:2] ** 3).sum() + (x[2:] ** 3).sum(), np.array([0.3, 0.7, 2.0]))


@pytest.mark.parametrize("seed", range(8))
def test_equal_and_opposite_mistakes_among_many_elements_do_not_cancel(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=300 + seed)
    opposite = np.zeros(x.size)
    opposite[[3, 4]] = 0.5, -0.5
    wrong = ag.primitive(lambda x: x**2, x=lambda g, x: g * (2 * x + opposite), name="opposite")
    assert not ag.gradcheck(wrong, x, raise_exception=False)


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


def test_structures_of_inputs_and_outputs_are_named_as_users_write_them() -> None:
    def f(p: object, scale: ag.Tensor) -> object:
        w, (b, _) = p["w"], p["rest"]  # type: ignore[index]
        return {"right": (w * b).sum() * scale, "wrong": (np.sin(w), NEGATED(w[::-1] * b))}

    point = ({"w": np.array([0.5, 0.7]), "rest": (np.array([1.5, 0.3]), "text")}, 2.0)
    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(f, point)
    mismatch = caught.value.mismatch
    assert mismatch.output.startswith("outputs['wrong'][1][") and len(mismatch.inputs) == 1
    assert mismatch.inputs[0].startswith(("inputs[0]['w'][", "inputs[0]['rest'][0]["))
    assert mismatch.kind == "rule" and mismatch.guess.endswith("the sign is reversed.")
    assert np.isclose(mismatch.analytic, -mismatch.numeric) and mismatch.error > mismatch.bound > 0
    assert ag.gradcheck(lambda p, scale: {"a": (p["w"] * p["rest"][0]).sum() * scale, "n": None}, point, order=2)


def test_complex_inputs_and_outputs_follow_the_convention_of_steepest_ascent() -> None:
    z = np.array([0.5 + 1j, -0.3 + 0.2j])
    for f in (lambda z: z * z, np.abs, lambda z: np.conj(z) * 2, lambda z: (z.real**2, z.imag * z), np.exp):
        assert ag.gradcheck(f, z, order=2)
    assert ag.gradcheck(lambda x: np.exp(1j * x), np.array([0.3, 1.0]), order=2)
    assert ag.gradcheck(lambda z: z * z, z.astype(np.complex64))
    conjugated = ag.primitive(lambda z: z * z, z=lambda g, z: g * 2 * np.conj(z), name="conjugated")
    with pytest.raises(GradientCheckError, match=r"inputs\[\d\]\.(real|imag) is") as caught:
        ag.gradcheck(conjugated, z)
    assert str(caught.value).endswith("The rule of 'conjugated' for 'z': the conjugate of what it should be.")


def test_a_wrong_second_derivative_names_the_pair() -> None:
    def f(a: ag.Tensor, b: ag.Tensor) -> ag.Tensor:
        return a[1] * WRONG_SECOND(b[0])

    with pytest.raises(GradientCheckError) as caught:
        ag.gradcheck(f, (np.array([1.0, 2.0]), np.array([3.0])), order=2)
    assert caught.value.mismatch.inputs == ("inputs[1][0]", "inputs[1][0]")
    assert (caught.value.mismatch.analytic, round(caught.value.mismatch.numeric, 4)) == (0.0, 4.0)


def test_a_rule_that_forgets_how_it_depends_on_g_is_found_in_second_order() -> None:
    forgetful = ag.primitive(
        lambda x: x**3,
        x=lambda g, x: (g.detach() if isinstance(g, ag.Tensor) else g) * 3 * x**2,
        name="forgetful",
    )
    assert ag.gradcheck(forgetful, np.array([0.5, 1.0]))
    with pytest.raises(GradientCheckError, match="of the outputs' squares"):
        ag.gradcheck(forgetful, np.array([0.5, 1.0]), order=2)


def test_a_function_that_writes_into_its_input_is_told() -> None:
    def scaled(x: ag.Tensor) -> ag.Tensor:
        x.data *= 1.5
        return x * x

    def shifted(x: ag.Tensor) -> ag.Tensor:
        y = x * 2.0
        x.data += 1.0
        return y

    assert told(scaled, np.array([1.0, 2.0])).startswith("The function writes into inputs:")
    with pytest.raises(UsageError, match=r"writes into inputs\[1\]; on copies of it the derivatives agree"):
        ag.gradcheck(lambda a, x: a * shifted(x), (np.ones(2), np.ones(2)))


DETACHED = {
    "a summand": lambda x: np.sin(x) + (x * x).detach(),
    "a factor": lambda x: x * x.detach(),
    "a way through NumPy": lambda x: x * np.exp(x.detach().numpy()),
    "an operand declared to have no derivative": ag.primitive(
        lambda m, x: m * x, m=None, x=lambda g, m: g * m, name="half_declared"
    ),
}


@pytest.mark.parametrize("name", DETACHED)
def test_a_branch_without_history_is_named(name: str) -> None:
    point = np.array([0.5, 1.0, 2.0])
    line = told(DETACHED[name], (point, point) if "declared" in name else point)
    assert line.startswith("A branch is missing: ")


def test_a_kink_is_called_so_at_any_distance_that_differences_see() -> None:
    for gap in (0.0, 1e-12, 1e-9, 1e-7, 3e-6):
        point = np.array([1.0, 1.0 + gap])
        try:
            assert ag.gradcheck(lambda x: np.max(x), point)
        except GradientCheckError as error:
            assert "a kink: the slope is" in str(error)
    assert "a kink" in told(lambda x: np.maximum(x, 0.5), np.array([0.5, 2.0]), order=2)


SMOOTH = {
    "sin": np.sin,
    "log": np.log,
    "cube": lambda x: x**3,
    "reciprocal": lambda x: 1 / x,
    "sum of squares": lambda x: (x * x).sum(),
    "softmax": lambda x: np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x))),
    "a constant sum": lambda x: (np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)))).sum(),
    "norm": np.linalg.norm,
    "relu": ag.relu,
    "absolute": np.abs,
    "sinc": np.sinc,
    "beside a constant": lambda x: np.tanh(x) + 1e6,
    "tiny": lambda x: 1e-12 * x * x,
    "huge": lambda x: 1e12 * x * x,
    "flat": lambda x: x * 0.0,
}
SCALES = {
    "tiny": 1e-8 * np.array([0.5, 1.2, 1.9]),
    "huge": 1e8 * np.array([0.5, 1.2, 1.9]) + 0.3,
    "mixed": np.array([1e-8, 1e-3, 1.0, 1e3, 1e8]),
    "single": np.array([0.5, 1.2, 1.9], np.float32),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("scale", SCALES)
def test_right_functions_pass_at_points_of_every_size(name: str, scale: str) -> None:
    if (name, scale) == ("beside a constant", "single"):
        assert told(SMOOTH[name], SCALES[scale]).startswith("float32 is too coarse here")
    else:
        assert ag.gradcheck(SMOOTH[name], SCALES[scale], order=2)


def test_of_many_elements_the_wrong_one_is_found_by_halving() -> None:
    def f(x: ag.Tensor) -> ag.Tensor:
        return ag.concatenate([np.sin(x[:1500]), NEGATED(x[1500:1503]), np.sin(x[1503:])])

    with pytest.raises(GradientCheckError, match=r"of output\[150[012]\] at inputs\[150[012]\]"):
        ag.gradcheck(f, np.linspace(0.1, 1.0, 3000))
    assert ag.gradcheck(np.sin, np.linspace(0.1, 1.0, 3000), order=2)


def test_an_infinite_input_and_a_hook_are_told() -> None:
    with pytest.raises(UsageError, match=r"inputs\[1\]\[0\] is -inf"):
        ag.gradcheck(lambda x, mask: x + mask, (np.ones(2), np.array([-np.inf, 0.0])))

    def hooked(x: ag.Tensor) -> ag.Tensor:
        y = x * 3.0
        if y.requires_grad:
            y.register_hook(lambda g: 2 * g)
        return y

    assert told(hooked, np.array([1.0, 2.0])).startswith("A hook on the result of 'multiply' may change the gradient")


def test_inputs_may_be_dataclasses_numbers_and_lists() -> None:
    @dataclass
    class Parameters:
        w: object
        b: object

    assert ag.gradcheck(lambda p: p.w * p.b, Parameters(np.ones(2), 2.0), order=2)
    assert ag.gradcheck(lambda pair: pair[0] * pair[1], [np.ones(2), np.array([2.0, 3.0])], order=2)
    assert ag.gradcheck(lambda a, b, flag: a * b if flag else a, (2.0, 3.0, True), order=2)
    assert ag.gradcheck(lambda a: a**2, [1.0, 2.0], order=2)


def test_a_minimum_where_all_gradients_vanish_passes() -> None:
    def rosenbrock(x: ag.Tensor) -> ag.Tensor:
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    assert ag.gradcheck(rosenbrock, np.array([1.0, 1.0]), order=2)
    assert ag.gradcheck(lambda x: (x**2).sum(), np.zeros(3), order=2)


def test_a_gradient_that_is_rounding_alone_is_no_fault() -> None:
    """A matrix of rank 1 has the adjugate 0, of which autodiff leaves some 1e-15."""
    assert ag.gradcheck(np.linalg.det, np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0]))


@pytest.mark.parametrize("x", [1e3, 1e6, 1e8, 1e10])
@pytest.mark.parametrize("factor", [1.0001, 1.01, 1.05])
def test_a_small_factor_is_found_far_from_zero_too(x: float, factor: float) -> None:
    wrong = ag.primitive(lambda x: x**3, x=lambda g, x: g * factor * 3 * x**2, name="far")
    assert ag.gradcheck(lambda x: (x**3).sum(), np.full(3, x))
    assert not ag.gradcheck(lambda x: wrong(x).sum(), np.full(3, x), raise_exception=False)


@pytest.mark.parametrize("offset", [1e3, 1e5, 1e6])
def test_a_short_step_that_rounding_blurs_does_not_hide_a_factor(offset: float) -> None:
    wrong = ag.primitive(lambda x: x + offset, x=lambda g: g * 1.01, name="shifted")
    assert ag.gradcheck(lambda x: (x + offset).sum(), np.array([0.3, 1.0]))
    assert not ag.gradcheck(lambda x: wrong(x).sum(), np.array([0.3, 1.0]), raise_exception=False)


def test_where_rounding_hides_the_slope_the_rule_is_not_blamed() -> None:
    with pytest.raises(GradientCheckError, match="Rounding blurs every difference") as caught:
        ag.gradcheck(lambda x: (x**2 + 1e7).sum(), np.array([3e-4, 5e-4]))
    assert caught.value.mismatch is not None and caught.value.mismatch.kind == "coarse"
