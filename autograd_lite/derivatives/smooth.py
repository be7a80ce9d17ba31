"""Activations without a corner: softplus and what is made of it and of the logistic function."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.elementwise import elementwise, sigmoid
from autograd_lite.derivatives.vocabulary import of_reals, one_number
from autograd_lite.primitives import Array, primitive

# Where x eˣ has long been 0 in every dtype, and x itself is still finite in float16.
FAR_BELOW = -20_000.0
# From here on 1 − σ(x) is 0 in every dtype, and its product with an x that may be infinite has to be 0.
LARGE = 1000.0


def _softplus(x: Array, threshold: float | None = None) -> Array:
    """log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which neither overflows nor loses what is small."""
    of_reals("softplus", x)
    smooth: Array = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return smooth if threshold is None else np.where(x > threshold, x, smooth)


def _softplus_call(x: Array, threshold: float | None = None) -> Any:
    return (x,), {"threshold": None if threshold is None else one_number("softplus", "threshold", threshold)}


def _softplus_slope(x: Array, threshold: float | None) -> Array:
    slope: Array = sigmoid(x)
    return slope if threshold is None else np.where(x > threshold, 1, slope)


softplus = primitive(
    _softplus,
    x=lambda g, x, threshold: g * _softplus_slope(x, threshold),
    canonical=_softplus_call,
    keywords=("threshold",),
    name="softplus",
    samples=lambda x: [((x(4, 3),), {}), ((x(5), 0.2), {}), ((x(),), {"threshold": -0.5}), ((x(0, 2),), {})],
    views=False,
    tex=r"\operatorname{sigmoid}(x)",
    doc="""log(1 + eˣ), without overflow; its derivative is the logistic function σ(x).

    Above a `threshold`, if there is one, it is x itself, and the derivative 1.

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


def _silu_slope(y: Array, x: Array) -> Array:
    s = sigmoid(x)
    return s + np.minimum(y, LARGE) * (1 - s)


silu = primitive(
    _silu,
    x=lambda g, y, x: g * _silu_slope(y, x),
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
    of_reals("mish", x)
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


def _log_sigmoid(x: Array) -> Array:
    of_reals("log_sigmoid", x)
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


log_sigmoid = elementwise(
    _log_sigmoid,
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
    of_reals("softsign", x)
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


def _log1mexp(x: Array) -> Array:
    """log(1 − e⁻ˣ): below log 2 the difference from 1 is computed first, above it the logarithm near 1."""
    near = x < np.log(2)
    return np.where(near, np.log(-np.expm1(np.where(near, -x, -1))), np.log1p(-np.exp(np.where(near, -1, -x))))


log1mexp = elementwise(
    _log1mexp,
    lambda x: np.exp(-x) / -np.expm1(-x),
    name="log1mexp",
    domain=(0.1, 3),
    views=False,
    singular=True,
    tex=r"\frac{e^{-x}}{1 - e^{-x}}",
    doc="""log(1 − e⁻ˣ) for x ≥ 0, precise for small and for large x; −∞ at 0.

    After M. Mächler, "Accurately Computing log(1 − exp(−|a|))" (2012).

    Examples
    --------
    >>> import autograd_lite as ag
    >>> [f"{float(ag.log1mexp(x)):.6e}" for x in (1e-20, 1.0, 50.0)]
    ['-4.605170e+01', '-4.586751e-01', '-1.928750e-22']
    """,
)
