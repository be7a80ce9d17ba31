"""Activations: values and slopes by other formulas, extremes, what they are made with, names, initial weights."""

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


def softplus(z: float, β: int = 1) -> Decimal:
    return (1 + (β * Decimal(z)).exp()).ln() / β


def mish(z: float) -> Decimal:
    """z tanh(log(1 + e^z)) = z (e² + 2e) / (e² + 2e + 2) with e = e^z."""
    e = Decimal(z).exp()
    return Decimal(z) * (e * e + 2 * e) / (e * e + 2 * e + 2)


def slope_of(function, z: float) -> Decimal:
    h = Decimal("1e-12")
    return (function(Decimal(z) + h) - function(Decimal(z) - h)) / (2 * h)


Λ, Α = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717

CASES = {
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: 1 if z > 0 else 0.01),
    "leaky_relu(0.2)": (lambda z: max(z, z / 5), lambda z: 1 if z > 0 else 0.2),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1 if z > 0 else math.exp(z)),
    "elu(0.5)": (lambda z: z if z > 0 else math.expm1(z) / 2, lambda z: 1 if z > 0 else math.exp(z) / 2),
    "gelu": (lambda z: z * Φ(z), lambda z: Φ(z) + z * φ(z)),
    "gelu(tanh)": (gelu_tanh, gelu_tanh_slope),
    "silu": (lambda z: Decimal(z) * logistic(z),
             lambda z: logistic(z) * (1 + Decimal(z) * (1 - logistic(z)))),
    "softplus": (softplus, logistic),
    "softplus(2.0)": (lambda z: softplus(z, 2), lambda z: logistic(2 * z)),
    "mish": (mish, lambda z: slope_of(mish, z)),
    "selu": (lambda z: Λ * (z if z > 0 else Α * math.expm1(z)), lambda z: Λ * (1 if z > 0 else Α * math.exp(z))),
    "log_sigmoid": (lambda z: logistic(z).ln(), lambda z: logistic(-z)),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "hardtanh": (lambda z: min(max(z, -1), 1), lambda z: 1 if -1 < z < 1 else 0),
    "hardtanh(-2.0, 0.5)": (lambda z: min(max(z, -2), 0.5), lambda z: 1 if -2 < z < 0.5 else 0),
    "prelu(0.25)": (lambda z: max(z, z / 4), lambda z: 1 if z > 0 else 0.25),
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
    "softplus(2.0)": nn.Softplus(2),
    "mish": nn.Mish(),
    "selu": nn.SELU(),
    "log_sigmoid": nn.LogSigmoid(),
    "softsign": nn.Softsign(),
    "hardtanh": nn.Hardtanh(),
    "hardtanh(-2.0, 0.5)": nn.Hardtanh(-2, max_val=0.5),
    "prelu(0.25)": nn.PReLU(),
}
BELOW = {
    "leaky_relu": -10, "leaky_relu(0.2)": -200, "elu": -1, "elu(0.5)": -0.5, "selu": -1.7580993, "log_sigmoid": -1000,
    "softsign": -1000 / 1001, "hardtanh": -1, "hardtanh(-2.0, 0.5)": -2, "prelu(0.25)": -250,
}  # fmt: skip
ABOVE = {"selu": 1050.701, "log_sigmoid": 0, "softsign": 1000 / 1001, "hardtanh": 1, "hardtanh(-2.0, 0.5)": 0.5}
SLOPE_BELOW = {"leaky_relu": 0.01, "leaky_relu(0.2)": 0.2, "log_sigmoid": 1, "softsign": 1001**-2, "prelu(0.25)": 0.25}
SLOPE_ABOVE = {"selu": 1.050701, "log_sigmoid": 0, "softsign": 1001**-2, "hardtanh": 0, "hardtanh(-2.0, 0.5)": 0}


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


@pytest.mark.parametrize("activation", [nn.ELU(), nn.SELU()], ids=["ELU", "SELU"])
def test_the_slope_at_nan_is_nan(activation):
    z = ag.tensor([np.nan, 1.0], requires_grad=True)
    activation(z).sum().backward()
    assert np.isnan(z.grad.numpy()).tolist() == [True, False]


@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_above_its_threshold_softplus_is_the_identity(beta):
    z = ag.tensor([-1.0, 0.5, 1.0, 3.0, np.inf], requires_grad=True)
    values = nn.Softplus(beta, threshold=beta)(z)
    values.sum().backward()
    below = z.numpy()[:3]
    assert_allclose(values.numpy()[:3], np.log1p(np.exp(beta * below)) / beta, rtol=1e-14)
    assert_allclose(z.grad.numpy()[:3], 1 / (1 + np.exp(-beta * below)), rtol=1e-14)
    assert values.tolist()[3:] == [3.0, np.inf]
    assert z.grad.tolist()[3:] == [1.0, 1.0]


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
    assert a.dtype == z.grad.dtype == dtype
    assert_allclose(a.numpy(), [BELOW.get(key, 0), ABOVE.get(key, 1000)], rtol=1e-6, atol=1e-30)
    assert_allclose(z.grad.numpy(), [SLOPE_BELOW.get(key, 0), SLOPE_ABOVE.get(key, 1)], rtol=1e-6, atol=1e-30)


ENDLESS = {"log_sigmoid": (-np.inf, 0), "softsign": (-1, 1), "hardtanh": (-1, 1), "hardtanh(-2.0, 0.5)": (-2, 0.5),
           "elu": (-1, np.inf), "elu(0.5)": (-0.5, np.inf), "selu": (-Λ * Α, np.inf), "leaky_relu": (-np.inf, np.inf),
           "leaky_relu(0.2)": (-np.inf, np.inf), "prelu(0.25)": (-np.inf, np.inf)}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("key", [*CASES, "gelu", "sigmoid", "tanh", "relu"])
def test_at_infinity_a_value_is_its_limit_and_so_is_the_slope(key, dtype):
    activation = MODULES.get(key) or activation_module(key)
    z = ag.tensor(np.array([-np.inf, np.inf], dtype), requires_grad=True)
    a = activation(z)
    (slope,) = ag.gradients(a, z, np.ones(2, dtype))
    limits = {**ENDLESS, "sigmoid": (0, 1), "tanh": (-1, 1)}.get(key, (0, np.inf))
    bounded = ("softsign", "hardtanh", "hardtanh(-2.0, 0.5)", "sigmoid", "tanh", "log_sigmoid")
    slopes = [SLOPE_BELOW.get(key, 0), 0 if key in bounded else Λ if key == "selu" else 1]
    slopes[0] = 0 if key == "softsign" else slopes[0]
    assert a.dtype == slope.dtype == dtype
    assert_allclose(a.numpy(), limits, rtol=1e-3 if dtype == np.float16 else 1e-6, atol=2e-5)
    assert_allclose(slope.numpy(), slopes, rtol=1e-3 if dtype == np.float16 else 1e-6, atol=2e-5)


@pytest.mark.parametrize("key", [*CASES, "relu", "sigmoid", "tanh"])
def test_a_nan_stays_a_nan(key):
    assert np.isnan((MODULES.get(key) or activation_module(key))([np.nan]).numpy()).all()


def test_relu_lets_the_gradient_of_a_nan_pass_as_pytorch_does():
    z = ag.tensor([np.nan, 1.0, 0.0, -1.0], requires_grad=True)
    (slope,) = ag.gradients(nn.ReLU()(z), z, np.ones(4))
    assert slope.tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(("key", "kink"), [("hardtanh", 1.0), ("relu", 0.0), ("elu", 0.0), ("leaky_relu", 0.0)])
def test_a_kink_takes_the_flatter_side_as_pytorch_does(key, kink):
    z = ag.tensor([kink], requires_grad=True)
    activation_module(key)(z).sum().backward()
    assert z.grad.tolist() == [{"elu": 1.0, "leaky_relu": 0.01}.get(key, 0.0)]


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
    assert repr(activation_module("Hardtanh(-2)")) == "Hardtanh(min_val=-2.0, max_val=1.0)"
    assert activation_module("SELU").full_key() == "selu"
    for wrong in ("relu(2)", "swish", "tanh()", "hardtanh(1, 2, 3)", "prelu(1, 2)"):
        with pytest.raises(ArgumentError, match="is not known"):
            activation_module(wrong)


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(ArgumentError, match="negative_slope must be at least 0"):
        nn.LeakyReLU(-0.01)
    with pytest.raises(UsageError, match="alpha must be a number"):
        activation_module("elu(x)")
    with pytest.raises(ArgumentError, match="'tanh'"):
        nn.GELU(approximate="tahn")


@pytest.mark.parametrize(
    "made", [nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Softplus, nn.PReLU, nn.Hardtanh, nn.Softmax, nn.Mish]
)
def test_data_given_to_the_class_are_answered_with_how_to_call_it(made):
    for data in (np.ones(3), ag.tensor([1.0]), [1.0]):
        with pytest.raises(UsageError, match=rf"Make the activation first: nn\.{made.__name__}\(\)\(z\)"):
            made(data)


BOUNDED = ("log_sigmoid", "softsign", "hardtanh", "hardtanh(-2.0, 0.5)")


@pytest.mark.parametrize(
    ("key", "slope"), [(key, value) for key, (value, _) in CASES.items() if key not in (*BOUNDED, "selu")]
)
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
        ("softplus(2.0)", "es", "σ′(z¹) = sigmoide(2 z¹)"),
        ("prelu(0.5)", "en", "σ′(z¹) = 1 if z¹ > 0, else 0.5"),
        ("log_sigmoid", "en", "σ′(z¹) = sigmoid(−z¹)"),
        ("softsign", "en", "σ′(z¹) = (1 − |a¹|)²"),
    ],
)
def test_the_slope_is_told_as_a_formula(key, lang, formula):
    assert Matrices(1, None).slope(1, key, lang) == formula


@pytest.mark.parametrize(("shape", "count"), [((4,), 1), ((5, 3), 3), ((2, 3, 4, 4), 3), ((5, 3), 1)])
def test_prelu_learns_a_slope_a_channel(shape, count):
    rng = np.random.default_rng(0)
    values, slopes = rng.normal(size=shape), rng.normal(size=count)
    activation = nn.PReLU(count)
    activation.weight.data = slopes
    z = ag.tensor(values, requires_grad=True)
    a = activation(z)
    w = slopes.reshape((-1,) + (1,) * (len(shape) - 2)) if count > 1 else slopes
    assert_allclose(a.numpy(), np.where(values > 0, values, w * values))
    a.sum().backward()
    assert_allclose(z.grad.numpy(), np.where(values > 0, 1, w * np.ones(shape)))
    below = np.minimum(values, 0)
    expected = below.sum() if count == 1 else below.sum(axis=tuple(k for k in range(len(shape)) if k != 1))
    assert_allclose(activation.weight.grad.numpy(), np.atleast_1d(expected))


def test_prelu_is_a_parameter_of_its_layer_and_trained():
    model = nn.MLP([2, 4, 4, 1], "prelu", dtype=np.float32, rng=0)
    assert [path for path, _ in model.named_parameters() if "activations" in path] == [
        "activations.0.weight",
        "activations.1.weight",
    ]
    assert all(each.dtype == np.float32 for each in model.parameters())
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 2))
    y = np.where(x[:, :1] > 0, x[:, :1], -0.5 * x[:, :1])
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    before = nn.MSELoss()(model(x), y).item()
    for _ in range(200):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(x), y)
        loss.backward()
        optimizer.step()
    assert loss.item() < before / 20
    assert all(each.weight.item() != 0.25 for each in model.activations[:2])


def test_a_module_given_to_an_mlp_is_shared_by_its_layers():
    shared = nn.PReLU()
    model = nn.MLP([2, 3, 3, 1], shared, rng=0)
    assert sum(each is shared.weight for each in model.parameters()) == 1
    record = nn.backprop(model, [1.0, -2.0], [1.0], nn.HalfSSELoss())
    assert_allclose(record.layer(1).dW, record.by_hand().layers[0].dW, atol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_sums_to_1_along_its_axis(axis):
    z = np.random.default_rng(0).normal(size=(3, 4), scale=1e4)
    p = nn.Softmax(axis)(z).numpy()
    assert_allclose(p.sum(axis=axis), 1.0)
    with np.errstate(divide="ignore"):
        assert_allclose(np.exp(nn.LogSoftmax(axis)(z).numpy()), p, atol=1e-15)


def test_a_softmax_before_a_loss_of_logits_is_not_taken_for_the_formula_of_both():
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Softmax())
    with pytest.warns(UserWarning, match="taken twice"):
        record = nn.backprop(model, [1.0, 2.0], 1, nn.CrossEntropyLoss())
    with pytest.raises(ArgumentError, match="the hand formulas cannot follow this pass"):
        record.by_hand()


def test_log_softmax_before_the_likelihood_is_the_cross_entropy_of_logits():
    x, y = np.random.default_rng(0).normal(size=(5, 2)), [0, 2, 1, 1, 0]
    found = []
    for layers, loss in (((), nn.CrossEntropyLoss()), ((nn.LogSoftmax(),), nn.NLLLoss())):
        model = nn.Sequential(nn.Linear(2, 3, rng=0), *layers)
        value = loss(model(x), y)
        value.backward()
        found.append((value.item(), model[0].weight.grad.numpy()))
    assert_allclose(found[0][0], found[1][0], rtol=1e-14)
    assert_allclose(found[0][1], found[1][1], rtol=1e-12)


def test_softplus_is_exact_and_cut_off_where_it_is_told_to():
    z = np.array([20.5, 36.0])
    exact = by_decimals = [float(softplus(each)) for each in z]
    assert_allclose(nn.Softplus()(z).numpy(), exact, rtol=1e-15)
    assert nn.Softplus(threshold=20)(z).tolist() == z.tolist() != by_decimals
    assert_allclose(nn.functional.softplus(z, 2.0).numpy(), [float(softplus(each, 2)) for each in z], rtol=1e-15)
