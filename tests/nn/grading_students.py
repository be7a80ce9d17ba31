"""Students who do backpropagation in plain NumPy, with a mistake of one's choice: what nn.verify is tried on.

Everything here is written out from the formulas of a textbook, one example a column, and knows nothing of nn.grading:
`MISTAKES` says what each known mistake makes of a step, and `BUGS` has what is no known mistake.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

import nn

Array = np.ndarray[Any, np.dtype[np.float64]]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def normal(z: Array) -> Array:
    return 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))


σ: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * normal(z),
}
dσ: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: np.ones_like(z),
    "relu": lambda z: (z > 0) * 1.0,
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "elu": lambda z: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0))),
    "softplus": sigmoid,
    "silu": lambda z: sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z)),
    "gelu": lambda z: normal(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
}
LOSSES = {
    "half_sse": nn.HalfSSELoss,
    "sse": nn.SSELoss,
    "mse": nn.MSELoss,
    "bce": nn.BCELoss,
    "bce_logits": nn.BCEWithLogitsLoss,
    "cross_entropy": nn.CrossEntropyLoss,
}
LAYERS = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "softplus": nn.Softplus,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
}
LOGITS = ("bce_logits", "cross_entropy")


class Net(NamedTuple):
    """A network with its data, x of shape (in, N), y of shape (out, N) or class numbers (N,)."""

    W: list[Array]
    b: list[Array | None]
    activations: list[str]
    loss: str
    reduction: str
    x: Array
    y: Array
    batch: bool

    @property
    def depth(self) -> int:
        return len(self.W)

    def rows(self, columns: Array) -> Array:
        """Return columns in the layout of the engine: rows, or flat for a single example."""
        return columns.T if self.batch else columns.ravel()

    def problem(self, dtype: Any = np.float64) -> tuple[nn.Module, Array, Array, nn.Loss]:
        """Return model, x, y and loss for nn.verify."""
        parts: list[nn.Module] = []
        for W, b, key in zip(self.W, self.b, self.activations, strict=True):
            linear = nn.Linear(W.shape[1], W.shape[0], bias=b is not None, dtype=dtype, rng=0)
            linear.weight.data = W.astype(dtype)
            if b is not None and linear.bias is not None:
                linear.bias.data = b.ravel().astype(dtype)
            parts += [linear, LAYERS[key]()] if key != "identity" else [linear]
        y = (self.y if self.batch else self.y[0]) if self.loss == "cross_entropy" else self.rows(self.y)
        return nn.Sequential(*parts), self.rows(self.x).astype(dtype), y, LOSSES[self.loss](reduction=self.reduction)


def front(loss: str, reduction: str, a: Array, y: Array) -> Array:
    """∂L/∂a, for logits ∂L/∂z; y in columns of the height of a."""
    m, N = a.shape
    mean = {"sum": 1.0, "mean": 1 / (N if loss == "cross_entropy" else N * m)}[reduction]
    if loss == "bce":
        return mean * (a - y) / (a * (1 - a))
    if loss == "bce_logits":
        return mean * (sigmoid(a) - y)
    if loss == "cross_entropy":
        e = np.exp(a - a.max(axis=0))
        return mean * (e / e.sum(axis=0) - y)
    return mean * {"half_sse": 1, "sse": 2, "mse": 2}[loss] * (a - y)


def loss_of(loss: str, reduction: str, a: Array, y: Array) -> float:
    m, N = a.shape
    mean = {"sum": 1.0, "mean": 1 / (N if loss == "cross_entropy" else N * m)}[reduction]
    if loss == "cross_entropy":
        return mean * float((np.log(np.exp(a).sum(axis=0)) - (a * y).sum(axis=0)).sum())
    if loss in ("bce", "bce_logits"):
        p = sigmoid(a) if loss == "bce_logits" else a
        return -mean * float((y * np.log(p) + (1 - y) * np.log(1 - p)).sum())
    return mean * {"half_sse": 0.5, "sse": 1.0, "mse": 1.0}[loss] * float(((a - y) ** 2).sum())


# What a step starts from; a mistake that needs what is not there cannot be made there.
Step = SimpleNamespace
Formula = Callable[[Any], Array]
Altered = Mapping[tuple[str, int], Formula]


class Mistake(NamedTuple):
    id: str
    rules: str
    formula: Formula
    detail: str = ""


def other_loss(loss: str, reduction: str) -> Formula:
    def formula(s: Step) -> Array:
        unsuited = loss == "bce" and (s.key != "sigmoid" or s.y.min() < 0 or s.y.max() > 1)
        if (loss, reduction) == (s.loss, s.reduction) or s.loss in LOGITS or unsuited:
            raise AttributeError
        return front(loss, reduction, s.a, s.y) * s.sp

    return formula


def value_of_other_loss(loss: str, reduction: str) -> Formula:
    def formula(s: Step) -> Array:
        unsuited = loss == "bce" and (s.key != "sigmoid" or s.y.min() < 0 or s.y.max() > 1)
        if (loss, reduction) == (s.loss, s.reduction) or s.loss in LOGITS or unsuited:
            raise AttributeError
        return np.full((1, 1), loss_of(loss, reduction, s.a, s.y))

    return formula


def other_slope(key: str, *, at_a: bool = False) -> Formula:
    from_a = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a * a}

    def formula(s: Step) -> Array:
        if key == s.key:
            raise AttributeError
        return s.front * (from_a[key](s.a) if at_a else dσ[key](s.z))

    return formula


def other_activation(key: str) -> Formula:
    def formula(s: Step) -> Array:
        if key == s.key:
            raise AttributeError
        return σ[key](s.z)

    return formula


DELTAS, GRADIENTS = "output hidden", "loss output hidden weight bias"
MISTAKES = [
    Mistake("missing_slope", DELTAS, lambda s: s.front),
    *(
        Mistake("other_loss", "output", other_loss(loss, how), f"{loss}_{how}")
        for loss in ("half_sse", "sse", "mse", "bce")
        for how in ("sum", "mean")
    ),
    *(
        Mistake("other_loss", "loss", value_of_other_loss(loss, how), f"{loss}_{how}")
        for loss in ("half_sse", "sse", "mse", "bce")
        for how in ("sum", "mean")
    ),
    Mistake("extra_slope", "output", lambda s: s.front * s.p * (1 - s.p)),
    Mistake("slope_at_a", DELTAS, lambda s: s.front * dσ[s.key](s.a)),
    Mistake("value_for_slope", DELTAS, lambda s: s.front * s.a),
    Mistake("sum_for_slope", DELTAS, lambda s: s.front * s.z),
    Mistake("squared_slope", DELTAS, lambda s: s.front * s.sp * s.sp),
    *(Mistake("other_slope", DELTAS, other_slope(key), key) for key in ("sigmoid", "tanh", "relu")),
    *(Mistake("other_slope", DELTAS, other_slope(key, at_a=True), key) for key in ("sigmoid", "tanh")),
    Mistake("missing_target", "output", lambda s: front(s.loss, s.reduction, s.a, 0 * s.y) * s.sp),
    Mistake("missing_error", "output", lambda s: s.sp + 0 * s.front),
    Mistake("missing_transpose", "hidden", lambda s: s.W_next @ s.d_next * s.sp),
    Mistake("missing_weights", "hidden", lambda s: s.d_next * s.sp),
    Mistake("missing_weights", "hidden", lambda s: s.d_next.sum(axis=0) * s.sp),
    Mistake("wrong_layer_slope", "hidden", lambda s: s.front * s.sp_after, "+1"),
    Mistake("wrong_layer_slope", "hidden", lambda s: s.front * s.sp_before, "-1"),
    Mistake("wrong_layer_weights", "hidden", lambda s: s.W.T @ s.d_next * s.sp),
    Mistake("wrong_layer_delta", "hidden", lambda s: s.W_next.T @ s.d_after_next * s.sp),
    Mistake("transposed", "weight", lambda s: s.before @ s.d.T),
    Mistake("sum_for_activation", "weight", lambda s: s.d @ s.z_before.T),
    Mistake("wrong_layer_activation", "weight", lambda s: s.d @ s.a.T),
    Mistake("input_for_activation", "weight", lambda s: s.d @ s.x.T),
    Mistake("wrong_layer_delta", "weight", lambda s: s.d_next @ s.before.T),
    Mistake("not_summed", "bias", lambda s: s.d),
    Mistake("times_biases", "bias", lambda s: s.d.sum(axis=1, keepdims=True) * s.b),
    Mistake("mean_for_sum", GRADIENTS, lambda s: s.right / s.N),
    Mistake("sum_for_mean", GRADIENTS, lambda s: s.right * s.N),
    Mistake("over_outputs", "loss output", lambda s: s.right / s.m),
    Mistake("times_outputs", "loss output", lambda s: s.right * s.m),
    Mistake("sign", GRADIENTS, lambda s: -s.right),
    Mistake("factor_two", GRADIENTS, lambda s: 2 * s.right),
    Mistake("factor_half", GRADIENTS, lambda s: s.right / 2),
    Mistake("all_zero", "output hidden weight bias", lambda s: 0 * s.right),
    Mistake("missing_biases", "sum", lambda s: s.right - s.b),
    Mistake("transposed_sum", "sum", lambda s: s.W.T @ s.before + (0 if s.no_bias else s.b)),
    Mistake("missing_activation", "activation", lambda s: s.z),
    *(Mistake("other_activation", "activation", other_activation(key), key) for key in ("relu", "sigmoid", "tanh")),
]


def noisy(s: Step) -> Array:
    return s.right + 0.1 * np.abs(s.right).max() * np.random.default_rng(1).normal(size=s.right.shape)


def ends_swapped(s: Step) -> Array:
    flat = s.right.ravel().copy()
    flat[[0, -1]] = flat[[-1, 0]]
    return flat.reshape(s.right.shape)


def through_random_weights(s: Step) -> Array:
    return np.random.default_rng(2).normal(size=s.W_next.shape).T @ s.d_next * s.sp


# A bug that needs what a step does not have is made in another.
BUGS: dict[str, Formula] = {
    "noise": noisy,
    "ends swapped": ends_swapped,
    "random weights": through_random_weights,
    "times 1.1": lambda s: 1.1 * s.right,
    "times 0.9": lambda s: 0.9 * s.right,
    "times 3": lambda s: 3 * s.right,
    "times 1.7": lambda s: 1.7 * s.right,
    "plus 0.1": lambda s: s.right + 0.1,
    "minus 1": lambda s: s.right - 1,
    "absolute": lambda s: np.abs(s.right),
    "square": lambda s: s.right**2,
    "cube": lambda s: s.right**3,
    "root": lambda s: np.sign(s.right) * np.sqrt(np.abs(s.right)),
    "sign alone": lambda s: np.sign(s.right),
    "sine": lambda s: np.sin(s.right) + 0.3 * s.right,
    "logarithm": lambda s: np.log1p(np.abs(s.right)),
    "clipped": lambda s: np.clip(s.right, -0.05, 0.05),
    "positive part": lambda s: np.maximum(s.right, 0),
    "normalised": lambda s: s.right / (np.abs(s.right).max() + 1e-3),
    "mean of all": lambda s: 0 * s.right + s.right.mean(),
    "sum of all": lambda s: 0 * s.right + s.right.sum() + 0.1,
    "units rolled": lambda s: np.roll(s.right, 1, axis=0),
    "units reversed": lambda s: s.right[::-1],
    "a unit dropped": lambda s: s.right * (np.arange(len(s.right)) > 0)[:, None],
    "a column dropped": lambda s: s.right * (np.arange(s.right.shape[1]) > 0),
    "over N + 1": lambda s: s.right / (s.N + 1),
    "over the root of N + 1": lambda s: s.right / np.sqrt(s.N + 1),
    "weight decay": lambda s: s.right + 0.01 * s.W,
    "bias decay": lambda s: s.right + 0.01 * (s.b + 0.1),
    "times the sum of x": lambda s: s.x.sum() * s.right,
    "exponential for slope": lambda s: s.front * np.exp(s.z),
    "half a slope": lambda s: s.front * (s.sp / 2 + 0.25),
    "root of the slope": lambda s: s.front * np.sqrt(np.abs(s.sp)),
    "1 - a": lambda s: s.front * (1 - s.a),
    "a squared": lambda s: s.front * s.a**2,
    "a cubed": lambda s: s.front * s.a**3,
    "z squared": lambda s: s.front * s.z**2,
    "y for the slope": lambda s: s.front * s.y,
    "examples shifted in the slope": lambda s: s.front * np.roll(s.sp, 1, axis=1),
    "absolute weights": lambda s: np.abs(s.W_next).T @ s.d_next * s.sp,
    "cubed weights": lambda s: (s.W_next**3).T @ s.d_next * s.sp,
    "last example alone": lambda s: s.d[:, -1:] @ s.before[:, -1:].T,
    "inputs rolled": lambda s: s.d @ np.roll(s.before, 1, axis=0).T,
    "examples shifted": lambda s: s.d @ np.roll(s.before, 1, axis=1).T,
    "inputs squared": lambda s: s.d @ (s.before**2).T,
    "first example alone": lambda s: s.d[:, :1] + 0 * s.right,
    "largest of the batch": lambda s: s.d.max(axis=1, keepdims=True) + 0.1,
}
RULE_OF = {"z": "sum", "a": "activation", "L": "loss", "dW": "weight", "db": "bias"}


def rule_of(kind: str, layer: int, depth: int) -> str:
    """Return by which rule a quantity is computed."""
    return RULE_OF.get(kind, "output" if layer == depth else "hidden")


@dataclass
class Work:
    """What a student has computed: every quantity by name, in columns, and which altered steps came out changed."""

    values: dict[str, Array] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


def columns_of_targets(net: Net) -> Array:
    return np.eye(len(net.W[-1]))[net.y].T if net.loss == "cross_entropy" else net.y


@np.errstate(all="ignore")
def worked(net: Net, altered: Altered = {}, known: Mapping[str, Array] = {}, tolerance: float = 1e-5) -> Work:  # noqa: B006 (never written to)
    """Do one pass, with some of the rules altered in some of the layers; where a value is known, go on with that."""
    L, y, work = net.depth, columns_of_targets(net), Work()
    z: dict[int, Array] = {}
    a: dict[int, Array] = {0: net.x}
    sp: dict[int, Array] = {}
    d: dict[int, Array] = {}

    def done(kind: str, k: int, right: Array, **more: Any) -> Array:
        rule, name = rule_of(kind, k, L), kind if kind == "L" else f"{kind}{k}"
        result = right
        if (rule, k) in altered:
            there = {
                "W": net.W[k - 1],
                "N": net.x.shape[1],
                "m": len(net.W[-1]),
                "k": k,
                "before": a[k - 1],
                "x": net.x,
            }
            there |= {"no_bias": net.b[k - 1] is None, "key": net.activations[k - 1], "right": right}
            there |= {} if net.b[k - 1] is None else {"b": net.b[k - 1]}
            result = np.array(altered[rule, k](Step(**there, **more)), dtype=float)
            if result.shape != right.shape or np.abs(result - right).max() > tolerance * (np.abs(right).max() + 0.01):
                work.changed.add(name)
        result = known.get(name, result)
        work.values[name] = result
        return result

    for k in range(1, L + 1):
        W, b, key = net.W[k - 1], net.b[k - 1], net.activations[k - 1]
        z[k] = done("z", k, W @ a[k - 1] if b is None else W @ a[k - 1] + b)
        a[k] = done("a", k, σ[key](z[k]), z=z[k])
        sp[k] = dσ[key](z[k])
    known_target = {"y": y, "loss": net.loss, "reduction": net.reduction, "a": a[L]}
    done("L", L, np.full((1, 1), loss_of(net.loss, net.reduction, a[L], y)), **known_target)
    for k in range(L, 0, -1):
        if k == L:
            before = front(net.loss, net.reduction, a[k], y)
            more = {"y": y, "loss": net.loss, "reduction": net.reduction}
            if net.loss in LOGITS and net.activations[-1] == "identity":
                e = np.exp(a[k] - a[k].max(axis=0))
                more["p"] = sigmoid(a[k]) if net.loss == "bce_logits" else e / e.sum(axis=0)
        else:
            before = net.W[k].T @ d[k + 1]
            more = {"W_next": net.W[k], "d_next": d[k + 1]}
            more |= {"sp_after": sp[k + 1]} if k + 1 <= L else {}
            more |= {"sp_before": sp[k - 1]} if k > 1 else {}
            more |= {"d_after_next": d[k + 2]} if k + 2 <= L else {}
        d[k] = done("delta", k, before * sp[k], front=before, sp=sp[k], a=a[k], z=z[k], **more)
        more = {"a": a[k]} | ({"d_next": d[k + 1]} if k < L else {})
        inner = {"z_before": z[k - 1]} if k > 1 else {}
        done("dW", k, d[k] @ a[k - 1].T, d=d[k], **more, **inner)
        if net.b[k - 1] is not None:
            done("db", k, d[k].sum(axis=1, keepdims=True), d=d[k])
    return work


def in_rows(net: Net, name: str, values: Array) -> Array:
    """Return a quantity as a user of the engine would hand it in."""
    if name.startswith("db"):
        return values.ravel() if values.shape[1] == 1 else values.T
    return values if name == "L" or name.startswith("dW") else net.rows(values)


def function_of(net: Net, altered: Altered, names: Iterable[str]) -> Callable[[Any], dict[str, Array]]:
    """Return the student's program as a function of the net's values, at whichever point."""
    wanted = list(names)

    def hand(given: Any) -> dict[str, Array]:
        def columns(values: Array) -> Array:
            return values.T if net.batch else values.reshape(-1, 1)

        there = Net(
            [getattr(given, f"W{k}") for k in range(1, net.depth + 1)],
            [None if b is None else getattr(given, f"b{k}").reshape(-1, 1) for k, b in enumerate(net.b, 1)],
            net.activations,
            net.loss,
            net.reduction,
            columns(given.x),
            np.atleast_1d(given.y) if net.loss == "cross_entropy" else columns(given.y),
            net.batch,
        )
        values = worked(there, altered).values
        return {name: in_rows(there, name, values[name]) for name in wanted}

    return hand


def recursion_of(net: Net, mistake: Mistake | None = None, rule: str = "") -> nn.Recursion:
    """Return the student's program as four rules, one of them with a mistake in every layer.

    Raises
    ------
    AttributeError
        When the rule is not told what the mistake needs.
    """

    def either(name: str, right: Array, **more: Any) -> Array:
        return mistake.formula(Step(right=right, **more)) if mistake is not None and rule == name else right

    def output(a: Array, y: Array, sp: Array) -> Array:
        more: dict[str, Any] = {"y": y, "sp": sp, "N": a.shape[1], "m": len(a), "key": net.activations[-1]}
        if net.loss in LOGITS:
            share = 1.0 if net.reduction == "sum" else a.shape[1] * (1 if net.loss == "cross_entropy" else len(a))
            return either("output", (a - y) / share, front=(a - y) / share, p=a, **more)
        slope = front(net.loss, net.reduction, a, y)
        return either("output", slope * sp, front=slope, a=a, loss=net.loss, reduction=net.reduction, **more)

    def hidden(W_next: Array, d_next: Array, sp: Array) -> Array:
        back = W_next.T @ d_next
        return either("hidden", back * sp, front=back, sp=sp, W_next=W_next, d_next=d_next, N=sp.shape[1])

    return nn.Recursion(
        output=output,
        hidden=hidden,
        weight=lambda d, a_prev: either("weight", d @ a_prev.T, d=d, before=a_prev, N=d.shape[1]),
        bias=lambda d: either("bias", d.sum(axis=1, keepdims=True), d=d, N=d.shape[1]),
    )


def printed_of(net: Net, values: Mapping[str, Array], names: Iterable[str], decimals: int) -> nn.Printed:
    """Return the student's numbers on paper."""
    return nn.Printed(
        {name: " ".join(f"{each:.{decimals}f}" for each in in_rows(net, name, values[name]).ravel()) for name in names}
    )


def random_net(rng: np.random.Generator, *, like: Net | None = None, **fixed: Any) -> Net:
    """Draw a network, its parameters and its data; or only parameters and data of a network that there is."""
    if like is not None:
        widths = [like.W[0].shape[1], *(len(W) for W in like.W)]
        count = int(rng.integers(5, 9)) if like.batch else 1
        depth, activations, loss, reduction = like.depth, like.activations, like.loss, like.reduction
        batch, biased = like.batch, [b is not None for b in like.b]
    else:
        depth = fixed.get("depth", int(rng.integers(1, 5)))
        widths = [int(rng.integers(1, 7)) for _ in range(depth + 1)]
        if fixed.get("square", rng.random() < 0.4):
            widths[1:] = [int(rng.integers(2, 5))] * depth
            widths[0] = widths[1] if rng.random() < 0.5 else widths[0]
        if rng.random() < 0.3:
            widths[-1] = 1
        hidden = list(LAYERS) if rng.random() < 0.4 else ["relu", "sigmoid", "tanh", "relu", "identity"]
        activations = [str(rng.choice(hidden)) for _ in range(depth)]
        loss = fixed.get("loss", str(rng.choice([*LOSSES, "half_sse", "sse"])))
        if loss in LOGITS:
            activations[-1] = "identity"
        if loss == "cross_entropy":
            widths[-1] = max(2, widths[-1])
        if loss == "bce":
            activations[-1] = "sigmoid"
        if "activation" in fixed:
            activations = [fixed["activation"]] * depth
        reduction = str(rng.choice(["sum", "mean"]))
        batch = fixed.get("batch", bool(rng.random() < 0.6))
        count = int(rng.integers(2, 7)) if batch else 1
        biased = [bool(rng.random() < 0.8)] * depth
        biased = [True] * depth if fixed.get("biased") else biased
    W = [rng.normal(0, 1.4 / math.sqrt(n), (m, n)) for n, m in pairwise(widths)]
    b = [rng.normal(0, 0.5, (m, 1)) if has else None for m, has in zip(widths[1:], biased, strict=True)]
    x = rng.normal(0, 1, (widths[0], count))
    y = rng.normal(0, 1, (widths[-1], count))
    if activations[-1] == "sigmoid":
        y = rng.random((widths[-1], count))
    if loss == "cross_entropy":
        y = rng.integers(0, widths[-1], count)
    elif loss.startswith("bce"):
        y = rng.integers(0, 2, (widths[-1], count)).astype(float)
    return Net(W, b, activations, loss, reduction, x, y, batch)
