"""Checkpoints in networks: weights, masks and running statistics are what they are without."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn


class Plain(nn.Module):
    """Normalisation with running statistics, and two layers of random masks: one shared Generator, one of its own."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.first = nn.Linear(3, 8, rng=rng)
        self.norm = nn.BatchNorm1d(8)
        self.shared, self.own = nn.Dropout(0.5), nn.Dropout(0.3, rng=5)
        self.last = nn.Linear(8, 2, rng=rng)

    def middle(self, x: Any) -> ag.Tensor:
        masked: ag.Tensor = self.own(self.shared(np.tanh(self.norm(self.first(x)))))
        return masked

    def forward(self, x: Any) -> ag.Tensor:
        return self.last(self.middle(x))


class AsAttribute(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.block = ag.checkpoint(self.middle)

    def forward(self, x: Any) -> ag.Tensor:
        return self.last(self.block(x))


class AsDecorator(Plain):
    @ag.checkpoint
    def forward(self, x: Any) -> ag.Tensor:
        return self.last(self.middle(x))


class OfModules(Plain):
    def forward(self, x: Any) -> ag.Tensor:
        h = ag.checkpoint(self.first)(x)
        for layer in (self.norm, nn.Tanh(), self.shared, self.own):
            h = ag.checkpoint(layer)(h)
        return ag.checkpoint(self.last)(h)


CHECKPOINTED = [AsAttribute, AsDecorator, OfModules]


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(40, 3)), rng.normal(size=(40, 2))


def derivatives(model: nn.Module) -> list[np.ndarray]:
    """Return the loss, its gradient by each parameter, that of the gradient's norm, and the running statistics."""
    nn.manual_seed(3)
    x, y = data()
    loss = nn.MSELoss()(model(x), y)
    first = ag.gradients(loss, list(model.parameters()), create_graph=True)
    second = ag.gradients(sum((g * g).sum() for g in first), list(model.parameters()))
    return [each.numpy() for each in (loss, *first, *second, *model.buffers())]


@pytest.mark.parametrize("kind", CHECKPOINTED)
def test_losses_gradients_and_running_statistics_are_those_without(kind: type[Plain]) -> None:
    for mine, plain in zip(derivatives(kind()), derivatives(Plain()), strict=True):
        np.testing.assert_allclose(mine, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", CHECKPOINTED)
def test_training_goes_the_same_way(kind: type[Plain]) -> None:
    losses = []
    for model in (kind(), Plain()):
        optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
        rng = nn.manual_seed(1)
        fitted = nn.fit(model, *data(), loss=nn.MSELoss(), optimizer=optimizer, epochs=3, rng=rng, progress=False)
        losses.append(fitted.loss)
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-9)


@pytest.mark.parametrize("kind", CHECKPOINTED)
def test_summaries_and_pictures_show_the_layers_inside(kind: type[Plain]) -> None:
    x, y = data()
    models = [type("Plain", (kind,), {})(), Plain()]
    shown = [str(model.summary(x)) for model in models]
    assert shown[0] == shown[1] and "BatchNorm1d(8)" in shown[0]
    for view in ("layers", "ops"):
        nn.manual_seed(0)
        drawn = [nn.draw(model, x[:4], y[:4], nn.MSELoss(), view=view).source for model in models]
        assert drawn[0] == drawn[1]


class OfLayers(nn.Module):
    def __init__(self) -> None:
        self.blocks = [ag.checkpoint(nn.Linear(2, 2, rng=k)) for k in range(2)]
        self.last = ag.checkpoint(nn.Linear(2, 1, rng=2))

    def forward(self, x: Any) -> ag.Tensor:
        for block in self.blocks:
            x = block(x)
        return self.last(x)


def test_a_checkpointed_layer_belongs_to_the_model_as_the_layer_does() -> None:
    model = OfLayers()
    names = ["blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias", "last.weight", "last.bias"]
    assert [name for name, _ in model.named_parameters()] == names == list(model.state_dict())
    model.eval()
    assert not any(each.training for each in model.modules())
    model(np.ones((3, 2))).sum().backward()
    assert all(each.grad is not None for each in model.parameters())
    other = OfLayers()
    other.load_state_dict({name: 2 * values for name, values in model.state_dict().items()})
    assert other.last.__wrapped__.weight.tolist() == (2 * model.last.__wrapped__.weight).tolist()


def test_a_copied_model_runs_its_own_layers() -> None:
    model = AsAttribute()
    other = copy.deepcopy(model)
    other.last.weight.data = 0 * other.last.weight.data
    other.first.weight.data = 0 * other.first.weight.data
    x, _ = data()
    assert np.ptp(other.eval()(x).numpy(), axis=0).max() == 0.0
    assert np.ptp(other.block(x).numpy(), axis=0).max() == 0.0
    assert np.ptp(model.eval().block(x).numpy(), axis=0).max() > 0.0


@pytest.mark.extra("onnx", "onnxruntime")
def test_a_checkpointed_model_is_exported_as_it_stands(tmp_path: Path) -> None:
    import onnxruntime

    model, (x, _) = AsAttribute().eval(), data()
    nn.export_onnx(model, tmp_path / "model.onnx", x)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    (found,) = session.run(None, {"x": x})
    np.testing.assert_allclose(found, model(x).numpy(), rtol=1e-10)
