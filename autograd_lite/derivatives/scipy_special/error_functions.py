"""The error function, its relatives, and the normal distribution, whose Φ is an error function in other units."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.primitives import Array

ROOT_PI = math.sqrt(math.pi)
ROOT_2PI = math.sqrt(2 * math.pi)
# From here on the slopes of erfcx and dawsn are differences of nearly equal numbers, and their series is exact.
FAR = 50.0


def far_slope(x: Array, sign: int) -> Array:
    """Return −1/(2x²) Σ (2k+1)!! (±1/(2x²))ᵏ, to which x-multiples of erfcx (−) and dawsn (+) tend for large x."""
    x = np.where(np.abs(x) > FAR, x, FAR)
    t = 0.5 / x / x
    series: Any = 1.0
    for k in (13, 11, 9, 7, 5, 3):
        series = 1 + k * (sign * t) * series
    return -t * series


def erfcx_slope(x: Array, y: Array) -> Array:
    """Return 2 x y − 2/√π, the slope of y = e^(x²) erfc x."""
    if x.dtype.kind == "c":
        return 2 * x * y - 2 / ROOT_PI
    return np.where(x > FAR, 2 / ROOT_PI * far_slope(x, -1), 2 * x * y - 2 / ROOT_PI)


def dawsn_slope(x: Array, y: Array) -> Array:
    """Return 1 − 2 x y, the slope of y = e^(−x²) ∫₀ˣ e^(t²) dt."""
    return 1 - 2 * x * y if x.dtype.kind == "c" else np.where(np.abs(x) > FAR, far_slope(x, 1), 1 - 2 * x * y)


def ratio(x: Array) -> Array:
    """Return φ(x) / Φ(x), the slope of log Φ: −x for very negative x, where both are 0."""
    return 2 / ROOT_2PI / special.erfcx(-x / math.sqrt(2))


GAUSSIAN = r"\frac{2}{\sqrt{\pi}}\,e^{-x^2}"
NORMAL = r"\frac{1}{\sqrt{2 \pi}}\,e^{-x^2 / 2}"
RATIO = r"\frac{\sqrt{2 / \pi}}{\operatorname{erfcx}(-x / \sqrt{2})}"

function("erf", x=lambda g, x: zmul(g, 2 / ROOT_PI * np.exp(-x * x)), tex=GAUSSIAN, domain=(-3, 3))
function("erfc", x=lambda g, x: zmul(g, -2 / ROOT_PI * np.exp(-x * x)), tex=rf"-{GAUSSIAN}", domain=(-3, 3))
function("erfcx", x=lambda g, x, y: zmul(g, erfcx_slope(x, y)), tex=r"2 x\,y - \frac{2}{\sqrt{\pi}}", domain=(-2, 3))
function(
    "erfi", x=lambda g, x: zmul(g, 2 / ROOT_PI * np.exp(x * x)), tex=r"\frac{2}{\sqrt{\pi}}\,e^{x^2}", domain=(-2, 2)
)
function("dawsn", x=lambda g, x, y: g * dawsn_slope(x, y), tex=r"1 - 2 x\,y", domain=(-3, 3))
function(
    "wofz",
    x=lambda g, x, y: g * (2j / ROOT_PI - 2 * x * y),
    tex=r"\frac{2 i}{\sqrt{\pi}} - 2 x\,y",
    domain=(-2, 2),
)
function(
    "erfinv",
    x=lambda g, y: zmul(g, ROOT_PI / 2 * np.exp(y * y)),
    tex=r"\frac{\sqrt{\pi}}{2}\,e^{y^2}",
    domain=(-0.9, 0.9),
)
function(
    "erfcinv",
    x=lambda g, y: zmul(g, -ROOT_PI / 2 * np.exp(y * y)),
    tex=r"-\frac{\sqrt{\pi}}{2}\,e^{y^2}",
    domain=(0.1, 1.9),
)

function("ndtr", x=lambda g, x: zmul(g, np.exp(-x * x / 2) / ROOT_2PI), tex=NORMAL, label="Φ", domain=(-3, 3))
function("log_ndtr", x=lambda g, x: zmul(g, ratio(x)), tex=RATIO, label="log Φ", domain=(-3, 3))
function(
    "ndtri",
    x=lambda g, y: zmul(g, ROOT_2PI * np.exp(y * y / 2)),
    tex=r"\sqrt{2 \pi}\,e^{y^2 / 2}",
    label="Φ⁻¹",
    domain=(0.1, 0.9),
)
function(
    "ndtri_exp",
    x=lambda g, y: zmul(g, 1 / ratio(y)),
    tex=r"\sqrt{\pi / 2}\,\operatorname{erfcx}(-y / \sqrt{2})",
    domain=(-3, -0.2),
)
# 1/(2π) ∫₀ᵃ e^(−h² (1 + t²) / 2) / (1 + t²) dt
function(
    "owens_t",
    h=lambda g, h, a: -g * special.erf(h * a / math.sqrt(2)) * np.exp(-h * h / 2) / (2 * ROOT_2PI),
    a=lambda g, h, a: g * np.exp(-h * h * (1 + a * a) / 2) / (2 * math.pi * (1 + a * a)),
    tex=(
        r"-g \odot \frac{1}{2 \sqrt{2 \pi}} \operatorname{erf}(h\,a / \sqrt{2})\,e^{-h^2 / 2}",
        r"g \odot \frac{e^{-h^2 (1 + a^2) / 2}}{2 \pi (1 + a^2)}",
    ),
    domain=(-2, 2),
)
