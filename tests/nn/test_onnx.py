"""Exported models: valid ONNX, and in onnxruntime equal to the model for batches of any size."""

import builtins
import copy

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.errors import ArgumentError, UnsupportedError, UsageError

pytestmark = pytest.mark.extra("onnx", "onnxruntime")

F = nn.functional
ROWS = np.random.default_rng(0).normal(size=(3, 4))
IMAGES = np.random.default_rng(1).normal(size=(2, 4, 8, 6))
SIGNALS = np.random.default_rng(2).normal(size=(2, 4, 9))
TOKENS = np.array([[0, 4, 2], [1, 1, 3]])


class Function(nn.Module):
    """A model of one's own: a function of a weight w and its inputs."""

    def __init__(self, compute, *shape, dtype=np.float32):
        self.compute = compute
        self.w = nn.Parameter(np.random.default_rng(3).normal(size=shape), dtype=dtype)

    def forward(self, *inputs):
        return self.compute(self.w, *inputs)


def normalised(layer, shape):
    """A batch norm whose running statistics are none that it started with."""
    layer.weight.data = np.linspace(0.5, 1.5, 4)
    layer.bias.data = np.linspace(-1.0, 1.0, 4)
    for _ in range(3):
        layer(np.random.default_rng(4).normal(1.0, 2.0, size=shape).astype(layer.weight.dtype))
    return layer


class Network(nn.Module):
    """What PyTorch's users write: layers in __init__, functions and shapes in forward, modules in a ModuleList."""

    def __init__(self, dtype):
        self.stem = nn.Conv2d(4, 3, 3, padding=1, dtype=dtype, rng=0)
        self.blocks = nn.ModuleList([nn.Conv2d(3, 3, 3, padding="same", dtype=dtype, rng=k) for k in range(2)])
        self.head = nn.Linear(3 * 4 * 3, 5, dtype=dtype, rng=0)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        x = F.relu(self.stem(x))
        for block in self.blocks:
            x = x + F.relu(block(x)) * 0.5
        x = ag.max_pool2d(x, 2)
        return self.head(self.drop(x.reshape(len(x), -1)))


class Attention(nn.Module):
    """Softmax attention of one head."""

    def __init__(self, dtype):
        self.embed = nn.Embedding(5, 4, padding_idx=0, dtype=dtype, rng=0)
        self.query, self.key = (nn.Linear(4, 4, bias=False, dtype=dtype, rng=k) for k in (1, 2))
        self.norm = nn.LayerNorm(4, dtype=dtype)

    def forward(self, tokens):
        x = self.embed(tokens)
        scores = self.query(x) @ self.key(x).mT / 2.0
        return self.norm(x + F.softmax(scores, axis=-1) @ x).mean(axis=1)


# A model of a dtype, and data like those that it gets.
MODELS = {
    "Linear": (lambda t: nn.Linear(4, 3, dtype=t), ROWS),
    "Linear without bias": (lambda t: nn.Linear(4, 3, bias=False, dtype=t), ROWS),
    "Linear on the last axis": (lambda t: nn.Linear(6, 3, dtype=t), IMAGES),
    "Sequential": (lambda t: nn.Sequential(nn.Linear(4, 5, dtype=t), nn.ReLU(), nn.Linear(5, 2, dtype=t)), ROWS),
    "MLP": (lambda t: nn.MLP([4, 8, 8, 3], "tanh", "sigmoid", dtype=t), ROWS),
    "Identity": (lambda t: nn.Identity(), ROWS.astype(np.float32)),
    "Dropout": (lambda t: nn.Sequential(nn.Linear(4, 4, dtype=t), nn.Dropout(0.9)), ROWS),
    "Flatten": (lambda t: nn.Sequential(nn.Flatten(), nn.Linear(192, 2, dtype=t)), IMAGES),
    "Flatten from the third axis": (lambda t: nn.Sequential(nn.Flatten(2), nn.Linear(48, 2, dtype=t)), IMAGES),
    "Residual": (lambda t: nn.Residual(nn.Sequential(nn.LayerNorm(4, dtype=t), nn.Linear(4, 4, dtype=t))), ROWS),
    "BatchNorm1d": (lambda t: normalised(nn.BatchNorm1d(4, dtype=t), (20, 4)), ROWS),
    "BatchNorm1d of signals": (lambda t: normalised(nn.BatchNorm1d(4, dtype=t), (20, 4, 5)), SIGNALS),
    "BatchNorm2d": (lambda t: normalised(nn.BatchNorm2d(4, dtype=t), (20, 4, 3, 3)), IMAGES),
    "BatchNorm2d without weights": (lambda t: nn.BatchNorm2d(4, affine=False, dtype=t), IMAGES.astype(np.float32)),
    "BatchNorm2d of each batch": (lambda t: nn.BatchNorm2d(4, track_running_stats=False, dtype=t), IMAGES),
    "LayerNorm": (lambda t: nn.LayerNorm(6, dtype=t), IMAGES),
    "LayerNorm over two axes": (lambda t: nn.LayerNorm((8, 6), eps=0.1, dtype=t), IMAGES),
    "LayerNorm without weights": (lambda t: nn.LayerNorm(6, elementwise_affine=False), IMAGES.astype(np.float32)),
    "MaxPool1d": (lambda t: nn.MaxPool1d(3, 2, padding=1), SIGNALS.astype(np.float32)),
    "MaxPool2d": (lambda t: nn.MaxPool2d((3, 2), 2, padding=1, dilation=2), IMAGES.astype(np.float32)),
    "Embedding": (lambda t: nn.Embedding(5, 4, dtype=t), TOKENS),
    "Embedding of single tokens": (lambda t: nn.Sequential(nn.Embedding(5, 4, dtype=t), nn.Tanh()), TOKENS[:, 0]),
}
# A function of a weight and x, the shape of the weight, and x.
FUNCTIONS = {
    "arithmetic": (lambda w, x: np.clip(x, -0.5, None) ** 2 - np.sqrt(abs(x)) / np.exp(w), (4,), ROWS),
    "axes and slices": (lambda w, x: np.swapaxes(x, 1, 2)[:, ::2, 1:, -1].reshape(-1, 3) @ w, (3, 2), IMAGES),
    "moved axes": (lambda w, x: np.moveaxis(x, (1, 2), (-1, 1)) @ w, (4, 2), IMAGES),
    "slices from behind": (lambda w, x: x[..., ::-1, -2:0:-1] * w, (8, 4), IMAGES),
    "joins": (lambda w, x: np.concatenate([np.stack([x, x * w], 1)[:, 1], x[:, [2, 0]]], 1), (4,), ROWS),
    "new axes": (lambda w, x: (x[:, None, :, None] * w).squeeze(1), (2,), ROWS),
    "reductions": (lambda w, x: x.mean(axis=(2, 3)) * w + x.max(axis=-1).sum(axis=2), (4,), IMAGES),
    "least and log-sum-exp": (
        lambda w, x: x.min(axis=1, keepdims=True) + ag.logsumexp(x * w, axis=1)[:, None],
        (4,),
        ROWS,
    ),
    "products": (lambda w, x: (x * w).prod(axis=1), (4,), ROWS),
    "reductions that start at a number": (
        lambda w, x: x.sum(axis=1, initial=2.0) * x.max(axis=1, initial=0.5) + (w * x).min(axis=1, initial=-0.5),
        (4,),
        ROWS,
    ),
    "variances": (lambda w, x: x.var(axis=(2, 3)) * w + x.std(axis=(1, 2, 3), ddof=1)[:, None], (4,), IMAGES),
    "columns first": (lambda w, x: (x * w).reshape((-1, 6), order="F"), (6,), IMAGES),
    "columns first in a row": (lambda w, x: np.ravel(x * w, order="F"), (4,), ROWS),
    "sizes": (lambda w, x: x.reshape(len(x) * 4, 48).reshape(len(x), 4, -1) @ w, (48, 2), IMAGES),
    "the batch in two sizes": (lambda w, x: x.reshape(4 * len(x), -1) @ w, (48, 2), IMAGES),
    "a broadcast": (lambda w, x: np.broadcast_to(w, (len(x), 4)) + x, (4,), ROWS),
    "the mean of the batch": (lambda w, x: (x * w).mean(axis=0), (4,), ROWS),
    "logarithms": (lambda w, x: np.log1p(np.square(x)) + np.log2(np.exp2(x)) + np.expm1(x) * w, (4,), ROWS),
}
# Of these not every onnxruntime has float64 on a CPU.
FLOAT32 = {
    "Conv1d": (lambda t: nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2, dtype=t), SIGNALS),
    "Conv2d": (lambda t: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(0, 1), groups=2, dtype=t), IMAGES),
    "Conv2d same": (lambda t: nn.Conv2d(4, 2, (2, 3), padding="same", bias=False, dtype=t), IMAGES),
    "AvgPool1d": (lambda t: nn.AvgPool1d(3, 2, padding=1), SIGNALS.astype(np.float32)),
    "AvgPool2d": (lambda t: nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), IMAGES.astype(np.float32)),
    "AvgPool2d with padding": (lambda t: nn.AvgPool2d(3, 2, padding=1), IMAGES.astype(np.float32)),
    "AdaptiveAvgPool2d": (lambda t: nn.AdaptiveAvgPool2d((4, 3)), IMAGES.astype(np.float32)),
    "AdaptiveAvgPool2d of all": (lambda t: nn.AdaptiveAvgPool2d(1), IMAGES.astype(np.float32)),
    "Network": (Network, IMAGES),
    "Attention": (Attention, TOKENS),
}
ACTIVATIONS = [
    "ReLU", "LeakyReLU", "PReLU", "ELU", "SELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Hardtanh",
    "LogSigmoid", "Softmax", "LogSoftmax",
]  # fmt: skip


def exported(model, x, path, **options):
    """A session of the exported model, and the file's content; the model has stayed as it was."""
    import onnx
    import onnxruntime

    before = copy.deepcopy(model)
    modes = [each.training for each in model.modules()]
    nn.export_onnx(model, path, x, **options)
    assert [each.training for each in model.modules()] == modes
    for name, values in before.state_dict().items():
        assert np.array_equal(model.state_dict()[name], values)
    assert all(each.grad is None for each in model.parameters())
    content = onnx.load(path)
    onnx.checker.check_model(content, full_check=True)
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]), content


def compare(model, x, path, batches=(1, 2, 5), **options):
    """Export, and compare in batches of other sizes and of other numbers than those of the export."""
    session, _ = exported(model, x, path, **options)
    model.eval()
    rng = np.random.default_rng(5)
    dtype = next((each.dtype for each in model.parameters()), x.dtype)
    for size in batches:
        rows = x[rng.integers(len(x), size=size)]
        data = rows if x.dtype.kind == "i" else (rows + rng.normal(size=rows.shape)).astype(dtype)
        (y,) = session.run(None, {"x": data})
        expected = model(ag.tensor(data)).numpy()
        assert y.dtype == expected.dtype and y.shape == expected.shape
        np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MODELS)
def test_onnxruntime_computes_what_the_model_does(name, dtype, tmp_path):
    make, x = MODELS[name]
    compare(make(dtype), x, tmp_path / "model.onnx")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_forward_of_ones_own_is_exported(name, dtype, tmp_path):
    function, shape, x = FUNCTIONS[name]
    compare(Function(function, *shape, dtype=dtype), x, tmp_path / "model.onnx")


@pytest.mark.parametrize("name", FLOAT32)
def test_onnxruntime_computes_in_float32_what_the_model_does(name, tmp_path):
    make, x = FLOAT32[name]
    compare(make(np.float32), x, tmp_path / "model.onnx")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_exported(name, dtype, tmp_path):
    options = {"Softmax": (-1,), "LogSoftmax": (1,), "LeakyReLU": (0.2,), "ELU": (0.7,), "Hardtanh": (-0.5, 0.8)}
    activation = getattr(nn, name)(*options.get(name, ()))
    model = nn.Sequential(nn.Linear(4, 4, dtype=dtype, rng=0), activation)
    compare(model, 3 * ROWS, tmp_path / "model.onnx")


def test_every_layer_and_activation_has_a_case_here():
    built = [make(np.float32) for make, _ in {**MODELS, **FLOAT32}.values()]
    covered = {type(each).__name__ for model in built for each in model.modules()} | {*ACTIVATIONS, "GELU"}
    public = {name for name in nn.__all__ if isinstance(getattr(nn, name), type)}
    modules = {name for name in public if issubclass(getattr(nn, name), nn.Module)}
    losses = {name for name in modules if issubclass(getattr(nn, name), nn.Loss)}
    bases = {"Module", "Activation", "ModuleDict"}
    assert modules - losses - bases <= covered


@pytest.mark.parametrize(("approximate", "dtype"), [("none", np.float32), ("tanh", np.float32), ("tanh", np.float64)])
def test_gelu_is_exported(approximate, dtype, tmp_path):
    compare(nn.Sequential(nn.Linear(4, 4, dtype=dtype, rng=0), nn.GELU(approximate)), ROWS, tmp_path / "model.onnx")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_softplus_with_a_threshold_is_exported(beta, dtype, tmp_path):
    model = nn.Sequential(nn.Linear(4, 4, dtype=dtype, rng=0), nn.Softplus(beta, threshold=0.5))
    compare(model, ROWS, tmp_path / "model.onnx")


def test_a_keyword_without_a_form_is_named(tmp_path):
    mask = np.array([True, False, True, True])
    with pytest.raises(UnsupportedError, match="no ONNX form for sum with where="):
        nn.export_onnx(Function(lambda w, x: (x * w).sum(axis=1, where=mask), 4), tmp_path / "m.onnx", ROWS)


def test_prelu_with_a_slope_for_each_channel_is_exported(tmp_path):
    model = nn.PReLU(4, dtype=np.float32)
    model.weight.data = [0.1, 0.2, 0.3, 0.4]
    compare(model, IMAGES, tmp_path / "model.onnx")


@pytest.mark.parametrize("values", [-1000.0, -30.0, 0.0, 30.0, 1000.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if "max" not in name])
def test_activations_neither_overflow_nor_lose_their_ends(name, dtype, values, tmp_path):
    model = nn.Sequential(nn.Linear(1, 1, dtype=dtype, init="ones"), getattr(nn, name)())
    session, _ = exported(model, np.ones((1, 1)), tmp_path / "model.onnx")
    x = np.full((1, 1), values, dtype)
    np.testing.assert_allclose(session.run(None, {"x": x})[0], model(x).numpy(), rtol=1e-6, atol=1e-6)


def test_parameters_keep_their_names_and_bits(tmp_path):
    import onnx

    model = nn.Sequential(nn.Linear(4, 3, dtype=np.float32), normalised(nn.BatchNorm1d(4, dtype=np.float32), (9, 4)))
    model[0] = nn.Linear(4, 4, dtype=np.float32)
    _, content = exported(model, ROWS, tmp_path / "model.onnx")
    held = {each.name: onnx.numpy_helper.to_array(each) for each in content.graph.initializer}
    state = {name: each for name, each in model.state_dict().items() if "num_batches" not in name}
    assert state.keys() <= held.keys()
    assert all(held[name].tobytes() == each.tobytes() for name, each in state.items())


def test_a_shared_or_frozen_parameter_is_in_the_file_once_and_by_name(tmp_path):
    layer = nn.Linear(4, 4, dtype=np.float32)
    layer.weight.requires_grad = False
    model = nn.Sequential(layer, nn.ReLU(), layer)
    _, content = exported(model, ROWS, tmp_path / "model.onnx")
    assert sorted(each.name for each in content.graph.initializer) == ["0.bias", "0.weight"]
    assert not layer.weight.requires_grad


def test_a_batch_of_any_size_is_said_in_the_file(tmp_path):
    _, content = exported(nn.Linear(4, 3), ROWS, tmp_path / "model.onnx", input_names=["pixels"], output_names=["z"])
    shapes = {
        each.name: [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim]
        for each in [*content.graph.input, *content.graph.output]
    }
    assert shapes == {"pixels": ["batch", 4], "z": ["batch", 3]}


@pytest.mark.parametrize("x", [ROWS, ROWS[0]], ids=["a batch", "a single example"])
def test_a_batch_of_one_size_is_fixed_on_request(x, tmp_path):
    model = nn.Linear(4, 3)
    session, content = exported(model, x, tmp_path / "model.onnx", dynamic_batch=False)
    assert [size.dim_value for size in content.graph.input[0].type.tensor_type.shape.dim] == list(x.shape)
    np.testing.assert_allclose(session.run(None, {"x": x})[0], model(x).numpy(), rtol=1e-6)


def test_several_inputs_and_results_have_their_names(tmp_path):
    model = Function(lambda w, a, b: (a @ w + b, b, a @ w + b), 4, 4)
    names = {"input_names": ("a", "b"), "output_names": ("sum", "b_again", "sum_again")}
    session, _ = exported(model, (ROWS, ROWS), tmp_path / "model.onnx", **names)
    a, b = ROWS.astype(np.float32), -ROWS.astype(np.float32)
    results = session.run(["sum", "b_again", "sum_again"], {"a": a, "b": b})
    for result, expected in zip(results, model(ag.tensor(a), ag.tensor(b)), strict=True):
        np.testing.assert_allclose(result, expected.numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("opset", [18, 19, 20, 21])
def test_the_opset_is_what_was_asked_for(opset, tmp_path):
    model = nn.Sequential(nn.Linear(6, 4, dtype=np.float32), nn.GELU(), nn.LayerNorm(4, dtype=np.float32))
    _, content = exported(model, IMAGES, tmp_path / "model.onnx", opset=opset)
    assert [each.version for each in content.opset_import] == [opset]


def test_float64_data_for_a_float32_model_become_float32(tmp_path):
    session, _ = exported(nn.Linear(4, 1, dtype=np.float32), ROWS, tmp_path / "model.onnx")
    assert session.get_inputs()[0].type == "tensor(float)"


def test_a_file_survives_an_export_that_fails(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"before")
    with pytest.raises(UnsupportedError, match="no ONNX form for tripled"):
        nn.export_onnx(Function(lambda w, x: TRIPLED(x), 1), path, ROWS)
    assert path.read_bytes() == b"before" and len(list(tmp_path.iterdir())) == 1


def test_the_random_state_of_dropout_is_left_alone(tmp_path):
    model = nn.Sequential(nn.Linear(4, 3, rng=0), nn.Dropout(0.5, rng=1))
    state = copy.deepcopy(model[1].rng.bit_generator.state)
    exported(model, ROWS, tmp_path / "model.onnx")
    assert model[1].rng.bit_generator.state == state


TRIPLED = ag.primitive(lambda x: 3 * x, x=lambda g: 3 * g, name="tripled", domain=(-1, 1), tex="3")


def test_an_opset_that_onnx_does_not_know_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="newer than the installed onnx"):
        nn.export_onnx(nn.Linear(4, 1), tmp_path / "model.onnx", ROWS, opset=1000)


def test_the_missing_package_is_named(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name == "onnx":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'autograd-lite\[onnx\]'"):
        nn.export_onnx(nn.Linear(4, 1), tmp_path / "model.onnx", ROWS)
