"""Elementwise functions: d f(x) = f′(x) dx, one line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.blocks import BLOCK, in_blocks
from autograd_lite.derivatives.vocabulary import (
    conj,
    direction,
    inverse,
    inverse_own,
    keep,
    log_or_zero,
    power_slope,
    side,
    winner,
    zmul,
    zmul_slope,
)
from autograd_lite.errors import UsageError
from autograd_lite.primitives import Array, Primitive, parameters_of, primitive


def elementwise(
    fn: Callable[..., Array], slope: Callable[..., Array], *, singular: bool = False, **options: Any
) -> Primitive:
    """Declare a function of one operand by its slope, a formula in x and y = f(x).

    `singular` says that the slope can be infinite, where a gradient of 0 has to stay 0; such a slope returns its
    operand or what it has just computed, which the rule then writes into.
    """
    (needs,) = parameters_of(slope)
    rules = {
        ("x", False): lambda g, x: g * slope(x),
        ("y", False): lambda g, y: g * slope(y),
        ("x", True): lambda g, x: zmul_slope(g, slope(x), x),
        ("y", True): lambda g, y: zmul_slope(g, slope(y), y),
    }
    return primitive(fn, x=rules[needs, singular], **options)


# The largest integers whose exponential is finite, by the dtype's character.
_LARGEST_EXPONENT: dict[str, Any] = {"e": np.float16(11), "f": np.float32(88), "d": np.float64(709)}


def _sigmoid(x: Array) -> Array:
    """1 / (1 + e⁻ˣ)."""
    if not hasattr(x, "dtype") or x.dtype.kind not in "fc":
        x = np.float64(1) * x
    return _logistic(x) if x.size <= BLOCK else in_blocks(_logistic, x)


def _logistic(x: Array, **out: Array) -> Array:
    """1 / (1 + e⁻ˣ) with the exponent kept from overflowing; precise for very negative x too."""
    power = -x
    limit = _LARGEST_EXPONENT.get(x.dtype.char)
    if limit is not None:  # with one number np.clip is slower to call than np.minimum, and three times as fast
        power = np.clip(power, -np.inf, limit) if out else np.minimum(power, limit)
    power = np.exp(power)
    power += 1
    return np.reciprocal(power, **out)


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _clip(x: Array, low: Any, high: Any) -> Array:
    return np.clip(x, low, high)


def _clip_call(x: Array, min: Any = None, max: Any = None, *, a_min: Any = None, a_max: Any = None) -> Any:
    """Bring np.clip's arguments into canonical form; `min` and `max` are the array API's names."""
    return (x, a_min if min is None else min, a_max if max is None else max), {}


def _where_call(condition: Array, a: Any = None, b: Any = None, /) -> Any:
    """Take three operands; the condition alone, which gives indices, does not come here."""
    if a is None or b is None:
        raise UsageError(
            "where() of a Tensor takes a condition and two choices, where(condition, a, b), or the condition alone.",
            "Give both choices; where(condition), as np.nonzero, tells the indices where it is true.",
        )
    return (condition, a, b), {}


def _inside(x: Array, low: Any, high: Any) -> Array:
    """Return where clipping left `x` as it was; a bound itself counts as inside."""
    return (x >= (-np.inf if low is None else low)) & (x <= (np.inf if high is None else high))


# fmt: off
# d(a + b) = da + db, d(a b) = b da + a db, d(a / b) = da / b - (a / b) db / b
primitive(np.add,      a=lambda g: g,  b=lambda g: g,   infix="+", domain=(-3, 3), tex=("g", "g"))
primitive(np.subtract, a=lambda g: g,  b=lambda g: -g,  infix="−", domain=(-3, 3), tex=("g", "-g"))
primitive(np.multiply, a=lambda g, b: g * b,            b=lambda g, a: g * a,               infix="·", domain=(-3, 3), tex=(r"g \odot b", r"g \odot a"))
primitive(np.divide,   a=lambda g, b: zmul(g, inverse(b)),   b=lambda g, y, b: -zmul(g, y / b),  infix="/", domain=(0.3, 3), tex=(r"g \odot \frac{1}{b}", r"-g \odot \frac{y}{b}"))
primitive(np.power,    a=lambda g, a, b: zmul(g, power_slope(a, b)),
                       b=lambda g, y, a: zmul(g, y * log_or_zero(a)),                       infix="^", domain=(0.3, 3), tex=(r"g \odot b\,a^{b-1}", r"g \odot y \odot \ln a"))
primitive(np.maximum,  a=lambda g, a, b: winner(g, a, b), b=lambda g, a, b: winner(g, b, a), label="max", domain=(-3, 3), tex=(r"g \odot ([a > b] + \frac{1}{2} [a = b])", r"g \odot ([b > a] + \frac{1}{2} [a = b])"))
primitive(np.minimum,  a=lambda g, a, b: winner(g, b, a), b=lambda g, a, b: winner(g, a, b), label="min", domain=(-3, 3), tex=(r"g \odot ([a < b] + \frac{1}{2} [a = b])", r"g \odot ([b < a] + \frac{1}{2} [a = b])"))

primitive(np.negative,   x=lambda g: -g,                      tex="-g",                       domain=(-3, 3), infix="−")
primitive(np.positive,   x=lambda g: g,                       tex="g",                        domain=(-3, 3), infix="+")
elementwise(np.absolute,   lambda x: conj(direction(x)),      tex=r"\operatorname{sign}(x)",  domain=(0.2, 3), label="|·|")
elementwise(np.square,     lambda x: 2 * x,                  tex="2x",                       domain=(-3, 3), label="x²")
elementwise(np.sqrt,       lambda y: 0.5 / y,                tex=r"\frac{1}{2\sqrt{x}}",     domain=(0.1, 3), singular=True, label="√")
elementwise(np.cbrt,       lambda y: 1 / (3 * y * y),        tex=r"\frac{1}{3 y^2}",          domain=(0.1, 3), singular=True, label="∛")
elementwise(np.fabs,       lambda x: np.sign(x),             tex=r"\operatorname{sign}(x)",  domain=(0.2, 3), label="|·|")
elementwise(np.reciprocal, lambda y: -y * y,                 tex=r"-\frac{1}{x^2}",           domain=(0.3, 3), singular=True, label="1/x")

elementwise(np.exp,        lambda y: y,                      tex=r"e^x",                     domain=(-3, 3), singular=True)
elementwise(np.expm1,      lambda y: y + 1,                  tex=r"e^x",                     domain=(-3, 3), singular=True)
elementwise(np.exp2,       lambda y: y * np.log(2),          tex=r"2^x \ln 2",               domain=(-3, 3), singular=True)
elementwise(np.log,        lambda x: 1 / x,                  tex=r"\frac{1}{x}",             domain=(0.2, 3), singular=True)
elementwise(np.log2,       lambda x: 1 / (x * np.log(2)),    tex=r"\frac{1}{x \ln 2}",       domain=(0.2, 3), singular=True)
elementwise(np.log10,      lambda x: 1 / (x * np.log(10)),   tex=r"\frac{1}{x \ln 10}",      domain=(0.2, 3), singular=True)
elementwise(np.log1p,      lambda x: inverse_own(1 + x),   tex=r"\frac{1}{1 + x}",         domain=(-0.7, 3), singular=True)

primitive(np.deg2rad,    x=lambda g: np.deg2rad(g),          tex=r"\frac{\pi}{180} g",       domain=(-3, 3))
primitive(np.radians,    x=lambda g: np.radians(g),          tex=r"\frac{\pi}{180} g",       domain=(-3, 3))
primitive(np.rad2deg,    x=lambda g: np.rad2deg(g),          tex=r"\frac{180}{\pi} g",       domain=(-3, 3))
primitive(np.degrees,    x=lambda g: np.degrees(g),          tex=r"\frac{180}{\pi} g",       domain=(-3, 3))

elementwise(np.sin,        lambda x: np.cos(x),              tex=r"\cos x",                  domain=(-3, 3))
elementwise(np.cos,        lambda x: -np.sin(x),             tex=r"-\sin x",                 domain=(-3, 3))
elementwise(np.tan,        lambda y: 1 + y * y,              tex="1 + y^2",                    domain=(-1.2, 1.2))
elementwise(np.arcsin,     lambda x: 1 / side(x),         tex=r"\frac{1}{\sqrt{1 - x^2}}", domain=(-0.8, 0.8), singular=True)
elementwise(np.arccos,     lambda x: -1 / side(x),        tex=r"-\frac{1}{\sqrt{1 - x^2}}", domain=(-0.8, 0.8), singular=True)
elementwise(np.arctan,     lambda x: 1 / (1 + x * x),        tex=r"\frac{1}{1 + x^2}",       domain=(-3, 3))
elementwise(np.sinh,       lambda x: np.cosh(x),             tex=r"\cosh x",                 domain=(-3, 3), singular=True)
elementwise(np.cosh,       lambda x: np.sinh(x),             tex=r"\sinh x",                 domain=(-3, 3), singular=True)
elementwise(np.tanh,       lambda y: 1 - y * y,              tex=r"1 - y^2",                 domain=(-3, 3))
elementwise(np.arcsinh,    lambda x: 1 / np.sqrt(x * x - -1), tex=r"\frac{1}{\sqrt{x^2 + 1}}", domain=(-3, 3))
elementwise(np.arccosh,    lambda x: 1 / (np.sqrt(x - 1) * np.sqrt(x - -1)), tex=r"\frac{1}{\sqrt{x - 1} \sqrt{x + 1}}", domain=(1.2, 3), singular=True)
elementwise(np.arctanh,    lambda x: 1 / (1 - x * x),        tex=r"\frac{1}{1 - x^2}",       domain=(-0.8, 0.8), singular=True)

sigmoid = elementwise(_sigmoid, lambda y: y * (1 - y),       tex=r"y (1 - y)",                domain=(-3, 3), name="sigmoid", label="σ", views=False,
                      doc="The logistic function σ(x) = 1 / (1 + e⁻ˣ), without overflow; σ′ = σ (1 − σ).")
relu = primitive(_relu,         x=lambda g, y: keep(g, y != 0),  tex=r"[x > 0]",              domain=(-3, 3), name="relu", label="ReLU", views=False,
                 doc="max(0, x); the derivative is 1 where x > 0 and 0 where x ≤ 0; NaN lets it pass, as in PyTorch.")

# Cotangents in the walk are dL/dRe − i dL/dIm, so that holomorphic rules need no conjugate.
primitive(np.conjugate, x=lambda g: np.conjugate(g),         tex=r"\operatorname{conj}(g)",  domain=(-3, 3), label="conj")
primitive(np.real,      x=lambda g: g,                       tex="g",                        domain=(-3, 3), label="Re")
primitive(np.imag,      x=lambda g: -1j * g,                 tex=r"-i\,g",                   domain=(-3, 3), label="Im")
# fmt: on

primitive(
    np.where,
    canonical=_where_call,
    condition=None,
    a=lambda g, condition: np.where(condition, g, 0),
    b=lambda g, condition: np.where(condition, 0, g),
    samples=lambda x: [((x(3, 2) > 0, x(3, 2), x(2)), {}), ((x(3) > 0, x(), x(3)), {})],
    tex=(r"[condition] \odot g", r"(1 - [condition]) \odot g"),
)

primitive(
    _clip,
    x=lambda g, x, low, high: keep(g, _inside(x, low, high)),
    low=lambda g, x, low, high: keep(g, (x < low) & (low <= (np.inf if high is None else high))),
    high=lambda g, x, low, high: keep(g, (x > high) | ((-np.inf if low is None else low) > high)),
    name="clip",
    answers_to=(np.clip,),
    canonical=_clip_call,
    samples=lambda x: [((x(4, 3), -1.0, 2.0), {}), ((x(4), None, 0.5), {}), ((x(4, 3), x(3) - 4, x(4, 1) + 4), {})],
    tex=(
        r"g \odot [low \le x \le high]",
        r"g \odot [x < low] \odot [low \le high]",
        r"g \odot ([x > high] + [x \le high] \odot [low > high])",
    ),
    doc="x limited to [a_min, a_max], bounds included; where these cross it is a_max, which then has the gradient.",
)
