"""Activations without a corner: softplus and what is made of it and of the logistic function."""

from __future__ import annotations

import numpy as np

from autograd_lite.derivatives.elementwise import elementwise, sigmoid
from autograd_lite.primitives import Array, primitive

# Where x eˣ has long been 0 in every dtype, and x itself is still finite in float16.
FAR_BELOW = -20_000.0
# From here on 1 − σ(x) is 0 in every dtype, and its product with an x that may be infinite has to be 0.
LARGE = 1000.0


def _softplus(x: Array) -> Array:
    """log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which neither overflows nor loses what is small."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


softplus = elementwise(
    _softplus,
    lambda x: sigmoid(x),
    name="softplus",
    domain=(-3, 3),
    views=False,
    tex=r"\operatorname{sigmoid}(x)",
    doc="""log(1 + eˣ), without overflow; its derivative is the logistic function σ(x).

    After C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "Incorporating Second-Order Functional Knowledge for
    Better Option Pricing" (NIPS 2000).

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.softplus(np.array([-1000.0, 0.0, 1000.0])).round(4).tolist()
    [0.0, 0.6931, 1000.0]
    """,
)


def _silu(x: Array) -> Array:
    x = np.maximum(x, FAR_BELOW)
    with np.errstate(over="ignore"):  # e⁻ˣ = ∞ gives 0, as it should
        return x / (1 + np.exp(-x))


silu = primitive(
    _silu,
    x=lambda g, y, x: g * (sigmoid(x) + np.minimum(y, LARGE) * (1 - sigmoid(x))),
    name="silu",
    label="SiLU",
    domain=(-3, 3),
    views=False,
    tex=r"\operatorname{sigmoid}(x) + y (1 - \operatorname{sigmoid}(x))",
    doc="""x σ(x), with σ the logistic function: the sigmoid-weighted linear unit, also called swish.

    After S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
    Reinforcement Learning" (2017), equations 10 and 11.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.silu(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-0.2689, 0.0, 0.7311]
    """,
)


def _mish(x: Array) -> Array:
    return np.maximum(x, FAR_BELOW) * np.tanh(_softplus(x))


def _mish_slope(x: Array) -> Array:
    """Return t + x σ(x) (1 − t²) with t = tanh s, s = softplus(x) and σ(x) = 1 − e⁻ˢ."""
    s = softplus(x)
    t = np.tanh(s)
    return t - np.clip(x, -LARGE, LARGE) * np.expm1(-s) * (1 - t * t)


mish = elementwise(
    _mish,
    _mish_slope,
    name="mish",
    label="Mish",
    domain=(-3, 3),
    views=False,
    tex=r"\operatorname{tanh}(\operatorname{softplus}(x))"
    r" + x \odot \operatorname{sigmoid}(x) \odot (1 - \operatorname{tanh}(\operatorname{softplus}(x))^2)",
    doc="""x tanh(softplus(x)).

    After D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (BMVC 2020), equation 1.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.mish(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-0.3034, 0.0, 0.8651]
    """,
)
log_sigmoid = elementwise(
    lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
    lambda x: sigmoid(-x),
    name="log_sigmoid",
    label="log σ",
    domain=(-3, 3),
    views=False,
    tex=r"\operatorname{sigmoid}(-x)",
    doc="""log σ(x) = −log(1 + e⁻ˣ), precise where σ(x) is 0 or 1 to rounding.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.log_sigmoid(np.array([-1000.0, 0.0, 1000.0])).round(4).tolist()
    [-1000.0, -0.6931, 0.0]
    """,
)


def _softsign(x: Array) -> Array:
    with np.errstate(invalid="ignore"):  # ∞/∞
        return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


softsign = elementwise(
    _softsign,
    lambda x: np.square(np.reciprocal(1 + np.abs(x))),
    name="softsign",
    domain=(-3, 3),
    views=False,
    tex=r"\frac{1}{(1 + |x|)^2}",
    doc="""x / (1 + |x|), which nears −1 and 1 more slowly than tanh.

    After J. Bergstra, G. Desjardins, P. Lamblin and Y. Bengio, "Quadratic Polynomials Learn Better Image Features"
    (Université de Montréal, 2009).

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.softsign(np.array([-1.0, 0.0, 3.0])).tolist()
    [-0.5, 0.0, 0.75]
    """,
)
