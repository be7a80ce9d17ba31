"""The error function, which NumPy does not have.

After W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969):
three quotients of polynomials, each for its range of |x|; the relative error is below 1e-15 in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from autograd_lite.blocks import in_blocks
from autograd_lite.derivatives.elementwise import elementwise
from autograd_lite.derivatives.vocabulary import of_reals
from autograd_lite.primitives import Array

Coefficients = tuple[float, ...]

SMALL, LARGE = 0.46875, 4.0

# Numerator and denominator, the highest power first.
# erf x = x R(x²) for |x| ≤ SMALL
NEAR_0 = (
    (1.85777706184603153e-1, 3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947),
    (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062),
)
# erfc x = e^(−x²) R(x) for SMALL < x ≤ LARGE
MIDDLE = (
    (2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131,
     881.952221241769090, 1712.04761263407058, 2051.07837782607147, 1230.33935479799725),
    (1.0, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019,
     3290.79923573345963, 4362.61909014324716, 3439.36767414372164, 1230.33935480374942),
)  # fmt: skip
# erfc x = e^(−x²)/x (1/√π − R(1/x²)/x²) for x > LARGE
FAR = (
    (1.63153871373020978e-2, 0.305326634961232344, 0.360344899949804439, 0.125781726111229246,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 0.527905102951428412, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip
# Beyond it erfc is 0 even as a denormal number of float64.
ZERO_BEYOND = 27.5


def polynomial(coefficients: Coefficients, x: Array) -> Array:
    """Return the polynomial at `x`, by Horner's rule."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value


def quotient(coefficients: tuple[Coefficients, Coefficients], x: Array) -> Array:
    """Return the quotient of two polynomials at `x`."""
    return polynomial(coefficients[0], x) / polynomial(coefficients[1], x)


def gaussian(x: Array) -> Array:
    """Return e^(−x²), with x² in two parts so that its rounding does not grow with x."""
    coarse = np.trunc(16 * x) / 16
    return np.exp(-coarse * coarse) * np.exp((coarse - x) * (coarse + x))


def complement(x: Array) -> Array:
    """Return erfc x for x > SMALL."""
    value = np.empty_like(x)
    far = x > LARGE
    middle = x[~far]
    value[~far] = gaussian(middle) * quotient(MIDDLE, middle)
    if far.any():
        x = np.minimum(x[far], ZERO_BEYOND)
        w = 1 / (x * x)
        value[far] = gaussian(x) / x * (1 / math.sqrt(math.pi) - w * quotient(FAR, w))
    return value


def split(x: Array) -> tuple[Array, Array, Array]:
    """Return where |x| is small, erf x there, and erfc |x| elsewhere."""
    small = np.abs(x) <= SMALL
    near = x[small]
    return small, near * quotient(NEAR_0, near * near), complement(np.abs(x[~small]))


def _erf_block(x: Array, out: Array | None = None) -> Array:
    small, near, rest = split(x)
    value = np.empty_like(x) if out is None else out
    value[small], value[~small] = near, np.copysign(1 - rest, x[~small])
    return value


def _erfc_block(x: Array, out: Array | None = None) -> Array:
    small, near, rest = split(x)
    value = np.empty_like(x) if out is None else out
    value[small], value[~small] = 1 - near, np.where(x[~small] < 0, 2 - rest, rest)
    return value


def elementwise_in_blocks(name: str, formula: Callable[..., Array], x: Array) -> Array:
    """Return `formula`, which needs float32 or float64 and at least one axis, of anything."""
    given = np.asarray(x)
    of_reals(name, given)
    wanted = np.result_type(given, np.float16)
    floats = np.atleast_1d(given.astype(np.result_type(wanted, np.float32), copy=False))
    return in_blocks(formula, floats).reshape(given.shape).astype(wanted, copy=False)


def _erf(x: Array) -> Array:
    return elementwise_in_blocks("erf", _erf_block, x)


def _erfc(x: Array) -> Array:
    return elementwise_in_blocks("erfc", _erfc_block, x)


erf = elementwise(
    _erf,
    lambda x: 2 / math.sqrt(math.pi) * np.exp(-x * x),
    name="erf",
    domain=(-3, 3),
    tex=r"\frac{2}{\sqrt{\pi}}\,e^{-x^2}",
    doc="""The error function 2/√π ∫₀ˣ e^(−t²) dt.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> round(float(ag.erf(1.0)), 12)
    0.84270079295
    """,
)
erfc = elementwise(
    _erfc,
    lambda x: -2 / math.sqrt(math.pi) * np.exp(-x * x),
    name="erfc",
    domain=(-3, 3),
    tex=r"-\frac{2}{\sqrt{\pi}}\,e^{-x^2}",
    doc="""1 − erf(x), precise for large x too.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> f"{float(ag.erfc(10.0)):.6e}"
    '2.088488e-45'
    """,
)
