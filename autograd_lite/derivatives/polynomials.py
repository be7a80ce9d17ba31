"""Polynomials, from the highest power down, and convolution, which multiplies them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_lite.derivatives.composition import composite
from autograd_lite.derivatives.linalg.equations import inv, lstsq
from autograd_lite.derivatives.linalg.spectra import real_eigvals
from autograd_lite.derivatives.vocabulary import as_array, beside, conj
from autograd_lite.errors import ArgumentError, ShapeError
from autograd_lite.primitives import Array, Primitive, primitive, unregistered


def _vectors(name: str, *given: Any) -> tuple[Any, ...]:
    """Return operands that are vectors; a number is a vector of one.

    Raises
    ------
    ShapeError
        When one is empty, or a matrix.
    """
    found = tuple(each if each.ndim else each.reshape((1,)) for each in map(as_array, given))
    if any(each.ndim != 1 or not each.shape[0] for each in found):
        shapes = " and ".join(str(each.shape) for each in found)
        raise ShapeError(
            f"{name} of shapes {shapes}: it takes vectors with elements.", "Go row by row, or use t.ravel()."
        )
    return found


def _full(a: Array, v: Array) -> Array:
    return np.convolve(a, v)


def _convolve_rule(g: Array, v: Array) -> Array:
    """ā[i] = Σ g[i + j] v[j]: the part of g ∗ reversed v where both overlap in full."""
    n = v.shape[0]
    return full_convolution(g, v[::-1])[n - 1 : g.shape[0]]


full_convolution: Primitive = unregistered(
    _full,
    a=lambda g, v: _convolve_rule(g, v),
    v=lambda g, a: _convolve_rule(g, a),
    name="full_convolution",
    label="∗",
    samples=lambda x: [((x(3), x(2)), {}), ((x(2), x(3)), {})],
    tex=(r"\operatorname{correlate}(g, v)", r"\operatorname{correlate}(g, a)"),
    doc="y[k] = Σ a[i] v[k − i].",
)


def _part(mode: Any, name: str, n: int, m: int) -> slice:
    """Return the part of a full convolution of n and m elements that a mode leaves."""
    known = {0: "valid", 1: "same", 2: "full"}
    chosen = known.get(mode, mode) if isinstance(mode, int) else mode
    more, fewer = max(n, m), min(n, m)
    parts = {
        "full": slice(None),
        "same": slice((fewer - 1) // 2, (fewer - 1) // 2 + more),
        "valid": slice(fewer - 1, more),
    }
    if chosen not in parts:
        raise ArgumentError(f"{name}: mode={mode!r}.", "It is 'full', 'same' or 'valid'.")
    return parts[chosen]


@composite(
    np.convolve,
    samples=lambda x: [((x(4), x(2)), {}), ((x(2), x(5)), {"mode": "same"}), ((x(2), x(4)), {"mode": "valid"})],
)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors, y[k] = Σ a[i] v[k − i]: the coefficients of the product of two polynomials."""
    a, v = _vectors("convolve", a, v)
    return full_convolution(a, v)[_part(mode, "convolve", a.shape[0], v.shape[0])]


@composite(
    np.correlate,
    samples=lambda x: [
        ((x(4), x(2)), {}),
        ((x(4), x(2)), {"mode": "same"}),
        ((x(2), x(4)), {"mode": "same"}),
        ((x(2) + 1j * x(2), x(3) - 1j * x(3)), {"mode": "full"}),
    ],
)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The correlation of two vectors, y[k] = Σ a[i + k] conj(v[i])."""
    a, v = _vectors("correlate", a, v)
    n, m = a.shape[0], v.shape[0]
    part = _part(mode, "correlate", n, m)
    if n < m and part.start is not None:  # counted from the other end
        part = slice(n + m - 1 - part.stop, n + m - 1 - part.start)
    return full_convolution(a, conj(v[::-1]))[part]


def _slopes(p: Array) -> Array:
    """Return the coefficients of the derivative."""
    n = p.shape[0]
    return p[:-1] * np.arange(n - 1, 0, -1, dtype=_real_dtype(p))


def _real_dtype(p: Any) -> Any:
    return np.finfo(p.dtype).dtype if p.dtype.kind in "fc" else p.dtype


def _polyval_call(p: Any, x: Any) -> Any:
    """Bring the arguments of polyval into canonical form."""
    p, x = as_array(p), as_array(x)
    if p.ndim != 1:
        raise ShapeError(
            f"polyval: coefficients of shape {p.shape}.", "Give a vector of them, the highest power first."
        )
    return (p, x), {}


def _polyval_coefficients(g: Array, p_shape: tuple[int, ...], x: Array) -> Array:
    n = p_shape[0]
    g = np.broadcast_to(g, x.shape).reshape((-1,)) if x.size else g.reshape((-1,))
    return g @ np.vander(x.reshape((x.size,)), n)


primitive(
    np.polyval,
    p=lambda g, like_p, x: _polyval_coefficients(g, like_p.shape, x),
    x=lambda g, p, x: g * np.polyval(_slopes(p), x),
    canonical=_polyval_call,
    samples=lambda x: [((x(3), x(2, 2)), {}), ((x(4), x()), {}), ((x(1), x(2)), {}), ((x(2) + 1j * x(2), x(2)), {})],
    views=False,
    tex=(r"\sum g \odot x^k", r"g \odot p^\prime(x)"),
)


@composite(np.polyadd, samples=lambda x: [((x(3), x(2)), {})])
def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials."""
    a, b = _vectors("polyadd", a1, a2)
    n = max(a.shape[0], b.shape[0])
    return _longer(a, n) + _longer(b, n)


@composite(np.polysub, samples=lambda x: [((x(2), x(3)), {})])
def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials."""
    a, b = _vectors("polysub", a1, a2)
    n = max(a.shape[0], b.shape[0])
    return _longer(a, n) - _longer(b, n)


def _longer(p: Any, n: int) -> Any:
    """Return a polynomial with n coefficients, the first ones 0."""
    missing = n - p.shape[0]
    return np.concatenate([np.zeros(missing, p.dtype), p]) if missing else p


@composite(np.polymul, samples=lambda x: [((x(3), x(2)), {})])
def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials."""
    a, b = _vectors("polymul", a1, a2)
    return full_convolution(a, b)


@composite(np.polyder, samples=lambda x: [((x(4),), {}), ((x(4),), {"m": 2})])
def polyder(p: Any, m: int = 1) -> Any:
    """The m-th derivative of a polynomial."""
    (p,) = _vectors("polyder", p)
    for _ in range(_order("polyder", m)):
        p = _slopes(p)
    return p


@composite(np.polyint, samples=lambda x: [((x(3),), {}), ((x(3),), {"m": 2, "k": [1.0, 2.0]})])
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The m-th integral of a polynomial, with the constants `k`, by default 0."""
    (p,) = _vectors("polyint", p)
    constants = as_array(0.0 if k is None else k).reshape((-1,))
    if constants.shape[0] not in (1, m) or (constants.shape[0] < m and k is not None and m > 1 and np.ndim(k)):
        raise ArgumentError(
            f"polyint: {constants.shape[0]} constants for m={m} integrations.", "Give one for each, or one for all."
        )
    for i in range(_order("polyint", m)):
        n = p.shape[0]
        raised = p / np.arange(n, 0, -1, dtype=_real_dtype(p))
        p = np.concatenate([raised, constants[-1:] if constants.shape[0] == 1 else constants[i : i + 1]])
    return p


def _order(name: str, m: Any) -> int:
    if not isinstance(m, (int, np.integer)) or m < 0:
        raise ArgumentError(f"{name}: m={m!r}.", "It is an integer of 0 or more.")
    return int(m)


@composite(np.polydiv, samples=lambda x: [((x(4), x(2)), {}), ((x(3), x(3)), {})])
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder of two polynomials."""
    u, v = _vectors("polydiv", u, v)
    n, m = u.shape[0], v.shape[0]
    if n < m:
        return np.zeros(1, u.dtype) * v[:1], u
    quotient = []
    for k in range(n - m + 1):
        factor = u[k : k + 1] / v[0]
        quotient.append(factor)
        u = u - np.concatenate([np.zeros(k, u.dtype), factor * v, np.zeros(n - m - k, u.dtype)])
    first = max(n - m + 1, 0)
    while first < n - 1 and bool(np.isclose(u[first], 0, rtol=1e-14)):
        first += 1
    return np.concatenate(quotient), u[min(first, n - 1) :]


@composite(np.roots, samples=lambda x: [((np.array([1.0, -6.0, 11.0, -6.1]) + x(4) / 90,), {}), ((x(2),), {})])
def roots(p: Any) -> Any:
    """The roots of a polynomial: the eigenvalues of its companion matrix; a multiple root has no derivative."""
    (p,) = _vectors("roots", p)
    nonzero = np.nonzero(p)[0].tolist()
    if not nonzero:
        return p[:0]
    zeros = p.shape[0] - 1 - nonzero[-1]
    p = p[nonzero[0] : nonzero[-1] + 1]
    n = p.shape[0] - 1
    found = p[:0]
    if n:
        first = np.expand_dims(-p[1:] / p[0], 0)
        found = real_eigvals(np.concatenate([first, np.eye(n - 1, n, dtype=p.dtype)]))
    return np.concatenate([found, np.zeros(zeros, found.dtype)]) if zeros else found


@composite(np.poly, samples=lambda x: [((x(3),), {}), ((np.array([[1.0, 0.3], [0.2, 3.0]]) + x(2, 2) / 90,), {})])
def poly(seq_of_zeros: Any) -> Any:
    """The coefficients of the polynomial with these roots; of a matrix the characteristic polynomial."""
    found = as_array(seq_of_zeros)
    if found.ndim < 2 and not found.size:
        return beside(found, np.ones((), found.dtype))
    if found.ndim == 2 and found.shape[0] == found.shape[1] and found.shape[0]:
        found = real_eigvals(found)
    elif found.ndim > 1 or found.ndim == 0:
        raise ShapeError(f"poly of shape {found.shape}.", "Give the roots as a vector, or a square matrix.")
    found = found.reshape((-1,))
    found = found if found.dtype.kind in "fc" else found.astype(float)
    one = np.ones(1, found.dtype)
    made: Any = one
    for k in range(found.shape[0]):
        made = full_convolution(made, np.concatenate([one, -found[k : k + 1]]))
    pairs = found.dtype.kind == "c" and bool(np.all(np.equal(np.sort(found), np.sort(conj(found)))))
    return np.real(made) if pairs else made


@composite(
    np.polyfit,
    samples=lambda x: [
        ((x(4), x(4), 1), {}),
        ((x(4), x(4, 2), 2), {}),
        ((x(4), x(4), 1), {"w": np.array([1.0, 2.0, 1.5, 0.5])}),
        ((x(5), x(5), 1), {"cov": True, "w": x(5) + 4}),
        ((x(4), x(4, 2), 1), {"full": True}),
    ],
)
def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """The coefficients of the polynomial of a degree that fits points best, by least squares.

    With `full` also the squared residuals, the rank, the singular values and `rcond`; with `cov` the covariance of the
    coefficients, or what it is before it is scaled by the residuals: ``cov="unscaled"``.
    """
    x, y = as_array(x), as_array(y)
    if x.ndim != 1 or not x.shape[0] or y.ndim not in (1, 2) or y.shape[0] != x.shape[0]:
        raise ShapeError(
            f"polyfit: the shapes {x.shape} and {y.shape} do not fit.",
            "x is a vector, y has as many rows as x elements.",
        )
    left = np.vander(x, _order("polyfit", deg) + 1)
    if w is not None:
        weight = as_array(w)
        left = left * np.expand_dims(weight, -1)
        y = y * (weight if y.ndim == 1 else np.expand_dims(weight, -1))
    scale = np.sqrt((left * left).sum(axis=0))
    limit = x.shape[0] * np.finfo(left.dtype).eps if rcond is None else rcond
    left = left / scale
    found, residuals, rank, s = lstsq(left, y, rcond=limit)
    found = found / (scale if y.ndim == 1 else np.expand_dims(scale, -1))
    if full:
        return found, residuals, rank, s, limit
    return (found, beside(found, _covariance(left, scale, residuals, y, cov))) if cov else found


def _covariance(left: Array, scale: Array, residuals: Array, y: Array, cov: Any) -> Array:
    """Return the covariance of fitted coefficients, scaled by the mean squared residual but for "unscaled"."""
    points, count = left.shape
    c = inv(left.T @ left) / (np.expand_dims(scale, -1) * scale)
    if cov != "unscaled":
        if points <= count:
            raise ArgumentError(
                f"polyfit: {points} points leave nothing over from {count} coefficients to tell their covariance.",
                "Give more points, or cov='unscaled'.",
            )
        c = np.expand_dims(c, -1) * (residuals / (points - count))
        return c if y.ndim == 2 else c[:, :, 0]
    return c if y.ndim == 1 else np.expand_dims(c, -1)
