"""Orthogonal polynomials, differentiable in the argument; their slopes are others of one degree less (DLMF 18.9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, special
from autograd_lite.primitives import Array, undeclared


def one_less(name: str, n: Array, *rest: Array) -> Array:
    """Return a polynomial of degree n − 1, and 0 for n = 0: a constant has no slope."""
    return np.where(n == 0, 0, getattr(special, name)(np.where(n == 0, n, n - 1), *rest))


def _samples(*parameters: float) -> Any:
    return lambda x: [((3, *parameters, x(3) / 4), {}), ((np.array([[0], [1], [4]]), *parameters, x(2) / 4), {})]


def of_degree(name: str, slope: Callable[[Array, Array], Array], tex: str) -> None:
    """Declare a family without parameters by its slope in x, a function of n and x."""
    function(name, n=undeclared, x=lambda g, n, x: g * slope(n, x), tex=tex, samples=_samples())


of_degree("eval_chebyt", lambda n, x: n * one_less("eval_chebyu", n, x), r"n\,U_{n - 1}(x)")
of_degree("eval_chebyu", lambda n, x: 2 * one_less("eval_gegenbauer", n, 2.0, x), r"2\,C^{(2)}_{n - 1}(x)")
of_degree(
    "eval_legendre",
    lambda n, x: (n + 1) / 2 * one_less("eval_jacobi", n, 1.0, 1.0, x),
    r"\frac{n + 1}{2}\,P^{(1, 1)}_{n - 1}(x)",
)
of_degree("eval_hermite", lambda n, x: 2 * n * one_less("eval_hermite", n, x), r"2 n\,H_{n - 1}(x)")
of_degree("eval_hermitenorm", lambda n, x: n * one_less("eval_hermitenorm", n, x), r"n\,He_{n - 1}(x)")
of_degree("eval_laguerre", lambda n, x: -one_less("eval_genlaguerre", n, 1.0, x), "-L^{(1)}_{n - 1}(x)")
function(
    "eval_genlaguerre",
    n=undeclared,
    a=undeclared,
    x=lambda g, n, a, x: -g * one_less("eval_genlaguerre", n, a + 1, x),
    tex="-L^{(a + 1)}_{n - 1}(x)",
    samples=_samples(0.5),
)
function(
    "eval_gegenbauer",
    n=undeclared,
    a=undeclared,
    x=lambda g, n, a, x: 2 * g * a * one_less("eval_gegenbauer", n, a + 1, x),
    tex=r"2 a\,C^{(a + 1)}_{n - 1}(x)",
    samples=_samples(0.5),
)
function(
    "eval_jacobi",
    n=undeclared,
    a=undeclared,
    b=undeclared,
    x=lambda g, n, a, b, x: g * (n + a + b + 1) / 2 * one_less("eval_jacobi", n, a + 1, b + 1, x),
    tex=r"\frac{n + a + b + 1}{2}\,P^{(a + 1, b + 1)}_{n - 1}(x)",
    samples=_samples(0.5, 1.5),
)
