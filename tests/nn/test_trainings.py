"""Side by side with PyTorch: from the same weights and batches, the same loss in each of 100 steps."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn

STORED = json.loads((Path(__file__).parent / "data" / "trainings.json").read_text(encoding="utf-8"))
STEPS, BATCH, EXAMPLES, CLASSES = 100, 8, 24, 3


def block():
    return nn.Residual(nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 16), nn.GELU()))


MODELS = {
    "MLP": lambda: nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3)),
    "residual MLP": lambda: nn.Sequential(nn.Linear(4, 16), block(), block(), nn.LayerNorm(16), nn.Linear(16, 3)),
    "CNN": lambda: nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3)),
    ),
}


def wave(shape, k):
    """Numbers between −1 and 1 that look like noise, as in the script that made the losses."""
    n = np.arange(math.prod(shape), dtype=float)
    return np.sin(k + 1 + 12.9898 * n * n).reshape(shape)


def begin(model):
    for k, parameter in enumerate(model.parameters()):
        if parameter.ndim > 1:
            parameter.data = wave(parameter.shape, k) * math.sqrt(2 / parameter[0].size)
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            module.bias.data = np.zeros(module.bias.shape)


@pytest.mark.parametrize("optimizer_name", STORED["optimizers"])
@pytest.mark.parametrize("model_name", MODELS)
def test_the_losses_of_100_steps_are_those_of_pytorch(model_name, optimizer_name):
    model, cross_entropy = MODELS[model_name](), nn.CrossEntropyLoss()
    begin(model)
    kind, options = STORED["optimizers"][optimizer_name]
    optimizer = getattr(nn.optim, kind)(model.parameters(), **options)
    x = wave((EXAMPLES, *((1, 8, 8) if model_name == "CNN" else (4,))), 100)
    y = np.arange(EXAMPLES) * 7 % 5 % CLASSES
    losses = []
    for step in range(STEPS):
        size = EXAMPLES if kind == "LBFGS" else BATCH
        rows = (size * step + np.arange(size)) % EXAMPLES

        def closure(rows=rows):
            optimizer.zero_grad()
            loss = cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).item())
    assert_allclose(losses, STORED["losses"][model_name][optimizer_name], rtol=0, atol=1e-10)
