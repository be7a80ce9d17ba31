"""Integrals without a closed form: exponential integrals, the dilogarithm, elliptic and hypergeometric functions, W."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.primitives import Array, undeclared


def expn_slope(n: Array, x: Array) -> Array:
    """Return −E₍ₙ₋₁₎(x), with E₀ = e⁻ˣ/x and E₍₋₁₎ = e⁻ˣ (1 + x)/x² written out."""
    lowest = np.where(n == 0, (1 + x) / x, 1) * np.exp(-x) / x
    return -np.where(n <= 1, lowest, special.expn(np.maximum(n - 1, 1), x))


def _of_1(*parameters: float) -> Any:
    return lambda x: [((*parameters, x(3)), {}), ((*parameters, x(2, 1)), {})]


# ∫ₓ^∞ e⁻ᵗ/t dt, ∫₋∞ˣ eᵗ/t dt, ∫₁^∞ e^(−x t)/tⁿ dt
function("exp1", x=lambda g, x: zmul(g, -np.exp(-x) / x), tex=r"-\frac{e^{-x}}{x}", domain=(0.2, 3))
function("expi", x=lambda g, x: zmul(g, np.exp(x) / x), tex=r"\frac{e^x}{x}", domain=(0.2, 3))
function(
    "expn",
    n=undeclared,
    x=lambda g, n, x: zmul(g, expn_slope(n, x)),
    tex="-E_{n - 1}(x)",
    domain=(0.3, 3),
    samples=lambda x: [((2, x(3)), {}), ((np.array([[0], [1], [4]]), x(2)), {})],
)
# ∫₁ˣ ln t/(1 − t) dt; ln t/(t − 1) = ₂F₁(1, 1; 2; 1 − t) has no 0/0 at 1
function(
    "spence", x=lambda g, x: zmul(g, -special.hyp2f1(1, 1, 2, 1 - x)), tex=r"\frac{\ln x}{1 - x}", domain=(0.2, 1.8)
)

# W eᵂ = x, and W + ln W = x
function(
    "lambertw",
    ufunc="_ufuncs._lambertw",
    x=lambda g, y: zmul(g, np.exp(-y) / (1 + y)),
    k=None,
    tol=None,
    tex=r"\frac{e^{-y}}{1 + y}",
    samples=lambda x: [((x(3) / 9 + 0.5, 0, 1e-8), {})],
)
function("wrightomega", x=lambda g, y: g * y / (1 + y), tex=r"\frac{y}{1 + y}", domain=(-2, 3))

# Complete elliptic integrals are π/2 ₂F₁(±½, ½; 1; m), whose slopes have no 0/0 at 0.
function(
    "ellipk",
    x=lambda g, x: zmul(g, math.pi / 8 * special.hyp2f1(1.5, 1.5, 2, x)),
    tex=r"\frac{E(x) - (1 - x) K(x)}{2 x (1 - x)}",
    domain=(-0.8, 0.8),
)
function(
    "ellipkm1",
    x=lambda g, x: zmul(g, -math.pi / 8 * special.hyp2f1(1.5, 1.5, 2, 1 - x)),
    tex=r"-\frac{E(1 - x) - x\,K(1 - x)}{2 x (1 - x)}",
    domain=(0.2, 1.8),
)
function(
    "ellipe",
    x=lambda g, x: zmul(g, -math.pi / 8 * special.hyp2f1(0.5, 1.5, 2, x)),
    tex=r"\frac{E(x) - K(x)}{2 x}",
    domain=(-0.8, 0.8),
)
function(
    "ellipkinc",
    phi=lambda g, phi, m: g / np.sqrt(1 - m * np.sin(phi) ** 2),
    m=undeclared,
    tex=r"\frac{1}{\sqrt{1 - m \sin^2 phi}}",
    samples=lambda x: [((x(3) / 3, 0.4), {})],
)
function(
    "ellipeinc",
    phi=lambda g, phi, m: g * np.sqrt(1 - m * np.sin(phi) ** 2),
    m=undeclared,
    tex=r"\sqrt{1 - m \sin^2 phi}",
    samples=lambda x: [((x(3) / 3, 0.4), {})],
)

function(
    "hyp0f1",
    b=undeclared,
    x=lambda g, b, x: zmul(g, special.hyp0f1(b + 1, x) / b),
    tex=r"\frac{1}{b}\,{}_0F_1(b + 1; x)",
    samples=_of_1(1.5),
)
function(
    "hyp1f1",
    a=undeclared,
    b=undeclared,
    x=lambda g, a, b, x: zmul(g, a * special.hyp1f1(a + 1, b + 1, x) / b),
    tex=r"\frac{a}{b}\,{}_1F_1(a + 1; b + 1; x)",
    samples=_of_1(1.5, 2.5),
)
function(
    "hyp2f1",
    a=undeclared,
    b=undeclared,
    c=undeclared,
    x=lambda g, a, b, c, x: zmul(g, a * b * special.hyp2f1(a + 1, b + 1, c + 1, x) / c),
    tex=r"\frac{a\,b}{c}\,{}_2F_1(a + 1, b + 1; c + 1; x)",
    samples=lambda x: [((0.5, 1.5, 2.5, x(3) / 4), {})],
)
function(
    "hyperu",
    a=undeclared,
    b=undeclared,
    x=lambda g, a, b, x: zmul(g, -a * special.hyperu(a + 1, b + 1, x)),
    tex=r"-a\,U(a + 1, b + 1, x)",
    samples=lambda x: [((0.5, 1.3, x(3) / 4 + 2), {})],
)
