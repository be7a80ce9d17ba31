"""Functions made of exponentials and logarithms: the logistic function, entropies, powers, Huber's loss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.derivatives.two_operands import unless_both_0
from autograd_lite.derivatives.vocabulary import keep, log_or_zero, power_slope, zmul
from autograd_lite.primitives import undeclared

DEGREE = math.pi / 180
FRACTION = (-0.7, 3)

function(
    "expit",
    x=lambda g, x, y: g * y * special.expit(-x),
    tex=r"y\,\sigma(-x)",
    label="σ",
    domain=(-3, 3),
)
function("log_expit", x=lambda g, x: g * special.expit(-x), tex=r"\sigma(-x)", label="log σ", domain=(-3, 3))
function("logit", x=lambda g, x: zmul(g, 1 / (x * (1 - x))), tex=r"\frac{1}{x (1 - x)}", domain=(0.1, 0.9))

function("expm1", x=lambda g, y: zmul(g, y + 1), tex="e^x", domain=(-3, 3))
function("exp2", x=lambda g, y: zmul(g, y * math.log(2)), tex=r"2^x \ln 2", domain=(-3, 3))
function("exp10", x=lambda g, y: zmul(g, y * math.log(10)), tex=r"10^x \ln 10", domain=(-2, 2))
function("log1p", x=lambda g, x: zmul(g, 1 / (1 + x)), tex=r"\frac{1}{1 + x}", domain=FRACTION)
function("cbrt", x=lambda g, y: zmul(g, 1 / (3 * y * y)), tex=r"\frac{1}{3 y^2}", domain=(0.1, 3))
function("cosm1", x=lambda g, x: -g * np.sin(x), tex=r"-\sin x", domain=(-3, 3))
# (eˣ − 1)/x = ₁F₁(1; 2; x), whose slope has no 0/0 at 0


def exprel_slope(x: Any, y: Any) -> Any:
    """Return (1 + (x − 1) eˣ) / x² by forms that do not cancel; far out SciPy's ₁F₁ does not come back."""
    far, below, above = np.clip(x, -800, -2), np.minimum(x, -2), np.maximum(x, 2)
    slope = special.hyp1f1(2, 3, np.clip(x, -2, 2)) / 2
    slope = np.where(x < -2, (1 + (far - 1) * np.exp(far)) / (below * below), slope)
    return np.where(x > 2, y * (1 - 1 / above) + 1 / above, slope)


function("exprel", x=lambda g, x, y: zmul(g, exprel_slope(x, y)), tex=r"\frac{1 + (x - 1) e^x}{x^2}", domain=(-3, 3))
function("sindg", x=lambda g, x: g * DEGREE * special.cosdg(x), tex=r"\frac{\pi}{180} \cos x°", domain=(-80, 80))
function("cosdg", x=lambda g, x: -g * DEGREE * special.sindg(x), tex=r"-\frac{\pi}{180} \sin x°", domain=(-80, 80))
function("tandg", x=lambda g, y: g * DEGREE * (1 + y * y), tex=r"\frac{\pi}{180} (1 + y^2)", domain=(-70, 70))
function("cotdg", x=lambda g, y: zmul(-g * DEGREE, 1 + y * y), tex=r"-\frac{\pi}{180} (1 + y^2)", domain=(20, 80))

# Entropies; 0 log 0 is 0.
function("entr", x=lambda g, x: zmul(g, -np.log(x) - 1), tex=r"-\ln x - 1", domain=(0.1, 3))
function(
    "rel_entr",
    a=lambda g, a, b: zmul(g, np.log(unless_both_0(b, a)) - np.log(unless_both_0(a, b)) + 1),
    b=lambda g, a, b: zmul(g, -a / unless_both_0(a, b)),
    tex=(r"g \odot (\ln \frac{a}{b} + 1)", r"-g \odot \frac{a}{b}"),
    domain=(0.2, 3),
)
function(
    "kl_div",
    a=lambda g, a, b: zmul(g, np.log(unless_both_0(b, a)) - np.log(unless_both_0(a, b))),
    b=lambda g, a, b: zmul(g, 1 - a / unless_both_0(a, b)),
    tex=(r"g \odot \ln \frac{a}{b}", r"g \odot (1 - \frac{a}{b})"),
    domain=(0.2, 3),
)
function(
    "xlogy",
    a=lambda g, a, b: zmul(g, np.log(unless_both_0(a, b))),
    b=lambda g, a, b: zmul(g, a / unless_both_0(a, b)),
    tex=(r"g \odot \ln b", r"g \odot \frac{a}{b}"),
    domain=(0.2, 3),
)
function(
    "xlog1py",
    a=lambda g, a, b: zmul(g, np.log1p(np.where((a == 0) & (b == -1), 0, b))),
    b=lambda g, a, b: zmul(g, a / unless_both_0(a, 1 + b)),
    tex=(r"g \odot \ln(1 + b)", r"g \odot \frac{a}{1 + b}"),
    domain=FRACTION,
)

# aᵇ − 1; (aᵇ − 1)/b = ln a · exprel(b ln a), and log a for b = 0; and their inverses
function(
    "powm1",
    a=lambda g, a, b: zmul(g, power_slope(a, b)),
    b=lambda g, y, a: zmul(g, (y + 1) * log_or_zero(a)),
    tex=(r"g \odot b\,a^{b-1}", r"g \odot (y + 1) \ln a"),
    domain=(0.3, 3),
)
function(
    "boxcox",
    a=lambda g, a, b: zmul(g, a ** (b - 1.0)),
    b=lambda g, a, b: zmul(g, np.log(a) ** 2 * special.hyp1f1(2, 3, b * np.log(a)) / 2),
    tex=(r"g \odot a^{b-1}", r"g \odot \frac{a^b (b \ln a - 1) + 1}{b^2}"),
    domain=(0.3, 3),
)
function(
    "boxcox1p",
    a=lambda g, a, b: zmul(g, (1 + a) ** (b - 1.0)),
    b=lambda g, a, b: zmul(g, np.log1p(a) ** 2 * special.hyp1f1(2, 3, b * np.log1p(a)) / 2),
    tex=(r"g \odot (1 + a)^{b-1}", r"g \odot \frac{(1 + a)^b (b \ln(1 + a) - 1) + 1}{b^2}"),
    domain=(0.3, 3),
)
function(
    "inv_boxcox",
    a=lambda g, y, a, b: zmul(g, y / (1 + a * b)),
    b=undeclared,
    tex=r"\frac{y}{1 + a\,b}",
    samples=lambda x: [((x(3) / 9 + 1, 0.7), {}), ((x(2), 0), {})],
)
function(
    "inv_boxcox1p",
    a=lambda g, y, a, b: zmul(g, (y + 1) / (1 + a * b)),
    b=undeclared,
    tex=r"\frac{y + 1}{1 + a\,b}",
    samples=lambda x: [((x(3) / 9 + 1, 0.7), {}), ((x(2), 0), {})],
)

# r²/2 for |r| ≤ δ and δ (|r| − δ/2) beyond; δ² (√(1 + (r/δ)²) − 1)
function(
    "huber",
    delta=lambda g, delta, r: keep(g, np.abs(r) > delta) * (np.abs(r) - delta),
    r=lambda g, delta, r: g * np.clip(r, -delta, delta),
    tex=(
        r"g \odot [|r| > delta] \odot (|r| - delta)",
        r"g \odot \operatorname{clip}(r, -delta, delta)",
    ),
    samples=lambda x: [((1.25, x(4)), {}), ((np.array([[0.5], [2.6]]), x(5)), {})],
)
function(
    "pseudo_huber",
    delta=lambda g, delta, r: g * r * r / delta * (2 / (np.hypot(1, r / delta) + 1) - 1 / np.hypot(1, r / delta)),
    r=lambda g, delta, r: g * r / np.hypot(1, r / delta),
    tex=(
        r"g \odot \frac{r^2}{delta} (\frac{2}{1 + \sqrt{1 + (r / delta)^2}} - \frac{1}{\sqrt{1 + (r / delta)^2}})",
        r"g \odot \frac{r}{\sqrt{1 + (r / delta)^2}}",
    ),
    domain=(0.3, 3),
)
