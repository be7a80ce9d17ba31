"""The relatives of ReLU that are put together at 0: leaky, exponential, or cut off."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.vocabulary import keep, one_number
from autograd_lite.errors import ArgumentError
from autograd_lite.primitives import Array, primitive


def _leaky_relu(x: Array, negative_slope: float) -> Array:
    return np.maximum(x, 0) + negative_slope * np.minimum(x, 0)


def _leaky_relu_call(x: Array, negative_slope: float = 0.01) -> Any:
    return (x,), {"negative_slope": one_number("leaky_relu", "negative_slope", negative_slope)}


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
    return (x,), {"alpha": one_number("elu", "alpha", alpha)}


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

    At NaN the derivative is NaN (PyTorch's is 1): nothing is known there.

    After D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units (ELUs)" (ICLR 2016), equation 14.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.elu(np.array([-1000.0, 0.0, 2.0])).tolist()
    [-1.0, 0.0, 2.0]
    """,
)


# The fixed point of the mean 0 and the variance 1.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946

selu = primitive(
    lambda x: SELU_SCALE * _elu(x, SELU_ALPHA),
    x=lambda g, x: SELU_SCALE * np.where(x > 0, g, SELU_ALPHA * g * np.exp(np.where(x > 0, 0, x))),
    name="selu",
    label="SELU",
    domain=(-3, 3),
    views=False,
    tex=r"1.0507010 [x > 0] + (y + 1.7580993) \odot [x \le 0]",
    doc="""λ x where x > 0, and λ α (eˣ − 1) where x ≤ 0, with λ = 1.0507... and α = 1.6732...

    At NaN the derivative is NaN (PyTorch's is λ): nothing is known there.

    After G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, "Self-Normalizing Neural Networks" (NIPS 2017),
    equation 2: with weights of variance 1/fan_in the mean 0 and the variance 1 stay from layer to layer.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.selu(np.array([-1000.0, 0.0, 1.0])).round(4).tolist()
    [-1.7581, 0.0, 1.0507]
    """,
)


def _prelu(x: Array, weight: Array) -> Array:
    return np.maximum(x, 0) + weight * np.minimum(x, 0)


prelu = primitive(
    _prelu,
    x=lambda g, x, weight: np.where(x > 0, g, weight * g),
    weight=lambda g, x: g * np.minimum(x, 0),
    name="prelu",
    label="PReLU",
    domain=(-3, 3),
    views=False,
    tex=(r"[x > 0] + weight\,[x \le 0]", r"\operatorname{min}(x, 0)"),
    doc="""x where x > 0, and w x where x ≤ 0, with a slope w that is learnt; the two are broadcast as in x · w.

    After K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers" (ICCV 2015), equation 1.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.prelu(np.array([-2.0, 0.0, 2.0]), np.array([0.25])).tolist()
    [-0.5, 0.0, 2.0]
    """,
)


def _hardtanh_call(x: Array, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    low, high = (one_number("hardtanh", name, given) for name, given in (("min_val", min_val), ("max_val", max_val)))
    if not low < high:
        raise ArgumentError(
            f"hardtanh: min_val must be less than max_val, got {low:g} and {high:g}.",
            "Write hardtanh(x, min_val=-1.0, max_val=1.0), for example.",
        )
    return (x,), {"min_val": low, "max_val": high}


hardtanh = primitive(
    lambda x, min_val, max_val: np.clip(x, min_val, max_val),
    x=lambda g, x, min_val, max_val: keep(g, (x > min_val) & (x < max_val)),
    canonical=_hardtanh_call,
    keywords=("min_val", "max_val"),
    name="hardtanh",
    views=False,
    samples=lambda x: [((x(4, 3),), {}), ((x(5), -0.5), {}), ((x(),), {"max_val": 2.0}), ((x(0, 2),), {})],
    tex=r"[x > min\_val] \odot [x < max\_val]",
    doc="""x limited to [min_val, max_val]; the derivative is 1 between the bounds and 0 at them and beyond.

    After R. Collobert, "Large Scale Machine Learning" (PhD thesis, Université de Paris VI, 2004).

    Raises
    ------
    ArgumentError
        When a bound is no number, or the lower one is not the lesser.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.hardtanh(np.array([-2.0, 0.5, 2.0])).tolist()
    [-1.0, 0.5, 1.0]
    """,
)
