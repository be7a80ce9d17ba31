"""The gamma function and its family; ψ is digamma, the slope of log Γ, and ζ(s, q) Hurwitz's zeta function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.errors import UnsupportedError
from autograd_lite.primitives import Array, undeclared

PSI = r"\psi(x)"


def _powers(x: Any) -> Any:
    return [((2, x(3)), {}), (([[1.5], [3.0]], x(2)), {})]


def trigamma(x: Array) -> Array:
    """Return ψ′(x) = ζ(2, x).

    Raises
    ------
    UnsupportedError
        When x is complex.
    """
    if x.dtype.kind == "c":
        raise UnsupportedError(
            "special.digamma of complex numbers has no derivative here: SciPy's zeta takes real ones.",
            "Give real numbers, or declare ag.primitive(...).",
        )
    return special.zeta(2, x)


def rgamma_slope(x: Array, y: Array) -> Array:
    """Return −ψ(x)/Γ(x), for small x by reflection: at the poles of ψ it is finite."""
    if x.dtype.kind == "c":
        return -y * special.digamma(x)
    low, high = np.where(x < 0.5, x, 0), np.where(x < 0.5, 1, x)
    reflected = np.cos(math.pi * low) - special.digamma(1 - low) * np.sin(math.pi * low) / math.pi
    return np.where(x < 0.5, special.gamma(1 - low) * reflected, -y * special.digamma(high))


function("gammaln", x=lambda g, x: zmul(g, special.digamma(x)), tex=PSI, domain=(0.2, 4))
function("loggamma", x=lambda g, x: zmul(g, special.digamma(x)), tex=PSI, domain=(0.2, 4))
function("gamma", x=lambda g, x, y: zmul(g, y * special.digamma(x)), tex=rf"y\,{PSI}", domain=(0.2, 4))
function("rgamma", x=lambda g, x, y: zmul(g, rgamma_slope(x, y)), tex=rf"-y\,{PSI}", domain=(-2.5, 3))
# The ufunc is called psi; digamma is another name for it.
function("psi", x=lambda g, x: zmul(g, trigamma(x)), tex=r"\zeta(2, x)", label="digamma", domain=(0.2, 4))
function(
    "zeta",
    ufunc="_ufuncs._zeta",
    s=undeclared,
    q=lambda g, s, q: zmul(g, -s * special.zeta(s + 1, q)),
    tex=r"-s\,\zeta(s + 1, q)",
    domain=(0.3, 3),
    samples=_powers,
)
function(
    "beta",
    a=lambda g, a, b, y: zmul(g, y * (special.digamma(a) - special.digamma(a + b))),
    b=lambda g, a, b, y: zmul(g, y * (special.digamma(b) - special.digamma(a + b))),
    tex=(r"g \odot y (\psi(a) - \psi(a + b))", r"g \odot y (\psi(b) - \psi(a + b))"),
    domain=(0.3, 3),
)
function(
    "betaln",
    a=lambda g, a, b: zmul(g, special.digamma(a) - special.digamma(a + b)),
    b=lambda g, a, b: zmul(g, special.digamma(b) - special.digamma(a + b)),
    tex=(r"g \odot (\psi(a) - \psi(a + b))", r"g \odot (\psi(b) - \psi(a + b))"),
    domain=(0.3, 3),
)
# Γ(a + m) / Γ(a)
function(
    "poch",
    a=lambda g, a, m, y: zmul(g, y * (special.digamma(a + m) - special.digamma(a))),
    m=lambda g, a, m, y: zmul(g, y * special.digamma(a + m)),
    tex=(r"g \odot y (\psi(a + m) - \psi(a))", r"g \odot y\,\psi(a + m)"),
    domain=(0.3, 3),
)
# Γ(n + 1) / (Γ(k + 1) Γ(n − k + 1))
function(
    "binom",
    n=lambda g, n, k, y: zmul(g, y * (special.digamma(n + 1) - special.digamma(n - k + 1))),
    k=lambda g, n, k, y: zmul(g, y * (special.digamma(n - k + 1) - special.digamma(k + 1))),
    tex=(r"g \odot y (\psi(n + 1) - \psi(n - k + 1))", r"g \odot y (\psi(n - k + 1) - \psi(k + 1))"),
    samples=lambda x: [((x(3, 2) + 8, x(2) + 3.6), {})],
)
