"""The relatives of ReLU: values and slopes by other formulas, extremes, parameters, names, initial weights."""

import math
from decimal import Decimal, getcontext

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, UsageError
from nn.activations import activation_module
from nn.formulas import Matrices
from nn.recursion import derivative, forward

getcontext().prec = 50
Z = np.array([-30.0, -6.5, -2.0, -0.5, -1e-9, 0.0, 1e-9, 0.5, 2.0, 6.5, 30.0])


def Φ(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def φ(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def logistic(z: float) -> Decimal:
    return 1 / (1 + (-Decimal(z)).exp())


def gelu_tanh(z: float) -> Decimal:
    """z/2 (1 + tanh u) = z / (1 + e^(−2u))."""
    u = (2 / Decimal(math.pi)).sqrt() * (Decimal(z) + Decimal("0.044715") * Decimal(z) ** 3)
    return Decimal(z) / (1 + (-2 * u).exp())


def gelu_tanh_slope(z: float) -> Decimal:
    h = Decimal("1e-12")
    return (gelu_tanh(Decimal(z) + h) - gelu_tanh(Decimal(z) - h)) / (2 * h)


CASES = {
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: 1 if z > 0 else 0.01),
    "leaky_relu(0.2)": (lambda z: max(z, z / 5), lambda z: 1 if z > 0 else 0.2),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1 if z > 0 else math.exp(z)),
    "elu(0.5)": (lambda z: z if z > 0 else math.expm1(z) / 2, lambda z: 1 if z > 0 else math.exp(z) / 2),
    "gelu": (lambda z: z * Φ(z), lambda z: Φ(z) + z * φ(z)),
    "gelu(tanh)": (gelu_tanh, gelu_tanh_slope),
    "silu": (lambda z: Decimal(z) * logistic(z),
             lambda z: logistic(z) * (1 + Decimal(z) * (1 - logistic(z)))),
    "softplus": (lambda z: (1 + Decimal(z).exp()).ln(), logistic),
}  # fmt: skip
MODULES = {
    "leaky_relu": nn.LeakyReLU(),
    "leaky_relu(0.2)": nn.LeakyReLU(0.2),
    "elu": nn.ELU(),
    "elu(0.5)": nn.ELU(alpha=0.5),
    "gelu": nn.GELU(),
    "gelu(tanh)": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "softplus": nn.Softplus(),
}


def by(formula) -> np.ndarray:
    return np.array([float(formula(float(z))) for z in Z])


@pytest.mark.parametrize("key", CASES)
def test_the_value_and_the_slope_are_those_of_the_formula(key):
    value, slope = map(by, CASES[key])
    # 1 + tanh u loses what is far below 1.
    atol = 1e-15 if key == "gelu(tanh)" else 0
    z = ag.tensor(Z, requires_grad=True)
    a = MODULES[key](z)
    assert_allclose(a.numpy(), value, rtol=1e-12, atol=atol)
    a.sum().backward()
    assert_allclose(z.grad.numpy(), slope, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("key", CASES)
def test_the_hand_formulas_have_the_same_value_and_slope(key):
    value, slope = map(by, CASES[key])
    _, (a,) = forward(Z[:, np.newaxis], [np.eye(1)], [None], [key])
    assert_allclose(a.ravel(), value, rtol=2e-14, atol=1e-15)
    assert_allclose(derivative(key, Z), slope, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("key", CASES)
def test_the_derivatives_agree_with_differences_in_both_orders(key):
    assert ag.gradcheck(MODULES[key], np.array([-2.1, -0.4, 0.3, 1.7]), order=2)


def test_the_second_derivative_of_softplus_at_0_is_a_quarter():
    z = ag.tensor(0.0, requires_grad=True)
    (first,) = ag.gradients(nn.Softplus()(z), z, create_graph=True)
    (second,) = ag.gradients(first, z)
    assert (first.item(), second.item()) == (0.5, 0.25)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("key", CASES)
def test_the_extremes_stay_finite_and_the_dtype_stays(key, dtype):
    z = ag.tensor(np.array([-1000.0, 1000.0], dtype), requires_grad=True)
    a = MODULES[key](z)
    a.sum().backward()
    below = {"leaky_relu": -10, "leaky_relu(0.2)": -200, "elu": -1, "elu(0.5)": -0.5}.get(key, 0)
    slope = {"leaky_relu": 0.01, "leaky_relu(0.2)": 0.2}.get(key, 0)
    assert a.dtype == z.grad.dtype == dtype
    assert_allclose(a.numpy(), [below, 1000], rtol=1e-6, atol=1e-30)
    assert_allclose(z.grad.numpy(), [slope, 1], rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("key", CASES)
def test_a_large_array_is_computed_as_a_small_one(key):
    large = np.tile(Z, 30_000)
    assert_allclose(MODULES[key](large).numpy()[-len(Z) :], MODULES[key](Z).numpy(), rtol=1e-14)


@pytest.mark.parametrize("key", CASES)
def test_an_mlp_finds_it_by_its_key_and_the_hand_formulas_follow(key):
    rng = np.random.default_rng(0)
    model = nn.MLP([4, 5, 3, 2], key, rng=0)
    assert model.activation_names == [key, key, "identity"]
    record = nn.backprop(model, rng.normal(size=(6, 4)), rng.normal(size=(6, 2)), nn.MSELoss())
    for layer, hand in zip(record.layers, record.by_hand().layers, strict=True):
        for name in ("a", "derivative", "delta", "dW", "db"):
            assert_allclose(getattr(layer, name), getattr(hand, name), atol=1e-12, err_msg=name)


def test_a_changed_parameter_is_what_the_hand_formulas_are_told():
    activation = nn.LeakyReLU()
    activation.negative_slope = 0.3
    model = nn.MLP([2, 3, 1], activation, rng=0)
    record = nn.backprop(model, [-1, 2], [1], nn.HalfSSELoss())
    assert_allclose(record.layer(1).dW, record.by_hand().layers[0].dW, atol=1e-12)
    assert model.activation_names == ["leaky_relu(0.3)", "identity"]


def test_names_may_be_labels_and_may_have_a_parameter():
    assert isinstance(activation_module("LeakyReLU"), nn.LeakyReLU)
    assert isinstance(activation_module("Softplus"), nn.Softplus)
    assert activation_module("ELU(2)").alpha == 2.0
    assert repr(activation_module("gelu(tanh)")) == "GELU(approximate='tanh')"
    assert repr(nn.LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"
    for wrong in ("relu(2)", "swish", "tanh()"):
        with pytest.raises(ArgumentError, match="is not known"):
            activation_module(wrong)


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(ArgumentError, match="negative_slope must be at least 0"):
        nn.LeakyReLU(-0.01)
    with pytest.raises(UsageError, match="alpha must be a number"):
        activation_module("elu(x)")
    with pytest.raises(ArgumentError, match="'tanh'"):
        nn.GELU(approximate="tahn")


@pytest.mark.parametrize("made", [nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus])
def test_data_given_to_the_class_are_answered_with_how_to_call_it(made):
    for data in (np.ones(3), ag.tensor([1.0]), [1.0]):
        with pytest.raises(UsageError, match=rf"Make the activation first: nn\.{made.__name__}\(\)\(z\)"):
            made(data)


@pytest.mark.parametrize(("key", "slope"), [(key, by_formula) for key, (by_formula, _) in CASES.items()])
def test_auto_keeps_the_variance_of_the_signal(key, slope):
    """He's condition n Var(w) E[σ(z)²] = 1, with the expectation by the trapezoid rule."""
    grid = np.linspace(-12, 12, 4801)
    squares = np.array([float(slope(float(z))) ** 2 for z in grid])
    expected = np.trapezoid(squares * np.exp(-grid * grid / 2), grid) / math.sqrt(2 * math.pi)
    weight = nn.MLP([100, 2000, 1], key, rng=0).layers[0].weight.numpy()
    limit = math.sqrt(3 / (100 * expected))
    assert_allclose(abs(weight).max(), limit, rtol=1e-4)
    assert_allclose(weight.var() * 100 * expected, 1, rtol=0.01)


@pytest.mark.parametrize(
    ("key", "lang", "formula"),
    [
        ("leaky_relu", "en", "σ′(z¹) = 1 if z¹ > 0, else 0.01"),
        ("leaky_relu(0.0)", "es", "σ′(z¹) = 1 si z¹ > 0, si no 0"),
        ("elu", "en", "σ′(z¹) = 1 if z¹ > 0, else a¹ + 1"),
        ("elu(0.5)", "en", "σ′(z¹) = 1 if z¹ > 0, else a¹ + 0.5"),
        ("gelu", "en", "σ′(z¹) = Φ(z¹) + z¹ φ(z¹)"),
        ("gelu(tanh)", "en", "σ′(z¹)"),
        ("silu", "es", "σ′(z¹) = sigmoide(z¹) + a¹ (1 − sigmoide(z¹))"),
        ("softplus", "en", "σ′(z¹) = sigmoid(z¹)"),
    ],
)
def test_the_slope_is_told_as_a_formula(key, lang, formula):
    assert Matrices(1, None).slope(1, key, lang) == formula
