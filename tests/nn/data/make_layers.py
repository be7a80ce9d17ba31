"""Make layers.npz with PyTorch: what its layers give, their gradients and running statistics, and a network's losses.

    python tests/nn/data/make_layers.py

Inputs and parameters are waves, so that only what comes out is stored. For each case: a layer, two batches in training
with the gradients of the second, the buffers afterwards, and the second batch in evaluation. Made with torch 2.13 on
one thread, in float64.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

CASES: list[Any] = [
    ["Conv2d", [3, 4, 3], {}, [2, 3, 6, 5]],
    ["Conv2d", [2, 4, [3, 2]], {"stride": [2, 1], "padding": [0, 2]}, [2, 2, 7, 5]],
    ["Conv2d", [4, 6, 3], {"padding": 2, "dilation": 2, "groups": 2}, [2, 4, 6, 7]],
    ["Conv2d", [3, 6, 3], {"padding": 1, "groups": 3, "bias": False}, [2, 3, 5, 5]],
    ["Conv2d", [2, 3, [4, 3]], {"padding": "same", "dilation": [1, 2]}, [2, 2, 6, 5]],
    ["Conv2d", [2, 3, 2], {"padding": "valid"}, [3, 2, 4, 4]],
    ["Conv1d", [3, 4, 3], {}, [2, 3, 8]],
    ["Conv1d", [4, 6, 3], {"stride": 2, "padding": 2, "dilation": 3, "groups": 2}, [2, 4, 12]],
    ["Conv1d", [2, 3, 4], {"padding": "same"}, [2, 2, 7]],
    ["MaxPool1d", [3], {"stride": 2, "padding": 1}, [2, 3, 8]],
    ["MaxPool2d", [2], {}, [2, 3, 5, 6]],
    ["MaxPool2d", [[3, 2]], {"stride": [1, 2], "padding": [1, 0]}, [2, 3, 6, 6]],
    ["MaxPool2d", [2], {"stride": 1, "padding": 1, "dilation": 2}, [2, 3, 6, 6]],
    ["AvgPool1d", [3], {"stride": 2, "padding": 1}, [2, 3, 8]],
    ["AvgPool1d", [3], {"stride": 2, "padding": 1, "count_include_pad": False}, [2, 3, 8]],
    ["AvgPool2d", [2], {}, [2, 3, 5, 6]],
    ["AvgPool2d", [[3, 2]], {"stride": [1, 2], "padding": [1, 1]}, [2, 3, 6, 6]],
    ["AvgPool2d", [3], {"stride": 1, "padding": 1, "count_include_pad": False}, [2, 3, 6, 5]],
    ["AdaptiveAvgPool2d", [1], {}, [2, 3, 6, 5]],
    ["AdaptiveAvgPool2d", [[4, 3]], {}, [2, 3, 6, 5]],
    ["BatchNorm1d", [3], {}, [5, 3]],
    ["BatchNorm1d", [3], {"momentum": None, "eps": 1e-3}, [4, 3, 6]],
    ["BatchNorm1d", [3], {"affine": False}, [5, 3]],
    ["BatchNorm2d", [3], {}, [2, 3, 4, 5]],
    ["BatchNorm2d", [3], {"momentum": 0.3}, [1, 3, 2, 2]],
    ["BatchNorm2d", [3], {"track_running_stats": False}, [2, 3, 4, 5]],
    ["LayerNorm", [6], {}, [4, 6]],
    ["LayerNorm", [[3, 4]], {"eps": 1e-3}, [2, 5, 3, 4]],
    ["LayerNorm", [6], {"bias": False}, [2, 3, 6]],
    ["LayerNorm", [6], {"elementwise_affine": False}, [6]],
]
OPTIMIZERS: list[Any] = [["SGD", {"lr": 0.2, "momentum": 0.9}], ["Adam", {"lr": 0.01}]]
STEPS = 100


def wave(shape: list[int], k: int) -> Any:
    """Numbers from −1 to 1 of which no two are equal, others for each k."""
    return np.cos(k + 1.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


def layer_case(name: str, args: list[Any], options: dict[str, Any], shape: list[int]) -> dict[str, Any]:
    torch_args = [tuple(each) if isinstance(each, list) else each for each in args]
    torch_options = {key: tuple(each) if isinstance(each, list) else each for key, each in options.items()}
    layer = getattr(torch.nn, name)(*torch_args, **torch_options).double()
    with torch.no_grad():
        for k, parameter in enumerate(layer.parameters(), 10):
            parameter.copy_(torch.tensor(wave(list(parameter.shape), k)))
    kept: dict[str, Any] = {}
    for step in (1, 2):
        layer.zero_grad()
        x = torch.tensor(wave(shape, step), requires_grad=True)
        y = layer(x)
        (y * torch.tensor(wave(list(y.shape), 5))).sum().backward()
    kept["y"], kept["dx"] = y.detach(), x.grad
    kept |= {f"d{name}": each.grad.clone() for name, each in layer.named_parameters()}
    kept |= {name: each.clone() for name, each in layer.named_buffers()}
    if "running_mean" in kept:
        layer.eval()
        x = torch.tensor(wave(shape, 2), requires_grad=True)
        y = layer(x)
        (y * torch.tensor(wave(list(y.shape), 5))).sum().backward()
        kept["y_eval"], kept["dx_eval"] = y.detach(), x.grad
    return {key: each.numpy() for key, each in kept.items()}


def losses(optimizer: str, options: dict[str, Any]) -> Any:
    """The losses of a small convolutional network over 100 steps, the last of them in evaluation."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(4, 6, 3, padding="same", groups=2),
        torch.nn.Tanh(),
        torch.nn.AvgPool2d(3, stride=2, padding=1),
        torch.nn.Flatten(),
        torch.nn.Linear(24, 5),
        torch.nn.LayerNorm(5),
    ).double()
    with torch.no_grad():
        for k, parameter in enumerate(model.parameters(), 20):
            parameter.copy_(0.5 * torch.tensor(wave(list(parameter.shape), k)))
    stepper = getattr(torch.optim, optimizer)(model.parameters(), **options)
    kept = []
    for step in range(STEPS + 1):
        if step == STEPS:
            model.eval()
        x = torch.tensor(wave([8, 1, 8, 8], step % 3))
        y = torch.tensor((np.arange(8) + step % 3) % 5)
        loss = torch.nn.functional.cross_entropy(model(x), y)
        kept.append(loss.item())
        if step < STEPS:
            stepper.zero_grad()
            loss.backward()
            stepper.step()
    return np.array(kept)


def main() -> None:
    torch.set_num_threads(1)
    stored: dict[str, Any] = {
        "cases": np.array(json.dumps(CASES)),
        "optimizers": np.array(json.dumps(OPTIMIZERS)),
    }
    for number, case in enumerate(CASES):
        stored |= {f"{number}.{key}": each for key, each in layer_case(*case).items()}
    for name, options in OPTIMIZERS:
        stored[f"losses.{name}"] = losses(name, options)
    np.savez_compressed(Path(__file__).with_name("layers.npz"), **stored)


if __name__ == "__main__":
    main()
