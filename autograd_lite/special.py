"""SciPy's special functions under their names there, ``ag.special.gammaln(t)``; they need the package scipy.

SciPy's own ``scipy.special.gammaln(t)`` is the same; with ``SCIPY_ARRAY_API=1`` it looks for this namespace.
"""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special import installed_functions
from autograd_lite.errors import UnknownNameError
from autograd_lite.spelling import spelled

# What SciPy's ufuncs of these names call themselves.
OTHER_NAMES = {"digamma": "psi", "jn": "jv"}


@spelled
def polygamma(n: Any, x: Any) -> Any:
    """Return the n-th derivative of digamma, which scipy.special.polygamma gives for arrays only.

    Parameters
    ----------
    n : int or array_like of int
        The order, a constant.
    x : array_like
        Real numbers.

    Notes
    -----
    (−1)ⁿ⁺¹ n! ζ(n + 1, x) for n > 0 (DLMF 5.15).

    Examples
    --------
    >>> import autograd_lite as ag
    >>> x = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> ag.special.polygamma(1, x)  # doctest: +SKIP
    tensor([1.64493407, 0.64493407], requires_grad=True)
    """
    order = np.asarray(n)
    above = np.where(order == 0, 1, order)
    y = (-1.0) ** (above + 1) * _function("gamma")(above + 1.0) * _function("zeta")(above + 1, x)
    return np.where(order == 0, _function("psi")(x), y)


@spelled
def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the gamma function of d dimensions: d(d−1)/4 log π + Σ log Γ(a − k/2) over k < d.

    Parameters
    ----------
    a : array_like
        Real numbers above (d − 1)/2.
    d : int
        The dimension.

    Examples
    --------
    >>> import autograd_lite as ag
    >>> ag.special.multigammaln(ag.tensor([2.0, 3.0]), 2)  # doctest: +SKIP
    tensor([0.45158271, 1.55019499])
    """
    return d * (d - 1) / 4 * log(pi) + sum(_function("gammaln")(a - k / 2) for k in range(d))


def __getattr__(name: str) -> Any:
    if name.startswith("_"):  # Python asks for such names; SciPy is not imported to answer
        raise UnknownNameError("ag.special", name, __dir__, namespace="ag.special")
    return _function(name)


def __dir__() -> list[str]:
    return ["multigammaln", "polygamma", *sorted({*OTHER_NAMES, *installed_functions()})]


def _function(name: str) -> Any:
    found = installed_functions()
    if OTHER_NAMES.get(name, name) not in found:
        mend = "" if found else "It needs the package scipy: pip install 'autograd-lite[scipy]'."
        raise UnknownNameError("ag.special", name, __dir__, namespace="ag.special", mend=mend)
    return found[OTHER_NAMES.get(name, name)]
