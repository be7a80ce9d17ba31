"""The relatives of ReLU: leaky, exponential, or smooth at 0."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from autograd_lite.derivatives.elementwise import elementwise, sigmoid
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, primitive


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
    with np.errstate(over="ignore"):  # e⁻ˣ = ∞ gives 0, as it should
        return x / (1 + np.exp(-x))


silu = primitive(
    _silu,
    x=lambda g, y, x: g * (sigmoid(x) + y * (1 - sigmoid(x))),
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


def _number(operation: str, name: str, given: Any) -> float:
    """Return a parameter as a Python float, which leaves the dtype of arrays as it is."""
    if isinstance(given, Real) or (isinstance(given, np.ndarray) and given.ndim == 0 and given.dtype.kind in "iuf"):
        return float(given)
    got = f"shape {given.shape}" if getattr(given, "shape", ()) else repr(given)
    raise ArgumentError(
        f"{operation}: {name} must be one real number, got {got:.60}.", f"Write {operation}(x, {name}=0.2)."
    )


def _leaky_relu(x: Array, negative_slope: float) -> Array:
    return np.maximum(x, 0) + negative_slope * np.minimum(x, 0)


def _leaky_relu_call(x: Array, negative_slope: float = 0.01) -> Any:
    return (x,), {"negative_slope": _number("leaky_relu", "negative_slope", negative_slope)}


leaky_relu = primitive(
    _leaky_relu,
    x=lambda g, x, negative_slope: np.where(x > 0, g, negative_slope * g),
    canonical=_leaky_relu_call,
    keywords=("negative_slope",),
    name="leaky_relu",
    label="LeakyReLU",
    views=False,
    samples=lambda x: [((x(4, 3),), {}), ((x(5), 0.2), {}), ((x(),), {"negative_slope": 1.5}), ((x(0, 2),), {})],
    tex=r"[x > 0] + negative\_slope\,[x \le 0]",
    doc="""x where x > 0, and s x where x ≤ 0; the derivative there is the slope s, at 0 too.

    After A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models"
    (ICML 2013), with s = 0.01.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.leaky_relu(np.array([-2.0, 0.0, 2.0]), 0.1).tolist()
    [-0.2, 0.0, 2.0]
    """,
)


def _elu(x: Array, alpha: float) -> Array:
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


def _elu_call(x: Array, alpha: float = 1.0) -> Any:
    return (x,), {"alpha": _number("elu", "alpha", alpha)}


elu = primitive(
    _elu,
    x=lambda g, x, alpha: np.where(x > 0, g, alpha * g * np.exp(np.where(x > 0, 0, x))),
    canonical=_elu_call,
    keywords=("alpha",),
    name="elu",
    label="ELU",
    views=False,
    samples=lambda x: [((x(4, 3),), {}), ((x(5), 0.5), {}), ((x(),), {"alpha": 1.5}), ((x(0, 2),), {})],
    tex=r"[x > 0] + alpha\,e^x [x \le 0]",
    doc="""x where x > 0, and α(eˣ − 1) where x ≤ 0; the derivative there is α eˣ, at 0 too.

    After D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units (ELUs)" (ICLR 2016), equation 14.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.elu(np.array([-1000.0, 0.0, 2.0])).tolist()
    [-1.0, 0.0, 2.0]
    """,
)
