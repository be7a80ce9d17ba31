"""Fused primitives: several operations in one, with one rule; `definition` is the same in plain primitives.

The definition is the oracle of the tests. Higher derivatives run the fused rule too, or differentiate the definition
where the rule takes residuals, which are constants to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from autograd_lite.blocks import in_blocks
from autograd_lite.derivatives.reductions import logsumexp, top_of
from autograd_lite.derivatives.special import erfc
from autograd_lite.derivatives.vocabulary import mT, of_reals, outer_sum, over_rows, product, rows, shape_of
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, primitive


def _linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    if weight.ndim != 2 or x.shape[-1:] != weight.shape[1:]:
        raise ShapeError(
            f"linear: x has shape {x.shape}, the weight {weight.shape}; expected (..., in) and (out, in).",
            "Transpose the weight, or give x one example a row.",
        )
    z = product(x, weight.T)
    if bias is None:
        return z
    if type(bias) is np.ndarray and bias.ndim == 1 and bias.dtype is z.dtype:
        z += bias
        return z
    return z + bias


def _linear_definition(x: Array, weight: Array, bias: Array | None = None) -> Array:
    z = weight @ x if x.ndim == 1 else x @ mT(weight)
    return z if bias is None else z + bias


def _linear_call(x: Array, weight: Array, bias: Array | None = None) -> Any:
    return (x, weight, bias), {}


@lru_cache(maxsize=64)
def _ones(count: int, dtype: Any) -> Array:
    return np.ones(count, dtype)


def _over_rows(g: Array) -> Array:
    """Return the sum over all rows; of a plain matrix as a product with ones, in a third of the time of a small sum."""
    if type(g) is np.ndarray and g.ndim == 2 and g.dtype.char in "fd":
        return _ones(len(g), g.dtype).dot(g)
    return over_rows(g)


linear = primitive(
    _linear,
    x=lambda g, weight: product(g, weight),
    weight=lambda g, x: outer_sum(rows(g), rows(x)),
    bias=lambda g: _over_rows(g),
    canonical=_linear_call,
    ready=True,
    definition=_linear_definition,
    name="linear",
    views=False,
    unfold=True,
    samples=lambda x: [
        ((x(5, 2), x(3, 2), x(3)), {}),
        ((x(2), x(3, 2), x(3)), {}),
        ((x(4, 5, 2), x(3, 2), None), {}),
        ((x(4, 5, 2), x(3, 2), x(3)), {}),
        ((x(0, 2), x(3, 2), x(3)), {}),
    ],
    tex=(r"g\,weight", r"g^{\mathsf T}\,x", r"\sum g"),
    doc="z = x Wᵀ + b for x (N, in) or (in,), W (out, in), b (out,) or None.",
)


def _squared_error(a: Array, target: Array, scale: float) -> Array:
    d = (a - target).reshape(-1)
    if d.dtype.kind not in "fc":  # the squares of integers overflow
        d = d.astype(float)
    if d.dtype == np.float16:  # their sum is soon beyond 65504, where the mean is not
        wide = d.astype(np.float32)
        return (wide.dot(wide) * scale).astype(d.dtype)
    return d.dot(d) * scale


def _squared_error_call(a: Array, target: Array, scale: float = 1.0) -> Any:
    if shape_of(a) != shape_of(target):
        raise ShapeError(
            f"squared_error: the prediction has shape {shape_of(a)}, the target {shape_of(target)}.",
            "Give one target for each predicted number; nothing is broadcast.",
        )
    return (a, target), {"scale": scale}


def _squared_error_label(a: str, target: str, *, scale: float, size: int) -> str:
    """Write ½(a − y)² for one number, and with a Σ for several."""
    parts = round(1 / scale) if scale else 0
    share = f"1/{parts}·" if parts and math.isclose(parts * scale, 1) else f"{scale:g}·"
    factor = {1.0: "", 0.5: "½"}.get(scale, share)
    return f"{factor}{'Σ' if size > 1 else ''}({a} − {target})²"


squared_error = primitive(
    _squared_error,
    a=lambda g, a, target, scale: (2 * scale * g) * (a - target),
    target=lambda g, a, target, scale: (2 * scale * g) * (target - a),
    canonical=_squared_error_call,
    keywords=("scale",),
    definition=lambda a, target, scale: np.sum((a - target) ** 2) * scale,
    name="squared_error",
    views=False,
    label=_squared_error_label,
    samples=lambda x: [((x(3, 2), x(3, 2)), {"scale": 0.5}), ((x(1), x(1)), {})],
    tex=(r"2\,scale\,g \odot (a - target)", r"2\,scale\,g \odot (target - a)"),
    doc="scale · Σ (a − y)², a scalar.",
)


def _place(labels: Array) -> Any:
    """Return the index of each example's label in the logits."""
    return (np.arange(len(labels)), labels) if labels.ndim else labels


def _cross_entropy(logits: Array, labels: Array) -> Array:
    return logsumexp(logits, axis=-1) - logits[_place(labels)]


def _cross_entropy_and_slope(logits: Array, labels: Array) -> tuple[Array, Array]:
    """Return −log p[label] and its slope p − e, both from one exponential."""
    labels = _checked_labels(logits, labels)
    shifted = logits - top_of(logits, -1)
    powers = np.exp(shifted)
    total = powers.sum(axis=-1, keepdims=True)
    loss = np.log(total).squeeze(-1) - shifted[_place(labels)]
    return loss, powers / total - one_hot(labels, logits.shape[-1])


def _checked_labels(logits: Array, labels: Any) -> Array:
    """Return the labels as an array: one an example, and each of them a class."""
    labels = labels if hasattr(labels, "ndim") else np.asarray(labels)
    classes = logits.shape[-1] if logits.ndim in (1, 2) else 0
    if not classes or labels.shape != logits.shape[:-1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"softmax_cross_entropy: logits {logits.shape} and labels {labels.shape} of {labels.dtype}.",
            "Give logits (N, C) and N integer labels, or logits (C,) and one label.",
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        known = f"{classes} logits mean labels from 0 to {classes - 1}" if classes > 1 else "one logit is one class, 0"
        raise ArgumentError(
            f"Label {_stray(labels, classes)} is no class: {known}.",
            "Count classes from 0 (y - 1 if yours start at 1), or give the model one output a class.",
        )
    return labels


def _stray(labels: Array, classes: int) -> Any:
    """Return the first label that is no class."""
    values = np.ravel(labels)
    return values[(values < 0) | (values >= classes)][0]


def one_hot(labels: Array, classes: int) -> Array:
    """Return 1 at each label, 0 elsewhere, of shape labels.shape + (classes,)."""
    return np.expand_dims(labels, -1) == np.arange(classes)


softmax_cross_entropy = primitive(
    lambda logits, labels: _cross_entropy_and_slope(logits, labels)[0],
    logits=lambda g, slope: g[..., np.newaxis] * slope,
    labels=None,
    residuals=_cross_entropy_and_slope,
    residual_names=("slope",),
    definition=_cross_entropy,
    name="softmax_cross_entropy",
    views=False,
    label="−log p",
    samples=lambda x: [((x(5, 3), np.array([0, 2, 1, 1, 0])), {}), ((x(4), np.array(2)), {})],
    tex=r"g \odot (\operatorname{softmax}(logits) - e_{labels})",
    doc="−log softmax(logits)[label], one loss an example: logits (N, C) and labels (N,), or (C,) and one label.",
)


ROOT_OF_2_OVER_PI = math.sqrt(2 / math.pi)
CUBIC = 0.044715


# Far below −FLAT x Φ(x) is 0, far above FLAT it is x: there only the sign of x counts, and its powers could overflow.
FLAT = 50.0


def _gelu_none(x: Array, out: tuple[Any, Any] = (None, None)) -> tuple[Array, Array]:
    """Return x Φ(x) and its slope Φ(x) + x φ(x)."""
    near = np.clip(x, -FLAT, FLAT)
    phi = 0.5 * erfc(near * -math.sqrt(0.5))
    value = np.multiply(np.maximum(x, near), phi, out[0])
    return value, np.add(phi, near * np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi), out=out[1])


def _gelu_tanh(x: Array, out: tuple[Any, Any] = (None, None)) -> tuple[Array, Array]:
    """Return x (1 + t)/2 and its slope (1 + t)/2 + x (1 − t²)/2 · u′, where t = tanh u is near 2 Φ(x) − 1."""
    near = np.clip(x, -FLAT, FLAT)
    xx = near * near
    t = CUBIC * ROOT_OF_2_OVER_PI * xx
    t += ROOT_OF_2_OVER_PI
    t *= near
    t = np.tanh(t)
    phi = 0.5 * t
    phi += 0.5
    bend = near * phi
    bend *= 1 - t
    xx *= 3 * CUBIC * ROOT_OF_2_OVER_PI
    xx += ROOT_OF_2_OVER_PI
    bend *= xx
    value = np.multiply(np.maximum(x, near), phi, out[0])
    return value, np.add(phi, bend, out[1])


def _gelu_definition(x: Array, approximate: str) -> Array:
    near, x = np.clip(x, -FLAT, FLAT), np.maximum(x, -FLAT)
    if approximate == "none":
        return 0.5 * x * erfc(near * -math.sqrt(0.5))
    return 0.5 * x * (1 + np.tanh(ROOT_OF_2_OVER_PI * (near + CUBIC * near**3)))


GELU: dict[str, Callable[..., tuple[Array, Array]]] = {"none": _gelu_none, "tanh": _gelu_tanh}


def _gelu_and_slope(x: Array, approximate: str) -> tuple[Array, Array]:
    value, slope = in_blocks(GELU[approximate], x)
    return value, slope


def _gelu(x: Array, approximate: str) -> Array:
    return in_blocks(lambda x, out=None: GELU[approximate](x, (out, None))[0], x)


def _gelu_call(x: Array, approximate: str = "none") -> Any:
    of_reals("gelu", x)
    if approximate not in GELU:
        raise ArgumentError(
            f"gelu: approximate is 'none' or 'tanh', got {approximate!r}.",
            "'none' is x Φ(x), precise; 'tanh' the quicker formula of GPT-2.",
        )
    return (x,), {"approximate": approximate}


gelu = primitive(
    _gelu,
    x=lambda g, slope: g * slope,
    canonical=_gelu_call,
    keywords=("approximate",),
    residuals=_gelu_and_slope,
    residual_names=("slope",),
    definition=_gelu_definition,
    name="gelu",
    label="GELU",
    samples=lambda x: [((x(4, 3),), {}), ((x(5), "tanh"), {}), ((x(),), {"approximate": "tanh"}), ((x(0, 2),), {})],
    tex=r"\Phi(x) + x\,\varphi(x)",
    doc="""x Φ(x), with Φ the distribution function of the standard normal distribution.

    ``approximate="tanh"`` is x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). Both after D. Hendrycks and K. Gimpel,
    "Gaussian Error Linear Units" (2016).

    Raises
    ------
    ArgumentError
        When `approximate` is something else.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.gelu(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-0.1587, 0.0, 0.8413]
    """,
)
