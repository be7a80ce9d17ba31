"""The functions of signal processing that NumPy has, sinc and the Bessel function i0, smooth at 0 in every order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.elementwise import elementwise
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.primitives import Array, Primitive, primitive, unregistered

# Below it the quotient of the slope of sinc loses digits.
NEAR = 0.3
# The powers x¹, x³, ... of the slope of sinc; with |x| < NEAR the next is below the precision of float64.
SERIES = tuple((-1) ** k * 2 * k * math.pi ** (2 * k) / math.factorial(2 * k + 1) for k in range(1, 11))


def sinc_slope(x: Array) -> Array:
    """Return (cos πx − sinc x) / x, near 0 by its power series."""
    near = np.absolute(x) < NEAR
    small, large = np.where(near, x, 0), np.where(near, 1, x)
    square, series = small * small, SERIES[-1]
    for coefficient in SERIES[-2::-1]:
        series = series * square + coefficient
    return np.where(near, series * small, (np.cos(np.pi * large) - np.sinc(large)) / large)


def _bessel(x: Array, order: int) -> Array:
    """Iₙ(x) = 2/π ∫ cos nθ f(x cos θ) dθ from 0 to π/2; f is cosh for even n, sinh for odd n.

    By the midpoint rule, whose error falls off exponentially, for the integrand is periodic.
    """
    top = float(np.max(np.abs(x), initial=0, where=np.isfinite(x)))
    points = math.ceil(math.sqrt(5 * min(top, 720.0))) + 10 + order
    f = np.sinh if order % 2 else np.cosh
    total = np.zeros_like(x)
    for k in range(points):
        angle = math.pi * (k + 0.5) / (2 * points)
        total = total + math.cos(order * angle) * f(x * math.cos(angle))
    return total / points


bessel: Primitive = unregistered(
    _bessel,
    x=lambda g, x, order: zmul(g, (bessel(x, abs(order - 1)) + bessel(x, order + 1)) / 2),
    name="bessel",
    canonical=lambda x, order: ((x,), {"order": order}),
    keywords=("order",),
    samples=lambda x: [((x(3), 0), {}), ((x(), 1), {}), ((x(2), 2), {})],
    tex=r"\frac{1}{2} g \odot (\operatorname{I}_{order-1}(x) + \operatorname{I}_{order+1}(x))",
    doc="The modified Bessel function of the first kind, of a whole order: what the derivatives of i0 are made of.",
)

elementwise(np.sinc, lambda x: sinc_slope(x), domain=(-3, 3), tex=r"\frac{\cos(\pi x) - y}{x}")


def _i0_call(x: Array) -> Any:
    return (x,), {}


primitive(
    np.i0,
    x=lambda g, x: zmul(g, bessel(x, 1)),
    canonical=_i0_call,
    ready=True,
    domain=(-3, 3),
    samples=lambda x: [((x(2, 3),), {}), ((np.array([0.0, 9.5, -20.0]),), {})],
    tex=r"\operatorname{I}_1(x)",
)
