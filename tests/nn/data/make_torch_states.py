"""Made torch_*.safetensors, torch_tied.npz, torch_pickled.pt and torch_outputs.json: states of small PyTorch models,
with an input and what PyTorch computes from it.

    python tests/nn/data/make_torch_states.py     (PyTorch 2.13, safetensors 0.8)
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file, save_model

HERE = Path(__file__).parent
torch.manual_seed(0)


class Tied(torch.nn.Module):
    """Two layers with one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = torch.nn.Linear(3, 3)
        self.decoder = torch.nn.Linear(3, 3)
        self.decoder.weight = self.encoder.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(torch.tanh(self.encoder(x)))


def cnn() -> torch.nn.Module:
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3, padding=1), torch.nn.BatchNorm2d(2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(8, 3),
    )  # fmt: skip
    for _ in range(3):
        model(3 * torch.randn(5, 1, 4, 4) + 1)
    return model.eval()


MODELS = {
    "mlp": torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)),
    "bfloat16": torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)).bfloat16(),
    "cnn": cnn(),
    "tokens": torch.nn.Sequential(torch.nn.Embedding(5, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 2)),
    "tied": Tied(),
}
INPUTS = {name: torch.randn(2, 3) for name in ("mlp", "bfloat16", "tied")}
INPUTS |= {"cnn": torch.randn(2, 1, 4, 4), "tokens": torch.tensor([[0, 4, 2]])}

outputs = {}
with torch.no_grad():
    for name, model in MODELS.items():
        save_model(model, str(HERE / f"torch_{name}.safetensors"))
        computed = model.float()(INPUTS[name])
        outputs[name] = {"x": INPUTS[name].tolist(), "y": computed.tolist()}
np.savez(HERE / "torch_tied.npz", **{name: each.numpy() for name, each in MODELS["tied"].state_dict().items()})
save_file({"weight": torch.ones(1, 2).to(torch.float8_e4m3fn)}, HERE / "torch_float8.safetensors")
torch.save(MODELS["mlp"].state_dict(), HERE / "torch_pickled.pt")
(HERE / "torch_outputs.json").write_text(json.dumps(outputs) + "\n", encoding="utf-8")
