"""The known mistakes of hand-written backpropagation, each as the formula that the mistake turns the right one into.

Right, for one layer, with one example a column:

    z = W a + b      a = σ(z)      δᴸ = ∂L/∂a ⊙ σ′(z)      δˡ = Wᵀδ ⊙ σ′(z)      ∂L/∂W = δ aᵀ      ∂L/∂b = Σₙ δ

A mistake explains an answer only if its formula gives every number of it, at every point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn import recursion
from nn.grading.steps import ACTIVATION, BIAS, HIDDEN, LOSS, OUTPUT, SUM, WEIGHT, Step

Array = NDArray[np.float64]


Formula = Callable[[Any], Any]


class Mistake(NamedTuple):
    """A mistake.

    Attributes
    ----------
    id : str
        The same in every language and version.
    kinds : tuple of str
        The steps in which it is made: "sum" z, "activation" a, "output" δᴸ, "hidden" δˡ, "weight", "bias".
    formula : callable
        What it makes of a step; None where it makes no sense.
    detail : str
        What tells it from others of the same id: the loss or activation that was taken instead.
    """

    id: str
    kinds: tuple[str, ...]
    formula: Formula
    detail: str = ""


DELTA = (OUTPUT, HIDDEN)
EVERY = (LOSS, OUTPUT, HIDDEN, WEIGHT, BIAS)


def _loss_and_slope(loss: str, reduction: str, a: Array, y: Array) -> tuple[float, Array] | None:
    """Return the loss and ∂L/∂a; None where the loss makes no sense."""
    if y.shape != a.shape or (loss == "bce" and not np.all((a > 0) & (a < 1))):
        return None
    share = a.size if reduction == "mean" else 1
    if loss == "bce":
        return float(-(y * np.log(a) + (1 - y) * np.log(1 - a)).sum()) / share, (a - y) / (a * (1 - a)) / share
    factor = 0.5 if loss == "half_sse" else 1.0
    return factor * float(((a - y) ** 2).sum()) / share, 2 * factor * (a - y) / share


def _other_loss(loss: str, reduction: str) -> Formula:
    def formula(step: Step) -> Array | None:
        told = step.point.told
        if (loss, reduction) == (told.loss_key, told.reduction) or step.point.probabilities is not None:
            return None
        found = _loss_and_slope(loss, reduction, step.a, step.point.target)
        if found is None:
            return None
        return np.full((1, 1), found[0]) if step.kind == LOSS else found[1] * step.sp

    return formula


def _missing_target(step: Step) -> Array | None:
    told, p = step.point.told, step.point.probabilities
    if p is not None:
        share = step.point.count if told.loss_key == "cross_entropy" else p.size
        return p / (share if told.reduction == "mean" else 1)
    if told.loss_key not in _LOSS_KEYS:
        return _times_slope(step, step.a)
    found = _loss_and_slope(told.loss_key, told.reduction, step.a, 0 * step.a)
    return None if found is None else _times_slope(step, found[1])


def _other_slope(activation: str) -> Formula:
    def formula(step: Step) -> Array | None:
        slope = recursion.derivative(activation, step.z)
        return None if slope is None or activation == step.key else step.front * slope

    return formula


def _slope_from_a(activation: str, slope: Callable[[Array], Array]) -> Formula:
    return lambda step: None if step.key == activation else step.front * slope(step.a)


def _other_activation(activation: str) -> Formula:
    def formula(step: Step) -> Array:
        _, (a,) = recursion.forward(step.z, [np.eye(step.z.shape[1])], [None], [activation])
        return a

    return formula


def _shifted(step: Step, product: Array | None) -> Array | None:
    b = step.point.b(step.number)
    return product if product is None or b is None or len(product) != len(b) else product + b


def _slope_at_a(step: Step) -> Array | None:
    try:
        slope = recursion.derivative(step.key, step.a)
    except KeyError:
        return None
    return None if slope is None else step.front * slope


def _extra_slope(step: Step) -> Array | None:
    p = step.point.probabilities
    return None if p is None else step.front * p * (1 - p)


def _product(*factors: Array | None) -> Array | None:
    """Return a matrix product, None where a factor is missing or the shapes do not fit."""
    left, right = factors
    if left is None or right is None or left.shape[1] != right.shape[0]:
        return None
    return left @ right


def _slope_of_neighbour(distance: int) -> Formula:
    def formula(step: Step) -> Array | None:
        slope = step.slope_of(step.number + distance)
        return None if slope is None else _times(step.front, slope)

    return formula


def _times(left: Array, right: Array) -> Array | None:
    """Return a product element by element; NumPy stretches a single neuron over all of them without a word."""
    heights = {len(left), len(right)} - {1}
    return left * right if len(heights) <= 1 else None


def _times_slope(step: Step, front: Array | None) -> Array | None:
    return None if front is None else _times(front, step.sp)


def _own_weights(step: Step) -> Array | None:
    return _times_slope(step, _product(step.point.W(step.number).T, step.d_next))


def _delta_of_the_next_but_one(step: Step) -> Array | None:
    return _times_slope(step, _product(step.W_next.T, step.deltas.get(step.number + 2)))


def _input_for_activation(step: Step) -> Array | None:
    return _product(step.d, step.point.column(step.point.told.x).T) if step.number > 1 else None


def _weighted_sum_for_activation(step: Step) -> Array | None:
    return step.d @ step.point.column(step.point.layer(step.number - 1).z).T if step.number > 1 else None


_LOSS_KEYS = ("half_sse", "sse", "mse", "bce")
_LOSSES = [(key, how) for key in _LOSS_KEYS for how in ("sum", "mean")]

# The order matters where two say the same of some network: the first is then reported.
MISTAKES: tuple[Mistake, ...] = (
    Mistake("missing_biases",    (SUM,),   lambda s: s.point.W(s.number) @ s.before),
    Mistake("transposed_sum",    (SUM,),   lambda s: _shifted(s, _product(s.point.W(s.number).T, s.before))),
    Mistake("missing_activation", (ACTIVATION,), lambda s: s.z),
    *(Mistake("other_activation", (ACTIVATION,), _other_activation(key), key) for key in ("relu", "sigmoid", "tanh")),
    Mistake("missing_slope",     DELTA,    lambda s: s.front),
    *(Mistake("other_loss", (LOSS, OUTPUT), _other_loss(key, how), f"{key}_{how}") for key, how in _LOSSES),
    Mistake("extra_slope",       (OUTPUT,), _extra_slope),
    Mistake("slope_at_a",        DELTA,    _slope_at_a),
    Mistake("value_for_slope",   DELTA,    lambda s: s.front * s.a),
    Mistake("sum_for_slope",     DELTA,    lambda s: s.front * s.z),
    Mistake("squared_slope",     DELTA,    lambda s: s.front * s.sp**2),
    *(Mistake("other_slope", DELTA, _other_slope(key), key) for key in ("sigmoid", "tanh", "relu")),
    Mistake("other_slope",       DELTA,    _slope_from_a("sigmoid", lambda a: a * (1 - a)), "sigmoid"),
    Mistake("other_slope",       DELTA,    _slope_from_a("tanh", lambda a: 1 - a**2), "tanh"),
    Mistake("missing_target",    (OUTPUT,), _missing_target),
    Mistake("missing_error",     (OUTPUT,), lambda s: s.sp),
    Mistake("missing_transpose", (HIDDEN,), lambda s: _times_slope(s, _product(s.W_next, s.d_next))),
    Mistake("missing_weights",   (HIDDEN,), lambda s: _times_slope(s, s.d_next)),
    Mistake("missing_weights",   (HIDDEN,), lambda s: _times_slope(s, s.d_next.sum(axis=0) + 0 * s.front)),
    Mistake("wrong_layer_slope", (HIDDEN,), _slope_of_neighbour(+1), "+1"),
    Mistake("wrong_layer_slope", (HIDDEN,), _slope_of_neighbour(-1), "-1"),
    Mistake("wrong_layer_weights", (HIDDEN,), _own_weights),
    Mistake("wrong_layer_delta", (HIDDEN,), _delta_of_the_next_but_one),
    Mistake("transposed",        (WEIGHT,), lambda s: s.right.T),
    Mistake("sum_for_activation", (WEIGHT,), _weighted_sum_for_activation),
    Mistake("wrong_layer_activation", (WEIGHT,), lambda s: _product(s.d, s.a.T)),
    Mistake("input_for_activation", (WEIGHT,), _input_for_activation),
    Mistake("wrong_layer_delta", (WEIGHT,), lambda s: _product(s.deltas.get(s.number + 1), s.before.T)),
    Mistake("not_summed",        (BIAS,),   lambda s: s.d),
    Mistake("times_biases",      (BIAS,),   lambda s: s.right * s.point.b(s.number)),
    Mistake("mean_for_sum",      EVERY,    lambda s: s.right / s.point.count),
    Mistake("sum_for_mean",      EVERY,    lambda s: s.right * s.point.count),
    Mistake("over_outputs",      (LOSS, OUTPUT), lambda s: s.right / s.outputs),
    Mistake("times_outputs",     (LOSS, OUTPUT), lambda s: s.right * s.outputs),
    Mistake("sign",              EVERY,    lambda s: -s.right),
    Mistake("factor_two",        EVERY,    lambda s: 2 * s.right),
    Mistake("factor_half",       EVERY,    lambda s: s.right / 2),
    Mistake("all_zero",          (*DELTA, WEIGHT, BIAS),   lambda s: 0 * s.right),
)  # fmt: skip
SCALES = ("sign", "factor_two", "factor_half", "mean_for_sum", "sum_for_mean", "over_outputs", "times_outputs")
# What is one mistake under two names: these say the more of it, and the others are mentioned with them.
SYNONYMS = {
    "missing_slope": ("other_loss", "wrong_layer_slope"),
    "extra_slope": ("other_slope", "value_for_slope"),
    **dict.fromkeys(SCALES, ("other_loss",)),
}
# Two of these can be made at once: one in ∂L/∂a, one in σ′(z).
FRONTS = ("missing_target", "missing_transpose", "missing_weights", "wrong_layer_weights", "wrong_layer_delta")
SLOPES = ("missing_slope", "slope_at_a", "value_for_slope", "sum_for_slope", "squared_slope", "other_slope",
          "wrong_layer_slope")  # fmt: skip


def of_kind(kind: str) -> Iterator[Mistake]:
    """Yield the mistakes that are made in a kind of step."""
    return (mistake for mistake in MISTAKES if kind in mistake.kinds)


def prediction(mistake: Mistake, step: Step) -> Array | None:
    """Return what a mistake makes of a step, perhaps in another shape than is right; None where it makes no sense."""
    if step.quantity.kind == "delta" and not step.has_slope and mistake.id not in SCALES:
        return None
    values: Array | None = mistake.formula(step)
    return values


def pairs(kind: str) -> Iterator[tuple[Mistake, Mistake]]:
    """Yield the mistakes that can be made at once in a kind of step: any with a factor, one in front with one in σ′."""
    known = [mistake for mistake in of_kind(kind) if mistake.id not in ("other_loss", "all_zero")]
    for first in known:
        scale = first.id in SCALES
        for second in known[known.index(first) + 1 :] if scale else known:
            if second.id in SCALES or (first.id in FRONTS and second.id in SLOPES):
                yield first, second


def together(first: Mistake, second: Mistake, step: Step) -> Array | None:
    """Return what two mistakes make of a step."""
    if second.id in SCALES:
        values = prediction(first, step)
        return None if values is None else np.asarray(second.formula(step.assuming(right=values)))
    if not step.has_slope:
        return None
    front = prediction(first, step.assuming(sp=np.ones_like(step.sp)))
    return None if front is None else prediction(second, step.assuming(front=front))
