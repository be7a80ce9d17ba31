"""NumPy's further elementwise functions of two operands; the arithmetic ones stand in `elementwise`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.vocabulary import keep, nonzero, zmul
from autograd_lite.primitives import Array, primitive

PAIR = (-3, 3)


def distance_below(y: Array, a: Array) -> Array:
    """Return a − y, and 0 where they are equal, infinite ones too."""
    return np.where(a == y, 0, a - y)


def present(g: Array, a: Array, b: Array) -> Array:
    """Return g where fmax takes `a`: where it is larger or `b` is NaN, and half of it where they tie."""
    return np.where((a > b) | np.isnan(b), g, np.where(a == b, g / 2, 0))


def signed(g: Array, b: Array) -> Array:
    """Return g, and −g where `b` is negative; the sign of −0.0 counts."""
    return np.where(np.signbit(b), -g, g)


def _xlogy(x: Array, y: Array) -> Array:
    return x * np.log(np.where((x == 0) & ~np.isnan(y), 1, y))


def over_square(a: Array, h: Array) -> Array:
    """Return a / h², divided twice so that nothing underflows; 0 where h is 0."""
    return a / nonzero(h) / nonzero(h)


def whole(a: Array, b: Array, y: Array) -> Array:
    """Return how many times `b` was taken from `a` to leave the remainder `y`: a constant."""
    return np.rint((a - y) / b)


def unless_both_0(a: Array, b: Array) -> Array:
    """Return `b`, and 1 where it and `a` are 0: there the limit of a log b is meant, which is 0."""
    return np.where((a == 0) & (b == 0), 1, b)


def _remainders(x: Any) -> Any:
    divisors = np.array([[-1.7], [0.9], [2.3]])
    return [((x(3, 2), divisors), {}), ((x(), divisors[:1, 0]), {}), ((x(2), np.array(1.25)), {})]


# y = log(eᵃ + eᵇ): dy = e^(a−y) da + e^(b−y) db
primitive(
    np.logaddexp,
    a=lambda g, y, a: g * np.exp(distance_below(y, a)),
    b=lambda g, y, b: g * np.exp(distance_below(y, b)),
    domain=PAIR,
    tex=(r"g \odot e^{a - y}", r"g \odot e^{b - y}"),
)
primitive(
    np.logaddexp2,
    a=lambda g, y, a: g * np.exp2(distance_below(y, a)),
    b=lambda g, y, b: g * np.exp2(distance_below(y, b)),
    domain=PAIR,
    tex=(r"g \odot 2^{a - y}", r"g \odot 2^{b - y}"),
)
# At the origin the length has no direction: the gradient is 0 there, as that of the norm.
primitive(
    np.hypot,
    a=lambda g, y, a: g * (a / nonzero(y)),
    b=lambda g, y, b: g * (b / nonzero(y)),
    domain=(0.2, 3),
    tex=(r"g \odot \frac{a}{y}", r"g \odot \frac{b}{y}"),
)
primitive(
    np.arctan2,
    a=lambda g, a, b: g * over_square(b, np.hypot(a, b)),
    b=lambda g, a, b: -g * over_square(a, np.hypot(a, b)),
    domain=(0.2, 3),
    tex=(r"g \odot \frac{b}{a^2 + b^2}", r"-g \odot \frac{a}{a^2 + b^2}"),
)
primitive(
    np.fmax,
    a=lambda g, a, b: present(g, a, b),
    b=lambda g, a, b: present(g, b, a),
    domain=PAIR,
    tex=(r"g \odot ([a > b] + \frac{1}{2} [a = b])", r"g \odot ([b > a] + \frac{1}{2} [a = b])"),
)
primitive(
    np.fmin,
    a=lambda g, a, b: present(g, -a, -b),
    b=lambda g, a, b: present(g, -b, -a),
    domain=PAIR,
    tex=(r"g \odot ([a < b] + \frac{1}{2} [a = b])", r"g \odot ([b < a] + \frac{1}{2} [a = b])"),
)
for _remainder in (np.remainder, np.fmod):
    primitive(
        _remainder,
        a=lambda g: g,
        b=lambda g, a, b, y: zmul(-g, whole(a, b, y)),
        infix="mod" if _remainder is np.remainder else None,
        samples=_remainders,
        tex=("g", r"-g \odot \operatorname{rint}(\frac{a - y}{b})"),
    )
primitive(
    np.copysign,
    a=lambda g, a, b: signed(g, b) * np.sign(a),
    b=None,
    samples=lambda x: [((x(3, 2), np.array([[1], [-2], [0]], np.int8)), {}), ((x(), -1), {})],
    tex=r"g \odot \operatorname{sign}(a) \odot \operatorname{copysign}(1, b)",
)
primitive(
    np.ldexp,
    a=lambda g, b: np.ldexp(g, b),
    b=None,
    samples=lambda x: [((x(2, 3), np.array([-1, 0, 2])), {}), ((x(), 3), {})],
    tex=r"\operatorname{ldexp}(g, b)",
)
primitive(
    np.heaviside,
    a=None,
    b=lambda g, a: keep(g, a == 0),
    samples=lambda x: [((np.array([-1, 0, 2], np.int8), x(3)), {}), ((np.array([[0], [1]], np.int8), x(3)), {})],
    tex=r"g \odot [a = 0]",
)
primitive(
    np.nextafter,
    a=lambda g: g,
    b=None,
    samples=lambda x: [((x(3), 4), {}), ((x(), 4), {})],
    tex="g",
)
xlogy = primitive(
    _xlogy,
    a=lambda g, a, b: zmul(g, np.log(unless_both_0(a, b))),
    b=lambda g, a, b: zmul(g, a / unless_both_0(a, b)),
    name="xlogy",
    views=False,
    domain=(0.2, 3),
    tex=(r"g \odot \ln b", r"g \odot \frac{a}{b}"),
    doc="""a log b, and 0 where a is 0, for b = 0 too: the summand of an entropy.

    Both derivatives are 0 where a and b are 0.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> p = ag.tensor([0.0, 0.5, 0.5], requires_grad=True)
    >>> ag.xlogy(p, p)
    tensor([ 0.        , -0.34657359, -0.34657359], requires_grad=True)
    """,
)


@composite(np.float_power, samples=lambda x: [((x(3) + 4, x(2, 1)), {}), ((x(2), 3), {})])
def float_power(x1: Any, x2: Any, /) -> Any:
    """x1 to the power x2 in float64, or complex128: ``np.power`` of the operands in that dtype."""
    wide = np.result_type(x1, x2, np.float64)
    a, b = (each.astype(wide) if hasattr(each, "astype") else each for each in (x1, x2))
    return np.power(a, b)


@composite(np.divmod, samples=lambda x: [((x(3), 1.25), {}), ((x(2, 1), np.array([0.9, -1.7])), {})])
def divmod(x1: Any, x2: Any, /) -> Any:
    """The whole quotient, which is piecewise constant and has no gradient, and the remainder."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)
