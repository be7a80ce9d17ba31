"""nn.backprop: the numbers of the notes, agreement with the hand formulas, a model left as it was, and the text."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, GradientError, ShapeError, UsageError
from autograd_lite.matrices import beside, matrix, number, parenthesised


def test_the_first_notes_numbers() -> None:
    record = nn.backprop(*nn.worked_example())
    hidden, output = record.layers
    assert_allclose(record.loss, 0.1069855740, atol=5e-11)
    assert_allclose(hidden.z, [0.8, 0.6, -0.8], atol=1e-12)
    assert_allclose(hidden.a, [0.8, 0.6, 0.0], atol=1e-12)
    assert hidden.derivative is not None and hidden.derivative.tolist() == [1, 1, 0]
    assert_allclose(output.a, [0.5374298453], atol=5e-11)
    assert_allclose(output.delta, [-0.1149944810], atol=5e-11)
    assert_allclose(output.dW, [[-0.0919955848, -0.0689966886, 0]], atol=5e-11)
    assert_allclose(hidden.delta, [-0.0229988962, 0.0114994481, 0], atol=5e-11)
    assert_allclose(hidden.dW, [[-0.0229988962, -0.0459977924], [0.0114994481, 0.0229988962], [0, 0]], atol=5e-11)
    assert_allclose(hidden.db, hidden.delta, atol=1e-12)
    assert record.layer(1) is hidden and record.layer(2) is output


def test_the_second_notes_numbers() -> None:
    record = nn.backprop(*nn.worked_example("second"))
    hidden, output = record.layers
    assert hidden.b is None and hidden.db is None
    assert_allclose(output.delta, [-0.2396217], atol=5e-8)
    assert_allclose(hidden.delta, [-0.0479243, 0.0239622, 0], atol=5e-8)


LOSSES: list[Callable[[], nn.Loss]] = [
    nn.HalfSSELoss,
    nn.SSELoss,
    nn.MSELoss,
    nn.CrossEntropyLoss,
    lambda: nn.HalfSSELoss("mean"),
    lambda: nn.CrossEntropyLoss("sum"),
]


def random_example(loss: nn.Loss, rows: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(*rows, 4))
    return x, rng.integers(0, 2, rows) if isinstance(loss, nn.CrossEntropyLoss) else rng.normal(size=(*rows, 2))


@pytest.mark.parametrize("make", LOSSES)
@pytest.mark.parametrize("rows", [(), (1,), (7,)])
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "identity"])
def test_the_engine_derives_the_hand_formulas(make, rows: tuple[int, ...], activation: str) -> None:
    loss = make()
    record = nn.backprop(nn.MLP([4, 5, 3, 2], activation, rng=0), *random_example(loss, rows), loss)
    by_hand = record.by_hand()
    assert_allclose(record.loss, by_hand.loss, rtol=1e-12)
    for layer, hand in zip(record.layers, by_hand.layers, strict=True):
        for name in ("z", "a", "derivative", "delta", "dW", "db"):
            assert_allclose(getattr(layer, name), getattr(hand, name), atol=1e-12, err_msg=name)


def test_the_model_is_left_as_it_was() -> None:
    model, x, y, loss = nn.worked_example()
    loss(model(x), y).backward()
    calls: list[Any] = []
    parameters = list(model.parameters())
    for each in parameters:
        each.register_hook(calls.append)
    x.requires_grad = True
    before = [(each.numpy().copy(), each.grad.numpy().copy(), each.name) for each in parameters]
    nn.manual_seed(3)
    state = repr(nn.manual_seed(3).bit_generator.state)

    nn.backprop(model, x, y, loss)

    assert calls == []
    assert x.grad is None
    for each, (value, gradient, name) in zip(parameters, before, strict=True):
        assert (each.numpy() == value).all()
        assert (each.grad.numpy() == gradient).all()
        assert each.name == name
    assert repr(nn.random.generator().bit_generator.state) == state


def test_frozen_parameters_and_no_grad_make_no_difference() -> None:
    model, x, y, loss = nn.worked_example()
    expected = nn.backprop(model, x, y, loss)
    for each in model.parameters():
        each.requires_grad = False
    with ag.no_grad():
        record = nn.backprop(model, x, y, loss)
    assert_allclose(record.layer(1).dW, expected.layer(1).dW, rtol=0)
    assert not any(each.requires_grad for each in model.parameters())


def test_the_arrays_are_the_records_own() -> None:
    model, x, y, loss = nn.worked_example()
    record = nn.backprop(model, x, y, loss)
    with ag.no_grad():
        nn.optim.SGD(model.parameters(), lr=1.0)
        for each in model.parameters():
            each.data = np.zeros(each.shape)
    assert record.layer(2).W.tolist() == [[0.2, -0.1, 0.3]]


def test_a_sequential_is_recorded_with_its_paths() -> None:
    inner = nn.Sequential(nn.Linear(3, 1, rng=1), nn.Sigmoid())
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), inner)
    record = nn.backprop(model, [[1, 2], [3, 4]], [[1], [0]], nn.MSELoss())
    assert [layer.path for layer in record.layers] == ["0", "2.0"]
    assert [layer.activation for layer in record.layers] == ["tanh", "sigmoid"]
    assert_allclose(record.layer(1).dW, record.by_hand().layers[0].dW, atol=1e-12)


def test_an_activation_of_ones_own_has_its_slope_from_the_graph() -> None:
    class Square(nn.Module):
        def forward(self, z: Any) -> Any:
            return z * z

    record = nn.backprop(nn.MLP([2, 3, 1], Square(), rng=0), [1, 2], [1], nn.HalfSSELoss())
    assert_allclose(record.layer(1).derivative, 2 * record.layer(1).z)
    assert "a¹ = Square(z¹)" in record.text()
    with pytest.raises(ArgumentError, match="unknown activation 'square'"):
        record.by_hand()


def test_an_activation_across_elements_has_no_elementwise_slope() -> None:
    class Softmax(nn.Module):
        def forward(self, z: Any) -> Any:
            return ag.softmax(z)

    record = nn.backprop(nn.MLP([2, 3, 2], Softmax(), rng=0), [1, 2], [1, 0], nn.HalfSSELoss())
    assert record.layer(1).derivative is None
    assert "δ¹ = ∂L/∂z¹" in record.text()


def test_a_loss_of_ones_own_is_a_slope_times_a_derivative() -> None:
    model, x, y, _ = nn.worked_example()
    record = nn.backprop(model, x, y, lambda a, target: ((a - target) ** 4).sum())
    assert record.loss_key == "custom"
    assert "δ² = ∂L/∂a² ⊙ σ′(z²)" in record.text()


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(nn.ReLU()),
        nn.Sequential(),
        nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Tanh()),
        lambda x: x,
    ],
)
def test_other_models_are_refused_in_two_lines(model: Any) -> None:
    with pytest.raises(UsageError) as caught:
        nn.backprop(model, [1, 2], [1], nn.HalfSSELoss())
    assert len(str(caught.value).splitlines()) == 2


def test_a_loss_that_is_no_scalar_is_refused() -> None:
    with pytest.raises(GradientError, match="scalar"):
        nn.backprop(nn.worked_example().model, [[1, 2], [3, 4]], [[1], [1]], nn.HalfSSELoss("none"))


def test_there_is_no_layer_zero() -> None:
    with pytest.raises(ArgumentError, match="from 1 to 2"):
        nn.backprop(*nn.worked_example()).layer(0)


def test_the_text_lays_out_the_notes_steps() -> None:
    told = nn.backprop(*nn.worked_example()).text()
    for line in (
        "z² = W² a¹ + b²  = [0.2  -0.1  0.3] ⎢0.6000⎥ + [0.05] = [0.1500]",
        "δ² = (a² − y) ⊙ σ′(z²) = ([0.5374] − [1]) ⊙ [0.2486] = [-0.1150]",
        "∂L/∂W² = δ² (a¹)ᵀ      = [-0.1150] [0.8000  0.6000  0.0000] = [-0.0920  -0.0690  0.0000]",
        "= ⎢-0.1⎥ [-0.1150] ⊙ ⎢1⎥ = ⎢ 0.0115⎥ ⊙ ⎢1⎥ = ⎢ 0.0115⎥",
        "L = ½ Σ (a² − y)² = 0.1070",
    ):
        assert line in told


def test_the_second_notation_and_spanish() -> None:
    told = nn.backprop(*nn.worked_example("second")).text("u-o", "es")
    for words in ("δ² = −2 (y − ŷ) ⊙ σ′(u²)", "δ¹ᵢ = σ′(u¹ᵢ) Σⱼ δ²ⱼ θ²ⱼᵢ", "∂Err/∂θ¹ᵢⱼ = δ¹ᵢ xⱼ", "Capa 2 (salida)"):
        assert words in told
    assert "Layer" not in told and "W¹" not in told


def test_decimals_are_those_asked_for() -> None:
    told = nn.backprop(*nn.worked_example()).text(decimals=7)
    assert "[-0.1149945]" in told
    assert "[0.2  -0.1  0.3]" in told


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("plain", [False, True])
def test_lines_keep_to_the_columns(columns: int, plain: bool) -> None:
    told = nn.backprop(*nn.worked_example()).text(columns=columns, plain=plain)
    assert max(map(len, told.splitlines())) <= columns
    assert not plain or told.isascii()


def test_printing_suits_the_stream() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252")
    nn.backprop(*nn.worked_example()).write(stream, lang="es")
    told = raw.getvalue().decode("cp1252")
    assert "delta2 = (a2 - y) (*) sigma'(z2)" in told
    assert "Propagacion hacia atras" in told


def test_large_layers_are_summed_up() -> None:
    rng = np.random.default_rng(0)
    record = nn.backprop(
        nn.MLP([64, 32, 10], rng=0), rng.normal(size=(8, 64)), rng.integers(0, 10, 8), nn.CrossEntropyLoss()
    )
    told = record.text()
    assert "∂L/∂W¹ = (δ¹)ᵀ x             = [32×64: " in told
    assert "δ² = 1/8 (p − e_y)" in told
    assert max(map(len, told.splitlines())) <= 100


@pytest.mark.parametrize("wrong", [{"notation": "w-x"}, {"lang": "fr"}])
def test_unknown_notations_and_languages_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="unknown"):
        nn.backprop(*nn.worked_example()).text(**wrong)  # type: ignore[arg-type]


def test_a_record_becomes_json() -> None:
    kept = json.loads(json.dumps(nn.backprop(*nn.worked_example()).to_dict()))
    assert kept["loss_key"] == "half_sse"
    assert kept["x"] == [1.0, 2.0]
    assert_allclose(kept["layers"][1]["delta"], [-0.1149944810], atol=5e-11)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0.0000"),
        (-1e-9, "-1.000e-09"),
        (0.00234, "0.0023"),
        (1e7, "1.000e+07"),
        (np.nan, "nan"),
        (-np.inf, "-inf"),
    ],
)
def test_numbers_never_hide_what_they_are(value: float, text: str) -> None:
    assert number(value) == text


def test_blocks_stand_centred() -> None:
    tall = matrix([1, 2, 3], given=True)
    assert beside("A", tall, "=", parenthesised(matrix([1, 2], given=True))) == [
        "  ⎡1⎤",
        "A ⎢2⎥ = ⎛⎡1⎤⎞",
        "  ⎣3⎦   ⎝⎣2⎦⎠",
    ]


def test_cross_entropy_subtracts_what_the_probabilities_ought_to_be() -> None:
    model = nn.MLP.from_weights([[[1, 0], [0, 1], [1, 1]]])
    told = nn.backprop(model, [1, 2], 2, nn.CrossEntropyLoss()).text()
    assert "e_y (1 at the label, else 0) = ⎢0⎥" in told
    assert "L = −log p[y]                = 0.4076" in told
    assert "δ¹ = p − e_y   = ⎢0.2447⎥ − ⎢0⎥ = ⎢ 0.2447⎥" in told


@pytest.mark.parametrize(("notation", "logits"), [("z-a", "softmax(z²)"), ("u-o", "softmax(u²)")])
def test_a_batch_under_cross_entropy_shows_its_numbers(notation: str, logits: str) -> None:
    model = nn.MLP([2, 3, 2], rng=0)
    told = nn.backprop(model, [[1, 2], [3, 4]], [0, 1], nn.CrossEntropyLoss(), notation=notation).text()
    assert told.count(logits) == 1 and told.count("softmax") == 1
    line = next(line for line in told.splitlines() if "δ² = 1/2 (p − e_y)" in line)
    assert line.count("⎡") == 3


def test_the_record_prints_as_it_was_asked_for() -> None:
    model, x, y, loss = nn.worked_example("second")
    record = nn.backprop(model, x, y, loss, notation="u-o", lang="es")
    told = str(record)
    assert "δ² = −2 (y − ŷ)" in told and "Capa 2 (salida): sigmoide" in told and "sigmoide(u²)" in told
    assert "Layer 2" in record.text(lang="en")
    assert "notation" not in record.to_dict()
    for wrong in ({"notation": "zz"}, {"lang": "fr"}):
        with pytest.raises(ArgumentError, match="unknown"):
            nn.backprop(model, x, y, loss, **wrong)  # type: ignore[arg-type]


def test_an_unknown_notation_lists_all() -> None:
    with pytest.raises(ArgumentError, match="Known notations: 'z-a', 'u-o'"):
        nn.backprop(*nn.worked_example()).text("u-a")


def test_a_loss_that_is_no_function_is_refused() -> None:
    model, x, y, loss = nn.worked_example()
    with pytest.raises(UsageError, match=r"got the class HalfSSELoss.\nMake one: loss=nn.HalfSSELoss\(\)"):
        nn.backprop(model, x, y, nn.HalfSSELoss)
    with pytest.raises(UsageError, match="Pass the function itself"):
        nn.backprop(model, x, y, loss(model(x), y))  # type: ignore[arg-type]
    with pytest.raises(GradientError, match="scalar Tensor, got float"):
        nn.backprop(model, x, y, lambda a, target: 1.0)  # type: ignore[arg-type, return-value]


def test_a_column_is_refused_with_the_layers_name() -> None:
    model, _, y, loss = nn.worked_example()
    with pytest.raises(ShapeError, match=r"^layer 1 \('layers.0'\) got a column \(2, 1\)"):
        nn.backprop(model, [[1.0], [2.0]], y, loss)


def test_a_zero_has_no_sign() -> None:
    record = nn.backprop(*nn.worked_example())
    for layer in record.layers:
        for values in (layer.z, layer.a, layer.delta, layer.dL_da, layer.dW, layer.db):
            assert values is not None and "-0." not in [f"{each:g}." for each in values.ravel()]


@pytest.mark.parametrize(
    ("notation", "loss", "delta"),
    [
        (
            "z-a",
            "L = −Σ (y log a² + (1 − y) log(1 − a²)) = 0.6210",
            "δ² = ∂L/∂a² ⊙ σ′(z²) = a² − y = [-1.8607] ⊙ [0.2486] = [0.5374] − [1] = [-0.4626]",
        ),
        (
            "u-o",
            "Err = −Σ (y log ŷ + (1 − y) log(1 − ŷ)) = 0.6210",
            "δ² = ∂Err/∂o² ⊙ σ′(u²) = −(y − ŷ) = [-1.8607] ⊙ [0.2486] = − ([1] − [0.5374]) = [-0.4626]",
        ),
    ],
)
def test_binary_cross_entropy_after_a_sigmoid_is_a_difference(notation: str, loss: str, delta: str) -> None:
    model, x, y, _ = nn.worked_example()
    told = nn.backprop(model, x, y, nn.BCELoss()).text(notation, columns=120)
    assert loss in told and delta in told


def test_the_binary_cross_entropy_of_logits_shows_its_probabilities() -> None:
    model = nn.MLP.from_weights([[[1.0], [-1.0]]])
    told = nn.backprop(model, [[0.0], [np.log(3)]], [[0, 1], [1, 1]], nn.BCEWithLogitsLoss()).text()
    for line in (
        "p = sigmoid(z¹)                           = ⎡0.5000  0.5000⎤",
        "⎣0.7500  0.2500⎦",
        "L = −1/4 Σ (y log p + (1 − y) log(1 − p)) = 0.7651",
        "δ¹ = 1/4 (p − y)",
        "= 1/4 ⎛⎡0.5000  0.5000⎤ − ⎡0  1⎤⎞ = ⎡ 0.1250  -0.1250⎤",
    ):
        assert line in told


@pytest.mark.extra("pandas")
def test_a_dataframe_has_every_number_with_its_place() -> None:
    record = nn.backprop(nn.MLP([2, 3, 1], rng=0), [[1, 2], [3, 4]], [[1], [0]], nn.HalfSSELoss())
    frame = record.to_dataframe()
    assert list(frame) == ["layer", "quantity", "example", "row", "column", "value"]
    hidden = frame[frame.layer == 1]
    for name in ("W", "dW"):
        table = hidden[hidden.quantity == name].pivot(index="row", columns="column", values="value")
        assert (table.index == [1, 2, 3]).all() and (table.columns == [1, 2]).all()
        assert (table.to_numpy() == getattr(record.layer(1), name)).all()
    for name in ("z", "a", "derivative", "delta"):
        table = hidden[hidden.quantity == name].pivot(index="example", columns="row", values="value")
        assert (table.to_numpy() == getattr(record.layer(1), name)).all()
    for name in ("b", "db"):
        table = hidden[hidden.quantity == name]
        assert table.value.to_list() == getattr(record.layer(1), name).tolist()
        assert table.example.isna().all() and table.column.isna().all()
    assert len(frame) == 4 * (2 * 3 + 2 * 1) + 2 * (6 + 3 + 3 + 1)


@pytest.mark.extra("pandas")
def test_a_dataframe_leaves_out_what_there_is_none_of() -> None:
    frame = nn.backprop(*nn.worked_example("second")).to_dataframe()
    assert set(frame.quantity) == {"W", "z", "a", "derivative", "delta", "dW"}
    assert frame.example.isna().all()
    assert_allclose(frame.query("layer == 2 and quantity == 'delta'").value, [-0.2396217], atol=5e-8)


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError) as caught:
        nn.backprop(*nn.worked_example()).to_dataframe()
    assert str(caught.value).splitlines() == [
        "to_dataframe() needs pandas, which is not installed.",
        "Run pip install 'autograd-lite[pandas]'.",
    ]


class _Doubled(nn.MLP):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * 2.0


class _DoubledRow(nn.Sequential):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * 2.0


class _DoubledLinear(nn.Linear):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * 2.0


def _hooked(place: str) -> nn.Module:
    model = nn.MLP([2, 3, 1], "tanh", rng=0)
    if place == "after":
        model.register_forward_hook(lambda module, inputs, output: output + 1.0)
    elif place == "before":
        model.register_forward_pre_hook(lambda module, inputs: inputs[0] * 3.0)
    else:
        model.layers[0].register_forward_hook(lambda module, inputs, output: output * 2.0)
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: _Doubled([2, 3, 1], rng=0),
        lambda: _DoubledRow(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=0)),
        lambda: nn.Sequential(_DoubledRow(nn.Linear(2, 3, rng=0), nn.Tanh()), nn.Linear(3, 1, rng=0)),
        lambda: nn.Sequential(_DoubledLinear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=0)),
        lambda: _hooked("after"),
        lambda: _hooked("before"),
        lambda: _hooked("inside"),
    ],
)
def test_what_a_forward_or_a_hook_does_beyond_the_layers_is_refused(make: Callable[[], nn.Module]) -> None:
    data = [1.0, 2.0], [0.5], nn.MSELoss()
    hand = {"W1": np.zeros((3, 2))}
    for run in (
        nn.backprop,
        lambda *given: nn.verify(*given, hand=hand),
        lambda *given: nn.draw(*given, view="delta"),
    ):
        with pytest.raises(UsageError, match=r"of its own gives something else|not what its layers give in a row"):
            run(make(), *data)


def test_hooks_that_only_look_are_called_once_and_change_nothing() -> None:
    model, seen = nn.MLP([2, 3, 1], "tanh", rng=0), []
    expected = nn.backprop(model, [1.0, 2.0], [0.5], nn.MSELoss())
    for module in (model, model.layers[0]):
        module.register_forward_hook(lambda module, inputs, output: seen.append(output.shape))
    assert nn.backprop(model, [1.0, 2.0], [0.5], nn.MSELoss()).loss == expected.loss
    assert seen == [(3,), (1,)]


def test_the_same_forward_in_other_words_is_recorded() -> None:
    class Written(nn.MLP):
        def forward(self, x: Any) -> Any:
            first, last = self.layers
            return np.maximum(x @ first.weight.mT + first.bias, 0.0) @ last.weight.mT + last.bias

    x, y = np.random.default_rng(0).normal(size=(50, 20)), np.zeros((50, 1))
    model = Written([20, 30, 1], rng=0)
    assert_allclose(nn.backprop(model, x, y, nn.MSELoss()).loss, nn.MSELoss()(model(x), y).item(), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_rounding_overflow_and_nan_are_no_reason_to_refuse(dtype: Any) -> None:
    rng = np.random.default_rng(0)
    model = nn.MLP([300, 200, 2], dtype=dtype, rng=0)
    loss = nn.MSELoss()
    assert np.isfinite(nn.backprop(model, rng.normal(size=(40, 300)), np.zeros((40, 2)), loss).loss)
    with np.errstate(all="ignore"):
        for stray in (np.nan, np.inf, np.finfo(dtype).max):
            nn.backprop(model, np.full((2, 300), stray), np.zeros((2, 2)), loss)


def test_random_layers_draw_the_same_numbers_in_both_runs() -> None:
    class Noise(nn.Module):
        def forward(self, z: Any) -> Any:
            return z + np.random.normal(size=z.shape)

    np.random.seed(0)
    expected = np.random.normal(size=(5, 3))
    np.random.seed(0)
    first = nn.backprop(nn.MLP([2, 3, 1], Noise(), rng=0), np.ones((5, 2)), np.zeros((5, 1)), nn.MSELoss()).layer(1)
    assert_allclose(first.a - first.z, expected, atol=1e-12)
    assert (np.random.normal(size=(5, 3)) == expected).all()
    nn.backprop(nn.Sequential(nn.Linear(2, 8, rng=0), nn.Dropout(0.5)), [1.0, 2.0], np.zeros(8), nn.MSELoss())


class _Normed(nn.Module):
    def __init__(self) -> None:
        self.norm = nn.BatchNorm1d(1)

    def forward(self, a: Any, y: Any) -> Any:
        return ((self.norm(a) - y) ** 2).mean() + np.random.normal() * 0.0


@pytest.mark.parametrize("view", ["layers", "ops", "delta"])
def test_a_loss_with_state_and_numpys_random_numbers_stay_as_they_were(view: str) -> None:
    loss = _Normed()
    before = loss.state_dict()
    np.random.seed(0)
    expected = np.random.normal()
    np.random.seed(0)
    nn.draw(nn.MLP([2, 3, 1], rng=0), np.ones((4, 2)) * [[1], [2], [3], [4]], np.zeros((4, 1)), loss, view=view)
    assert all((value == before[path]).all() for path, value in loss.state_dict().items())
    assert np.random.normal() == expected
