"""Convolution and pooling layers against PyTorch's numbers, which data/make_layers.py made, and what they promise."""

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn

STORED = np.load(Path(__file__).parent / "data" / "layers.npz")
CASES = [pytest.param(k, *case, id=f"{case[0]}{case[1:]}") for k, case in enumerate(json.loads(str(STORED["cases"])))]


def wave(shape: Any, k: int) -> Any:
    return np.cos(k + 1.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


def set_to_waves(model: nn.Module, first: int, scale: float = 1.0) -> None:
    for k, parameter in enumerate(model.parameters(), first):
        parameter.data = scale * wave(parameter.shape, k)


def tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def made(name: str, args: list[Any], options: dict[str, Any]) -> nn.Module:
    layer: nn.Module = getattr(nn, name)(*map(tuples, args), **{key: tuples(each) for key, each in options.items()})
    return layer


def passed(layer: nn.Module, shape: list[int], k: int) -> tuple[Any, Any]:
    """What a layer gives for a wave, and the gradient that comes back."""
    x = ag.tensor(wave(shape, k), requires_grad=True)
    y = layer(x)
    (y * wave(y.shape, 5)).sum().backward()
    assert x.grad is not None
    return y.numpy(), x.grad.numpy()


@pytest.mark.parametrize(("number", "name", "args", "options", "shape"), CASES)
def test_outputs_gradients_and_statistics_are_those_of_pytorch(
    number: int, name: str, args: list[Any], options: dict[str, Any], shape: list[int]
) -> None:
    layer = made(name, args, options)
    set_to_waves(layer, 10)
    passed(layer, shape, 1)
    layer.zero_grad()
    found = dict(zip(("y", "dx"), passed(layer, shape, 2), strict=True))
    found |= {f"d{path}": each.grad.numpy() for path, each in layer.named_parameters() if each.grad is not None}
    found |= {path: each.numpy().copy() for path, each in layer.named_buffers()}
    if "running_mean" in found:
        found |= zip(("y_eval", "dx_eval"), passed(layer.eval(), shape, 2), strict=True)
    expected = {key.partition(".")[2]: STORED[key] for key in STORED.files if key.startswith(f"{number}.")}
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert_allclose(found[key], values, rtol=0, atol=1e-12, err_msg=key)
        assert found[key].dtype == values.dtype


class Network(nn.Module):
    """The network of make_layers.py."""

    def __init__(self) -> None:
        self.images = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding="same", groups=2),
            nn.Tanh(),
            nn.AvgPool2d(3, stride=2, padding=1),
        )
        self.features = nn.Sequential(nn.Linear(24, 5), nn.LayerNorm(5))

    def forward(self, x: Any) -> Any:
        return self.features(self.images(x).reshape(len(x), -1))


@pytest.mark.parametrize(("name", "options"), json.loads(str(STORED["optimizers"])))
def test_a_network_learns_as_in_pytorch(name: str, options: dict[str, Any]) -> None:
    model, loss = Network(), nn.CrossEntropyLoss()
    set_to_waves(model, 20, 0.5)
    optimizer = getattr(nn.optim, name)(model.parameters(), **options)
    expected = STORED[f"losses.{name}"]
    for step, value in enumerate(expected):
        model.train(step < len(expected) - 1)
        optimizer.zero_grad()
        found = loss(model(wave((8, 1, 8, 8), step % 3)), (np.arange(8) + step % 3) % 5)
        assert_allclose(found.item(), value, rtol=0, atol=1e-10, err_msg=f"step {step}")
        found.backward()
        optimizer.step()


LAYERS = [
    (lambda dtype: nn.Conv2d(2, 4, 3, groups=2, dtype=dtype), (2, 6, 6)),
    (lambda dtype: nn.Conv1d(2, 3, 3, padding="same", dtype=dtype), (2, 6)),
    (lambda dtype: nn.MaxPool2d(3, stride=2, padding=1), (2, 6, 6)),
    (lambda dtype: nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), (2, 6, 6)),
    (lambda dtype: nn.AvgPool1d(2), (2, 6)),
    (lambda dtype: nn.AdaptiveAvgPool2d((2, None)), (2, 6, 6)),
    (lambda dtype: nn.BatchNorm2d(2, dtype=dtype), (2, 6, 6)),
    (lambda dtype: nn.BatchNorm1d(2, dtype=dtype), (2,)),
    (lambda dtype: nn.LayerNorm((2, 6), dtype=dtype), (2, 6)),
]


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_float32_stays_float32(layer_of: Any, shape: Any) -> None:
    layer = layer_of(np.float32)
    x = ag.tensor(wave((4, *shape), 1).astype(np.float32), requires_grad=True)
    y = layer(x)
    y.sum().backward()
    assert x.grad is not None and y.dtype == x.grad.dtype == np.float32
    assert all(each.grad is not None and each.grad.dtype == np.float32 for each in layer.parameters())
    assert all(each.dtype == np.float32 for each in layer.buffers() if each.ndim)


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_an_empty_batch_gives_an_empty_batch_and_gradients_of_zero(layer_of: Any, shape: Any) -> None:
    layer = layer_of(np.float64)
    state = layer.state_dict()
    x = ag.tensor(np.zeros((0, *shape)), requires_grad=True)
    y = layer(x)
    y.sum().backward()
    assert x.grad is not None and len(y) == 0 and x.grad.shape == x.shape
    assert all(each.grad is not None and not each.grad.numpy().any() for each in layer.parameters())
    for name, values in layer.state_dict().items():
        np.testing.assert_array_equal(values, state[name])


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_the_order_of_memory_does_not_matter(layer_of: Any, shape: Any) -> None:
    layer = layer_of(np.float64)
    x = wave((6, *shape), 1)
    plain, turned = (copy.deepcopy(layer)(each) for each in (x, np.asfortranarray(x)))
    strided = copy.deepcopy(layer)(ag.from_numpy(np.repeat(x, 2, axis=0)[::2]))
    assert_allclose(turned.numpy(), plain.numpy(), rtol=1e-12, atol=1e-13)
    assert_allclose(strided.numpy(), plain.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_copies_and_pickles_give_the_same_numbers(layer_of: Any, shape: Any) -> None:
    layer = layer_of(np.float64)
    x = wave((4, *shape), 1)
    layer(x)
    layer.eval()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(other(x).numpy(), layer(x).numpy())
        assert repr(other) == repr(layer)


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_integer_images_become_the_dtype_of_the_parameters(layer_of: Any, shape: Any) -> None:
    values = (100 * wave((4, *shape), 1)).astype(np.int16)
    one, other = layer_of(np.float64), layer_of(np.float64)
    other.load_state_dict(one.state_dict())
    np.testing.assert_array_equal(one(values).numpy(), other(values.astype(float)).numpy())


@pytest.mark.parametrize(("layer_of", "shape"), LAYERS)
def test_first_and_second_derivatives_in_x_agree_with_differences(layer_of: Any, shape: Any) -> None:
    layer = layer_of(np.float64)
    x = np.random.default_rng(0).permutation(np.linspace(-2, 2, 4 * int(np.prod(shape)))).reshape(4, *shape)
    weights = wave(layer(x).shape, 3)
    assert ag.gradcheck(lambda x: (layer(x) * weights).sum(), (x,), order=2)


def test_weights_start_with_hes_variance_from_one_generator() -> None:
    layer = nn.Conv2d(16, 64, 3, rng=0)
    assert layer.bias is not None and not layer.bias.numpy().any()
    assert abs(layer.weight.numpy().std() * np.sqrt(16 * 9 / 2) - 1) < 0.02
    np.testing.assert_array_equal(nn.Conv2d(16, 64, 3, rng=0).weight.numpy(), layer.weight.numpy())
    assert not nn.Conv1d(2, 3, 4, init="zeros").weight.numpy().any()


def test_the_repr_says_what_a_layer_was_made_with() -> None:
    for text in (
        "Conv2d(1, 8, kernel_size=3)",
        "Conv2d(4, 8, kernel_size=(3, 5), padding='same', bias=False)",
        "Conv1d(4, 8, kernel_size=3, stride=2, padding=1, dilation=2, groups=4)",
        "MaxPool2d(2)",
        "MaxPool1d(3, stride=2, padding=1, dilation=2)",
        "AvgPool2d((2, 3), count_include_pad=False)",
        "AdaptiveAvgPool2d((1, None))",
        "BatchNorm2d(8, momentum=None, affine=False)",
        "LayerNorm((2, 3), eps=0.001, bias=False)",
    ):
        layer = eval(f"nn.{text}")
        assert layer.title() == text
        assert repr(layer).startswith(text)
