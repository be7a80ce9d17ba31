"""Replaying PyTorch's trajectories, of which data/make_trajectories.py made the numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.testing import assert_allclose

import autograd_lite as ag
import nn

STORED = json.loads((Path(__file__).parent / "data" / "trajectories.json").read_text(encoding="utf-8"))
STEPS = 100
W, B = [[1.0, -2.0], [0.5, 0.3]], [-0.7, 1.5]
CURVATURES = np.array([[0.5, 1.0], [2.0, 4.0]])


def cases(key: str) -> list[Any]:
    """The cases that have this entry, or, for "optimizer", none of the others."""
    others = {"schedule", "clip", "ema"}
    return [each for each in STORED["cases"] if (key in each if key in others else not others & each.keys())]


def title(case: dict[str, Any]) -> str:
    """What a case is called: everything in it but its numbers."""
    parts = [case["optimizer"], *case["options"].items(), *case.get("groups", ())]
    named = case.get("schedule", [])
    return " ".join(str(each) for each in [*parts, *named, *case.get("clip", ())])


def loss_of(w: ag.Tensor, b: ag.Tensor) -> ag.Tensor:
    """A quadratic in w, a wave in b, and both coupled."""
    bowl = (CURVATURES * w * w).sum() / 2
    return bowl + (np.sin(2 * b) + 0.1 * b * b).sum() + 0.3 * (w.sum(axis=0) * b).sum()


class Replay:
    """A case with our optimizer, schedule, clipping and averaging in place of PyTorch's."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.w, self.b = nn.Parameter(W), nn.Parameter(B)
        parameters = [self.w, self.b]
        groups = case.get("groups")
        if groups is not None:
            parameters = [{"params": [p], **options} for p, options in zip(parameters, groups, strict=True)]
        self.optimizer = getattr(nn.optim, case["optimizer"])(parameters, **case["options"])
        self.schedule = schedule_of(self.optimizer, *case["schedule"]) if "schedule" in case else None
        self.ema = nn.EMA([self.w, self.b], decay=case["ema"]) if "ema" in case else None
        self.rates: list[list[float]] = []
        self.momenta: list[float] = []
        self.norms: list[float] = []

    def values(self) -> list[float]:
        """All parameters, or their means."""
        if self.ema is None:
            return [*self.w.numpy().ravel(), *self.b.numpy()]
        with self.ema.averaged():
            return [*self.w.numpy().ravel().copy(), *self.b.numpy().copy()]

    def closure(self) -> ag.Tensor:
        self.optimizer.zero_grad()
        loss = loss_of(self.w, self.b)
        loss.backward()
        return loss

    def step(self) -> None:
        """One step, as in the script that made the numbers."""
        self.rates.append([group["lr"] for group in self.optimizer.param_groups])
        self.momenta.append(self.optimizer.param_groups[0].get("momentum", 0.0))
        if "clip" not in self.case:
            loss = self.optimizer.step(self.closure)
        else:
            loss = self.closure()
            kind, *arguments = self.case["clip"]
            if kind == "norm":
                self.norms.append(nn.clip_grad_norm_([self.w, self.b], *arguments).item())
            else:
                nn.clip_grad_value_([self.w, self.b], *arguments)
            self.optimizer.step()
        if self.ema is not None:
            self.ema.update()
        if isinstance(self.schedule, nn.schedule.ReduceLROnPlateau):
            self.schedule.step(loss)
        elif self.schedule is not None and len(self.rates) < STEPS:
            self.schedule.step()

    def run(self) -> None:
        """All steps, and at those kept the comparison."""
        for step in range(1, STEPS + 1):
            self.step()
            if str(step) in self.case["values"]:
                expected = self.case["values"][str(step)]
                assert_allclose(self.values(), expected, rtol=0, atol=1e-12, err_msg=f"step {step}")


def schedule_of(optimizer: nn.optim.Optimizer, name: str, options: dict[str, Any]) -> Any:
    """A schedule from its name and options; those that hold others name them in turn."""
    options = dict(options)
    kind = getattr(nn.schedule, name)
    if "schedulers" in options:
        inner = [schedule_of(optimizer, *each) for each in options.pop("schedulers")]
        return kind(inner) if name == "ChainedScheduler" else kind(optimizer, inner, **options)
    if name == "LambdaLR":
        return kind(optimizer, lambda epoch: 1 / (1 + 0.1 * epoch))
    return kind(optimizer, **options)
