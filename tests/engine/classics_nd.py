"""Classic test functions of optimization in n dimensions, with gradient and Hessian written out by hand.

The formulas, the boxes and the minima are those of S. Surjanovic and D. Bingham, Virtual Library of Simulation
Experiments: Test Functions and Datasets, Simon Fraser University, https://www.sfu.ca/~ssurjano/optimization.html;
Powell's singular function is that of M. J. D. Powell, Computer Journal 5, 1962.
"""

import numpy as np
from numpy import cos, exp, pi, sin, sqrt

from tests.engine.classics import Classic


def counted(x):
    """1, 2, ..., n."""
    return np.arange(1, len(x) + 1)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    r = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * r - 2 * (1 - x[:-1])
    g[1:] += 200 * r
    return g


def rosenbrock_hessian(x):
    on = np.zeros_like(x)
    on[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    on[1:] += 200
    beside = -400 * x[:-1]
    return np.diag(on) + np.diag(beside, 1) + np.diag(beside, -1)


def styblinski_tang(x):
    return np.sum(x**4 - 16 * x**2 + 5 * x) / 2


def styblinski_tang_gradient(x):
    return 2 * x**3 - 16 * x + 2.5


def styblinski_tang_hessian(x):
    return np.diag(6 * x**2 - 16)


def rastrigin(x):
    return 10 * len(x) + np.sum(x**2 - 10 * cos(2 * pi * x))


def rastrigin_gradient(x):
    return 2 * x + 20 * pi * sin(2 * pi * x)


def rastrigin_hessian(x):
    return np.diag(2 + 40 * pi**2 * cos(2 * pi * x))


def ackley(x):
    return -20 * exp(-0.2 * sqrt(np.mean(x**2))) - exp(np.mean(cos(2 * pi * x))) + 20 + np.e


def ackley_gradient(x):
    n, rho = len(x), sqrt(np.mean(x**2))
    waves = exp(np.mean(cos(2 * pi * x)))
    return 4 * exp(-0.2 * rho) * x / (n * rho) + 2 * pi / n * waves * sin(2 * pi * x)


def ackley_hessian(x):
    n, rho = len(x), sqrt(np.mean(x**2))
    waves, s = exp(np.mean(cos(2 * pi * x))), sin(2 * pi * x)
    cone = 4 * exp(-0.2 * rho) / (n * rho) * (np.eye(n) - np.outer(x, x) / (n * rho) * (0.2 + 1 / rho))
    return cone + 4 * pi**2 / n * waves * (np.diag(cos(2 * pi * x)) - np.outer(s, s) / n)


def griewank(x):
    return np.sum(x**2) / 4000 - np.prod(cos(x / sqrt(counted(x)))) + 1


def _product_without(factors, *left_out):
    return np.prod(np.delete(factors, left_out))


def griewank_gradient(x):
    i = counted(x)
    c, s = cos(x / sqrt(i)), sin(x / sqrt(i)) / sqrt(i)
    return x / 2000 + s * [_product_without(c, k) for k in range(len(x))]


def griewank_hessian(x):
    n, i = len(x), counted(x)
    c, s = cos(x / sqrt(i)), sin(x / sqrt(i)) / sqrt(i)
    others = np.array([[_product_without(c, k, j) for j in range(n)] for k in range(n)])
    crossed = -np.outer(s, s) * others
    return np.where(np.eye(n) == 1, np.diag(1 / 2000 + np.prod(c) / i), crossed)


def levy(x):
    w = 1 + (x - 1) / 4
    inner = (w[:-1] - 1) ** 2 * (1 + 10 * sin(pi * w[:-1] + 1) ** 2)
    return sin(pi * w[0]) ** 2 + np.sum(inner) + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2)


def levy_gradient(x):
    w = 1 + (x - 1) / 4
    d, inner = w - 1, pi * w[:-1] + 1
    g = np.zeros_like(x)
    g[:-1] = 2 * d[:-1] * (1 + 10 * sin(inner) ** 2) + 10 * pi * d[:-1] ** 2 * sin(2 * inner)
    g[-1] = 2 * d[-1] * (1 + sin(2 * pi * w[-1]) ** 2) + 2 * pi * d[-1] ** 2 * sin(4 * pi * w[-1])
    g[0] += pi * sin(2 * pi * w[0])
    return g / 4


def levy_hessian(x):
    w = 1 + (x - 1) / 4
    d, inner, outer = w - 1, pi * w[:-1] + 1, 2 * pi * w[-1]
    h = np.zeros_like(x)
    h[:-1] = 2 + 20 * sin(inner) ** 2 + 40 * pi * d[:-1] * sin(2 * inner) + 20 * pi**2 * d[:-1] ** 2 * cos(2 * inner)
    h[-1] = 2 + 2 * sin(outer) ** 2 + 8 * pi * d[-1] * sin(2 * outer) + 8 * pi**2 * d[-1] ** 2 * cos(2 * outer)
    h[0] += 2 * pi**2 * cos(2 * pi * w[0])
    return np.diag(h / 16)


def michalewicz(x):
    return -np.sum(sin(x) * sin(counted(x) * x**2 / pi) ** 20)


def _michalewicz_steepness(x):
    """h = sin²⁰(i x² / π), h′ and h″."""
    i = counted(x)
    a, slope = i * x**2 / pi, 2 * i * x / pi
    s, c = sin(a), cos(a)
    second = 380 * s**18 * c**2 * slope**2 - 20 * s**20 * slope**2 + 20 * s**19 * c * 2 * i / pi
    return s**20, 20 * s**19 * c * slope, second


def michalewicz_gradient(x):
    h, dh, _ = _michalewicz_steepness(x)
    return -(cos(x) * h + sin(x) * dh)


def michalewicz_hessian(x):
    h, dh, ddh = _michalewicz_steepness(x)
    return np.diag(sin(x) * h - 2 * cos(x) * dh - sin(x) * ddh)


def zakharov(x):
    s = np.sum(0.5 * counted(x) * x)
    return np.sum(x**2) + s**2 + s**4


def zakharov_gradient(x):
    c = 0.5 * counted(x)
    s = c @ x
    return 2 * x + (2 * s + 4 * s**3) * c


def zakharov_hessian(x):
    c = 0.5 * counted(x)
    return 2 * np.eye(len(x)) + (2 + 12 * (c @ x) ** 2) * np.outer(c, c)


def dixon_price(x):
    return (x[0] - 1) ** 2 + np.sum(counted(x)[1:] * (2 * x[1:] ** 2 - x[:-1]) ** 2)


def dixon_price_gradient(x):
    i, r = counted(x)[1:], 2 * x[1:] ** 2 - x[:-1]
    g = np.zeros_like(x)
    g[0] = 2 * (x[0] - 1)
    g[1:] = 8 * i * x[1:] * r
    g[:-1] -= 2 * i * r
    return g


def dixon_price_hessian(x):
    i = counted(x)[1:]
    on = np.zeros_like(x)
    on[0] = 2
    on[1:] = 8 * i * (6 * x[1:] ** 2 - x[:-1])
    on[:-1] += 2 * i
    beside = -8 * i * x[1:]
    return np.diag(on) + np.diag(beside, 1) + np.diag(beside, -1)


def powell(x):
    a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
    return np.sum((a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4)


def powell_gradient(x):
    a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
    p, q, r, s = a + 10 * b, c - d, (b - 2 * c) ** 3, (a - d) ** 3
    return np.stack([2 * p + 40 * s, 20 * p + 4 * r, 10 * q - 8 * r, -10 * q - 40 * s], axis=1).ravel()


def powell_hessian(x):
    h = np.zeros((len(x), len(x)))
    for k in range(0, len(x), 4):
        a, b, c, d = x[k : k + 4]
        r, s = 12 * (b - 2 * c) ** 2, 120 * (a - d) ** 2
        h[k : k + 4, k : k + 4] = [
            [2 + s, 20, 0, -s],
            [20, 200 + r, -2 * r, 0],
            [0, -2 * r, 10 + 4 * r, -10],
            [-s, 0, -10, 10 + s],
        ]
    return h


# The number of dimensions is that of the minima. Ackley's function has a kink at its minimum, and so none here.
SPACE = {
    "Rosenbrock": Classic(rosenbrock, rosenbrock_gradient, rosenbrock_hessian, -2, 2, ([1.0] * 6,)),
    "Styblinski-Tang": Classic(
        styblinski_tang, styblinski_tang_gradient, styblinski_tang_hessian, -5, 5, ([-2.9035340277711771] * 4,)
    ),
    "Rastrigin": Classic(rastrigin, rastrigin_gradient, rastrigin_hessian, -5, 5, ([0.0] * 5,)),
    "Ackley": Classic(ackley, ackley_gradient, ackley_hessian, -5, 5, ()),
    "Griewank": Classic(griewank, griewank_gradient, griewank_hessian, -60, 60, ([0.0] * 4,)),
    "Levy": Classic(levy, levy_gradient, levy_hessian, -10, 10, ([1.0] * 4,)),
    "Michalewicz": Classic(
        michalewicz, michalewicz_gradient, michalewicz_hessian, 0, pi, ([2.2029055201726093, pi / 2],)
    ),
    "Zakharov": Classic(zakharov, zakharov_gradient, zakharov_hessian, -5, 10, ([0.0] * 4,)),
    "Dixon-Price": Classic(
        dixon_price,
        dixon_price_gradient,
        dixon_price_hessian,
        -10,
        10,
        ([2.0 ** -((2**i - 2) / 2**i) for i in range(1, 6)],),
    ),
    "Powell": Classic(powell, powell_gradient, powell_hessian, -4, 5, ([0.0] * 8,)),
}
