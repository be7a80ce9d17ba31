"""Bessel functions, differentiable in the argument; the order is a constant.

The slopes are DLMF 10.6.1 and 10.29.1: halves of neighbours' sums and differences, which hold at 0 too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.derivatives.scipy_special.declaring import function, real, special
from autograd_lite.derivatives.vocabulary import zmul
from autograd_lite.primitives import Array, parameters_of, undeclared

DIFFERENCE = r"\frac{{1}}{{2}} ({0}_{{v - 1}}(x) - {0}_{{v + 1}}(x))"
SUM = r"\frac{{1}}{{2}} ({0}_{{v - 1}}(x) + {0}_{{v + 1}}(x))"


def neighbours(name: str, v: Array, x: Array, sign: int) -> Array:
    """Return half the sum, or difference, of a function at the orders below and above."""
    order = getattr(special, name)
    return (order(v - 1, x) + sign * order(v + 1, x)) / 2


def _orders(x: Any) -> Any:
    return [((1, x(3)), {}), ((np.array([[0], [2]]), x(2)), {})]


def of_any_order(name: str, slope: Callable[..., Array], tex: str) -> None:
    """Declare f(v, x) by its slope in x, a function of v and x, or of v, x and y."""
    rules = {
        2: lambda g, v, x: zmul(g, slope(v, x)),
        3: lambda g, v, x, y: zmul(g, slope(v, x, y)),
    }
    rule = rules[len(parameters_of(slope))]
    function(name, v=undeclared, x=rule, tex=tex, domain=(0.5, 4), samples=_orders)


def _of_order_0_and_1(letter: str, slope_0: Callable[..., Array], slope_1: Callable[..., Array], *tex: str) -> None:
    function(f"{letter[0]}0{letter[1:]}", x=slope_0, tex=tex[0], domain=(0.5, 4))
    function(f"{letter[0]}1{letter[1:]}", x=slope_1, tex=tex[1], domain=(0.5, 4))


_of_order_0_and_1(
    "j",
    lambda g, x: -g * special.j1(x),
    lambda g, x: g * (special.j0(x) - special.jv(2, x)) / 2,
    "-J_1(x)",
    r"\frac{1}{2} (J_0(x) - J_2(x))",
)
_of_order_0_and_1(
    "y",
    lambda g, x: zmul(g, -special.y1(x)),
    lambda g, x: zmul(g, (special.y0(x) - special.yv(2, x)) / 2),
    "-Y_1(x)",
    r"\frac{1}{2} (Y_0(x) - Y_2(x))",
)
_of_order_0_and_1(
    "i",
    lambda g, x: zmul(g, special.i1(x)),
    lambda g, x: zmul(g, (special.i0(x) + special.iv(2, x)) / 2),
    "I_1(x)",
    r"\frac{1}{2} (I_0(x) + I_2(x))",
)
_of_order_0_and_1(
    "ie",
    lambda g, x, y: g * (special.i1e(x) - np.sign(x) * y),
    lambda g, x, y: g * ((special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * y),
    r"e^{-|x|} I_1(x) - \operatorname{sign}(x) y",
    r"\frac{1}{2} e^{-|x|} (I_0(x) + I_2(x)) - \operatorname{sign}(x) y",
)
_of_order_0_and_1(
    "k",
    lambda g, x: zmul(g, -special.k1(x)),
    lambda g, x: zmul(g, -(special.k0(x) + special.kv(2, x)) / 2),
    "-K_1(x)",
    r"-\frac{1}{2} (K_0(x) + K_2(x))",
)
_of_order_0_and_1(
    "ke",
    lambda g, x, y: zmul(g, y - special.k1e(x)),
    lambda g, x, y: zmul(g, y - (special.k0e(x) + special.kve(2, x)) / 2),
    "y - e^x K_1(x)",
    r"y - \frac{1}{2} e^x (K_0(x) + K_2(x))",
)

of_any_order("jv", lambda v, x: neighbours("jv", v, x, -1), DIFFERENCE.format("J"))
of_any_order("yv", lambda v, x: neighbours("yv", v, x, -1), DIFFERENCE.format("Y"))
of_any_order("yn", lambda v, x: neighbours("yv", v, x, -1), DIFFERENCE.format("Y"))
of_any_order("iv", lambda v, x: neighbours("iv", v, x, 1), SUM.format("I"))
of_any_order("kv", lambda v, x: -neighbours("kv", v, x, 1), "-" + SUM.format("K"))
of_any_order("kn", lambda v, x: -neighbours("kv", v, x, 1), "-" + SUM.format("K"))
of_any_order("hankel1", lambda v, x: neighbours("hankel1", v, x, -1), DIFFERENCE.format(r"H^{(1)}"))
of_any_order("hankel2", lambda v, x: neighbours("hankel2", v, x, -1), DIFFERENCE.format(r"H^{(2)}"))
# Scaled by e^−|Im x| and e^−|Re x|, which are no holomorphic factors, and by eˣ and e^∓ix.
of_any_order("jve", lambda v, x: neighbours("jve", v, real("jve", x), -1), DIFFERENCE.format("J"))
of_any_order("yve", lambda v, x: neighbours("yve", v, real("yve", x), -1), DIFFERENCE.format("Y"))
of_any_order(
    "ive",
    lambda v, x, y: neighbours("ive", v, real("ive", x), 1) - np.sign(x) * y,
    rf"{SUM.format('I')} e^{{-|x|}} - \operatorname{{sign}}(x) y",
)
of_any_order("kve", lambda v, x, y: y - neighbours("kve", v, x, 1), rf"y - {SUM.format('K')} e^x")
of_any_order(
    "hankel1e",
    lambda v, x, y: neighbours("hankel1e", v, x, -1) - 1j * y,
    rf"{DIFFERENCE.format('H^{(1)}')} e^{{-i x}} - i y",
)
of_any_order(
    "hankel2e",
    lambda v, x, y: neighbours("hankel2e", v, x, -1) + 1j * y,
    rf"{DIFFERENCE.format('H^{(2)}')} e^{{i x}} + i y",
)
