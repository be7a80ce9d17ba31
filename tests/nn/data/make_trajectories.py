"""Make trajectories.json: where PyTorch's optimizers and schedules go, step by step.

    python tests/nn/data/make_trajectories.py > tests/nn/data/trajectories.json

It needs torch and nothing of ours. Every case is written down with its options, so that the test can replay it.
"""

import json
import math
import sys
from typing import Any

import torch

STEPS = 100
KEPT = [1, 2, 10, 100]
W, B = [[1.0, -2.0], [0.5, 0.3]], [-0.7, 1.5]
CURVATURES = [[0.5, 1.0], [2.0, 4.0]]


def loss_of(w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A quadratic in w, a wave in b, and both coupled."""
    bowl = (torch.tensor(CURVATURES) * w * w).sum() / 2
    return bowl + (torch.sin(2 * b) + 0.1 * b * b).sum() + 0.3 * (w.sum(0) * b).sum()


def rounded(numbers: Any) -> Any:
    """Lists of numbers in full precision."""
    return [float(each) for each in numbers]


def grouped(w: torch.Tensor, b: torch.Tensor, groups: list[dict[str, Any]] | None) -> Any:
    """Both parameters, or a group of options for each."""
    if groups is None:
        return [w, b]
    return [{"params": [p], **options} for p, options in zip((w, b), groups, strict=True)]


def schedule_of(optimizer: torch.optim.Optimizer, name: str, options: dict[str, Any]) -> Any:
    """A schedule from its name and options; those that hold others name them in turn."""
    options = dict(options)
    kind = getattr(torch.optim.lr_scheduler, name)
    if "schedulers" in options:
        inner = [schedule_of(optimizer, *each) for each in options.pop("schedulers")]
        return kind(inner) if name == "ChainedScheduler" else kind(optimizer, inner, **options)
    if name == "LambdaLR":
        return kind(optimizer, lambda epoch: 1 / (1 + 0.1 * epoch))
    return kind(optimizer, **options)


def trajectory(
    name: str,
    options: dict[str, Any],
    groups: list[dict[str, Any]] | None = None,
    schedule: list[Any] | None = None,
    clip: list[Any] | None = None,
    ema: float | None = None,
) -> dict[str, Any]:
    """Run one case."""
    w, b = torch.tensor(W, requires_grad=True), torch.tensor(B, requires_grad=True)
    optimizer = getattr(torch.optim, name)(grouped(w, b, groups), **options)
    scheduler = None if schedule is None else schedule_of(optimizer, *schedule)
    averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(ema or 0.0)
    means: list[torch.Tensor] = []
    values, rates, momenta, norms = {}, [], [], []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_of(w, b)
        loss.backward()
        return loss

    for step in range(1, STEPS + 1):
        if scheduler is not None:
            rates.append([group["lr"] for group in optimizer.param_groups])
            momenta.append(optimizer.param_groups[0].get("momentum", 0.0))
        if clip is None:
            loss = optimizer.step(closure)
        else:
            loss = closure()
            if clip[0] == "norm":
                norms.append(float(torch.nn.utils.clip_grad_norm_([w, b], *clip[1:])))
            else:
                torch.nn.utils.clip_grad_value_([w, b], *clip[1:])
            optimizer.step()
        if ema is not None:
            now = [w.detach(), b.detach()]
            if means:
                averaging(means, now, step)
            else:
                means = [each.clone() for each in now]
        if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            scheduler.step(loss.item())
        elif scheduler is not None and step < STEPS:
            scheduler.step()
        if step in (KEPT if scheduler is None else KEPT[-1:]):
            held = means if ema is not None else [w.detach(), b.detach()]
            values[step] = rounded(torch.cat([each.reshape(-1) for each in held]))
    case = {"optimizer": name, "options": options, "groups": groups, "schedule": schedule, "clip": clip, "ema": ema}
    case = {key: value for key, value in case.items() if value is not None}
    found: dict[str, Any] = {"values": values}
    if rates:
        found["rates"] = [rounded(column) for column in zip(*rates, strict=True)]
    if any(momenta) and len(set(momenta)) > 1:
        found["momenta"] = rounded(momenta)
    if norms:
        found["norms"] = rounded(norms[:: STEPS // 10])
    return {**case, **found}


SGD = {"lr": 0.05}
OPTIMIZERS: list[tuple[Any, ...]] = [
    ("SGD", SGD),
    ("SGD", {**SGD, "weight_decay": 0.1}),
    ("SGD", {**SGD, "momentum": 0.9}),
    ("SGD", {**SGD, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {**SGD, "momentum": 0.9, "nesterov": True}),
    ("SGD", {**SGD, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.002, "momentum": 0.5, "maximize": True}),
    ("SGD", {**SGD, "momentum": 0.9}, [{"lr": 0.01}, {"momentum": 0.5, "weight_decay": 0.2}]),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.2, "betas": [0.5, 0.6], "amsgrad": True}),
    ("Adam", {"lr": 0.02, "maximize": True, "amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05}, [{"betas": [0.7, 0.9]}, {"lr": 0.1, "eps": 1e-2}]),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.1, "amsgrad": True}),
    ("AdamW", {"lr": 0.02, "maximize": True}),
    ("AdamW", {"lr": 0.05}, [{"weight_decay": 0.0}, {"weight_decay": 0.5}]),
    ("RMSprop", {"lr": 0.02}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.01, "centered": True, "eps": 1e-2}),
    ("RMSprop", {"lr": 0.005, "centered": True, "momentum": 0.7, "eps": 1e-2, "weight_decay": 0.05}),
    ("RMSprop", {"lr": 0.005, "maximize": True}),
    ("RMSprop", {"lr": 0.02}, [{"alpha": 0.9}, {"centered": True, "eps": 1e-2}]),
    ("Adagrad", {"lr": 0.3}),
    ("Adagrad", {"lr": 0.3, "lr_decay": 0.05, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.3, "initial_accumulator_value": 0.5, "eps": 1e-2}),
    ("Adagrad", {"lr": 0.05, "maximize": True}),
    ("Adagrad", {"lr": 0.3}, [{"lr_decay": 0.1}, {"lr": 0.1, "weight_decay": 0.2}]),
    ("LBFGS", {"lr": 0.05, "max_iter": 1, "history_size": 4}),
    ("LBFGS", {"lr": 0.1, "max_iter": 3}),
    ("LBFGS", {"max_iter": 4, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"max_iter": 20, "max_eval": 6, "history_size": 2, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"lr": 8.0, "max_iter": 2, "line_search_fn": "strong_wolfe"}),
]
WARMUP = ["LinearLR", {"start_factor": 0.1, "total_iters": 8}]
SCHEDULES: list[list[Any]] = [
    ["StepLR", {"step_size": 15, "gamma": 0.5}],
    ["MultiStepLR", {"milestones": [10, 40, 40, 70], "gamma": 0.5}],
    ["ExponentialLR", {"gamma": 0.97}],
    ["LinearLR", {}],
    ["LinearLR", {"start_factor": 0.8, "end_factor": 0.1, "total_iters": 60}],
    ["LambdaLR", {}],
    ["CosineAnnealingLR", {"T_max": 30, "eta_min": 0.001}],
    ["CosineAnnealingLR", {"T_max": 99}],
    ["CosineAnnealingWarmRestarts", {"T_0": 10, "T_mult": 2, "eta_min": 0.002}],
    ["CosineAnnealingWarmRestarts", {"T_0": 7}],
    ["OneCycleLR", {"max_lr": 0.2, "total_steps": STEPS}],
    [
        "OneCycleLR",
        {"max_lr": 0.1, "epochs": 10, "steps_per_epoch": 10, "pct_start": 0.25, "anneal_strategy": "linear"},
    ],
    ["OneCycleLR", {"max_lr": 0.1, "total_steps": 120, "three_phase": True, "div_factor": 10, "final_div_factor": 100}],
    ["ReduceLROnPlateau", {"patience": 2, "factor": 0.5, "threshold": 0.01, "cooldown": 3, "min_lr": 0.001}],
    ["ReduceLROnPlateau", {"mode": "max", "patience": 4, "factor": 0.8, "threshold": 0.1, "threshold_mode": "abs"}],
    ["ReduceLROnPlateau", {"mode": "max", "patience": 6, "factor": 0.8, "eps": 1e-3}],
    ["ChainedScheduler", {"schedulers": [WARMUP, ["ExponentialLR", {"gamma": 0.98}]]}],
    ["ChainedScheduler", {"schedulers": [WARMUP, ["CosineAnnealingLR", {"T_max": 40}]]}],
    ["SequentialLR", {"schedulers": [WARMUP, ["CosineAnnealingLR", {"T_max": 92}]], "milestones": [8]}],
    [
        "SequentialLR",
        {
            "schedulers": [WARMUP, ["StepLR", {"step_size": 5, "gamma": 0.8}], ["LambdaLR", {}], ["LinearLR", {}]],
            "milestones": [8, 30, 60],
        },
    ],
    [
        "SequentialLR",
        {"schedulers": [["ExponentialLR", {"gamma": 0.9}], ["ExponentialLR", {"gamma": 0.99}]], "milestones": [20]},
    ],
]
MOMENTUM = {"lr": 0.05, "momentum": 0.9}
TWO = [{"lr": 0.01}, {"lr": 0.08}]


def main() -> None:
    """Write every case as a line."""
    torch.set_default_dtype(torch.float64)
    cases = [trajectory(*each) for each in OPTIMIZERS]
    cases += [trajectory("SGD", MOMENTUM, schedule=each) for each in SCHEDULES]
    cases += [
        trajectory("SGD", SGD, TWO, ["CosineAnnealingLR", {"T_max": 50, "eta_min": 0.001}]),
        trajectory("SGD", SGD, TWO, SCHEDULES[-3]),
        trajectory("Adam", {"lr": 0.05}, None, ["OneCycleLR", {"max_lr": 0.2, "total_steps": STEPS}]),
        trajectory("SGD", MOMENTUM, clip=["norm", 1.0]),
        trajectory("SGD", MOMENTUM, clip=["norm", 0.5, math.inf]),
        trajectory("SGD", MOMENTUM, clip=["norm", 2.0, 1.0]),
        trajectory("SGD", MOMENTUM, clip=["norm", 0.7, 3.0]),
        trajectory("SGD", MOMENTUM, clip=["value", 0.3]),
        trajectory("SGD", MOMENTUM, ema=0.9),
    ]
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    sys.stdout.write(f'{{"torch": {json.dumps(torch.__version__)}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
