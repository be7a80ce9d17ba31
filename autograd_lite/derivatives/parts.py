"""Numbers taken apart: fraction and whole part, mantissa and exponent, angle, the finite and the rest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.editing import constant
from autograd_lite.derivatives.vocabulary import direction
from autograd_lite.primitives import Array, Primitive, unregistered


def _fraction(x: Array) -> Array:
    return np.modf(x)[0]


fraction: Primitive = unregistered(
    _fraction,
    x=lambda g: g,
    name="modf",
    tex="g",
    domain=(-3, 3),
    doc="The fractional part.",
)
exponent: Primitive = unregistered(
    lambda x: np.frexp(x)[1], x=None, name="frexp", domain=(-3, 3), doc="The exponent of 2, a constant."
)


real_sign: Primitive = unregistered(
    np.sign, x=None, name="sign", domain=(-3, 3), doc="−1, 0 or 1, which is piecewise constant."
)


@composite(
    np.sign,
    samples=lambda x: [((x(2) + 1j * x(2),), {})],
    note="in complex numbers; of real ones it is piecewise constant",
)
def sign(x: Any, /) -> Any:
    """x / |x|, and 0 at 0; of a real number it is piecewise constant and has no gradient."""
    if x.dtype.kind != "c":
        return real_sign(x)
    infinite = np.isinf(x)
    return np.where(infinite, np.sign(constant(x)), direction(np.where(infinite, 1, x)))


@composite(np.modf, samples=lambda x: [((x(2, 3),), {})])
def modf(x: Any, /) -> Any:
    """The fractional part, whose derivative is 1, and the whole part, which is piecewise constant."""
    y = fraction(x)
    return y, np.trunc(x if x.dtype == y.dtype else x.astype(y.dtype))


@composite(np.frexp, samples=lambda x: [((x(2, 3),), {})])
def frexp(x: Any, /) -> Any:
    """Mantissa and exponent of x = m 2ᵉ; the exponent is piecewise constant, so that dm = 2⁻ᵉ dx."""
    power = exponent(x)
    return np.ldexp(x, -power), power


@composite(np.angle, samples=lambda x: [((x(3),), {}), ((x(2),), {"deg": True})])
def angle(z: Any, deg: bool = False) -> Any:
    """The argument of a complex number, arctan2(Im z, Re z); that of a real number is piecewise constant."""
    z = z if z.dtype.kind in "fc" else z.astype(np.arctan2(np.zeros(0, z.dtype), 0).dtype)
    turned = np.arctan2(z.imag, z.real) if z.dtype.kind == "c" else np.where(z < 0, math.pi, 0 * z)
    return turned * (180 / math.pi) if deg else turned


@composite(np.nan_to_num, samples=lambda x: [((x(3),), {}), ((x(2) / 1.0,), {"nan": 2.0})])
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with numbers in the place of NaN and of the infinities; the gradient passes where x is finite."""
    if not copy:
        x[...] = nan_to_num(x, True, nan, posinf, neginf)
        return x
    if x.dtype.kind == "b":
        return x.copy()
    if x.dtype.kind == "c":
        real, imag = (nan_to_num(part, True, nan, posinf, neginf) for part in (x.real, x.imag))
        return real + 1j * imag
    limits = np.finfo(x.dtype) if x.dtype.kind == "f" else np.iinfo(x.dtype)
    high = limits.max if posinf is None else posinf
    low = limits.min if neginf is None else neginf
    replaced = np.where(np.isnan(x), nan, np.where(x > 0, high, low))
    return np.where(np.isfinite(x), x, replaced.astype(x.dtype))


@composite(np.real_if_close, samples=lambda x: [((x(3),), {})])
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part of a complex array whose imaginary parts are all near 0; any other as it is."""
    if a.dtype.kind != "c":
        return a
    limit = tol * np.finfo(a.dtype).eps if tol > 1 else tol
    return a.real if bool(np.all(np.abs(a.imag) < limit)) else a
