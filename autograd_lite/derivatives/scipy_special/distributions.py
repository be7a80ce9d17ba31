"""Distribution functions, differentiable in the argument: the slopes are densities, those of the inverses 1/density.

The parameters are constants: in them there is no closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.primitives import Array, undeclared


def gamma_density(a: Array, x: Array) -> Array:
    """Return x^(a−1) e⁻ˣ / Γ(a)."""
    return np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def chi_density(df: Array, x: Array) -> Array:
    """Return the density of χ² with `df` degrees of freedom."""
    return gamma_density(df / 2, x / 2) / 2


def student_density(df: Array, t: Array) -> Array:
    """Return the density of Student's t with `df` degrees of freedom."""
    scale = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - np.log(df * math.pi) / 2
    return np.exp(scale - (df + 1) / 2 * np.log1p(t * t / df))


def poisson(k: Array, m: Array) -> Array:
    """Return mᵏ e⁻ᵐ / k! for the whole part of k."""
    return gamma_density(np.floor(k) + 1, m)


def beta_density(a: Array, b: Array, x: Array) -> Array:
    """Return x^(a−1) (1−x)^(b−1) / B(a, b)."""
    return np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b))


def _samples(*parameters: float) -> Any:
    return lambda x: [((*parameters, 0.5 + x(3) / 8), {}), ((*parameters, 0.5 + x(2, 1) / 8), {})]


def of_one(name: str, density: Callable[..., Array], sign: int, tex: str) -> None:
    """Declare F(a, x) by F′ = ± density(a, x)."""
    function(name, a=undeclared, x=lambda g, a, x: zmul(sign * g, density(a, x)), tex=tex, samples=_samples(2.5))


def inverse_of_one(name: str, density: Callable[..., Array], sign: int, tex: str) -> None:
    """Declare F⁻¹(a, p) by 1/F′ at the result."""
    function(name, a=undeclared, p=lambda g, a, y: zmul(sign * g, 1 / density(a, y)), tex=tex, samples=_samples(2.5))


def of_two(name: str, sign: int, tex: str) -> None:
    """Declare F(a, b, x), a beta distribution or its complement."""
    function(
        name,
        a=undeclared,
        b=undeclared,
        x=lambda g, a, b, x: zmul(sign * g, beta_density(a, b, x)),
        tex=tex,
        samples=_samples(2.5, 1.5),
    )


def inverse_of_two(name: str, sign: int, tex: str) -> None:
    """Declare the inverse of a beta distribution or of its complement."""
    function(
        name,
        a=undeclared,
        b=undeclared,
        p=lambda g, a, b, y: zmul(sign * g, 1 / beta_density(a, b, y)),
        tex=tex,
        samples=_samples(2.5, 1.5),
    )


GAMMA = r"\frac{x^{a - 1} e^{-x}}{\Gamma(a)}"
INVERSE_GAMMA = r"\Gamma(a)\,y^{1 - a} e^y"
CHI = r"\frac{x^{a / 2 - 1} e^{-x / 2}}{2^{a / 2}\,\Gamma(a / 2)}"
POISSON = r"\frac{x^a e^{-x}}{a!}"
BETA = r"\frac{x^{a - 1} (1 - x)^{b - 1}}{B(a, b)}"
INVERSE_BETA = r"B(a, b)\,y^{1 - a} (1 - y)^{1 - b}"
STUDENT = r"\frac{(1 + x^2 / a)^{-(a + 1) / 2}}{\sqrt{a}\,B(a / 2, 1 / 2)}"
INVERSE_STUDENT = r"\sqrt{a}\,B(a / 2, 1 / 2) (1 + y^2 / a)^{(a + 1) / 2}"

of_one("gammainc", gamma_density, 1, GAMMA)
of_one("gammaincc", gamma_density, -1, f"-{GAMMA}")
inverse_of_one("gammaincinv", gamma_density, 1, INVERSE_GAMMA)
inverse_of_one("gammainccinv", gamma_density, -1, f"-{INVERSE_GAMMA}")
of_one("chdtr", chi_density, 1, CHI)
of_one("chdtrc", chi_density, -1, f"-{CHI}")
of_one("pdtr", poisson, -1, f"-{POISSON}")
of_one("pdtrc", poisson, 1, POISSON)
of_one("stdtr", student_density, 1, STUDENT)
inverse_of_one("stdtrit", student_density, 1, INVERSE_STUDENT)
of_two("betainc", 1, BETA)
of_two("betaincc", -1, f"-{BETA}")
inverse_of_two("betaincinv", 1, INVERSE_BETA)
inverse_of_two("betainccinv", -1, f"-{INVERSE_BETA}")
