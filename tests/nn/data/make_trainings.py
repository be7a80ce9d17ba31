"""Make trainings.json: the losses of 100 steps of PyTorch, for three models and every optimizer.

    python tests/nn/data/make_trainings.py > tests/nn/data/trainings.json

It needs torch and nothing of ours. Weights and batches are given by formulas, so that the test can begin at the same
place.
"""

import json
import math
import sys
from typing import Any

import torch
from torch import nn

STEPS, BATCH, EXAMPLES, CLASSES = 100, 8, 24, 3

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 0.1}),
    "SGD, momentum": ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 1e-3}),
    "SGD, Nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "Adam": ("Adam", {"lr": 0.01}),
    "AdamW": ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    "RMSprop": ("RMSprop", {"lr": 0.003}),
    "Adagrad": ("Adagrad", {"lr": 0.05}),
    "LBFGS": ("LBFGS", {"lr": 0.05, "max_iter": 1, "history_size": 5}),
}


class Residual(nn.Module):
    """x + inner(x)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.inner(x)


def block() -> Residual:
    return Residual(nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 16), nn.GELU()))


MODELS = {
    "MLP": lambda: nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3)),
    "residual MLP": lambda: nn.Sequential(nn.Linear(4, 16), block(), block(), nn.LayerNorm(16), nn.Linear(16, 3)),
    "CNN": lambda: nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3)),
    ),
}


def wave(shape: tuple[int, ...], k: int) -> torch.Tensor:
    """Numbers between −1 and 1 that look like noise: sin(k + 1 + 12.9898 n²)."""
    n = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(k + 1 + 12.9898 * n * n).reshape(shape)


def begin(model: nn.Module) -> None:
    """Weights of a spread of 1/√fan-in; vectors stay as they are made, but for the biases of layers with weights."""
    for k, parameter in enumerate(model.parameters()):
        if parameter.ndim > 1:
            parameter.data = wave(tuple(parameter.shape), k) * math.sqrt(2 / parameter[0].numel())
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            module.bias.data.zero_()


def losses(model_name: str, optimizer_name: str) -> list[float]:
    """Train for 100 steps."""
    model = MODELS[model_name]()
    begin(model)
    kind, options = OPTIMIZERS[optimizer_name]
    optimizer = getattr(torch.optim, kind)(model.parameters(), **options)
    x = wave((EXAMPLES, *((1, 8, 8) if model_name == "CNN" else (4,))), 100)
    y = torch.arange(EXAMPLES) * 7 % 5 % CLASSES
    found = []
    for step in range(STEPS):
        size = EXAMPLES if kind == "LBFGS" else BATCH  # it learns the curvature of one function
        rows = (size * step + torch.arange(size)) % EXAMPLES

        def closure(rows: torch.Tensor = rows) -> torch.Tensor:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            return loss

        found.append(optimizer.step(closure).item())
    return found


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.backends.mkldnn.enabled = False
    cases = {model: {name: losses(model, name) for name in OPTIMIZERS} for model in MODELS}
    json.dump({"torch": torch.__version__.partition("+")[0], "optimizers": OPTIMIZERS, "losses": cases}, sys.stdout)
