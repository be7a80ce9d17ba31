"""Classic test functions of optimization in the plane, with gradient and Hessian written out by hand.

The formulas, the boxes and the minima are those of S. Surjanovic and D. Bingham, Virtual Library of Simulation
Experiments: Test Functions and Datasets, Simon Fraser University, https://www.sfu.ca/~ssurjano/optimization.html;
Himmelblau's function is that of D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill 1972.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy import cos, exp, pi, sin

Array = Any


class Classic(NamedTuple):
    """A function of one array, what its derivatives are, where it is usually looked at, and its minima."""

    f: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    low: float
    high: float
    minima: tuple[Array, ...]


def symmetric(xx, xy, yy):
    return np.array([[xx, xy], [xy, yy]])


def himmelblau(v):
    x, y = v
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def himmelblau_gradient(v):
    x, y = v
    a, b = x**2 + y - 11, x + y**2 - 7
    return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])


def himmelblau_hessian(v):
    x, y = v
    return symmetric(12 * x**2 + 4 * y - 42, 4 * x + 4 * y, 12 * y**2 + 4 * x - 26)


def beale(v):
    x, y = v
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_residuals(v):
    """The three residuals, their gradients as rows, and their second derivatives xy and yy."""
    x, y = v
    r = np.array([1.5, 2.25, 2.625]) - x + x * y ** np.array([1, 2, 3])
    slopes = np.array([[y - 1, x], [y**2 - 1, 2 * x * y], [y**3 - 1, 3 * x * y**2]])
    return r, slopes, np.array([1, 2 * y, 3 * y**2]), np.array([0, 2 * x, 6 * x * y])


def beale_gradient(v):
    r, slopes, _, _ = _beale_residuals(v)
    return 2 * r @ slopes


def beale_hessian(v):
    r, slopes, xy, yy = _beale_residuals(v)
    return 2 * (slopes.T @ slopes + symmetric(0, r @ xy, r @ yy))


def booth(v):
    x, y = v
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def booth_gradient(v):
    x, y = v
    return np.array([10 * x + 8 * y - 34, 8 * x + 10 * y - 38])


def booth_hessian(v):
    return symmetric(10, 8, 10)


def matyas(v):
    x, y = v
    return 0.26 * (x**2 + y**2) - 0.48 * x * y


def matyas_gradient(v):
    x, y = v
    return np.array([0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x])


def matyas_hessian(v):
    return symmetric(0.52, -0.48, 0.52)


def goldstein_price(v):
    x, y = v
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def _square_times(p, dp, q, dq, ddq):
    """p² q with its gradient and Hessian; p is linear."""
    gradient = 2 * p * q * dp + p**2 * dq
    crossed = np.outer(dp, dq)
    return p**2 * q, gradient, 2 * q * np.outer(dp, dp) + 2 * p * (crossed + crossed.T) + p**2 * ddq


def _goldstein_price_factors(v):
    x, y = v
    q = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
    dq = (-14 + 6 * x + 6 * y) * np.ones(2)
    s = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
    ds = np.array([-32 + 24 * x - 36 * y, 48 - 36 * x + 54 * y])
    a, da, dda = _square_times(x + y + 1, np.ones(2), q, dq, symmetric(6, 6, 6))
    b, db, ddb = _square_times(2 * x - 3 * y, np.array([2, -3]), s, ds, symmetric(24, -36, 54))
    return (1 + a, da, dda), (30 + b, db, ddb)


def goldstein_price_gradient(v):
    (a, da, _), (b, db, _) = _goldstein_price_factors(v)
    return a * db + b * da


def goldstein_price_hessian(v):
    (a, da, dda), (b, db, ddb) = _goldstein_price_factors(v)
    return a * ddb + b * dda + np.outer(da, db) + np.outer(db, da)


B, C, T = 5.1 / (4 * pi**2), 5 / pi, 1 / (8 * pi)


def branin(v):
    x, y = v
    return (y - B * x**2 + C * x - 6) ** 2 + 10 * (1 - T) * cos(x) + 10


def branin_gradient(v):
    x, y = v
    u = y - B * x**2 + C * x - 6
    return np.array([2 * u * (C - 2 * B * x) - 10 * (1 - T) * sin(x), 2 * u])


def branin_hessian(v):
    x, y = v
    u, slope = y - B * x**2 + C * x - 6, C - 2 * B * x
    return symmetric(2 * slope**2 - 4 * B * u - 10 * (1 - T) * cos(x), 2 * slope, 2)


def six_hump_camel(v):
    x, y = v
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2


def six_hump_camel_gradient(v):
    x, y = v
    return np.array([8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3])


def six_hump_camel_hessian(v):
    x, y = v
    return symmetric(8 - 25.2 * x**2 + 10 * x**4, 1, -8 + 48 * y**2)


def three_hump_camel(v):
    x, y = v
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def three_hump_camel_gradient(v):
    x, y = v
    return np.array([4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y])


def three_hump_camel_hessian(v):
    x, _ = v
    return symmetric(4 - 12.6 * x**2 + 5 * x**4, 1, 2)


def mccormick(v):
    x, y = v
    return sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def mccormick_gradient(v):
    x, y = v
    return np.array([cos(x + y) + 2 * (x - y) - 1.5, cos(x + y) - 2 * (x - y) + 2.5])


def mccormick_hessian(v):
    x, y = v
    return symmetric(2 - sin(x + y), -2 - sin(x + y), 2 - sin(x + y))


def easom(v):
    x, y = v
    return -cos(x) * cos(y) * exp(-((x - pi) ** 2) - (y - pi) ** 2)


def _easom_factor(x):
    """u(x) = cos x exp(-(x - π)²), u′ and u″."""
    d, bell = x - pi, exp(-((x - pi) ** 2))
    return (
        bell * cos(x),
        -bell * (sin(x) + 2 * d * cos(x)),
        bell * (4 * d * sin(x) + (4 * d**2 - 3) * cos(x)),
    )


def easom_gradient(v):
    (u, du, _), (w, dw, _) = map(_easom_factor, v)
    return -np.array([du * w, u * dw])


def easom_hessian(v):
    (u, du, ddu), (w, dw, ddw) = map(_easom_factor, v)
    return -symmetric(ddu * w, du * dw, u * ddw)


# Minima that have no closed form are given to the last digit of a float64.
PLANE = {
    "Himmelblau": Classic(
        himmelblau,
        himmelblau_gradient,
        himmelblau_hessian,
        -5,
        5,
        (
            [3.0, 2.0],
            [-2.8051180869527448, 3.1313125182505730],
            [-3.7793102533777469, -3.2831859912861694],
            [3.5844283403304918, -1.8481265269644034],
        ),
    ),
    "Beale": Classic(beale, beale_gradient, beale_hessian, -4.5, 4.5, ([3.0, 0.5],)),
    "Booth": Classic(booth, booth_gradient, booth_hessian, -10, 10, ([1.0, 3.0],)),
    "Matyas": Classic(matyas, matyas_gradient, matyas_hessian, -10, 10, ([0.0, 0.0],)),
    "Goldstein-Price": Classic(
        goldstein_price, goldstein_price_gradient, goldstein_price_hessian, -2, 2, ([0.0, -1.0],)
    ),
    "Branin": Classic(branin, branin_gradient, branin_hessian, -5, 15, ([-pi, 12.275], [pi, 2.275], [3 * pi, 2.475])),
    "six-hump camel": Classic(
        six_hump_camel,
        six_hump_camel_gradient,
        six_hump_camel_hessian,
        -2,
        2,
        ([0.08984201310031806, -0.7126564030207396], [-0.08984201310031806, 0.7126564030207396]),
    ),
    "three-hump camel": Classic(
        three_hump_camel, three_hump_camel_gradient, three_hump_camel_hessian, -5, 5, ([0.0, 0.0],)
    ),
    "McCormick": Classic(mccormick, mccormick_gradient, mccormick_hessian, -3, 4, ([0.5 - pi / 3, -0.5 - pi / 3],)),
    # Far from its minimum it is 0 to the last digit.
    "Easom": Classic(easom, easom_gradient, easom_hessian, 0, 6, ([pi, pi],)),
}
