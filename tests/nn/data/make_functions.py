"""Make functions.json: values and gradients of PyTorch's activations and losses, in extremes too.

    python tests/nn/data/make_functions.py > tests/nn/data/functions.json

It needs torch and nothing of ours. Every case is written down with its arguments, so that the test can replay it.
"""

import json
import sys
from typing import Any

import torch

Z = [-1e4, -745.0, -100.0, -36.5, -20.5, -5.0, -2.0, -1.0, -0.3, -1e-9, 0.0, 1e-9, 0.3, 1.0, 2.0, 5.0, 19.5, 36.5, 1e4]
ACTIVATIONS: list[tuple[str, list[Any], dict[str, Any]]] = [
    *((name, [], {}) for name in ("ReLU", "LeakyReLU", "PReLU", "ELU", "SELU", "GELU", "SiLU", "Mish", "Sigmoid")),
    *((name, [], {}) for name in ("Tanh", "Softsign", "Hardtanh", "LogSigmoid")),
    ("LeakyReLU", [0.2], {}),
    ("ELU", [0.5], {}),
    ("Hardtanh", [-2.0, 0.5], {}),
    ("Softplus", [1.0, 20.0], {}),
    ("Softplus", [3.0, 20.0], {}),
    ("PReLU", [1, 0.5], {}),
    ("GELU", [], {"approximate": "tanh"}),
]
LOGITS = [[2.0, -1.0, 0.5], [0.1, 0.2, -3.0], [-700.0, 0.0, 700.0], [1e4, -1e4, 3.0], [5.0, 5.0, 5.0]]
LABELS = [0, 2, 1, 0, 1]
SHARES = [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.0, 0.75, 0.25], [0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]
WEIGHT = [0.5, 2.0, 1.25]
IGNORED = [0, -100, 1, -100, 1]
A = [[0.5, -2.0, 3.0], [0.25, 1.5, -1e4], [1e4, 0.0, -0.75]]
Y = [[0.25, -2.0, -1.0], [0.5, -0.25, 2.0], [0.0, 1.5, 0.25]]
BITS = [[1.0, 0.0, 0.5], [0.0, 1.0, 1.0], [1.0, 0.25, 0.0]]
PROBABILITIES = [[0.5, 0.25, 0.9], [1e-3, 0.999, 0.5], [0.125, 0.75, 0.3]]
STACKED_LOGITS = [[[0.5, -1.0], [2.0, 0.0], [-0.5, 1.5]], [[1.0, 1.0], [0.25, -2.0], [3.0, 0.0]]]
STACKED_LABELS = [[0, 2], [1, -100]]
STACKED_SHARES = [[[0.5, 0.25], [0.25, 0.25], [0.25, 0.5]], [[1.0, 0.0], [0.0, 0.5], [0.0, 0.5]]]


def tensor(data: Any) -> torch.Tensor:
    """Floats in double precision, integers as labels."""
    made = torch.tensor(data, dtype=torch.float64)
    first = data
    while isinstance(first, list):
        first = first[0]
    return made.long() if isinstance(first, int) else made


def activation(name: str, arguments: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    """An activation's values, and the gradient of their sum."""
    made = getattr(torch.nn, name)(*arguments, **options).double()
    z = torch.tensor(Z, dtype=torch.float64, requires_grad=True)
    a = made(z)
    a.sum().backward()
    case = {"name": name, "arguments": arguments, "options": options, "a": a.tolist(), "slope": z.grad.tolist()}
    if name == "PReLU":
        case["weight"] = made.weight.grad.tolist()
    return case


def along(name: str, axis: int) -> dict[str, Any]:
    """Softmax or its logarithm, and the gradient of the weighted sum."""
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    p = getattr(torch.nn, name)(dim=axis)(z)
    (p * torch.arange(15.0).double().reshape(5, 3)).sum().backward()
    return {"name": name, "axis": axis, "p": p.tolist(), "slope": z.grad.tolist()}


def loss(name: str, prediction: Any, target: Any, logs: bool = False, **options: Any) -> list[dict[str, Any]]:
    """A loss and its gradient in all reductions; `logs` takes the logarithm of the softmax of the prediction."""
    cases = []
    kinds = ["mean", "sum", "none"] + (["batchmean"] if name == "KLDivLoss" else [])
    for reduction in kinds:
        given = {key: tensor(value) if isinstance(value, list) else value for key, value in options.items()}
        a = tensor(prediction)
        a = (torch.log_softmax(a, min(1, a.ndim - 1)) if logs else a).detach().requires_grad_()
        value = getattr(torch.nn, name)(reduction=reduction, **given)(a, tensor(target))
        value.sum().backward()
        case = {"name": name, "prediction": a.tolist(), "target": target, "options": options, "reduction": reduction}
        cases.append({**case, "value": value.tolist(), "slope": a.grad.tolist()})
    return cases


def losses() -> list[dict[str, Any]]:
    """Every loss with every option."""
    cases = []
    for name in ("MSELoss", "L1Loss", "HuberLoss"):
        cases += loss(name, A, Y)
    cases += loss("HuberLoss", A, Y, delta=0.5)
    cases += loss("BCELoss", PROBABILITIES, BITS) + loss("BCELoss", PROBABILITIES, BITS, weight=[[0.5], [1.0], [3.0]])
    for options in ({}, {"pos_weight": [2.0, 0.5, 3.0]}, {"weight": A_WEIGHT}, {"weight": A_WEIGHT, "pos_weight": 3.0}):
        given = {**options, "pos_weight": [options["pos_weight"]]} if options.get("pos_weight") == 3.0 else options
        cases += loss("BCEWithLogitsLoss", A, BITS, **given)
    for options in (
        {},
        {"weight": WEIGHT},
        {"label_smoothing": 0.1},
        {"weight": WEIGHT, "label_smoothing": 0.3},
        {"ignore_index": 1, "weight": WEIGHT},
    ):
        cases += loss("CrossEntropyLoss", LOGITS, LABELS, **options)
        cases += loss("CrossEntropyLoss", STACKED_LOGITS, STACKED_LABELS, **{**options, "ignore_index": -100})
    cases += loss("CrossEntropyLoss", LOGITS, IGNORED, weight=WEIGHT, label_smoothing=0.2)
    cases += loss("CrossEntropyLoss", LOGITS, IGNORED)
    for options in ({}, {"weight": WEIGHT}, {"label_smoothing": 0.1}, {"weight": WEIGHT, "label_smoothing": 0.3}):
        cases += loss("CrossEntropyLoss", LOGITS, SHARES, **options)
        cases += loss("CrossEntropyLoss", STACKED_LOGITS, STACKED_SHARES, **options)
    cases += loss("CrossEntropyLoss", LOGITS[0], 1, weight=WEIGHT)
    for options in ({}, {"weight": WEIGHT}, {"ignore_index": 1}):
        cases += loss("NLLLoss", LOGITS, LABELS, logs=True, **options)
        cases += loss("NLLLoss", STACKED_LOGITS, STACKED_LABELS, logs=True, **{**options, "ignore_index": -100})
    cases += loss("KLDivLoss", LOGITS, SHARES, logs=True)
    logs = torch.log_softmax(tensor(STACKED_LOGITS), 1).tolist()
    cases += loss("KLDivLoss", [[[0.0, 1.0], [0.5, 0.5], [2.0, -3.0]]] * 2, logs, logs=True, log_target=True)
    return cases


A_WEIGHT = [[1.0, 0.5, 2.0], [0.0, 1.5, 1.0], [3.0, 1.0, 0.25]]
GAINS = [["linear"], ["conv2d"], ["sigmoid"], ["tanh"], ["relu"], ["leaky_relu"], ["leaky_relu", 0.2], ["selu"]]

if __name__ == "__main__":
    stored = {
        "torch": torch.__version__,
        "z": Z,
        "logits": LOGITS,
        "activations": [activation(name, given, options) for name, given, options in ACTIVATIONS],
        "along": [along(name, axis) for name in ("Softmax", "LogSoftmax") for axis in (0, -1)],
        "losses": losses(),
        "gains": [[*each, torch.nn.init.calculate_gain(*each)] for each in GAINS],
    }
    json.dump(stored, sys.stdout)
